// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Proofs of tasks. The circuit is a small one with the public inputs of the chain's own circuits; its proofs are real.

use super::*;
use aivm_inference::{Dtype, Limits, ProgramBuilder, Quantisation, Shape, TensorSpec};
use aivm_market_math::RoyaltyTerms;
use aivm_oracle::wire::Circuit;
use aivm_runtime::{AccountId, Hash, UNIT};
use aivm_traits::{Format, VersionRef};
use aivm_verification::{commit_input, field_of_hash, output_field, public_inputs, Curve, Statement};
use ark_bls12_381::Bls12_381;
use pallet_model_registry::{Call as Registry, VersionSpec};
use pallet_tasks::{Call as Task, Input, Tasks};
use pallet_verification::{
	kinds::{groth16, Evidence, Terms},
	Binding, Call as Verify, Setup, Weights,
};
use std::sync::{
	atomic::{AtomicU32, Ordering},
	Arc,
};

const INPUT: [u8; 8] = [1, 2, 3, 250, 5, 0, 7, 128];

fn circuit() -> Circuit<Bls12_381> {
	Circuit::new(4, 1)
}

/// The place of the largest of eight numbers.
fn program() -> Vec<u8> {
	let input = TensorSpec { dtype: Dtype::I8, shape: Shape::new(&[8]).unwrap(), quantisation: Quantisation::Raw };
	let mut builder = ProgramBuilder::new(vec![input]);
	let largest = builder.arg_max(builder.input(0));
	builder.output(largest, Quantisation::Raw);
	builder.build(&Limits::DEFAULT).unwrap().0.to_bytes()
}

/// Alice's program, with a key made in a ceremony.
fn publish(node: &mut Node, program: &[u8]) -> VersionRef {
	let (model, version) = (0, 1);
	let manifest_hash = Hash::repeat_byte(7);
	let spec = VersionSpec {
		manifest_cid: pallet_model_registry::manifest_cid(&manifest_hash).try_into().unwrap(),
		manifest_hash,
		artefact_hash: BlakeTwo256::hash(program),
		artefact_size: program.len() as u64,
		format: Format::Program,
		licence: b"Apache-2.0".to_vec().try_into().unwrap(),
		parent: None,
		royalty: RoyaltyTerms::default(),
	};
	let bytes = program.to_vec().try_into().unwrap();
	submit(node, Alice, Registry::<Runtime>::register_model { name: b"tiny".to_vec().try_into().unwrap() });
	submit(node, Alice, Registry::<Runtime>::publish_version { model, spec });
	submit(node, Alice, Registry::<Runtime>::upload_chunk { model, version, index: 0, bytes });
	submit(node, Alice, Registry::<Runtime>::finalise_version { model, version });
	submit(node, Alice, Registry::<Runtime>::activate { model, version });
	let version = VersionRef { model, version };
	let key = circuit().wire_key().try_into().unwrap();
	let binding = Binding::Version { version, weights: Weights::Public };
	let setup = Setup::Ceremony { contributions: 2, has_beacon: true, transcript: Hash::repeat_byte(1) };
	submit(node, Alice, Verify::<Runtime>::register_key { curve: Curve::Bls12_381, key, binding, setup });
	settle(node);
	version
}

/// Bob asks `provider` for two AIVM of computation.
fn request(node: &Node, version: VersionRef, provider: AccountId) {
	let deadline = node.best().unwrap() + 1_000;
	let input = Input::Public(INPUT.to_vec().try_into().unwrap());
	let terms = Terms::Groth16(groth16::Terms { key: 0, accept_single_party: false });
	let (price, max_payment) = (2 * UNIT, 3 * UNIT);
	submit(node, Bob, Task::<Runtime>::request { version, provider, input, terms, price, max_payment, deadline });
}

/// What an endpoint answers: the output, and the proof that `proved` is the output of the task.
fn submission(
	genesis: Hash,
	program: &[u8],
	task: u64,
	provider: Sr25519Keyring,
	output: &[u8],
	proved: &[u8],
) -> Vec<u8> {
	let statement = Statement {
		genesis: genesis.0,
		task,
		program: field_of_hash(&BlakeTwo256::hash(program).0),
		input: commit_input(Default::default(), &INPUT),
		output: output_field(proved),
		provider: provider.public().0,
		kind: groth16::VERSION,
	};
	let proof = circuit().prove(&public_inputs(&statement)).try_into().unwrap();
	let evidence = Evidence::Groth16(groth16::Evidence { proof, free: Default::default() });
	(output.to_vec(), evidence).encode()
}

/// What an account owns that is not on hold.
fn free(node: &Node, who: Sr25519Keyring) -> u128 {
	type Account = frame_system::AccountInfo<u32, pallet_balances::AccountData<u128>>;
	let key = frame_system::Account::<Runtime>::hashed_key_for(who.to_account_id());
	storage::<Account>(node, &key).unwrap().data.free
}

fn is_open(node: &Node, task: u64) -> bool {
	let key = Tasks::<Runtime>::hashed_key_for(task);
	storage::<pallet_tasks::TaskOf<Runtime>>(node, &key).is_some()
}

#[test]
fn proofs_should_be_collected_and_paid_while_lies_cost_the_provider_nothing() {
	let mut node = Node::start(collecting()).unwrap();
	node.wait_for_best(1, SLOT * 20).unwrap();
	make_collector(&node);
	let program = program();
	let version = publish(&mut node, &program);
	let output =
		aivm_inference::Program::decode_and_validate(&program, &Limits::DEFAULT).unwrap().0.run(&INPUT).unwrap();

	// Both have an attestation, so that only proofs are due. Charlie needs some time for his, and Dave lies.
	let genesis = genesis(&node);
	let patience = Arc::new(AtomicU32::new(2));
	let honest = {
		let (program, output, patience) = (program.clone(), output.clone(), patience.clone());
		Endpoint::new(Conduct::answers(move |path| match path.strip_prefix("/proofs?task=") {
			None => (200, development(genesis, Charlie, Charlie, path).encode()),
			Some(_)
				if patience.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() =>
			{
				(404, vec![])
			}
			Some(task) => (200, submission(genesis, &program, task.parse().unwrap(), Charlie, &output, &output)),
		}))
	};
	let lying = {
		let (program, output) = (program.clone(), output.clone());
		Endpoint::new(Conduct::answers(move |path| match path.strip_prefix("/proofs?task=") {
			None => (200, development(genesis, Dave, Dave, path).encode()),
			Some(task) => {
				let mut other = output.clone();
				other[0] ^= 1;
				(200, submission(genesis, &program, task.parse().unwrap(), Dave, &other, &output))
			}
		}))
	};
	state(&node, Charlie, &honest.url(), Kind::Development);
	state(&node, Dave, &lying.url(), Kind::Development);
	settle(&mut node);
	for provider in [Charlie, Dave] {
		wait_for_record(&mut node, provider, Kind::Development, SLOT * 60);
	}
	request(&node, version, Charlie.to_account_id());
	request(&node, version, Dave.to_account_id());
	let before = [Charlie, Dave].map(|provider| free(&node, provider));
	settle(&mut node);
	assert!(is_open(&node, 0) && is_open(&node, 1));
	let pace = Pace::start(&node);

	node.wait("settling Charlie's task", SLOT * 60, |node| Ok((!is_open(node, 0)).then_some(()))).unwrap();
	let earned = free(&node, Charlie) - before[0];
	assert!(earned > UNIT && earned < 2 * UNIT, "{earned}");
	assert_eq!(honest.asked().iter().filter(|path| *path == "/proofs?task=0").count(), 3);

	// Dave's lie was seen, and cost him nothing yet: his task waits, and he can still do better.
	let lied = |node: &mut Node| {
		node.wait("asking Dave twice", SLOT * 60, |_| {
			Ok((lying.asked().iter().filter(|path| *path == "/proofs?task=1").count() >= 2).then_some(()))
		})
	};
	lied(&mut node).unwrap();
	let failure = status(&node)["lastFailure"].clone();
	assert_eq!(failure["task"], 1, "{failure}");
	assert_eq!(failure["reason"], "the chain would refuse the proof: NotConvincing");
	assert!(is_open(&node, 1));
	let failures = CollectorFailures::<Runtime>::hashed_key_for(Alice.public());
	assert_eq!(storage::<pallet_attestation::Failures>(&node, &failures), None);
	lying.change(Conduct::answers(move |path| {
		let task = path.strip_prefix("/proofs?task=").expect("nothing else is due");
		(200, submission(genesis, &program, task.parse().unwrap(), Dave, &output, &output))
	}));
	node.wait("settling Dave's task", SLOT * 60, |node| Ok((!is_open(node, 1)).then_some(()))).unwrap();
	assert_eq!(free(&node, Dave) - before[1], earned);
	pace.check(&node);
}
