// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The float model: what an ONNX graph computes, reduced to a chain of layers or an ensemble of trees, and its
//! evaluator.

use std::sync::Arc;

use crate::{
	decode::{self, limit},
	error::*,
	graph::{
		read::{read, Outcome, Wanted},
		Graph,
	},
	lower,
	report::MappedOperator,
	Options,
};

/// One step of a network. Each works on one row of numbers.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Layer {
	/// Adds one constant to each number.
	Add(Vec<f32>),
	/// Multiplies each number by a constant.
	Multiply(Vec<f32>),
	/// Divides each number by a constant.
	Divide(Vec<f32>),
	/// A matrix and a bias.
	Dense(Dense),
	/// Bounds each number from below and above. A ReLU is `Clamp(0, infinity)`.
	Clamp(f32, f32),
}

/// `output[o] = bias[o] + sum over i of weights[o * inputs + i] * input[i]`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Dense {
	/// Numbers of a row that goes in; at least 1.
	pub inputs: usize,
	/// `outputs * inputs` weights, output by output.
	pub weights: Vec<f32>,
	/// One number for each output.
	pub bias: Vec<f32>,
}

impl Layer {
	/// Numbers that are stored for this layer.
	pub fn parameters(&self) -> usize {
		match self {
			Self::Add(values) | Self::Multiply(values) | Self::Divide(values) => values.len(),
			Self::Dense(dense) => dense.weights.len() + dense.bias.len(),
			Self::Clamp(..) => 0,
		}
	}

	/// Whether every output number depends on the input number of the same place only.
	pub fn is_elementwise(&self) -> bool {
		!matches!(self, Self::Dense(_))
	}

	/// Applies an elementwise layer to number `index` of a row. A dense layer leaves it as it is.
	pub fn apply_one(&self, index: usize, value: f32) -> f32 {
		let at = |values: &[f32]| values.get(index).copied().unwrap_or_default();
		match self {
			Self::Add(values) => value + at(values),
			Self::Multiply(values) => value * at(values),
			Self::Divide(values) => value / at(values),
			Self::Clamp(low, high) => value.max(*low).min(*high),
			Self::Dense(_) => value,
		}
	}

	/// Applies the layer to a row.
	#[allow(clippy::cast_possible_truncation)]
	pub fn apply(&self, row: &[f32]) -> Vec<f32> {
		let Self::Dense(dense) = self else {
			return row.iter().enumerate().map(|(index, value)| self.apply_one(index, *value)).collect();
		};
		let product = |(weights, bias): (&[f32], &f32)| {
			let pairs = weights.iter().zip(row);
			(f64::from(*bias) + pairs.map(|(weight, value)| f64::from(*weight) * f64::from(*value)).sum::<f64>()) as f32
		};
		dense.weights.chunks_exact(dense.inputs).zip(&dense.bias).map(product).collect()
	}
}

/// What the two class scores of a binary ensemble are, given its one sum `s`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binary {
	/// `0` and `s`: the second class wins if `s` is positive.
	Logit,
	/// `1 - s` and `s`: the second class wins if `s` is above one half.
	Probability,
}

/// A node of a tree.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum TreeNode {
	/// Goes to `yes` if the feature is at most (or, if `strict`, below) the threshold, else to `no`.
	Branch { feature: usize, strict: bool, threshold: f32, yes: usize, no: usize },
	/// Adds weights to outputs.
	Leaf(Vec<(usize, f32)>),
}

/// Trees whose leaves are summed.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Ensemble {
	/// Elementwise layers between the input and the comparisons.
	pub input: Vec<Arc<Layer>>,
	/// Nodes of each tree in preorder; the first is the root.
	pub trees: Vec<Vec<TreeNode>>,
	/// One number for each sum.
	pub base: Vec<f32>,
	/// Whether the sums over trees are divided by the number of trees before the base is added.
	pub average: bool,
	/// How one sum becomes two class scores.
	pub binary: Option<Binary>,
}

impl Ensemble {
	/// Number of scores.
	pub fn outputs(&self) -> usize {
		self.base.len() + usize::from(self.binary.is_some())
	}

	/// Whether every weight of every leaf is 0 or more.
	pub fn has_no_negative_weight(&self) -> bool {
		self.trees.iter().flatten().all(|node| match node {
			TreeNode::Leaf(weights) => weights.iter().all(|(_, weight)| *weight >= 0.0),
			TreeNode::Branch { .. } => true,
		})
	}

	#[allow(clippy::cast_precision_loss)]
	fn run(&self, row: &[f32]) -> Vec<f32> {
		let row = self.input.iter().fold(row.to_vec(), |row, layer| layer.apply(&row));
		let mut sums = vec![0f32; self.base.len()];
		for tree in &self.trees {
			let mut at = 0;
			loop {
				match &tree[at] {
					TreeNode::Branch { feature, strict, threshold, yes, no } => {
						let value = row[*feature];
						let taken = if *strict { value < *threshold } else { value <= *threshold };
						at = if taken { *yes } else { *no };
					}
					TreeNode::Leaf(weights) => {
						weights.iter().for_each(|(output, weight)| sums[*output] += weight);
						break;
					}
				}
			}
		}
		let divisor = if self.average { self.trees.len() as f32 } else { 1.0 };
		let scores = sums.iter().zip(&self.base).map(|(sum, base)| sum / divisor + base);
		match self.binary {
			None => scores.collect(),
			Some(Binary::Logit) => std::iter::once(0.0).chain(scores).collect(),
			Some(Binary::Probability) => scores.flat_map(|score| [1.0 - score, score]).collect(),
		}
	}
}

/// What the scores of a model mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreKind {
	/// Plain values: the results of a regression, or class scores without a known link to probabilities.
	Values,
	/// Class scores whose softmax is the probabilities. The largest wins.
	Logits,
	/// Class scores whose sigmoid is each class's probability against all others. The largest wins.
	Logistic,
	/// Class probabilities. The largest wins.
	Probabilities,
}

impl ScoreKind {
	/// The probabilities (summing to 1) that class scores stand for, or `None` if they have no such meaning.
	pub fn probabilities(self, scores: &[f64]) -> Option<Vec<f64>> {
		let share = |weights: Vec<f64>| {
			let sum: f64 = weights.iter().sum();
			(sum > 0.0).then(|| weights.iter().map(|weight| weight / sum).collect())
		};
		match self {
			Self::Values => None,
			Self::Logits => {
				let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
				share(scores.iter().map(|score| (score - most).exp()).collect())
			}
			Self::Logistic => share(scores.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect()),
			Self::Probabilities => share(scores.iter().map(|score| score.max(0.0)).collect()),
		}
	}
}

/// What a model answers for one row.
#[derive(Clone, PartialEq, Debug)]
pub struct FloatOutput {
	/// Index of the class with the largest score, the first of equals; `None` for a regression.
	pub class: Option<usize>,
	/// One score for each class, or the values of a regression. See [`FloatModel::score_kind`].
	pub scores: Vec<f32>,
}

/// A model as ONNX means it, in single precision: the reference that a quantised program is compared to.
#[derive(Clone, PartialEq, Debug)]
pub struct FloatModel {
	pub(crate) inputs: usize,
	pub(crate) layers: Vec<Arc<Layer>>,
	pub(crate) trees: Option<Arc<Ensemble>>,
	/// The graph of a model that is neither a chain of layers nor trees.
	pub(crate) graph: Option<Arc<Graph>>,
	pub(crate) outputs: usize,
	pub(crate) labels: Option<Vec<String>>,
	pub(crate) score_kind: ScoreKind,
}

impl FloatModel {
	/// Reads an ONNX model.
	///
	/// # Errors
	/// [`ImportError`] if the bytes are no ONNX model, are over a limit, or hold operators that are not supported.
	pub fn from_onnx(onnx: &[u8], options: &Options) -> Result<Self, ImportError> {
		Ok(load(onnx, options)?.0)
	}

	/// Numbers that a row must have.
	pub fn inputs(&self) -> usize {
		self.inputs
	}

	/// Number of scores.
	pub fn outputs(&self) -> usize {
		self.outputs
	}

	/// Names of the classes in the order of the scores; `None` for a regression.
	pub fn labels(&self) -> Option<&[String]> {
		self.labels.as_deref()
	}

	/// What the scores mean.
	pub fn score_kind(&self) -> ScoreKind {
		self.score_kind
	}

	/// Whether the model is an ensemble of trees.
	pub fn is_trees(&self) -> bool {
		self.trees.is_some()
	}

	/// Runs the model on one row.
	///
	/// # Errors
	/// [`RowError`] if the row has the wrong length or holds NaN.
	pub fn run(&self, row: &[f32]) -> Result<FloatOutput, RowError> {
		check_row(self.inputs, row)?;
		let scores = match (&self.trees, &self.graph) {
			(Some(trees), _) => trees.run(row),
			(None, Some(graph)) => graph.run(row, &mut |_, _| ()).into_iter().next().unwrap_or_default(),
			(None, None) => self.layers.iter().fold(row.to_vec(), |row, layer| layer.apply(&row)),
		};
		let class = self.labels.is_some().then(|| first_largest(&scores));
		Ok(FloatOutput { class, scores })
	}

	/// The name of the class of an output, if the model has classes.
	pub fn label(&self, output: &FloatOutput) -> Option<&str> {
		self.labels.as_ref()?.get(output.class?).map(String::as_str)
	}
}

/// Reads an ONNX model: as trees or a chain of dense layers if it is one, else as a graph. Also says what became of each
/// operator.
pub(crate) fn load(onnx: &[u8], options: &Options) -> Result<(FloatModel, Vec<MappedOperator>), ImportError> {
	let model = decode::decode(onnx, options.max_onnx_bytes)?;
	let nodes = model.graph.as_ref().map(|graph| graph.node.as_slice()).unwrap_or_default();
	let chain = lower::lower(&model, options.task);
	// Outputs as they are can only come from a graph, if it is one.
	if chain.is_ok() && (!options.raw_outputs || nodes.iter().any(|node| lower::domain(node) == "ai.onnx.ml")) {
		return chain;
	}
	match read(&model, &Wanted { task: options.task, raw: options.raw_outputs }) {
		Ok(Outcome { graph, operators, labels, score_kind }) => {
			limit("multiplications of a run", graph.work(), options.limits.max_macs)?;
			let largest = graph.nodes.iter().map(|node| node.len() as u64).max().unwrap_or(0);
			limit("elements of a value", largest, options.limits.max_memory.into())?;
			let outputs = graph.outputs.first().map_or(0, |output| graph.nodes[*output].len());
			let inputs = graph.input_len();
			let graph = Some(Arc::new(graph));
			Ok((FloatModel { inputs, layers: Vec::new(), trees: None, graph, outputs, labels, score_kind }, operators))
		}
		// The refusal of the reader whose kind of model it is says more.
		Err(error) => Err(match chain {
			Err(refusal) if nodes.iter().any(|node| lower::domain(node) == "ai.onnx.ml") => refusal,
			Err(ImportError::Malformed(_)) if matches!(error, ImportError::Unsupported(_)) => error,
			Err(refusal) if nodes.iter().all(lower::reads) => refusal,
			_ => error,
		}),
	}
}

/// Checks the length of a row, and that none of it is NaN.
pub(crate) fn check_row(expected: usize, row: &[f32]) -> Result<(), RowError> {
	if row.len() != expected {
		return Err(RowError::Shape { expected, given: row.len() });
	}
	row.iter().position(|value| value.is_nan()).map_or(Ok(()), |index| Err(RowError::NotANumber(index)))
}

/// The index of the largest number, the first of equals.
pub(crate) fn first_largest<T: PartialOrd>(values: &[T]) -> usize {
	(1..values.len()).fold(0, |best, index| if values[index] > values[best] { index } else { best })
}
