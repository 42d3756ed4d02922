// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tasks whose result a named provider proves: requesting, proving, watching.

use serde::Serialize;

use crate::{
	bindings::{
		api, evidence_types, evidence_types::groth16, task_types, BoundedVec, ChainReceiptId, ChainTaskState,
		ChainTrustPath,
	},
	receipts::ReceiptId,
	AccountId, Amount, Client, Error, HexBytes, Included, PaymentSplit, Result, Sender, Until, VersionId, VersionState,
	H256,
};

/// How many tasks are asked for at a time. The chain may give fewer.
const PAGE: u32 = 100;

/// The input of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskInput {
	/// Its bytes, for everybody to see. The chain commits to them.
	Public(Vec<u8>),
	/// Only a commitment to it.
	Committed(H256),
}

/// What counts as evidence for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Terms {
	/// The verifying key.
	pub key: u32,
	/// Whether the key may be one that a single party could forge proofs with.
	pub accept_single_party: bool,
}

impl Terms {
	fn to_chain(self) -> evidence_types::Terms {
		evidence_types::Terms::Groth16(groth16::Terms { key: self.key, accept_single_party: self.accept_single_party })
	}
}

/// A request for a proved run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofRequest {
	/// What runs.
	pub version: VersionId,
	/// Who proves and is paid.
	pub provider: AccountId,
	/// On what it runs.
	pub input: TaskInput,
	/// What counts as evidence.
	pub terms: Terms,
	/// The price of the work, before a royalty that the owner's minimum raises.
	pub price: Amount,
	/// The most that is paid in all.
	pub max_payment: Amount,
	/// The last block in which the proof may come.
	pub deadline: u32,
}

/// What a request costs now, and how long things may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestQuote {
	/// State of the version.
	pub state: VersionState,
	/// Exact length of the input, if the version is a program.
	pub input_len: Option<u32>,
	/// Exact length of the output, if the version is a program.
	pub output_len: Option<u32>,
	/// The longest public input, and the longest output, in bytes.
	pub longest: u32,
	/// Who gets what.
	pub payment: PaymentSplit,
	/// What is paid in all. It goes on hold.
	pub total: Amount,
	/// The lowest price that is taken.
	pub least_price: Amount,
	/// What goes on hold besides, until the task ends.
	pub deposit: Amount,
	/// The latest deadline that is taken now.
	pub last_deadline: u32,
}

/// A task that was requested.
#[derive(Clone, Debug, Serialize)]
pub struct Requested {
	/// Its number.
	pub task: u64,
	/// What runs.
	pub version: VersionId,
	/// Who proves.
	pub provider: AccountId,
	/// The input's commitment.
	pub commitment: H256,
	/// What is on hold for its payment.
	pub escrow: Amount,
	/// What is on hold besides, until it ends.
	pub deposit: Amount,
	/// The last block in which the proof may come.
	pub deadline: u32,
}

/// An open task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenTask {
	/// Its number.
	pub id: u64,
	/// Who asked and pays.
	pub requester: AccountId,
	/// Who proves.
	pub provider: Option<AccountId>,
	/// What runs.
	pub version: VersionId,
	/// BLAKE2b-256 of the artefact that runs.
	pub artefact_hash: H256,
	/// How the run is trusted.
	pub path: String,
	/// Where the task is in its life.
	pub state: String,
	/// The input's commitment.
	pub commitment: H256,
	/// What counts as evidence.
	pub terms: Option<Terms>,
	/// Who gets what if the task is settled.
	pub payment: PaymentSplit,
	/// What the requester has on hold for its payment.
	pub escrow: Amount,
	/// What the requester has on hold besides, until it ends.
	pub deposit: Amount,
	/// The last block in which it may leave its state.
	pub deadline: u32,
}

/// What evidence for a task must show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Demand {
	/// The verifying key.
	pub key: u32,
	/// The hash that binds the proof to the chain, the task, the program, input and output, and the provider.
	pub statement: H256,
	/// The first input of AIVM's own circuits: the program or its weights.
	pub program: H256,
	/// The input's commitment.
	pub input: H256,
	/// The field element that stands for the output.
	pub output: H256,
	/// The public inputs; `None` where the layout leaves one to the prover.
	pub inputs: Vec<Option<H256>>,
}

/// What became of a proof that was submitted for a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Submitted {
	/// It holds: the provider was paid.
	Settled {
		/// What the requester paid.
		paid: Amount,
		/// Where the receipt is found.
		receipt: ReceiptId,
	},
	/// It does not hold: the task failed, and the requester has its money back.
	Refused {
		/// What the requester got back.
		refunded: Amount,
		/// Where the receipt is found.
		receipt: ReceiptId,
	},
}

impl Submitted {
	/// Where the task's receipt is found.
	pub fn receipt(&self) -> ReceiptId {
		match self {
			Self::Settled { receipt, .. } | Self::Refused { receipt, .. } => *receipt,
		}
	}
}

fn evidence(proof: &[u8], free: &[H256]) -> evidence_types::Evidence {
	let free = BoundedVec(free.iter().map(|input| input.0).collect());
	evidence_types::Evidence::Groth16(groth16::Evidence { proof: BoundedVec(proof.to_vec()), free })
}

fn receipt_id(id: &ChainReceiptId) -> ReceiptId {
	ReceiptId { block: id.block, index: id.index }
}

impl OpenTask {
	fn new(id: u64, task: task_types::Task<AccountId, u32, evidence_types::Terms>) -> Self {
		Self {
			id,
			requester: task.requester,
			provider: task.provider,
			version: VersionId::from_chain(&task.version),
			artefact_hash: task.artefact_hash,
			path: path_name(&task.path).into(),
			state: state_name(&task.state).into(),
			commitment: task.input_hash,
			terms: task.terms.map(|evidence_types::Terms::Groth16(terms)| Terms {
				key: terms.key,
				accept_single_party: terms.accept_single_party,
			}),
			payment: task.payment.into(),
			escrow: Amount(task.escrow),
			deposit: Amount(task.deposit),
			deadline: task.deadline,
		}
	}
}

fn path_name(path: &ChainTrustPath) -> &'static str {
	match path {
		ChainTrustPath::OnChain => "OnChain",
		ChainTrustPath::ZkProof => "ZkProof",
		ChainTrustPath::Optimistic => "Optimistic",
		ChainTrustPath::Committee => "Committee",
		ChainTrustPath::Attested => "Attested",
	}
}

fn state_name(state: &ChainTaskState) -> &'static str {
	match state {
		ChainTaskState::Requested => "Requested",
		ChainTaskState::Executed => "Executed",
		ChainTaskState::Matching => "Matching",
		ChainTaskState::Assigned => "Assigned",
		ChainTaskState::Running => "Running",
		ChainTaskState::Submitted => "Submitted",
		ChainTaskState::Verifying => "Verifying",
		ChainTaskState::Accepted => "Accepted",
		ChainTaskState::Rejected => "Rejected",
		ChainTaskState::Disputed => "Disputed",
		ChainTaskState::Resolved => "Resolved",
		ChainTaskState::Settled => "Settled",
		ChainTaskState::Slashed => "Slashed",
		ChainTaskState::Expired => "Expired",
		ChainTaskState::Failed => "Failed",
	}
}

impl Client {
	/// What a request costs now.
	pub async fn quote_request(&self, version: VersionId, terms: Terms, price: Amount) -> Result<RequestQuote> {
		let at = self.at_best().await?;
		let call = api::view_functions().tasks().quote_request(version.to_chain(), terms.to_chain(), price.0);
		let quote = self.view(&at, call).await?.map_err(|error| self.dispatch_error(&at, &error))?;
		Ok(RequestQuote {
			state: VersionState::from_chain(&quote.state),
			input_len: quote.input_len,
			output_len: quote.output_len,
			longest: quote.longest,
			payment: quote.payment.into(),
			total: Amount(quote.total),
			least_price: Amount(quote.least_price),
			deposit: Amount(quote.deposit),
			last_deadline: quote.last_deadline,
		})
	}

	/// What a requester has on hold for each open task, besides its payment.
	pub async fn task_deposit(&self) -> Result<Amount> {
		self.view(&self.at_best().await?, api::view_functions().tasks().task_deposit()).await.map(Amount)
	}

	/// An open task.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such task, or it ended.
	pub async fn task(&self, id: u64) -> Result<OpenTask> {
		let call = api::view_functions().tasks().task(id);
		self.view(&self.at_best().await?, call)
			.await?
			.map(|task| OpenTask::new(id, task))
			.ok_or_else(|| Error::NotFound(format!("there is no open task {id}; one that ended has a receipt")))
	}

	/// The open tasks, sorted by their numbers; at most `limit` of them.
	pub async fn tasks(&self, limit: usize) -> Result<Vec<OpenTask>> {
		let at = self.at_best().await?;
		let mut tasks: Vec<OpenTask> = Vec::new();
		loop {
			let after = tasks.last().map(|task| task.id);
			let page = self.view(&at, api::view_functions().tasks().tasks(after, PAGE)).await?;
			let last = page.is_empty();
			tasks.extend(page.into_iter().map(|(id, task)| OpenTask::new(id, task)));
			if last || tasks.len() >= limit {
				tasks.truncate(limit);
				tasks.sort_by_key(|task| task.id);
				return Ok(tasks);
			}
		}
	}

	/// What evidence for a task with this output must show.
	pub async fn demand(&self, task: u64, output: &[u8]) -> Result<Demand> {
		let at = self.at_best().await?;
		let call = api::view_functions().tasks().demand(task, output.to_vec());
		let demand = self.view(&at, call).await?.map_err(|error| self.dispatch_error(&at, &error))?;
		let evidence_types::Demand::Groth16(demand) = demand;
		Ok(Demand {
			key: demand.key,
			statement: demand.hash,
			program: H256(demand.statement.program),
			input: H256(demand.statement.input),
			output: H256(demand.statement.output),
			inputs: demand.inputs.into_iter().map(|input| input.map(H256)).collect(),
		})
	}

	/// Lets the node say whether a proof would settle a task. If it says `false`, sending the proof would end the task
	/// without a payment.
	///
	/// # Errors
	/// What cannot be evidence for the task, and why.
	pub async fn check_submission(&self, task: u64, output: &[u8], proof: &[u8], free: &[H256]) -> Result<bool> {
		let at = self.at_best().await?;
		let call = api::view_functions().tasks().check_submission(task, output.to_vec(), evidence(proof, free));
		self.view(&at, call).await?.map_err(|error| self.dispatch_error(&at, &error))
	}
}

impl Sender {
	/// Asks a provider for a proved run, and puts the payment and a deposit on hold.
	///
	/// # Errors
	/// [`Error::InsufficientBalance`] before anything is sent, if the account cannot pay.
	pub async fn request_proof(&self, request: &ProofRequest, until: Until) -> Result<(Requested, Included)> {
		let deposit = self.client().task_deposit().await?;
		let held = Amount(request.max_payment.0.saturating_add(deposit.0));
		self.ensure_spendable("the payment and the deposit that go on hold", held).await?;
		let input = match &request.input {
			TaskInput::Public(bytes) => task_types::Input::Public(BoundedVec(bytes.clone())),
			TaskInput::Committed(commitment) => task_types::Input::Committed(*commitment),
		};
		let call = api::tx().tasks().request(
			request.version.to_chain(),
			request.provider,
			input,
			request.terms.to_chain(),
			request.price.0,
			request.max_payment.0,
			request.deadline,
		);
		let included = self.send(&call, until).await?;
		let event: api::tasks::events::Requested = included.expect_event("Requested")?;
		let requested = Requested {
			task: event.task,
			version: VersionId::from_chain(&event.version),
			provider: event.provider,
			commitment: event.commitment,
			escrow: Amount(event.escrow),
			deposit: Amount(event.deposit),
			deadline: event.deadline,
		};
		Ok((requested, included))
	}

	/// Submits the output of a task with its proof. `free` are the public inputs that the key's layout leaves to the prover,
	/// none for AIVM's own circuits.
	///
	/// A proof that does not hold ends the task: see [`Client::check_submission`].
	pub async fn submit_proof(
		&self,
		task: u64,
		output: &HexBytes,
		proof: &[u8],
		free: &[H256],
		until: Until,
	) -> Result<(Submitted, Included)> {
		let call = api::tx().tasks().submit(task, BoundedVec(output.0.clone()), evidence(proof, free));
		let included = self.send(&call, until).await?;
		if let Some(refused) = included.event::<api::tasks::events::Refused>()? {
			let (refunded, receipt) = (Amount(refused.refunded), receipt_id(&refused.receipt));
			return Ok((Submitted::Refused { refunded, receipt }, included));
		}
		let settled: api::tasks::events::Settled = included.expect_event("Settled")?;
		Ok((Submitted::Settled { paid: Amount(settled.paid), receipt: receipt_id(&settled.receipt) }, included))
	}

	/// Gives a task back that this account was to prove. The requester is refunded.
	pub async fn cancel_task(&self, task: u64, until: Until) -> Result<(Amount, Included)> {
		let included = self.send(&api::tx().tasks().cancel(task), until).await?;
		let event: api::tasks::events::Cancelled = included.expect_event("Cancelled")?;
		Ok((Amount(event.refunded), included))
	}
}
