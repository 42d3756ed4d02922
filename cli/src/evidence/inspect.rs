// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What evidence says, without a node. Nothing is verified: that takes the chain's collateral and its time.

use std::io::{self, Write};

use aivm_attestation::{
	development::Development,
	intel::{Quote, Tee},
	nitro::Document,
	nvidia,
	snp::{self, Product},
	x509::Certificate,
	Error, Kind, Measured, Part, Tcb,
};
use aivm_client::{kind_name, tcb_json, DeviceEvidence, Evidence, HexBytes, MachineEvidence, H256};
use serde::Serialize;
use serde_json::{json, Value};

use super::{encodings, evidence_failure};
use crate::{layout::Fields, time, Failure, Human};

/// In the names of the certificates of a switch.
const SWITCH: &[u8] = b"LS_10";

/// What evidence says.
#[derive(Debug, Serialize)]
pub struct Inspected {
	/// Bytes of its encoding.
	pub bytes: usize,
	/// The machine, unless it is that of a device alone.
	pub machine: Option<Piece>,
	/// The devices, in their order.
	pub devices: Vec<Piece>,
}

/// What the evidence of a machine or device says.
#[derive(Debug, Serialize)]
pub struct Piece {
	/// The kind of evidence.
	pub kind: &'static str,
	/// Name of what runs, as allow-lists and records have it.
	pub measured: H256,
	/// What runs, as the hardware measured it.
	pub measurement: Value,
	/// The firmware, as far as the evidence tells it.
	pub firmware: Value,
	/// What the software put into it. A device's is its nonce.
	pub report_data: HexBytes,
	/// When it was made, in seconds since 1970, if it says so.
	pub made_at: Option<u64>,
	/// The certificates in it, the machine's or device's first.
	pub certificates: Vec<CertificateInfo>,
}

/// A certificate.
#[derive(Debug, PartialEq, Serialize)]
pub struct CertificateInfo {
	/// Common name of its subject.
	pub subject: String,
	/// Common name of its issuer.
	pub issuer: String,
	/// Its serial number.
	pub serial: HexBytes,
	/// First second at which it is valid, since 1970.
	pub from: u64,
	/// Last second at which it is valid, since 1970.
	pub until: u64,
}

impl CertificateInfo {
	fn read(bytes: &[u8], part: Part) -> Result<Self, Error> {
		let read = Certificate::read(bytes, part)?;
		Ok(Self {
			subject: encodings::common_name(read.subject),
			issuer: encodings::common_name(read.issuer),
			serial: HexBytes(read.serial.0.to_vec()),
			from: read.window.from,
			until: read.window.until,
		})
	}
}

impl Inspected {
	/// What evidence says.
	///
	/// # Errors
	/// If a part of it is not in its format.
	pub fn of(evidence: &Evidence) -> Result<Self, Failure> {
		let devices = evidence.devices().iter().map(device).collect::<Result<_, _>>();
		let machine = match evidence {
			Evidence::Machine { machine, .. } => {
				Some(self::machine(machine).map_err(|error| evidence_failure(&error))?)
			}
			Evidence::Device(_) => None,
		};
		let devices = devices.map_err(|error: Error| evidence_failure(&error))?;
		Ok(Self { bytes: evidence.to_bytes().len(), machine, devices })
	}
}

fn machine(machine: &MachineEvidence) -> Result<Piece, Error> {
	match machine {
		MachineEvidence::Quote(bytes) => quote(bytes),
		MachineEvidence::SevSnp { product, report, certificate, .. } => sev_snp(*product, report, certificate),
		MachineEvidence::Nitro(bytes) => nitro(bytes),
		MachineEvidence::Development(development) => Ok(self::development(development)),
	}
}

fn quote(bytes: &[u8]) -> Result<Piece, Error> {
	let quote = Quote::read(bytes)?;
	let platform = quote.platform()?;
	let kind = match quote.tee() {
		Tee::Sgx => Kind::Sgx,
		Tee::Tdx => Kind::Tdx,
	};
	let firmware = json!({
		"fmspc": hex::encode_upper(platform.fmspc),
		"platform": hex::encode(platform.ppid),
		"components": platform.svn,
		"pce": platform.pce_svn,
	});
	let certificates = quote.chain.iter().map(|bytes| CertificateInfo::read(bytes, Part::PckCertificate));
	Ok(piece(kind, quote.measured(), firmware, quote.report_data(), None, certificates.collect::<Result<_, _>>()?))
}

fn sev_snp(product: Product, report: &[u8], certificate: &[u8]) -> Result<Piece, Error> {
	let report = snp::Report::read(report)?;
	let firmware = report.tcb(product).map_or(Value::Null, |tcb| tcb_json(&Tcb::Amd(tcb)));
	let certificates = vec![CertificateInfo::read(certificate, Part::ChipCertificate)?];
	Ok(piece(Kind::SevSnp, report.measured(), firmware, report.report_data(), None, certificates))
}

fn nitro(bytes: &[u8]) -> Result<Piece, Error> {
	let document = Document::read(bytes)?;
	let report_data = document.report_data().ok_or(Error::ReportData)?;
	let certificates = document.certificates().map(|bytes| CertificateInfo::read(bytes, Part::NitroCertificate));
	let certificates = certificates.collect::<Result<_, _>>()?;
	let made_at = Some(document.made_at());
	Ok(piece(Kind::Nitro, document.measured(), Value::Null, &report_data, made_at, certificates))
}

fn development(development: &Development) -> Piece {
	let measured = Measured::Development { claim: development.claim };
	let made_at = Some(development.window.from);
	piece(Kind::Development, measured, Value::Null, &development.report_data, made_at, Vec::new())
}

fn device(evidence: &DeviceEvidence) -> Result<Piece, Error> {
	let report = nvidia::Report::read(&evidence.report)?;
	let part = Part::DeviceCertificate;
	let chain = encodings::blocks(evidence.chain.clone()).map_err(|_| Error::Malformed { part })?;
	let leaf = Certificate::read(chain.first().ok_or(Error::Malformed { part })?, part)?;
	let kind = if encodings::contains(leaf.subject, SWITCH) { Kind::NvidiaSwitch } else { Kind::NvidiaGpu };
	let firmware = tcb_json(&Tcb::Nvidia { driver: report.driver.clone(), vbios: report.vbios.clone() });
	let certificates = chain.iter().map(|bytes| CertificateInfo::read(bytes, part)).collect::<Result<_, _>>()?;
	Ok(piece(kind, report.measured(), firmware, report.nonce, None, certificates))
}

fn piece(
	kind: Kind,
	measured: Measured,
	firmware: Value,
	report_data: &[u8],
	made_at: Option<u64>,
	certificates: Vec<CertificateInfo>,
) -> Piece {
	Piece {
		kind: kind_name(kind),
		measured: H256(measured.id()),
		measurement: measurement(&measured),
		firmware,
		report_data: HexBytes(report_data.to_vec()),
		made_at,
		certificates,
	}
}

/// What runs, by the makers' names of the registers.
fn measurement(measured: &Measured) -> Value {
	let digits = |bytes: &[u8]| HexBytes(bytes.to_vec()).to_string();
	let list = |all: &[[u8; 48]]| all.iter().map(|bytes| digits(bytes)).collect::<Vec<_>>();
	match measured {
		Measured::Sgx { enclave, signer, product, version } => json!({
			"mrenclave": digits(enclave),
			"mrsigner": digits(signer),
			"isvprodid": product,
			"isvsvn": version,
		}),
		Measured::Tdx { machine, runtime, configuration: [config, owner, owner_config] } => json!({
			"mrtd": digits(machine),
			"rtmr": list(runtime),
			"mrconfigid": digits(config),
			"mrowner": digits(owner),
			"mrownerconfig": digits(owner_config),
		}),
		Measured::SevSnp { launch, host_data, privilege } => json!({
			"measurement": digits(launch),
			"host_data": digits(host_data),
			"vmpl": privilege,
		}),
		Measured::Nitro { image, signer } => json!({ "pcr0_to_pcr2": list(image), "pcr8": digits(signer) }),
		Measured::Nvidia { firmware } => json!({ "all_measurements": digits(firmware) }),
		Measured::Development { claim } => json!({ "claim": digits(claim) }),
	}
}

impl Human for Inspected {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		for (place, piece) in self.machine.iter().chain(&self.devices).enumerate() {
			if place > 0 {
				writeln!(out)?;
			}
			piece.human(out)?;
		}
		writeln!(out, "\n{} bytes as evidence. Nothing is verified yet: see `aivm attestation check`.", self.bytes)
	}
}

impl Human for Piece {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let mut fields = Fields::new().add("kind", self.kind).add("measured", format_args!("{:?}", self.measured));
		for (name, value) in members(&self.measurement).chain(members(&self.firmware)) {
			fields = fields.add(&name, value);
		}
		fields = fields.add("report data", &self.report_data).maybe("made at", self.made_at.map(time::show_time));
		for certificate in &self.certificates {
			let CertificateInfo { subject, from, until, .. } = certificate;
			let (from, until) = (time::show_time(*from), time::show_time(*until));
			fields = fields.add("certificate", format_args!("{subject}, {from} to {until}"));
		}
		fields.write(out)
	}
}

/// The members of an object in words, those that are lists one by one.
fn members(value: &Value) -> impl Iterator<Item = (String, String)> + '_ {
	let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
	let is_long = |values: &[Value]| values.iter().any(Value::is_string);
	value.as_object().into_iter().flatten().flat_map(move |(name, value)| match value {
		Value::Array(values) if is_long(values) => {
			values.iter().enumerate().map(|(place, value)| (format!("{name} {place}"), text(value))).collect()
		}
		_ => vec![(name.replace('_', " "), text(value))],
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::evidence::tests::vector;
	use aivm_client::{Challenge, Signer};

	fn read(name: &str) -> Vec<u8> {
		std::fs::read(vector(name)).unwrap()
	}

	fn inspect(machine: MachineEvidence) -> Piece {
		let inspected = Inspected::of(&Evidence::Machine { machine, devices: Vec::new() }).unwrap();
		let mut out = Vec::new();
		inspected.human(&mut out).unwrap();
		assert!(String::from_utf8(out).unwrap().contains("Nothing is verified"));
		inspected.machine.unwrap()
	}

	#[test]
	fn recorded_evidence_should_be_told_in_full() {
		let sgx = inspect(MachineEvidence::Quote(read("intel/sgx_quote")));
		assert_eq!((sgx.kind, sgx.certificates.len(), sgx.report_data.len()), ("sgx", 3, 64));
		assert!(sgx.measurement["mrenclave"].is_string() && sgx.firmware["fmspc"].is_string(), "{sgx:?}");
		let tdx = inspect(MachineEvidence::Quote(read("intel/tdx_quote")));
		assert_eq!((tdx.kind, tdx.measurement["rtmr"].as_array().unwrap().len()), ("tdx", 4));
		assert_eq!(tdx.certificates[2].subject, "Intel SGX Root CA");

		let snp = inspect(MachineEvidence::SevSnp {
			product: Product::Milan,
			endorsed: snp::Endorsed::Chip,
			report: read("amd/report_milan.bin"),
			certificate: read("amd/vcek_milan.der"),
		});
		assert_eq!((snp.kind, &snp.firmware["microcode"]), ("sev-snp", &json!(115)));
		assert_eq!((snp.certificates[0].subject.as_str(), snp.certificates[0].until), ("SEV-VCEK", 1_901_474_623));

		let nitro = inspect(MachineEvidence::Nitro(read("nitro/attestation.cose")));
		assert_eq!((nitro.kind, nitro.made_at), ("nitro", Some(1_736_179_625)));
		assert_eq!(nitro.certificates.last().unwrap().subject, "aws.nitro-enclaves");

		let challenge = Challenge { period: 0, nonce: H256([3; 32]), digest: H256([4; 32]) };
		let window = aivm_attestation::Window { from: 10, until: 20 };
		let bob = Signer::dev("Bob").unwrap();
		let evidence = bob.attest_development(&challenge, H256([5; 32]), window, Vec::new()).unwrap();
		let development = Inspected::of(&evidence).unwrap().machine.unwrap();
		assert_eq!((development.kind, development.made_at), ("development", Some(10)));
	}

	#[test]
	fn recorded_device_should_be_told_in_full() {
		let report = hex::decode(read("nvidia/hopperAttestationReport.txt").trim_ascii()).unwrap();
		let chain = nvidia::chain_from_pem(&read("nvidia/hopperCertChain.txt")).unwrap();
		let inspected = Inspected::of(&Evidence::Device(DeviceEvidence { report, chain })).unwrap();
		let [device] = inspected.devices.as_slice() else { panic!("{inspected:?}") };
		assert_eq!((device.kind, &device.firmware["driver"]), ("nvidia-gpu", &json!("550.90.07")));
		assert_eq!((device.certificates.len(), device.report_data.len()), (5, 32));
		assert!(device.report_data.to_string().starts_with("0x931d8dd0"));
	}

	#[test]
	fn garbage_should_be_refused_with_a_cure() {
		let evidence = Evidence::Machine { machine: MachineEvidence::Quote(vec![3; 90]), devices: Vec::new() };
		let failure = Inspected::of(&evidence).unwrap_err();
		assert!(failure.cause.contains("Intel quote") && failure.cure.is_some(), "{failure}");
	}
}
