// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Graphs in single precision.

use aivm_inference::Window;

use super::*;

impl Graph {
	/// Computes the outputs for the numbers of all inputs, and shows each value with the number of its node to `visit`.
	///
	/// `row` must hold [`Graph::input_len`] numbers.
	pub fn run(&self, row: &[f32], visit: &mut dyn FnMut(usize, &[f32])) -> Vec<Vec<f32>> {
		let mut left = self.uses();
		let mut values: Vec<Vec<f32>> = Vec::with_capacity(self.nodes.len());
		let mut rest = row;
		for (number, node) in self.nodes.iter().enumerate() {
			let value = match node.op {
				FloatOp::Input(kind) => {
					let (numbers, after) = rest.split_at(node.len().min(rest.len()));
					rest = after;
					read_input(kind, numbers)
				}
				_ => {
					let inputs: Vec<(&[f32], &[usize])> = node
						.inputs
						.iter()
						.map(|input| (values[*input].as_slice(), self.nodes[*input].dims.as_slice()))
						.collect();
					node.compute(&inputs)
				}
			};
			visit(number, &value);
			values.push(value);
			for input in &node.inputs {
				left[*input] -= 1;
				if left[*input] == 0 {
					values[*input] = Vec::new();
				}
			}
		}
		self.outputs.iter().map(|output| values[*output].clone()).collect()
	}
}

#[allow(clippy::cast_possible_truncation)]
fn read_input(kind: InputKind, numbers: &[f32]) -> Vec<f32> {
	match kind {
		InputKind::Quantised(grid) => {
			numbers.iter().map(|value| grid.dequantise(grid.quantise((*value).into())) as f32).collect()
		}
		_ => numbers.to_vec(),
	}
}

impl Node {
	#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
	fn compute(&self, inputs: &[(&[f32], &[usize])]) -> Vec<f32> {
		let (x, dims) = inputs[0];
		let channels = dims.last().copied().unwrap_or(1);
		match &self.op {
			FloatOp::Input(_) | FloatOp::Reshape => x.to_vec(),
			FloatOp::Conv(conv) => convolve(conv, x, dims, &self.dims),
			FloatOp::Dense(dense) => {
				let row = |row: &[f32]| -> Vec<f32> {
					let rows = dense.weights.values.chunks_exact(channels);
					rows.zip(&dense.bias).map(|(weights, bias)| (*bias + f64::from(dot(weights, row))) as f32).collect()
				};
				x.chunks_exact(channels).flat_map(row).collect()
			}
			FloatOp::Affine { factors, offsets } => {
				let channel = |(index, value): (usize, &f32)| {
					let channel = index % channels;
					(f64::from(*value) * factors[channel] + offsets[channel]) as f32
				};
				x.iter().enumerate().map(channel).collect()
			}
			FloatOp::Map(function) => x.iter().map(|value| function.at((*value).into()) as f32).collect(),
			FloatOp::Add { factor } => {
				let factor = *factor as f32;
				pairs(x, inputs[1], dims).map(|(left, right)| left + factor * right).collect()
			}
			FloatOp::Multiply => pairs(x, inputs[1], dims).map(|(left, right)| left * right).collect(),
			FloatOp::MaxPool(window) => {
				pool(window, x, dims, &self.dims, f32::NEG_INFINITY, f32::max, |largest, _| largest)
			}
			FloatOp::AveragePool { window, count_padding } => {
				let area = window.area() as usize;
				pool(
					window,
					x,
					dims,
					&self.dims,
					0.0,
					|sum, value| sum + value,
					|sum, count| sum / if *count_padding { area } else { count } as f32,
				)
			}
			FloatOp::Concat { axis } => {
				let outer: usize = dims[..*axis].iter().product();
				let mut result = Vec::with_capacity(self.len());
				for index in 0..outer {
					for (values, _) in inputs {
						let part = values.len() / outer.max(1);
						result.extend_from_slice(&values[index * part..(index + 1) * part]);
					}
				}
				result
			}
			FloatOp::Select { places } => {
				x.chunks_exact(channels).flat_map(|row| places.iter().map(|place| row[*place])).collect()
			}
			FloatOp::Transpose { order } => permute(x, dims, order),
			FloatOp::Softmax => {
				let row = |row: &[f32]| -> Vec<f32> {
					let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
					let powers: Vec<f64> = row.iter().map(|value| f64::from(value - most).exp()).collect();
					let sum: f64 = powers.iter().sum();
					powers.iter().map(|power| (power / sum) as f32).collect()
				};
				x.chunks_exact(channels).flat_map(row).collect()
			}
			FloatOp::Embed { width, table } => {
				let rows = table.values.len() / (*width).max(1);
				let row = |index: &f32| {
					let row = (index.max(0.0) as usize).min(rows.saturating_sub(1));
					&table.values[row * width..(row + 1) * width]
				};
				x.iter().flat_map(row).copied().collect()
			}
			FloatOp::Constant(numbers) => numbers.values.clone(),
			FloatOp::Quantise(grid) => {
				x.iter().map(|value| grid.dequantise(grid.quantise((*value).into())) as f32).collect()
			}
			FloatOp::ArgMax => x.chunks_exact(channels).map(|row| crate::float::first_largest(row) as f32).collect(),
		}
	}
}

/// The sum of products, in eight lanes.
fn dot(left: &[f32], right: &[f32]) -> f32 {
	let ((left, left_rest), (right, right_rest)) = (left.as_chunks::<8>(), right.as_chunks::<8>());
	let mut lanes = [0f32; 8];
	for (left, right) in left.iter().zip(right) {
		for lane in 0..8 {
			lanes[lane] += left[lane] * right[lane];
		}
	}
	let rest: f32 = left_rest.iter().zip(right_rest).map(|(left, right)| left * right).sum();
	lanes.iter().sum::<f32>() + rest
}

/// The elements of two tensors that belong together; the second repeats along axes of size 1.
fn pairs<'a>(
	first: &'a [f32],
	(second, second_dims): (&'a [f32], &'a [usize]),
	dims: &'a [usize],
) -> impl Iterator<Item = (f32, f32)> + 'a {
	let mut strides = vec![0; dims.len()];
	let mut stride = 1;
	for (axis, size) in second_dims.iter().enumerate().rev() {
		strides[axis] = if *size == 1 { 0 } else { stride };
		stride *= size;
	}
	let place = move |mut index: usize| {
		let mut place = 0;
		for (size, stride) in dims.iter().zip(&strides).rev() {
			place += index % size * stride;
			index /= size;
		}
		place
	};
	first.iter().enumerate().map(move |(index, value)| (*value, second[place(index)]))
}

/// The elements with the axes in another order.
pub(crate) fn permute<T: Copy>(values: &[T], dims: &[usize], order: &[usize]) -> Vec<T> {
	let mut strides = vec![1; dims.len()];
	for axis in (1..dims.len()).rev() {
		strides[axis - 1] = strides[axis] * dims[axis];
	}
	let mut result = Vec::with_capacity(values.len());
	let (Some(inner), false) = (order.last(), values.is_empty()) else { return values.to_vec() };
	let (size, stride) = (dims[*inner], strides[*inner]);
	let outer = &order[..order.len() - 1];
	let mut place = vec![0; outer.len()];
	loop {
		let begin: usize = place.iter().zip(outer).map(|(index, axis)| index * strides[*axis]).sum();
		result.extend(values[begin..].iter().step_by(stride).take(size));
		let Some(next) = (0..outer.len()).rev().find(|position| place[*position] + 1 < dims[outer[*position]]) else {
			return result;
		};
		place[next] += 1;
		place[next + 1..].fill(0);
	}
}

/// The places along an axis that a window covers, with the places in the kernel.
fn covered(window: &Window, axis: usize, at: usize, length: usize) -> impl Iterator<Item = (usize, usize)> {
	let [kernel, stride, dilation, before] =
		[window.kernel, window.strides, window.dilations, window.before].map(|pair| usize::from(pair[axis]));
	(0..kernel).filter_map(move |place| {
		let index = (at * stride + place * dilation).checked_sub(before)?;
		(index < length).then_some((place, index))
	})
}

fn convolve(conv: &Conv, x: &[f32], dims: &[usize], out: &[usize]) -> Vec<f32> {
	let ([_, height, width, channels], [images, rows, columns, outputs]) = (quad(dims), quad(out));
	let (inside, per_group) = (channels / conv.groups, outputs / conv.groups);
	let [kernel_height, kernel_width] = conv.window.kernel.map(usize::from);
	#[allow(clippy::cast_possible_truncation)]
	let bias: Vec<f32> = conv.bias.iter().map(|bias| *bias as f32).collect();
	let mut result = Vec::with_capacity(images * rows * columns * outputs);
	for image in 0..images {
		for row in 0..rows {
			for column in 0..columns {
				let begin = result.len();
				result.extend_from_slice(&bias);
				for (y, input_row) in covered(&conv.window, 0, row, height) {
					for (x_place, input_column) in covered(&conv.window, 1, column, width) {
						let at = ((image * height + input_row) * width + input_column) * channels;
						let pixel = &x[at..at + channels];
						for (output, sum) in result[begin..].iter_mut().enumerate() {
							let weights = ((output * kernel_height + y) * kernel_width + x_place) * inside;
							let first = output / per_group * inside;
							*sum += dot(&conv.weights.values[weights..weights + inside], &pixel[first..first + inside]);
						}
					}
				}
			}
		}
	}
	result
}

fn pool(
	window: &Window,
	x: &[f32],
	dims: &[usize],
	out: &[usize],
	start: f32,
	step: impl Fn(f32, f32) -> f32,
	end: impl Fn(f32, usize) -> f32,
) -> Vec<f32> {
	let ([_, height, width, channels], [images, rows, columns, _]) = (quad(dims), quad(out));
	let mut result = Vec::with_capacity(images * rows * columns * channels);
	for image in 0..images {
		for row in 0..rows {
			for column in 0..columns {
				let begin = result.len();
				result.resize(begin + channels, start);
				let mut count = 0;
				for (_, input_row) in covered(window, 0, row, height) {
					for (_, input_column) in covered(window, 1, column, width) {
						let at = ((image * height + input_row) * width + input_column) * channels;
						count += 1;
						let pixel = &x[at..at + channels];
						result[begin..].iter_mut().zip(pixel).for_each(|(sum, value)| *sum = step(*sum, *value));
					}
				}
				result[begin..].iter_mut().for_each(|sum| *sum = end(*sum, count));
			}
		}
	}
	result
}

/// Four dimensions; nodes with windows always have them.
fn quad(dims: &[usize]) -> [usize; 4] {
	dims.try_into().unwrap_or([1; 4])
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn permute_should_move_axes() {
		let values: Vec<u8> = (0..6).collect();
		assert_eq!(permute(&values, &[1, 2, 3], &[0, 2, 1]), [0, 3, 1, 4, 2, 5]);
		assert_eq!(permute(&values, &[2, 3], &[1, 0]), [0, 3, 1, 4, 2, 5]);
	}
}
