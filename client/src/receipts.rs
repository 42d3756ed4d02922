// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Receipts: reading them, and proofs that hold without a node.

use std::{fmt, str::FromStr, time::Duration};

use aivm_receipts::{verify, Evidence, PolicyDecision, Receipt, ReceiptProof, TrustPath, Verdict, MAX_PROOF_LEN};
use serde::{Deserialize, Serialize};
use subxt::rpcs::client::rpc_params;

use crate::{AccountId, Amount, Client, Error, HexBytes, PaymentSplit, Refusal, Result, VersionId, H256};

/// What a proof file says it is.
pub const PROOF_FORMAT: &str = "aivm-receipt-proof/1";
/// Receipts in one answer of a node.
const PAGE: usize = 1_024;
/// How long a block may take to become final.
const FINALITY_TIMEOUT: Duration = Duration::from_secs(120);
/// How often finality is looked at.
const FINALITY_POLL: Duration = Duration::from_millis(500);
/// Largest proof file that is read, in characters: the proof twice in hexadecimal, and the rest.
const MAX_PROOF_FILE: usize = 4 * MAX_PROOF_LEN + 8 * 1_024;

/// Where a receipt is found, written `BLOCK-INDEX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReceiptId {
	/// Height of the block.
	pub block: u32,
	/// Place in the block, from 0.
	pub index: u32,
}

impl fmt::Display for ReceiptId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&format!("{}-{}", self.block, self.index))
	}
}

impl FromStr for ReceiptId {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self> {
		let malformed = || Error::BadInput(format!("{text:?} is no receipt; write BLOCK-INDEX, for example 120-0"));
		let (block, index) = text.trim().split_once('-').ok_or_else(malformed)?;
		let number = |text: &str| text.parse::<u32>().map_err(|_| malformed());
		Ok(Self { block: number(block)?, index: number(index)? })
	}
}

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptView {
	/// Where it is found.
	pub id: ReceiptId,
	/// Number of the task.
	pub task: u64,
	/// Who asked and paid.
	pub requester: AccountId,
	/// Who computed. On the on-chain path: the block's author.
	pub provider: AccountId,
	/// What ran.
	pub version: VersionId,
	/// BLAKE2b-256 of the artefact that ran.
	pub artefact_hash: H256,
	/// BLAKE2b-256 of the input; on the ZK path the commitment to it.
	pub input_hash: H256,
	/// BLAKE2b-256 of the output; on the ZK path the field element that stands for it, or zero if there is no output.
	pub output_hash: H256,
	/// How the run is trusted.
	pub path: String,
	/// What convinced the chain.
	pub evidence: String,
	/// The zero-knowledge proof that was brought, if one was.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub proof: Option<ProofView>,
	/// The policy that let an agent act; none if the requester acted for itself.
	pub policy: Option<PolicyView>,
	/// How it ended.
	pub verdict: String,
	/// Who got what.
	pub payment: PaymentSplit,
	/// What the requester paid in all.
	pub paid: Amount,
	/// The receipt's hash as a leaf of its block's tree.
	pub leaf_hash: H256,
}

/// A zero-knowledge proof that was brought for a task. The verdict says whether it convinced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProofView {
	/// The verifying key.
	pub key: u32,
	/// Hash of the statement: the chain, the task, the program, input and output, and the provider.
	pub statement: H256,
}

/// The policy of an agent that let a session key act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyView {
	/// The agent.
	pub agent: u64,
	/// The session key that signed.
	pub key: AccountId,
	/// Hash of the agent's policy with its version.
	pub policy_hash: H256,
	/// Version of the agent's policy.
	pub version: u32,
	/// Hash of the session key's own limits.
	pub restriction_hash: H256,
	/// The rules that were checked and respected, each by the name of the refusal that breaking it gives.
	pub checked: Vec<String>,
}

impl From<&Receipt> for ReceiptView {
	fn from(receipt: &Receipt) -> Self {
		let (id, body) = (receipt.id(), receipt.body());
		let payment = body.payment;
		let parts = [payment.provider, payment.royalty, payment.treasury, payment.burn];
		Self {
			id: ReceiptId { block: id.block, index: id.index },
			task: body.task,
			requester: AccountId::from(<[u8; 32]>::from(body.requester.clone())),
			provider: AccountId::from(<[u8; 32]>::from(body.provider.clone())),
			version: VersionId { model: body.model, version: body.version },
			artefact_hash: body.artefact_hash,
			input_hash: body.input_hash,
			output_hash: body.output_hash,
			path: match body.path {
				TrustPath::OnChain => "OnChain",
				TrustPath::ZkProof => "ZkProof",
				TrustPath::Optimistic => "Optimistic",
				TrustPath::Committee => "Committee",
				TrustPath::Attested => "Attested",
			}
			.into(),
			evidence: match body.evidence {
				Evidence::Consensus => "Consensus",
				Evidence::Absent => "Absent",
				Evidence::Groth16 { .. } => "Groth16",
			}
			.into(),
			proof: match body.evidence {
				Evidence::Groth16 { key, statement } => Some(ProofView { key, statement }),
				Evidence::Consensus | Evidence::Absent => None,
			},
			policy: match &body.policy {
				PolicyDecision::NotApplied => None,
				PolicyDecision::Allowed(policy) => Some(PolicyView {
					agent: policy.agent,
					key: AccountId::from(<[u8; 32]>::from(policy.key.clone())),
					policy_hash: policy.policy_hash,
					version: policy.version,
					restriction_hash: policy.restriction_hash,
					checked: Refusal::rules_in(policy.checked),
				}),
			},
			verdict: match body.verdict {
				Verdict::Accepted => "Accepted",
				Verdict::Rejected => "Rejected",
				Verdict::Expired => "Expired",
				Verdict::Cancelled => "Cancelled",
			}
			.into(),
			payment: PaymentSplit {
				provider: Amount(payment.provider),
				royalty: Amount(payment.royalty),
				treasury: Amount(payment.treasury),
				burn: Amount(payment.burn),
			},
			paid: Amount(parts.into_iter().fold(0, u128::saturating_add)),
			leaf_hash: receipt.leaf_hash(),
		}
	}
}

/// A receipt with the proof that it belongs to a block's chain, as `aivm receipt proof` writes it. It is all that
/// [`Self::verify`] needs, besides the hash of a block that is trusted to be final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofFile {
	/// [`PROOF_FORMAT`].
	pub format: String,
	/// Height of the receipt's block.
	pub block: u32,
	/// The receipt's place in its block.
	pub index: u32,
	/// Hash of the receipt's block.
	pub block_hash: H256,
	/// Height of the block whose header the proof is against.
	pub at: u32,
	/// Hash of the block whose header the proof is against.
	pub at_hash: H256,
	/// The receipt in its canonical encoding.
	pub receipt: HexBytes,
	/// The SCALE-encoded proof.
	pub proof: HexBytes,
}

/// A receipt whose proof holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedReceipt {
	/// What it says.
	pub receipt: ReceiptView,
	/// Hash of the receipt's block.
	pub block_hash: H256,
	/// Root over the receipts of that block.
	pub receipts_root: H256,
	/// Height of the block whose header the proof is against.
	pub at: u32,
	/// Hash of the block whose header the proof is against. The receipt is as certain as this block.
	pub at_hash: H256,
	/// Whether that hash was given by who verifies. If not, it is the one in the file, and still has to be compared with a
	/// source of trust.
	pub trusted: bool,
}

impl ProofFile {
	/// Reads a proof file.
	///
	/// # Errors
	/// [`Error::BadInput`] if the text is no proof file or longer than one can be.
	pub fn from_json(text: &str) -> Result<Self> {
		if text.len() > MAX_PROOF_FILE {
			return Err(Error::BadInput(format!(
				"the proof file has {} characters; one has at most {MAX_PROOF_FILE}",
				text.len()
			)));
		}
		let file: Self = serde_json::from_str(text).map_err(|error| {
			Error::BadInput(format!("this is no proof file: {error}; make one with `aivm receipt proof BLOCK-INDEX`"))
		})?;
		if file.format != PROOF_FORMAT {
			return Err(Error::BadInput(format!(
				"the proof file has format {:?}, this program reads {PROOF_FORMAT:?}; update it, or make the file again",
				file.format
			)));
		}
		Ok(file)
	}

	/// The file's text.
	pub fn to_json(&self) -> String {
		serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
	}

	/// Checks the proof, without a node.
	///
	/// `trusted` is the hash of a block that is known to be final. Without it the hash in the file is used, which shows
	/// that the file is consistent, but not that the block exists.
	///
	/// # Errors
	/// [`Error::Verification`] with the first check that failed.
	pub fn verify(&self, trusted: Option<H256>) -> Result<VerifiedReceipt> {
		let failed = |reason: String| Error::Verification(reason);
		let proof = ReceiptProof::from_bytes(&self.proof).map_err(|error| failed(error.to_string()))?;
		let against = trusted.unwrap_or(self.at_hash);
		let verified = verify(&proof, against).map_err(|error| failed(error.to_string()))?;

		// What the file says beside the proof must agree with it, because people read it.
		let view = ReceiptView::from(&verified.receipt);
		let stated = ReceiptId { block: self.block, index: self.index };
		if proof.receipt != self.receipt.0 {
			return Err(failed("the receipt in the file is not the one that the proof is about".into()));
		}
		if view.id != stated {
			return Err(failed(format!("the file says that this is receipt {stated}, but it is {}", view.id)));
		}
		if verified.block_hash != self.block_hash {
			return Err(failed("the file names another block than the proof".into()));
		}
		if verified.header_number != self.at || against != self.at_hash {
			return Err(failed("the file names another header than the one that the proof is against".into()));
		}
		Ok(VerifiedReceipt {
			receipt: view,
			block_hash: self.block_hash,
			receipts_root: verified.receipts_root,
			at: self.at,
			at_hash: self.at_hash,
			trusted: trusted.is_some(),
		})
	}
}

/// A node's answer with a proof.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proven {
	receipt: HexBytes,
	proof: HexBytes,
	block: u32,
	block_hash: H256,
	index: u32,
	at: u32,
	at_hash: H256,
}

impl Client {
	/// The receipts of a block of the best chain, in order.
	pub async fn receipts(&self, block: u32) -> Result<Vec<ReceiptView>> {
		let encoded = self.encoded_receipts(serde_json::Value::from(block)).await?;
		encoded
			.iter()
			.map(|bytes| {
				Receipt::from_canonical(bytes).map(|receipt| ReceiptView::from(&receipt)).map_err(Error::unexpected)
			})
			.collect()
	}

	/// How many receipts the block with this hash has.
	pub(crate) async fn receipt_count(&self, hash: H256) -> Result<u32> {
		let encoded = self.encoded_receipts(serde_json::Value::from(format!("{hash:?}"))).await?;
		Ok(u32::try_from(encoded.len()).unwrap_or(u32::MAX))
	}

	/// One receipt.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such receipt.
	pub async fn receipt(&self, id: ReceiptId) -> Result<ReceiptView> {
		let receipts = self.receipts(id.block).await?;
		let count = receipts.len();
		usize::try_from(id.index).ok().and_then(|index| receipts.into_iter().nth(index)).ok_or_else(|| {
			Error::NotFound(format!(
				"there is no receipt {id}: block {} has {count} receipts, counted from 0",
				id.block
			))
		})
	}

	/// The proof of a receipt against the last finalised block, or against the block at height `at`.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such receipt, or its block is not final yet.
	pub async fn receipt_proof(&self, id: ReceiptId, at: Option<u32>) -> Result<ProofFile> {
		let params = rpc_params![id.block, id.index, at];
		let proven: Proven =
			self.rpc.request("aivm_receiptProof", params).await.map_err(|error| self.rpc_error(&error))?;
		Ok(ProofFile {
			format: PROOF_FORMAT.into(),
			block: proven.block,
			index: proven.index,
			block_hash: proven.block_hash,
			at: proven.at,
			at_hash: proven.at_hash,
			receipt: proven.receipt,
			proof: proven.proof,
		})
	}

	/// Waits until the block at this height is final.
	pub async fn wait_for_finality(&self, block: u32) -> Result<()> {
		let waiting = async {
			while self.finalised().await?.number < block {
				tokio::time::sleep(FINALITY_POLL).await;
			}
			Ok(())
		};
		tokio::time::timeout(FINALITY_TIMEOUT, waiting)
			.await
			.map_err(|_| Error::Timeout { what: format!("finality of block {block}"), after: FINALITY_TIMEOUT })?
	}

	/// Fails unless the block with this hash and height is part of the finalised chain, as this node sees it.
	pub async fn ensure_finalised(&self, number: u32, hash: H256) -> Result<()> {
		if self.finalised().await?.number < number {
			return Err(Error::Verification(format!("block {number} is not final yet; try again in some seconds")));
		}
		if self.block_hash(number).await? != hash {
			return Err(Error::Verification(format!("the chain's block {number} is not {hash:?}")));
		}
		Ok(())
	}

	/// The encoded receipts of a block, page by page.
	async fn encoded_receipts(&self, block: serde_json::Value) -> Result<Vec<HexBytes>> {
		let mut receipts: Vec<HexBytes> = Vec::new();
		loop {
			let params = rpc_params![&block, receipts.len()];
			let page: Vec<HexBytes> =
				self.rpc.request("aivm_receipts", params).await.map_err(|error| self.rpc_error(&error))?;
			let last = page.len() < PAGE;
			receipts.extend(page);
			if last {
				return Ok(receipts);
			}
		}
	}
}
