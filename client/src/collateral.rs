// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Collateral: what makers sign about their hardware, and what of it the chain has.

use std::fmt;

use aivm_attestation::{
	intel::{Fmspc, PckAuthorityKind, Tee},
	snp::{Endorsed, Product},
	Window,
};
use codec::{Decode, Encode};
use serde::{Serialize, Serializer};
use subxt::utils::Static;

use crate::{bindings::api, Client, Error, Evidence, Included, Result, Sender, Until};

/// How many pieces are asked for at a time. The chain may give fewer.
const PAGE: u32 = 64;

/// A statement of Intel's, as its service returns it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedStatement {
	/// The text that is signed: the value of `tcbInfo` or `enclaveIdentity`, byte for byte.
	pub text: Vec<u8>,
	/// The signature: r ‖ s.
	pub signature: [u8; 64],
	/// The certificate that signs statements, as DER.
	pub signer: Vec<u8>,
}

/// Collateral, as it is submitted. The order is that in which a chain without any takes it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Collateral {
	/// The CRL of Intel's root. Everything else of Intel's needs it.
	#[codec(index = 0)]
	RootCrl(Vec<u8>),
	/// The certificate of an Intel authority that certifies platforms.
	#[codec(index = 1)]
	PckAuthority(Vec<u8>),
	/// The CRL of such an authority, which must be stored.
	#[codec(index = 2)]
	PckCrl {
		/// The authority.
		authority: PckAuthorityKind,
		/// The CRL.
		crl: Vec<u8>,
	},
	/// Intel's statement on a model of platforms.
	#[codec(index = 3)]
	TcbInfo(SignedStatement),
	/// Intel's statement on its quoting enclave.
	#[codec(index = 4)]
	QeIdentity(SignedStatement),
	/// The certificate of an AMD authority: ASK or ASVK.
	#[codec(index = 5)]
	ChipAuthority {
		/// The family of processors.
		product: Product,
		/// The certificate.
		certificate: Vec<u8>,
	},
	/// The CRL of AMD's root. Once there is one for a product, it must be kept up to date.
	#[codec(index = 6)]
	ChipCrl {
		/// The family of processors.
		product: Product,
		/// The CRL.
		crl: Vec<u8>,
	},
}

impl Collateral {
	/// What it is, in words.
	pub fn what(&self) -> String {
		match self {
			Self::RootCrl(_) => "CRL of Intel's root".into(),
			Self::PckAuthority(_) => "certificate of a PCK authority".into(),
			Self::PckCrl { authority, .. } => format!("CRL of the PCK authority {authority:?}"),
			Self::TcbInfo(_) => "TCB info".into(),
			Self::QeIdentity(_) => "QE identity".into(),
			Self::ChipAuthority { product, .. } => format!("ASK or ASVK of {product:?}"),
			Self::ChipCrl { product, .. } => format!("CRL of AMD's root of {product:?}"),
		}
	}

	/// Its place in the order in which a chain without any takes it.
	pub fn place(&self) -> u8 {
		match self {
			Self::RootCrl(_) => 0,
			Self::PckAuthority(_) => 1,
			Self::PckCrl { .. } => 2,
			Self::TcbInfo(_) => 3,
			Self::QeIdentity(_) => 4,
			Self::ChipAuthority { .. } => 5,
			Self::ChipCrl { .. } => 6,
		}
	}
}

/// What collateral is for. The chain has the newest for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum CollateralId {
	/// The CRL of Intel's root.
	#[codec(index = 0)]
	RootCrl,
	/// An Intel authority that certifies platforms.
	#[codec(index = 1)]
	PckAuthority(PckAuthorityKind),
	/// The CRL of such an authority.
	#[codec(index = 2)]
	PckCrl(PckAuthorityKind),
	/// A model of Intel platforms.
	#[codec(index = 3)]
	TcbInfo(Tee, Fmspc),
	/// Intel's quoting enclave.
	#[codec(index = 4)]
	QeIdentity(Tee),
	/// An AMD authority.
	#[codec(index = 5)]
	ChipAuthority(Product, Endorsed),
	/// The CRL of AMD's root of a product.
	#[codec(index = 6)]
	ChipCrl(Product),
}

impl fmt::Display for CollateralId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::RootCrl => f.write_str("CRL of Intel's root"),
			Self::PckAuthority(kind) => write!(f, "certificate of the PCK authority {kind:?}"),
			Self::PckCrl(kind) => write!(f, "CRL of the PCK authority {kind:?}"),
			Self::TcbInfo(tee, fmspc) => write!(f, "TCB info of {tee:?} on {}", hex::encode_upper(fmspc)),
			Self::QeIdentity(tee) => write!(f, "QE identity of {tee:?}"),
			Self::ChipAuthority(product, Endorsed::Chip) => write!(f, "ASK of {product:?}"),
			Self::ChipAuthority(product, Endorsed::Loaded) => write!(f, "ASVK of {product:?}"),
			Self::ChipCrl(product) => write!(f, "CRL of AMD's root of {product:?}"),
		}
	}
}

impl Serialize for CollateralId {
	fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

/// What the chain has of a piece of collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct CollateralStatus {
	/// What it is for.
	pub id: CollateralId,
	/// The maker's own number: of the evaluation or of the CRL. Certificates have none: zero.
	pub number: u64,
	/// When it was issued, in seconds since 1970.
	pub issued: u64,
	/// When it is valid.
	#[serde(flatten, serialize_with = "serialize_window")]
	pub window: Window,
}

/// Writes a window as the members `from` and `until`.
fn serialize_window<S: Serializer>(window: &Window, serializer: S) -> std::result::Result<S::Ok, S::Error> {
	#[derive(Serialize)]
	struct Members {
		from: u64,
		until: u64,
	}
	Members { from: window.from, until: window.until }.serialize(serializer)
}

impl Client {
	/// What the chain has of all collateral, in no order, also what has expired.
	pub async fn collateral(&self) -> Result<Vec<CollateralStatus>> {
		let at = self.at_best().await?;
		let mut all: Vec<CollateralStatus> = Vec::new();
		loop {
			let start = all.last().map(|status| Static(status.id));
			let page = self.view(&at, api::view_functions().attestation().collateral(start, PAGE)).await?;
			let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
			all.extend(page.into_iter().map(|status| status.0));
			if last {
				return Ok(all);
			}
		}
	}

	/// The collateral that evidence needs, and that the chain does not have or that expires within `seconds`, in the order in
	/// which it is to be submitted.
	///
	/// # Errors
	/// [`Error::Module`] if the evidence cannot be read.
	pub async fn needed_collateral(&self, evidence: &Evidence, seconds: u64) -> Result<Vec<CollateralId>> {
		let at = self.at_best().await?;
		let call = api::view_functions().attestation().needed_collateral(Static(evidence.clone()), seconds);
		match self.view(&at, call).await? {
			Ok(needed) => Ok(needed.into_iter().map(|id| id.0).collect()),
			Err(Static(refusal)) => {
				let refusal = self.explain(refusal).await?;
				Err(Error::Module { pallet: "Attestation".into(), name: refusal.name, docs: refusal.explanation })
			}
		}
	}
}

impl Sender {
	/// Submits collateral and returns what the chain now has of it.
	pub async fn submit_collateral(&self, collateral: &Collateral, until: Until) -> Result<(CollateralId, Included)> {
		let call = api::tx().attestation().submit_collateral(Static(collateral.clone()));
		let included = self.send(&call, until).await?;
		let event: api::attestation::events::CollateralStored = included.expect_event("CollateralStored")?;
		Ok((event.id.0, included))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pallet_attestation as pallet;

	#[test]
	fn collateral_should_have_the_encoding_of_the_pallet() {
		fn bounded<B: TryFrom<Vec<u8>>>(bytes: Vec<u8>) -> B {
			B::try_from(bytes).unwrap_or_else(|_| panic!("too long"))
		}
		let ours = SignedStatement { text: vec![1, 2], signature: [3; 64], signer: vec![4] };
		let theirs =
			pallet::SignedStatement { text: bounded(vec![1, 2]), signature: [3; 64], signer: bounded(vec![4]) };
		let (authority, product) = (PckAuthorityKind::Platform, Product::Turin);
		let pairs = [
			(Collateral::RootCrl(vec![1]), pallet::Collateral::RootCrl(bounded(vec![1]))),
			(Collateral::PckAuthority(vec![1]), pallet::Collateral::PckAuthority(bounded(vec![1]))),
			(
				Collateral::PckCrl { authority, crl: vec![1] },
				pallet::Collateral::PckCrl { authority, crl: bounded(vec![1]) },
			),
			(Collateral::TcbInfo(ours.clone()), pallet::Collateral::TcbInfo(theirs.clone())),
			(Collateral::QeIdentity(ours), pallet::Collateral::QeIdentity(theirs)),
			(
				Collateral::ChipAuthority { product, certificate: vec![1] },
				pallet::Collateral::ChipAuthority { product, certificate: bounded(vec![1]) },
			),
			(
				Collateral::ChipCrl { product, crl: vec![1] },
				pallet::Collateral::ChipCrl { product, crl: bounded(vec![1]) },
			),
		];
		for (place, (ours, theirs)) in pairs.iter().enumerate() {
			assert_eq!(ours.encode(), theirs.encode(), "{}", ours.what());
			assert_eq!(usize::from(ours.place()), place);
		}
	}

	#[test]
	fn status_should_have_the_encoding_of_the_pallet() {
		let fmspc = [0, 0x60, 0x6a, 0, 0, 1];
		for (theirs, text) in [
			(pallet::CollateralId::RootCrl, "CRL of Intel's root"),
			(
				pallet::CollateralId::PckAuthority(PckAuthorityKind::Platform),
				"certificate of the PCK authority Platform",
			),
			(pallet::CollateralId::PckCrl(PckAuthorityKind::Processor), "CRL of the PCK authority Processor"),
			(pallet::CollateralId::TcbInfo(Tee::Tdx, fmspc), "TCB info of Tdx on 00606A000001"),
			(pallet::CollateralId::QeIdentity(Tee::Sgx), "QE identity of Sgx"),
			(pallet::CollateralId::ChipAuthority(Product::Milan, Endorsed::Chip), "ASK of Milan"),
			(pallet::CollateralId::ChipAuthority(Product::Milan, Endorsed::Loaded), "ASVK of Milan"),
			(pallet::CollateralId::ChipCrl(Product::Genoa), "CRL of AMD's root of Genoa"),
		] {
			let rank = pallet::Rank { number: 7, issued: 8 };
			let status = pallet::CollateralStatus { id: theirs, rank, window: Window { from: 9, until: 10 } };
			let ours = CollateralStatus::decode(&mut &status.encode()[..]).unwrap();
			assert_eq!((ours.number, ours.issued, ours.window), (7, 8, Window { from: 9, until: 10 }));
			assert_eq!((ours.id.to_string().as_str(), ours.id.encode()), (text, theirs.encode()));
			let json = serde_json::to_value(ours).unwrap();
			assert_eq!((&json["id"], &json["until"]), (&text.into(), &10.into()));
		}
	}
}
