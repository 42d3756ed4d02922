// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What `infer` declares, and what it gives back.

use frame_support::dispatch::{DispatchClass, GetDispatchInfo};

use super::*;
use crate::{Call, Config, Error, WeightInfo};

#[test]
fn infer_should_declare_the_overhead_and_the_limit() {
	run_test(|| {
		let limit = Weight::from_parts(123_456, 789);
		let call = Call::<Test>::infer {
			version: model(),
			input: INPUT.to_vec().try_into().unwrap(),
			weight_limit: limit,
			max_payment: TOTAL,
		};
		let expected = <() as WeightInfo>::infer(4) + ReceiptWeight::get() + limit;
		assert_eq!(call.get_dispatch_info().call_weight, expected);
	});
}

#[test]
fn infer_should_give_back_what_the_run_does_not_need() {
	run_test(|| {
		let version = model();
		let run = Tasks::quote(version).unwrap().weight;
		let info = ask_within(version, &INPUT, run * 1_000, TOTAL).unwrap();
		assert_eq!(info.actual_weight, Some(Tasks::overhead(4) + run));
	});
}

#[test]
fn infer_should_charge_no_run_when_it_fails_before_it() {
	run_test(|| {
		let version = model();
		let error = ask_within(version, &INPUT, Weight::MAX, 0).unwrap_err();
		assert_eq!(error.error, Error::<Test>::PaymentAboveMaximum.into());
		assert_eq!(error.post_info.actual_weight, Some(Tasks::overhead(4)));
	});
}

#[test]
fn infer_should_charge_the_run_when_it_fails_in_it() {
	run_test(|| {
		let version = model();
		Programs::remove(version);
		let error = ask(version, &INPUT).unwrap_err();
		assert_eq!(error.error, Error::<Test>::ProgramUnreadable.into());
		assert_eq!(error.post_info.actual_weight, Some(Tasks::overhead(4) + Tasks::quote(version).unwrap().weight));
	});
}

#[test]
fn heaviest_run_should_fit_in_a_block_with_everything_around_it() {
	run_test(|| {
		let version = model();
		let most =
			<Test as frame_system::Config>::BlockWeights::get().get(DispatchClass::Normal).max_extrinsic.unwrap();
		let heaviest = Tasks::quote(version).unwrap().heaviest;
		let extensions = <Test as Config>::TransactionOverhead::get();
		assert_eq!(Tasks::declared_weight(4, heaviest) + extensions + Weight::from_parts(0, 4), most);
	});
}

#[test]
fn declared_weight_should_saturate_when_the_limit_is_absurd() {
	run_test(|| assert_eq!(Tasks::declared_weight(usize::MAX, Weight::MAX), Weight::MAX));
}
