// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! An agent acts with a key that can do no more than its owner allows, in the runtime as it is.

use super::{
	inference::{apply, infer, program, publish},
	*,
};
use aivm_receipts::{PolicyDecision, Receipt, ReceiptProof};
use aivm_traits::{AssetKind, CallId, InspectCall};
use frame_support::{assert_ok, traits::fungible::Inspect, weights::Weight};
use pallet_policy::{CallRule, Destinations, Expiry, Limit, Policy as Rules, Refusal};
use sp_core::sr25519;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
	MultiSignature,
};

pub(super) const AGENT: u64 = 0;

fn key() -> sr25519::Pair {
	sr25519::Pair::from_seed(&[77; 32])
}

pub(super) fn agent_account() -> AccountId {
	AgentIdentity::agent(AGENT).unwrap().account
}

/// Two AIVM in a transaction, five in a day, ten ever; only Bob may be paid; transfers, remarks, inferences, batches and
/// proxies.
pub(super) fn rules() -> Rules {
	let calls = [(0, None), (3, None), (20, None), (22, Some(0)), (51, None)];
	let mut calls: Vec<_> = calls.map(|(pallet, call)| CallRule { pallet, call }).to_vec();
	calls.sort();
	Rules {
		limits: vec![Limit {
			asset: AssetKind::Native,
			per_transaction: 2 * UNIT,
			per_day: 5 * UNIT,
			lifetime: 10 * UNIT,
		}]
		.try_into()
		.unwrap(),
		calls: calls.try_into().unwrap(),
		destinations: Destinations::Only(vec![Bob.to_account_id()].try_into().unwrap()),
		max_weight: Weight::from_parts(u64::MAX, u64::MAX),
		max_fee: UNIT / 10,
		transactions_per_hour: 100,
		max_task_price: UNIT,
		..Default::default()
	}
}

/// Alice's agent with twenty AIVM, the rules above, and a key.
pub(super) fn agent() -> sr25519::Pair {
	use pallet_agent_identity::Call as Identity;
	use pallet_policy::Call;
	let register = Identity::register { uri: None, card_hash: None, metadata: Default::default() };
	apply(Alice, register.into());
	let dest = agent_account().into();
	apply(Alice, pallet_balances::Call::transfer_keep_alive { dest, value: 20 * UNIT }.into());
	apply(Alice, Call::set_policy { agent: AGENT, policy: Box::new(rules()) }.into());
	let expiry = Expiry::Block(1_000);
	let proof = MultiSignature::Sr25519(key().sign(&Policy::key_proof(AGENT, Alice.to_account_id(), expiry)));
	let account = AccountId::from(key().public());
	let restriction = Box::new(rules());
	apply(Alice, Call::add_session_key { agent: AGENT, key: account, expiry, restriction, proof }.into());
	key()
}

fn transfer(to: Sr25519Keyring, value: Balance) -> RuntimeCall {
	pallet_balances::Call::transfer_keep_alive { dest: to.to_account_id().into(), value }.into()
}

fn act(call: RuntimeCall) -> RuntimeCall {
	pallet_policy::Call::act { call: Box::new(call) }.into()
}

fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
	pallet_utility::Call::batch { calls }.into()
}

/// What the pool and a block say against a transaction of the key. Nothing may change.
fn refused(signer: &sr25519::Pair, call: RuntimeCall) -> InvalidTransaction {
	let transaction = signed_by(signer, call);
	let pool = Executive::validate_transaction(TransactionSource::External, transaction.clone(), Default::default());
	let balances =
		[agent_account(), Bob.to_account_id(), Charlie.to_account_id()].map(|who| Balances::total_balance(&who));
	let TransactionValidityError::Invalid(reason) = Executive::apply_extrinsic(transaction).unwrap_err() else {
		panic!("unknown, not invalid")
	};
	let after =
		[agent_account(), Bob.to_account_id(), Charlie.to_account_id()].map(|who| Balances::total_balance(&who));
	assert_eq!(balances, after);
	assert_eq!(pool.unwrap_err(), reason.into());
	reason
}

#[test]
fn session_key_should_act_for_its_agent_without_any_money() {
	genesis("development").execute_with(|| {
		start_block(1);
		let key = agent();
		let account = AccountId::from(key.public());
		let (agent_before, bob) =
			(Balances::free_balance(agent_account()), Balances::free_balance(Bob.to_account_id()));
		assert_ok!(Executive::apply_extrinsic(signed_by(&key, transfer(Bob, UNIT))).unwrap());

		assert_eq!(Balances::free_balance(Bob.to_account_id()), bob + UNIT);
		let fee = agent_before - UNIT - Balances::free_balance(agent_account());
		assert!(fee > 0 && fee < UNIT / 10, "the agent pays the fee: {fee}");
		assert_eq!(Balances::total_balance(&account), 0);
		assert_eq!(System::account_nonce(&account), 1);
		assert_eq!(System::account_nonce(agent_account()), 0);
		assert_eq!(Policy::spent(AGENT, AssetKind::Native).day, UNIT + fee);
	});
}

#[test]
fn receipt_should_pin_the_policy_when_an_agent_asks_a_model() {
	genesis("development").execute_with(|| {
		start_block(1);
		let version = publish(&program());
		let key = agent();
		let before = Balances::total_balance(&agent_account());
		assert_ok!(Executive::apply_extrinsic(signed_by(&key, infer(version, &[1; 8]))).unwrap());
		assert!(Balances::total_balance(&agent_account()) < before);

		let receipts = pallet_execution_receipts::Pending::<Runtime>::get();
		let Receipt::V1(receipt) = &receipts[0];
		assert_eq!(receipt.body.requester, agent_account());
		let in_force = Policy::policy_of(AGENT).unwrap();
		let PolicyDecision::Allowed(applied) = &receipt.body.policy else { panic!("no policy in the receipt") };
		assert_eq!((applied.agent, &applied.key), (AGENT, &AccountId::from(key.public())));
		assert_eq!((applied.version, applied.policy_hash), (in_force.version, in_force.hash));
		let grant = Policy::session_key(applied.key.clone()).unwrap().grant.unwrap();
		assert_eq!(applied.restriction_hash, grant.hash);
		// The model was checked; whom an inference pays is not for the agent to choose.
		let checked = |rule: Refusal| applied.checked & rule.bit() != 0;
		assert!(checked(Refusal::ModelNotAllowed) && checked(Refusal::TaskPriceAboveMaximum));
		assert!(checked(Refusal::AboveDayLimit) && checked(Refusal::FeeAboveMaximum));
		assert!(!checked(Refusal::DestinationNotAllowed) && !checked(Refusal::PolicyExpired));

		// Who acts for itself has no policy.
		apply(Bob, infer(version, &[1; 8]));
		let Receipt::V1(receipt) = &pallet_execution_receipts::Pending::<Runtime>::get()[1];
		assert_eq!(receipt.body.policy, PolicyDecision::NotApplied);
	});
}

#[test]
fn session_key_should_be_refused_when_a_rule_is_broken() {
	genesis("development").execute_with(|| {
		start_block(1);
		let key = agent();
		let proxied = |call| {
			act(pallet_proxy::Call::proxy {
				real: agent_account().into(),
				force_proxy_type: None,
				call: Box::new(call),
			}
			.into())
		};
		for (call, rule) in [
			(transfer(Bob, 2 * UNIT + 1), Refusal::AboveTransactionLimit),
			(transfer(Charlie, 1), Refusal::DestinationNotAllowed),
			(batch(vec![transfer(Bob, 1)]), Refusal::NeedsAct),
			(act(batch(vec![transfer(Bob, UNIT), transfer(Bob, UNIT + 1)])), Refusal::AboveTransactionLimit),
			(act(batch(vec![transfer(Bob, 1), transfer(Charlie, 1)])), Refusal::DestinationNotAllowed),
			(act(batch(vec![act(transfer(Bob, 1))])), Refusal::CallForbidden),
			(proxied(transfer(Bob, 3 * UNIT)), Refusal::AboveTransactionLimit),
			(proxied(transfer(Charlie, 1)), Refusal::DestinationNotAllowed),
			(pallet_staking::Call::chill {}.into(), Refusal::CallNotAllowed),
			(pallet_policy::Call::unfreeze { agent: AGENT }.into(), Refusal::CallForbidden),
		] {
			assert_eq!(refused(&key, call.clone()), InvalidTransaction::Custom(rule.code()), "{call:?}");
		}

		apply(Alice, pallet_policy::Call::freeze { agent: AGENT }.into());
		assert_eq!(refused(&key, transfer(Bob, 1)), InvalidTransaction::Custom(Refusal::AgentFrozen.code()));
		apply(Alice, pallet_policy::Call::unfreeze { agent: AGENT }.into());
		assert_ok!(Executive::apply_extrinsic(signed_by(&key, transfer(Bob, 1))).unwrap());
		let account = AccountId::from(key.public());
		apply(Alice, pallet_policy::Call::remove_session_key { agent: AGENT, key: account }.into());
		assert_eq!(refused(&key, transfer(Bob, 1)), InvalidTransaction::Custom(Refusal::KeyRemoved.code()));
	});
}

#[test]
fn client_should_rate_an_agent_with_the_receipt_of_a_task_that_it_paid() {
	use pallet_agent_identity::{Call as Identity, Error, FeedbackInput};
	genesis("development").execute_with(|| {
		start_block(1);
		let version = publish(&program());
		// Alice authors the blocks, so her agent provides what is run on chain.
		agent();
		let paid = Tasks::quote(version).unwrap().total;
		apply(Bob, infer(version, &[1; 8]));
		let receipts = pallet_execution_receipts::Pending::<Runtime>::get();
		end_block();
		let header = System::finalize();
		start_block_on(2, header.hash());

		let proof = ReceiptProof::against_own_header(&receipts, 0, header.encode()).unwrap().to_bytes();
		let feedback = FeedbackInput {
			value: 95,
			decimals: 0,
			tag1: b"starred".to_vec().try_into().unwrap(),
			tag2: Default::default(),
			endpoint: Default::default(),
			uri: Default::default(),
			hash: Default::default(),
		};
		let give = |proof: Vec<u8>| {
			RuntimeCall::AgentIdentity(Identity::give_paid_feedback {
				agent: AGENT,
				feedback: feedback.clone(),
				receipt_proof: proof.try_into().unwrap(),
			})
		};
		let result = |signer, call| Executive::apply_extrinsic(signed(signer, call)).unwrap().unwrap_err();
		let error = |error: Error<Runtime>| sp_runtime::DispatchError::from(error);
		let mut forged = proof.clone();
		forged[40] ^= 1;
		assert_eq!(result(Bob, give(forged)), error(Error::ReceiptInvalid));
		assert_eq!(result(Charlie, give(proof.clone())), error(Error::NotRequester));
		apply(Bob, give(proof.clone()));
		assert_eq!(result(Bob, give(proof)), error(Error::ReceiptUsed));

		let given = AgentIdentity::read_feedback(AGENT, Bob.to_account_id(), 1).unwrap();
		assert_eq!((given.value, given.paid.unwrap().amount), (95, paid));
		let summary = AgentIdentity::summary_paid(AGENT).unwrap().unwrap();
		assert_eq!(summary.value / 10_i128.pow(summary.decimals.into()), 95);
	});
}

#[test]
fn owner_should_get_everything_back_when_it_takes_control() {
	genesis("development").execute_with(|| {
		start_block(1);
		agent();
		let call = Box::new(RuntimeCall::Balances(pallet_balances::Call::transfer_all {
			dest: Dave.to_account_id().into(),
			keep_alive: false,
		}));
		let before = Balances::free_balance(Dave.to_account_id());
		let free = Balances::free_balance(agent_account());
		apply(Alice, pallet_policy::Call::control { agent: AGENT, call }.into());
		let got = Balances::free_balance(Dave.to_account_id()) - before;
		assert!(got + EXISTENTIAL_DEPOSIT >= free && got <= free, "{got} of {free}");
	});
}

#[test]
fn inspection_should_name_calls_by_their_first_bytes() {
	let calls =
		[transfer(Bob, 1), batch(vec![]), act(transfer(Bob, 1)), frame_system::Call::remark { remark: vec![] }.into()];
	for call in calls {
		let bytes = call.encode();
		let id = <Runtime as pallet_policy::Config>::Calls::inspect(&call).id;
		assert_eq!(id, CallId { pallet: bytes[0], call: bytes[1] });
	}
}
