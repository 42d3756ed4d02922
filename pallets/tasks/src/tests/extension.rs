// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the transaction pool refuses, and what it lets pass.

use aivm_market_math::{Permill, Shares};
use aivm_traits::{Format, VersionState};
use frame_support::{
	assert_ok,
	dispatch::{DispatchInfo, GetDispatchInfo},
	traits::fungible::Mutate,
};
use sp_runtime::{
	traits::{DispatchTransaction, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
};

use super::*;
use crate::{Call, CheckInference, Refusal, WeightInfo};

fn call(version: VersionRef, input: &[u8], weight_limit: Weight, max_payment: Balance) -> RuntimeCall {
	let input = input.to_vec().try_into().unwrap();
	Call::infer { version, input, weight_limit, max_payment }.into()
}

/// What the pool says to this call of Alice.
fn pool(call: &RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
	let result = unchanged(|| {
		CheckInference::<Test>::new().validate_only(
			RuntimeOrigin::signed(alice()),
			call,
			&call.get_dispatch_info(),
			100,
			TransactionSource::External,
			0,
		)
	});
	result.map(|(valid, _, _)| valid)
}

fn refused(refusal: Refusal) -> Result<ValidTransaction, TransactionValidityError> {
	Err(InvalidTransaction::Custom(refusal as u8).into())
}

fn plain(version: VersionRef) -> RuntimeCall {
	call(version, &INPUT, Weight::MAX, TOTAL)
}

#[test]
fn pool_should_take_an_inference_when_dispatch_would() {
	run_test(|| {
		let version = model();
		let quote = Tasks::quote(version).unwrap();
		assert_eq!(pool(&call(version, &INPUT, quote.weight, quote.total)), Ok(ValidTransaction::default()));
	});
}

#[test]
fn pool_should_refuse_an_inference_when_the_version_cannot_run() {
	run_test(|| {
		let version = model();
		assert_eq!(pool(&plain(VersionRef { version: 2, ..version })), refused(Refusal::UnknownVersion));
		Versions::mutate(version, |info| info.as_mut().unwrap().format = Format::Wasm);
		assert_eq!(pool(&plain(version)), refused(Refusal::NotAProgram));
		for (state, refusal) in [
			(VersionState::Uploading, Refusal::VersionUploading),
			(VersionState::Ready, Refusal::VersionNotActive),
			(VersionState::Revoked, Refusal::VersionRevoked),
		] {
			Versions::mutate(version, |info| info.as_mut().unwrap().state = state);
			assert_eq!(pool(&plain(version)), refused(refusal));
		}
	});
}

#[test]
fn pool_should_refuse_an_inference_when_lengths_do_not_fit() {
	run_test(|| {
		let version = model();
		assert_eq!(pool(&call(version, &[0; 3], Weight::MAX, TOTAL)), refused(Refusal::WrongInputLength));
		MaxOutput::set(&7);
		assert_eq!(pool(&plain(version)), refused(Refusal::OutputTooLong));
	});
}

#[test]
fn pool_should_refuse_an_inference_when_it_is_too_heavy() {
	run_test(|| {
		let version = model();
		let short = Tasks::quote(version).unwrap().weight.saturating_sub(Weight::from_parts(1, 0));
		assert_eq!(pool(&call(version, &INPUT, short, TOTAL)), refused(Refusal::WeightLimitTooLow));
		Versions::mutate(version, |info| info.as_mut().unwrap().summary.as_mut().unwrap().cost.macs = u64::MAX);
		assert_eq!(pool(&plain(version)), refused(Refusal::TooHeavyForBlock));
	});
}

#[test]
fn pool_should_refuse_an_inference_when_it_cannot_be_paid() {
	run_test(|| {
		let version = model();
		assert_eq!(pool(&call(version, &INPUT, Weight::MAX, TOTAL - 1)), refused(Refusal::PaymentAboveMaximum));
		Cut::set(&Shares { treasury: Permill::one(), burn: Permill::one() });
		assert_eq!(pool(&plain(version)), refused(Refusal::NoPrice));
	});
}

#[test]
fn pool_should_count_the_fee_when_it_looks_at_the_balance() {
	run_test(|| {
		let version = model();
		Fee::set(&33);
		Balances::set_balance(&alice(), EXISTENTIAL_DEPOSIT + TOTAL + 32);
		assert_eq!(pool(&plain(version)), refused(Refusal::InsufficientBalance));
		Balances::set_balance(&alice(), EXISTENTIAL_DEPOSIT + TOTAL + 33);
		assert_ok!(pool(&plain(version)));
	});
}

#[test]
fn pool_should_keep_an_inference_for_later_when_the_block_is_full_of_receipts() {
	run_test(|| {
		let version = model();
		Room::set(&0);
		assert_eq!(pool(&plain(version)), Err(InvalidTransaction::ExhaustsResources.into()));
	});
}

#[test]
fn pool_should_not_run_the_program() {
	run_test(|| {
		let version = model();
		Programs::insert(version, vec![255; 9]);
		assert_ok!(pool(&plain(version)));
	});
}

#[test]
fn pool_should_let_other_calls_pass_unchanged() {
	run_test(|| {
		let remark = RuntimeCall::System(frame_system::Call::remark { remark: vec![1] });
		assert_eq!(pool(&remark), Ok(ValidTransaction::default()));
		assert_eq!(CheckInference::<Test>::new().weight(&remark), Weight::zero());
		let infer = plain(VersionRef { model: 9, version: 9 });
		assert_eq!(CheckInference::<Test>::new().weight(&infer), <() as WeightInfo>::check_inference());
	});
}

#[test]
fn extension_should_give_its_weight_back_when_it_checked_nothing() {
	run_test(|| {
		let extension = CheckInference::<Test>::new();
		let infer = plain(VersionRef { model: 9, version: 9 });
		let info = DispatchInfo::default();
		// Only a signer is checked.
		let (_, unspent, _) = extension
			.validate(
				RuntimeOrigin::root(),
				&infer,
				&info,
				0,
				(),
				&sp_runtime::traits::TxBaseImplication(()),
				TransactionSource::External,
			)
			.unwrap();
		assert_eq!(unspent, <() as WeightInfo>::check_inference());
	});
}

#[test]
fn transaction_should_be_dispatched_when_the_extension_passes_it() {
	run_test(|| {
		let call = plain(model());
		let mut info = call.get_dispatch_info();
		info.extension_weight = <() as WeightInfo>::check_inference();
		let result =
			CheckInference::<Test>::new().dispatch_transaction(RuntimeOrigin::signed(alice()), call, &info, 100, 0);
		let post = result.unwrap().unwrap();
		assert_eq!(
			post.actual_weight,
			Some(
				Tasks::overhead(4)
					+ Tasks::quote(VersionRef { model: 0, version: 1 }).unwrap().weight
					+ info.extension_weight
			)
		);
		assert_eq!(Recorded::get().len(), 1);
	});
}

#[test]
fn transaction_should_change_nothing_when_the_extension_refuses_it() {
	run_test(|| {
		let call = call(model(), &[0; 3], Weight::MAX, TOTAL);
		let info = call.get_dispatch_info();
		let alice = RuntimeOrigin::signed(alice());
		let result = unchanged(|| CheckInference::<Test>::new().dispatch_transaction(alice, call, &info, 100, 0));
		let refusal = InvalidTransaction::Custom(Refusal::WrongInputLength.code());
		assert_eq!(result.unwrap_err(), TransactionValidityError::from(refusal));
	});
}

#[test]
fn refusals_should_keep_their_codes_and_name_a_cure() {
	for (code, refusal) in (16..).zip(Refusal::ALL) {
		assert_eq!(refusal.code(), code);
		assert_eq!(Refusal::from_code(code), Some(refusal));
		let text = refusal.to_string();
		let cure = ["check", "use", "must", "raise", "add", "release", "try", "length"];
		assert!(cure.iter().any(|word| text.contains(word)), "{text}");
	}
	assert!(Refusal::TooHeavyForBlock.to_string().contains("Optimistic or Committee path"));
	assert_eq!(Refusal::from_code(0), None);
}
