// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Bad input against a real node. Each time the registry and the balances are compared before and after: nothing may change but
//! a fee, and only where a transaction was carried out. One test, so that one node serves all of it.

mod common;

use aivm_client::{Client, Error, InferLimits, Sender, Signer, Until, VersionId};
use common::{block_on, heavy_program, spec, wide_program, Bench};
use serde_json::Value;

/// Width of the small program, and so the length of its input.
const WIDTH: u32 = 16;
/// Most that a failed transaction may cost.
const MOST_FEE: u128 = 50_000_000_000;

#[test]
fn bad_input_should_change_nothing_but_the_fee() {
	let bench = Bench::start();
	let model = Model::publish(&bench);
	limits_of_this_program_should_be_those_of_the_chain(&bench);
	prices_of_this_program_should_be_those_of_the_chain(&bench, &model.file, &model.id.to_string());
	truncated_upload(&bench);
	wrong_hash(&bench);
	wrong_owner(&bench, &model);
	oversize(&bench, &model);
	wrong_shape(&bench, &model);
	too_heavy(&bench);
	insufficient_balance(&bench, &model);
	unknown_version(&bench, &model);
	// Last, because the version cannot be used any more.
	revoked_version(&bench, &model);
}

/// A small published model of Alice's.
struct Model {
	id: VersionId,
	file: String,
}

impl Model {
	fn publish(bench: &Bench) -> Self {
		let file = bench.path("small.aivm");
		std::fs::write(&file, wide_program(WIDTH, 3)).unwrap();
		let card = bench.path("card.json");
		std::fs::write(&card, r#"{"name": "small", "description": "Small.", "licence": "MIT"}"#).unwrap();
		let file = file.to_str().unwrap().to_owned();
		let done = bench.as_json("//Alice", &["model", "publish", &file, "--card", card.to_str().unwrap()]);
		let number = |name: &str| done["version"][name].as_u64().unwrap() as u32;
		Self { id: VersionId { model: number("model"), version: number("version") }, file }
	}
}

/// What may not change.
#[derive(Debug, PartialEq)]
struct State {
	models: Value,
	versions: Vec<Value>,
	held: Vec<u128>,
}

const ACCOUNTS: [&str; 4] = ["//Alice", "//Bob", "//Charlie", "//Eve"];

impl State {
	fn of(bench: &Bench) -> Self {
		let models = bench.json(&["model", "list"]);
		let versions = models["models"]
			.as_array()
			.unwrap()
			.iter()
			.map(|model| bench.json(&["model", "show", &model["id"].to_string()]))
			.collect();
		let held = ACCOUNTS.iter().map(|account| bench.balance(account).1).collect();
		Self { models, versions, held }
	}
}

/// Does something that must fail, and compares state and balance before and after. `free` says whether it may not even cost
/// a fee.
fn unchanged<R>(bench: &Bench, account: &str, free: bool, what: impl FnOnce() -> R) -> R {
	let (state, before) = (State::of(bench), bench.balance(account));
	let result = what();
	let after = bench.balance(account);
	assert_eq!(State::of(bench), state);
	assert_eq!(after.1, before.1, "holds of {account}");
	let cost = before.0 - after.0;
	if free {
		assert_eq!(cost, 0, "it must cost nothing");
	} else {
		assert!(cost > 0 && cost < MOST_FEE, "the fee was {cost}");
	}
	result
}

/// A sender of the library, for what the command line refuses by itself.
async fn sender(bench: &Bench, name: &str) -> Sender {
	let client = Client::connect(&bench.node.url()).await.unwrap();
	Sender::new(&client, Signer::dev(name).unwrap())
}

/// Fails unless a pallet refused with this error.
fn assert_module(error: &Error, pallet: &str, name: &str) {
	assert_eq!(error.module(), Some((pallet, name)), "{error}");
	// The description comes from the chain's metadata.
	assert!(error.to_string().len() > pallet.len() + name.len() + 10, "{error}");
}

fn limits_of_this_program_should_be_those_of_the_chain(bench: &Bench) {
	let chain = block_on(async { Client::connect(&bench.node.url()).await.unwrap().limits().await.unwrap() });
	assert_eq!(chain.max_program_bytes, 512 * 1024);
	assert_eq!(chain.max_input_len, 256 * 1024);
	assert_eq!(chain.max_output_len, 16 * 1024);
}

/// What `aivm model inspect` computes without a node is what the chain quotes for the same program.
fn prices_of_this_program_should_be_those_of_the_chain(bench: &Bench, file: &str, version: &str) {
	let inspected = bench.json(&["model", "inspect", file, "--published", version]);
	let (totals, quote) = (&inspected["totals"], &inspected["quote"]);
	assert_eq!(totals["ref_time"], quote["weight"]["ref_time"], "{inspected}");
	// The model asks for no royalty.
	assert_eq!(totals["price"], quote["total"], "{inspected}");
	assert_eq!(totals["fits_block"], quote["fits_block"], "{inspected}");
	let time = |value: &Value| value.as_f64().unwrap();
	let room = time(&totals["ref_time"]) / time(&totals["block_share"]);
	let heaviest = time(&quote["heaviest"]["ref_time"]);
	assert!(room < heaviest * 1.000_001 && room > heaviest * 0.99, "{room} of {heaviest}");
}

/// Publishes what will never be complete.
fn publish_unfinished(bench: &Bench, program: &[u8], spec: &aivm_client::VersionSpec) -> VersionId {
	block_on(async {
		let sender = sender(bench, "Eve").await;
		let (model, _) = sender.register_model(&format!("unfinished {}", program.len()), Until::InBlock).await.unwrap();
		sender.publish_version(model, spec, Until::InBlock).await.unwrap().0
	})
}

fn truncated_upload(bench: &Bench) {
	let program = wide_program(260, 1);
	let id = publish_unfinished(bench, &program, &spec(&program));
	let chunk = block_on(async {
		let sender = sender(bench, "Eve").await;
		let chunk = sender.client().upload_status(id).await.unwrap().unwrap().chunk_bytes as usize;
		sender.upload_chunk(id, 0, &program[..chunk], Until::InBlock).await.unwrap();
		chunk
	});
	let error = unchanged(bench, "//Eve", false, || {
		block_on(async { sender(bench, "Eve").await.finalise_version(id, Until::InBlock).await.unwrap_err() })
	});
	assert_module(&error, "ModelRegistry", "ChunkMissing");
	// A chunk that is cut off.
	let error = unchanged(bench, "//Eve", false, || {
		block_on(async {
			sender(bench, "Eve")
				.await
				.upload_chunk(id, 1, &program[chunk..chunk + 10], Until::InBlock)
				.await
				.unwrap_err()
		})
	});
	assert_module(&error, "ModelRegistry", "ChunkSizeMismatch");
	// A file that is cut off does not leave this machine.
	let file = bench.path("cut.aivm");
	std::fs::write(&file, &program[..program.len() - 1]).unwrap();
	let refused =
		unchanged(bench, "//Eve", true, || bench.run_as("//Eve", &["model", "check", file.to_str().unwrap()]).error(5));
	assert_eq!(refused["code"], "bad_input");
	// Removing it gives the deposits back.
	let held = bench.balance("//Eve").1;
	bench.as_json("//Eve", &["model", "remove", &id.to_string()]);
	assert!(bench.balance("//Eve").1 < held);
}

fn wrong_hash(bench: &Bench) {
	let program = wide_program(40, 2);
	let mut wrong = spec(&program);
	wrong.artefact_hash.0[0] ^= 1;
	let id = publish_unfinished(bench, &program, &wrong);
	block_on(async { sender(bench, "Eve").await.upload(id, &program, |_| {}).await.unwrap() });
	let error = unchanged(bench, "//Eve", false, || {
		block_on(async { sender(bench, "Eve").await.finalise_version(id, Until::InBlock).await.unwrap_err() })
	});
	assert_module(&error, "ModelRegistry", "ArtefactHashMismatch");

	// The manifest's CID must belong to its hash.
	let mut wrong = spec(&program);
	wrong.manifest_hash.0[0] ^= 1;
	let error = unchanged(bench, "//Eve", false, || {
		block_on(async {
			sender(bench, "Eve").await.publish_version(id.model, &wrong, Until::InBlock).await.unwrap_err()
		})
	});
	assert_module(&error, "ModelRegistry", "ManifestCidMismatch");

	// Bytes that have the right hash but are no program.
	let garbage = vec![9; 50];
	let id = publish_unfinished(bench, &garbage, &spec(&garbage));
	block_on(async { sender(bench, "Eve").await.upload(id, &garbage, |_| {}).await.unwrap() });
	let error = unchanged(bench, "//Eve", false, || {
		block_on(async { sender(bench, "Eve").await.finalise_version(id, Until::InBlock).await.unwrap_err() })
	});
	assert_module(&error, "ModelRegistry", "InvalidProgram");
}

fn wrong_owner(bench: &Bench, model: &Model) {
	let version = model.id.to_string();
	for args in [
		&["model", "deprecate", &version][..],
		&["model", "revoke", &version, "--reason", "mine now"],
		&["model", "remove", &version],
		&["model", "transfer", &model.id.model.to_string(), "--to", "//Bob"],
	] {
		let refused = unchanged(bench, "//Bob", false, || bench.run_as("//Bob", args).error(4));
		assert_eq!(refused["code"], "ModelRegistry.NotOwner", "{args:?}");
		assert!(refused["cause"].as_str().unwrap().contains("owner"), "{refused}");
	}
	let refused = unchanged(bench, "//Bob", false, || {
		bench.run_as("//Bob", &["model", "accept", &model.id.model.to_string()]).error(4)
	});
	assert_eq!(refused["code"], "ModelRegistry.NotOffered");
	// Publishing into somebody else's model is seen before anything is sent.
	let card = bench.path("card.json");
	let refused = unchanged(bench, "//Bob", true, || {
		let id = model.id.model.to_string();
		let args = ["model", "publish", &model.file, "--card", card.to_str().unwrap(), "--model", &id];
		bench.run_as("//Bob", &args).error(4)
	});
	assert_eq!(refused["code"], "ModelRegistry.NotOwner");
}

fn oversize(bench: &Bench, model: &Model) {
	let file = bench.path("large.aivm");
	std::fs::write(&file, vec![1; 512 * 1024 + 1]).unwrap();
	let refused = bench.run(&["--json", "model", "check", file.to_str().unwrap()]).error(5);
	assert!(refused["cause"].as_str().unwrap().contains("larger than 524288 bytes"), "{refused}");

	let mut large = spec(b"x");
	large.artefact_size = 512 * 1024 + 1;
	let error = unchanged(bench, "//Alice", false, || {
		block_on(async {
			sender(bench, "Alice").await.publish_version(model.id.model, &large, Until::InBlock).await.unwrap_err()
		})
	});
	assert_module(&error, "ModelRegistry", "ProgramTooLarge");
}

fn wrong_shape(bench: &Bench, model: &Model) {
	let version = model.id.to_string();
	let row = |width: u32| vec!["1"; width as usize].join(",");
	let refused =
		unchanged(bench, "//Bob", true, || bench.run_as("//Bob", &["infer", &version, "--row", &row(15)]).error(5));
	assert_eq!(refused["code"], "wrong_input");
	let cause = refused["cause"].as_str().unwrap();
	assert!(cause.contains("expected 16") && cause.contains("given 15"), "{refused}");

	let refused =
		unchanged(bench, "//Bob", true, || bench.run_as("//Bob", &["infer", &version, "--raw", "0x010203"]).error(4));
	assert_eq!(refused["code"], "WrongInputLength");
	assert!(refused["cause"].as_str().unwrap().contains("expected 16 bytes, given 3"), "{refused}");

	// Without any check on this side, the pool refuses it for nothing.
	let error = unchanged(bench, "//Bob", true, || {
		block_on(async {
			let sender = sender(bench, "Bob").await;
			let quote = sender.client().quote(model.id).await.unwrap();
			sender.infer(model.id, vec![1; 17], InferLimits::of(&quote), Until::InBlock).await.unwrap_err()
		})
	});
	let Error::Invalid(refusal) = &error else { panic!("{error}") };
	assert_eq!((refusal.name(), refusal.number()), ("WrongInputLength", Some(21)));
}

fn too_heavy(bench: &Bench) {
	let file = bench.path("heavy.aivm");
	std::fs::write(&file, heavy_program()).unwrap();
	let card = bench.path("heavy-card.json");
	std::fs::write(&card, r#"{"name": "heavy", "description": "Too heavy.", "licence": "MIT"}"#).unwrap();
	let args = ["model", "publish", file.to_str().unwrap(), "--card", card.to_str().unwrap()];
	let done = bench.as_json("//Charlie", &args);
	assert_eq!(done["quote"]["fits_block"], false, "{done}");
	let number = |name: &str| done["version"][name].as_u64().unwrap() as u32;
	let id = VersionId { model: number("model"), version: number("version") };

	prices_of_this_program_should_be_those_of_the_chain(bench, file.to_str().unwrap(), &id.to_string());

	let refused =
		unchanged(bench, "//Bob", true, || bench.run_as("//Bob", &["infer", "heavy", "--raw", "0x00"]).error(4));
	assert_eq!(refused["code"], "TooHeavyForBlock");
	assert!(refused["cause"].as_str().unwrap().contains("a block has room for"), "{refused}");
	assert!(refused["cure"].as_str().unwrap().contains("Optimistic"), "the path to use must be named: {refused}");

	// Without any check on this side, the pool refuses it for nothing.
	let error = unchanged(bench, "//Bob", true, || {
		block_on(async {
			let sender = sender(bench, "Bob").await;
			let quote = sender.client().quote(id).await.unwrap();
			let input = vec![0; quote.input_len as usize];
			sender.infer(id, input, InferLimits::of(&quote), Until::InBlock).await.unwrap_err()
		})
	});
	let Error::Invalid(refusal) = &error else { panic!("{error}") };
	assert_eq!((refusal.name(), refusal.number()), ("TooHeavyForBlock", Some(23)));
}

fn insufficient_balance(bench: &Bench, model: &Model) {
	let version = model.id.to_string();
	let row = vec!["1"; WIDTH as usize].join(",");
	// Nobody has used this account.
	let refused =
		unchanged(bench, "//Nobody", true, || bench.run_as("//Nobody", &["infer", &version, "--row", &row]).error(4));
	assert_eq!(refused["code"], "insufficient_balance");
	let cause = refused["cause"].as_str().unwrap();
	assert!(cause.contains("has 0 AIVM") && cause.contains("is needed for"), "{refused}");

	// This one has less than a model's deposit.
	bench.as_json("//Alice", &["account", "transfer", "//Poor", "0.004"]);
	let refused =
		unchanged(bench, "//Poor", true, || bench.run_as("//Poor", &["account", "transfer", "//Bob", "1"]).error(4));
	assert_eq!(refused["code"], "insufficient_balance");
	assert!(refused["cause"].as_str().unwrap().contains("has 0.003 AIVM"), "{refused}");
	let state = State::of(bench);
	let refused = bench.run_as("//Poor", &["model", "register", "too dear"]).error(4);
	assert_eq!(refused["code"], "insufficient_balance");
	assert!(refused["cause"].as_str().unwrap().contains("it has 0.00"), "{refused}");
	assert_eq!(State::of(bench), state);
}

fn unknown_version(bench: &Bench, model: &Model) {
	let missing = format!("{}@99", model.id.model);
	let row = vec!["1"; WIDTH as usize].join(",");
	let refused =
		unchanged(bench, "//Bob", true, || bench.run_as("//Bob", &["infer", &missing, "--row", &row]).error(7));
	assert!(refused["cause"].as_str().unwrap().contains(&missing), "{refused}");
}

fn revoked_version(bench: &Bench, model: &Model) {
	let version = model.id.to_string();
	let row = vec!["1"; WIDTH as usize].join(",");
	let limits = block_on(async {
		let client = Client::connect(&bench.node.url()).await.unwrap();
		InferLimits::of(&client.quote(model.id).await.unwrap())
	});
	bench.as_json("//Bob", &["infer", &version, "--row", &row]);
	bench.as_json("//Alice", &["model", "revoke", &version, "--reason", "faulty"]);

	let refused =
		unchanged(bench, "//Bob", true, || bench.run_as("//Bob", &["infer", &version, "--row", &row]).error(4));
	assert_eq!(refused["code"], "VersionRevoked");
	assert!(refused["cure"].as_str().unwrap().contains("another version"), "{refused}");
	let error = unchanged(bench, "//Bob", true, || {
		block_on(async {
			sender(bench, "Bob")
				.await
				.infer(model.id, vec![1; WIDTH as usize], limits, Until::InBlock)
				.await
				.unwrap_err()
		})
	});
	let Error::Invalid(refusal) = &error else { panic!("{error}") };
	assert_eq!(refusal.number(), Some(19));
	// It cannot come back.
	let refused =
		unchanged(bench, "//Alice", false, || bench.run_as("//Alice", &["model", "activate", &version]).error(4));
	assert_eq!(refused["code"], "ModelRegistry.Revoked");
}
