// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use std::io::Cursor;

use ark_bls12_381::{Fq, G1Affine, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Result<Powers, SetupError> {
	Powers::from_ptau(Cursor::new(bytes), None, &mut silent)
}

/// Offset of the content of a section of the vector.
fn section(kind: u32) -> usize {
	let bytes = vector();
	let mut at = 12;
	loop {
		let found = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
		let length = u64::from_le_bytes(bytes[at + 4..at + 12].try_into().unwrap()) as usize;
		if found == kind {
			return at + 12;
		}
		at += 12 + length;
	}
}

fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Result<Powers, SetupError> {
	let mut bytes = vector().to_vec();
	change(&mut bytes);
	read(&bytes)
}

#[test]
fn powers_should_be_read_when_snarkjs_made_them() {
	let powers = snarkjs_powers();
	assert_eq!(powers.power(), 7);
	assert_eq!(powers.phase1(), Phase1::Ceremony { contributions: 2, beacon: true });
	assert!(powers.phase1().is_shared());
}

#[test]
fn prefix_should_have_the_same_identity_when_fewer_powers_are_read() {
	let all = snarkjs_powers();
	let few = Powers::from_ptau(Cursor::new(vector()), Some(5), &mut silent).unwrap();
	assert_eq!(few.power(), 5);
	assert_eq!(few.digest(), all.digest());
	assert_eq!(few.tau_g1, all.tau_g1[..63]);
	let more = Powers::from_ptau(Cursor::new(vector()), Some(8), &mut silent);
	assert!(matches!(more, Err(SetupError::TooFewPowers { needed: 8, found: 7 })));
}

#[test]
fn generated_powers_should_pass_their_check_and_be_marked() {
	let powers = Powers::generate(4, &[7; 32]).unwrap();
	powers.check(&mut silent).unwrap();
	assert_eq!(powers.phase1(), Phase1::SingleParty);
	assert!(!powers.phase1().is_shared());
	assert_ne!(powers.digest(), Powers::generate(4, &[8; 32]).unwrap().digest());
	assert!(Powers::generate(0, &[7; 32]).is_err());
	assert!(matches!(Powers::generate(MAX_POWER + 1, &[7; 32]), Err(SetupError::TooLarge { .. })));
}

#[test]
fn powers_should_survive_when_they_are_written_and_read() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("powers.ptau");
	let powers = Powers::generate(5, &[7; 32]).unwrap();
	powers.write_ptau(&path, &mut silent).unwrap();
	let again = Powers::read_ptau(&path, None, &mut silent).unwrap();
	assert_eq!(again.digest(), powers.digest());
	assert_eq!(again.tau_g1, powers.tau_g1);
	assert_eq!(again.tau_g2, powers.tau_g2);
	assert_eq!(again.phase1(), Phase1::SingleParty);
	let missing = Powers::read_ptau(&folder.path().join("none"), None, &mut silent);
	assert!(matches!(missing, Err(SetupError::File { .. })));
}

#[test]
fn lagrange_points_should_equal_the_transform_when_snarkjs_prepared_the_file() {
	for power in [7, 4, 1] {
		let mut powers = Powers::from_ptau(Cursor::new(vector()), Some(power), &mut silent).unwrap();
		let size = 1 << power;
		let known = powers.lagrange.remove(&size).unwrap();
		let computed = powers.lagrange(size, &mut silent).unwrap();
		assert_eq!(known.tau_g1, computed.tau_g1);
		assert_eq!(known.tau_g2, computed.tau_g2);
		assert_eq!(known.alpha_g1, computed.alpha_g1);
		assert_eq!(known.beta_g1, computed.beta_g1);
	}
}

#[test]
fn lagrange_points_should_survive_when_they_are_written_and_read() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("powers.ptau");
	let powers = Powers::generate(5, &[7; 32]).unwrap();
	powers.write_ptau(&path, &mut silent).unwrap();
	for power in 1..=5 {
		let again = Powers::read_ptau(&path, Some(power), &mut silent).unwrap();
		let size = 1 << power;
		assert_eq!(again.lagrange[&size].tau_g1, powers.lagrange[&size].tau_g1);
		assert_eq!(again.lagrange[&size].tau_g2, powers.lagrange[&size].tau_g2);
	}
	// The domain of twice the size lacks the last power: the sum of all points is still the generator.
	assert_eq!(powers.double.len(), 64);
	let all = group::sum::<group::G1>(&powers.double, &[Fr::one(); 64]);
	assert_eq!(all, group::generators().0);
}

#[test]
fn file_of_powers_should_be_refused_when_its_lagrange_points_are_wrong() {
	let end_of = |kind: u32| {
		let at = section(kind);
		at + u64::from_le_bytes(vector()[at - 8..at].try_into().unwrap()) as usize
	};
	// The last domain in the sections is the one that is read; in section 12 it is the last but one.
	for at in [end_of(12) - 256 * 96 - 96, end_of(13) - 192, end_of(14) - 96, end_of(15) - 96] {
		let result = changed(|bytes| bytes[at] ^= 1);
		assert!(matches!(result, Err(SetupError::Point { .. })), "{at}: {:?}", result.err());
	}
	for at in [end_of(12) - 256 * 96 - 192, end_of(14) - 192, end_of(15) - 192] {
		let result = changed(|bytes| bytes[at..at + 192].rotate_left(96));
		assert!(matches!(result, Err(SetupError::InconsistentPowers { what: "Lagrange points" })), "{at}");
	}
	let at = end_of(13) - 384;
	let result = changed(|bytes| bytes[at..at + 384].rotate_left(192));
	assert!(matches!(result, Err(SetupError::InconsistentPowers { what: "Lagrange points" })));
	let cut = changed(|bytes| {
		let at = section(15) - 8;
		let length = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) - 96;
		bytes[at..at + 8].copy_from_slice(&length.to_le_bytes());
		bytes.truncate(bytes.len() - 96);
	});
	assert!(matches!(cut, Err(SetupError::Format { .. })));
}

#[test]
fn powers_should_be_refused_when_one_point_is_another_of_the_group() {
	let change = |change: &dyn Fn(&mut Powers)| {
		let mut powers = Powers::generate(4, &[7; 32]).unwrap();
		change(&mut powers);
		powers.check(&mut silent)
	};
	let (g1, g2) = group::generators();
	for (name, result) in [
		("first in G1", change(&|powers| powers.tau_g1[0] = powers.tau_g1[1])),
		("first in G2", change(&|powers| powers.tau_g2[0] = powers.tau_g2[1])),
		("middle of tau", change(&|powers| powers.tau_g1[17] = g1)),
		("last of tau", change(&|powers| *powers.tau_g1.last_mut().unwrap() = g1)),
		("last of tau in G2", change(&|powers| *powers.tau_g2.last_mut().unwrap() = g2)),
		("last of alpha", change(&|powers| *powers.alpha_g1.last_mut().unwrap() = g1)),
		("last of beta", change(&|powers| *powers.beta_g1.last_mut().unwrap() = g1)),
		("beta in G2", change(&|powers| powers.beta_g2 = g2)),
		(
			"another tau in G2",
			change(&|powers| {
				powers.tau_g2 = Powers::generate(4, &[8; 32]).unwrap().tau_g2;
			}),
		),
		(
			"one too few",
			change(&|powers| {
				powers.alpha_g1.pop();
			}),
		),
	] {
		assert!(matches!(result, Err(SetupError::InconsistentPowers { .. })), "{name}: {result:?}");
	}
}

#[test]
fn powers_should_be_refused_when_a_point_is_no_point_of_the_group() {
	let change = |change: &dyn Fn(&mut Powers)| {
		let mut powers = Powers::generate(3, &[7; 32]).unwrap();
		change(&mut powers);
		match powers.check(&mut silent) {
			Err(SetupError::Point { fault, .. }) => fault,
			other => panic!("{other:?}"),
		}
	};
	assert_eq!(change(&|powers| powers.tau_g1[3] = G1Affine::identity()), PointFault::Infinity);
	assert_eq!(change(&|powers| powers.beta_g2 = G2Affine::identity()), PointFault::Infinity);
	assert_eq!(change(&|powers| powers.alpha_g1[2].y += Fq::one()), PointFault::NotOnCurve);
	// On the curve with the x coordinate 4, which is outside the subgroup.
	let outside = G1Affine::get_point_from_x_unchecked(Fq::from(4), false).unwrap();
	assert_eq!(change(&|powers| powers.beta_g1[2] = outside), PointFault::NotInSubgroup);
	// (s^2 x, s^3 y) with s in the base field is off the curve, yet passes a subgroup check that takes the curve for
	// granted.
	let s = Fq::from(5);
	let twisted = |point: G1Affine| G1Affine::new_unchecked(point.x * s * s, point.y * s * s * s);
	assert_eq!(change(&|powers| powers.tau_g1[2] = twisted(powers.tau_g1[2])), PointFault::NotOnCurve);
}

#[test]
fn file_of_powers_should_be_refused_when_it_is_malformed() {
	let is_malformed = |result: Result<Powers, SetupError>| matches!(result, Err(SetupError::Format { .. }));
	assert!(read(vector()).is_ok());
	assert!(is_malformed(read(b"")));
	assert!(is_malformed(changed(|bytes| bytes[0] = b'P')));
	assert!(is_malformed(changed(|bytes| bytes[4] = 2)));
	assert!(is_malformed(changed(|bytes| bytes.truncate(bytes.len() - 1))));
	assert!(is_malformed(changed(|bytes| bytes.push(0))));
	assert!(is_malformed(changed(|bytes| bytes[12] = 2)), "section 1 is missing");
	assert!(is_malformed(changed(|bytes| bytes[16] ^= 1)), "the header has another length");
	assert!(is_malformed(changed(|bytes| bytes[section(1)] = 32)), "a field of 32 bytes, as BN254 has");
	assert!(is_malformed(changed(|bytes| bytes[section(1) + 4] ^= 1)), "another modulus");
	assert!(is_malformed(changed(|bytes| bytes[section(1) + 52] = 6)), "the sections are for the power 7");
	assert!(is_malformed(changed(|bytes| bytes[section(1) + 52] = 0)));
	assert!(is_malformed(changed(|bytes| bytes[section(7)] = 2)), "a contribution is not counted");
	assert!(matches!(changed(|bytes| bytes[8] = 200), Err(SetupError::TooLarge { .. })));
	assert!(matches!(changed(|bytes| bytes[section(7) + 3] = 1), Err(SetupError::TooLarge { .. })));
}

#[test]
fn file_of_powers_should_be_refused_when_a_point_was_changed() {
	let modulus = Fq::MODULUS.to_bytes_le();
	let not_canonical = changed(|bytes| bytes[section(2) + 96..][..48].copy_from_slice(&modulus));
	assert!(matches!(not_canonical, Err(SetupError::Point { index: 1, fault: PointFault::NotCanonical, .. })));
	for kind in 2..=6 {
		let result = changed(|bytes| bytes[section(kind)] ^= 1);
		assert!(
			matches!(result, Err(SetupError::Point { .. } | SetupError::InconsistentPowers { .. })),
			"section {kind}: {:?}",
			result.err()
		);
	}
	let swapped = changed(|bytes| {
		let at = section(4);
		bytes[at..at + 192].rotate_left(96);
	});
	assert!(matches!(swapped, Err(SetupError::InconsistentPowers { .. })));
	let of_another_contribution = changed(|bytes| {
		let (generator, at) = (section(2), section(7));
		let last = section(12) - at;
		// The last contribution's tau, found by its own bytes in the section.
		let tau = bytes[generator + 96..generator + 192].to_vec();
		let offset = (0..last - 96).rev().find(|offset| bytes[at + offset..][..96] == tau).unwrap();
		let one = bytes[generator..generator + 96].to_vec();
		bytes[at + offset..][..96].copy_from_slice(&one);
	});
	assert!(matches!(of_another_contribution, Err(SetupError::InconsistentPowers { .. })));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn file_of_powers_should_never_panic_when_bytes_are_random(
		changes in prop::collection::vec((0_usize..300, any::<u8>()), 1..4),
		length in 0_usize..227403,
	) {
		let mut bytes = vector()[..length].to_vec();
		for (at, value) in changes {
			if let Some(byte) = bytes.get_mut(at) {
				*byte = value;
			}
		}
		prop_assert!(read(&bytes).is_err());
	}
}
