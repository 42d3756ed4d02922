// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The hash of [`aivm_verification::poseidon`] in equations: three for each S-box, none for the rest.

use aivm_verification::{
	poseidon::{capacity, Domain, FULL_ROUNDS, MATRIX, PARTIAL_ROUNDS, RATE, ROUND_CONSTANTS, WIDTH},
	Fr,
};
use ark_ff::Field;

use super::{
	builder::Builder,
	linear::{Linear, Row},
};

impl Builder {
	/// The hash of elements.
	pub(crate) fn hash(&mut self, domain: Domain, elements: &[Linear]) -> Linear {
		let mut state: [Linear; WIDTH] = Default::default();
		state[0] = Linear::from_field(capacity(domain, elements.len()));
		if elements.is_empty() {
			self.permute(&mut state);
		}
		for block in elements.chunks(RATE) {
			for (element, given) in state.iter_mut().skip(1).zip(block) {
				*element = element.plus(1, given);
			}
			self.permute(&mut state);
		}
		let [_, first, ..] = state;
		first
	}

	fn permute(&mut self, state: &mut [Linear; WIDTH]) {
		const FIRST: usize = FULL_ROUNDS / 2;
		for (round, constants) in ROUND_CONSTANTS.iter().enumerate() {
			for (element, constant) in state.iter_mut().zip(constants) {
				*element = element.plus(1, &Linear::from_field(*constant));
			}
			let touched = if (FIRST..FIRST + PARTIAL_ROUNDS).contains(&round) { 1 } else { WIDTH };
			for element in state.iter_mut().take(touched) {
				*element = self.fifth_power(element);
			}
			*state = MATRIX.each_ref().map(|row| mix(row, state));
		}
	}

	fn fifth_power(&mut self, value: &Linear) -> Linear {
		if let Some(constant) = value.as_constant() {
			return Linear::from_field(constant.square().square() * constant);
		}
		let square = self.product(value, value);
		let fourth = self.product(&square, &square);
		self.product(&fourth, value)
	}
}

fn mix(row: &[Fr; WIDTH], state: &[Linear; WIDTH]) -> Linear {
	let mut terms = Row::new();
	for (factor, element) in row.iter().zip(state) {
		terms.extend(element.terms().iter().map(|(coefficient, variable)| (*coefficient * factor, *variable)));
	}
	Linear::sum(terms)
}
