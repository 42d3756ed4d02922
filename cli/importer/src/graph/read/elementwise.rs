// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators on each number, and along the last axis.

use super::*;
use crate::graph::function::{Binary, Unary};

/// The function of an operator with one operand, parameters included.
fn unary_operator(site: &Site) -> Result<Option<Unary>, Refusal> {
	let attributes = site.attributes();
	let float = |name: &str, absent: f32| f64::from(attributes.float(name).unwrap_or(absent));
	Ok(Some(match site.op() {
		"Abs" => Unary::Abs,
		"Ceil" => Unary::Ceil,
		"Celu" => Unary::Celu(float("alpha", 1.0)),
		"Clip" => {
			let bound = |index: usize, name: &str, open: f32| match site.has(index) {
				true => site.number(index),
				false => Ok(attributes.float(name).unwrap_or(open)),
			};
			let (low, high) = (bound(1, "min", f32::NEG_INFINITY)?, bound(2, "max", f32::INFINITY)?);
			if low.is_nan() || high.is_nan() {
				return malformed("a bound is not a number");
			}
			Unary::Clip(low.into(), high.into())
		}
		"Cos" => Unary::Cos,
		"Elu" => Unary::Elu(float("alpha", 1.0)),
		"Erf" => Unary::Erf,
		"Exp" => Unary::Exp,
		"Floor" => Unary::Floor,
		"Gelu" if attributes.text("approximate").as_deref() == Some("tanh") => Unary::GeluTanh,
		"Gelu" => Unary::Gelu,
		"HardSigmoid" => Unary::HardSigmoid(float("alpha", 0.2), float("beta", 0.5)),
		"HardSwish" => Unary::HardSwish,
		"LeakyRelu" => Unary::LeakyRelu(float("alpha", 0.01)),
		"Log" => Unary::Log,
		"Mish" => Unary::Mish,
		"Neg" => Unary::Neg,
		"Reciprocal" => Unary::Reciprocal,
		"Relu" => Unary::Clip(0.0, f64::INFINITY),
		"Round" => Unary::Round,
		"Selu" => Unary::Selu(float("alpha", 1.673_263_2), float("gamma", 1.050_701)),
		"Sigmoid" => Unary::Sigmoid,
		"Sign" => Unary::Sign,
		"Sin" => Unary::Sin,
		"Softplus" => Unary::Softplus,
		"Softsign" => Unary::Softsign,
		"Sqrt" => Unary::Sqrt,
		"Tanh" => Unary::Tanh,
		"ThresholdedRelu" => Unary::ThresholdedRelu(float("alpha", 1.0)),
		_ => return Ok(None),
	}))
}

/// The operator with two operands, if it is one.
pub(super) fn operator(op: &str) -> Option<Binary> {
	Some(match op {
		"Add" | "Sum" => Binary::Add,
		"Sub" => Binary::Subtract,
		"Mul" => Binary::Multiply,
		"Div" => Binary::Divide,
		"Pow" => Binary::Power,
		"Max" => Binary::Max,
		"Min" => Binary::Min,
		_ => return None,
	})
}

/// The operator of a node after a function, if it is a function of one number.
pub(super) fn function(site: &Site, inner: Arc<Function>) -> Result<Option<Function>, Refusal> {
	Ok(unary_operator(site)?.and_then(|operator| inner.then(operator)))
}

/// An operator with one operand.
pub(super) fn unary<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let mut tensor = reader.lazy(site, 0)?;
	tensor.check_real(0)?;
	let Some(operator) = unary_operator(site)? else { return unsupported("it is not a function of one number") };
	let function = match tensor.function.then(operator) {
		Some(function) => Some(function),
		None => {
			tensor = reader.tensor(site, 0)?;
			tensor.function.then(operator)
		}
	};
	match function {
		Some(function) => computed(Tensor { function: Arc::new(function), ..tensor }),
		None => unsupported("it is too large a function of one number"),
	}
}

/// An operator with two operands, computed or constant.
pub(super) fn binary<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let Some(operator) = operator(site.op()) else { return unsupported("it does not combine two numbers") };
	if site.inputs.len() != 2 {
		return unsupported(format!("it combines {} values: only two are read", site.inputs.len()));
	}
	match (site.input(0)?, site.input(1)?) {
		(Value::Tensor(_), Value::Constant(known)) => with_constant(reader, site, operator, 0, known, false),
		(Value::Constant(known), Value::Tensor(_)) => with_constant(reader, site, operator, 1, known, true),
		_ => with_tensor(reader, site, operator),
	}
}

/// `constant operator tensor` if `first`, else `tensor operator constant`.
fn with_constant<'a>(
	reader: &mut Reader<'a>,
	site: &Site<'a>,
	operator: Binary,
	index: usize,
	known: &Known,
	first: bool,
) -> Read {
	let mut tensor = reader.lazy(site, index)?;
	tensor.check_real(index)?;
	let values = known.floats()?;
	if let (Some(value), true) = (known.uniform(), fits(known.dims(), &tensor.dims)) {
		let combined = |tensor: &Tensor| {
			let (inner, number) = (tensor.function.clone(), Arc::new(Function::constant(value)));
			match operator {
				Binary::Max => return inner.then(Unary::Clip(value, f64::INFINITY)),
				Binary::Min => return inner.then(Unary::Clip(f64::NEG_INFINITY, value)),
				_ => {}
			}
			let (left, right) = if first { (number, inner) } else { (inner, number) };
			Function::combine(operator, left, right)
		};
		let function = match combined(&tensor) {
			Some(function) => Some(function),
			None => {
				tensor = reader.tensor(site, index)?;
				combined(&tensor)
			}
		};
		return match function {
			Some(function) => computed(Tensor { function: Arc::new(function), ..tensor }),
			None => unsupported("it is too large a function of one number"),
		};
	}
	let tensor = reader.real(site, index)?;
	let long = known.dims().iter().filter(|dim| **dim > 1).count();
	if known.quantised.is_some() || long > 1 {
		// Neither a factor nor an offset by channel: a value of its own.
		let constant = reader.constant_tensor(&tensor, known)?;
		let (left, right) = if first { (constant, tensor) } else { (tensor, constant) };
		let result = reader.combine(operator, left, right)?;
		return computed(result);
	}
	let each = |f: &dyn Fn(f64) -> f64| values.iter().map(|value| f(f64::from(*value))).collect::<Vec<f64>>();
	let (one, zero, negative) = (each(&|_| 1.0), each(&|_| 0.0), each(&|_| -1.0));
	let (factors, offsets) = match (operator, first) {
		(Binary::Add, _) => (one, each(&|value| value)),
		(Binary::Subtract, false) => (one, each(&|value| -value)),
		(Binary::Subtract, true) => (negative, each(&|value| value)),
		(Binary::Multiply, _) => (each(&|value| value), zero),
		(Binary::Divide, false) if values.iter().all(|value| *value != 0.0) => (each(&|value| 1.0 / value), zero),
		_ => return unsupported("it combines each channel with another constant, other than by a factor or an offset"),
	};
	reader.affine(tensor, known.dims(), factors, offsets)
}

/// Whether a constant that is repeated to match does not change the dimensions.
fn fits(constant: &[usize], dims: &[usize]) -> bool {
	constant.len() <= dims.len()
		&& constant.iter().rev().zip(dims.iter().rev()).all(|(constant, dim)| constant == dim || *constant == 1)
}

impl Reader<'_> {
	/// `factors * x + offsets`, where the lists have dimensions `shape`, long in one axis only.
	pub(super) fn affine(&mut self, tensor: Tensor, shape: &[usize], factors: Vec<f64>, offsets: Vec<f64>) -> Read {
		if !fits(shape, &tensor.dims) {
			return unsupported(format!("its constant of dimensions {shape:?} does not match {:?}", tensor.dims));
		}
		let added = tensor.dims.len() - shape.len();
		let mut long = (0..shape.len()).filter(|axis| shape[*axis] > 1).map(|axis| axis + added);
		let (Some(axis), None) = (long.next(), long.next()) else {
			return unsupported("its constant differs along more than one axis");
		};
		let tensor = self.with_last(tensor, axis)?;
		let dims = tensor.memory_dims();
		let node = self.push(FloatOp::Affine { factors, offsets }, vec![tensor.node], dims)?;
		computed(tensor.at(node))
	}

	/// A constant as a computed value. What it is computed from, to no effect, is `anchor`.
	pub(super) fn constant_tensor(&mut self, anchor: &Tensor, known: &Known) -> Result<Tensor, Refusal> {
		let dims = if known.dims().is_empty() { vec![1] } else { known.dims().to_vec() };
		// Images are channels-last.
		let order = match anchor.order.len() == dims.len() {
			true => anchor.order.clone(),
			false => (0..dims.len()).collect(),
		};
		let weights = match dims.len() == known.dims().len() {
			true => known.transposed(&order).weights()?,
			false => known.weights()?,
		};
		let memory = order.iter().map(|axis| dims[*axis]).collect();
		let node = self.push(FloatOp::Constant(weights), vec![anchor.node], memory)?;
		Ok(Tensor::new(node, dims, order))
	}

	/// Two tensors of the same rank with their axes in the same order, the one that is repeated second; whether they
	/// changed places.
	fn paired(&mut self, left: Tensor, right: Tensor) -> Result<(Tensor, Tensor, bool), Refusal> {
		let swapped = !fits(&right.dims, &left.dims);
		let (first, second) = if swapped { (right, left) } else { (left, right) };
		if !fits(&second.dims, &first.dims) {
			return unsupported(format!("it combines values of dimensions {:?} and {:?}", first.dims, second.dims));
		}
		let second = match first.dims.len() - second.dims.len() {
			0 => second,
			added => {
				let plain = self.plain(second)?;
				let dims = [vec![1; added], plain.dims.clone()].concat();
				let node = self.reshape(&plain, dims.clone())?;
				let order = (0..dims.len()).collect();
				Tensor::new(node, dims, order)
			}
		};
		// Images stay channels-last if either is.
		let plain: Vec<usize> = (0..first.dims.len()).collect();
		if first.order == plain && second.order != plain && second.dims == first.dims {
			let first = self.arrange(first, &second.order)?;
			return Ok((first, second, swapped));
		}
		let second = self.arrange(second, &first.order)?;
		Ok((first, second, swapped))
	}

	/// A sum (the second times a factor) or product of two tensors.
	pub(super) fn combine(&mut self, operator: Binary, left: Tensor, right: Tensor) -> Result<Tensor, Refusal> {
		let (first, second, swapped) = self.paired(left, right)?;
		let dims = first.memory_dims();
		let inputs = vec![first.node, second.node];
		let node = match operator {
			Binary::Add => self.push(FloatOp::Add { factor: 1.0 }, inputs, dims)?,
			Binary::Multiply => self.push(FloatOp::Multiply, inputs, dims)?,
			Binary::Subtract => {
				let node = self.push(FloatOp::Add { factor: -1.0 }, inputs, dims)?;
				let difference = first.at(node);
				if !swapped {
					return Ok(difference);
				}
				// What was computed is the negative.
				let negated = Arc::new(Function::IDENTITY).then(Unary::Neg).unwrap_or(Function::IDENTITY);
				return self.map(Tensor { function: Arc::new(negated), ..difference });
			}
			_ => return unsupported("it combines two computed values other than by sum, difference or product"),
		};
		Ok(first.at(node))
	}
}

fn with_tensor<'a>(reader: &mut Reader<'a>, site: &Site<'a>, operator: Binary) -> Read {
	let (left, right) = (reader.lazy(site, 0)?, reader.lazy(site, 1)?);
	left.check_real(0)?;
	right.check_real(1)?;
	// Two functions of the same number are one function of it.
	if left.node == right.node && left.order == right.order && left.dims == right.dims {
		if let Some(function) = Function::combine(operator, left.function.clone(), right.function.clone()) {
			return computed(Tensor { function: Arc::new(function), ..left });
		}
	}
	if !matches!(operator, Binary::Add | Binary::Subtract | Binary::Multiply) {
		return unsupported("it combines two computed values other than by sum, difference or product");
	}
	let (left, right) = (reader.tensor(site, 0)?, reader.tensor(site, 1)?);
	let result = reader.combine(operator, left, right)?;
	computed(result)
}

/// `PRelu` with a constant slope.
pub(super) fn p_relu<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let slope = site.constant(1)?.clone();
	let mut tensor = reader.real(site, 0)?;
	let then =
		|tensor: &Tensor, operator: Unary| Arc::new(tensor.function.then(operator).unwrap_or(Function::IDENTITY));
	if let Some(slope) = slope.uniform() {
		tensor.function = then(&tensor, Unary::LeakyRelu(slope));
		return computed(tensor);
	}
	// max(x, 0) + slope * min(x, 0).
	let positive = reader.map(Tensor { function: then(&tensor, Unary::Clip(0.0, f64::INFINITY)), ..tensor.clone() })?;
	let negative = reader.map(Tensor { function: then(&tensor, Unary::Clip(f64::NEG_INFINITY, 0.0)), ..tensor })?;
	let factors: Vec<f64> = slope.floats()?.into_iter().map(f64::from).collect();
	let offsets = vec![0.0; factors.len()];
	let (scaled, _) = reader.affine(negative, slope.dims(), factors, offsets)?;
	let [Value::Tensor(scaled)] = scaled.as_slice() else { return unsupported("its slope is not a constant") };
	let result = reader.combine(Binary::Add, positive, scaled.clone())?;
	computed(result)
}

/// `BatchNormalization` with fixed statistics: a factor and an offset for each channel.
pub(super) fn batch_normalization<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	if site.attributes().int("training_mode").unwrap_or(0) != 0 {
		return unsupported("it is in training mode");
	}
	let tensor = reader.real(site, 0)?;
	let epsilon = f64::from(site.attributes().float("epsilon").unwrap_or(1e-5));
	let list = |index: usize| site.constant(index)?.floats();
	let (scale, offset, mean, variance) = (list(1)?, list(2)?, list(3)?, list(4)?);
	let channels = tensor.dims.get(1).copied().unwrap_or(0);
	if [scale.len(), offset.len(), mean.len(), variance.len()] != [channels; 4] {
		return malformed("a BatchNormalization has another number of statistics than channels");
	}
	let factors: Vec<f64> = scale
		.iter()
		.zip(&variance)
		.map(|(scale, variance)| f64::from(*scale) / (f64::from(*variance) + epsilon).sqrt())
		.collect();
	if !factors.iter().all(|factor| factor.is_finite()) {
		return malformed("a BatchNormalization has a variance that is not positive");
	}
	let moved = |channel: usize| f64::from(offset[channel]) - f64::from(mean[channel]) * factors[channel];
	let offsets: Vec<f64> = (0..channels).map(moved).collect();
	let mut shape = vec![1; tensor.dims.len()];
	if channels == 1 {
		// One channel is one factor and one offset.
		let number = |value: f64| Arc::new(Function::constant(value));
		let scaled = Function::combine(Binary::Multiply, tensor.function.clone(), number(factors[0]));
		let moved = scaled.and_then(|scaled| Function::combine(Binary::Add, Arc::new(scaled), number(offsets[0])));
		return match moved {
			Some(function) => computed(Tensor { function: Arc::new(function), ..tensor }),
			None => unsupported("it is too large a function of one number"),
		};
	}
	shape[1] = channels;
	reader.affine(tensor, &shape, factors, offsets)
}

/// `Softmax` and `LogSoftmax` along one axis.
pub(super) fn softmax<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.real(site, 0)?;
	let old = site.opset < 13 && matches!(site.node.domain.as_str(), "" | "ai.onnx");
	let number = site.attributes().int("axis").unwrap_or(if old { 1 } else { -1 });
	let result = reader.softmax_along(tensor, number, old)?;
	if site.op() == "LogSoftmax" {
		let log = result.function.then(Unary::Log).unwrap_or(Function::IDENTITY);
		return computed(Tensor { function: Arc::new(log), ..result });
	}
	computed(result)
}

impl Reader<'_> {
	/// A softmax along an axis, or, in old versions, along it and all after it.
	pub(super) fn softmax_along(&mut self, tensor: Tensor, number: i64, old: bool) -> Result<Tensor, Refusal> {
		let axis = axis_of_row(number, tensor.dims.len())?;
		if old && tensor.dims[axis + 1..].iter().any(|dim| *dim != 1) {
			return unsupported("it works along several axes");
		}
		let tensor = self.with_last(tensor, axis)?;
		let node = self.push(FloatOp::Softmax, vec![tensor.node], tensor.memory_dims())?;
		Ok(tensor.at(node))
	}
}

/// `ArgMax` along one axis.
pub(super) fn arg_max<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let attributes = site.attributes();
	if attributes.int("select_last_index").unwrap_or(0) != 0 {
		return unsupported("it takes the last of equal numbers");
	}
	// The largest number is so before and after the integers are interpreted.
	let tensor = reader.tensor(site, 0)?;
	let axis = axis_of_row(attributes.int("axis").unwrap_or(0), tensor.dims.len())?;
	let tensor = reader.with_last(tensor, axis)?;
	let mut dims = tensor.dims.clone();
	dims[axis] = 1;
	let memory = tensor.order.iter().map(|axis| dims[*axis]).collect();
	let node = reader.push(FloatOp::ArgMax, vec![tensor.node], memory)?;
	let made = Tensor { dims: dims.clone(), integers: Some(Integers::Places), ..tensor.at(node) };
	if attributes.int("keepdims").unwrap_or(1) != 0 || dims.len() == 1 {
		return Ok((vec![Value::Tensor(made)], Role::Argmax));
	}
	let plain = reader.plain(made)?;
	dims.remove(axis);
	let node = reader.reshape(&plain, dims.clone())?;
	let order = (0..dims.len()).collect();
	let class = Tensor { integers: Some(Integers::Places), ..Tensor::new(node, dims, order) };
	Ok((vec![Value::Tensor(class)], Role::Argmax))
}
