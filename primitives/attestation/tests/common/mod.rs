// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Recorded evidence, and evidence forged under roots of our own.

#![allow(dead_code)]

pub mod der;
pub mod forge;

use aivm_attestation::{
	intel::{Collateral, PckAuthority, QeIdentity, Quote, RevocationList, Statement, TcbInfo},
	pem,
	snp::{ChipAuthority, Product},
	Error, Portable, Proven, Roots,
};
use std::{fs, path::Path};

pub const ROOTS: Roots<'static> = Roots::PRODUCTION;

/// The bytes of a file below `vectors`, from the tests of this crate and of others beside it.
pub fn vector(name: &str) -> Vec<u8> {
	let here = Path::new(env!("CARGO_MANIFEST_DIR"));
	let root = here.ancestors().find(|folder| folder.join("primitives/attestation").exists()).unwrap();
	fs::read(root.join("primitives/attestation/tests/vectors").join(name)).unwrap()
}

/// The collateral of a quote as Intel's service returned it.
#[derive(Clone)]
pub struct RawCollateral {
	pub root_crl: Vec<u8>,
	pub authority: Vec<u8>,
	pub pck_crl: Vec<u8>,
	pub tcb_info: (Vec<u8>, [u8; 64], Vec<u8>),
	pub qe_identity: (Vec<u8>, [u8; 64], Vec<u8>),
}

/// The same, verified.
#[derive(Clone, Debug)]
pub struct Stored {
	pub root_crl: RevocationList,
	pub authority: PckAuthority,
	pub pck_crl: RevocationList,
	pub tcb_info: TcbInfo,
	pub qe_identity: QeIdentity,
	pub root: Vec<u8>,
}

impl RawCollateral {
	/// Reads the form in which dcap-qvl keeps collateral.
	pub fn load(name: &str) -> Self {
		let json: serde_json::Value = serde_json::from_slice(&vector(name)).unwrap();
		let text = |key: &str| json[key].as_str().unwrap().to_owned();
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

	/// Verifies all of it at `now`.
	pub fn store(&self, root: &[u8], now: u64) -> Result<Stored, Error> {
		fn statement((text, signature, signer): &(Vec<u8>, [u8; 64], Vec<u8>)) -> Statement<'_> {
			Statement { text, signature, signer }
		}
		let root_crl = RevocationList::verify_of_root::<Portable>(&self.root_crl, root, now)?;
		let authority = PckAuthority::verify::<Portable>(&self.authority, &root_crl, root, now)?;
		let pck_crl = authority.verify_crl::<Portable>(&self.pck_crl, now)?;
		let tcb_info = TcbInfo::verify::<Portable>(&statement(&self.tcb_info), &root_crl, root, now)?;
		let qe_identity = QeIdentity::verify::<Portable>(&statement(&self.qe_identity), &root_crl, root, now)?;
		Ok(Stored { root_crl, authority, pck_crl, tcb_info, qe_identity, root: root.to_vec() })
	}
}

impl Stored {
	pub fn collateral(&self) -> Collateral<'_> {
		Collateral {
			tcb_info: &self.tcb_info,
			qe_identity: &self.qe_identity,
			authority: &self.authority,
			pck_crl: &self.pck_crl,
			root_crl: &self.root_crl,
			root: &self.root,
		}
	}

	/// Verifies a quote against this.
	pub fn verify(&self, quote: &[u8], now: u64) -> Result<Proven, Error> {
		Quote::read(quote)?.verify::<Portable>(&self.collateral(), now)
	}
}

/// The recorded authority of an AMD product, verified.
pub fn chip_authority(product: Product, now: u64) -> Result<ChipAuthority, Error> {
	let name = format!("amd/ask_{}.der", format!("{product:?}").to_lowercase());
	ChipAuthority::verify::<Portable>(&vector(&name), None, ROOTS.of_amd(product), now)
}

/// The recorded report and certificate chain of a GPU.
pub fn gpu() -> (Vec<u8>, Vec<u8>) {
	let report = hex::decode(vector("nvidia/hopperAttestationReport.txt").trim_ascii()).unwrap();
	let chain = aivm_attestation::nvidia::chain_from_pem(&vector("nvidia/hopperCertChain.txt")).unwrap();
	(report, chain)
}

/// Changes one byte in each place, and calls `verify`, which must refuse.
pub fn refuse_all_changes<T: std::fmt::Debug>(
	bytes: &[u8],
	step: usize,
	mut verify: impl FnMut(&[u8]) -> Result<T, Error>,
) {
	let mut changed = bytes.to_vec();
	for place in (0..bytes.len()).step_by(step) {
		let bit = 1 << (place % 8);
		changed[place] ^= bit;
		let result = verify(&changed);
		assert!(result.is_err(), "byte {place} changed, and yet {result:?}");
		changed[place] ^= bit;
	}
}

/// A small, fast and predictable source of numbers (xorshift64*).
pub struct Random(pub u64);

impl Random {
	pub fn next(&mut self) -> u64 {
		self.0 ^= self.0 >> 12;
		self.0 ^= self.0 << 25;
		self.0 ^= self.0 >> 27;
		self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
	}

	pub fn below(&mut self, limit: usize) -> usize {
		(self.next() % limit as u64) as usize
	}
}
