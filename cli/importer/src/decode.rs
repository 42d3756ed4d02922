// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Reading ONNX bytes within limits, and typed access to attributes and constants.

use prost::{
	bytes::Buf,
	encoding::{decode_key, decode_varint, skip_field, DecodeContext, WireType},
	Message,
};

use crate::{
	error::ImportError,
	proto::{attribute_type, data_type, AttributeProto, ModelProto, NodeProto, TensorProto},
};

/// Most messages (nodes, attributes, tensors, dimensions, ...) in a model. Each takes a few hundred bytes of memory
/// however short it is in the file, so their number is bounded before they are made.
const MAX_MESSAGES: u64 = 200_000;
/// Most nodes of a graph.
const MAX_NODES: usize = 10_000;
/// Largest number of inputs, outputs, strings and dimensions in a model.
const MAX_NAMES: u64 = 2_000_000;

/// Which fields of a message hold messages, and which hold repeated texts.
struct Schema {
	messages: &'static [(u32, &'static Schema)],
	texts: &'static [u32],
}

const LEAF: Schema = Schema { messages: &[], texts: &[] };
const TENSOR: Schema = Schema { messages: &[], texts: &[6] };
const ATTRIBUTE: Schema = Schema { messages: &[(5, &TENSOR)], texts: &[9] };
const NODE: Schema = Schema { messages: &[(5, &ATTRIBUTE)], texts: &[1, 2] };
const SHAPE: Schema = Schema { messages: &[(1, &LEAF)], texts: &[] };
const TENSOR_TYPE: Schema = Schema { messages: &[(2, &SHAPE)], texts: &[] };
const TYPE: Schema = Schema { messages: &[(1, &TENSOR_TYPE)], texts: &[] };
const VALUE_INFO: Schema = Schema { messages: &[(2, &TYPE)], texts: &[] };
const GRAPH: Schema =
	Schema { messages: &[(1, &NODE), (5, &TENSOR), (11, &VALUE_INFO), (12, &VALUE_INFO)], texts: &[] };
const MODEL: Schema = Schema { messages: &[(7, &GRAPH), (8, &LEAF)], texts: &[] };

#[derive(Default)]
struct Count {
	messages: u64,
	names: u64,
}

/// Decodes a model of at most `max_bytes` bytes.
pub(crate) fn decode(bytes: &[u8], max_bytes: usize) -> Result<ModelProto, ImportError> {
	limit("ONNX file (bytes)", bytes.len() as u64, max_bytes as u64)?;
	if bytes.is_empty() {
		return Err(ImportError::Malformed("the file is empty".into()));
	}
	count(bytes, &MODEL, &mut Count::default())?;
	let model = ModelProto::decode(bytes).map_err(|error| ImportError::Malformed(error.to_string()))?;
	let graph = model.graph.as_ref().ok_or_else(|| ImportError::Malformed("it has no graph".into()))?;
	limit("number of nodes", graph.node.len() as u64, MAX_NODES as u64)?;
	Ok(model)
}

/// An error if `size` is over `limit`.
pub(crate) fn limit(what: &'static str, size: u64, limit: u64) -> Result<(), ImportError> {
	if size > limit {
		return Err(ImportError::TooLarge { what, size, limit });
	}
	Ok(())
}

/// Counts what the decoder would allocate, without allocating. The nesting is as deep as the schema: seven levels.
fn count(mut bytes: &[u8], schema: &Schema, total: &mut Count) -> Result<(), ImportError> {
	let malformed = |error: prost::DecodeError| ImportError::Malformed(error.to_string());
	while bytes.has_remaining() {
		let (tag, wire_type) = decode_key(&mut bytes).map_err(malformed)?;
		let nested = schema.messages.iter().find(|(field, _)| *field == tag).map(|(_, schema)| schema);
		let text = schema.texts.contains(&tag);
		if wire_type != WireType::LengthDelimited || (nested.is_none() && !text) {
			skip_field(wire_type, tag, &mut bytes, DecodeContext::default()).map_err(malformed)?;
			continue;
		}
		let length = decode_varint(&mut bytes).map_err(malformed)?;
		let content = usize::try_from(length)
			.ok()
			.and_then(|length| bytes.split_at_checked(length))
			.ok_or_else(|| ImportError::Malformed("it ends in the middle of a field".into()))?;
		bytes = content.1;
		match nested {
			Some(schema) => {
				total.messages += 1;
				limit("number of messages in the ONNX file", total.messages, MAX_MESSAGES)?;
				count(content.0, schema, total)?;
			}
			None => {
				total.names += 1;
				limit("number of names in the ONNX file", total.names, MAX_NAMES)?;
			}
		}
	}
	Ok(())
}

/// A constant of the graph.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Constant {
	/// Dimensions, outermost first; none for a single number.
	pub dims: Vec<usize>,
	/// Elements in row-major order, as many as the dimensions say.
	pub data: Elements,
	/// Element type, see [`data_type`].
	pub data_type: i32,
}

/// The elements of a [`Constant`].
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Elements {
	/// Floating-point numbers. Double precision is rounded to single.
	Floats(Vec<f32>),
	/// Integers and truth values.
	Ints(Vec<i64>),
	/// Texts.
	Texts(Vec<String>),
}

impl Constant {
	/// Floating-point numbers, as many as the dimensions say.
	pub fn of_floats(dims: Vec<usize>, values: Vec<f32>) -> Self {
		Self { dims, data: Elements::Floats(values), data_type: data_type::FLOAT }
	}

	/// Integers, as many as the dimensions say.
	pub fn of_ints(dims: Vec<usize>, values: Vec<i64>) -> Self {
		Self { dims, data: Elements::Ints(values), data_type: data_type::INT64 }
	}

	/// Reads a tensor.
	pub fn new(tensor: &TensorProto) -> Result<Self, ImportError> {
		let broken = |what: &str| ImportError::Malformed(format!("constant '{}' {what}", tensor.name));
		if tensor.data_location != 0 {
			return Err(broken("is stored in another file; export the model as one file"));
		}
		let dims = tensor
			.dims
			.iter()
			.map(|dim| usize::try_from(*dim).ok())
			.collect::<Option<Vec<_>>>()
			.ok_or_else(|| broken("has a negative dimension"))?;
		let elements = dims
			.iter()
			.try_fold(1usize, |product, dim| product.checked_mul(*dim))
			.ok_or_else(|| broken("has too many elements"))?;
		let raw = &tensor.raw_data;
		let data = match tensor.data_type {
			data_type::FLOAT if raw.is_empty() => Elements::Floats(tensor.float_data.clone()),
			data_type::FLOAT => Elements::Floats(words(raw, f32::from_le_bytes).ok_or_else(|| broken("is cut off"))?),
			#[allow(clippy::cast_possible_truncation)]
			data_type::DOUBLE => {
				let doubles = match raw.is_empty() {
					true => tensor.double_data.clone(),
					false => words(raw, f64::from_le_bytes).ok_or_else(|| broken("is cut off"))?,
				};
				Elements::Floats(doubles.into_iter().map(|value| value as f32).collect())
			}
			data_type::INT64 if raw.is_empty() => Elements::Ints(tensor.int64_data.clone()),
			data_type::INT64 => Elements::Ints(words(raw, i64::from_le_bytes).ok_or_else(|| broken("is cut off"))?),
			data_type::INT32 if !raw.is_empty() => {
				let values = words(raw, i32::from_le_bytes).ok_or_else(|| broken("is cut off"))?;
				Elements::Ints(values.into_iter().map(i64::from).collect())
			}
			data_type::INT8 if !raw.is_empty() => {
				Elements::Ints(raw.iter().map(|byte| i64::from(byte.cast_signed())).collect())
			}
			data_type::BOOL | data_type::UINT8 if !raw.is_empty() => {
				Elements::Ints(raw.iter().map(|byte| i64::from(*byte)).collect())
			}
			data_type::INT32 | data_type::INT8 | data_type::UINT8 | data_type::BOOL => {
				Elements::Ints(tensor.int32_data.iter().map(|value| i64::from(*value)).collect())
			}
			data_type::STRING => Elements::Texts(tensor.string_data.iter().map(|text| lossy(text)).collect()),
			other => return Err(broken(&format!("has element type {other}, which the importer does not read"))),
		};
		let constant = Self { dims, data, data_type: tensor.data_type };
		if constant.len() != elements {
			return Err(broken(&format!("has {} elements, its shape says {elements}", constant.len())));
		}
		Ok(constant)
	}

	/// Number of elements.
	pub fn len(&self) -> usize {
		match &self.data {
			Elements::Floats(values) => values.len(),
			Elements::Ints(values) => values.len(),
			Elements::Texts(values) => values.len(),
		}
	}

	/// The elements as numbers, if they are.
	#[allow(clippy::cast_precision_loss)]
	pub fn floats(&self) -> Option<Vec<f32>> {
		match &self.data {
			Elements::Floats(values) => Some(values.clone()),
			Elements::Ints(values) => Some(values.iter().map(|value| *value as f32).collect()),
			Elements::Texts(_) => None,
		}
	}

	/// The elements as integers, if they are.
	pub fn ints(&self) -> Option<&[i64]> {
		match &self.data {
			Elements::Ints(values) => Some(values),
			_ => None,
		}
	}

	/// The elements as texts: numbers are written in decimal.
	pub fn texts(&self) -> Vec<String> {
		match &self.data {
			Elements::Floats(values) => values.iter().map(ToString::to_string).collect(),
			Elements::Ints(values) => values.iter().map(ToString::to_string).collect(),
			Elements::Texts(values) => values.clone(),
		}
	}
}

/// Little-endian words, or `None` if the bytes are no whole number of them.
fn words<T, const N: usize>(bytes: &[u8], read: fn([u8; N]) -> T) -> Option<Vec<T>> {
	let (chunks, rest) = bytes.as_chunks::<N>();
	rest.is_empty().then(|| chunks.iter().map(|chunk| read(*chunk)).collect())
}

fn lossy(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

/// The attributes of a node. Absent ones give `None` or an empty list.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a>(pub &'a NodeProto);

impl<'a> Attributes<'a> {
	fn get(&self, name: &str) -> Option<&'a AttributeProto> {
		self.0.attribute.iter().find(|attribute| attribute.name == name)
	}

	fn typed(&self, name: &str, wanted: i32) -> Option<&'a AttributeProto> {
		self.get(name).filter(|attribute| attribute.r#type == wanted)
	}

	/// Whether there is an attribute of this name.
	pub fn has(&self, name: &str) -> bool {
		self.get(name).is_some()
	}

	/// The value that a `Constant` node holds, or `None` if it holds neither a tensor nor numbers.
	///
	/// # Errors
	/// Those of [`Constant::new`].
	pub fn constant(&self) -> Result<Option<Constant>, ImportError> {
		if let Some(tensor) = self.tensor("value") {
			return Constant::new(tensor).map(Some);
		}
		if let Some(number) = self.float("value_float") {
			return Ok(Some(Constant::of_floats(vec![], vec![number])));
		}
		if let Some(number) = self.int("value_int") {
			return Ok(Some(Constant::of_ints(vec![], vec![number])));
		}
		if self.has("value_floats") {
			let numbers = self.floats("value_floats").to_vec();
			return Ok(Some(Constant::of_floats(vec![numbers.len()], numbers)));
		}
		if self.has("value_ints") {
			let numbers = self.ints("value_ints").to_vec();
			return Ok(Some(Constant::of_ints(vec![numbers.len()], numbers)));
		}
		Ok(None)
	}

	/// An integer.
	pub fn int(&self, name: &str) -> Option<i64> {
		self.typed(name, attribute_type::INT).map(|attribute| attribute.i)
	}

	/// A number.
	pub fn float(&self, name: &str) -> Option<f32> {
		self.typed(name, attribute_type::FLOAT).map(|attribute| attribute.f)
	}

	/// A text.
	pub fn text(&self, name: &str) -> Option<String> {
		self.typed(name, attribute_type::STRING).map(|attribute| lossy(&attribute.s))
	}

	/// A tensor.
	pub fn tensor(&self, name: &str) -> Option<&'a TensorProto> {
		self.typed(name, attribute_type::TENSOR).and_then(|attribute| attribute.t.as_ref())
	}

	/// Integers.
	pub fn ints(&self, name: &str) -> &'a [i64] {
		self.typed(name, attribute_type::INTS).map_or(&[], |attribute| &attribute.ints)
	}

	/// Numbers.
	pub fn floats(&self, name: &str) -> &'a [f32] {
		self.typed(name, attribute_type::FLOATS).map_or(&[], |attribute| &attribute.floats)
	}

	/// Texts.
	pub fn texts(&self, name: &str) -> Vec<String> {
		self.typed(name, attribute_type::STRINGS)
			.map_or_else(Vec::new, |attribute| attribute.strings.iter().map(|text| lossy(text)).collect())
	}

	/// Class labels: integers under one name or texts under another, in decimal.
	pub fn labels(&self, ints: &str, texts: &str) -> Vec<String> {
		match self.ints(ints) {
			[] => self.texts(texts),
			labels => labels.iter().map(ToString::to_string).collect(),
		}
	}
}
