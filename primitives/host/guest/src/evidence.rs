// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence with all that a chain stores to verify it.

use aivm_attestation::{
	intel::{Collateral, PckAuthority, QeIdentity, Quote, RevocationList, TcbInfo},
	nitro::Document,
	nvidia,
	snp::{self, ChipAuthority},
	Error, Proven, Roots, Signatures,
};
use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, Encode};

/// Evidence of one kind, with its collateral, under the roots of production.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub enum Evidence {
	/// An Intel quote.
	Intel {
		/// The quote.
		quote: Vec<u8>,
		/// CRL of the root.
		root_crl: RevocationList,
		/// Issuer of the platform's certificate.
		authority: PckAuthority,
		/// CRL of this issuer.
		pck_crl: RevocationList,
		/// For the platform's model.
		tcb_info: Box<TcbInfo>,
		/// Of the quoting enclave.
		qe_identity: Box<QeIdentity>,
	},
	/// An AMD report.
	SevSnp {
		/// The report.
		report: Vec<u8>,
		/// Certificate of the chip.
		certificate: Vec<u8>,
		/// Issuer of this certificate.
		authority: ChipAuthority,
	},
	/// An AWS document.
	Nitro {
		/// The document.
		document: Vec<u8>,
	},
	/// An NVIDIA report.
	Nvidia {
		/// The report.
		report: Vec<u8>,
		/// Certificates of the device, as DER.
		chain: Vec<u8>,
	},
}

impl Evidence {
	/// Verifies it at `now`, in seconds since 1970.
	pub fn verify<S: Signatures>(&self, now: u64) -> Result<Proven, Error> {
		let roots = Roots::PRODUCTION;
		match self {
			Self::Intel { quote, root_crl, authority, pck_crl, tcb_info, qe_identity } => {
				let root = roots.intel;
				let collateral = Collateral { tcb_info, qe_identity, authority, pck_crl, root_crl, root };
				Quote::read(quote)?.verify::<S>(&collateral, now)
			}
			Self::SevSnp { report, certificate, authority } => {
				let (_, root) = roots.of_amd(authority.product);
				snp::verify::<S>(report, certificate, authority, None, root, now)
			}
			Self::Nitro { document } => Document::read(document)?.verify::<S>(roots.nitro, now, |_| false),
			Self::Nvidia { report, chain } => nvidia::verify::<S>(report, chain, roots.nvidia, now, |_| false),
		}
	}

	/// The result of the last of `times` verifications, or `None` if there was none.
	///
	/// The collateral is decoded again each time, as it is when a chain reads it from its storage.
	pub fn repeat<S: Signatures>(&self, now: u64, times: u32) -> Option<Result<Proven, Error>> {
		let stored = self.encode();
		let mut result = None;
		for _ in 0..times {
			result = Some(Self::decode(&mut &stored[..]).ok()?.verify::<S>(now));
		}
		result
	}
}
