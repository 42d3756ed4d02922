// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a dishonest prover can try, for each operation: every attempt must break an equation, or change nothing that anybody
//! sees.
//!
//! The adversary replaces the results of steps and makes everything that follows from them, so that the rest is consistent:
//! other quotients, flags, places, leaves, entries, and values that only fit after wrapping around the modulus. The commitments
//! stay those of the honest run. Then single variables are changed without anything that follows. Last, the equations are
//! linearised at the honest values: no direction may be free.

mod common;

use std::collections::BTreeMap;

use aivm_inference::*;
use aivm_prover::{
	circuit::{compile, Circuit, Mode, Run},
	error::ProveError,
	witness::{Assignment, Secret, Step},
};
use aivm_verification::{scalar_of, Fr, Scalar};
use ark_ff::{AdditiveGroup, Field, One, Zero};
use common::{
	imported, inputs,
	programs::{chain, plain_dense, raw, Random},
	run, statement,
};

/// A circuit with an honest run.
struct Attack<'a> {
	circuit: Circuit,
	run: Run<'a>,
	statement: Scalar,
	honest: Assignment,
	/// First variable of each step.
	first: Vec<usize>,
}

impl<'a> Attack<'a> {
	fn new(program: &'a Program, input: &'a [u8], mode: Mode) -> Self {
		let circuit = compile(program, mode).unwrap();
		let run = run(program, input, mode);
		let statement = statement(&run);
		let (honest, _) = circuit.assign(&run, &statement).unwrap();
		circuit.check(&honest).unwrap();
		let next = circuit.steps().iter().scan(5, |next, step| {
			*next += step.outputs();
			Some(*next - step.outputs())
		});
		let first = next.collect();
		Self { circuit, run, statement, honest, first }
	}

	/// The honest run with the result of one step replaced, and everything after it made from that.
	fn replaced(&self, step: usize, outputs: &[Fr]) -> Assignment {
		self.circuit.assign_tampered(&self.run, &self.honest, step, outputs).unwrap()
	}

	/// Whether another output passes in the same way, with the commitments of the honest run.
	fn passes(&self, step: usize, outputs: &[Fr]) -> bool {
		let honest = self.honest.values();
		let tampered = self.replaced(step, outputs).with(&[(1, honest[1]), (2, honest[2])]);
		// Equations before the step's part have only variables before it.
		let first = self.circuit.section_of(self.first[step]).unwrap().rows.start;
		let value =
			|row: &[(Fr, usize)]| row.iter().map(|(by, variable)| *by * tampered.values()[*variable]).sum::<Fr>();
		let [a, b, c] = self.circuit.matrices().map(|rows| &rows[first..]);
		let holds = a.iter().zip(b).zip(c).all(|((a, b), c)| value(a) * value(b) == value(c));
		assert_eq!(holds, holds && self.circuit.check(&tampered).is_ok());
		holds && tampered.values()[3] != honest[3]
	}

	/// Whether a step belongs to an operation, the inputs or the outputs, and not to a hash.
	fn is_interesting(&self, step: usize) -> bool {
		let section = self.circuit.section_of(self.first[step]).map_or("", |section| &section.name);
		section.starts_with("operation") || section == "inputs" || section == "outputs"
	}

	fn honest_outputs(&self, step: usize) -> &[Fr] {
		&self.honest.values()[self.first[step]..][..self.circuit.steps()[step].outputs()]
	}

	/// Every step with every kind of lie. Returns how many were tried.
	fn with_every_step(&self, random: &mut Random) -> usize {
		let mut tried = 0;
		for step in 0..self.first.len() {
			let outputs = self.honest_outputs(step).to_vec();
			if outputs.is_empty() || !self.is_interesting(step) {
				continue;
			}
			for lie in lies(&self.circuit.steps()[step], &outputs, random) {
				if lie != outputs {
					tried += 1;
					assert!(!self.passes(step, &lie), "step {step} {:?}: {lie:?}", self.circuit.steps()[step]);
				}
			}
		}
		tried
	}

	/// Every variable alone.
	fn with_every_variable(&self) {
		for (step, first) in self.first.iter().enumerate() {
			let what = &self.circuit.steps()[step];
			for variable in *first..first + what.outputs() {
				let value = self.honest.values()[variable];
				if matches!(what, Step::Inverse(_)) && value.is_zero() {
					// Of 0 there is none, so the equation says nothing.
					continue;
				}
				for change in [Fr::one(), -Fr::one(), Fr::from(1u64 << 40)] {
					let changed = self.honest.with(&[(variable, value + change)]);
					assert!(
						self.circuit.check(&changed).is_err(),
						"{what:?} {variable} of {:?}",
						self.circuit.section_of(variable)
					);
				}
			}
		}
		for input in 1..=4 {
			let changed = self.honest.with(&[(input, self.honest.values()[input] + Fr::one())]);
			assert!(self.circuit.check(&changed).is_err(), "public input {input}");
		}
	}

	/// No direction in which the values could move at the first order leaves all equations as they are, when the secrets stay.
	/// Returns how many variables are not fixed: those that are 1 over 0.
	fn free_directions(&self) -> usize {
		let values = self.honest.values();
		let fixed = |variable: usize| variable == 0 || variable == 1 || variable == 2 || variable == 4;
		let mut secret = vec![false; values.len()];
		for (step, first) in self.circuit.steps().iter().zip(&self.first) {
			secret[*first] |= matches!(step, Step::Secret(_));
		}
		let unknown: Vec<usize> =
			(1..values.len()).filter(|variable| !fixed(*variable) && !secret[*variable]).collect();
		let [a, b, c] = self.circuit.matrices();
		let value = |row: &[(Fr, usize)]| row.iter().map(|(factor, variable)| *factor * values[*variable]).sum::<Fr>();
		// Rows of the Jacobian, reduced one by one: each with its last variable alone.
		let mut pivots: BTreeMap<usize, BTreeMap<usize, Fr>> = BTreeMap::new();
		for ((a, b), c) in a.iter().zip(b).zip(c) {
			let (left, right) = (value(a), value(b));
			let mut row: BTreeMap<usize, Fr> = BTreeMap::new();
			for (terms, by) in [(a, right), (b, left), (c, -Fr::one())] {
				for (factor, variable) in terms {
					if !fixed(*variable) && !secret[*variable] {
						*row.entry(*variable).or_insert(Fr::ZERO) += *factor * by;
					}
				}
			}
			row.retain(|_, factor| !factor.is_zero());
			while let Some((last, factor)) = row.last_key_value().map(|(last, factor)| (*last, *factor)) {
				let Some(pivot) = pivots.get(&last) else {
					let inverse = factor.inverse().unwrap();
					row.values_mut().for_each(|factor| *factor *= inverse);
					pivots.insert(last, row);
					break;
				};
				for (variable, other) in pivot {
					*row.entry(*variable).or_insert(Fr::ZERO) -= factor * other;
				}
				row.retain(|_, factor| !factor.is_zero());
			}
		}
		unknown.len() - pivots.len()
	}
}

/// Other results for a step: near ones, flipped ones, ones that only fit modulo the order of the field.
fn lies(step: &Step, honest: &[Fr], random: &mut Random) -> Vec<Vec<Fr>> {
	let (zero, one) = (Fr::ZERO, Fr::one());
	let half = |power: u64| Fr::from(2u8).pow([power]).inverse().unwrap();
	let mut lies = Vec::new();
	match step {
		Step::ArgMax(_) | Step::Place(..) => {
			// Another place, no place, two places, a place with a counterweight.
			for place in 0..honest.len() {
				let mut other = vec![zero; honest.len()];
				other[place] = one;
				lies.push(other);
				let mut more = honest.to_vec();
				more[place] = one - more[place];
				lies.push(more.clone());
				more[(place + 1) % honest.len()] -= one;
				lies.push(more);
			}
			lies.push(vec![zero; honest.len()]);
		}
		Step::Quantise(..) => {
			// Every combination of flags with results around, at the ends, and wrapped.
			let mut results = vec![zero, honest[0], -one, Fr::from(255u8), Fr::from(256u64)];
			results.extend(
				[1u64, 2, 3, 100].into_iter().flat_map(|by| [honest[0] + Fr::from(by), honest[0] - Fr::from(by)]),
			);
			results.extend([16, 20, 24, 28, 29, 30, 31, 32].map(|power| honest[0] + half(power)));
			for flags in 0..1u32 << (honest.len() - 1) {
				for result in &results {
					let mut lie = vec![*result];
					lie.extend((1..honest.len()).map(|place| Fr::from(flags >> (place - 1) & 1)));
					lies.push(lie);
				}
			}
			for place in 1..honest.len() {
				let mut lie = honest.to_vec();
				lie[place] = Fr::from(2u8);
				lies.push(lie);
			}
		}
		_ => {
			for (place, value) in honest.iter().enumerate() {
				let mut others = vec![*value + one, *value - one, one - value, zero, one, -one, -*value];
				others.extend([1, 8, 16, 31, 32, 33, 40].map(|power| *value + Fr::from(1u64 << power)));
				others.extend([1, 8, 24, 31].map(|power| *value + half(power)));
				others.push(Fr::from(random.next()).square().square().square());
				for other in others {
					let mut lie = honest.to_vec();
					lie[place] = other;
					lies.push(lie);
				}
			}
			if honest.len() > 1 {
				lies.push(honest.iter().map(|value| one - value).collect());
			}
		}
	}
	lies
}

/// A program of some operations on one input, and an input for it.
fn attack(name: &str, spec: TensorSpec, ops: Vec<Op>, inputs: &[&[u8]], modes: &[Mode]) {
	let (program, _) = chain(spec, ops).unwrap();
	attack_program(name, &program, inputs, modes);
}

fn attack_program(name: &str, program: &Program, inputs: &[&[u8]], modes: &[Mode]) {
	let mut random = Random(7);
	for mode in modes {
		let mut tried = 0;
		for (number, input) in inputs.iter().enumerate() {
			let attack = Attack::new(program, input, *mode);
			tried += attack.with_every_step(&mut random);
			if number == 0 {
				attack.with_every_variable();
				let inverses = attack.circuit.steps().iter().zip(&attack.first).filter(|(step, first)| {
					matches!(step, Step::Inverse(_)) && attack.honest.values()[**first].is_zero()
				});
				assert_eq!(attack.free_directions(), inverses.count(), "{name}");
			}
		}
		assert!(tried > 50, "{name}: {tried}");
		println!("{name} {mode:?}: {tried} lies");
	}
}

const BOTH: [Mode; 2] = [Mode::PublicWeights, Mode::PrivateWeights];
const PUBLIC: [Mode; 1] = [Mode::PublicWeights];

fn multiplier(mantissa: u32, shift: u8) -> PerChannel<Multiplier> {
	PerChannel::One(Multiplier::new(mantissa, shift).unwrap())
}

fn signed(values: &[i8]) -> Vec<u8> {
	values.iter().map(|value| value.cast_unsigned()).collect()
}

fn words(values: &[i32]) -> Vec<u8> {
	values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn leaf(weight: i32) -> Box<Tree> {
	Box::new(Tree::Leaf(vec![weight]))
}

fn branch(feature: u16, threshold: i32, first: Box<Tree>, second: Box<Tree>) -> Box<Tree> {
	Box::new(Tree::Branch { feature, threshold, first, second })
}

#[test]
fn dense_should_refuse_other_sums_and_weights() {
	let layer = Dense {
		input_zero_point: -3,
		weight_zero_points: PerChannel::new(vec![1, -2]).unwrap(),
		..plain_dense(&[5, -7, 127, -128, 9, 3], &[100, -50])
	};
	let input = signed(&[-128, 127, 5]);
	attack("dense", raw(Dtype::I8, &[1, 3]), vec![Op::Dense(layer)], &[&input], &BOTH);
}

#[test]
fn convolution_should_refuse_other_sums_and_weights() {
	let layer = Conv2d {
		window: Window::plain([2, 2], 1).padded([1, 0], [0, 1]),
		groups: 1,
		input_zero_point: 2,
		weight_zero_points: PerChannel::One(0),
		bias: vec![7],
		weights: vec![1, -2, 3, 4],
	};
	let input = signed(&[-128, 127, 5, 0]);
	attack("convolution", raw(Dtype::I8, &[1, 2, 2, 1]), vec![Op::Conv2d(layer)], &[&input], &BOTH);
}

#[test]
fn requantise_should_refuse_wrong_rounding_and_wrong_saturation() {
	let spec = || raw(Dtype::I8, &[1, 2]);
	let dense = || Op::Dense(plain_dense(&[127, 127, -127, 100], &[3, 4]));
	let requantise = |multipliers, zero_point| Op::Requantise(Requantise { multipliers, zero_point });
	let inputs = [signed(&[1, 2]), signed(&[127, 127]), signed(&[-128, -128]), signed(&[60, -20])];
	let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
	// Saturated at both ends, at one end, at none; halves; a factor above 1.
	for (name, multipliers, zero_point) in [
		("both ends", multiplier(1_518_500_250, 36), 3),
		("one end", multiplier(1_100_000_123, 37), -128),
		("inside", multiplier(1_518_500_250, 39), -5),
		("halves", multiplier(1 << 30, 37), 1),
		("above 1", multiplier(1 << 30, 29), 0),
	] {
		attack(name, spec(), vec![dense(), requantise(multipliers, zero_point)], &inputs, &PUBLIC);
	}
	let relu = Op::Clamp(Clamp { low: -7, high: 90 });
	attack("clamped", spec(), vec![dense(), requantise(multiplier(1_518_500_250, 37), -7), relu], &inputs, &PUBLIC);
	attack(
		"private",
		spec(),
		vec![dense(), requantise(multiplier(1_518_500_250, 37), -7)],
		&inputs[..1],
		&[Mode::PrivateWeights],
	);
}

#[test]
fn clamp_should_refuse_values_beyond_its_bounds() {
	let inputs = [words(&[-5, 1_000_000]), words(&[i32::MIN, i32::MAX]), words(&[0, 999])];
	let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
	let clamp = Op::Clamp(Clamp { low: 0, high: 1_000 });
	attack("clamp", raw(Dtype::I32, &[2]), vec![clamp], &inputs, &PUBLIC);
}

#[test]
fn argmax_should_refuse_places_that_are_not_the_first_largest() {
	let inputs = [signed(&[3, 9, -4, 9]), signed(&[-128, -128, -128, -128]), signed(&[127, -128, 127, 126])];
	let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
	attack("argmax", raw(Dtype::I8, &[1, 4]), vec![Op::ArgMax], &inputs, &PUBLIC);
	let wide = words(&[i32::MAX, i32::MIN, i32::MAX]);
	attack("argmax of words", raw(Dtype::I32, &[1, 3]), vec![Op::ArgMax], &[&wide], &PUBLIC);
}

#[test]
fn pools_should_refuse_other_elements_and_other_means() {
	let window = Window::plain([2, 2], 1);
	let input = signed(&[-128, 127, 126, 5]);
	let same = signed(&[9, 9, 9, 9]);
	let spec = || raw(Dtype::I8, &[1, 2, 2, 1]);
	attack("max pool", spec(), vec![Op::MaxPool(MaxPool { window })], &[&input, &same], &PUBLIC);
	for (name, mantissa, shift) in [("mean", 1_400_000_001, 30), ("mean with halves", 1 << 30, 30)] {
		let multiplier = Multiplier::new(mantissa, shift).unwrap();
		let pool = AveragePool { window, count_padding: false, input_zero_point: 3, multiplier, zero_point: -4 };
		attack(name, spec(), vec![Op::AveragePool(pool)], &[&input, &same, &signed(&[0, 0, 1, 1])], &PUBLIC);
	}
	// A requantisation that waits for the pool.
	let layer = Conv2d {
		window: Window::plain([1, 1], 1),
		groups: 1,
		input_zero_point: 0,
		weight_zero_points: PerChannel::One(0),
		bias: vec![7],
		weights: vec![101],
	};
	let requantise = Requantise { multipliers: multiplier(1_518_500_250, 37), zero_point: -7 };
	let pool = Op::MaxPool(MaxPool { window });
	attack("waiting", spec(), vec![Op::Conv2d(layer), Op::Requantise(requantise), pool], &[&input, &same], &PUBLIC);
}

#[test]
fn lookup_should_refuse_wrong_entries() {
	let mut random = Random(3);
	let table: Vec<i8> = (0..TABLE).map(|_| random.i8()).collect();
	let inputs = [signed(&[-128, 127]), signed(&[0, -1])];
	let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
	attack("lookup", raw(Dtype::I8, &[2]), vec![Op::Lookup(Lookup { table: table.clone() })], &inputs, &PUBLIC);
	let some = vec![Op::Clamp(Clamp { low: -3, high: 7 }), Op::Lookup(Lookup { table })];
	attack("lookup of a few", raw(Dtype::I8, &[2]), some, &inputs, &PUBLIC);
}

#[test]
fn embedding_should_refuse_other_rows_and_entries() {
	let clamp = Op::Clamp(Clamp { low: 0, high: 4 });
	let embed = Op::Embed(Embed { width: 2, table: vec![1, -2, 3, -4, 5, -6, 7, -8, 9, -128] });
	let inputs = [words(&[2, 4]), words(&[-9, 100])];
	let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
	attack("embedding", raw(Dtype::I32, &[2]), vec![clamp, embed], &inputs, &BOTH);
}

#[test]
fn pairs_should_refuse_other_sums_and_products() {
	let add = |factors, shift| Op::Add(Add { input_zero_points: [3, -5], factors, shift, zero_point: 1 });
	let multiplier = Multiplier::new(1_234_567_891, 36).unwrap();
	let multiply = Op::Multiply(Multiply { input_zero_points: [3, -5], multiplier, zero_point: -1 });
	for (name, op) in [
		("add", add([(1 << 30) + 12_345, -(1 << 29) + 77], 30)),
		("add with halves", add([1 << 30, 1 << 30], 31)),
		("multiply", multiply),
	] {
		let mut builder = ProgramBuilder::new(vec![raw(Dtype::I8, &[2]), raw(Dtype::I8, &[2])]);
		let value = builder.operation(op, vec![ValueId(0), ValueId(1)]);
		builder.output(value, Quantisation::Raw);
		let (program, _) = builder.build(&Limits::DEFAULT).unwrap();
		let inputs = [signed(&[127, -128, -128, 127]), signed(&[4, 3, -4, 6]), signed(&[50, 3, 50, -5])];
		let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
		attack_program(name, &program, &inputs, &PUBLIC);
	}
}

#[test]
fn trees_should_refuse_other_paths_and_leaves() {
	// Feature 0 has three thresholds, feature 1 has one; the same feature twice on one path.
	let trees = [
		*branch(
			0,
			5,
			branch(1, -7, leaf(100), branch(0, 1, leaf(-3), leaf(8))),
			branch(0, 90, leaf(1_000), leaf(-1_000)),
		),
		*branch(1, -7, leaf(1), leaf(2)),
	];
	for comparison in [Comparison::Less, Comparison::LessOrEqual] {
		let ensemble = TreeEnsemble::from_trees(comparison, vec![10, 20], &trees, Some(vec![0, 1])).unwrap();
		let inputs = [words(&[5, -7]), words(&[i32::MIN, i32::MAX]), words(&[90, -8])];
		let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
		attack("trees", raw(Dtype::I32, &[1, 2]), vec![Op::TreeEnsemble(ensemble)], &inputs[..1], &BOTH);
		let forest: Vec<Tree> = vec![*branch(0, 5, Box::new(Tree::Leaf(vec![1, 2])), Box::new(Tree::Leaf(vec![3, 4])))];
		let forest = TreeEnsemble::from_trees(comparison, vec![0, 0], &forest, None).unwrap();
		attack("forest", raw(Dtype::I32, &[1, 2]), vec![Op::TreeEnsemble(forest)], &inputs, &BOTH);
	}
	let bytes = signed(&[5, -7]);
	let ensemble = TreeEnsemble::from_trees(Comparison::Less, vec![10, 20], &trees, Some(vec![0, 1])).unwrap();
	attack("trees of bytes", raw(Dtype::I8, &[1, 2]), vec![Op::TreeEnsemble(ensemble)], &[&bytes], &PUBLIC);
}

#[test]
fn models_should_refuse_a_lie_in_any_step() {
	let program = imported("cancer-logreg").program;
	let inputs = inputs("cancer-logreg", &program);
	attack_program("cancer-logreg", &program, &[&inputs[0]], &PUBLIC);
}

#[test]
fn secrets_should_be_what_the_commitments_hold() {
	let program = imported("cancer-logreg").program;
	let inputs = inputs("cancer-logreg", &program);
	let attack = Attack::new(&program, &inputs[3], Mode::PrivateWeights);
	let sections = |error: ProveError| match error {
		ProveError::Unsatisfied { section, .. } => section,
		other => panic!("{other}"),
	};
	let mut kinds = BTreeMap::new();
	for (number, step) in attack.circuit.steps().iter().enumerate() {
		let Step::Secret(secret) = step else { continue };
		let value = attack.honest_outputs(number)[0];
		// Another input, weight or salt, consistent everywhere, but under the honest commitments.
		let other = if value.is_zero() { Fr::one() } else { value - Fr::one() };
		let changed = attack.replaced(number, &[other]);
		let public = attack.honest.values();
		let kept = changed.with(&[(1, public[1]), (2, public[2]), (3, public[3])]);
		assert_eq!(sections(attack.circuit.check(&kept).unwrap_err()), "public inputs", "{secret:?}");
		let kind = match secret {
			Secret::Input(_) => "input",
			Secret::Weight(_) => "weight",
			Secret::InputSalt => "input salt",
			Secret::WeightSalt => "weights salt",
		};
		*kinds.entry(kind).or_insert(0) += 1;
		// A commitment to numbers that no byte stands for is no commitment to bytes.
		if matches!(secret, Secret::Input(_)) {
			for wrong in [128i64, -129, 1 << 20] {
				let wrong = if wrong < 0 { -Fr::from(wrong.unsigned_abs()) } else { Fr::from(wrong.unsigned_abs()) };
				let changed = attack.replaced(number, &[wrong]);
				assert_eq!(sections(attack.circuit.check(&changed).unwrap_err()), "inputs");
			}
		}
	}
	assert_eq!(kinds.len(), 4, "{kinds:?}");
}

#[test]
fn keys_of_no_number_should_be_refused() {
	let spec = TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I32, &[1, 2]) };
	let (program, _) = chain(spec, vec![Op::ArgMax]).unwrap();
	let numbers =
		[0.0f32, -1.5, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45, -1e-45];
	let key = |number: f32| float_order_key(number.to_bits()).unwrap();
	for number in numbers {
		common::agrees(&compile(&program, Mode::PublicWeights).unwrap(), &program, &words(&[key(number), 0]));
	}
	let honest = words(&[key(2.5), key(-3.5)]);
	let attack = Attack::new(&program, &honest, Mode::PublicWeights);
	for wrong in [-1, FLOAT_ORDER_MAX + 1, FLOAT_ORDER_MIN - 1, i32::MAX, i32::MIN, 0x7fc0_0000, -0x7fc0_0001] {
		assert!(program.run(&words(&[wrong, 0])).is_err(), "{wrong}");
		let wrong = if wrong < 0 { -Fr::from(wrong.unsigned_abs()) } else { Fr::from(wrong.unsigned_abs()) };
		let changed = attack.replaced(0, &[wrong]);
		let refused = attack.circuit.check(&changed).unwrap_err();
		assert!(
			matches!(&refused, ProveError::Unsatisfied { section, .. } if section == "inputs"),
			"{wrong} {refused}"
		);
	}
	attack_program("keys", &program, &[&honest], &PUBLIC);
}

#[test]
fn public_inputs_should_be_those_of_the_run() {
	let program = imported("cancer-logreg").program;
	let inputs = inputs("cancer-logreg", &program);
	let attack = Attack::new(&program, &inputs[0], Mode::PublicWeights);
	let outcome = attack.run.outcome().unwrap();
	let expected = [outcome.program, outcome.input, outcome.output, attack.statement];
	for (value, expected) in attack.honest.values()[1..].iter().zip(expected) {
		assert_eq!(Some(*value), scalar_of(&expected));
	}
}
