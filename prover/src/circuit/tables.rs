// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tables: functions of one element, and rows that elements choose.

use std::sync::Arc;

use aivm_inference::{Dtype, Embed, Lookup, ValueId};

use super::{
	builder::Builder,
	compile::Compiler,
	linear::Linear,
	number::{Number, Sum},
	Mode,
};
use crate::{error::CompileError, witness::Step};

impl Compiler<'_> {
	pub(crate) fn lookup(&mut self, lookup: &Lookup, input: ValueId) -> Result<Vec<Number>, CompileError> {
		let elements = self.value(input).to_vec();
		let mut result = Vec::with_capacity(elements.len());
		for element in &elements {
			result.push(self.builder.lookup(element, &lookup.table));
			self.builder.check_size()?;
		}
		Ok(result)
	}

	/// Rows of a table: one flag for each row that the element can name. With a private table, each entry of each row is
	/// multiplied by its flag.
	pub(crate) fn embed(&mut self, embed: &Embed, input: ValueId) -> Result<Vec<Number>, CompileError> {
		let width = (embed.width as usize).max(1);
		let table = match self.mode {
			Mode::PublicWeights => embed.table.iter().map(|entry| Number::constant((*entry).into())).collect(),
			Mode::PrivateWeights => self.weight_list(embed.table.len(), Dtype::I8, 8)?,
		};
		let rows: Vec<&[Number]> = table.chunks_exact(width).collect();
		let elements = self.value(input).to_vec();
		let mut result = Vec::new();
		for element in &elements {
			// Validation has seen that every possible element names a row.
			let (low, high) = (element.low as usize, element.high as usize);
			let rows = rows.get(low..=high).unwrap_or_default();
			let flags = self.builder.place(element, rows.len());
			for column in 0..width {
				let entries = rows.iter().filter_map(|row| row.get(column));
				let (mut sum, mut low, mut high) = (Linear::default(), i128::MAX, i128::MIN);
				for (entry, flag) in entries.zip(&flags) {
					sum = self.builder.product_plus(&sum, &entry.linear, flag);
					(low, high) = (low.min(entry.low), high.max(entry.high));
				}
				result.push(Number::new(self.builder.short(sum), low, high));
			}
			self.builder.check_size()?;
		}
		Ok(result)
	}
}

impl Builder {
	/// Which of its possible values a number has, as flags: one for each. The flags with their values add up to the number.
	fn place(&mut self, number: &Number, count: usize) -> Vec<Linear> {
		if count <= 1 {
			return vec![Linear::constant(1); count];
		}
		let number = self.short_number(number.clone());
		let bounds: Arc<[i128]> = (number.low..).take(count).collect();
		let flags = self.one_hot(Step::Place(number.linear.clone(), bounds), count);
		let mut value = Linear::default();
		for (place, flag) in (number.low..).zip(&flags) {
			value = value.plus(place, flag);
		}
		self.equal(&value, &number.linear);
		flags
	}

	/// An entry of a table of 256 entries for -128 to 127.
	///
	/// The bits of the number give flags for its upper and its lower half; one product for each upper flag chooses a row.
	pub(crate) fn lookup(&mut self, number: &Number, table: &[i8]) -> Number {
		let entry = |value: i128| {
			let place = usize::try_from(value + 128).ok();
			place.and_then(|place| table.get(place)).copied().map_or(0, i128::from)
		};
		let possible = (number.low..=number.high).map(entry);
		let (low, high) = possible.fold((i128::MAX, i128::MIN), |(low, high), y| (low.min(y), high.max(y)));
		if low == high {
			return Number::constant(low);
		}
		let bits = self.bits(number);
		let (lower, upper) = bits.bits.split_at(bits.bits.len() / 2);
		let (lower, upper) = (self.decode(lower), self.decode(upper));
		let mut rows = Vec::with_capacity(upper.len());
		for row in 0..upper.len() {
			let mut sum = Sum::starting_at(0);
			for (column, flag) in lower.iter().enumerate() {
				let place = (row * lower.len() + column) as i128;
				// What the number cannot be never counts.
				let value = (bits.base + place).clamp(number.low, number.high);
				sum.add(entry(value), &Number::new(flag.clone(), 0, 1), 0);
			}
			rows.push(sum.finish().linear);
		}
		let mut result = rows.pop().unwrap_or_default();
		let last = result.clone();
		for (row, flag) in rows.iter().zip(&upper) {
			result = result.plus(1, &self.product(flag, &row.plus(-1, &last)));
		}
		Number::new(self.short(result), low, high)
	}

	/// One flag for each number that bits can stand for.
	fn decode(&mut self, bits: &[Linear]) -> Vec<Linear> {
		let mut flags = vec![Linear::constant(1)];
		for bit in bits {
			let mut set = Vec::with_capacity(flags.len());
			// All flags add up to 1, so the last product is what the others leave of the bit.
			let mut rest = bit.clone();
			for flag in flags.iter().take(flags.len() - 1) {
				let product = self.product(flag, bit);
				rest = rest.plus(-1, &product);
				set.push(product);
			}
			set.push(rest);
			let clear = flags.iter().zip(&set).map(|(flag, set)| flag.plus(-1, set)).collect::<Vec<_>>();
			flags = clear;
			flags.extend(set);
		}
		flags
	}
}
