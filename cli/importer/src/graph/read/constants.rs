// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Constants, and what is computed from constants only.

use super::*;
use crate::{
	decode::Elements,
	graph::{evaluate::permute, function::Binary, QuantisedWeights, Weights},
};

/// A constant.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Known {
	/// Its numbers.
	pub constant: Constant,
	/// The integers that they were before, if the model is quantised.
	pub quantised: Option<Quantised>,
}

/// Integers and what they stand for: `(integer - zero point) * scale`.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Quantised {
	/// One integer for each number. Unsigned bytes are moved by -128, as their zero points are.
	pub integers: Vec<i64>,
	/// One scale, or one for each place along `axis`.
	pub scales: Vec<f32>,
	/// One zero point, or one for each place along `axis`.
	pub zero_points: Vec<i64>,
	/// The axis.
	pub axis: usize,
}

impl Known {
	pub fn new(constant: Constant) -> Self {
		Self { constant, quantised: None }
	}

	pub fn dims(&self) -> &[usize] {
		&self.constant.dims
	}

	/// The numbers, which must be finite.
	pub fn floats(&self) -> Result<Vec<f32>, Refusal> {
		match self.constant.floats() {
			Some(values) if values.iter().all(|value| value.is_finite()) => Ok(values),
			Some(_) => malformed("a weight is infinite or not a number"),
			None => malformed("a constant holds text in place of numbers"),
		}
	}

	/// The numbers in double precision, which holds products of integers and scales exactly.
	#[allow(clippy::cast_precision_loss)]
	pub fn doubles(&self) -> Result<Vec<f64>, Refusal> {
		match &self.quantised {
			Some(quantised) if quantised.scales.len() == 1 || self.dims().len() == 1 => {
				let (scales, zero_points) = (&quantised.scales, &quantised.zero_points);
				let number = |(place, integer): (usize, &i64)| {
					let steps = integer.saturating_sub(zero_points[place % zero_points.len()]);
					steps as f64 * f64::from(scales[place % scales.len()])
				};
				Ok(quantised.integers.iter().enumerate().map(number).collect())
			}
			_ => Ok(self.floats()?.into_iter().map(f64::from).collect()),
		}
	}

	/// The one number that all elements are, if they are.
	pub fn uniform(&self) -> Option<f64> {
		let values = self.constant.floats()?;
		let first = *values.first()?;
		values.iter().all(|value| *value == first).then_some(first.into())
	}

	/// The constant with its axes in another order.
	pub fn transposed(&self, order: &[usize]) -> Self {
		let dims = self.dims();
		let data = match &self.constant.data {
			Elements::Floats(values) => Elements::Floats(permute(values, dims, order)),
			Elements::Ints(values) => Elements::Ints(permute(values, dims, order)),
			Elements::Texts(values) => {
				let places: Vec<usize> = (0..values.len()).collect();
				Elements::Texts(permute(&places, dims, order).into_iter().map(|place| values[place].clone()).collect())
			}
		};
		let quantised = self.quantised.as_ref().map(|quantised| Quantised {
			integers: permute(&quantised.integers, dims, order),
			axis: order.iter().position(|axis| *axis == quantised.axis).unwrap_or(0),
			..quantised.clone()
		});
		let dims = order.iter().map(|axis| dims[*axis]).collect();
		Self { constant: Constant { dims, data, data_type: self.constant.data_type }, quantised }
	}

	/// The same elements under other dimensions.
	fn reshaped(&self, dims: Vec<usize>) -> Self {
		// Scales that differ along an axis stay only where the axis does.
		let quantised = self.quantised.clone().filter(|quantised| {
			quantised.scales.len() == 1 || self.dims().get(..=quantised.axis) == dims.get(..=quantised.axis)
		});
		Self { constant: Constant { dims, ..self.constant.clone() }, quantised }
	}

	/// Weights whose output channels are the first axis.
	pub fn weights(&self) -> Result<Weights, Refusal> {
		let values = self.floats()?;
		let quantised = self.quantised.as_ref().and_then(|quantised| {
			let usable = quantised.axis == 0 || (quantised.scales.len() == 1 && quantised.zero_points.len() == 1);
			let bytes =
				|values: &[i64]| values.iter().map(|value| i8::try_from(*value).ok()).collect::<Option<Vec<_>>>();
			usable.then_some(())?;
			Some(QuantisedWeights {
				integers: bytes(&quantised.integers)?,
				scales: quantised.scales.iter().map(|scale| f64::from(*scale)).collect(),
				zero_points: bytes(&quantised.zero_points)?,
			})
		});
		Ok(Weights { values, quantised })
	}
}

/// An error if the sizes are too large to compute with, even if one of them is 0.
pub(super) fn bounded(dims: &[usize]) -> Result<(), ImportError> {
	let product = dims.iter().fold(1u64, |product, dim| product.saturating_mul((*dim).max(1) as u64));
	limit("elements of a constant", product, 1 << 32)?;
	limit("axes of a constant", dims.len() as u64, 64)
}

/// Elements of a shape, or an error if they are too many.
fn elements(dims: &[usize]) -> Result<usize, Refusal> {
	let elements = dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim)).unwrap_or(usize::MAX);
	limit("elements of all constants", elements as u64, MAX_CONSTANTS)?;
	bounded(dims)?;
	Ok(elements)
}

/// `Constant`: a value written into the node.
pub(super) fn constant<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let Some(constant) = site.attributes().constant()? else {
		return unsupported("it holds neither a tensor nor numbers");
	};
	Ok((vec![reader.constant(Known::new(constant))?], Role::Constant))
}

/// `Shape`: the fixed dimensions of a value.
pub(super) fn shape<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let dims = match site.input(0)? {
		Value::Constant(known) => known.dims().to_vec(),
		Value::Tensor(tensor) => tensor.dims.clone(),
		Value::Unknown => return unsupported("its input is not known"),
	};
	let bound = |name: &str, absent: usize| {
		let rank = i64::try_from(dims.len()).unwrap_or(i64::MAX);
		let place = site.attributes().int(name).map(|place| if place < 0 { place.saturating_add(rank) } else { place });
		place.map_or(absent, |place| usize::try_from(place.clamp(0, rank)).unwrap_or(absent))
	};
	let (start, end) = (bound("start", 0), bound("end", dims.len()));
	let values: Vec<i64> =
		dims.get(start..end).unwrap_or_default().iter().filter_map(|dim| i64::try_from(*dim).ok()).collect();
	Ok((vec![reader.constant(Known::new(Constant::of_ints(vec![values.len()], values)))?], Role::Constant))
}

/// An operator that is read with constants only.
pub(super) fn only_constants<'a>(_: &mut Reader<'a>, _: &Site<'a>) -> Read {
	unsupported("it is computed from the inputs of the model")
}

/// An operator all of whose inputs are constants.
pub(super) fn fold<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let first = site.constant(0)?.clone();
	let known = match site.op() {
		"Identity" | "Dropout" => Known::clone(&first),
		"Cast" => cast(site, &first)?,
		"Shape" => return shape(reader, site),
		"Transpose" => first.transposed(&form::order(site, first.dims().len())?),
		"Flatten" => first.reshaped(form::flattened(site, first.dims())?),
		"Reshape" => first.reshaped(form::target(site, first.dims())?),
		"Squeeze" | "Unsqueeze" => first.reshaped(form::squeezed(site, first.dims())?),
		"Concat" => concat(site)?,
		"Gather" => gather(site, &first)?,
		"Slice" => slice(site, &first)?,
		"Expand" | "ConstantOfShape" => expand(site, &first)?,
		"Range" => range(site)?,
		"ReduceProd" => {
			let product = integers(&first)?.iter().fold(1i64, |product, value| product.saturating_mul(*value));
			Known::new(Constant::of_ints(vec![1], vec![product]))
		}
		"QuantizeLinear" => quantised::quantise_constant(site, &first)?,
		"DequantizeLinear" => quantised::dequantise_constant(site, &first)?,
		"Add" | "Sub" | "Mul" | "Div" | "Pow" | "Max" | "Min" => arithmetic(site, &first)?,
		_ => {
			let Some(function) = elementwise::function(site, Arc::new(Function::IDENTITY))? else {
				return unsupported("it computes with constants only");
			};
			#[allow(clippy::cast_possible_truncation)]
			let values = first.floats()?.iter().map(|value| function.at((*value).into()) as f32).collect();
			Known::new(Constant::of_floats(first.dims().to_vec(), values))
		}
	};
	Ok((vec![reader.constant(known)?], Role::Constant))
}

fn integers(known: &Known) -> Result<&[i64], Refusal> {
	match known.constant.ints() {
		Some(values) => Ok(values),
		None => unsupported("it computes a shape from numbers that are not integers"),
	}
}

fn cast(site: &Site, known: &Known) -> Result<Known, Refusal> {
	let target = i32::try_from(site.attributes().int("to").unwrap_or_default()).unwrap_or_default();
	let dims = known.dims().to_vec();
	#[allow(clippy::cast_possible_truncation)]
	match (target, &known.constant.data) {
		(_, Elements::Texts(_)) => unsupported("it turns text into numbers"),
		(data_type::FLOAT | data_type::DOUBLE, _) => Ok(Known::new(Constant::of_floats(dims, known.floats()?))),
		(data_type::INT32 | data_type::INT64, Elements::Floats(values)) => {
			Ok(Known::new(Constant::of_ints(dims, values.iter().map(|value| *value as i64).collect())))
		}
		(data_type::INT32 | data_type::INT64, Elements::Ints(values)) => {
			Ok(Known::new(Constant::of_ints(dims, values.clone())))
		}
		_ => unsupported("it makes numbers of a type that programs do not have"),
	}
}

/// The constants of all inputs under one element type.
fn all<'s>(site: &'s Site) -> Result<Vec<&'s Known>, Refusal> {
	(0..site.inputs.len()).map(|index| site.constant(index).map(Arc::as_ref)).collect()
}

fn concat(site: &Site) -> Result<Known, Refusal> {
	let parts = all(site)?;
	let rank = parts[0].dims().len();
	let axis = axis(site.attributes().int("axis").unwrap_or(0), rank)?;
	let mut dims = parts[0].dims().to_vec();
	dims[axis] = 0;
	for part in &parts {
		if part.dims().len() != rank {
			return malformed("it joins constants of different ranks");
		}
		dims[axis] += part.dims()[axis];
	}
	let outer: usize = dims[..axis].iter().product();
	let total = elements(&dims)?;
	let join = |lengths: usize, at: usize| -> std::ops::Range<usize> {
		let part = lengths / outer.max(1);
		at * part..(at + 1) * part
	};
	let all_ints: Option<Vec<&[i64]>> = parts.iter().map(|part| part.constant.ints()).collect();
	let constant = if let Some(lists) = all_ints {
		let joined = (0..outer).flat_map(|at| lists.iter().flat_map(move |list| list[join(list.len(), at)].to_vec()));
		Constant::of_ints(dims, joined.collect())
	} else {
		let lists = parts.iter().map(|part| part.floats()).collect::<Result<Vec<_>, _>>()?;
		let joined = (0..outer).flat_map(|at| lists.iter().flat_map(move |list| list[join(list.len(), at)].to_vec()));
		Constant::of_floats(dims, joined.collect())
	};
	if constant.len() != total {
		return malformed("it joins constants of different shapes");
	}
	Ok(Known::new(constant))
}

/// The elements at these places, under other dimensions.
fn pick(known: &Known, dims: Vec<usize>, places: &[usize]) -> Known {
	let data = match &known.constant.data {
		Elements::Floats(values) => Elements::Floats(places.iter().map(|place| values[*place]).collect()),
		Elements::Ints(values) => Elements::Ints(places.iter().map(|place| values[*place]).collect()),
		Elements::Texts(values) => Elements::Texts(places.iter().map(|place| values[*place].clone()).collect()),
	};
	Known::new(Constant { dims, data, data_type: known.constant.data_type })
}

fn gather(site: &Site, table: &Known) -> Result<Known, Refusal> {
	let dims = table.dims();
	let axis = axis(site.attributes().int("axis").unwrap_or(0), dims.len())?;
	let chosen = site.constant(1)?;
	let Some(rows) = integers(chosen)?.iter().map(|index| place(*index, dims[axis])).collect::<Option<Vec<_>>>() else {
		return malformed("it gathers a place that does not exist");
	};
	let result = [&dims[..axis], chosen.dims(), &dims[axis + 1..]].concat();
	elements(&result)?;
	let places = rows_at(dims, axis, &rows);
	Ok(pick(table, result, &places))
}

/// For each axis that a `Slice` cuts, the places that it takes.
pub(super) fn slices(site: &Site, dims: &[usize]) -> Result<Vec<(usize, Vec<usize>)>, Refusal> {
	let starts = site.integers("starts", 1)?.unwrap_or_default();
	let ends = site.integers("ends", 2)?.unwrap_or_default();
	let axes = site.integers("axes", 3)?.unwrap_or_else(|| (0..).take(starts.len()).collect());
	let steps = site.integers("steps", 4)?.unwrap_or_else(|| vec![1; starts.len()]);
	if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] || steps.iter().any(|step| *step < 1) {
		return unsupported("its bounds differ in number, or it steps backwards");
	}
	let mut cuts: Vec<(usize, Vec<usize>)> = Vec::new();
	for (((start, end), number), step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
		let axis = axis(*number, dims.len())?;
		let size = i64::try_from(dims[axis]).unwrap_or(i64::MAX);
		let bound = |place: i64| {
			let place = if place < 0 { place.saturating_add(size) } else { place };
			usize::try_from(place.clamp(0, size)).unwrap_or(0)
		};
		if cuts.iter().any(|(cut, _)| *cut == axis) {
			return malformed("a Slice names an axis twice");
		}
		let step = usize::try_from(*step).unwrap_or(usize::MAX);
		cuts.push((axis, (bound(*start)..bound(*end)).step_by(step).collect()));
	}
	Ok(cuts)
}

fn slice(site: &Site, known: &Known) -> Result<Known, Refusal> {
	let mut known = known.clone();
	for (axis, rows) in slices(site, known.dims())? {
		let mut result = known.dims().to_vec();
		let places = rows_at(&result, axis, &rows);
		result[axis] = rows.len();
		known = pick(&known, result, &places);
	}
	Ok(known)
}

/// The places of all elements in these rows along an axis.
fn rows_at(dims: &[usize], axis: usize, rows: &[usize]) -> Vec<usize> {
	let (outer, inner): (usize, usize) = (dims[..axis].iter().product(), dims[axis + 1..].iter().product());
	let mut places = Vec::new();
	for before in 0..outer {
		for row in rows {
			let begin = (before * dims[axis] + row) * inner;
			places.extend(begin..begin + inner);
		}
	}
	places
}

/// A shape from integers.
fn shape_of(values: &[i64]) -> Result<Vec<usize>, Refusal> {
	match values.iter().map(|dim| usize::try_from(*dim).ok()).collect::<Option<Vec<_>>>() {
		Some(dims) => Ok(dims),
		None => malformed("a dimension is negative"),
	}
}

fn expand(site: &Site, first: &Known) -> Result<Known, Refusal> {
	if site.op() == "ConstantOfShape" {
		let dims = shape_of(integers(first)?)?;
		let value = site.attributes().tensor("value").map(Constant::new).transpose()?;
		let value = value.unwrap_or_else(|| Constant::of_floats(vec![1], vec![0.0]));
		let count = elements(&dims)?;
		if value.len() != 1 {
			return malformed("its value is not one number");
		}
		return Ok(pick(&Known::new(value), dims, &vec![0; count]));
	}
	let target = shape_of(integers(site.constant(1)?)?)?;
	let dims = broadcast_dims(first.dims(), &target)?;
	let places = places(first.dims(), &dims, elements(&dims)?);
	Ok(pick(first, dims, &places))
}

fn range(site: &Site) -> Result<Known, Refusal> {
	let bound = |index: usize| -> Result<i64, Refusal> {
		match integers(site.constant(index)?)? {
			[value] => Ok(*value),
			_ => unsupported("a bound is not one integer"),
		}
	};
	let (start, end, step) = (bound(0)?, bound(1)?, bound(2)?);
	let step = usize::try_from(step).ok().filter(|step| *step > 0);
	let Some(step) = step else { return unsupported("it counts backwards") };
	let length = usize::try_from(end.saturating_sub(start)).unwrap_or(0).div_ceil(step);
	elements(&[length])?;
	Ok(Known::new(Constant::of_ints(vec![length], (start..end).step_by(step).collect())))
}

/// The dimensions of two shapes that are repeated to match.
fn broadcast_dims(left: &[usize], right: &[usize]) -> Result<Vec<usize>, Refusal> {
	let rank = left.len().max(right.len());
	let dim = |dims: &[usize], axis: usize| (axis + dims.len()).checked_sub(rank).map_or(1, |axis| dims[axis]);
	let mut result = Vec::with_capacity(rank);
	for axis in 0..rank {
		result.push(match (dim(left, axis), dim(right, axis)) {
			(left, right) if left == right || right == 1 => left,
			(1, right) => right,
			(left, right) => return malformed(format!("dimensions {left} and {right} do not match")),
		});
	}
	Ok(result)
}

/// For each element of `dims`, its place in a constant of dimensions `from` that is repeated.
fn places(from: &[usize], dims: &[usize], count: usize) -> Vec<usize> {
	let mut strides = vec![0; dims.len()];
	let mut stride = 1;
	for (axis, size) in from.iter().enumerate().rev() {
		strides[axis + dims.len() - from.len()] = if *size == 1 { 0 } else { stride };
		stride *= size;
	}
	let place = |mut index: usize| {
		let mut place = 0;
		for (size, stride) in dims.iter().zip(&strides).rev() {
			place += index % size * stride;
			index /= size;
		}
		place
	};
	(0..count).map(place).collect()
}

fn arithmetic(site: &Site, left: &Known) -> Result<Known, Refusal> {
	let right = site.constant(1)?;
	let operator = elementwise::operator(site.op());
	let Some(operator) = operator else { return unsupported("it computes with constants only") };
	let dims = broadcast_dims(left.dims(), right.dims())?;
	let count = elements(&dims)?;
	let (left_places, right_places) = (places(left.dims(), &dims, count), places(right.dims(), &dims, count));
	if let (Some(left), Some(right)) = (left.constant.ints(), right.constant.ints()) {
		let compute = |left: i64, right: i64| match operator {
			Binary::Add => left.checked_add(right),
			Binary::Subtract => left.checked_sub(right),
			Binary::Multiply => left.checked_mul(right),
			Binary::Divide => left.checked_div(right),
			Binary::Power => left.checked_pow(u32::try_from(right).ok()?),
			Binary::Max => Some(left.max(right)),
			Binary::Min => Some(left.min(right)),
		};
		let values = left_places.iter().zip(&right_places).map(|(a, b)| compute(left[*a], right[*b]));
		return match values.collect::<Option<Vec<_>>>() {
			Some(values) => Ok(Known::new(Constant::of_ints(dims, values))),
			None => malformed("the arithmetic of a shape overflows"),
		};
	}
	let (left, right) = (left.floats()?, right.floats()?);
	#[allow(clippy::cast_possible_truncation)]
	let values = left_places.iter().zip(&right_places).map(|(a, b)| operator.at(left[*a].into(), right[*b].into()) as f32);
	Ok(Known::new(Constant::of_floats(dims, values.collect())))
}
