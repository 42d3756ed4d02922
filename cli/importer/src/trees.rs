// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From an ensemble of float trees to the program's.
//!
//! The input is the order-preserving keys of the features ([`aivm_inference::float_order_key`]), so every comparison
//! has exactly the outcome that it has in single precision. Elementwise layers in front of the trees (a scaler) are
//! taken into the thresholds, also exactly: they are monotone, so the largest input that still passes a comparison is
//! found by bisection over the keys. Leaf weights become fixed-point integers with one scale.

use aivm_inference::{
	float_order_bits, float_order_key, Comparison, Dtype, PerChannel, ProgramBuilder, Quantisation, Scale, Shape,
	TensorSpec, Tree, TreeEnsemble, FLOAT_ORDER_MAX, FLOAT_ORDER_MIN,
};

use crate::{
	error::ImportError,
	float::{Binary, Ensemble, FloatModel, TreeNode},
};

/// Bits that the largest possible sum takes, leaving room in `i32` for rounding.
const SUM_BITS: i32 = 29;

/// Adds an ensemble to a new program: scores, and the class if the model has classes.
pub(crate) fn build(model: &FloatModel, ensemble: &Ensemble) -> Result<ProgramBuilder, ImportError> {
	let invalid = || ImportError::Quantisation("the ensemble is outside the range of programs".into());
	let shape = u32::try_from(model.inputs).ok().and_then(|inputs| Shape::new(&[inputs])).ok_or_else(invalid)?;
	let spec = TensorSpec { dtype: Dtype::I32, shape, quantisation: Quantisation::FloatOrder };
	let fixed = FixedPoint::new(ensemble)?;
	let (base, targets) = outputs(ensemble, &fixed)?;
	let trees = ensemble
		.trees
		.iter()
		.map(|tree| convert(ensemble, tree, &fixed, targets.is_some(), base.len()))
		.collect::<Option<Vec<_>>>()
		.ok_or_else(invalid)?;
	let trees = TreeEnsemble::from_trees(Comparison::LessOrEqual, base, &trees, targets)
		.map_err(|error| ImportError::Program(error.to_string()))?;

	let mut program = ProgramBuilder::new(vec![spec]);
	let scores = program.trees(program.input(0), trees);
	if model.labels.is_some() {
		let class = program.arg_max(scores);
		program.output(class, Quantisation::Raw);
	}
	let scales = PerChannel::One(Scale::new(1, fixed.exponent).ok_or_else(invalid)?);
	program.output(scores, Quantisation::Affine { scales, zero_points: PerChannel::One(0) });
	Ok(program)
}

/// Numbers as multiples of a power of two.
struct FixedPoint {
	/// What a number is multiplied by.
	factor: f64,
	/// The same as a power of two, negated: a multiple stands for itself times `2^exponent`.
	exponent: i16,
	/// What a leaf weight is multiplied by before that, for averages.
	share: f64,
}

impl FixedPoint {
	/// The finest scale at which no sum can leave `i32`, whichever leaves are reached.
	#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
	fn new(ensemble: &Ensemble) -> Result<Self, ImportError> {
		let share = if ensemble.average { 1.0 / ensemble.trees.len().max(1) as f64 } else { 1.0 };
		let largest = |tree: &Vec<TreeNode>| {
			let leaves = tree.iter().filter_map(|node| match node {
				TreeNode::Leaf(weights) => Some(weights.iter().map(|(_, weight)| f64::from(weight.abs())).sum::<f64>()),
				TreeNode::Branch { .. } => None,
			});
			leaves.fold(0.0, f64::max)
		};
		let base = ensemble.base.iter().map(|base| f64::from(base.abs())).fold(0.0, f64::max);
		let one = if ensemble.binary == Some(Binary::Probability) { 1.0 } else { 0.0 };
		let bound = ensemble.trees.iter().map(largest).sum::<f64>() * share + base + one;
		if !bound.is_finite() {
			return Err(ImportError::Quantisation("a sum of leaf weights is not finite".into()));
		}
		// Every tree rounds once, by at most one half: that many units must still fit.
		let bits = if bound > 0.0 { SUM_BITS - bound.log2().ceil() as i32 } else { SUM_BITS };
		let bits = bits.clamp(-128, 128);
		Ok(Self { factor: f64::from(bits).exp2(), exponent: -(bits as i16), share })
	}

	#[allow(clippy::cast_possible_truncation)]
	fn round(&self, value: f64) -> i32 {
		// In range by the choice of the factor; `as` saturates.
		(value * self.factor).round_ties_even() as i32
	}
}

/// The start value of each output, and the output of each tree if all leaves of a tree add to one output only.
fn outputs(ensemble: &Ensemble, fixed: &FixedPoint) -> Result<(Vec<i32>, Option<Vec<u16>>), ImportError> {
	let base: Vec<i32> = ensemble.base.iter().map(|base| fixed.round((*base).into())).collect();
	match ensemble.binary {
		Some(Binary::Logit) => {
			let targets = vec![1; ensemble.trees.len()];
			Ok((std::iter::once(0).chain(base).collect(), Some(targets)))
		}
		Some(Binary::Probability) => {
			let one = fixed.round(1.0);
			Ok((base.iter().flat_map(|base| [one.saturating_sub(*base), *base]).collect(), None))
		}
		None => {
			let targets = ensemble.trees.iter().map(|tree| only_target(tree)).collect::<Option<Vec<_>>>();
			let targets = targets.map(|targets| targets.into_iter().map(u16::try_from).collect::<Result<Vec<_>, _>>());
			match targets.transpose() {
				Ok(targets) => Ok((base, targets)),
				Err(_) => Err(ImportError::Quantisation("the ensemble has too many outputs".into())),
			}
		}
	}
}

/// The one output that all leaves of a tree add to, if there is only one.
fn only_target(tree: &[TreeNode]) -> Option<usize> {
	let mut target = None;
	for node in tree {
		if let TreeNode::Leaf(weights) = node {
			for (output, _) in weights {
				if *target.get_or_insert(*output) != *output {
					return None;
				}
			}
		}
	}
	Some(target.unwrap_or(0))
}

/// Converts one tree.
fn convert(
	ensemble: &Ensemble,
	nodes: &[TreeNode],
	fixed: &FixedPoint,
	one_target: bool,
	outputs: usize,
) -> Option<Tree> {
	// Children come after their parents, so from the end on every child is there before its parent wants it.
	let mut made: Vec<Option<Tree>> = Vec::new();
	made.resize_with(nodes.len(), || None);
	for (index, node) in nodes.iter().enumerate().rev() {
		let tree = match node {
			TreeNode::Leaf(weights) => {
				let mut sums = vec![0.0; ensemble.base.len()];
				for (output, weight) in weights {
					sums[*output] += f64::from(*weight) * fixed.share;
				}
				Tree::Leaf(match ensemble.binary {
					Some(Binary::Probability) => {
						let weight = fixed.round(sums[0]);
						vec![-weight, weight]
					}
					_ if one_target => vec![fixed.round(sums.iter().sum())],
					_ => {
						let mut weights: Vec<i32> = sums.iter().map(|sum| fixed.round(*sum)).collect();
						weights.resize(outputs, 0);
						weights
					}
				})
			}
			TreeNode::Branch { feature, strict, threshold, yes, no } => {
				let (yes, no) = (Box::new(made[*yes].take()?), Box::new(made[*no].take()?));
				let test = Test { ensemble, feature: *feature, strict: *strict, threshold: *threshold };
				let (threshold, swapped) = test.threshold();
				let (first, second) = if swapped { (no, yes) } else { (yes, no) };
				Tree::Branch { feature: u16::try_from(*feature).ok()?, threshold, first, second }
			}
		};
		made[index] = Some(tree);
	}
	made.first_mut()?.take()
}

/// A comparison of a feature, after the layers in front of the trees.
struct Test<'a> {
	ensemble: &'a Ensemble,
	feature: usize,
	strict: bool,
	threshold: f32,
}

impl Test<'_> {
	/// Whether the comparison holds for the feature with this key. Keys without a number count as the one above.
	fn holds(&self, key: i32) -> bool {
		let bits = float_order_bits(key).unwrap_or(0);
		let layers = self.ensemble.input.iter();
		let value = layers.fold(f32::from_bits(bits), |value, layer| layer.apply_one(self.feature, value));
		if self.strict {
			value < self.threshold
		} else {
			value <= self.threshold
		}
	}

	/// The key with which "at most" says the same, and whether it says the opposite instead.
	fn threshold(&self) -> (i32, bool) {
		if self.ensemble.input.is_empty() && !self.strict {
			// NaN was refused when the tree was read.
			return (float_order_key(self.threshold.to_bits()).unwrap_or(FLOAT_ORDER_MAX), false);
		}
		// Finite inputs only: at infinity a scaler may give NaN. Infinities then go the way of the largest finite
		// numbers.
		let (lowest, highest) = match self.ensemble.input.is_empty() {
			true => (FLOAT_ORDER_MIN, FLOAT_ORDER_MAX),
			false => (FLOAT_ORDER_MIN + 1, FLOAT_ORDER_MAX - 1),
		};
		match (self.holds(lowest), self.holds(highest)) {
			(true, true) => (FLOAT_ORDER_MAX, false),
			(false, false) => (FLOAT_ORDER_MAX, true),
			(low, _) => {
				// Layers in front are monotone, so there is one change between the ends.
				let (mut before, mut after) = (lowest, highest);
				while i64::from(after) - i64::from(before) > 1 {
					let middle = before.midpoint(after);
					if self.holds(middle) == low {
						before = middle;
					} else {
						after = middle;
					}
				}
				(before, !low)
			}
		}
	}
}
