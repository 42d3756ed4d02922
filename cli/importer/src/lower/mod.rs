// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Reduces an ONNX graph to a [`FloatModel`].
//!
//! The nodes are read once, in order. Each value of the graph is tracked as what it is to the model: a constant, a
//! row of numbers computed by a chain of layers, or a class. Operators at the end that do not change which class wins
//! (softmax, sigmoid, normalisation, maps from class to probability) are remembered and dropped. A node that cannot
//! be expressed is noted and the reading goes on, so that one import names all of them.

mod ml;
mod tensor;
mod tree;

use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
};

use crate::{
	decode::{limit, Attributes, Constant},
	error::{ImportError, UnsupportedNode},
	float::{Binary, Dense, Ensemble, FloatModel, Layer, ScoreKind},
	proto::{data_type, DimensionProto, GraphProto, ModelProto, NodeProto, ValueInfoProto},
	report::{MappedOperator, Role},
	Task,
};

/// Most numbers in a row, anywhere in a model.
pub(crate) const MAX_WIDTH: usize = 1 << 16;
/// Most layers in a chain.
const MAX_LAYERS: usize = 1_000;
/// Most parameters of all layers together; constants that are broadcast count with every copy.
const MAX_PARAMETERS: u64 = 64 << 20;

/// What happened to a row after its last layer, for display only: none of it changes which class wins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Post {
	/// Nothing.
	Raw,
	/// Softmax, possibly of a logarithm or normalised again.
	Softmax,
	/// A sigmoid of each number.
	Logistic,
	/// One minus a sigmoid of each number.
	OneMinusLogistic,
	/// The probabilities of two classes, from a sigmoid of one number.
	BinaryLogistic,
	/// Something else that is computed from class scores and is not needed for the class.
	Derived,
}

/// A row of numbers.
#[derive(Clone, Debug)]
struct Row {
	layers: Vec<Arc<Layer>>,
	trees: Option<Arc<Ensemble>>,
	/// Numbers in the row.
	width: usize,
	/// Dimensions of the row without the first, which counts rows. Their product is the width.
	shape: Vec<usize>,
	post: Post,
	/// Names of the classes that the numbers are scores of, if known.
	labels: Option<Arc<Vec<String>>>,
}

/// The index of the class whose score is largest, or its label.
#[derive(Clone, Debug)]
struct Class {
	scores: Row,
	labels: Option<Arc<Vec<String>>>,
}

/// A value of the graph.
#[derive(Clone, Debug)]
enum Value {
	Constant(Arc<Constant>),
	Row(Row),
	Class(Class),
	/// Made by a node that cannot be expressed.
	Unknown,
}

/// Why a node cannot be read.
pub(crate) enum Refusal {
	/// Its meaning cannot be expressed; the text says which part of it.
	Unsupported(String),
	/// The graph is invalid.
	Invalid(ImportError),
}

impl From<ImportError> for Refusal {
	fn from(error: ImportError) -> Self {
		Self::Invalid(error)
	}
}

/// What a node makes, and what became of it.
type Lowered = Result<(Vec<Value>, Role), Refusal>;

/// A use of an operator that is not supported.
pub(crate) fn unsupported<T>(reason: impl Into<String>) -> Result<T, Refusal> {
	Err(Refusal::Unsupported(reason.into()))
}

/// An invalid graph.
pub(crate) fn malformed<T>(text: impl Into<String>) -> Result<T, Refusal> {
	Err(Refusal::Invalid(ImportError::Malformed(text.into())))
}

/// A node with its inputs resolved.
struct Site<'a> {
	node: &'a NodeProto,
	inputs: Vec<Option<&'a Value>>,
	opset: i64,
}

impl<'a> Site<'a> {
	fn attributes(&self) -> Attributes<'a> {
		Attributes(self.node)
	}

	/// Input `index`, which must be there.
	fn input(&self, index: usize) -> Result<&'a Value, Refusal> {
		match self.inputs.get(index) {
			Some(Some(value)) => Ok(value),
			_ => malformed(format!("operator {} has no input {index}", self.node.op_type)),
		}
	}

	/// Input `index`, which must be a row of numbers.
	fn row(&self, index: usize) -> Result<&'a Row, Refusal> {
		match self.input(index)? {
			Value::Row(row) => Ok(row),
			_ => unsupported(format!("its input {index} is not computed from the model's input as numbers")),
		}
	}

	/// Input `index` if it is a constant.
	fn constant(&self, index: usize) -> Option<&'a Constant> {
		match self.inputs.get(index) {
			Some(Some(Value::Constant(constant))) => Some(constant),
			_ => None,
		}
	}

	/// Input `index`, which must be a constant.
	fn required_constant(&self, index: usize) -> Result<&'a Constant, Refusal> {
		self.constant(index).ok_or_else(|| Refusal::Unsupported(format!("its input {index} is not a constant")))
	}
}

/// State of the reading.
struct Lowering<'a> {
	values: HashMap<&'a str, Value>,
	refused: Vec<UnsupportedNode>,
	operators: Vec<MappedOperator>,
	parameters: u64,
	charged: HashSet<*const Layer>,
}

impl Row {
	/// The row after one more layer.
	fn then(&self, layer: Layer, width: usize) -> Result<Self, Refusal> {
		if self.post != Post::Raw {
			return unsupported("it computes with class probabilities");
		}
		if self.trees.is_some() {
			return unsupported("it computes with the result of a tree ensemble");
		}
		if width == 0 {
			return malformed("a layer has no outputs");
		}
		limit("width of a layer", width as u64, MAX_WIDTH as u64)?;
		limit("number of layers", self.layers.len() as u64 + 1, MAX_LAYERS as u64)?;
		let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
		let valid = match &layer {
			Layer::Add(values) | Layer::Multiply(values) => finite(values),
			Layer::Divide(values) => finite(values) && values.iter().all(|value| *value != 0.0),
			Layer::Dense(dense) => finite(&dense.weights) && finite(&dense.bias),
			Layer::Clamp(low, high) => low <= high,
		};
		if !valid {
			return malformed("a weight is infinite or not a number, a divisor is 0, or a range is empty");
		}
		let mut row = self.clone();
		if let Layer::Dense(_) = &layer {
			self.flat()?;
			row.shape = vec![width];
		}
		row.layers.push(Arc::new(layer));
		row.width = width;
		Ok(row)
	}

	/// An error unless the row has one dimension besides the one that counts rows.
	fn flat(&self) -> Result<(), Refusal> {
		if self.shape.len() > 1 {
			return unsupported("it works on more than two dimensions");
		}
		Ok(())
	}

	/// The same row, seen through a step that does not change which number is largest.
	fn with_post(&self, post: Post) -> Self {
		Self { post, ..self.clone() }
	}

	/// Class scores of a row of which one positive number means the second of two classes: 0 and that number.
	fn binary_scores(&self) -> Result<Self, Refusal> {
		let mut row = self
			.with_post(Post::Raw)
			.then(Layer::Dense(Dense { inputs: 1, weights: vec![0.0, 1.0], bias: vec![0.0, 0.0] }), 2)?;
		row.post = Post::Softmax;
		Ok(row)
	}
}

/// Reads the graph of a model. Also says what became of each operator.
pub(crate) fn lower(model: &ModelProto, task: Task) -> Result<(FloatModel, Vec<MappedOperator>), ImportError> {
	let graph = model.graph.as_ref().ok_or_else(|| ImportError::Malformed("it has no graph".into()))?;
	read(model, graph, task).map_err(|error| {
		// A model of another kind usually also has an input or a constant of another kind. Its operators say more.
		let unknown = unknown_operators(graph);
		if unknown.is_empty() || matches!(error, ImportError::Unsupported(_)) {
			return error;
		}
		ImportError::Unsupported(unknown)
	})
}

/// Whether the operator of a node has a reader here.
pub(crate) fn reads(node: &NodeProto) -> bool {
	operator(domain(node), &node.op_type).is_some()
}

/// The nodes whose operator has no reader.
fn unknown_operators(graph: &GraphProto) -> Vec<UnsupportedNode> {
	let nodes = graph.node.iter().enumerate();
	let unknown = nodes.filter(|(_, node)| operator(domain(node), &node.op_type).is_none());
	unknown.map(|(index, node)| refusal(index, node, NO_READER.into())).collect()
}

/// Why a node without a reader is refused.
pub(crate) const NO_READER: &str = "the operator is not supported";

/// The domain of a node's operator.
pub(crate) fn domain(node: &NodeProto) -> &str {
	match node.domain.as_str() {
		"" => "ai.onnx",
		domain => domain,
	}
}

/// The name of a node, or its place if it has none.
pub(crate) fn node_name(index: usize, node: &NodeProto) -> String {
	match node.name.as_str() {
		"" => format!("#{index}"),
		name => name.to_owned(),
	}
}

pub(crate) fn refusal(index: usize, node: &NodeProto, reason: String) -> UnsupportedNode {
	UnsupportedNode { op: node.op_type.clone(), domain: domain(node).to_owned(), node: node_name(index, node), reason }
}

fn read(model: &ModelProto, graph: &GraphProto, task: Task) -> Result<(FloatModel, Vec<MappedOperator>), ImportError> {
	let is_standard = |domain: &str| matches!(domain, "" | "ai.onnx");
	let opset = model.opset_import.iter().filter(|set| is_standard(&set.domain)).map(|set| set.version).max();
	let mut lowering = Lowering {
		values: HashMap::new(),
		refused: Vec::new(),
		operators: Vec::new(),
		parameters: 0,
		charged: HashSet::new(),
	};
	for tensor in &graph.initializer {
		lowering.values.insert(&tensor.name, Value::Constant(Arc::new(Constant::new(tensor)?)));
	}
	let input = graph_input(graph, &lowering.values)?;
	let shape = input_shape(input)?;
	let inputs = shape.iter().product();
	let row = Row { layers: Vec::new(), trees: None, width: inputs, shape, post: Post::Raw, labels: None };
	lowering.values.insert(&input.name, Value::Row(row));
	for (index, node) in graph.node.iter().enumerate() {
		lowering.node(index, node, opset.unwrap_or(1))?;
	}
	if !lowering.refused.is_empty() {
		return Err(ImportError::Unsupported(lowering.refused));
	}
	let model = lowering.finish(graph, inputs, task)?;
	Ok((model, lowering.operators))
}

/// The one input that is not a constant.
fn graph_input<'a>(graph: &'a GraphProto, values: &HashMap<&str, Value>) -> Result<&'a ValueInfoProto, ImportError> {
	let mut inputs = graph.input.iter().filter(|input| !values.contains_key(input.name.as_str()));
	match (inputs.next(), inputs.count()) {
		(Some(input), 0) => Ok(input),
		(None, _) => Err(ImportError::Malformed("the graph has no input".into())),
		(Some(_), more) => Err(ImportError::Malformed(format!(
			"the graph has {} inputs; export the model with one input that holds all features",
			more + 1
		))),
	}
}

/// The dimensions of the input but the first, which counts rows.
fn input_shape(input: &ValueInfoProto) -> Result<Vec<usize>, ImportError> {
	let broken = |what: &str| ImportError::Malformed(format!("input '{}' {what}", input.name));
	let tensor =
		input.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref()).ok_or_else(|| broken("is not a tensor"))?;
	if ![data_type::FLOAT, data_type::DOUBLE, data_type::INT64, data_type::INT32].contains(&tensor.elem_type) {
		return Err(broken("does not hold numbers"));
	}
	let dims = tensor.shape.as_ref().map(|shape| shape.dim.as_slice()).unwrap_or_default();
	let features = match dims {
		[] => return Err(broken("has no known shape; export the model with a fixed number of features")),
		[features] => std::slice::from_ref(features),
		[_, features @ ..] => features,
	};
	let fixed = |dim: &DimensionProto| usize::try_from(dim.dim_value?).ok().filter(|dim| *dim > 0);
	let shape = features
		.iter()
		.map(fixed)
		.collect::<Option<Vec<_>>>()
		.ok_or_else(|| broken("has no fixed number of features; export the model with one"))?;
	let width = shape.iter().fold(1usize, |product, dim| product.saturating_mul(*dim));
	limit("number of features", width as u64, MAX_WIDTH as u64)?;
	Ok(shape)
}

impl<'a> Lowering<'a> {
	/// Reads one node.
	fn node(&mut self, index: usize, node: &'a NodeProto, opset: i64) -> Result<(), ImportError> {
		let name = node_name(index, node);
		let mut inputs = Vec::with_capacity(node.input.len());
		for input in &node.input {
			inputs.push(match input.as_str() {
				"" => None,
				input => Some(self.values.get(input).ok_or_else(|| {
					ImportError::Malformed(format!("node '{name}' reads '{input}', which nothing before it makes"))
				})?),
			});
		}
		let known = operator(domain(node), &node.op_type);
		let unknown_input = inputs.iter().flatten().any(|value| matches!(value, Value::Unknown));
		let lowered = match known {
			None => unsupported(NO_READER),
			Some(_) if unknown_input => {
				node.output.iter().for_each(|output| {
					self.values.insert(output, Value::Unknown);
				});
				return Ok(());
			}
			Some(read) => read(&Site { node, inputs, opset }),
		};
		let mut made = match lowered {
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
			self.charge(&value)?;
			if !output.is_empty() {
				self.values.insert(output, value);
			}
		}
		Ok(())
	}

	/// Counts the parameters of a new value's last layer against the limit.
	fn charge(&mut self, value: &Value) -> Result<(), ImportError> {
		let (Value::Row(row) | Value::Class(Class { scores: row, .. })) = value else { return Ok(()) };
		let Some(last) = row.layers.last().filter(|layer| self.charged.insert(Arc::as_ptr(layer))) else {
			return Ok(());
		};
		self.parameters = self.parameters.saturating_add(last.parameters() as u64);
		limit("number of parameters", self.parameters, MAX_PARAMETERS)
	}

	/// Takes the class from the outputs if one is there, else the row of numbers.
	fn finish(&self, graph: &GraphProto, inputs: usize, task: Task) -> Result<FloatModel, ImportError> {
		let mut outputs = Vec::with_capacity(graph.output.len());
		for output in &graph.output {
			outputs.push(
				self.values
					.get(output.name.as_str())
					.ok_or_else(|| ImportError::Malformed(format!("output '{}' is made by no node", output.name)))?,
			);
		}
		let class = outputs.iter().find_map(|value| match value {
			Value::Class(class) => Some(class),
			_ => None,
		});
		let row = outputs.iter().find_map(|value| match value {
			Value::Row(row) if row.post != Post::Derived => Some(row),
			_ => None,
		});
		let (scores, labels) = match (class, row) {
			(Some(class), _) if task != Task::Regression => (class.scores.clone(), class.labels.clone()),
			(_, Some(row)) => (row.clone(), row.labels.clone()),
			_ => return Err(ImportError::Malformed("no output is computed from the input".into())),
		};
		let classifies = match task {
			Task::Auto => class.is_some() || scores.post != Post::Raw,
			Task::Classification => true,
			Task::Regression => false,
		};
		let scores = match classifies && scores.width == 1 {
			true => scores.binary_scores().map_err(|refusal| match refusal {
				Refusal::Invalid(error) => error,
				Refusal::Unsupported(reason) => ImportError::Malformed(reason),
			})?,
			false => scores,
		};
		if matches!(scores.post, Post::OneMinusLogistic) {
			return Err(ImportError::Malformed("its output is the probability that the answer is no".into()));
		}
		let outputs = scores.width;
		let score_kind = match (scores.post, &scores.trees) {
			_ if !classifies => ScoreKind::Values,
			(Post::Raw, Some(trees)) if trees.has_no_negative_weight() => ScoreKind::Probabilities,
			(_, Some(trees)) if trees.binary == Some(Binary::Probability) => ScoreKind::Values,
			(Post::Softmax | Post::BinaryLogistic, _) => ScoreKind::Logits,
			(Post::Logistic, _) => ScoreKind::Logistic,
			_ => ScoreKind::Values,
		};
		let labels = match (classifies, labels) {
			(false, _) => None,
			(true, Some(labels)) if labels.len() == outputs => Some(labels.to_vec()),
			(true, None) => Some((0..outputs).map(|index| index.to_string()).collect()),
			(true, Some(labels)) => {
				return Err(ImportError::Malformed(format!("it has {} labels for {outputs} scores", labels.len())))
			}
		};
		Ok(FloatModel { inputs, layers: scores.layers, trees: scores.trees, graph: None, outputs, labels, score_kind })
	}
}

/// The reader of an operator, if there is one.
fn operator(domain: &str, op: &str) -> Option<fn(&Site) -> Lowered> {
	Some(match (domain, op) {
		("ai.onnx", "Add") => tensor::add,
		("ai.onnx", "ArgMax") => tensor::arg_max,
		("ai.onnx", "Cast") => tensor::cast,
		("ai.onnx", "Clip") => tensor::clip,
		("ai.onnx", "Concat") => tensor::concat,
		("ai.onnx", "Constant") => tensor::constant,
		("ai.onnx", "Div") => tensor::divide,
		("ai.onnx", "Dropout" | "Identity") => tensor::identity,
		("ai.onnx", "Flatten") => tensor::flatten,
		("ai.onnx", "Gather") => ml::gather,
		("ai.onnx", "Gemm") => tensor::gemm,
		("ai.onnx", "LogSoftmax" | "Softmax") => tensor::softmax,
		("ai.onnx", "MatMul") => tensor::mat_mul,
		("ai.onnx", "Mul") => tensor::multiply,
		("ai.onnx", "Relu") => tensor::relu,
		("ai.onnx", "Reshape") => tensor::reshape,
		("ai.onnx", "Sigmoid") => tensor::sigmoid,
		("ai.onnx", "Squeeze" | "Unsqueeze") => tensor::squeeze,
		("ai.onnx", "Sub") => tensor::subtract,
		("ai.onnx.ml", "ArrayFeatureExtractor") => ml::array_feature_extractor,
		("ai.onnx.ml", "LabelEncoder") => ml::label_encoder,
		("ai.onnx.ml", "LinearClassifier") => ml::linear_classifier,
		("ai.onnx.ml", "LinearRegressor") => ml::linear_regressor,
		("ai.onnx.ml", "Normalizer") => ml::normalizer,
		("ai.onnx.ml", "Scaler") => ml::scaler,
		("ai.onnx.ml", "TreeEnsembleClassifier") => tree::classifier,
		("ai.onnx.ml", "TreeEnsembleRegressor") => tree::regressor,
		("ai.onnx.ml", "ZipMap") => ml::zip_map,
		_ => return None,
	})
}
