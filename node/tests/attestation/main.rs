// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Real nodes whose off-chain worker collects attestations and proofs from HTTP endpoints, good and bad ones.

mod chain;
mod endpoint;
mod forks;
mod production;
mod proofs;

use aivm_attestation::{
	snp::{AmdTcb, Endorsed, Product},
	Kind, TcbPolicy,
};
use aivm_devnet::{Node, NodeConfig};
use aivm_runtime::{Runtime, RuntimeCall};
use chain::*;
use codec::Encode;
use endpoint::{get, Conduct, Endpoint};
use pallet_attestation::{
	worker::BUDGET, Bound, Call as Attest, Collateral, CollectorFailures, DevicesEvidence, Evidence, MachineEvidence,
	Tier,
};
use pallet_collective::{Call as Council, Instance1};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::traits::{BlakeTwo256, Hash as _};

/// A development chain whose node runs off-chain workers.
fn collecting() -> NodeConfig {
	NodeConfig::dev().with_arg("--offchain-worker").with_arg("always")
}

/// Serves development attestations of `provider` that `key` signed.
fn serves(node: &Node, key: Sr25519Keyring, provider: Sr25519Keyring) -> Conduct {
	let genesis = genesis(node);
	Conduct::answers(move |path| (200, development(genesis, key, provider, path).encode()))
}

/// A file with recorded evidence.
fn vector(name: &str) -> Vec<u8> {
	std::fs::read(format!("{}/../primitives/attestation/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What an AMD machine of the product Milan once reported. Its certificate is valid until 2030.
fn recorded_snp() -> Evidence {
	let machine = MachineEvidence::SevSnp {
		product: Product::Milan,
		endorsed: Endorsed::Chip,
		report: vector("amd/report_milan.bin").try_into().unwrap(),
		certificate: vector("amd/vcek_milan.der").try_into().unwrap(),
	};
	Evidence::Machine { machine, devices: DevicesEvidence::new() }
}

/// Lets the council accept the firmware of [`recorded_snp`], and stores the authority of its certificate.
fn accept_snp(node: &mut Node) {
	let least = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
	let policy = Box::new(TcbPolicy { amd: vec![least].try_into().unwrap(), ..TcbPolicy::strict() });
	let proposal: RuntimeCall = Attest::<Runtime>::set_policy { tier: Tier::Entry, policy }.into();
	let (hash, length_bound) = (BlakeTwo256::hash_of(&proposal), proposal.encoded_size() as u32);
	let proposal_weight_bound = aivm_runtime::configs::RuntimeBlockWeights::get().max_block / 10u64;
	let propose = Council::<Runtime, Instance1>::propose { threshold: 2, proposal: Box::new(proposal), length_bound };
	submit(node, Alice, propose);
	settle(node);
	for member in [Alice, Bob] {
		submit(node, member, Council::<Runtime, Instance1>::vote { proposal: hash, index: 0, approve: true });
	}
	settle(node);
	let close =
		Council::<Runtime, Instance1>::close { proposal_hash: hash, index: 0, proposal_weight_bound, length_bound };
	submit(node, Alice, close);
	let certificate = vector("amd/ask_milan.der").try_into().unwrap();
	let collateral = Box::new(Collateral::ChipAuthority { product: Product::Milan, certificate });
	submit(node, Bob, Attest::<Runtime>::submit_collateral { collateral });
	settle(node);
}

#[test]
fn good_endpoints_should_be_collected_while_others_are_slow_lie_flood_or_are_down() {
	let mut node = Node::start(collecting().with_metrics()).unwrap();
	node.wait_for_best(1, SLOT * 20).unwrap();
	accept_snp(&mut node);
	let pace = Pace::start(&node);

	let hardware = Endpoint::new(Conduct::answers(|_| (200, recorded_snp().encode())));
	let good = Endpoint::new(serves(&node, Bob, Bob));
	let silent = Endpoint::new(Conduct::Silent);
	// Eve's word for Dave's machine.
	let lying = Endpoint::new(serves(&node, Eve, Dave));
	let flooding = Endpoint::new(Conduct::Floods);
	let closing = Endpoint::new(Conduct::Closes);
	let nobody = Endpoint::new(Conduct::Closes).url();
	let bad = [(Charlie, &silent), (Dave, &lying), (Eve, &flooding), (Ferdie, &closing)];
	for (provider, endpoint) in bad {
		state(&node, provider, &endpoint.url(), Kind::Development);
	}
	state(&node, Sr25519Keyring::AliceStash, &nobody, Kind::Development);
	state(&node, Alice, &hardware.url(), Kind::SevSnp);
	state(&node, Bob, &good.url(), Kind::Development);
	settle(&mut node);
	assert!(status(&node).is_null(), "nothing is collected without a collector's key");
	make_collector(&node);

	let recorded = wait_for_final_record(&mut node, Bob, Kind::Development, SLOT * 60);
	assert_eq!((recorded.kind, recorded.bound), (Kind::Development, Bound::Challenge));
	let recorded = wait_for_final_record(&mut node, Alice, Kind::SevSnp, SLOT * 60);
	assert_eq!((recorded.kind, recorded.bound), (Kind::SevSnp, Bound::Nothing), "it was recorded on another machine");
	assert_eq!(recorded.tiers.to_vec(), [Tier::Entry]);

	// The bad ones are tried again, and none of them makes a run longer.
	let seen = node
		.wait("asking the bad endpoints twice", SLOT * 60, |node| {
			let seen = status(node);
			let took = seen["took"].as_u64().unwrap();
			assert!(took <= BUDGET + 500, "a run took {took} ms");
			let failed = seen["failed"].as_u64().unwrap();
			Ok((failed >= 10 && bad.iter().all(|(_, endpoint)| endpoint.asked().len() >= 2)).then_some(seen))
		})
		.unwrap();
	assert_eq!(seen["submitted"], 2, "{seen}");
	assert!(seen["lastFailure"]["reason"].is_string(), "{seen}");
	let metrics = get(&node.metrics_url().unwrap());
	let submitted = metrics.lines().find(|line| line.starts_with("aivm_collector_submitted{"));
	assert!(submitted.is_some_and(|line| line.ends_with(" 2")), "{submitted:?}");
	for provider in [Charlie, Dave, Eve, Ferdie, Sr25519Keyring::AliceStash] {
		assert_eq!(record(&node, provider, Kind::Development), None, "{provider:?}");
	}
	// Nothing invalid was ever submitted.
	let failures = CollectorFailures::<Runtime>::hashed_key_for(Alice.public());
	assert_eq!(storage::<pallet_attestation::Failures>(&node, &failures), None);
	// Each good one was asked once.
	assert_eq!((good.asked().len(), hardware.asked().len()), (1, 1));

	// Who gets better is collected too.
	for (provider, endpoint) in bad {
		endpoint.change(serves(&node, provider, provider));
	}
	for (provider, _) in bad {
		wait_for_record(&mut node, provider, Kind::Development, SLOT * 60);
	}
	pace.check(&node);
}

#[test]
fn nothing_should_be_lost_when_the_node_is_killed_in_the_middle_of_a_run() {
	let mut node = Node::start(collecting()).unwrap();
	node.wait_for_best(1, SLOT * 20).unwrap();
	make_collector(&node);
	let endpoint = Endpoint::new(Conduct::Silent);
	state(&node, Charlie, &endpoint.url(), Kind::Development);
	settle(&mut node);
	let endpoint = &endpoint;
	let asked = |node: &mut Node, times: usize| {
		let what = format!("request {times} to the endpoint");
		node.wait(&what, SLOT * 60, |_| Ok((endpoint.asked().len() >= times).then_some(()))).unwrap();
	};
	// While a run waits for the endpoint, with its lock held.
	asked(&mut node, 1);
	let conduct = serves(&node, Charlie, Charlie);
	node.kill9();
	endpoint.change(conduct);
	node.restart().unwrap();
	// Right after the answer: the transaction is in the pool at best.
	asked(&mut node, 2);
	node.kill9();
	node.restart().unwrap();
	wait_for_final_record(&mut node, Charlie, Kind::Development, SLOT * 60);
	let runs = status(&node)["runs"].as_u64().unwrap();

	// What was recorded stays, and is not collected again.
	let times = endpoint.asked().len();
	node.restart().unwrap();
	let best = node.best().unwrap();
	node.wait_for_best(best + 5, SLOT * 30).unwrap();
	assert!(record(&node, Charlie, Kind::Development).is_some());
	assert!(status(&node)["runs"].as_u64().unwrap() > runs, "the status outlives restarts");
	assert_eq!(endpoint.asked().len(), times);
}
