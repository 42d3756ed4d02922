// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Any bytes through everything that a chain does with a program:
//! `cargo +nightly fuzz run program` in `primitives/inference`. `tests/fuzz.rs` does a bounded run on a stable compiler.

#![no_main]

use aivm_inference::{kernels::Portable, transcript::FaultError, Limits, Program};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { max_macs: 5_000_000, max_memory: 1 << 20, ..Limits::DEFAULT };

fuzz_target!(|bytes: &[u8]| {
	let Ok((program, summary)) = Program::decode_and_validate(bytes, &LIMITS) else { return };
	assert_eq!(program.to_bytes(), bytes, "one program, one encoding");
	let input = vec![3; summary.input_len as usize];
	let Ok(output) = program.run(&input) else {
		// Only an input of float keys can be refused, and threes are keys.
		panic!("a validated program runs");
	};
	assert_eq!(output.len(), summary.output_len as usize);
	let Ok(record) = program.record::<Portable>(&input) else { panic!("a validated program runs") };
	let root = record.transcript.root();
	for number in 0..program.operations().len() as u16 {
		let tile = record.open_tile(&program, number, 0, &LIMITS.max_step);
		let checked = tile.map(|tile| tile.check::<Portable>(&root, &program, &LIMITS.max_step));
		assert_eq!(checked, Some(Err(FaultError::NoFault)));
	}
});
