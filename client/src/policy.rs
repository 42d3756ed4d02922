// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Policies: what session keys of an agent may do, and whether they may do something now.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use subxt::tx::Payload;

use crate::{
	agents::no_agent,
	bindings::{api, policy_types, BoundedVec, ChainAsset},
	AccountId, Amount, Client, Error, HexBytes, Included, Refusal, Result, RunWeight, Sender, Until, H256,
};

/// An asset that a policy can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
	/// The native token.
	Native,
	/// An asset of the pallet Assets.
	Other(u32),
}

impl fmt::Display for Asset {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Native => f.pad("native"),
			Self::Other(id) => f.pad(&id.to_string()),
		}
	}
}

impl FromStr for Asset {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self> {
		match text.trim() {
			"native" => Ok(Self::Native),
			number => number
				.parse()
				.map(Self::Other)
				.map_err(|_| Error::BadInput(format!("{text:?} is no asset; write native, or the number of an asset"))),
		}
	}
}

impl Serialize for Asset {
	fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl Asset {
	/// So many of its smallest unit, as people write it.
	pub fn amount(self, units: u128) -> String {
		match self {
			Self::Native => Amount(units).to_string(),
			Self::Other(id) => format!("{units} of asset {id}"),
		}
	}

	pub(crate) fn from_chain(asset: &ChainAsset) -> Self {
		match asset {
			ChainAsset::Native => Self::Native,
			ChainAsset::Asset(id) => Self::Other(*id),
		}
	}

	fn to_chain(self) -> ChainAsset {
		match self {
			Self::Native => ChainAsset::Native,
			Self::Other(id) => ChainAsset::Asset(id),
		}
	}
}

/// What may leave the account in one asset, in its smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
	/// The asset.
	pub asset: Asset,
	/// In one transaction. Fees do not count.
	pub per_transaction: u128,
	/// In any 24 hours. In the native token, fees and tips count.
	pub per_day: u128,
	/// Ever. In the native token, fees and tips count.
	pub lifetime: u128,
}

/// Calls that are allowed, by their numbers: one, or all of a pallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallRule {
	/// The pallet's index in the runtime.
	pub pallet: u8,
	/// The call's index in the pallet, or `None` for every call of the pallet.
	pub call: Option<u8>,
}

/// What session keys of an agent may do, or one session key. Whatever is not allowed is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
	/// What may leave the account. An asset without a limit must not leave it.
	pub limits: Vec<Limit>,
	/// The allowed calls.
	pub calls: Vec<CallRule>,
	/// Who may be paid; `None` is everybody who is not denied.
	pub destinations: Option<Vec<AccountId>>,
	/// Who must not be paid in any case.
	pub denied: Vec<AccountId>,
	/// For each weekday from Monday on, the hours in UTC as bits, bit 0 from 00:00; `None` is always.
	pub hours: Option<[u32; 7]>,
	/// The most weight that the call of a transaction may have.
	pub max_weight: RunWeight,
	/// The highest fee, tip included, of a transaction.
	pub max_fee: Amount,
	/// Most transactions in any hour.
	pub transactions_per_hour: u32,
	/// The models that may be used; `None` is every model.
	pub models: Option<Vec<u32>>,
	/// The most that may be paid for one task.
	pub max_task_price: Amount,
	/// The second of Unix time from which on nothing is allowed any more.
	pub expires: Option<u64>,
	/// How many seconds pass before a less strict policy replaces this one.
	pub loosening_delay: u64,
}

impl Policy {
	/// The same in the one form that the chain takes: lists in ascending order, without duplicates.
	pub fn canonical(mut self) -> Self {
		fn sorted<T: Ord>(list: &mut Vec<T>) {
			list.sort_unstable();
			list.dedup();
		}
		sorted(&mut self.limits);
		sorted(&mut self.calls);
		sorted(&mut self.denied);
		if let Some(list) = &mut self.destinations {
			sorted(list);
		}
		if let Some(list) = &mut self.models {
			sorted(list);
		}
		self
	}

	pub(crate) fn to_chain(&self) -> policy_types::Policy {
		let policy = self.clone().canonical();
		let limit = |limit: Limit| policy_types::Limit {
			asset: limit.asset.to_chain(),
			per_transaction: limit.per_transaction,
			per_day: limit.per_day,
			lifetime: limit.lifetime,
		};
		let rule = |rule: CallRule| policy_types::CallRule { pallet: rule.pallet, call: rule.call };
		policy_types::Policy {
			limits: BoundedVec(policy.limits.into_iter().map(limit).collect()),
			calls: BoundedVec(policy.calls.into_iter().map(rule).collect()),
			destinations: match policy.destinations {
				None => policy_types::Destinations::Any,
				Some(list) => policy_types::Destinations::Only(BoundedVec(list)),
			},
			denied: BoundedVec(policy.denied),
			hours: match policy.hours {
				None => policy_types::Hours::Always,
				Some(hours) => policy_types::Hours::Weekly(hours),
			},
			max_weight: policy.max_weight.to_chain(),
			max_fee: policy.max_fee.0,
			transactions_per_hour: policy.transactions_per_hour,
			models: match policy.models {
				None => policy_types::Models::Any,
				Some(list) => policy_types::Models::Only(BoundedVec(list)),
			},
			max_task_price: policy.max_task_price.0,
			expires: policy.expires,
			loosening_delay: policy.loosening_delay,
		}
	}

	pub(crate) fn from_chain(policy: policy_types::Policy) -> Self {
		let limit = |limit: policy_types::Limit| Limit {
			asset: Asset::from_chain(&limit.asset),
			per_transaction: limit.per_transaction,
			per_day: limit.per_day,
			lifetime: limit.lifetime,
		};
		let rule = |rule: policy_types::CallRule| CallRule { pallet: rule.pallet, call: rule.call };
		Self {
			limits: policy.limits.0.into_iter().map(limit).collect(),
			calls: policy.calls.0.into_iter().map(rule).collect(),
			destinations: match policy.destinations {
				policy_types::Destinations::Any => None,
				policy_types::Destinations::Only(list) => Some(list.0),
			},
			denied: policy.denied.0,
			hours: match policy.hours {
				policy_types::Hours::Always => None,
				policy_types::Hours::Weekly(hours) => Some(hours),
			},
			max_weight: RunWeight::from_chain(&policy.max_weight),
			max_fee: Amount(policy.max_fee),
			transactions_per_hour: policy.transactions_per_hour,
			models: match policy.models {
				policy_types::Models::Any => None,
				policy_types::Models::Only(list) => Some(list.0),
			},
			max_task_price: Amount(policy.max_task_price),
			expires: policy.expires,
			loosening_delay: policy.loosening_delay,
		}
	}
}

/// A policy that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInForce {
	/// The policy.
	pub policy: Policy,
	/// Its version.
	pub version: u32,
	/// Its hash.
	pub hash: H256,
	/// Whether every session key is stopped.
	pub frozen: bool,
}

/// A policy that comes into force later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPolicy {
	/// The policy.
	pub policy: Policy,
	/// Its hash as the version that it will be.
	pub hash: H256,
	/// The second of Unix time from which on it is in force.
	pub due: u64,
}

/// When a policy that was set comes into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "in_force")]
pub enum PolicyOutcome {
	/// At once.
	Now {
		/// Its version.
		version: u32,
		/// Its hash.
		hash: H256,
	},
	/// Later, because it allows more than the one in force.
	Later {
		/// From this second of Unix time on.
		due: u64,
		/// Its hash.
		hash: H256,
	},
}

/// What session keys paid in one asset, in its smallest unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
	/// In the last 24 hours, rounded up to whole hours.
	pub day: u128,
	/// Ever.
	pub lifetime: u128,
}

/// Whose rule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
	/// Of every transaction.
	Transaction,
	/// The agent's policy.
	Agent,
	/// The session key's own restriction.
	Key,
}

/// One rule, applied to one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
	/// The refusal that breaking the rule gives, which names it.
	pub rule: Refusal,
	/// Whose rule it is.
	pub scope: Scope,
	/// The asset that it is about.
	pub asset: Option<Asset>,
	/// Whether the transaction respects it.
	pub allowed: bool,
	/// The rule's number, for rules with one.
	pub limit: u128,
	/// What is used up of it before the transaction.
	pub used: u128,
	/// What the transaction needs of it.
	pub requested: u128,
	/// What it leaves after the transaction.
	pub remaining: u128,
}

/// Whether a transaction would be let through now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
	/// Whether every rule is respected.
	pub allowed: bool,
	/// Whether the call must be sent inside of `act`.
	pub needs_act: bool,
	/// The highest fee that the transaction can cost, without a tip.
	pub fee: Amount,
	/// Every rule that was applied.
	pub checks: Vec<Check>,
}

impl Verdict {
	fn from_chain(verdict: policy_types::Verdict) -> Self {
		let check = |(check, remaining): (policy_types::Check, u128)| Check {
			rule: Refusal::from_policy_name(&format!("{:?}", check.rule)),
			scope: match check.scope {
				policy_types::Scope::Transaction => Scope::Transaction,
				policy_types::Scope::Agent => Scope::Agent,
				policy_types::Scope::Key => Scope::Key,
			},
			asset: check.asset.as_ref().map(Asset::from_chain),
			allowed: check.allowed,
			limit: check.limit,
			used: check.used,
			requested: check.requested,
			remaining,
		};
		Self {
			allowed: verdict.allowed,
			needs_act: verdict.needs_act,
			fee: Amount(verdict.fee),
			checks: verdict.checks.into_iter().map(check).collect(),
		}
	}
}

/// The names and numbers of the calls of a runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallNames {
	/// The pallets with calls.
	pub pallets: Vec<PalletCalls>,
}

/// A pallet and its calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PalletCalls {
	/// The pallet's index in the runtime.
	pub index: u8,
	/// The pallet's name.
	pub name: String,
	/// The index and name of each call.
	pub calls: Vec<(u8, String)>,
}

/// Names that differ only in case and underscores are the same: `ModelRegistry` and `model_registry`.
fn same_name(left: &str, right: &str) -> bool {
	let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
	plain(left) == plain(right)
}

impl CallNames {
	/// The rule that `balances.transfer_keep_alive` or `balances.*` names.
	pub fn rule(&self, name: &str) -> Result<CallRule> {
		let wrong = |reason: String| {
			Error::BadInput(format!("{name:?} names no call: {reason}; write pallet.call or pallet.*"))
		};
		let (pallet, call) = name.trim().split_once('.').ok_or_else(|| wrong("it has no point".into()))?;
		let found = self.pallets.iter().find(|other| same_name(&other.name, pallet));
		let PalletCalls { index, calls, .. } = found.ok_or_else(|| {
			let known: Vec<&str> = self.pallets.iter().map(|pallet| pallet.name.as_str()).collect();
			wrong(format!("the runtime has no pallet {pallet} with calls, but {}", known.join(", ")))
		})?;
		if call == "*" {
			return Ok(CallRule { pallet: *index, call: None });
		}
		let found = calls.iter().find(|(_, other)| same_name(other, call));
		let (call, _) = found.ok_or_else(|| {
			let known: Vec<&str> = calls.iter().map(|(_, name)| name.as_str()).collect();
			wrong(format!("the pallet has no call {call}, but {}", known.join(", ")))
		})?;
		Ok(CallRule { pallet: *index, call: Some(*call) })
	}

	/// The name of a rule, or its numbers if the runtime does not have such a call.
	pub fn name(&self, rule: CallRule) -> String {
		let pallet = self.pallets.iter().find(|pallet| pallet.index == rule.pallet);
		let Some(PalletCalls { name, calls, .. }) = pallet else {
			return match rule.call {
				Some(call) => format!("{}.{call}", rule.pallet),
				None => format!("{}.*", rule.pallet),
			};
		};
		let pallet = snake(name);
		match rule.call {
			None => format!("{pallet}.*"),
			Some(call) => match calls.iter().find(|(index, _)| *index == call) {
				Some((_, name)) => format!("{pallet}.{name}"),
				None => format!("{pallet}.{call}"),
			},
		}
	}

	/// Which call encoded bytes are.
	pub fn of_call(&self, call: &[u8]) -> Option<String> {
		match call {
			[pallet, call, ..] => Some(self.name(CallRule { pallet: *pallet, call: Some(*call) })),
			_ => None,
		}
	}
}

/// `ModelRegistry` as `model_registry`.
fn snake(name: &str) -> String {
	let mut text = String::new();
	for letter in name.chars() {
		if letter.is_ascii_uppercase() && !text.is_empty() {
			text.push('_');
		}
		text.push(letter.to_ascii_lowercase());
	}
	text
}

impl Client {
	/// The policy of an agent that is in force, if it has one.
	pub async fn policy(&self, agent: u64) -> Result<Option<PolicyInForce>> {
		let call = api::view_functions().policy().policy_of(agent);
		let found = self.view(&self.at_best().await?, call).await?;
		Ok(found.map(|found| PolicyInForce {
			policy: Policy::from_chain(found.policy),
			version: found.version,
			hash: found.hash,
			frozen: found.frozen,
		}))
	}

	/// The policy of an agent that is waiting to come into force.
	pub async fn pending_policy(&self, agent: u64) -> Result<Option<PendingPolicy>> {
		let call = api::view_functions().policy().pending_of(agent);
		let found = self.view(&self.at_best().await?, call).await?;
		Ok(found.map(|found| PendingPolicy {
			policy: Policy::from_chain(found.policy),
			hash: found.hash,
			due: found.due,
		}))
	}

	/// What the session keys of an agent paid in an asset.
	pub async fn spent(&self, agent: u64, asset: Asset) -> Result<Spent> {
		let call = api::view_functions().policy().spent(agent, asset.to_chain());
		let spent = self.view(&self.at_best().await?, call).await?;
		Ok(Spent { day: spent.day, lifetime: spent.lifetime })
	}

	/// What one session key paid in an asset.
	pub async fn spent_by_key(&self, key: &AccountId, asset: Asset) -> Result<Spent> {
		let call = api::view_functions().policy().spent_by_key(*key, asset.to_chain());
		let spent = self.view(&self.at_best().await?, call).await?;
		Ok(Spent { day: spent.day, lifetime: spent.lifetime })
	}

	/// Whether session keys of an agent, or `key` if given, can send an encoded call now, with every rule.
	pub async fn would_allow(&self, agent: u64, key: Option<AccountId>, call: Vec<u8>) -> Result<Verdict> {
		let view = api::view_functions().policy().would_allow(agent, key, call, None);
		let verdict = self.view(&self.at_best().await?, view).await?;
		verdict.map(Verdict::from_chain).map_err(|reason| match reason {
			policy_types::NoVerdict::UnknownAgent => no_agent(agent),
			policy_types::NoVerdict::UndecodableCall => Error::BadInput(
				"the bytes are no call of this chain; give the encoded call, pallet and call number first".into(),
			),
			policy_types::NoVerdict::UnknownKey => Error::NotFound(format!(
				"that account is no session key of agent {agent}; list its keys with `aivm session list {agent}`"
			)),
		})
	}

	/// The names of all calls of the runtime, also of pallets that this crate has no functions for.
	pub async fn call_names(&self) -> Result<CallNames> {
		let at = self.at_best().await?;
		let pallets = at.metadata_ref().pallets().filter_map(|pallet| {
			let calls = pallet.call_variants()?;
			let calls = calls.iter().map(|variant| (variant.index, variant.name.clone())).collect();
			Some(PalletCalls { index: pallet.call_index(), name: pallet.name().to_owned(), calls })
		});
		Ok(CallNames { pallets: pallets.collect() })
	}

	/// The encoded call of a transfer, as [`Sender::transfer`] sends it.
	pub async fn encode_transfer(&self, to: &AccountId, amount: Amount) -> Result<HexBytes> {
		self.encode(&crate::account::transfer_call(to, amount)).await
	}

	/// The encoded call of an inference, as [`Sender::infer`] sends it.
	pub async fn encode_infer(
		&self,
		version: crate::VersionId,
		input: Vec<u8>,
		limits: crate::InferLimits,
	) -> Result<HexBytes> {
		self.encode(&crate::tasks::infer_call(version, input, limits)).await
	}

	/// A call as it stands in transactions.
	pub(crate) async fn encode(&self, call: &impl Payload) -> Result<HexBytes> {
		let at = self.at_best().await?;
		let what = format!("call {}.{}", call.pallet_name(), call.call_name());
		at.tx().validate(call).map_err(|error| self.error(error, &what))?;
		at.tx().call_data(call).map(HexBytes).map_err(|error| self.error(error, &what))
	}
}

impl Sender {
	/// States what session keys of an agent may do.
	pub async fn set_policy(&self, agent: u64, policy: &Policy, until: Until) -> Result<(PolicyOutcome, Included)> {
		let call = api::tx().policy().set_policy(agent, policy.to_chain());
		let included = self.send(&call, until).await?;
		if let Some(pending) = included.event::<api::policy::events::PolicyPending>()? {
			return Ok((PolicyOutcome::Later { due: pending.due, hash: pending.hash }, included));
		}
		let set: api::policy::events::PolicySet = included.expect_event("PolicySet")?;
		Ok((PolicyOutcome::Now { version: set.version, hash: set.hash }, included))
	}

	/// Does not let the pending policy come into force.
	pub async fn cancel_pending_policy(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().policy().cancel_pending(agent), until).await
	}

	/// Removes the policy of an agent without session keys, and gets its deposit back.
	pub async fn remove_policy(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().policy().remove_policy(agent), until).await
	}

	/// Stops every session key of an agent at once.
	pub async fn freeze_agent(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().policy().freeze(agent), until).await
	}

	/// Lets the session keys of an agent act again.
	pub async fn unfreeze_agent(&self, agent: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().policy().unfreeze(agent), until).await
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn names() -> CallNames {
		let pallet = |index, name: &str, calls: &[&str]| PalletCalls {
			index,
			name: name.into(),
			calls: (0..).zip(calls.iter().map(|name| (*name).to_owned())).collect(),
		};
		CallNames {
			pallets: vec![
				pallet(3, "Balances", &["transfer_allow_death", "transfer_keep_alive"]),
				pallet(50, "ModelRegistry", &["register_model"]),
			],
		}
	}

	#[test]
	fn call_should_be_found_by_the_name_that_it_is_shown_with() {
		let names = names();
		for (text, pallet, call) in [
			("balances.transfer_keep_alive", 3, Some(1)),
			("balances.*", 3, None),
			("model_registry.register_model", 50, Some(0)),
		] {
			let rule = CallRule { pallet, call };
			assert_eq!(names.rule(text).unwrap(), rule);
			assert_eq!(names.name(rule), text);
		}
		// As the metadata and Polkadot.js write it.
		assert_eq!(names.rule("ModelRegistry.registerModel").unwrap(), CallRule { pallet: 50, call: Some(0) });
		assert_eq!(names.of_call(&[3, 1, 9]).unwrap(), "balances.transfer_keep_alive");
		assert_eq!(names.of_call(&[3]), None);
	}

	#[test]
	fn call_should_be_refused_with_what_there_is_when_it_is_unknown() {
		for (text, expected) in
			[("balances", "no point"), ("assets.transfer", "Balances"), ("balances.burn", "transfer_allow_death")]
		{
			let error = names().rule(text).unwrap_err().to_string();
			assert!(error.contains(expected), "{error}");
		}
		assert_eq!(names().name(CallRule { pallet: 9, call: Some(8) }), "9.8");
		assert_eq!(names().name(CallRule { pallet: 3, call: Some(8) }), "balances.8");
	}

	#[test]
	fn policy_should_become_canonical_on_the_way_to_the_chain() {
		let account = |byte: u8| AccountId::from([byte; 32]);
		let limit = |asset| Limit { asset, per_transaction: 1, per_day: 2, lifetime: 3 };
		let policy = Policy {
			limits: vec![limit(Asset::Other(7)), limit(Asset::Native)],
			calls: vec![
				CallRule { pallet: 3, call: Some(0) },
				CallRule { pallet: 3, call: None },
				CallRule { pallet: 3, call: None },
			],
			destinations: Some(vec![account(9), account(1), account(9)]),
			denied: vec![account(3), account(2)],
			hours: Some([1, 2, 3, 4, 5, 6, 7]),
			max_weight: RunWeight { ref_time: 5, proof_size: 6 },
			max_fee: Amount(7),
			transactions_per_hour: 8,
			models: Some(vec![2, 1, 2]),
			max_task_price: Amount(9),
			expires: Some(10),
			loosening_delay: 11,
		};
		let back = Policy::from_chain(policy.to_chain());
		assert_eq!(back, policy.clone().canonical());
		assert_eq!(back.limits.first().unwrap().asset, Asset::Native);
		assert_eq!(back.calls, [CallRule { pallet: 3, call: None }, CallRule { pallet: 3, call: Some(0) }]);
		assert_eq!(back.destinations, Some(vec![account(1), account(9)]));
		assert_eq!(back.models, Some(vec![1, 2]));

		let open = Policy::default();
		assert_eq!(Policy::from_chain(open.to_chain()), open);
	}

	#[test]
	fn asset_should_be_read_as_it_is_written() {
		for asset in [Asset::Native, Asset::Other(7)] {
			assert_eq!(asset.to_string().parse::<Asset>().unwrap(), asset);
		}
		assert!("gold".parse::<Asset>().is_err());
	}
}
