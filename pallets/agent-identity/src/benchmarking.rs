// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The worst case of each call, and the set-up of agents for benchmarks of other pallets.
//!
//! Records are as large as they can be, and indices, cards and links exist where a call touches them. Signatures are made
//! here with fixed keys, as the benchmark must also run inside the runtime: for the native kind, the keystore makes an
//! sr25519 one, which is the slowest to verify; a wrapped message takes two verifications.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::panic,
	reason = "a benchmark that panics is a benchmark that fails"
)]

use aivm_receipts::{Evidence, Payment, PolicyDecision, ReceiptBody, TrustPath, Verdict};
use aivm_traits::{AgentId, Balance, ReceiptInspect, Wallet};
use alloc::vec;
use frame_benchmarking::{account, v2::*};
use frame_support::{
	traits::{fungible::Mutate, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_core::{crypto::AccountId32, sr25519, H160, H256, U256};
use sp_runtime::{traits::StaticLookup, MultiSignature};

use crate::*;

/// Enough for every deposit and fee, and so little that several accounts do not overflow the total issuance.
const WEALTH: Balance = 1 << 100;

/// A rich account.
fn rich<T: Config>(name: &'static str) -> AccountId32 {
	let who = account(name, 0, 0);
	fund::<T>(&who);
	who
}

/// Gives `who` the money for everything, and lets the treasury exist.
fn fund<T: Config>(who: &AccountId32) {
	for account in [who, &T::Treasury::get()] {
		T::Currency::mint_into(account, WEALTH).expect("the total issuance does not overflow");
	}
}

/// As many letters as fit.
fn longest<S: Get<u32>>(letter: u8) -> BoundedVec<u8, S> {
	vec![letter; S::get() as usize].try_into().expect("it has exactly the longest length")
}

/// The `number`-th of different keys, as long as they can be.
fn key(number: u32) -> Key {
	let mut key: Key = longest(b'k');
	key[..4].copy_from_slice(&number.to_le_bytes());
	key
}

/// Metadata with `count` of the largest entries.
fn metadata<T: Config>(count: u32) -> MetadataOf<T> {
	(0..count).map(|number| (key(number), longest(b'v'))).collect::<vec::Vec<_>>().try_into().expect("they fit")
}

/// See [`aivm_traits::AgentInspect::set_up_agent`].
pub(crate) fn set_up_agent<T: Config>(owner: AccountId32) -> AgentId {
	fund::<T>(&owner);
	Pallet::<T>::do_register(owner, Some(longest(b'u')), Some(H256::repeat_byte(1)), Default::default())
		.expect("the owner is rich")
}

/// An agent with a link and all that ends with a transfer, and an operator who acts for it: whom the approved account and
/// the owner are compared with before.
fn shared_agent<T: Config>() -> (AgentId, AccountId32) {
	let owner = rich::<T>("owner");
	let agent = set_up_agent::<T>(owner.clone());
	let operator = rich::<T>("operator");
	Pallet::<T>::do_set_approval_for_all(owner.clone(), operator.clone(), true).expect("the owner is rich");
	Pallet::<T>::do_approve(owner.clone(), agent, Some(account("approved", 0, 0))).expect("it is the owner");
	Pallet::<T>::do_propose_agent_wallet(owner.clone(), agent, Some(account("wallet", 0, 0))).expect("it is the owner");
	Links::<T>::insert(
		agent,
		Link { ethereum: ethereum(H160::repeat_byte(1)), claimed_by: owner, claimed_at: u64::MAX },
	);
	(agent, operator)
}

fn ethereum(owner: H160) -> EthereumAgent {
	EthereumAgent { chain_id: u64::MAX, registry: H160::repeat_byte(0xab), agent_id: U256::MAX, owner }
}

/// The largest feedback.
fn feedback() -> FeedbackInput {
	FeedbackInput {
		value: -aivm_market_math::MAX_VALUE,
		decimals: 0,
		tag1: longest(b'a'),
		tag2: longest(b'b'),
		endpoint: longest(b'e'),
		uri: longest(b'u'),
		hash: H256::repeat_byte(2),
	}
}

/// The address and the signature of a key of the keystore, of a digest.
fn ethereum_sign(digest: impl Fn(H160) -> [u8; 32]) -> (H160, EthereumSignature) {
	let key = sp_io::crypto::ecdsa_generate(0.into(), None);
	// The keystore gives the compressed key; a signature gives the other form.
	let sign =
		|digest: &[u8; 32]| sp_io::crypto::ecdsa_sign_prehashed(0.into(), &key, digest).expect("the key is there").0;
	let probe = [1; 32];
	let public = sp_io::crypto::secp256k1_ecdsa_recover(&sign(&probe), &probe).ok().expect("it is a signature");
	let address = aivm_identifiers::ethereum::address_of(&public);
	let mut signature = sign(&digest(address));
	signature[64] += 27;
	(address, signature)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register(m: Linear<0, { T::MaxMetadata::get() }>) {
		let caller: AccountId32 = whitelisted_caller();
		fund::<T>(&caller);
		let metadata = metadata::<T>(m);
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), Some(longest(b'u')), Some(H256::repeat_byte(1)), metadata);
		assert_eq!(Agents::<T>::get(0).unwrap().metadata_count, m);
	}

	#[benchmark]
	fn set_agent_uri() {
		let (agent, operator) = shared_agent::<T>();
		Pallet::<T>::do_set_agent_uri(operator.clone(), agent, Uri::default(), None).unwrap();
		let uri: Uri = longest(b'v');
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, uri.clone(), Some(H256::repeat_byte(2)));
		assert_eq!(Cards::<T>::get(agent).uri, uri);
	}

	#[benchmark]
	fn set_metadata() {
		let (agent, operator) = shared_agent::<T>();
		// Replacing reads and writes as much as there can be, and shrinking moves the deposit between three accounts.
		Pallet::<T>::do_set_metadata(operator.clone(), agent, key(1), longest(b'v')).unwrap();
		let mut value: Value = longest(b'w');
		value.pop();
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, key(1), value.clone());
		assert_eq!(Metadata::<T>::get(agent, key(1)), Some(value));
	}

	#[benchmark]
	fn set_agent_wallet() {
		let (agent, operator) = shared_agent::<T>();
		let public = sp_io::crypto::sr25519_generate(0.into(), None);
		let wallet = Wallet::Account(AccountId32::new(public.0));
		let deadline = Pallet::<T>::now();
		let record = Pallet::<T>::existing(agent).unwrap();
		let message = Pallet::<T>::message_of(agent, &record, &wallet, deadline);
		let wrapped = [&b"<Bytes>"[..], &message, b"</Bytes>"].concat();
		let signature: sr25519::Signature = sp_io::crypto::sr25519_sign(0.into(), &public, &wrapped).unwrap();
		let proof = WalletProof::Native(MultiSignature::Sr25519(signature));
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, wallet.clone(), deadline, proof);
		assert_eq!(Agents::<T>::get(agent).unwrap().wallet, Some(wallet));
	}

	#[benchmark]
	fn unset_agent_wallet() {
		let (agent, operator) = shared_agent::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent);
		assert_eq!(Agents::<T>::get(agent).unwrap().wallet, None);
	}

	#[benchmark]
	fn propose_agent_wallet() {
		let (agent, operator) = shared_agent::<T>();
		let wallet: AccountId32 = account("another", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, Some(wallet.clone()));
		assert_eq!(Agents::<T>::get(agent).unwrap().proposed_wallet, Some(wallet));
	}

	#[benchmark]
	fn accept_agent_wallet() {
		let (agent, _) = shared_agent::<T>();
		let wallet: AccountId32 = account("wallet", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(wallet.clone()), agent);
		assert_eq!(Agents::<T>::get(agent).unwrap().wallet, Some(Wallet::Account(wallet)));
	}

	#[benchmark]
	fn transfer() {
		let (agent, operator) = shared_agent::<T>();
		let to: AccountId32 = account("receiver", 0, 0);
		let lookup = T::Lookup::unlookup(to.clone());
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, lookup);
		assert_eq!(Agents::<T>::get(agent).unwrap().owner, to);
	}

	#[benchmark]
	fn approve() {
		let (agent, operator) = shared_agent::<T>();
		let to: AccountId32 = account("another", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, Some(to.clone()));
		assert_eq!(Agents::<T>::get(agent).unwrap().approved, Some(to));
	}

	#[benchmark]
	fn set_approval_for_all() {
		let owner = rich::<T>("owner");
		let operator: AccountId32 = account("operator", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), operator.clone(), true);
		assert!(Operators::<T>::contains_key(owner, operator));
	}

	#[benchmark]
	fn link_ethereum_agent() {
		let (agent, operator) = shared_agent::<T>();
		let deadline = Pallet::<T>::now();
		let record = Pallet::<T>::existing(agent).unwrap();
		let digest = |owner| Pallet::<T>::digest_of_link(agent, &record, &ethereum(owner), deadline).0;
		let (owner, signature) = ethereum_sign(digest);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent, ethereum(owner), deadline, signature);
		assert_eq!(Links::<T>::get(agent).unwrap().ethereum, ethereum(owner));
	}

	#[benchmark]
	fn unlink_ethereum_agent() {
		let (agent, operator) = shared_agent::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), agent);
		assert!(!Links::<T>::contains_key(agent));
	}

	#[benchmark]
	fn give_feedback() {
		let (agent, _) = shared_agent::<T>();
		let client = rich::<T>("client");
		// The agent has sums already; the client is new.
		Pallet::<T>::do_give_feedback(rich::<T>("first"), agent, feedback()).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(client.clone()), agent, feedback());
		assert!(Feedbacks::<T>::contains_key((agent, client, 1)));
	}

	#[benchmark]
	fn give_paid_feedback(p: Linear<1, { T::MaxProofLen::get() }>) {
		let (agent, _) = shared_agent::<T>();
		let client = rich::<T>("client");
		let body = ReceiptBody {
			task: u64::MAX,
			requester: client.clone(),
			provider: Pallet::<T>::agent_account(agent),
			model: u32::MAX,
			version: u32::MAX,
			artefact_hash: H256::repeat_byte(3),
			input_hash: H256::repeat_byte(4),
			output_hash: H256::repeat_byte(5),
			path: TrustPath::OnChain,
			evidence: Evidence::Consensus,
			policy: PolicyDecision::NotApplied,
			verdict: Verdict::Accepted,
			payment: Payment { provider: 1 << 100, royalty: 1 << 100, treasury: 1 << 100, burn: 1 << 100 },
		};
		Pallet::<T>::do_give_feedback(rich::<T>("first"), agent, feedback()).unwrap();
		let proof = ProofOf::<T>::try_from(T::Receipts::set_up_proof(body, p)).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(client.clone()), agent, feedback(), proof);
		assert!(Feedbacks::<T>::get((agent, client, 1)).unwrap().paid.is_some());
	}

	#[benchmark]
	fn revoke_feedback() {
		let (agent, _) = shared_agent::<T>();
		let client = rich::<T>("client");
		let paid = |block| PaidFor {
			receipt: aivm_receipts::ReceiptId { block, index: 0 },
			amount: 1 << 100,
			at: Pallet::<T>::now(),
		};
		for block in 1..3 {
			Pallet::<T>::record_feedback(client.clone(), agent, feedback(), Some(paid(block))).unwrap();
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(client.clone()), agent, 1);
		assert!(Feedbacks::<T>::get((agent, client, 1)).unwrap().is_revoked);
	}

	#[benchmark]
	fn append_response() {
		let (agent, _) = shared_agent::<T>();
		let client = rich::<T>("client");
		Pallet::<T>::do_give_feedback(client.clone(), agent, feedback()).unwrap();
		let responder = rich::<T>("responder");
		#[extrinsic_call]
		_(RawOrigin::Signed(responder), agent, client, 1, longest(b'u'), H256::repeat_byte(6));
		assert_eq!(Responses::<T>::get((agent, ResponseScope::Agent, None::<AccountId32>)), 1);
	}

	#[benchmark]
	fn validation_request() {
		let (agent, operator) = shared_agent::<T>();
		let validator: AccountId32 = account("validator", 0, 0);
		let hash = H256::repeat_byte(7);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), validator, agent, longest(b'u'), hash);
		assert!(Validations::<T>::contains_key(agent, hash));
	}

	#[benchmark]
	fn validation_response() {
		let (agent, operator) = shared_agent::<T>();
		let validator: AccountId32 = account("validator", 0, 0);
		let request_hash = H256::repeat_byte(7);
		let id = ValidationRef { agent, request_hash };
		Pallet::<T>::do_validation_request(operator, validator.clone(), agent, Uri::default(), request_hash).unwrap();
		let (hash, tag) = (H256::repeat_byte(8), longest(b't'));
		Pallet::<T>::do_validation_response(validator.clone(), id, 1, Uri::default(), hash, tag).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(validator), agent, request_hash, 100, longest(b'u'), hash, longest(b's'));
		assert_eq!(Validations::<T>::get(agent, request_hash).unwrap().response, 100);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::benchmark_ext(), crate::mock::Test);
}
