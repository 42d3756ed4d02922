// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What programs mean, written a second time from the format document: element by element, in 128-bit integers, without any
//! arithmetic of the crate.

use aivm_inference::*;

/// A tensor as big integers.
#[derive(Clone, Debug)]
struct Values {
	dims: Vec<usize>,
	elements: Vec<i128>,
}

impl Values {
	fn rows(&self) -> std::slice::ChunksExact<'_, i128> {
		self.elements.chunks_exact(*self.dims.last().unwrap())
	}

	/// The element at these indices.
	fn at(&self, index: &[usize]) -> i128 {
		assert_eq!(index.len(), self.dims.len());
		let place = index.iter().zip(&self.dims).fold(0, |place, (index, dim)| {
			assert!(index < dim);
			place * dim + index
		});
		self.elements[place]
	}

	/// A tensor of these dimensions from a function of the indices.
	fn from_fn(dims: &[usize], mut element: impl FnMut(&[usize]) -> i128) -> Self {
		let count = dims.iter().product();
		let mut index = vec![0; dims.len()];
		let mut elements = Vec::new();
		for place in 0..count {
			let mut rest: usize = place;
			for (slot, dim) in index.iter_mut().zip(dims).rev() {
				*slot = rest % dim;
				rest /= dim;
			}
			elements.push(element(&index));
		}
		Self { dims: dims.to_vec(), elements }
	}

	/// The same elements in rows of another length.
	fn with_features(&self, features: usize, elements: Vec<i128>) -> Self {
		let mut dims = self.dims.clone();
		*dims.last_mut().unwrap() = features;
		Self { dims, elements }
	}
}

fn saturate(value: i128) -> i128 {
	value.clamp(-128, 127)
}

/// The dimensions of what a window makes: the formula of ONNX with explicit padding.
fn window_dims(window: &Window, dims: &[usize], channels: usize) -> Vec<usize> {
	let along = |axis: usize| {
		let extent = (usize::from(window.kernel[axis]) - 1) * usize::from(window.dilations[axis]) + 1;
		let room = dims[axis + 1] + usize::from(window.before[axis]) + usize::from(window.after[axis]) - extent;
		room / usize::from(window.strides[axis]) + 1
	};
	vec![dims[0], along(0), along(1), channels]
}

/// Where place `at` of the kernel lies in the input for step `step`, or `None` in the padding.
fn window_place(window: &Window, axis: usize, step: usize, at: usize, length: usize) -> Option<usize> {
	let place = step * usize::from(window.strides[axis]) + at * usize::from(window.dilations[axis]);
	place.checked_sub(window.before[axis].into()).filter(|place| *place < length)
}

/// The elements of channel `channel` in the window at `index`: `None` for padding.
fn covered(window: &Window, input: &Values, index: &[usize], channel: usize) -> Vec<Option<i128>> {
	let mut elements = Vec::new();
	for row in 0..usize::from(window.kernel[0]) {
		for column in 0..usize::from(window.kernel[1]) {
			let y = window_place(window, 0, index[1], row, input.dims[1]);
			let x = window_place(window, 1, index[2], column, input.dims[2]);
			elements.push(y.zip(x).map(|(y, x)| input.at(&[index[0], y, x, channel])));
		}
	}
	elements
}

fn convolve(layer: &Conv2d, input: &Values) -> Values {
	let outputs = layer.bias.len();
	let (groups, channels) = (layer.groups as usize, input.dims[3]);
	let (depth, width) = (channels / groups, outputs / groups);
	let area = usize::from(layer.window.kernel[0]) * usize::from(layer.window.kernel[1]);
	Values::from_fn(&window_dims(&layer.window, &input.dims, outputs), |index| {
		let output = index[3];
		let zero = match &layer.weight_zero_points {
			PerChannel::One(zero) => *zero,
			PerChannel::Each(zeros) => zeros[output],
		};
		let mut sum = i128::from(layer.bias[output]);
		for c in 0..depth {
			let elements = covered(&layer.window, input, index, output / width * depth + c);
			for (place, x) in elements.into_iter().enumerate() {
				let weight = i128::from(layer.weights[(output * area + place) * depth + c]) - i128::from(zero);
				let zero = i128::from(layer.input_zero_point);
				sum = fits(sum + (x.unwrap_or(zero) - zero) * weight);
			}
		}
		sum
	})
}

/// The element of `second` that goes with an index of the first input.
fn repeated(second: &Values, index: &[usize]) -> i128 {
	let index: Vec<_> = index.iter().zip(&second.dims).map(|(index, dim)| if *dim == 1 { 0 } else { *index }).collect();
	second.at(&index)
}

fn concat(axis: usize, inputs: &[&Values]) -> Values {
	let mut dims = inputs[0].dims.clone();
	dims[axis] = inputs.iter().map(|input| input.dims[axis]).sum();
	Values::from_fn(&dims, |index| {
		let mut index = index.to_vec();
		for input in inputs {
			if index[axis] < input.dims[axis] {
				return input.at(&index);
			}
			index[axis] -= input.dims[axis];
		}
		unreachable!()
	})
}

fn softmax(op: &Softmax, row: &[i128]) -> Vec<i128> {
	let most = row.iter().max().unwrap();
	let exponentials: Vec<_> = row.iter().map(|x| i128::from(op.exponentials[(most - x) as usize])).collect();
	let sum: i128 = exponentials.iter().sum();
	let share = |e: &i128| {
		round_ratio(e * i128::from(op.multiplier.mantissa()), sum << op.multiplier.shift()) + i128::from(op.zero_point)
	};
	exponentials.iter().map(share).map(saturate).collect()
}

/// The integer nearest to `numerator / denominator`, halves to even.
pub fn round_ratio(numerator: i128, denominator: i128) -> i128 {
	let quotient = numerator.div_euclid(denominator);
	let twice = 2 * numerator.rem_euclid(denominator);
	match twice.cmp(&denominator) {
		std::cmp::Ordering::Less => quotient,
		std::cmp::Ordering::Greater => quotient + 1,
		std::cmp::Ordering::Equal => quotient + quotient.rem_euclid(2),
	}
}

fn fits(value: i128) -> i128 {
	assert!(i32::try_from(value).is_ok(), "a validated program never leaves i32, but reached {value}");
	value
}

/// Reads a subtree of `size` leaves in preorder, all of it, and returns the number of the leaf that `row` reaches if this
/// part is on its path. `branch` and `leaf` count what was read.
fn read_tree(
	trees: &TreeEnsemble,
	size: u32,
	(branch, leaf): (&mut usize, &mut usize),
	row: &[i128],
	active: bool,
) -> Option<usize> {
	if size == 1 {
		*leaf += 1;
		return active.then_some(*leaf - 1);
	}
	let here = *branch;
	*branch += 1;
	let (value, threshold) = (row[usize::from(trees.features[here])], i128::from(trees.thresholds[here]));
	let holds = match trees.comparison {
		Comparison::LessOrEqual => value <= threshold,
		Comparison::Less => value < threshold,
	};
	let split = u32::from(trees.splits[here]);
	let first = read_tree(trees, split, (branch, leaf), row, active && holds);
	let second = read_tree(trees, size - split, (branch, leaf), row, active && !holds);
	first.or(second)
}

fn evaluate(op: &Op, inputs: &[&Values]) -> Values {
	let input = inputs[0];
	let mut elements = Vec::new();
	let features = match op {
		Op::Conv2d(layer) => return convolve(layer, input),
		Op::MaxPool(pool) => {
			return Values::from_fn(&window_dims(&pool.window, &input.dims, input.dims[3]), |index| {
				covered(&pool.window, input, index, index[3]).into_iter().flatten().max().unwrap()
			})
		}
		Op::AveragePool(pool) => {
			return Values::from_fn(&window_dims(&pool.window, &input.dims, input.dims[3]), |index| {
				let all = covered(&pool.window, input, index, index[3]);
				let inside: Vec<_> = all.iter().flatten().map(|x| x - i128::from(pool.input_zero_point)).collect();
				let count = if pool.count_padding { all.len() } else { inside.len() } as i128;
				let sum = inside.iter().sum::<i128>() * i128::from(pool.multiplier.mantissa());
				saturate(round_ratio(sum, count << pool.multiplier.shift()) + i128::from(pool.zero_point))
			})
		}
		Op::Add(add) => {
			return Values::from_fn(&input.dims, |index| {
				let [a, b] = [input.at(index), repeated(inputs[1], index)];
				let [za, zb] = add.input_zero_points.map(i128::from);
				let [fa, fb] = add.factors.map(i128::from);
				let sum = (a - za) * fa + (b - zb) * fb;
				saturate(round_ratio(sum, 1 << add.shift) + i128::from(add.zero_point))
			})
		}
		Op::Multiply(multiply) => {
			return Values::from_fn(&input.dims, |index| {
				let [a, b] = [input.at(index), repeated(inputs[1], index)];
				let [za, zb] = multiply.input_zero_points.map(i128::from);
				let product = (a - za) * (b - zb) * i128::from(multiply.multiplier.mantissa());
				let scaled = round_ratio(product, 1 << multiply.multiplier.shift());
				saturate(scaled + i128::from(multiply.zero_point))
			})
		}
		Op::Concat { axis } => return concat(usize::from(*axis), inputs),
		Op::Reshape { shape } => {
			let dims = shape.dims().iter().map(|dim| *dim as usize).collect();
			return Values { dims, elements: input.elements.clone() };
		}
		Op::Transpose { order } => {
			let dims: Vec<_> = order.iter().map(|axis| input.dims[usize::from(*axis)]).collect();
			return Values::from_fn(&dims, |index| {
				let mut place = vec![0; dims.len()];
				index.iter().zip(order).for_each(|(index, axis)| place[usize::from(*axis)] = *index);
				input.at(&place)
			});
		}
		Op::Embed(embed) => {
			let width = embed.width as usize;
			let dims: Vec<_> = input.dims.iter().copied().chain([width]).collect();
			return Values::from_fn(&dims, |index| {
				let (last, index) = index.split_last().unwrap();
				embed.table[input.at(index) as usize * width + last].into()
			});
		}
		Op::Lookup(lookup) => {
			elements.extend(input.elements.iter().map(|x| i128::from(lookup.table[(x + 128) as usize])));
			*input.dims.last().unwrap()
		}
		Op::Softmax(op) => {
			input.rows().for_each(|row| elements.extend(softmax(op, row)));
			*input.dims.last().unwrap()
		}
		Op::Dense(layer) => {
			for row in input.rows() {
				for (n, bias) in layer.bias.iter().enumerate() {
					let zero = match &layer.weight_zero_points {
						PerChannel::One(zero) => *zero,
						PerChannel::Each(zeros) => zeros[n],
					};
					let mut sum = i128::from(*bias);
					for (k, x) in row.iter().enumerate() {
						let weight = i128::from(layer.weights[n * row.len() + k]) - i128::from(zero);
						sum = fits(sum + (x - i128::from(layer.input_zero_point)) * weight);
					}
					elements.push(sum);
				}
			}
			layer.bias.len()
		}
		Op::Requantise(layer) => {
			for row in input.rows() {
				for (c, x) in row.iter().enumerate() {
					let factor = match &layer.multipliers {
						PerChannel::One(factor) => factor,
						PerChannel::Each(factors) => &factors[c],
					};
					let scaled = round_ratio(x * i128::from(factor.mantissa()), 1i128 << factor.shift());
					elements.push((scaled + i128::from(layer.zero_point)).clamp(-128, 127));
				}
			}
			*input.dims.last().unwrap()
		}
		Op::Clamp(bounds) => {
			elements.extend(input.elements.iter().map(|x| *x.clamp(&bounds.low.into(), &bounds.high.into())));
			*input.dims.last().unwrap()
		}
		Op::ArgMax => {
			for row in input.rows() {
				let most = row.iter().max().unwrap();
				elements.push(row.iter().position(|x| x == most).unwrap() as i128);
			}
			1
		}
		Op::TreeEnsemble(trees) => {
			for row in input.rows() {
				let mut sums: Vec<i128> = trees.base.iter().map(|base| i128::from(*base)).collect();
				let (mut branch, mut leaf) = (0, 0);
				for (tree, size) in trees.sizes.iter().enumerate() {
					let reached = read_tree(trees, *size, (&mut branch, &mut leaf), row, true).unwrap();
					match &trees.leaves {
						Leaves::PerTree(targets) => {
							let sum = &mut sums[usize::from(targets[tree])];
							*sum = fits(*sum + i128::from(trees.weights[reached]));
						}
						Leaves::PerOutput => {
							for (output, sum) in sums.iter_mut().enumerate() {
								*sum = fits(*sum + i128::from(trees.weights[reached * trees.base.len() + output]));
							}
						}
					}
				}
				assert_eq!((branch, leaf), (trees.features.len(), branch + trees.sizes.len()));
				elements.extend(sums);
			}
			trees.base.len()
		}
	};
	input.with_features(features, elements)
}

/// The output of `program` for `input`, computed the slow way.
pub fn run(program: &Program, input: &[u8]) -> Vec<u8> {
	let mut rest = input;
	let mut values = Vec::new();
	for spec in program.inputs() {
		let mut elements = Vec::new();
		for _ in 0..spec.shape.elements() {
			let (element, after) = rest.split_at(spec.dtype.size() as usize);
			elements.push(match spec.dtype {
				Dtype::I8 => i128::from(element[0] as i8),
				Dtype::I32 => i128::from(i32::from_le_bytes(element.try_into().unwrap())),
			});
			rest = after;
		}
		values.push(Values { dims: spec.shape.dims().iter().map(|dim| *dim as usize).collect(), elements });
	}
	assert!(rest.is_empty());
	for operation in program.operations() {
		let inputs: Vec<_> = operation.inputs.iter().map(|input| &values[usize::from(input.0)]).collect();
		let value = evaluate(&operation.op, &inputs);
		values.push(value);
	}
	let mut bytes = Vec::new();
	for (output, spec) in program.output_values().iter().zip(program.outputs()) {
		for element in &values[usize::from(output.value.0)].elements {
			match spec.dtype {
				Dtype::I8 => bytes.extend(i8::try_from(*element).unwrap().to_le_bytes()),
				Dtype::I32 => bytes.extend(i32::try_from(*element).unwrap().to_le_bytes()),
			}
		}
	}
	bytes
}
