// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Folds nodes into their neighbours, without a change of what the graph means:
//!
//! - a scale and offset after a convolution or matrix product into its weights and bias;
//! - a scale and offset in front of a matrix product, or of a convolution without padding, too;
//! - other dimensions in front of an elementwise operator behind it, so that those of two windows cancel out;
//! - another order of elements between a convolution and a matrix product into the weights of the product;
//! - what nothing reads is dropped.

use super::{evaluate::permute, *};

impl Graph {
	/// Folds what can be folded.
	pub fn simplify(&mut self) {
		self.drop_unused();
		// What each value is replaced by: itself, or an earlier value.
		let mut replaced: Vec<usize> = (0..self.nodes.len()).collect();
		let mut uses = self.uses();
		for number in 0..self.nodes.len() {
			let inputs: Vec<usize> = self.nodes[number].inputs.iter().map(|input| replaced[*input]).collect();
			self.nodes[number].inputs = inputs;
			if let Some(moved) = self.delay_form(number, &mut uses) {
				if let Some(earlier) = self.fold_into(moved, &mut uses) {
					replaced[moved] = earlier;
					self.nodes[number].inputs = vec![earlier];
				}
			}
			if let Some(earlier) = self.merge_form(number, &mut uses) {
				replaced[number] = earlier;
				continue;
			}
			if let Some(earlier) = self.fold_into(number, &mut uses) {
				replaced[number] = earlier;
				continue;
			}
			self.fold_order(number, &mut uses);
			self.fold_front(number, &mut uses);
		}
		self.outputs.iter_mut().for_each(|output| *output = replaced[*output]);
		self.drop_unused();
	}

	/// Folds a node into the product before it, whose number is returned if it takes the place of the node.
	fn fold_into(&mut self, number: usize, uses: &mut [usize]) -> Option<usize> {
		self.split_bounds(number, uses);
		let earlier = self.fold_back(number, uses)?;
		let name = self.nodes[number].name.clone();
		let node = &mut self.nodes[earlier];
		node.name = name.or_else(|| node.name.take());
		uses[earlier] = uses[number];
		Some(earlier)
	}

	/// The input of a node that gives it other dimensions, if it is that.
	fn form_of(&self, number: usize) -> Option<usize> {
		match &self.nodes[number] {
			Node { op: FloatOp::Reshape, inputs, .. } => inputs.first().copied(),
			_ => None,
		}
	}

	/// Names a value after one that holds the same numbers under other dimensions, if it has no name.
	fn pass_name(&mut self, form: usize, source: usize) {
		if self.nodes[source].name.is_none() {
			self.nodes[source].name = self.nodes[form].name.clone();
		}
	}

	/// Lets an elementwise operator work before its input gets other dimensions. Returns its new number.
	fn delay_form(&mut self, number: usize, uses: &mut [usize]) -> Option<usize> {
		let node = &self.nodes[number];
		let by_channel = matches!(node.op, FloatOp::Affine { .. });
		let delays = by_channel
			|| matches!(node.op, FloatOp::Map(_) | FloatOp::Quantise(_) | FloatOp::Add { .. } | FloatOp::Multiply);
		let inputs = node.inputs.clone();
		let forms: Option<Vec<usize>> = inputs.iter().map(|input| self.form_of(*input)).collect();
		let (sources, last) = (forms?, inputs.iter().copied().max()?);
		let same =
			|values: &[usize]| values.windows(2).all(|pair| self.nodes[pair[0]].dims == self.nodes[pair[1]].dims);
		let fits = !by_channel || self.nodes[sources[0]].channels() == node.channels();
		if !delays || !fits || !same(&sources) || !same(&inputs) || inputs.iter().any(|input| uses[*input] != 1) {
			return None;
		}
		inputs.iter().zip(&sources).for_each(|(form, source)| self.pass_name(*form, *source));
		let dims = self.nodes[sources[0]].dims.clone();
		let (op, name) =
			(std::mem::replace(&mut self.nodes[number].op, FloatOp::Reshape), self.nodes[number].name.take());
		self.nodes[number].inputs = vec![last];
		let other = inputs.iter().find(|input| **input != last).copied();
		if let Some(other) = other {
			// What only gave dimensions to the other input is no longer read, and no longer reads.
			uses[other] -= 1;
		}
		self.nodes[last] = Node { op, inputs: sources, dims, name };
		Some(last)
	}

	/// Merges two changes of dimensions. Returns the value that this one is, if it changes nothing.
	fn merge_form(&mut self, number: usize, uses: &mut [usize]) -> Option<usize> {
		let input = self.form_of(number)?;
		if let Some(source) = self.form_of(input) {
			self.pass_name(input, source);
			uses[input] -= 1;
			uses[source] += 1;
			self.nodes[number].inputs = vec![source];
		}
		let input = self.form_of(number)?;
		if self.nodes[input].dims != self.nodes[number].dims || self.outputs.contains(&number) {
			return None;
		}
		self.pass_name(number, input);
		uses[input] = uses[input] - 1 + uses[number];
		Some(input)
	}

	/// The scale and offset, by channel, that a node applies.
	fn affine(&self, number: usize) -> Option<(Vec<f64>, Vec<f64>)> {
		let node = &self.nodes[number];
		match &node.op {
			FloatOp::Affine { factors, offsets } => Some((factors.clone(), offsets.clone())),
			FloatOp::Map(function) => {
				let (factor, offset) = function.linear()?;
				Some((vec![factor; node.channels()], vec![offset; node.channels()]))
			}
			_ => None,
		}
	}

	/// Makes bounds after a scale and offset of a product plain bounds, with the scale in the product.
	fn split_bounds(&mut self, number: usize, uses: &[usize]) {
		let node = &self.nodes[number];
		let FloatOp::Map(function) = &node.op else { return };
		let Some((low, high, inner)) = function.bounds() else { return };
		let (Some((factor, offset)), [input]) = (inner.linear(), node.inputs.as_slice()) else { return };
		let input = *input;
		if inner.is_identity() || factor == 0.0 || !matches!(self.nodes[input].op, FloatOp::Conv(_) | FloatOp::Dense(_))
		{
			return;
		}
		let channels = self.nodes[input].channels();
		if uses[input] == 1 && self.scale_product(input, &vec![factor; channels], &vec![offset; channels]) {
			let bounds = Arc::new(Function::IDENTITY).then(function::Unary::Clip(low, high));
			self.nodes[number].op = FloatOp::Map(Arc::new(bounds.unwrap_or(Function::IDENTITY)));
		}
	}

	/// Folds a scale and offset into the product before it, whose number is returned.
	fn fold_back(&mut self, number: usize, uses: &[usize]) -> Option<usize> {
		let (factors, offsets) = self.affine(number)?;
		let [input] = *self.nodes[number].inputs.as_slice() else { return None };
		let is_product = matches!(self.nodes[input].op, FloatOp::Conv(_) | FloatOp::Dense(_));
		let folds = is_product && uses[input] == 1 && self.scale_product(input, &factors, &offsets);
		folds.then_some(input)
	}

	/// Applies a scale and offset to the result of a product.
	#[allow(clippy::cast_possible_truncation)]
	fn scale_product(&mut self, number: usize, factors: &[f64], offsets: &[f64]) -> bool {
		let (weights, bias) = match &mut self.nodes[number].op {
			FloatOp::Conv(conv) => (&mut conv.weights, &mut conv.bias),
			FloatOp::Dense(dense) => (&mut dense.weights, &mut dense.bias),
			_ => return false,
		};
		if let Some(quantised) = &mut weights.quantised {
			// The scales of integer weights can take positive factors.
			if !factors.iter().all(|factor| *factor > 0.0) {
				return false;
			}
			let scales = &quantised.scales;
			quantised.scales =
				factors.iter().enumerate().map(|(at, factor)| scales[at % scales.len()] * factor).collect();
		}
		let per_output = weights.values.len() / bias.len().max(1);
		for (row, factor) in weights.values.chunks_exact_mut(per_output.max(1)).zip(factors) {
			row.iter_mut().for_each(|weight| *weight = (f64::from(*weight) * factor) as f32);
		}
		for (bias, (factor, offset)) in bias.iter_mut().zip(factors.iter().zip(offsets)) {
			*bias = *bias * factor + offset;
		}
		true
	}

	/// Folds a scale and offset in front of a product into it.
	#[allow(clippy::cast_possible_truncation)]
	fn fold_front(&mut self, number: usize, uses: &mut [usize]) {
		let [input] = *self.nodes[number].inputs.as_slice() else { return };
		let Some((factors, offsets)) = self.affine(input) else { return };
		let before = self.nodes[input].inputs.clone();
		let (weights, bias) = match &mut self.nodes[number].op {
			FloatOp::Dense(dense) => (&mut dense.weights, &mut dense.bias),
			FloatOp::Conv(conv) if conv.groups == 1 && [conv.window.before, conv.window.after] == [[0, 0], [0, 0]] => {
				(&mut conv.weights, &mut conv.bias)
			}
			_ => return,
		};
		if weights.quantised.is_some() {
			return;
		}
		let per_output = (weights.values.len() / bias.len().max(1)).max(1);
		for (row, bias) in weights.values.chunks_exact_mut(per_output).zip(bias) {
			for (index, weight) in row.iter_mut().enumerate() {
				let channel = index % factors.len();
				*bias += f64::from(*weight) * offsets[channel];
				*weight = (f64::from(*weight) * factors[channel]) as f32;
			}
		}
		uses[input] -= 1;
		before.iter().for_each(|value| uses[*value] += 1);
		self.nodes[number].inputs = before;
	}

	/// Moves another order of elements in front of a matrix product into its weights.
	fn fold_order(&mut self, number: usize, uses: &mut [usize]) {
		let [flat] = *self.nodes[number].inputs.as_slice() else { return };
		let (FloatOp::Dense(_), FloatOp::Reshape) = (&self.nodes[number].op, &self.nodes[flat].op) else { return };
		let [moved] = *self.nodes[flat].inputs.as_slice() else { return };
		let FloatOp::Transpose { order } = self.nodes[moved].op.clone() else { return };
		let [source] = *self.nodes[moved].inputs.as_slice() else { return };
		// Each row of the product must be all of one image.
		let dims = self.nodes[moved].dims.clone();
		let inside: usize = dims.iter().skip(1).product();
		if order.first() != Some(&0) || inside != self.nodes[flat].channels() || uses[flat] != 1 {
			return;
		}
		// The weights are laid out as the reordered elements; bring them back to the order of the source.
		let back: Vec<usize> =
			(0..order.len()).map(|axis| order.iter().position(|from| *from == axis).unwrap_or(0)).collect();
		let FloatOp::Dense(dense) = &mut self.nodes[number].op else { return };
		let row_dims = [vec![dense.bias.len()], dims[1..].to_vec()].concat();
		dense.weights.values = permute(&dense.weights.values, &row_dims, &back);
		if let Some(quantised) = &mut dense.weights.quantised {
			quantised.integers = permute(&quantised.integers, &row_dims, &back);
		}
		uses[moved] -= 1;
		uses[source] += 1;
		self.nodes[flat].inputs = vec![source];
		self.nodes[flat].name = None;
	}

	/// Drops what no output needs.
	fn drop_unused(&mut self) {
		let mut needed = vec![false; self.nodes.len()];
		self.outputs.iter().for_each(|output| needed[*output] = true);
		for number in (0..self.nodes.len()).rev() {
			let node = &self.nodes[number];
			if needed[number] {
				node.inputs.iter().for_each(|input| needed[*input] = true);
			}
		}
		let mut places = vec![0; self.nodes.len()];
		let mut kept = Vec::new();
		for (number, mut node) in std::mem::take(&mut self.nodes).into_iter().enumerate() {
			if needed[number] {
				places[number] = kept.len();
				node.inputs.iter_mut().for_each(|input| *input = places[*input]);
				kept.push(node);
			}
		}
		self.nodes = kept;
		self.outputs.iter_mut().for_each(|output| *output = places[*output]);
	}
}
