// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Inferences: what they cost, what they give.

use futures::{stream::FuturesUnordered, StreamExt};
use serde::Serialize;

use crate::{
	bindings::{api, BoundedVec, ChainInferError, ChainQuote, ChainSplit, ChainTrustPath, ChainWeight},
	receipts::ReceiptId,
	Amount, Client, Error, ErrorClass, HexBytes, Included, Refusal, Result, Sender, Until, VersionId, VersionState,
	H256,
};

/// How many inferences may be on their way at a time, see [`Sender::infer_many`].
const INFERENCES_IN_FLIGHT: usize = 512;

/// How heavy a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunWeight {
	/// Computation, in picoseconds of the chain's reference machine.
	pub ref_time: u64,
	/// Bytes that a proof of the run would have.
	pub proof_size: u64,
}

impl RunWeight {
	pub(crate) fn from_chain(weight: &ChainWeight) -> Self {
		Self { ref_time: weight.ref_time, proof_size: weight.proof_size }
	}

	pub(crate) fn to_chain(self) -> ChainWeight {
		ChainWeight { ref_time: self.ref_time, proof_size: self.proof_size }
	}
}

impl std::fmt::Display for RunWeight {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		// Microseconds are fine enough and fit the eye.
		f.pad(&format!("{:.3} ms", std::time::Duration::from_nanos(self.ref_time / 1_000).as_secs_f64() * 1e3))
	}
}

/// Who gets what of a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PaymentSplit {
	/// Who computed. On the on-chain path: the block's author.
	pub provider: Amount,
	/// The model's owner.
	pub royalty: Amount,
	/// The treasury.
	pub treasury: Amount,
	/// Nobody: it is taken out of the total issuance.
	pub burn: Amount,
}

impl From<ChainSplit> for PaymentSplit {
	fn from(split: ChainSplit) -> Self {
		Self {
			provider: Amount(split.provider),
			royalty: Amount(split.royalty),
			treasury: Amount(split.treasury),
			burn: Amount(split.burn),
		}
	}
}

/// What an inference on the on-chain path takes and costs now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
	/// The version.
	pub version: VersionId,
	/// State of the version.
	pub state: VersionState,
	/// Exact length of the input, in bytes.
	pub input_len: u32,
	/// Exact length of the output, in bytes.
	pub output_len: u32,
	/// Multiply-accumulates of one run, or what takes as long.
	pub macs: u64,
	/// Bytes that one run reads and writes.
	pub bytes: u64,
	/// How heavy one run is.
	pub weight: RunWeight,
	/// How heavy it may be on the on-chain path.
	pub heaviest: RunWeight,
	/// Whether it is not too heavy.
	pub fits_block: bool,
	/// Who gets what.
	pub payment: PaymentSplit,
	/// What the requester pays besides the transaction's fee.
	pub total: Amount,
}

impl Quote {
	fn new(version: VersionId, quote: ChainQuote) -> Self {
		Self {
			version,
			state: VersionState::from_chain(&quote.state),
			input_len: quote.input_len,
			output_len: quote.output_len,
			macs: quote.cost.macs,
			bytes: quote.cost.bytes,
			weight: RunWeight::from_chain(&quote.weight),
			heaviest: RunWeight::from_chain(&quote.heaviest),
			fits_block: quote.fits_block,
			payment: quote.payment.into(),
			total: Amount(quote.total),
		}
	}

	/// Fails if a run is too heavy for a block, and names the paths that can do it.
	pub fn ensure_fits_block(&self) -> Result<()> {
		if self.fits_block {
			return Ok(());
		}
		let detail = format!("one run takes {}, a block has room for {}", self.weight, self.heaviest);
		Err(Error::Invalid(Refusal::from_number(TOO_HEAVY).with_detail(detail)))
	}
}

/// What an inference gives and costs, found out without a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DryRun {
	/// The output's bytes, those of the transaction bit for bit.
	pub output: HexBytes,
	/// What the same inference costs in a transaction.
	pub quote: Quote,
}

/// The most that an inference may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InferLimits {
	/// The heaviest that the run may be.
	pub weight: RunWeight,
	/// The most that the requester pays besides the fee.
	pub payment: Amount,
}

impl InferLimits {
	/// Exactly what a quote says.
	pub fn of(quote: &Quote) -> Self {
		Self { weight: quote.weight, payment: quote.total }
	}

	/// What a quote says, but with another maximum of the payment.
	pub fn with_payment(self, payment: Amount) -> Self {
		Self { payment, ..self }
	}
}

/// An inference that was carried out.
#[derive(Clone, Debug, Serialize)]
pub struct InferenceResult {
	/// What ran.
	pub version: VersionId,
	/// The output's bytes.
	pub output: HexBytes,
	/// What the requester paid, besides the fee.
	pub paid: Amount,
	/// The transaction's fee.
	pub fee: Amount,
	/// Number of the task.
	pub task: u64,
	/// Where the receipt is found.
	pub receipt: ReceiptId,
	/// Hash of the block.
	pub block_hash: H256,
	/// Hash of the transaction.
	pub transaction: H256,
	/// Whether the block was final when this was found out.
	pub finalised: bool,
}

impl InferenceResult {
	fn new(included: &Included) -> Result<Self> {
		let event: api::tasks::events::Inferred = included.expect_event("Inferred")?;
		Ok(Self {
			version: VersionId::from_chain(&event.version),
			output: HexBytes(event.output.0),
			paid: Amount(event.paid),
			fee: included.fee,
			task: event.task,
			receipt: ReceiptId { block: event.receipt.block, index: event.receipt.index },
			block_hash: included.block.hash,
			transaction: included.hash,
			finalised: included.finalised,
		})
	}
}

/// What became of many inferences, see [`Sender::infer_many`]. An index that is in neither list was not sent.
#[derive(Debug, Default)]
pub struct Batch {
	/// Those that were carried out, in the order of their inputs.
	pub done: Vec<(usize, InferenceResult)>,
	/// Those that failed, in the order of their inputs.
	pub failed: Vec<(usize, Error)>,
}

impl Client {
	/// What an inference with a version takes and costs now.
	pub async fn quote(&self, version: VersionId) -> Result<Quote> {
		let call = api::view_functions().tasks().quote(version.to_chain());
		let quote = self.view(&self.at_best().await?, call).await?;
		quote.map(|quote| Quote::new(version, quote)).map_err(|error| refused(version, &error))
	}

	/// Runs a version on an input on the node, without a transaction.
	///
	/// # Errors
	/// [`Error::Invalid`] with the number that the transaction pool would answer, for instance for a wrong input length.
	pub async fn dry_run(&self, version: VersionId, input: &[u8]) -> Result<DryRun> {
		let call = api::view_functions().tasks().dry_run(version.to_chain(), input.to_vec());
		let result = self.view(&self.at_best().await?, call).await?;
		let run = result.map_err(|error| refused(version, &error))?;
		Ok(DryRun { output: HexBytes(run.output), quote: Quote::new(version, run.quote) })
	}
}

impl Sender {
	/// Runs a version on an input in a block, and pays for it.
	pub async fn infer(
		&self,
		version: VersionId,
		input: Vec<u8>,
		limits: InferLimits,
		until: Until,
	) -> Result<InferenceResult> {
		let call = infer_call(version, input, limits);
		InferenceResult::new(&self.send(&call, until).await?)
	}

	/// Runs a version on many inputs; up to 512 transactions are on their way at a time. After the first one that cannot be
	/// sent, no more are; those on their way are waited for.
	///
	/// `progress` is called with the number of inferences that came to an end, after each.
	pub async fn infer_many(
		&self,
		version: VersionId,
		inputs: impl IntoIterator<Item = Vec<u8>>,
		limits: InferLimits,
		until: Until,
		mut progress: impl FnMut(usize),
	) -> Batch {
		let mut batch = Batch::default();
		let mut ended = 0;
		let mut record = |(index, result): (usize, Result<InferenceResult>)| {
			let broken = matches!(&result, Err(error) if error.class() == ErrorClass::Unreachable);
			match result {
				Ok(result) => batch.done.push((index, result)),
				Err(error) => batch.failed.push((index, error)),
			}
			ended += 1;
			progress(ended);
			broken
		};
		let mut waiting = FuturesUnordered::new();
		for (index, input) in inputs.into_iter().enumerate() {
			if waiting.len() >= INFERENCES_IN_FLIGHT {
				if let Some(ended) = waiting.next().await {
					if record(ended) {
						break;
					}
				}
			}
			match self.submit(&infer_call(version, input, limits)).await {
				Ok(pending) => waiting.push(async move {
					let included = pending.wait(until).await;
					(index, included.and_then(|included| InferenceResult::new(&included)))
				}),
				Err(error) => {
					record((index, Err(error)));
					break;
				}
			}
		}
		while let Some(ended) = waiting.next().await {
			record(ended);
		}
		batch.done.sort_by_key(|(index, _)| *index);
		batch.failed.sort_by_key(|(index, _)| *index);
		batch
	}

	/// The fee of the transaction of an inference, without its payment.
	pub async fn infer_fee(&self, version: VersionId, input: Vec<u8>, limits: InferLimits) -> Result<Amount> {
		self.fee(&infer_call(version, input, limits)).await
	}

	/// Fails if the account cannot pay for `count` inferences with this payment and fee each.
	pub async fn ensure_can_infer(&self, count: usize, payment: Amount, fee: Amount) -> Result<()> {
		let each = payment.0.saturating_add(fee.0);
		let need = each.saturating_mul(u128::try_from(count).unwrap_or(u128::MAX));
		let purpose = match count {
			1 => "the inference and its fee".to_owned(),
			count => format!("{count} inferences and their fees"),
		};
		self.ensure_spendable(&purpose, Amount(need)).await
	}
}

/// The call of an inference.
pub(crate) fn infer_call(
	version: VersionId,
	input: Vec<u8>,
	limits: InferLimits,
) -> subxt::tx::StaticPayload<api::tasks::calls::Infer> {
	api::tx().tasks().infer(version.to_chain(), BoundedVec(input), limits.weight.to_chain(), limits.payment.0)
}

/// Number of the refusal of a run that does not fit in a block.
const TOO_HEAVY: u8 = 23;

/// What the chain says about a run that it would not do, with the numbers that belong to it.
fn refused(version: VersionId, error: &ChainInferError) -> Error {
	use ChainInferError as Chain;
	let weight = RunWeight::from_chain;
	let refusal = match error {
		Chain::UnknownVersion => {
			return Error::NotFound(format!(
				"there is no version {version}; list them with `aivm model show {}`",
				version.model
			))
		}
		Chain::VersionUploading => Refusal::from_number(17).with_detail(version),
		Chain::VersionNotActive => Refusal::from_number(18).with_detail(version),
		Chain::VersionRevoked => Refusal::from_number(19).with_detail(version),
		Chain::NotAProgram { try_path } => {
			Refusal::from_number(20).with_detail(format_args!("{} can run it", path(try_path)))
		}
		Chain::WrongInputLength { expected, given } => {
			Refusal::from_number(21).with_detail(format_args!("expected {expected} bytes, given {given}"))
		}
		Chain::OutputTooLong { length, most, try_path } => Refusal::from_number(22)
			.with_detail(format_args!("{length} bytes, most {most}; {} can run it", path(try_path))),
		Chain::TooHeavyForBlock { required, available, try_path } => {
			Refusal::from_number(TOO_HEAVY).with_detail(format_args!(
				"it takes {}, there is room for {}; {} can run it",
				weight(required),
				weight(available),
				path(try_path)
			))
		}
		Chain::WeightLimitTooLow { required, given } => {
			Refusal::from_number(24).with_detail(format_args!("it takes {}, given {}", weight(required), weight(given)))
		}
		Chain::NoPrice(_) => Refusal::from_number(25),
		Chain::PaymentAboveMaximum { required, most } => {
			Refusal::from_number(26).with_detail(format_args!("{}, maximum {}", Amount(*required), Amount(*most)))
		}
		Chain::InsufficientBalance { required, available } => Refusal::from_number(27).with_detail(format_args!(
			"need {}, have {}",
			Amount(*required),
			Amount(*available)
		)),
		Chain::BlockReceiptsFull => Refusal::from_number(28),
		Chain::InvalidInput { input, element } => {
			return Error::BadInput(format!(
				"element {element} of input {input} stands for no number (both counted from 0); replace it by one"
			));
		}
		Chain::ProgramUnreadable | Chain::RunFailed => {
			return Error::Unexpected(format!(
				"the chain cannot run the program of {version} ({error:?}); report this"
			));
		}
	};
	Error::Invalid(refusal)
}

/// The name of a trust path.
fn path(path: &ChainTrustPath) -> &'static str {
	match path {
		ChainTrustPath::OnChain => "OnChain",
		ChainTrustPath::ZkProof => "ZkProof",
		ChainTrustPath::Optimistic => "Optimistic",
		ChainTrustPath::Committee => "Committee",
		ChainTrustPath::Attested => "Attested",
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const VERSION: VersionId = VersionId { model: 1, version: 2 };

	#[test]
	fn refused_should_name_expected_and_given_when_the_input_has_another_length() {
		let error = refused(VERSION, &ChainInferError::WrongInputLength { expected: 64, given: 63 });
		assert_eq!(error.class(), ErrorClass::Refused);
		let text = error.to_string();
		assert!(text.contains("expected 64 bytes, given 63"), "{text}");
	}

	#[test]
	fn refused_should_name_the_path_when_a_run_is_too_heavy() {
		let weight = |milliseconds: u64| ChainWeight { ref_time: milliseconds * 1_000_000_000, proof_size: 0 };
		let error = refused(
			VERSION,
			&ChainInferError::TooHeavyForBlock {
				required: weight(900),
				available: weight(450),
				try_path: ChainTrustPath::Optimistic,
			},
		);
		let text = error.to_string();
		assert!(text.contains("900.000 ms") && text.contains("450.000 ms") && text.contains("Optimistic"), "{text}");
	}

	#[test]
	fn refused_should_say_not_found_when_there_is_no_such_version() {
		let error = refused(VERSION, &ChainInferError::UnknownVersion);
		assert_eq!(error.class(), ErrorClass::NotFound);
		assert!(error.to_string().contains("1@2"));
	}
}
