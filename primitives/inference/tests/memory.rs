// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The stated memory peak against a counting allocator, and decoding against hostile lengths.

#![allow(unsafe_code)]

mod common;

use aivm_inference::*;
use codec::{Compact, Encode};
use common::{chain, plain_dense, raw, Random};
use std::{
	alloc::{GlobalAlloc, Layout, System},
	cell::Cell,
};

thread_local! {
	static LIVE: Cell<isize> = const { Cell::new(0) };
	static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// Counts the bytes that the current thread holds.
struct Counting;

fn count(change: isize) {
	LIVE.with(|live| {
		live.set(live.get() + change);
		PEAK.with(|peak| peak.set(peak.get().max(live.get())));
	});
}

// SAFETY: every call goes to the system allocator unchanged; the counters do not allocate.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		count(layout.size() as isize);
		// SAFETY: the caller keeps the contract of `alloc`.
		unsafe { System.alloc(layout) }
	}

	unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
		count(-(layout.size() as isize));
		// SAFETY: the caller keeps the contract of `dealloc`.
		unsafe { System.dealloc(place, layout) }
	}
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that `work` held at a time, beyond those held before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (usize, T) {
	let before = LIVE.with(Cell::get);
	PEAK.with(|peak| peak.set(before));
	let result = work();
	(usize::try_from(PEAK.with(Cell::get) - before).unwrap(), result)
}

#[test]
fn run_should_stay_within_the_stated_peak_on_random_programs() {
	let mut random = Random(7);
	for _ in 0..2_000 {
		let program = random.program();
		let summary = program.validate(&Limits::DEFAULT).unwrap();
		let input = random.input(&program);
		let (peak, output) = peak_of(|| program.run(&input).unwrap());
		drop(output);
		let stated = (summary.memory_peak + RUN_OVERHEAD) as usize;
		assert!(peak <= stated, "held {peak} bytes, stated {stated}");
	}
}

#[test]
fn run_should_free_values_after_their_last_use() {
	// Ten wide layers in a row: two of them live at a time, not ten.
	let layer = || Op::Clamp(Clamp { low: -100, high: 100 });
	let (program, summary) =
		chain(raw(Dtype::I8, &[100_000]), (0..10).map(|_| layer()).chain([Op::ArgMax]).collect()).unwrap();
	assert_eq!(summary.memory_peak, 200_000 + 12 * PER_VALUE);
	let (peak, _) = peak_of(|| program.run(&[1; 100_000]).unwrap());
	assert!((200_000..200_000 + 12 * 64 + 4_096).contains(&peak), "held {peak} bytes");
}

#[test]
fn memory_peak_should_count_scratch_and_outputs() {
	let (program, summary) =
		chain(raw(Dtype::I8, &[8, 1_000]), vec![Op::Dense(plain_dense(&[1; 2_000], &[0; 2]))]).unwrap();
	// Input, 16 sums, and one row in pairs.
	assert_eq!(summary.memory_peak, 8_000 + 64 + 4_008 + 2 * PER_VALUE);
	let (peak, _) = peak_of(|| program.run(&[1; 8_000]).unwrap());
	assert!(peak <= (summary.memory_peak + RUN_OVERHEAD) as usize && peak >= 10_064);
}

#[test]
fn decoding_should_not_allocate_for_a_hostile_length() {
	let (program, _) = chain(raw(Dtype::I8, &[2]), vec![Op::Dense(plain_dense(&[1, 2], &[3]))]).unwrap();
	let bytes = program.to_bytes();
	for length in [u32::MAX, 1 << 30, 1 << 20, 1 << 14] {
		let hostile = Compact(length).encode();
		for place in 1..bytes.len() {
			let bytes = [&bytes[..place], &hostile, &bytes[place..]].concat();
			let (peak, result) = peak_of(|| Program::decode_validated(&bytes).map(|program| program.to_bytes()));
			assert!(peak < 64 << 10, "held {peak} bytes for length {length} at {place}");
			drop(result);
		}
	}
}

#[test]
fn decoding_should_hold_little_more_than_the_bytes() {
	let mut random = Random(11);
	for _ in 0..500 {
		let program = random.program();
		let bytes = program.to_bytes();
		let parts = program.value_types().len() + program.output_values().len();
		let (peak, result) = peak_of(|| Program::decode_validated(&bytes));
		result.unwrap();
		assert!(peak <= 2 * bytes.len() + 512 * parts, "held {peak} bytes for {} and {parts} parts", bytes.len());
	}
	// Weights are copied once.
	let (program, _) = chain(raw(Dtype::I8, &[1_000]), vec![Op::Dense(plain_dense(&[1; 100_000], &[0; 100]))]).unwrap();
	let bytes = program.to_bytes();
	let (peak, _) = peak_of(|| Program::decode_validated(&bytes).unwrap());
	assert!(peak < bytes.len() + 2_048, "held {peak} bytes for {}", bytes.len());
}
