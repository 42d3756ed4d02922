// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! A chain that was started with the production preset.

use super::*;
use aivm_devnet::{write_production_spec, Chain};
use pallet_attestation::AllowDevelopment;

#[test]
fn development_attestations_should_be_refused_on_a_production_chain() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("production.json");
	write_production_spec(1, &path).unwrap();
	let config = NodeConfig { chain: Chain::Spec(path), ..NodeConfig::validator("alice") };
	let mut node = Node::start(config.with_arg("--offchain-worker").with_arg("always")).unwrap();
	node.wait_for_best(1, SLOT * 20).unwrap();
	assert_eq!(storage::<bool>(&node, &AllowDevelopment::<Runtime>::hashed_key()), Some(false));

	// Neither from the provider itself, …
	let nonce = hex::encode([7; 32]);
	let evidence = development(genesis(&node), Bob, Bob, &format!("/attestation?nonce={nonce}"));
	submit(&node, Bob, Attest::<Runtime>::attest { evidence: Box::new(evidence), workload: None });
	// … nor from an endpoint.
	make_collector(&node);
	let endpoint = Endpoint::new(serves(&node, Bob, Bob));
	state(&node, Bob, &endpoint.url(), Kind::Development);
	settle(&mut node);
	let best = node.best().unwrap();
	node.wait_for_best(best + 3, SLOT * 20).unwrap();
	assert_eq!(record(&node, Bob, Kind::Development), None);
	assert!(endpoint.asked().is_empty(), "the endpoint could not be stated");
	assert_eq!(status(&node)["failed"], 0);
}
