// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a proof of a model takes, beside EZKL on the same networks.
//!
//! The key of each circuit is made here and written to a file. A process of its own then reads it, compiles the circuit, runs the
//! model on held-out rows, proves and verifies, so that its peak memory is that of a prover. The time of a proof is from the
//! input to the proof: running, assigning, checking, proving. EZKL's is the same, from its input to its proof.

use std::{
	fs,
	io::BufReader,
	path::{Path, PathBuf},
	process::Command,
	time::Instant,
};

use aivm_host::HostGroth16;
use aivm_importer::{import, interpret_output, quantise_row, Imported, Options, Rows, RowsOptions};
use aivm_prover::{
	circuit::{compile, Mode, Run},
	estimate::{Estimate, Speed},
	prove::{prove, Limits},
};
use aivm_verification::{field_of_hash, Curve, Fr, Groth16 as _, Statement};
use anyhow::{ensure, Context, Result};
use ark_bls12_381::Bls12_381;
use ark_groth16::{Groth16, ProvingKey, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::rand::{rngs::StdRng, SeedableRng};
use serde_json::{json, Value};

use crate::bars::{at_least, at_most, below, Bar};

/// What is measured: the model, who knows its weights, and how many proofs.
const CASES: [(&str, Mode, usize); 5] = [
	("digits-mlp", Mode::PublicWeights, 10),
	("cancer-gbt", Mode::PublicWeights, 10),
	("cancer-logreg", Mode::PublicWeights, 10),
	("digits-mlp", Mode::PrivateWeights, 3),
	("digits-cnn", Mode::PublicWeights, 2),
];
/// Measurements of a verification; the shortest time counts.
const VERIFICATIONS: usize = 100;
/// Most bytes that a proof of the image network may take.
const MEMORY: f64 = (8u64 << 30) as f64;

/// Measures everything, prints tables and returns the numbers and the bars.
pub fn run(models: &Path, python: &Path, script: &Path) -> Result<(Value, Vec<Bar>)> {
	let peers = ezkl(python, script, models)?;
	let mut rows = Vec::new();
	for (model, mode, proofs) in CASES {
		rows.push(measure(models, model, mode, proofs)?);
	}
	println!(
		"\n{:<24} {:>10} {:>9} {:>9} {:>10} {:>9} {:>9} {:>9} {:>9}",
		"model", "equations", "prove", "estimate", "memory", "key", "proof", "verify", "accuracy"
	);
	println!(
		"{:<24} {:>10} {:>9} {:>9} {:>10} {:>9} {:>9} {:>9} {:>9}",
		"", "", "s", "s", "MB", "MB", "bytes", "ms", ""
	);
	let line = |name: String, row: &Value| {
		let number = |field: &str, by: f64, digits: usize| {
			row[field].as_f64().map_or("-".to_owned(), |value| format!("{:.digits$}", value * by))
		};
		println!(
			"{name:<24} {:>10} {:>9} {:>9} {:>10} {:>9} {:>9} {:>9} {:>9}",
			number("constraints", 1.0, 0),
			number("prove_seconds", 1.0, 3),
			number("estimated_seconds", 1.0, 3),
			number("prove_peak_bytes", 1e-6, 0),
			number("key_bytes", 1e-6, 2),
			number("proof_bytes", 1.0, 0),
			number("verify_seconds", 1e3, 2),
			number("accuracy", 1.0, 4)
		);
	};
	for row in &rows {
		let weights = row["weights"].as_str().unwrap_or_default();
		line(format!("{}{}", text(row, "model"), if weights == "private" { ", private" } else { "" }), row);
	}
	for peer in &peers {
		line(format!("EZKL {}", text(peer, "model")), peer);
	}
	for row in &rows {
		println!("\n{} ({} weights): equations by part", text(row, "model"), text(row, "weights"));
		for section in row["sections"].as_array().into_iter().flatten() {
			println!("  {:<32} {:>9}", text(section, "name"), section["constraints"]);
		}
	}
	let bars = bars(&rows, &peers)?;
	Ok((json!({ "bench": "zkml", "models": rows, "ezkl": peers }), bars))
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
	row[field].as_str().unwrap_or_default()
}

fn bars(rows: &[Value], peers: &[Value]) -> Result<Vec<Bar>> {
	let ours = |model: &str| rows.iter().find(|row| row["model"] == model).context("a model was not measured");
	let number =
		|row: &Value, field: &str| row[field].as_f64().with_context(|| format!("there is no {field} in {row}"));
	let (mlp, peer) = (ours("digits-mlp")?, peers.iter().find(|row| row["model"] == "digits-mlp"));
	let peer = peer.context("EZKL was not measured on digits-mlp")?;
	let over = |field: &str| Ok::<f64, anyhow::Error>(number(peer, field)? / number(mlp, field)?);
	let cnn = ours("digits-cnn")?;
	Ok(vec![
		at_least("digits-mlp: EZKL's proving time over ours", over("prove_seconds")?, 10.0),
		at_least("digits-mlp: EZKL's key over ours, bytes", over("key_bytes")?, 10.0),
		at_least("digits-mlp: EZKL's verification over ours", over("verify_seconds")?, 10.0),
		at_least("digits-mlp: accuracy less EZKL's", number(mlp, "accuracy")? - number(peer, "accuracy")?, 0.0),
		below("digits-cnn: seconds of a proof", number(cnn, "prove_seconds")?, 60.0),
		at_most("digits-cnn: memory of a proof, bytes", number(cnn, "prove_peak_bytes")?, MEMORY),
	])
}

/// Makes the key of a circuit, and has a process of its own prove with it.
fn measure(models: &Path, model: &str, mode: Mode, proofs: usize) -> Result<Value> {
	let folder = tempfile::tempdir()?;
	let imported = imported(models, model)?;
	let start = Instant::now();
	let circuit = compile(&imported.program, mode)?;
	let compile_seconds = start.elapsed().as_secs_f64();
	let start = Instant::now();
	let mut random = StdRng::seed_from_u64(1);
	let key = Groth16::<Bls12_381>::generate_random_parameters_with_reduction(&circuit, &mut random)
		.map_err(|error| anyhow::anyhow!("{error}"))?;
	let setup_seconds = start.elapsed().as_secs_f64();
	let path = folder.path().join("key");
	key.serialize_uncompressed(fs::File::create(&path)?)?;
	let estimate = Estimate::of(&circuit);
	let mut row = json!({
		"model": model,
		"weights": mode.name(),
		"constraints": estimate.constraints,
		"variables": estimate.variables,
		"terms": estimate.terms,
		"domain": estimate.domain,
		"key_bytes": estimate.key,
		"verifying_key_bytes": wire(&key.vk)?.len(),
		"proof_bytes": estimate.proof,
		"estimated_bytes": estimate.memory,
		"compile_seconds": compile_seconds,
		"setup_seconds": setup_seconds,
		"accuracy": accuracy(models, model, &imported)?,
		"sections": circuit.sections().iter()
			.map(|section| json!({ "name": section.name, "constraints": section.rows.len() })).collect::<Vec<_>>(),
	});
	drop((circuit, key));
	let job = json!({ "models": models, "model": model, "private": mode == Mode::PrivateWeights, "key": path, "proofs": proofs });
	let output = Command::new(std::env::current_exe()?)
		.args(["zkml", "--report", "-", "--models", "-", "--proof", &job.to_string()])
		.output()?;
	ensure!(output.status.success(), "the prover failed:\n{}", String::from_utf8_lossy(&output.stderr));
	let measured: Value = serde_json::from_slice(&output.stdout).context("the prover printed no JSON")?;
	for (field, value) in measured.as_object().into_iter().flatten() {
		row[field] = value.clone();
	}
	Ok(row)
}

/// What the process does that proves: prints its measurements.
pub fn proof(job: &str) -> Result<()> {
	let job: Value = serde_json::from_str(job)?;
	let (models, model) = (PathBuf::from(text(&job, "models")), text(&job, "model"));
	let mode = if job["private"] == true { Mode::PrivateWeights } else { Mode::PublicWeights };
	let program = imported(&models, model)?.program;
	let held = table(&models, model, "heldout.csv")?;
	let circuit = compile(&program, mode)?;
	let key = BufReader::new(fs::File::open(text(&job, "key"))?);
	let key = ProvingKey::<Bls12_381>::deserialize_uncompressed_unchecked(key)?;
	let speed = Speed::measure();
	let prepared =
		HostGroth16::prepare_key(Curve::Bls12_381, &wire(&key.vk)?).map_err(|error| anyhow::anyhow!("{error}"))?;
	let (mut fastest, mut verification) = (f64::INFINITY, f64::INFINITY);
	let proofs = job["proofs"].as_u64().unwrap_or(1) as usize;
	for row in held.iter().take(proofs) {
		let input = quantise_row(&program, row)?;
		let start = Instant::now();
		let weights_salt = (mode == Mode::PrivateWeights).then(|| Fr::from(2));
		let run = Run { program: &program, input: &input, salt: Fr::from(1), weights_salt };
		let outcome = run.outcome()?;
		let statement = Statement {
			genesis: [0; 32],
			task: 1,
			program: outcome.program,
			input: outcome.input,
			output: outcome.output,
			provider: [1; 32],
			kind: 1,
		};
		let (assignment, _) = circuit.assign(&run, &field_of_hash(&statement.hash()))?;
		let proof = prove(&circuit, &key, &assignment, &Limits::default(), &mut |_| ())?;
		fastest = fastest.min(start.elapsed().as_secs_f64());
		for _ in 0..VERIFICATIONS.div_ceil(proofs) {
			let start = Instant::now();
			let verified = HostGroth16::verify(Curve::Bls12_381, &prepared, &proof.bytes, &proof.inputs);
			verification = verification.min(start.elapsed().as_secs_f64());
			verified.map_err(|error| anyhow::anyhow!("{error}"))?;
		}
	}
	let report = json!({
		"prove_seconds": fastest,
		"verify_seconds": verification,
		"prove_peak_bytes": peak_memory()?,
		"estimated_seconds": Estimate::of(&circuit).seconds(&speed),
		"speed_factor": speed.factor,
		"threads": speed.threads,
	});
	println!("{report}");
	Ok(())
}

/// The most memory that this process has had, in bytes.
fn peak_memory() -> Result<u64> {
	let status = fs::read_to_string("/proc/self/status")?;
	let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the system names no peak")?;
	let kilobytes = line.trim().trim_end_matches("kB").trim().parse::<u64>()?;
	Ok(kilobytes << 10)
}

/// A verifying key as the chain reads it.
fn wire(key: &VerifyingKey<Bls12_381>) -> Result<Vec<u8>> {
	let mut bytes = Vec::new();
	key.alpha_g1.serialize_compressed(&mut bytes)?;
	for point in [key.beta_g2, key.gamma_g2, key.delta_g2] {
		point.serialize_compressed(&mut bytes)?;
	}
	for point in &key.gamma_abc_g1 {
		point.serialize_compressed(&mut bytes)?;
	}
	Ok(bytes)
}

fn table(models: &Path, model: &str, name: &str) -> Result<Rows> {
	let path = models.join(model).join(name);
	let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
	Ok(Rows::parse(&bytes, &RowsOptions::default())?)
}

fn imported(models: &Path, model: &str) -> Result<Imported> {
	let path = models.join(model).join("model.onnx");
	let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
	Ok(import(&bytes, Some(&table(models, model, "calibration.csv")?), &Options::default())?)
}

/// The share of held-out rows whose class is their label. The circuit gives the class of the interpreter: its tests compare
/// every row.
fn accuracy(models: &Path, model: &str, imported: &Imported) -> Result<f64> {
	let held = table(models, model, "heldout.csv")?;
	let labels = imported.labels.as_ref().context("the model has no labels")?;
	let truth = held.text("label").context("the rows have no labels")?;
	let mut right = 0usize;
	for (row, truth) in held.iter().zip(truth) {
		let output =
			imported.program.run(&quantise_row(&imported.program, row)?).map_err(|error| anyhow::anyhow!("{error}"))?;
		let class = interpret_output(&imported.program, &output)?.class.context("the model gives no class")?;
		right += usize::from(labels.get(class) == Some(truth));
	}
	Ok(right as f64 / held.len().max(1) as f64)
}

/// What EZKL does with the same networks: the lines of the script.
fn ezkl(python: &Path, script: &Path, models: &Path) -> Result<Vec<Value>> {
	let output = Command::new(python).arg(script).arg("--models").arg(models).output();
	let output = output.with_context(|| format!("cannot start {}", python.display()))?;
	ensure!(output.status.success(), "{} failed:\n{}", script.display(), String::from_utf8_lossy(&output.stderr));
	let lines = String::from_utf8(output.stdout)?;
	lines.lines().map(|line| serde_json::from_str(line).context("the script printed no JSON")).collect()
}
