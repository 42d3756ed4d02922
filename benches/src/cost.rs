// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The cost model beside measured time, in WebAssembly with the portable kernels, as weights assume.
//!
//! A cost is in multiply-accumulates and bytes. The times of both are set so that no program takes longer than its cost says;
//! the bar is how much too high the cost is then at most.

use std::fmt::Write;

use aivm_guest::{Guest, Work};
use aivm_inference::{
	cost, Add, AveragePool, Clamp, Comparison, Conv2d, Cost, Dense, Dtype, Embed, Limits, Lookup, MaxPool, Multiplier,
	Multiply, Op, PerChannel, Program, ProgramBuilder, Quantisation, Requantise, Shape, Softmax, TensorSpec, Tree,
	TreeEnsemble, ValueId, Window, TABLE,
};
use anyhow::{Context, Result};
use serde_json::{json, Value};

use crate::{
	bars::{at_least, Bar},
	inference::in_guest,
};

#[path = "../../primitives/inference/tests/common/mod.rs"]
mod common;

/// Nanoseconds that weights count for a multiply-accumulate and a byte, in their relation to each other; and for a run.
const MAC: f64 = 0.367;
const BYTE: f64 = 0.1045;
const RUN: f64 = 2_958.0;
/// Random programs that are measured besides.
const RANDOM: u64 = 150;

/// A program with its cost and what it took.
struct Measured {
	name: String,
	is_random: bool,
	cost: Cost,
	/// Nanoseconds.
	stated: f64,
	/// Nanoseconds.
	taken: f64,
	/// What the formulas of the cost model count.
	operations: Vec<Value>,
}

/// Measures everything, prints a table, writes `cost-model.md` and `cost-model.svg` beside the report, and returns the
/// numbers and the bar.
pub fn run() -> Result<(Value, Vec<Bar>)> {
	let guest = Guest::new()?;
	let mut measured = Vec::new();
	let mut random = common::Random(0xc057);
	let chosen = programs()?.into_iter().map(|(name, program)| (name, false, program));
	let drawn = (0..RANDOM).map(|number| (format!("random {number}"), true, random.program()));
	for (name, is_random, program) in chosen.chain(drawn) {
		let input = common::Random(7).input(&program);
		let bytes = program.to_bytes();
		let cost = program.validate(&LIMITS)?.cost;
		let taken = in_guest(|times| guest.portable(Work::DecodeAndRun, &bytes, &input, times))?;
		let stated = RUN + MAC * cost.macs as f64 + BYTE * cost.bytes as f64;
		if !is_random {
			println!("{name:<52} {:>10} {:>10} {:>10.1} {:>6.2}", cost.macs, cost.bytes, taken / 1e3, stated / taken);
		}
		let operations = describe(&program);
		measured.push(Measured { name, is_random, cost, stated, taken, operations });
	}
	let ratio = |program: &Measured| program.stated / program.taken;
	let least = measured.iter().min_by(|a, b| ratio(a).total_cmp(&ratio(b))).context("nothing was measured")?;
	let most = measured.iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b))).context("nothing was measured")?;
	println!("lowest {:.2}: {}; highest {:.2}: {}", ratio(least), least.name, ratio(most), most.name);
	// The times that leave nothing under-stated.
	let unit = 1.0 / ratio(least);
	let bars = vec![
		at_least("least stated over measured time", ratio(least) * unit, 1.0 - 1e-9),
		crate::bars::at_most("most stated over measured time", ratio(most) * unit, 2.0),
	];
	let reports = std::path::Path::new("target/reports");
	std::fs::create_dir_all(reports)?;
	std::fs::write(reports.join("cost-model.md"), table(&measured, unit))?;
	std::fs::write(reports.join("cost-model.svg"), plot(&measured, unit))?;
	let rows: Vec<_> = measured
		.iter()
		.map(|program| {
			json!({
				"program": program.name,
				"macs": program.cost.macs,
				"bytes": program.cost.bytes,
				"stated_ns": program.stated * unit,
				"measured_ns": program.taken,
				"operations": program.operations,
			})
		})
		.collect();
	let times = json!({ "mac_ns": MAC * unit, "byte_ns": BYTE * unit, "run_ns": RUN * unit });
	Ok((json!({ "bench": "cost", "times": times, "programs": rows }), bars))
}

/// What the formulas of the cost model count, for each operation, to fit the constants.
fn describe(program: &Program) -> Vec<Value> {
	let mut operations = Vec::new();
	for (number, operation) in (0u16..).zip(program.operations()) {
		let (Some(output), Some(input)) =
			(program.result_type(number), operation.inputs.first().and_then(|input| program.value_type(*input)))
		else {
			continue;
		};
		let (window, groups) = match &operation.op {
			Op::Conv2d(layer) => (Some(layer.window), layer.groups),
			Op::MaxPool(pool) => (Some(pool.window), 1),
			Op::AveragePool(pool) => (Some(pool.window), 1),
			_ => (None, 1),
		};
		let zero_points = match &operation.op {
			Op::Dense(layer) => layer.weight_zero_points != PerChannel::One(0),
			Op::Conv2d(layer) => layer.weight_zero_points != PerChannel::One(0),
			_ => false,
		};
		let repeats = operation
			.inputs
			.iter()
			.any(|input| program.value_type(*input).map(|input| input.shape) != Some(output.shape));
		let trees = match &operation.op {
			Op::TreeEnsemble(trees) => {
				let depths = trees.depths(u32::MAX).unwrap_or_default();
				json!({
					"depth": depths.iter().sum::<u32>(),
					"count": trees.trees(),
					"width": trees.leaf_width(),
					"branches": trees.features.len(),
				})
			}
			_ => Value::Null,
		};
		operations.push(json!({
			"op": operation.op.name(),
			"rows": output.shape.rows(),
			"features": input.shape.features(),
			"results": output.shape.features(),
			"dtype": format!("{:?}", input.dtype),
			"inputs": operation.inputs.len(),
			"area": window.map(|window| window.area()),
			"groups": groups,
			"zero_points": zero_points,
			"repeats": repeats,
			"trees": trees,
			"allocations": cost::allocations(&operation.op),
		}));
	}
	operations
}

const LIMITS: Limits = Limits { max_output_len: 4 << 20, max_input_len: 4 << 20, ..Limits::DEFAULT };

/// The table of the chosen programs, in Markdown.
fn table(measured: &[Measured], unit: f64) -> String {
	let mut text =
		"| program | MAC equivalents | bytes | measured, us | stated over measured |\n|---|---|---|---|---|\n"
			.to_owned();
	for program in measured.iter().filter(|program| !program.is_random) {
		let Measured { name, cost, stated, taken, .. } = program;
		let ratio = stated * unit / taken;
		let _ = writeln!(text, "| {name} | {} | {} | {:.1} | {ratio:.2} |", cost.macs, cost.bytes, taken / 1e3);
	}
	text
}

/// Stated over measured time, both on logarithmic axes, with the lines of 1 and 2.
fn plot(measured: &[Measured], unit: f64) -> String {
	const WIDTH: f64 = 640.0;
	const HEIGHT: f64 = 480.0;
	const LEFT: f64 = 64.0;
	const BELOW: f64 = 48.0;
	let (low, high) = (3.0f64, 7.0f64);
	let x = |nanoseconds: f64| LEFT + (nanoseconds.log10() - low) / (high - low) * (WIDTH - LEFT - 16.0);
	let y = |nanoseconds: f64| HEIGHT - BELOW - (nanoseconds.log10() - low) / (high - low) * (HEIGHT - BELOW - 16.0);
	let mut svg = format!(
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
		 font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
	);
	for decade in 3..=7 {
		let at = 10f64.powi(decade);
		let label = if decade < 6 { format!("{} us", at / 1e3) } else { format!("{} ms", at / 1e6) };
		let (across, up) = (x(at), y(at));
		let (left, right, top, bottom) = (LEFT, WIDTH - 16.0, 16.0, HEIGHT - BELOW);
		let _ = writeln!(
			svg,
			"<path d=\"M{across:.1} {top}V{bottom}M{left} {up:.1}H{right}\" stroke=\"#ddd\"/>\n\
			 <text x=\"{across:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>\n\
			 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
			bottom + 16.0,
			left - 6.0,
			up + 4.0
		);
	}
	for (factor, colour) in [(1.0, "#444"), (2.0, "#c33")] {
		let (from, to) = (10f64.powf(low), 10f64.powf(high) / factor);
		let _ = writeln!(
			svg,
			"<path d=\"M{:.1} {:.1}L{:.1} {:.1}\" stroke=\"{colour}\"/>\n\
			 <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\" text-anchor=\"end\">{factor} x measured</text>",
			x(from),
			y(from * factor),
			x(to),
			y(to * factor),
			x(to) - 12.0,
			y(to * factor) + 48.0 * (2.0 - factor) + 4.0,
		);
	}
	for program in measured {
		let (colour, name) = if program.is_random { ("#2a7", "random") } else { ("#26c", program.name.as_str()) };
		let (across, up) = (x(program.taken), y(program.stated * unit));
		let _ = writeln!(
			svg,
			"<circle cx=\"{across:.1}\" cy=\"{up:.1}\" r=\"3\" fill=\"{colour}\" fill-opacity=\"0.7\"><title>{name}</title></circle>"
		);
	}
	let _ = writeln!(
		svg,
		"<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">measured</text>\n\
		 <text x=\"14\" y=\"{:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {:.1})\">stated by the cost model</text>\n</svg>",
		WIDTH / 2.0,
		HEIGHT - 10.0,
		HEIGHT / 2.0,
		HEIGHT / 2.0
	);
	svg
}

/// The chosen programs: every operator at several sizes and shapes.
fn programs() -> Result<Vec<(String, Program)>> {
	let mut list = Vec::new();
	let mut add = |name: &str, dtype, dims: &[u32], ops: Vec<Op>| -> Result<()> {
		list.push((name.to_owned(), chain(dtype, dims, ops)?));
		Ok(())
	};
	use Dtype::{I32, I8};
	let weights =
		|count: u32| (0..count).map(|place| (place.wrapping_mul(0x9e37_79b1) >> 24) as i8).collect::<Vec<_>>();
	let dense = |inputs: u32, outputs: u32| {
		Op::Dense(Dense {
			input_zero_point: 3,
			weight_zero_points: PerChannel::One(0),
			bias: vec![5; outputs as usize],
			weights: weights(inputs * outputs),
		})
	};
	add("Dense, 1 row, 784 to 56", I8, &[784], vec![dense(784, 56)])?;
	add("Dense, 1 row, 1,000 to 3", I8, &[1_000], vec![dense(1_000, 3)])?;
	add("Dense, 64 rows, 64 to 64", I8, &[64, 64], vec![dense(64, 64)])?;
	add("Dense, 256 rows, 784 to 3", I8, &[256, 784], vec![dense(784, 3)])?;
	add("Dense, 256 rows, 3 to 1", I8, &[256, 3], vec![dense(3, 1)])?;
	add("Dense, 256 rows, 9 to 5", I8, &[256, 9], vec![dense(9, 5)])?;
	add("Dense, 16 rows, 1,024 to 1", I8, &[16, 1_024], vec![dense(1_024, 1)])?;
	let conv = |window: Window, groups: u32, channels: u32, outputs: u32| {
		Op::Conv2d(Conv2d {
			window,
			groups,
			input_zero_point: 3,
			weight_zero_points: PerChannel::One(0),
			bias: vec![5; outputs as usize],
			weights: weights(outputs * window.area() * (channels / groups)),
		})
	};
	let same = Window::plain([3, 3], 1).padded([1, 1], [1, 1]);
	add("Conv2d 3x3, 28x28, 32 to 32", I8, &[1, 28, 28, 32], vec![conv(same, 1, 32, 32)])?;
	add("Conv2d 3x3, 28x28, 1 to 8", I8, &[1, 28, 28, 1], vec![conv(same, 1, 1, 8)])?;
	add("Conv2d 1x1, 28x28, 16 to 3", I8, &[1, 28, 28, 16], vec![conv(Window::plain([1, 1], 1), 1, 16, 3)])?;
	add("Conv2d 1x1, 14x14, 64 to 64", I8, &[1, 14, 14, 64], vec![conv(Window::plain([1, 1], 1), 1, 64, 64)])?;
	add("Conv2d 3x3, 4 groups, 14x14, 16 to 16", I8, &[1, 14, 14, 16], vec![conv(same, 4, 16, 16)])?;
	add("Conv2d 1x3, 1x64, 16 to 16", I8, &[1, 1, 64, 16], vec![conv(Window::plain([1, 3], 1), 1, 16, 16)])?;
	add("Depthwise 3x3, 28x28, 32", I8, &[1, 28, 28, 32], vec![conv(same, 32, 32, 32)])?;
	add("Depthwise 3x3, 8x8, 4", I8, &[1, 8, 8, 4], vec![conv(same, 4, 4, 4)])?;
	add("Depthwise 5x5, 14x14, 64", I8, &[1, 14, 14, 64], vec![conv(Window::plain([5, 5], 1), 64, 64, 64)])?;
	let max_pool = |kernel, stride| Op::MaxPool(MaxPool { window: Window::plain([kernel, kernel], stride) });
	add("MaxPool 2x2, 28x28, 32", I8, &[1, 28, 28, 32], vec![max_pool(2, 2)])?;
	add("MaxPool 3x3, 28x28, 1", I8, &[1, 28, 28, 1], vec![max_pool(3, 1)])?;
	add("MaxPool 2x2, 28x28, 8, I32", I32, &[1, 28, 28, 8], vec![max_pool(2, 2)])?;
	let average = |kernel| {
		Op::AveragePool(AveragePool {
			window: Window::plain([kernel, kernel], kernel),
			count_padding: false,
			input_zero_point: 3,
			multiplier: Multiplier::ONE,
			zero_point: 3,
		})
	};
	add("AveragePool 2x2, 28x28, 32", I8, &[1, 28, 28, 32], vec![average(2)])?;
	add("AveragePool 14x14, 14x14, 64", I8, &[1, 14, 14, 64], vec![average(14)])?;
	add("AveragePool 2x2, 28x28, 1", I8, &[1, 28, 28, 1], vec![average(2)])?;
	let one = || Op::Requantise(Requantise { multipliers: PerChannel::One(Multiplier::ONE), zero_point: 0 });
	let each =
		(0..64).map(|channel| Multiplier::new((1 << 30) + channel, 40).context("in range")).collect::<Result<_>>()?;
	let each = Op::Requantise(Requantise { multipliers: PerChannel::Each(each), zero_point: 0 });
	add("Requantise, 65,536 elements, one multiplier", I32, &[65_536], vec![one()])?;
	add("Requantise, 1,024 rows of 64, one multiplier each", I32, &[1_024, 64], vec![each])?;
	let clamp = |low, high| Op::Clamp(Clamp { low, high });
	add("Clamp, 65,536 I8", I8, &[65_536], vec![clamp(-5, 77)])?;
	add("Clamp, 65,536 I32", I32, &[65_536], vec![clamp(-5, 1 << 20)])?;
	add("ArgMax, 64 rows of 1,024 I8", I8, &[64, 1_024], vec![Op::ArgMax])?;
	add("ArgMax, 16,384 rows of 2 I32", I32, &[16_384, 2], vec![Op::ArgMax])?;
	add("100 trees of depth 6, 1 row", I32, &[16], vec![trees(100, 6)?])?;
	add("100 trees of depth 6, 256 rows", I32, &[256, 16], vec![trees(100, 6)?])?;
	add("20 trees of depth 12, 256 rows", I32, &[256, 16], vec![trees(20, 12)?])?;
	add("100 trees of one leaf, 256 rows", I32, &[256, 16], vec![trees(100, 0)?])?;
	let table = || Op::Lookup(Lookup { table: (-128..=127).map(|x: i8| x.wrapping_mul(7)).collect() });
	add("Lookup, 65,536 elements", I8, &[65_536], vec![table()])?;
	let softmax = || {
		let exponentials = (0..TABLE).map(|step| Softmax::MAX_EXPONENTIAL >> (step / 12)).collect();
		Op::Softmax(Softmax { exponentials, multiplier: Multiplier::ONE, zero_point: -128 })
	};
	add("Softmax, 64 rows of 1,024", I8, &[64, 1_024], vec![softmax()])?;
	add("Softmax, 4,096 rows of 4", I8, &[4_096, 4], vec![softmax()])?;
	let embed = |width: u32| Op::Embed(Embed { width, table: vec![3; (width * 100) as usize] });
	add("Embed, 4,096 elements, rows of 16", I8, &[4_096], vec![clamp(0, 99), embed(16)])?;
	add("Embed, 4,096 elements, rows of 1", I8, &[4_096], vec![clamp(0, 99), embed(1)])?;
	let reshape = |dims: &[u32]| Ok::<_, anyhow::Error>(Op::Reshape { shape: Shape::new(dims).context("small")? });
	add("Reshape, 65,536 I8", I8, &[256, 256], vec![reshape(&[65_536])?])?;
	add("Transpose, 256 by 256 I8", I8, &[256, 256], vec![Op::Transpose { order: vec![1, 0] }])?;
	add("Transpose, 32 by 64 by 2 I32", I32, &[32, 64, 2], vec![Op::Transpose { order: vec![1, 0, 2] }])?;
	add("100 Clamps of 4 I8", I8, &[4], (0..100).map(|_| clamp(-9, 9)).collect())?;
	add("100 Lookups of 4", I8, &[4], (0..100).map(|_| table()).collect())?;
	add(
		"100 Reshapes of 4",
		I8,
		&[4],
		(0..50).flat_map(|_| [reshape(&[2, 2]), reshape(&[4])]).collect::<Result<_>>()?,
	)?;
	let small = (0..50).flat_map(|_| [dense(2, 2), one()]).collect();
	add("50 times Dense 2 to 2, and Requantise", I8, &[2], small)?;
	list.push(("Add, 65,536 elements".to_owned(), pair(&[65_536], &[65_536], sum())?));
	list.push(("Add, 28x28, 32, repeated over the image".to_owned(), pair(&[1, 28, 28, 32], &[1, 1, 1, 32], sum())?));
	list.push(("Multiply, 65,536 elements".to_owned(), pair(&[65_536], &[65_536], product())?));
	list.push(("Multiply, 4,096 rows of 2, repeated".to_owned(), pair(&[4_096, 2], &[4_096, 1], product())?));
	list.push((
		"Concat, 28x28, 32 and 32".to_owned(),
		pair(&[1, 28, 28, 32], &[1, 28, 28, 32], Op::Concat { axis: 3 })?,
	));
	list.push(("Concat, 4,096 rows of 1 and 1".to_owned(), pair(&[4_096, 1], &[4_096, 1], Op::Concat { axis: 1 })?));
	list.push(("Concat, 65,536 after 65,536".to_owned(), pair(&[256, 256], &[256, 256], Op::Concat { axis: 0 })?));
	Ok(list)
}

fn sum() -> Op {
	Op::Add(Add { input_zero_points: [1, 2], factors: [1 << 30, 1 << 29], shift: 30, zero_point: 3 })
}

fn product() -> Op {
	Op::Multiply(Multiply { input_zero_points: [1, 2], multiplier: Multiplier::ONE, zero_point: 3 })
}

fn spec(dtype: Dtype, dims: &[u32]) -> Result<TensorSpec> {
	let shape = Shape::new(dims).context("the shapes here are small")?;
	Ok(TensorSpec { dtype, shape, quantisation: Quantisation::Raw })
}

/// A program that applies `ops` one after the other.
fn chain(dtype: Dtype, dims: &[u32], ops: Vec<Op>) -> Result<Program> {
	let mut builder = ProgramBuilder::new(vec![spec(dtype, dims)?]);
	let last = ops.into_iter().fold(ValueId(0), |value, op| builder.operation(op, vec![value]));
	builder.output(last, Quantisation::Raw);
	Ok(builder.build(&LIMITS)?.0)
}

/// A program that applies `op` to two inputs.
fn pair(first: &[u32], second: &[u32], op: Op) -> Result<Program> {
	let mut builder = ProgramBuilder::new(vec![spec(Dtype::I8, first)?, spec(Dtype::I8, second)?]);
	let value = builder.operation(op, vec![ValueId(0), ValueId(1)]);
	builder.output(value, Quantisation::Raw);
	Ok(builder.build(&LIMITS)?.0)
}

/// Complete trees over 16 features, each adding to one output.
fn trees(count: u32, depth: u32) -> Result<Op> {
	fn tree(seed: u32, depth: u32) -> Tree {
		let hash = seed.wrapping_mul(0x9e37_79b1);
		if depth == 0 {
			return Tree::Leaf(vec![(hash >> 20) as i32]);
		}
		Tree::Branch {
			feature: (hash >> 28) as u16,
			threshold: (hash as i32) >> 1,
			first: Box::new(tree(hash ^ 1, depth - 1)),
			second: Box::new(tree(hash ^ 2, depth - 1)),
		}
	}
	let trees: Vec<_> = (0..count).map(|number| tree(number + 1, depth)).collect();
	let ensemble = TreeEnsemble::from_trees(Comparison::LessOrEqual, vec![0], &trees, Some(vec![0; count as usize]))
		.map_err(|error| anyhow::anyhow!("{error}"))?;
	Ok(Op::TreeEnsemble(ensemble))
}
