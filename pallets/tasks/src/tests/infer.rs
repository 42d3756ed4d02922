// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The call `infer`: what it does, and why it refuses.

use aivm_inference::{float_order_key, Cost};
use aivm_market_math::{Permill, Price, Shares};
use aivm_receipts::{Evidence, PolicyApplied, PolicyDecision, ReceiptBody, ReceiptId, TrustPath, Verdict};
use aivm_traits::{Format, RoyaltyTerms, VersionState};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

use super::*;
use crate::{Error, Event, NextTaskId};

#[test]
fn infer_should_give_the_output_and_a_receipt_when_everything_fits() {
	run_test(|| {
		let version = model();
		let issuance = Balances::total_issuance();
		assert_ok!(ask_within(version, &INPUT, Tasks::quote(version).unwrap().weight, TOTAL));

		System::assert_last_event(
			Event::<Test>::Inferred {
				task: 0,
				version,
				requester: alice(),
				output: OUTPUT.to_vec().try_into().unwrap(),
				paid: TOTAL,
				receipt: ReceiptId { block: 1, index: 0 },
			}
			.into(),
		);
		assert_eq!(
			Recorded::get(),
			[ReceiptBody {
				task: 0,
				requester: alice(),
				provider: author(),
				model: version.model,
				version: version.version,
				artefact_hash: H256(sp_io::hashing::blake2_256(&programs::sums())),
				input_hash: H256(sp_io::hashing::blake2_256(&INPUT)),
				output_hash: H256(sp_io::hashing::blake2_256(&OUTPUT)),
				path: TrustPath::OnChain,
				evidence: Evidence::Consensus,
				policy: PolicyDecision::NotApplied,
				verdict: Verdict::Accepted,
				payment: payment(650, 250, 100, 50),
			}]
		);
		assert_eq!(free(alice()), FUNDS - TOTAL);
		assert_eq!(free(bob()), FUNDS + 250);
		assert_eq!(free(author()), FUNDS + 650);
		assert_eq!(free(treasury()), FUNDS + 100);
		assert_eq!(Balances::total_issuance(), issuance - 50);
		assert_eq!(escrow_of(&alice()), 0);
		assert_eq!(crate::Tasks::<Test>::iter().count(), 0);
	});
}

#[test]
fn receipt_should_pin_the_policy_when_an_agent_acts() {
	run_test(|| {
		let policy = PolicyApplied {
			agent: 7,
			key: account(5),
			policy_hash: H256::repeat_byte(9),
			version: 3,
			restriction_hash: H256::repeat_byte(8),
			checked: 0b101,
		};
		Applied::set(&Some(policy.clone()));
		assert_ok!(ask(model(), &INPUT));
		assert_eq!(Recorded::get()[0].policy, PolicyDecision::Allowed(policy));
	});
}

#[test]
fn infer_should_count_tasks_when_called_again() {
	run_test(|| {
		let version = model();
		for task in 0..3 {
			assert_ok!(ask(version, &INPUT));
			assert_eq!(Recorded::get().last().unwrap().task, task);
			assert_eq!(NextTaskId::<Test>::get(), task + 1);
		}
	});
}

#[test]
fn infer_should_charge_for_macs_and_bytes_when_they_have_a_price() {
	run_test(|| {
		let version = model();
		let Cost { macs, bytes } = Versions::get(version).unwrap().summary.unwrap().cost;
		Prices::set(&Price { base: 7, per_mega_mac: 3_000_000, per_kibibyte: 2_048 });
		assert_ok!(ask(version, &INPUT));
		let compute = 7 + 3 * u128::from(macs) + 2 * u128::from(bytes);
		// The royalty's share is a fifth of it, or the minimum.
		assert_eq!(FUNDS - free(alice()), compute.max(compute - compute / 5 + 250));
	});
}

#[test]
fn infer_should_run_a_deprecated_version_when_asked() {
	run_test(|| {
		let version = model();
		for successor in [None, Some(2)] {
			Versions::mutate(version, |info| info.as_mut().unwrap().state = VersionState::Deprecated { successor });
			assert_ok!(ask(version, &INPUT));
		}
		assert_eq!(Recorded::get().len(), 2);
	});
}

#[test]
fn infer_should_fail_when_the_origin_is_not_signed() {
	run_test(|| {
		let version = model();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let input = BoundedVec::try_from(INPUT.to_vec()).unwrap();
			let result = Tasks::infer(origin, version, input, Weight::MAX, Balance::MAX);
			assert_noop!(result.map_err(|error| error.error), BadOrigin);
		}
	});
}

#[test]
fn infer_should_fail_when_there_is_no_such_version() {
	run_test(|| {
		let version = model();
		assert_noop!(ask_plain(VersionRef { version: 2, ..version }, &INPUT), Error::<Test>::UnknownVersion);
		assert_noop!(ask_plain(VersionRef { model: 1, ..version }, &INPUT), Error::<Test>::UnknownVersion);
	});
}

#[test]
fn infer_should_fail_when_the_version_must_not_run() {
	run_test(|| {
		let version = model();
		for (state, error) in [
			(VersionState::Uploading, Error::<Test>::VersionUploading),
			(VersionState::Ready, Error::VersionNotActive),
			(VersionState::Revoked, Error::VersionRevoked),
		] {
			Versions::mutate(version, |info| info.as_mut().unwrap().state = state);
			assert_noop!(ask_plain(version, &INPUT), error);
		}
	});
}

#[test]
fn infer_should_fail_when_the_version_is_no_program() {
	run_test(|| {
		let version = model();
		for format in [Format::Wasm, Format::Onnx, Format::Container] {
			Versions::mutate(version, |info| info.as_mut().unwrap().format = format);
			assert_noop!(ask_plain(version, &INPUT), Error::<Test>::NotAProgram);
		}
		Versions::mutate(version, |info| {
			let info = info.as_mut().unwrap();
			info.format = Format::Program;
			info.summary = None;
		});
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::NotAProgram);
	});
}

#[test]
fn infer_should_fail_when_the_input_has_the_wrong_length() {
	run_test(|| {
		let version = model();
		for input in [&INPUT[..0], &INPUT[..3], &[0; 5]] {
			assert_noop!(ask_plain(version, input), Error::<Test>::WrongInputLength);
		}
	});
}

#[test]
fn infer_should_fail_when_the_output_does_not_fit_in_an_event() {
	run_test(|| {
		let version = model();
		MaxOutput::set(&7);
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::OutputTooLong);
		MaxOutput::set(&8);
		assert_ok!(ask(version, &INPUT));
	});
}

/// Makes a run of `version` cost so many MACs.
fn set_macs(version: VersionRef, macs: u64) {
	Versions::mutate(version, |info| info.as_mut().unwrap().summary.as_mut().unwrap().cost.macs = macs);
}

#[test]
fn infer_should_fail_when_a_run_is_too_heavy_for_a_block() {
	run_test(|| {
		let version = model();
		let fits = |macs| {
			let cost = Cost { macs, ..Versions::get(version).unwrap().summary.unwrap().cost };
			Tasks::run_weight(cost).all_lte(Tasks::heaviest(INPUT.len()))
		};
		// The heaviest run that fits, to a thousand MACs.
		let (mut low, mut high) = (0u64, 1u64 << 40);
		while high - low > 1_000 {
			let middle = (low + high) / 2;
			if fits(middle) {
				low = middle;
			} else {
				high = middle;
			}
		}
		set_macs(version, high);
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::TooHeavyForBlock);
		set_macs(version, u64::MAX);
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::TooHeavyForBlock);
		set_macs(version, low);
		assert_ok!(ask(version, &INPUT));
	});
}

#[test]
fn infer_should_fail_when_the_weight_limit_is_too_low() {
	run_test(|| {
		let version = model();
		let weight = Tasks::quote(version).unwrap().weight;
		for limit in [
			Weight::zero(),
			weight.saturating_sub(Weight::from_parts(1, 0)),
			weight.saturating_sub(Weight::from_parts(0, 1)),
		] {
			let result = ask_within(version, &INPUT, limit, TOTAL).map_err(|error| error.error);
			assert_noop!(result, Error::<Test>::WeightLimitTooLow);
		}
		assert_ok!(ask_within(version, &INPUT, weight, TOTAL));
	});
}

#[test]
fn infer_should_fail_when_governed_values_give_no_price() {
	run_test(|| {
		let version = model();
		let shares = Cut::get();
		Cut::set(&Shares { treasury: Permill::from_percent(75), burn: Permill::from_percent(6) });
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::NoPrice);
		Cut::set(&shares);
		Prices::set(&Price { base: Balance::MAX, per_mega_mac: 1, per_kibibyte: 0 });
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::NoPrice);
		let version = model_with(Permill::zero(), Balance::MAX);
		Prices::set(&Price { base: 1, ..Default::default() });
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::NoPrice);
	});
}

#[test]
fn infer_should_fail_when_it_costs_more_than_the_maximum() {
	run_test(|| {
		let version = model();
		let result = ask_within(version, &INPUT, Weight::MAX, TOTAL - 1).map_err(|error| error.error);
		assert_noop!(result, Error::<Test>::PaymentAboveMaximum);
		assert_ok!(ask_within(version, &INPUT, Weight::MAX, TOTAL));
	});
}

#[test]
fn infer_should_fail_when_the_block_takes_no_more_receipts() {
	run_test(|| {
		let version = model();
		Room::set(&1);
		assert_ok!(ask(version, &INPUT));
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::BlockReceiptsFull);
		Room::set(&2);
		assert_ok!(ask(version, &INPUT));
	});
}

#[test]
fn infer_should_fail_when_the_input_holds_no_number() {
	run_test(|| {
		let version = publish(bob(), programs::larger(), RoyaltyTerms::default());
		let key = |number: f32| float_order_key(number.to_bits()).unwrap().to_le_bytes();
		let not_a_number = i32::MAX.to_le_bytes();
		assert_noop!(ask_plain(version, &[key(-1.5), not_a_number].concat()), Error::<Test>::InvalidInput);
		assert_ok!(ask(version, &[key(-1.5), key(0.25)].concat()));
	});
}

#[test]
fn infer_should_fail_when_the_program_cannot_be_read() {
	run_test(|| {
		let version = model();
		for program in [None, Some(vec![]), Some(vec![255; 9])] {
			Programs::set(version, program);
			assert_noop!(ask_plain(version, &INPUT), Error::<Test>::ProgramUnreadable);
		}
	});
}

#[test]
fn infer_should_fail_when_the_output_is_not_as_long_as_announced() {
	run_test(|| {
		let version = model();
		Versions::mutate(version, |info| info.as_mut().unwrap().summary.as_mut().unwrap().output_len = 9);
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::RunFailed);
	});
}

#[test]
fn infer_should_fail_when_task_identifiers_are_used_up() {
	run_test(|| {
		let version = model();
		NextTaskId::<Test>::put(TaskId::MAX - 1);
		assert_ok!(ask(version, &INPUT));
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::TaskIdsExhausted);
	});
}
