// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Values that governance changes while the chain runs, through `pallet-parameters`.
//!
//! A referendum or two thirds of the council sets them. The security bounds that they must respect are constants.

use crate::{Balance, Runtime, MICRO_UNIT, MILLI_UNIT, UNIT};
use frame_support::dynamic_params::{dynamic_pallet_params, dynamic_params};
use sp_runtime::Permill;

/// Values that governance may change.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// What an inference on chain costs beside its transaction fee.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod inference_price {
		/// For each run.
		#[codec(index = 0)]
		pub static Base: Balance = 2 * MILLI_UNIT;
		/// For each million of multiply-accumulates.
		#[codec(index = 1)]
		pub static PerMegaMac: Balance = MILLI_UNIT;
		/// For each 1,024 bytes that the run touches.
		#[codec(index = 2)]
		pub static PerKibibyte: Balance = MICRO_UNIT;
	}

	/// How a payment is split.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod shares {
		/// To the treasury.
		#[codec(index = 0)]
		pub static Treasury: Permill = Permill::from_percent(10);
		/// Taken out of the issuance.
		#[codec(index = 1)]
		pub static Burn: Permill = Permill::from_percent(5);
	}

	/// Bounds of what a model's owner may ask.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
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
		RuntimeParameters::InferencePrice(dynamic_params::inference_price::Parameters::Base(
			dynamic_params::inference_price::Base,
			Some(MILLI_UNIT),
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
			let taken = shares::Treasury::get().deconstruct()
				+ shares::Burn::get().deconstruct()
				+ royalty::MaxShare::get().deconstruct();
			assert!(taken < 1_000_000);
		});
	}
}
