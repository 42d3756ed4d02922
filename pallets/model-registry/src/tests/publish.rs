// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Publishing versions.

use super::*;
use frame_support::assert_noop;
use sp_runtime::TokenError;

const FORMATS: [Format; 4] = [Format::Program, Format::Wasm, Format::Onnx, Format::Container];

#[test]
fn publish_version_should_store_the_specification_when_it_is_good() {
	run_test(|| {
		let model = register(ALICE);
		for (number, format) in (1..).zip(FORMATS) {
			let spec = spec(format, &program(number as u8));
			assert_ok!(Registry::publish_version(signed(ALICE), model, spec.clone()));
			assert_last_event(Event::VersionPublished {
				model,
				version: number,
				format,
				artefact_hash: spec.artefact_hash,
				artefact_size: spec.artefact_size,
				manifest_hash: spec.manifest_hash,
				parent: None,
			});
			let record = record(model, number);
			assert_eq!(record.spec, spec);
			assert_eq!((record.summary, record.revocation), (None, None));
			match format {
				Format::Program => {
					assert_eq!(record.state, VersionState::Uploading);
					assert!(record.program_deposit.is_some());
				}
				_ => {
					assert_eq!(record.state, VersionState::Ready);
					assert!(record.program_deposit.is_none());
				}
			}
		}
		let record = Models::<Test>::get(model).expect("the model exists");
		assert_eq!((record.next_version, record.version_count, record.default_version), (5, 4, None));
	});
}

#[test]
fn publish_version_should_fail_when_the_model_does_not_exist() {
	run_test(|| {
		assert_noop!(
			Registry::publish_version(signed(ALICE), 0, spec(Format::Onnx, b"x")),
			Error::<Test>::ModelNotFound
		);
	});
}

#[test]
fn publish_version_should_fail_when_the_signer_is_not_the_owner() {
	run_test(|| {
		let model = register(ALICE);
		assert_noop!(Registry::publish_version(signed(BOB), model, spec(Format::Onnx, b"x")), Error::<Test>::NotOwner);
	});
}

#[test]
fn publish_version_should_fail_when_the_licence_is_no_spdx_expression() {
	run_test(|| {
		let model = register(ALICE);
		for bad in [&b""[..], b" ", b" MIT", b"MIT ", b"MIT\n", b"MIT, or so", b"()", "Lizenz für".as_bytes(), b"\xff"]
		{
			let licence = bad.to_vec().try_into().expect("the licence is short");
			let spec = VersionSpec { licence, ..spec(Format::Onnx, b"x") };
			assert_noop!(Registry::publish_version(signed(ALICE), model, spec), Error::<Test>::InvalidLicence);
		}
		let licence: &[u8] = b"(DocumentRef-a:LicenseRef-b OR GPL-2.0+) AND MIT";
		let licence = licence.to_vec().try_into().expect("the licence is short");
		publish(ALICE, model, VersionSpec { licence, ..spec(Format::Onnx, b"x") });
	});
}

#[test]
fn publish_version_should_fail_when_the_cid_does_not_belong_to_the_manifest() {
	run_test(|| {
		let model = register(ALICE);
		let good = spec(Format::Onnx, b"x");
		let upper = good.manifest_cid.to_ascii_uppercase();
		let other = manifest_cid(&good.artefact_hash);
		let longer = [good.manifest_cid.as_slice(), b"a"].concat();
		for bad in [Vec::new(), upper, other, longer] {
			let bad = VersionSpec { manifest_cid: bad.try_into().expect("the CID is short"), ..good.clone() };
			assert_noop!(Registry::publish_version(signed(ALICE), model, bad), Error::<Test>::ManifestCidMismatch);
		}
		publish(ALICE, model, good);
	});
}

#[test]
fn publish_version_should_fail_when_the_artefact_is_empty() {
	run_test(|| {
		let model = register(ALICE);
		for format in FORMATS {
			assert_noop!(
				Registry::publish_version(signed(ALICE), model, spec(format, b"")),
				Error::<Test>::EmptyArtefact
			);
		}
	});
}

#[test]
fn publish_version_should_fail_when_the_program_is_too_large() {
	run_test(|| {
		let model = register(ALICE);
		let limit = u64::from(MAX_PROGRAM_BYTES);
		for artefact_size in [limit + 1, u64::from(u32::MAX) + 2, u64::MAX] {
			let large = VersionSpec { artefact_size, ..spec(Format::Program, b"x") };
			assert_noop!(Registry::publish_version(signed(ALICE), model, large), Error::<Test>::ProgramTooLarge);
			// What providers run may be of any size.
			publish(ALICE, model, VersionSpec { artefact_size, ..spec(Format::Container, b"x") });
		}
		publish(ALICE, model, VersionSpec { artefact_size: limit, ..spec(Format::Program, b"x") });
	});
}

#[test]
fn publish_version_should_fail_when_the_royalty_is_above_the_governed_bound() {
	run_test(|| {
		let model = register(ALICE);
		let with =
			|share, minimum| VersionSpec { royalty: RoyaltyTerms { share, minimum }, ..spec(Format::Onnx, b"x") };
		let (share, minimum) = (MaxRoyaltyShare::get(), MaxRoyaltyMinimum::get());
		let above = Permill::from_parts(share.deconstruct() + 1);
		assert_noop!(
			Registry::publish_version(signed(ALICE), model, with(above, 0)),
			Error::<Test>::RoyaltyShareTooHigh
		);
		assert_noop!(
			Registry::publish_version(signed(ALICE), model, with(Permill::zero(), minimum + 1)),
			Error::<Test>::RoyaltyMinimumTooHigh
		);
		publish(ALICE, model, with(share, minimum));

		// Governance moves the bounds: what was refused passes, what passed is refused.
		MaxRoyaltyShare::set(&above);
		MaxRoyaltyMinimum::set(&(minimum - 1));
		publish(ALICE, model, with(above, minimum - 1));
		assert_noop!(
			Registry::publish_version(signed(ALICE), model, with(share, minimum)),
			Error::<Test>::RoyaltyMinimumTooHigh
		);
		// What is published stays as it is.
		assert_eq!(record(model, 1).spec.royalty, RoyaltyTerms { share, minimum });
	});
}

#[test]
fn publish_version_should_fail_when_the_model_has_too_many_versions() {
	run_test(|| {
		let model = register(ALICE);
		for _ in 0..MAX_VERSIONS {
			publish(ALICE, model, spec(Format::Onnx, b"x"));
		}
		assert_noop!(
			Registry::publish_version(signed(ALICE), model, spec(Format::Onnx, b"x")),
			Error::<Test>::TooManyVersions
		);
		assert_ok!(Registry::remove_version(signed(ALICE), model, 2));
		assert_eq!(publish(ALICE, model, spec(Format::Onnx, b"x")), MAX_VERSIONS + 1);
	});
}

#[test]
fn publish_version_should_fail_when_numbers_are_used_up() {
	run_test(|| {
		let model = register(ALICE);
		Models::<Test>::mutate(model, |record| {
			record.as_mut().expect("the model exists").next_version = u32::MAX;
		});
		assert_noop!(
			Registry::publish_version(signed(ALICE), model, spec(Format::Onnx, b"x")),
			Error::<Test>::IdsExhausted
		);
	});
}

#[test]
fn publish_version_should_fail_when_the_owner_cannot_pay_for_the_whole_program() {
	run_test(|| {
		let model = register(ALICE);
		let spec = spec(Format::Program, &program(1));
		let version_price = 2_000 + 11 * Balance::from(Registry::version_footprint(&spec).size as u32);
		let program_price = PROGRAM_BASE + PROGRAM_PER_BYTE * Balance::from(spec.artefact_size as u32);
		let free = Balances::free_balance(ALICE);
		// Enough for the record and for all but the last unit of the program.
		let spare = version_price + program_price - 1;
		assert_ok!(Balances::transfer_keep_alive(signed(ALICE), BOB, free - spare - EXISTENTIAL_DEPOSIT));
		assert_noop!(Registry::publish_version(signed(ALICE), model, spec.clone()), TokenError::FundsUnavailable);
		assert_ok!(Balances::transfer_keep_alive(signed(BOB), ALICE, 1));
		assert_ok!(Registry::publish_version(signed(ALICE), model, spec));
		assert_eq!(held(&ALICE)[1..], [version_price, program_price]);
	});
}
