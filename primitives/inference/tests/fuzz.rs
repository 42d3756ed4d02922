// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Garbage and damaged programs: no panic, no unbounded work, and no second encoding of a program.

mod common;

use aivm_inference::*;
use common::{reference, Random};

/// Small limits keep each case quick and exercise the refusals.
const LIMITS: Limits = Limits { max_macs: 5_000_000, max_memory: 1 << 20, ..Limits::DEFAULT };

/// Puts bytes through everything. Returns whether they are a valid program.
fn try_bytes(bytes: &[u8], random: &mut Random) -> bool {
	let unchecked = Program::decode_validated(bytes);
	if let Ok(program) = &unchecked {
		// Unvalidated: any result is right, as long as it is one. Skip what only a limit would stop.
		let largest = program.value_types().iter().map(|value| value.bytes()).max().unwrap_or(0);
		if program.input_len() < 1 << 16 && largest < 1 << 18 {
			let _ = program.run(&vec![0x81; program.input_len() as usize]);
		}
		let _ = program.run(&[1, 2, 3]);
	}
	match Program::decode_and_validate(bytes, &LIMITS) {
		Ok((program, summary)) => {
			assert_eq!(program.to_bytes(), bytes, "one program, one encoding");
			assert_eq!(unchecked.as_ref(), Ok(&program));
			assert_eq!(program.validate(&LIMITS), Ok(summary));
			let input = random.input(&program);
			assert_eq!(input.len(), summary.input_len as usize);
			let output = program.run(&input).unwrap();
			assert_eq!(output.len(), summary.output_len as usize);
			assert_eq!(output, reference::run(&program, &input));
			true
		}
		Err(error) => {
			assert!(!error.to_string().is_empty());
			false
		}
	}
}

#[test]
fn random_bytes_should_be_refused_without_harm() {
	let mut random = Random(1);
	for _ in 0..100_000 {
		let length = random.size(0, 200);
		let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
		// Most cases get past the version and the first counts.
		if !random.chance(8) {
			for (byte, header) in bytes.iter_mut().zip([FORMAT_VERSION, 4, 0]) {
				*byte = header;
			}
		}
		try_bytes(&bytes, &mut random);
	}
}

#[test]
fn seeds_of_the_fuzzer_should_be_programs() {
	let folder = format!("{}/fuzz/corpus/program", std::env::var("CARGO_MANIFEST_DIR").unwrap());
	let mut random = Random(4);
	let mut count = 0;
	for seed in std::fs::read_dir(folder).unwrap() {
		assert!(try_bytes(&std::fs::read(seed.unwrap().path()).unwrap(), &mut random));
		count += 1;
	}
	assert!(count >= 8);
}

#[test]
fn mutated_programs_should_be_refused_or_run_without_harm() {
	let mut random = Random(2);
	let (mut valid, mut refused) = (0, 0);
	for _ in 0..3_400 {
		let original = random.program().to_bytes();
		let other = random.program().to_bytes();
		for _ in 0..30 {
			let mut bytes = original.clone();
			for _ in 0..random.size(1, 3) {
				let place = random.range(0, bytes.len() as i64 - 1) as usize;
				match random.next() % 7 {
					0 => bytes[place] = random.next() as u8,
					1 => bytes[place] ^= 1 << (random.next() % 8),
					2 => drop(bytes.remove(place)),
					3 => bytes.insert(place, random.next() as u8),
					4 => bytes.truncate(place.max(1)),
					5 => bytes[place] = [0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff][(random.next() % 8) as usize],
					_ => {
						let from = random.range(0, other.len() as i64 - 1) as usize;
						bytes.splice(place.., other[from..].iter().copied());
					}
				}
				if bytes.is_empty() {
					bytes.push(FORMAT_VERSION);
				}
			}
			match try_bytes(&bytes, &mut random) {
				true => valid += 1,
				false => refused += 1,
			}
		}
	}
	// The mutations reach both sides.
	assert!(valid > 1_000 && refused > 1_000, "{valid} valid, {refused} refused");
}

#[test]
fn every_single_byte_change_should_change_the_program_or_be_refused() {
	let mut random = Random(3);
	for _ in 0..20 {
		let program = random.program();
		let bytes = program.to_bytes();
		for place in 0..bytes.len().min(400) {
			let mut changed = bytes.clone();
			changed[place] = changed[place].wrapping_add(1 + random.next() as u8 % 255);
			if let Ok((other, _)) = Program::decode_and_validate(&changed, &LIMITS) {
				assert_ne!(other, program);
				assert_ne!(other.hash(), program.hash());
			}
		}
	}
}
