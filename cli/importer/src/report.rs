// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What an import did, for people and machines.

use serde::{Deserialize, Serialize};

/// What became of an operator of the ONNX graph.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
	/// The program computes it, alone or folded into a neighbour.
	Computed,
	/// The program takes the place of the largest score.
	Argmax,
	/// It names classes. The names are in [`crate::Imported::labels`].
	Labels,
	/// It makes a constant.
	Constant,
	/// It does not change which class wins, or only changes the form of a value.
	Dropped,
}

/// An operator of the ONNX graph and what became of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MappedOperator {
	/// Operator.
	pub op: String,
	/// Domain of the operator.
	pub domain: String,
	/// Name of the node, or `#<position>` if it has none.
	pub node: String,
	/// What became of it.
	pub role: Role,
}

/// How far the program is from the float model on a table of rows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Comparison {
	/// Rows compared.
	pub rows: usize,
	/// Rows for which both give the same class; absent for a regression.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub same_class: Option<usize>,
	/// Mean absolute difference of a score.
	pub mean_error: f64,
	/// Largest absolute difference of a score.
	pub max_error: f64,
	/// Difference between the largest and the smallest float score, to see the errors in proportion.
	pub score_range: f64,
	/// Numbers of all rows that lie outside the range of the quantised input, and were moved to its border.
	pub saturated: usize,
}

impl Comparison {
	/// Share of rows with the same class, from 0 to 1.
	#[allow(clippy::cast_precision_loss)]
	pub fn agreement(&self) -> Option<f64> {
		(self.rows > 0).then_some(self.same_class? as f64 / self.rows.max(1) as f64)
	}
}

/// What an import did.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
	/// Every operator of the graph, in its order.
	pub operators: Vec<MappedOperator>,
	/// How many of each operation the program has, by name.
	pub operations: Vec<(String, usize)>,
	/// How far the program is from the float model on the calibration rows, if any were given.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub calibration: Option<Comparison>,
}
