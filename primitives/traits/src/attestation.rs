// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What pallets ask about providers' attestations.

use aivm_attestation::Kind;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Number of a workload.
pub type WorkloadId = u32;

/// A tier of providers, each with its policy on firmware.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
)]
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

/// What a provider must have proven.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Requirement {
	/// With this kind of evidence; with any if none is named.
	pub kind: Option<Kind>,
	/// That its firmware meets the policy of this tier. Development attestations and devices alone meet none.
	pub tier: Option<Tier>,
	/// That it runs this workload.
	pub workload: Option<WorkloadId>,
	/// Whether a development attestation, or evidence that was recorded elsewhere, will do.
	pub accept_development: bool,
}

/// What a provider proved.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Attested {
	/// With which kind of evidence.
	pub kind: Kind,
	/// Whether it is a development attestation, or evidence that was recorded elsewhere: then no hardware vouches for the
	/// provider.
	pub development: bool,
	/// Name of what runs: see [`aivm_attestation::Measured::id`].
	pub measured: [u8; 32],
	/// Last second, since 1970, at which it counts.
	pub expires: u64,
}

/// Read access to attestation records.
pub trait AttestationInspect<AccountId> {
	/// What `provider` proved that meets `required` and counts now; of several, what counts longest.
	///
	/// One storage read for each kind of evidence, or one for the kind that is named.
	fn attested(provider: &AccountId, required: &Requirement) -> Option<Attested>;
}
