// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators of quantised models.
//!
//! `QuantizeLinear` is a node that rounds to a grid, `DequantizeLinear` only gives the integers their meaning, and the
//! `QLinear` operators are what they stand for: an operator on real numbers between the two. Programs hold signed bytes,
//! so unsigned ones are moved by -128 together with their zero points.

use super::{constants::Quantised, *};
use crate::decode::Elements;

/// By how much integers of an element type are moved, or a refusal if it is no byte.
fn moved(data_type: i32) -> Result<i64, Refusal> {
	match data_type {
		data_type::UINT8 => Ok(-128),
		data_type::INT8 => Ok(0),
		_ => unsupported("it quantises to a type other than bytes"),
	}
}

/// Scale and zero point of inputs `scale` and `scale + 1`, and by how much the integers are moved. Without a zero point
/// the integers are unsigned, unless `unsigned` says otherwise.
fn grid(site: &Site, scale: usize, unsigned: bool) -> Result<(Grid, bool), Refusal> {
	let value = site.number(scale)?;
	let (zero_point, moved) = match site.has(scale + 1) {
		true => {
			let known = site.constant(scale + 1)?;
			let Some([zero]) = known.constant.ints() else { return unsupported("its zero point is not one integer") };
			(*zero, moved(known.constant.data_type)?)
		}
		false => (0, if unsigned { -128 } else { 0 }),
	};
	let zero_point = i32::try_from(zero_point + moved).ok().filter(|zero| (-128..=127).contains(zero));
	match zero_point {
		Some(zero_point) if value.is_finite() && value > 0.0 => {
			Ok((Grid { scale: value.into(), zero_point }, moved != 0))
		}
		_ => malformed("a scale is not positive, or a zero point is no byte"),
	}
}

impl<'a> Reader<'a> {
	/// Input `index` as the numbers that its integers stand for by the scale and zero point in inputs `scale` and on.
	fn dequantised(&mut self, site: &Site<'a>, index: usize, scale: usize) -> Result<Tensor, Refusal> {
		let tensor = self.tensor(site, index)?;
		let unsigned = match tensor.integers {
			Some(Integers::Bytes { unsigned }) => unsigned,
			Some(Integers::Quantised(_)) => true,
			_ => return unsupported(format!("its input {index} is not bytes")),
		};
		let (grid, _) = grid(site, scale, unsigned)?;
		self.meaning(tensor, grid)
	}

	/// The numbers that the integers of a tensor stand for.
	fn meaning(&mut self, tensor: Tensor, grid: Grid) -> Result<Tensor, Refusal> {
		match tensor.integers {
			Some(Integers::Quantised(given)) if given != grid => {
				unsupported("the integers that it reads were made with another scale or zero point")
			}
			Some(Integers::Bytes { .. }) => {
				self.interpret(&tensor, InputKind::Quantised(grid))?;
				Ok(Tensor { integers: None, ..tensor })
			}
			_ => Ok(Tensor { integers: None, ..tensor }),
		}
	}

	/// A tensor rounded to a grid.
	fn quantised(&mut self, tensor: Tensor, grid: Grid) -> Result<Tensor, Refusal> {
		let dims = self.graph.nodes[tensor.node].dims.clone();
		let node = self.push(FloatOp::Quantise(grid), vec![tensor.node], dims)?;
		Ok(Tensor { integers: Some(Integers::Quantised(grid)), ..tensor.at(node) })
	}

	/// The result of an operator on real numbers, quantised by the scale and zero point in inputs `scale` and on.
	fn finished(&mut self, site: &Site<'a>, tensor: Tensor, scale: usize) -> Read {
		let (grid, _) = grid(site, scale, true)?;
		let tensor = if tensor.function.is_identity() { tensor } else { self.map(tensor)? };
		computed(self.quantised(tensor, grid)?)
	}
}

/// `QuantizeLinear` of a computed value.
pub(super) fn quantise<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.real(site, 0)?;
	let (grid, _) = grid(site, 1, site.attributes().int("output_dtype").is_none_or(|kind| kind != 3))?;
	computed(reader.quantised(tensor, grid)?)
}

/// `DequantizeLinear` of a computed value: it says what integers mean.
pub(super) fn dequantise<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.dequantised(site, 0, 1)?;
	Ok((vec![Value::Tensor(tensor)], Role::Computed))
}

/// Scales and zero points of inputs `scale` and on: one, or one for each place along an axis. Also the moved integers.
fn meaning(site: &Site, known: &Known, scale: usize, axis: usize) -> Result<Quantised, Refusal> {
	let Some(integers) = known.constant.ints() else { return unsupported("it reads numbers as integers") };
	let kind = known.constant.data_type;
	let moved = if kind == data_type::INT32 { 0 } else { moved(kind)? };
	let scales = site.constant(scale)?.floats()?;
	let zero_points = match site.has(scale + 1) {
		true => site.constant(scale + 1)?.constant.ints().unwrap_or_default().to_vec(),
		false => vec![0],
	};
	let size = known.dims().get(axis).copied().unwrap_or(1);
	let fits = |count: usize| count == 1 || count == size;
	if !fits(scales.len()) || !fits(zero_points.len()) || !scales.iter().all(|scale| *scale > 0.0) {
		return unsupported("its scales are not positive, or not one for each channel");
	}
	Ok(Quantised {
		integers: integers.iter().map(|value| value.saturating_add(moved)).collect(),
		scales,
		zero_points: zero_points.iter().map(|value| value.saturating_add(moved)).collect(),
		axis,
	})
}

/// A constant whose integers stand for numbers.
#[allow(clippy::cast_precision_loss)]
fn known(constant: &Constant, quantised: Quantised) -> Known {
	let inner: usize = constant.dims.iter().skip(quantised.axis + 1).product::<usize>().max(1);
	let size = constant.dims.get(quantised.axis).copied().unwrap_or(1).max(1);
	let number = |(place, integer): (usize, &i64)| {
		let channel = place / inner % size;
		let zero_point = quantised.zero_points[channel % quantised.zero_points.len()];
		integer.saturating_sub(zero_point) as f32 * quantised.scales[channel % quantised.scales.len()]
	};
	let values = quantised.integers.iter().enumerate().map(number).collect();
	Known { constant: Constant::of_floats(constant.dims.clone(), values), quantised: Some(quantised) }
}

/// The axis along which scales differ.
fn channel_axis(site: &Site, known: &Known) -> Result<usize, Refusal> {
	if site.attributes().int("block_size").unwrap_or(0) != 0 {
		return unsupported("its scales are those of blocks");
	}
	match known.dims().len() {
		0 => Ok(0),
		rank => {
			let number = site.attributes().int("axis").unwrap_or(1);
			Ok(place(number, rank).unwrap_or(0))
		}
	}
}

/// `DequantizeLinear` of a constant.
pub(super) fn dequantise_constant(site: &Site, constant: &Known) -> Result<Known, Refusal> {
	Ok(known(&constant.constant, meaning(site, constant, 1, channel_axis(site, constant)?)?))
}

/// `QuantizeLinear` of a constant.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn quantise_constant(site: &Site, constant: &Known) -> Result<Known, Refusal> {
	let kind = match site.has(2) {
		true => site.constant(2)?.constant.data_type,
		false => data_type::UINT8,
	};
	let (low, high) = if moved(kind)? == 0 { (-128.0, 127.0) } else { (0.0, 255.0) };
	let axis = channel_axis(site, constant)?;
	let values = constant.floats()?;
	let unknown = Known::new(Constant {
		dims: constant.dims().to_vec(),
		data: Elements::Ints(vec![0; values.len()]),
		data_type: kind,
	});
	let Quantised { scales, .. } = meaning(site, &unknown, 1, axis)?;
	let zero_points = match site.has(2) {
		true => site.constant(2)?.floats()?,
		false => vec![0.0],
	};
	let inner: usize = constant.dims().iter().skip(axis + 1).product::<usize>().max(1);
	let size = constant.dims().get(axis).copied().unwrap_or(1).max(1);
	let integer = |(place, value): (usize, &f32)| {
		let channel = place / inner % size;
		let steps = (value / scales[channel % scales.len()]).round_ties_even();
		(steps + zero_points[channel % zero_points.len()]).clamp(low, high) as i64
	};
	let integers = values.iter().enumerate().map(integer).collect();
	Ok(Known::new(Constant { dims: constant.dims().to_vec(), data: Elements::Ints(integers), data_type: kind }))
}

/// The constant input `index` of integers with the scales in inputs `scale` and on, which differ along `axis`.
fn weights(site: &Site, index: usize, scale: usize, axis: usize) -> Result<Known, Refusal> {
	let constant = site.constant(index)?;
	Ok(known(&constant.constant, meaning(site, constant, scale, axis)?))
}

/// A bias of integers whose unit is the product of the scales of input and weights.
#[allow(clippy::cast_precision_loss)]
fn bias(site: &Site, index: usize, input_scale: f32, weights: &Known) -> Result<Option<Vec<f64>>, Refusal> {
	if !site.has(index) {
		return Ok(None);
	}
	let Some(integers) = site.constant(index)?.constant.ints() else { return unsupported("its bias is not integers") };
	let scales = weights.quantised.as_ref().map(|quantised| quantised.scales.as_slice()).unwrap_or(&[1.0]);
	let unit = |channel: usize| f64::from(input_scale) * f64::from(scales[channel % scales.len()]);
	Ok(Some(integers.iter().enumerate().map(|(channel, value)| *value as f64 * unit(channel)).collect()))
}

/// `QLinearConv`.
pub(super) fn conv<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.dequantised(site, 0, 1)?;
	let weights = weights(site, 3, 4, 0)?;
	let bias = bias(site, 8, site.number(1)?, &weights)?;
	let sums = reader.convolve(site, tensor, &weights, bias)?;
	reader.finished(site, sums, 6)
}

/// Integers that stand for themselves less a zero point: input `index`, with the zero point in input `zero`.
fn plain_grid(site: &Site, tensor: &Tensor, zero: usize) -> Result<Grid, Refusal> {
	let moved = match tensor.integers {
		Some(Integers::Bytes { unsigned }) => {
			if unsigned {
				-128
			} else {
				0
			}
		}
		_ => return unsupported("its input is not an input of bytes"),
	};
	let value =
		if site.has(zero) { site.constant(zero)?.constant.ints().unwrap_or_default().to_vec() } else { vec![0] };
	match value.as_slice() {
		[value] => match i32::try_from(value + moved) {
			Ok(zero_point) if (-128..=127).contains(&zero_point) => Ok(Grid { scale: 1.0, zero_point }),
			_ => malformed("a zero point is no byte"),
		},
		_ => unsupported("its zero point is not one integer"),
	}
}

/// The constant input `index` of integers of scale 1, with zero points in input `zero` that differ along `axis`.
fn plain_weights(site: &Site, index: usize, zero: usize, axis: usize) -> Result<Known, Refusal> {
	let constant = site.constant(index)?;
	let Some(integers) = constant.constant.ints() else { return unsupported("its weights are not integers") };
	let moved = moved(constant.constant.data_type)?;
	let zero_points =
		if site.has(zero) { site.constant(zero)?.constant.ints().unwrap_or_default().to_vec() } else { vec![0] };
	if zero_points.len() != 1 && Some(&zero_points.len()) != constant.dims().get(axis) {
		return unsupported("its zero points are not one for each channel");
	}
	let quantised = Quantised {
		integers: integers.iter().map(|value| value + moved).collect(),
		scales: vec![1.0],
		zero_points: zero_points.iter().map(|value| value.saturating_add(moved)).collect(),
		axis,
	};
	Ok(known(&constant.constant, quantised))
}

/// `ConvInteger`: its sums are numbers of scale 1.
pub(super) fn conv_integer<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let grid = plain_grid(site, &tensor, 2)?;
	let tensor = reader.meaning(tensor, grid)?;
	let weights = plain_weights(site, 1, 3, 0)?;
	let sums = reader.convolve(site, tensor, &weights, None)?;
	computed(sums)
}

/// `MatMulInteger`: its sums are numbers of scale 1.
pub(super) fn mat_mul_integer<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let grid = plain_grid(site, &tensor, 2)?;
	let tensor = reader.meaning(tensor, grid)?;
	let weights = plain_weights(site, 1, 3, 1)?;
	let sums = reader.mat_mul_constant(tensor, &weights)?;
	computed(sums)
}

/// `QLinearMatMul` with a constant matrix.
pub(super) fn mat_mul<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.dequantised(site, 0, 1)?;
	let weights = weights(site, 3, 4, 1)?;
	let sums = reader.mat_mul_constant(tensor, &weights)?;
	reader.finished(site, sums, 6)
}

/// `QGemm`: inputs, weights and bias with their scales; without a scale of the result it stays real numbers.
pub(super) fn gemm<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let attributes = site.attributes();
	if attributes.int("transA").unwrap_or(0) != 0 || attributes.float("alpha").unwrap_or(1.0) != 1.0 {
		return unsupported("it transposes or scales its first input");
	}
	let tensor = reader.dequantised(site, 0, 1)?;
	let transposed = attributes.int("transB").unwrap_or(0) != 0;
	let weights = weights(site, 3, 4, usize::from(!transposed))?;
	let weights = if transposed { weights } else { weights.transposed(&[1, 0]) };
	let outputs = weights.dims().first().copied().unwrap_or(0);
	let bias = bias(site, 6, site.number(1)?, &weights)?.unwrap_or_else(|| vec![0.0; outputs]);
	if bias.len() != outputs {
		return unsupported("its bias is not one number for each output");
	}
	let sums = reader.dense(tensor, &weights, bias)?;
	if site.has(7) {
		return reader.finished(site, sums, 7);
	}
	computed(sums)
}

/// `QLinearAdd` and `QLinearMul` of two values, one of which may be a constant.
pub(super) fn binary<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let operator = match site.op() {
		"QLinearAdd" => crate::graph::function::Binary::Add,
		_ => crate::graph::function::Binary::Multiply,
	};
	let constant = |index: usize| match site.input(index) {
		Ok(Value::Constant(_)) => Some(index),
		_ => None,
	};
	let result = match constant(0).or(constant(3)) {
		None => {
			let (left, right) = (reader.dequantised(site, 0, 1)?, reader.dequantised(site, 3, 4)?);
			reader.combine(operator, left, right)?
		}
		Some(index) => {
			let known = weights(site, index, index + 1, 0)?;
			let tensor = reader.dequantised(site, 3 - index, 4 - index)?;
			let constant = reader.constant_tensor(&tensor, &known)?;
			reader.combine(operator, tensor, constant)?
		}
	};
	reader.finished(site, result, 6)
}

/// `QLinearConcat`: scale and zero point of the result, then each input with its own.
pub(super) fn concat<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let count = site.inputs.len().saturating_sub(2) / 3;
	let mut parts = Vec::with_capacity(count);
	for part in 0..count {
		parts.push(reader.dequantised(site, 2 + 3 * part, 3 + 3 * part)?);
	}
	let Some(number) = site.attributes().int("axis") else { return malformed("a QLinearConcat has no axis") };
	// Each part is brought to the grid of the result first.
	let (grid, _) = grid(site, 0, true)?;
	let parts = parts.into_iter().map(|part| reader.quantised(part, grid)).collect::<Result<Vec<_>, _>>()?;
	let joined = reader.join(parts, number)?;
	computed(joined)
}

/// `QLinearAveragePool` and `QLinearGlobalAveragePool`.
pub(super) fn pool<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	if site.attributes().int("channels_last").unwrap_or(0) != 0 {
		return unsupported("its images are channels-last");
	}
	let tensor = reader.dequantised(site, 0, 1)?;
	let result = if site.op() == "QLinearGlobalAveragePool" {
		let axes: Vec<usize> = (2..tensor.dims.len()).collect();
		reader.pool_whole(tensor, &axes, true, false)?
	} else {
		reader.pool_by_attributes(site, tensor, false)?
	};
	reader.finished(site, result, 3)
}

/// `QLinearSigmoid` and `QLinearLeakyRelu`.
pub(super) fn unary<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.dequantised(site, 0, 1)?;
	let operator = match site.op() {
		"QLinearSigmoid" => crate::graph::function::Unary::Sigmoid,
		_ => crate::graph::function::Unary::LeakyRelu(site.attributes().float("alpha").unwrap_or(0.01).into()),
	};
	let Some(function) = tensor.function.then(operator) else {
		return unsupported("it is too large a function of one number");
	};
	reader.finished(site, Tensor { function: Arc::new(function), ..tensor }, 3)
}

/// `QLinearSoftmax`.
pub(super) fn softmax<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.dequantised(site, 0, 1)?;
	let attributes = site.attributes();
	let old = attributes.int("opset").is_some_and(|opset| opset < 13);
	let result = reader.softmax_along(tensor, attributes.int("axis").unwrap_or(-1), old)?;
	reader.finished(site, result, 3)
}
