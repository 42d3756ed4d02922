// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From the outputs of an ONNX graph to the result of a model.

use super::*;
use crate::{
	float::ScoreKind,
	graph::{function::Unary, Dense, Weights},
	Task,
};

/// What the result of an import is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
	pub task: Task,
	/// All outputs as they are.
	pub raw: bool,
}

/// A graph that was read.
pub(crate) struct Outcome {
	pub graph: Graph,
	pub operators: Vec<MappedOperator>,
	/// Names of the classes, if the first output is their scores.
	pub labels: Option<Vec<String>>,
	pub score_kind: ScoreKind,
}

/// Scores, and what they are without the last step.
struct Scores {
	node: usize,
	kind: ScoreKind,
}

impl Reader<'_> {
	/// Takes the result from the outputs.
	pub(super) fn finish(mut self, graph: &GraphProto, wanted: &Wanted) -> Result<Outcome, ImportError> {
		let mut outputs = Vec::new();
		for output in &graph.output {
			match self.values.get(output.name.as_str()) {
				None => return Err(ImportError::Malformed(format!("output '{}' is made by no node", output.name))),
				Some(Value::Tensor(tensor)) => outputs.push((output.name.clone(), tensor.clone())),
				Some(_) => {}
			}
		}
		if let Some((name, _)) = outputs.iter().find(|(_, tensor)| tensor.padding != [[0; 2]; 2]) {
			let makes = |(_, node): &(usize, &NodeProto)| node.output.contains(name);
			let reason = "its result is padded: only convolutions and pools read padded values";
			let made =
				graph.node.iter().enumerate().find(makes).map(|(index, node)| refusal(index, node, reason.into()));
			return Err(ImportError::Unsupported(made.into_iter().collect()));
		}
		if outputs.is_empty() {
			return Err(ImportError::Malformed("no output is computed from the input".into()));
		}
		let class = outputs.iter().find_map(|(_, tensor)| self.class(tensor.node));
		let classifies = match wanted.task {
			_ if wanted.raw => false,
			Task::Regression => false,
			Task::Classification => true,
			Task::Auto => class.is_some(),
		};
		let mut scores = class.filter(|_| classifies).map(|node| self.scores(node));
		if scores.is_none() && !wanted.raw && wanted.task != Task::Regression {
			scores = self.last_step(&outputs[0].1, classifies).map_err(plain_error)?;
		}
		let (labels, score_kind) = match scores.filter(|scores| classifies || self.is_row(scores.node)) {
			Some(scores) => {
				if scores.kind != ScoreKind::Values {
					let ends = |operator: &&mut MappedOperator| {
						matches!(operator.op.as_str(), "Softmax" | "LogSoftmax" | "Sigmoid" | "QLinearSoftmax")
					};
					self.operators.iter_mut().rev().find(ends).into_iter().for_each(|last| last.role = Role::Dropped);
				}
				let scores = self.two_classes(scores).map_err(plain_error)?;
				if !self.is_row(scores.node) {
					return Err(ImportError::Malformed("its result is not one score for each class".into()));
				}
				self.graph.outputs = vec![scores.node];
				let count = self.graph.nodes[scores.node].channels();
				(Some((0..count).map(|index| index.to_string()).collect()), scores.kind)
			}
			None => {
				for (name, tensor) in outputs {
					let tensor =
						if tensor.function.is_identity() { tensor } else { self.map(tensor).map_err(plain_error)? };
					let plain = self.plain(tensor).map_err(plain_error)?;
					self.graph.nodes[plain.node].name.get_or_insert(name);
					if !self.graph.outputs.contains(&plain.node) {
						self.graph.outputs.push(plain.node);
					}
				}
				(None, ScoreKind::Values)
			}
		};
		let inputs: Vec<Option<String>> = self.graph.inputs().map(|(_, node)| node.name.clone()).collect();
		self.graph.simplify();
		let used = |name: &Option<String>| self.graph.inputs().any(|(_, node)| node.name == *name);
		if let Some(Some(unused)) = inputs.iter().find(|name| !used(name)) {
			return Err(ImportError::Malformed(format!(
				"no output is computed from input '{unused}'; export the model without it"
			)));
		}
		Ok(Outcome { graph: self.graph, operators: self.operators, labels, score_kind })
	}

	/// The scores whose largest a value names.
	fn class(&self, mut number: usize) -> Option<usize> {
		while let Node { op: FloatOp::Reshape, inputs, .. } = &self.graph.nodes[number] {
			number = *inputs.first()?;
		}
		match &self.graph.nodes[number] {
			Node { op: FloatOp::ArgMax, inputs, .. } => inputs.first().copied(),
			_ => None,
		}
	}

	/// The scores before a softmax, which keeps their order, even if its result is rounded.
	fn scores(&self, node: usize) -> Scores {
		let softmax = match &self.graph.nodes[node] {
			Node { op: FloatOp::Quantise(_), inputs, .. } => inputs[0],
			_ => node,
		};
		match &self.graph.nodes[softmax] {
			Node { op: FloatOp::Softmax, inputs, .. } => Scores { node: inputs[0], kind: ScoreKind::Logits },
			_ => Scores { node, kind: ScoreKind::Values },
		}
	}

	/// The scores before a softmax or sigmoid that ends the graph; of a classifier, those without such an end too.
	fn last_step(&mut self, tensor: &Tensor, classifies: bool) -> Result<Option<Scores>, Refusal> {
		let sigmoid = Arc::new(Function::IDENTITY).then(Unary::Sigmoid);
		if Some(tensor.function.as_ref()) == sigmoid.as_ref() {
			return Ok(Some(Scores { node: tensor.node, kind: ScoreKind::Logistic }));
		}
		let log = Arc::new(Function::IDENTITY).then(Unary::Log);
		let of_softmax = matches!(self.graph.nodes[tensor.node].op, FloatOp::Softmax);
		if of_softmax && Some(tensor.function.as_ref()) == log.as_ref() {
			return Ok(Some(self.scores(tensor.node)));
		}
		if !tensor.function.is_identity() {
			return match classifies {
				true => Ok(Some(Scores { node: self.map(tensor.clone())?.node, kind: ScoreKind::Values })),
				false => Ok(None),
			};
		}
		let mut node = tensor.node;
		while let Node { op: FloatOp::Reshape, inputs, .. } = &self.graph.nodes[node] {
			node = inputs[0];
		}
		let scores = self.scores(node);
		if scores.kind == ScoreKind::Logits {
			return Ok(Some(scores));
		}
		Ok(classifies.then_some(Scores { node: tensor.node, kind: ScoreKind::Values }))
	}

	/// Whether a value is one row.
	fn is_row(&self, node: usize) -> bool {
		let node = &self.graph.nodes[node];
		node.len() == node.channels()
	}

	/// Scores of two classes, if there is one number: 0, and that number.
	fn two_classes(&mut self, scores: Scores) -> Result<Scores, Refusal> {
		let node = &self.graph.nodes[scores.node];
		if node.len() != 1 {
			return Ok(scores);
		}
		let (dims, rank) = (node.dims.clone(), node.dims.len());
		let (inputs, dense) = match &node.op {
			FloatOp::Dense(Dense { weights, bias }) if weights.quantised.is_none() => {
				let values = [vec![0.0; weights.values.len()], weights.values.clone()].concat();
				(node.inputs.clone(), Dense { weights: Weights { values, quantised: None }, bias: vec![0.0, bias[0]] })
			}
			_ => (
				vec![scores.node],
				Dense { weights: Weights { values: vec![0.0, 1.0], quantised: None }, bias: vec![0.0, 0.0] },
			),
		};
		let dims = [dims[..rank - 1].to_vec(), vec![2]].concat();
		let node = self.push(FloatOp::Dense(dense), inputs, dims)?;
		Ok(Scores { node, kind: ScoreKind::Logits })
	}
}

/// A refusal outside of any node.
fn plain_error(refusal: Refusal) -> ImportError {
	match refusal {
		Refusal::Invalid(error) => error,
		Refusal::Unsupported(reason) => ImportError::Malformed(format!("its result cannot be expressed: {reason}")),
	}
}
