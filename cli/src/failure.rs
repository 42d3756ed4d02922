// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How a command fails: exit code, cause and cure.

use aivm_client::ErrorClass;
use serde_json::json;

/// The exit codes. They are part of the interface, see `docs/guides/cli.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
	/// Done.
	Ok = 0,
	/// A defect, of this program or of the node.
	Internal = 1,
	/// The command line is wrong.
	Usage = 2,
	/// The node cannot be reached.
	Unreachable = 3,
	/// The chain refuses.
	Refused = 4,
	/// A file or value is malformed.
	BadInput = 5,
	/// A proof does not hold, or the chain's output is not that of the program.
	Verification = 6,
	/// What was named does not exist.
	NotFound = 7,
	/// No answer in time; the outcome is unknown.
	Timeout = 8,
}

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
	/// The exit code.
	pub exit: Exit,
	/// Stable name of the error, for machines.
	pub code: String,
	/// What happened.
	pub cause: String,
	/// What to do about it.
	pub cure: Option<String>,
}

impl Failure {
	/// A failure with this exit code.
	pub fn new(exit: Exit, code: &str, cause: impl Into<String>) -> Self {
		Self { exit, code: code.into(), cause: cause.into(), cure: None }
	}

	/// Wrong usage.
	pub fn usage(cause: impl Into<String>) -> Self {
		Self::new(Exit::Usage, "usage", cause)
	}

	/// A malformed file or value.
	pub fn bad_input(cause: impl Into<String>) -> Self {
		Self::new(Exit::BadInput, "bad_input", cause)
	}

	/// A defect.
	pub fn internal(cause: impl Into<String>) -> Self {
		Self::new(Exit::Internal, "internal", cause)
	}

	/// The same failure with a cure.
	pub fn with_cure(mut self, cure: impl Into<String>) -> Self {
		self.cure = Some(cure.into());
		self
	}

	/// The failure as one line of JSON.
	pub fn to_json(&self) -> String {
		json!({
			"error": {
				"code": self.code,
				"exit": self.exit as u8,
				"cause": self.cause,
				"cure": self.cure,
			}
		})
		.to_string()
	}
}

impl std::fmt::Display for Failure {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "error: {}", self.cause)?;
		match &self.cure {
			Some(cure) => write!(f, "\n  try: {cure}"),
			None => Ok(()),
		}
	}
}

impl From<aivm_client::Error> for Failure {
	fn from(error: aivm_client::Error) -> Self {
		let exit = match error.class() {
			ErrorClass::Internal => Exit::Internal,
			ErrorClass::Unreachable => Exit::Unreachable,
			ErrorClass::Refused => Exit::Refused,
			ErrorClass::BadInput => Exit::BadInput,
			ErrorClass::Verification => Exit::Verification,
			ErrorClass::NotFound => Exit::NotFound,
			ErrorClass::Timeout => Exit::Timeout,
		};
		// A pallet's error and a refusal have names of their own, which say more.
		let code = match (&error, error.module()) {
			(_, Some((pallet, name))) => format!("{pallet}.{name}"),
			(aivm_client::Error::Invalid(rule) | aivm_client::Error::Undone { rule, .. }, None) => {
				rule.name().to_owned()
			}
			_ => error.code().to_owned(),
		};
		Self { exit, code, cause: error.to_string(), cure: error.cure() }
	}
}

impl From<std::io::Error> for Failure {
	/// For output that cannot be written; files have messages of their own.
	fn from(error: std::io::Error) -> Self {
		Self::internal(format!("cannot write the output: {error}"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::{Amount, Error, Refusal};

	#[test]
	fn client_errors_should_get_their_documented_exit_codes() {
		let insufficient = Error::InsufficientBalance {
			account: "5G".into(),
			purpose: "the fee".into(),
			have: Amount(1),
			need: Amount(2),
		};
		let module = Error::Module { pallet: "Tasks".into(), name: "NoPrice".into(), docs: "Too much.".into() };
		for (error, exit, code) in [
			(Error::NodeUnreachable { url: "ws://x".into(), reason: "no".into() }, 3, "node_unreachable"),
			(Error::ConnectionLost { url: "ws://x".into(), reason: "no".into() }, 3, "connection_lost"),
			(insufficient, 4, "insufficient_balance"),
			(module, 4, "Tasks.NoPrice"),
			(Error::CannotPay { account: "5G".into(), have: Amount(1) }, 4, "insufficient_balance"),
			(Error::Invalid(Refusal::from_number(19)), 4, "VersionRevoked"),
			(Error::BadInput("x".into()), 5, "bad_input"),
			(Error::Key("x".into()), 5, "bad_key"),
			(Error::Verification("x".into()), 6, "verification_failed"),
			(Error::NotFound("x".into()), 7, "not_found"),
			(Error::Timeout { what: "x".into(), after: std::time::Duration::from_secs(1) }, 8, "timeout"),
			(Error::Unexpected("x".into()), 1, "unexpected_answer"),
		] {
			let failure = Failure::from(error);
			assert_eq!((failure.exit as u8, failure.code.as_str()), (exit, code));
		}
	}

	#[test]
	fn failure_should_show_cause_and_cure() {
		let failure = Failure::bad_input("the file is empty").with_cure("give another one");
		assert_eq!(failure.to_string(), "error: the file is empty\n  try: give another one");
		let json: serde_json::Value = serde_json::from_str(&failure.to_json()).unwrap();
		assert_eq!(json["error"]["cause"], "the file is empty");
		assert_eq!(json["error"]["cure"], "give another one");
		assert_eq!(json["error"]["exit"], 5);
	}
}
