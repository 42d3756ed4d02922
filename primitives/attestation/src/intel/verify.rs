// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying a quote against collateral that was verified before.

use codec::Encode;
use sp_crypto_hashing::{blake2_256, sha2_256};

use super::{
	collateral::SecurityVersion,
	quote::{EnclaveReport, MachineReport, Report},
	Pck, PckAuthority, QeIdentity, Quote, RevocationList, TcbInfo, Tee,
};
use crate::{
	proven::Advisories, time::Window, x509::PublicKey, Error, IntelTcb, Kind, Part, Proven, Signatures, Tcb, TcbStatus,
};

/// Bits of a TDX machine's attributes that must be 0 (Intel "TDX Module ABI specification", 348551-008, table 3.23).
mod attributes {
	pub const DEBUG: u64 = 1;
	/// Profiling, by the host or by devices.
	pub const PROFILED: u64 = 0x70;
	pub const RESERVED: u64 = bits(1, 3) | bits(7, 15) | bits(23, 26) | bits(32, 61);
	pub const SERVICE_MACHINE: u64 = bits(17, 17);
	pub const MIGRATABLE: u64 = bits(29, 29);
	/// The one that must be 1: exceptions do not reveal which pages are there.
	pub const SEPT_VE_DISABLE: u64 = bits(28, 28);

	const fn bits(first: u32, last: u32) -> u64 {
		(u64::MAX << first) & (u64::MAX >> 63u32.saturating_sub(last))
	}
}

/// The collateral that a quote needs, each piece verified when it was stored.
#[derive(Clone, Copy, Debug)]
pub struct Collateral<'a> {
	/// For the quote's [`Tee`] and the platform's model.
	pub tcb_info: &'a TcbInfo,
	/// For the quote's [`Tee`].
	pub qe_identity: &'a QeIdentity,
	/// The issuer of the platform's certificate.
	pub authority: &'a PckAuthority,
	/// Of this authority.
	pub pck_crl: &'a RevocationList,
	/// Of the root.
	pub root_crl: &'a RevocationList,
	/// The root certificate, as DER.
	pub root: &'a [u8],
}

/// A status with what it comes from.
#[derive(Clone)]
struct Judged {
	status: TcbStatus,
	advisories: Advisories,
	date: u64,
}

impl Judged {
	fn new(level: &SecurityVersion) -> Self {
		Self { status: level.status, advisories: level.advisories.clone(), date: level.date }
	}

	/// With the judgement of a component. Its date counts if it makes a difference.
	fn with(mut self, component: &SecurityVersion, dated: bool) -> Result<Self, Error> {
		self.status = self.status.with_component(component.status);
		for advisory in &component.advisories {
			if !self.advisories.contains(advisory) {
				self.advisories.try_push(advisory.clone()).map_err(|_| Error::AdvisoryNotAllowed)?;
			}
		}
		if dated {
			self.date = self.date.min(component.date);
		}
		Ok(self)
	}
}

impl Quote<'_> {
	/// Verifies the quote at `now`. The policy on the TCB status is the caller's: see [`crate::TcbPolicy`].
	///
	/// # Details
	/// In this order:
	/// 1. All collateral is in its window, is for this quote, and neither its signers nor the authority are revoked.
	/// 2. The platform's certificate is the authority's, valid and not revoked; the chain in the quote is exactly this.
	/// 3. The platform signed the quoting enclave's report, which holds the digest of the quote's key.
	/// 4. The quoting enclave is the one that Intel identifies, and not in debug mode.
	/// 5. This key signed the quote.
	/// 6. Enclave or machine are not in debug mode; a machine is not migratable, profiled or bound to service machines, and
	///    its TDX module is Intel's.
	/// 7. The platform's security versions reach a level that Intel does not call revoked.
	///
	/// # Errors
	/// [`Error::NotYetValid`], [`Error::Expired`], [`Error::WrongCollateral`], [`Error::Revoked`], [`Error::ForeignRoot`],
	/// [`Error::Issuer`], [`Error::Signature`], [`Error::QuotingKey`], [`Error::QuotingEnclave`], [`Error::DebugMode`],
	/// [`Error::UnsafeAttributes`], [`Error::TdxModule`], [`Error::NoTcbLevel`] and [`Error::TcbRevoked`].
	pub fn verify<S: Signatures>(&self, collateral: &Collateral, now: u64) -> Result<Proven, Error> {
		let mut window = check_collateral(self.tee(), collateral, now)?;
		let certificate = self.platform_certificate()?;
		let platform = Pck::read(&certificate)?;
		let authority = collateral.authority.certificate()?;
		authority.window.check(now, Part::PckAuthority)?;
		if certificate.issuer != authority.subject {
			return Err(Error::WrongCollateral { part: Part::PckAuthority });
		}
		let [_, authority_in_quote, root_in_quote] = &self.chain[..] else {
			return Err(Error::Malformed { part: Part::PckCertificate });
		};
		if root_in_quote != collateral.root {
			return Err(Error::ForeignRoot);
		}
		if authority_in_quote != authority.raw {
			return Err(Error::WrongCollateral { part: Part::PckAuthority });
		}
		certificate.check_issued_by::<S>(&authority, 0, now)?;
		collateral.pck_crl.check(&certificate.serial, Part::PckCertificate)?;
		collateral.root_crl.check(&authority.serial, Part::PckAuthority)?;
		if platform.fmspc != collateral.tcb_info.fmspc || platform.pce_id != collateral.tcb_info.pce_id {
			return Err(Error::WrongCollateral { part: Part::TcbInfo });
		}
		window = window.overlap(&certificate.window).overlap(&authority.window);

		let PublicKey::P256(platform_key) = certificate.key else {
			return Err(Error::Unsupported { part: Part::PckCertificate });
		};
		if !S::p256(self.qe_report.raw, self.qe_signature, platform_key) {
			return Err(Error::Signature { part: Part::QeReport });
		}
		let certified = sha2_256(&[self.key.as_slice(), self.qe_data].concat());
		if !self.qe_report.report_data.starts_with(&certified) {
			return Err(Error::QuotingKey);
		}
		let qe_level = check_quoting_enclave(&self.qe_report, collateral.qe_identity)?;
		if !S::p256(self.signed, self.signature, self.key) {
			return Err(Error::Signature { part: Part::Quote });
		}

		let judged = match &self.report {
			Report::Enclave(report) => {
				if report.is_debug() {
					return Err(Error::DebugMode);
				}
				Judged::new(&find_level(collateral.tcb_info, &platform, None)?.pce)
			}
			Report::Machine(report) => {
				check_attributes(report)?;
				check_module(report, collateral.tcb_info)?;
				judge_machine(collateral.tcb_info, &platform, report.launch_svn)?
			}
		};
		let mut judged = judged.with(qe_level, qe_level.status == TcbStatus::OutOfDate)?;
		if let Report::Machine(MachineReport { current: Some((svn, _)), .. }) = &self.report {
			let current = judge_machine(collateral.tcb_info, &platform, svn)?;
			judged.status = judged.status.since_launch(current.status.with_component(qe_level.status));
		}
		if judged.status == TcbStatus::Revoked {
			return Err(Error::TcbRevoked);
		}
		let evaluation = collateral.tcb_info.evaluation.min(collateral.qe_identity.evaluation);
		let Judged { status, advisories, date } = judged;
		Ok(Proven {
			kind: match self.tee() {
				Tee::Sgx => Kind::Sgx,
				Tee::Tdx => Kind::Tdx,
			},
			measured: self.measured(),
			tcb: Tcb::Intel(IntelTcb { status, advisories, date, evaluation }),
			report_data: *self.report_data(),
			device: blake2_256(&(platform.fmspc, platform.ppid).encode()),
			valid_until: window.until,
		})
	}
}

/// Checks what is stored: windows, signers, and that it is for these quotes. Returns when all of it is valid.
fn check_collateral(tee: Tee, collateral: &Collateral, now: u64) -> Result<Window, Error> {
	let Collateral { tcb_info, qe_identity, pck_crl, root_crl, .. } = collateral;
	let end = |until| Window { from: 0, until };
	let windows = [
		(end(root_crl.window.until), Part::RootCrl),
		(end(pck_crl.window.until), Part::PckCrl),
		(tcb_info.window, Part::TcbInfo),
		(end(tcb_info.signer_until), Part::TcbSigner),
		(qe_identity.window, Part::QeIdentity),
		(end(qe_identity.signer_until), Part::TcbSigner),
	];
	let mut all = Window { from: 0, until: u64::MAX };
	for (window, part) in windows {
		window.check(now, part)?;
		all = all.overlap(&window);
	}
	if tcb_info.tee != tee {
		return Err(Error::WrongCollateral { part: Part::TcbInfo });
	}
	if qe_identity.tee != tee {
		return Err(Error::WrongCollateral { part: Part::QeIdentity });
	}
	root_crl.check(&tcb_info.signer, Part::TcbSigner)?;
	root_crl.check(&qe_identity.signer, Part::TcbSigner)?;
	Ok(all)
}

/// Checks that a report is of Intel's quoting enclave. Returns the level that its version reaches.
fn check_quoting_enclave<'a>(report: &EnclaveReport, identity: &'a QeIdentity) -> Result<&'a SecurityVersion, Error> {
	let QeIdentity { misc_select, misc_select_mask, attributes, attributes_mask, .. } = identity;
	let same = !report.is_debug()
		&& *report.signer == identity.enclave_signer
		&& report.product == identity.product
		&& is_same(report.misc_select, misc_select, misc_select_mask)
		&& is_same(report.attributes, attributes, attributes_mask);
	if !same {
		return Err(Error::QuotingEnclave);
	}
	let reached = identity.levels.iter().find(|level| report.version >= level.version);
	reached.ok_or(Error::NoTcbLevel)
}

/// Whether two values are the same where the mask has ones.
fn is_same(given: &[u8], expected: &[u8], mask: &[u8]) -> bool {
	given.iter().zip(expected).zip(mask).all(|((given, expected), mask)| given & mask == expected & mask)
}

/// Checks the attributes of a TDX machine.
fn check_attributes(report: &MachineReport) -> Result<(), Error> {
	let set = |bits| report.attributes & bits != 0;
	if set(attributes::DEBUG) {
		return Err(Error::DebugMode);
	}
	let served = report.current.is_some_and(|(_, service)| *service != [0; 48]);
	let forbidden = attributes::PROFILED | attributes::RESERVED | attributes::SERVICE_MACHINE | attributes::MIGRATABLE;
	if set(forbidden) || served || !set(attributes::SEPT_VE_DISABLE) {
		return Err(Error::UnsafeAttributes);
	}
	Ok(())
}

/// Checks that Intel identifies the TDX module.
fn check_module(report: &MachineReport, tcb_info: &TcbInfo) -> Result<(), Error> {
	let [_, major, ..] = report.launch_svn;
	let module = tcb_info.module(*major).ok_or(Error::TdxModule)?;
	let outside = report.module_attributes.iter().zip(&module.mask).any(|(given, mask)| given & !mask != 0);
	if *report.module_signer != module.signer
		|| outside
		|| !is_same(report.module_attributes, &module.attributes, &module.mask)
	{
		return Err(Error::TdxModule);
	}
	Ok(())
}

/// The first level that the platform's security versions reach, and those of TDX if they are given.
fn find_level<'a>(tcb_info: &'a TcbInfo, platform: &Pck, tdx: Option<&[u8; 16]>) -> Result<&'a super::TcbLevel, Error> {
	let reaches =
		|have: &[u8; 16], needs: &[u8; 16], skip| have.iter().zip(needs).skip(skip).all(|(have, needs)| have >= needs);
	// From the first module with a major version on, its own levels judge its version: the first two components.
	let judged_apart = tdx.is_some_and(|[_, major, ..]| *major > 0);
	let skip = if judged_apart { 2 } else { 0 };
	let reached = tcb_info.levels.iter().find(|level| {
		reaches(&platform.svn, &level.platform, 0)
			&& platform.pce_svn >= level.pce.version
			&& tdx.is_none_or(|tdx| reaches(tdx, &level.tdx, skip))
	});
	reached.ok_or(Error::NoTcbLevel)
}

/// Judges a TDX machine by its platform and by its module.
fn judge_machine(tcb_info: &TcbInfo, platform: &Pck, svn: &[u8; 16]) -> Result<Judged, Error> {
	let judged = Judged::new(&find_level(tcb_info, platform, Some(svn))?.pce);
	let [version, major, ..] = svn;
	if *major == 0 {
		return Ok(judged);
	}
	let module = tcb_info.module(*major).ok_or(Error::TdxModule)?;
	let level = module.levels.iter().find(|level| u16::from(*version) >= level.version).ok_or(Error::NoTcbLevel)?;
	judged.with(level, true)
}
