// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Proofs that collectors bring: what the pool lets through, what the chain does with it, and what the worker submits.

use std::sync::{Arc, Mutex};

use aivm_receipts::Verdict;
use aivm_traits::{CollectedProofs, ProofRefused};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	dispatch::{GetDispatchInfo, PostDispatchInfo},
	pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_verification::{kinds::Evidence, Error as KeyError};
use sp_core::{
	offchain::{TransactionPool, TransactionPoolExt},
	sr25519, Pair,
};
use sp_runtime::{
	generic::Preamble,
	traits::{BadOrigin, DispatchTransaction},
};

use super::{proven::*, *};
use crate::{Call, Error, Event, ProvenOf, WeightInfo};

fn extension() -> Extension {
	<Test as CreateAuthorizedTransaction<Call<Test>>>::create_extension()
}

/// A call that this key signed.
fn signed_by(key: &sr25519::Pair, task: TaskId, output: ProvenOf<Test>, evidence: Evidence) -> Call<Test> {
	let signature = key.sign(&Tasks::collection_digest(task, &output, &evidence));
	Call::submit_collected { task, output, evidence, collector: key.public(), signature }
}

/// A call that the collector signed.
fn bring(task: TaskId, output: ProvenOf<Test>, proof: &[u8]) -> Call<Test> {
	signed_by(&collector_key(), task, output, evidence(proof))
}

/// What the pool says.
fn validate(call: Call<Test>) -> Result<ValidTransaction, TransactionValidityError> {
	let call = RuntimeCall::Tasks(call);
	let info = call.get_dispatch_info();
	let checked = extension().validate_only(RuntimeOrigin::none(), &call, &info, 0, TransactionSource::External, 0);
	checked.map(|(validity, ..)| validity)
}

fn custom(code: u8) -> Result<ValidTransaction, TransactionValidityError> {
	Err(InvalidTransaction::Custom(code).into())
}

/// Sends it through everything that a transaction in a block goes through.
fn dispatch(call: Call<Test>) -> PostDispatchInfo {
	let call = RuntimeCall::Tasks(call);
	let info = call.get_dispatch_info();
	extension().dispatch_transaction(RuntimeOrigin::none(), call, &info, 0, 0).unwrap().unwrap()
}

/// A task that waits for the proof of Carol, who has an endpoint.
fn waiting() -> TaskId {
	Served::set(&vec![carol()]);
	requested()
}

#[test]
fn submit_collected_should_settle_the_task_when_the_proof_holds() {
	run_test(|| {
		let task = waiting();
		let call = bring(task, output(), &proof(task));
		let validity = validate(call.clone()).unwrap();
		assert_eq!(validity.provides.len(), 1);
		// Another proof of the task excludes it in the pool, that of another task does not.
		assert_eq!(validate(bring(task, output(), &[0; 192])).unwrap().provides, validity.provides);
		let other = requested_of(VersionRef { model: 0, version: 1 }, terms(0));
		assert_ne!(validate(bring(other, output(), &[0; 192])).unwrap().provides, validity.provides);

		let declared = RuntimeCall::Tasks(call.clone()).get_dispatch_info().call_weight;
		let actual = dispatch(call.clone()).actual_weight.unwrap();
		assert!(actual.all_lte(declared) && actual.all_gte(<() as WeightInfo>::submit_collected()));
		// Nobody paid a fee, and everything is as if Carol had submitted it. The other task is open.
		assert_eq!(free(alice()), FUNDS - 2 * TOTAL - DEPOSIT);
		assert_eq!((free(carol()), free(bob()), free(treasury())), (FUNDS + 650, FUNDS + 250, FUNDS + 100));
		assert_eq!((Recorded::get()[0].verdict, Recorded::get()[0].provider.clone()), (Verdict::Accepted, carol()));
		assert!(matches!(
			last_event(),
			RuntimeEvent::Tasks(Event::Settled { provider, .. }) if provider == carol()
		));
		assert_eq!((Tasks::task(task), Wrong::get()), (None, 0));
		assert_eq!(validate(call), custom(135));
	});
}

#[test]
fn submit_collected_should_leave_the_task_as_it_was_when_the_proof_does_not_hold() {
	run_test(|| {
		let task = waiting();
		let before = Tasks::task(task);
		let right = proof(task);
		let (wrong, longer) = (circuit().prove(&public_inputs(task, &[0; 8])), vec![0; 9].try_into().unwrap());
		for (call, reason) in [
			(bring(task, output(), &wrong), DispatchError::from(Error::<Test>::NotConvincing)),
			(bring(task, longer, &right), Error::<Test>::WrongOutputLength.into()),
			(bring(task, output(), &right[1..]), KeyError::<Test>::WrongProofLength.into()),
		] {
			Wrong::set(&0);
			assert_ok!(validate(call.clone()));
			dispatch(call);
			let collector = collector_key().public();
			assert_eq!(last_event(), Event::CollectionRefused { task, collector, reason }.into());
			assert_eq!((Tasks::task(task), Wrong::get(), Recorded::get()), (before.clone(), 1, vec![]));
			assert_eq!((free(carol()), escrow_of(&alice())), (FUNDS, TOTAL));
		}
		// Carol has not had her try.
		assert_ok!(submit(task, output(), evidence(&right)));
		assert_eq!(free(carol()), FUNDS + 650);
	});
}

#[test]
fn submit_collected_should_be_refused_when_it_is_not_authorised() {
	run_test(|| {
		let task = requested();
		let right = proof(task);
		let good = || bring(task, output(), &right);
		// Carol has no endpoint.
		assert_eq!(validate(good()), custom(131));
		Served::set(&vec![carol()]);
		assert_ok!(validate(good()));
		// A stranger's, of no task, and of tasks that wait for no proof.
		let stranger = sr25519::Pair::from_seed(&[8; 32]);
		assert_eq!(validate(signed_by(&stranger, task, output(), evidence(&right))), custom(130));
		assert_eq!(validate(bring(task + 1, output(), &right)), custom(135));
		let optimistic = task_in(TaskState::Assigned);
		assert_eq!(validate(bring(optimistic, output(), &right)), custom(135));
		crate::Tasks::<Test>::mutate(task, |task| task.as_mut().unwrap().state = TaskState::Verifying);
		assert_eq!(validate(good()), custom(135));
		crate::Tasks::<Test>::mutate(task, |task| task.as_mut().unwrap().state = TaskState::Assigned);
		// Signed for something else.
		let Call::submit_collected { signature, collector, .. } = good() else { panic!() };
		let second = requested_of(VersionRef { model: 0, version: 1 }, terms(0));
		let mut other = output();
		other[0] ^= 1;
		for (task, output, proof) in
			[(second, output(), &right[..]), (task, other, &right[..]), (task, output(), &[0; 192])]
		{
			let evidence = evidence(proof);
			let call = Call::submit_collected { task, output, evidence, collector, signature };
			assert_eq!(validate(call), Err(InvalidTransaction::BadProof.into()));
		}
		// A block without room for a receipt keeps it in the pool.
		Room::set(&0);
		assert_eq!(validate(good()), Err(InvalidTransaction::ExhaustsResources.into()));
		Room::set(&3);
		// Too often wrong.
		Wrong::set(&2);
		assert_eq!(validate(good()), custom(134));
		// Nobody can call it with an account.
		let who = RuntimeOrigin::signed(carol());
		let refused = Tasks::submit_collected(who, task, output(), evidence(&right), collector, signature);
		assert_eq!(refused.unwrap_err().error, BadOrigin.into());
	});
}

/// The transactions that were submitted.
#[derive(Clone, Default)]
struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl TransactionPool for Pool {
	fn submit_transaction(&mut self, transaction: Vec<u8>) -> Result<(), ()> {
		self.0.lock().unwrap().push(transaction);
		Ok(())
	}
}

#[test]
fn worker_should_submit_what_the_chain_would_settle_the_task_with() {
	let pool = Pool::default();
	let mut chain = new_test_ext();
	chain.register_extension(TransactionPoolExt::new(pool.clone()));
	run_test_on(chain, || {
		let task = waiting();
		let bring = |answer: &[u8]| <Tasks as CollectedProofs<_>>::submit(task, &collector_key().public(), answer);
		let right = proof(task);
		let answer = (output(), evidence(&right)).encode();
		assert!(answer.len() <= <Tasks as CollectedProofs<AccountId32>>::longest_answer());
		let wrong = circuit().prove(&public_inputs(task, &[0; 8]));
		for (answer, refused) in [
			(vec![], ProofRefused::Unreadable),
			([&answer[..], &[0]].concat(), ProofRefused::Unreadable),
			(answer[1..].to_vec(), ProofRefused::Unreadable),
			((output(), evidence(&wrong)).encode(), ProofRefused::Invalid("NotConvincing")),
			((output(), evidence(&right[1..])).encode(), ProofRefused::Invalid("WrongProofLength")),
			((vec![0u8; 9], evidence(&right)).encode(), ProofRefused::Invalid("WrongOutputLength")),
		] {
			assert_eq!(unchanged(|| bring(&answer)), Err(refused));
		}
		assert!(pool.0.lock().unwrap().is_empty());
		assert_ok!(unchanged(|| bring(&answer)));
		let transaction = pool.0.lock().unwrap().pop().unwrap();
		let transaction = Extrinsic::decode(&mut &transaction[..]).unwrap();
		assert!(matches!(transaction.preamble, Preamble::General(_)));
		let RuntimeCall::Tasks(call) = transaction.function else { panic!() };
		dispatch(call);
		assert_eq!(free(carol()), FUNDS + 650);
		// It waits for nothing any more.
		let ended = ProofRefused::NotAllowed(aivm_traits::CollectorRefused::NotWaiting);
		assert_eq!(bring(&answer), Err(ended));
	});
}

#[test]
fn tasks_should_be_listed_with_the_provider_whose_proof_they_wait_for() {
	run_test(|| {
		let (version, terms) = provable();
		let list = |after| <Tasks as CollectedProofs<AccountId32>>::tasks(after).collect::<Vec<_>>();
		assert_eq!(list(None), []);
		let proven = [0; 3].map(|_| requested_of(version, terms.clone()));
		let optimistic = task_in(TaskState::Assigned);
		let all = list(None);
		assert_eq!(all.len(), 4);
		for (task, provider) in &all {
			assert_eq!(provider.clone(), proven.contains(task).then(carol));
		}
		assert!(all.contains(&(optimistic, None)));
		// From each on, also when it ended meanwhile.
		for (place, (task, _)) in all.iter().enumerate() {
			assert_eq!(list(Some(*task)), all[place + 1..]);
		}
		let place = all.iter().position(|(task, _)| *task == proven[0]).unwrap();
		assert_ok!(Tasks::cancel(RuntimeOrigin::signed(carol()), proven[0]));
		assert_eq!(list(Some(proven[0])), all[place + 1..]);
	});
}
