// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What verified evidence proves, in one form for every kind.

use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_256;

use crate::{snp::AmdTcb, TcbStatus};

/// A kind of evidence.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
)]
pub enum Kind {
	/// An Intel SGX quote: an enclave.
	#[codec(index = 0)]
	Sgx,
	/// An Intel TDX quote: a virtual machine.
	#[codec(index = 1)]
	Tdx,
	/// An AMD SEV-SNP report: a virtual machine.
	#[codec(index = 2)]
	SevSnp,
	/// An AWS Nitro document: an enclave.
	#[codec(index = 3)]
	Nitro,
	/// An NVIDIA report of a GPU.
	#[codec(index = 4)]
	NvidiaGpu,
	/// An NVIDIA report of a switch between GPUs.
	#[codec(index = 5)]
	NvidiaSwitch,
	/// A key's word, without any hardware. For development only.
	#[codec(index = 6)]
	Development,
}

impl Kind {
	/// Whether hardware vouches for it.
	pub fn is_hardware(self) -> bool {
		self != Self::Development
	}

	/// Whether it is of a device that a machine uses, rather than of the machine.
	pub fn is_device(self) -> bool {
		matches!(self, Self::NvidiaGpu | Self::NvidiaSwitch)
	}
}

impl fmt::Display for Kind {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::Sgx => "Intel SGX",
			Self::Tdx => "Intel TDX",
			Self::SevSnp => "AMD SEV-SNP",
			Self::Nitro => "AWS Nitro",
			Self::NvidiaGpu => "NVIDIA GPU",
			Self::NvidiaSwitch => "NVIDIA switch",
			Self::Development => "development (no hardware)",
		})
	}
}

/// What runs, as its hardware measured it.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
	/// An SGX enclave.
	#[codec(index = 0)]
	Sgx {
		/// MRENCLAVE.
		enclave: [u8; 32],
		/// MRSIGNER.
		signer: [u8; 32],
		/// ISVPRODID.
		product: u16,
		/// ISVSVN.
		version: u16,
	},
	/// A TDX machine.
	#[codec(index = 1)]
	Tdx {
		/// MRTD: the image it started from.
		machine: [u8; 48],
		/// RTMR0 to RTMR3: what it measured since.
		runtime: [[u8; 48]; 4],
		/// MRCONFIGID, MROWNER and MROWNERCONFIG.
		configuration: [[u8; 48]; 3],
	},
	/// An SEV-SNP machine.
	#[codec(index = 2)]
	SevSnp {
		/// The image it started from.
		launch: [u8; 48],
		/// What the host passed it.
		host_data: [u8; 32],
		/// Privilege level of the software that asked for the report; 0 is the highest.
		privilege: u32,
	},
	/// A Nitro enclave.
	#[codec(index = 3)]
	Nitro {
		/// PCR0 to PCR2: image, kernel and application.
		image: [[u8; 48]; 3],
		/// PCR8: signer of the image; zero if it is not signed.
		signer: [u8; 48],
	},
	/// An NVIDIA device.
	#[codec(index = 4)]
	Nvidia {
		/// SHA-256 of driver version, VBIOS version and all measurements.
		firmware: [u8; 32],
	},
	/// What a development key says.
	#[codec(index = 5)]
	Development {
		/// Any 32 bytes.
		claim: [u8; 32],
	},
}

impl Measured {
	/// The name of a measurement in allow-lists: the BLAKE2-256 digest of its SCALE encoding.
	pub fn id(&self) -> [u8; 32] {
		blake2_256(&self.encode())
	}
}

/// Most advisories of one platform.
pub const MAX_ADVISORIES: u32 = 64;
/// Longest name of an advisory, in bytes. `INTEL-SA-00615` has 14.
pub const MAX_ADVISORY: u32 = 32;
/// The name of a security advisory.
pub type Advisory = BoundedVec<u8, ConstU32<MAX_ADVISORY>>;
/// The names of security advisories, each once.
pub type Advisories = BoundedVec<Advisory, ConstU32<MAX_ADVISORIES>>;

/// What an Intel platform's security versions are worth.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct IntelTcb {
	/// The status, over platform, TDX module and quoting enclave.
	pub status: TcbStatus,
	/// The advisories that apply.
	pub advisories: Advisories,
	/// The oldest of the dates of the levels that the status comes from, in seconds since 1970.
	pub date: u64,
	/// Number of the evaluation by Intel that the status comes from.
	pub evaluation: u32,
}

/// Longest version of an NVIDIA driver, in bytes. `550.90.07` has 9.
pub const MAX_VERSION: u32 = 32;
/// A version of a driver, in ASCII, or of a VBIOS, as the device reports it.
pub type Version = BoundedVec<u8, ConstU32<MAX_VERSION>>;

/// How new the firmware below the measured software is, by maker.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Tcb {
	/// Intel's own judgement.
	#[codec(index = 0)]
	Intel(IntelTcb),
	/// AMD's security versions.
	#[codec(index = 1)]
	Amd(AmdTcb),
	/// NVIDIA's versions.
	#[codec(index = 2)]
	Nvidia {
		/// Of the driver.
		driver: Version,
		/// Of the VBIOS.
		vbios: Version,
	},
	/// The evidence does not tell.
	#[codec(index = 3)]
	Unknown,
}

/// What verified evidence proves.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Proven {
	/// The kind of evidence.
	pub kind: Kind,
	/// What runs.
	pub measured: Measured,
	/// How new the firmware below is.
	pub tcb: Tcb,
	/// What the software put into the evidence: see [`crate::binding`]. A device's is its nonce, followed by the SHA-256
	/// digest of its report.
	pub report_data: [u8; 64],
	/// The chip, device or enclave, by the BLAKE2-256 digest of what its maker calls it.
	pub device: [u8; 32],
	/// Last second, since 1970, at which all that was relied on is valid.
	pub valid_until: u64,
}
