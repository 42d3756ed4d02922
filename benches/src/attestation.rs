// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How long evidence of hardware takes to verify in the runtime, beside the same verification without a chain.
//!
//! The runtime's side is the whole way in the guest's WASM: the collateral is decoded as it is read from storage, the evidence
//! is read, and every check is made, with the host's functions for signatures. The native side is the same code with the
//! portable signatures. Both run on one thread.

use aivm_attestation::Portable;
use aivm_guest::Guest;
use anyhow::{ensure, Result};
use serde_json::{json, Value};
use std::hint::black_box;

use crate::{
	bars::{at_most, below, Bar},
	inference::{in_guest, shortest},
};

/// Evidence with its collateral, as the tests take it.
#[path = "../../primitives/host/guest/tests/recorded/mod.rs"]
mod recorded;

use recorded::Recorded;

/// Most that the runtime may take, over the time of the native side.
const RATIO: f64 = 1.25;
/// What a TDX quote must stay below, in milliseconds.
const TDX: f64 = 2.0;

/// Measures everything, prints a table and returns the numbers and the bars.
pub fn run() -> Result<(Value, Vec<Bar>)> {
	println!("\n{:<14} {:>10} {:>10} {:>7}   milliseconds, one thread", "evidence", "runtime", "native", "ratio");
	let guest = Guest::new()?;
	let mut rows = Vec::new();
	let mut bars = Vec::new();
	for Recorded { name, evidence, now } in recorded::all() {
		let natively = evidence.repeat::<Portable>(now, 1);
		ensure!(natively.as_ref().is_some_and(Result::is_ok), "{name} is refused natively: {natively:?}");
		ensure!(Some(guest.verify(&evidence, now, 1)?) == natively, "{name} means something else in the runtime");
		let runtime = in_guest(|times| guest.verify(&evidence, now, times))? / 1e6;
		let native = shortest(|times| {
			black_box(black_box(&evidence).repeat::<Portable>(now, times));
			Ok(())
		})? / 1e6;
		let ratio = runtime / native;
		println!("{name:<14} {runtime:>10.3} {native:>10.3} {ratio:>7.2}");
		bars.push(at_most(&format!("{name}: runtime over native"), ratio, RATIO));
		if name.starts_with("TDX") {
			bars.push(below(&format!("{name}: milliseconds in the runtime"), runtime, TDX));
		}
		rows.push(json!({ "evidence": name, "runtime_ms": runtime, "native_ms": native }));
	}
	Ok((json!({ "bench": "attestation", "evidence": rows }), bars))
}
