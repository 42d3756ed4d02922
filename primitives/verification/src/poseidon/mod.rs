// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Poseidon over the scalar field of BLS12-381: the hash that circuits compute.
//!
//! Width 5 (rate 4, capacity 1), S-box `x^5`, 8 full and 56 partial rounds: what the authors' script asks for at 128 bits
//! of security, a field of 255 bits and this width, security margin included (Grassi, Khovratovich, Rechberger, Roy,
//! Schofnegger: "Poseidon: A New Hash Function for Zero-Knowledge Proof Systems", USENIX Security 2021; its tables round
//! 56 up to a multiple of the width). Constants and matrix come from the paper's Grain generator, as ark-crypto-primitives
//! makes them; a test makes them again and compares.

// Operators of field elements and points work modulo the prime or in the group: they neither overflow nor panic.
#![allow(clippy::arithmetic_side_effects)]

mod constants;

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};

pub use constants::{MATRIX, ROUND_CONSTANTS};

/// Elements of the state.
pub const WIDTH: usize = 5;
/// Elements that one permutation absorbs: all but the first one of the state, which is the capacity.
pub const RATE: usize = 4;
/// Rounds in which each element goes through the S-box, half of them first and half of them last.
pub const FULL_ROUNDS: usize = 8;
/// Rounds between them, in which only the first element goes through the S-box.
pub const PARTIAL_ROUNDS: usize = 56;
/// All rounds.
pub const ROUNDS: usize = FULL_ROUNDS + PARTIAL_ROUNDS;

/// What is hashed. Hashes of different domains never meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Domain {
	/// An input with its salt.
	Input = 1,
	/// An output.
	Output = 2,
	/// Weights with their salt.
	Weights = 3,
}

/// The capacity with which hashing begins: `2^64 * length + domain`. Since it holds the length, filling up the last block
/// with zeros lets no two messages meet.
pub fn capacity(domain: Domain, length: usize) -> Fr {
	let length = u64::try_from(length).unwrap_or(u64::MAX);
	Fr::from((u128::from(length) << 64) | domain as u128)
}

/// The hash of elements: a sponge that absorbs [`RATE`] elements before each permutation, and gives one element.
pub fn hash(domain: Domain, elements: &[Fr]) -> Fr {
	let mut state = [Fr::ZERO; WIDTH];
	let [capacity_element, ..] = &mut state;
	*capacity_element = capacity(domain, elements.len());
	if elements.is_empty() {
		permute(&mut state);
	}
	for block in elements.chunks(RATE) {
		let [_, rate @ ..] = &mut state;
		for (element, given) in rate.iter_mut().zip(block) {
			*element += given;
		}
		permute(&mut state);
	}
	let [_, first, ..] = state;
	first
}

/// The permutation. In each round: constants, S-box, matrix.
pub fn permute(state: &mut [Fr; WIDTH]) {
	const FIRST: usize = FULL_ROUNDS / 2;
	for (round, constants) in ROUND_CONSTANTS.iter().enumerate() {
		for (element, constant) in state.iter_mut().zip(constants) {
			*element += constant;
		}
		let touched = if (FIRST..FIRST.saturating_add(PARTIAL_ROUNDS)).contains(&round) { 1 } else { WIDTH };
		for element in state.iter_mut().take(touched) {
			let square = element.square();
			*element *= square.square();
		}
		*state = MATRIX.each_ref().map(|row| Fr::sum_of_products(row, state));
	}
}
