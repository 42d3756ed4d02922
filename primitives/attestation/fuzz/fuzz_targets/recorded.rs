// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Intel's recorded collateral, of which the seeds are parts.

#![allow(dead_code)]

use aivm_attestation::{
	intel::{Collateral, PckAuthority, QeIdentity, RevocationList, Statement, TcbInfo, Tee},
	Roots,
};
use std::sync::OnceLock;

use crate::signatures::Trusting;

/// 2025-07-04, at which all of it is valid.
pub const NOW: u64 = 1_751_624_924;
/// Intel's root.
pub const ROOT: &[u8] = Roots::PRODUCTION.intel;

macro_rules! seed {
	($name:literal) => {
		include_bytes!(concat!("../corpus/", $name))
	};
}

/// The certificate that signs statements.
pub const SIGNER: &[u8] = seed!("certificate/intel-signer");
/// The authorities that certify platforms.
pub const PROCESSOR: &[u8] = seed!("certificate/intel-processor");
pub const PLATFORM: &[u8] = seed!("certificate/intel-platform");

/// The CRL of the root.
pub fn root_crl() -> &'static RevocationList {
	static CRL: OnceLock<RevocationList> = OnceLock::new();
	let bytes = seed!("certificate/intel-root-crl");
	CRL.get_or_init(|| RevocationList::verify_of_root::<Trusting>(bytes, ROOT, NOW).unwrap())
}

/// What a quote is verified with.
struct Stored {
	authority: PckAuthority,
	pck_crl: RevocationList,
	tcb_info: TcbInfo,
	qe_identity: QeIdentity,
}

impl Stored {
	fn new(authority: &[u8], crl: &[u8], tcb_info: &[u8], qe_identity: &[u8]) -> Self {
		let statement = |text| Statement { text, signature: &[1; 64], signer: SIGNER };
		let authority = PckAuthority::verify::<Trusting>(authority, root_crl(), ROOT, NOW).unwrap();
		Self {
			pck_crl: authority.verify_crl::<Trusting>(crl, NOW).unwrap(),
			authority,
			tcb_info: TcbInfo::verify::<Trusting>(&statement(tcb_info), root_crl(), ROOT, NOW).unwrap(),
			qe_identity: QeIdentity::verify::<Trusting>(&statement(qe_identity), root_crl(), ROOT, NOW).unwrap(),
		}
	}
}

/// The collateral of the recorded quotes.
pub fn collateral(tee: Tee) -> Collateral<'static> {
	static SGX: OnceLock<Stored> = OnceLock::new();
	static TDX: OnceLock<Stored> = OnceLock::new();
	let stored = match tee {
		Tee::Sgx => SGX.get_or_init(|| {
			let crl = seed!("certificate/intel-processor-crl");
			let (info, identity) = (seed!("statement/sgx-tcb-info"), seed!("statement/sgx-qe-identity"));
			Stored::new(PROCESSOR, crl, info, identity)
		}),
		Tee::Tdx => TDX.get_or_init(|| {
			let crl = seed!("certificate/intel-platform-crl");
			let (info, identity) = (seed!("statement/tdx-v4-tcb-info"), seed!("statement/tdx-v4-qe-identity"));
			Stored::new(PLATFORM, crl, info, identity)
		}),
	};
	let Stored { authority, pck_crl, tcb_info, qe_identity } = stored;
	Collateral { tcb_info, qe_identity, authority, pck_crl, root_crl: root_crl(), root: ROOT }
}
