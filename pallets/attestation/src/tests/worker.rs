// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker, with endpoints that serve, are slow, lie, say too much, or are down.

use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex},
};

use aivm_attestation::{Error as Invalid, Kind};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{assert_ok, dispatch::GetDispatchInfo, traits::Hooks};
use frame_system::offchain::CreateAuthorizedTransaction;
use sp_core::{
	offchain::{
		testing::TestOffchainExt, Duration, Externalities, HttpError, HttpRequestId, HttpRequestStatus, OffchainDbExt,
		OffchainWorkerExt, OpaqueNetworkState, Timestamp, TransactionPool, TransactionPoolExt,
	},
	sr25519, Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
	generic::Preamble,
	offchain::storage_lock::{StorageLock, Time},
	traits::DispatchTransaction,
};

use crate::{
	evidence::{self, RawCollateral},
	mock::*,
	worker::{Failure, FailureKind, Status, BUDGET, LONGEST_PAUSE, MAX_FETCHES, SETTLE, SHORTEST_PAUSE, STATUS_KEY},
	Evidence, Records, Refusal, KEY_TYPE,
};

/// What an endpoint does.
#[derive(Clone)]
enum Endpoint {
	/// Answers with these bytes.
	Serves(Vec<u8>),
	/// Never answers.
	Slow,
	/// Closes the connection.
	Down,
	/// Answers with this status.
	Refuses(u16),
	/// Sends a byte each 100 ms, for ever.
	Drips,
	/// Sends as fast as it can, for ever.
	Floods,
}

/// The world outside: endpoints by their address, requests, and the clock in milliseconds.
#[derive(Default)]
struct World {
	now: u64,
	endpoints: BTreeMap<String, Endpoint>,
	requests: Vec<(String, Endpoint, usize)>,
}

#[derive(Clone, Default)]
struct Net(Arc<Mutex<World>>);

impl Net {
	fn set(&self, url: &str, endpoint: Endpoint) {
		self.0.lock().unwrap().endpoints.insert(url.into(), endpoint);
	}

	fn now(&self) -> u64 {
		self.0.lock().unwrap().now
	}

	fn wait(&self, milliseconds: u64) {
		self.0.lock().unwrap().now += milliseconds;
	}

	/// What was asked for since the last call.
	fn requests(&self) -> Vec<String> {
		std::mem::take(&mut self.0.lock().unwrap().requests).into_iter().map(|(uri, ..)| uri).collect()
	}
}

impl Externalities for Net {
	fn is_validator(&self) -> bool {
		false
	}

	fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
		Err(())
	}

	fn timestamp(&mut self) -> Timestamp {
		Timestamp::from_unix_millis(self.now())
	}

	fn sleep_until(&mut self, deadline: Timestamp) {
		self.0.lock().unwrap().now = deadline.unix_millis();
	}

	fn random_seed(&mut self) -> [u8; 32] {
		[0; 32]
	}

	fn http_request_start(&mut self, method: &str, uri: &str, _: &[u8]) -> Result<HttpRequestId, ()> {
		assert_eq!(method, "GET");
		let mut world = self.0.lock().unwrap();
		let base = uri.split_once("/attestation?nonce=").or(uri.split_once("/proofs?task=")).ok_or(())?.0;
		let endpoint = world.endpoints.get(base).cloned().ok_or(())?;
		world.requests.push((uri.into(), endpoint, 0));
		Ok(HttpRequestId(world.requests.len() as u16 - 1))
	}

	fn http_request_add_header(&mut self, _: HttpRequestId, _: &str, _: &str) -> Result<(), ()> {
		Ok(())
	}

	fn http_request_write_body(
		&mut self,
		_: HttpRequestId,
		_: &[u8],
		deadline: Option<Timestamp>,
	) -> Result<(), HttpError> {
		assert!(deadline.is_some(), "nothing waits without end");
		Ok(())
	}

	fn http_response_wait(&mut self, ids: &[HttpRequestId], deadline: Option<Timestamp>) -> Vec<HttpRequestStatus> {
		let mut world = self.0.lock().unwrap();
		let statuses: Vec<_> = ids
			.iter()
			.map(|id| match world.requests[id.0 as usize].1 {
				Endpoint::Slow => HttpRequestStatus::DeadlineReached,
				Endpoint::Down => HttpRequestStatus::IoError,
				Endpoint::Refuses(code) => HttpRequestStatus::Finished(code),
				_ => HttpRequestStatus::Finished(200),
			})
			.collect();
		let waited = statuses.iter().any(|status| matches!(status, HttpRequestStatus::DeadlineReached));
		world.now = if waited { deadline.unwrap().unix_millis() } else { world.now + 50 };
		statuses
	}

	fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
		vec![]
	}

	fn http_response_read_body(
		&mut self,
		id: HttpRequestId,
		buffer: &mut [u8],
		deadline: Option<Timestamp>,
	) -> Result<usize, HttpError> {
		let mut world = self.0.lock().unwrap();
		if world.now > deadline.unwrap().unix_millis() {
			return Err(HttpError::DeadlineReached);
		}
		let (_, endpoint, read) = &mut world.requests[id.0 as usize];
		match endpoint.clone() {
			Endpoint::Serves(body) => {
				let count = buffer.len().min(body.len() - *read);
				buffer[..count].copy_from_slice(&body[*read..*read + count]);
				*read += count;
				Ok(count)
			}
			Endpoint::Drips => {
				world.now += 100;
				Ok(1)
			}
			Endpoint::Floods => Ok(buffer.len()),
			_ => Err(HttpError::IoError),
		}
	}

	fn set_authorized_nodes(&mut self, _: Vec<sp_core::OpaquePeerId>, _: bool) {}
}

/// The transactions that were submitted.
#[derive(Clone, Default)]
struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl TransactionPool for Pool {
	fn submit_transaction(&mut self, transaction: Vec<u8>) -> Result<(), ()> {
		self.0.lock().unwrap().push(transaction);
		Ok(())
	}
}

/// A node with a collector's key, and the world around it.
struct Node {
	net: Net,
	pool: Pool,
	database: TestOffchainExt,
}

impl Node {
	fn new(key: Option<&str>) -> (Self, sp_io::TestExternalities) {
		let mut chain = new_chain(true, false);
		let (net, pool, (database, _)) = (Net::default(), Pool::default(), TestOffchainExt::new());
		net.wait(NOW * 1_000);
		let keystore = MemoryKeystore::new();
		if let Some(key) = key {
			keystore.sr25519_generate_new(KEY_TYPE, Some(key)).unwrap();
		}
		chain.register_extension(KeystoreExt::new(keystore));
		chain.register_extension(OffchainWorkerExt::new(net.clone()));
		chain.register_extension(OffchainDbExt::new(database.clone()));
		chain.register_extension(TransactionPoolExt::new(pool.clone()));
		(Self { net, pool, database }, chain)
	}

	/// Runs the worker, which must keep to its time. Returns what it submitted.
	fn work(&self) -> Vec<Extrinsic> {
		let before = self.net.now();
		Attestation::offchain_worker(System::block_number());
		let took = self.net.now() - before;
		assert!(took <= BUDGET + 200, "a run took {took} ms");
		let transactions = std::mem::take(&mut *self.pool.0.lock().unwrap());
		transactions.iter().map(|bytes| Extrinsic::decode(&mut &bytes[..]).unwrap()).collect()
	}

	fn status(&self) -> Status {
		let stored = self.database.0.read().persistent_storage.get(STATUS_KEY).unwrap();
		Status::decode(&mut &stored[..]).unwrap()
	}

	/// Why the worker submitted nothing.
	fn failure(&self) -> FailureKind {
		let before = self.status_or_none().map_or(0, |status| status.failed);
		assert_eq!(self.work(), []);
		let status = self.status();
		assert_eq!(status.failed, before + 1);
		status.last_failure.unwrap().kind
	}

	fn status_or_none(&self) -> Option<Status> {
		self.database
			.0
			.read()
			.persistent_storage
			.get(STATUS_KEY)
			.map(|stored| Status::decode(&mut &stored[..]).unwrap())
	}
}

/// Runs `test` on a node with a collector's key.
fn run_node(test: impl FnOnce(&Node)) {
	let (node, mut chain) = Node::new(Some("//Collector"));
	chain.execute_with(|| {
		test(&node);
		Attestation::do_try_state().unwrap();
	});
}

const URL: &str = "http://127.0.0.1:1";

/// States that a provider serves a kind of evidence there.
fn state(key: &sr25519::Pair, url: &str, kind: Kind) {
	let url = url.as_bytes().to_vec().try_into().unwrap();
	assert_ok!(Attestation::set_endpoint(signed(&key.public().into()), url, kind, None));
}

/// Serves a development attestation that answers the challenge.
fn serve(node: &Node, key: &sr25519::Pair, url: &str) {
	node.net.set(url, Endpoint::Serves(development(key).encode()));
}

/// Puts a transaction into a block.
fn include(transaction: Extrinsic) {
	let call = transaction.function;
	assert!(matches!(transaction.preamble, Preamble::General(_)));
	let extension = <Test as CreateAuthorizedTransaction<crate::Call<Test>>>::create_extension();
	let info = call.get_dispatch_info();
	extension.dispatch_transaction(RuntimeOrigin::none(), call, &info, 0, 0).unwrap().unwrap();
}

#[test]
fn evidence_should_be_collected_once_in_each_period() {
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		serve(node, &alice_key(), URL);
		let submitted = node.work();
		assert_eq!(submitted.len(), 1);
		let nonce = hex::encode(Attestation::challenge(alice()).unwrap().nonce);
		assert_eq!(node.net.requests(), [format!("{URL}/attestation?nonce={nonce}")]);
		assert_eq!(Records::<Test>::iter().count(), 0, "the worker itself records nothing");
		for transaction in submitted {
			include(transaction);
		}
		assert_eq!(Attestation::valid_kinds(alice()), [Kind::Development]);
		node.net.wait(SETTLE);
		assert_eq!(node.work(), []);
		assert_eq!(node.net.requests(), [""; 0]);

		next_period();
		serve(node, &alice_key(), URL);
		assert_eq!(node.work().len(), 1);
		let status = node.status();
		assert_eq!(
			(status.collector, status.runs, status.submitted, status.failed),
			(collector_key().public(), 3, 2, 0)
		);
		assert_eq!((status.scanned, status.due, status.waiting, status.block), (1, 1, 0, PERIOD));
	});
}

#[test]
fn recorded_evidence_of_hardware_should_be_collected() {
	run_node(|node| {
		set_time(1_751_624_924);
		submit_all(&RawCollateral::recorded("tdx_quote").pieces());
		state(&alice_key(), URL, Kind::Tdx);
		node.net.set(URL, Endpoint::Serves(evidence::recorded_quote("tdx_quote").encode()));
		for transaction in node.work() {
			include(transaction);
		}
		assert_eq!(Attestation::valid_kinds(alice()), [Kind::Tdx]);
	});
}

#[test]
fn node_should_do_nothing_when_it_has_no_collectors_key() {
	for key in [None, Some("//Stranger")] {
		let (node, mut chain) = Node::new(key);
		chain.execute_with(|| {
			state(&alice_key(), URL, Kind::Development);
			serve(&node, &alice_key(), URL);
			assert_eq!(node.work(), []);
			assert_eq!(node.net.requests(), [""; 0]);
			assert_eq!(node.status_or_none(), None);
		});
	}
}

#[test]
fn failing_endpoints_should_be_told_apart_and_nothing_be_submitted() {
	let invalid = |invalid| FailureKind::Invalid(Refusal::Invalid(invalid));
	for (endpoint, expected) in [
		(Endpoint::Slow, FailureKind::Slow),
		(Endpoint::Drips, FailureKind::Slow),
		(Endpoint::Down, FailureKind::Unreachable),
		(Endpoint::Refuses(503), FailureKind::Status(503)),
		(Endpoint::Floods, FailureKind::TooLong),
		(Endpoint::Serves(vec![]), FailureKind::NoEvidence),
		(Endpoint::Serves(vec![0xff; 3_000]), FailureKind::NoEvidence),
		(Endpoint::Serves(vec![0; Evidence::max_encoded_len() + 1]), FailureKind::TooLong),
		(
			Endpoint::Serves([development_for(&alice_key(), [0; 64]).encode(), vec![0]].concat()),
			FailureKind::NoEvidence,
		),
	] {
		run_node(|node| {
			state(&alice_key(), URL, Kind::Development);
			node.net.set(URL, endpoint);
			assert_eq!(node.failure(), expected);
		});
	}
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		// Nobody is there.
		assert_eq!(node.failure(), FailureKind::Unreachable);
	});
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		// Another provider's, another purpose's, and a quote that was changed.
		serve(node, &bob_key(), URL);
		assert_eq!(node.failure(), FailureKind::Invalid(Refusal::ForeignKey));
		node.net.wait(LONGEST_PAUSE);
		let unbound = development_for(&alice_key(), [0; 64]);
		node.net.set(URL, Endpoint::Serves(unbound.encode()));
		assert_eq!(node.failure(), invalid(Invalid::Binding));
	});
}

#[test]
fn pauses_should_double_until_an_endpoint_serves_again() {
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		node.net.set(URL, Endpoint::Down);
		let mut pause = SHORTEST_PAUSE;
		for _ in 0..12 {
			assert_eq!(node.failure(), FailureKind::Unreachable);
			node.net.requests();
			node.net.wait(pause - 100);
			assert_eq!(node.work(), []);
			assert_eq!((node.net.requests(), node.status().waiting), (vec![], 1));
			node.net.wait(100);
			pause = (pause * 2).min(LONGEST_PAUSE);
		}
		serve(node, &alice_key(), URL);
		assert_eq!(node.work().len(), 1);
		// It starts anew.
		node.net.set(URL, Endpoint::Down);
		node.net.wait(SETTLE);
		assert_eq!(node.failure(), FailureKind::Unreachable);
		node.net.wait(SHORTEST_PAUSE);
		assert_eq!(node.failure(), FailureKind::Unreachable);
	});
}

#[test]
fn bad_endpoints_should_not_keep_good_ones_from_being_collected() {
	run_node(|node| {
		// More bad ones than a run asks.
		let bad = MAX_FETCHES as u8 * 2;
		for number in 0..bad {
			let key = sr25519::Pair::from_seed(&[100 + number; 32]);
			let account = key.public().into();
			let transfer = pallet_balances::Pallet::<Test>::transfer_allow_death(signed(&bob()), account, 10_000);
			assert_ok!(transfer);
			let url = format!("http://127.0.0.1:{}", 100 + u16::from(number));
			state(&key, &url, Kind::Development);
			let endpoints = [Endpoint::Slow, Endpoint::Drips, Endpoint::Down, Endpoint::Floods];
			node.net.set(&url, endpoints[usize::from(number % 4)].clone());
		}
		state(&alice_key(), URL, Kind::Development);
		serve(node, &alice_key(), URL);
		let mut submitted = vec![];
		for _ in 0..6 {
			submitted.extend(node.work());
			node.net.wait(2_000);
		}
		assert_eq!(submitted.len(), 1);
		include(submitted.remove(0));
		assert_eq!(Attestation::valid_kinds(alice()), [Kind::Development]);
	});
}

#[test]
fn provider_should_be_due_again_when_a_fork_loses_its_record() {
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		serve(node, &alice_key(), URL);
		let submitted = node.work();
		assert_eq!(submitted.len(), 1);
		// The transaction has some time to get into a block.
		assert_eq!(node.work(), []);
		node.net.wait(SETTLE - 200);
		assert_eq!(node.work(), []);
		// The best block still has no record: it was on another fork, or never in a block.
		node.net.wait(200);
		let again = node.work();
		assert_eq!(again.len(), 1);
		include(again.into_iter().next().unwrap());
		// On a block on which it is not there, it is due although it was seen.
		node.net.wait(SETTLE);
		assert_eq!(node.work(), []);
		assert_ok!(Attestation::remove_record(signed(&alice()), alice(), Kind::Development));
		assert_eq!(node.work().len(), 1);
	});
}

#[test]
fn run_should_wait_for_another_one_but_not_for_one_that_crashed() {
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		serve(node, &alice_key(), URL);
		let longest = Duration::from_millis(2 * BUDGET);
		let mut lock = StorageLock::<Time>::with_deadline(b"aivm/attestation/lock", longest);
		// As if the node stopped before it ended.
		lock.try_lock().unwrap().forget();
		assert_eq!(node.work(), []);
		assert_eq!(node.net.requests(), [""; 0]);
		node.net.wait(2 * BUDGET + 1);
		assert_eq!(node.work().len(), 1);
	});
}

#[test]
fn nothing_should_be_submitted_when_the_provider_cannot_pay() {
	run_node(|node| {
		state(&alice_key(), URL, Kind::Development);
		serve(node, &alice_key(), URL);
		let free = pallet_balances::Pallet::<Test>::free_balance(alice());
		assert_ok!(pallet_balances::Pallet::<Test>::transfer_allow_death(signed(&alice()), bob(), free - 20));
		assert_eq!(node.failure(), FailureKind::Invalid(Refusal::Deposit));
	});
}

/// Lets tasks wait for the proofs of providers.
fn wait_for(tasks: &[(u64, &sr25519::Pair)]) {
	WaitingTasks::set(&tasks.iter().map(|(task, key)| (*task, key.public().into())).collect::<Vec<_>>());
}

/// States an endpoint of which no attestation is due.
fn state_proofs(key: &sr25519::Pair, url: &str) {
	state(key, url, Kind::Development);
	assert_ok!(attest(&key.public().into(), &development(key)));
}

#[test]
fn proofs_should_be_collected_one_of_each_provider_in_a_run() {
	const OTHER: &str = "http://127.0.0.1:2";
	run_node(|node| {
		state_proofs(&alice_key(), URL);
		state_proofs(&bob_key(), OTHER);
		wait_for(&[(3, &alice_key()), (4, &alice_key()), (5, &bob_key()), (6, &collector_key())]);
		node.net.set(URL, Endpoint::Serves(3u64.encode()));
		node.net.set(OTHER, Endpoint::Serves(5u64.encode()));
		node.work();
		assert_eq!(node.net.requests(), [format!("{URL}/proofs?task=3"), format!("{OTHER}/proofs?task=5")]);
		assert_eq!(WaitingTasks::get().iter().map(|(task, _)| *task).collect::<Vec<_>>(), [4, 6]);
		node.net.set(URL, Endpoint::Serves(4u64.encode()));
		node.work();
		// Who has no endpoint is not asked.
		assert_eq!(node.net.requests(), [format!("{URL}/proofs?task=4")]);
		let status = node.status();
		assert_eq!((status.submitted, status.failed, status.due, status.waiting), (3, 0, 1, 0));
		// A fork loses the settlement of a task: it is due again, once its transaction had time to get into a block.
		wait_for(&[(4, &alice_key())]);
		node.work();
		assert_eq!((node.net.requests(), node.status().waiting), (vec![], 1));
		node.net.wait(SETTLE);
		node.work();
		assert!(WaitingTasks::get().is_empty());
	});
}

#[test]
fn proof_that_is_not_there_yet_should_keep_no_other_waiting() {
	run_node(|node| {
		state_proofs(&alice_key(), URL);
		wait_for(&[(3, &alice_key()), (4, &alice_key())]);
		node.net.set(URL, Endpoint::Refuses(404));
		node.work();
		assert_eq!(node.net.requests(), [format!("{URL}/proofs?task=3")]);
		assert_eq!((node.status().failed, node.status().submitted), (0, 0));
		node.net.set(URL, Endpoint::Serves(4u64.encode()));
		node.work();
		assert_eq!(node.net.requests(), [format!("{URL}/proofs?task=4")]);
		node.work();
		assert_eq!((node.net.requests(), node.status().waiting), (vec![], 1));
		node.net.set(URL, Endpoint::Serves(3u64.encode()));
		node.net.wait(SHORTEST_PAUSE);
		node.work();
		assert!(WaitingTasks::get().is_empty());
	});
}

#[test]
fn failing_proofs_should_be_told_apart_and_pause_the_provider() {
	for (endpoint, expected) in [
		(Endpoint::Slow, FailureKind::Slow),
		(Endpoint::Drips, FailureKind::Slow),
		(Endpoint::Down, FailureKind::Unreachable),
		(Endpoint::Refuses(503), FailureKind::Status(503)),
		(Endpoint::Floods, FailureKind::TooLong),
		(Endpoint::Serves(vec![]), FailureKind::NoProof),
		(Endpoint::Serves(vec![0; 9]), FailureKind::TooLong),
		(Endpoint::Serves(9u64.encode()), FailureKind::InvalidProof("NotConvincing".into())),
	] {
		run_node(|node| {
			state_proofs(&alice_key(), URL);
			wait_for(&[(3, &alice_key()), (4, &alice_key())]);
			node.net.set(URL, endpoint);
			assert_eq!(node.failure(), expected);
			let Failure { provider, task, .. } = node.status().last_failure.unwrap();
			assert_eq!((provider, task), (alice(), Some(3)));
			assert_eq!(WaitingTasks::get().len(), 2);
			node.net.requests();
			node.net.wait(SHORTEST_PAUSE - 100);
			node.work();
			assert_eq!(node.net.requests(), [""; 0]);
			node.net.wait(100);
			node.net.set(URL, Endpoint::Serves(3u64.encode()));
			node.work();
			assert_eq!(node.net.requests(), [format!("{URL}/proofs?task=3")]);
			assert_eq!(WaitingTasks::get().len(), 1);
		});
	}
}
