// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage after every block.

use aivm_market_math::FeedbackSum;
use aivm_traits::{AgentId, Balance};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{fungible::InspectHold, Get},
};
use sp_core::crypto::AccountId32;
use sp_runtime::TryRuntimeError;

use super::identity::ACCOUNT_REFERENCES;
use crate::{
	Agent, AgentValidationCount, AgentValidations, Agents, Card, Cards, ClientAt, Clients, Config, Feedbacks,
	FirstByHash, HoldReason, Links, Metadata, NextAgentId, Operators, OwnedAgents, OwnedCount, Pallet, Reputation,
	Reputations, ResponseScope, Responses, UsedReceipts, ValidationRef, Validations, ValidatorRequestCount,
	ValidatorRequests, WalletAgents, WALLET_KEY,
};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet:
	///
	/// 1. agents, owners, wallets, cards, metadata and links name each other; counters count what there is;
	/// 2. each agent's hold is its deposit, each owner's the deposits of its operators, and nobody else has a hold; a
	///    deposit is the price of the agent's footprint;
	/// 3. feedback and its clients name each other, the running sum is the sum of all that is not revoked, and each proof of
	///    payment was used once;
	/// 4. the counts of responses add up in each scope;
	/// 5. validations are in both lists, once, in order, and the look-up by hash finds one.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_agents()?;
		Self::check_indices()?;
		Self::check_holds()?;
		Self::check_feedback_state()?;
		Self::check_responses()?;
		Self::check_validations()
	}

	fn check_agents() -> Result<(), TryRuntimeError> {
		let next = NextAgentId::<T>::get();
		let mut count = 0u64;
		for (id, record) in Agents::<T>::iter() {
			count = count.saturating_add(1);
			ensure!(id < next, "an agent's id is not below the counter");
			ensure!(
				OwnedAgents::<T>::contains_key(&record.owner, id.to_be_bytes()),
				"an agent is not in the index of its owner"
			);
			if let Some(wallet) = &record.wallet {
				ensure!(!wallet.is_zero(), "a wallet is zero");
				ensure!(
					WalletAgents::<T>::contains_key(wallet, id.to_be_bytes()),
					"an agent is not in the index of its wallet"
				);
			}
			ensure!(record.owner != Self::agent_account(id), "an agent owns itself");
			Self::check_metadata(id, &record)?;
			ensure!(
				frame_system::Pallet::<T>::providers(&Self::agent_account(id)) >= ACCOUNT_REFERENCES,
				"an agent's account does not exist"
			);
		}
		ensure!(count == next, "the counter is not the number of agents");
		Ok(())
	}

	fn check_metadata(id: AgentId, record: &Agent) -> Result<(), TryRuntimeError> {
		let (mut count, mut bytes) = (0u32, 0u32);
		for (key, value) in Metadata::<T>::iter_prefix(id) {
			ensure!(key.as_slice() != WALLET_KEY, "the reserved key is stored as metadata");
			ensure!(!value.is_empty(), "an empty metadata entry is stored");
			count = count.saturating_add(1);
			bytes = bytes.saturating_add(Self::saturated_len(&key)).saturating_add(Self::saturated_len(&value));
		}
		ensure!(count == record.metadata_count, "the metadata count is not the number of entries");
		ensure!(bytes == record.metadata_bytes, "the metadata bytes are not those of the entries");
		ensure!(count <= T::MaxMetadata::get(), "an agent has too many metadata entries");
		Ok(())
	}

	fn check_indices() -> Result<(), TryRuntimeError> {
		let mut owned = BTreeMap::<AccountId32, u64>::new();
		for (owner, id) in OwnedAgents::<T>::iter_keys() {
			let record = Agents::<T>::get(AgentId::from_be_bytes(id));
			ensure!(record.is_some_and(|record| record.owner == owner), "the index of owners is wrong");
			let count = owned.entry(owner).or_default();
			*count = count.saturating_add(1);
		}
		ensure!(OwnedCount::<T>::iter().collect::<BTreeMap<_, _>>() == owned, "an owner's count is wrong");
		for (wallet, id) in WalletAgents::<T>::iter_keys() {
			let record = Agents::<T>::get(AgentId::from_be_bytes(id));
			ensure!(record.is_some_and(|record| record.wallet == Some(wallet)), "the index of wallets is wrong");
		}
		for (id, card) in Cards::<T>::iter() {
			ensure!(Agents::<T>::contains_key(id), "a card belongs to no agent");
			ensure!(card != Card::default(), "an empty card is stored");
		}
		for id in Metadata::<T>::iter_keys().map(|(id, _)| id).chain(Links::<T>::iter_keys()) {
			ensure!(Agents::<T>::contains_key(id), "metadata or a link belongs to no agent");
		}
		Ok(())
	}

	fn check_holds() -> Result<(), TryRuntimeError> {
		let mut agents = BTreeMap::<AccountId32, Balance>::new();
		for (id, record) in Agents::<T>::iter() {
			let footprint = Self::footprint(&record, Cards::<T>::get(id).uri.len());
			ensure!(
				Self::deposit_of(footprint) == Ok(record.deposit),
				"a deposit is not the price of the agent's footprint"
			);
			agents.insert(Self::agent_account(id), record.deposit);
		}
		let mut operators = BTreeMap::<AccountId32, Balance>::new();
		for (owner, operator, deposit) in Operators::<T>::iter() {
			ensure!(owner != operator, "an account is its own operator");
			let sum = operators.entry(owner).or_default();
			*sum = sum.checked_add(deposit).ok_or("the deposits of an owner overflow")?;
		}
		for who in frame_system::Account::<T>::iter_keys() {
			for (reason, held) in [(HoldReason::Agent, &mut agents), (HoldReason::Operator, &mut operators)] {
				ensure!(
					T::Currency::balance_on_hold(&reason.into(), &who) == held.remove(&who).unwrap_or_default(),
					"a hold is not the sum of the deposits"
				);
			}
		}
		ensure!(agents.is_empty() && operators.is_empty(), "an account that does not exist has deposits");
		Ok(())
	}

	fn check_feedback_state() -> Result<(), TryRuntimeError> {
		let mut sums = BTreeMap::<AgentId, (u64, u64, u64, FeedbackSum)>::new();
		let mut last = BTreeMap::<(AgentId, AccountId32), (u64, u64)>::new();
		let mut receipts = BTreeSet::new();
		for ((agent, client, index), feedback) in Feedbacks::<T>::iter() {
			ensure!(Agents::<T>::contains_key(agent), "feedback belongs to no agent");
			let (given, revoked, paid, sum) = sums.entry(agent).or_default();
			*given = given.saturating_add(1);
			if feedback.is_revoked {
				*revoked = revoked.saturating_add(1);
			} else {
				sum.add(feedback.value, feedback.decimals).map_err(|_| "stored feedback can not be counted")?;
				*paid = paid.saturating_add(feedback.paid.is_some().into());
			}
			if let Some(proof) = feedback.paid {
				ensure!(receipts.insert(proof.receipt), "a receipt served twice");
				ensure!(UsedReceipts::<T>::contains_key(proof.receipt), "a receipt is not marked as used");
			}
			let (count, highest) = last.entry((agent, client)).or_default();
			*count = count.saturating_add(1);
			*highest = index.max(*highest);
		}
		ensure!(UsedReceipts::<T>::iter().count() == receipts.len(), "a receipt is marked as used and is not");

		for ((agent, account), (count, highest)) in &last {
			let client = Clients::<T>::get(agent, account).ok_or("a client is not stored")?;
			ensure!(
				count == highest && *highest == client.last_index,
				"a client's last index is not the number of its feedback"
			);
			ensure!(ClientAt::<T>::get(agent, client.place).as_ref() == Some(account), "a client is not at its place");
		}
		ensure!(Clients::<T>::iter().count() == last.len(), "a client gave no feedback");
		ensure!(ClientAt::<T>::iter().count() == last.len(), "a place belongs to no client");
		for (agent, reputation) in Reputations::<T>::iter() {
			let (given, revoked, paid, all) = sums.remove(&agent).unwrap_or_default();
			ensure!(reputation.given == given && reputation.revoked == revoked, "the feedback is not counted right");
			ensure!(reputation.all == all, "the running sum is not the sum of the feedback");
			ensure!(reputation.paid.count() == paid, "the paid feedback is not counted right");
			ensure!(paid > 0 || reputation.paid == Reputation::default().paid, "nothing paid has a weight");
			let clients = ClientAt::<T>::iter_key_prefix(agent);
			ensure!(
				u32::try_from(clients.count()) == Ok(reputation.clients),
				"the number of clients is not that of places"
			);
		}
		ensure!(sums.is_empty(), "feedback has no running sum");
		Ok(())
	}

	fn check_responses() -> Result<(), TryRuntimeError> {
		// By agent, scope and responder, what the entries one step finer add up to.
		let mut expected = BTreeMap::<_, u64>::new();
		let mut add = |agent: AgentId, scope: Option<AccountId32>, by: Option<AccountId32>, count: u64| {
			let sum = expected.entry((agent, scope, by)).or_default();
			*sum = sum.saturating_add(count);
		};
		let mut by_feedback = BTreeMap::<_, (u64, u64)>::new();
		for ((agent, scope, by), count) in Responses::<T>::iter() {
			ensure!(count > 0, "an empty count of responses is stored");
			if let ResponseScope::Feedback(client, index) = scope {
				ensure!(Feedbacks::<T>::contains_key((agent, &client, index)), "a response belongs to no feedback");
				let (all, single) = by_feedback.entry((agent, client.clone(), index)).or_default();
				let sum = if by.is_some() { single } else { all };
				*sum = sum.saturating_add(count);
				add(agent, Some(client), by.clone(), count);
				add(agent, None, by, count);
			}
		}
		ensure!(
			by_feedback.values().all(|(all, single)| all == single),
			"the responders of feedback do not add up to its responses"
		);
		let mut coarse = 0usize;
		for ((agent, scope, by), count) in Responses::<T>::iter() {
			let scope = match scope {
				ResponseScope::Agent => None,
				ResponseScope::Client(client) => Some(client),
				ResponseScope::Feedback(..) => continue,
			};
			coarse = coarse.saturating_add(1);
			ensure!(expected.get(&(agent, scope, by)) == Some(&count), "a count of responses does not add up");
		}
		ensure!(coarse == expected.len(), "a count of responses is missing");
		Ok(())
	}

	fn check_validations() -> Result<(), TryRuntimeError> {
		let mut listed = BTreeSet::new();
		for (agent, place, request_hash) in AgentValidations::<T>::iter() {
			ensure!(place < AgentValidationCount::<T>::get(agent), "a validation's place is not below the count");
			ensure!(Validations::<T>::contains_key(agent, request_hash), "a listed validation does not exist");
			ensure!(listed.insert((agent, request_hash)), "a validation is listed twice");
		}
		let mut asked = BTreeSet::new();
		for (validator, place, id) in ValidatorRequests::<T>::iter() {
			let ValidationRef { agent, request_hash } = id;
			ensure!(place < ValidatorRequestCount::<T>::get(&validator), "a request's place is not below the count");
			let stored = Validations::<T>::get(agent, request_hash);
			ensure!(stored.is_some_and(|stored| stored.validator == validator), "a validator was not asked that");
			ensure!(asked.insert((agent, request_hash)), "a validator was asked twice");
		}
		fn total(mut counts: impl Iterator<Item = u64>) -> Option<usize> {
			counts.try_fold(0usize, |sum, count| sum.checked_add(usize::try_from(count).ok()?))
		}
		let stored = Validations::<T>::iter().count();
		ensure!(listed.len() == stored && asked.len() == stored, "a validation is not listed");
		ensure!(
			total(AgentValidationCount::<T>::iter_values()) == Some(stored)
				&& total(ValidatorRequestCount::<T>::iter_values()) == Some(stored),
			"validations are not counted right"
		);
		for (_, request_hash, validation) in Validations::<T>::iter() {
			ensure!(FirstByHash::<T>::contains_key(request_hash), "a validation is not found by its hash");
			ensure!(validation.response <= 100, "a response is above 100");
			ensure!(
				validation.has_response || (validation.response == 0 && validation.tag.is_empty()),
				"a pending validation has a response"
			);
		}
		for (request_hash, agent) in FirstByHash::<T>::iter() {
			ensure!(Validations::<T>::contains_key(agent, request_hash), "a hash leads to no validation");
		}
		Ok(())
	}
}
