// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence of confidential hardware and its collateral, from the files in which makers' tools hand them out.

mod collateral;
mod encodings;
mod inspect;

pub use collateral::read as read_collateral;
pub use inspect::Inspected;

use std::path::{Path, PathBuf};

use aivm_attestation::{
	nvidia,
	snp::{Endorsed, Product},
	x509::Certificate,
	Part,
};
use aivm_client::{DeviceEvidence, Evidence, MachineEvidence, MAX_DEVICES, MAX_EVIDENCE};

use crate::{files, Failure};

/// Largest file of evidence that is read, in bytes: the longest evidence, in hexadecimal digits.
const MAX_FILE: u64 = 2 * MAX_EVIDENCE + 16;

/// Devices that a machine uses.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DeviceArgs {
	/// The report of an NVIDIA device: bytes or hexadecimal digits. Once for each device, in the order in which the machine
	/// names them.
	#[arg(long = "gpu-report", value_name = "FILE", requires = "gpu_chains")]
	gpu_reports: Vec<PathBuf>,
	/// The certificates of the device with the same place, the device's first: PEM, or DER joined.
	#[arg(long = "gpu-chain", value_name = "FILE", requires = "gpu_reports")]
	gpu_chains: Vec<PathBuf>,
}

impl DeviceArgs {
	/// Reads the devices, in their order.
	pub fn read(&self) -> Result<Vec<DeviceEvidence>, Failure> {
		let (reports, chains) = (self.gpu_reports.len(), self.gpu_chains.len());
		if reports != chains || reports > MAX_DEVICES {
			return Err(Failure::usage(format!(
				"there are {reports} reports of devices and {chains} certificate chains"
			))
			.with_cure(format!("give --gpu-report and --gpu-chain once for each of up to {MAX_DEVICES} devices")));
		}
		self.gpu_reports.iter().zip(&self.gpu_chains).map(|(report, chain)| read_device(report, chain)).collect()
	}
}

/// Where evidence comes from. One machine, or one device alone.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct EvidenceArgs {
	/// An Intel quote, of SGX or TDX: bytes or hexadecimal digits.
	#[arg(long, value_name = "FILE", group = "machine")]
	quote: Option<PathBuf>,
	/// An AMD SEV-SNP report: bytes or hexadecimal digits.
	#[arg(long, value_name = "FILE", group = "machine", requires = "snp_certificate")]
	snp_report: Option<PathBuf>,
	/// The certificate of the key that signed the SEV-SNP report, a VCEK or VLEK: DER or PEM.
	#[arg(long, value_name = "FILE", requires = "snp_report")]
	snp_certificate: Option<PathBuf>,
	/// An AWS Nitro document, as the enclave's module returns it.
	#[arg(long, value_name = "FILE", group = "machine")]
	nitro: Option<PathBuf>,
	/// Complete evidence, as endpoints serve it to collectors.
	#[arg(long, value_name = "FILE", group = "machine", conflicts_with_all = ["gpu_reports", "gpu_chains"])]
	evidence: Option<PathBuf>,
	#[command(flatten)]
	devices: DeviceArgs,
}

impl EvidenceArgs {
	/// Reads the evidence.
	pub fn read(&self) -> Result<Evidence, Failure> {
		if let Some(path) = &self.evidence {
			return Ok(Evidence::from_bytes(&read_binary(path, "evidence")?)?);
		}
		let mut devices = self.devices.read()?;
		let machine = match (&self.quote, &self.snp_report, &self.snp_certificate, &self.nitro) {
			(Some(quote), ..) => MachineEvidence::Quote(read_binary(quote, "quote")?),
			(None, Some(report), Some(certificate), _) => read_snp(report, certificate)?,
			(None, _, _, Some(document)) => MachineEvidence::Nitro(read_binary(document, "document")?),
			_ => {
				return match devices.pop() {
					Some(device) if devices.is_empty() => Ok(Evidence::Device(device)),
					Some(_) => Err(Failure::usage("several devices without a machine prove nothing")
						.with_cure("give the evidence of the machine that uses them too")),
					None => Err(Failure::usage("no evidence was given").with_cure(
						"give --quote, --snp-report with --snp-certificate, --nitro, --evidence, or --gpu-report with --gpu-chain",
					)),
				}
			}
		};
		Ok(Evidence::Machine { machine, devices })
	}
}

/// Reads a file that holds bytes, or their hexadecimal digits.
pub fn read_binary(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
	Ok(encodings::from_hex(files::read(path, what, MAX_FILE)?))
}

fn read_device(report: &Path, chain: &Path) -> Result<DeviceEvidence, Failure> {
	let report = read_binary(report, "device's report")?;
	let certificates = encodings::blocks(files::read(chain, "device's certificates", MAX_FILE)?)
		.map_err(|reason| Failure::bad_input(format!("{} holds no certificates: {reason}", chain.display())))?;
	let chain: Vec<u8> = certificates.concat();
	if chain.len() > nvidia::MAX_CHAIN as usize {
		return Err(Failure::bad_input(format!("the device's certificates have {} bytes", chain.len()))
			.with_cure(format!("give the device's own chain, which has at most {} bytes", nvidia::MAX_CHAIN)));
	}
	Ok(DeviceEvidence { report, chain })
}

/// Reads an SEV-SNP report. Product and kind of key are in the certificate's names.
fn read_snp(report: &Path, certificate: &Path) -> Result<MachineEvidence, Failure> {
	let report = read_binary(report, "report")?;
	let blocks = encodings::blocks(files::read(certificate, "certificate", MAX_FILE)?)
		.map_err(|reason| Failure::bad_input(format!("{} holds no certificate: {reason}", certificate.display())))?;
	let first = blocks.into_iter().next().unwrap_or_default();
	let read = Certificate::read(&first, Part::ChipCertificate).map_err(|error| evidence_failure(&error))?;
	let (product, endorsed) = product_of(read.issuer).zip(endorsed_of(read.subject)).ok_or_else(|| {
		Failure::bad_input(format!("{} is no certificate of a VCEK or VLEK", certificate.display())).with_cure(
			"give the certificate that AMD's key distribution service, or the cloud provider, gives for the chip",
		)
	})?;
	Ok(MachineEvidence::SevSnp { product, endorsed, report, certificate: first })
}

/// The product in a name of AMD's.
fn product_of(name: &[u8]) -> Option<Product> {
	[Product::Milan, Product::Genoa, Product::Turin]
		.into_iter()
		.find(|product| encodings::contains(name, format!("{product:?}").as_bytes()))
}

/// What a key of AMD's endorses, by the name of its certificate.
fn endorsed_of(name: &[u8]) -> Option<Endorsed> {
	match (encodings::contains(name, b"SEV-VCEK"), encodings::contains(name, b"SEV-VLEK")) {
		(true, false) => Some(Endorsed::Chip),
		(false, true) => Some(Endorsed::Loaded),
		_ => None,
	}
}

/// What the crate that verifies evidence says of it: a cause, and after it a cure.
fn evidence_failure(error: &aivm_attestation::Error) -> Failure {
	explained(Failure::bad_input, &error.to_string())
}

/// A failure of an explanation that is a cause and, after a semicolon, a cure.
pub fn explained(failure: impl FnOnce(String) -> Failure, explanation: &str) -> Failure {
	match explanation.split_once("; ") {
		Some((cause, cure)) => failure(cause.to_owned()).with_cure(cure),
		None => failure(explanation.to_owned()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Exit;

	/// A recorded file.
	pub fn vector(name: &str) -> PathBuf {
		let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
		Path::new(&root).join("../primitives/attestation/tests/vectors").join(name)
	}

	fn machine(args: EvidenceArgs) -> MachineEvidence {
		match args.read().unwrap() {
			Evidence::Machine { machine, devices } if devices.is_empty() => machine,
			other => panic!("{other:?}"),
		}
	}

	#[test]
	fn evidence_should_be_read_in_the_formats_of_makers() {
		let quote = EvidenceArgs { quote: Some(vector("intel/tdx_quote")), ..Default::default() };
		assert!(matches!(machine(quote), MachineEvidence::Quote(bytes) if bytes.len() == 5_006));
		let nitro = EvidenceArgs { nitro: Some(vector("nitro/attestation.cose")), ..Default::default() };
		assert!(matches!(machine(nitro), MachineEvidence::Nitro(bytes) if bytes.len() == 4_781));
		for (name, expected) in [("milan", Product::Milan), ("genoa", Product::Genoa)] {
			let snp = EvidenceArgs {
				snp_report: Some(vector(&format!("amd/report_{name}.bin"))),
				snp_certificate: Some(vector(&format!("amd/vcek_{name}.der"))),
				..Default::default()
			};
			let MachineEvidence::SevSnp { product, endorsed, report, .. } = machine(snp) else { panic!("{name}") };
			assert_eq!((product, endorsed, report.len()), (expected, Endorsed::Chip, 1_184));
		}
		let vlek = EvidenceArgs {
			snp_report: Some(vector("amd/report_milan.bin")),
			snp_certificate: Some(vector("synthetic/amd-vlek.der")),
			..Default::default()
		};
		assert!(matches!(machine(vlek), MachineEvidence::SevSnp { endorsed: Endorsed::Loaded, .. }));
	}

	#[test]
	fn devices_should_be_read_from_digits_and_pem() {
		let devices = DeviceArgs {
			gpu_reports: vec![vector("nvidia/hopperAttestationReport.txt")],
			gpu_chains: vec![vector("nvidia/hopperCertChain.txt")],
		};
		let alone = EvidenceArgs { devices: devices.clone(), ..Default::default() }.read().unwrap();
		let Evidence::Device(device) = &alone else { panic!("{alone:?}") };
		assert!(nvidia::Report::read(&device.report).is_ok());

		let quote = Some(vector("intel/tdx_quote"));
		let both = EvidenceArgs { quote, devices: devices.clone(), ..Default::default() }.read().unwrap();
		assert_eq!(both.devices(), [device.clone()]);

		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("evidence");
		std::fs::write(&file, both.to_bytes()).unwrap();
		let again = EvidenceArgs { evidence: Some(file), ..Default::default() }.read().unwrap();
		assert_eq!(again, both);

		let unequal = DeviceArgs { gpu_chains: Vec::new(), ..devices };
		assert_eq!(unequal.read().unwrap_err().exit, Exit::Usage);
	}

	#[test]
	fn what_is_no_evidence_should_be_refused_with_a_cure() {
		assert_eq!(EvidenceArgs::default().read().unwrap_err().exit, Exit::Usage);
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("file");
		std::fs::write(&file, b"garbage").unwrap();
		let evidence = EvidenceArgs { evidence: Some(file.clone()), ..Default::default() };
		assert_eq!(evidence.read().unwrap_err().exit, Exit::BadInput);
		let mut snp = EvidenceArgs {
			snp_report: Some(vector("amd/report_milan.bin")),
			snp_certificate: Some(vector("amd/ask_milan.der")),
			..Default::default()
		};
		let failure = snp.read().unwrap_err();
		assert!(failure.cause.contains("VCEK") && failure.cure.is_some(), "{failure}");
		snp.snp_certificate = Some(file);
		assert!(snp.read().unwrap_err().cause.contains("certificate"));
	}
}
