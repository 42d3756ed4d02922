// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What ties evidence to its purpose, and devices to machines; development attestations; names of errors.

mod common;

use aivm_attestation::{
	binding::devices_digest, development::Development, Binding, Error, Kind, Measured, Part, Portable, Proven, Subject,
	Tcb, Window,
};
use codec::{Decode, Encode};
use common::{
	forge::{self, Intel, GOOD_MACHINE, NOW},
	ROOTS,
};
use sp_crypto_hashing::{blake2_256, sha2_256};

const BINDING: Binding = Binding { genesis: [1; 32], provider: [2; 32], subject: Subject::Nonce([3; 32]) };

/// A machine's evidence with this report data.
fn machine(report_data: [u8; 64]) -> Proven {
	let intel = Intel::new();
	let stored = intel.collateral(true).store(&intel.root_certificate(), NOW).unwrap();
	stored.verify(&intel.tdx([5, 1, 5], GOOD_MACHINE, &report_data), NOW).unwrap()
}

/// A GPU's evidence, with its report.
fn device(nonce: [u8; 32]) -> (Proven, Vec<u8>) {
	let chain = forge::nvidia_chain("GH100");
	let report = forge::nvidia(nonce, 64, 8);
	let certificates = forge::nvidia_certificates(&chain);
	let proven = aivm_attestation::nvidia::verify::<Portable>(&report, &certificates, &chain[0].make(), NOW, |_| false);
	(proven.unwrap(), report)
}

#[test]
fn digest_should_be_of_the_domain_and_all_fields() {
	let expected = [b"aivm/attestation/binding".to_vec(), vec![1; 32], vec![2; 32], vec![0], vec![3; 32]].concat();
	assert_eq!(BINDING.digest(), blake2_256(&expected));
	let statement = Binding { subject: Subject::Statement([3; 32]), ..BINDING };
	assert_ne!(statement.digest(), BINDING.digest());
}

#[test]
fn machine_should_be_refused_when_bound_to_anything_else() {
	let machine = machine(BINDING.report_data(&[]));
	assert_eq!(BINDING.check(&machine, &[]), Ok(()));
	for other in [
		Binding { genesis: [9; 32], ..BINDING },
		Binding { provider: [9; 32], ..BINDING },
		Binding { subject: Subject::Nonce([9; 32]), ..BINDING },
		Binding { subject: Subject::Statement([3; 32]), ..BINDING },
	] {
		assert_eq!(other.check(&machine, &[]), Err(Error::Binding));
	}
}

#[test]
fn devices_should_be_refused_when_they_are_not_the_machines() {
	let (first, second) = (device(BINDING.digest()), device(BINDING.digest()));
	let foreign = device([7; 32]);
	let reports = [&first.1[..], &second.1[..]];
	let data = BINDING.report_data(&reports);
	assert_eq!(data[32..], devices_digest(&[sha2_256(reports[0]), sha2_256(reports[1])]));
	let machine = machine(data);
	assert_eq!(BINDING.check(&machine, &[&first.0, &second.0]), Ok(()));
	assert_eq!(BINDING.check(&machine, &[&first.0, &foreign.0]), Err(Error::DeviceNonce));
	assert_eq!(BINDING.check(&machine, &[&first.0]), Err(Error::DeviceReports));
	assert_eq!(BINDING.check(&machine, &[]), Err(Error::DeviceReports));
	// Another device that answered the same nonce.
	let mut other = second.0.clone();
	other.report_data[40] ^= 1;
	assert_eq!(BINDING.check(&machine, &[&first.0, &other]), Err(Error::DeviceReports));
	// A machine in the place of a device, and the other way round.
	assert_eq!(BINDING.check(&machine, &[&machine]), Err(Error::WrongKind { kind: Kind::Tdx }));
	assert_eq!(BINDING.check(&first.0, &[]), Err(Error::WrongKind { kind: Kind::NvidiaGpu }));
}

#[test]
fn development_attestation_should_be_its_own_kind_and_bound_to_its_key() {
	let key = schnorrkel::MiniSecretKey::from_bytes(&[7; 32]).unwrap();
	let key = key.expand_to_keypair(schnorrkel::ExpansionMode::Ed25519);
	let sign = |from, until| {
		let mut development = Development {
			key: key.public.to_bytes(),
			claim: [5; 32],
			report_data: BINDING.report_data(&[]),
			window: Window { from, until },
			signature: [0; 64],
		};
		let context = schnorrkel::signing_context(b"substrate");
		let nonce = TestRng(1);
		let signed = schnorrkel::context::attach_rng(context.bytes(&development.message()), nonce);
		development.signature = key.sign(signed).to_bytes();
		development
	};
	let good = sign(NOW, NOW + 86_400);
	let proven = good.verify::<Portable>(NOW).unwrap();
	assert_eq!((proven.kind, proven.kind.is_hardware(), &proven.tcb), (Kind::Development, false, &Tcb::Unknown));
	assert_eq!(proven.measured, Measured::Development { claim: [5; 32] });
	assert_eq!(BINDING.check(&proven, &[]), Ok(()));
	assert_eq!(proven.kind.to_string(), "development (no hardware)");

	let part = Part::Development;
	assert_eq!(good.verify::<Portable>(NOW - 1), Err(Error::NotYetValid { part, from: NOW }));
	assert_eq!(good.verify::<Portable>(NOW + 86_401), Err(Error::Expired { part, until: NOW + 86_400 }));
	assert_eq!(sign(NOW, NOW + 86_401).verify::<Portable>(NOW), Err(Error::Malformed { part }));
	for changed in [
		Development { claim: [6; 32], ..good.clone() },
		Development { report_data: [0; 64], ..good.clone() },
		Development { window: Window { from: NOW, until: NOW + 1 }, ..good.clone() },
		Development { key: [1; 32], ..good.clone() },
	] {
		assert_eq!(changed.verify::<Portable>(NOW), Err(Error::Signature { part }));
	}
}

/// Numbers for signatures in tests.
struct TestRng(u8);

impl p256::elliptic_curve::rand_core::RngCore for TestRng {
	fn next_u32(&mut self) -> u32 {
		self.0.into()
	}

	fn next_u64(&mut self) -> u64 {
		self.0.into()
	}

	fn fill_bytes(&mut self, bytes: &mut [u8]) {
		bytes.fill(self.0);
	}

	fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), p256::elliptic_curve::rand_core::Error> {
		self.fill_bytes(bytes);
		Ok(())
	}
}

impl p256::elliptic_curve::rand_core::CryptoRng for TestRng {}

#[test]
fn pinned_roots_should_be_those_that_makers_publish() {
	let digests: Vec<String> = [ROOTS.intel, ROOTS.amd[0].1, ROOTS.amd[1].1, ROOTS.amd[2].1, ROOTS.nitro, ROOTS.nvidia]
		.iter()
		.map(|root| hex::encode(sha2_256(root)))
		.collect();
	assert_eq!(
		digests,
		[
			"44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
			"69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
			"4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
			"1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
			"641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b",
			"102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48",
		]
	);
}

#[test]
fn errors_should_say_what_to_do_and_keep_their_numbers() {
	let mut texts = std::collections::BTreeSet::new();
	for code in 0..=36u8 {
		let error = Error::decode(&mut &[&[code][..], &[0; 16]].concat()[..]).unwrap();
		assert_eq!(error.code(), code);
		let text = error.to_string();
		assert!(text.contains(';'), "what is wrong; what to do: {text}");
		assert!(texts.insert(text));
	}
	assert!(Error::decode(&mut &[37u8, 0, 0][..]).is_err());
	assert_eq!(Part::decode(&mut &[18u8][..]).unwrap().encode(), [18]);
	assert!(Part::decode(&mut &[19u8][..]).is_err());
}
