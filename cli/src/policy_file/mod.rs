// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Policies as files: JSON that people can read and change.
//!
//! ```json
//! {
//!   "limits": [{"asset": "native", "per_transaction": "1", "per_day": "10", "lifetime": "1000"}],
//!   "calls": ["balances.transfer_keep_alive"],
//!   "destinations": ["5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"],
//!   "denied": [],
//!   "hours": ["mon-fri 08-18"],
//!   "max_computation": "5ms",
//!   "max_fee": "0.02",
//!   "transactions_per_hour": 60,
//!   "models": "any",
//!   "max_task_price": "0",
//!   "expires": "2027-01-01T00:00:00Z",
//!   "loosening_delay": "1d"
//! }
//! ```

mod hours;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path};

use aivm_client::{parse_account, AccountId, Amount, Asset, CallNames, Client, Limit, Policy, RunWeight, SYMBOL};
use serde::{Deserialize, Serialize};

use crate::{
	files,
	model_ref::ModelRef,
	policy_templates::{Open, Template},
	time, Failure,
};

/// Largest policy file, in bytes.
const MAX_FILE: u64 = 256 * 1024;
/// What stands for everything.
const ANY: &str = "any";
/// What stands for every hour.
const ALWAYS: &str = "always";
/// What stands for the largest number.
const UNLIMITED: &str = "unlimited";
/// A millisecond of computation, in picoseconds.
const MILLISECOND: u64 = 1_000_000_000;
/// Decimals of a millisecond.
const MILLISECOND_DECIMALS: usize = 9;

/// A policy as a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
	/// What may leave the account.
	pub limits: Vec<LimitFile>,
	/// The allowed calls: `pallet.call` or `pallet.*`.
	pub calls: Vec<String>,
	/// Who may be paid: `any` or accounts.
	pub destinations: Choice<String>,
	/// Who must not be paid in any case.
	#[serde(default)]
	pub denied: Vec<String>,
	/// When a key may act, in UTC: `always`, or lines such as `mon-fri 08-18`.
	pub hours: Choice<String>,
	/// The most computation that a call may take, such as `5ms`.
	pub max_computation: String,
	/// The most bytes that a proof of the call may have; no limit if it is absent.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub max_proof_bytes: Option<u64>,
	/// The highest fee, tip included, of a transaction.
	pub max_fee: String,
	/// Most transactions in any hour.
	pub transactions_per_hour: u32,
	/// The models that may be used: `any`, or numbers and names.
	pub models: Choice<NumberOrText>,
	/// The most that may be paid for one task.
	pub max_task_price: String,
	/// From when on nothing is allowed any more.
	#[serde(default)]
	pub expires: Option<String>,
	/// How long it takes before a less strict policy replaces this one.
	pub loosening_delay: String,
}

/// What may leave the account in one asset. Amounts of the native token are in AIVM, of others in their smallest unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitFile {
	/// `native`, or the number of an asset.
	pub asset: NumberOrText,
	/// In one transaction.
	pub per_transaction: String,
	/// In any 24 hours.
	pub per_day: String,
	/// Ever.
	pub lifetime: String,
}

/// Everything, by a word for it, or a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Choice<T> {
	/// A word.
	Word(String),
	/// These.
	Only(Vec<T>),
}

/// A number or a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NumberOrText {
	/// A number.
	Number(u32),
	/// A text.
	Text(String),
}

impl<T> Choice<T> {
	/// The list, or `None` for the word that stands for everything.
	fn list(&self, at: &str, word: &str) -> Result<Option<&[T]>, Failure> {
		match self {
			Self::Only(list) => Ok(Some(list)),
			Self::Word(text) if text == word => Ok(None),
			Self::Word(text) => Err(wrong(at, format!("is {text:?}; it must be {word:?} or a list"))),
		}
	}

	/// The list, or the word that stands for everything.
	fn new(list: Option<Vec<T>>, word: &str) -> Self {
		list.map_or_else(|| Self::Word(word.into()), Self::Only)
	}
}

/// The failure about one member of a file.
fn wrong(at: &str, reason: impl std::fmt::Display) -> Failure {
	Failure::bad_input(format!("`{at}` of the policy {reason}"))
		.with_cure("see docs/guides/cli.md for the form of a policy file, or make one with `aivm policy init`")
}

/// The failure about one member of a file that somebody else could not read.
fn unreadable(at: &str) -> impl Fn(aivm_client::Error) -> Failure + '_ {
	move |error| wrong(at, format!("cannot be read: {error}"))
}

/// An amount of an asset.
fn amount(at: &str, asset: Asset, text: &str) -> Result<u128, Failure> {
	if text.trim() == UNLIMITED {
		return Ok(u128::MAX);
	}
	match asset {
		Asset::Native => text.parse::<Amount>().map(|amount| amount.0).map_err(|error| wrong(at, error)),
		Asset::Other(_) => text.trim().parse().map_err(|_| {
			wrong(at, format!("is {text:?}; it must be a whole number of the asset's smallest unit, or {UNLIMITED:?}"))
		}),
	}
}

/// An amount of the native token.
fn native(at: &str, text: &str) -> Result<Amount, Failure> {
	amount(at, Asset::Native, text).map(Amount)
}

/// An amount of an asset as [`amount`] reads it.
fn show_amount(asset: Asset, units: u128) -> String {
	match (asset, units) {
		(_, u128::MAX) => UNLIMITED.into(),
		(Asset::Native, units) => Amount(units).to_string().trim_end_matches(SYMBOL).trim_end().into(),
		(Asset::Other(_), units) => units.to_string(),
	}
}

/// Computation: milliseconds with up to nine decimals, in picoseconds.
fn computation(at: &str, text: &str) -> Result<u64, Failure> {
	let malformed =
		|| wrong(at, format!("is {text:?}; it must be a number of milliseconds such as \"5ms\", or {UNLIMITED:?}"));
	let text = text.trim();
	if text == UNLIMITED {
		return Ok(u64::MAX);
	}
	let number = text.strip_suffix("ms").map(str::trim_end).ok_or_else(malformed)?;
	let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
	let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	if !digits(whole) || !digits(part) || part.len() > MILLISECOND_DECIMALS {
		return Err(malformed());
	}
	let whole: u64 = whole.parse().map_err(|_| malformed())?;
	let part: u64 = format!("{part:0<MILLISECOND_DECIMALS$}").parse().map_err(|_| malformed())?;
	whole.checked_mul(MILLISECOND).and_then(|total| total.checked_add(part)).ok_or_else(malformed)
}

/// Computation as [`computation`] reads it.
fn show_computation(picoseconds: u64) -> String {
	if picoseconds == u64::MAX {
		return UNLIMITED.into();
	}
	let (whole, part) = (picoseconds / MILLISECOND, picoseconds % MILLISECOND);
	let digits = format!("{part:0MILLISECOND_DECIMALS$}");
	match digits.trim_end_matches('0') {
		"" => format!("{whole}ms"),
		digits => format!("{whole}.{digits}ms"),
	}
}

/// Accounts of a list.
fn accounts(at: &str, list: &[String]) -> Result<Vec<AccountId>, Failure> {
	let read = |(place, text): (usize, &String)| {
		parse_account(text).map_err(|error| unreadable(&format!("{at}[{place}]"))(error))
	};
	list.iter().enumerate().map(read).collect()
}

impl PolicyFile {
	/// Reads a file.
	pub fn read(path: &Path) -> Result<Self, Failure> {
		let text = files::read_text(path, "policy file", MAX_FILE)?;
		Self::from_json(&text).map_err(|failure| Failure {
			cause: format!("the policy file {} is malformed: {}", path.display(), failure.cause),
			..failure
		})
	}

	/// Reads the text of a file.
	pub fn from_json(text: &str) -> Result<Self, Failure> {
		serde_json::from_str(text).map_err(|error| {
			// What does not fit is told by place; the names of this program's types mean nothing to people.
			let reason = error.to_string();
			let reason = match reason.strip_prefix("data did not match any variant of untagged enum") {
				Some(rest) => format!("neither the word nor the list that is expected stands{}", after_name(rest)),
				None => reason,
			};
			Failure::bad_input(reason)
				.with_cure("see docs/guides/cli.md for the form of a policy file, or make one with `aivm policy init`")
		})
	}

	/// The file's text.
	pub fn to_json(&self) -> String {
		serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
	}

	/// The names of models in it, each once.
	fn model_names(&self) -> Result<Vec<String>, Failure> {
		let list = self.models.list("models", ANY)?.unwrap_or_default();
		let names = list.iter().filter_map(|model| match model {
			NumberOrText::Text(name) => Some(name.clone()),
			NumberOrText::Number(_) => None,
		});
		Ok(names.collect())
	}

	/// The policy, in the form that the chain takes, with the runtime's calls and models.
	pub async fn resolve(&self, client: &Client) -> Result<Policy, Failure> {
		let mut models = BTreeMap::new();
		for name in self.model_names()? {
			let model: ModelRef = name.parse().map_err(|error| wrong("models", format!("names no model: {error}")))?;
			models.insert(name, model.model(client).await?);
		}
		self.to_policy(&client.call_names().await?, &models)
	}

	/// [`Self::resolve`] with what the chain says.
	fn to_policy(&self, names: &CallNames, models: &BTreeMap<String, u32>) -> Result<Policy, Failure> {
		let mut limits: Vec<Limit> = Vec::new();
		for (place, limit) in self.limits.iter().enumerate() {
			let at = |member: &str| format!("limits[{place}].{member}");
			let asset = match &limit.asset {
				NumberOrText::Number(id) => Asset::Other(*id),
				NumberOrText::Text(text) => text.parse().map_err(unreadable(&at("asset")))?,
			};
			if limits.iter().any(|other| other.asset == asset) {
				return Err(wrong(&at("asset"), format!("is {asset}, which has a limit already")));
			}
			limits.push(Limit {
				asset,
				per_transaction: amount(&at("per_transaction"), asset, &limit.per_transaction)?,
				per_day: amount(&at("per_day"), asset, &limit.per_day)?,
				lifetime: amount(&at("lifetime"), asset, &limit.lifetime)?,
			});
		}
		let mut calls = Vec::new();
		for (place, call) in self.calls.iter().enumerate() {
			calls.push(names.rule(call).map_err(unreadable(&format!("calls[{place}]")))?);
		}
		let hours = self.hours.list("hours", ALWAYS)?.map(hours::parse).transpose();
		let chosen = self.models.list("models", ANY)?.map(|list| {
			let number = |model: &NumberOrText| match model {
				NumberOrText::Number(id) => Ok(*id),
				NumberOrText::Text(name) => {
					models.get(name).copied().ok_or_else(|| wrong("models", format!("names no model: {name:?}")))
				}
			};
			list.iter().map(number).collect::<Result<Vec<u32>, Failure>>()
		});
		let destinations = self.destinations.list("destinations", ANY)?;
		let policy = Policy {
			limits,
			calls,
			destinations: destinations.map(|list| accounts("destinations", list)).transpose()?,
			denied: accounts("denied", &self.denied)?,
			hours: hours.map_err(|reason| wrong("hours", format!("cannot be read: {reason}")))?,
			max_weight: RunWeight {
				ref_time: computation("max_computation", &self.max_computation)?,
				proof_size: self.max_proof_bytes.unwrap_or(u64::MAX),
			},
			max_fee: native("max_fee", &self.max_fee)?,
			transactions_per_hour: self.transactions_per_hour,
			models: chosen.transpose()?,
			max_task_price: native("max_task_price", &self.max_task_price)?,
			expires: match &self.expires {
				Some(text) => Some(time::parse_time(text).map_err(|reason| wrong("expires", reason))?),
				None => None,
			},
			loosening_delay: time::parse_duration(&self.loosening_delay)
				.map_err(|reason| wrong("loosening_delay", format!("cannot be read: {reason}")))?,
		};
		Ok(policy.canonical())
	}

	/// A policy of the chain as a file.
	pub fn from_policy(policy: &Policy, names: &CallNames) -> Self {
		let limit = |limit: &Limit| LimitFile {
			asset: match limit.asset {
				Asset::Native => NumberOrText::Text(limit.asset.to_string()),
				Asset::Other(id) => NumberOrText::Number(id),
			},
			per_transaction: show_amount(limit.asset, limit.per_transaction),
			per_day: show_amount(limit.asset, limit.per_day),
			lifetime: show_amount(limit.asset, limit.lifetime),
		};
		let list = |accounts: &Vec<AccountId>| accounts.iter().map(ToString::to_string).collect::<Vec<_>>();
		let models = policy.models.as_ref().map(|list| list.iter().copied().map(NumberOrText::Number).collect());
		Self {
			limits: policy.limits.iter().map(limit).collect(),
			calls: policy.calls.iter().map(|rule| names.name(*rule)).collect(),
			destinations: Choice::new(policy.destinations.as_ref().map(list), ANY),
			denied: list(&policy.denied),
			hours: Choice::new(policy.hours.map(hours::show), ALWAYS),
			max_computation: show_computation(policy.max_weight.ref_time),
			max_proof_bytes: (policy.max_weight.proof_size != u64::MAX).then_some(policy.max_weight.proof_size),
			max_fee: show_amount(Asset::Native, policy.max_fee.0),
			transactions_per_hour: policy.transactions_per_hour,
			models: Choice::new(models, ANY),
			max_task_price: show_amount(Asset::Native, policy.max_task_price.0),
			expires: policy.expires.map(time::show_time),
			loosening_delay: time::show_duration(policy.loosening_delay),
		}
	}

	/// A template with what its owner says. What stays open allows nothing.
	pub fn from_template(template: &Template, filled: Filled) -> Self {
		let native = template.native.map(|limits| LimitFile {
			asset: NumberOrText::Text(Asset::Native.to_string()),
			per_transaction: show_amount(Asset::Native, limits.per_transaction),
			per_day: show_amount(Asset::Native, limits.per_day),
			lifetime: show_amount(Asset::Native, limits.lifetime),
		});
		Self {
			limits: native.into_iter().chain(filled.assets).collect(),
			calls: template
				.calls
				.iter()
				.map(|(pallet, call)| format!("{}.{call}", pallet.to_ascii_lowercase()))
				.collect(),
			destinations: Choice::Only(filled.destinations.iter().map(ToString::to_string).collect()),
			denied: Vec::new(),
			hours: Choice::Word(ALWAYS.into()),
			max_computation: show_computation(template.max_ref_time),
			max_proof_bytes: None,
			max_fee: show_amount(Asset::Native, template.max_fee),
			transactions_per_hour: template.transactions_per_hour,
			models: Choice::Only(filled.models),
			max_task_price: show_amount(Asset::Native, template.max_task_price),
			expires: filled.expires.map(time::show_time),
			loosening_delay: time::show_duration(template.loosening_delay),
		}
	}

	/// What an owner should know before setting it: rules under which keys can do less than it looks.
	pub fn remarks(&self) -> Vec<String> {
		let mut remarks = Vec::new();
		if self.calls.is_empty() {
			remarks.push("it allows no call, so session keys can send nothing");
		} else if !self.limits.iter().any(|limit| matches!(&limit.asset, NumberOrText::Text(text) if text == "native"))
		{
			remarks
				.push("it has no limit for the native token, so no fee can be paid and session keys can send nothing");
		}
		let pays = |call: &String| {
			let call = call.to_ascii_lowercase();
			call.starts_with("balances.") || call.starts_with("assets.")
		};
		if self.calls.iter().any(pays) && self.destinations == Choice::Only(Vec::new()) {
			remarks.push("it allows transfers but names no destination, so nobody can be paid");
		}
		let runs = self.calls.iter().any(|call| call.to_ascii_lowercase().starts_with("tasks."));
		if runs && self.models == Choice::Only(Vec::new()) {
			remarks.push("it allows tasks but names no model, so none can be run");
		}
		if self.hours == Choice::Only(Vec::new()) {
			remarks.push("it names no hours, so session keys can never act");
		}
		remarks.into_iter().map(str::to_owned).collect()
	}
}

/// What the owner fills into a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
	/// Who may be paid.
	pub destinations: Vec<AccountId>,
	/// Limits of assets besides the native token.
	pub assets: Vec<LimitFile>,
	/// The models that may be used.
	pub models: Vec<NumberOrText>,
	/// When it ends.
	pub expires: Option<u64>,
}

impl Filled {
	/// What a template asks for and was not filled in.
	pub fn still_open(&self, template: &Template) -> Vec<Open> {
		let empty = |open: &&Open| match open {
			Open::Destinations => self.destinations.is_empty(),
			Open::Assets => self.assets.is_empty(),
			Open::Models => self.models.is_empty(),
		};
		template.open.iter().filter(empty).copied().collect()
	}
}

/// What follows the first word.
fn after_name(text: &str) -> String {
	text.trim_start().split_once(' ').map(|(_, rest)| format!(" {rest}")).unwrap_or_default()
}
