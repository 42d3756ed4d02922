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

	pub fn dense(&mut self, features: u32) -> Dense {
		let outputs = self.size(1, 20);
		Dense {
			input_zero_point: self.i8(),
			weight_zero_points: self.weight_zero_points(outputs),
			bias: self.bias(outputs),
			weights: (0..outputs * features).map(|_| self.i8()).collect(),
		}
	}

	fn weight_zero_points(&mut self, outputs: u32) -> PerChannel<i8> {
		if self.chance(2) {
			return PerChannel::One(0);
		}
		self.per_channel(outputs, Self::i8)
	}

	fn bias(&mut self, outputs: u32) -> Vec<i32> {
		(0..outputs).map(|_| self.range(-1_000_000, 1_000_000) as i32).collect()
	}

	/// A window that fits into a height and width, dilated or not.
	pub fn window(&mut self, [height, width]: [u32; 2], dilated: bool) -> Window {
		let mut window = Window::plain([1, 1], 1);
		for (axis, length) in [height, width].into_iter().enumerate() {
			let kernel = self.size(1, length.min(4));
			let room = if kernel > 1 { (length - 1) / (kernel - 1) } else { 1 };
			let dilation = if dilated && kernel > 1 && self.chance(3) { self.size(1, room.max(1)) } else { 1 };
			let extent = (kernel - 1) * dilation;
			window.kernel[axis] = kernel as u16;
			window.dilations[axis] = dilation as u16;
			window.strides[axis] = self.size(1, 3) as u16;
			window.before[axis] = if self.chance(2) { self.size(0, extent) as u16 } else { 0 };
			window.after[axis] = if self.chance(2) { self.size(0, extent) as u16 } else { 0 };
		}
		window
	}

	pub fn conv2d(&mut self, dims: [u32; 4]) -> Conv2d {
		let [_, height, width, channels] = dims;
		let divisors: Vec<u32> = (1..=channels).filter(|groups| channels % groups == 0).collect();
		let groups = match self.next() % 3 {
			0 => 1,
			1 => channels,
			_ => divisors[self.range(0, divisors.len() as i64 - 1) as usize],
		};
		let outputs = groups * if self.chance(2) { 1 } else { self.size(1, 6) };
		let window = self.window([height, width], true);
		let weights = outputs * window.area() * (channels / groups);
		Conv2d {
			window,
			groups,
			input_zero_point: self.i8(),
			weight_zero_points: self.weight_zero_points(outputs),
			bias: self.bias(outputs),
			weights: (0..weights).map(|_| self.i8()).collect(),
		}
	}

	fn lookup(&mut self) -> Lookup {
		Lookup { table: (0..TABLE).map(|_| self.i8()).collect() }
	}

	fn softmax(&mut self) -> Softmax {
		let mut exponentials: Vec<u32> = if self.chance(2) {
			(0..TABLE).map(|_| self.size(0, Softmax::MAX_EXPONENTIAL)).collect()
		} else {
			(0..TABLE).map(|step| Softmax::MAX_EXPONENTIAL >> (step / 4).min(31)).collect()
		};
		exponentials[0] = exponentials[0].max(1);
		let multiplier = Multiplier::new(self.size(1 << 30, (1 << 31) - 1), self.size(20, 40) as u8).unwrap();
		Softmax { exponentials, multiplier, zero_point: self.i8() }
	}

	pub fn add(&mut self) -> Add {
		let sign = |random: &mut Self| if random.chance(4) { -1 } else { 1 };
		let large = sign(self) * self.range(1 << 30, (1 << 31) - 1) as i32;
		let small = sign(self) * self.range(0, (1 << 31) - 1) as i32;
		let factors = if self.chance(2) { [large, small] } else { [small, large] };
		let shift = self.size(0, 40) as u8;
		Add { input_zero_points: [self.i8(), self.i8()], factors, shift, zero_point: self.i8() }
	}

	fn multiply(&mut self) -> Multiply {
		let multiplier = Multiplier::new(self.size(1 << 30, (1 << 31) - 1), self.size(30, 45) as u8).unwrap();
		Multiply { input_zero_points: [self.i8(), self.i8()], multiplier, zero_point: self.i8() }
	}

	fn average_pool(&mut self, window: Window) -> AveragePool {
		let multiplier = Multiplier::new(self.size(1 << 30, (1 << 31) - 1), self.size(25, 34) as u8).unwrap();
		AveragePool {
			window,
			count_padding: self.chance(2),
			input_zero_point: self.i8(),
			multiplier,
			zero_point: self.i8(),
		}
	}

	/// The axes of a shape in another order.
	fn order(&mut self, rank: usize) -> Vec<u8> {
		let mut order: Vec<u8> = (0..rank as u8).collect();
		for place in (1..rank).rev() {
			order.swap(place, self.range(0, place as i64) as usize);
		}
		order
	}

	/// Other dimensions for the same elements.
	fn reshaped(&mut self, shape: Shape) -> Shape {
		let dims = shape.dims();
		match self.next() % 3 {
			0 => Shape::new(&[shape.elements()]).unwrap(),
			1 => Shape::new(&[1, shape.rows(), 1, shape.features()]).unwrap(),
			_ => Shape::new(&dims.iter().rev().copied().collect::<Vec<_>>()).unwrap(),
		}
	}

	/// An operator of one input.
	fn op(&mut self, input: TensorType) -> Op {
		let features = input.shape.features();
		let image = <[u32; 4]>::try_from(input.shape.dims()).ok();
		loop {
			match (self.next() % 16, input.dtype, image) {
				(0 | 5, Dtype::I8, _) => return Op::Dense(self.dense(features)),
				(1 | 5..=8, Dtype::I32, _) => {
					let multipliers = self.per_channel(features, Self::multiplier);
					return Op::Requantise(Requantise { multipliers, zero_point: self.i8() });
				}
				(2, dtype, _) => {
					let bounds = match dtype {
						Dtype::I8 => (self.i8().into(), self.i8().into()),
						Dtype::I32 => (self.next() as i32, self.next() as i32),
					};
					return Op::Clamp(Clamp { low: bounds.0.min(bounds.1), high: bounds.0.max(bounds.1) });
				}
				(3, _, _) if self.chance(3) => return Op::ArgMax,
				(4, dtype, _) if self.chance(2) => return Op::TreeEnsemble(self.ensemble(features as u16, dtype)),
				(6 | 7, Dtype::I8, Some(dims)) => return Op::Conv2d(self.conv2d(dims)),
				(8, _, Some([_, height, width, _])) => {
					return Op::MaxPool(MaxPool { window: self.window([height, width], false) })
				}
				(9, Dtype::I8, Some([_, height, width, _])) => {
					let window = self.window([height, width], false);
					return Op::AveragePool(self.average_pool(window));
				}
				(10, _, _) => return Op::Reshape { shape: self.reshaped(input.shape) },
				(11, _, _) => return Op::Transpose { order: self.order(input.shape.dims().len()) },
				(12, Dtype::I8, _) => return Op::Lookup(self.lookup()),
				(13, Dtype::I8, _) => return Op::Softmax(self.softmax()),
				_ => {}
			}
		}
	}

	/// An operator of several inputs for the newest value and others, if one fits.
	fn joint(&mut self, types: &[TensorType]) -> Option<(Op, Vec<usize>)> {
		let newest = types.len() - 1;
		let other = self.range(0, newest as i64) as usize;
		let op = match self.next() % 3 {
			0 => Op::Add(self.add()),
			1 => Op::Multiply(self.multiply()),
			_ => Op::Concat { axis: self.range(0, types[newest].shape.dims().len() as i64 - 1) as u8 },
		};
		let inputs = if self.chance(3) { vec![newest, newest] } else { vec![newest, other] };
		let operands: Vec<_> = inputs.iter().map(|place| types[*place]).collect();
		op.output_type(&operands).is_ok().then_some((op, inputs))
	}

	/// An embedding with what must stand in front of it.
	fn embedding(&mut self, types: &[TensorType]) -> Option<(Clamp, Embed)> {
		let newest = types.last()?;
		if newest.shape.dims().len() > 3 || newest.shape.elements() > 200 {
			return None;
		}
		let (rows, width) = (self.size(1, 20), self.size(1, 8));
		let table = (0..rows * width).map(|_| self.i8()).collect();
		Some((Clamp { low: 0, high: rows as i32 - 1 }, Embed { width, table }))
	}

	/// A program that validates: a random graph whose unused values are its outputs.
	pub fn program(&mut self) -> Program {
		loop {
			match self.graph().build(&Limits::DEFAULT) {
				Ok((program, _)) => return program,
				// Some thousandths of a percent of the graphs are too large.
				Err(ProgramError::LimitExceeded { .. }) => (),
				Err(error) => panic!("{error}"),
			}
		}
	}

	fn graph(&mut self) -> ProgramBuilder {
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
		let mut push = |types: &mut Vec<TensorType>, op: Op, inputs: Vec<usize>| {
			let operands: Vec<_> = inputs.iter().map(|place| types[*place]).collect();
			types.push(op.output_type(&operands).unwrap());
			inputs.iter().for_each(|place| used[*place] = true);
			used.push(false);
			builder.operation(op, inputs.into_iter().map(|place| ValueId(place as u16)).collect());
		};
		for _ in 0..self.size(1, 8) {
			let newest = types.len() - 1;
			if self.chance(4) {
				if let Some((op, inputs)) = self.joint(&types) {
					push(&mut types, op, inputs);
					continue;
				}
			}
			if self.chance(12) {
				if let Some((clamp, embed)) = self.embedding(&types) {
					push(&mut types, Op::Clamp(clamp), vec![newest]);
					push(&mut types, Op::Embed(embed), vec![newest + 1]);
					continue;
				}
			}
			// Mostly the newest value, so that chains grow.
			let place = if self.chance(3) { self.range(0, newest as i64) as usize } else { newest };
			let op = self.op(types[place]);
			push(&mut types, op, vec![place]);
		}
		for (place, used) in used.iter().enumerate() {
			if !used || self.chance(6) {
				let quantisation = self.quantisation(types[place]);
				builder.output(ValueId(place as u16), quantisation);
			}
		}
		builder
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
