// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What programs mean, written a second time from the format document: element by element, in 128-bit integers, without any
//! arithmetic of the crate.

use aivm_inference::*;

/// A tensor as big integers.
#[derive(Clone, Debug)]
struct Values {
	features: usize,
	elements: Vec<i128>,
}

impl Values {
	fn rows(&self) -> std::slice::ChunksExact<'_, i128> {
		self.elements.chunks_exact(self.features)
	}
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

fn evaluate(op: &Op, input: &Values) -> Values {
	let mut elements = Vec::new();
	let features = match op {
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
			input.features
		}
		Op::Clamp(bounds) => {
			elements.extend(input.elements.iter().map(|x| *x.clamp(&bounds.low.into(), &bounds.high.into())));
			input.features
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
	Values { features, elements }
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
		values.push(Values { features: *spec.shape.dims().last().unwrap() as usize, elements });
	}
	assert!(rest.is_empty());
	for operation in program.operations() {
		let value = evaluate(&operation.op, &values[usize::from(operation.inputs[0].0)]);
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
