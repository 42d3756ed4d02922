// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! One operation after the other, between the inputs and the commitments.

use std::{collections::HashMap, sync::Arc};

use aivm_inference::{
	Data, Dtype, Limits, Op, Operation, PerChannel, Program, ProgramError, Quantisation, Quantity, Tensor, TensorType,
	ValueId, FLOAT_ORDER_MAX, FLOAT_ORDER_MIN,
};
use aivm_verification::{field_of_hash, poseidon::Domain, scalar_of, PACKED, PUBLIC_INPUTS};

use super::{
	builder::{weighted, Builder},
	linear::Linear,
	number::Number,
	quantise::{Fit, Scaling},
	Circuit, Mode,
};
use crate::{error::CompileError, witness::Secret};

/// What makes two programs take the same circuit: with public weights the whole program, with private weights all of it but
/// the numbers that are secret, of which only the bits of the largest bias of each layer count.
pub(crate) fn structure(program: &Program, mode: Mode) -> [u8; 32] {
	let Mode::PrivateWeights = mode else { return program.hash() };
	let inputs = program.inputs().to_vec();
	let mut operations = program.operations().to_vec();
	let mut widths = Vec::new();
	for operation in &mut operations {
		match &mut operation.op {
			Op::Dense(layer) => {
				widths.push(bias_bits(&layer.bias));
				layer.bias.fill(0);
				layer.weights.fill(0);
			}
			Op::Conv2d(layer) => {
				widths.push(bias_bits(&layer.bias));
				layer.bias.fill(0);
				layer.weights.fill(0);
			}
			Op::TreeEnsemble(trees) => {
				trees.base.fill(0);
				trees.thresholds.fill(0);
				trees.weights.fill(0);
			}
			Op::Embed(embed) => embed.table.fill(0),
			_ => (),
		}
	}
	let bare = Program::new(inputs, operations, program.output_values().to_vec());
	let mut bytes = bare.map(|bare| bare.to_bytes()).unwrap_or_default();
	bytes.extend(widths.iter().flat_map(|width| width.to_le_bytes()));
	sp_crypto_hashing::blake2_256(&bytes)
}

/// Bits that hold every bias in two's complement, rounded up to a multiple of 4.
pub(crate) fn bias_bits(bias: &[i32]) -> u32 {
	let bits = |bias: &i32| 33 - (bias ^ (bias >> 31)).cast_unsigned().leading_zeros();
	bias.iter().map(bits).max().unwrap_or(1).next_multiple_of(4)
}

/// Makes the circuit of a program.
pub fn compile(program: &Program, mode: Mode) -> Result<Circuit, CompileError> {
	program.validate(&Limits { max_macs: u64::MAX, ..Limits::DEFAULT }).map_err(CompileError::Program)?;
	let none = CompileError::Program(ProgramError::Empty { what: Quantity::Inputs });
	let first_type = *program.value_types().first().ok_or(none)?;
	let mut compiler = Compiler {
		program,
		first_type,
		mode,
		builder: Builder::new(),
		values: Vec::new(),
		waiting: HashMap::new(),
		weights: Vec::new(),
		fits: HashMap::new(),
	};
	let input = compiler.inputs()?;
	for (number, operation) in (0u16..).zip(program.operations()) {
		compiler.builder.begin(format!("operation {number} ({})", operation.op.name()))?;
		let result = compiler.operation(number, operation)?;
		let wide = CompileError::TooWide { operation: number, operator: operation.op.name() };
		let short = |compiler: &mut Compiler<'_>, number: Number| {
			number.is_narrow().then(|| compiler.builder.short_number(number)).ok_or(wide.clone())
		};
		let result = result.into_iter().map(|number| short(&mut compiler, number)).collect::<Result<Vec<_>, _>>()?;
		compiler.values.push(Some(result));
		compiler.release(number);
	}
	compiler.finish(input)
}

/// A program on its way into a circuit.
pub(crate) struct Compiler<'a> {
	pub(crate) program: &'a Program,
	/// The type of the first input.
	first_type: TensorType,
	pub(crate) mode: Mode,
	pub(crate) builder: Builder,
	/// The elements of each value, as long as they are needed.
	values: Vec<Option<Vec<Number>>>,
	/// Operations that run after a pool instead of before it, by the value that they would have made.
	waiting: HashMap<ValueId, Vec<u16>>,
	/// The private weights so far.
	weights: Vec<(Number, Dtype)>,
	fits: HashMap<(Scaling, i128, i128), Option<Arc<Fit>>>,
}

impl Compiler<'_> {
	/// The input and its commitment.
	fn inputs(&mut self) -> Result<Linear, CompileError> {
		self.builder.begin("inputs".into())?;
		let mut all = Vec::new();
		let mut place = 0;
		for spec in self.program.inputs() {
			let mut elements = Vec::new();
			for _ in 0..spec.shape.elements() {
				let secret = self.builder.secret(Secret::Input(place));
				place += 1;
				let width = 8 * spec.dtype.size();
				let mut number = self.builder.number(secret, spec.dtype.min().into(), width);
				if spec.quantisation == Quantisation::FloatOrder {
					self.float_order(&mut number);
				}
				all.push((number.clone(), spec.dtype));
				elements.push(number);
			}
			self.builder.check_size()?;
			self.values.push(Some(elements));
		}
		self.builder.begin("input commitment".into())?;
		let packed = self.builder.pack(&all);
		self.commit(Domain::Input, Secret::InputSalt, packed)
	}

	fn commit(&mut self, domain: Domain, salt: Secret, packed: Vec<Linear>) -> Result<Linear, CompileError> {
		let salt = self.builder.secret(salt);
		let elements: Vec<Linear> = core::iter::once(salt).chain(packed).collect();
		Ok(self.builder.hash(domain, &elements))
	}

	/// That a 32-bit key stands for a number: it is not that of negative zero, and not that of NaN.
	///
	/// A key is the bits of the number, all but the sign flipped if it is negative. NaN has an exponent of ones only and some
	/// mantissa. Five equations.
	fn float_order(&mut self, key: &mut Number) {
		let Some(bits) = key.bits.clone() else { return };
		let (Some(mantissa), Some(exponent), Some(positive)) =
			(bits.bits.get(..23), bits.bits.get(23..31), bits.bits.get(31))
		else {
			return;
		};
		self.builder.not_zero(&key.linear.shifted(1));
		let negative = Linear::constant(1).plus(-1, positive);
		// Ones of the exponent, counted after the flip: all of them are 8.
		let ones = exponent.iter().fold(Linear::default(), |sum, bit| sum.plus(1, bit));
		let ones = self.builder.product_plus(&ones, &negative, &Linear::constant(8).plus(-2, &ones));
		let special = self.builder.is_zero(&ones.shifted(-8));
		// Infinity has the mantissa 0, flipped if it is negative.
		let mantissa = weighted(mantissa).plus(-((1 << 23) - 1), &negative);
		self.builder.enforce(&special, &mantissa, &Linear::default());
		(key.low, key.high) = (FLOAT_ORDER_MIN.into(), FLOAT_ORDER_MAX.into());
	}

	/// Forgets what no later operation and no output uses.
	fn release(&mut self, number: u16) {
		let later =
			self.program.operations().iter().skip(usize::from(number) + 1).flat_map(|operation| &operation.inputs);
		let mut needed = vec![false; self.values.len()];
		for value in later.chain(self.program.output_values().iter().map(|output| &output.value)) {
			if let Some(needed) = needed.get_mut(usize::from(value.0)) {
				*needed = true;
			}
		}
		for (value, needed) in self.values.iter_mut().zip(needed) {
			if !needed {
				*value = None;
			}
		}
	}

	pub(crate) fn value(&self, value: ValueId) -> &[Number] {
		self.values.get(usize::from(value.0)).and_then(Option::as_deref).unwrap_or_default()
	}

	/// The type of a value. A validated program has one for each value that it names.
	pub(crate) fn type_of(&self, value: ValueId) -> TensorType {
		self.program.value_type(value).unwrap_or(self.first_type)
	}

	/// The value that operation `number` makes.
	pub(crate) fn made_by(&self, number: u16) -> ValueId {
		ValueId(u16::try_from(self.program.inputs().len()).unwrap_or(u16::MAX).saturating_add(number))
	}

	/// The only operation that uses a value which is no output.
	pub(crate) fn only_use(&self, value: ValueId) -> Option<(u16, &Operation)> {
		if self.program.output_values().iter().any(|output| output.value == value) {
			return None;
		}
		let mut uses =
			(0u16..).zip(self.program.operations()).filter(|(_, operation)| operation.inputs.contains(&value));
		let first = uses.next()?;
		uses.next().is_none().then_some(first)
	}

	/// Lets an operation run after the pool that its result goes into. Pools take the largest element, so anything that keeps
	/// the order may as well run on what they leave.
	pub(crate) fn wait(&mut self, number: u16, input: ValueId) {
		let mut waiting = self.waiting.remove(&input).unwrap_or_default();
		waiting.push(number);
		let made = self.made_by(number);
		self.waiting.insert(made, waiting);
	}

	/// The operations that wait for the pool of a value.
	pub(crate) fn waiting(&mut self, value: ValueId) -> Vec<u16> {
		self.waiting.remove(&value).unwrap_or_default()
	}

	/// Whether operations wait for the pool of a value.
	pub(crate) fn is_waiting(&self, value: ValueId) -> bool {
		self.waiting.contains_key(&value)
	}

	/// Scales a number, and remembers the fit.
	pub(crate) fn quantise(&mut self, number: &Number, scaling: &Scaling) -> Number {
		let fits = &mut self.fits;
		let mut fit = |scaling: &Scaling, low, high| {
			let find = || Fit::find(scaling, low, high).map(Arc::new);
			fits.entry((*scaling, low, high)).or_insert_with(find).clone()
		};
		self.builder.quantise(number, scaling, &mut fit)
	}

	/// The next private weight: a secret of so many bits.
	pub(crate) fn weight(&mut self, dtype: Dtype, bits: u32) -> Number {
		let secret = self.builder.secret(Secret::Weight(u32::try_from(self.weights.len()).unwrap_or(u32::MAX)));
		let number = self.builder.number(secret, -(1 << (bits - 1)), bits);
		self.weights.push((number.clone(), dtype));
		number
	}

	/// Private weights of one list.
	pub(crate) fn weight_list(&mut self, count: usize, dtype: Dtype, bits: u32) -> Result<Vec<Number>, CompileError> {
		let mut list = Vec::new();
		for place in 0..count {
			list.push(self.weight(dtype, bits));
			if place % 4_096 == 0 {
				self.builder.check_size()?;
			}
		}
		Ok(list)
	}

	fn operation(&mut self, number: u16, operation: &Operation) -> Result<Vec<Number>, CompileError> {
		let unsupported = CompileError::Unsupported { operation: number, operator: operation.op.name() };
		let Some(input) = operation.inputs.first().copied() else { return Err(unsupported) };
		match &operation.op {
			Op::Dense(layer) => self.dense(layer, input),
			Op::Conv2d(layer) => self.conv2d(layer, input, self.made_by(number)),
			Op::Requantise(_) | Op::Clamp(_) => self.stepwise(number, input),
			Op::MaxPool(layer) => self.max_pool(&layer.window, input, self.made_by(number)),
			Op::AveragePool(layer) => self.average_pool(layer, input, self.made_by(number)),
			Op::Add(_) | Op::Multiply(_) => self.pairwise(number, operation),
			Op::ArgMax => {
				let features = self.type_of(input).shape.features() as usize;
				let numbers = self.value(input).to_vec();
				Ok(numbers.chunks_exact(features.max(1)).map(|row| self.builder.arg_max(row)).collect())
			}
			Op::Lookup(lookup) => self.lookup(lookup, input),
			Op::Embed(embed) => self.embed(embed, input),
			Op::TreeEnsemble(trees) => self.trees(trees, input),
			Op::Concat { .. } | Op::Reshape { .. } | Op::Transpose { .. } => self.moved(operation).ok_or(unsupported),
			Op::Softmax(_) => Err(unsupported),
		}
	}

	/// The elements of operators that only move them: the interpreter moves their numbers.
	fn moved(&self, operation: &Operation) -> Option<Vec<Number>> {
		let mut all: Vec<&Number> = Vec::new();
		let mut places = Vec::new();
		for input in &operation.inputs {
			let first = i32::try_from(all.len()).ok()?;
			all.extend(self.value(*input));
			let numbers = (first..i32::try_from(all.len()).ok()?).collect();
			places.push(Tensor::new(self.type_of(*input).shape, Data::I32(numbers))?);
		}
		let places: Vec<&Tensor> = places.iter().collect();
		let moved = aivm_inference::execute_op::<aivm_inference::kernels::Portable>(&operation.op, &places).ok()?;
		let Data::I32(places) = moved.data() else { return None };
		places.iter().map(|place| Some((*all.get(usize::try_from(*place).ok()?)?).clone())).collect()
	}

	/// The outputs, the commitments and the public inputs.
	fn finish(mut self, input: Linear) -> Result<Circuit, CompileError> {
		self.builder.begin("outputs".into())?;
		let mut outputs = Vec::new();
		for output in self.program.output_values() {
			let dtype = self.type_of(output.value).dtype;
			outputs.extend(self.value(output.value).iter().map(|number| (number.clone(), dtype)));
		}
		let packed = self.builder.pack(&outputs);
		let output = if self.program.output_len() as usize <= PACKED {
			packed.first().cloned().unwrap_or_default()
		} else {
			self.builder.begin("output hash".into())?;
			self.builder.hash(Domain::Output, &packed)
		};
		let program = match self.mode {
			Mode::PublicWeights => {
				Linear::from_field(scalar_of(&field_of_hash(&self.program.hash())).unwrap_or_default())
			}
			Mode::PrivateWeights => {
				self.builder.begin("weights commitment".into())?;
				let weights = core::mem::take(&mut self.weights);
				let packed = self.builder.pack(&weights);
				self.commit(Domain::Weights, Secret::WeightSalt, packed)?
			}
		};
		self.builder.begin("public inputs".into())?;
		let public = [program, input, output];
		for (variable, public) in (1..).zip(&public) {
			self.builder.equal(public, &Linear::variable(variable));
		}
		// The statement is in an equation, so that a proof for one is none for another.
		let statement = Linear::variable(PUBLIC_INPUTS);
		self.builder.product(&statement, &statement);
		self.builder.end()?;
		let Builder { a, b, c, steps, sections, variables, .. } = self.builder;
		let structure = structure(self.program, self.mode);
		Ok(Circuit { mode: self.mode, structure, rows: [a, b, c], variables, steps, sections, public })
	}
}

/// The parameter of a channel; validated lists have one for each.
pub(crate) fn channel<T: Copy + Default>(list: &PerChannel<T>, channel: usize) -> T {
	list.get(channel).copied().unwrap_or_default()
}
