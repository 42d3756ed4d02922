// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tensors, their types, and what their integers mean.

use alloc::vec::Vec;
use codec::{Compact, Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen, Output};
use scale_info::{build::Fields, Path, Type, TypeInfo};

use crate::{
	limits::{MAX_ELEMENTS, MAX_RANK},
	scale::{PerChannel, Scale},
};

/// The type of a tensor's elements.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dtype {
	/// 8-bit signed integers: activations.
	#[codec(index = 0)]
	I8,
	/// 32-bit signed integers: accumulators, ordered keys, class indices.
	#[codec(index = 1)]
	I32,
}

impl Dtype {
	/// Bytes per element.
	pub const fn size(self) -> u32 {
		match self {
			Self::I8 => 1,
			Self::I32 => 4,
		}
	}

	/// Smallest value of an element.
	pub const fn min(self) -> i32 {
		match self {
			Self::I8 => i8::MIN as i32,
			Self::I32 => i32::MIN,
		}
	}

	/// Largest value of an element.
	pub const fn max(self) -> i32 {
		match self {
			Self::I8 => i8::MAX as i32,
			Self::I32 => i32::MAX,
		}
	}
}

/// The dimensions of a tensor: 1 to [`MAX_RANK`] of them, each at least 1, at most [`MAX_ELEMENTS`] elements in all.
///
/// Elements lie in row-major order; the last dimension holds the features (channels), the ones before it count rows.
/// Encoded as a SCALE vector of `u32`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
	rank: u8,
	dims: [u32; MAX_RANK],
	elements: u32,
}

impl Shape {
	/// A shape with these dimensions, or `None` if there are too few, too many, an empty one, or too many elements.
	pub fn new(dimensions: &[u32]) -> Option<Self> {
		if dimensions.is_empty() {
			return None;
		}
		let mut dims = [0; MAX_RANK];
		let mut elements = 1u32;
		for (slot, dim) in dims.get_mut(..dimensions.len())?.iter_mut().zip(dimensions) {
			if *dim == 0 {
				return None;
			}
			elements = elements.checked_mul(*dim).filter(|elements| *elements <= MAX_ELEMENTS)?;
			*slot = *dim;
		}
		Some(Self { rank: u8::try_from(dimensions.len()).ok()?, dims, elements })
	}

	/// The dimensions, outermost first.
	pub fn dims(&self) -> &[u32] {
		self.dims.get(..usize::from(self.rank)).unwrap_or_default()
	}

	/// Number of elements.
	pub const fn elements(&self) -> u32 {
		self.elements
	}

	/// Size of the last dimension: features, or channels.
	pub fn features(&self) -> u32 {
		self.dims().last().copied().unwrap_or(1)
	}

	/// Number of rows: the product of all dimensions but the last.
	pub fn rows(&self) -> u32 {
		self.elements.checked_div(self.features()).unwrap_or(0)
	}

	/// The same shape with another last dimension, or `None` if that would be no shape.
	pub fn with_features(&self, features: u32) -> Option<Self> {
		let mut dims = self.dims;
		*dims.get_mut(usize::from(self.rank).checked_sub(1)?)? = features;
		Self::new(dims.get(..usize::from(self.rank))?)
	}

	/// The same shape with one more dimension at the end, or `None` if that would be no shape.
	pub fn with_axis(&self, features: u32) -> Option<Self> {
		let mut dims = self.dims;
		*dims.get_mut(usize::from(self.rank))? = features;
		Self::new(dims.get(..=usize::from(self.rank))?)
	}
}

impl Encode for Shape {
	fn size_hint(&self) -> usize {
		self.dims().size_hint()
	}

	fn encode_to<W: Output + ?Sized>(&self, dest: &mut W) {
		self.dims().encode_to(dest)
	}
}

impl Decode for Shape {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		let Compact(rank) = Compact::<u32>::decode(input)?;
		let mut dims = [0; MAX_RANK];
		let used = usize::try_from(rank)
			.ok()
			.and_then(|rank| dims.get_mut(..rank))
			.ok_or(codec::Error::from("a shape has 1 to 4 dimensions"))?;
		for dim in used.iter_mut() {
			*dim = u32::decode(input)?;
		}
		Self::new(used).ok_or(codec::Error::from("a dimension is 0 or the shape has too many elements"))
	}
}

impl DecodeWithMemTracking for Shape {}

impl MaxEncodedLen for Shape {
	fn max_encoded_len() -> usize {
		17
	}
}

impl TypeInfo for Shape {
	type Identity = Self;

	fn type_info() -> Type {
		Type::builder()
			.path(Path::new("Shape", module_path!()))
			.composite(Fields::unnamed().field(|field| field.ty::<Vec<u32>>()))
	}
}

/// What a tensor looks like, without what it means.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct TensorType {
	/// Type of the elements.
	pub dtype: Dtype,
	/// Dimensions.
	pub shape: Shape,
}

impl TensorType {
	/// Bytes of such a tensor.
	pub const fn bytes(&self) -> u32 {
		// At most `MAX_ELEMENTS` times 4.
		self.shape.elements().saturating_mul(self.dtype.size())
	}
}

/// What the integers of an input or output stand for.
///
/// It never changes what a program computes: it tells clients how to make the input and read the output. Only
/// [`Quantisation::FloatOrder`] also restricts which input values a run accepts.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Quantisation {
	/// Plain integers: a class index, a count, a token.
	#[codec(index = 0)]
	Raw,
	/// `real = (integer - zero point) * scale`.
	#[codec(index = 1)]
	Affine {
		/// One scale for the tensor, or one for each feature (last dimension).
		scales: PerChannel<Scale>,
		/// The integer that stands for 0; one for the tensor, or one for each feature.
		zero_points: PerChannel<i32>,
	},
	/// 32-bit keys that compare exactly as the IEEE 754 single-precision numbers that they stand for.
	///
	/// See [`float_order_key`]. Infinities have keys; NaN and negative zero have none, so a run refuses those integers.
	#[codec(index = 2)]
	FloatOrder,
}

/// A typed input or output of a program.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct TensorSpec {
	/// Type of the elements.
	pub dtype: Dtype,
	/// Dimensions.
	pub shape: Shape,
	/// Meaning of the integers.
	pub quantisation: Quantisation,
}

impl TensorSpec {
	/// Element type and dimensions.
	pub const fn tensor_type(&self) -> TensorType {
		TensorType { dtype: self.dtype, shape: self.shape }
	}
}

/// Smallest key of [`Quantisation::FloatOrder`]: negative infinity.
pub const FLOAT_ORDER_MIN: i32 = -0x7f80_0001;
/// Largest key of [`Quantisation::FloatOrder`]: positive infinity.
pub const FLOAT_ORDER_MAX: i32 = 0x7f80_0000;

/// The key of the IEEE 754 single-precision number with these bits: `a < b` for numbers exactly when `key(a) < key(b)`.
///
/// Both zeroes have the key 0. `None` for NaN, which has no place in the order.
pub const fn float_order_key(bits: u32) -> Option<i32> {
	let signed = bits as i32;
	let key = if signed < 0 { signed ^ i32::MAX } else { signed };
	match key {
		-1 => Some(0),
		FLOAT_ORDER_MIN..=FLOAT_ORDER_MAX => Some(key),
		_ => None,
	}
}

/// The bits of the number that has this key, or `None` if no number has it.
pub const fn float_order_bits(key: i32) -> Option<u32> {
	match key {
		-1 => None,
		FLOAT_ORDER_MIN..=-2 => Some((key ^ i32::MAX) as u32),
		0..=FLOAT_ORDER_MAX => Some(key as u32),
		_ => None,
	}
}

/// The elements of a tensor, in row-major order.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum Data {
	/// 8-bit elements.
	#[codec(index = 0)]
	I8(Vec<i8>),
	/// 32-bit elements.
	#[codec(index = 1)]
	I32(Vec<i32>),
}

/// A value of a program while it runs. The number of elements always agrees with the shape.
#[derive(Encode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Tensor {
	shape: Shape,
	data: Data,
}

impl Tensor {
	/// A tensor with this shape and these elements, or `None` if their numbers differ.
	pub fn new(shape: Shape, data: Data) -> Option<Self> {
		let elements = match &data {
			Data::I8(values) => values.len(),
			Data::I32(values) => values.len(),
		};
		(u32::try_from(elements) == Ok(shape.elements())).then_some(Self { shape, data })
	}

	/// Element type and dimensions.
	pub const fn tensor_type(&self) -> TensorType {
		let dtype = match &self.data {
			Data::I8(_) => Dtype::I8,
			Data::I32(_) => Dtype::I32,
		};
		TensorType { dtype, shape: self.shape }
	}

	/// Dimensions.
	pub const fn shape(&self) -> Shape {
		self.shape
	}

	/// Elements in row-major order.
	pub const fn data(&self) -> &Data {
		&self.data
	}

	/// Reads a tensor from packed little-endian elements, or `None` if the length is wrong.
	pub fn from_bytes(tensor_type: TensorType, bytes: &[u8]) -> Option<Self> {
		if u32::try_from(bytes.len()) != Ok(tensor_type.bytes()) {
			return None;
		}
		let data = match tensor_type.dtype {
			Dtype::I8 => Data::I8(to_signed(bytes)),
			Dtype::I32 => {
				let (words, _) = bytes.as_chunks::<4>();
				Data::I32(words.iter().map(|word| i32::from_le_bytes(*word)).collect())
			}
		};
		Self::new(tensor_type.shape, data)
	}

	/// The place of the first 32-bit element for which `wanted` holds.
	pub(crate) fn find_i32(&self, wanted: impl Fn(i32) -> bool) -> Option<u32> {
		let Data::I32(values) = &self.data else { return None };
		values.iter().position(|value| wanted(*value)).and_then(|place| u32::try_from(place).ok())
	}

	/// Appends the packed little-endian elements.
	pub fn write_to(&self, bytes: &mut Vec<u8>) {
		match &self.data {
			Data::I8(values) => write_packed(values, bytes),
			Data::I32(values) => write_packed(values, bytes),
		}
	}
}

/// Appends numbers in little-endian form, in blocks that become plain copies.
fn write_packed<T>(values: &[T], bytes: &mut Vec<u8>)
where
	T: Encode,
	[T; 64]: Encode,
{
	let (blocks, rest) = values.as_chunks::<64>();
	for block in blocks {
		block.encode_to(bytes);
	}
	for value in rest {
		value.encode_to(bytes);
	}
}

/// Copies bytes as signed numbers, in blocks that become plain copies.
pub(crate) fn to_signed(bytes: &[u8]) -> Vec<i8> {
	let (blocks, rest) = bytes.as_chunks::<8>();
	let mut signed = Vec::with_capacity(blocks.len().saturating_add(1));
	signed.extend(blocks.iter().map(|block| u64::from_le_bytes(*block).to_le_bytes().map(u8::cast_signed)));
	let mut signed = signed.into_flattened();
	signed.extend(rest.iter().map(|byte| byte.cast_signed()));
	signed
}
