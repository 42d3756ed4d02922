// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Collateral: what makers of hardware sign about it, as it is submitted and as it is stored.

use aivm_attestation::{
	crl::MAX_CRL,
	intel::{Fmspc, PckAuthority, PckAuthorityKind, QeIdentity, TcbInfo, Tee, MAX_STATEMENT},
	snp::{ChipAuthority, Endorsed, Product},
	x509::MAX_CERTIFICATE,
	RevocationList, Window,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// A CRL, as DER.
pub type CrlBytes = BoundedVec<u8, ConstU32<MAX_CRL>>;
/// A certificate, as DER.
pub type CertificateBytes = BoundedVec<u8, ConstU32<MAX_CERTIFICATE>>;

/// A statement of Intel's, as its service returns it: see [`aivm_attestation::intel::Statement`].
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SignedStatement {
	/// The text that is signed: the value of `tcbInfo` or `enclaveIdentity`, byte for byte.
	pub text: BoundedVec<u8, ConstU32<MAX_STATEMENT>>,
	/// The signature: r ‖ s.
	pub signature: [u8; 64],
	/// The certificate that signs statements, as DER.
	pub signer: CertificateBytes,
}

/// Collateral, as it is submitted.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Collateral {
	/// The CRL of Intel's root. Everything else of Intel's needs it.
	#[codec(index = 0)]
	RootCrl(CrlBytes),
	/// The certificate of an Intel authority that certifies platforms.
	#[codec(index = 1)]
	PckAuthority(CertificateBytes),
	/// The CRL of such an authority, which must be stored.
	#[codec(index = 2)]
	PckCrl {
		/// The authority.
		authority: PckAuthorityKind,
		/// The CRL.
		crl: CrlBytes,
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
		certificate: CertificateBytes,
	},
	/// The CRL of AMD's root. Once there is one for a product, it must be kept up to date.
	#[codec(index = 6)]
	ChipCrl {
		/// The family of processors.
		product: Product,
		/// The CRL.
		crl: CrlBytes,
	},
}

/// What collateral is for. The newest for each is stored.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
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

/// Collateral that was verified.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Verified {
	/// Of any of the three kinds of authorities with CRLs.
	#[codec(index = 0)]
	Crl(RevocationList),
	/// An Intel authority.
	#[codec(index = 1)]
	PckAuthority(PckAuthority),
	/// A statement on platforms.
	#[codec(index = 2)]
	TcbInfo(TcbInfo),
	/// A statement on the quoting enclave.
	#[codec(index = 3)]
	QeIdentity(QeIdentity),
	/// An AMD authority.
	#[codec(index = 4)]
	ChipAuthority(ChipAuthority),
}

/// How new collateral is. The greater one wins.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
pub struct Rank {
	/// The maker's own number: of the evaluation or of the CRL. Certificates have none: zero.
	pub number: u64,
	/// When it was issued, in seconds since 1970.
	pub issued: u64,
}

/// Collateral, as it is stored.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct StoredCollateral {
	/// How new it is.
	pub rank: Rank,
	/// When it is valid.
	pub window: Window,
	/// What it says.
	pub verified: Verified,
}

/// What is known of stored collateral, for those who keep it up to date.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct CollateralStatus {
	/// What it is for.
	pub id: CollateralId,
	/// How new it is.
	pub rank: Rank,
	/// When it is valid.
	pub window: Window,
}
