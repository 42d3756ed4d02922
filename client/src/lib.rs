// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Rust SDK for AIVM nodes
//!
//! Everything a program needs to use the chain from outside: models, inferences, receipts, agents with their policies and
//! session keys, evidence of hardware, accounts and blocks.
//!
//! - [`Client`] is a connection to a node. It reads.
//! - [`Sender`] signs and sends the transactions of one account, many at a time. It writes.
//!   With a session key of an agent it acts as the agent, within the agent's [`Policy`].
//! - [`ProofFile`] is a receipt with its proof; [`ProofFile::verify`] needs no node.
//! - [`ProofRequest`] asks a provider for a run with a zero-knowledge proof; [`KeyFile`], [`ZkProofFile`] and [`OpeningFile`]
//!   are the files of keys, proofs and committed inputs.
//! - [`Evidence`] of confidential hardware answers a [`Challenge`]; a [`Record`] says what it proved, and [`Collateral`] is what
//!   it is checked against.
//! - [`Error`] says why something failed, what to do about it, and which [`ErrorClass`] it belongs to.
//!
//! ```no_run
//! # async fn example() -> aivm_client::Result<()> {
//! use aivm_client::{Client, InferLimits, Sender, Signer, Until, VersionId};
//!
//! let client = Client::connect("ws://127.0.0.1:9944").await?;
//! let version = VersionId { model: 0, version: 1 };
//! let quote = client.quote(version).await?;
//! let input = vec![0; quote.input_len as usize];
//!
//! let sender = Sender::new(&client, Signer::dev("Alice")?);
//! let result = sender.infer(version, input, InferLimits::of(&quote), Until::InBlock).await?;
//! println!("{} bytes of output for {}", result.output.len(), result.paid);
//! # Ok(())
//! # }
//! ```
//!
//! The types of calls, events and view functions are generated from `metadata.scale`, which `scripts/metadata` makes from the
//! runtime. A node with another runtime is refused with [`Error::IncompatibleRuntime`] when something is asked for that it
//! does not have in the same form.

mod account;
mod agents;
mod amount;
mod approvals;
mod attestation;
mod attestation_rules;
mod batch;
mod bindings;
mod bytes;
mod chain;
mod client;
mod collateral;
mod error;
mod evidence;
mod feedback;
mod keys;
mod load;
mod models;
mod policy;
mod proof_files;
mod proof_tasks;
mod publish;
mod receipts;
mod refusal;
mod session;
mod statements;
mod submit;
mod tasks;
mod verification;
mod view;

pub use account::Balance;
pub use agents::{
	AgentFilter, AgentInfo, EthereumAddress, EthereumAgent, LinkInfo, Signature, Wallet, SIGNATURE_WINDOW,
};
pub use amount::{Amount, AmountError, DECIMALS, SYMBOL, UNIT};
pub use approvals::Operator;
pub use attestation::{tcb_json, Bound, DeviceRecord, EndpointInfo, EvidenceRefusal, ProviderRecord, Record, Tier};
pub use attestation_rules::{
	AttestationRules, CollectorFailure, CollectorStatus, Denied, GoldenInfo, TierPolicy, WorkloadInfo,
};
pub use bytes::HexBytes;
pub use chain::{BlockId, BlockStream, BlockSummary, ChainLimits, ChainStatus, Watch};
pub use client::{Client, CONNECT_TIMEOUT};
pub use collateral::{Collateral, CollateralId, CollateralStatus, SignedStatement};
pub use error::{Error, ErrorClass, Result};
pub use evidence::{
	kind_name, Challenge, DeviceEvidence, Evidence, MachineEvidence, KIND_NAMES, MAX_DEVICES, MAX_EVIDENCE,
};
pub use feedback::{
	Decimal, Feedback, FeedbackFilter, FeedbackInput, FeedbackSummary, PaidFor, Validation, ValidationAnswer,
};
pub use keys::{parse_account, write_key_file, Signer};
pub use load::BlockUse;
pub use models::{
	Format, ModelInfo, ProgramSummary, Revocation, Royalty, UploadStatus, VersionId, VersionInfo, VersionSpec,
	VersionState,
};
pub use policy::{
	Asset, CallNames, CallRule, Check, Limit, PalletCalls, PendingPolicy, Policy, PolicyInForce, PolicyOutcome, Scope,
	Spent, Verdict,
};
pub use proof_files::{
	random_salt, CircuitOf, Claim, Curve, KeyFile, OpeningFile, Setup, WeightsFile, ZkProofFile, KEY_FORMAT,
	MAX_OPENING_INPUT, MAX_PROOF_INPUTS, MAX_PROOF_OUTPUT, OPENING_FORMAT, WEIGHTS_FORMAT, ZK_PROOF_FORMAT,
};
pub use proof_tasks::{Demand, OpenTask, ProofRequest, RequestQuote, Requested, Submitted, TaskInput, Terms};
pub use publish::UploadProgress;
pub use receipts::{PolicyView, ProofFile, ProofView, ReceiptId, ReceiptView, VerifiedReceipt, PROOF_FORMAT};
pub use refusal::Refusal;
pub use session::{Acting, Expiry, Grant, SessionKey};
pub use statements::Statement;
pub use submit::{Included, Pending, Sender, Until};
pub use subxt::utils::{AccountId32 as AccountId, H256};
pub use tasks::{Batch, DryRun, InferLimits, InferenceResult, PaymentSplit, Quote, RunWeight};
pub use verification::{KeyBinding, KeyInfo, Layout, VerifiedProof, MAX_PROOF_BATCH};
