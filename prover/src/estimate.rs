// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a proof takes: time, memory, bytes; known before it starts.
//!
//! Sizes are exact. Times are those of a measurement, scaled by how long this machine takes for one small sum of points.

use std::time::Instant;

use aivm_verification::Fr;
use ark_bls12_381::{G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::Field;

use crate::{
	circuit::{Circuit, INSTANCE_VARIABLES},
	prove::PROOF_BYTES,
};

/// Bytes of points in memory, and without compression in files.
const G1: u64 = 96;
const G2: u64 = 192;
/// Bytes of a term of an equation, and of a row of a matrix.
const TERM: u64 = 40;
const ROW: u64 = 24;
/// Bytes of a field element.
const ELEMENT: u64 = 32;

/// What a proof takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
	/// Number of equations.
	pub constraints: usize,
	/// Number of variables.
	pub variables: usize,
	/// Variables of the hashes: their values are as long as the field is, nearly all others are bits or short.
	pub long: usize,
	/// Number of terms of all equations.
	pub terms: usize,
	/// Size of the domain: equations and public variables, rounded up to a power of two.
	pub domain: usize,
	/// Bytes of the proving key without compression.
	pub key: u64,
	/// Bytes of a proof.
	pub proof: usize,
	/// Most memory of a proof in bytes: circuit, key and assignment included.
	pub memory: u64,
}

impl Estimate {
	/// The estimate for a circuit.
	pub fn of(circuit: &Circuit) -> Self {
		let (constraints, variables, terms) = (circuit.constraints(), circuit.variables(), circuit.terms());
		let is_hash = |name: &str| name.ends_with("hash") || name.ends_with("commitment");
		let hashes = circuit.sections().iter().filter(|section| is_hash(&section.name));
		let long = hashes.map(|section| section.variables.len()).sum();
		let domain = Self::domain(circuit);
		let (rows, all, points) = (constraints as u64, variables as u64, domain as u64);
		let secret = all - INSTANCE_VARIABLES as u64;
		let key = all * (2 * G1 + G2) + secret * G1 + (points - 1) * G1 + (INSTANCE_VARIABLES as u64 + 3) * G1 + 3 * G2;
		// Points in memory have a flag and its padding.
		let loaded = key / G1 * (G1 + 8);
		let matrices = terms as u64 * TERM + 3 * rows * ROW;
		// Three evaluations and the quotient, the assignment twice, and what a sum of points sorts.
		let working = points * ELEMENT * 5 + all * ELEMENT * 2 + points * 48;
		let memory = loaded + matrices * 2 + working + BASE_MEMORY;
		Self { constraints, variables, long, terms, domain, key, proof: PROOF_BYTES, memory }
	}

	/// Size of the domain of a circuit.
	pub fn domain(circuit: &Circuit) -> usize {
		(circuit.constraints() + INSTANCE_VARIABLES).next_power_of_two()
	}

	/// Seconds that a proof takes on a machine of this speed, on all its cores.
	pub fn seconds(&self, speed: &Speed) -> f64 {
		let domain = self.domain as f64;
		let transforms = domain * domain.log2() * TRANSFORM;
		let quotient = domain * QUOTIENT_POINT / window(domain);
		let points = self.variables as f64 * VARIABLE + self.long as f64 * LONG_VARIABLE / window(domain);
		let terms = self.terms as f64 * TERM_TIME;
		(transforms + quotient + points + terms + FIXED) * speed.factor
	}
}

/// Bits of a scalar that a large sum of points handles at once: points cost less the more there are.
fn window(points: f64) -> f64 {
	points.log2() * 0.69 + 2.0
}

/// Memory of a process that proves nothing yet.
const BASE_MEMORY: u64 = 16 << 20;

// Seconds on the machine of the measurement: two cores, on which the small sum took REFERENCE seconds.
/// For each element of the domain and each doubling of it.
const TRANSFORM: f64 = 6.0e-8;
/// For each point of the quotient, by the window.
const QUOTIENT_POINT: f64 = 8.4e-5;
/// For each variable.
const VARIABLE: f64 = 1.5e-6;
/// For each variable of a hash, by the window.
const LONG_VARIABLE: f64 = 6.5e-4;
/// For each term, four times: assigning, checking, twice in the quotient.
const TERM_TIME: f64 = 6.0e-8;
/// For each proof.
const FIXED: f64 = 0.002;
/// The small sum.
const REFERENCE: f64 = 0.034;

/// How fast this machine is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Speed {
	/// How much longer it takes than the machine of the measurement.
	pub factor: f64,
	/// Threads that work together.
	pub threads: usize,
}

/// Points of the small sum.
const SAMPLE: usize = 1 << 12;

impl Speed {
	/// Measures this machine: a fraction of a second.
	pub fn measure() -> Self {
		let mut points = Vec::with_capacity(SAMPLE);
		let mut point = G1Affine::generator().into_group();
		for _ in 0..SAMPLE {
			points.push(point);
			point += G1Affine::generator();
		}
		let points = G1Projective::normalize_batch(&points);
		let base = Fr::from(0x0123_4567_89ab_cdef_u64);
		let mut scalar = base;
		let mut scalars = Vec::with_capacity(SAMPLE);
		for _ in 0..SAMPLE {
			scalar = scalar.square() + base;
			scalars.push(scalar);
		}
		let sample = || {
			let start = Instant::now();
			let _ = std::hint::black_box(G1Projective::msm_unchecked(&points, &scalars));
			start.elapsed().as_secs_f64()
		};
		let best = (0..3).map(|_| sample()).fold(f64::INFINITY, f64::min);
		Self { factor: best / REFERENCE, threads: rayon::current_num_threads() }
	}
}
