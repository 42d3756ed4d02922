// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From programs to circuits: rank-1 constraint systems over the scalar field of BLS12-381.
//!
//! Variable 0 is the constant 1, variables 1 to 4 are the public inputs of [`aivm_verification::commitment`] in their order, and
//! the others are what only the prover knows. Every tensor element is a linear combination of variables that the equations
//! prove to lie in an interval, so that nothing wraps around the modulus: intervals add up to far less than it, and every
//! value that a prover could choose is checked bit by bit.
//!
//! Linear operators with public weights cost nothing but one equation for each result. What costs is to round, saturate and
//! compare: about as many equations as the numbers have bits.
//!
//! With [`Mode::PublicWeights`] the circuit belongs to one program. With [`Mode::PrivateWeights`] it belongs to its structure:
//! the weights and biases of layers, the thresholds and leaves of trees and the rows of embeddings are secrets under a
//! commitment, see [`weight_bytes`]; shapes, zero points, multipliers, tables of functions, the features that branches look at
//! and the number of bits of the largest bias are part of the circuit.

mod builder;
mod compile;
mod layers;
pub mod linear;
mod number;
mod poseidon;
pub mod quantise;
mod tables;
mod trees;
mod weights;

use aivm_inference::Program;
use aivm_verification::{
	commit_input, field_of_hash, output_field, scalar, scalar_of, weights_commitment, Fr, Scalar, PUBLIC_INPUTS,
};
use ark_ff::{AdditiveGroup, One};
use ark_relations::gr1cs::{
	ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable as ArkVariable,
};

pub use builder::{Section, MAX_CONSTRAINTS, MAX_TERMS};
pub use compile::compile;
use linear::{evaluate, Linear, Row, Variable};
pub use weights::weight_bytes;

use crate::{
	error::ProveError,
	witness::{Assignment, Secrets, Step},
};

/// Who knows the weights of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
	/// Everybody: they are constants of the circuit, and the program is named by its hash.
	PublicWeights,
	/// The prover: only a commitment to them is public.
	PrivateWeights,
}

impl Mode {
	/// A word for messages.
	pub const fn name(self) -> &'static str {
		match self {
			Self::PublicWeights => "public",
			Self::PrivateWeights => "private",
		}
	}
}

/// The constant 1 and the public inputs: the variables that come first.
pub const INSTANCE_VARIABLES: usize = 1 + PUBLIC_INPUTS;

/// What a prover runs the program on.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
	/// The program, with its weights: of the structure for which the circuit was made.
	pub program: &'a Program,
	/// The input, as [`Program::run`] takes it.
	pub input: &'a [u8],
	/// The salt of the input's commitment: 0 for a public input, random for a private one.
	pub salt: Fr,
	/// The salt of the weights' commitment; `None` with public weights.
	pub weights_salt: Option<Fr>,
}

/// What a run shows to the public, except the statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
	/// First public input: the program or the commitment to its weights.
	pub program: Scalar,
	/// Second public input: the commitment to the input.
	pub input: Scalar,
	/// Third public input: the output or its hash.
	pub output: Scalar,
	/// The output itself, as [`Program::run`] gives it.
	pub bytes: Vec<u8>,
}

impl Run<'_> {
	/// Runs the program in the interpreter.
	pub fn outcome(&self) -> Result<Outcome, ProveError> {
		let bytes = self.program.run(self.input).map_err(ProveError::Run)?;
		let program = match self.weights_salt {
			None => field_of_hash(&self.program.hash()),
			Some(salt) => weights_commitment(salt, &weight_bytes(self.program)),
		};
		Ok(Outcome { program, input: commit_input(self.salt, self.input), output: output_field(&bytes), bytes })
	}
}

/// A circuit: equations `a * b = c` over the variables, and the steps that assign them.
#[derive(Clone, Debug)]
pub struct Circuit {
	mode: Mode,
	structure: [u8; 32],
	/// `a`, `b` and `c`.
	rows: [Vec<Row>; 3],
	variables: usize,
	steps: Vec<Step>,
	sections: Vec<Section>,
	/// Values of the first three public inputs.
	public: [Linear; 3],
}

impl Circuit {
	/// Who knows the weights.
	pub fn mode(&self) -> Mode {
		self.mode
	}

	/// The matrices `a`, `b`, `c`: one row for each equation.
	pub fn matrices(&self) -> [&[Row]; 3] {
		self.rows.each_ref().map(Vec::as_slice)
	}

	/// The matrices as ark-groth16 takes them.
	pub(crate) fn rows(&self) -> &[Vec<Row>] {
		&self.rows
	}

	/// The circuit as a set-up takes it.
	///
	/// # Errors
	/// The circuit is larger than set-ups take.
	pub fn for_setup(&self) -> Result<crate::setup::Circuit<'_>, crate::setup::SetupError> {
		let [a, b, c] = self.matrices();
		crate::setup::Circuit::new(a, b, c, INSTANCE_VARIABLES, self.variables)
	}

	/// Number of equations.
	pub fn constraints(&self) -> usize {
		self.rows[0].len()
	}

	/// Number of variables, with the constant 1 and the public inputs.
	pub fn variables(&self) -> usize {
		self.variables
	}

	/// Number of terms of all equations.
	pub fn terms(&self) -> usize {
		self.matrices().iter().flat_map(|matrix| matrix.iter()).map(Vec::len).sum()
	}

	/// The parts of the circuit in order: inputs, operations, commitments.
	pub fn sections(&self) -> &[Section] {
		&self.sections
	}

	/// The steps that assign the variables.
	pub fn steps(&self) -> &[Step] {
		&self.steps
	}

	/// Runs the program in the circuit and in the interpreter, and compares.
	///
	/// `statement` is the last public input: [`field_of_hash`] of the statement's hash.
	pub fn assign(&self, run: &Run<'_>, statement: &Scalar) -> Result<(Assignment, Outcome), ProveError> {
		let outcome = run.outcome()?;
		let secrets = self.secrets(run)?;
		let mut values = Vec::with_capacity(self.variables);
		values.resize(INSTANCE_VARIABLES, Fr::ZERO);
		values[0] = Fr::one();
		values[PUBLIC_INPUTS] = scalar_of(statement).ok_or(ProveError::Statement)?;
		let assignment = self.follow(&secrets, values, 0)?;
		let public = [outcome.program, outcome.input, outcome.output];
		let given = assignment.values.iter().skip(1).map(|value| scalar(*value));
		if !given.zip(public).all(|(given, public)| given == public) {
			return Err(ProveError::Disagreement);
		}
		Ok((assignment, outcome))
	}

	/// What a prover could assign who gives one step other results and makes all that follows from them: for tests, which
	/// see that no such assignment passes [`Circuit::check`] with another output.
	pub fn assign_tampered(
		&self,
		run: &Run<'_>,
		honest: &Assignment,
		step: usize,
		results: &[Fr],
	) -> Result<Assignment, ProveError> {
		let before = self.steps.iter().take(step).map(Step::outputs).sum::<usize>();
		let mut values = Vec::with_capacity(self.variables);
		values.extend(honest.values.iter().take(INSTANCE_VARIABLES + before));
		values.extend(results);
		self.follow(&self.secrets(run)?, values, step + 1)
	}

	fn secrets(&self, run: &Run<'_>) -> Result<Secrets, ProveError> {
		let (mode, salt) = (self.mode, run.weights_salt);
		let remedy = match (mode, salt) {
			(Mode::PublicWeights, Some(_)) => Some("takes no salt for them; leave it out"),
			(Mode::PrivateWeights, None) => Some("needs the salt of their commitment; give it"),
			_ => None,
		};
		if let Some(remedy) = remedy {
			return Err(ProveError::WeightsSalt { mode: mode.name(), remedy });
		}
		if compile::structure(run.program, mode) != self.structure {
			return Err(ProveError::Structure);
		}
		let weights = match mode {
			Mode::PublicWeights => Vec::new(),
			Mode::PrivateWeights => {
				weights::numbers(run.program).iter().map(|(number, _)| linear::field(*number)).collect()
			}
		};
		let input = weights::elements(run.program, run.input);
		Ok(Secrets { input, weights, input_salt: run.salt, weight_salt: salt.unwrap_or(Fr::ZERO) })
	}

	/// Runs all steps from this one on, then the public inputs that they give.
	fn follow(&self, secrets: &Secrets, mut values: Vec<Fr>, first: usize) -> Result<Assignment, ProveError> {
		for step in self.steps.iter().skip(first) {
			step.run(secrets, &mut values);
		}
		if values.len() != self.variables {
			return Err(ProveError::Structure);
		}
		for (place, public) in self.public.iter().enumerate() {
			values[1 + place] = public.value(&values);
		}
		Ok(Assignment { values })
	}

	/// Checks every equation.
	pub fn check(&self, assignment: &Assignment) -> Result<(), ProveError> {
		let values = &assignment.values;
		if values.len() != self.variables || values.first() != Some(&Fr::one()) {
			return Err(self.unsatisfied(0));
		}
		let [a, b, c] = &self.rows;
		for (row, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
			if evaluate(a, values) * evaluate(b, values) != evaluate(c, values) {
				return Err(self.unsatisfied(row));
			}
		}
		Ok(())
	}

	fn unsatisfied(&self, row: usize) -> ProveError {
		let section = self.sections.iter().find(|section| section.rows.contains(&row));
		ProveError::Unsatisfied { section: section.map_or_else(String::new, |section| section.name.clone()), row }
	}

	/// The part of the circuit that a variable belongs to.
	pub fn section_of(&self, variable: Variable) -> Option<&Section> {
		self.sections.iter().find(|section| section.variables.contains(&variable))
	}
}

/// For the generator of ark-groth16: the equations, and no values.
impl ConstraintSynthesizer<Fr> for &Circuit {
	fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
		let mut names = vec![ArkVariable::One];
		for variable in 1..self.variables {
			names.push(if variable < INSTANCE_VARIABLES {
				system.new_input_variable(|| Err(SynthesisError::AssignmentMissing))?
			} else {
				system.new_witness_variable(|| Err(SynthesisError::AssignmentMissing))?
			});
		}
		let combination = |row: &Row| {
			let terms = row.iter().filter_map(|(coefficient, variable)| Some((*coefficient, *names.get(*variable)?)));
			terms.fold(LinearCombination::zero(), |sum, term| sum + term)
		};
		let [a, b, c] = &self.rows;
		for ((a, b), c) in a.iter().zip(b).zip(c) {
			system.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
		}
		Ok(())
	}
}
