// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Typed data that Ethereum wallets show and sign (EIP-712).
//!
//! ```text
//! digest = keccak256(0x19 0x01 || domain separator || struct hash)
//! ```
//!
//! | statement | who signs it | what for |
//! |---|---|---|
//! | [`Erc8004WalletSet`] | the new wallet | ERC-8004's own registry on Ethereum; here to check proofs made for it |
//! | [`WalletSet`] | the new wallet | this chain's registry: the agent may be paid here |
//! | [`AgentLink`] | the owner of an agent in Ethereum's registry | that agent and one of this chain are the same |
//!
//! The last two are signed in the domain of [`Domain::native`], which holds the genesis hash, so a signature for one chain
//! is worthless on another. Their numbers `nonce` and `deadline` end a signature's life on the same chain.

use alloc::{
	string::{String, ToString},
	vec,
};

use sp_core::{crypto::AccountId32, H160, U256};
use sp_crypto_hashing::keccak_256;

use crate::caip::eip155_account;

/// A word of the encoding.
type Word = [u8; 32];

/// What a signature is for: a program, and the chain it runs on.
///
/// The absent fields are left out of the type, as EIP-712 has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Domain<'a> {
	/// Name of the program, for people.
	pub name: &'a str,
	/// Its version: signatures for one are void for others.
	pub version: &'a str,
	/// Number of the Ethereum chain. Wallets refuse to sign for another chain than the one they are on.
	pub chain_id: Option<U256>,
	/// The contract that checks the signature.
	pub verifying_contract: Option<H160>,
	/// What else tells this domain from others.
	pub salt: Option<[u8; 32]>,
}

impl<'a> Domain<'a> {
	/// The domain of a contract of an Ethereum chain.
	pub fn contract(name: &'a str, version: &'a str, chain_id: U256, verifying_contract: H160) -> Self {
		Self { name, version, chain_id: Some(chain_id), verifying_contract: Some(verifying_contract), salt: None }
	}

	/// The domain of ERC-8004's identity registry at `registry` on an Ethereum chain.
	pub fn erc8004(chain_id: U256, registry: H160) -> Self {
		Self::contract("ERC8004IdentityRegistry", "1", chain_id, registry)
	}

	/// The domain of the agent registry of the chain with this genesis hash.
	///
	/// That chain has no number of Ethereum's and no contract, so its genesis hash is the salt, and a wallet signs whichever
	/// Ethereum chain it is on.
	pub fn native(genesis: [u8; 32]) -> Self {
		Self {
			name: "AIVM Agent Registry",
			version: "1",
			chain_id: None,
			verifying_contract: None,
			salt: Some(genesis),
		}
	}

	/// The hash of the domain: EIP-712's `domainSeparator`.
	pub fn separator(&self) -> [u8; 32] {
		let mut kind = String::from("EIP712Domain(string name,string version");
		let mut fields = vec![keccak_256(self.name.as_bytes()), keccak_256(self.version.as_bytes())];
		if let Some(chain_id) = self.chain_id {
			kind.push_str(",uint256 chainId");
			fields.push(chain_id.to_big_endian());
		}
		if let Some(contract) = self.verifying_contract {
			kind.push_str(",address verifyingContract");
			fields.push(address(contract));
		}
		if let Some(salt) = self.salt {
			kind.push_str(",bytes32 salt");
			fields.push(salt);
		}
		kind.push(')');
		fields.insert(0, keccak_256(kind.as_bytes()));
		keccak_256(fields.as_flattened())
	}
}

/// A statement that can be signed.
pub trait TypedData {
	/// The statement's type, as EIP-712 encodes it: name and fields.
	const TYPE: &'static str;

	/// The hash of the statement: EIP-712's `hashStruct`.
	fn struct_hash(&self) -> [u8; 32];

	/// What a wallet signs: the statement, in a domain.
	fn digest(&self, domain: &Domain) -> [u8; 32] {
		digest(&domain.separator(), &self.struct_hash())
	}
}

/// What a wallet signs, of a domain's separator and the hash of a statement.
pub fn digest(separator: &[u8; 32], struct_hash: &[u8; 32]) -> [u8; 32] {
	keccak_256(&[&[0x19, 0x01], separator.as_slice(), struct_hash].concat())
}

/// ERC-8004's statement that `new_wallet` is the wallet of an agent. It has no nonce: inside its deadline, it can be used
/// again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Erc8004WalletSet {
	/// The agent's number in the registry that the domain names.
	pub agent_id: U256,
	/// The wallet, which signs.
	pub new_wallet: H160,
	/// The agent's owner. A signature is void after a transfer.
	pub owner: H160,
	/// The last second, in Unix time, at which it counts.
	pub deadline: U256,
}

impl TypedData for Erc8004WalletSet {
	const TYPE: &'static str = "AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)";

	fn struct_hash(&self) -> [u8; 32] {
		hash_words([
			keccak_256(Self::TYPE.as_bytes()),
			self.agent_id.to_big_endian(),
			address(self.new_wallet),
			address(self.owner),
			self.deadline.to_big_endian(),
		])
	}
}

/// The statement that `new_wallet` is the wallet of an agent of this chain, where owners have 32 bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WalletSet {
	/// The agent's number.
	pub agent_id: u64,
	/// The wallet, which signs.
	pub new_wallet: H160,
	/// The agent's owner. A signature is void after a transfer.
	pub owner: AccountId32,
	/// The last second, in Unix time, at which it counts.
	pub deadline: u64,
	/// The agent's next nonce, so that it counts once.
	pub nonce: u64,
}

impl TypedData for WalletSet {
	const TYPE: &'static str =
		"AgentWalletSet(uint256 agentId,address newWallet,bytes32 owner,uint256 deadline,uint256 nonce)";

	fn struct_hash(&self) -> [u8; 32] {
		hash_words([
			keccak_256(Self::TYPE.as_bytes()),
			number(self.agent_id),
			address(self.new_wallet),
			self.owner.clone().into(),
			number(self.deadline),
			number(self.nonce),
		])
	}
}

/// The statement that an agent of an Ethereum registry and an agent of this chain are one, signed by the owner of the
/// former. It says who claimed so; that the signer owns that agent is for a bridge to prove.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgentLink {
	/// The Ethereum chain of the other registry.
	pub chain_id: u64,
	/// The other registry. What is signed is its CAIP-10 name, `eip155:{chain_id}:{address with checksum}`.
	pub registry: H160,
	/// The agent's number there.
	pub agent_id: U256,
	/// The genesis hash of this chain.
	pub genesis: [u8; 32],
	/// The agent's number here.
	pub native_agent_id: u64,
	/// The agent's owner here. A signature is void after a transfer.
	pub native_owner: AccountId32,
	/// The last second, in Unix time, at which it counts.
	pub deadline: u64,
	/// The agent's next nonce, so that it counts once.
	pub nonce: u64,
}

impl TypedData for AgentLink {
	const TYPE: &'static str = "AgentLink(string agentRegistry,uint256 agentId,bytes32 genesis,uint256 nativeAgentId,\
		bytes32 nativeOwner,uint256 deadline,uint256 nonce)";

	fn struct_hash(&self) -> [u8; 32] {
		hash_words([
			keccak_256(Self::TYPE.as_bytes()),
			keccak_256(eip155_account(self.chain_id, self.registry).to_string().as_bytes()),
			self.agent_id.to_big_endian(),
			self.genesis,
			number(self.native_agent_id),
			self.native_owner.clone().into(),
			number(self.deadline),
			number(self.nonce),
		])
	}
}

/// An address, left-padded with zeros.
fn address(address: H160) -> Word {
	let mut word = [0; 32];
	if let Some(end) = word.last_chunk_mut::<20>() {
		*end = address.0;
	}
	word
}

/// A number, big endian.
fn number(number: u64) -> Word {
	U256::from(number).to_big_endian()
}

/// The hash of the words one after the other.
fn hash_words<const N: usize>(words: [Word; N]) -> [u8; 32] {
	keccak_256(words.as_flattened())
}
