// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Linear maps in double precision, and their composition.

use crate::float::Layer;

/// Most multiplications that one composition may take.
const MAX_WORK: usize = 1 << 30;

/// A linear map with an offset.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Linear {
	/// `output[i] = factor[i] * input[i] + offset[i]`.
	Diagonal { factors: Vec<f64>, offsets: Vec<f64> },
	/// A matrix.
	Matrix(Matrix),
}

/// `output[o] = bias[o] + sum over i of weights[o * inputs + i] * input[i]`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Matrix {
	/// Numbers that go in.
	pub inputs: usize,
	/// `outputs * inputs` weights, output by output.
	pub weights: Vec<f64>,
	/// One number for each output.
	pub bias: Vec<f64>,
}

impl Matrix {
	/// Applies the map.
	pub fn apply(&self, row: &[f64]) -> Vec<f64> {
		let product = |(weights, bias): (&[f64], &f64)| {
			bias + weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>()
		};
		self.weights.chunks_exact(self.inputs).zip(&self.bias).map(product).collect()
	}
}

impl Linear {
	/// The map that changes nothing.
	pub fn identity(width: usize) -> Self {
		Self::Diagonal { factors: vec![1.0; width], offsets: vec![0.0; width] }
	}

	/// Whether this is the map that changes nothing.
	pub fn is_identity(&self) -> bool {
		match self {
			Self::Diagonal { factors, offsets } => {
				factors.iter().all(|factor| *factor == 1.0) && offsets.iter().all(|offset| *offset == 0.0)
			}
			Self::Matrix(_) => false,
		}
	}

	/// This map, then a layer; `None` if the layer is not linear or the work is too much.
	pub fn then(&self, layer: &Layer) -> Option<Self> {
		let each = |change: &dyn Fn(usize, &mut f64, bool)| {
			let mut map = self.clone();
			match &mut map {
				Self::Diagonal { factors, offsets } => {
					factors.iter_mut().enumerate().for_each(|(index, factor)| change(index, factor, true));
					offsets.iter_mut().enumerate().for_each(|(index, offset)| change(index, offset, false));
				}
				Self::Matrix(matrix) => {
					let inputs = matrix.inputs;
					matrix.weights.iter_mut().enumerate().for_each(|(at, weight)| change(at / inputs, weight, true));
					matrix.bias.iter_mut().enumerate().for_each(|(index, bias)| change(index, bias, false));
				}
			}
			Some(map)
		};
		match layer {
			Layer::Add(values) => each(&|index, number, is_factor| {
				if !is_factor {
					*number += f64::from(values[index]);
				}
			}),
			Layer::Multiply(values) => each(&|index, number, _| *number *= f64::from(values[index])),
			Layer::Divide(values) => each(&|index, number, _| *number /= f64::from(values[index])),
			Layer::Clamp(..) => None,
			Layer::Dense(dense) => {
				let next = Matrix {
					inputs: dense.inputs,
					weights: dense.weights.iter().map(|weight| f64::from(*weight)).collect(),
					bias: dense.bias.iter().map(|bias| f64::from(*bias)).collect(),
				};
				self.then_matrix(next).map(Self::Matrix)
			}
		}
	}

	fn then_matrix(&self, mut next: Matrix) -> Option<Matrix> {
		match self {
			Self::Diagonal { factors, offsets } => {
				next.bias = next.apply(offsets);
				for row in next.weights.chunks_exact_mut(next.inputs) {
					row.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor);
				}
				Some(next)
			}
			Self::Matrix(first) => {
				let work = next.weights.len().checked_mul(first.inputs).filter(|work| *work <= MAX_WORK)?;
				let mut weights = Vec::with_capacity(work / next.inputs.max(1));
				for row in next.weights.chunks_exact(next.inputs) {
					let mut sums = vec![0.0; first.inputs];
					for (weight, inner) in row.iter().zip(first.weights.chunks_exact(first.inputs)) {
						sums.iter_mut().zip(inner).for_each(|(sum, value)| *sum += weight * value);
					}
					weights.append(&mut sums);
				}
				Some(Matrix { inputs: first.inputs, weights, bias: next.apply(&first.bias) })
			}
		}
	}

	/// Parameters of this map followed by `layer` if they were one, and if they stay two.
	pub fn merged_and_separate(&self, layer: &Layer) -> (usize, usize) {
		match (self, layer) {
			(Self::Matrix(first), Layer::Dense(next)) => {
				(next.bias.len().saturating_mul(first.inputs), first.weights.len() + next.weights.len())
			}
			_ => (0, 0),
		}
	}

	/// This map as a matrix. A diagonal one takes the square of its width.
	pub fn into_matrix(self) -> Matrix {
		match self {
			Self::Matrix(matrix) => matrix,
			Self::Diagonal { factors, offsets } => {
				let inputs = factors.len();
				let mut weights = vec![0.0; inputs * inputs];
				weights.iter_mut().step_by(inputs + 1).zip(&factors).for_each(|(weight, factor)| *weight = *factor);
				Matrix { inputs, weights, bias: offsets }
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::float::Dense;

	#[test]
	fn linear_should_equal_the_layers_when_they_are_composed() {
		let layers = [
			Layer::Add(vec![1.0, -2.0]),
			Layer::Divide(vec![4.0, 0.5]),
			Layer::Dense(Dense {
				inputs: 2,
				weights: vec![1.0, 2.0, -3.0, 0.5, 0.0, 1.0],
				bias: vec![0.25, 0.0, -1.0],
			}),
			Layer::Multiply(vec![2.0, -1.0, 1.0]),
			Layer::Dense(Dense { inputs: 3, weights: vec![1.0, 1.0, -1.0, 2.0, 0.0, 0.5], bias: vec![0.0, 8.0] }),
			Layer::Add(vec![-0.5, 0.5]),
		];
		let input = [3.0, -5.0];
		let expected = layers.iter().fold(input.to_vec(), |row, layer| layer.apply(&row));
		let map = layers.iter().fold(Linear::identity(2), |map, layer| map.then(layer).unwrap()).into_matrix();
		let given = map.apply(&input.map(f64::from));
		assert_eq!(given, expected.iter().map(|value| f64::from(*value)).collect::<Vec<_>>());
		assert_eq!((map.inputs, map.bias.len()), (2, 2));
	}

	#[test]
	fn linear_should_be_refused_when_the_layer_is_not_linear() {
		assert_eq!(Linear::identity(2).then(&Layer::Clamp(0.0, 1.0)), None);
	}

	#[test]
	fn linear_should_become_a_diagonal_matrix_when_it_has_no_dense_layer() {
		let map = Linear::identity(2).then(&Layer::Multiply(vec![2.0, 3.0])).unwrap();
		assert!(Linear::identity(2).is_identity() && !map.is_identity());
		assert_eq!(map.into_matrix().weights, [2.0, 0.0, 0.0, 3.0]);
	}
}
