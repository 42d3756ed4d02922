// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The program that benchmarks finalise.

use super::*;
use crate::worst_case::slowest_program;

#[test]
fn slowest_program_should_be_valid_and_fill_its_chunks_when_given_a_size() {
	for bytes in [CHUNK_BYTES, 10 * CHUNK_BYTES, MAX_PROGRAM_BYTES] {
		let program = slowest_program(bytes);
		assert!(program.len() as u32 <= bytes, "{} > {bytes}", program.len());
		assert_eq!(Pallet::<Test>::chunk_count(program.len() as u32), Pallet::<Test>::chunk_count(bytes));
		assert_ok!(Pallet::<Test>::validate(&program));
	}
}

#[test]
fn finalise_version_should_work_when_the_program_is_as_large_as_it_may_be() {
	run_test(|| {
		let model = register(ALICE);
		let program = slowest_program(MAX_PROGRAM_BYTES);
		let version = active(ALICE, model, &program);
		assert_eq!(
			Programs::<Test>::get(version_ref(model, version)).map(|program| program.into_inner()),
			Some(program)
		);
	});
}
