// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What Intel signs about its platforms, verified once and stored.

use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::Deserialize;

use super::{Fmspc, RevocationList, Tee};
use crate::{
	proven::{Advisories, Advisory},
	time::{self, Window},
	x509::{Certificate, Serial, MAX_CERTIFICATE},
	Error, Part, Signatures, TcbStatus,
};

/// Longest TCB info or QE identity that is read, in bytes. Current ones have up to 5,524.
pub const MAX_STATEMENT: u32 = 32_768;
/// Most levels of security versions in one list.
pub const MAX_LEVELS: u32 = 64;
/// Most TDX modules that a TCB info identifies.
pub const MAX_MODULES: u32 = 16;

/// Which of its two authorities Intel certified a platform with.
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
pub enum PckAuthorityKind {
	/// Of single processors.
	#[codec(index = 0)]
	Processor,
	/// Of platforms with several processors.
	#[codec(index = 1)]
	Platform,
}

impl PckAuthorityKind {
	/// The kind that has this name, as DER: the issuer of a platform's certificate or the subject of an authority's.
	pub fn of_name(name: &[u8]) -> Option<Self> {
		let contains = |text: &[u8]| name.windows(text.len()).any(|window| window == text);
		match (contains(b"Intel SGX PCK Processor CA"), contains(b"Intel SGX PCK Platform CA")) {
			(true, false) => Some(Self::Processor),
			(false, true) => Some(Self::Platform),
			_ => None,
		}
	}
}

/// An authority that certifies platforms.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct PckAuthority {
	/// Which of the two.
	pub kind: PckAuthorityKind,
	/// Its certificate, as DER.
	pub(super) certificate: BoundedVec<u8, ConstU32<MAX_CERTIFICATE>>,
}

impl PckAuthority {
	/// Verifies the certificate of an authority down to `root`, the root certificate as DER, at `now`.
	pub fn verify<S: Signatures>(
		certificate: &[u8],
		root_crl: &RevocationList,
		root: &[u8],
		now: u64,
	) -> Result<Self, Error> {
		let part = Part::PckAuthority;
		let read = Certificate::read(certificate, part)?;
		check_below_root::<S>(&read, root_crl, root, 1, now)?;
		let kind = PckAuthorityKind::of_name(read.subject).ok_or(Error::Unsupported { part })?;
		let certificate = certificate.to_vec().try_into().map_err(|_| Error::Malformed { part })?;
		Ok(Self { kind, certificate })
	}

	/// Its certificate.
	pub(super) fn certificate(&self) -> Result<Certificate<'_>, Error> {
		Certificate::read(&self.certificate, Part::PckAuthority)
	}

	/// Verifies a CRL of this authority at `now`.
	pub fn verify_crl<S: Signatures>(&self, crl: &[u8], now: u64) -> Result<RevocationList, Error> {
		RevocationList::verify::<S>(crl, &self.certificate()?, now, Part::PckCrl)
	}
}

/// Verifies that the root, given as DER, issued a certificate with `below` authorities under the root, and that both are
/// valid at `now`.
fn check_below_root<S: Signatures>(
	certificate: &Certificate,
	root_crl: &RevocationList,
	root: &[u8],
	below: u64,
	now: u64,
) -> Result<(), Error> {
	let root = Certificate::read(root, Part::Root)?;
	root.window.check(now, Part::Root)?;
	root_crl.window.check_end(now, Part::RootCrl)?;
	certificate.check_issued_by::<S>(&root, below, now)?;
	root_crl.check(&certificate.serial, certificate.part)
}

impl RevocationList {
	/// Verifies a CRL of the root, given as DER, at `now`.
	pub fn verify_of_root<S: Signatures>(crl: &[u8], root: &[u8], now: u64) -> Result<RevocationList, Error> {
		Self::verify::<S>(crl, &Certificate::read(root, Part::Root)?, now, Part::RootCrl)
	}
}

/// A security version to be reached, and what reaching it is worth.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct SecurityVersion {
	/// The version.
	pub version: u16,
	/// Intel's judgement.
	pub status: TcbStatus,
	/// When Intel published what the level protects against, in seconds since 1970.
	pub date: u64,
	/// What applies.
	pub advisories: Advisories,
}

/// Security versions to be reached, highest first.
pub type TcbLevels = BoundedVec<SecurityVersion, ConstU32<MAX_LEVELS>>;

/// Security versions of a platform to be reached, and what reaching them is worth.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct TcbLevel {
	/// Of the components of the platform.
	pub platform: [u8; 16],
	/// Of TDX. Zero for SGX.
	pub tdx: [u8; 16],
	/// Of the provisioning enclave (`version`), with Intel's judgement of the whole level.
	pub pce: SecurityVersion,
}

/// A TDX module of Intel's.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Module {
	/// Major version; 0 is the first module, which has no levels of its own.
	pub major: u8,
	/// Who signed it.
	pub signer: [u8; 48],
	/// Its attributes, where the mask has ones; elsewhere they must be zero.
	pub attributes: [u8; 8],
	/// Which attributes are compared.
	pub mask: [u8; 8],
	/// Security versions of the module.
	pub levels: TcbLevels,
}

/// Intel's verified statement on a model of platforms.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct TcbInfo {
	/// What it applies to.
	pub tee: Tee,
	/// The model.
	pub fmspc: Fmspc,
	/// Kind of the provisioning enclave.
	pub pce_id: [u8; 2],
	/// When it is valid.
	pub window: Window,
	/// Number of Intel's evaluation: a later one has a higher number.
	pub evaluation: u32,
	/// Serial number of the certificate that signed it.
	pub(super) signer: Serial,
	/// Last second at which this certificate is valid.
	pub(super) signer_until: u64,
	/// Security versions of platforms, highest first.
	pub levels: BoundedVec<TcbLevel, ConstU32<MAX_LEVELS>>,
	/// TDX modules. None for SGX.
	pub modules: BoundedVec<Module, ConstU32<MAX_MODULES>>,
}

/// Intel's verified statement on its quoting enclave.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct QeIdentity {
	/// Whose quotes the enclave makes.
	pub tee: Tee,
	/// When it is valid.
	pub window: Window,
	/// Number of Intel's evaluation: a later one has a higher number.
	pub evaluation: u32,
	/// Serial number of the certificate that signed it.
	pub(super) signer: Serial,
	/// Last second at which this certificate is valid.
	pub(super) signer_until: u64,
	pub(super) misc_select: [u8; 4],
	pub(super) misc_select_mask: [u8; 4],
	pub(super) attributes: [u8; 16],
	pub(super) attributes_mask: [u8; 16],
	/// MRSIGNER of the enclave.
	pub enclave_signer: [u8; 32],
	/// ISVPRODID of the enclave.
	pub product: u16,
	/// Security versions of the enclave.
	pub levels: TcbLevels,
}

/// A statement of Intel's, as its service returns it.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
	/// The text that is signed: the value of `tcbInfo` or `enclaveIdentity`, byte for byte.
	pub text: &'a [u8],
	/// The signature: r ‖ s.
	pub signature: &'a [u8; 64],
	/// The certificate that signs statements, as DER.
	pub signer: &'a [u8],
}

impl Statement<'_> {
	/// Verifies who made the statement. Returns its text and signer.
	fn verify<S: Signatures>(
		&self,
		part: Part,
		root_crl: &RevocationList,
		root: &[u8],
		now: u64,
	) -> Result<(&str, Serial, u64), Error> {
		Error::check_length(self.text.len(), MAX_STATEMENT, part)?;
		let signer = Certificate::read(self.signer, Part::TcbSigner)?;
		check_below_root::<S>(&signer, root_crl, root, 0, now)?;
		// PCK authorities and platforms have keys below the same root.
		if !signer.subject.windows(SIGNER.len()).any(|window| window == SIGNER) {
			return Err(Error::Issuer { part });
		}
		let crate::x509::PublicKey::P256(key) = signer.key else {
			return Err(Error::Unsupported { part: Part::TcbSigner });
		};
		if !S::p256(self.text, self.signature, key) {
			return Err(Error::Signature { part });
		}
		let text = core::str::from_utf8(self.text).map_err(|_| Error::Malformed { part })?;
		Ok((text, signer.serial, signer.window.until))
	}
}

/// The common name of the certificate that signs statements.
const SIGNER: &[u8] = b"Intel SGX TCB Signing";

impl TcbInfo {
	/// Verifies a TCB info down to `root`, the root certificate as DER, at `now`.
	pub fn verify<S: Signatures>(
		statement: &Statement,
		root_crl: &RevocationList,
		root: &[u8],
		now: u64,
	) -> Result<Self, Error> {
		let part = Part::TcbInfo;
		let (text, signer, signer_until) = statement.verify::<S>(part, root_crl, root, now)?;
		let json: TcbInfoJson = serde_json::from_str(text).map_err(|_| Error::Malformed { part })?;
		let tee = match (json.id, json.version) {
			("SGX", 3) => Tee::Sgx,
			("TDX", 3) => Tee::Tdx,
			_ => return Err(Error::Unsupported { part }),
		};
		let info = Self::read(&json, tee, signer, signer_until).ok_or(Error::Malformed { part })?;
		info.window.check(now, part)?;
		Ok(info)
	}

	fn read(json: &TcbInfoJson, tee: Tee, signer: Serial, signer_until: u64) -> Option<Self> {
		if json.tcb_type != 0 {
			return None;
		}
		let mut levels = json.tcb_levels.iter().map(|level| read_level(level, tee)).collect::<Option<Vec<_>>>()?;
		// The first level that is reached counts, so the order matters: it is Intel's.
		levels.sort_by_key(|level| core::cmp::Reverse((level.platform, level.pce.version, level.tdx)));
		let mut modules = Vec::new();
		if tee == Tee::Tdx {
			let base = json.tdx_module.as_ref()?;
			modules.push(read_module(0, base.mrsigner, base.attributes, base.attributes_mask, &[])?);
			for module in &json.tdx_module_identities {
				let major = hex::<1>(module.id.strip_prefix("TDX_")?)?;
				let [major] = major;
				let ModuleJson { mrsigner, attributes, attributes_mask, tcb_levels, .. } = module;
				modules.push(read_module(major, mrsigner, attributes, attributes_mask, tcb_levels)?);
			}
		}
		Some(Self {
			tee,
			fmspc: hex(json.fmspc)?,
			pce_id: hex(json.pce_id)?,
			window: Window { from: time::rfc3339(json.issue_date)?, until: time::rfc3339(json.next_update)? },
			evaluation: json.tcb_evaluation_data_number,
			signer,
			signer_until,
			levels: levels.try_into().ok()?,
			modules: modules.try_into().ok()?,
		})
	}

	/// The TDX module that security versions name: the one with their major version.
	pub(super) fn module(&self, major: u8) -> Option<&Module> {
		self.modules.iter().find(|module| module.major == major)
	}
}

impl QeIdentity {
	/// Verifies a QE identity down to `root`, the root certificate as DER, at `now`.
	pub fn verify<S: Signatures>(
		statement: &Statement,
		root_crl: &RevocationList,
		root: &[u8],
		now: u64,
	) -> Result<Self, Error> {
		let part = Part::QeIdentity;
		let (text, signer, signer_until) = statement.verify::<S>(part, root_crl, root, now)?;
		let json: QeIdentityJson = serde_json::from_str(text).map_err(|_| Error::Malformed { part })?;
		let tee = match (json.id, json.version) {
			("QE", 2) => Tee::Sgx,
			("TD_QE", 2 | 3) => Tee::Tdx,
			_ => return Err(Error::Unsupported { part }),
		};
		let identity = Self::read(&json, tee, signer, signer_until).ok_or(Error::Malformed { part })?;
		identity.window.check(now, part)?;
		Ok(identity)
	}

	fn read(json: &QeIdentityJson, tee: Tee, signer: Serial, signer_until: u64) -> Option<Self> {
		Some(Self {
			tee,
			window: Window { from: time::rfc3339(json.issue_date)?, until: time::rfc3339(json.next_update)? },
			evaluation: json.tcb_evaluation_data_number,
			signer,
			signer_until,
			misc_select: hex(json.miscselect)?,
			misc_select_mask: hex(json.miscselect_mask)?,
			attributes: hex(json.attributes)?,
			attributes_mask: hex(json.attributes_mask)?,
			enclave_signer: hex(json.mrsigner)?,
			product: json.isvprodid,
			levels: read_levels(&json.tcb_levels)?,
		})
	}
}

/// A level of a platform's security versions.
fn read_level(json: &LevelJson<PlatformTcbJson>, tee: Tee) -> Option<TcbLevel> {
	let tdx = match tee {
		Tee::Sgx => [0; 16],
		Tee::Tdx => json.tcb.tdxtcbcomponents?.map(|component| component.svn),
	};
	let platform = json.tcb.sgxtcbcomponents.map(|component| component.svn);
	Some(TcbLevel { platform, tdx, pce: read_version(json, json.tcb.pcesvn)? })
}

/// The levels of security versions of one component, highest first.
fn read_levels(json: &[LevelJson<VersionJson>]) -> Option<TcbLevels> {
	let mut levels = json.iter().map(|level| read_version(level, level.tcb.isvsvn)).collect::<Option<Vec<_>>>()?;
	levels.sort_by_key(|level| core::cmp::Reverse(level.version));
	levels.try_into().ok()
}

/// A level, with the security version of which it is.
fn read_version<T>(json: &LevelJson<T>, version: u16) -> Option<SecurityVersion> {
	if json.advisories.len() > Advisories::bound() {
		return None;
	}
	let mut advisories = Advisories::new();
	for name in &json.advisories {
		let name = Advisory::try_from(name.as_bytes().to_vec()).ok()?;
		if !advisories.contains(&name) {
			advisories.try_push(name).ok()?;
		}
	}
	let status = TcbStatus::read(json.tcb_status)?;
	Some(SecurityVersion { version, status, date: time::rfc3339(json.tcb_date)?, advisories })
}

fn read_module(
	major: u8,
	signer: &str,
	attributes: &str,
	mask: &str,
	levels: &[LevelJson<VersionJson>],
) -> Option<Module> {
	Some(Module {
		major,
		signer: hex(signer)?,
		attributes: hex(attributes)?,
		mask: hex(mask)?,
		levels: read_levels(levels)?,
	})
}

/// `N` bytes in hexadecimal digits.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
	let (pairs, rest) = text.as_bytes().as_chunks::<2>();
	if !rest.is_empty() || pairs.len() != N {
		return None;
	}
	let digit = |sign: u8| char::from(sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
	let mut bytes = [0; N];
	for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
		*byte = digit(*high)? << 4 | digit(*low)?;
	}
	Some(bytes)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TcbInfoJson<'a> {
	id: &'a str,
	version: u8,
	issue_date: &'a str,
	next_update: &'a str,
	fmspc: &'a str,
	pce_id: &'a str,
	tcb_type: u32,
	tcb_evaluation_data_number: u32,
	#[serde(borrow)]
	tdx_module: Option<BaseModuleJson<'a>>,
	#[serde(borrow, default)]
	tdx_module_identities: Vec<ModuleJson<'a>>,
	#[serde(borrow)]
	tcb_levels: Vec<LevelJson<'a, PlatformTcbJson>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QeIdentityJson<'a> {
	id: &'a str,
	version: u8,
	issue_date: &'a str,
	next_update: &'a str,
	tcb_evaluation_data_number: u32,
	miscselect: &'a str,
	miscselect_mask: &'a str,
	attributes: &'a str,
	attributes_mask: &'a str,
	mrsigner: &'a str,
	isvprodid: u16,
	#[serde(borrow)]
	tcb_levels: Vec<LevelJson<'a, VersionJson>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BaseModuleJson<'a> {
	mrsigner: &'a str,
	attributes: &'a str,
	attributes_mask: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModuleJson<'a> {
	id: &'a str,
	mrsigner: &'a str,
	attributes: &'a str,
	attributes_mask: &'a str,
	#[serde(borrow)]
	tcb_levels: Vec<LevelJson<'a, VersionJson>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LevelJson<'a, T> {
	tcb: T,
	tcb_date: &'a str,
	tcb_status: &'a str,
	#[serde(borrow, rename = "advisoryIDs", default)]
	advisories: Vec<&'a str>,
}

#[derive(Deserialize)]
struct PlatformTcbJson {
	sgxtcbcomponents: [ComponentJson; 16],
	tdxtcbcomponents: Option<[ComponentJson; 16]>,
	pcesvn: u16,
}

#[derive(Deserialize, Clone, Copy)]
struct ComponentJson {
	svn: u8,
}

#[derive(Deserialize)]
struct VersionJson {
	isvsvn: u16,
}
