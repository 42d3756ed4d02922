// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A provider proves a run, in the runtime as it is: key, request, proof, money, receipt. The circuit is a small one with the
//! public inputs of the chain's own circuits; its proofs are real.

use super::{
	agents::{agent, agent_account, rules, AGENT},
	inference::{apply, program, publish},
	*,
};
use aivm_inference::{Limits, Program};
use aivm_oracle::wire::Circuit;
use aivm_receipts::{digest, Evidence as Receipted, Receipt, Verdict};
use aivm_traits::{AssetKind, InspectCall, ModelUse, Spend, VersionRef};
use aivm_verification::{Curve, Scalar};
use ark_bls12_381::Bls12_381;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{
		fungible::{Inspect, InspectHold},
		Get, InstanceFilter,
	},
	weights::Weight,
};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_policy::{Limit, Policy as Rules, Refusal};
use pallet_tasks::{Call as Task, Input, WeightInfo as _};
use pallet_verification::{
	kinds::{groth16, Demand, Evidence, Terms},
	Binding, Call as Verify, Setup, WeightInfo as _, Weights, MAX_BATCH, MAX_INPUTS,
};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave};
use sp_runtime::{
	traits::Dispatchable,
	transaction_validity::{InvalidTransaction, TransactionSource},
};

const INPUT: [u8; 8] = [1, 2, 3, 250, 5, 0, 7, 128];

fn circuit() -> Circuit<Bls12_381> {
	Circuit::new(4, 1)
}

/// Alice's program with a key, made in a ceremony, and its output for [`INPUT`].
fn provable() -> (VersionRef, Vec<u8>) {
	let program = program();
	let version = publish(&program);
	let key = circuit().wire_key().try_into().unwrap();
	let binding = Binding::Version { version, weights: Weights::Public };
	let setup = Setup::Ceremony { contributions: 2, has_beacon: true, transcript: Hash::repeat_byte(1) };
	apply(Alice, Verify::register_key { curve: Curve::Bls12_381, key, binding, setup }.into());
	(version, Program::decode_and_validate(&program, &Limits::DEFAULT).unwrap().0.run(&INPUT).unwrap())
}

fn terms() -> Terms {
	Terms::Groth16(groth16::Terms { key: 0, accept_single_party: false })
}

/// Bob's call to ask Charlie, for two AIVM of computation.
fn request(version: VersionRef, deadline: BlockNumber) -> RuntimeCall {
	let quote = Tasks::quote_request(version, terms(), 2 * UNIT).unwrap();
	Task::request {
		version,
		provider: Charlie.to_account_id(),
		input: Input::Public(INPUT.to_vec().try_into().unwrap()),
		terms: terms(),
		price: 2 * UNIT,
		max_payment: quote.total,
		deadline,
	}
	.into()
}

/// The call to submit a proof of this output.
fn submit(task: u64, output: &[u8]) -> RuntimeCall {
	let Demand::Groth16(demand) = Tasks::demand(task, output.to_vec()).unwrap();
	let inputs: Vec<Scalar> = demand.inputs.into_iter().map(Option::unwrap).collect();
	let proof = circuit().prove(&inputs).try_into().unwrap();
	let evidence = Evidence::Groth16(groth16::Evidence { proof, free: Default::default() });
	Task::submit { task, output: output.to_vec().try_into().unwrap(), evidence }.into()
}

fn last_receipt() -> Receipt {
	pallet_execution_receipts::Pending::<Runtime>::get().pop().unwrap()
}

/// What `who` has on hold for open tasks: escrow and deposits.
fn on_hold(who: &AccountId) -> (Balance, Balance) {
	use pallet_tasks::HoldReason::{Deposit, Escrow};
	(Balances::balance_on_hold(&Escrow.into(), who), Balances::balance_on_hold(&Deposit.into(), who))
}

#[test]
fn a_proved_run_should_be_paid_and_receipted() {
	genesis("development").execute_with(|| {
		start_block(1);
		let (version, output) = provable();
		apply(Bob, request(version, 10));
		let payment = Tasks::task(0).unwrap().payment;
		assert_eq!(payment.royalty, 2 * UNIT / 5, "a fifth for the model's owner");
		assert_eq!(on_hold(&Bob.to_account_id()), (payment.total(), Tasks::task_deposit()));

		let before = |who: Sr25519Keyring| Balances::free_balance(who.to_account_id());
		let (owner, issuance) = (before(Alice), Balances::total_issuance());
		// Without a transaction around it, whose fee Alice would get a part of as the block's author.
		Dispatchable::dispatch(submit(0, &output), RuntimeOrigin::signed(Charlie.to_account_id())).unwrap();
		assert_eq!(before(Alice), owner + payment.royalty);
		assert_eq!(Balances::total_issuance(), issuance - payment.burn);
		assert_eq!(on_hold(&Bob.to_account_id()), (0, 0));
		let Receipt::V1(receipt) = last_receipt();
		assert_eq!((receipt.body.verdict, receipt.body.provider), (Verdict::Accepted, Charlie.to_account_id()));
		assert!(matches!(receipt.body.evidence, Receipted::Groth16 { key: 0, .. }));
		assert_eq!(receipt.body.payment.provider, payment.provider);

		end_block();
		assert!(digest::receipts_root(&System::digest()).is_some());
	});
}

#[test]
fn a_collected_proof_should_be_paid_without_a_fee() {
	genesis("development").execute_with(|| {
		start_block(1);
		let (version, output) = provable();
		apply(Bob, request(version, 10));
		let url = b"http://127.0.0.1:1".to_vec().try_into().unwrap();
		let kind = aivm_attestation::Kind::Development;
		apply(Charlie, pallet_attestation::Call::set_endpoint { url, kind, workload: None }.into());
		let transaction = collected(submit(0, &output));
		let valid = Executive::validate_transaction(TransactionSource::External, transaction.clone(), Hash::zero());
		assert_eq!(valid.unwrap().provides.len(), 1);
		let free = Balances::free_balance(Charlie.to_account_id());
		Executive::apply_extrinsic(transaction.clone()).unwrap().unwrap();
		let Receipt::V1(receipt) = last_receipt();
		assert_eq!((receipt.body.verdict, receipt.body.provider), (Verdict::Accepted, Charlie.to_account_id()));
		assert_eq!(Balances::free_balance(Charlie.to_account_id()), free + receipt.body.payment.provider);
		// The same once more.
		assert_eq!(Executive::apply_extrinsic(transaction), Err(InvalidTransaction::Custom(135).into()));
	});
}

/// What Alice, a collector, makes of a provider's submission.
fn collected(submission: RuntimeCall) -> UncheckedExtrinsic {
	let RuntimeCall::Tasks(Task::submit { task, output, evidence }) = submission else { unreachable!() };
	let signature = Alice.sign(&Tasks::collection_digest(task, &output, &evidence));
	let call = Task::<Runtime>::submit_collected { task, output, evidence, collector: Alice.public(), signature };
	<Runtime as CreateAuthorizedTransaction<Task<Runtime>>>::create_authorized_transaction(call.into())
}

#[test]
fn a_wrong_proof_should_refund_the_requester() {
	genesis("development").execute_with(|| {
		start_block(1);
		let (version, output) = provable();
		apply(Bob, request(version, 10));
		let RuntimeCall::Tasks(Task::submit { task, output, evidence }) = submit(0, &output) else { unreachable!() };
		let mut other = output.to_vec();
		other[0] ^= 1;
		let charlie = Balances::free_balance(Charlie.to_account_id());
		apply(Charlie, Task::submit { task, output: other.try_into().unwrap(), evidence }.into());
		assert!(Balances::free_balance(Charlie.to_account_id()) < charlie, "the provider pays its fee");
		assert_eq!(on_hold(&Bob.to_account_id()), (0, 0));
		let Receipt::V1(receipt) = last_receipt();
		assert_eq!(receipt.body.verdict, Verdict::Rejected);
	});
}

#[test]
fn a_late_provider_should_find_nothing() {
	genesis("development").execute_with(|| {
		start_block(1);
		let (version, output) = provable();
		apply(Bob, request(version, 2));
		let late = submit(0, &output);
		end_block();
		start_block(2);
		assert!(Tasks::task(0).is_some());
		end_block();
		start_block(3);
		assert_eq!(Tasks::task(0), None);
		let Receipt::V1(receipt) = last_receipt();
		assert_eq!((receipt.id.block, receipt.body.verdict), (3, Verdict::Expired));
		let result = Executive::apply_extrinsic(signed(Charlie, late)).unwrap();
		assert_eq!(result.unwrap_err(), pallet_tasks::Error::<Runtime>::NoSuchTask.into());
	});
}

#[test]
fn the_firewall_should_know_what_requests_spend() {
	let version = VersionRef { model: 3, version: 1 };
	let call = RuntimeCall::Tasks(Task::request {
		version,
		provider: Dave.to_account_id(),
		input: Input::Committed(Default::default()),
		terms: terms(),
		price: 5,
		max_payment: 7,
		deadline: 9,
	});
	let info = <Runtime as pallet_policy::Config>::Calls::inspect(&call);
	assert_eq!((info.id.pallet, info.id.call), (51, 1));
	let amount = 7 + Tasks::task_deposit();
	assert_eq!(info.spend, Spend::Exact { asset: AssetKind::Native, amount, to: Some(Dave.to_account_id()) });
	assert_eq!(info.model, Some(ModelUse { model: 3, max_price: 7 }));
	assert!(info.inner.is_empty() && !info.forbidden);

	for call in [Task::cancel { task: 0 }.into(), submission()] {
		let info = <Runtime as pallet_policy::Config>::Calls::inspect(&call);
		assert_eq!((info.spend, info.model), (Spend::Nothing, None));
	}
	// Deposits are measured.
	let call = RuntimeCall::Verification(Verify::revoke_key { key: 0 });
	assert_eq!(<Runtime as pallet_policy::Config>::Calls::inspect(&call).spend, Spend::Unknown);

	// A proxy for inferences cannot send money to whom it likes.
	use configs::ProxyType;
	let asks = Task::request {
		version,
		provider: Dave.to_account_id(),
		input: Input::Committed(Default::default()),
		terms: terms(),
		price: 5,
		max_payment: 7,
		deadline: 9,
	};
	assert!(!ProxyType::Inference.filter(&asks.into()));
	assert!(ProxyType::Inference.filter(&submission()));
	assert!(ProxyType::Models.filter(&call) && !ProxyType::Inference.filter(&call));
}

#[test]
fn an_agents_deposit_should_count_as_paid_and_come_back() {
	genesis("development").execute_with(|| {
		start_block(1);
		let (version, _) = provable();
		let key = agent();
		// The agent may pay Bob alone.
		let ask = |price| {
			let max_payment = Tasks::quote_request(version, terms(), price).unwrap().total;
			let (provider, input) = (Bob.to_account_id(), Input::Committed(Default::default()));
			let call = Task::request { version, provider, input, terms: terms(), price, max_payment, deadline: 10 };
			Executive::apply_extrinsic(signed_by(&key, call.into()))
		};
		let account = agent_account();
		let before = Balances::total_balance(&account);
		assert_ok!(ask(UNIT).unwrap());
		let (escrow, deposit) = on_hold(&account);
		assert_eq!((escrow, deposit), (UNIT, Tasks::task_deposit()));
		let fee = before - Balances::total_balance(&account);
		assert_eq!(Policy::spent(AGENT, AssetKind::Native).day, escrow + deposit + fee);
		assert!(!Policy::policy_of(AGENT).unwrap().frozen, "the firewall knew what would go on hold");

		let free = Balances::free_balance(&account);
		apply(Bob, Task::cancel { task: 0 }.into());
		assert_eq!(on_hold(&account), (0, 0));
		assert_eq!(Balances::free_balance(&account), free + escrow + deposit);

		// A limit that has room for the payment alone.
		let limit = Limit { asset: AssetKind::Native, per_transaction: UNIT, per_day: 5 * UNIT, lifetime: 10 * UNIT };
		let policy = Box::new(Rules { limits: vec![limit].try_into().unwrap(), ..rules() });
		apply(Alice, pallet_policy::Call::set_policy { agent: AGENT, policy }.into());
		let above = InvalidTransaction::Custom(Refusal::AboveTransactionLimit.code());
		assert_eq!(ask(UNIT), Err(above.into()));
		assert_ok!(ask(UNIT - deposit).unwrap());
	});
}

/// Bytes of the longest public input and output.
fn longest() -> usize {
	<<Runtime as pallet_tasks::Config>::MaxProvenLen as Get<u32>>::get() as usize
}

/// A submission with the longest output and the largest evidence.
fn submission() -> RuntimeCall {
	let evidence = Evidence::Groth16(groth16::Evidence {
		proof: vec![0; 192].try_into().unwrap(),
		free: vec![[0; 32]; 16].try_into().unwrap(),
	});
	let output = vec![0; longest()].try_into().unwrap();
	Task::submit { task: 0, output, evidence }.into()
}

#[test]
fn every_call_should_fit_into_a_block_at_its_worst() {
	type W = <Runtime as pallet_verification::Config>::WeightInfo;
	let most = configs::RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic.unwrap();
	let input = Input::Public(vec![0; longest()].try_into().unwrap());
	let request = RuntimeCall::Tasks(Task::request {
		version: VersionRef { model: 0, version: 1 },
		provider: Dave.to_account_id(),
		input,
		terms: terms(),
		price: 0,
		max_payment: 0,
		deadline: 0,
	});
	let proven = pallet_verification::Proven {
		inputs: vec![[0; 32]; MAX_INPUTS as usize].try_into().unwrap(),
		proof: vec![0; 192].try_into().unwrap(),
	};
	let batch = vec![proven.clone(); MAX_BATCH as usize].try_into().unwrap();
	let brought = genesis("development").execute_with(|| collected(submission()));
	for (name, weight) in [
		("register_key", W::register_key_bls12_381(MAX_INPUTS)),
		("verify", RuntimeCall::from(Verify::verify { key: 0, proven }).get_dispatch_info().call_weight),
		(
			"verify_batch",
			RuntimeCall::from(Verify::verify_batch { key: 0, proven: batch }).get_dispatch_info().call_weight,
		),
		("request", request.get_dispatch_info().call_weight),
		("submit", submission().get_dispatch_info().call_weight),
		("submit_collected", brought.get_dispatch_info().total_weight()),
		("cancel", RuntimeCall::from(Task::cancel { task: 0 }).get_dispatch_info().call_weight),
	] {
		assert!(weight.all_lte(most), "{name} weighs {weight:?}");
		assert!(weight.ref_time() > 0, "{name} weighs nothing");
	}
}

#[test]
fn a_block_should_have_room_for_the_receipts_of_every_deadline() {
	let deadlines = <<Runtime as pallet_tasks::Config>::MaxDeadlinesPerBlock as Get<u32>>::get();
	let receipts = <<Runtime as pallet_execution_receipts::Config>::MaxReceiptsPerBlock as Get<u32>>::get();
	assert!(deadlines <= receipts / 2);
	// What begins a block leaves nearly all of it.
	let sweep = <Runtime as pallet_tasks::Config>::WeightInfo::sweep(deadlines);
	assert!(sweep.all_lte(MAXIMUM_BLOCK_WEIGHT / 10), "{sweep:?}");
	assert!(sweep.all_gt(Weight::zero()) || sweep.ref_time() > 0);
}
