// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Intel quotes: recorded ones, and ones forged under a root of our own.

mod common;

use aivm_attestation::{intel::Tee, pem, Error, Kind, Measured, Part, Proven, Tcb, TcbPolicy, TcbStatus};
use common::{
	forge::{Intel, GOOD_MACHINE, NOW},
	refuse_all_changes, vector, RawCollateral, Stored, ROOTS,
};

/// A recorded quote, and the first and last second at which its collateral is valid.
struct Recorded {
	quote: Vec<u8>,
	collateral: RawCollateral,
	from: u64,
	until: u64,
}

fn recorded(name: &str, from: u64, until: u64) -> Recorded {
	let collateral = RawCollateral::load(&format!("intel/{name}_collateral.json"));
	Recorded { quote: vector(&format!("intel/{name}")), collateral, from, until }
}

/// 2025-06-19T10:56:11Z..2025-07-19T10:01:18Z.
fn sgx() -> Recorded {
	recorded("sgx_quote", 1_750_330_571, 1_752_919_278)
}

/// 2025-06-19T10:32:27Z..2025-07-19T10:00:35Z: its CRL ends first.
fn tdx() -> Recorded {
	recorded("tdx_quote", 1_750_329_147, 1_752_919_235)
}

/// 2026-10-08T00:09:46Z..2026-11-06T23:45:11Z.
fn tdx15() -> Recorded {
	recorded("tdx_quote_td15ex", 1_791_418_186, 1_794_008_711)
}

impl Recorded {
	fn store(&self) -> Stored {
		self.collateral.store(ROOTS.intel, self.from).unwrap()
	}

	fn verify(&self, now: u64) -> Result<Proven, Error> {
		self.store().verify(&self.quote, now)
	}
}

/// Status and advisories.
fn status(proven: &Proven) -> (TcbStatus, Vec<String>) {
	let Tcb::Intel(tcb) = &proven.tcb else { panic!("{proven:?}") };
	let mut advisories: Vec<String> =
		tcb.advisories.iter().map(|advisory| String::from_utf8(advisory.to_vec()).unwrap()).collect();
	advisories.sort();
	(tcb.status, advisories)
}

#[test]
fn recorded_quotes_should_verify_inside_the_windows_of_their_collateral() {
	let hardening = vec!["INTEL-SA-00289".to_string(), "INTEL-SA-00615".to_string()];
	for (recorded, kind, expected) in [
		(sgx(), Kind::Sgx, (TcbStatus::ConfigurationAndSwHardeningNeeded, hardening)),
		(tdx(), Kind::Tdx, (TcbStatus::UpToDate, vec![])),
		(tdx15(), Kind::Tdx, (TcbStatus::UpToDate, vec![])),
	] {
		for now in [recorded.from, recorded.from + 86_400, recorded.until] {
			let proven = recorded.verify(now).unwrap();
			assert_eq!(proven.kind, kind);
			assert_eq!(status(&proven), expected);
			assert_eq!(proven.valid_until, recorded.until);
			assert_ne!(proven.report_data, [0; 64]);
		}
	}
	let Measured::Sgx { enclave, .. } = sgx().verify(1_751_624_924).unwrap().measured else { panic!() };
	assert_eq!(enclave, sgx().quote[112..144]);
	let Measured::Tdx { machine, .. } = tdx().verify(1_751_624_924).unwrap().measured else { panic!() };
	assert_eq!(machine, tdx().quote[48 + 136..48 + 184]);
	assert_eq!(tdx().verify(1_751_624_924).unwrap().report_data, tdx().quote[48 + 520..48 + 584]);
}

#[test]
fn recorded_quotes_should_be_refused_outside_the_windows_with_the_reason() {
	let early = |recorded: &Recorded| recorded.verify(recorded.from - 1).unwrap_err();
	let late = |recorded: &Recorded| recorded.verify(recorded.until + 1).unwrap_err();
	let (sgx, tdx, tdx15) = (sgx(), tdx(), tdx15());
	assert_eq!(early(&sgx), Error::NotYetValid { part: Part::TcbInfo, from: sgx.from });
	assert_eq!(late(&sgx), Error::Expired { part: Part::QeIdentity, until: sgx.until });
	assert_eq!(early(&tdx), Error::NotYetValid { part: Part::QeIdentity, from: tdx.from });
	assert_eq!(late(&tdx), Error::Expired { part: Part::PckCrl, until: tdx.until });
	assert_eq!(early(&tdx15), Error::NotYetValid { part: Part::TcbInfo, from: tdx15.from });
	assert_eq!(late(&tdx15), Error::Expired { part: Part::QeIdentity, until: tdx15.until });
	for recorded in [sgx, tdx, tdx15] {
		for now in [recorded.from - 1, recorded.until + 1] {
			let refused = recorded.collateral.store(ROOTS.intel, now).map(|_| ()).unwrap_err();
			assert!(matches!(refused, Error::NotYetValid { .. } | Error::Expired { .. }), "{refused:?}");
		}
	}
}

#[test]
fn recorded_quote_should_be_out_of_date_with_the_collateral_of_a_later_year() {
	let stored = tdx15().store();
	let later = stored.verify(&tdx().quote, tdx15().from).unwrap();
	let advisories = ["INTEL-SA-01192", "INTEL-SA-01245", "INTEL-SA-01312", "INTEL-SA-01313"].map(String::from);
	assert_eq!(status(&later), (TcbStatus::OutOfDate, advisories.to_vec()));
	let status = TcbStatus::OutOfDate;
	assert_eq!(TcbPolicy::strict().check(&later.tcb, tdx15().from), Err(Error::StatusNotAllowed { status }));
}

#[test]
fn recorded_quote_below_all_levels_should_be_refused() {
	// 2026-02-25.
	let now = 1_771_977_600;
	let outdated = recorded("tdx_quote_outdated", now, now);
	assert_eq!(outdated.verify(now), Err(Error::NoTcbLevel));
}

#[test]
fn quote_should_need_the_collateral_of_its_own_model_and_environment() {
	let (sgx, tdx, tdx15) = (sgx(), tdx(), tdx15());
	let now = 1_751_624_924;
	let stored = tdx.store();
	assert_eq!(stored.verify(&sgx.quote, now), Err(Error::WrongCollateral { part: Part::TcbInfo }));
	let mut mixed = sgx.store();
	mixed.tcb_info = stored.tcb_info.clone();
	assert_eq!(mixed.verify(&tdx.quote, now), Err(Error::WrongCollateral { part: Part::QeIdentity }));
	mixed.qe_identity = stored.qe_identity.clone();
	assert_eq!(mixed.verify(&tdx.quote, now), Err(Error::WrongCollateral { part: Part::PckAuthority }));
	// 90C06F000000 instead of B0C06F000000.
	let other = recorded("tdx_quote_outdated", 1_771_977_600, 0);
	assert_eq!(tdx15.store().verify(&other.quote, tdx15.from), Err(Error::WrongCollateral { part: Part::TcbInfo }));
	let quote = aivm_attestation::intel::Quote::read(&other.quote).unwrap();
	assert_eq!((quote.tee(), quote.platform().unwrap().fmspc), (Tee::Tdx, [0x90, 0xc0, 0x6f, 0, 0, 0]));
}

#[test]
fn changed_quotes_should_be_refused() {
	for (recorded, step) in [(sgx(), 5), (tdx(), 5), (tdx15(), 5)] {
		let stored = recorded.store();
		let changed = |quote: &[u8]| stored.verify(quote, recorded.from);
		refuse_all_changes(&recorded.quote, step, changed);
		assert!(changed(&recorded.quote).is_ok());
		assert!(changed(&recorded.quote[..recorded.quote.len() - 1]).is_err() || recorded.quote.ends_with(&[0]));
		assert_eq!(changed(&[&recorded.quote[..], &[1]].concat()), Err(Error::Malformed { part: Part::Quote }));
	}
}

#[test]
fn changed_collateral_should_be_refused() {
	let recorded = sgx();
	let store = |change: &dyn Fn(&mut RawCollateral)| {
		let mut changed = recorded.collateral.clone();
		change(&mut changed);
		changed.store(ROOTS.intel, recorded.from)
	};
	assert!(store(&|_| ()).is_ok());
	refuse_all_changes(&recorded.collateral.tcb_info.0, 53, |text| store(&|raw| raw.tcb_info.0 = text.to_vec()));
	refuse_all_changes(&recorded.collateral.qe_identity.0, 23, |text| store(&|raw| raw.qe_identity.0 = text.to_vec()));
	refuse_all_changes(&recorded.collateral.tcb_info.2, 7, |der| store(&|raw| raw.tcb_info.2 = der.to_vec()));
	refuse_all_changes(&recorded.collateral.authority, 7, |der| store(&|raw| raw.authority = der.to_vec()));
	refuse_all_changes(&recorded.collateral.root_crl, 5, |der| store(&|raw| raw.root_crl = der.to_vec()));
	refuse_all_changes(&recorded.collateral.pck_crl, 5, |der| store(&|raw| raw.pck_crl = der.to_vec()));
	// A certificate of the same root that does not sign statements.
	let wrong = store(&|raw| raw.tcb_info.2 = raw.authority.clone()).map(|_| ()).unwrap_err();
	assert_eq!(wrong, Error::Issuer { part: Part::TcbInfo });
}

#[test]
fn crl_should_hold_all_serials_of_the_recorded_one() {
	let stored = tdx().store();
	assert_eq!((stored.pck_crl.len(), stored.root_crl.len(), stored.root_crl.is_empty()), (44, 0, true));
	assert_eq!(tdx15().store().pck_crl.len(), 57);
}

// From here on, under a root of our own.

fn forged(intel: &Intel, tdx: bool) -> Stored {
	intel.collateral(tdx).store(&intel.root_certificate(), NOW).unwrap()
}

#[test]
fn forged_evidence_should_verify_under_its_own_root_only() {
	let intel = Intel::new();
	let quote = intel.tdx([5, 1, 5], GOOD_MACHINE, &[9; 64]);
	let proven = forged(&intel, true).verify(&quote, NOW).unwrap();
	assert_eq!((status(&proven), proven.report_data), ((TcbStatus::UpToDate, vec![]), [9; 64]));
	assert_eq!(forged(&intel, false).verify(&intel.sgx(0x11, &[]), NOW).unwrap().kind, Kind::Sgx);

	// Collateral and quotes of a root with another key, the same names, or both mixed.
	let refused = intel.collateral(true).store(ROOTS.intel, NOW).map(|_| ()).unwrap_err();
	assert!(matches!(refused, Error::Issuer { .. } | Error::Signature { .. }), "{refused:?}");
	let mut stored = forged(&intel, true);
	stored.root = ROOTS.intel.to_vec();
	assert_eq!(stored.verify(&quote, NOW), Err(Error::ForeignRoot));
	assert_eq!(tdx15().store().verify(&quote, tdx15().from), Err(Error::WrongCollateral { part: Part::PckAuthority }));
}

#[test]
fn revoked_certificates_should_be_refused_each_with_its_name() {
	let refused = |intel: Intel| {
		let quote = intel.tdx([5, 1, 5], GOOD_MACHINE, &[]);
		let collateral = intel.collateral(true);
		// Revocations that came after the collateral was stored.
		let stored = Intel::new().collateral(true).store(&intel.root_certificate(), NOW).unwrap();
		let fresh = collateral.store(&intel.root_certificate(), NOW);
		let root_crl = aivm_attestation::RevocationList::verify_of_root::<aivm_attestation::Portable>(
			&collateral.root_crl,
			&intel.root_certificate(),
			NOW,
		);
		let pck_crl = stored.authority.verify_crl::<aivm_attestation::Portable>(&collateral.pck_crl, NOW).unwrap();
		let stored = Stored { root_crl: root_crl.unwrap(), pck_crl, ..stored };
		(fresh.and_then(|fresh| fresh.verify(&quote, NOW)).unwrap_err(), stored.verify(&quote, NOW).unwrap_err())
	};
	let platform = Error::Revoked { part: Part::PckCertificate };
	assert_eq!(refused(Intel { revoked: vec![4], ..Intel::new() }), (platform, platform));
	let authority = Error::Revoked { part: Part::PckAuthority };
	assert_eq!(refused(Intel { root_revoked: vec![2], ..Intel::new() }), (authority, authority));
	let signer = Error::Revoked { part: Part::TcbSigner };
	assert_eq!(refused(Intel { root_revoked: vec![3], ..Intel::new() }), (signer, signer));
}

#[test]
fn debug_modes_should_be_refused() {
	let intel = Intel::new();
	assert_eq!(forged(&intel, false).verify(&intel.sgx(0x13, &[]), NOW), Err(Error::DebugMode));
	assert_eq!(forged(&intel, false).verify(&intel.sgx_of_debug_enclave(), NOW), Err(Error::QuotingEnclave));
	let machine = |attributes| forged(&intel, true).verify(&intel.tdx([5, 1, 5], attributes, &[]), NOW);
	assert_eq!(machine(GOOD_MACHINE | 1), Err(Error::DebugMode));
	for bit in [4, 5, 6, 17, 29, 1, 7, 23, 32, 61] {
		assert_eq!(machine(GOOD_MACHINE | 1 << bit), Err(Error::UnsafeAttributes), "bit {bit}");
	}
	assert_eq!(machine(0), Err(Error::UnsafeAttributes));
	for bit in [16, 18, 27, 30, 31, 62, 63] {
		assert!(machine(GOOD_MACHINE | 1 << bit).is_ok(), "bit {bit}");
	}
	let bound = intel.tdx_since([5, 1, 5], [5, 1, 5], 1);
	assert_eq!(forged(&intel, true).verify(&bound, NOW), Err(Error::UnsafeAttributes));
}

#[test]
fn security_versions_should_decide_the_status() {
	let judge = |platform: u8, svn: [u8; 3], qe_version: u16| {
		let intel = Intel { platform_svn: [platform; 16], qe_version, ..Intel::new() };
		let quote = intel.tdx(svn, GOOD_MACHINE, &[]);
		forged(&intel, true).verify(&quote, NOW).map(|proven| status(&proven).0)
	};
	assert_eq!(judge(5, [5, 1, 5], 4), Ok(TcbStatus::UpToDate));
	assert_eq!(judge(9, [9, 1, 9], 9), Ok(TcbStatus::UpToDate));
	assert_eq!(judge(4, [5, 1, 5], 4), Ok(TcbStatus::SwHardeningNeeded));
	assert_eq!(judge(3, [5, 1, 5], 4), Ok(TcbStatus::OutOfDate));
	assert_eq!(judge(5, [5, 1, 3], 4), Ok(TcbStatus::OutOfDate));
	// By its module, or by the quoting enclave.
	assert_eq!(judge(5, [2, 1, 5], 4), Ok(TcbStatus::OutOfDate));
	assert_eq!(judge(5, [5, 1, 5], 3), Ok(TcbStatus::OutOfDate));
	assert_eq!(judge(4, [5, 1, 5], 3), Ok(TcbStatus::OutOfDate));
	// Below all levels: of the platform, of the module, of the quoting enclave.
	assert_eq!(judge(1, [5, 1, 5], 4), Err(Error::NoTcbLevel));
	assert_eq!(judge(5, [1, 1, 5], 4), Err(Error::NoTcbLevel));
	assert_eq!(judge(5, [5, 1, 5], 2), Err(Error::NoTcbLevel));
	assert_eq!(judge(2, [5, 1, 5], 4), Err(Error::TcbRevoked));
	assert_eq!(judge(5, [5, 2, 5], 4), Err(Error::TdxModule));
	// The first module has no levels of its own.
	assert_eq!(judge(5, [4, 0, 4], 4), Err(Error::NoTcbLevel));
}

#[test]
fn machine_from_before_an_update_should_be_asked_to_start_again() {
	let intel = Intel::new();
	let judge = |launch, current| {
		let proven = forged(&intel, true).verify(&intel.tdx_since(launch, current, 0), NOW);
		proven.map(|proven| status(&proven).0)
	};
	assert_eq!(judge([5, 1, 5], [5, 1, 5]), Ok(TcbStatus::UpToDate));
	assert_eq!(judge([2, 1, 5], [5, 1, 5]), Ok(TcbStatus::RelaunchAdvised));
	assert_eq!(judge([2, 1, 5], [2, 1, 5]), Ok(TcbStatus::OutOfDate));
	assert_eq!(judge([5, 1, 5], [1, 1, 5]), Err(Error::NoTcbLevel));
	assert_eq!(judge([5, 1, 5], [5, 1, 2]), Err(Error::TcbRevoked));
}

#[test]
fn statement_should_be_refused_when_it_names_too_many_advisories() {
	let store = |count: usize| {
		let mut intel = Intel::new();
		intel.levels[1].3 = vec!["INTEL-SA-00615"; count].leak();
		intel.collateral(true).store(&intel.root_certificate(), NOW).map(|_| ())
	};
	assert_eq!(store(64), Ok(()));
	// One of them many times takes as long to read as many do.
	assert_eq!(store(65), Err(Error::Malformed { part: Part::TcbInfo }));
}

#[test]
fn policy_should_accept_what_it_names_for_as_long_as_it_grants() {
	let tcb = |platform: u8| {
		let intel = Intel { platform_svn: [platform; 16], ..Intel::new() };
		forged(&intel, true).verify(&intel.tdx([5, 1, 5], GOOD_MACHINE, &[]), NOW).unwrap().tcb
	};
	let strict = TcbPolicy::strict();
	assert_eq!(strict.check(&tcb(5), NOW), Ok(()));
	let status = TcbStatus::SwHardeningNeeded;
	assert_eq!(strict.check(&tcb(4), NOW), Err(Error::StatusNotAllowed { status }));
	let mut named = strict.clone();
	named.statuses.try_push(status).unwrap();
	assert_eq!(named.check(&tcb(4), NOW), Err(Error::AdvisoryNotAllowed));
	named.advisories.try_push(b"INTEL-SA-00615".to_vec().try_into().unwrap()).unwrap();
	assert_eq!(named.check(&tcb(4), NOW), Ok(()));

	let status = TcbStatus::OutOfDate;
	assert_eq!(named.check(&tcb(3), NOW), Err(Error::StatusNotAllowed { status }));
	named.statuses.try_push(status).unwrap();
	assert_eq!(named.check(&tcb(3), NOW), Err(Error::AdvisoryNotAllowed));
	named.advisories.try_push(b"INTEL-SA-01036".to_vec().try_into().unwrap()).unwrap();
	// 2023-08-09.
	let date = 1_691_539_200;
	assert_eq!(named.check(&tcb(3), NOW), Err(Error::GraceOver { until: date }));
	named.grace = NOW - date;
	assert_eq!(named.check(&tcb(3), NOW), Ok(()));
	assert_eq!(named.check(&tcb(3), NOW + 1), Err(Error::GraceOver { until: NOW }));

	let newer = TcbPolicy { least_evaluation: 19, ..strict };
	assert_eq!(newer.check(&tcb(5), NOW), Err(Error::EvaluationTooOld { given: 18, least: 19 }));
}

#[test]
fn certificates_should_be_refused_when_they_break_a_rule() {
	let base = Intel::new();
	let root = base.root_certificate();
	let refused = |authority: common::der::Template| {
		let intel = Intel { authority, ..Intel::new() };
		intel.collateral(true).store(&root, NOW).map(|_| ()).unwrap_err()
	};
	let part = Part::PckAuthority;
	let good = || base.authority.clone();
	assert_eq!(refused(common::der::Template { issuer: "x".into(), ..good() }), Error::Issuer { part });
	assert_eq!(
		refused(common::der::Template { issuer_key: common::der::Key::P256(9), ..good() }),
		Error::Signature { part }
	);
	assert_eq!(refused(good().with(&[0x55, 0x1d, 0x1e], true, vec![0x30, 0])), Error::CriticalExtension { part });
	assert_eq!(
		refused(common::der::Template { until: "20241231235959Z", ..good() }),
		Error::Expired { part, until: NOW - 1 }
	);
	assert_eq!(
		refused(common::der::Template { from: "20250101000001Z", ..good() }),
		Error::NotYetValid { part, from: NOW + 1 }
	);
	// Not an authority: it signs no CRL.
	assert_eq!(refused(common::der::Template { authority: None, ..good() }), Error::NotAuthority { part });
	// The platform as issuer of another platform.
	let mut intel = Intel::new();
	let stored = forged(&intel, true);
	intel.platform = common::der::Template { issuer_key: intel.signer.key, ..intel.platform };
	let quote = intel.tdx([5, 1, 5], GOOD_MACHINE, &[]);
	assert_eq!(stored.verify(&quote, NOW), Err(Error::Signature { part: Part::PckCertificate }));
	assert_eq!(pem::certificates(b"", 1), Some(vec![]));
}
