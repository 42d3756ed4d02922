// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The parameters of operators, in short.

use std::fmt;

use aivm_inference::{Op, PerChannel, TensorType};
use serde::Serialize;

/// One number, or one for each channel: from the smallest to the largest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread<T> {
	/// The smallest.
	pub smallest: T,
	/// The largest.
	pub largest: T,
	/// How many are written down: 1, or one for each channel.
	pub count: usize,
}

impl<T: Copy + PartialOrd> Spread<T> {
	/// From the smallest to the largest of some numbers; `None` of none.
	pub fn of(values: impl IntoIterator<Item = T>) -> Option<Self> {
		values.into_iter().fold(None, |spread: Option<Self>, value| {
			let Self { smallest, largest, count } =
				spread.unwrap_or(Self { smallest: value, largest: value, count: 0 });
			Some(Self {
				smallest: if value < smallest { value } else { smallest },
				largest: if value > largest { value } else { largest },
				count: count + 1,
			})
		})
	}

	const fn one(value: T) -> Self {
		Self { smallest: value, largest: value, count: 1 }
	}

	fn text(&self, short: impl Fn(T) -> String) -> String {
		let (smallest, largest) = (short(self.smallest), short(self.largest));
		let range = if smallest == largest { smallest } else { format!("{smallest}..{largest}") };
		match self.count {
			1 => range,
			count => format!("{range} ({count})"),
		}
	}
}

impl fmt::Display for Spread<f64> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&self.text(short))
	}
}

impl fmt::Display for Spread<i32> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&self.text(|value| value.to_string()))
	}
}

/// A number with three significant digits.
fn short(value: f64) -> String {
	let plain = |decimals: usize| {
		let text = format!("{value:.decimals$}");
		if text.contains('.') {
			text.trim_end_matches('0').trim_end_matches('.').to_owned()
		} else {
			text
		}
	};
	match value.abs() {
		0.0 => "0".into(),
		100.0..1e6 => plain(0),
		10.0..100.0 => plain(1),
		1.0..10.0 => plain(2),
		0.1..1.0 => plain(3),
		0.01..0.1 => plain(4),
		0.001..0.01 => plain(5),
		0.0001..0.001 => plain(6),
		_ => format!("{value:.2e}"),
	}
}

fn zeros(zeros: &PerChannel<i8>) -> Option<Spread<i32>> {
	Spread::of(zeros.values().iter().map(|zero| i32::from(*zero)))
}

/// The factors and zero points of an operator.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Scales {
	/// The integer that stands for 0 in each input that has one.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub input_zero_points: Vec<i8>,
	/// The integers that stand for 0 in the weights.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub weight_zero_points: Option<Spread<i32>>,
	/// The factors: of the sums, or of each input.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub multipliers: Vec<Spread<f64>>,
	/// The integer that stands for 0 in the result.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub zero_point: Option<i8>,
}

impl Scales {
	/// Those of this operator.
	pub fn of(op: &Op) -> Self {
		match op {
			Op::Dense(layer) => Self {
				input_zero_points: vec![layer.input_zero_point],
				weight_zero_points: zeros(&layer.weight_zero_points),
				..Self::default()
			},
			Op::Conv2d(layer) => Self {
				input_zero_points: vec![layer.input_zero_point],
				weight_zero_points: zeros(&layer.weight_zero_points),
				..Self::default()
			},
			Op::Requantise(layer) => Self {
				multipliers: Spread::of(layer.multipliers.values().iter().map(|factor| factor.to_f64()))
					.map_or_else(Vec::new, |factors| vec![factors]),
				zero_point: Some(layer.zero_point),
				..Self::default()
			},
			Op::AveragePool(layer) => Self {
				input_zero_points: vec![layer.input_zero_point],
				multipliers: vec![Spread::one(layer.multiplier.to_f64())],
				zero_point: Some(layer.zero_point),
				..Self::default()
			},
			Op::Add(layer) => {
				let unit = (-f64::from(layer.shift)).exp2();
				Self {
					input_zero_points: layer.input_zero_points.to_vec(),
					multipliers: layer.factors.map(|factor| Spread::one(f64::from(factor) * unit)).to_vec(),
					zero_point: Some(layer.zero_point),
					..Self::default()
				}
			}
			Op::Multiply(layer) => Self {
				input_zero_points: layer.input_zero_points.to_vec(),
				multipliers: vec![Spread::one(layer.multiplier.to_f64())],
				zero_point: Some(layer.zero_point),
				..Self::default()
			},
			Op::Softmax(layer) => Self {
				multipliers: vec![Spread::one(layer.multiplier.to_f64())],
				zero_point: Some(layer.zero_point),
				..Self::default()
			},
			Op::Clamp(_)
			| Op::ArgMax
			| Op::TreeEnsemble(_)
			| Op::MaxPool(_)
			| Op::Concat { .. }
			| Op::Reshape { .. }
			| Op::Transpose { .. }
			| Op::Lookup(_)
			| Op::Embed(_) => Self::default(),
		}
	}
}

impl fmt::Display for Scales {
	/// `in -128, weights 0, x 0.0011..0.0087 (64), out 3`, without what the operator has not.
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let list = |values: Vec<String>| values.join(" ");
		let mut parts = Vec::new();
		if !self.input_zero_points.is_empty() {
			parts.push(format!("in {}", list(self.input_zero_points.iter().map(i8::to_string).collect())));
		}
		parts.extend(self.weight_zero_points.map(|zeros| format!("weights {zeros}")));
		if !self.multipliers.is_empty() {
			parts.push(format!("x {}", list(self.multipliers.iter().map(Spread::<f64>::to_string).collect())));
		}
		parts.extend(self.zero_point.map(|zero| format!("out {zero}")));
		f.write_str(&parts.join(", "))
	}
}

/// The parameters of an operator in a few words; empty if its name says all. `input` is the type of its first input.
pub fn details(op: &Op, input: Option<&TensorType>) -> String {
	let features = input.map_or(0, |input| input.shape.features());
	match op {
		Op::Dense(layer) => format!("{features} to {}", layer.bias.len()),
		Op::Conv2d(layer) => {
			let groups = match layer.groups {
				1 => String::new(),
				groups if groups == features => "depthwise ".into(),
				groups => format!("{groups} groups "),
			};
			groups + &window(&layer.window)
		}
		Op::MaxPool(layer) => window(&layer.window),
		Op::AveragePool(layer) => window(&layer.window),
		Op::Clamp(clamp) => match (clamp.low, clamp.high) {
			(low, i32::MAX) => format!("from {low}"),
			(i32::MIN, high) => format!("to {high}"),
			(low, high) => format!("{low}..{high}"),
		},
		Op::TreeEnsemble(trees) => {
			let branches = trees.features.len();
			format!("{} trees, {branches} branches", trees.trees())
		}
		Op::Concat { axis } => format!("axis {axis}"),
		Op::Transpose { order } => order.iter().map(u8::to_string).collect::<Vec<_>>().join(" "),
		Op::Embed(embed) => {
			let width = usize::try_from(embed.width).unwrap_or(usize::MAX).max(1);
			format!("{} rows of {}", embed.table.len() / width, embed.width)
		}
		Op::Requantise(layer) => match layer.multipliers.values().len() {
			1 => "one factor".into(),
			count => format!("{count} factors"),
		},
		Op::Add(_) | Op::Multiply(_) | Op::ArgMax | Op::Reshape { .. } | Op::Lookup(_) | Op::Softmax(_) => {
			String::new()
		}
	}
}

/// `3x3 /2 dilated 2 pad 1`, without what is usual.
fn window(window: &aivm_inference::Window) -> String {
	let pair = |[rows, columns]: [u16; 2]| {
		if rows == columns {
			rows.to_string()
		} else {
			format!("{rows}x{columns}")
		}
	};
	let [rows, columns] = window.kernel;
	let mut text = format!("{rows}x{columns}");
	if window.strides != [1, 1] {
		text += &format!(" /{}", pair(window.strides));
	}
	if window.dilations != [1, 1] {
		text += &format!(" dilated {}", pair(window.dilations));
	}
	match (window.before, window.after) {
		([0, 0], [0, 0]) => (),
		(before, after) if before == after => text += &format!(" pad {}", pair(before)),
		([top, left], [bottom, right]) => text += &format!(" pad {top},{left},{bottom},{right}"),
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn spread_should_say_how_many_numbers_there_are() {
		let text = |values: &[f64]| Spread::of(values.to_vec()).unwrap().to_string();
		assert_eq!(text(&[0.0]), "0");
		assert_eq!(text(&[0.001_234_5]), "0.00123");
		assert_eq!(Spread::of([-3, 5, 0]).unwrap().to_string(), "-3..5 (3)");
		assert_eq!(text(&[0.5, 0.25, 0.125]), "0.125..0.5 (3)");
		assert_eq!(text(&[128.4, 128.4]), "128 (2)");
		assert_eq!(text(&[2.5e-9]), "2.50e-9");
		assert_eq!(Spread::<i32>::of([]), None);
	}
}
