// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Machines prove what they are. Evidence that was recorded on real hardware is verified by nodes whose clock stands when it
//! was valid, and refused by those whose clock does not; a key's word stands for hardware on a development chain only; and a
//! node collects evidence from an endpoint by itself.

use crate::{
	aivm::Aivm,
	council,
	endpoint::Endpoint,
	inference::{say, step, text},
};
use aivm_attestation::{
	proven::Advisory,
	snp::{AmdTcb, Product},
	TcbPolicy, TcbStatus,
};
use aivm_devnet::{write_production_spec, Chain, Node, NodeConfig};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{
	path::{Path, PathBuf},
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Who sends recorded evidence; who develops; who has an endpoint, and who has one that lies; who keeps collateral up to date.
const SENDER: &str = "//Bob";
const DEVELOPER: &str = "//Charlie";
const PROVIDER: &str = "//Dave";
const LIAR: &str = "//Eve";
const KEEPER: &str = "//Ferdie";
/// The secret of the collector's key, and the key.
const COLLECTOR: [&str; 2] = ["//Alice", "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"];
/// Last seconds at which the recorded evidence is valid: of the TDX quote, the SGX quote, and the Nitro document.
const TDX_UNTIL: u64 = 1_752_919_235;
const SGX_UNTIL: u64 = 1_752_919_278;
const NITRO_UNTIL: u64 = 1_736_190_425;
/// 2030-04-04T00:00:00Z, when all of it has expired but the GPU's, which never does.
const AFTER_ALL: u64 = 1_901_491_200;
/// 2022-02-28T00:00:00Z, when none of it was valid.
const BEFORE_ALL: u64 = 1_646_006_400;
/// How long before the end of its validity evidence is sent, in seconds: the collateral of Intel's takes ten transactions.
const MARGIN: u64 = 240;
const SHORT_MARGIN: u64 = 60;
/// Longest time for which a record counts, in seconds.
const MAX_AGE: u64 = 3 * 60 * 60;
/// How long the node may take to collect what it is due.
const COLLECTION: Duration = Duration::from_secs(90);

/// The recorded files, and a folder.
struct Stage<'a> {
	vectors: &'a Path,
	folder: &'a Path,
	/// The library that shifts the clock of a process.
	clock: PathBuf,
}

/// A chain whose time is not today's.
struct Then {
	node: Node,
	aivm: Aivm,
}

impl Stage<'_> {
	fn vector(&self, name: &str) -> String {
		self.vectors.join(name).to_string_lossy().into_owned()
	}

	fn path(&self, name: &str) -> String {
		self.folder.join(name).to_string_lossy().into_owned()
	}

	/// The options that name a piece of recorded evidence.
	fn evidence(&self, kind: &str) -> Vec<String> {
		let files: &[(&str, &str)] = match kind {
			"sgx" => &[("--quote", "intel/sgx_quote")],
			"tdx" => &[("--quote", "intel/tdx_quote")],
			"sev-snp" => &[("--snp-report", "amd/report_milan.bin"), ("--snp-certificate", "amd/vcek_milan.der")],
			"nitro" => &[("--nitro", "nitro/attestation.cose")],
			_ => {
				&[("--gpu-report", "nvidia/hopperAttestationReport.txt"), ("--gpu-chain", "nvidia/hopperCertChain.txt")]
			}
		};
		files.iter().flat_map(|(option, name)| [(*option).to_owned(), self.vector(name)]).collect()
	}

	/// Starts a development chain at a time, in seconds since 1970.
	fn start_at(&self, time: u64) -> Result<Then> {
		let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
		let shift = i128::from(time) - i128::from(now);
		let config = NodeConfig::dev()
			.with_variable("LD_PRELOAD", &self.clock)
			.with_variable("FAKETIME", format!("{shift:+}"))
			// Timers and files keep the time that they have.
			.with_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1")
			.with_variable("DONT_FAKE_MONOTONIC", "1")
			.with_variable("NO_FAKE_STAT", "1");
		let mut node = Node::start(config)?;
		node.wait_for_best(1, Duration::from_secs(60))?;
		let then = Then { aivm: Aivm::new(node.url())?, node };
		let now = then.now()?;
		ensure!((time..time + MARGIN / 2).contains(&now), "the chain's time is {now} where {time} was asked for");
		Ok(then)
	}
}

impl Then {
	/// The chain's time, in seconds since 1970.
	fn now(&self) -> Result<u64> {
		let listed = self.aivm.run(SENDER, &["attestation", "records", "list"])?;
		listed["now"].as_u64().context("the chain has no time")
	}

	/// Waits until the chain's time is after `time`.
	fn wait_until_after(&self, time: u64) -> Result<()> {
		let deadline = Instant::now() + Duration::from_secs(2 * MARGIN);
		while self.now()? <= time {
			ensure!(Instant::now() < deadline, "the chain's time stands still");
			std::thread::sleep(Duration::from_secs(1));
		}
		Ok(())
	}

	/// Submits collateral; returns how many pieces were stored.
	fn submit(&self, files: &[String]) -> Result<usize> {
		let args = [&["attestation", "collateral", "submit"][..], &strings(files)].concat();
		let submitted = self.aivm.run(KEEPER, &args)?;
		let pieces = submitted["pieces"].as_array().context("no pieces")?;
		Ok(pieces.iter().filter(|piece| piece["stored"] == true).count())
	}

	/// Fails unless evidence is recorded, as recorded elsewhere, until `until`, or as long as a record may count.
	fn accept(&self, kind: &str, evidence: &[String], until: Option<u64>) -> Result<Value> {
		let checked = self.aivm.run(SENDER, &[&["attestation", "check"][..], &strings(evidence)].concat())?;
		let record = self.aivm.run(SENDER, &[&["attestation", "attest"][..], &strings(evidence)].concat())?;
		for what in [&checked, &record] {
			ensure!(what["kind"] == kind && what["bound"] == "nothing", "{kind} evidence was recorded as {what}");
		}
		let verified = record["verified_at"].as_u64().context("no time")?;
		let expected = until.unwrap_or(verified + MAX_AGE);
		ensure!(record["expires"] == expected, "{kind} evidence counts until {}, not {expected}", record["expires"]);
		say(&format!("{kind}: recorded at {verified}, counts until {expected}; firmware {}", record["tcb"]));
		Ok(json!({ "kind": kind, "at": verified, "expires": expected, "tcb": record["tcb"], "tiers": record["tiers"] }))
	}

	/// Fails unless the chain refuses evidence with this error about this part, when it is asked and when it is sent.
	fn refuse(&self, kind: &str, evidence: &[String], code: &str, part: &str) -> Result<Value> {
		let check = [&["attestation", "check"][..], &strings(evidence)].concat();
		let send = [&["attestation", "attest", "--unchecked"][..], &strings(evidence)].concat();
		let checked = refused(&self.aivm, SENDER, &check, code)?;
		let cause = text(&checked, "cause");
		ensure!(cause.contains(part), "{kind}: the refusal is not about the {part}: {cause}");
		refused(&self.aivm, SENDER, &send, code)?;
		let now = self.now()?;
		say(&format!("{kind} at {now}: {code}, {cause}"));
		Ok(json!({ "kind": kind, "at": now, "code": code, "cause": cause }))
	}

	/// Fails unless the chain refuses collateral with this error, in the words of the piece that is named.
	fn refuse_collateral(&self, kind: &str, file: &str, code: &str, part: &str) -> Result<Value> {
		let error = refused(&self.aivm, KEEPER, &["attestation", "collateral", "submit", file], code)?;
		let cause = text(&error, "cause");
		ensure!(cause.starts_with(part), "{kind}: the refusal is not about the {part}: {cause}");
		let now = self.now()?;
		say(&format!("collateral of {kind} at {now}: {code}, {cause}"));
		Ok(json!({ "kind": kind, "collateral": part, "at": now, "code": code, "cause": cause }))
	}
}

/// Fails unless a command is refused by the chain with this code; returns the error.
fn refused(aivm: &Aivm, signer: &str, args: &[&str], code: &str) -> Result<Value> {
	let error = aivm.run_failing(signer, args, 4)?;
	let found = text(&error["error"], "code");
	ensure!(found == code, "`aivm {}` should be refused with {code}, not {found}: {}", args.join(" "), error["error"]);
	Ok(error["error"].clone())
}

fn strings(texts: &[String]) -> Vec<&str> {
	texts.iter().map(String::as_str).collect()
}

/// The library that shifts the clock of a process.
fn clock() -> Result<PathBuf> {
	const NAME: &str = "faketime/libfaketimeMT.so.1";
	let folders = std::fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path().join(NAME));
	let found = folders.chain([Path::new("/usr/lib").join(NAME)]).find(|path| path.exists());
	found.with_context(|| format!("/usr/lib/*/{NAME} is missing; install Debian's package faketime"))
}

/// Runs the demo and returns its report. Fails if anything does not hold.
pub fn run(vectors: &Path) -> Result<Value> {
	let started = Instant::now();
	let folder = tempfile::tempdir()?;
	let stage = Stage { vectors, folder: folder.path(), clock: clock()? };
	let (mut accepted, mut refused) = (Vec::new(), Vec::new());

	step("July 2025: SGX, TDX, SEV-SNP and a GPU, while Intel's collateral is valid and after");
	in_july(&stage, &mut accepted, &mut refused)?;
	step("January 2025: a Nitro document, in the three hours of its certificate and after");
	in_january(&stage, &mut accepted, &mut refused)?;
	step("2030: what expires has expired");
	after_all(&stage, &mut refused)?;
	step("2022: none of it is valid yet");
	before_all(&stage, &mut refused)?;

	step("today: a development chain takes a key's word");
	let mut node = Node::start(NodeConfig::dev())?;
	node.wait_for_best(1, Duration::from_secs(60))?;
	let aivm = Aivm::new(node.url())?;
	let (development, foreign) = develop(&stage, &aivm)?;
	refused.push(foreign);
	step("today: the node collects evidence by itself");
	let collected = collect(&stage, &node, &aivm)?;
	node.stop()?;

	step("today: a chain for production takes neither a key's word nor recorded evidence");
	refused.extend(in_production(&stage)?);

	step("summary");
	println!("  {:<12} {:>12} {:>14}", "evidence", "accepted at", "counts until");
	for record in &accepted {
		println!("  {:<12} {:>12} {:>14}", text(record, "kind"), text(record, "at"), text(record, "expires"));
	}
	println!("  (seconds since 1970, by the block's time)");
	println!("  {} refusals were shown, each with its documented reason", refused.len());
	println!("  everything took {} seconds", started.elapsed().as_secs());
	Ok(json!({
		"demo": "attestation",
		"passed": true,
		"accepted": accepted,
		"refused": refused,
		"development": development,
		"collected": collected,
		"seconds": started.elapsed().as_secs(),
	}))
}

/// Intel's evidence with its collateral, AMD's and NVIDIA's, at the end of the validity of Intel's.
fn in_july(stage: &Stage<'_>, accepted: &mut Vec<Value>, refused: &mut Vec<Value>) -> Result<()> {
	let mut then = stage.start_at(TDX_UNTIL - MARGIN)?;
	let kinds = ["sgx", "tdx", "sev-snp", "nvidia-gpu"];
	let [sgx, tdx, snp, gpu] = kinds.map(|kind| stage.evidence(kind));
	refused.push(then.refuse("sgx", &sgx, "Attestation.MissingCollateral", "TCB info")?);
	refused.push(then.refuse("nvidia-gpu", &gpu, "Attestation.UnknownFirmware", "driver and VBIOS")?);

	let report = std::fs::read_to_string(stage.vector("nvidia/hopperAttestationReport.txt"))?;
	let golden = council::set_golden(&hex::decode(report.trim())?)?;
	council::decide(&then.aivm, &[council::set_policy(&policy()?), golden])?;
	let rules = then.aivm.run(SENDER, &["attestation", "rules"])?;
	ensure!(rules["goldens"][0]["driver"] == "550.90.07", "the council's motion was not carried out: {rules}");
	say("the council lists the GPU's measurements, and lets the lowest tier accept these platforms of Intel and AMD");

	let files = ["intel/sgx_quote_collateral.json", "intel/tdx_quote_collateral.json", "amd/ask_milan.der"];
	let stored = then.submit(&files.map(|name| stage.vector(name)))?;
	say(&format!("{stored} pieces of collateral were verified and stored"));
	let needed = [&["attestation", "collateral", "needed"][..], &strings(&sgx)].concat();
	let needed = then.aivm.run(SENDER, &needed)?;
	ensure!(needed["needed"] == json!([]), "collateral is still missing: {needed}");

	accepted.push(then.accept("tdx", &tdx, Some(TDX_UNTIL))?);
	accepted.push(then.accept("sgx", &sgx, Some(SGX_UNTIL))?);
	accepted.push(then.accept("sev-snp", &snp, None)?);
	accepted.push(then.accept("nvidia-gpu", &gpu, None)?);

	then.wait_until_after(TDX_UNTIL)?;
	refused.push(then.refuse("tdx", &tdx, "Attestation.Expired", "CRL of the PCK authority")?);
	then.wait_until_after(SGX_UNTIL)?;
	refused.push(then.refuse("sgx", &sgx, "Attestation.Expired", "QE identity")?);
	let shown = then.aivm.run(SENDER, &["attestation", "records", "show"])?;
	for record in shown["records"].as_array().context("no records")? {
		let expired = ["sgx", "tdx"].contains(&text(record, "kind").as_str());
		ensure!(record["valid"] == !expired, "a record counts longer than its evidence is valid: {record}");
	}
	say("the records of both do not count any more; the others do");
	then.node.stop()?;
	Ok(())
}

/// What the recorded platforms of Intel and AMD are.
fn policy() -> Result<TcbPolicy> {
	let advisory = |name: &str| Advisory::try_from(name.as_bytes().to_vec()).ok();
	let advisories = ["INTEL-SA-00289", "INTEL-SA-00615"].into_iter().map(advisory).collect::<Option<Vec<_>>>();
	let milan = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
	let statuses = vec![TcbStatus::ConfigurationAndSwHardeningNeeded];
	let policy = || {
		Some(TcbPolicy {
			statuses: statuses.try_into().ok()?,
			advisories: advisories?.try_into().ok()?,
			amd: vec![milan].try_into().ok()?,
			..TcbPolicy::strict()
		})
	};
	policy().context("a list of the policy is too long")
}

/// A Nitro document at the end of its certificate's validity.
fn in_january(stage: &Stage<'_>, accepted: &mut Vec<Value>, refused: &mut Vec<Value>) -> Result<()> {
	let mut then = stage.start_at(NITRO_UNTIL - SHORT_MARGIN)?;
	let nitro = stage.evidence("nitro");
	accepted.push(then.accept("nitro", &nitro, Some(NITRO_UNTIL))?);
	then.wait_until_after(NITRO_UNTIL)?;
	refused.push(then.refuse("nitro", &nitro, "Attestation.Expired", "certificate of the Nitro document")?);
	then.node.stop()?;
	Ok(())
}

/// All of it after its validity.
fn after_all(stage: &Stage<'_>, refused: &mut Vec<Value>) -> Result<()> {
	let mut then = stage.start_at(AFTER_ALL)?;
	for kind in ["sgx", "tdx"] {
		let bundle = stage.vector(&format!("intel/{kind}_quote_collateral.json"));
		refused.push(then.refuse_collateral(kind, &bundle, "Attestation.Expired", "CRL of Intel's root")?);
	}
	then.submit(&[stage.vector("amd/ask_milan.der")])?;
	let (snp, nitro) = (stage.evidence("sev-snp"), stage.evidence("nitro"));
	refused.push(then.refuse("sev-snp", &snp, "Attestation.Expired", "VCEK or VLEK certificate")?);
	refused.push(then.refuse("nitro", &nitro, "Attestation.Expired", "certificate of the Nitro document")?);
	then.node.stop()?;
	Ok(())
}

/// All of it before its validity.
fn before_all(stage: &Stage<'_>, refused: &mut Vec<Value>) -> Result<()> {
	let mut then = stage.start_at(BEFORE_ALL)?;
	for kind in ["sgx", "tdx"] {
		let bundle = stage.vector(&format!("intel/{kind}_quote_collateral.json"));
		refused.push(then.refuse_collateral(kind, &bundle, "Attestation.NotYetValid", "TCB info")?);
	}
	let report = std::fs::read_to_string(stage.vector("nvidia/hopperAttestationReport.txt"))?;
	council::decide(&then.aivm, &[council::set_golden(&hex::decode(report.trim())?)?])?;
	then.submit(&[stage.vector("amd/ask_milan.der")])?;
	for (kind, part) in [
		("sev-snp", "VCEK or VLEK certificate"),
		("nitro", "Nitro document"),
		("nvidia-gpu", "NVIDIA device certificate"),
	] {
		refused.push(then.refuse(kind, &stage.evidence(kind), "Attestation.NotYetValid", part)?);
	}
	then.node.stop()?;
	Ok(())
}

/// Makes and sends a development attestation; returns its record, and the refusal of another key's.
fn develop(stage: &Stage<'_>, aivm: &Aivm) -> Result<(Value, Value)> {
	let file = stage.path("development.scale");
	let claim = format!("0x{}", "5a".repeat(32));
	aivm.run(DEVELOPER, &["attestation", "develop", "--claim", &claim, "--out", &file])?;
	let inspected = aivm.run(DEVELOPER, &["attestation", "inspect", "--evidence", &file])?;
	let measured = inspected["machine"]["measured"].clone();
	let record = aivm.run(DEVELOPER, &["attestation", "attest", "--evidence", &file])?;
	ensure!(record["kind"] == "development" && record["bound"] == "challenge", "recorded as {record}");
	ensure!(record["tiers"] == json!([]) && record["measured"] == measured, "recorded as {record}");
	say(&format!("recorded as kind {}, for no tier, until {}", record["kind"], record["expires"]));
	let args = ["attestation", "attest", "--unchecked", "--evidence", &file];
	let error = refused(aivm, SENDER, &args, "Attestation.ForeignKey")?;
	say(&format!("the same from another account: {}", text(&error, "cause")));
	Ok((record, json!({ "kind": "development", "code": "Attestation.ForeignKey", "cause": error["cause"] })))
}

/// Two providers state endpoints, one of which lies; the node's off-chain worker fetches from both.
fn collect(stage: &Stage<'_>, node: &Node, aivm: &Aivm) -> Result<Value> {
	let status = aivm.run(PROVIDER, &["attestation", "status"])?;
	ensure!(status["collector"].is_null(), "the node collects without a key: {status}");
	let [secret, key] = COLLECTOR;
	node.request("author_insertKey", json!(["aivm", secret, key]))?;
	let honest = Endpoint::serve(aivm.clone(), PROVIDER, true, stage.folder.to_owned())?;
	// This one serves what another provider's key signed.
	let lying = Endpoint::serve(aivm.clone(), DEVELOPER, false, stage.folder.to_owned())?;
	for (provider, endpoint) in [(PROVIDER, &honest), (LIAR, &lying)] {
		let kind = ["--kind", "development"];
		aivm.run(provider, &[&["attestation", "endpoint", "set", &endpoint.url()][..], &kind].concat())?;
	}
	let before = aivm.run(PROVIDER, &["account", "show"])?;
	let records = |provider: &str| -> Result<Vec<Value>> {
		let shown = aivm.run(provider, &["attestation", "records", "show"])?;
		Ok(shown["records"].as_array().context("no records")?.clone())
	};
	let deadline = Instant::now() + COLLECTION;
	let record = loop {
		if let Some(record) = records(PROVIDER)?.pop() {
			break record;
		}
		ensure!(Instant::now() < deadline, "nothing was collected in {} s:\n{}", COLLECTION.as_secs(), node.log_tail());
		std::thread::sleep(Duration::from_secs(1));
	};
	let after = aivm.run(PROVIDER, &["account", "show"])?;
	ensure!(before["transactions"] == after["transactions"], "the provider sent a transaction");
	let total = |shown: &Value| -> Result<u128> {
		Ok(text(shown, "free").parse::<u128>()? + text(shown, "held").parse::<u128>()?)
	};
	ensure!(total(&before)? == total(&after)?, "the provider paid more than deposits");
	let challenge = aivm.run(PROVIDER, &["attestation", "challenge"])?;
	ensure!(record["bound"] == "challenge" && record["period"] == challenge["period"], "recorded as {record}");
	say(&format!("{}: recorded, without a transaction or a fee of the provider", honest.url()));

	// The lying endpoint was asked, and its evidence was found out before it was sent.
	while lying.served() == 0 {
		ensure!(Instant::now() < deadline, "the other endpoint was not asked");
		std::thread::sleep(Duration::from_secs(1));
	}
	let status = loop {
		let status = aivm.run(PROVIDER, &["attestation", "status"])?["collector"].take();
		if status["failed"].as_u64() > Some(0) {
			break status;
		}
		ensure!(Instant::now() < deadline, "the lying endpoint is no failure: {status}");
		std::thread::sleep(Duration::from_secs(1));
	};
	ensure!(status["submitted"].as_u64() > Some(0), "the node says that it submitted nothing: {status}");
	let reason = text(&status["last_failure"], "reason");
	ensure!(reason.contains("must be signed with the provider's key"), "the lying endpoint failed otherwise: {status}");
	ensure!(records(LIAR)?.is_empty(), "what a lying endpoint served was recorded");
	say(&format!("{}: {reason}; nothing was sent", lying.url()));
	Ok(json!({ "record": record, "status": status }))
}

/// What a chain for production refuses.
fn in_production(stage: &Stage<'_>) -> Result<Vec<Value>> {
	let spec = stage.folder.join("production.json");
	write_production_spec(1, &spec)?;
	let chain = Chain::Spec(spec);
	let config = NodeConfig { name: "production".into(), chain, validator: Some("alice".into()), ..NodeConfig::dev() };
	let mut node = Node::start(config.with_arg("--force-authoring"))?;
	node.wait_for_best(1, Duration::from_secs(60))?;
	let mut then = Then { aivm: Aivm::new(node.url())?, node };
	let rules = then.aivm.run(SENDER, &["attestation", "rules"])?;
	ensure!(rules["allow_development"] == false, "the chain allows development: {rules}");

	let file = stage.path("production.scale");
	then.aivm.run(SENDER, &["attestation", "develop", "--out", &file])?;
	let evidence = ["--evidence".to_owned(), file];
	let mut refusals =
		vec![then.refuse("development", &evidence, "Attestation.DevelopmentNotAllowed", "development attestations")?];
	let endpoint = ["attestation", "endpoint", "set", "http://127.0.0.1:1", "--kind", "development"];
	refused(&then.aivm, SENDER, &endpoint, "Attestation.DevelopmentNotAllowed")?;
	// Recorded evidence is valid today, but was made for something else.
	then.submit(&[stage.vector("amd/ask_milan.der")])?;
	refusals.push(then.refuse("sev-snp", &stage.evidence("sev-snp"), "Attestation.Binding", "made for another")?);
	then.node.stop()?;
	Ok(refusals)
}
