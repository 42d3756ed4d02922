// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A collector whose fork loses.

use super::*;
use aivm_devnet::{write_local_spec, Chain};
use serde_json::json;
use std::{net::TcpListener, path::Path};

/// One of the two validators of the chain. It makes blocks also when it is alone.
fn validator(name: &str, spec: &Path) -> NodeConfig {
	NodeConfig { chain: Chain::Spec(spec.into()), ..NodeConfig::validator(name) }
		.with_arg("--force-authoring")
		.with_arg("--offchain-worker")
		.with_arg("always")
}

/// How many blocks of the best chain above this height are in slots that their author won, rather than was assigned. The
/// fork with more of them is the better one.
fn won(node: &Node, above: u32) -> usize {
	let best = node.best().unwrap();
	(above + 1..=best)
		.filter(|height| {
			let hash = node.block_hash(*height).unwrap();
			let header = node.request("chain_getHeader", json!([hash])).unwrap();
			// A digest before the runtime's, of BABE, whose first variant is that of a slot that was won.
			let slot = header["digest"]["logs"][0].as_str().unwrap();
			let claim = slot.strip_prefix("0x0642414245").expect("BABE's digest comes first");
			// After the length of the claim, which is one byte or two.
			let (length, rest) = claim.split_at(2);
			let long = u8::from_str_radix(length, 16).unwrap() & 3 == 1;
			rest[if long { 2 } else { 0 }..].starts_with("01")
		})
		.count()
}

#[test]
fn record_should_be_on_the_winning_fork_when_the_collectors_fork_loses() {
	let folder = tempfile::tempdir().unwrap();
	let spec = folder.path().join("two-validators.json");
	write_local_spec(2, &spec).unwrap();
	// Alice is found at the same port after a restart.
	let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
	let listen = format!("/ip4/127.0.0.1/tcp/{port}");
	let mut alice = Node::start(validator("alice", &spec).with_arg("--listen-addr").with_arg(&listen)).unwrap();
	let peer = alice.request("system_localPeerId", json!([])).unwrap();
	let address = format!("{listen}/p2p/{}", peer.as_str().unwrap());
	let mut bob = Node::start(validator("bob", &spec).with_bootnodes([address])).unwrap();
	bob.wait_for_peers(1, SLOT * 30).unwrap();
	make_collector(&bob);
	let endpoint = Endpoint::new(Conduct::answers(|_| (503, vec![])));
	state(&bob, Charlie, &endpoint.url(), Kind::Development);
	settle(&mut bob);
	// Both have the endpoint for ever.
	let stated = bob.best().unwrap();
	alice.wait_for_finalised(stated, SLOT * 60).unwrap();
	bob.wait_for_finalised(stated, SLOT * 60).unwrap();

	// Bob, alone, collects on a fork of his own.
	alice.kill9();
	let common = bob.finalised().unwrap();
	endpoint.change(serves(&bob, Charlie, Charlie));
	let first = wait_for_record(&mut bob, Charlie, Kind::Development, SLOT * 60);
	let fork = (bob.best().unwrap(), bob.block_hash(bob.best().unwrap()).unwrap().unwrap());
	let weight = won(&bob, common);
	assert!(bob.finalised().unwrap() < fork.0, "the fork is not final");
	bob.kill9();

	// Alice, alone, makes a better one without the record.
	alice.restart().unwrap();
	alice
		.wait("a better fork", SLOT * 150, |alice| {
			let longer = alice.best()? > fork.0 && won(alice, common) > weight;
			Ok(longer.then_some(()))
		})
		.unwrap();
	assert_eq!(record(&alice, Charlie, Kind::Development), None);

	// Bob gives his fork up, and what he collected gets into the common one.
	bob.restart().unwrap();
	bob.wait_for_peers(1, SLOT * 30).unwrap();
	bob.wait("giving the fork up", SLOT * 60, |bob| {
		Ok((bob.block_hash(fork.0)?.is_some_and(|hash| hash != fork.1)).then_some(()))
	})
	.unwrap();
	let again = wait_for_final_record(&mut bob, Charlie, Kind::Development, SLOT * 90);
	let known = wait_for_final_record(&mut alice, Charlie, Kind::Development, SLOT * 60);
	assert_eq!(again, known);
	assert!(again.verified_at > first.verified_at, "it was recorded anew");
	let failures = CollectorFailures::<Runtime>::hashed_key_for(Alice.public());
	assert_eq!(storage::<pallet_attestation::Failures>(&alice, &failures), None);
}
