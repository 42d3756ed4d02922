// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Wallets and their proofs.

use aivm_identifiers::{
	eip712::{TypedData, WalletSet},
	ethereum,
};
use aivm_traits::{AgentId, Wallet};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::ensure;
use sp_core::{crypto::AccountId32, H160};
use sp_runtime::{traits::Verify, DispatchResult};

use crate::{Agent, Agents, Config, Error, Event, Key, Pallet, Value, WalletAgents, WalletProof, WALLET_KEY};

/// What wallets of this chain sign begins with it, so that it is nothing else that they might sign.
const CONTEXT: &[u8] = b"aivm/agent-wallet/1";
/// How browser extensions wrap what they sign, so that it can be no transaction.
const WRAP: (&[u8], &[u8]) = (b"<Bytes>", b"</Bytes>");

impl<T: Config> Pallet<T> {
	/// See [`Pallet::set_agent_wallet`].
	pub(crate) fn do_set_agent_wallet(
		who: AccountId32,
		agent: AgentId,
		wallet: Wallet,
		deadline: u64,
		proof: WalletProof,
	) -> DispatchResult {
		let record = Self::authorized(&who, agent)?;
		ensure!(!wallet.is_zero(), Error::<T>::BadWallet);
		Self::ensure_in_time(deadline)?;
		ensure!(Self::proves(agent, &record, &wallet, deadline, &proof), Error::<T>::InvalidWalletSig);
		Self::change_wallet(agent, record, Some(wallet))
	}

	/// See [`Pallet::unset_agent_wallet`].
	pub(crate) fn do_unset_agent_wallet(who: AccountId32, agent: AgentId) -> DispatchResult {
		let record = Self::authorized(&who, agent)?;
		Self::change_wallet(agent, record, None)
	}

	/// See [`Pallet::propose_agent_wallet`].
	pub(crate) fn do_propose_agent_wallet(
		who: AccountId32,
		agent: AgentId,
		wallet: Option<AccountId32>,
	) -> DispatchResult {
		let mut record = Self::authorized(&who, agent)?;
		ensure!(!wallet.as_ref().is_some_and(Self::is_zero), Error::<T>::BadWallet);
		record.proposed_wallet = wallet.clone();
		Agents::<T>::insert(agent, record);
		Self::deposit_event(Event::WalletProposed { agent, wallet });
		Ok(())
	}

	/// See [`Pallet::accept_agent_wallet`].
	pub(crate) fn do_accept_agent_wallet(who: AccountId32, agent: AgentId) -> DispatchResult {
		let record = Self::existing(agent)?;
		ensure!(record.proposed_wallet.as_ref() == Some(&who), Error::<T>::NotProposed);
		Self::change_wallet(agent, record, Some(Wallet::Account(who)))
	}

	/// What the key of `wallet` must sign to become the wallet of this agent as it is now.
	pub(crate) fn message_of(agent: AgentId, record: &Agent, wallet: &Wallet, deadline: u64) -> Vec<u8> {
		match wallet {
			Wallet::Account(_) => {
				(CONTEXT, Self::genesis(), agent, wallet, &record.owner, deadline, record.wallet_nonce).encode()
			}
			Wallet::Ethereum(address) => Self::wallet_digest(agent, record, *address, deadline).to_vec(),
		}
	}

	/// The EIP-712 digest for an Ethereum wallet.
	fn wallet_digest(agent: AgentId, record: &Agent, new_wallet: H160, deadline: u64) -> [u8; 32] {
		WalletSet {
			agent_id: agent,
			new_wallet,
			owner: record.owner.clone(),
			deadline,
			nonce: record.wallet_nonce.into(),
		}
		.digest(&Self::domain())
	}

	/// Whether the wallet's key agreed.
	fn proves(agent: AgentId, record: &Agent, wallet: &Wallet, deadline: u64, proof: &WalletProof) -> bool {
		match (wallet, proof) {
			(Wallet::Account(account), WalletProof::Native(signature)) => {
				let message = Self::message_of(agent, record, wallet, deadline);
				signature.verify(message.as_slice(), account) || {
					let wrapped = [WRAP.0, &message, WRAP.1].concat();
					signature.verify(wrapped.as_slice(), account)
				}
			}
			(Wallet::Ethereum(address), WalletProof::Eip712(signature)) => {
				let digest = Self::wallet_digest(agent, record, *address, deadline);
				ethereum::recover(&digest, signature) == Ok(*address)
			}
			(Wallet::Account(_), WalletProof::Eip712(_)) | (Wallet::Ethereum(_), WalletProof::Native(_)) => false,
		}
	}

	/// Sets or unsets the wallet, makes earlier proofs and proposals void, and stores the record.
	fn change_wallet(agent: AgentId, mut record: Agent, wallet: Option<Wallet>) -> DispatchResult {
		record.wallet_nonce = record.wallet_nonce.checked_add(1).ok_or(Error::<T>::Overflow)?;
		record.proposed_wallet = None;
		Self::put_wallet(agent, &mut record, wallet);
		Self::emit_wallet(agent, &record);
		Agents::<T>::insert(agent, record);
		Ok(())
	}

	/// Writes the wallet into the record and keeps the look-up by wallet.
	pub(crate) fn put_wallet(agent: AgentId, record: &mut Agent, wallet: Option<Wallet>) {
		if let Some(former) = core::mem::replace(&mut record.wallet, wallet) {
			WalletAgents::<T>::remove(former, agent.to_be_bytes());
		}
		if let Some(wallet) = &record.wallet {
			WalletAgents::<T>::insert(wallet, agent.to_be_bytes(), ());
		}
	}

	/// Tells what the wallet is now.
	pub(crate) fn emit_wallet(agent: AgentId, record: &Agent) {
		let key = Key::truncate_from(WALLET_KEY.to_vec());
		let value = Value::truncate_from(Self::wallet_bytes(record));
		Self::deposit_event(Event::MetadataSet { agent, key, value });
	}

	/// The wallet as metadata has it: 32 or 20 bytes, or none.
	pub(crate) fn wallet_bytes(record: &Agent) -> Vec<u8> {
		record.wallet.as_ref().map(|wallet| wallet.as_bytes().to_vec()).unwrap_or_default()
	}
}
