// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use sp_core::{crypto::AccountId32, ecdsa, Pair, U256};
use sp_crypto_hashing::keccak_256;

use super::{address, bytes};
use crate::{
	eip712::{digest, AgentLink, Domain, Erc8004WalletSet, TypedData, WalletSet},
	ethereum::recover,
};

/// ERC-8004's identity registry on Ethereum's main net.
const REGISTRY: &str = "0x8004A169FB4a3325136EB29fA0ceB6D2e539a432";
/// The first accounts of the Hardhat development chain, and the secret keys of them.
const ACCOUNT_0: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const SECRET_0: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const ACCOUNT_1: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const SECRET_1: &str = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/// 01 02 03 and so on.
fn genesis() -> [u8; 32] {
	core::array::from_fn(|index| index as u8 + 1)
}

/// The signature that RFC 6979 gives, as wallets write it.
fn sign(secret: &str, digest: &[u8; 32]) -> [u8; 65] {
	let mut signature = ecdsa::Pair::from_seed(&bytes(secret)).sign_prehashed(digest).0;
	signature[64] += 27;
	signature
}

/// What another implementation of EIP-712 (eth-account 0.14) calculated for a statement.
struct Expected {
	separator: &'static str,
	struct_hash: &'static str,
	digest: &'static str,
	signature: &'static str,
}

/// Checks a statement byte for byte, down to the signature.
fn check(statement: &impl TypedData, domain: Domain, secret: &str, signer: &str, expected: Expected) {
	assert_eq!(hex::encode(domain.separator()), expected.separator);
	assert_eq!(hex::encode(statement.struct_hash()), expected.struct_hash);
	let hash = statement.digest(&domain);
	assert_eq!(hex::encode(hash), expected.digest);
	assert_eq!(hash, digest(&domain.separator(), &statement.struct_hash()));
	assert_eq!(hex::encode(sign(secret, &hash)), expected.signature);
	assert_eq!(recover(&hash, &bytes(expected.signature)), Ok(address(signer)));
}

fn standard() -> Erc8004WalletSet {
	Erc8004WalletSet {
		agent_id: U256::zero(),
		new_wallet: address(ACCOUNT_1),
		owner: address(ACCOUNT_0),
		deadline: 1_700_000_300.into(),
	}
}

fn native() -> WalletSet {
	WalletSet {
		agent_id: 7,
		new_wallet: address(ACCOUNT_1),
		owner: AccountId32::new([42; 32]),
		deadline: 1_700_000_300,
		nonce: 3,
	}
}

fn link() -> AgentLink {
	AgentLink {
		chain_id: 1,
		registry: address(REGISTRY),
		agent_id: 22.into(),
		genesis: genesis(),
		native_agent_id: 7,
		native_owner: AccountId32::new([42; 32]),
		deadline: 1_700_000_300,
		nonce: 4,
	}
}

#[test]
fn wallet_statement_should_match_the_vector_of_erc_8004() {
	assert_eq!(
		hex::encode(keccak_256(Erc8004WalletSet::TYPE.as_bytes())),
		"678b53cd718d595370ab070ebf48edfdcd834beac116bf23e625fc7f4d5b7d32"
	);
	let expected = Expected {
		separator: "af548694a34be1ed51ad7aba41462666ec92faab9e465c70a9ec2bc8ecfbd156",
		struct_hash: "e0fad06e084ec63df2b6c19ef59f68a90d37b6997fa7f48bfd7a02f611d0b154",
		digest: "b03879e9ef4b9c6c45001ab48f6c6a543b2f051d19b2de18338e0b6546d37896",
		signature: "cafabed01ba5cc9bb95f471219a3b90df8a93d1ecae9ab0c5871543e26cf9c7e\
			66f1b66c6131ffa03e489ae5d4705ff5d67ea348aa3e2688b760577c0d64e85c1c",
	};
	check(&standard(), Domain::erc8004(1.into(), address(REGISTRY)), SECRET_1, ACCOUNT_1, expected);
}

#[test]
fn native_wallet_statement_should_match_what_wallets_sign() {
	let expected = Expected {
		separator: "46822897a00a3256aec1b48359fae2a6acf37a06580bd0d26bfbcb0d017a531f",
		struct_hash: "d3529ff10ac04013df2c074eed1db52d87fdbdc18bb77ec2be6b1d2a478744b0",
		digest: "bcd2f6c49382f0d964cf7b0543115722bf85e2f2eeac428bdf7594500975973c",
		signature: "37375e003bf530ee2d786546c8a81d3673e7b395ab62d62199799df0386cd202\
			28ba5dca8af4829a3abbdf409b2d0311dc6cf48fad4309424710bec51605fd1e1b",
	};
	check(&native(), Domain::native(genesis()), SECRET_1, ACCOUNT_1, expected);
}

#[test]
fn link_statement_should_match_what_wallets_sign() {
	let expected = Expected {
		separator: "46822897a00a3256aec1b48359fae2a6acf37a06580bd0d26bfbcb0d017a531f",
		struct_hash: "6fb224e5a9ca558ba97748552d5a1bea0d1c64f388b0e0cc0b64381b62e2007d",
		digest: "93624f37e43ec482721c486f3b7d4ec9b656bbe14dc5b3d4552e59590f85bd88",
		signature: "ff938194a4985c339926bb940dab1f630fa81408c7154ff9c0be04237899f693\
			26a268cc6a4e24e63d44ec453bb9b140e5c28f59ee6f7e9c85bc76b9649461921c",
	};
	check(&link(), Domain::native(genesis()), SECRET_0, ACCOUNT_0, expected);
}

#[test]
fn separator_should_match_the_example_of_x402() {
	let usdc = address("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
	let domain = Domain::contract("USDC", "2", 84_532.into(), usdc);
	assert_eq!(hex::encode(domain.separator()), "71f17a3b2ff373b803d70a5a07c046c1a2bc8e89c09ef722fcb047abe94c9818");
	// The struct hash of the same example. Its signature is a wallet's own.
	let signed =
		digest(&domain.separator(), &bytes("49ad644555c7bdf3ea4fc022a4940ae5589b230b1dde0065c5504fa19bbe39a4"));
	assert_eq!(hex::encode(signed), "f256992871671abcb27ff92885a7afa46218724e5fc0bac35d050115aa1d22e6");
	let signature = bytes(
		"2d6a7588d6acca505cbf0d9a4a227e0c52c6c34008c8e8986a1283259764173608a2ce6496642e377d6da8dbbf5836e9bd15092f9ecab05d\
		ed3d6293af148b571c",
	);
	let payer = address("0x857b06519E91e3A54538791bDbb0E22373e36b66");
	assert_eq!(recover(&signed, &signature), Ok(payer));
	// Another name, version or chain: another signer.
	for other in [
		Domain::contract("USD Coin", "2", 84_532.into(), usdc),
		Domain::contract("USDC", "1", 84_532.into(), usdc),
		Domain::contract("USDC", "2", 8_453.into(), usdc),
	] {
		let signed =
			digest(&other.separator(), &bytes("49ad644555c7bdf3ea4fc022a4940ae5589b230b1dde0065c5504fa19bbe39a4"));
		assert_ne!(recover(&signed, &signature), Ok(payer));
	}
}

#[test]
fn separator_should_hold_all_fields_when_all_are_there() {
	let chain_id = (U256::one() << 200) + 7;
	let domain = Domain {
		salt: Some(genesis()),
		..Domain::contract("Test", "2", chain_id, address("0x036CbD53842c5426634e7929541eC2318f3dCF7e"))
	};
	assert_eq!(hex::encode(domain.separator()), "2d83afb91307925126983cde5734517b9edd797b9d857f459c91415d64b6015c");
}

#[test]
fn statements_should_have_other_digests_when_anything_in_them_differs() {
	let domain = Domain::native(genesis());
	let base = native();
	let other_key = address(ACCOUNT_0);
	let mut digests = vec![
		base.digest(&domain),
		WalletSet { agent_id: 8, ..base.clone() }.digest(&domain),
		WalletSet { new_wallet: other_key, ..base.clone() }.digest(&domain),
		WalletSet { owner: AccountId32::new([43; 32]), ..base.clone() }.digest(&domain),
		WalletSet { deadline: 0, ..base.clone() }.digest(&domain),
		WalletSet { nonce: u64::MAX, ..base.clone() }.digest(&domain),
		base.digest(&Domain::native([9; 32])),
	];
	let base = link();
	digests.extend([
		base.digest(&domain),
		AgentLink { chain_id: 11_155_111, ..base.clone() }.digest(&domain),
		AgentLink { registry: other_key, ..base.clone() }.digest(&domain),
		AgentLink { agent_id: U256::MAX, ..base.clone() }.digest(&domain),
		AgentLink { genesis: [9; 32], ..base.clone() }.digest(&domain),
		AgentLink { native_agent_id: 8, ..base.clone() }.digest(&domain),
		AgentLink { native_owner: AccountId32::new([43; 32]), ..base.clone() }.digest(&domain),
		AgentLink { deadline: 0, ..base.clone() }.digest(&domain),
		AgentLink { nonce: 5, ..base.clone() }.digest(&domain),
		base.digest(&Domain::native([9; 32])),
	]);
	let base = standard();
	let domain = Domain::erc8004(1.into(), address(REGISTRY));
	digests.extend([
		base.digest(&domain),
		Erc8004WalletSet { agent_id: U256::MAX, ..base }.digest(&domain),
		Erc8004WalletSet { new_wallet: other_key, ..base }.digest(&domain),
		Erc8004WalletSet { owner: address(ACCOUNT_1), ..base }.digest(&domain),
		Erc8004WalletSet { deadline: U256::MAX, ..base }.digest(&domain),
		base.digest(&Domain::erc8004(2.into(), address(REGISTRY))),
		base.digest(&Domain::erc8004(1.into(), address(ACCOUNT_0))),
	]);
	let count = digests.len();
	digests.sort_unstable();
	digests.dedup();
	assert_eq!(digests.len(), count);
}
