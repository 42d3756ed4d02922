// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What providers do: proofs of every kind of right and wrong, and giving up.

use aivm_receipts::{Evidence as Receipted, PolicyDecision, ReceiptBody, ReceiptId, Verdict};
use aivm_traits::{Verifier, VersionState};
use aivm_verification::output_field;
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate};
use pallet_verification::{
	kinds::{groth16::Evidence as Proof, Evidence},
	Error as KeyError,
};

use super::{proven::*, *};
use crate::{Error, Event};

/// The receipt of the task of [`requested`].
fn receipt(task: TaskId, verdict: Verdict) -> ReceiptBody {
	let (convinced, judged) = (verdict == Verdict::Accepted, matches!(verdict, Verdict::Accepted | Verdict::Rejected));
	ReceiptBody {
		task,
		requester: alice(),
		provider: carol(),
		model: 0,
		version: 1,
		artefact_hash: H256(sp_io::hashing::blake2_256(&programs::sums())),
		input_hash: Verification::commit(&INPUT).unwrap(),
		output_hash: if judged { H256(output_field(&OUTPUT)) } else { H256::zero() },
		path: TrustPath::ZkProof,
		evidence: Receipted::Absent,
		policy: PolicyDecision::NotApplied,
		verdict,
		payment: if convinced { payment(650, 250, 100, 50) } else { Payment::default() },
	}
}

/// Alice has all her money back, nobody got any, and the task is gone.
fn assert_refunded(task: TaskId) {
	assert_eq!((free(alice()), escrow_of(&alice()), deposits_of(&alice())), (FUNDS, 0, 0));
	assert_eq!((free(carol()), free(bob()), free(treasury())), (FUNDS, FUNDS, FUNDS));
	assert_eq!(Tasks::task(task), None);
	assert!(crate::Deadlines::<Test>::iter().next().is_none());
}

#[test]
fn submit_should_settle_the_task_when_the_proof_holds() {
	run_test(|| {
		let task = requested();
		let statement = demand(task, &OUTPUT).hash;
		let issuance = Balances::total_issuance();
		assert_eq!(Tasks::check_submission(task, OUTPUT.to_vec(), evidence(&proof(task))), Ok(true));
		assert_ok!(submit(task, output(), evidence(&proof(task))));

		assert_eq!((free(alice()), escrow_of(&alice()), deposits_of(&alice())), (FUNDS - TOTAL, 0, 0));
		assert_eq!((free(carol()), free(bob()), free(treasury())), (FUNDS + 650, FUNDS + 250, FUNDS + 100));
		assert_eq!(Balances::total_issuance(), issuance - 50);
		assert_eq!(
			last_event(),
			Event::Settled {
				task,
				version: VersionRef { model: 0, version: 1 },
				requester: alice(),
				provider: carol(),
				output: output(),
				paid: TOTAL,
				receipt: ReceiptId { block: 1, index: 0 },
			}
			.into()
		);
		let evidence = Receipted::Groth16 { key: 0, statement };
		assert_eq!(Recorded::get(), vec![ReceiptBody { evidence, ..receipt(task, Verdict::Accepted) }]);
		assert_eq!(Tasks::task(task), None);
	});
}

#[test]
fn submit_should_refund_the_requester_when_the_proof_does_not_hold() {
	run_test(|| {
		let task = requested();
		let statement = demand(task, &OUTPUT).hash;
		let wrong = circuit().prove(&public_inputs(task, &[0; 8]));
		assert_eq!(Tasks::check_submission(task, OUTPUT.to_vec(), evidence(&wrong)), Ok(false));
		assert_ok!(submit(task, output(), evidence(&wrong)));
		assert_refunded(task);
		assert_eq!(
			last_event(),
			Event::Refused {
				task,
				requester: alice(),
				provider: carol(),
				refunded: TOTAL,
				receipt: ReceiptId { block: 1, index: 0 },
			}
			.into()
		);
		let evidence = Receipted::Groth16 { key: 0, statement };
		assert_eq!(Recorded::get(), vec![ReceiptBody { evidence, ..receipt(task, Verdict::Rejected) }]);
	});
}

#[test]
fn submit_should_refund_the_requester_when_one_bit_of_the_proof_is_another() {
	for byte in [0, 47, 48, 100, 143, 144, 191] {
		run_test(|| {
			let task = requested();
			let mut altered = proof(task);
			altered[byte] ^= 1;
			assert_ok!(submit(task, output(), evidence(&altered)));
			assert_refunded(task);
			assert_eq!(Recorded::get()[0].verdict, Verdict::Rejected);
		});
	}
}

#[test]
fn submit_should_refund_the_requester_when_the_output_is_not_the_proved_one() {
	run_test(|| {
		let task = requested();
		let proof = proof(task);
		let mut other = output();
		other[0] ^= 1;
		assert_ok!(submit(task, other, evidence(&proof)));
		assert_refunded(task);
	});
}

#[test]
fn submit_should_not_take_the_proof_of_another_task() {
	run_test(|| {
		Room::set(&10);
		let (version, terms) = provable();
		let first = requested_of(version, terms.clone());
		let second = requested_of(version, terms.clone());
		let used = proof(first);
		assert_ok!(submit(first, output(), evidence(&used)));
		assert_eq!(Recorded::get()[0].verdict, Verdict::Accepted);
		// The same task again, the same proof and another one of the same.
		for proof in [used.clone(), circuit().rerandomise(&used)] {
			assert_noop!(submit(first, output(), evidence(&proof)), Error::<Test>::NoSuchTask);
		}
		// Another task with the same version, input, output and provider.
		assert_eq!(Tasks::check_submission(second, OUTPUT.to_vec(), evidence(&used)), Ok(false));
		assert_ok!(submit(second, output(), evidence(&used)));
		assert_eq!(Recorded::get()[1].verdict, Verdict::Rejected);
		assert_eq!((escrow_of(&alice()), deposits_of(&alice())), (0, 0));
	});
}

#[test]
fn submit_should_be_for_the_named_provider() {
	run_test(|| {
		let (version, terms) = provable();
		let task = requested_of(version, terms.clone());
		let right = proof(task);
		for who in [alice(), bob(), author()] {
			assert_noop!(submit_as(who, task, output(), evidence(&right)), Error::<Test>::NotProvider);
		}
		// Bob, asked for the same by Alice, copies Carol's proof.
		assert_ok!(Tasks::request(
			RuntimeOrigin::signed(alice()),
			version,
			bob(),
			public(&INPUT),
			terms,
			PRICE,
			TOTAL,
			DEADLINE
		));
		assert_ok!(submit_as(bob(), 1, output(), evidence(&right)));
		assert_eq!(Recorded::get()[0].verdict, Verdict::Rejected);
		// Carol's task is as it was.
		assert_ok!(submit(task, output(), evidence(&right)));
		assert_eq!(Recorded::get()[1].verdict, Verdict::Accepted);
	});
}

#[test]
fn submit_should_change_nothing_when_it_cannot_be_evidence() {
	run_test(|| {
		let task = requested();
		let right = proof(task);
		for wrong in [&[][..], &right[1..], &right[..128]] {
			assert_noop!(submit(task, output(), evidence(wrong)), KeyError::<Test>::WrongProofLength);
		}
		let free = Evidence::Groth16(Proof {
			proof: right.clone().try_into().unwrap(),
			free: vec![[0; 32]].try_into().unwrap(),
		});
		assert_noop!(submit(task, output(), free), KeyError::<Test>::WrongFreeInputCount);
		for length in [0, 7, 9, PROVEN as usize] {
			let output = vec![0; length].try_into().unwrap();
			assert_noop!(submit(task, output, evidence(&right)), Error::<Test>::WrongOutputLength);
		}
		assert_noop!(submit(task + 1, output(), evidence(&right)), Error::<Test>::NoSuchTask);
		assert_ok!(submit(task, output(), evidence(&right)));
	});
}

#[test]
fn submit_should_fail_when_the_key_was_revoked_meanwhile() {
	run_test(|| {
		let task = requested();
		let right = proof(task);
		assert_ok!(Verification::revoke_key(RuntimeOrigin::signed(bob()), 0));
		assert_noop!(submit(task, output(), evidence(&right)), KeyError::<Test>::KeyRevoked);
		assert_eq!(Tasks::demand(task, OUTPUT.to_vec()), Err(KeyError::<Test>::KeyRevoked.into()));
		// Carol gives the task back; else it would end at its deadline.
		assert_ok!(Tasks::cancel(RuntimeOrigin::signed(carol()), task));
		assert_refunded(task);
	});
}

#[test]
fn submit_should_be_paid_when_the_version_was_revoked_meanwhile() {
	run_test(|| {
		let task = requested();
		Versions::mutate(VersionRef { model: 0, version: 1 }, |info| {
			let info = info.as_mut().unwrap();
			info.state = VersionState::Revoked;
			info.owner = author();
		});
		assert_ok!(submit(task, output(), evidence(&proof(task))));
		// The royalty goes to who owned the model at the request.
		assert_eq!((free(carol()), free(bob())), (FUNDS + 650, FUNDS + 250));
	});
}

#[test]
fn submit_should_work_until_the_deadline() {
	run_test(|| {
		let task = requested();
		let right = proof(task);
		System::run_to_block::<AllPalletsWithSystem>(DEADLINE);
		assert_ok!(submit(task, output(), evidence(&right)));
		assert_eq!(free(carol()), FUNDS + 650);
	});
}

#[test]
fn submit_should_fail_when_the_block_takes_no_more_receipts() {
	run_test(|| {
		let task = requested();
		let right = proof(task);
		Room::set(&0);
		assert_noop!(submit(task, output(), evidence(&right)), Error::<Test>::BlockReceiptsFull);
		assert_noop!(
			frame_support::storage::with_storage_layer(|| Tasks::cancel(RuntimeOrigin::signed(carol()), task)),
			Error::<Test>::BlockReceiptsFull
		);
		Room::set(&1);
		assert_ok!(submit(task, output(), evidence(&right)));
	});
}

#[test]
fn submit_should_pay_a_provider_without_an_account_when_the_price_is_the_least() {
	run_test(|| {
		let (version, terms) = provable();
		// A royalty that its receiver cannot take goes to the treasury.
		let (provider, owner) = (account(77), account(78));
		Versions::mutate(version, |info| {
			let info = info.as_mut().unwrap();
			(info.owner, info.royalty.minimum) = (owner.clone(), 0);
		});
		let price = Tasks::quote_request(version, terms.clone(), 0).unwrap().least_price;
		let input = public(&INPUT);
		let origin = RuntimeOrigin::signed(alice());
		assert_ok!(Tasks::request(origin, version, provider.clone(), input, terms, price, price, DEADLINE));
		let issuance = Balances::total_issuance();
		assert_ok!(submit_as(provider.clone(), 0, output(), evidence(&proof(0))));
		// Of 16: 3 are the royalty, and 10, 2 and 1 the quotas of the others.
		assert_eq!((price, paid()), (16, payment(EXISTENTIAL_DEPOSIT, 0, 5, 1)));
		assert_eq!((free(provider), free(owner)), (EXISTENTIAL_DEPOSIT, 0));
		assert_eq!(free(treasury()), FUNDS + 5);
		assert_eq!(Balances::total_issuance(), issuance - 1);
		assert_eq!(free(alice()), FUNDS - price);
	});
}

#[test]
fn submit_should_charge_the_weight_of_the_judgement() {
	run_test(|| {
		let task = requested();
		let evidence = evidence(&proof(task));
		let declared = Tasks::submit_weight(8, &evidence);
		let actual =
			Tasks::submit(RuntimeOrigin::signed(carol()), task, output(), evidence).unwrap().actual_weight.unwrap();
		assert!(actual.all_lte(declared) && actual.ref_time() < declared.ref_time());
		let judged = <() as pallet_verification::WeightInfo>::judge_bls12_381(4);
		assert!(actual.all_gte(judged + ReceiptWeight::get() + Verification::commit_weight(8)));
	});
}

#[test]
fn submit_should_fail_when_the_task_waits_for_nothing() {
	run_test(|| {
		for state in [TaskState::Requested, TaskState::Running, TaskState::Verifying] {
			let id = task_in(state);
			assert_noop!(submit_as(author(), id, output(), evidence(&[0; 192])), Error::<Test>::BadTransition);
			assert_noop!(Tasks::cancel(RuntimeOrigin::signed(author()), id), Error::<Test>::BadTransition);
		}
		let id = task_in(TaskState::Assigned);
		assert_noop!(submit_as(author(), id, output(), evidence(&[0; 192])), Error::<Test>::NoEvidenceWanted);
		assert_eq!(Tasks::demand(id, vec![]), Err(Error::<Test>::NoEvidenceWanted.into()));
	});
}

#[test]
fn cancel_should_refund_the_requester() {
	run_test(|| {
		let task = requested();
		for who in [alice(), bob()] {
			assert_noop!(Tasks::cancel(RuntimeOrigin::signed(who), task), Error::<Test>::NotProvider);
		}
		assert_ok!(Tasks::cancel(RuntimeOrigin::signed(carol()), task));
		assert_refunded(task);
		assert_eq!(
			last_event(),
			Event::Cancelled {
				task,
				requester: alice(),
				provider: carol(),
				refunded: TOTAL,
				receipt: ReceiptId { block: 1, index: 0 },
			}
			.into()
		);
		assert_eq!(Recorded::get(), vec![receipt(task, Verdict::Cancelled)]);
		assert_noop!(Tasks::cancel(RuntimeOrigin::signed(carol()), task), Error::<Test>::NoSuchTask);
	});
}

#[test]
fn demand_should_tell_what_to_prove() {
	run_test(|| {
		let task = requested();
		let demand = demand(task, &OUTPUT);
		assert_eq!((demand.key, demand.statement.task), (0, task));
		assert_eq!(H256(demand.statement.input), Verification::commit(&INPUT).unwrap());
		assert_eq!(demand.statement.output, output_field(&OUTPUT));
		assert_eq!(demand.statement.provider, [5; 32]);
		assert_eq!(demand.hash.0, demand.statement.hash());
		assert_eq!(public_inputs(task, &OUTPUT), aivm_verification::public_inputs(&demand.statement));
		for wrong in [vec![], vec![0; 7], vec![0; 1_000]] {
			assert_eq!(Tasks::demand(task, wrong.clone()), Err(Error::<Test>::WrongOutputLength.into()));
			assert_eq!(
				Tasks::check_submission(task, wrong, evidence(&[0; 192])),
				Err(Error::<Test>::WrongOutputLength.into())
			);
		}
		assert_eq!(Tasks::demand(9, OUTPUT.to_vec()), Err(Error::<Test>::NoSuchTask.into()));
		assert_eq!(Tasks::check_submission(9, OUTPUT.to_vec(), evidence(&[])), Err(Error::<Test>::NoSuchTask.into()));
	});
}

#[test]
fn submit_should_settle_when_the_requester_lost_all_other_money() {
	run_test(|| {
		let task = requested();
		Balances::set_balance(&alice(), EXISTENTIAL_DEPOSIT);
		assert_ok!(submit(task, output(), evidence(&proof(task))));
		assert_eq!(paid(), payment(650, 250, 100, 50));
	});
}
