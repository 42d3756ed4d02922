// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Random calls against a model that knows nothing of the pallet's storage.

use super::*;
use frame_support::{dispatch::GetDispatchInfo, traits::fungible::Inspect};
use proptest::prelude::*;
use sp_runtime::{traits::Dispatchable, DispatchError};
use std::collections::{BTreeMap, BTreeSet};

const PEOPLE: [AccountId32; 4] = [ALICE, BOB, CHARLIE, DAVE];
const KEYS: [&str; 4] = ["a", "b", "agentWallet", ""];
const TAGS: [&str; 3] = ["", "x", "y"];

/// What somebody does. Numbers choose among few, so that calls meet each other.
#[derive(Clone, Debug)]
enum Step {
	Register { uri: Option<u8>, metadata: Vec<(usize, u8)> },
	SetUri { agent: u64, uri: u8 },
	SetMetadata { agent: u64, key: usize, length: u8 },
	Unset { agent: u64 },
	Propose { agent: u64, to: Option<usize> },
	Accept { agent: u64 },
	Transfer { agent: u64, to: usize },
	Approve { agent: u64, to: Option<usize> },
	Operator { to: usize, on: bool },
	Give { agent: u64, value: i16, decimals: u8, tags: (usize, usize) },
	Pay { agent: u64, value: i16, receipt: u32, amount: u16 },
	Revoke { agent: u64, index: u64 },
	Respond { agent: u64, client: usize, index: u64, empty: bool },
	Wait { seconds: u16 },
}

fn any_step() -> impl Strategy<Value = Step> {
	let agent = || 0..3u64;
	let person = || 0..4usize;
	prop_oneof![
		2 => (proptest::option::of(0..3u8), proptest::collection::vec((0..4usize, 0..3u8), 0..4))
			.prop_map(|(uri, metadata)| Step::Register { uri, metadata }),
		1 => (agent(), 0..4u8).prop_map(|(agent, uri)| Step::SetUri { agent, uri }),
		3 => (agent(), 0..4usize, 0..3u8).prop_map(|(agent, key, length)| Step::SetMetadata { agent, key, length }),
		1 => agent().prop_map(|agent| Step::Unset { agent }),
		2 => (agent(), proptest::option::of(person())).prop_map(|(agent, to)| Step::Propose { agent, to }),
		2 => agent().prop_map(|agent| Step::Accept { agent }),
		2 => (agent(), person()).prop_map(|(agent, to)| Step::Transfer { agent, to }),
		1 => (agent(), proptest::option::of(person())).prop_map(|(agent, to)| Step::Approve { agent, to }),
		1 => (person(), any::<bool>()).prop_map(|(to, on)| Step::Operator { to, on }),
		6 => (agent(), any::<i16>(), 0..20u8, (0..3usize, 0..3usize))
			.prop_map(|(agent, value, decimals, tags)| Step::Give { agent, value, decimals, tags }),
		4 => (agent(), any::<i16>(), 0..6u32, 0..5_000u16)
			.prop_map(|(agent, value, receipt, amount)| Step::Pay { agent, value, receipt, amount }),
		3 => (agent(), 0..4u64).prop_map(|(agent, index)| Step::Revoke { agent, index }),
		3 => (agent(), person(), 0..4u64, proptest::bool::weighted(0.1))
			.prop_map(|(agent, client, index, empty)| Step::Respond { agent, client, index, empty }),
		1 => (0..3_000u16).prop_map(|seconds| Step::Wait { seconds }),
	]
}

#[derive(Default)]
struct ModelAgent {
	owner: usize,
	uri: String,
	wallet: Option<usize>,
	proposed: Option<usize>,
	approved: Option<usize>,
	transfers: u32,
	metadata: BTreeMap<usize, Vec<u8>>,
	clients: Vec<usize>,
}

struct ModelFeedback {
	value: i128,
	decimals: u8,
	tags: (usize, usize),
	revoked: bool,
	/// What was paid, and when the feedback was given.
	paid: Option<(u128, u64)>,
}

/// What the registries should be.
#[derive(Default)]
struct Model {
	now: u64,
	agents: Vec<ModelAgent>,
	operators: BTreeSet<(usize, usize)>,
	feedback: BTreeMap<(u64, usize), Vec<ModelFeedback>>,
	receipts: BTreeSet<u32>,
	responses: Vec<(u64, usize, u64, usize)>,
}

type Outcome = Result<(), Error<Test>>;

impl Model {
	fn may_act(&self, who: usize, agent: &ModelAgent) -> bool {
		agent.owner == who || agent.approved == Some(who) || self.operators.contains(&(agent.owner, who))
	}

	/// The agent's number in the list, if it exists and `who` may act for it.
	fn authorized(&self, who: usize, agent: u64) -> Result<usize, Error<Test>> {
		let found = self.agents.get(agent as usize).ok_or(Error::<Test>::NonexistentToken)?;
		if self.may_act(who, found) {
			Ok(agent as usize)
		} else {
			Err(Error::<Test>::NotAuthorized)
		}
	}

	fn rate(
		&mut self,
		who: usize,
		agent: u64,
		value: i128,
		decimals: u8,
		tags: (usize, usize),
		paid: Option<(u32, u128)>,
	) -> Outcome {
		if decimals > 18 {
			return Err(Error::<Test>::TooManyDecimals);
		}
		let found = self.agents.get(agent as usize).ok_or(Error::<Test>::NonexistentToken)?;
		if self.may_act(who, found) {
			return Err(Error::<Test>::SelfFeedback);
		}
		if let Some((receipt, amount)) = paid {
			// Receipts of the test pay Alice.
			if found.owner != 0 && found.wallet != Some(0) {
				return Err(Error::<Test>::NotProvider);
			}
			if amount == 0 {
				return Err(Error::<Test>::NothingPaid);
			}
			if !self.receipts.insert(receipt) {
				return Err(Error::<Test>::ReceiptUsed);
			}
		}
		let now = self.now;
		let clients = &mut self.agents[agent as usize].clients;
		if !clients.contains(&who) {
			clients.push(who);
		}
		let paid = paid.map(|(_, amount)| (amount, now));
		let list = self.feedback.entry((agent, who)).or_default();
		list.push(ModelFeedback { value, decimals, tags, revoked: false, paid });
		Ok(())
	}

	fn apply(&mut self, who: usize, step: &Step) -> Outcome {
		match step.clone() {
			Step::Register { uri, metadata } => {
				if metadata.iter().any(|(key, _)| KEYS[*key] == "agentWallet") {
					return Err(Error::<Test>::ReservedKey);
				}
				let mut agent = ModelAgent { owner: who, wallet: Some(who), ..Default::default() };
				agent.uri = text(uri.unwrap_or(0));
				for (key, length) in metadata {
					set_entry(&mut agent.metadata, key, length);
				}
				self.agents.push(agent);
			}
			Step::SetUri { agent, uri } => {
				let agent = self.authorized(who, agent)?;
				self.agents[agent].uri = text(uri);
			}
			Step::SetMetadata { agent, key, length } => {
				let agent = self.authorized(who, agent)?;
				if KEYS[key] == "agentWallet" {
					return Err(Error::<Test>::ReservedKey);
				}
				set_entry(&mut self.agents[agent].metadata, key, length);
			}
			Step::Unset { agent } => {
				let agent = self.authorized(who, agent)?;
				self.agents[agent].wallet = None;
				self.agents[agent].proposed = None;
			}
			Step::Propose { agent, to } => {
				let agent = self.authorized(who, agent)?;
				self.agents[agent].proposed = to;
			}
			Step::Accept { agent } => {
				let agent = self.agents.get_mut(agent as usize).ok_or(Error::<Test>::NonexistentToken)?;
				if agent.proposed != Some(who) {
					return Err(Error::<Test>::NotProposed);
				}
				agent.proposed = None;
				agent.wallet = Some(who);
			}
			Step::Transfer { agent, to } => {
				let agent = self.authorized(who, agent)?;
				let agent = &mut self.agents[agent];
				(agent.owner, agent.wallet, agent.proposed, agent.approved) = (to, None, None, None);
				agent.transfers += 1;
			}
			Step::Approve { agent, to } => {
				let found = self.agents.get(agent as usize).ok_or(Error::<Test>::NonexistentToken)?;
				if found.owner != who && !self.operators.contains(&(found.owner, who)) {
					return Err(Error::<Test>::NotAuthorized);
				}
				self.agents[agent as usize].approved = to;
			}
			Step::Operator { to, on } => {
				if to == who {
					return Err(Error::<Test>::InvalidOperator);
				}
				if on {
					self.operators.insert((who, to));
				} else {
					self.operators.remove(&(who, to));
				}
			}
			Step::Give { agent, value, decimals, tags } => {
				self.rate(who, agent, value.into(), decimals, tags, None)?;
			}
			Step::Pay { agent, value, receipt, amount } => {
				self.rate(who, agent, value.into(), 0, (0, 0), Some((receipt, amount.into())))?;
			}
			Step::Revoke { agent, index } => {
				let place = index.checked_sub(1).ok_or(Error::<Test>::IndexZero)?;
				let list = self.feedback.get_mut(&(agent, who)).ok_or(Error::<Test>::OutOfBounds)?;
				let feedback = list.get_mut(place as usize).ok_or(Error::<Test>::OutOfBounds)?;
				if core::mem::replace(&mut feedback.revoked, true) {
					return Err(Error::<Test>::AlreadyRevoked);
				}
			}
			Step::Respond { agent, client, index, empty } => {
				let place = index.checked_sub(1).ok_or(Error::<Test>::IndexZero)?;
				if empty {
					return Err(Error::<Test>::EmptyUri);
				}
				let given = self.feedback.get(&(agent, client)).map(Vec::len).unwrap_or(0);
				if place as usize >= given {
					return Err(Error::<Test>::OutOfBounds);
				}
				self.responses.push((agent, client, index, who));
			}
			Step::Wait { seconds } => self.now += u64::from(seconds),
		}
		Ok(())
	}

	/// The standard's summary of what `clients` said, the slow way.
	fn summary(&self, agent: u64, clients: &[usize], tags: (usize, usize)) -> (u64, i128, u8) {
		let counted: Vec<_> = clients
			.iter()
			.flat_map(|client| self.feedback.get(&(agent, *client)).into_iter().flatten())
			.filter(|entry| !entry.revoked)
			.filter(|entry| (tags.0 == 0 || tags.0 == entry.tags.0) && (tags.1 == 0 || tags.1 == entry.tags.1))
			.collect();
		if counted.is_empty() {
			return (0, 0, 0);
		}
		let sum: i128 = counted.iter().map(|entry| entry.value * 10i128.pow(18 - u32::from(entry.decimals))).sum();
		let average = sum / counted.len() as i128;
		let frequency = |decimals| counted.iter().filter(|entry| entry.decimals == decimals).count();
		let most = (0..=18).map(frequency).max().expect("there are 19");
		let mode = (0..=18u8).find(|decimals| frequency(*decimals) == most).expect("one is the most frequent");
		(counted.len() as u64, average / 10i128.pow(18 - u32::from(mode)), mode)
	}

	/// Number, weight and average of what was said with payment.
	fn paid(&self, agent: u64) -> (u64, f64, f64) {
		let entries = self.feedback.iter().filter(|((of, _), _)| *of == agent).flat_map(|(_, list)| list);
		let mut found = (0, 0.0, 0.0);
		for entry in entries.filter(|entry| !entry.revoked) {
			let Some((amount, at)) = entry.paid else { continue };
			let weight = amount as f64 * 0.5f64.powf((self.now - at) as f64 / HALF_LIFE as f64);
			found = (found.0 + 1, found.1 + weight, found.2 + weight * entry.value as f64);
		}
		(found.0, found.1, found.2 / found.1)
	}
}

fn text(number: u8) -> String {
	"u".repeat(number.into())
}

fn set_entry(metadata: &mut BTreeMap<usize, Vec<u8>>, key: usize, length: u8) {
	if length == 0 {
		metadata.remove(&key);
	} else {
		metadata.insert(key, vec![7; length.into()]);
	}
}

/// The call of a step.
fn call(who: usize, step: &Step) -> Call<Test> {
	let person = |number: usize| PEOPLE[number].clone();
	match step.clone() {
		Step::Register { uri: number, metadata } => Call::register {
			uri: number.map(|number| uri(&text(number))),
			card_hash: None,
			metadata: metadata
				.iter()
				.map(|(name, length)| (key(KEYS[*name]), value(&vec![7; (*length).into()])))
				.collect::<Vec<_>>()
				.try_into()
				.expect("they are few"),
		},
		Step::SetUri { agent, uri: number } => Call::set_agent_uri { agent, uri: uri(&text(number)), card_hash: None },
		Step::SetMetadata { agent, key: name, length } => {
			Call::set_metadata { agent, key: key(KEYS[name]), value: value(&vec![7; length.into()]) }
		}
		Step::Unset { agent } => Call::unset_agent_wallet { agent },
		Step::Propose { agent, to } => Call::propose_agent_wallet { agent, wallet: to.map(person) },
		Step::Accept { agent } => Call::accept_agent_wallet { agent },
		Step::Transfer { agent, to } => Call::transfer { agent, to: person(to) },
		Step::Approve { agent, to } => Call::approve { agent, to: to.map(person) },
		Step::Operator { to, on } => Call::set_approval_for_all { operator: person(to), approved: on },
		Step::Give { agent, value, decimals, tags } => {
			Call::give_feedback { agent, feedback: tagged(value.into(), decimals, TAGS[tags.0], TAGS[tags.1]) }
		}
		Step::Pay { agent, value, receipt: index, amount } => Call::give_paid_feedback {
			agent,
			feedback: feedback(value.into(), 0),
			receipt_proof: proof(&receipt(index, person(who), ALICE, amount.into())),
		},
		Step::Revoke { agent, index } => Call::revoke_feedback { agent, index },
		Step::Respond { agent, client, index, empty } => Call::append_response {
			agent,
			client: person(client),
			index,
			uri: uri(if empty { "" } else { "u" }),
			hash: H256::zero(),
		},
		Step::Wait { .. } => unreachable!("time is no call"),
	}
}

/// Compares everything that can be read.
fn compare(model: &Model) {
	assert_eq!(NextAgentId::<Test>::get(), model.agents.len() as u64);
	for (id, agent) in (0u64..).zip(&model.agents) {
		let view = Identity::agent(id).expect("the model has it");
		let person = |number: Option<usize>| number.map(|number| PEOPLE[number].clone());
		assert_eq!(view.owner, PEOPLE[agent.owner]);
		assert_eq!(view.uri, uri(&agent.uri));
		assert_eq!(view.wallet, person(agent.wallet).map(Wallet::Account));
		assert_eq!((view.proposed_wallet, view.approved), (person(agent.proposed), person(agent.approved)));
		assert_eq!((view.transfers, view.metadata_count), (agent.transfers, agent.metadata.len() as u32));
		for (number, name) in KEYS.into_iter().enumerate().filter(|(_, name)| *name != "agentWallet") {
			assert_eq!(metadata(id, name), agent.metadata.get(&number).cloned().unwrap_or_default());
		}
		for (number, account) in PEOPLE.into_iter().enumerate() {
			assert_eq!(Identity::is_authorized_or_owner(account.clone(), id), Ok(model.may_act(number, agent)));
			let given = model.feedback.get(&(id, number)).map(Vec::len).unwrap_or(0);
			assert_eq!(Identity::last_index(id, account), given as u64);
		}
		let clients = agent.clients.iter().map(|number| PEOPLE[*number].clone()).collect::<Vec<_>>();
		assert_eq!(Identity::clients(id, 0, MAX_PAGE).items, clients);
		compare_sums(model, id);
		compare_responses(model, id);
	}
	for (number, account) in PEOPLE.into_iter().enumerate() {
		let owned = model.agents.iter().filter(|agent| agent.owner == number).count();
		assert_eq!(Identity::balance_of(account), owned as u64);
	}
}

fn compare_sums(model: &Model, agent: u64) {
	let all = Identity::summary_all(agent).expect("values are small");
	assert_eq!((all.count, all.value, all.decimals), model.summary(agent, &[0, 1, 2, 3], (0, 0)));
	for numbers in [vec![0], vec![1, 2], vec![3, 1, 3], vec![0, 1, 2, 3]] {
		for tags in [(0, 0), (1, 0), (0, 2), (1, 1)] {
			let clients = numbers.iter().map(|number| PEOPLE[*number].clone()).collect::<Vec<_>>();
			let mut sum = aivm_market_math::FeedbackSum::default();
			let mut start = None;
			loop {
				let (tag1, tag2) = (tag(TAGS[tags.0]), tag(TAGS[tags.1]));
				let page = Identity::summary_page(agent, clients.clone(), tag1, tag2, start, 3).expect("they are few");
				sum.merge(&page.sum).expect("they are few");
				start = page.next;
				if start.is_none() {
					break;
				}
			}
			let sum = sum.summary().expect("values are small");
			assert_eq!((sum.count, sum.value, sum.decimals), model.summary(agent, &numbers, tags));
		}
	}

	let (count, weight, average) = model.paid(agent);
	match Identity::summary_paid(agent).expect("the agent exists") {
		Some(found) => {
			assert_eq!(found.count, count);
			assert!((found.weight as f64 - weight).abs() <= 2.0, "{} is not {weight}", found.weight);
			let value = found.value as f64 / 10f64.powi(found.decimals.into());
			assert!((value - average).abs() <= 0.01, "{value} is not {average}");
		}
		None => assert!(weight < 1.5, "a weight of {weight} is lost"),
	}
}

fn compare_responses(model: &Model, agent: u64) {
	let count = |matches: &dyn Fn(usize, u64, usize) -> bool| {
		let found = model.responses.iter().filter(|entry| entry.0 == agent && matches(entry.1, entry.2, entry.3));
		Ok(found.count() as u64)
	};
	let read = |client: Option<usize>, index, responder: Option<usize>| {
		let person = |number: usize| PEOPLE[number].clone();
		let responders = responder.map(person).into_iter().collect();
		Identity::response_count(agent, client.map(person), index, responders)
	};
	for responder in [None, Some(0), Some(1), Some(2), Some(3)] {
		let by = |who: usize| responder.is_none_or(|responder| responder == who);
		assert_eq!(read(None, 0, responder), count(&|_, _, who| by(who)));
		for client in 0..4 {
			assert_eq!(read(Some(client), 0, responder), count(&|of, _, who| of == client && by(who)));
			for index in 1..4 {
				assert_eq!(
					read(Some(client), index, responder),
					count(&|of, number, who| of == client && number == index && by(who))
				);
			}
		}
	}
}

/// All money there is.
fn wealth() -> Balance {
	frame_system::Account::<Test>::iter_keys().map(|who| Balances::total_balance(&who)).sum()
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

	/// Whatever happens, the pallet does and answers what the model does, failures change nothing, and no unit is lost.
	#[test]
	fn registries_should_agree_with_the_model_when_calls_come_in_any_order(
		steps in proptest::collection::vec((0..4usize, any_step()), 1..80),
	) {
		run_test(|| {
			let mut model = Model { now: START, ..Default::default() };
			let before = wealth();
			for (who, step) in steps {
				let expected = model.apply(who, &step);
				if let Step::Wait { .. } = step {
					set_time(model.now);
					continue;
				}
				let call = RuntimeCall::Identity(call(who, &step));
				let charged = call.get_dispatch_info().call_weight;
				let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
				let (outcome, info) = match call.dispatch(signed(PEOPLE[who].clone())) {
					Ok(info) => (Ok(()), info),
					Err(error) => {
						assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), root);
						(Err(error.error), error.post_info)
					},
				};
				assert_eq!(outcome, expected.map_err(DispatchError::from), "{step:?} by {who}");
				assert!(info.actual_weight.is_none_or(|actual| actual.all_lte(charged)));
			}
			assert_eq!(wealth(), before);
			compare(&model);
		});
	}
}
