// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What governance states about evidence, and what the node's off-chain worker did with it.

use aivm_attestation::{nvidia::Golden, snp::AmdTcb, x509::Serial, TcbPolicy};
use codec::{Decode, Encode};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
	attestation::tcb_json,
	bindings::{api, BoundedVec},
	AccountId, Client, Error, Result, Tier, H256,
};

/// Bytes of a key of a map before the hash of what follows: pallet and entry.
const BEFORE_HASH: usize = 32;

/// What is never accepted, although its maker did not revoke it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Denied {
	/// A certificate of an AWS Nitro or NVIDIA chain, by its serial number.
	#[codec(index = 0)]
	Certificate(Serial),
	/// A chip, enclave or device, by its name in records.
	#[codec(index = 1)]
	Device([u8; 32]),
}

impl std::fmt::Display for Denied {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Certificate(serial) => write!(f, "certificate 0x{}", hex::encode(serial.0)),
			Self::Device(name) => write!(f, "device 0x{}", hex::encode(name)),
		}
	}
}

impl Serialize for Denied {
	fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// Which firmware is new enough for a tier.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TierPolicy {
	/// The tier.
	pub tier: Tier,
	/// Statuses of Intel platforms that are accepted besides `UpToDate`.
	pub statuses: Vec<String>,
	/// Advisories that may apply to platforms with such a status.
	pub advisories: Vec<String>,
	/// Seconds after the date of its security versions for which a platform that misses an update is accepted.
	pub grace: u64,
	/// Lowest number of Intel's evaluation.
	pub least_evaluation: u32,
	/// Lowest security versions of AMD platforms. Products without any are not accepted.
	pub amd: Vec<Value>,
}

impl TierPolicy {
	fn new(tier: Tier, policy: &TcbPolicy) -> Self {
		let amd = |tcb: &AmdTcb| tcb_json(&aivm_attestation::Tcb::Amd(*tcb));
		Self {
			tier,
			statuses: policy.statuses.iter().map(|status| format!("{status:?}")).collect(),
			advisories: policy.advisories.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect(),
			grace: policy.grace,
			least_evaluation: policy.least_evaluation,
			amd: policy.amd.iter().map(amd).collect(),
		}
	}
}

/// What may run as a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorkloadInfo {
	/// Its number.
	pub id: u32,
	/// Its name.
	pub name: String,
	/// The names of what may run.
	pub measurements: Vec<H256>,
}

/// The measurements that NVIDIA devices with a driver and a VBIOS may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GoldenInfo {
	/// Version of the driver.
	pub driver: String,
	/// Version of the VBIOS, in hexadecimal digits as the device writes it.
	pub vbios: String,
	/// The indices of the measurements that are compared.
	pub measurements: Vec<u8>,
}

impl From<Golden> for GoldenInfo {
	fn from(golden: Golden) -> Self {
		Self {
			driver: String::from_utf8_lossy(&golden.driver).into_owned(),
			vbios: hex::encode(&golden.vbios),
			measurements: golden.measurements.iter().map(|allowed| allowed.index).collect(),
		}
	}
}

/// What governance states about evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttestationRules {
	/// Whether a key's word and recorded evidence are accepted. Set at genesis only.
	pub allow_development: bool,
	/// The policy of each tier, lowest first.
	pub policies: Vec<TierPolicy>,
	/// What may run as which workload.
	pub workloads: Vec<WorkloadInfo>,
	/// The measurements of NVIDIA devices.
	pub goldens: Vec<GoldenInfo>,
	/// What is never accepted.
	pub denied: Vec<Denied>,
	/// The keys of collectors.
	pub collectors: Vec<AccountId>,
}

/// What the off-chain worker of a node did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectorStatus {
	/// The collector's key, as an address.
	pub collector: String,
	/// Runs since the node's database was made, or the key changed.
	pub runs: u64,
	/// Transactions that were submitted since then.
	pub submitted: u64,
	/// Providers whose evidence was not submitted, counted each time, since then.
	pub failed: u64,
	/// Height of the block after which the last run was.
	pub block: u64,
	/// When the last run began, in milliseconds since 1970.
	pub started: u64,
	/// How long the last run took, in milliseconds.
	pub took: u64,
	/// How many providers the last run looked at.
	pub scanned: u32,
	/// How many of them it asked.
	pub due: u32,
	/// How many of them are due, but left alone for a while after failures.
	pub waiting: u32,
	/// The last failure, if there was any.
	#[serde(alias = "lastFailure")]
	pub last_failure: Option<CollectorFailure>,
}

/// A provider whose evidence was not submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectorFailure {
	/// The provider, as an address.
	pub provider: String,
	/// Why.
	pub reason: String,
	/// When, in milliseconds since 1970.
	pub at: u64,
}

impl Client {
	/// What governance states about evidence; at most `limit` of each list.
	pub async fn attestation_rules(&self, limit: usize) -> Result<AttestationRules> {
		let at = self.at_best().await?;
		let storage = || api::storage().attestation();
		let failed = |error: subxt::error::StorageError| self.error(error, "storage Attestation");
		let short = || Error::Unexpected("the node's key of an entry is short".into());

		let allow = at.storage().fetch(storage().allow_development(), ()).await.map_err(failed)?;
		let collectors = at.storage().fetch(storage().collectors(), ()).await.map_err(failed)?;
		let BoundedVec(collectors) = collectors.decode().map_err(Error::unexpected)?;
		let mut policies = Vec::new();
		for tier in Tier::ALL {
			let policy = at.storage().fetch(storage().policies(), (tier.into(),)).await.map_err(failed)?;
			policies.push(TierPolicy::new(tier, &policy.decode().map_err(Error::unexpected)?.0));
		}

		let mut workloads = Vec::new();
		let mut entries = at.storage().iter(storage().workloads(), ()).await.map_err(failed)?.take(limit);
		while let Some(found) = entries.next().await {
			let found = found.map_err(failed)?;
			let id = found.key_bytes().last_chunk().copied().map(u32::from_le_bytes).ok_or_else(short)?;
			let workload = found.value().decode().map_err(Error::unexpected)?;
			workloads.push(WorkloadInfo {
				id,
				name: String::from_utf8_lossy(&workload.name.0).into_owned(),
				measurements: workload.measurements.0.into_iter().map(H256).collect(),
			});
		}
		workloads.sort_by_key(|workload| workload.id);

		let mut goldens = Vec::new();
		let mut entries = at.storage().iter(storage().goldens(), ()).await.map_err(failed)?.take(limit);
		while let Some(found) = entries.next().await {
			let golden = found.map_err(failed)?.value().decode().map_err(Error::unexpected)?;
			goldens.push(golden.0.into());
		}

		let mut denied = Vec::new();
		let mut entries = at.storage().iter(storage().deny_list(), ()).await.map_err(failed)?.take(limit);
		while let Some(found) = entries.next().await {
			let found = found.map_err(failed)?;
			// The hash has 16 bytes.
			let mut item = found.key_bytes().get(BEFORE_HASH + 16..).ok_or_else(short)?;
			denied.push(Denied::decode(&mut item).map_err(Error::unexpected)?);
		}
		Ok(AttestationRules {
			allow_development: allow.decode().map_err(Error::unexpected)?,
			policies,
			workloads,
			goldens,
			denied,
			collectors: collectors.into_iter().map(AccountId::from).collect(),
		})
	}

	/// What the node's off-chain worker did, or `None` if it never ran: the node runs no off-chain workers, or has no key of a
	/// collector that the chain knows.
	pub async fn collector_status(&self) -> Result<Option<CollectorStatus>> {
		let answer = self.request("aivm_collectorStatus", &[]).await?;
		serde_json::from_value(answer).map_err(Error::unexpected)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_attestation::{snp::Product, TcbStatus};
	use pallet_attestation as pallet;
	use serde_json::json;

	#[test]
	fn denials_should_have_the_encoding_of_the_pallet() {
		for (theirs, text) in [
			(pallet::Denied::Certificate(Serial([1; 20])), format!("certificate 0x{}", "01".repeat(20))),
			(pallet::Denied::Device([2; 32]), format!("device 0x{}", "02".repeat(32))),
		] {
			let ours = Denied::decode(&mut &theirs.encode()[..]).unwrap();
			assert_eq!((ours.to_string(), ours.encode()), (text, theirs.encode()));
		}
	}

	#[test]
	fn policy_should_be_told_in_words() {
		let amd = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
		let policy = TcbPolicy {
			statuses: vec![TcbStatus::SwHardeningNeeded].try_into().unwrap(),
			advisories: vec![b"INTEL-SA-1".to_vec().try_into().unwrap()].try_into().unwrap(),
			amd: vec![amd].try_into().unwrap(),
			..TcbPolicy::strict()
		};
		let told = serde_json::to_value(TierPolicy::new(Tier::Standard, &policy)).unwrap();
		assert_eq!((&told["tier"], &told["advisories"][0]), (&json!("standard"), &json!("INTEL-SA-1")));
		assert_eq!((&told["statuses"][0], &told["amd"][0]["snp"]), (&json!("SwHardeningNeeded"), &json!(8)));
	}

	#[test]
	fn status_of_the_worker_should_be_read_as_the_node_writes_it() {
		let failure = json!({ "provider": "5G", "reason": "slow", "at": 9 });
		let mut answer = json!({
			"collector": "5H", "runs": 1, "submitted": 2, "failed": 3, "block": 4, "started": 5, "took": 6,
			"scanned": 7, "due": 8, "waiting": 9, "lastFailure": failure,
		});
		let status: CollectorStatus = serde_json::from_value(answer.clone()).unwrap();
		assert_eq!(status.last_failure.as_ref().map(|failure| failure.at), Some(9));
		answer["lastFailure"] = Value::Null;
		let status: CollectorStatus = serde_json::from_value(answer).unwrap();
		assert_eq!(status.last_failure, None);
	}
}
