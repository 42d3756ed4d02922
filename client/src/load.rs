// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! For loads: transactions that are signed before they are sent, and how full blocks are.

use serde::Serialize;
use serde_json::json;
use subxt::config::DefaultExtrinsicParamsBuilder;

use crate::{
	account::transfer_call, bindings::api, client::Config, AccountId, Amount, Client, Error, HexBytes, Result, Sender,
	H256,
};

/// For how many blocks a transaction stays valid: long enough to sign thousands of others.
const MORTALITY: u64 = 2_048;

/// What the ordinary transactions of a block use, and the most that they may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BlockUse {
	/// Their weight, in picoseconds.
	pub weight: u64,
	/// The most.
	pub max_weight: u64,
	/// The length of all transactions, in bytes.
	pub len: u64,
	/// The most, of ordinary ones.
	pub max_len: u64,
}

impl Client {
	/// How full a block is.
	pub async fn block_use(&self, hash: H256) -> Result<BlockUse> {
		let at = self.at_hash(hash).await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "storage System.BlockWeight");
		let used = at.storage().fetch(api::storage().system().block_weight(), ()).await.map_err(failed)?;
		let used = used.decode().map_err(Error::unexpected)?;
		let failed = |error: subxt::error::ConstantError| self.error(error, "constants");
		let weights = at.constants().entry(api::constants().system().block_weights()).map_err(failed)?;
		let lengths = at.constants().entry(api::constants().system().block_length()).map_err(failed)?;
		let block = self.legacy.chain_get_block(Some(hash)).await.map_err(|error| self.rpc_error(&error))?;
		let block = block.ok_or_else(|| Error::NotFound(format!("the node has no block {hash:?}")))?;
		Ok(BlockUse {
			weight: used.normal.ref_time,
			max_weight: weights.per_class.normal.max_total.map_or(u64::MAX, |most| most.ref_time),
			len: block.block.extrinsics.iter().map(|bytes| bytes.0.len() as u64).sum(),
			max_len: lengths.max.normal.into(),
		})
	}

	/// Hands a signed transaction to the node's pool, and does not wait for what becomes of it.
	pub async fn submit_signed(&self, transaction: &HexBytes) -> Result<()> {
		self.request("author_submitExtrinsic", &[json!(transaction)]).await.map(drop)
	}
}

impl Sender {
	/// Signs so many transfers with consecutive numbers, and sends none of them.
	pub async fn sign_transfers(&self, to: &AccountId, amount: Amount, count: usize) -> Result<Vec<HexBytes>> {
		let call = transfer_call(to, amount);
		let client = self.client();
		let nonce = client.legacy.system_account_next_index(&self.account()).await;
		let nonce = nonce.map_err(|error| client.rpc_error(&error))?;
		let anchor = client.at_finalised().await?;
		let failed = |error: subxt::error::ExtrinsicError| client.error(error, "call Balances.transfer_keep_alive");
		let mut signed = Vec::new();
		for nonce in (nonce..).take(count) {
			let params = DefaultExtrinsicParamsBuilder::<Config>::new()
				.nonce(nonce)
				.mortal_from_unchecked(MORTALITY, anchor.block_number(), anchor.block_hash())
				.build();
			let transaction = anchor
				.tx()
				.create_signable_offline(&call, params)
				.and_then(|mut signable| signable.sign(self.signer().pair()))
				.map_err(failed)?;
			signed.push(HexBytes(transaction.into_encoded()));
		}
		Ok(signed)
	}
}
