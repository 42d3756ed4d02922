// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Recorded evidence of real hardware, through the pallet, at the times at which it was valid.

use aivm_attestation::{
	snp::{AmdTcb, Endorsed, Product},
	Error as Invalid, Kind, Part, Tcb, TcbPolicy, TcbStatus,
};
use frame_support::{assert_noop, assert_ok};

use crate::{
	evidence::{self, RawCollateral},
	mock::*,
	Bound, CollateralId, Denied, DeviceEvidence, Error, Event, Evidence, In, Refusal, Tier,
};

/// Name, kind, first and last second of a quote and its collateral, with what is refused before and after.
const QUOTES: [(&str, Kind, u64, u64, Part, Part); 3] = [
	("sgx_quote", Kind::Sgx, 1_750_330_571, 1_752_919_278, Part::TcbInfo, Part::QeIdentity),
	("tdx_quote", Kind::Tdx, 1_750_329_147, 1_752_919_235, Part::QeIdentity, Part::PckCrl),
	("tdx_quote_td15ex", Kind::Tdx, 1_791_418_186, 1_794_008_711, Part::TcbInfo, Part::QeIdentity),
];

/// When the recorded Nitro document was made, and the last second of its enclave's certificate.
const NITRO: (u64, u64) = (1_736_179_625, 1_736_190_425);

/// Accepts what the recorded SGX platform is.
fn accept_sgx() {
	accept(&[TcbStatus::ConfigurationAndSwHardeningNeeded], &["INTEL-SA-00289", "INTEL-SA-00615"]);
}

/// Lets Entry accept the recorded platforms of AMD.
fn accept_amd() {
	let tcb = |product, boot_loader, snp, microcode| AmdTcb { product, fmc: 0, boot_loader, tee: 0, snp, microcode };
	let amd = vec![tcb(Product::Milan, 3, 8, 115), tcb(Product::Genoa, 7, 11, 62)].try_into().unwrap();
	let policy = TcbPolicy { amd, ..TcbPolicy::strict() };
	assert_ok!(Attestation::set_policy(RuntimeOrigin::root(), Tier::Entry, Box::new(policy)));
}

#[test]
fn recorded_quotes_should_be_recorded_while_their_collateral_is_valid() {
	for (name, kind, from, until, early, late) in QUOTES {
		run_development(|| {
			accept_sgx();
			set_time(from);
			submit_all(&RawCollateral::recorded(name).pieces());
			let quote = evidence::recorded_quote(name);
			for now in [from, from + 86_400, until] {
				set_time(now);
				assert_ok!(attest(&alice(), &quote));
				let record = Attestation::record(alice(), kind).unwrap();
				assert_eq!((record.kind, record.bound, record.verified_at), (kind, Bound::Nothing, now));
				assert_eq!(record.expires, until.min(now + MAX_AGE));
				let Tcb::Intel(tcb) = &record.tcb else { panic!("{record:?}") };
				let tiers: &[Tier] = match tcb.status {
					TcbStatus::UpToDate => &Tier::ALL,
					_ => &[Tier::Entry],
				};
				assert_eq!(&record.tiers[..], tiers);
				assert_eq!(last_event(), Event::Attested { provider: alice(), collector: None, record });
			}
			assert_eq!(Attestation::valid_kinds(alice()), [kind]);
			set_time(until + 1);
			assert_eq!(Attestation::valid_kinds(alice()), []);
			assert_noop!(attest(&alice(), &quote), Error::<Test>::Expired(In(late)));
			set_time(from - 1);
			assert_noop!(attest(&alice(), &quote), Error::<Test>::NotYetValid(In(early)));
		});
	}
}

#[test]
fn recorded_evidence_should_be_refused_in_production_for_its_binding() {
	for (name, _, from, ..) in QUOTES {
		run_production(|| {
			accept_sgx();
			set_time(from);
			submit_all(&RawCollateral::recorded(name).pieces());
			assert_noop!(attest(&alice(), &evidence::recorded_quote(name)), Error::<Test>::Binding);
		});
	}
	run_production(|| {
		accept_amd();
		for product in [Product::Milan, Product::Genoa] {
			assert_ok!(submit(&evidence::recorded_ask(product)));
			assert_noop!(attest(&alice(), &evidence::recorded_snp(product)), Error::<Test>::Binding);
		}
		set_time(NITRO.0);
		let document = evidence::nitro(evidence::vector("nitro/attestation.cose"));
		assert_noop!(attest(&alice(), &document), Error::<Test>::Binding);
		let gpu = evidence::recorded_gpu();
		list(&gpu);
		assert_noop!(attest(&alice(), &Evidence::Device(gpu)), Error::<Test>::DeviceAlone);
	});
}

#[test]
fn recorded_quote_should_be_refused_when_no_tier_accepts_its_firmware() {
	run_development(|| {
		let (name, _, from, ..) = QUOTES[0];
		set_time(from);
		submit_all(&RawCollateral::recorded(name).pieces());
		let quote = evidence::recorded_quote(name);
		assert_noop!(attest(&alice(), &quote), Error::<Test>::StatusNotAllowed);
		accept(&[TcbStatus::ConfigurationAndSwHardeningNeeded], &["INTEL-SA-00289"]);
		assert_noop!(attest(&alice(), &quote), Error::<Test>::AdvisoryNotAllowed);
		// In full, for whoever asks before.
		let status = TcbStatus::ConfigurationAndSwHardeningNeeded;
		accept(&[], &[]);
		let refused = Refusal::Invalid(Invalid::StatusNotAllowed { status });
		assert_eq!(Attestation::check(alice(), quote, None), Err(refused));
	});
}

#[test]
fn recorded_quote_below_all_levels_should_be_refused() {
	run_development(|| {
		// 2026-02-25.
		set_time(1_771_977_600);
		submit_all(&RawCollateral::recorded("tdx_quote_outdated").pieces());
		let quote = evidence::recorded_quote("tdx_quote_outdated");
		assert_noop!(attest(&alice(), &quote), Error::<Test>::NoTcbLevel);
	});
}

#[test]
fn recorded_reports_of_amd_should_be_recorded_while_their_certificates_are_valid() {
	run_development(|| {
		for (product, from, until) in
			[(Product::Milan, 1_680_549_823, 1_901_474_623), (Product::Genoa, 1_695_084_690, 1_916_009_490)]
		{
			let report = evidence::recorded_snp(product);
			set_time(NOW);
			assert_noop!(attest(&alice(), &report), Error::<Test>::MissingCollateral(In(Part::ChipAuthority)));
			assert_ok!(submit(&evidence::recorded_ask(product)));
			accept(&[], &[]);
			assert_noop!(attest(&alice(), &report), Error::<Test>::TcbTooLow);
			accept_amd();
			for now in [from, NOW, until] {
				set_time(now);
				assert_ok!(attest(&alice(), &report));
				let record = Attestation::record(alice(), Kind::SevSnp).unwrap();
				assert_eq!((record.bound, &record.tiers[..]), (Bound::Nothing, &[Tier::Entry][..]));
			}
			let part = In(Part::ChipCertificate);
			set_time(until + 1);
			assert_noop!(attest(&alice(), &report), Error::<Test>::Expired(part));
			set_time(from - 1);
			assert_noop!(attest(&alice(), &report), Error::<Test>::NotYetValid(part));
		}
	});
}

#[test]
fn recorded_documents_of_nitro_should_be_recorded_or_refused() {
	run_development(|| {
		let document = evidence::nitro(evidence::vector("nitro/attestation.cose"));
		for now in [NITRO.0, NITRO.1] {
			set_time(now);
			assert_ok!(attest(&alice(), &document));
		}
		let record = Attestation::record(alice(), Kind::Nitro).unwrap();
		assert_eq!((record.expires, &record.tcb, &record.tiers[..]), (NITRO.1, &Tcb::Unknown, &Tier::ALL[..]));
		set_time(NITRO.1 + 1);
		assert_noop!(attest(&alice(), &document), Error::<Test>::Expired(In(Part::NitroCertificate)));
		set_time(NITRO.0 - 1);
		assert_noop!(attest(&alice(), &document), Error::<Test>::NotYetValid(In(Part::NitroDocument)));
		// 2021-03-05T17:01:49Z.
		set_time(1_614_963_709);
		let debug = evidence::nitro(evidence::vector("nitro/nitro_ad_debug.bin"));
		assert_noop!(attest(&alice(), &debug), Error::<Test>::DebugMode);
	});
}

#[test]
fn recorded_report_of_a_gpu_should_be_recorded_or_refused() {
	run_development(|| {
		let gpu = evidence::recorded_gpu();
		let alone = Evidence::Device(gpu.clone());
		assert_noop!(attest(&alice(), &alone), Error::<Test>::UnknownFirmware);
		list(&gpu);
		assert_ok!(attest(&alice(), &alone));
		let record = Attestation::record(alice(), Kind::NvidiaGpu).unwrap();
		assert_eq!((record.bound, &record.tiers[..]), (Bound::Nothing, &[][..]));

		// The development attestation of a machine that claims to use it: the report has another nonce.
		let report: &[u8] = &gpu.report;
		let machine = development_for(&alice_key(), binding(&alice()).report_data(&[report]));
		let both = evidence::with_devices(machine, vec![gpu.clone()]);
		assert_noop!(attest(&alice(), &both), Error::<Test>::DeviceNonce);

		let denied = Denied::Device(record.device);
		assert_ok!(Attestation::set_denied(RuntimeOrigin::root(), denied, true));
		assert_noop!(attest(&alice(), &alone), Error::<Test>::Denied(In(Part::DeviceCertificate)));
		assert_ok!(Attestation::set_denied(RuntimeOrigin::root(), denied, false));

		let mut wrong = evidence::allowed(&gpu);
		wrong[8].values = vec![[1; 48]].try_into().unwrap();
		let read = aivm_attestation::nvidia::Report::read(&gpu.report).unwrap();
		let wrong = Some(wrong.try_into().unwrap());
		assert_ok!(Attestation::set_golden(RuntimeOrigin::root(), read.driver, read.vbios, wrong));
		assert_noop!(attest(&alice(), &alone), Error::<Test>::DeviceMeasurement(9));
	});
}

#[test]
fn recorded_evidence_should_not_stand_for_a_machine_with_devices() {
	run_development(|| {
		let (name, _, from, ..) = QUOTES[1];
		set_time(from);
		submit_all(&RawCollateral::recorded(name).pieces());
		let gpu = evidence::recorded_gpu();
		list(&gpu);
		let both = evidence::with_devices(evidence::recorded_quote(name), vec![gpu]);
		assert_noop!(attest(&alice(), &both), Error::<Test>::Binding);
	});
}

/// Changes a byte in each of many places, and checks that nothing of it is accepted.
fn refuse_changes(bytes: &[u8], evidence: impl Fn(Vec<u8>) -> Evidence) {
	assert!(Attestation::check(alice(), evidence(bytes.to_vec()), None).is_ok());
	for place in (0..bytes.len()).step_by(bytes.len() / 60) {
		let mut changed = bytes.to_vec();
		changed[place] ^= 1 << (place % 8);
		let checked = Attestation::check(alice(), evidence(changed), None);
		assert!(checked.is_err(), "byte {place} changed, and yet {checked:?}");
	}
}

#[test]
fn changed_evidence_should_be_refused() {
	for (name, _, from, ..) in QUOTES {
		run_development(|| {
			accept_sgx();
			set_time(from);
			submit_all(&RawCollateral::recorded(name).pieces());
			refuse_changes(&evidence::vector(&format!("intel/{name}")), evidence::quote);
		});
	}
	run_development(|| {
		accept_amd();
		assert_ok!(submit(&evidence::recorded_ask(Product::Milan)));
		let (report, certificate) = (evidence::vector("amd/report_milan.bin"), evidence::vector("amd/vcek_milan.der"));
		let snp = |report, certificate| evidence::snp(Product::Milan, Endorsed::Chip, report, certificate);
		refuse_changes(&report, |report| snp(report, certificate.clone()));
		refuse_changes(&certificate, |certificate| snp(report.clone(), certificate));

		let gpu = evidence::recorded_gpu();
		list(&gpu);
		let device = |report: Vec<u8>, chain: Vec<u8>| {
			Evidence::Device(DeviceEvidence { report: report.try_into().unwrap(), chain: chain.try_into().unwrap() })
		};
		refuse_changes(&gpu.report, |report| device(report, gpu.chain.to_vec()));
		refuse_changes(&gpu.chain, |chain| device(gpu.report.to_vec(), chain));

		set_time(NITRO.0);
		refuse_changes(&evidence::vector("nitro/attestation.cose"), evidence::nitro);
	});
}

#[test]
fn needed_collateral_should_be_told_until_it_is_there() {
	run_development(|| {
		let (name, _, from, until, ..) = QUOTES[1];
		set_time(from);
		let quote = evidence::recorded_quote(name);
		let needed = |seconds| Attestation::needed_collateral(quote.clone(), seconds).unwrap();
		let all = needed(0);
		assert_eq!(all.len(), 5);
		let pieces = RawCollateral::recorded(name).pieces();
		for (piece, id) in pieces.iter().zip(&all) {
			assert_ok!(submit(piece));
			assert!(!needed(0).contains(id), "{id:?}");
		}
		assert_eq!(needed(0), []);
		assert_eq!(needed(until - from + 2), [all[2]], "the CRL ends first");
		assert_eq!(needed(40_000_000).len(), 4, "the authority lasts longest");
		let status = Attestation::collateral(None, 9);
		assert_eq!(status.len(), 5);
		let rest = Attestation::collateral(Some(status[1].id), 9);
		assert_eq!(rest, status[2..]);
		assert!(status.iter().any(|status| status.id == CollateralId::RootCrl));
		assert_eq!(Attestation::needed_collateral(evidence::quote(vec![1]), 0).map_err(|_| ()), Err(()));
	});
}
