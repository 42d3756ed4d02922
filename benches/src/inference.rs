// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How fast programs run: natively and in WebAssembly, with and without the host's kernels, beside ONNX Runtime.

use std::{hint::black_box, path::Path, process::Command, time::Instant};

use aivm_guest::{Guest, Work};
use aivm_host::HostKernels;
use aivm_importer::{Options, Rows, RowsOptions};
use aivm_inference::{
	kernels::{Kernels, Portable},
	Conv2d, Dense, Dtype, Limits, Op, PerChannel, Program, ProgramBuilder, Quantisation, Shape, TensorSpec, Window,
};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};

use crate::bars::{at_least, below, Bar};

/// Measurements of each number; the shortest time counts.
const MEASUREMENTS: u32 = 30;
/// How long one measurement takes about, in nanoseconds.
const LENGTH: u128 = 10_000_000;

/// A program with an input, and the graph of ONNX Runtime that it stands beside.
struct Case {
	name: String,
	/// Name of the graph in the output of `benches/inference/ort.py`.
	peer: Option<String>,
	program: Vec<u8>,
	input: Vec<u8>,
	/// Multiply-accumulates of one run.
	macs: u64,
	/// What WASM alone and WASM with the host's kernels must reach.
	is_barred: bool,
}

/// Measures everything, prints a table and returns the numbers and the bars.
pub fn run(models: &Path, python: &Path, script: &Path) -> Result<(Value, Vec<Bar>)> {
	let peers = onnx_runtime(python, script, models)?;
	let guest = Guest::new()?;
	let mut rows = Vec::new();
	let mut bars = Vec::new();
	println!(
		"\n{:<26} {:>9} {:>10} {:>10} {:>10} {:>10} {:>10}   GMAC/s, one thread",
		"program", "MACs", "native", "native", "WASM", "WASM", "ONNX"
	);
	println!(
		"{:<26} {:>9} {:>10} {:>10} {:>10} {:>10} {:>10}",
		"", "", "portable", "vectors", "alone", "with host", "Runtime"
	);
	let mut all = layers()?;
	for name in model_names(models)? {
		// A quantised model in both: its multiply-accumulates are counted once.
		let line = peers.iter().find(|line| line["name"] == name.as_str());
		if let Some(macs) = line.and_then(|line| line["macs"].as_u64()) {
			let program = import(&models.join(&name).join("model-int8.onnx"), None)?;
			let input = vec![0; program.input_len() as usize];
			let program = program.to_bytes();
			all.push(Case { name: name.clone(), peer: Some(name), program, input, macs, is_barred: false });
		}
	}
	for case in all {
		let speed = |nanoseconds: f64| case.macs as f64 / nanoseconds;
		let portable = speed(native::<Portable>(&case)?);
		let vectors = speed(native::<HostKernels>(&case)?);
		let alone = speed(in_guest(|times| guest.portable(Work::Run, &case.program, &case.input, times))?);
		let with_host = speed(in_guest(|times| guest.host(Work::Run, &case.program, &case.input, times))?);
		let peer = case.peer.as_ref().and_then(|name| peers.iter().find(|line| line["name"] == name.as_str()));
		let peer = peer.and_then(|line| line["macs_per_second"].as_f64()).map(|speed| speed / 1e9);
		let shown = peer.map_or("-".to_owned(), |speed| format!("{speed:.2}"));
		println!(
			"{:<26} {:>9} {portable:>10.2} {vectors:>10.2} {alone:>10.2} {with_host:>10.2} {shown:>10}",
			case.name, case.macs
		);
		if case.is_barred {
			bars.push(at_least(&format!("{}: WASM alone over native portable", case.name), alone / portable, 0.4));
			let peer = peer.with_context(|| format!("ONNX Runtime was not measured on {}", case.name))?;
			bars.push(at_least(&format!("{}: WASM with host over ONNX Runtime", case.name), with_host / peer, 0.5));
		}
		rows.push(json!({
			"program": case.name,
			"macs": case.macs,
			"native_portable_gmacs": portable,
			"native_vectors_gmacs": vectors,
			"wasm_gmacs": alone,
			"wasm_with_host_gmacs": with_host,
			"onnx_runtime_gmacs": peer,
		}));
	}

	println!("\n{:<40} {:>10} {:>10}   one inference, program decoded, microseconds", "model", "WASM", "with host");
	let mut models_measured = Vec::new();
	for name in model_names(models)? {
		let program =
			import(&models.join(&name).join("model.onnx"), Some(&models.join(&name).join("calibration.csv")))?;
		let input = vec![0; program.input_len() as usize];
		let program = program.to_bytes();
		let alone = in_guest(|times| guest.portable(Work::DecodeAndRun, &program, &input, times))? / 1e3;
		let with_host = in_guest(|times| guest.host(Work::DecodeAndRun, &program, &input, times))? / 1e3;
		println!("{name:<40} {alone:>10.1} {with_host:>10.1}");
		if name == "digits-mlp" {
			bars.push(below("digits-mlp: decoding and running, ms", with_host.max(alone) / 1e3, 1.0));
		}
		models_measured.push(json!({ "model": name, "wasm_us": alone, "wasm_with_host_us": with_host }));
	}
	let overhead = infer_overhead()?;
	println!("\neverything around the run in `infer`, from the measured weights: {overhead:.0} us");
	bars.push(below("infer: overhead around the run, us", overhead, 150.0));
	let report = json!({
		"bench": "inference",
		"infer_overhead_us": overhead,
		"vectors": format!("{:?}", aivm_host::simd::Level::available().next()),
		"programs": rows,
		"models": models_measured,
		"onnx_runtime": peers,
	});
	Ok((report, bars))
}

/// Microseconds of `infer` without the run, its input and the database, as `scripts/weights` measured it in the runtime.
fn infer_overhead() -> Result<f64> {
	let weights = include_str!("../../pallets/tasks/src/weights.rs");
	let (_, body) = weights.split_once("fn infer(i: u32, ) -> Weight {").context("there is no weight of infer")?;
	let (_, body) = body.split_once("Weight::from_parts(").context("the weight of infer is no number")?;
	let (picoseconds, _) = body.split_once(',').context("the weight of infer is no number")?;
	Ok(picoseconds.replace('_', "").parse::<f64>()? / 1e6)
}

/// What ONNX Runtime does on the same graphs, one thread: the lines of the script.
fn onnx_runtime(python: &Path, script: &Path, models: &Path) -> Result<Vec<Value>> {
	let output = Command::new(python).arg(script).arg("--models").arg(models).output();
	let output = output.with_context(|| format!("cannot start {}", python.display()))?;
	ensure!(output.status.success(), "{} failed:\n{}", script.display(), String::from_utf8_lossy(&output.stderr));
	let lines = String::from_utf8(output.stdout)?;
	lines.lines().map(|line| serde_json::from_str(line).context("the script printed no JSON")).collect()
}

/// Folders of the models, in order.
fn model_names(models: &Path) -> Result<Vec<String>> {
	let mut names = Vec::new();
	for entry in std::fs::read_dir(models)? {
		let entry = entry?;
		if entry.path().join("model.onnx").exists() {
			names.push(entry.file_name().to_string_lossy().into_owned());
		}
	}
	names.sort();
	Ok(names)
}

/// The program of a model.
fn import(model: &Path, calibration: Option<&Path>) -> Result<Program> {
	let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
	let rows = calibration.map(|path| Ok::<_, anyhow::Error>(Rows::parse(&read(path)?, &RowsOptions::default())?));
	Ok(aivm_importer::import(&read(model)?, rows.transpose()?.as_ref(), &Options::default())?.program)
}

/// Programs of one layer.
fn layers() -> Result<Vec<Case>> {
	let window = Window::plain([3, 3], 1).padded([1, 1], [1, 1]);
	let convolution = |groups: u32, weights: usize| {
		Op::Conv2d(Conv2d {
			window,
			groups,
			input_zero_point: 0,
			weight_zero_points: PerChannel::One(0),
			bias: vec![7; 32],
			weights: noise(weights),
		})
	};
	let dense = |inputs: usize, outputs: usize| {
		Op::Dense(Dense {
			input_zero_point: 0,
			weight_zero_points: PerChannel::One(0),
			bias: vec![7; outputs],
			weights: noise(inputs * outputs),
		})
	};
	let image = [1, 28, 28, 32];
	Ok(vec![
		case(
			"conv 3x3 32-32 28x28",
			Some("qlinear_conv_3x3_32_32_28x28"),
			&image,
			convolution(1, 32 * 9 * 32),
			28 * 28 * 32 * 32 * 9,
			true,
		)?,
		case("dense 1x784x56", Some("qgemm_1x784x56"), &[1, 784], dense(784, 56), 784 * 56, true)?,
		case("dense 64x256x64", None, &[64, 256], dense(256, 64), 64 * 256 * 64, false)?,
		case("depthwise 3x3 32 28x28", None, &image, convolution(32, 32 * 9), 28 * 28 * 32 * 9, false)?,
	])
}

fn case(name: &str, peer: Option<&str>, dims: &[u32], op: Op, macs: u64, is_barred: bool) -> Result<Case> {
	let shape = Shape::new(dims).context("the shape is small")?;
	let mut builder =
		ProgramBuilder::new(vec![TensorSpec { dtype: Dtype::I8, shape, quantisation: Quantisation::Raw }]);
	let value = builder.operation(op, vec![builder.input(0)]);
	builder.output(value, Quantisation::Raw);
	let (program, _) = builder.build(&Limits { max_output_len: 1 << 20, ..Limits::DEFAULT })?;
	let input = noise(shape.elements() as usize).into_iter().map(i8::cast_unsigned).collect();
	Ok(Case {
		name: name.to_owned(),
		peer: peer.map(str::to_owned),
		program: program.to_bytes(),
		input,
		macs,
		is_barred,
	})
}

/// Numbers that look random.
fn noise(count: usize) -> Vec<i8> {
	(0..count as u32).map(|place| (place.wrapping_mul(0x9e37_79b1) >> 24) as i8).collect()
}

/// Nanoseconds of one run natively.
fn native<K: Kernels>(case: &Case) -> Result<f64> {
	let program = Program::decode_validated(&case.program)?;
	shortest(|times| {
		for _ in 0..times {
			black_box(program.run_with::<K>(black_box(&case.input))?);
		}
		Ok(())
	})
}

/// Nanoseconds of one repetition inside the guest: calling it takes time of its own, which the difference of two counts
/// leaves out.
pub fn in_guest<T>(mut call: impl FnMut(u32) -> Result<T, aivm_guest::GuestError>) -> Result<f64> {
	let mut time = |times: u32| -> Result<f64> {
		let start = Instant::now();
		black_box(call(times)?);
		Ok(start.elapsed().as_nanos() as f64)
	};
	time(1)?;
	// Too much by the time of the call, so that the repetitions are never far too many.
	let each = (time(100)? / 100.0).max(10.0);
	let times = ((LENGTH as f64 / each) as u32).clamp(4, 1_000_000);
	let mut best = [f64::INFINITY; 2];
	for _ in 0..MEASUREMENTS {
		best[0] = best[0].min(time(times / 4)?);
		best[1] = best[1].min(time(times)?);
	}
	Ok((best[1] - best[0]) / f64::from(times - times / 4))
}

/// Nanoseconds of one repetition.
pub fn shortest(mut work: impl FnMut(u32) -> Result<()>) -> Result<f64> {
	work(10)?;
	let start = Instant::now();
	work(10)?;
	let each = (start.elapsed().as_nanos() / 10).max(1);
	let times = u32::try_from(LENGTH / each)?.max(1);
	let mut best = f64::INFINITY;
	for _ in 0..MEASUREMENTS {
		let start = Instant::now();
		work(times)?;
		best = best.min(start.elapsed().as_nanos() as f64 / f64::from(times));
	}
	Ok(best)
}
