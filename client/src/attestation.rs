// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Attestations: what a provider's evidence proved, and where its evidence is served.

use aivm_attestation::{Error as Invalid, IntelTcb, Kind, Part, Tcb};
use codec::{Decode, Encode};
use futures::StreamExt;
use serde::{Serialize, Serializer};
use serde_json::{json, Value};
use subxt::utils::Static;

use crate::{
	bindings::{api, BoundedVec},
	evidence::{kind_name, serialize_kind},
	AccountId, Amount, Client, Error, Evidence, Included, Result, Sender, Until, H256,
};

/// A tier of providers, each with its policy on firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
	/// The lowest.
	#[codec(index = 0)]
	Entry,
	/// In between.
	#[codec(index = 1)]
	Standard,
	/// The highest.
	#[codec(index = 2)]
	HighPerformance,
}

impl Tier {
	/// All tiers, lowest first.
	pub const ALL: [Self; 3] = [Self::Entry, Self::Standard, Self::HighPerformance];
}

/// What recorded evidence was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
	/// Anything else than this chain. Says nothing about the provider; accepted on development networks only.
	#[codec(index = 0)]
	Nothing,
	/// This chain, the provider, and the challenge of the record's period.
	#[codec(index = 1)]
	Challenge,
}

/// What evidence proved about a device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct DeviceRecord {
	/// GPU or switch.
	#[serde(serialize_with = "serialize_kind")]
	pub kind: Kind,
	/// Name of its measurements.
	pub measured: H256,
	/// Its firmware.
	#[serde(serialize_with = "serialize_tcb")]
	pub tcb: Tcb,
	/// Name of the device.
	pub device: H256,
}

/// What evidence proved.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct Record {
	/// The kind of evidence. `Development` means that no hardware proved anything.
	#[serde(serialize_with = "serialize_kind")]
	pub kind: Kind,
	/// What it was made for.
	pub bound: Bound,
	/// Name of what runs.
	pub measured: H256,
	/// The workload whose allow-list has it, if one was asked for.
	pub workload: Option<u32>,
	/// The firmware below.
	#[serde(serialize_with = "serialize_tcb")]
	pub tcb: Tcb,
	/// The tiers whose policy it meets. None for what is not the evidence of a machine's hardware.
	pub tiers: Vec<Tier>,
	/// Name of the chip, enclave or device.
	pub device: H256,
	/// The devices that the machine uses.
	pub devices: Vec<DeviceRecord>,
	/// The period of the challenge that the evidence answers, or in which it was sent if it answers none.
	pub period: u64,
	/// When it was verified, in seconds since 1970.
	pub verified_at: u64,
	/// Last second, since 1970, at which it counts.
	pub expires: u64,
}

/// A provider's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProviderRecord {
	/// The provider.
	pub provider: AccountId,
	/// What its evidence proved.
	#[serde(flatten)]
	pub record: Record,
	/// What the provider has on hold for it.
	pub deposit: Amount,
}

/// Firmware as JSON has it.
pub fn tcb_json(tcb: &Tcb) -> Value {
	let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
	match tcb {
		Tcb::Intel(IntelTcb { status, advisories, date, evaluation }) => json!({
			"maker": "intel",
			"status": format!("{status:?}"),
			"advisories": advisories.iter().map(|advisory| text(advisory)).collect::<Vec<_>>(),
			"date": date,
			"evaluation": evaluation,
		}),
		Tcb::Amd(tcb) => json!({
			"maker": "amd",
			"product": format!("{:?}", tcb.product),
			"fmc": tcb.fmc,
			"boot_loader": tcb.boot_loader,
			"tee": tcb.tee,
			"snp": tcb.snp,
			"microcode": tcb.microcode,
		}),
		Tcb::Nvidia { driver, vbios } => json!({
			"maker": "nvidia",
			"driver": text(driver),
			"vbios": hex::encode(vbios),
		}),
		Tcb::Unknown => Value::Null,
	}
}

/// Writes firmware as JSON.
fn serialize_tcb<S: Serializer>(tcb: &Tcb, serializer: S) -> std::result::Result<S::Ok, S::Error> {
	tcb_json(tcb).serialize(serializer)
}

/// Where collectors fetch a provider's evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointInfo {
	/// The address.
	pub url: String,
	/// The kind of evidence that it serves.
	#[serde(serialize_with = "serialize_kind")]
	pub kind: Kind,
	/// The workload that it runs, if it is to be checked.
	pub workload: Option<u32>,
	/// What the provider has on hold for it.
	pub deposit: Amount,
}

/// Why the chain refuses evidence, as it says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Refusal {
	/// The evidence, or what it is checked against, is invalid.
	#[codec(index = 0)]
	Invalid(Invalid),
	/// Collateral that it needs is not stored.
	#[codec(index = 1)]
	MissingCollateral(Part),
	/// This chain accepts no development attestations.
	#[codec(index = 2)]
	DevelopmentNotAllowed,
	/// A development attestation must be signed with the provider's key.
	#[codec(index = 3)]
	ForeignKey,
	/// A device's evidence without a machine's.
	#[codec(index = 4)]
	DeviceAlone,
	/// A device is named twice.
	#[codec(index = 5)]
	SameDevice,
	/// There is no such workload.
	#[codec(index = 6)]
	UnknownWorkload,
	/// The provider cannot pay the deposit for the record.
	#[codec(index = 7)]
	Deposit,
	/// The provider's endpoint serves another kind of evidence.
	#[codec(index = 8)]
	OtherKind,
	/// The evidence answers the challenge of another period.
	#[codec(index = 9)]
	OtherPeriod,
}

impl Refusal {
	/// The name of the dispatch error that says the same.
	fn name(&self) -> String {
		let debug = match self {
			Self::Invalid(invalid) => format!("{invalid:?}"),
			other => format!("{other:?}"),
		};
		debug.chars().take_while(char::is_ascii_alphanumeric).collect()
	}

	/// The time that it is about, in seconds since 1970.
	fn time(&self) -> Option<u64> {
		match self {
			Self::Invalid(Invalid::NotYetValid { from, .. }) => Some(*from),
			Self::Invalid(Invalid::Expired { until, .. } | Invalid::GraceOver { until }) => Some(*until),
			_ => None,
		}
	}
}

/// Why the chain would not record evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceRefusal {
	/// The name of the dispatch error that [`Sender::attest`] would fail with.
	pub name: String,
	/// What it means and what to do about it, in the chain's words.
	pub explanation: String,
	/// The time that it is about, in seconds since 1970: the end of a certificate, for instance.
	pub time: Option<u64>,
}

impl Client {
	/// What the chain would record if `provider` sent this evidence now, or why it would not. Nothing is sent.
	pub async fn check_evidence(
		&self,
		provider: &AccountId,
		evidence: &Evidence,
		workload: Option<u32>,
	) -> Result<std::result::Result<Record, EvidenceRefusal>> {
		let at = self.at_best().await?;
		let views = api::view_functions().attestation();
		let checked = self.view(&at, views.check(*provider, Static(evidence.clone()), workload)).await?;
		match checked {
			Ok(Static(record)) => Ok(Ok(record)),
			Err(Static(refusal)) => Ok(Err(self.explain(refusal).await?)),
		}
	}

	/// What a refusal means, in the chain's words.
	pub(crate) async fn explain(&self, refusal: Refusal) -> Result<EvidenceRefusal> {
		let call = api::view_functions().attestation().explain(Static(refusal));
		let explanation = self.view(&self.at_best().await?, call).await?;
		let explanation = String::from_utf8(explanation).map_err(Error::unexpected)?;
		Ok(EvidenceRefusal { name: refusal.name(), explanation, time: refusal.time() })
	}

	/// What all evidence of `provider` proved, by kind, also what has expired.
	pub async fn attestations_of(&self, provider: &AccountId) -> Result<Vec<ProviderRecord>> {
		let at = self.at_best().await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "storage Attestation.Records");
		let entries = at.storage().iter(api::storage().attestation().records(), (*provider,)).await;
		let mut entries = entries.map_err(failed)?;
		let mut records = Vec::new();
		while let Some(found) = entries.next().await {
			let stored = found.map_err(failed)?.value().decode().map_err(Error::unexpected)?;
			let (record, deposit) = (stored.record.0, Amount(stored.deposit));
			records.push(ProviderRecord { provider: *provider, record, deposit });
		}
		records.sort_by_key(|found| found.record.kind);
		Ok(records)
	}

	/// What the evidence of all providers proved, also what has expired, in no order; at most `limit`.
	pub async fn attestations(&self, limit: usize) -> Result<Vec<ProviderRecord>> {
		/// Bytes of a key before the provider's account: pallet, entry, and hash of the account.
		const BEFORE_PROVIDER: usize = 48;
		let at = self.at_best().await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "storage Attestation.Records");
		let entries = at.storage().iter(api::storage().attestation().records(), ()).await.map_err(failed)?;
		let mut entries = entries.take(limit);
		let mut records = Vec::new();
		while let Some(found) = entries.next().await {
			let found = found.map_err(failed)?;
			let provider = found.key_bytes().get(BEFORE_PROVIDER..).and_then(|rest| rest.first_chunk::<32>());
			let provider = provider.ok_or_else(|| Error::Unexpected("the node's key of a record is short".into()))?;
			let stored = found.value().decode().map_err(Error::unexpected)?;
			records.push(ProviderRecord {
				provider: (*provider).into(),
				record: stored.record.0,
				deposit: Amount(stored.deposit),
			});
		}
		Ok(records)
	}

	/// Where collectors fetch the evidence of `provider`.
	///
	/// # Errors
	/// [`Error::NotFound`] if the provider has stated no endpoint.
	pub async fn endpoint(&self, provider: &AccountId) -> Result<EndpointInfo> {
		let at = self.at_best().await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "storage Attestation.Endpoints");
		let stored = at.storage().try_fetch(api::storage().attestation().endpoints(), (*provider,)).await;
		let stored = stored.map_err(failed)?.ok_or_else(|| {
			Error::NotFound(format!("{provider} has no endpoint; it can set one with `aivm attestation endpoint set`"))
		})?;
		let endpoint = stored.decode().map_err(Error::unexpected)?;
		Ok(EndpointInfo {
			url: String::from_utf8_lossy(&endpoint.url.0).into_owned(),
			kind: endpoint.kind.0,
			workload: endpoint.workload,
			deposit: Amount(endpoint.deposit),
		})
	}
}

impl Sender {
	/// Has the chain verify evidence of the signer and record what it proves.
	pub async fn attest(&self, evidence: &Evidence, workload: Option<u32>, until: Until) -> Result<(Record, Included)> {
		let call = api::tx().attestation().attest(Static(evidence.clone()), workload);
		let included = self.send(&call, until).await?;
		let event: api::attestation::events::Attested = included.expect_event("Attested")?;
		Ok((event.record.0, included))
	}

	/// Removes a record: the signer's, or anybody's that has expired. The provider gets its deposit back.
	pub async fn remove_attestation(&self, provider: &AccountId, kind: Kind, until: Until) -> Result<Included> {
		self.send(&api::tx().attestation().remove_record(*provider, Static(kind)), until).await
	}

	/// States where the signer serves its evidence, of which kind, and as which workload.
	pub async fn set_endpoint(&self, url: &str, kind: Kind, workload: Option<u32>, until: Until) -> Result<Included> {
		let url = BoundedVec(url.as_bytes().to_vec());
		self.send(&api::tx().attestation().set_endpoint(url, Static(kind), workload), until).await
	}

	/// Ends the signer's endpoint and returns its deposit.
	pub async fn remove_endpoint(&self, until: Until) -> Result<Included> {
		self.send(&api::tx().attestation().remove_endpoint(), until).await
	}
}

impl std::fmt::Display for Record {
	/// The kind, and what it stands for if that is not this provider's hardware.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str(kind_name(self.kind))?;
		match (self.kind, self.bound) {
			(Kind::Development, _) => f.write_str(" (no hardware)"),
			(_, Bound::Nothing) => f.write_str(" (recorded elsewhere)"),
			(_, Bound::Challenge) => Ok(()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_attestation::{
		proven::Advisory,
		snp::{AmdTcb, Product},
		TcbStatus,
	};
	use pallet_attestation as pallet;

	#[test]
	fn record_should_have_the_encoding_of_the_pallet() {
		let advisories = vec![Advisory::try_from(b"INTEL-SA-1".to_vec()).unwrap()].try_into().unwrap();
		let tcb = Tcb::Intel(IntelTcb { status: TcbStatus::UpToDate, advisories, date: 1, evaluation: 2 });
		let nvidia = Tcb::Nvidia { driver: b"550".to_vec().try_into().unwrap(), vbios: vec![9].try_into().unwrap() };
		let device =
			pallet::DeviceRecord { kind: Kind::NvidiaGpu, measured: [7; 32], tcb: nvidia.clone(), device: [8; 32] };
		let theirs = pallet::Record {
			kind: Kind::Tdx,
			bound: pallet::Bound::Challenge,
			measured: [1; 32],
			workload: Some(3),
			tcb: tcb.clone(),
			tiers: vec![pallet::Tier::Entry, pallet::Tier::HighPerformance].try_into().unwrap(),
			device: [2; 32],
			devices: vec![device].try_into().unwrap(),
			period: 4,
			verified_at: 5,
			expires: 6,
		};
		let ours = Record {
			kind: Kind::Tdx,
			bound: Bound::Challenge,
			measured: H256([1; 32]),
			workload: Some(3),
			tcb,
			tiers: vec![Tier::Entry, Tier::HighPerformance],
			device: H256([2; 32]),
			devices: vec![DeviceRecord {
				kind: Kind::NvidiaGpu,
				measured: H256([7; 32]),
				tcb: nvidia,
				device: H256([8; 32]),
			}],
			period: 4,
			verified_at: 5,
			expires: 6,
		};
		assert_eq!(Record::decode(&mut &theirs.encode()[..]), Ok(ours.clone()));
		let json = serde_json::to_value(&ours).unwrap();
		assert_eq!((&json["kind"], &json["tcb"]["status"]), (&json!("tdx"), &json!("UpToDate")));
		assert_eq!(json["tiers"], json!(["entry", "high-performance"]));
		assert_eq!(json["devices"][0]["tcb"]["driver"], "550");
	}

	#[test]
	fn refusals_should_have_the_encoding_and_the_names_of_the_pallet() {
		use pallet::Refusal as Theirs;
		let expired = Invalid::Expired { part: Part::TcbInfo, until: 7 };
		for (theirs, name, time) in [
			(Theirs::Invalid(expired), "Expired", Some(7)),
			(Theirs::Invalid(Invalid::DebugMode), "DebugMode", None),
			(Theirs::MissingCollateral(Part::RootCrl), "MissingCollateral", None),
			(Theirs::DevelopmentNotAllowed, "DevelopmentNotAllowed", None),
			(Theirs::ForeignKey, "ForeignKey", None),
			(Theirs::DeviceAlone, "DeviceAlone", None),
			(Theirs::SameDevice, "SameDevice", None),
			(Theirs::UnknownWorkload, "UnknownWorkload", None),
			(Theirs::Deposit, "Deposit", None),
			(Theirs::OtherKind, "OtherKind", None),
			(Theirs::OtherPeriod, "OtherPeriod", None),
		] {
			let ours = Refusal::decode(&mut &theirs.encode()[..]).unwrap();
			assert_eq!((ours.name().as_str(), ours.time()), (name, time));
			assert_eq!(ours.encode(), theirs.encode());
		}
	}

	#[test]
	fn firmware_should_be_told_by_maker() {
		let tcb = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
		let json = tcb_json(&Tcb::Amd(tcb));
		assert_eq!((&json["product"], &json["microcode"]), (&json!("Milan"), &json!(115)));
		assert_eq!(tcb_json(&Tcb::Unknown), Value::Null);
	}
}
