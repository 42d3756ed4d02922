// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From real numbers to the integers of programs and back, for clients and importers.
//!
//! This is the only floating point of the crate, and no program depends on it: it makes inputs and reads outputs. Quantising
//! divides in single precision and rounds halves to even, exactly as ONNX `QuantizeLinear` does.

use core::fmt;

use crate::{
	program::Program,
	scale::{Multiplier, PerChannel, Scale},
	tensor::{float_order_bits, float_order_key, Data, Dtype, Quantisation, Tensor, TensorSpec},
	tree::clip,
};

/// Why real numbers cannot become an input, or bytes cannot become numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuantiseError {
	/// There are more or fewer numbers (or bytes) than the tensors take.
	Length {
		/// How many the tensors take.
		expected: u32,
		/// How many there are.
		given: u32,
	},
	/// This element is NaN, which no integer stands for.
	NotANumber {
		/// Place of the element.
		element: u32,
	},
	/// This element of an input of plain integers is not an integer of the element type.
	NotAnInteger {
		/// Place of the element.
		element: u32,
	},
}

impl fmt::Display for QuantiseError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Length { expected, given } => {
				write!(formatter, "{given} elements are given but {expected} are needed; give one for each element")
			}
			Self::NotANumber { element } => {
				write!(formatter, "element {element} is not a number; replace missing values before the run")
			}
			Self::NotAnInteger { element } => {
				write!(formatter, "element {element} must be an integer that fits the element type; convert it first")
			}
		}
	}
}

impl std::error::Error for QuantiseError {}

impl Scale {
	/// The scale nearest to `value` (exact for every positive single-precision number), or `None` if it is not positive and
	/// finite or is out of range.
	pub fn from_f64(value: f64) -> Option<Self> {
		let (mantissa, exponent) = normalise(value, 32)?;
		Self::new(mantissa, exponent)
	}

	/// The number, exactly.
	pub fn to_f64(self) -> f64 {
		f64::from(self.mantissa()) * power_of_two(self.exponent().into())
	}

	/// The nearest single-precision number.
	#[allow(clippy::cast_possible_truncation)]
	pub fn to_f32(self) -> f32 {
		self.to_f64() as f32
	}
}

impl Multiplier {
	/// The multiplier nearest to `value` (exact for every single-precision number in range). Numbers too small for any
	/// multiplier become the smallest one, which rounds every `i32` to 0. `None` if `value` is not positive and finite, or is
	/// 2^31 or more.
	pub fn from_f64(value: f64) -> Option<Self> {
		let (mantissa, exponent) = normalise(value, 31)?;
		let shift = exponent.checked_neg()?;
		if shift > i16::from(Self::MAX_SHIFT) {
			return Self::new(1 << 30, Self::MAX_SHIFT);
		}
		Self::new(mantissa, u8::try_from(shift).ok()?)
	}

	/// The number, exactly.
	pub fn to_f64(self) -> f64 {
		f64::from(self.mantissa()) * power_of_two(0i32.saturating_sub(self.shift().into()))
	}
}

/// `value` as `mantissa * 2^exponent` with a mantissa of exactly `bits` bits, rounded to the nearest, halves to even.
fn normalise(value: f64, bits: u32) -> Option<(u32, i16)> {
	if !(value.is_finite() && value > 0.0) {
		return None;
	}
	let raw = value.to_bits();
	let fraction = raw & ((1 << 52) - 1);
	let field = i32::try_from(raw >> 52).ok()?;
	// value = full * 2^exponent.
	let (full, exponent) =
		if field == 0 { (fraction, -1074) } else { (fraction | (1 << 52), field.checked_sub(1075)?) };
	let length = u64::BITS.checked_sub(full.leading_zeros())?;
	if length <= bits {
		let up = bits.checked_sub(length)?;
		let mantissa = u32::try_from(full.checked_shl(up)?).ok()?;
		return Some((mantissa, i16::try_from(exponent.checked_sub(i32::try_from(up).ok()?)?).ok()?));
	}
	let down = length.checked_sub(bits)?;
	let rounded = crate::rounding::rounding_shift(i64::try_from(full).ok()?, u8::try_from(down).ok()?);
	let exponent = i16::try_from(exponent.checked_add(i32::try_from(down).ok()?)?).ok()?;
	if rounded >> bits == 1 {
		return Some((u32::try_from(rounded >> 1).ok()?, exponent.checked_add(1)?));
	}
	Some((u32::try_from(rounded).ok()?, exponent))
}

/// `2^exponent` for exponents of normal double-precision numbers.
fn power_of_two(exponent: i32) -> f64 {
	let field = u64::try_from(exponent.saturating_add(1023).clamp(1, 2046)).unwrap_or(1);
	f64::from_bits(field << 52)
}

/// The integer for one real number, or `None` if it is NaN or (plain integers only) not an integer of the element type.
#[allow(clippy::cast_possible_truncation)]
fn quantise_one(spec: &TensorSpec, feature: usize, value: f32) -> Option<i32> {
	if value.is_nan() {
		return None;
	}
	let in_type = f64::from(spec.dtype.min())..=f64::from(spec.dtype.max());
	match &spec.quantisation {
		Quantisation::Raw => {
			let exact = in_type.contains(&f64::from(value)) && value.fract() == 0.0;
			exact.then_some(value as i32)
		}
		Quantisation::FloatOrder => float_order_key(value.to_bits()),
		Quantisation::Affine { scales, zero_points } => {
			let scale = scales.get(feature)?.to_f32();
			let zero_point = f64::from(*zero_points.get(feature)?);
			let rounded = f64::from((value / scale).round_ties_even());
			// In range after the clamp. An infinite quotient saturates like any other.
			Some((rounded + zero_point).clamp(*in_type.start(), *in_type.end()) as i32)
		}
	}
}

/// The real number for one integer; NaN for a float-order key that stands for none.
fn dequantise_one(spec: &TensorSpec, feature: usize, value: i32) -> f64 {
	match &spec.quantisation {
		Quantisation::Raw => f64::from(value),
		Quantisation::FloatOrder => float_order_bits(value).map_or(f64::NAN, |bits| f64::from(f32::from_bits(bits))),
		Quantisation::Affine { scales, zero_points } => {
			let scale = scales.get(feature).map_or(f64::NAN, |scale| scale.to_f64());
			let zero_point = zero_points.get(feature).copied().unwrap_or_default();
			(f64::from(value) - f64::from(zero_point)) * scale
		}
	}
}

/// The tensor for these real numbers: packed little-endian bytes, as [`Program::run`] takes them.
///
/// Numbers beyond the range of the integers saturate. Fails if there are too many or too few numbers, if one is NaN, or if a
/// tensor of plain integers is given something else.
pub fn quantise(spec: &TensorSpec, values: &[f32]) -> Result<Vec<u8>, QuantiseError> {
	let (expected, given) = (spec.shape.elements(), clip(values.len()));
	if expected != given {
		return Err(QuantiseError::Length { expected, given });
	}
	let features = usize::try_from(spec.shape.features()).unwrap_or(usize::MAX).max(1);
	let mut bytes = Vec::with_capacity(usize::try_from(spec.tensor_type().bytes()).unwrap_or_default());
	for row in values.chunks(features) {
		for (feature, value) in row.iter().enumerate() {
			let element = clip(bytes.len()).checked_div(spec.dtype.size()).unwrap_or_default();
			let wrong = if value.is_nan() {
				QuantiseError::NotANumber { element }
			} else {
				QuantiseError::NotAnInteger { element }
			};
			let integer = quantise_one(spec, feature, *value).ok_or(wrong)?;
			match spec.dtype {
				Dtype::I8 => bytes.extend(i8::try_from(integer).map_err(|_| wrong)?.to_le_bytes()),
				Dtype::I32 => bytes.extend(integer.to_le_bytes()),
			}
		}
	}
	Ok(bytes)
}

/// The real numbers that a tensor stands for; NaN for a float-order key that stands for no number.
///
/// Fails if there are too many or too few bytes.
pub fn dequantise(spec: &TensorSpec, bytes: &[u8]) -> Result<Vec<f64>, QuantiseError> {
	let tensor_type = spec.tensor_type();
	let wrong = QuantiseError::Length { expected: tensor_type.bytes(), given: clip(bytes.len()) };
	let tensor = Tensor::from_bytes(tensor_type, bytes).ok_or(wrong)?;
	let features = usize::try_from(spec.shape.features()).unwrap_or(usize::MAX).max(1);
	let real = |(place, value): (usize, i32)| dequantise_one(spec, place.checked_rem(features).unwrap_or(0), value);
	Ok(match tensor.data() {
		Data::I8(values) => values.iter().map(|value| i32::from(*value)).enumerate().map(real).collect(),
		Data::I32(values) => values.iter().copied().enumerate().map(real).collect(),
	})
}

impl Program {
	/// The input for these real numbers: all elements of all inputs, in order.
	///
	/// Fails as [`quantise`] does; element numbers count within the input.
	pub fn quantise_input(&self, values: &[f32]) -> Result<Vec<u8>, QuantiseError> {
		let elements = self.inputs().iter().map(|spec| spec.shape.elements());
		let expected = elements.fold(0, |sum: u32, elements| sum.saturating_add(elements));
		let wrong = QuantiseError::Length { expected, given: clip(values.len()) };
		let mut rest = values;
		let mut bytes = Vec::new();
		for spec in self.inputs() {
			let count = usize::try_from(spec.shape.elements()).unwrap_or(usize::MAX);
			let (part, after) = rest.split_at_checked(count).ok_or(wrong)?;
			bytes.extend(quantise(spec, part)?);
			rest = after;
		}
		if rest.is_empty() {
			Ok(bytes)
		} else {
			Err(wrong)
		}
	}

	/// The real numbers of each output, in order.
	///
	/// Fails if there are too many or too few bytes.
	pub fn dequantise_output(&self, bytes: &[u8]) -> Result<Vec<Vec<f64>>, QuantiseError> {
		let wrong = QuantiseError::Length { expected: self.output_len(), given: clip(bytes.len()) };
		let mut rest = bytes;
		let mut outputs = Vec::new();
		for spec in self.outputs() {
			let length = usize::try_from(spec.tensor_type().bytes()).unwrap_or(usize::MAX);
			let (part, after) = rest.split_at_checked(length).ok_or(wrong)?;
			outputs.push(dequantise(&spec, part)?);
			rest = after;
		}
		if rest.is_empty() {
			Ok(outputs)
		} else {
			Err(wrong)
		}
	}
}

/// One scale for each channel as exact scales in canonical form, or `None` if one is out of range.
pub fn scales(values: &[f64]) -> Option<PerChannel<Scale>> {
	PerChannel::new(values.iter().map(|value| Scale::from_f64(*value)).collect::<Option<Vec<_>>>()?)
}

/// One factor for each channel as multipliers in canonical form, or `None` if one is out of range.
pub fn multipliers(values: &[f64]) -> Option<PerChannel<Multiplier>> {
	PerChannel::new(values.iter().map(|value| Multiplier::from_f64(*value)).collect::<Option<Vec<_>>>()?)
}
