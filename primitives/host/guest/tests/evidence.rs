// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence means the same on both sides of the WebAssembly border.

use aivm_attestation::Portable;
use aivm_guest::{Guest, GuestError};

mod recorded;

use recorded::Recorded;

#[test]
fn recorded_evidence_should_give_the_same_in_the_runtime() {
	let guest = Guest::new().unwrap();
	for Recorded { name, evidence, now } in recorded::all() {
		let expected = evidence.verify::<Portable>(now);
		assert!(expected.is_ok(), "{name}");
		assert_eq!(guest.verify(&evidence, now, 1).unwrap(), expected, "{name}");
		// Too early, and refused for the same reason.
		let expected = evidence.verify::<Portable>(1_000_000_000);
		assert!(expected.is_err(), "{name}");
		assert_eq!(guest.verify(&evidence, 1_000_000_000, 1).unwrap(), expected, "{name}");
	}
	let Recorded { evidence, now, .. } = recorded::all().remove(0);
	assert_eq!(guest.verify(&evidence, now, 0), Err(GuestError::NoOutput));
}
