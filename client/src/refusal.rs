// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Why a transaction is refused before it costs anything.
//!
//! A node answers with a number or a sentence; the table here turns them into a name, a cause and a cure. The numbers from 16
//! to 47 are those of `pallet_tasks::Refusal`; a test compares both.

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
		match TASKS.iter().find(|entry| entry.0 == number) {
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
	fn table_should_have_the_numbers_and_names_of_the_pallet() {
		let ours: Vec<_> = TASKS.iter().map(|entry| (entry.0, entry.1.to_owned())).collect();
		let theirs: Vec<_> =
			pallet_tasks::Refusal::ALL.iter().map(|refusal| (refusal.code(), format!("{refusal:?}"))).collect();
		assert_eq!(ours, theirs);
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
