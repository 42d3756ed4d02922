// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Recorded evidence and collateral, from the test vectors of the crate that verifies it. They say where they come from.

use aivm_attestation::{
	intel::PckAuthorityKind,
	nvidia::{self, Allowed},
	pem,
	snp::{Endorsed, Product},
};
use alloc::{
	format,
	string::{String, ToString},
	vec,
	vec::Vec,
};

use crate::{Collateral, DeviceEvidence, DevicesEvidence, Evidence, MachineEvidence, SignedStatement};

/// Bytes with a limit.
pub fn bounded<V, B: TryFrom<Vec<V>>>(items: Vec<V>) -> B {
	B::try_from(items).unwrap_or_else(|_| panic!("above the limit"))
}

macro_rules! vectors {
	($($name:literal),* $(,)?) => {
		/// The bytes of a recorded file.
		pub fn vector(name: &str) -> Vec<u8> {
			match name {
				$($name => {
					include_bytes!(concat!("../../../../primitives/attestation/tests/vectors/", $name)).to_vec()
				})*
				_ => panic!("no such file: {name}"),
			}
		}
	};
}

#[cfg(not(test))]
vectors!(
	"amd/ask_milan.der",
	"amd/report_milan.bin",
	"amd/vcek_milan.der",
	"intel/tdx_quote_td15ex",
	"intel/tdx_quote_td15ex_collateral.json",
	"nitro/attestation.cose",
	"nvidia/hopperAttestationReport.txt",
	"nvidia/hopperCertChain.txt",
);

#[cfg(test)]
vectors!(
	"amd/ask_genoa.der",
	"amd/ask_milan.der",
	"amd/report_genoa.bin",
	"amd/report_milan.bin",
	"amd/vcek_genoa.der",
	"amd/vcek_milan.der",
	"intel/sgx_quote",
	"intel/sgx_quote_collateral.json",
	"intel/tdx_quote",
	"intel/tdx_quote_collateral.json",
	"intel/tdx_quote_outdated",
	"intel/tdx_quote_outdated_collateral.json",
	"intel/tdx_quote_td15ex",
	"intel/tdx_quote_td15ex_collateral.json",
	"nitro/attestation.cose",
	"nitro/nitro_ad_debug.bin",
	"nvidia/hopperAttestationReport.txt",
	"nvidia/hopperCertChain.txt",
	"synthetic/amd-ark.der",
	"synthetic/amd-ask.der",
	"synthetic/amd-asvk.der",
	"synthetic/amd-crl-ask.der",
	"synthetic/amd-crl-none.der",
	"synthetic/amd-vcek.der",
	"synthetic/amd-vlek.der",
);

/// The collateral of an Intel quote as its service returned it.
#[derive(Clone)]
pub struct RawCollateral {
	pub root_crl: Vec<u8>,
	pub authority: Vec<u8>,
	pub pck_crl: Vec<u8>,
	pub tcb_info: (Vec<u8>, [u8; 64], Vec<u8>),
	pub qe_identity: (Vec<u8>, [u8; 64], Vec<u8>),
}

impl RawCollateral {
	/// The recorded collateral of a quote.
	pub fn recorded(quote: &str) -> Self {
		let json: serde_json::Value =
			serde_json::from_slice(&vector(&format!("intel/{quote}_collateral.json"))).unwrap();
		let text = |key: &str| json[key].as_str().unwrap().to_string();
		let bytes = |key: &str| hex::decode(text(key)).unwrap();
		let first = |key: &str| pem::certificates(text(key).as_bytes(), 3).unwrap().remove(0);
		let statement = |key: &str| {
			let signature = bytes(&format!("{key}_signature")).try_into().unwrap();
			(text(key).into_bytes(), signature, first(&format!("{key}_issuer_chain")))
		};
		Self {
			root_crl: bytes("root_ca_crl"),
			authority: first("pck_crl_issuer_chain"),
			pck_crl: bytes("pck_crl"),
			tcb_info: statement("tcb_info"),
			qe_identity: statement("qe_identity"),
		}
	}

	/// All of it, in the order in which it can be submitted.
	pub fn pieces(&self) -> Vec<Collateral> {
		let statement = |(text, signature, signer): &(Vec<u8>, [u8; 64], Vec<u8>)| SignedStatement {
			text: bounded(text.clone()),
			signature: *signature,
			signer: bounded(signer.clone()),
		};
		let processor = self.authority.windows(13).any(|window| window == b"PCK Processor");
		let authority = if processor { PckAuthorityKind::Processor } else { PckAuthorityKind::Platform };
		vec![
			Collateral::RootCrl(bounded(self.root_crl.clone())),
			Collateral::PckAuthority(bounded(self.authority.clone())),
			Collateral::PckCrl { authority, crl: bounded(self.pck_crl.clone()) },
			Collateral::TcbInfo(statement(&self.tcb_info)),
			Collateral::QeIdentity(statement(&self.qe_identity)),
		]
	}
}

/// A machine without devices.
fn machine(machine: MachineEvidence) -> Evidence {
	Evidence::Machine { machine, devices: DevicesEvidence::new() }
}

/// A machine with devices.
pub fn with_devices(evidence: Evidence, devices: Vec<DeviceEvidence>) -> Evidence {
	match evidence {
		Evidence::Machine { machine, .. } => Evidence::Machine { machine, devices: bounded(devices) },
		Evidence::Device(_) => panic!("a device has no devices"),
	}
}

pub fn quote(bytes: Vec<u8>) -> Evidence {
	machine(MachineEvidence::Quote(bounded(bytes)))
}

pub fn recorded_quote(name: &str) -> Evidence {
	quote(vector(&format!("intel/{name}")))
}

pub fn nitro(document: Vec<u8>) -> Evidence {
	machine(MachineEvidence::Nitro(bounded(document)))
}

pub fn snp(product: Product, endorsed: Endorsed, report: Vec<u8>, certificate: Vec<u8>) -> Evidence {
	machine(MachineEvidence::SevSnp { product, endorsed, report: bounded(report), certificate: bounded(certificate) })
}

/// A recorded report of an AMD product, by its name.
pub fn recorded_snp(product: Product) -> Evidence {
	let name = format!("{product:?}").to_lowercase();
	let (report, certificate) = (format!("amd/report_{name}.bin"), format!("amd/vcek_{name}.der"));
	snp(product, Endorsed::Chip, vector(&report), vector(&certificate))
}

/// The recorded authority of an AMD product.
pub fn recorded_ask(product: Product) -> Collateral {
	let name = format!("amd/ask_{}.der", format!("{product:?}").to_lowercase());
	Collateral::ChipAuthority { product, certificate: bounded(vector(&name)) }
}

/// The recorded evidence of a GPU.
pub fn recorded_gpu() -> DeviceEvidence {
	let report = hex::decode(vector("nvidia/hopperAttestationReport.txt").trim_ascii()).unwrap();
	let chain = nvidia::chain_from_pem(&vector("nvidia/hopperCertChain.txt")).unwrap();
	DeviceEvidence { report: bounded(report), chain: bounded(chain) }
}

/// What governance would allow, had it only seen this device.
pub fn allowed(device: &DeviceEvidence) -> Vec<Allowed> {
	let report = nvidia::Report::read(&device.report).unwrap();
	let value = |(index, value): (u8, &[u8; 48])| Allowed { index, values: bounded(vec![*value]) };
	report.measurements().map(value).collect()
}
