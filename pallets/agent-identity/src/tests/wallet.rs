// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Wallets and their proofs.

use super::*;
use aivm_identifiers::{
	eip712::{Domain, Erc8004WalletSet, TypedData},
	U256,
};
use sp_core::{ed25519, sr25519};
use sp_runtime::{traits::IdentifyAccount, MultiSignature, MultiSigner};

fn ethereum_wallet() -> Wallet {
	Wallet::Ethereum(ethereum_address(1))
}

fn message(agent: AgentId, wallet: &Wallet, deadline: u64) -> Vec<u8> {
	Identity::wallet_message(agent, wallet.clone(), deadline).expect("the agent exists")
}

/// The proof of the Ethereum key `number` for [`ethereum_wallet`].
fn eip712(agent: AgentId, number: usize, deadline: u64) -> WalletProof {
	let digest = message(agent, &ethereum_wallet(), deadline);
	WalletProof::Eip712(ethereum_sign(&ethereum_key(number), &digest))
}

fn set(who: AccountId32, agent: AgentId, deadline: u64, proof: WalletProof) -> sp_runtime::DispatchResult {
	Identity::set_agent_wallet(signed(who), agent, ethereum_wallet(), deadline, proof)
}

/// Signs a message.
type Sign = Box<dyn Fn(&[u8]) -> MultiSignature>;

/// A key of each kind, with its account and a signature of a message.
fn native_signers() -> Vec<(AccountId32, Sign)> {
	let sr = sr25519::Pair::from_seed(&[11; 32]);
	let ed = ed25519::Pair::from_seed(&[12; 32]);
	let ec = ecdsa::Pair::from_seed(&[13; 32]);
	vec![
		(MultiSigner::from(sr.public()).into_account(), Box::new(move |message| sr.sign(message).into())),
		(MultiSigner::from(ed.public()).into_account(), Box::new(move |message| ed.sign(message).into())),
		(MultiSigner::from(ec.public()).into_account(), Box::new(move |message| ec.sign(message).into())),
	]
}

#[test]
fn i_10_standard_digest_and_signature_should_match_the_vector() {
	let registry = H160(hex_literal("8004A169FB4a3325136EB29fA0ceB6D2e539a432"));
	let domain = Domain::erc8004(U256::from(1), registry);
	assert_eq!(hex::encode(domain.separator()), "af548694a34be1ed51ad7aba41462666ec92faab9e465c70a9ec2bc8ecfbd156");
	let statement = Erc8004WalletSet {
		agent_id: U256::zero(),
		new_wallet: ethereum_address(1),
		owner: ethereum_address(0),
		deadline: U256::from(1_700_000_300u64),
	};
	assert_eq!(
		hex::encode(statement.struct_hash()),
		"e0fad06e084ec63df2b6c19ef59f68a90d37b6997fa7f48bfd7a02f611d0b154"
	);
	let digest = statement.digest(&domain);
	assert_eq!(hex::encode(digest), "b03879e9ef4b9c6c45001ab48f6c6a543b2f051d19b2de18338e0b6546d37896");
	let signature = ethereum_sign(&ethereum_key(1), &digest);
	assert_eq!(
		hex::encode(signature),
		"cafabed01ba5cc9bb95f471219a3b90df8a93d1ecae9ab0c5871543e26cf9c7e66f1b66c6131ffa03e489ae5d4705ff5d67ea348aa3e2688\
		b760577c0d64e85c1c"
	);
	assert_eq!(aivm_identifiers::ethereum::recover(&digest, &signature), Ok(ethereum_address(1)));
}

fn hex_literal<const N: usize>(text: &str) -> [u8; N] {
	hex::decode(text).expect("it is hex").try_into().expect("it has the length")
}

#[test]
fn i_10_set_agent_wallet_should_take_an_ethereum_wallet_that_signed() {
	run_test(|| {
		let agent = shared_agent();
		for who in [ALICE, BOB, CHARLIE] {
			events();
			assert_ok!(set(who, agent, START + 9, eip712(agent, 1, START + 9)));
			assert_eq!(Identity::agent_wallet(agent), Some(ethereum_wallet()));
			assert_eq!(metadata(agent, "agentWallet"), ethereum_address(1).as_bytes());
			assert_eq!(events(), [wallet_event(agent, ethereum_address(1).as_bytes())]);
		}
	});
}

#[test]
fn i_10_set_agent_wallet_should_take_native_wallets_that_signed() {
	run_test(|| {
		let agent = register(ALICE);
		for (account, sign) in native_signers() {
			for wrapped in [false, true] {
				let wallet = Wallet::Account(account.clone());
				let mut message = message(agent, &wallet, START);
				if wrapped {
					message = [b"<Bytes>", &message[..], b"</Bytes>"].concat();
				}
				let proof = WalletProof::Native(sign(&message));
				assert_ok!(Identity::set_agent_wallet(signed(ALICE), agent, wallet.clone(), START, proof));
				assert_eq!(Identity::agent_wallet(agent), Some(wallet));
				assert_eq!(metadata(agent, "agentWallet"), <[u8; 32]>::from(account.clone()));
			}
		}
	});
}

#[test]
fn native_message_should_bind_the_chain_the_agent_the_wallet_the_owner_the_deadline_and_the_nonce() {
	run_test(|| {
		let agent = register(ALICE);
		let wallet = Wallet::Account(DAVE);
		let expected = (b"aivm/agent-wallet/1".to_vec(), GENESIS, agent, wallet.clone(), ALICE, START, 0u32).encode();
		assert_eq!(message(agent, &wallet, START), expected);
		let other = register(ALICE);
		assert_ne!(message(other, &wallet, START), expected);
		assert_ne!(message(agent, &Wallet::Account(BOB), START), expected);
		assert_ne!(message(agent, &wallet, START + 1), expected);
		frame_system::BlockHash::<Test>::insert(0, hash(1));
		assert_ne!(message(agent, &wallet, START), expected);
		frame_system::BlockHash::<Test>::insert(0, GENESIS);
		assert_ok!(Identity::unset_agent_wallet(signed(ALICE), agent));
		assert_ne!(message(agent, &wallet, START), expected);
	});
}

#[test]
fn ethereum_message_should_change_with_everything_that_it_binds() {
	run_test(|| {
		let agent = register(ALICE);
		let first = message(agent, &ethereum_wallet(), START);
		assert_eq!(first.len(), 32);
		let mut seen = std::collections::BTreeSet::from([first]);
		let other = register(ALICE);
		seen.insert(message(other, &ethereum_wallet(), START));
		seen.insert(message(agent, &Wallet::Ethereum(ethereum_address(0)), START));
		seen.insert(message(agent, &ethereum_wallet(), START + 1));
		frame_system::BlockHash::<Test>::insert(0, hash(1));
		seen.insert(message(agent, &ethereum_wallet(), START));
		frame_system::BlockHash::<Test>::insert(0, GENESIS);
		assert_ok!(Identity::unset_agent_wallet(signed(ALICE), agent));
		seen.insert(message(agent, &ethereum_wallet(), START));
		assert_ok!(Identity::transfer(signed(ALICE), other, BOB));
		seen.insert(message(other, &ethereum_wallet(), START));
		assert_eq!(seen.len(), 7);
	});
}

#[test]
fn i_11_set_agent_wallet_should_refuse_the_signature_of_another_key() {
	run_test(|| {
		let agent = register(ALICE);
		assert_noop!(set(ALICE, agent, START, eip712(agent, 0, START)), Error::<Test>::InvalidWalletSig);
		let signers = native_signers();
		for (place, (account, _)) in signers.iter().enumerate() {
			let wallet = Wallet::Account(account.clone());
			let message = message(agent, &wallet, START);
			for (other, (_, sign)) in signers.iter().enumerate().filter(|(other, _)| *other != place) {
				let proof = WalletProof::Native(sign(&message));
				assert_noop!(
					Identity::set_agent_wallet(signed(ALICE), agent, wallet.clone(), START, proof),
					Error::<Test>::InvalidWalletSig
				);
				assert_ne!(other, place);
			}
		}
	});
}

#[test]
fn i_11_set_agent_wallet_should_refuse_a_proof_of_the_other_kind() {
	run_test(|| {
		let agent = register(ALICE);
		let (account, sign) = native_signers().remove(0);
		let native = WalletProof::Native(sign(&message(agent, &ethereum_wallet(), START)));
		assert_noop!(set(ALICE, agent, START, native), Error::<Test>::InvalidWalletSig);
		let wallet = Wallet::Account(account);
		assert_noop!(
			Identity::set_agent_wallet(signed(ALICE), agent, wallet, START, eip712(agent, 1, START)),
			Error::<Test>::InvalidWalletSig
		);
	});
}

#[test]
fn i_12_set_agent_wallet_should_refuse_a_deadline_in_the_past() {
	run_test(|| {
		let agent = register(ALICE);
		let past = START - 1;
		assert_noop!(set(ALICE, agent, past, eip712(agent, 1, past)), Error::<Test>::Expired);
		// The clock's milliseconds do not count.
		Timestamp::set_timestamp(START * 1_000 + 999);
		assert_ok!(set(ALICE, agent, START, eip712(agent, 1, START)));
		Timestamp::set_timestamp((START + 1) * 1_000);
		assert_noop!(set(ALICE, agent, START, eip712(agent, 1, START)), Error::<Test>::Expired);
	});
}

#[test]
fn i_13_set_agent_wallet_should_refuse_a_deadline_too_far_ahead() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(set(ALICE, agent, START + 300, eip712(agent, 1, START + 300)));
		for deadline in [START + 301, START + 600, u64::MAX] {
			assert_noop!(set(ALICE, agent, deadline, eip712(agent, 1, deadline)), Error::<Test>::DeadlineTooFar);
		}
	});
}

#[test]
fn i_14_set_agent_wallet_should_refuse_the_zero_wallet_before_it_looks_at_the_deadline() {
	run_test(|| {
		let agent = register(ALICE);
		for wallet in [Wallet::Ethereum(H160::zero()), Wallet::Account(ZERO)] {
			for deadline in [START, START - 1, START + 301] {
				let proof = eip712(agent, 1, deadline);
				assert_noop!(
					Identity::set_agent_wallet(signed(ALICE), agent, wallet.clone(), deadline, proof),
					Error::<Test>::BadWallet
				);
			}
		}
	});
}

#[test]
fn i_15_set_agent_wallet_should_refuse_strangers_with_a_good_signature() {
	run_test(|| {
		let agent = shared_agent();
		let proof = eip712(agent, 1, START);
		assert_noop!(set(DAVE, agent, START, proof.clone()), Error::<Test>::NotAuthorized);
		assert_noop!(set(ALICE, 999, START, proof.clone()), Error::<Test>::NonexistentToken);
		// Authority is asked for before anything else.
		assert_noop!(
			Identity::set_agent_wallet(signed(DAVE), agent, Wallet::Account(ZERO), START - 1, proof),
			Error::<Test>::NotAuthorized
		);
	});
}

/// The order of secp256k1 minus a number below it, both big endian.
fn negate(s: &[u8]) -> [u8; 32] {
	let order =
		U256::from_big_endian(&hex_literal::<32>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));
	(order - U256::from_big_endian(s)).to_big_endian()
}

#[test]
fn i_16_set_agent_wallet_should_refuse_malleable_signatures() {
	run_test(|| {
		let agent = register(ALICE);
		let WalletProof::Eip712(good) = eip712(agent, 1, START) else { panic!("it is one") };
		// The same point, mirrored: a signature for many verifiers, and not for this one.
		let mut high = good;
		high[32..64].copy_from_slice(&negate(&good[32..64]));
		high[64] = 55 - good[64];
		assert_noop!(set(ALICE, agent, START, WalletProof::Eip712(high)), Error::<Test>::InvalidWalletSig);
		for v in [0, 1, 26, 29, 37, 255] {
			let mut bad = good;
			bad[64] = v;
			assert_noop!(set(ALICE, agent, START, WalletProof::Eip712(bad)), Error::<Test>::InvalidWalletSig);
		}
		for bad in [[0; 65], [0xff; 65]] {
			assert_noop!(set(ALICE, agent, START, WalletProof::Eip712(bad)), Error::<Test>::InvalidWalletSig);
		}
		assert_ok!(set(ALICE, agent, START, WalletProof::Eip712(good)));
	});
}

#[test]
fn i_17_keyless_wallets_should_accept_by_a_call() {
	run_test(|| {
		let agent = shared_agent();
		events();
		assert_ok!(Identity::propose_agent_wallet(signed(CHARLIE), agent, Some(DAVE)));
		assert_eq!(events(), [Event::WalletProposed { agent, wallet: Some(DAVE) }]);
		assert_eq!(Identity::agent_wallet(agent), Some(Wallet::Account(ALICE)));
		// Another account's acceptance counts nothing.
		for who in [ALICE, BOB, CHARLIE] {
			assert_noop!(Identity::accept_agent_wallet(signed(who), agent), Error::<Test>::NotProposed);
		}
		assert_ok!(Identity::accept_agent_wallet(signed(DAVE), agent));
		assert_eq!(events(), [wallet_event(agent, &[4; 32])]);
		assert_eq!(Identity::agent_wallet(agent), Some(Wallet::Account(DAVE)));
		// Once is enough.
		assert_noop!(Identity::accept_agent_wallet(signed(DAVE), agent), Error::<Test>::NotProposed);
		assert_noop!(Identity::accept_agent_wallet(signed(DAVE), 999), Error::<Test>::NonexistentToken);
	});
}

#[test]
fn i_17_proposals_should_need_authority_and_end_with_later_decisions() {
	run_test(|| {
		let agent = register(ALICE);
		let propose = |who: AccountId32, wallet| Identity::propose_agent_wallet(signed(who), agent, wallet);
		assert_noop!(propose(DAVE, Some(DAVE)), Error::<Test>::NotAuthorized);
		assert_noop!(propose(ALICE, Some(ZERO)), Error::<Test>::BadWallet);
		assert_noop!(Identity::propose_agent_wallet(signed(ALICE), 999, None), Error::<Test>::NonexistentToken);
		let later: [fn(AgentId) -> sp_runtime::DispatchResult; 5] = [
			|agent| Identity::propose_agent_wallet(signed(ALICE), agent, None),
			|agent| Identity::propose_agent_wallet(signed(ALICE), agent, Some(BOB)),
			|agent| Identity::unset_agent_wallet(signed(ALICE), agent),
			|agent| set(ALICE, agent, START, eip712(agent, 1, START)),
			|agent| Identity::transfer(signed(ALICE), agent, ALICE),
		];
		for decide in later {
			assert_ok!(propose(ALICE, Some(DAVE)));
			assert_ok!(decide(agent));
			assert_noop!(Identity::accept_agent_wallet(signed(DAVE), agent), Error::<Test>::NotProposed);
		}
	});
}

#[test]
fn i_18_signature_under_the_old_owner_should_be_void_after_a_transfer() {
	run_test(|| {
		let agent = register(ALICE);
		let proof = eip712(agent, 1, START + 300);
		assert_ok!(Identity::transfer(signed(ALICE), agent, BOB));
		assert_noop!(set(BOB, agent, START + 300, proof.clone()), Error::<Test>::InvalidWalletSig);
		// Nor does it count when the agent comes back.
		assert_ok!(Identity::transfer(signed(BOB), agent, ALICE));
		assert_noop!(set(ALICE, agent, START + 300, proof), Error::<Test>::InvalidWalletSig);
	});
}

#[test]
fn proofs_should_count_once() {
	run_test(|| {
		let agent = register(ALICE);
		let proof = eip712(agent, 1, START + 300);
		assert_ok!(set(ALICE, agent, START + 300, proof.clone()));
		assert_noop!(set(ALICE, agent, START + 300, proof), Error::<Test>::InvalidWalletSig);
		// A proof that was not used ends when the wallet is unset.
		let unused = eip712(agent, 1, START + 300);
		assert_ok!(Identity::unset_agent_wallet(signed(ALICE), agent));
		assert_noop!(set(ALICE, agent, START + 300, unused), Error::<Test>::InvalidWalletSig);
		// Proofs for one agent are worth nothing for another, nor on another chain.
		let other = register(ALICE);
		let proof = eip712(agent, 1, START);
		assert_noop!(set(ALICE, other, START, proof.clone()), Error::<Test>::InvalidWalletSig);
		frame_system::BlockHash::<Test>::insert(0, hash(1));
		assert_noop!(set(ALICE, agent, START, proof.clone()), Error::<Test>::InvalidWalletSig);
		frame_system::BlockHash::<Test>::insert(0, GENESIS);
		assert_ok!(set(ALICE, agent, START, proof));
	});
}

#[test]
fn i_19_unset_agent_wallet_should_succeed_twice() {
	run_test(|| {
		let agent = shared_agent();
		events();
		for who in [BOB, CHARLIE] {
			assert_ok!(Identity::unset_agent_wallet(signed(who), agent));
			assert_eq!(events(), [wallet_event(agent, &[])]);
			assert_eq!(Identity::agent_wallet(agent), None);
			assert!(metadata(agent, "agentWallet").is_empty());
		}
		assert_noop!(Identity::unset_agent_wallet(signed(DAVE), agent), Error::<Test>::NotAuthorized);
		assert_noop!(Identity::unset_agent_wallet(signed(ALICE), 999), Error::<Test>::NonexistentToken);
	});
}

#[test]
fn one_wallet_should_serve_many_agents() {
	run_test(|| {
		let agents = [register(ALICE), register(BOB), register(ALICE)];
		for (agent, owner) in agents.into_iter().zip([ALICE, BOB, ALICE]) {
			assert_ok!(set(owner, agent, START, eip712(agent, 1, START)));
		}
		let found = Identity::agents_of_wallet(ethereum_wallet(), 0, 4);
		assert_eq!(found.items.iter().map(|view| view.id).collect::<Vec<_>>(), agents);
		assert!(Identity::agents_of_wallet(Wallet::Account(ALICE), 0, 4).items.is_empty());
	});
}

proptest::proptest! {
	#![proptest_config(proptest::prelude::ProptestConfig {
		cases: 200,
		failure_persistence: None,
		..Default::default()
	})]

	/// Bytes that nobody signed are a proof of nothing.
	#[test]
	fn set_agent_wallet_should_refuse_random_bytes(
		bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 65),
		v in 27..29u8,
		kind in 0..5u8,
	) {
		run_test(|| {
			let agent = register(ALICE);
			let mut signature: EthereumSignature = bytes.try_into().expect("there are 65");
			let short: [u8; 64] = *signature.first_chunk().expect("there are 65");
			signature[64] = v;
			let native = |signature: MultiSignature| (Wallet::Account(DAVE), WalletProof::Native(signature));
			let (wallet, proof) = match kind {
				0 => native(sr25519::Signature::from_raw(short).into()),
				1 => native(ed25519::Signature::from_raw(short).into()),
				2 => native(ecdsa::Signature::from_raw(signature).into()),
				3 => native(MultiSignature::Eth(ecdsa::KeccakSignature::from_raw(signature))),
				_ => (ethereum_wallet(), WalletProof::Eip712(signature)),
			};
			assert_noop!(
				Identity::set_agent_wallet(signed(ALICE), agent, wallet, START, proof),
				Error::<Test>::InvalidWalletSig
			);
		});
	}
}
