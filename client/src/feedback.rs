// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What clients and validators say of agents.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::{
	agents::{bounded, read_error, text, PAGE},
	bindings::{agent_types, api, BoundedVec},
	AccountId, Amount, Client, Error, Included, ReceiptId, Result, Sender, Until, H256,
};

/// Most decimals of a value.
const MAX_DECIMALS: u8 = 18;

/// A number with decimals, as feedback has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
	/// The number, in units of `10^-decimals`.
	pub value: i128,
	/// How many decimals it has.
	pub decimals: u8,
}

impl fmt::Display for Decimal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let decimals = usize::from(self.decimals);
		let digits = format!("{:0>width$}", self.value.unsigned_abs(), width = decimals + 1);
		let (whole, part) = digits.split_at(digits.len() - decimals);
		let sign = if self.value < 0 { "-" } else { "" };
		let point = if part.is_empty() { "" } else { "." };
		f.pad(&format!("{sign}{whole}{point}{part}"))
	}
}

impl Serialize for Decimal {
	fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl FromStr for Decimal {
	type Err = Error;

	/// Reads a decimal number such as `4.5` or `-10`. Its decimals are those that are written.
	fn from_str(text: &str) -> Result<Self> {
		let malformed = |reason: &str| {
			Error::BadInput(format!("{text:?} is no value: {reason}; write a decimal number such as 87, 4.5 or -10"))
		};
		let trimmed = text.trim();
		let (sign, number) = match trimmed.strip_prefix('-') {
			Some(number) => (-1, number),
			None => (1, trimmed),
		};
		let (whole, part) = match number.split_once('.') {
			Some((_, "")) => return Err(malformed("nothing stands after the point")),
			Some((whole, part)) => (whole, part),
			None => (number, ""),
		};
		let digits = format!("{whole}{part}");
		if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
			return Err(malformed("it is not a decimal number"));
		}
		let decimals = u8::try_from(part.len()).ok().filter(|decimals| *decimals <= MAX_DECIMALS);
		let decimals = decimals.ok_or_else(|| malformed("it has more than 18 decimals"))?;
		let value = digits.parse::<i128>().map_err(|_| malformed("it is too large"))?;
		Ok(Self { value: sign * value, decimals })
	}
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackInput {
	/// The value.
	pub value: Decimal,
	/// What it is about.
	pub tag1: String,
	/// What it is about, more finely.
	pub tag2: String,
	/// The endpoint that was used.
	pub endpoint: String,
	/// Where more is found.
	pub uri: String,
	/// Keccak-256 of what is found there, zero if the URI itself commits to it.
	pub hash: H256,
}

impl FeedbackInput {
	fn to_chain(&self) -> agent_types::FeedbackInput {
		agent_types::FeedbackInput {
			value: self.value.value,
			decimals: self.value.decimals,
			tag1: bounded(&self.tag1),
			tag2: bounded(&self.tag2),
			endpoint: bounded(&self.endpoint),
			uri: bounded(&self.uri),
			hash: self.hash,
		}
	}
}

/// A payment that was proved with feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PaidFor {
	/// The receipt.
	pub receipt: ReceiptId,
	/// What the client paid for the task.
	pub amount: Amount,
	/// When the feedback was given, in seconds of Unix time.
	pub at: u64,
}

/// A piece of feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feedback {
	/// Who gave it.
	pub client: AccountId,
	/// Its number among the client's feedback for the agent, from 1.
	pub index: u64,
	/// The value.
	pub value: Decimal,
	/// What it is about.
	pub tag1: String,
	/// What it is about, more finely.
	pub tag2: String,
	/// Whether the client took it back.
	pub revoked: bool,
	/// The payment that was proved with it.
	pub paid: Option<PaidFor>,
}

impl From<agent_types::FeedbackView> for Feedback {
	fn from(view: agent_types::FeedbackView) -> Self {
		let feedback = view.feedback;
		Self {
			client: view.client,
			index: view.index,
			value: Decimal { value: feedback.value, decimals: feedback.decimals },
			tag1: text(feedback.tag1),
			tag2: text(feedback.tag2),
			revoked: feedback.is_revoked,
			paid: feedback.paid.map(|paid| PaidFor {
				receipt: ReceiptId { block: paid.receipt.block, index: paid.receipt.index },
				amount: Amount(paid.amount),
				at: paid.at,
			}),
		}
	}
}

/// Which feedback to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedbackFilter {
	/// Of these clients; of all if none is named.
	pub clients: Vec<AccountId>,
	/// With this first tag, unless it is empty.
	pub tag1: String,
	/// With this second tag, unless it is empty.
	pub tag2: String,
	/// Also what was taken back.
	pub revoked: bool,
}

/// A summary of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FeedbackSummary {
	/// How much feedback it covers.
	pub count: u64,
	/// The average.
	pub average: Decimal,
	/// How much it weighs in all, if it is weighted by payments.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub weight: Option<Amount>,
}

/// The state of a validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Validation {
	/// The agent.
	pub agent: u64,
	/// Keccak-256 of the request.
	pub request_hash: H256,
	/// Who was asked.
	pub validator: AccountId,
	/// The latest response, 0 to 100, if there is one.
	pub response: Option<u8>,
	/// Keccak-256 of the latest response's content.
	pub response_hash: H256,
	/// What the latest response is about.
	pub tag: String,
	/// When it was requested or last responded to, in seconds of Unix time.
	pub last_update: u64,
}

impl Validation {
	fn new(agent: u64, request_hash: H256, state: agent_types::Validation) -> Self {
		Self {
			agent,
			request_hash,
			validator: state.validator,
			response: state.has_response.then_some(state.response),
			response_hash: state.response_hash,
			tag: text(state.tag),
			last_update: state.last_update,
		}
	}
}

impl From<agent_types::ValidationView> for Validation {
	fn from(view: agent_types::ValidationView) -> Self {
		Self::new(view.id.agent, view.id.request_hash, view.validation)
	}
}

/// What a validator answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationAnswer {
	/// 0 to 100.
	pub response: u8,
	/// Where more is found.
	pub uri: String,
	/// Keccak-256 of what is found there.
	pub hash: H256,
	/// What the answer is about.
	pub tag: String,
}

impl Client {
	/// Feedback for an agent, in order of client and number; at most `limit`.
	pub async fn feedback(&self, agent: u64, filter: &FeedbackFilter, limit: usize) -> Result<Vec<Feedback>> {
		let at = self.at_best().await?;
		let mut found = Vec::new();
		let mut start = None;
		loop {
			let call = api::view_functions().agent_identity().read_all_feedback(
				agent,
				filter.clients.clone(),
				bounded(&filter.tag1),
				bounded(&filter.tag2),
				filter.revoked,
				start,
				PAGE,
			);
			let page = self.view(&at, call).await?.map_err(|error| read_error(agent, &error))?;
			found.extend(page.items.into_iter().map(Feedback::from));
			match page.next.filter(|_| found.len() < limit) {
				Some(next) => start = Some(next),
				None => break,
			}
		}
		found.truncate(limit);
		Ok(found)
	}

	/// The summary of all feedback for an agent.
	pub async fn summary_all(&self, agent: u64) -> Result<FeedbackSummary> {
		let call = api::view_functions().agent_identity().summary_all(agent);
		let summary = self.view(&self.at_best().await?, call).await?.map_err(|error| read_error(agent, &error))?;
		let average = Decimal { value: summary.value, decimals: summary.decimals };
		Ok(FeedbackSummary { count: summary.count, average, weight: None })
	}

	/// The summary of the feedback for an agent with proof of payment, weighted by value and age, or `None` if all of it
	/// together weighs nothing.
	pub async fn summary_paid(&self, agent: u64) -> Result<Option<FeedbackSummary>> {
		let call = api::view_functions().agent_identity().summary_paid(agent);
		let summary = self.view(&self.at_best().await?, call).await?.map_err(|error| read_error(agent, &error))?;
		Ok(summary.map(|summary| FeedbackSummary {
			count: summary.count,
			average: Decimal { value: summary.value, decimals: summary.decimals },
			weight: Some(Amount(summary.weight)),
		}))
	}

	/// The summary of the feedback of some clients for an agent.
	pub async fn summary_of_clients(
		&self,
		agent: u64,
		clients: Vec<AccountId>,
		tag1: &str,
		tag2: &str,
	) -> Result<FeedbackSummary> {
		let call = api::view_functions().agent_identity().summary(agent, clients, bounded(tag1), bounded(tag2));
		let summary = self.view(&self.at_best().await?, call).await?.map_err(|error| read_error(agent, &error))?;
		let average = Decimal { value: summary.value, decimals: summary.decimals };
		Ok(FeedbackSummary { count: summary.count, average, weight: None })
	}

	/// The validations of an agent, in order of their requests; at most `limit`.
	pub async fn validations(&self, agent: u64, limit: usize) -> Result<Vec<Validation>> {
		let at = self.at_best().await?;
		let mut found = Vec::new();
		let mut start = Some(0);
		while let Some(from) = start.filter(|_| found.len() < limit) {
			let call = api::view_functions().agent_identity().validations_of(agent, from, PAGE);
			let page = self.view(&at, call).await?;
			found.extend(page.items.into_iter().map(Validation::from));
			start = page.next;
		}
		found.truncate(limit);
		Ok(found)
	}

	/// What a validator was asked, in order; at most `limit`.
	pub async fn validator_requests(&self, validator: &AccountId, limit: usize) -> Result<Vec<Validation>> {
		let at = self.at_best().await?;
		let mut found = Vec::new();
		let mut start = Some(0);
		while let Some(from) = start.filter(|_| found.len() < limit) {
			let call = api::view_functions().agent_identity().validator_requests(*validator, from, PAGE);
			let page = self.view(&at, call).await?;
			found.extend(page.items.into_iter().map(Validation::from));
			start = page.next;
		}
		found.truncate(limit);
		Ok(found)
	}

	/// One validation of an agent.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such validation.
	pub async fn validation(&self, agent: u64, request_hash: H256) -> Result<Validation> {
		let call = api::view_functions().agent_identity().validation_status(agent, request_hash);
		let state = self.view(&self.at_best().await?, call).await?.map_err(|error| read_error(agent, &error))?;
		Ok(Validation::new(agent, request_hash, state))
	}
}

impl Sender {
	/// Rates an agent. Returns the feedback's number among the signer's.
	pub async fn give_feedback(&self, agent: u64, feedback: &FeedbackInput, until: Until) -> Result<(u64, Included)> {
		let call = api::tx().agent_identity().give_feedback(agent, feedback.to_chain());
		feedback_index(self.send(&call, until).await?)
	}

	/// Rates an agent and proves a payment to it. The proof is made by the node, against its last final block.
	pub async fn give_paid_feedback(
		&self,
		agent: u64,
		feedback: &FeedbackInput,
		receipt: ReceiptId,
		until: Until,
	) -> Result<(u64, Included)> {
		let proof = self.client().receipt_proof(receipt, None).await?.proof;
		let call = api::tx().agent_identity().give_paid_feedback(agent, feedback.to_chain(), BoundedVec(proof.0));
		feedback_index(self.send(&call, until).await?)
	}

	/// Takes own feedback back, for ever.
	pub async fn revoke_feedback(&self, agent: u64, index: u64, until: Until) -> Result<Included> {
		self.send(&api::tx().agent_identity().revoke_feedback(agent, index), until).await
	}

	/// Responds to feedback.
	pub async fn respond_to_feedback(
		&self,
		agent: u64,
		client: &AccountId,
		index: u64,
		uri: &str,
		hash: H256,
		until: Until,
	) -> Result<Included> {
		let call = api::tx().agent_identity().append_response(agent, *client, index, bounded(uri), hash);
		self.send(&call, until).await
	}

	/// Asks a validator to validate something of an agent.
	pub async fn request_validation(
		&self,
		agent: u64,
		validator: &AccountId,
		uri: &str,
		request_hash: H256,
		until: Until,
	) -> Result<Included> {
		let call = api::tx().agent_identity().validation_request(*validator, agent, bounded(uri), request_hash);
		self.send(&call, until).await
	}

	/// Answers a request for validation.
	pub async fn respond_to_validation(
		&self,
		agent: u64,
		request_hash: H256,
		answer: &ValidationAnswer,
		until: Until,
	) -> Result<Included> {
		let call = api::tx().agent_identity().validation_response(
			agent,
			request_hash,
			answer.response,
			bounded(&answer.uri),
			answer.hash,
			bounded(&answer.tag),
		);
		self.send(&call, until).await
	}
}

/// The number of the feedback that a transaction gave.
fn feedback_index(included: Included) -> Result<(u64, Included)> {
	let event: api::agent_identity::events::NewFeedback = included.expect_event("NewFeedback")?;
	Ok((event.index, included))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decimal_should_be_read_as_it_is_written() {
		for (text, value, decimals) in [
			("87", 87, 0),
			("4.50", 450, 2),
			("-0.05", -5, 2),
			("0", 0, 0),
			("1.000000000000000000", 10i128.pow(18), 18),
		] {
			let decimal = Decimal { value, decimals };
			assert_eq!(text.parse::<Decimal>().unwrap(), decimal, "{text}");
			assert_eq!(decimal.to_string(), text);
		}
		assert_eq!(Decimal { value: i128::MIN, decimals: 0 }.to_string(), i128::MIN.to_string());
	}

	#[test]
	fn decimal_should_be_refused_when_it_is_malformed_too_fine_or_too_large() {
		for text in ["", "-", ".5", "1.", "1e3", "one", "--1", "1.0000000000000000000", &"9".repeat(40)] {
			assert!(text.parse::<Decimal>().is_err(), "{text}");
		}
	}
}
