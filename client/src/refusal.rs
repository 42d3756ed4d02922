// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a transaction is refused before it costs anything.
//!
//! A node answers with a number or a sentence; the table here turns them into a name, a cause and a cure. The numbers from 16
//! to 47 are those of `pallet_tasks::Refusal`, those from 64 to 111 of `pallet_policy::Refusal`; a test compares them.

use std::fmt;

/// JSON-RPC code of a transaction that the chain finds invalid.
const INVALID_TRANSACTION: i32 = 1010;
/// JSON-RPC codes of transactions that the pool does not take although they may be valid.
const POOL_CODES: std::ops::RangeInclusive<i32> = 1011..=1021;

/// One refusal that has a number of its own: number, name, cause, cure.
struct Entry(u8, &'static str, &'static str, &'static str);

/// The numbers of `pallet_tasks::Refusal`.
const TASKS: &[Entry] = &[
	Entry(16, "UnknownVersion", "the model has no such version", "look the versions up with `aivm model show MODEL`"),
	Entry(
		17,
		"VersionUploading",
		"the version's program is not complete",
		"its owner must finish the upload with `aivm model publish`",
	),
	Entry(
		18,
		"VersionNotActive",
		"the version is not offered for use yet",
		"its owner must activate it with `aivm model activate`",
	),
	Entry(
		19,
		"VersionRevoked",
		"the version was revoked",
		"use another version of the model; see `aivm model show MODEL`",
	),
	Entry(
		20,
		"NotAProgram",
		"the version is not a program that the chain can run",
		"use the Committee or Attested path, on which providers run it",
	),
	Entry(
		21,
		"WrongInputLength",
		"the input's length is not the one that the program takes",
		"see the input's shape with `aivm model show MODEL`",
	),
	Entry(22, "OutputTooLong", "the output is too long for an event", "use the Optimistic or Committee path"),
	Entry(23, "TooHeavyForBlock", "one run is too heavy for a block", "use the Optimistic or Committee path"),
	Entry(24, "WeightLimitTooLow", "the weight limit is below the weight of one run", "raise it to the quoted weight"),
	Entry(
		25,
		"NoPrice",
		"the governed prices and shares give no price for this run",
		"governance must correct them; try again later",
	),
	Entry(
		26,
		"PaymentAboveMaximum",
		"the run costs more than the given maximum",
		"raise --max-payment to the quoted total",
	),
	Entry(
		27,
		"InsufficientBalance",
		"the account cannot pay the run and the fee and keep the existential deposit",
		"send it funds; see its balance with `aivm account show`",
	),
	Entry(28, "BlockReceiptsFull", "the block takes no more receipts", "try again in a later block"),
];

/// The numbers of `pallet_policy::Refusal`.
const POLICY: &[Entry] = &[
	Entry(64, "KeyRemoved", "the session key was removed", "ask the agent's owner for a new one"),
	Entry(65, "KeyExpired", "the session key's time is over", "ask the agent's owner for a new one"),
	Entry(66, "NoSuchAgent", "the session key's agent does not exist", "register the agent with `aivm agent register`"),
	Entry(
		67,
		"AgentTransferred",
		"the agent has a new owner since the key was added",
		"ask the new owner for a new key; see `aivm session add`",
	),
	Entry(
		68,
		"AgentFrozen",
		"the agent's owner stopped every session key",
		"the owner can let them act again with `aivm policy unfreeze`",
	),
	Entry(
		69,
		"NoPolicy",
		"the agent has no policy, so its session keys can do nothing",
		"the owner must set one with `aivm policy set`",
	),
	Entry(70, "PolicyExpired", "the policy's time is over", "the owner must set a policy with a later end"),
	Entry(
		71,
		"OutsideHours",
		"it is outside of the hours in which the policy lets keys act",
		"try again within them; see `aivm policy show`, in UTC",
	),
	Entry(
		72,
		"TooManyTransactions",
		"the key or the agent sent as many transactions within an hour as it may",
		"wait until the oldest of them is an hour ago",
	),
	Entry(73, "WeightAboveMaximum", "the call is heavier than the policy allows", "split it up"),
	Entry(
		74,
		"FeeAboveMaximum",
		"the fee, tip included, is above the policy's maximum",
		"send a smaller call, or ask the owner to raise max_fee",
	),
	Entry(
		75,
		"CallForbidden",
		"no session key may send this call, whatever its policy says",
		"the owner must send it; the pallet Policy has `control` for that",
	),
	Entry(
		76,
		"CallNotAllowed",
		"the call, or one inside of it, is not on the policy's list of calls",
		"see the list with `aivm policy show`",
	),
	Entry(
		77,
		"NeedsAct",
		"what the call spends must be measured, so it cannot be sent plainly",
		"send it inside of Policy.act; this program does so by itself",
	),
	Entry(78, "TooManyCalls", "the call holds too many other calls", "split it up"),
	Entry(
		79,
		"DestinationNotAllowed",
		"the receiver is not on the policy's list of destinations",
		"see the list with `aivm policy show`",
	),
	Entry(80, "DestinationDenied", "the policy denies payments to the receiver", "pay somebody else"),
	Entry(
		81,
		"DestinationUnknown",
		"the policy restricts destinations, and it cannot be told whom this call pays",
		"send a plain transfer",
	),
	Entry(
		82,
		"ModelNotAllowed",
		"the model is not on the policy's list of models",
		"see the list with `aivm policy show`",
	),
	Entry(
		83,
		"TaskPriceAboveMaximum",
		"the task may cost more than the policy allows",
		"lower --max-payment, or use a cheaper model",
	),
	Entry(
		84,
		"AssetNotListed",
		"the policy has no limit for the asset, so it must not leave the account",
		"ask the owner to list the asset",
	),
	Entry(
		85,
		"AboveTransactionLimit",
		"the amount is above what one transaction may pay",
		"lower it; see the limit with `aivm policy show`",
	),
	Entry(
		86,
		"AboveDayLimit",
		"the amount with the fee is above what is left of 24 hours' limit",
		"wait, or lower it; `aivm policy check` shows what is left",
	),
	Entry(
		87,
		"AboveLifetimeLimit",
		"the amount with the fee is above what is left of the limit for ever",
		"ask the owner for a higher limit",
	),
	Entry(88, "SessionRunning", "a session key's transaction cannot carry another one", "send them one by one"),
];

/// One refusal that the node gives as a sentence: how the sentence begins, name, cause, cure.
struct Sentence(&'static str, &'static str, &'static str, &'static str);

/// The sentences of the SDK.
const SENTENCES: &[Sentence] = &[
	Sentence(
		"Inability to pay some fees",
		"Payment",
		"the account cannot pay the transaction's fee and keep the existential deposit",
		"send it funds; see its balance with `aivm account show`",
	),
	Sentence(
		"Transaction would exhaust the block limits",
		"ExhaustsResources",
		"the transaction does not fit in a block, at least not now",
		"try again in a later block",
	),
	Sentence(
		"Transaction is outdated",
		"Stale",
		"a transaction with the same number was already carried out",
		"something else signs with this account at the same time: try again",
	),
	Sentence(
		"Transaction will be valid in the future",
		"Future",
		"an earlier transaction of this account is missing",
		"try again once the account's pending transactions are in blocks",
	),
	Sentence(
		"Transaction has a bad signature",
		"BadProof",
		"the signature does not fit, which also happens when the chain was upgraded meanwhile",
		"try again; if it stays, update this program",
	),
	Sentence(
		"Transaction has an ancient birth block",
		"AncientBirthBlock",
		"the transaction waited too long for a block",
		"try again",
	),
	Sentence(
		"Transaction call is not expected",
		"Call",
		"the chain does not take this call now",
		"see whether governance paused it",
	),
	Sentence("Invalid signing address", "BadSigner", "the signing account is disabled", "sign with another account"),
	Sentence(
		"Priority is too low",
		"TooLowPriority",
		"the pool holds another transaction of this account with the same number",
		"wait until it is in a block, then try again",
	),
	Sentence(
		"Transaction Already Imported",
		"AlreadyImported",
		"the same transaction is in the pool already",
		"wait until it is in a block",
	),
	Sentence(
		"Transaction is temporarily banned",
		"TemporarilyBanned",
		"the same transaction failed a moment ago",
		"wait half a minute, then try again",
	),
	Sentence("Immediately Dropped", "ImmediatelyDropped", "the node's transaction pool is full", "try again later"),
];

/// Why a transaction was refused. It cost nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// The number, if the chain gave one.
	number: Option<u8>,
	/// Stable name.
	name: String,
	cause: String,
	cure: Option<&'static str>,
}

impl Refusal {
	/// The refusal with this number.
	pub fn from_number(number: u8) -> Self {
		match TASKS.iter().chain(POLICY).find(|entry| entry.0 == number) {
			Some(Entry(_, name, cause, cure)) => {
				Self { number: Some(number), name: (*name).into(), cause: (*cause).into(), cure: Some(cure) }
			}
			None => Self {
				number: Some(number),
				name: format!("Custom{number}"),
				cause: format!(
					"the chain refuses the transaction with number {number}, which this program does not know"
				),
				cure: Some("update this program to the release that the chain runs"),
			},
		}
	}

	/// The rule of a policy with this name.
	pub(crate) fn from_policy_name(name: &str) -> Self {
		match POLICY.iter().find(|entry| entry.1 == name) {
			Some(entry) => Self::from_number(entry.0),
			None => Self {
				number: None,
				name: name.into(),
				cause: format!("the rule {name} is broken, which this program does not know"),
				cure: Some("update this program to the release that the chain runs"),
			},
		}
	}

	/// The names of the rules that a receipt says were checked: bit `n` stands for the number `64 + n`.
	pub(crate) fn rules_in(checked: u32) -> Vec<String> {
		let first = POLICY.first().map_or(0, |entry| entry.0);
		(0..32).filter(|bit| (checked >> bit) & 1 == 1).map(|bit| Self::from_number(first + bit).name).collect()
	}

	/// The refusal that a node's sentence stands for.
	pub fn from_message(message: &str) -> Self {
		if let Some(number) = message.strip_prefix("Custom error: ").and_then(|number| number.trim().parse().ok()) {
			return Self::from_number(number);
		}
		match SENTENCES.iter().find(|sentence| message.starts_with(sentence.0)) {
			Some(Sentence(_, name, cause, cure)) => {
				Self { number: None, name: (*name).into(), cause: (*cause).into(), cure: Some(cure) }
			}
			None => Self { number: None, name: "Invalid".into(), cause: message.into(), cure: None },
		}
	}

	/// The refusal in a JSON-RPC error, if it is one about a transaction's validity.
	pub(crate) fn from_rpc(code: i32, message: &str, data: Option<&str>) -> Option<Self> {
		match code {
			INVALID_TRANSACTION => Some(Self::from_message(data.unwrap_or(message))),
			code if POOL_CODES.contains(&code) => Some(Self::from_message(message)),
			_ => None,
		}
	}

	/// The same refusal with the numbers that belong to it.
	pub(crate) fn with_detail(mut self, detail: impl fmt::Display) -> Self {
		self.cause = format!("{} ({detail})", self.cause);
		self
	}

	/// Why, without more.
	pub fn cause(&self) -> &str {
		&self.cause
	}

	/// Stable name of the refusal.
	pub fn name(&self) -> &str {
		&self.name
	}

	/// The number on the wire, if the chain gave one.
	pub fn number(&self) -> Option<u8> {
		self.number
	}

	/// What to do about it.
	pub fn cure(&self) -> Option<String> {
		self.cure.map(Into::into)
	}

	/// Whether the account cannot pay.
	pub(crate) fn is_payment(&self) -> bool {
		self.name == "Payment"
	}
}

impl fmt::Display for Refusal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "the chain refuses the transaction ({}): {}; it cost nothing", self.name, self.cause)
	}
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn table_should_have_the_numbers_and_names_of_the_pallets() {
		let ours: Vec<_> = TASKS.iter().map(|entry| (entry.0, entry.1.to_owned())).collect();
		let theirs: Vec<_> =
			pallet_tasks::Refusal::ALL.iter().map(|refusal| (refusal.code(), format!("{refusal:?}"))).collect();
		assert_eq!(ours, theirs);

		let ours: Vec<_> = POLICY.iter().map(|entry| (entry.0, entry.1.to_owned())).collect();
		let theirs: Vec<_> =
			pallet_policy::Refusal::ALL.iter().map(|refusal| (refusal.code(), format!("{refusal:?}"))).collect();
		assert_eq!(ours, theirs);
	}

	#[test]
	fn rules_of_policies_should_be_found_by_name_and_number() {
		let rule = Refusal::from_policy_name("AboveDayLimit");
		assert_eq!(rule, Refusal::from_number(86));
		assert!(rule.cure().unwrap().contains("policy check"));
		assert!(Refusal::from_policy_name("Unheard").cause().contains("Unheard"));
	}

	#[test]
	fn rules_in_a_receipt_should_be_named_as_the_pallet_names_them() {
		for refusal in pallet_policy::Refusal::ALL {
			assert_eq!(Refusal::rules_in(refusal.bit()), [format!("{refusal:?}")]);
		}
		assert_eq!(Refusal::rules_in(0b101), ["KeyRemoved", "NoSuchAgent"]);
		assert_eq!(Refusal::rules_in(1 << 31), ["Custom95"]);
		assert!(Refusal::rules_in(0).is_empty());
	}

	#[test]
	fn refusal_should_name_cause_and_cure_when_the_number_is_known() {
		let refusal = Refusal::from_rpc(1010, "Invalid Transaction", Some("Custom error: 23")).unwrap();
		assert_eq!((refusal.name(), refusal.number()), ("TooHeavyForBlock", Some(23)));
		assert!(refusal.to_string().contains("too heavy") && refusal.to_string().contains("cost nothing"));
		assert!(refusal.cure().unwrap().contains("Optimistic"));
	}

	#[test]
	fn refusal_should_stay_readable_when_the_number_or_sentence_is_unknown() {
		let refusal = Refusal::from_number(200);
		assert_eq!(refusal.number(), Some(200));
		assert!(refusal.to_string().contains("200") && refusal.cure().is_some());
		assert!(Refusal::from_message("something new").to_string().contains("something new"));
	}

	#[test]
	fn refusal_should_come_from_the_sdk_sentences() {
		let message = "Inability to pay some fees (e.g. account balance too low)";
		assert!(Refusal::from_rpc(1010, "Invalid Transaction", Some(message)).unwrap().is_payment());
		assert_eq!(Refusal::from_rpc(1014, "Priority is too low: (1 vs 2)", None).unwrap().name(), "TooLowPriority");
		assert_eq!(Refusal::from_rpc(-32000, "x", None), None);
	}
}
