// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Reads an ONNX graph as a [`Graph`].
//!
//! Values keep the axes of ONNX in name only: an [`Tensor::order`] says in which order they lie in memory, so an image is
//! channels-last from the first convolution on, and a `Transpose` of the graph usually only renames axes. Elementwise
//! operators collect in a function until something else reads the value. What only depends on constants is computed here,
//! so the shape arithmetic of exporters disappears.

mod constants;
mod elementwise;
mod form;
mod products;
mod quantised;
mod result;
mod windows;

use std::{collections::HashMap, sync::Arc};

use aivm_inference::{MAX_ELEMENTS, MAX_INPUTS, MAX_OUTPUTS, MAX_RANK};

use super::{function::Function, FloatOp, Graph, Grid, InputKind, Node};
use crate::{
	decode::{limit, Attributes, Constant},
	error::{ImportError, UnsupportedNode},
	lower::{domain, malformed, node_name, refusal, unsupported, Refusal, NO_READER},
	proto::{data_type, GraphProto, ModelProto, NodeProto, ValueInfoProto},
	report::{MappedOperator, Role},
};
use constants::Known;
pub(crate) use result::{Outcome, Wanted};

/// Most nodes that reading makes.
const MAX_NODES: usize = 20_000;
/// Most axes of a value that is only moved.
const MAX_MOVED_RANK: usize = 8;
/// Most elements of all constants that reading makes.
const MAX_CONSTANTS: u64 = 64 << 20;
/// Most elements of all values together.
const MAX_VALUES: u64 = 1 << 28;

/// A value of the graph.
#[derive(Clone, Debug)]
enum Value {
	Constant(Arc<Known>),
	Tensor(Tensor),
	/// Made by a node that cannot be expressed.
	Unknown,
}

/// A computed value.
#[derive(Clone, Debug)]
struct Tensor {
	/// The node whose value it is a function of.
	node: usize,
	/// What is done with each number.
	function: Arc<Function>,
	/// Dimensions as in ONNX.
	dims: Vec<usize>,
	/// For each axis in memory, the axis in ONNX that it is.
	order: Vec<usize>,
	/// Set if ONNX holds the integers and not the numbers that they stand for.
	integers: Option<Integers>,
	/// Zeroes around an image that the next window takes in: rows and columns before, then after.
	padding: [[u16; 2]; 2],
}

/// What integers stand for.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Integers {
	/// Numbers of this grid.
	Quantised(Grid),
	/// Not known yet: an input of 8-bit integers (whether unsigned), or of wider ones.
	Bytes { unsigned: bool },
	/// As above.
	Wide,
	/// Places of largest numbers.
	Places,
}

/// What a node makes, and what became of it.
type Read = Result<(Vec<Value>, Role), Refusal>;

/// A node with its inputs.
struct Site<'a> {
	node: &'a NodeProto,
	inputs: Vec<Option<Value>>,
	opset: i64,
}

impl<'a> Site<'a> {
	fn attributes(&self) -> Attributes<'a> {
		Attributes(self.node)
	}

	fn op(&self) -> &'a str {
		&self.node.op_type
	}

	/// Whether there are inputs, and all are constants.
	fn is_constant(&self) -> bool {
		let mut inputs = self.inputs.iter().flatten().peekable();
		inputs.peek().is_some() && inputs.all(|input| matches!(input, Value::Constant(_)))
	}

	/// Whether input `index` is there.
	fn has(&self, index: usize) -> bool {
		matches!(self.inputs.get(index), Some(Some(_)))
	}

	/// Input `index`, which must be there.
	fn input(&self, index: usize) -> Result<&Value, Refusal> {
		match self.inputs.get(index) {
			Some(Some(value)) => Ok(value),
			_ => malformed(format!("operator {} has no input {index}", self.node.op_type)),
		}
	}

	/// Input `index`, which must be a constant.
	fn constant(&self, index: usize) -> Result<&Arc<Known>, Refusal> {
		match self.input(index)? {
			Value::Constant(constant) => Ok(constant),
			_ => unsupported(format!("its input {index} is not a constant")),
		}
	}

	/// Integers of an attribute, or of a constant input that took its place in later versions.
	fn integers(&self, name: &str, index: usize) -> Result<Option<Vec<i64>>, Refusal> {
		if self.attributes().has(name) {
			return Ok(Some(self.attributes().ints(name).to_vec()));
		}
		if !self.has(index) {
			return Ok(None);
		}
		match self.constant(index)?.constant.ints() {
			Some(values) => Ok(Some(values.to_vec())),
			None => malformed(format!("the {name} of {} are not integers", self.op())),
		}
	}

	/// One number of a constant input.
	fn number(&self, index: usize) -> Result<f32, Refusal> {
		match self.constant(index)?.constant.floats().as_deref() {
			Some([number]) => Ok(*number),
			_ => unsupported(format!("its input {index} is not one number")),
		}
	}
}

/// A place in a list, counted from the end if negative.
fn place(index: i64, length: usize) -> Option<usize> {
	let length = i64::try_from(length).ok()?;
	let index = if index < 0 { index.checked_add(length)? } else { index };
	usize::try_from(index).ok().filter(|_| index < length)
}

/// An axis of a value, counted from the end if negative.
fn axis(index: i64, rank: usize) -> Result<usize, Refusal> {
	match place(index, rank) {
		Some(axis) => Ok(axis),
		None => malformed(format!("axis {index} of a value with {rank} axes")),
	}
}

/// An axis along which an operator mixes numbers: any but the first of several, which counts rows.
fn axis_of_row(index: i64, rank: usize) -> Result<usize, Refusal> {
	match axis(index, rank)? {
		0 if rank > 1 => unsupported("it works along axis 0, not along a row"),
		axis => Ok(axis),
	}
}

/// State of the reading.
pub(super) struct Reader<'a> {
	graph: Graph,
	values: HashMap<&'a str, Value>,
	refused: Vec<UnsupportedNode>,
	operators: Vec<MappedOperator>,
	/// Elements of the constants made.
	constants: u64,
	/// Elements of the values made.
	elements: u64,
	opset: i64,
}

/// Reads the graph of a model.
pub(crate) fn read(model: &ModelProto, wanted: &Wanted) -> Result<Outcome, ImportError> {
	let graph = model.graph.as_ref().ok_or_else(|| ImportError::Malformed("it has no graph".into()))?;
	read_graph(model, graph, wanted).map_err(|error| {
		// A model of another kind usually also has an input or a constant of another kind. Its operators say more.
		let nodes = graph.node.iter().enumerate();
		let unknown = nodes.filter(|(_, node)| reader(domain(node), &node.op_type).is_none());
		let unknown: Vec<_> = unknown.map(|(index, node)| refusal(index, node, NO_READER.into())).collect();
		if unknown.is_empty() || matches!(error, ImportError::Unsupported(_)) {
			return error;
		}
		ImportError::Unsupported(unknown)
	})
}

fn read_graph(model: &ModelProto, graph: &GraphProto, wanted: &Wanted) -> Result<Outcome, ImportError> {
	let is_standard = |domain: &str| matches!(domain, "" | "ai.onnx");
	let opset = model.opset_import.iter().filter(|set| is_standard(&set.domain)).map(|set| set.version).max();
	let mut reader = Reader {
		graph: Graph::default(),
		values: HashMap::new(),
		refused: Vec::new(),
		operators: Vec::new(),
		constants: 0,
		elements: 0,
		opset: opset.unwrap_or(1),
	};
	let mut broken = None;
	for tensor in &graph.initializer {
		// A constant that cannot be read matters less than operators that cannot.
		let value =
			match Constant::new(tensor).and_then(|constant| constants::bounded(&constant.dims).map(|()| constant)) {
				Ok(constant) => Value::Constant(Arc::new(Known::new(constant))),
				Err(error) => {
					broken.get_or_insert(error);
					Value::Unknown
				}
			};
		reader.values.insert(&tensor.name, value);
	}
	let inputs = graph.input.iter().filter(|input| !reader.values.contains_key(input.name.as_str())).count();
	limit("number of inputs", inputs as u64, MAX_INPUTS.into())?;
	limit("number of outputs", graph.output.len() as u64, MAX_OUTPUTS.into())?;
	for input in &graph.input {
		if !reader.values.contains_key(input.name.as_str()) {
			let value = match reader.graph_input(input) {
				Ok(tensor) => Value::Tensor(tensor),
				Err(error) => {
					broken.get_or_insert(error);
					Value::Unknown
				}
			};
			reader.values.insert(&input.name, value);
		}
	}
	for (index, node) in graph.node.iter().enumerate() {
		reader.node(index, node)?;
	}
	if !reader.refused.is_empty() {
		return Err(ImportError::Unsupported(reader.refused));
	}
	broken.map_or_else(|| reader.finish(graph, wanted), Err)
}

impl<'a> Reader<'a> {
	/// A graph input. An axis without a fixed size must be the first, which counts rows; it is taken as 1.
	fn graph_input(&mut self, input: &ValueInfoProto) -> Result<Tensor, ImportError> {
		let broken = |what: &str| ImportError::Malformed(format!("input '{}' {what}", input.name));
		let tensor = input
			.r#type
			.as_ref()
			.and_then(|kind| kind.tensor_type.as_ref())
			.ok_or_else(|| broken("is not a tensor"))?;
		let integers = match tensor.elem_type {
			data_type::FLOAT | data_type::DOUBLE => None,
			data_type::UINT8 => Some(Integers::Bytes { unsigned: true }),
			data_type::INT8 => Some(Integers::Bytes { unsigned: false }),
			data_type::INT32 | data_type::INT64 => Some(Integers::Wide),
			_ => return Err(broken("does not hold numbers")),
		};
		let shape = tensor.shape.as_ref().ok_or_else(|| broken("has no known shape; export the model with one"))?;
		let mut dims = Vec::with_capacity(shape.dim.len());
		for (place, dim) in shape.dim.iter().enumerate() {
			let fixed = dim.dim_value.and_then(|dim| usize::try_from(dim).ok()).filter(|dim| *dim > 0);
			dims.push(match fixed {
				Some(dim) => dim,
				None if place == 0 => 1,
				None => return Err(broken("has a size that is not fixed; export the model with fixed sizes")),
			});
		}
		if dims.is_empty() {
			dims.push(1);
		}
		let kind = match integers {
			Some(Integers::Bytes { unsigned }) => InputKind::Bytes { unsigned },
			Some(_) => InputKind::Integers,
			None => InputKind::Real,
		};
		let node = self.push(FloatOp::Input(kind), vec![], dims.clone()).map_err(|refusal| match refusal {
			Refusal::Invalid(error) => error,
			Refusal::Unsupported(reason) => broken(&reason),
		})?;
		self.graph.nodes[node].name = Some(input.name.clone());
		Ok(Tensor { integers, ..Tensor::new(node, dims.clone(), (0..dims.len()).collect()) })
	}

	/// Reads one node.
	fn node(&mut self, index: usize, node: &'a NodeProto) -> Result<(), ImportError> {
		let name = node_name(index, node);
		let mut inputs = Vec::with_capacity(node.input.len());
		for input in &node.input {
			inputs.push(match input.as_str() {
				"" => None,
				input => Some(self.values.get(input).cloned().ok_or_else(|| {
					ImportError::Malformed(format!("node '{name}' reads '{input}', which nothing before it makes"))
				})?),
			});
		}
		let unknown_input = inputs.iter().flatten().any(|value| matches!(value, Value::Unknown));
		let site = Site { node, inputs, opset: self.opset };
		let read = match reader(domain(node), site.op()) {
			None => unsupported(NO_READER),
			Some(_) if unknown_input => Ok((Vec::new(), Role::Computed)),
			Some(_) if site.is_constant() => constants::fold(self, &site),
			Some(read) => read(self, &site),
		};
		let mut made = match read {
			Ok((values, role)) => {
				let (op, domain) = (node.op_type.clone(), domain(node).to_owned());
				self.operators.push(MappedOperator { op, domain, node: name, role });
				values
			}
			Err(Refusal::Invalid(error)) => return Err(error),
			Err(Refusal::Unsupported(reason)) => {
				self.refused.push(refusal(index, node, reason));
				Vec::new()
			}
		};
		made.resize(node.output.len().max(made.len()), Value::Unknown);
		for (output, value) in node.output.iter().zip(made) {
			if let Value::Tensor(tensor) = &value {
				if tensor.function.is_identity() {
					self.graph.nodes[tensor.node].name.get_or_insert_with(|| output.clone());
				}
			}
			if !output.is_empty() {
				self.values.insert(output, value);
			}
		}
		Ok(())
	}

	/// Adds a node.
	fn push(&mut self, op: FloatOp, inputs: Vec<usize>, dims: Vec<usize>) -> Result<usize, Refusal> {
		// What only moves elements is merged into fewer axes later.
		let moves = matches!(op, FloatOp::Reshape | FloatOp::Transpose { .. });
		let most = if moves { MAX_MOVED_RANK } else { MAX_RANK };
		if dims.is_empty() || dims.len() > most {
			return unsupported(format!("it makes a value with {} axes; programs have 1 to {MAX_RANK}", dims.len()));
		}
		let elements = dims.iter().try_fold(1usize, |product, dim| product.checked_mul(*dim)).unwrap_or(usize::MAX);
		if elements == 0 {
			return unsupported("it makes a value without elements");
		}
		limit("elements of a value", elements as u64, MAX_ELEMENTS.into())?;
		self.elements = self.elements.saturating_add(elements as u64);
		limit("elements of all values", self.elements, MAX_VALUES)?;
		limit("number of operations", self.graph.nodes.len() as u64 + 1, MAX_NODES as u64)?;
		self.graph.nodes.push(Node { op, inputs, dims, name: None });
		Ok(self.graph.nodes.len() - 1)
	}

	/// A new constant, counted against the limit.
	fn constant(&mut self, known: Known) -> Result<Value, Refusal> {
		constants::bounded(known.dims())?;
		self.constants = self.constants.saturating_add(known.constant.len() as u64);
		limit("elements of all constants", self.constants, MAX_CONSTANTS)?;
		Ok(Value::Constant(Arc::new(known)))
	}

	/// Input `index`, which must be computed; its function is not applied yet.
	fn lazy(&mut self, site: &Site, index: usize) -> Result<Tensor, Refusal> {
		match site.input(index)? {
			Value::Tensor(tensor) if tensor.padding != [[0; 2]; 2] => {
				unsupported(format!("its input {index} is padded: only convolutions and pools read padded values"))
			}
			Value::Tensor(tensor) => Ok(tensor.clone()),
			_ => unsupported(format!("its input {index} is not computed from the inputs of the model")),
		}
	}

	/// Input `index` as the value of a node, whatever its integers stand for.
	fn tensor(&mut self, site: &Site<'a>, index: usize) -> Result<Tensor, Refusal> {
		let tensor = self.lazy(site, index)?;
		self.apply(site, index, tensor)
	}

	/// Applies the function of input `index`.
	fn apply(&mut self, site: &Site<'a>, index: usize, tensor: Tensor) -> Result<Tensor, Refusal> {
		if tensor.function.is_identity() {
			return Ok(tensor);
		}
		let name = &site.node.input[index];
		// Another node may have applied it meanwhile.
		if let Some(Value::Tensor(now)) = self.values.get(name.as_str()) {
			if now.function.is_identity() && now.padding == tensor.padding {
				return Ok(now.clone());
			}
		}
		let made = self.map(tensor)?;
		self.graph.nodes[made.node].name = Some(name.clone());
		self.values.insert(name, Value::Tensor(made.clone()));
		Ok(made)
	}

	/// The tensor with its function applied by a node.
	fn map(&mut self, tensor: Tensor) -> Result<Tensor, Refusal> {
		let dims = self.graph.nodes[tensor.node].dims.clone();
		let node = self.push(FloatOp::Map(tensor.function.clone()), vec![tensor.node], dims)?;
		Ok(Tensor { node, function: Arc::new(Function::IDENTITY), ..tensor })
	}

	/// Input `index` as real numbers made by a node.
	fn real(&mut self, site: &Site<'a>, index: usize) -> Result<Tensor, Refusal> {
		let tensor = self.tensor(site, index)?;
		tensor.check_real(index)?;
		Ok(tensor)
	}

	/// The tensor with its axes in memory in this order.
	fn arrange(&mut self, tensor: Tensor, order: &[usize]) -> Result<Tensor, Refusal> {
		if tensor.order == order {
			return Ok(tensor);
		}
		let dims: Vec<usize> = order.iter().map(|axis| tensor.dims[*axis]).collect();
		let long =
			|order: &[usize]| -> Vec<usize> { order.iter().copied().filter(|axis| tensor.dims[*axis] > 1).collect() };
		let op = if long(&tensor.order) == long(order) {
			FloatOp::Reshape
		} else {
			let from = |axis: &usize| tensor.order.iter().position(|from| from == axis).unwrap_or(0);
			FloatOp::Transpose { order: order.iter().map(from).collect() }
		};
		let node = self.push(op, vec![tensor.node], dims)?;
		Ok(Tensor { node, order: order.to_vec(), ..tensor })
	}

	/// The tensor with its axes in memory as in ONNX.
	fn plain(&mut self, tensor: Tensor) -> Result<Tensor, Refusal> {
		let order: Vec<usize> = (0..tensor.dims.len()).collect();
		self.arrange(tensor, &order)
	}

	/// The tensor with an axis last in memory, as it is or by the usual order of images.
	fn with_last(&mut self, tensor: Tensor, last: usize) -> Result<Tensor, Refusal> {
		if tensor.order.last() == Some(&last) {
			return Ok(tensor);
		}
		let order: Vec<usize> = (0..tensor.dims.len()).filter(|axis| *axis != last).chain([last]).collect();
		self.arrange(tensor, &order)
	}

	/// The same numbers under other dimensions, in the order of memory.
	fn reshape(&mut self, tensor: &Tensor, dims: Vec<usize>) -> Result<usize, Refusal> {
		if self.graph.nodes[tensor.node].dims == dims {
			return Ok(tensor.node);
		}
		self.push(FloatOp::Reshape, vec![tensor.node], dims)
	}
}

impl Tensor {
	/// The value of a node.
	fn new(node: usize, dims: Vec<usize>, order: Vec<usize>) -> Self {
		Self { node, function: Arc::new(Function::IDENTITY), dims, order, integers: None, padding: [[0; 2]; 2] }
	}

	/// The value of another node, with the same axes.
	fn at(&self, node: usize) -> Self {
		Self { node, ..self.clone() }
	}

	/// An error if ONNX holds integers here.
	fn check_real(&self, index: usize) -> Result<(), Refusal> {
		match self.integers {
			None => Ok(()),
			Some(_) => unsupported(format!("its input {index} is integers")),
		}
	}

	/// Dimensions in the order of memory.
	fn memory_dims(&self) -> Vec<usize> {
		self.order.iter().map(|axis| self.dims[*axis]).collect()
	}
}

/// One computed value.
fn computed(tensor: Tensor) -> Read {
	Ok((vec![Value::Tensor(tensor)], Role::Computed))
}

type ReadNode = for<'a> fn(&mut Reader<'a>, &Site<'a>) -> Read;

/// The reader of an operator, if there is one.
fn reader(domain: &str, op: &str) -> Option<ReadNode> {
	if !matches!(domain, "ai.onnx" | "com.microsoft") {
		return None;
	}
	Some(match op {
		"Add" | "Sub" | "Mul" | "Div" | "Pow" | "Max" | "Min" | "Sum" => elementwise::binary,
		"Abs" | "Ceil" | "Celu" | "Clip" | "Cos" | "Elu" | "Erf" | "Exp" | "Floor" | "Gelu" | "HardSigmoid"
		| "HardSwish" | "LeakyRelu" | "Log" | "Mish" | "Neg" | "Reciprocal" | "Relu" | "Round" | "Selu" | "Sigmoid"
		| "Sign" | "Sin" | "Softplus" | "Softsign" | "Sqrt" | "Tanh" | "ThresholdedRelu" => elementwise::unary,
		"PRelu" => elementwise::p_relu,
		"BatchNormalization" => elementwise::batch_normalization,
		"Softmax" | "LogSoftmax" => elementwise::softmax,
		"ArgMax" => elementwise::arg_max,
		"Conv" => windows::conv,
		"MaxPool" | "AveragePool" => windows::pool,
		"GlobalAveragePool" | "GlobalMaxPool" | "ReduceMean" | "ReduceMax" => windows::global,
		"Pad" => windows::pad,
		"Gemm" => products::gemm,
		"MatMul" => products::mat_mul,
		"Gather" => products::gather,
		"Constant" => constants::constant,
		"ConstantOfShape" | "Range" | "ReduceProd" | "Expand" => constants::only_constants,
		"Shape" => constants::shape,
		"Identity" | "Dropout" => form::identity,
		"Cast" => form::cast,
		"Flatten" => form::flatten,
		"Reshape" => form::reshape,
		"Squeeze" => form::squeeze,
		"Unsqueeze" => form::unsqueeze,
		"Transpose" => form::transpose,
		"Concat" => form::concat,
		"Split" => form::split,
		"Slice" => form::slice,
		"DepthToSpace" | "SpaceToDepth" => form::depth_to_space,
		"QuantizeLinear" => quantised::quantise,
		"DequantizeLinear" => quantised::dequantise,
		"QLinearConv" => quantised::conv,
		"ConvInteger" => quantised::conv_integer,
		"QLinearMatMul" => quantised::mat_mul,
		"MatMulInteger" => quantised::mat_mul_integer,
		"QGemm" => quantised::gemm,
		"QLinearAdd" | "QLinearMul" => quantised::binary,
		"QLinearConcat" => quantised::concat,
		"QLinearAveragePool" | "QLinearGlobalAveragePool" => quantised::pool,
		"QLinearSigmoid" | "QLinearLeakyRelu" => quantised::unary,
		"QLinearSoftmax" => quantised::softmax,
		_ => return None,
	})
}
