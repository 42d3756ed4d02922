// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The chain's base numbers: transfers a second, block import, finality lag, receipt growth.

use crate::stats::{histogram, metrics, percentile};
use aivm_client::{AccountId, Amount, Client, InferLimits, Sender, Signer, Until, VersionId, Watch, UNIT};
use aivm_devnet::{write_local_spec, Chain, Network, NodeConfig};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{
	collections::HashMap,
	path::{Path, PathBuf},
	process::Command,
	time::{Duration, Instant},
};

/// Accounts that send at the same time, each over a connection of its own.
pub const SENDERS: [&str; 6] = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];
/// Transfers of each of them.
const TRANSFERS: usize = 1_000;
/// For how long finality is watched.
const WATCH: Duration = Duration::from_secs(90);
/// Inferences whose receipts are measured.
const INFERENCES: usize = 200;
/// Name of the metric of block import in nodes that follow.
const IMPORT: &str = "substrate_block_verification_and_import_time";

/// Measures everything, prints a table and returns the numbers.
pub async fn run(models: PathBuf) -> Result<Value> {
	println!("transfers and block import ({} transfers)", SENDERS.len() * TRANSFERS);
	let transfers = transfers().await?;
	println!("finality with two validators ({} s)", WATCH.as_secs());
	let finality = finality().await?;
	println!("receipts ({INFERENCES} inferences)");
	let receipts = receipts(&models).await?;

	println!("\n{:<58} {:>12}", "what", "value");
	let row = |what: &str, value: &Value, unit: &str| println!("{what:<58} {:>12} {unit}", round(value));
	row("plain transfers into blocks, one dev node", &transfers["per_second"], "/s");
	row("transfers in the fullest block", &transfers["fullest_block"], "");
	row("import of an empty block, mean", &transfers["import_empty_ms"], "ms");
	row("import of a block with transfers, mean", &transfers["import_loaded_ms"], "ms");
	row("import, per transfer", &transfers["import_us_per_transfer"], "us");
	row("finality lag, two validators, p50", &finality["p50_s"], "s");
	row("finality lag, two validators, p95", &finality["p95_s"], "s");
	row("receipt in the off-chain database, mean", &receipts["bytes_per_receipt"], "bytes");
	row("state growth for a receipt", &receipts["state_bytes_per_receipt"], "bytes");
	row("header growth for a block with receipts", &receipts["header_bytes_per_block"], "bytes");
	row("proof against a later header", &receipts["proof_bytes"], "bytes");
	Ok(json!({ "bench": "chain", "transfers": transfers, "finality": finality, "receipts": receipts }))
}

fn round(value: &Value) -> String {
	match value.as_f64() {
		Some(number) if number.fract() == 0.0 => format!("{number:.0}"),
		Some(number) => format!("{number:.2}"),
		None => value.to_string(),
	}
}

/// Fills blocks with transfers, while a second node imports them.
async fn transfers() -> Result<Value> {
	let mut network = Network::start([NodeConfig::dev()])?;
	network.join(NodeConfig { chain: Chain::Spec("dev".into()), ..NodeConfig::observer("follower") }.with_metrics())?;
	let url = network.nodes[0].url();
	let metrics_url = network.nodes[1].metrics_url().context("the follower has metrics")?;
	network.nodes[1].wait_for_best(5, Duration::from_secs(60))?;
	let empty = histogram(&metrics(&metrics_url)?, IMPORT);

	let pair =
		|name: &str| -> Result<_> { Ok((Signer::dev(name)?, Signer::dev(&format!("{name}//stash"))?.account())) };
	let Filled { total, blocks, per_second, fullest, last } =
		fill(&url, SENDERS.into_iter().map(pair).collect::<Result<_>>()?, TRANSFERS).await?;
	network.nodes[1].wait_for_best(last, Duration::from_secs(60))?;
	let loaded = histogram(&metrics(&metrics_url)?, IMPORT);
	let mean_empty = empty.0 / empty.1.max(1.0);
	let mean_loaded = (loaded.0 - empty.0) / (loaded.1 - empty.1).max(1.0);
	let per_block = total as f64 / (loaded.1 - empty.1).max(1.0);
	Ok(json!({
		"transfers": total,
		"blocks": blocks,
		"per_second": per_second,
		"fullest_block": fullest,
		"import_empty_ms": mean_empty * 1e3,
		"import_loaded_ms": mean_loaded * 1e3,
		"import_us_per_transfer": (mean_loaded - mean_empty) / per_block * 1e6,
	}))
}

/// How fast transfers got into blocks.
struct Filled {
	/// How many there were.
	total: usize,
	/// The blocks that hold them.
	blocks: usize,
	/// How many a second, from the slot of the first to that of the last.
	per_second: f64,
	/// The most in one block.
	fullest: usize,
	/// Height of the last block.
	last: u32,
}

/// Fills blocks with `each` transfers of every signer to its receiver, all signers at the same time.
async fn fill(url: &str, pairs: Vec<(Signer, AccountId)>, each: usize) -> Result<Filled> {
	let client = Client::connect(url).await?;
	let mut blocks = client.watch(Watch::Best).await?;
	let first = blocks.next().await?.number;

	let total = pairs.len() * each;
	let mut tasks = Vec::new();
	for (signer, to) in pairs {
		let client = Client::connect(url).await?;
		tasks.push(tokio::spawn(async move {
			let sender = Sender::new(&client, signer);
			for _ in 0..each {
				// Only the pool's word is waited for.
				drop(sender.submit_transfer(&to, Amount(UNIT / 100)).await?);
			}
			anyhow::Ok(())
		}));
	}

	let (mut included, mut fullest, mut seen) = (0usize, 0usize, Vec::new());
	while included < total {
		let block =
			tokio::time::timeout(Duration::from_secs(60), blocks.next()).await.context("no block for a minute")??;
		// One transaction of each block sets the time.
		let count = block.transactions.saturating_sub(1) as usize;
		included += count;
		fullest = fullest.max(count);
		seen.push((block.number, block.timestamp_ms.unwrap_or_default(), count));
		ensure!(block.number < first + 200, "only {included} of {total} transfers are in after 200 blocks");
	}
	for task in tasks {
		task.await??;
	}
	// From the block before the first full one to the last one.
	let busy: Vec<_> = seen.iter().filter(|(_, _, count)| *count > 0).collect();
	let (from, to) = (busy.first().context("a block")?, busy.last().context("a block")?);
	let seconds = (to.1.saturating_sub(from.1)) as f64 / 1e3 + 2.0;
	Ok(Filled { total, blocks: busy.len(), per_second: total as f64 / seconds, fullest, last: to.0 })
}

/// How long blocks wait for their finality, seen from one of two validators.
async fn finality() -> Result<Value> {
	let folder = tempfile::tempdir()?;
	let path = folder.path().join("two-validators.json");
	write_local_spec(2, &path)?;
	let chain = Chain::Spec(path);
	let mut network = Network::start(
		["alice", "bob"].map(|name| NodeConfig { chain: chain.clone(), ..NodeConfig::validator(name) }),
	)?;
	network.nodes[0].wait_for_finalised(2, Duration::from_secs(120))?;

	let client = Client::connect(&network.nodes[0].url()).await?;
	let mut best = client.watch(Watch::Best).await?;
	let mut finalised = client.watch(Watch::Finalised).await?;
	let (mut seen, mut lags) = (HashMap::new(), Vec::new());
	let end = Instant::now() + WATCH;
	while Instant::now() < end {
		tokio::select! {
			block = best.next() => {
				seen.entry(block?.hash).or_insert_with(Instant::now);
			},
			block = finalised.next() => {
				if let Some(since) = seen.get(&block?.hash) {
					lags.push(since.elapsed().as_secs_f64());
				}
			},
			() = tokio::time::sleep(Duration::from_secs(1)) => {},
		}
	}
	ensure!(lags.len() > 10, "only {} blocks became final", lags.len());
	Ok(json!({
		"blocks": lags.len(),
		"p50_s": percentile(&mut lags, 50.0),
		"p95_s": percentile(&mut lags, 95.0),
	}))
}

/// What receipts add to databases and headers.
async fn receipts(models: &Path) -> Result<Value> {
	let mut network = Network::start([NodeConfig::dev()])?;
	let node = &mut network.nodes[0];
	node.wait_for_best(1, Duration::from_secs(60))?;
	let url = node.url();
	let version = publish(&url, &models.join("digits-mlp"))?;

	let client = Client::connect(&url).await?;
	let sender = Sender::new(&client, Signer::dev("Bob")?);
	let quote = client.quote(version).await?;
	let inputs =
		(0..INFERENCES).map(|place| vec![u8::try_from(place % 100).unwrap_or_default(); quote.input_len as usize]);
	let before = state_size(&client).await?;
	let batch = sender.infer_many(version, inputs, InferLimits::of(&quote), Until::Finalised, |_| ()).await;
	ensure!(batch.failed.is_empty(), "an inference failed: {:?}", batch.failed.first());

	let (mut bytes, mut count, mut with, mut without) = (0usize, 0usize, Vec::new(), Vec::new());
	let mut last = None;
	for block in 1..=client.finalised().await?.number {
		let receipts = client.receipts(block).await?;
		let hash = client.block_hash(block).await?;
		let header = client.request("chain_getHeader", &[json!(hash)]).await?;
		let logs = header.pointer("/digest/logs").and_then(Value::as_array).context("the header has a digest")?;
		let size: usize = logs.iter().filter_map(Value::as_str).map(|log| log.len().saturating_sub(2) / 2).sum();
		if receipts.is_empty() {
			without.push(size as f64);
		} else {
			with.push(size as f64);
		}
		count += receipts.len();
		last = receipts.last().map(|receipt| receipt.id).or(last);
		let stored = client.request("aivm_receipts", &[json!(block)]).await?;
		let encoded = stored.as_array().context("a list of receipts")?.iter().filter_map(Value::as_str);
		bytes += encoded.map(|hex| hex.len().saturating_sub(2) / 2).sum::<usize>();
	}
	ensure!(count == INFERENCES, "{count} receipts for {INFERENCES} inferences");
	let proof = client.receipt_proof(last.context("there is a receipt")?, None).await?;
	let after = state_size(&client).await?;
	Ok(json!({
		"receipts": count,
		"bytes_per_receipt": bytes as f64 / count as f64,
		"state_bytes_per_receipt": after.saturating_sub(before) as f64 / count as f64,
		"header_bytes_per_block": percentile(&mut with, 50.0) - percentile(&mut without, 50.0),
		"proof_bytes": proof.proof.0.len(),
	}))
}

/// Bytes of keys and values that the pallet of receipts has in the state.
async fn state_size(client: &Client) -> Result<u64> {
	let prefix = format!("0x{}", hex::encode(sp_crypto_hashing::twox_128(b"ExecutionReceipts")));
	let keys = client.request("state_getKeysPaged", &[json!(prefix), json!(1_000)]).await?;
	let mut bytes = 0;
	for key in keys.as_array().context("a list of keys")?.iter().filter_map(Value::as_str) {
		bytes += (key.len() as u64).saturating_sub(2) / 2;
		bytes += client.request("state_getStorageSize", &[json!(key)]).await?.as_u64().unwrap_or(0);
	}
	Ok(bytes)
}

/// Publishes a model with the command line.
fn publish(url: &str, source: &Path) -> Result<VersionId> {
	let folder = tempfile::tempdir()?;
	let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
	let file = |name: &str| source.join(name).to_string_lossy().into_owned();
	let (program, manifest) = (path("program"), path("manifest"));
	let aivm = |args: &[&str]| -> Result<Value> {
		let output = Command::new(std::env::current_exe()?.with_file_name("aivm"))
			.env("AIVM_URL", url)
			.env("AIVM_SURI", "//Alice")
			.arg("--json")
			.args(args)
			.output()?;
		ensure!(output.status.success(), "aivm {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
		Ok(serde_json::from_slice(&output.stdout)?)
	};
	aivm(&["model", "import", &file("model.onnx"), "--calibration", &file("calibration.csv"), "--out", &program])?;
	aivm(&["model", "pack", &program, "--card", &file("card.json"), "--out", &manifest])?;
	let published = aivm(&["model", "publish", &program, "--manifest", &manifest])?;
	let field = |name: &str| -> Result<u32> {
		let number = published["version"][name].as_u64().context("the version is not named")?;
		Ok(u32::try_from(number)?)
	};
	Ok(VersionId { model: field("model")?, version: field("version")? })
}
