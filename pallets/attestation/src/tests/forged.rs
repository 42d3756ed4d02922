// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence under roots of our own, bound to a production chain: what is accepted, and every reason why not.

use aivm_attestation::{
	snp::{AmdTcb, Endorsed, Product},
	Kind, Part, TcbPolicy, TcbStatus,
};
use frame_support::{assert_noop, assert_ok};

use crate::{
	evidence::{
		self,
		forge::{self, Intel, GOOD_MACHINE},
	},
	mock::*,
	Bound, Collateral, DeviceEvidence, Error, Evidence, In, Tier, Workload,
};

/// A quote of a machine with these attributes that is bound to [`alice`] and to these devices.
fn tdx_of(intel: &Intel, attributes: u64, devices: &[DeviceEvidence]) -> Evidence {
	let reports: Vec<&[u8]> = devices.iter().map(|device| &device.report[..]).collect();
	let quote = intel.tdx([5, 1, 5], attributes, &binding(&alice()).report_data(&reports));
	evidence::with_devices(evidence::quote(quote), devices.to_vec())
}

fn tdx(intel: &Intel) -> Evidence {
	tdx_of(intel, GOOD_MACHINE, &[])
}

/// Submits the collateral of an Intel of our own.
fn submit_intel(intel: &Intel) {
	submit_all(&intel.collateral(true).pieces());
}

/// A GPU that was asked with the challenge of [`alice`].
fn gpu() -> DeviceEvidence {
	evidence::forged_gpu(binding(&alice()).digest(), "GH100")
}

#[test]
fn machine_should_be_recorded_as_bound_to_the_challenge() {
	run_forged(|| {
		submit_intel(&Intel::new());
		assert_ok!(attest(&alice(), &tdx(&Intel::new())));
		let record = Attestation::record(alice(), Kind::Tdx).unwrap();
		assert_eq!((record.bound, record.period, record.workload), (Bound::Challenge, 0, None));
		assert_eq!((&record.tiers[..], record.expires), (&Tier::ALL[..], NOW + MAX_AGE));
		assert!(record.devices.is_empty());
		// Somebody else's.
		assert_noop!(attest(&bob(), &tdx(&Intel::new())), Error::<Test>::Binding);
	});
}

#[test]
fn challenge_should_hold_for_its_period_and_the_next() {
	run_forged(|| {
		submit_intel(&Intel::new());
		let first = Attestation::challenge(alice()).unwrap();
		let quote = tdx(&Intel::new());
		start_block(9);
		assert_eq!(Attestation::challenge(alice()), Some(first));
		start_block(10);
		assert_ne!(Attestation::challenge(alice()).unwrap().nonce, first.nonce);
		assert_ok!(attest(&alice(), &quote));
		assert_eq!(Attestation::record(alice(), Kind::Tdx).unwrap().period, 0);
		assert_ok!(attest(&alice(), &tdx(&Intel::new())));
		assert_eq!(Attestation::record(alice(), Kind::Tdx).unwrap().period, 1);
		start_block(20);
		assert_noop!(attest(&alice(), &quote), Error::<Test>::Binding);
	});
}

#[test]
fn challenge_should_differ_by_provider_and_chain() {
	run_forged(|| {
		let challenge = Attestation::challenge(alice()).unwrap();
		assert_eq!(challenge.digest, binding(&alice()).digest());
		assert_ne!(Attestation::challenge(bob()).unwrap().nonce, challenge.nonce);
		frame_system::BlockHash::<Test>::insert(0, sp_core::H256::repeat_byte(8));
		assert_ne!(Attestation::challenge(alice()).unwrap().nonce, challenge.nonce);
	});
}

#[test]
fn devices_should_be_recorded_with_the_machine_that_names_them() {
	run_forged(|| {
		submit_intel(&Intel::new());
		let gpu = gpu();
		assert_noop!(
			attest(&alice(), &tdx_of(&Intel::new(), GOOD_MACHINE, std::slice::from_ref(&gpu))),
			Error::<Test>::UnknownFirmware
		);
		list(&gpu);
		assert_ok!(attest(&alice(), &tdx_of(&Intel::new(), GOOD_MACHINE, std::slice::from_ref(&gpu))));
		let record = Attestation::record(alice(), Kind::Tdx).unwrap();
		assert_eq!(record.devices.len(), 1);
		assert_eq!(record.devices[0].kind, Kind::NvidiaGpu);
		assert_eq!(record.bound, Bound::Challenge);

		// A machine that names no device, or another one.
		let unnamed = evidence::with_devices(tdx(&Intel::new()), vec![gpu.clone()]);
		assert_noop!(attest(&alice(), &unnamed), Error::<Test>::DeviceReports);
		let hidden = tdx_of(&Intel::new(), GOOD_MACHINE, std::slice::from_ref(&gpu));
		assert_noop!(attest(&alice(), &evidence::with_devices(hidden, vec![])), Error::<Test>::DeviceReports);
		// A GPU whose nonce is not the machine's.
		let foreign = evidence::forged_gpu([9; 32], "GH100");
		assert_noop!(attest(&alice(), &tdx_of(&Intel::new(), GOOD_MACHINE, &[foreign])), Error::<Test>::DeviceNonce);
		let twice = tdx_of(&Intel::new(), GOOD_MACHINE, &[gpu.clone(), gpu.clone()]);
		assert_noop!(attest(&alice(), &twice), Error::<Test>::SameDevice);
		assert_noop!(attest(&alice(), &Evidence::Device(gpu)), Error::<Test>::DeviceAlone);
	});
}

#[test]
fn debug_modes_should_be_refused() {
	run_forged(|| {
		let intel = Intel::new();
		submit_intel(&intel);
		submit_all(&intel.collateral(false).pieces()[3..]);
		assert_noop!(attest(&alice(), &tdx_of(&intel, GOOD_MACHINE | 1, &[])), Error::<Test>::DebugMode);
		assert_noop!(attest(&alice(), &tdx_of(&intel, GOOD_MACHINE | 1 << 29, &[])), Error::<Test>::UnsafeAttributes);
		let data = binding(&alice()).report_data(&[]);
		assert_ok!(attest(&alice(), &evidence::quote(intel.sgx(0x11, &data))));
		assert_noop!(attest(&alice(), &evidence::quote(intel.sgx(0x13, &data))), Error::<Test>::DebugMode);
		let enclave = evidence::quote(intel.sgx_of_debug_enclave());
		assert_noop!(attest(&alice(), &enclave), Error::<Test>::QuotingEnclave);
		let nitro = |register| evidence::nitro(forge::nitro(&forge::nitro_chain(), register, Some(&data)));
		assert_noop!(attest(&alice(), &nitro(0)), Error::<Test>::DebugMode);
		assert_ok!(attest(&alice(), &nitro(1)));
	});
}

#[test]
fn foreign_roots_should_be_refused() {
	// What is forged, on a chain with the makers' roots.
	run_development(|| {
		let refused = submit(&Intel::new().collateral(true).pieces()[0]);
		assert_eq!(refused, Err(Error::<Test>::Issuer(In(Part::RootCrl)).into()));
		let document = evidence::nitro(forge::nitro(&forge::nitro_chain(), 1, None));
		assert_noop!(attest(&alice(), &document), Error::<Test>::ForeignRoot);
		let gpu = gpu();
		list(&gpu);
		assert_noop!(attest(&alice(), &Evidence::Device(gpu)), Error::<Test>::ForeignRoot);
	});
	// The other way round.
	run_forged_development(|| {
		submit_intel(&Intel::new());
		let quote = evidence::recorded_quote("tdx_quote_td15ex");
		let refused = Attestation::check(alice(), quote, None).unwrap_err();
		assert_eq!(refused, crate::Refusal::MissingCollateral(Part::TcbInfo));
		let ask = submit(&evidence::recorded_ask(Product::Milan));
		assert_eq!(ask, Err(Error::<Test>::Issuer(In(Part::ChipAuthority)).into()));
	});
}

#[test]
fn revoked_certificates_should_be_refused_also_when_revoked_later() {
	for (intel, piece, part) in [
		(Intel { revoked: vec![4], ..Intel::new() }, 2, Part::PckCertificate),
		(Intel { root_revoked: vec![2], ..Intel::new() }, 0, Part::PckAuthority),
		(Intel { root_revoked: vec![3], ..Intel::new() }, 0, Part::TcbSigner),
	] {
		run_forged(|| {
			submit_intel(&Intel::new());
			assert_ok!(attest(&alice(), &tdx(&intel)));
			// The CRLs that are forged all have the same number, so a newer one is one that was issued later.
			let crl = match piece {
				0 => intel.root.crl("20241226000000Z", forge::UNTIL, &intel.root_revoked),
				_ => intel.authority.crl("20241226000000Z", forge::UNTIL, &intel.revoked),
			};
			let crl = crl.try_into().unwrap();
			let newer = match &intel.collateral(true).pieces()[piece] {
				Collateral::PckCrl { authority, .. } => Collateral::PckCrl { authority: *authority, crl },
				_ => Collateral::RootCrl(crl),
			};
			assert_ok!(submit(&newer));
			assert_noop!(attest(&alice(), &tdx(&intel)), Error::<Test>::Revoked(In(part)));
		});
	}
}

#[test]
fn firmware_should_be_refused_when_its_maker_or_every_tier_does() {
	let judged = |svn: u8| {
		let intel = Intel { platform_svn: [svn; 16], ..Intel::new() };
		attest(&alice(), &tdx(&intel))
	};
	run_forged(|| {
		submit_intel(&Intel::new());
		assert_noop!(judged(1), Error::<Test>::NoTcbLevel);
		assert_noop!(judged(2), Error::<Test>::TcbRevoked);
		assert_noop!(judged(3), Error::<Test>::StatusNotAllowed);
		accept(&[TcbStatus::OutOfDate], &["INTEL-SA-00615"]);
		assert_noop!(judged(3), Error::<Test>::AdvisoryNotAllowed);
		accept(&[TcbStatus::OutOfDate], &["INTEL-SA-00615", "INTEL-SA-01036"]);
		assert_noop!(judged(3), Error::<Test>::GraceOver);
		let newer = TcbPolicy { least_evaluation: 19, ..TcbPolicy::strict() };
		for tier in Tier::ALL {
			assert_ok!(Attestation::set_policy(RuntimeOrigin::root(), tier, Box::new(newer.clone())));
		}
		assert_noop!(judged(5), Error::<Test>::EvaluationTooOld);
		// One tier that accepts it is enough, and the record names it.
		let strict = Box::new(TcbPolicy::strict());
		assert_ok!(Attestation::set_policy(RuntimeOrigin::root(), Tier::Standard, strict));
		assert_ok!(judged(5));
		assert_eq!(&Attestation::record(alice(), Kind::Tdx).unwrap().tiers[..], &[Tier::Standard]);
	});
}

#[test]
fn reports_of_amd_should_be_recorded_or_refused() {
	const POLICY: u64 = 1 << 16 | 1 << 17;
	let ask = |name: &str| Collateral::ChipAuthority {
		product: Product::Milan,
		certificate: evidence::vector(name).try_into().unwrap(),
	};
	let report = |policy, chip, snp_version, endorsed| {
		let data = binding(&alice()).report_data(&[]);
		let (certificate, flags) = match endorsed {
			Endorsed::Chip => ("synthetic/amd-vcek.der", 0),
			Endorsed::Loaded => ("synthetic/amd-vlek.der", 1 << 2),
		};
		let report = forge::snp(policy, flags, chip, snp_version, &data);
		evidence::snp(Product::Milan, endorsed, report, evidence::vector(certificate))
	};
	run_forged(|| {
		assert_ok!(submit(&ask("synthetic/amd-ask.der")));
		assert_ok!(submit(&ask("synthetic/amd-asvk.der")));
		let least = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
		let policy = TcbPolicy { amd: vec![least].try_into().unwrap(), ..TcbPolicy::strict() };
		assert_ok!(Attestation::set_policy(RuntimeOrigin::root(), Tier::HighPerformance, Box::new(policy)));
		assert_ok!(attest(&alice(), &report(POLICY, 7, 8, Endorsed::Chip)));
		assert_eq!(&Attestation::record(alice(), Kind::SevSnp).unwrap().tiers[..], &[Tier::HighPerformance]);
		assert_ok!(attest(&alice(), &report(POLICY, 9, 8, Endorsed::Loaded)));
		let refused = |policy, chip, snp_version| attest(&alice(), &report(policy, chip, snp_version, Endorsed::Chip));
		assert_noop!(refused(POLICY | 1 << 19, 7, 8), Error::<Test>::DebugMode);
		assert_noop!(refused(POLICY | 1 << 18, 7, 8), Error::<Test>::UnsafeAttributes);
		assert_noop!(refused(POLICY, 9, 8), Error::<Test>::ChipId);
		assert_noop!(refused(POLICY, 7, 9), Error::<Test>::ReportedTcb);

		// Once there is a CRL, it counts, and must be kept up to date.
		let crl = |name: &str| Collateral::ChipCrl {
			product: Product::Milan,
			crl: evidence::vector(name).try_into().unwrap(),
		};
		assert_ok!(submit(&crl("synthetic/amd-crl-none.der")));
		assert_ok!(refused(POLICY, 7, 8));
		assert_ok!(submit(&crl("synthetic/amd-crl-ask.der")));
		assert_noop!(refused(POLICY, 7, 8), Error::<Test>::Revoked(In(Part::ChipAuthority)));
		assert_noop!(submit(&crl("synthetic/amd-crl-none.der")), Error::<Test>::NotNewer);
		assert_noop!(submit(&ask("synthetic/amd-ask.der")), Error::<Test>::Revoked(In(Part::ChipAuthority)));
	});
}

#[test]
fn denied_certificates_and_devices_should_be_refused() {
	run_forged(|| {
		submit_intel(&Intel::new());
		assert_ok!(attest(&alice(), &tdx(&Intel::new())));
		let device = Attestation::record(alice(), Kind::Tdx).unwrap().device;
		let deny = |item| Attestation::set_denied(RuntimeOrigin::root(), item, true);
		assert_ok!(deny(crate::Denied::Device(device)));
		assert_noop!(attest(&alice(), &tdx(&Intel::new())), Error::<Test>::Denied(In(Part::Quote)));

		let data = binding(&alice()).report_data(&[]);
		let document = evidence::nitro(forge::nitro(&forge::nitro_chain(), 1, Some(&data)));
		assert_ok!(attest(&alice(), &document));
		let mut serial = [0; 20];
		serial[19] = 2;
		assert_ok!(deny(crate::Denied::Certificate(aivm_attestation::x509::Serial(serial))));
		assert_noop!(attest(&alice(), &document), Error::<Test>::Denied(In(Part::NitroCertificate)));
	});
}

#[test]
fn workload_should_be_recorded_when_it_allows_what_runs() {
	run_forged(|| {
		submit_intel(&Intel::new());
		let attest = |workload| Attestation::attest(signed(&alice()), Box::new(tdx(&Intel::new())), workload);
		assert_noop!(attest(Some(3)), Error::<Test>::UnknownWorkload);
		let set = |measured| {
			let workload = Workload {
				name: b"llm".to_vec().try_into().unwrap(),
				measurements: vec![measured].try_into().unwrap(),
			};
			Attestation::set_workload(RuntimeOrigin::root(), 3, Some(Box::new(workload)))
		};
		assert_ok!(set([1; 32]));
		assert_noop!(attest(Some(3)), Error::<Test>::MeasurementNotAllowed);
		assert_ok!(attest(None));
		assert_ok!(set(Attestation::record(alice(), Kind::Tdx).unwrap().measured));
		assert_ok!(attest(Some(3)));
		assert_eq!(Attestation::record(alice(), Kind::Tdx).unwrap().workload, Some(3));
	});
}

#[test]
fn development_attestation_should_be_refused_in_production() {
	run_production(|| {
		assert_noop!(attest(&alice(), &development(&alice_key())), Error::<Test>::DevelopmentNotAllowed);
		let refused = Attestation::check(alice(), development(&alice_key()), None).unwrap_err();
		assert_eq!(refused, crate::Refusal::DevelopmentNotAllowed);
		let text = String::from_utf8(Attestation::explain(refused)).unwrap();
		assert!(text.starts_with("development attestations are not accepted"), "{text}");
	});
}

#[test]
fn development_attestation_should_be_its_own_kind_where_it_is_allowed() {
	run_development(|| {
		assert_ok!(attest(&alice(), &development(&alice_key())));
		let record = Attestation::record(alice(), Kind::Development).unwrap();
		assert_eq!((record.kind, record.bound), (Kind::Development, Bound::Challenge));
		assert!(record.tiers.is_empty());
		assert_eq!(record.expires, NOW + 3_600);
		// It says something about nobody else, and nothing about another time.
		assert_noop!(attest(&bob(), &development(&alice_key())), Error::<Test>::ForeignKey);
		let unbound = development_for(&alice_key(), [0; 64]);
		assert_noop!(attest(&alice(), &unbound), Error::<Test>::Binding);
		let good = development(&alice_key());
		set_time(NOW + 3_601);
		assert_noop!(attest(&alice(), &good), Error::<Test>::Expired(In(Part::Development)));
	});
}
