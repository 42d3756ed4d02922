// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Requests that name their provider.

use aivm_market_math::MathError;
use aivm_receipts::PolicyDecision;
use aivm_traits::{Format, PolicyApplied, Verifier, VersionState};
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Mutate, MutateFreeze},
};
use pallet_verification::{
	kinds::{groth16::Terms as ProofTerms, Terms},
	Error as KeyError, Setup,
};

use super::{proven::*, *};
use crate::{Error, Event, Input, RequestQuote, WeightInfo};

#[test]
fn request_should_put_the_payment_into_escrow_and_store_the_task() {
	run_test(|| {
		let (version, terms) = provable();
		let issuance = Balances::total_issuance();
		assert_ok!(request(version, public(&INPUT), terms.clone()));
		let commitment = Verification::commit(&INPUT).unwrap();
		let expected = Task {
			requester: alice(),
			version,
			artefact_hash: H256(sp_io::hashing::blake2_256(&programs::sums())),
			path: TrustPath::ZkProof,
			state: TaskState::Assigned,
			provider: Some(carol()),
			royalty_to: bob(),
			payment: SPLIT,
			escrow: TOTAL,
			deposit: DEPOSIT,
			input_hash: commitment,
			output_len: Some(8),
			deadline: DEADLINE,
			terms: Some(terms.clone()),
			policy: PolicyDecision::NotApplied,
		};
		assert_eq!(Tasks::task(0), Some(expected));
		assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (TOTAL, DEPOSIT));
		assert_eq!(free(alice()), FUNDS - TOTAL - DEPOSIT);
		assert_eq!(Balances::total_issuance(), issuance);
		assert_eq!(crate::Deadlines::<Test>::get(DEADLINE), vec![0]);
		assert_eq!(
			last_event(),
			Event::Requested {
				task: 0,
				version,
				requester: alice(),
				provider: carol(),
				input: public(&INPUT),
				commitment,
				terms,
				escrow: TOTAL,
				deposit: DEPOSIT,
				deadline: DEADLINE,
			}
			.into()
		);
		assert_eq!(Recorded::get(), vec![]);
	});
}

#[test]
fn request_should_take_a_commitment_for_a_private_input() {
	run_test(|| {
		let (version, terms) = provable();
		// Made with a salt, so that nobody can guess the input.
		let salt = aivm_verification::Fr::from(123_456_789u64);
		let commitment = H256(aivm_verification::commit_input(salt, &INPUT));
		assert_ok!(request(version, Input::Committed(commitment), terms.clone()));
		assert_eq!(Tasks::task(0).unwrap().input_hash, commitment);
		assert_ne!(commitment, Verification::commit(&INPUT).unwrap());
		for wrong in [[0xff; 32], [0x80; 32]] {
			let input = Input::Committed(H256(wrong));
			assert_noop!(request(version, input, terms.clone()), Error::<Test>::NotACommitment);
		}
	});
}

#[test]
fn request_should_fail_when_the_version_cannot_be_run() {
	run_test(|| {
		let (version, terms) = provable();
		let missing = VersionRef { version: 9, ..version };
		assert_noop!(request(missing, public(&INPUT), terms.clone()), Error::<Test>::UnknownVersion);
		for (state, error) in [
			(VersionState::Uploading, Error::<Test>::VersionUploading),
			(VersionState::Ready, Error::<Test>::VersionNotActive),
			(VersionState::Revoked, Error::<Test>::VersionRevoked),
		] {
			Versions::mutate(version, |info| info.as_mut().unwrap().state = state);
			assert_noop!(request(version, public(&INPUT), terms.clone()), error);
		}
		Versions::mutate(version, |info| info.as_mut().unwrap().state = VersionState::Deprecated { successor: None });
		assert_ok!(request(version, public(&INPUT), terms));
	});
}

#[test]
fn request_should_fail_when_the_terms_do_not_suit() {
	run_test(|| {
		let (version, own) = provable();
		let other = model_with(Permill::from_percent(1), 0);
		let ask = |version, terms| request(version, public(&INPUT), terms);
		assert_noop!(ask(other, own.clone()), KeyError::<Test>::KeyForOtherVersion);
		assert_noop!(ask(version, terms(7)), KeyError::<Test>::KeyNotFound);
		let single = key(version, Setup::SingleParty);
		assert_noop!(ask(version, terms(single)), KeyError::<Test>::SinglePartyKey);
		assert_ok!(ask(version, Terms::Groth16(ProofTerms { key: single, accept_single_party: true })));
		assert_ok!(Verification::revoke_key(RuntimeOrigin::signed(bob()), 0));
		assert_noop!(ask(version, own), KeyError::<Test>::KeyRevoked);
	});
}

#[test]
fn request_should_fail_when_the_input_does_not_suit() {
	run_test(|| {
		let (version, terms) = provable();
		for input in [&[][..], &INPUT[1..], &[0; 5], &[0; PROVEN as usize]] {
			assert_noop!(request(version, public(input), terms.clone()), Error::<Test>::WrongInputLength);
		}
	});
}

#[test]
fn request_should_take_any_lengths_when_the_version_is_no_program() {
	run_test(|| {
		let (version, terms) = provable();
		Versions::mutate(version, |info| {
			let info = info.as_mut().unwrap();
			(info.format, info.summary) = (Format::Wasm, None);
		});
		assert_ok!(request(version, public(&[1; PROVEN as usize]), terms));
		assert_eq!(Tasks::task(0).unwrap().output_len, None);
	});
}

#[test]
fn request_should_fail_when_the_output_would_be_too_long() {
	run_test(|| {
		let (version, terms) = provable();
		Versions::mutate(version, |info| info.as_mut().unwrap().summary.as_mut().unwrap().output_len = PROVEN + 1);
		assert_noop!(request(version, public(&INPUT), terms), Error::<Test>::OutputTooLong);
	});
}

fn ask_until(deadline: u64, max_payment: Balance) -> sp_runtime::DispatchResult {
	let (version, terms) = (VersionRef { model: 0, version: 1 }, terms(0));
	Tasks::request(
		RuntimeOrigin::signed(alice()),
		version,
		carol(),
		public(&INPUT),
		terms,
		PRICE,
		max_payment,
		deadline,
	)
}

#[test]
fn request_should_fail_when_the_deadline_is_out_of_range() {
	run_test(|| {
		provable();
		System::set_block_number(5);
		for deadline in [0, 4, 5, 5 + TASK_BLOCKS + 1, u64::MAX] {
			assert_noop!(ask_until(deadline, TOTAL), Error::<Test>::DeadlineOutOfRange);
		}
		for deadline in [6, 5 + TASK_BLOCKS] {
			assert_ok!(ask_until(deadline, TOTAL));
		}
	});
}

#[test]
fn request_should_fail_when_a_block_has_too_many_deadlines() {
	run_test(|| {
		provable();
		for _ in 0..DEADLINES {
			assert_ok!(ask_until(DEADLINE, TOTAL));
		}
		assert_noop!(
			frame_support::storage::with_storage_layer(|| ask_until(DEADLINE, TOTAL)),
			Error::<Test>::DeadlineFull
		);
		assert_ok!(ask_until(DEADLINE + 1, TOTAL));
	});
}

#[test]
fn request_should_fail_when_the_payment_does_not_suit() {
	run_test(|| {
		let (version, terms) = provable();
		assert_noop!(ask_until(DEADLINE, TOTAL - 1), Error::<Test>::PaymentAboveMaximum);
		Cut::set(&Shares { treasury: Permill::from_percent(80), burn: Permill::from_percent(1) });
		assert_noop!(ask_until(DEADLINE, TOTAL), Error::<Test>::NoPrice);
		let price = Tasks::quote_request(version, terms, PRICE);
		assert_eq!(price, Err(Error::<Test>::NoPrice.into()));
		assert_eq!(
			aivm_market_math::quote(PRICE, RoyaltyTerms { share: Permill::from_percent(20), minimum: 0 }, Cut::get()),
			Err(MathError::SharesAboveWhole)
		);
	});
}

#[test]
fn request_should_fail_when_the_money_is_not_free() {
	run_test(|| {
		provable();
		let enough = EXISTENTIAL_DEPOSIT + TOTAL + DEPOSIT;
		Balances::set_balance(&alice(), enough);
		hold_elsewhere(&alice(), 1);
		assert_noop!(ask_until(DEADLINE, TOTAL), Error::<Test>::InsufficientBalance);
		Balances::set_balance(&alice(), enough);
		assert_ok!(ask_until(DEADLINE, TOTAL));
		assert_eq!(free(alice()), EXISTENTIAL_DEPOSIT);

		Balances::set_balance(&alice(), FUNDS);
		let frozen = FUNDS + TOTAL + DEPOSIT;
		assert_ok!(Balances::set_freeze(&other_holds::FreezeReason::Vesting.into(), &alice(), frozen));
		assert_noop!(ask_until(DEADLINE, TOTAL), Error::<Test>::InsufficientBalance);
	});
}

#[test]
fn request_should_keep_the_policy_that_allowed_it() {
	run_test(|| {
		let policy = PolicyApplied {
			agent: 7,
			key: account(6),
			policy_hash: H256::repeat_byte(9),
			version: 3,
			restriction_hash: H256::repeat_byte(8),
			checked: 0b11,
		};
		Applied::set(&Some(policy.clone()));
		let task = requested();
		// The provider acts without a policy, or with another one.
		Applied::set(&None);
		assert_ok!(submit(task, output(), evidence(&proof(task))));
		assert_eq!(Recorded::get()[0].policy, PolicyDecision::Allowed(policy));
	});
}

#[test]
fn request_should_fail_when_the_provider_could_not_take_its_part() {
	run_test(|| {
		let version = model_with(Permill::zero(), 0);
		let terms = terms(key(version, CEREMONY));
		let ask = |price| {
			let (origin, input) = (RuntimeOrigin::signed(alice()), public(&INPUT));
			Tasks::request(origin, version, carol(), input, terms.clone(), price, Balance::MAX, DEADLINE)
		};
		let quote = |price| Tasks::quote_request(version, terms.clone(), price).unwrap();
		// 85 % of 12 are more than the existential deposit of 10, of 11 they are less.
		assert_eq!((quote(0).least_price, quote(PRICE).least_price), (12, 12));
		for price in [0, 1, EXISTENTIAL_DEPOSIT, 11] {
			assert_noop!(ask(price), Error::<Test>::PriceTooLow);
		}
		assert_ok!(ask(12));
		assert!(Tasks::task(0).unwrap().payment.provider >= EXISTENTIAL_DEPOSIT);
		// Nothing is left to the provider of whatever price.
		Cut::set(&Shares { treasury: Permill::from_percent(60), burn: Permill::from_percent(40) });
		assert_noop!(ask(PRICE), Error::<Test>::NoPrice);
	});
}

#[test]
fn quote_request_should_tell_what_a_request_takes() {
	run_test(|| {
		let (version, terms) = provable();
		let quote = Tasks::quote_request(version, terms.clone(), PRICE).unwrap();
		assert_eq!(
			quote,
			RequestQuote {
				state: VersionState::Active,
				input_len: Some(4),
				output_len: Some(8),
				longest: PROVEN,
				payment: SPLIT,
				total: TOTAL,
				// What leaves 65 % to the provider, after a fifth for Bob.
				least_price: 16,
				deposit: DEPOSIT,
				last_deadline: 1 + TASK_BLOCKS,
			}
		);
		assert_eq!(Tasks::task_deposit(), DEPOSIT);
		assert_ok!(ask_until(quote.last_deadline, quote.total));
		assert_eq!(
			Tasks::quote_request(VersionRef { version: 8, ..version }, terms, PRICE),
			Err(Error::<Test>::UnknownVersion.into())
		);
	});
}

#[test]
fn request_weight_should_hold_the_commitment_to_a_public_input() {
	let private = Tasks::request_weight(&Input::Committed(H256::zero()));
	assert_eq!(private, <() as WeightInfo>::request());
	assert_eq!(Tasks::request_weight(&public(&INPUT)), private + Verification::commit_weight(4));
	assert!(Tasks::request_weight(&public(&[0; 128])).any_gt(Tasks::request_weight(&public(&INPUT))));
}
