// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use aivm_inference::{
	Add, AveragePool, Conv2d, Dense, Dtype, Limits, Lookup, MaxPool, Multiplier, Op, PerChannel, Program,
	ProgramBuilder, Quantisation, Requantise, Scale, Shape, Summary, TensorSpec, ValueId, Window, MAX_OPERANDS,
};

use super::*;

const WINDOW: Window = Window::plain([3, 3], 1).padded([1, 1], [1, 1]);

fn convolve(builder: &mut ProgramBuilder, input: ValueId, window: Window, channels: [usize; 2]) -> ValueId {
	let [inputs, outputs] = channels;
	let area = window.area() as usize;
	let layer = Conv2d {
		window,
		groups: 1,
		input_zero_point: -3,
		weight_zero_points: PerChannel::One(0),
		bias: vec![7; outputs],
		weights: (0..outputs * area * inputs).map(|place| (place % 11) as i8 - 5).collect(),
	};
	let sums = builder.operation(Op::Conv2d(layer), vec![input]);
	let factors = (0..outputs).map(|channel| Multiplier::from_f64(0.002 + 0.000_1 * channel as f64).unwrap()).collect();
	let multipliers = PerChannel::new(factors).unwrap();
	builder.requantise(sums, Requantise { multipliers, zero_point: -3 })
}

fn add(builder: &mut ProgramBuilder, first: ValueId, second: ValueId) -> ValueId {
	let op = Add { input_zero_points: [-3, -3], factors: [1 << 30, 3 << 28], shift: 31, zero_point: -3 };
	builder.operation(Op::Add(op), vec![first, second])
}

/// A small network with what real ones have: residuals, branches that join, a classifier and a class.
fn network() -> (Program, Summary) {
	let affine = |scale: f64, zero: i32| Quantisation::Affine {
		scales: PerChannel::One(Scale::from_f64(scale).unwrap()),
		zero_points: PerChannel::One(zero),
	};
	let shape = Shape::new(&[1, 12, 12, 3]).unwrap();
	let mut builder = ProgramBuilder::new(vec![TensorSpec { dtype: Dtype::I8, shape, quantisation: affine(0.02, -3) }]);
	let mut value = builder.input(0);
	value = convolve(&mut builder, value, WINDOW, [3, 8]);
	value = builder.relu(value, -3);
	for _ in 0..2 {
		let mut long = convolve(&mut builder, value, WINDOW, [8, 8]);
		long = builder.relu(long, -3);
		long = convolve(&mut builder, long, WINDOW, [8, 8]);
		value = add(&mut builder, long, value);
		value = builder.relu(value, -3);
	}
	// A block that halves the image, with a convolution on the short way too.
	let half = Window { strides: [2, 2], ..WINDOW };
	let mut long = convolve(&mut builder, value, half, [8, 16]);
	long = convolve(&mut builder, long, WINDOW, [16, 16]);
	let short = convolve(&mut builder, value, Window::plain([1, 1], 2), [8, 16]);
	value = add(&mut builder, long, short);
	// Branches.
	let first = convolve(&mut builder, value, Window::plain([1, 1], 1), [16, 4]);
	let second = convolve(&mut builder, value, Window::plain([1, 1], 1), [16, 4]);
	let second = convolve(&mut builder, second, WINDOW, [4, 6]);
	let third = builder.operation(Op::MaxPool(MaxPool { window: WINDOW }), vec![value]);
	value = builder.operation(Op::Concat { axis: 3 }, vec![first, second, third]);
	let pool = AveragePool {
		window: Window::plain([6, 6], 1),
		count_padding: false,
		input_zero_point: -3,
		multiplier: Multiplier::ONE,
		zero_point: -3,
	};
	value = builder.operation(Op::AveragePool(pool), vec![value]);
	let shape = Shape::new(&[1, 26]).unwrap();
	value = builder.operation(Op::Reshape { shape }, vec![value]);
	let sigmoid = Lookup { table: (0..=255u8).map(|byte| byte.wrapping_sub(128).cast_signed() / 2).collect() };
	value = builder.operation(Op::Lookup(sigmoid), vec![value]);
	let layer = Dense {
		input_zero_point: -3,
		weight_zero_points: PerChannel::One(0),
		bias: vec![0; 10],
		weights: (0..260).map(|place| (place % 13) as i8 - 6).collect(),
	};
	let sums = builder.dense(value, layer);
	let class = builder.arg_max(sums);
	builder.output(sums, affine(0.001, 0));
	builder.output(class, Quantisation::Raw);
	builder.build(&Limits::DEFAULT).unwrap()
}

#[test]
fn parts_should_add_up_to_the_summary() {
	let (program, summary) = network();
	let inspection = Inspection::new(&program, &summary);
	let totals = inspection.totals;
	let sum = |of: &dyn Fn(&OperationReport) -> u64| inspection.operations.iter().map(of).sum::<u64>();
	assert_eq!(inspection.operations.len(), summary.operations as usize);
	assert_eq!((totals.macs, totals.bytes_moved), (summary.cost.macs, summary.cost.bytes));
	assert_eq!(sum(&|operation| operation.share.macs) + inspection.overhead.macs, summary.cost.macs);
	assert_eq!(sum(&|operation| operation.share.bytes_moved) + inspection.overhead.bytes_moved, summary.cost.bytes);
	assert_eq!(sum(&|operation| operation.share.ref_time) + inspection.overhead.ref_time, totals.ref_time);
	let cost = inspection.operations.iter().map(|operation| operation.share.cost.0).sum::<u128>();
	assert_eq!(cost + inspection.overhead.cost.0, totals.cost.0);
	assert_eq!(totals.cost.0, totals.price.0 + totals.fee.0);
	let shares = inspection.operations.iter().map(|operation| operation.share.cost_share).sum::<f64>();
	assert!((shares + inspection.overhead.cost_share - 1.0).abs() < 1e-9);
	assert_eq!(totals.program_bytes, program.to_bytes().len());
	assert!(totals.parameter_bytes < totals.program_bytes);
}

#[test]
fn memory_peak_should_be_where_most_is_alive() {
	let (program, summary) = network();
	let inspection = Inspection::new(&program, &summary);
	let peaks: Vec<_> = inspection.operations.iter().filter(|operation| operation.memory_peak).collect();
	let most = inspection.operations.iter().map(|operation| operation.live_bytes).max().unwrap();
	assert_eq!(peaks.len(), 1);
	assert_eq!(peaks[0].live_bytes, most);
	// Over the image, its sums and the input of the residual: 12 * 12 * 8 elements, of which the sums have four bytes.
	assert_eq!(most, 12 * 12 * 8 * (1 + 1 + 4));
	let held = most + u64::from(inspection.totals.memory_per_value);
	assert!(held <= summary.memory_peak.into(), "what an operator works with comes on top");
}

#[test]
fn operations_should_be_described_in_a_few_words() {
	let (program, summary) = network();
	let inspection = Inspection::new(&program, &summary);
	let first = &inspection.operations[0];
	assert_eq!((first.operator, first.details.as_str()), ("Conv2d", "3x3 pad 1"));
	assert_eq!((first.inputs.as_slice(), first.value), (&[0][..], 1));
	assert_eq!(first.scales.to_string(), "in -3, weights 0");
	assert_eq!(inspection.operations[1].scales.to_string(), "x 0.002..0.0027 (8), out -3");
	let join = inspection.operations.iter().find(|operation| operation.operator == "Add").unwrap();
	assert_eq!(join.scales.to_string(), "in -3 -3, x 0.5 0.375, out -3");
	assert_eq!(inspection.inputs[0].meaning(), "step 0.02, zero -3");
	assert_eq!(inspection.outputs[1].meaning(), "raw");
	assert_eq!(inspection.value_name(0), "in0");
	assert_eq!(inspection.value_name(3), "#2");
}

#[test]
fn json_should_keep_its_names() {
	let (program, summary) = network();
	let mut inspection = Inspection::new(&program, &summary);
	inspection.name_value(1, "conv1");
	let json = serde_json::to_value(&inspection).unwrap();
	let names = |value: &serde_json::Value| {
		let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
		names.sort_unstable();
		names
	};
	assert_eq!(names(&json), ["inputs", "operations", "outputs", "overhead", "totals"]);
	let operation = [
		"block_share",
		"bytes_moved",
		"cost",
		"cost_share",
		"details",
		"dtype",
		"inputs",
		"live_bytes",
		"macs",
		"macs_share",
		"memory_peak",
		"name",
		"number",
		"operator",
		"parameter_bytes",
		"ref_time",
		"scales",
		"shape",
		"value",
	];
	assert_eq!(names(&json["operations"][0]), operation);
	assert_eq!(json["operations"][1]["scales"]["multipliers"][0]["count"], 8);
	assert!(json["totals"]["price"].as_str().unwrap().parse::<u128>().is_ok());
}

#[test]
fn picture_should_be_well_formed_and_show_every_operation() {
	let (program, summary) = network();
	let mut inspection = Inspection::new(&program, &summary);
	inspection.name_value(1, "conv<1> & \"two\"\u{1}");
	let picture = svg::draw(&inspection, "a <model> & 'more'");
	let elements = elements(&picture);
	let count = |class: &str| {
		elements.iter().filter(|element| element.attribute("class") == Some(class) && element.name == "g").count()
	};
	assert_eq!(count("operation"), inspection.operations.len());
	assert_eq!((count("input"), count("output")), (1, 2));
	let edges = inspection.operations.iter().map(|operation| operation.inputs.len()).sum::<usize>() + 2;
	let lines = |class: &str| elements.iter().filter(|element| element.attribute("class") == Some(class)).count();
	assert_eq!(lines("edge") + lines("edge side"), edges);
	assert!(lines("edge side") >= 2, "residuals must run beside the nodes");
	for operation in &inspection.operations {
		let number = format!(">#{}<", operation.number);
		assert!(picture.contains(&number), "{number} is missing");
		assert!(picture.contains(&format!("\">{}</tspan>", operation.operator)));
	}
	assert!(picture.contains("<title>a &lt;model&gt; &amp; &#39;more&#39;</title>"));
	assert!(picture.contains("conv&lt;1&gt; &amp; &quot;two&quot;\u{fffd}"));
	assert!(!picture.contains("<model>") && !picture.contains('\u{1}'));
	assert!(!picture.contains("href") && !picture.contains("url("), "it must need nothing from outside");
	assert_eq!(svg::draw(&inspection, "a <model> & 'more'"), picture, "it must be deterministic");
}

#[test]
fn boxes_should_not_overlap_and_should_lie_in_the_picture() {
	let (program, summary) = network();
	let picture = svg::draw(&Inspection::new(&program, &summary), "network");
	let elements = elements(&picture);
	let number = |element: &Element, name: &str| element.attribute(name).unwrap().parse::<f64>().unwrap();
	let (width, height) = (number(&elements[0], "width"), number(&elements[0], "height"));
	// The frames, which alone have a line.
	let frames: Vec<[f64; 4]> = elements
		.iter()
		.filter(|element| element.name == "rect" && element.attribute("stroke").is_some())
		.map(|element| ["x", "y", "width", "height"].map(|name| number(element, name)))
		.collect();
	assert_eq!(frames.len(), program.operations().len() + 3);
	for (place, [x, y, w, h]) in frames.iter().enumerate() {
		assert!(*x >= 0.0 && *y >= 0.0 && x + w <= width && y + h <= height);
		for [x2, y2, w2, h2] in &frames[place + 1..] {
			assert!(x + w <= *x2 || x2 + w2 <= *x || y + h <= *y2 || y2 + h2 <= *y, "two boxes overlap");
		}
	}
}

#[test]
fn picture_of_the_longest_program_should_be_bounded() {
	let shape = Shape::new(&[1]).unwrap();
	let mut builder =
		ProgramBuilder::new(vec![TensorSpec { dtype: Dtype::I32, shape, quantisation: Quantisation::Raw }]);
	let mut made = vec![builder.input(0)];
	// As many operations as there may be, every other one with as many inputs from all over the program as it may have.
	for _ in 0..Limits::DEFAULT.max_operations / 2 {
		let from = (0..usize::from(MAX_OPERANDS)).map(|part| made[(made.len() - 1) * part / 15]).collect();
		let row = builder.operation(Op::Concat { axis: 0 }, from);
		made.push(builder.arg_max(row));
	}
	builder.output(made[made.len() - 1], Quantisation::Raw);
	let (program, summary) = builder.build(&Limits::DEFAULT).unwrap();
	let picture = svg::draw(&Inspection::new(&program, &summary), "long");
	let elements = elements(&picture);
	let count = |class: &str| elements.iter().filter(|element| element.attribute("class") == Some(class)).count();
	assert_eq!(count("operation"), 1_024);
	assert_eq!(count("edge") + count("edge side"), 512 * 17 + 1);
	assert!(picture.len() < 8 << 20, "{} bytes", picture.len());
}

#[test]
fn numbers_should_be_written_for_people() {
	assert_eq!(["0", "999", "1,000", "12,345,678"], [0, 999, 1_000, 12_345_678].map(grouped)[..]);
	let texts = [0.0, 0.000_01, 0.012_34, 0.5, 1.0].map(per_cent);
	assert_eq!(texts, ["0 %", "< 0.01 %", "1.23 %", "50.0 %", "100.0 %"]);
}

#[test]
fn names_from_outside_should_be_short_and_printable() {
	assert_eq!(shorten("layer/ö", 7), "layer/ö");
	assert_eq!(shorten("layer/öé", 7), "layer/…");
	assert_eq!(shorten("a\n\u{1b}[31m", 9), "a\u{fffd}\u{fffd}[31m");
	assert_eq!(shorten("abc", 0), "…");
}

/// An element of an XML document.
#[derive(Debug)]
struct Element {
	name: String,
	attributes: Vec<(String, String)>,
}

impl Element {
	fn attribute(&self, name: &str) -> Option<&str> {
		self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
	}
}

/// All elements of a document, in order. Panics unless it is well-formed: tags are balanced under one root, attributes are
/// quoted and unique, and every special character is escaped.
fn elements(document: &str) -> Vec<Element> {
	let text_is_escaped = |text: &str| {
		for part in text.split('&').skip(1) {
			let (entity, _) = part.split_once(';').expect("an entity must end");
			assert!(["amp", "lt", "gt", "quot", "#39"].contains(&entity), "&{entity};");
		}
		assert!(!text.contains('>') && text.chars().all(|c| c >= ' ' || c == '\n'), "{text}");
	};
	let (mut elements, mut open) = (Vec::new(), Vec::new());
	let mut rest = document.trim();
	while let Some(tag) = rest.strip_prefix('<') {
		let (tag, after) = tag.split_once('>').expect("a tag must end");
		if let Some(name) = tag.strip_prefix('/') {
			assert_eq!(open.pop().as_deref(), Some(name));
		} else {
			let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
			let (name, mut list) = tag.split_once(' ').unwrap_or((tag, ""));
			let mut attributes: Vec<(String, String)> = Vec::new();
			while !list.trim().is_empty() {
				let (key, value) = list.trim_start().split_once("=\"").expect("a value must be quoted");
				let (value, after) = value.split_once('"').expect("a quotation must end");
				text_is_escaped(value);
				assert!(attributes.iter().all(|(other, _)| other != key), "{key} twice");
				attributes.push((key.to_owned(), value.to_owned()));
				list = after;
			}
			elements.push(Element { name: name.to_owned(), attributes });
			if !empty {
				open.push(name.to_owned());
			}
		}
		let (text, _) = after.split_at(after.find('<').unwrap_or(after.len()));
		text_is_escaped(text);
		assert!(!open.is_empty() || text.trim().is_empty(), "text outside the root");
		rest = &after[text.len()..];
	}
	assert!(rest.is_empty() && open.is_empty(), "{open:?} {rest}");
	elements
}
