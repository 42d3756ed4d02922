// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Puts ONNX graphs together.

#![allow(dead_code)]

use aivm_importer::{
	import, interpret_output, proto::*, quantise_row, FloatModel, ImportError, Imported, Options, Output, Rows,
};
use prost::Message;

pub fn value(name: &str, dims: &[Option<i64>]) -> ValueInfoProto {
	let dim = dims.iter().map(|dim| DimensionProto { dim_value: *dim, dim_param: None }).collect();
	let tensor_type = TensorTypeProto { elem_type: data_type::FLOAT, shape: Some(TensorShapeProto { dim }) };
	ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type: Some(tensor_type) }) }
}

pub fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
	TensorProto {
		name: name.into(),
		dims: dims.to_vec(),
		data_type: data_type::FLOAT,
		float_data: values.to_vec(),
		..TensorProto::default()
	}
}

pub fn ints(name: &str, values: &[i64]) -> TensorProto {
	TensorProto {
		name: name.into(),
		dims: vec![values.len() as i64],
		data_type: data_type::INT64,
		int64_data: values.to_vec(),
		..TensorProto::default()
	}
}

pub enum Attribute<'a> {
	Int(i64),
	Float(f32),
	Text(&'a str),
	Ints(&'a [i64]),
	Floats(&'a [f32]),
	Texts(&'a [&'a str]),
}

pub fn attribute(name: &str, value: &Attribute) -> AttributeProto {
	let empty = AttributeProto { name: name.into(), ..AttributeProto::default() };
	match value {
		Attribute::Int(i) => AttributeProto { i: *i, r#type: attribute_type::INT, ..empty },
		Attribute::Float(f) => AttributeProto { f: *f, r#type: attribute_type::FLOAT, ..empty },
		Attribute::Text(text) => {
			AttributeProto { s: text.as_bytes().to_vec(), r#type: attribute_type::STRING, ..empty }
		}
		Attribute::Ints(ints) => AttributeProto { ints: ints.to_vec(), r#type: attribute_type::INTS, ..empty },
		Attribute::Floats(floats) => {
			AttributeProto { floats: floats.to_vec(), r#type: attribute_type::FLOATS, ..empty }
		}
		Attribute::Texts(texts) => {
			let strings = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
			AttributeProto { strings, r#type: attribute_type::STRINGS, ..empty }
		}
	}
}

/// A node; `op` is `Operator` or `domain:Operator`.
pub fn node(op: &str, inputs: &[&str], outputs: &[&str], attributes: &[(&str, Attribute)]) -> NodeProto {
	let (domain, op_type) = op.split_once(':').unwrap_or(("", op));
	NodeProto {
		input: inputs.iter().map(ToString::to_string).collect(),
		output: outputs.iter().map(ToString::to_string).collect(),
		name: String::new(),
		op_type: op_type.into(),
		attribute: attributes.iter().map(|(name, value)| attribute(name, value)).collect(),
		domain: domain.into(),
	}
}

/// A model with one input `x` of `width` features.
pub fn model(width: i64, initializer: Vec<TensorProto>, nodes: Vec<NodeProto>, outputs: &[&str]) -> ModelProto {
	ModelProto {
		ir_version: 8,
		producer_name: "test".into(),
		graph: Some(GraphProto {
			node: nodes,
			name: "graph".into(),
			initializer,
			input: vec![value("x", &[None, Some(width)])],
			output: outputs.iter().map(|output| value(output, &[])).collect(),
		}),
		opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 17 }],
	}
}

pub fn float_model(model: &ModelProto) -> Result<FloatModel, ImportError> {
	FloatModel::from_onnx(&model.encode_to_vec(), &Options::default())
}

pub fn import_model(model: &ModelProto, rows: Option<&Rows>) -> Result<Imported, ImportError> {
	import(&model.encode_to_vec(), rows, &Options::default())
}

pub fn run(imported: &Imported, row: &[f32]) -> Output {
	let bytes = imported.program.run(&quantise_row(&imported.program, row).unwrap()).unwrap();
	interpret_output(&imported.program, &bytes).unwrap()
}

/// A tree ensemble classifier or regressor over `x`, by its attributes.
pub struct Trees<'a> {
	pub modes: &'a [&'a str],
	pub trees: &'a [i64],
	pub nodes: &'a [i64],
	pub features: &'a [i64],
	pub values: &'a [f32],
	pub yes: &'a [i64],
	pub no: &'a [i64],
	/// Tree, node, output and weight of each leaf.
	pub weights: &'a [(i64, i64, i64, f32)],
}

impl Trees<'_> {
	pub fn node(&self, op: &str, prefix: &str, input: &str, outputs: &[&str], more: &[(&str, Attribute)]) -> NodeProto {
		let mut node = node(
			&format!("ai.onnx.ml:{op}"),
			&[input],
			outputs,
			&[
				("nodes_modes", Attribute::Texts(self.modes)),
				("nodes_treeids", Attribute::Ints(self.trees)),
				("nodes_nodeids", Attribute::Ints(self.nodes)),
				("nodes_featureids", Attribute::Ints(self.features)),
				("nodes_values", Attribute::Floats(self.values)),
				("nodes_truenodeids", Attribute::Ints(self.yes)),
				("nodes_falsenodeids", Attribute::Ints(self.no)),
			],
		);
		let list = |of: fn(&(i64, i64, i64, f32)) -> i64| self.weights.iter().map(of).collect::<Vec<_>>();
		let numbers: Vec<f32> = self.weights.iter().map(|weight| weight.3).collect();
		let mut add =
			|name: &str, value: &Attribute| node.attribute.push(attribute(&format!("{prefix}_{name}"), value));
		add("treeids", &Attribute::Ints(&list(|weight| weight.0)));
		add("nodeids", &Attribute::Ints(&list(|weight| weight.1)));
		add("ids", &Attribute::Ints(&list(|weight| weight.2)));
		add("weights", &Attribute::Floats(&numbers));
		node.attribute.extend(more.iter().map(|(name, value)| attribute(name, value)));
		node
	}
}
