// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Values that governance changes while the chain runs, through `pallet-parameters`.
//!
//! A referendum or two thirds of the council sets them. The security bounds that they must respect are constants.

use crate::{Balance, Runtime, MICRO_UNIT, MILLI_UNIT, UNIT};
use aivm_market_math::{Price, Shares};
use frame_support::dynamic_params::{dynamic_pallet_params, dynamic_params};
use sp_runtime::Permill;

/// Values that governance may change.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// What an inference on chain costs beside its transaction fee, and who gets it. Each is read as a whole by every
	/// inference, so each is one value.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod inference {
		/// What computation costs.
		#[codec(index = 0)]
		pub static PriceList: Price =
			Price { base: 2 * MILLI_UNIT, per_mega_mac: MILLI_UNIT, per_kibibyte: MICRO_UNIT };
		/// How a payment is split.
		#[codec(index = 1)]
		pub static PaymentShares: Shares =
			Shares { treasury: Permill::from_percent(10), burn: Permill::from_percent(5) };
	}

	/// Bounds of what a model's owner may ask.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod royalty {
		/// Greatest share of the compute price.
		#[codec(index = 0)]
		pub static MaxShare: Permill = Permill::from_percent(50);
		/// Greatest minimum for a run.
		#[codec(index = 1)]
		pub static MaxMinimum: Balance = 100 * UNIT;
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		RuntimeParameters::Royalty(dynamic_params::royalty::Parameters::MaxMinimum(
			dynamic_params::royalty::MaxMinimum,
			Some(UNIT),
		))
	}
}

#[cfg(test)]
mod tests {
	use super::dynamic_params::*;
	use frame_support::traits::Get;

	#[test]
	fn shares_should_leave_something_to_the_provider_when_royalty_is_greatest() {
		sp_io::TestExternalities::default().execute_with(|| {
			let shares = inference::PaymentShares::get();
			let taken =
				shares.treasury.deconstruct() + shares.burn.deconstruct() + royalty::MaxShare::get().deconstruct();
			assert!(taken < 1_000_000);
		});
	}
}
