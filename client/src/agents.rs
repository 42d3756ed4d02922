// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Agents: who owns them, where they are found and paid, and what they are in Ethereum's registry.

use std::{fmt, str::FromStr};

use aivm_identifiers::{caip, ethereum, H160, U256};
use serde::{Serialize, Serializer};
use subxt::utils::MultiAddress;

use crate::{
	bindings::{agent_types, api, BoundedVec, ChainReadError, ChainSignature, ChainU256, ChainWallet},
	parse_account, AccountId, Amount, Client, Error, HexBytes, Included, Result, Sender, Until, H256,
};

/// How many items are asked for at a time. The chain may give fewer.
pub(crate) const PAGE: u32 = 100;
/// How far ahead the deadline of a wallet's or link's signature may lie, in seconds.
pub const SIGNATURE_WINDOW: u64 = 300;

/// An account of an Ethereum chain, written as `0x` and 40 hexadecimal digits with their checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EthereumAddress(pub [u8; 20]);

impl fmt::Display for EthereumAddress {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&ethereum::checksummed(H160(self.0)))
	}
}

impl FromStr for EthereumAddress {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self> {
		let address = ethereum::parse_address(text.trim())
			.map_err(|error| Error::BadInput(format!("{text:?} is no Ethereum address: {error}")))?;
		Ok(Self(address.0))
	}
}

impl Serialize for EthereumAddress {
	fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// Where an agent is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Wallet {
	/// An account of this chain.
	Account(AccountId),
	/// An account of an Ethereum chain.
	Ethereum(EthereumAddress),
}

impl fmt::Display for Wallet {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Account(account) => fmt::Display::fmt(account, f),
			Self::Ethereum(address) => fmt::Display::fmt(address, f),
		}
	}
}

impl FromStr for Wallet {
	type Err = Error;

	/// Reads `0x` and 40 hexadecimal digits as an Ethereum address, everything else as an account of this chain.
	fn from_str(text: &str) -> Result<Self> {
		let text = text.trim();
		if text.len() == 42 && text.starts_with("0x") {
			return text.parse().map(Self::Ethereum);
		}
		parse_account(text).map(Self::Account)
	}
}

impl Wallet {
	fn from_chain(wallet: &ChainWallet) -> Self {
		match wallet {
			ChainWallet::Account(account) => Self::Account(*account),
			ChainWallet::Ethereum(address) => Self::Ethereum(EthereumAddress(address.0)),
		}
	}

	fn to_chain(&self) -> ChainWallet {
		match self {
			Self::Account(account) => ChainWallet::Account(*account),
			Self::Ethereum(address) => ChainWallet::Ethereum(address.0.into()),
		}
	}
}

/// A signature of a key of this chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
	/// By an sr25519 key.
	Sr25519([u8; 64]),
	/// By an ed25519 key.
	Ed25519([u8; 64]),
	/// By an ECDSA key.
	Ecdsa([u8; 65]),
}

impl fmt::Display for Signature {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (kind, bytes) = match self {
			Self::Ed25519(bytes) => (0, &bytes[..]),
			Self::Sr25519(bytes) => (1, &bytes[..]),
			Self::Ecdsa(bytes) => (2, &bytes[..]),
		};
		write!(f, "0x{kind:02x}{}", hex::encode(bytes))
	}
}

impl Serialize for Signature {
	fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl FromStr for Signature {
	type Err = Error;

	/// Reads 64 bytes of an sr25519 signature, or the kind in one byte (0 ed25519, 1 sr25519, 2 ECDSA) with the signature
	/// after it, in hexadecimal digits. Wallets give one of both.
	fn from_str(text: &str) -> Result<Self> {
		let malformed = |reason: &str| {
			Error::BadInput(format!(
				"the signature is malformed: {reason}; give the hexadecimal digits that `aivm session sign` or a wallet shows"
			))
		};
		let bytes: HexBytes = text.parse().map_err(|error: String| malformed(&error))?;
		if let Ok(bytes) = <[u8; 64]>::try_from(&bytes[..]) {
			return Ok(Self::Sr25519(bytes));
		}
		let (kind, rest) = bytes.split_first().ok_or_else(|| malformed("it is empty"))?;
		let length = || malformed("it has a wrong length");
		match kind {
			0 => rest.try_into().map(Self::Ed25519).map_err(|_| length()),
			1 => rest.try_into().map(Self::Sr25519).map_err(|_| length()),
			2 => rest.try_into().map(Self::Ecdsa).map_err(|_| length()),
			kind => Err(malformed(&format!("{kind} is no kind of key"))),
		}
	}
}

impl Signature {
	pub(crate) fn to_chain(self) -> ChainSignature {
		match self {
			Self::Sr25519(bytes) => ChainSignature::Sr25519(bytes),
			Self::Ed25519(bytes) => ChainSignature::Ed25519(bytes),
			Self::Ecdsa(bytes) => ChainSignature::Ecdsa(bytes),
		}
	}
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentInfo {
	/// Its number.
	pub id: u64,
	/// Who owns it.
	pub owner: AccountId,
	/// Its own account, which has no key: it holds the agent's money.
	pub account: AccountId,
	/// Where its registration file is found; empty if nobody said.
	pub uri: String,
	/// Keccak-256 of its registration file.
	pub card_hash: Option<H256>,
	/// Where it is paid.
	pub wallet: Option<Wallet>,
	/// The account that may become the wallet by accepting.
	pub proposed_wallet: Option<AccountId>,
	/// What the next wallet proof must carry.
	pub wallet_nonce: u32,
	/// Who may act for it besides the owner and the owner's operators.
	pub approved: Option<AccountId>,
	/// How often it was transferred.
	pub transfers: u32,
	/// How many metadata entries it has.
	pub metadata_count: u32,
	/// How many clients gave feedback.
	pub clients: u32,
	/// How much feedback is not revoked.
	pub feedback: u64,
	/// How many validations were requested.
	pub validations: u64,
	/// What is on hold on its account for its records.
	pub deposit: Amount,
}

impl From<agent_types::AgentView> for AgentInfo {
	fn from(agent: agent_types::AgentView) -> Self {
		Self {
			id: agent.id,
			owner: agent.owner,
			account: agent.account,
			uri: text(agent.uri),
			card_hash: agent.card_hash,
			wallet: agent.wallet.as_ref().map(Wallet::from_chain),
			proposed_wallet: agent.proposed_wallet,
			wallet_nonce: agent.wallet_nonce,
			approved: agent.approved,
			transfers: agent.transfers,
			metadata_count: agent.metadata_count,
			clients: agent.clients,
			feedback: agent.feedback,
			validations: agent.validations,
			deposit: Amount(agent.deposit),
		}
	}
}

/// Which agents to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentFilter {
	/// All.
	All,
	/// Those of this owner.
	Owner(AccountId),
	/// Those that are paid there.
	Wallet(Wallet),
}

/// An agent in an Ethereum registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EthereumAgent {
	/// EIP-155 number of the chain.
	pub chain_id: u64,
	/// The identity registry.
	pub registry: EthereumAddress,
	/// The agent's number in it, in decimal digits.
	pub agent_id: String,
	/// Who owns it, by the word of who links.
	pub owner: EthereumAddress,
}

impl EthereumAgent {
	fn from_chain(agent: &agent_types::EthereumAgent) -> Self {
		Self {
			chain_id: agent.chain_id,
			registry: EthereumAddress(agent.registry.0),
			agent_id: U256(agent.agent_id.0).to_string(),
			owner: EthereumAddress(agent.owner.0),
		}
	}

	fn to_chain(&self) -> Result<agent_types::EthereumAgent> {
		let digits = self.agent_id.trim();
		let id = (!digits.is_empty()).then(|| U256::from_dec_str(digits).ok()).flatten().ok_or_else(|| {
			Error::BadInput(format!("{:?} is no number of an agent; write decimal digits", self.agent_id))
		})?;
		Ok(agent_types::EthereumAgent {
			chain_id: self.chain_id,
			registry: self.registry.0.into(),
			agent_id: ChainU256(id.0),
			owner: self.owner.0.into(),
		})
	}
}

/// A link between an agent and one of Ethereum's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkInfo {
	/// The other identity.
	#[serde(flatten)]
	pub ethereum: EthereumAgent,
	/// Who brought the owner's signature.
	pub claimed_by: AccountId,
	/// When, in seconds of Unix time.
	pub claimed_at: u64,
	/// Whether the chain knows that `owner` owns that agent. Without a bridge it never does: only `owner`'s signature was
	/// checked.
	pub proven: bool,
}

/// Text from the chain that nobody checked.
pub(crate) fn text(bytes: BoundedVec<u8>) -> String {
	String::from_utf8_lossy(&bytes.0).into_owned()
}

/// Text as the chain takes it.
pub(crate) fn bounded(text: &str) -> BoundedVec<u8> {
	BoundedVec(text.as_bytes().to_vec())
}

/// The error about an agent that does not exist.
pub(crate) fn no_agent(agent: u64) -> Error {
	Error::NotFound(format!("there is no agent {agent}; list the agents with `aivm agent list`"))
}

/// Why a view function has no answer about an agent.
pub(crate) fn read_error(agent: u64, error: &ChainReadError) -> Error {
	match error {
		ChainReadError::NonexistentToken => no_agent(agent),
		ChainReadError::IndexZero => Error::BadInput("feedback is counted from 1".into()),
		ChainReadError::OutOfBounds => Error::NotFound(
			"the client has given less feedback than that; list it with `aivm agent feedback list`".into(),
		),
		ChainReadError::ClientsRequired => {
			Error::BadInput("the summary needs to know whose feedback it shall count; name clients".into())
		}
		ChainReadError::TooManyAccounts { limit } => {
			Error::BadInput(format!("more than {limit} accounts were named; ask for fewer at a time"))
		}
		ChainReadError::TooManyEntries { limit } => {
			Error::BadInput(format!("more than {limit} entries would have to be read; name fewer accounts"))
		}
		ChainReadError::SummaryOverflow => Error::NotFound(
			"there is no summary: the average does not fit in 128 bits with the decimals that most of the feedback has"
				.into(),
		),
		ChainReadError::Unknown => {
			Error::NotFound("there is no such validation; list them with `aivm agent validate show AGENT`".into())
		}
	}
}

impl Client {
	/// An agent.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such agent.
	pub async fn agent(&self, id: u64) -> Result<AgentInfo> {
		let call = api::view_functions().agent_identity().agent(id);
		self.view(&self.at_best().await?, call).await?.map(Into::into).ok_or_else(|| no_agent(id))
	}

	/// Agents in order of their numbers; at most `limit`.
	pub async fn agents(&self, filter: &AgentFilter, limit: usize) -> Result<Vec<AgentInfo>> {
		let at = self.at_best().await?;
		let mut agents = Vec::new();
		let mut start = Some(0);
		while let Some(from) = start.filter(|_| agents.len() < limit) {
			let views = api::view_functions().agent_identity();
			let page = match filter {
				AgentFilter::All => self.view(&at, views.agents(from, PAGE)).await?,
				AgentFilter::Owner(owner) => self.view(&at, views.agents_of(*owner, from, PAGE)).await?,
				AgentFilter::Wallet(wallet) => {
					self.view(&at, views.agents_of_wallet(wallet.to_chain(), from, PAGE)).await?
				}
			};
			agents.extend(page.items.into_iter().map(AgentInfo::from));
			start = page.next;
		}
		agents.truncate(limit);
		Ok(agents)
	}

	/// The metadata of an agent: keys and values.
	pub async fn agent_metadata(&self, id: u64) -> Result<Vec<(String, HexBytes)>> {
		let at = self.at_best().await?;
		let mut entries = Vec::new();
		let mut after = None;
		loop {
			let call = api::view_functions().agent_identity().metadata_of(id, after, PAGE);
			let page = self.view(&at, call).await?;
			entries.extend(page.items.into_iter().map(|(key, value)| (text(key), HexBytes(value.0))));
			match page.next {
				Some(next) => after = Some(next),
				None => break,
			}
		}
		Ok(entries)
	}

	/// The link of an agent to one of Ethereum's, if there is one.
	pub async fn agent_link(&self, id: u64) -> Result<Option<LinkInfo>> {
		let call = api::view_functions().agent_identity().link(id);
		let link = self.view(&self.at_best().await?, call).await?;
		Ok(link.map(|link| LinkInfo {
			ethereum: EthereumAgent::from_chain(&link.claim.ethereum),
			claimed_by: link.claim.claimed_by,
			claimed_at: link.claim.claimed_at,
			proven: link.proven,
		}))
	}

	/// What the key of `wallet` must sign to become the wallet of an agent: the bytes for an account of this chain, the 32
	/// bytes of an EIP-712 digest for an Ethereum address. `deadline` is in seconds of Unix time.
	pub async fn wallet_message(&self, agent: u64, wallet: &Wallet, deadline: u64) -> Result<Vec<u8>> {
		let call = api::view_functions().agent_identity().wallet_message(agent, wallet.to_chain(), deadline);
		self.view(&self.at_best().await?, call).await?.map_err(|error| read_error(agent, &error))
	}

	/// The EIP-712 digest that the key of `ethereum.owner` must sign to link an agent.
	pub async fn link_digest(&self, agent: u64, ethereum: &EthereumAgent, deadline: u64) -> Result<H256> {
		let call = api::view_functions().agent_identity().link_digest(agent, ethereum.to_chain()?, deadline);
		self.view(&self.at_best().await?, call).await?.map_err(|error| read_error(agent, &error))
	}

	/// The registry's name for the whole world, `agentRegistry` in a registration file: a CAIP-10 name.
	pub async fn agent_registry(&self) -> Result<caip::AccountId> {
		let at = self.at_best().await?;
		let failed = |error: subxt::error::ConstantError| self.error(error, "constants");
		let pallet = at.constants().entry(api::constants().agent_identity().pallet_id()).map_err(failed)?;
		let prefix = at.constants().entry(api::constants().system().ss58_prefix()).map_err(failed)?;
		// The account that FRAME derives from a pallet's name.
		let mut account = [0u8; 32];
		for (place, byte) in account.iter_mut().zip(b"modl".iter().chain(&pallet.0)) {
			*place = *byte;
		}
		Ok(caip::agent_registry(&self.genesis_hash().0, prefix, &account.into()))
	}

	/// The time of the best block, in seconds of Unix time, by which the chain measures deadlines and expiries.
	pub async fn chain_time(&self) -> Result<u64> {
		let at = self.at_best().await?;
		let now = at
			.storage()
			.try_fetch(api::storage().timestamp().now(), ())
			.await
			.map_err(|error| self.error(error, "clock"))?
			.map(|value| value.decode())
			.transpose()
			.map_err(|error| self.error(error, "clock"))?;
		Ok(now.unwrap_or_default() / 1_000)
	}
}

impl Sender {
	/// Registers an agent of the signer and returns its number.
	pub async fn register_agent(
		&self,
		uri: Option<&str>,
		card_hash: Option<H256>,
		metadata: &[(String, Vec<u8>)],
		until: Until,
	) -> Result<(u64, Included)> {
		let entries = metadata.iter().map(|(key, value)| (bounded(key), BoundedVec(value.clone()))).collect();
		let call = api::tx().agent_identity().register(uri.map(bounded), card_hash, BoundedVec(entries));
		let included = self.send(&call, until).await?;
		let event: api::agent_identity::events::Registered = included.expect_event("Registered")?;
		Ok((event.agent, included))
	}

	/// Says where the registration file of an agent is found, and its hash.
	pub async fn set_agent_uri(
		&self,
		agent: u64,
		uri: &str,
		card_hash: Option<H256>,
		until: Until,
	) -> Result<Included> {
		self.send(&api::tx().agent_identity().set_agent_uri(agent, bounded(uri), card_hash), until).await
	}

	/// Sets a metadata entry of an agent; an empty value removes it.
	pub async fn set_agent_metadata(&self, agent: u64, key: &str, value: Vec<u8>, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().set_metadata(agent, bounded(key), BoundedVec(value)), until).await
	}

	/// Gives an agent to another account. Its wallet, session keys and link end.
	pub async fn transfer_agent(&self, agent: u64, to: &AccountId, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().transfer(agent, MultiAddress::Id(*to)), until).await
	}

	/// Makes an account of this chain an agent's wallet, with the signature of [`Client::wallet_message`] by its key.
	pub async fn set_agent_wallet(
		&self,
		agent: u64,
		account: &AccountId,
		deadline: u64,
		proof: Signature,
		until: Until,
	) -> Result<Included> {
		let proof = agent_types::WalletProof::Native(proof.to_chain());
		let wallet = ChainWallet::Account(*account);
		self.send(&api::tx().agent_identity().set_agent_wallet(agent, wallet, deadline, proof), until).await
	}

	/// Makes an Ethereum address an agent's wallet, with the signature of [`Client::wallet_message`] by its key.
	pub async fn set_agent_ethereum_wallet(
		&self,
		agent: u64,
		address: EthereumAddress,
		deadline: u64,
		proof: [u8; 65],
		until: Until,
	) -> Result<Included> {
		let proof = agent_types::WalletProof::Eip712(proof);
		let wallet = ChainWallet::Ethereum(address.0.into());
		self.send(&api::tx().agent_identity().set_agent_wallet(agent, wallet, deadline, proof), until).await
	}

	/// Ends an agent's wallet.
	pub async fn unset_agent_wallet(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().unset_agent_wallet(agent), until).await
	}

	/// Lets an account become an agent's wallet by accepting, or nobody any more.
	pub async fn propose_agent_wallet(&self, agent: u64, wallet: Option<AccountId>, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().propose_agent_wallet(agent, wallet), until).await
	}

	/// Becomes an agent's wallet.
	pub async fn accept_agent_wallet(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().accept_agent_wallet(agent), until).await
	}

	/// Claims that an agent is also one of Ethereum's, with the signature of [`Client::link_digest`] by its owner's key.
	pub async fn link_agent(
		&self,
		agent: u64,
		ethereum: &EthereumAgent,
		deadline: u64,
		signature: [u8; 65],
		until: Until,
	) -> Result<Included> {
		let call = api::tx().agent_identity().link_ethereum_agent(agent, ethereum.to_chain()?, deadline, signature);
		self.send(&call, until).await
	}

	/// Ends the link of an agent.
	pub async fn unlink_agent(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().unlink_ethereum_agent(agent), until).await
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const ADDRESS: &str = "0x8004A169FB4a3325136EB29fA0ceB6D2e539a432";

	#[test]
	fn wallet_should_be_read_as_it_is_written() {
		let ethereum: Wallet = ADDRESS.parse().unwrap();
		assert!(matches!(ethereum, Wallet::Ethereum(_)));
		assert_eq!(ethereum.to_string(), ADDRESS);
		assert_eq!(serde_json::to_value(&ethereum).unwrap(), ADDRESS);
		let account: Wallet = "//Bob".parse().unwrap();
		assert_eq!(account.to_string().parse::<Wallet>().unwrap(), account);
		assert_eq!(Wallet::from_chain(&account.to_chain()), account);
		assert_eq!(Wallet::from_chain(&ethereum.to_chain()), ethereum);
		for text in ["", "0x12", "0x8004a169fb4A3325136EB29fA0ceB6D2e539a432"] {
			assert!(text.parse::<Wallet>().is_err(), "{text}");
		}
	}

	#[test]
	fn signature_should_be_read_as_it_is_written() {
		for signature in [Signature::Sr25519([7; 64]), Signature::Ed25519([8; 64]), Signature::Ecdsa([9; 65])] {
			assert_eq!(signature.to_string().parse::<Signature>().unwrap(), signature);
		}
		// A wallet may leave the kind out.
		assert_eq!("07".repeat(64).parse::<Signature>().unwrap(), Signature::Sr25519([7; 64]));
		for text in ["", "0x", "zz", &"03".repeat(65), &"01".repeat(66), &"02".repeat(65)] {
			assert!(text.parse::<Signature>().is_err(), "{text}");
		}
	}

	#[test]
	fn ethereum_agent_should_survive_the_way_to_the_chain_and_back() {
		let address = ADDRESS.parse().unwrap();
		let agent = |agent_id: &str| EthereumAgent {
			chain_id: 1,
			registry: address,
			agent_id: agent_id.into(),
			owner: EthereumAddress([1; 20]),
		};
		let largest = U256::MAX.to_string();
		for id in ["0", "22", &largest] {
			assert_eq!(EthereumAgent::from_chain(&agent(id).to_chain().unwrap()), agent(id));
		}
		for id in ["", "-1", "0x1", "1.5", &format!("{largest}0")] {
			assert!(agent(id).to_chain().is_err(), "{id}");
		}
	}
}
