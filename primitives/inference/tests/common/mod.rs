// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Random programs, and a second implementation of what they mean.

#![allow(dead_code)]

pub mod reference;

use aivm_inference::*;

/// A small deterministic generator (SplitMix64), so that a failing case is one number.
pub struct Random(pub u64);

impl Random {
	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut mixed = self.0;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	/// A number in `low..=high`.
	pub fn range(&mut self, low: i64, high: i64) -> i64 {
		low + (self.next() % (high - low + 1) as u64) as i64
	}

	pub fn size(&mut self, low: u32, high: u32) -> u32 {
		self.range(low.into(), high.into()) as u32
	}

	pub fn chance(&mut self, one_in: u64) -> bool {
		self.next().is_multiple_of(one_in)
	}

	pub fn i8(&mut self) -> i8 {
		// Extremes are as likely as everything else together.
		match self.next() % 4 {
			0 => i8::MIN,
			1 => i8::MAX,
			_ => self.next() as i8,
		}
	}

	/// Raw input bytes that `program` accepts.
	pub fn input(&mut self, program: &Program) -> Vec<u8> {
		let mut bytes = Vec::new();
		for spec in program.inputs() {
			for _ in 0..spec.shape.elements() {
				match (spec.dtype, &spec.quantisation) {
					(Dtype::I8, _) => bytes.extend(self.i8().to_le_bytes()),
					(_, Quantisation::FloatOrder) => bytes.extend(self.float_key().to_le_bytes()),
					_ => {
						let value = if self.chance(4) { i32::MIN } else { self.next() as i32 };
						bytes.extend(value.to_le_bytes());
					}
				}
			}
		}
		bytes
	}

	pub fn float_key(&mut self) -> i32 {
		if self.chance(2) {
			return float_order_key((self.range(-50, 50) as f32 / 4.0).to_bits()).unwrap();
		}
		loop {
			if let Some(key) = float_order_key(self.next() as u32) {
				return key;
			}
		}
	}

	fn shape(&mut self) -> Shape {
		let rank = self.size(1, 3);
		let mut dims: Vec<u32> = (0..rank).map(|_| self.size(1, 4)).collect();
		dims.push(self.size(1, 12));
		Shape::new(&dims).unwrap()
	}

	fn multiplier(&mut self) -> Multiplier {
		Multiplier::new(self.size(1 << 30, (1 << 31) - 1), self.size(24, 46) as u8).unwrap()
	}

	fn per_channel<T: PartialEq + Clone>(
		&mut self,
		channels: u32,
		mut make: impl FnMut(&mut Self) -> T,
	) -> PerChannel<T> {
		if self.chance(2) {
			return PerChannel::One(make(self));
		}
		PerChannel::new((0..channels).map(|_| make(self)).collect()).unwrap()
	}

	fn quantisation(&mut self, spec: TensorType) -> Quantisation {
		match self.next() % 3 {
			0 => Quantisation::Raw,
			1 if spec.dtype == Dtype::I32 => Quantisation::FloatOrder,
			_ => {
				let features = spec.shape.features();
				let scales =
					self.per_channel(features, |r| Scale::new(r.size(1, u32::MAX), r.range(-40, 40) as i16).unwrap());
				let zero_points = self.per_channel(features, |r| r.i8().into());
				Quantisation::Affine { scales, zero_points }
			}
		}
	}

	fn tree(&mut self, features: u16, width: usize, depth: u32, thresholds: &mut impl FnMut(&mut Self) -> i32) -> Tree {
		if depth == 0 || self.chance(4) {
			return Tree::Leaf((0..width).map(|_| self.range(-1_000_000, 1_000_000) as i32).collect());
		}
		Tree::Branch {
			feature: self.range(0, i64::from(features) - 1) as u16,
			threshold: thresholds(self),
			first: Box::new(self.tree(features, width, depth - 1, thresholds)),
			second: Box::new(self.tree(features, width, depth - 1, thresholds)),
		}
	}

	pub fn ensemble(&mut self, features: u16, dtype: Dtype) -> TreeEnsemble {
		let outputs = self.size(1, 5) as usize;
		let per_tree = self.chance(2);
		let count = self.size(1, 6) as usize;
		let width = if per_tree { 1 } else { outputs };
		let mut threshold = |r: &mut Self| match dtype {
			Dtype::I8 => r.i8().into(),
			Dtype::I32 => r.float_key(),
		};
		let trees: Vec<_> = (0..count).map(|_| self.tree(features, width, 5, &mut threshold)).collect();
		let base = (0..outputs).map(|_| self.range(-1_000, 1_000) as i32).collect();
		let targets = per_tree.then(|| (0..count).map(|_| self.range(0, outputs as i64 - 1) as u16).collect());
		let comparison = if self.chance(2) { Comparison::Less } else { Comparison::LessOrEqual };
		TreeEnsemble::from_trees(comparison, base, &trees, targets).unwrap()
	}

	fn op(&mut self, input: TensorType) -> Op {
		let features = input.shape.features();
		loop {
			match (self.next() % 6, input.dtype) {
				(0 | 5, Dtype::I8) => {
					let outputs = self.size(1, 20);
					return Op::Dense(Dense {
						input_zero_point: self.i8(),
						weight_zero_points: if self.chance(2) {
							PerChannel::One(0)
						} else {
							self.per_channel(outputs, Self::i8)
						},
						bias: (0..outputs).map(|_| self.range(-1_000_000, 1_000_000) as i32).collect(),
						weights: (0..outputs * features).map(|_| self.i8()).collect(),
					});
				}
				(1 | 5, Dtype::I32) => {
					let multipliers = self.per_channel(features, Self::multiplier);
					return Op::Requantise(Requantise { multipliers, zero_point: self.i8() });
				}
				(2, dtype) => {
					let bounds = match dtype {
						Dtype::I8 => (self.i8().into(), self.i8().into()),
						Dtype::I32 => (self.next() as i32, self.next() as i32),
					};
					return Op::Clamp(Clamp { low: bounds.0.min(bounds.1), high: bounds.0.max(bounds.1) });
				}
				(3, _) => return Op::ArgMax,
				(4, dtype) => return Op::TreeEnsemble(self.ensemble(features as u16, dtype)),
				_ => {}
			}
		}
	}

	/// A program that validates: a random graph whose unused values are its outputs.
	pub fn program(&mut self) -> Program {
		let inputs: Vec<TensorSpec> = (0..self.size(1, 3))
			.map(|_| {
				let dtype = if self.chance(3) { Dtype::I32 } else { Dtype::I8 };
				let shape = self.shape();
				TensorSpec { dtype, shape, quantisation: self.quantisation(TensorType { dtype, shape }) }
			})
			.collect();
		let mut types: Vec<TensorType> = inputs.iter().map(TensorSpec::tensor_type).collect();
		let mut used = vec![false; types.len()];
		let mut builder = ProgramBuilder::new(inputs);
		for _ in 0..self.size(1, 8) {
			// Mostly the newest value, so that chains grow.
			let place = if self.chance(3) { self.range(0, types.len() as i64 - 1) as usize } else { types.len() - 1 };
			let op = self.op(types[place]);
			types.push(op.output_type(&[types[place]]).unwrap());
			used[place] = true;
			used.push(false);
			builder.operation(op, vec![ValueId(place as u16)]);
		}
		for (place, used) in used.iter().enumerate() {
			if !used || self.chance(6) {
				let quantisation = self.quantisation(types[place]);
				builder.output(ValueId(place as u16), quantisation);
			}
		}
		builder.build(&Limits::DEFAULT).unwrap().0
	}
}

/// A one-dimensional tensor of plain integers.
pub fn raw(dtype: Dtype, dims: &[u32]) -> TensorSpec {
	TensorSpec { dtype, shape: Shape::new(dims).unwrap(), quantisation: Quantisation::Raw }
}

/// A dense layer with zero points of 0.
pub fn plain_dense(weights: &[i8], bias: &[i32]) -> Dense {
	Dense {
		input_zero_point: 0,
		weight_zero_points: PerChannel::One(0),
		bias: bias.to_vec(),
		weights: weights.to_vec(),
	}
}

/// A program that applies `ops` one after the other to one input, and returns the last result as plain integers.
pub fn chain(input: TensorSpec, ops: Vec<Op>) -> Result<(Program, Summary), ProgramError> {
	chain_within(input, ops, &Limits::DEFAULT)
}

/// [`chain`] with other limits.
pub fn chain_within(input: TensorSpec, ops: Vec<Op>, limits: &Limits) -> Result<(Program, Summary), ProgramError> {
	let mut builder = ProgramBuilder::new(vec![input]);
	let last = ops.into_iter().fold(ValueId(0), |value, op| builder.operation(op, vec![value]));
	builder.output(last, Quantisation::Raw);
	builder.build(limits)
}
