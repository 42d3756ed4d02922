// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Matrix products and tables.

use super::*;
use crate::graph::Dense;

/// `Gemm` with constant weights and bias.
pub(super) fn gemm<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let attributes = site.attributes();
	let flag = |name: &str| attributes.int(name).unwrap_or(0) != 0;
	if flag("transA") {
		return unsupported("it transposes its first input");
	}
	let tensor = reader.real(site, 0)?;
	let weights = site.constant(1)?;
	if tensor.dims.len() != 2 || weights.dims().len() != 2 {
		return unsupported("its inputs are not matrices");
	}
	let weights = if flag("transB") { Known::clone(weights) } else { weights.transposed(&[1, 0]) };
	let (alpha, beta) = (attributes.float("alpha").unwrap_or(1.0), attributes.float("beta").unwrap_or(1.0));
	let outputs = weights.dims()[0];
	let bias = match site.has(2) {
		true => bias(site.constant(2)?, outputs)?.into_iter().map(|value| value * f64::from(beta)).collect(),
		false => vec![0.0; outputs],
	};
	let mut weights = weights;
	if alpha != 1.0 {
		let values = weights.floats()?.into_iter().map(|value| value * alpha).collect();
		weights = Known::new(Constant::of_floats(weights.dims().to_vec(), values));
	}
	let result = reader.dense(tensor, &weights, bias)?;
	computed(result)
}

/// One number for each output from a constant that is repeated to match.
pub(super) fn bias(known: &Known, outputs: usize) -> Result<Vec<f64>, Refusal> {
	let values = known.doubles()?;
	match values.as_slice() {
		[one] => Ok(vec![*one; outputs]),
		_ if values.len() == outputs && known.dims().last() == Some(&outputs) => Ok(values),
		_ => unsupported(format!("its bias has dimensions {:?} for {outputs} outputs", known.dims())),
	}
}

impl Reader<'_> {
	/// The product with weights of `[outputs, inputs]` over the last axis of ONNX.
	pub(super) fn dense(&mut self, tensor: Tensor, weights: &Known, bias: Vec<f64>) -> Result<Tensor, Refusal> {
		let rank = tensor.dims.len();
		let &[outputs, inputs] = weights.dims() else { return unsupported("its weights are not a matrix") };
		if rank == 0 || tensor.dims[rank - 1] != inputs {
			return malformed(format!(
				"a product of rows of {:?} with weights for {inputs} numbers",
				tensor.dims.last()
			));
		}
		let tensor = self.with_last(tensor, rank - 1)?;
		let mut dims = tensor.dims.clone();
		dims[rank - 1] = outputs;
		let memory = tensor.order.iter().map(|axis| dims[*axis]).collect();
		let op = FloatOp::Dense(Dense { weights: weights.weights()?, bias });
		let node = self.push(op, vec![tensor.node], memory)?;
		Ok(Tensor { dims, ..tensor.at(node) })
	}
}

/// `MatMul` with a constant matrix.
pub(super) fn mat_mul<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	if let Value::Constant(_) = site.input(0)? {
		return unsupported("its first input is a constant: only rows times a matrix are read");
	}
	let tensor = reader.real(site, 0)?;
	let Value::Constant(weights) = site.input(1)? else {
		return unsupported("it multiplies two computed matrices: programs multiply with constant weights only");
	};
	let result = reader.mat_mul_constant(tensor, weights)?;
	computed(result)
}

impl Reader<'_> {
	/// The product with a constant of `[inputs, outputs]`.
	pub(super) fn mat_mul_constant(&mut self, tensor: Tensor, weights: &Known) -> Result<Tensor, Refusal> {
		let &[_, outputs] = weights.dims() else { return unsupported("its weights are not a matrix") };
		self.dense(tensor, &weights.transposed(&[1, 0]), vec![0.0; outputs])
	}
}

/// `Gather` of rows of a constant table by an input of integers, or of fixed places of a computed value.
pub(super) fn gather<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let Value::Constant(table) = site.input(0)? else { return form::gather(reader, site) };
	let (table, tensor) = (table.clone(), reader.lazy(site, 1)?);
	if site.attributes().int("axis").unwrap_or(0) != 0 {
		return unsupported("it takes columns of a table");
	}
	let &[rows, width] = table.dims() else { return unsupported("its table is not a matrix") };
	match tensor.integers {
		Some(Integers::Wide) => reader.interpret(&tensor, InputKind::Index)?,
		Some(Integers::Places) => {}
		_ => return unsupported("its places are not an input of integers"),
	}
	if rows == 0 || width == 0 {
		return malformed("a Gather has an empty table");
	}
	let tensor = reader.plain(tensor)?;
	let dims = [tensor.dims.clone(), vec![width]].concat();
	let op = FloatOp::Embed { width, table: table.weights()? };
	let node = reader.push(op, vec![tensor.node], dims.clone())?;
	let order = (0..dims.len()).collect();
	computed(Tensor::new(node, dims, order))
}
