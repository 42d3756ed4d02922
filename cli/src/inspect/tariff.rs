// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a run takes and costs on a chain with the shipped runtime, computed without a node.
//!
//! The constants are those of `pallets/tasks/src/weights.rs`, `runtime/src/parameters.rs` and `runtime/src/constants.rs`. The
//! prices are governed, and the fee follows how full blocks are, so a chain may ask for something else: `aivm model inspect
//! --published` asks it. The tests compare the times with the pallet's weights, and the end-to-end tests compare all of it
//! with what a node quotes.

use aivm_inference::Cost;
use aivm_market_math::{compute_price, Price, BYTES_PER_KIBIBYTE, MACS_PER_MEGA_MAC};

/// Picoseconds of block time: a constant, and so many for each unit.
#[derive(Clone, Copy, Debug)]
struct Line {
	base: u64,
	slope: u64,
}

impl Line {
	const fn at(self, units: u64) -> u64 {
		self.base.saturating_add(self.slope.saturating_mul(units))
	}
}

/// MAC equivalents in the unit of [`COMPUTE`].
const MACS: u64 = 1_000;
/// Bytes in the unit of [`BYTES`].
const KIBIBYTE: u64 = 1_024;
/// Time for each 1,000 MAC equivalents, by kind of operation; of a run, the slowest kind counts.
const COMPUTE: [Line; 2] = [
	// Dense layers.
	Line { base: 969_970, slope: 268_655 },
	// Trees.
	Line { base: 17_658_928, slope: 434_166 },
];
/// Time for each KiB that is read or written, and for reading the program from the database.
const BYTES: Line = Line { base: 10_626_000 + 8_000_000, slope: 930_487 };
/// Block time that one run may take, in picoseconds: what ordinary transactions have of a block, without the transaction around
/// the run, which with the longest input takes most. So up to half a per cent more fits.
pub const ROOM: u64 = 464_000_000_000;
/// The prices at genesis, in the smallest unit.
const PRICE: Price = Price { base: 2_000_000_000, per_mega_mac: 1_000_000_000, per_kibibyte: 1_000_000 };

/// Block time of one run, in picoseconds.
pub fn run_time(cost: Cost) -> u64 {
	let (units, kibibytes) = (cost.macs.div_ceil(MACS), cost.bytes.div_ceil(KIBIBYTE));
	let compute = COMPUTE.iter().map(|kind| kind.at(units)).max().unwrap_or_default();
	compute.saturating_add(BYTES.at(kibibytes))
}

/// The part of the block time of a run of `total` that work of `part` makes, in picoseconds. The parts of a run add up to at
/// most its time; the rest is what every run takes.
pub fn time_of(part: Cost, total: Cost) -> u64 {
	let units = total.macs.div_ceil(MACS);
	let slope = COMPUTE.iter().max_by_key(|kind| kind.at(units)).map_or(0, |kind| kind.slope);
	let of = |quantity: u64, slope: u64, unit: u64| {
		u64::try_from(u128::from(quantity) * u128::from(slope) / u128::from(unit)).unwrap_or(u64::MAX)
	};
	of(part.macs, slope, MACS).saturating_add(of(part.bytes, BYTES.slope, KIBIBYTE))
}

/// The price of one run without a royalty, in the smallest unit.
pub fn price(cost: Cost) -> u128 {
	compute_price(PRICE, cost.macs, cost.bytes).unwrap_or(u128::MAX)
}

/// The part of the price of a run that work of `part` makes, in the smallest unit, rounded down.
pub fn price_of(part: Cost) -> u128 {
	let compute = PRICE.per_mega_mac.saturating_mul(part.macs.into()) / MACS_PER_MEGA_MAC;
	let bytes = PRICE.per_kibibyte.saturating_mul(part.bytes.into()) / BYTES_PER_KIBIBYTE;
	compute.saturating_add(bytes)
}

/// The part of the transaction's fee that this much block time makes, in the smallest unit: a picosecond costs one, times
/// a multiplier that follows how full blocks are, and that is 1 at genesis and here.
pub const fn fee(time: u64) -> u128 {
	// Widens.
	time as u128
}

#[cfg(test)]
mod tests {
	use super::*;
	use pallet_tasks::weights::WeightInfo;

	const COSTS: [Cost; 6] = [
		Cost { macs: 0, bytes: 0 },
		Cost { macs: 1, bytes: 1 },
		Cost { macs: 327_000, bytes: 4_096 },
		Cost { macs: 328_500, bytes: 4_097 },
		Cost { macs: 300_000_000, bytes: 60_000_000 },
		Cost { macs: 4_000_000_000, bytes: 1 << 32 },
	];

	#[test]
	fn run_time_should_be_that_of_the_chain() {
		for cost in COSTS {
			let units = u32::try_from(cost.macs.div_ceil(1_000)).unwrap();
			let kibibytes = u32::try_from(cost.bytes.div_ceil(1_024)).unwrap();
			let compute = <() as WeightInfo>::run_dense(units).max(<() as WeightInfo>::run_trees(units));
			let weight = compute.saturating_add(<() as WeightInfo>::run_bytes(kibibytes));
			assert_eq!(run_time(cost), weight.ref_time(), "{cost:?}");
		}
	}

	#[test]
	fn every_kind_of_operation_that_the_chain_measures_should_be_known() {
		let weights = include_str!("../../../pallets/tasks/src/weights.rs");
		let (_, pallet) = weights.split_once("pub trait WeightInfo {").unwrap();
		let (pallet, _) = pallet.split_once('}').unwrap();
		let kinds: Vec<_> = pallet.lines().filter_map(|line| line.trim().strip_prefix("fn run_")).collect();
		assert_eq!(kinds.len(), COMPUTE.len() + 1, "{kinds:?}: add the new kind to COMPUTE, and to the test above");
	}

	#[test]
	fn parts_should_add_up_to_at_most_the_whole() {
		for total in COSTS {
			let part = Cost { macs: total.macs / 3, bytes: total.bytes / 3 };
			assert!(time_of(part, total) * 3 <= run_time(total), "{total:?}");
			assert!(price_of(part) * 3 <= price(total), "{total:?}");
			let base = run_time(total) - time_of(total, total);
			assert!(base <= run_time(Cost::default()) + run_time(Cost { macs: 1, bytes: 1 }), "{total:?}");
		}
	}
}
