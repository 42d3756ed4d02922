// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Names of chains (CAIP-2) and of accounts on chains (CAIP-10).
//!
//! ```text
//! chain    namespace:reference            [-a-z0-9]{3,8} : [-_a-zA-Z0-9]{1,32}
//! account  namespace:reference:address    ... : [-.%a-zA-Z0-9]{1,128}
//! ```
//!
//! A chain of this SDK is `polkadot:` and the first 16 bytes of its genesis hash, as 32 lower-case hexadecimal digits. An
//! Ethereum chain is `eip155:` and its number. Addresses are opaque until they are asked for: [`AccountId::to_polkadot`]
//! reads SS58, [`AccountId::to_eip155`] reads hexadecimal.
//!
//! Ethereum addresses are written with the checksum of EIP-55, as the `eip155` profile of CAIP-10 has it, so there is one
//! text for one account, and it can be hashed and signed. They are read in any case; a checksum that is there must hold.

use alloc::{
	borrow::ToOwned,
	string::{String, ToString},
};
use core::{fmt, str::FromStr};

use sp_core::{
	crypto::{AccountId32, Ss58AddressFormat, Ss58Codec},
	H160,
};

use crate::ethereum::{checksummed, hex_digit, parse_address, AddressError};

/// The namespace of chains that are built with polkadot-sdk.
pub const POLKADOT: &str = "polkadot";
/// The namespace of Ethereum and its relatives.
pub const EIP155: &str = "eip155";
/// Longest name of an account, in bytes.
pub const MAX_ACCOUNT_ID_LEN: usize = 8 + 1 + 32 + 1 + 128;

/// Why a text is no name of a chain or account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaipError {
	/// There is no `:` after the namespace.
	NoReference,
	/// There is no second `:`, so it names a chain but no account.
	NoAddress,
	/// The namespace is not 3 to 8 lower-case letters, digits and `-`.
	BadNamespace,
	/// The chain's reference is not 1 to 32 letters, digits, `-` and `_`.
	BadReference,
	/// The address is not 1 to 128 letters, digits, `-`, `.` and `%`.
	BadAddress,
	/// The namespace is another than the one that was asked for.
	OtherNamespace,
	/// A reference in the namespace `polkadot` is not 32 lower-case hexadecimal digits.
	BadGenesis,
	/// A reference in the namespace `eip155` is no number below 2^64 without leading zeros.
	BadChainNumber,
	/// The address is no SS58 address of 32 bytes, or a character of it is wrong.
	BadSs58,
	/// The address is no Ethereum address.
	BadEthereumAddress(AddressError),
}

impl fmt::Display for CaipError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NoReference => "it has no `:`, so it names no chain (CAIP-2: namespace:reference)",
			Self::NoAddress => "it has one `:` only, so it names no account (CAIP-10: namespace:reference:address)",
			Self::BadNamespace => "the namespace is not 3 to 8 lower-case letters, digits and -",
			Self::BadReference => "the chain's reference is not 1 to 32 letters, digits, - and _",
			Self::BadAddress => "the address is not 1 to 128 letters, digits, -, . and %",
			Self::OtherNamespace => "it is in another namespace",
			Self::BadGenesis => "the reference is not the first 32 lower-case hexadecimal digits of a genesis hash",
			Self::BadChainNumber => "the reference is no chain number",
			Self::BadSs58 => "the address is no SS58 address, or a character of it is wrong",
			Self::BadEthereumAddress(error) => return error.fmt(f),
		})
	}
}

impl core::error::Error for CaipError {}

/// The name of a chain (CAIP-2). It is well formed; whether there is such a chain is another question.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ChainId {
	namespace: String,
	reference: String,
}

impl ChainId {
	/// The name with these parts.
	pub fn new(namespace: &str, reference: &str) -> Result<Self, CaipError> {
		check(namespace, 3..=8, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'), CaipError::BadNamespace)?;
		check(
			reference,
			1..=32,
			|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte),
			CaipError::BadReference,
		)?;
		Ok(Self { namespace: namespace.to_owned(), reference: reference.to_owned() })
	}

	/// The chain of this SDK with this genesis hash.
	pub fn polkadot(genesis: &[u8; 32]) -> Self {
		let digits = genesis.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
		Self { namespace: POLKADOT.to_owned(), reference: digits.map(|nibble| char::from(hex_digit(nibble))).collect() }
	}

	/// The Ethereum chain with this number: 1 is the main net.
	pub fn eip155(number: u64) -> Self {
		Self { namespace: EIP155.to_owned(), reference: number.to_string() }
	}

	/// What kind of chain it is.
	pub fn namespace(&self) -> &str {
		&self.namespace
	}

	/// Which chain of its kind it is.
	pub fn reference(&self) -> &str {
		&self.reference
	}

	/// The first half of the genesis hash.
	///
	/// # Errors
	/// [`CaipError::OtherNamespace`] or [`CaipError::BadGenesis`].
	pub fn to_polkadot(&self) -> Result<[u8; 16], CaipError> {
		self.ensure_namespace(POLKADOT)?;
		let digits = self.reference.as_bytes();
		if digits.len() != 32 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
			return Err(CaipError::BadGenesis);
		}
		u128::from_str_radix(&self.reference, 16).map(u128::to_be_bytes).map_err(|_| CaipError::BadGenesis)
	}

	/// The number of an Ethereum chain.
	///
	/// # Errors
	/// [`CaipError::OtherNamespace`] or [`CaipError::BadChainNumber`].
	pub fn to_eip155(&self) -> Result<u64, CaipError> {
		self.ensure_namespace(EIP155)?;
		let number = self.reference.parse::<u64>().map_err(|_| CaipError::BadChainNumber)?;
		if number.to_string() == self.reference {
			Ok(number)
		} else {
			Err(CaipError::BadChainNumber)
		}
	}

	fn ensure_namespace(&self, namespace: &str) -> Result<(), CaipError> {
		if self.namespace == namespace {
			Ok(())
		} else {
			Err(CaipError::OtherNamespace)
		}
	}
}

impl FromStr for ChainId {
	type Err = CaipError;

	/// Splits at the first `:`, so a second one is a bad character of the reference.
	fn from_str(text: &str) -> Result<Self, CaipError> {
		let (namespace, reference) = text.split_once(':').ok_or(CaipError::NoReference)?;
		Self::new(namespace, reference)
	}
}

impl fmt::Display for ChainId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}:{}", self.namespace, self.reference)
	}
}

/// The name of an account on a chain (CAIP-10). It is well formed; what the address means is for its namespace to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AccountId {
	chain: ChainId,
	address: String,
}

impl AccountId {
	/// The name with these parts.
	pub fn new(chain: ChainId, address: &str) -> Result<Self, CaipError> {
		check(address, 1..=128, |byte| byte.is_ascii_alphanumeric() || b"-.%".contains(&byte), CaipError::BadAddress)?;
		Ok(Self { chain, address: address.to_owned() })
	}

	/// Where the account is.
	pub fn chain(&self) -> &ChainId {
		&self.chain
	}

	/// The account's address on its chain.
	pub fn address(&self) -> &str {
		&self.address
	}

	/// The account of a chain of this SDK, with any SS58 prefix, and that prefix.
	///
	/// # Errors
	/// [`CaipError::OtherNamespace`], [`CaipError::BadGenesis`] or [`CaipError::BadSs58`].
	pub fn to_polkadot(&self) -> Result<(AccountId32, u16), CaipError> {
		self.chain.to_polkadot()?;
		AccountId32::from_ss58check_with_version(&self.address)
			.map(|(account, prefix)| (account, prefix.into()))
			.map_err(|_| CaipError::BadSs58)
	}

	/// The number of an Ethereum chain and the address on it.
	///
	/// # Errors
	/// [`CaipError::OtherNamespace`], [`CaipError::BadChainNumber`] or [`CaipError::BadEthereumAddress`].
	pub fn to_eip155(&self) -> Result<(u64, H160), CaipError> {
		let number = self.chain.to_eip155()?;
		parse_address(&self.address).map(|address| (number, address)).map_err(CaipError::BadEthereumAddress)
	}
}

impl FromStr for AccountId {
	type Err = CaipError;

	/// Splits at the first two `:` only. A third one is a bad character of the address.
	fn from_str(text: &str) -> Result<Self, CaipError> {
		let (namespace, rest) = text.split_once(':').ok_or(CaipError::NoReference)?;
		let (reference, address) = rest.split_once(':').ok_or(CaipError::NoAddress)?;
		Self::new(ChainId::new(namespace, reference)?, address)
	}
}

impl fmt::Display for AccountId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}:{}", self.chain, self.address)
	}
}

/// The account `account` of the chain with this genesis hash and SS58 prefix.
///
/// Of the prefix, the lower 14 bits count; no chain has a larger one.
pub fn polkadot_account(genesis: &[u8; 32], ss58_prefix: u16, account: &AccountId32) -> AccountId {
	AccountId {
		chain: ChainId::polkadot(genesis),
		address: account.to_ss58check_with_version(Ss58AddressFormat::custom(ss58_prefix)),
	}
}

/// The account `address` of the Ethereum chain with this number. The address has its checksum.
pub fn eip155_account(number: u64, address: H160) -> AccountId {
	AccountId { chain: ChainId::eip155(number), address: checksummed(address) }
}

/// ERC-8004's `agentRegistry` for the registry of the chain with this genesis hash: the CAIP-10 name of the registry's own
/// account. With an agent's number, it names the agent for the whole world.
pub fn agent_registry(genesis: &[u8; 32], ss58_prefix: u16, registry: &AccountId32) -> AccountId {
	polkadot_account(genesis, ss58_prefix, registry)
}

/// Fails with `error` unless `text` has a length in `lengths` and all its bytes are `allowed`.
fn check(
	text: &str,
	lengths: core::ops::RangeInclusive<usize>,
	allowed: impl Fn(u8) -> bool,
	error: CaipError,
) -> Result<(), CaipError> {
	if lengths.contains(&text.len()) && text.bytes().all(allowed) {
		Ok(())
	} else {
		Err(error)
	}
}
