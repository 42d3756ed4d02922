// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! Transactions and storage of a running node, in the types of the runtime that it runs.

use aivm_attestation::{development::Development, Binding, Kind, Subject, Window};
use aivm_devnet::Node;
use aivm_runtime::{AccountId, Hash, Runtime, RuntimeCall, Signature, SignedPayload, UncheckedExtrinsic, VERSION};
use codec::{Decode, Encode};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_attestation::{Call as Attest, DevicesEvidence, Evidence, MachineEvidence, Record, Records};
use serde_json::{json, Value};
use sp_core::crypto::Ss58Codec;
use sp_keyring::Sr25519Keyring;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub const SLOT: Duration = Duration::from_secs(2);

/// Hash of the chain's first block.
pub fn genesis(node: &Node) -> Hash {
	node.block_hash(0).unwrap().unwrap().parse().unwrap()
}

/// Puts a call that `signer` signed into the node's pool.
pub fn submit(node: &Node, signer: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	let (call, account): (RuntimeCall, AccountId) = (call.into(), signer.to_account_id());
	let nonce = node.request("system_accountNextIndex", json!([account.to_ss58check()])).unwrap();
	let nonce = u32::try_from(nonce.as_u64().unwrap()).unwrap();
	let mut extension = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
	extension.6 = frame_system::CheckNonce::from(nonce);
	let genesis = genesis(node);
	let versions = (VERSION.spec_version, VERSION.transaction_version);
	let implicit = ((), (), versions.0, versions.1, genesis, genesis, (), (), (), (), None, ());
	let payload = SignedPayload::from_raw(call, extension, implicit);
	let signature = payload.using_encoded(|bytes| signer.sign(bytes));
	let (call, extension, _) = payload.deconstruct();
	let transaction = UncheckedExtrinsic::new_signed(call, account.into(), Signature::Sr25519(signature), extension);
	node.request("author_submitExtrinsic", json!([hex(&transaction.encode())])).unwrap();
}

/// Waits until the node's pool is empty: what was submitted is in blocks.
pub fn settle(node: &mut Node) {
	node.wait("including the transactions", SLOT * 20, |node| {
		let pending = node.request("author_pendingExtrinsics", json!([]))?;
		Ok(pending.as_array().is_some_and(Vec::is_empty).then_some(()))
	})
	.unwrap();
}

fn hex(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// What the state of the best block has under a key.
pub fn storage<V: Decode>(node: &Node, key: &[u8]) -> Option<V> {
	storage_at(node, key, Value::Null)
}

/// What the state of a block has under a key.
pub fn storage_at<V: Decode>(node: &Node, key: &[u8], block: Value) -> Option<V> {
	let value = node.request("state_getStorage", json!([hex(key), block])).unwrap();
	let bytes = hex::decode(value.as_str()?.trim_start_matches("0x")).unwrap();
	Some(V::decode(&mut &bytes[..]).unwrap())
}

/// What a provider's evidence proved, by the state of the best block.
pub fn record(node: &Node, provider: Sr25519Keyring, kind: Kind) -> Option<Record> {
	record_at(node, provider, kind, Value::Null)
}

/// The same by the state of another block.
pub fn record_at(node: &Node, provider: Sr25519Keyring, kind: Kind, block: Value) -> Option<Record> {
	let key = Records::<Runtime>::hashed_key_for(provider.to_account_id(), kind);
	storage_at::<pallet_attestation::StoredRecord>(node, &key, block).map(|stored| stored.record)
}

/// Waits until a record is in the state of the best block.
pub fn wait_for_record(node: &mut Node, provider: Sr25519Keyring, kind: Kind, timeout: Duration) -> Record {
	node.wait(&format!("a record of {provider:?}"), timeout, |node| Ok(record(node, provider, kind))).unwrap()
}

/// The same for a finalised block.
pub fn wait_for_final_record(node: &mut Node, provider: Sr25519Keyring, kind: Kind, timeout: Duration) -> Record {
	node.wait(&format!("a final record of {provider:?}"), timeout, |node| {
		let head = node.request("chain_getFinalizedHead", json!([]))?;
		Ok(record_at(node, provider, kind, head))
	})
	.unwrap()
}

/// Makes a node a collector, with the key of Alice, whom the chains for development know as one.
pub fn make_collector(node: &Node) {
	let key = hex(&Sr25519Keyring::Alice.public().0);
	node.request("author_insertKey", json!(["aivm", "//Alice", key])).unwrap();
}

/// What the node's collector did.
pub fn status(node: &Node) -> Value {
	node.request("aivm_collectorStatus", json!([])).unwrap()
}

/// States where a provider serves which kind of evidence.
pub fn state(node: &Node, provider: Sr25519Keyring, url: &str, kind: Kind) {
	let url = url.as_bytes().to_vec().try_into().unwrap();
	submit(node, provider, Attest::<Runtime>::set_endpoint { url, kind, workload: None });
}

/// A development attestation that `key` signs, for the challenge of `provider` in a request to an endpoint.
pub fn development(genesis: Hash, key: Sr25519Keyring, provider: Sr25519Keyring, path: &str) -> Evidence {
	let nonce = path.strip_prefix("/attestation?nonce=").expect("nothing else is asked for");
	let nonce = hex::decode(nonce).unwrap().try_into().unwrap();
	let binding = Binding { genesis: genesis.0, provider: provider.public().0, subject: Subject::Nonce(nonce) };
	let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
	let mut development = Development {
		key: key.public().0,
		claim: [5; 32],
		report_data: binding.report_data(&[]),
		window: Window { from: now - 60, until: now + 3_600 },
		signature: [0; 64],
	};
	development.signature = key.sign(&development.message()).0;
	Evidence::Machine { machine: MachineEvidence::Development(development), devices: DevicesEvidence::new() }
}

/// Measures whether a node keeps making blocks.
pub struct Pace {
	height: u32,
	started: Instant,
}

impl Pace {
	pub fn start(node: &Node) -> Self {
		Self { height: node.best().unwrap(), started: Instant::now() }
	}

	/// A lonely validator makes a block in each slot. Some may be late on a machine that does much else.
	pub fn check(&self, node: &Node) {
		let made = node.best().unwrap() - self.height;
		let slots = self.started.elapsed().as_millis() / SLOT.as_millis();
		assert!(u128::from(made) + 1 >= slots * 3 / 4, "{made} blocks in {slots} slots");
	}
}
