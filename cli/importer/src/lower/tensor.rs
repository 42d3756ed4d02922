// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators of the standard domain.

use std::sync::Arc;

use super::*;
use crate::linear::Linear;

/// `Constant`: a value written into the node.
pub(super) fn constant(site: &Site) -> Lowered {
	let Some(constant) = site.attributes().constant()? else {
		return unsupported("it holds neither a tensor nor numbers");
	};
	Ok((vec![Value::Constant(Arc::new(constant))], Role::Constant))
}

/// `Identity`, and `Dropout`, which does nothing outside training.
pub(super) fn identity(site: &Site) -> Lowered {
	Ok((vec![site.input(0)?.clone()], Role::Dropped))
}

/// `Cast` to a type that holds the same numbers.
pub(super) fn cast(site: &Site) -> Lowered {
	let target = i32::try_from(site.attributes().int("to").unwrap_or_default()).unwrap_or_default();
	let is_float = matches!(target, data_type::FLOAT | data_type::DOUBLE);
	match site.input(0)? {
		Value::Row(_) if !is_float => unsupported("it rounds numbers to integers"),
		Value::Constant(constant) if is_float => match constant.floats() {
			Some(floats) => {
				let constant = Constant::of_floats(constant.dims.clone(), floats);
				Ok((vec![Value::Constant(Arc::new(constant))], Role::Constant))
			}
			None => unsupported("it turns text into numbers"),
		},
		value => Ok((vec![value.clone()], Role::Dropped)),
	}
}

/// `Flatten` to rows.
pub(super) fn flatten(site: &Site) -> Lowered {
	match site.input(0)? {
		Value::Row(row) => {
			if site.attributes().int("axis").unwrap_or(1) != 1 {
				return unsupported("it flattens across rows");
			}
			Ok((vec![Value::Row(Row { shape: vec![row.width], ..row.clone() })], Role::Dropped))
		}
		value => Ok((vec![value.clone()], Role::Dropped)),
	}
}

/// `Reshape` that leaves the numbers of a row in their row.
pub(super) fn reshape(site: &Site) -> Lowered {
	let Value::Row(row) = site.input(0)? else { return Ok((vec![site.input(0)?.clone()], Role::Dropped)) };
	let target = match site.constant(1) {
		Some(constant) => constant.ints().unwrap_or_default().to_vec(),
		None => site.attributes().ints("shape").to_vec(),
	};
	let Some((batch, rest)) = target.split_first() else { return unsupported("its target shape is not a constant") };
	let (mut known, mut open) = (Vec::with_capacity(rest.len()), None);
	for (index, dim) in rest.iter().enumerate() {
		match dim {
			-1 if open.is_none() && *batch != -1 => {
				open = Some(index);
				known.push(1);
			}
			0 => known.push(row.shape.get(index).copied().unwrap_or(1)),
			dim => known.push(usize::try_from(*dim).unwrap_or(0)),
		}
	}
	let product = known.iter().fold(1usize, |product, dim| product.saturating_mul(*dim));
	if let Some(open) = open {
		known[open] = row.width.checked_div(product).unwrap_or(0);
	}
	let fills = known.iter().fold(1usize, |product, dim| product.saturating_mul(*dim)) == row.width;
	if !fills || !matches!(batch, -1..=1) {
		return unsupported("it moves numbers between rows or fixes the number of rows");
	}
	Ok((vec![Value::Row(Row { shape: known, ..row.clone() })], Role::Dropped))
}

/// `Squeeze` and `Unsqueeze`: dimensions of size 1 come and go.
pub(super) fn squeeze(site: &Site) -> Lowered {
	let Value::Row(row) = site.input(0)? else { return Ok((vec![site.input(0)?.clone()], Role::Dropped)) };
	let axes = match site.constant(1) {
		Some(constant) => constant.ints().unwrap_or_default().to_vec(),
		None => site.attributes().ints("axes").to_vec(),
	};
	let squeezes = site.node.op_type == "Squeeze";
	if squeezes && axes.is_empty() {
		return unsupported("it names no axes");
	}
	let added = if squeezes { 0 } else { axes.len() };
	let rank = i64::try_from(row.shape.len() + 1 + added).unwrap_or(i64::MAX);
	let mut places: Vec<i64> = axes.iter().map(|axis| if *axis < 0 { *axis + rank } else { *axis } - 1).collect();
	places.sort_unstable();
	let mut shape = row.shape.clone();
	if squeezes {
		places.reverse();
	}
	for place in places {
		let place = usize::try_from(place).ok();
		match place {
			Some(place) if squeezes && shape.get(place) == Some(&1) => {
				shape.remove(place);
			}
			Some(place) if !squeezes && place <= shape.len() => shape.insert(place, 1),
			_ => return unsupported("its axes are not dimensions of size 1 inside a row"),
		}
	}
	Ok((vec![Value::Row(Row { shape, ..row.clone() })], Role::Dropped))
}

/// One constant for each number of a row, from a constant that is broadcast to it.
fn broadcast(constant: &Constant, row: &Row) -> Result<Vec<f32>, Refusal> {
	let Some(values) = constant.floats() else { return unsupported("it computes with text") };
	let (&last, outer) = row.shape.split_last().unwrap_or((&1, &[]));
	let outer: usize = outer.iter().product();
	if values.len() == row.width {
		Ok(values)
	} else if values.len() == 1 {
		Ok(vec![values[0]; row.width])
	} else if values.len() == last {
		Ok(values.repeat(outer))
	} else if row.width == 1 && row.trees.is_none() {
		unsupported(format!("it widens one number to {}", values.len()))
	} else {
		unsupported(format!("its constant has {} numbers, a row has {}", values.len(), row.width))
	}
}

/// The row and the constant of an operator with two inputs, and whether the constant is the first.
fn operands<'a>(site: &Site<'a>) -> Result<(&'a Row, Vec<f32>, bool), Refusal> {
	let (row, constant, swapped) = match (site.input(0)?, site.input(1)?) {
		(Value::Row(row), Value::Constant(constant)) => (row, constant, false),
		(Value::Constant(constant), Value::Row(row)) => (row, constant, true),
		(Value::Constant(_), Value::Constant(_)) => {
			return unsupported("it computes with constants only; export the model with constant folding")
		}
		_ => return unsupported("it combines two computed values"),
	};
	Ok((row, broadcast(constant, row)?, swapped))
}

/// A row after layers that keep its width.
fn chain(row: &Row, layers: impl IntoIterator<Item = Layer>) -> Lowered {
	let width = row.width;
	let row = layers.into_iter().try_fold(row.clone(), |row, layer| row.then(layer, width))?;
	Ok((vec![Value::Row(row)], Role::Computed))
}

/// `Add` of a constant.
pub(super) fn add(site: &Site) -> Lowered {
	let (row, values, _) = operands(site)?;
	chain(row, [Layer::Add(values)])
}

/// `Sub` with a constant, on either side; `1 - p` of probabilities is kept as what it is.
pub(super) fn subtract(site: &Site) -> Lowered {
	let (row, values, swapped) = operands(site)?;
	if swapped && row.post == Post::Logistic && values.iter().all(|value| *value == 1.0) {
		return Ok((vec![Value::Row(row.with_post(Post::OneMinusLogistic))], Role::Dropped));
	}
	if swapped {
		return chain(row, [Layer::Multiply(vec![-1.0; row.width]), Layer::Add(values)]);
	}
	chain(row, [Layer::Add(values.into_iter().map(|value| -value).collect())])
}

/// `Mul` by a constant.
pub(super) fn multiply(site: &Site) -> Lowered {
	let (row, values, _) = operands(site)?;
	chain(row, [Layer::Multiply(values)])
}

/// `Div` by a constant.
pub(super) fn divide(site: &Site) -> Lowered {
	let (row, values, swapped) = operands(site)?;
	if swapped {
		return unsupported("it divides by a computed value");
	}
	chain(row, [Layer::Divide(values)])
}

/// A dense layer from a matrix of `[inputs, outputs]`, or `[outputs, inputs]` if it is transposed.
fn dense(row: &Row, matrix: &Constant, transposed: bool, factor: f32) -> Result<Row, Refusal> {
	let (Some(values), [first, second]) = (matrix.floats(), matrix.dims.as_slice()) else {
		return unsupported("its weights are not a matrix");
	};
	let (inputs, outputs) = if transposed { (*second, *first) } else { (*first, *second) };
	if inputs != row.width || outputs == 0 {
		return unsupported(format!("its weights take {inputs} numbers, a row has {}", row.width));
	}
	let at = |output: usize, input: usize| match transposed {
		true => values[output * inputs + input],
		false => values[input * outputs + output],
	};
	let weights = (0..outputs).flat_map(|output| (0..inputs).map(move |input| at(output, input) * factor)).collect();
	row.then(Layer::Dense(Dense { inputs, weights, bias: vec![0.0; outputs] }), outputs)
}

/// `MatMul` of a row with a constant matrix.
pub(super) fn mat_mul(site: &Site) -> Lowered {
	if site.constant(0).is_some() {
		return unsupported("its first input is a constant: only rows times a matrix are read");
	}
	let row = dense(site.row(0)?, site.required_constant(1)?, false, 1.0)?;
	Ok((vec![Value::Row(row)], Role::Computed))
}

/// `Gemm` of a row with a constant matrix and a constant bias.
pub(super) fn gemm(site: &Site) -> Lowered {
	let attributes = site.attributes();
	if attributes.int("transA").unwrap_or(0) != 0 {
		return unsupported("it transposes its first input");
	}
	let transposed = attributes.int("transB").unwrap_or(0) != 0;
	let alpha = attributes.float("alpha").unwrap_or(1.0);
	let row = dense(site.row(0)?, site.required_constant(1)?, transposed, alpha)?;
	if site.inputs.get(2).is_none_or(Option::is_none) {
		return Ok((vec![Value::Row(row)], Role::Computed));
	}
	let beta = attributes.float("beta").unwrap_or(1.0);
	let bias = broadcast(site.required_constant(2)?, &row)?.into_iter().map(|value| value * beta).collect();
	chain(&row, [Layer::Add(bias)])
}

/// `Relu`.
pub(super) fn relu(site: &Site) -> Lowered {
	chain(site.row(0)?, [Layer::Clamp(0.0, f32::INFINITY)])
}

/// `Clip` to constant bounds.
pub(super) fn clip(site: &Site) -> Lowered {
	let bound = |index: usize, name: &str, open: f32| -> Result<f32, Refusal> {
		if site.inputs.get(index).is_none_or(Option::is_none) {
			return Ok(site.attributes().float(name).unwrap_or(open));
		}
		match site.required_constant(index)?.floats().as_deref() {
			Some([bound]) => Ok(*bound),
			_ => unsupported("a bound is not one number"),
		}
	};
	chain(site.row(0)?, [Layer::Clamp(bound(1, "min", f32::NEG_INFINITY)?, bound(2, "max", f32::INFINITY)?)])
}

/// An error unless the operator works along the numbers of a row.
fn along_row(site: &Site, row: &Row, default: i64) -> Result<(), Refusal> {
	row.flat()?;
	match site.attributes().int("axis").unwrap_or(default) {
		1 | -1 => Ok(()),
		axis => unsupported(format!("it works along axis {axis}, not along a row")),
	}
}

/// `Softmax` and `LogSoftmax`: they keep the order of a row's numbers.
pub(super) fn softmax(site: &Site) -> Lowered {
	let row = site.row(0)?;
	along_row(site, row, if site.opset < 13 { 1 } else { -1 })?;
	if row.post != Post::Raw {
		return unsupported("it computes with class probabilities");
	}
	Ok((vec![Value::Row(row.with_post(Post::Softmax))], Role::Dropped))
}

/// `Sigmoid`: it keeps the order of a row's numbers.
pub(super) fn sigmoid(site: &Site) -> Lowered {
	let row = site.row(0)?;
	if row.post != Post::Raw {
		return unsupported("it computes with class probabilities");
	}
	Ok((vec![Value::Row(row.with_post(Post::Logistic))], Role::Dropped))
}

/// `ArgMax` along a row: the class.
pub(super) fn arg_max(site: &Site) -> Lowered {
	let row = site.row(0)?;
	along_row(site, row, 0)?;
	if site.attributes().int("select_last_index").unwrap_or(0) != 0 {
		return unsupported("it takes the last of equal scores");
	}
	let scores = match row.post {
		Post::BinaryLogistic => row.binary_scores()?,
		Post::Derived | Post::OneMinusLogistic => return unsupported("it compares numbers derived from class scores"),
		_ if row.width < 2 => return unsupported("it chooses from one number"),
		_ => row.clone(),
	};
	Ok((vec![Value::Class(Class { scores, labels: None })], Role::Argmax))
}

/// `Concat` of the probabilities of two classes, or of linear results from the same row.
pub(super) fn concat(site: &Site) -> Lowered {
	if !matches!(site.attributes().int("axis"), Some(1 | -1)) {
		return unsupported("it does not concatenate along rows");
	}
	let rows = (0..site.inputs.len()).map(|index| site.row(index)).collect::<Result<Vec<_>, _>>()?;
	rows.iter().try_for_each(|row| row.flat())?;
	if rows.iter().any(|row| row.trees.is_some()) {
		return unsupported("it computes with the result of a tree ensemble");
	}
	let outputs = rows.iter().fold(0usize, |sum, row| sum.saturating_add(row.width));
	limit("width of a layer", outputs as u64, MAX_WIDTH as u64)?;
	let common = common_layers(&rows);
	if let [no, yes] = rows.as_slice() {
		let same = no.layers.len() == common && yes.layers.len() == common && no.width == 1;
		if same && no.post == Post::OneMinusLogistic && yes.post == Post::Logistic {
			return Ok((vec![Value::Row(yes.with_post(Post::BinaryLogistic))], Role::Dropped));
		}
	}
	if rows.iter().any(|row| row.post != Post::Raw) {
		return unsupported("it combines class probabilities");
	}
	stack(&rows, common).map(|row| (vec![Value::Row(row)], Role::Computed))
}

/// Number of layers that all rows begin with.
fn common_layers(rows: &[&Row]) -> usize {
	let Some((first, rest)) = rows.split_first() else { return 0 };
	let same = |index: usize| {
		let layer = first.layers.get(index);
		rest.iter().all(|row| matches!((layer, row.layers.get(index)), (Some(a), Some(b)) if Arc::ptr_eq(a, b)))
	};
	(0..first.layers.len()).take_while(|index| same(*index)).count()
}

/// Stacks rows that are linear in the row after their `common` first layers.
#[allow(clippy::cast_possible_truncation)]
fn stack(rows: &[&Row], common: usize) -> Result<Row, Refusal> {
	let Some(first) = rows.first() else { return malformed("operator Concat has no input") };
	let mut base = (*first).clone();
	base.layers.truncate(common);
	let inputs = match rows.iter().find_map(|row| row.layers.get(common)).map(Arc::as_ref) {
		Some(Layer::Dense(dense)) => dense.inputs,
		Some(Layer::Add(values) | Layer::Multiply(values) | Layer::Divide(values)) => values.len(),
		Some(Layer::Clamp(..)) => return unsupported("it combines rows that are not linear in the same row"),
		None => first.width,
	};
	let outputs = rows.iter().map(|row| row.width).sum::<usize>();
	limit("number of parameters", outputs as u64 * inputs as u64, MAX_PARAMETERS)?;
	base.width = inputs;
	base.shape = vec![inputs];
	let (mut weights, mut bias) = (Vec::with_capacity(outputs * inputs), Vec::with_capacity(outputs));
	for row in rows {
		let tail = &row.layers[common..];
		let mut map = Linear::identity(inputs);
		for layer in tail {
			let Some(next) = map.then(layer) else {
				return unsupported("it combines rows that are not linear in the same row");
			};
			map = next;
		}
		let matrix = map.into_matrix();
		weights.extend(matrix.weights.iter().map(|weight| *weight as f32));
		bias.extend(matrix.bias.iter().map(|bias| *bias as f32));
	}
	base.then(Layer::Dense(Dense { inputs, weights, bias }), outputs)
}
