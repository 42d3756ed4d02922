// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The protobuf messages of ONNX that the importer reads.
//!
//! Field numbers are those of the ONNX intermediate representation (`onnx.proto3`); fields that play no part in an
//! import, such as documentation strings, shapes of intermediate values and subgraphs, are left out and skipped when
//! read. The messages can also be written, so that tests and tools can build graphs.

/// A model: one graph and the operator sets that it uses.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ModelProto {
	/// Version of the intermediate representation.
	#[prost(int64, tag = "1")]
	pub ir_version: i64,
	/// The exporter.
	#[prost(string, tag = "2")]
	pub producer_name: String,
	/// The graph.
	#[prost(message, optional, tag = "7")]
	pub graph: Option<GraphProto>,
	/// Operator sets, one version for each domain.
	#[prost(message, repeated, tag = "8")]
	pub opset_import: Vec<OperatorSetIdProto>,
}

/// The version of an operator set.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct OperatorSetIdProto {
	/// Domain; empty is the standard one.
	#[prost(string, tag = "1")]
	pub domain: String,
	/// Version.
	#[prost(int64, tag = "2")]
	pub version: i64,
}

/// A graph: nodes in execution order, constants, inputs and outputs.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct GraphProto {
	/// Nodes, each after the ones that it reads from.
	#[prost(message, repeated, tag = "1")]
	pub node: Vec<NodeProto>,
	/// Name.
	#[prost(string, tag = "2")]
	pub name: String,
	/// Constants.
	#[prost(message, repeated, tag = "5")]
	pub initializer: Vec<TensorProto>,
	/// Inputs; old exporters list the constants here too.
	#[prost(message, repeated, tag = "11")]
	pub input: Vec<ValueInfoProto>,
	/// Outputs.
	#[prost(message, repeated, tag = "12")]
	pub output: Vec<ValueInfoProto>,
}

/// One use of an operator.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct NodeProto {
	/// Names of the values that it reads; an empty name is an absent optional input.
	#[prost(string, repeated, tag = "1")]
	pub input: Vec<String>,
	/// Names of the values that it makes.
	#[prost(string, repeated, tag = "2")]
	pub output: Vec<String>,
	/// Name, possibly empty.
	#[prost(string, tag = "3")]
	pub name: String,
	/// Operator.
	#[prost(string, tag = "4")]
	pub op_type: String,
	/// Attributes.
	#[prost(message, repeated, tag = "5")]
	pub attribute: Vec<AttributeProto>,
	/// Domain of the operator; empty is the standard one.
	#[prost(string, tag = "7")]
	pub domain: String,
}

/// A named constant of a node.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct AttributeProto {
	/// Name.
	#[prost(string, tag = "1")]
	pub name: String,
	/// A number.
	#[prost(float, tag = "2")]
	pub f: f32,
	/// An integer.
	#[prost(int64, tag = "3")]
	pub i: i64,
	/// A text.
	#[prost(bytes = "vec", tag = "4")]
	pub s: Vec<u8>,
	/// A tensor.
	#[prost(message, optional, tag = "5")]
	pub t: Option<TensorProto>,
	/// Numbers.
	#[prost(float, repeated, tag = "7")]
	pub floats: Vec<f32>,
	/// Integers.
	#[prost(int64, repeated, tag = "8")]
	pub ints: Vec<i64>,
	/// Texts.
	#[prost(bytes = "vec", repeated, tag = "9")]
	pub strings: Vec<Vec<u8>>,
	/// Which of the fields is in use, see [`attribute_type`].
	#[prost(int32, tag = "20")]
	pub r#type: i32,
}

/// A constant tensor.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct TensorProto {
	/// Dimensions.
	#[prost(int64, repeated, tag = "1")]
	pub dims: Vec<i64>,
	/// Element type, see [`data_type`].
	#[prost(int32, tag = "2")]
	pub data_type: i32,
	/// Elements of type float.
	#[prost(float, repeated, tag = "4")]
	pub float_data: Vec<f32>,
	/// Elements of the integer types up to 32 bits.
	#[prost(int32, repeated, tag = "5")]
	pub int32_data: Vec<i32>,
	/// Elements of type string.
	#[prost(bytes = "vec", repeated, tag = "6")]
	pub string_data: Vec<Vec<u8>>,
	/// Elements of type int64.
	#[prost(int64, repeated, tag = "7")]
	pub int64_data: Vec<i64>,
	/// Name.
	#[prost(string, tag = "8")]
	pub name: String,
	/// Elements of any type but string, packed in little-endian order.
	#[prost(bytes = "vec", tag = "9")]
	pub raw_data: Vec<u8>,
	/// Elements of type double.
	#[prost(double, repeated, tag = "10")]
	pub double_data: Vec<f64>,
	/// 1 if the elements are in another file.
	#[prost(int32, tag = "14")]
	pub data_location: i32,
}

/// A graph input or output.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct ValueInfoProto {
	/// Name.
	#[prost(string, tag = "1")]
	pub name: String,
	/// Type.
	#[prost(message, optional, tag = "2")]
	pub r#type: Option<TypeProto>,
}

/// The type of a value; only tensors are read.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct TypeProto {
	/// A tensor.
	#[prost(message, optional, tag = "1")]
	pub tensor_type: Option<TensorTypeProto>,
}

/// The type of a tensor.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct TensorTypeProto {
	/// Element type, see [`data_type`].
	#[prost(int32, tag = "1")]
	pub elem_type: i32,
	/// Shape, absent if unknown.
	#[prost(message, optional, tag = "2")]
	pub shape: Option<TensorShapeProto>,
}

/// The shape of a tensor.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct TensorShapeProto {
	/// Dimensions, outermost first.
	#[prost(message, repeated, tag = "1")]
	pub dim: Vec<DimensionProto>,
}

/// A dimension: a number, or a name for a number that may change from run to run.
#[derive(Clone, PartialEq, ::prost::Message)]
pub struct DimensionProto {
	/// The number, if it is fixed.
	#[prost(int64, optional, tag = "1")]
	pub dim_value: Option<i64>,
	/// The name, if it is not.
	#[prost(string, optional, tag = "2")]
	pub dim_param: Option<String>,
}

/// Element types of tensors.
pub mod data_type {
	/// 32-bit floating point.
	pub const FLOAT: i32 = 1;
	/// 8-bit unsigned integer.
	pub const UINT8: i32 = 2;
	/// 8-bit signed integer.
	pub const INT8: i32 = 3;
	/// 32-bit signed integer.
	pub const INT32: i32 = 6;
	/// 64-bit signed integer.
	pub const INT64: i32 = 7;
	/// Text.
	pub const STRING: i32 = 8;
	/// Truth value.
	pub const BOOL: i32 = 9;
	/// 64-bit floating point.
	pub const DOUBLE: i32 = 11;
}

/// Types of attributes.
pub mod attribute_type {
	/// A number.
	pub const FLOAT: i32 = 1;
	/// An integer.
	pub const INT: i32 = 2;
	/// A text.
	pub const STRING: i32 = 3;
	/// A tensor.
	pub const TENSOR: i32 = 4;
	/// Numbers.
	pub const FLOATS: i32 = 6;
	/// Integers.
	pub const INTS: i32 = 7;
	/// Texts.
	pub const STRINGS: i32 = 8;
}
