// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verdicts about session keys' transactions, in words: a sentence for each rule.

use aivm_client::{Amount, Asset, Check, RunWeight, Scope, Verdict};
use serde::Serialize;

use crate::time::show_time;

/// Numbers from here on are seconds of Unix time, smaller ones are heights of blocks.
const TIMES_BEGIN: u128 = 1_000_000_000;

/// A verdict with its sentences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
	/// Whether every rule is respected.
	pub allowed: bool,
	/// Whether the call is sent inside of `act`, which measures what it spends.
	pub needs_act: bool,
	/// The highest fee that the transaction can cost.
	pub fee: Amount,
	/// Every rule that was applied.
	pub checks: Vec<Rule>,
}

/// One rule, applied to the transaction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
	/// The refusal that breaking it gives.
	pub rule: String,
	/// The refusal's number.
	pub code: Option<u8>,
	/// Whose rule it is.
	pub scope: Scope,
	/// The asset that it is about.
	pub asset: Option<Asset>,
	/// Whether the transaction respects it.
	pub allowed: bool,
	/// The rule's number.
	pub limit: String,
	/// What is used up of it.
	pub used: String,
	/// What the transaction needs of it.
	pub requested: String,
	/// What it leaves after the transaction.
	pub remaining: String,
	/// All of this in words.
	pub sentence: String,
}

impl From<&Verdict> for Explained {
	fn from(verdict: &Verdict) -> Self {
		let rule = |check: &Check| Rule {
			rule: check.rule.name().to_owned(),
			code: check.rule.number(),
			scope: check.scope,
			asset: check.asset,
			allowed: check.allowed,
			limit: check.limit.to_string(),
			used: check.used.to_string(),
			requested: check.requested.to_string(),
			remaining: check.remaining.to_string(),
			sentence: sentence(check),
		};
		Self {
			allowed: verdict.allowed,
			needs_act: verdict.needs_act,
			fee: verdict.fee,
			checks: verdict.checks.iter().map(rule).collect(),
		}
	}
}

/// An amount of an asset; without one, of the native token.
fn units(asset: Option<Asset>, units: u128) -> String {
	match units {
		u128::MAX => "any amount".into(),
		units => asset.unwrap_or(Asset::Native).amount(units),
	}
}

/// A block or a time.
fn moment(number: u128) -> String {
	match u64::try_from(number) {
		Ok(seconds) if number >= TIMES_BEGIN => show_time(seconds),
		_ => format!("block {number}"),
	}
}

/// Computation in picoseconds.
fn weight(picoseconds: u128) -> String {
	match u64::try_from(picoseconds) {
		Ok(u64::MAX) | Err(_) => "any computation".into(),
		Ok(ref_time) => RunWeight { ref_time, proof_size: 0 }.to_string(),
	}
}

/// A rule and what came of it in a sentence.
fn sentence(check: &Check) -> String {
	let whose = match check.scope {
		Scope::Transaction => "",
		Scope::Agent => "the agent's policy: ",
		Scope::Key => "the key's restriction: ",
	};
	format!("{whose}{}", body(check))
}

fn body(check: &Check) -> String {
	let amount = |number| units(check.asset, number);
	let bound = |requested: String, limit: String| match check.allowed {
		true => format!("{requested} is within {limit}"),
		false => format!("{requested} is more than {limit}"),
	};
	let left = match check.allowed {
		true => format!("{} would be left", amount(check.remaining)),
		false => format!("{} is left", amount(check.remaining)),
	};
	let either = |yes: &str, no: &str| if check.allowed { yes.to_owned() } else { no.to_owned() };
	match check.rule.name() {
		"KeyRemoved" => either("the key was not removed", "the key was removed"),
		"KeyExpired" if check.limit == 0 => either("the key has not expired", "the key has expired"),
		"KeyExpired" => {
			let (end, now) = (moment(check.limit), moment(check.used));
			either(&format!("the key works until {end}"), &format!("the key expired at {end}; now it is {now}"))
		}
		"NoSuchAgent" => either("the agent exists", "the agent does not exist"),
		"AgentTransferred" => either(
			"the agent was not transferred since the key was added",
			"the agent was transferred after the key had been added",
		),
		"AgentFrozen" => either("the agent is not frozen", "the owner has frozen the agent"),
		"NoPolicy" => either("the agent has a policy", "the agent has no policy, so its keys can do nothing"),
		"PolicyExpired" => {
			let (end, now) = (moment(check.limit), moment(check.used));
			either(&format!("it is in force until {end}"), &format!("it ended at {end}; now it is {now}"))
		}
		"OutsideHours" => either("it is within the active hours", "it is outside of the active hours (UTC)"),
		"TooManyTransactions" => {
			let count = |number: u128| format!("{number} {}", if number == 1 { "transaction" } else { "transactions" });
			let sum = check.used.saturating_add(check.requested);
			let text = bound(format!("{} within an hour", count(sum)), check.limit.to_string());
			format!("{text}; {} {}", check.remaining, either("would be left", "are left"))
		}
		"WeightAboveMaximum" => {
			let text = bound(weight(check.requested), weight(check.limit));
			format!("{text} of computation for a call")
		}
		"FeeAboveMaximum" => format!("{} for a fee", bound(amount(check.requested), amount(check.limit))),
		"CallForbidden" => either(
			"the call is none that only the owner may send",
			"only the owner may send this call, whatever the policy says",
		),
		"CallNotAllowed" => {
			either("the call is on the list of calls", "the call, or one inside of it, is not on the list")
		}
		"NeedsAct" => either(
			"what it spends is known, or will be measured",
			"what it spends must be measured: it is sent inside of act",
		),
		"TooManyCalls" => {
			let text = bound(format!("{} calls", check.requested), check.limit.to_string());
			format!("{text} in one transaction")
		}
		"DestinationNotAllowed" => {
			either("the receiver may be paid", "the receiver is not on the list of destinations")
		}
		"DestinationDenied" => either("the receiver is not denied", "payments to the receiver are denied"),
		"DestinationUnknown" => either(
			"destinations are not restricted",
			"destinations are restricted, and it cannot be told whom the call pays",
		),
		"ModelNotAllowed" => either("the model may be used", "the model is not on the list of models"),
		"TaskPriceAboveMaximum" => format!("{} for a task", bound(amount(check.requested), amount(check.limit))),
		"AssetNotListed" if check.allowed => format!("nothing leaves the account in {}", asset(check)),
		"AssetNotListed" => {
			format!("{} would leave the account, but {} has no limit", amount(check.requested), asset(check))
		}
		"AboveTransactionLimit" => {
			let text = bound(amount(check.requested), amount(check.limit));
			format!("{text} in one transaction")
		}
		"AboveDayLimit" => {
			let text = bound(with_fee(check, amount(check.requested)), amount(check.limit));
			format!("{text} in 24 hours, in which {} was paid; {left}", amount(check.used))
		}
		"AboveLifetimeLimit" => {
			let text = bound(with_fee(check, amount(check.requested)), amount(check.limit));
			format!("{text} for ever, of which {} was paid; {left}", amount(check.used))
		}
		"SessionRunning" => {
			either("no other key's transaction is running", "another session key's transaction is running")
		}
		_ if check.allowed => format!("{} does not apply", check.rule.name()),
		_ => check.rule.cause().to_owned(),
	}
}

/// The asset in words.
fn asset(check: &Check) -> String {
	match check.asset {
		Some(Asset::Other(id)) => format!("asset {id}"),
		Some(Asset::Native) | None => "the native token".into(),
	}
}

/// An amount that has the fee in it, if it is of the native token.
fn with_fee(check: &Check, amount: String) -> String {
	match check.asset {
		Some(Asset::Other(_)) => amount,
		Some(Asset::Native) | None => format!("{amount} with the fee"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::{Refusal, UNIT};

	fn check(code: u8, allowed: bool, numbers: [u128; 4]) -> Check {
		let [limit, used, requested, remaining] = numbers;
		let rule = Refusal::from_number(code);
		Check { rule, scope: Scope::Agent, asset: Some(Asset::Native), allowed, limit, used, requested, remaining }
	}

	#[test]
	fn sentence_should_say_what_is_asked_for_used_and_left() {
		let text = sentence(&check(86, true, [10 * UNIT, 3 * UNIT, UNIT, 6 * UNIT]));
		assert_eq!(
			text,
			"the agent's policy: 1 AIVM with the fee is within 10 AIVM in 24 hours, in which 3 AIVM was paid; \
			 6 AIVM would be left"
		);
		let text = sentence(&check(87, false, [10 * UNIT, 10 * UNIT, UNIT, 0]));
		assert!(text.contains("is more than 10 AIVM for ever") && text.ends_with("0 AIVM is left"), "{text}");

		let mut other = check(85, false, [5, 0, 6, 5]);
		(other.asset, other.scope) = (Some(Asset::Other(7)), Scope::Key);
		assert_eq!(
			sentence(&other),
			"the key's restriction: 6 of asset 7 is more than 5 of asset 7 in one transaction"
		);
	}

	#[test]
	fn sentence_should_name_times_blocks_and_counts() {
		let text = sentence(&check(65, false, [1_798_761_600, 1_798_761_601, 0, 0]));
		assert!(text.contains("2027-01-01T00:00:00Z"), "{text}");
		assert!(sentence(&check(65, true, [500, 400, 0, 0])).contains("until block 500"));
		let text = sentence(&check(72, true, [60, 0, 1, 59]));
		assert!(text.contains("1 transaction within an hour is within 60; 59 would be left"), "{text}");
		assert!(sentence(&check(73, false, [5_000_000_000, 0, 6_000_000_000, 0]))
			.contains("6.000 ms is more than 5.000 ms"));
	}

	#[test]
	fn every_rule_should_have_a_sentence_of_its_own_for_both_outcomes() {
		let mut seen = std::collections::BTreeSet::new();
		for code in 64..=88 {
			for allowed in [true, false] {
				let check = check(code, allowed, [UNIT; 4]);
				let text = body(&check);
				assert!(!text.contains("does not apply"), "{code}");
				assert!(seen.insert(text.clone()), "{code} {allowed}: {text}");
			}
		}
	}

	#[test]
	fn explained_should_keep_every_number_in_json() {
		let verdict = Verdict {
			allowed: false,
			needs_act: true,
			fee: Amount(5),
			checks: vec![check(85, false, [u128::MAX, 0, 1, 2])],
		};
		let json = serde_json::to_value(Explained::from(&verdict)).unwrap();
		assert_eq!(json["checks"][0]["limit"], u128::MAX.to_string());
		assert_eq!(json["checks"][0]["code"], 85);
		assert_eq!(json["checks"][0]["scope"], "agent");
		assert_eq!(json["fee"], "5");
	}
}
