// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! NVIDIA reports: recorded ones, and ones signed under a root of our own.

mod common;

use aivm_attestation::{
	nvidia::{self, Allowed, Golden, Report},
	Error, Kind, Part, Portable, Proven, Tcb,
};
use common::{
	forge::{nvidia, nvidia_certificates, nvidia_chain, NOW},
	gpu, refuse_all_changes, ROOTS,
};

fn verify(report: &[u8], chain: &[u8]) -> Result<Proven, Error> {
	nvidia::verify::<Portable>(report, chain, ROOTS.nvidia, NOW, |_| false)
}

/// What governance would allow, had it only seen this report.
fn golden(report: &Report) -> Golden {
	let measurements = report
		.measurements()
		.map(|(index, value)| Allowed { index, values: vec![*value].try_into().unwrap() })
		.collect::<Vec<_>>();
	Golden {
		driver: report.driver.clone(),
		vbios: report.vbios.clone(),
		measurements: measurements.try_into().unwrap(),
	}
}

#[test]
fn recorded_report_should_verify() {
	let (report, chain) = gpu();
	let proven = verify(&report, &chain).unwrap();
	assert_eq!(proven.kind, Kind::NvidiaGpu);
	let Tcb::Nvidia { driver, vbios } = &proven.tcb else { panic!() };
	// 96.00.9F.00.01.
	assert_eq!((&driver[..], &vbios[..]), (&b"550.90.07"[..], &[0, 0x9f, 0, 0x96, 1, 0, 0, 0][..]));
	assert_eq!(hex::encode(&proven.report_data[..4]), "931d8dd0");
	assert_eq!(proven.valid_until, 253_402_300_799);
	assert_eq!(Report::read(&report).unwrap().measurements().count(), 64);
	// Not before the last certificate was made, 2022-03-01.
	let early = nvidia::verify::<Portable>(&report, &chain, ROOTS.nvidia, 1_646_092_799, |_| false);
	assert_eq!(early, Err(Error::NotYetValid { part: Part::DeviceCertificate, from: 1_646_092_800 }));
}

#[test]
fn changed_evidence_should_be_refused() {
	let (report, chain) = gpu();
	refuse_all_changes(&report, 31, |report| verify(report, &chain));
	refuse_all_changes(&chain, 29, |chain| verify(&report, chain));
	let part = Part::DeviceReport;
	assert_eq!(verify(&report[..report.len() - 1], &chain), Err(Error::Malformed { part }));
	assert_eq!(verify(&[0x12; 100], &chain), Err(Error::Unsupported { part }));
	assert_eq!(verify(&[0x11; 5_121], &chain), Err(Error::TooLong { part, given: 5_121, limit: 5_120 }));
	assert_eq!(verify(&report, &chain[..chain.len() - 527]), Err(Error::ForeignRoot));
	assert_eq!(verify(&report, &[]), Err(Error::ForeignRoot));
}

#[test]
fn denied_device_should_be_refused() {
	let (report, chain) = gpu();
	let serials = std::cell::RefCell::new(vec![]);
	nvidia::verify::<Portable>(&report, &chain, ROOTS.nvidia, NOW, |serial| {
		serials.borrow_mut().push(*serial);
		false
	})
	.unwrap();
	let serials = serials.into_inner();
	assert_eq!(serials.len(), 4);
	for denied in serials {
		let refused = nvidia::verify::<Portable>(&report, &chain, ROOTS.nvidia, NOW, |serial| *serial == denied);
		assert_eq!(refused, Err(Error::Denied { part: Part::DeviceCertificate }));
	}
}

#[test]
fn measurements_should_be_compared_with_those_allowed() {
	let (report, _) = gpu();
	let report = Report::read(&report).unwrap();
	let allowed = golden(&report);
	assert_eq!(allowed.check(&report), Ok(()));

	let mut partial = allowed.clone();
	partial.measurements.truncate(9);
	assert_eq!(partial.check(&report), Ok(()));
	let mut wrong = partial.clone();
	wrong.measurements[8].values = vec![[1; 48], [2; 48]].try_into().unwrap();
	assert_eq!(wrong.check(&report), Err(Error::DeviceMeasurement { index: 9 }));
	let mut missing = partial.clone();
	missing.measurements[8].index = 65;
	assert_eq!(missing.check(&report), Err(Error::DeviceMeasurement { index: 65 }));

	let other = Golden { driver: b"550.90.06".to_vec().try_into().unwrap(), ..allowed.clone() };
	assert_eq!(other.check(&report), Err(Error::UnknownFirmware));
	let other = Golden { vbios: vec![0; 8].try_into().unwrap(), ..allowed.clone() };
	assert_eq!(other.check(&report), Err(Error::UnknownFirmware));
	let nothing = Golden { measurements: Default::default(), ..allowed };
	assert_eq!(nothing.check(&report), Err(Error::UnknownFirmware));
}

// From here on, under a root of our own.

#[test]
fn forged_report_should_verify_under_its_own_root_only() {
	let chain = nvidia_chain("GH100");
	let (root, certificates) = (chain[0].make(), nvidia_certificates(&chain));
	let forged = |report: &[u8], root: &[u8]| nvidia::verify::<Portable>(report, &certificates, root, NOW, |_| false);
	let report = nvidia([5; 32], 64, 8);
	let proven = forged(&report, &root).unwrap();
	assert_eq!((proven.kind, &proven.report_data[..32]), (Kind::NvidiaGpu, &[5; 32][..]));
	assert_eq!(forged(&report, ROOTS.nvidia), Err(Error::ForeignRoot));
	// Firmware that the certificate was not made for.
	assert_eq!(forged(&nvidia([5; 32], 64, 9), &root), Err(Error::FirmwareId));
	assert_eq!(forged(&nvidia([5; 32], 64, None), &root), Err(Error::FirmwareId));
	let part = Part::DeviceReport;
	assert_eq!(forged(&nvidia([5; 32], 65, 8), &root), Err(Error::Malformed { part }));
	assert_eq!(forged(&nvidia([5; 32], 0, 8), &root), Err(Error::Malformed { part }));
}

#[test]
fn report_of_a_switch_should_be_another_kind() {
	let chain = nvidia_chain("LS_10");
	let report = nvidia([5; 32], 31, None);
	let proven =
		nvidia::verify::<Portable>(&report, &nvidia_certificates(&chain), &chain[0].make(), NOW, |_| false).unwrap();
	assert_eq!(proven.kind, Kind::NvidiaSwitch);
}
