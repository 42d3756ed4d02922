// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence as it is sent, and what is stored of it.

use aivm_attestation::{
	development::Development,
	intel::MAX_QUOTE,
	nitro::MAX_DOCUMENT,
	nvidia::{MAX_CHAIN, MAX_REPORT},
	snp::{Endorsed, Product, REPORT_BYTES},
	x509::{Serial, MAX_CERTIFICATE},
	Kind, Tcb,
};
use aivm_traits::Balance;
pub use aivm_traits::{Tier, WorkloadId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;

/// Most devices of one machine.
pub const MAX_DEVICES: u32 = 8;
/// Longest address of an endpoint, in bytes.
pub const MAX_URL: u32 = 256;
/// Longest name of a workload, in bytes.
pub const MAX_NAME: u32 = 64;
/// Most measurements that a workload allows.
pub const MAX_MEASUREMENTS: u32 = 64;
/// Most collectors.
pub const MAX_COLLECTORS: u32 = 32;
/// Bytes of an SEV-SNP report, as a type's parameter.
const SNP_REPORT: u32 = 1_184;
const _: () = assert!(REPORT_BYTES == 1_184);

/// Number of a period: a span of blocks with one challenge for each provider.
pub type Period = u64;
/// The address of an endpoint.
pub type Url = BoundedVec<u8, ConstU32<MAX_URL>>;

/// Evidence of a machine.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum MachineEvidence {
	/// An Intel quote, of SGX or TDX.
	#[codec(index = 0)]
	Quote(BoundedVec<u8, ConstU32<MAX_QUOTE>>),
	/// An SEV-SNP report.
	#[codec(index = 1)]
	SevSnp {
		/// The family of processors.
		product: Product,
		/// What the certificate is for: VCEK or VLEK.
		endorsed: Endorsed,
		/// The report.
		report: BoundedVec<u8, ConstU32<SNP_REPORT>>,
		/// The certificate, as DER.
		certificate: BoundedVec<u8, ConstU32<MAX_CERTIFICATE>>,
	},
	/// An AWS Nitro document.
	#[codec(index = 2)]
	Nitro(BoundedVec<u8, ConstU32<MAX_DOCUMENT>>),
	/// A key's word, for development networks. The key must be the provider's.
	#[codec(index = 3)]
	Development(Development),
}

/// Evidence of an NVIDIA device.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct DeviceEvidence {
	/// The request for measurements and its response.
	pub report: BoundedVec<u8, ConstU32<MAX_REPORT>>,
	/// The certificates as DER, joined, the device's first.
	pub chain: BoundedVec<u8, ConstU32<MAX_CHAIN>>,
}

/// Evidence of devices, in the order in which the machine names them.
pub type DevicesEvidence = BoundedVec<DeviceEvidence, ConstU32<MAX_DEVICES>>;

/// Evidence.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Evidence {
	/// A machine, with the devices that it uses.
	#[codec(index = 0)]
	Machine {
		/// The machine.
		machine: MachineEvidence,
		/// Its devices.
		devices: DevicesEvidence,
	},
	/// A device without a machine. For development networks: nobody knows who uses the device.
	#[codec(index = 1)]
	Device(DeviceEvidence),
}

/// Tiers of which firmware meets the policy, lowest first.
pub type Tiers = BoundedVec<Tier, ConstU32<3>>;

/// What recorded evidence was made for.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
	/// Anything else than this chain. Says nothing about the provider; accepted on development networks only.
	#[codec(index = 0)]
	Nothing,
	/// This chain, the provider, and the challenge of the record's period.
	#[codec(index = 1)]
	Challenge,
}

/// What evidence proved about a device.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct DeviceRecord {
	/// GPU or switch.
	pub kind: Kind,
	/// Name of its measurements: see [`aivm_attestation::Measured::id`].
	pub measured: [u8; 32],
	/// Its firmware.
	pub tcb: Tcb,
	/// Name of the device.
	pub device: [u8; 32],
}

/// What evidence proved.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Record {
	/// The kind of evidence. `Development` means that no hardware proved anything.
	pub kind: Kind,
	/// What it was made for.
	pub bound: Bound,
	/// Name of what runs: see [`aivm_attestation::Measured::id`].
	pub measured: [u8; 32],
	/// The workload whose allow-list has it, if one was asked for.
	pub workload: Option<WorkloadId>,
	/// The firmware below.
	pub tcb: Tcb,
	/// The tiers whose policy it meets. None for what is not the evidence of a machine's hardware.
	pub tiers: Tiers,
	/// Name of the chip, enclave or device.
	pub device: [u8; 32],
	/// The devices that the machine uses.
	pub devices: BoundedVec<DeviceRecord, ConstU32<MAX_DEVICES>>,
	/// The period of the challenge that the evidence answers, or in which it was sent if it answers none.
	pub period: Period,
	/// When it was verified, in seconds since 1970.
	pub verified_at: u64,
	/// Last second, since 1970, at which it counts.
	pub expires: u64,
}

/// A record, as it is stored.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct StoredRecord {
	/// The record.
	pub record: Record,
	/// What is on hold for it.
	pub deposit: Balance,
}

/// Where collectors fetch a provider's evidence.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
	/// The address, without a slash at its end: `http://…` or `https://…`.
	pub url: Url,
	/// The kind of evidence that it serves.
	pub kind: Kind,
	/// The workload that it runs, if it is to be checked.
	pub workload: Option<WorkloadId>,
	/// What is on hold for it.
	pub deposit: Balance,
}

/// Software that providers run, with what may run as it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Workload {
	/// Its name, as UTF-8.
	pub name: BoundedVec<u8, ConstU32<MAX_NAME>>,
	/// The names of what may run: see [`aivm_attestation::Measured::id`].
	pub measurements: BoundedVec<[u8; 32], ConstU32<MAX_MEASUREMENTS>>,
}

/// What is never accepted, although its maker did not revoke it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
	/// A certificate of an AWS Nitro or NVIDIA chain, by its serial number.
	#[codec(index = 0)]
	Certificate(Serial),
	/// A chip, enclave or device, by its name in records.
	#[codec(index = 1)]
	Device([u8; 32]),
}

/// From what challenges are made.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seeds {
	/// The period that runs.
	pub period: Period,
	/// Hash of the block before its first one.
	pub current: H256,
	/// The same of the period before, if there was one.
	pub previous: Option<H256>,
}

/// What a provider's evidence must be made for.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Challenge {
	/// The period that runs.
	pub period: Period,
	/// What endpoints are asked with: see [`aivm_attestation::Subject::Nonce`].
	pub nonce: [u8; 32],
	/// First half of the report data, and nonce of the devices: see [`aivm_attestation::Binding::digest`].
	pub digest: [u8; 32],
}

/// Collected evidence that turned out to be invalid.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
)]
pub struct Failures {
	/// The period that is counted.
	pub period: Period,
	/// How many there were in it.
	pub count: u32,
}
