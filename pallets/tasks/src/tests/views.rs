// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What clients read without a transaction.

use aivm_inference::Cost;
use aivm_market_math::MathError;
use aivm_traits::{Format, VersionState};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	view_functions::{DispatchViewFunction, ViewFunctionDispatchError, ViewFunctionId, ViewFunctionIdPrefix},
};

use super::*;
use crate::{DryRun, InferError, Refusal};

fn set_macs(version: VersionRef, macs: u64) {
	Versions::mutate(version, |info| info.as_mut().unwrap().summary.as_mut().unwrap().cost.macs = macs);
}

#[test]
fn quote_should_tell_what_infer_needs() {
	run_test(|| {
		let version = model();
		let quote = unchanged(|| Tasks::quote(version).unwrap());
		assert_eq!((quote.input_len, quote.output_len), (4, 8));
		assert_eq!(quote.state, VersionState::Active);
		assert_eq!(quote.payment, SPLIT);
		assert_eq!(quote.total, TOTAL);
		assert_eq!(quote.cost, Versions::get(version).unwrap().summary.unwrap().cost);
		assert_eq!(quote.weight, Tasks::run_weight(quote.cost));
		assert_eq!(quote.heaviest, Tasks::heaviest(4));
		assert!(quote.fits_block);
		assert_ok!(ask_within(version, &INPUT, quote.weight, quote.total));
	});
}

#[test]
fn dry_run_should_give_the_output_of_infer_when_nothing_is_sent() {
	run_test(|| {
		let version = model();
		let found = unchanged(|| Tasks::dry_run(version, INPUT.to_vec()));
		assert_eq!(found, Ok(DryRun { output: OUTPUT.to_vec(), quote: Tasks::quote(version).unwrap() }));
	});
}

#[test]
fn dry_run_should_do_more_than_a_block_when_its_own_limit_allows() {
	run_test(|| {
		let version = model();
		let heavy = 4_500_000_000;
		set_macs(version, heavy);
		let found = Tasks::dry_run(version, INPUT.to_vec()).unwrap();
		assert_eq!(found.output, OUTPUT);
		assert!(!found.quote.fits_block);
		assert!(found.quote.weight.any_gt(found.quote.heaviest));

		set_macs(version, 1 << 40);
		let cost = Versions::get(version).unwrap().summary.unwrap().cost;
		assert_eq!(
			Tasks::dry_run(version, INPUT.to_vec()),
			Err(InferError::TooHeavyForBlock {
				required: Tasks::run_weight(cost),
				available: DryRunLimit::get(),
				try_path: TrustPath::Optimistic,
			})
		);
	});
}

#[test]
fn views_should_name_numbers_and_paths_when_they_fail() {
	run_test(|| {
		let version = model();
		assert_eq!(Tasks::dry_run(version, vec![0; 9]), Err(InferError::WrongInputLength { expected: 4, given: 9 }));
		assert_eq!(Tasks::quote(VersionRef { model: 7, version: 1 }), Err(InferError::UnknownVersion));
		let nan = publish(bob(), programs::larger(), Default::default());
		assert_eq!(
			Tasks::dry_run(nan, [0, i32::MAX].iter().flat_map(|word| word.to_le_bytes()).collect()),
			Err(InferError::InvalidInput { input: 0, element: 1 })
		);
		Programs::remove(nan);
		assert_eq!(Tasks::dry_run(nan, vec![0; 8]), Err(InferError::ProgramUnreadable));
		Cut::set(&Shares { treasury: Permill::one(), burn: Permill::one() });
		assert_eq!(Tasks::quote(version), Err(InferError::NoPrice(MathError::SharesAboveWhole)));
		Versions::mutate(version, |info| info.as_mut().unwrap().format = Format::Onnx);
		assert_eq!(Tasks::quote(version), Err(InferError::NotAProgram { try_path: TrustPath::Committee }));
		Versions::mutate(version, |info| info.as_mut().unwrap().state = VersionState::Revoked);
		assert_eq!(Tasks::quote(version), Err(InferError::VersionRevoked));
	});
}

#[test]
fn errors_should_say_cause_cure_and_numbers_in_text() {
	let text = |error: InferError| error.to_string();
	assert_eq!(
		text(InferError::WrongInputLength { expected: 4, given: 9 }),
		"the input's length is not the one that the program takes (expected 4 bytes, given 9)"
	);
	let too_heavy = text(InferError::TooHeavyForBlock {
		required: Weight::from_parts(9, 1),
		available: Weight::from_parts(3, 2),
		try_path: TrustPath::Optimistic,
	});
	assert!(too_heavy.contains("Optimistic or Committee path") && too_heavy.contains("required"));
	assert!(text(InferError::OutputTooLong { length: 99, most: 64, try_path: TrustPath::Optimistic }).contains("99"));
	assert!(text(InferError::InsufficientBalance { required: 77, available: 5 }).contains("77"));
	assert!(text(InferError::PaymentAboveMaximum { required: 77, most: 5 }).contains("77"));
	assert!(text(InferError::NoPrice(MathError::Overflow)).contains("too large"));
	assert!(text(InferError::WeightLimitTooLow { required: Weight::from_parts(9, 1), given: Weight::zero() })
		.contains("raise it"));
	assert!(text(InferError::InvalidInput { input: 1, element: 7 }).contains("element 7 of input 1"));
	for error in [
		InferError::UnknownVersion,
		InferError::VersionUploading,
		InferError::VersionNotActive,
		InferError::VersionRevoked,
		InferError::NotAProgram { try_path: TrustPath::Committee },
		InferError::BlockReceiptsFull,
		InferError::ProgramUnreadable,
		InferError::RunFailed,
	] {
		assert!(text(error).contains(':'));
	}
}

#[test]
fn tasks_should_come_in_pages_when_there_are_many() {
	run_test(|| {
		assert_eq!(Tasks::tasks(None, 10), vec![]);
		for _ in 0..7 {
			Tasks::open(task()).unwrap();
		}
		let mut found = Vec::new();
		loop {
			let page = Tasks::tasks(found.last().map(|(id, _)| *id), 3);
			assert!(page.len() <= 3);
			found.extend(page.clone());
			if page.len() < 3 {
				break;
			}
		}
		let mut ids = found
			.into_iter()
			.map(|(id, task)| {
				assert_eq!(Tasks::task(id), Some(task));
				id
			})
			.collect::<Vec<_>>();
		ids.sort_unstable();
		assert_eq!(ids, (0..7).collect::<Vec<_>>());

		// A page goes on where the last one ended, though that task has ended meanwhile.
		let first = Tasks::tasks(None, 1)[0].0;
		let rest = Tasks::tasks(Some(first), 10);
		Tasks::advance(first, TaskState::Expired, 1).unwrap();
		assert_eq!(Tasks::tasks(Some(first), 10), rest);
		assert_eq!(rest.len(), 6);
		assert_eq!(Tasks::tasks(None, 0), vec![]);
	});
}

#[test]
fn tasks_should_not_exceed_a_page_when_the_limit_does() {
	run_test(|| {
		Prices::set(&Default::default());
		for _ in 0..101 {
			Tasks::open(Task { payment: Default::default(), escrow: 0, ..task() }).unwrap();
		}
		assert_eq!(Tasks::tasks(None, u32::MAX).len(), 100);
	});
}

#[test]
fn refusals_should_be_explained_when_their_code_is_known() {
	run_test(|| {
		for refusal in Refusal::ALL {
			assert_eq!(Tasks::explain_refusal(refusal.code()), Some(refusal.to_string().into_bytes()));
		}
		assert_eq!(Tasks::explain_refusal(15), None);
		assert_eq!(Tasks::explain_refusal(30), None);
	});
}

#[test]
fn views_should_answer_when_called_by_their_identifier() {
	run_test(|| {
		let version = model();
		let call = |suffix, input: Vec<u8>| {
			let id = ViewFunctionId { prefix: Tasks::prefix(), suffix };
			let mut output = Vec::new();
			Tasks::dispatch_view_function(&id, &mut &input[..], &mut output).map(|()| output)
		};
		let suffix = |name: &str| {
			let metadata = Tasks::pallet_view_functions_metadata();
			let found = metadata.into_iter().find(|function| function.name == name).unwrap();
			<[u8; 16]>::try_from(&found.id[16..]).unwrap()
		};
		let answer = call(suffix("dry_run"), (version, INPUT.to_vec()).encode()).unwrap();
		let answer = <Result<DryRun, InferError>>::decode(&mut &answer[..]).unwrap();
		assert_eq!(answer, Tasks::dry_run(version, INPUT.to_vec()));
		assert!(matches!(call(suffix("quote"), vec![1]), Err(ViewFunctionDispatchError::Codec)));
	});
}

#[test]
fn quotes_should_follow_the_cost_when_it_grows() {
	run_test(|| {
		let light = Tasks::run_weight(Cost { macs: 1_000, bytes: 1_024 });
		assert!(Tasks::run_weight(Cost { macs: 1_001, bytes: 1_024 }).any_gt(light));
		assert!(Tasks::run_weight(Cost { macs: 1_000, bytes: 1_025 }).any_gt(light));
		assert_eq!(Tasks::run_weight(Cost { macs: 1, bytes: 1 }), light);
		for cost in [Cost { macs: u64::MAX, bytes: 0 }, Cost { macs: 0, bytes: u64::MAX }] {
			assert_eq!(Tasks::run_weight(cost), Weight::MAX);
		}
	});
}
