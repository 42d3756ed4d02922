// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Footprints and prices.

use super::*;
use codec::Encode;

#[test]
fn deposits_should_follow_the_footprint_when_records_are_stored() {
	run_test(|| {
		let model = register(ALICE);
		let record = Models::<Test>::get(model).expect("it exists");
		let footprint = Registry::model_footprint(&record.name);
		assert_eq!(footprint.count, 1);
		assert_eq!(held(&ALICE), [1_000 + 5 * Balance::from(footprint.size), 0, 0]);
		assert_eq!(record.deposit.amount(), held(&ALICE)[0]);

		let spec = spec(Format::Program, &program(1));
		publish(ALICE, model, spec.clone());
		let footprint = Registry::version_footprint(&spec);
		assert_eq!(footprint.count, 1);
		assert_eq!(held(&ALICE)[1], 2_000 + 11 * Balance::from(footprint.size));
		assert_eq!(held(&ALICE)[2], PROGRAM_BASE + PROGRAM_PER_BYTE * Balance::from(spec.artefact_size));
	});
}

#[test]
fn footprint_should_cover_the_record_when_it_is_as_large_as_it_can_become() {
	run_test(|| {
		let model = register(ALICE);
		let version = active(ALICE, model, &program(1));
		assert_ok!(Registry::transfer_ownership(signed(ALICE), model, BOB));
		let stored = Models::<Test>::get(model).expect("it exists");
		assert!(stored.default_version.is_some() && stored.offered_to.is_some());
		assert_eq!(Registry::model_footprint(&stored.name).size as usize, stored.encoded_size());

		let longest = "x".repeat(40);
		assert_ok!(Registry::revoke(signed(ALICE), model, version, reason(&longest)));
		let stored = record(model, version);
		let footprint = Registry::version_footprint(&stored.spec).size as usize;
		assert!(stored.encoded_size() <= footprint, "{} > {footprint}", stored.encoded_size());
	});
}

#[test]
fn footprint_should_grow_with_the_text_when_the_name_is_longer() {
	let (short, long) = (Registry::model_footprint(&name("a")), Registry::model_footprint(&name("abcd")));
	assert_eq!(long.size - short.size, 3);
}
