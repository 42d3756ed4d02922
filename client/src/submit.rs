// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Sends transactions and finds out what became of them.

use std::{
	collections::{HashMap, VecDeque},
	sync::Arc,
	time::{Duration, Instant},
};

use serde::Serialize;
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::{DefaultExtrinsicParamsBuilder, Hasher},
	events::{DecodeAsEvent, Events, Phase},
	tx::{Payload, TransactionProgress, TransactionStatus},
};
use tokio::sync::{Mutex, OnceCell};

use crate::{
	bindings::api,
	chain::{block_id, BlockId},
	client::{AtBlock, Config},
	error::from_dispatch,
	policy::Asset,
	session::{self, Acting},
	Amount, Client, Error, Refusal, Result, Signer, H256,
};

/// For how many blocks a transaction stays valid.
const MORTALITY: u64 = 256;
/// How long the anchor of transactions is used before a newer block is taken.
const ANCHOR_AGE: Duration = Duration::from_secs(30);
/// How long a transaction may take to get into a block.
const INCLUSION_TIMEOUT: Duration = Duration::from_secs(180);
/// Blocks whose contents are remembered, because many transactions of one sender share them.
const REMEMBERED_BLOCKS: usize = 8;

/// When a transaction counts as carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
	/// It is in a best block, which takes about one slot. The block may still lose its place.
	InBlock,
	/// Its block is final.
	Finalised,
}

/// A transaction that was carried out.
#[derive(Clone, Debug, Serialize)]
pub struct Included {
	/// The block.
	pub block: BlockId,
	/// The transaction's place in the block.
	pub index: u32,
	/// The transaction's hash.
	pub hash: H256,
	/// What its inclusion cost.
	pub fee: Amount,
	/// Whether the block was final when this was found out.
	pub finalised: bool,
	#[serde(skip)]
	content: Arc<BlockContent>,
}

impl Included {
	/// The first event of this type that the transaction caused.
	pub(crate) fn event<E: DecodeAsEvent>(&self) -> Result<Option<E>> {
		self.content.event(self.index)
	}

	/// [`Self::event`] for an event that a successful transaction always causes.
	pub(crate) fn expect_event<E: DecodeAsEvent>(&self, what: &str) -> Result<E> {
		self.event()?.ok_or_else(|| Error::Unexpected(format!("the transaction succeeded without saying so ({what})")))
	}
}

/// The transactions and events of a block.
struct BlockContent {
	id: BlockId,
	hashes: Vec<H256>,
	events: Events<Config>,
	at: AtBlock,
}

impl std::fmt::Debug for BlockContent {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("BlockContent").field("id", &self.id).finish_non_exhaustive()
	}
}

impl BlockContent {
	/// The first event of this type that transaction `index` caused.
	fn event<E: DecodeAsEvent>(&self, index: u32) -> Result<Option<E>> {
		for event in self.events.iter() {
			let event = event.map_err(Error::unexpected)?;
			if event.phase() == Phase::ApplyExtrinsic(index) {
				if let Some(decoded) = event.decode_fields_as::<E>() {
					return decoded.map(Some).map_err(Error::unexpected);
				}
			}
		}
		Ok(None)
	}

	/// Why transaction `index` failed, if it did.
	fn failure(&self, index: u32) -> Result<Option<Error>> {
		for event in self.events.iter() {
			let event = event.map_err(Error::unexpected)?;
			if event.phase() != Phase::ApplyExtrinsic(index) {
				continue;
			}
			let bytes = event.field_bytes();
			let failed = match (event.pallet_name(), event.event_name()) {
				("System", "ExtrinsicFailed") => bytes,
				// A call that was carried out for an agent may have failed inside of a transaction that did not. The result
				// stands at the end, after the agent, and for a session key its account and the policy's hash and version.
				("Policy", "Controlled") => match failed_at(bytes, AGENT_LEN) {
					Some(error) => error,
					None => continue,
				},
				("Policy", "Acted") => match failed_at(bytes, AGENT_LEN + 32 + 32 + 4) {
					Some(error) => error,
					None => continue,
				},
				("Policy", "Refused") => {
					let refused = event.decode_fields_as::<api::policy::events::Refused>();
					let refused = refused.transpose().map_err(Error::unexpected)?;
					return Ok(Some(refused.map_or_else(
						|| Error::Unexpected("the node's event Policy.Refused cannot be read".into()),
						|refused| Error::Undone {
							rule: Refusal::from_policy_name(&format!("{:?}", refused.rule)),
							asset: Asset::from_chain(&refused.asset),
							limit: refused.limit,
							value: refused.value,
						},
					)));
				}
				_ => continue,
			};
			let error = subxt::error::DispatchError::decode_from(failed, self.at.metadata());
			let types = self.at.metadata_ref().types();
			return Ok(Some(from_dispatch(error.map_err(Error::unexpected)?, Some(types))));
		}
		Ok(None)
	}
}

/// Bytes of an agent's number in an event.
const AGENT_LEN: usize = 8;

/// The error in an event whose result begins at `place`, if it is one.
fn failed_at(bytes: &[u8], place: usize) -> Option<&[u8]> {
	match bytes.get(place..)? {
		[1, error @ ..] => Some(error),
		_ => None,
	}
}

/// Signs and sends the transactions of one account, many at a time: it counts their numbers itself.
///
/// If the account is a session key of an agent, the transactions are carried out as the agent, which pays for them.
///
/// Use one sender per account. Transactions that others sign with the same key at the same time take its numbers.
pub struct Sender {
	client: Client,
	signer: Signer,
	state: Mutex<Option<State>>,
	blocks: Mutex<VecDeque<Arc<BlockContent>>>,
	/// For whom the signer acts.
	acting: OnceCell<Option<Acting>>,
	/// Which calls must be sent inside of `act`, by pallet and call.
	measured: Mutex<HashMap<(String, String), bool>>,
}

/// What the next transaction is built on.
struct State {
	nonce: u64,
	anchor: AtBlock,
	since: Instant,
}

impl Sender {
	/// A sender for the account of `signer`.
	pub fn new(client: &Client, signer: Signer) -> Self {
		Self {
			client: client.clone(),
			signer,
			state: Mutex::new(None),
			blocks: Mutex::new(VecDeque::new()),
			acting: OnceCell::new(),
			measured: Mutex::new(HashMap::new()),
		}
	}

	/// The account that signs.
	pub fn account(&self) -> crate::AccountId {
		self.signer.account()
	}

	/// Who signs.
	pub(crate) fn signer(&self) -> &Signer {
		&self.signer
	}

	/// The connection that is used.
	pub fn client(&self) -> &Client {
		&self.client
	}

	/// For whom the signer acts, if it is a session key. Found out once.
	pub async fn acting(&self) -> Result<Option<Acting>> {
		let account = self.account();
		self.acting.get_or_try_init(|| self.client.acting(&account)).await.copied()
	}

	/// The account that pays: the agent's for a session key, otherwise the signer's.
	pub async fn payer(&self) -> Result<crate::AccountId> {
		Ok(self.acting().await?.map_or_else(|| self.account(), |acting| acting.account))
	}

	/// The encoded call, if it must be sent inside of `act`.
	async fn to_measure(&self, call: &impl Payload) -> Result<Option<Vec<u8>>> {
		let Some(acting) = self.acting().await? else { return Ok(None) };
		let name = session::name_of(call);
		let mut measured = self.measured.lock().await;
		let known = measured.get(&name).copied();
		if known == Some(false) {
			return Ok(None);
		}
		let bytes = self.client.encode(call).await?;
		let needed = match known {
			Some(needed) => needed,
			None => session::needs_act(&self.client, acting, self.account(), bytes.0.clone()).await?,
		};
		measured.insert(name, needed);
		Ok(needed.then_some(bytes.0))
	}

	/// Signs a call and hands it to the node's pool. Returns once the pool has it, so that the next one can be sent.
	///
	/// # Errors
	/// If the chain refuses the transaction, it cost nothing.
	pub(crate) async fn submit(&self, call: &impl Payload) -> Result<Pending<'_>> {
		match self.to_measure(call).await? {
			Some(inner) => self.submit_plainly(&session::act(inner)).await,
			None => self.submit_plainly(call).await,
		}
	}

	/// [`Self::submit`] for a call that is sent as it is.
	async fn submit_plainly(&self, call: &impl Payload) -> Result<Pending<'_>> {
		let mut slot = self.state.lock().await;
		let fresh = slot.take().filter(|state| state.since.elapsed() < ANCHOR_AGE);
		let mut state = match fresh {
			Some(state) => state,
			None => {
				let nonce = self.client.legacy.system_account_next_index(&self.signer.account()).await;
				let nonce = nonce.map_err(|error| self.client.rpc_error(&error))?;
				State { nonce, anchor: self.client.at_finalised().await?, since: Instant::now() }
			}
		};
		let params = DefaultExtrinsicParamsBuilder::<Config>::new()
			.nonce(state.nonce)
			.mortal_from_unchecked(MORTALITY, state.anchor.block_number(), state.anchor.block_hash())
			.build();
		let failed = |error: subxt::error::ExtrinsicError| {
			let what = format!("call {}.{}", call.pallet_name(), call.call_name());
			self.client.error(error, &what)
		};
		let signed = state
			.anchor
			.tx()
			.create_signable_offline(call, params)
			.and_then(|mut signable| signable.sign(self.signer.pair()))
			.map_err(failed)?;
		// If the pool refuses it, the number is free again; the next transaction asks the node for it.
		let progress = match signed.submit_and_watch().await.map_err(failed) {
			Ok(progress) => progress,
			Err(Error::Invalid(refusal)) if refusal.is_payment() => {
				let need = signed.partial_fee_estimate().await.map_err(failed)?;
				return Err(self.cannot_pay("the transaction's fee", need).await.unwrap_or(Error::Invalid(refusal)));
			}
			Err(error) => return Err(error),
		};
		state.nonce = state.nonce.saturating_add(1);
		*slot = Some(state);
		Ok(Pending { sender: self, progress })
	}

	/// Sends a call and waits until it was carried out.
	pub(crate) async fn send(&self, call: &impl Payload, until: Until) -> Result<Included> {
		self.submit(call).await?.wait(until).await
	}

	/// The fee of a call, if it were sent now.
	pub(crate) async fn fee(&self, call: &impl Payload) -> Result<Amount> {
		let failed = |error: subxt::error::ExtrinsicError| self.client.error(error, "fee");
		let anchor = self.client.at_best().await?;
		let nonce = self.client.legacy.system_account_next_index(&self.signer.account()).await;
		let nonce = nonce.map_err(|error| self.client.rpc_error(&error))?;
		let params = DefaultExtrinsicParamsBuilder::<Config>::new()
			.nonce(nonce)
			.mortal_from_unchecked(MORTALITY, anchor.block_number(), anchor.block_hash())
			.build();
		let signed = anchor
			.tx()
			.create_signable_offline(call, params)
			.and_then(|mut signable| signable.sign(self.signer.pair()))
			.map_err(failed)?;
		signed.partial_fee_estimate().await.map(Amount).map_err(failed)
	}

	/// The error that says what the account has and what it needs.
	async fn cannot_pay(&self, purpose: &str, need: u128) -> Option<Error> {
		let account = self.payer().await.ok()?;
		let have = self.client.balance(&account).await.ok()?.spendable;
		Some(Error::InsufficientBalance {
			account: account.to_string(),
			purpose: purpose.into(),
			have,
			need: Amount(need),
		})
	}

	/// The error of a transaction that asked for more than the account has.
	async fn cannot_pay_more(&self) -> Result<Error> {
		let account = self.payer().await?;
		let have = self.client.balance(&account).await?.spendable;
		Ok(Error::CannotPay { account: account.to_string(), have })
	}

	/// The transactions and events of a block.
	async fn content(&self, hash: H256) -> Result<Arc<BlockContent>> {
		// Held while loading, so that transactions of the same block load it once.
		let mut blocks = self.blocks.lock().await;
		if let Some(content) = blocks.iter().find(|content| content.id.hash == hash) {
			return Ok(content.clone());
		}
		let at = self.client.at_hash(hash).await?;
		let block =
			self.client.legacy.chain_get_block(Some(hash)).await.map_err(|error| self.client.rpc_error(&error))?;
		let block = block.ok_or_else(|| Error::Unexpected(format!("the node lost block {hash:?}")))?;
		let hashes = block.block.extrinsics.iter().map(|bytes| at.hasher().hash(&bytes.0)).collect();
		let events = at.events().fetch().await.map_err(|error| self.client.error(error, "events"))?;
		let content = Arc::new(BlockContent { id: block_id(&at)?, hashes, events, at });
		if blocks.len() >= REMEMBERED_BLOCKS {
			blocks.pop_front();
		}
		blocks.push_back(content.clone());
		Ok(content)
	}
}

impl std::fmt::Debug for Sender {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Sender").field("client", &self.client).field("signer", &self.signer).finish_non_exhaustive()
	}
}

/// A transaction that is in the node's pool.
#[must_use = "only waiting tells what became of the transaction"]
pub struct Pending<'a> {
	sender: &'a Sender,
	progress: TransactionProgress<Config, OnlineClientAtBlockImpl<Config>>,
}

impl std::fmt::Debug for Pending<'_> {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Pending").field("transaction", &self.progress.extrinsic_hash()).finish_non_exhaustive()
	}
}

impl Pending<'_> {
	/// Waits until the transaction was carried out.
	///
	/// # Errors
	/// The error that the transaction failed with; then its fee was paid.
	pub async fn wait(mut self, until: Until) -> Result<Included> {
		let timeout =
			|| Error::Timeout { what: "inclusion of the transaction in a block".into(), after: INCLUSION_TIMEOUT };
		let (hash, finalised) =
			tokio::time::timeout(INCLUSION_TIMEOUT, self.block(until)).await.map_err(|_| timeout())??;
		let transaction = self.progress.extrinsic_hash();
		let content = self.sender.content(hash).await?;
		let index = content.hashes.iter().position(|hash| *hash == transaction);
		let index = index
			.and_then(|index| u32::try_from(index).ok())
			.ok_or_else(|| Error::Unexpected(format!("transaction {transaction:?} is not in block {hash:?}")))?;
		match content.failure(index)? {
			Some(Error::CannotPay { .. }) => return Err(self.sender.cannot_pay_more().await?),
			Some(failure) => return Err(failure),
			None => {}
		}
		let paid = content.event::<api::transaction_payment::events::TransactionFeePaid>(index)?;
		let fee = Amount(paid.map(|paid| paid.actual_fee).unwrap_or_default());
		Ok(Included { block: content.id, index, hash: transaction, fee, finalised, content })
	}

	/// Waits for the block that the transaction gets into.
	async fn block(&mut self, until: Until) -> Result<(H256, bool)> {
		let client = &self.sender.client;
		loop {
			let status = match self.progress.next().await {
				Some(status) => status.map_err(|error| client.error(error, "transaction's progress"))?,
				None => {
					return Err(Error::ConnectionLost {
						url: client.url().into(),
						reason: "the node stopped telling what becomes of the transaction".into(),
					});
				}
			};
			match status {
				TransactionStatus::InBestBlock(block) if until == Until::InBlock => {
					return Ok((block.block_hash(), false))
				}
				TransactionStatus::InFinalizedBlock(block) => return Ok((block.block_hash(), true)),
				TransactionStatus::Invalid { message } => return Err(Error::Invalid(Refusal::from_message(&message))),
				TransactionStatus::Error { message } | TransactionStatus::Dropped { message } => {
					return Err(Error::Unexpected(format!("the node dropped the transaction: {message}")));
				}
				TransactionStatus::Validated
				| TransactionStatus::Broadcasted
				| TransactionStatus::NoLongerInBestBlock
				| TransactionStatus::InBestBlock(_) => {}
			}
		}
	}
}
