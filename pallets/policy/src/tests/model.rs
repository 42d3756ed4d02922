// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The chain against an independent model of the policy.
//!
//! The model knows the calls as a tree of its own, keeps the full list of payments, and asks each rule of the list. It
//! shares no code with the pallet besides the types of a policy and the runtime's fee and weight of a call.

use aivm_traits::{AssetKind, Balance};
use codec::Encode;
use frame_support::{assert_ok, dispatch::GetDispatchInfo, weights::Weight};
use proptest::prelude::*;
use sp_core::crypto::AccountId32;
use std::collections::{BTreeMap, BTreeSet};

use crate::{mock::*, CallRule, Destinations, Event, Hours, Limit, Models, Policy as Rules, Refusal};

/// SplitMix64: small, and every seed is good.
pub struct Random(pub u64);

impl Random {
	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut mixed = self.0;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	pub fn below(&mut self, bound: u64) -> u64 {
		self.next() % bound
	}

	pub fn one_in(&mut self, chances: u64) -> bool {
		self.below(chances) == 0
	}

	pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
		list[self.below(list.len() as u64) as usize].clone()
	}

	/// Each element with a chance.
	fn subset<T: Clone>(&mut self, list: &[T], chances: u64) -> Vec<T> {
		list.iter().filter(|_| !self.one_in(chances)).cloned().collect()
	}
}

/// A canonical policy that allows much, with some rule or other that is strict.
pub fn random_policy(random: &mut Random) -> Rules {
	let mut limits = Vec::new();
	for asset in [AssetKind::Native, AssetKind::Asset(1), AssetKind::Asset(2)] {
		let unit = if asset == AssetKind::Native { UNIT } else { 1 };
		let amount = |most: u64, random: &mut Random| Balance::from(1 + random.below(most)) * unit;
		let limit = Limit {
			asset,
			per_transaction: amount(12, random),
			per_day: amount(60, random),
			lifetime: amount(600, random),
		};
		if !random.one_in(if asset == AssetKind::Native { 20 } else { 4 }) {
			limits.push(limit);
		}
	}
	let pallets = random.subset(&[0, 2, 4, 5, 6, 9, 14], 60);
	let mut calls = pallets.into_iter().map(|pallet| CallRule { pallet, call: None }).collect::<Vec<_>>();
	if random.one_in(12) {
		// Only some calls of the shop, and only one batch.
		calls.retain(|rule| rule.pallet != 14 && rule.pallet != 4);
		calls.extend([CallRule { pallet: 4, call: Some(2) }, CallRule { pallet: 14, call: Some(0) }]);
		calls.sort();
	}
	let receivers = [bob(), carol()];
	let destinations = if random.one_in(8) {
		Destinations::Only(random.subset(&receivers, 3).try_into().unwrap())
	} else {
		Destinations::Any
	};
	let denied = if random.one_in(10) { random.subset(&receivers, 2) } else { Vec::new() };
	let hours = if random.one_in(6) {
		Hours::Weekly(
			core::array::from_fn(|_| random.next() as u32 | random.next() as u32).map(|mask| mask & 0xff_ffff),
		)
	} else {
		Hours::Always
	};
	Rules {
		limits: limits.try_into().unwrap(),
		calls: calls.try_into().unwrap(),
		destinations,
		denied: denied.try_into().unwrap(),
		hours,
		max_weight: if random.one_in(16) {
			Weight::from_parts(random.below(1_000_000_000), u64::MAX)
		} else {
			Weight::from_parts(1_000_000_000_000, u64::MAX)
		},
		max_fee: if random.one_in(16) { random.below(20_000).into() } else { UNIT },
		transactions_per_hour: if random.one_in(4) { 1 + random.below(4) as u32 } else { 1_000 },
		models: if random.one_in(6) {
			Models::Only(random.subset(&[1, 2, 3], 3).try_into().unwrap())
		} else {
			Models::Any
		},
		max_task_price: Balance::from(1 + random.below(10)) * UNIT,
		expires: random.one_in(16).then(|| MONDAY + random.below(7 * 86_400)),
		loosening_delay: random.below(1_000),
	}
}

/// A call, as the model sees it.
#[derive(Clone, Debug)]
enum Op {
	Remark,
	Pay { to: AccountId32, amount: Balance },
	PayAsset { asset: u32, to: AccountId32, amount: Balance },
	Infer { model: u32, max: Balance },
	Buy { price: Balance },
	Order { price: Balance },
	AddProxy,
	Wrap(Wrapper, Vec<Op>),
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Wrapper {
	Batch,
	BatchAll,
	ForceBatch,
	Derivative,
	Proxy,
	Multisig,
}

impl Op {
	fn random(random: &mut Random, depth: u32) -> Self {
		let to = random.pick(&[bob(), carol(), agent()]);
		let amount = match random.below(6) {
			0 => Balance::from(1 + random.below(12)) * UNIT,
			1 => Balance::from(1 + random.below(12)) * UNIT + 1,
			_ => Balance::from(1 + random.below(3 * UNIT as u64)),
		};
		match random.below(if depth < 3 { 11 } else { 8 }) {
			0 => Self::Remark,
			1 | 2 => Self::Pay { to, amount },
			3 => Self::PayAsset { asset: 1 + random.below(3) as u32, to, amount: Balance::from(1 + random.below(14)) },
			4 => Self::Infer { model: 1 + random.below(3) as u32, max: amount },
			5 => Self::Buy { price: amount },
			6 => Self::Order { price: amount },
			7 if random.one_in(4) => Self::AddProxy,
			7 => Self::Remark,
			_ => {
				let all = [
					Wrapper::Batch,
					Wrapper::BatchAll,
					Wrapper::ForceBatch,
					Wrapper::Derivative,
					Wrapper::Proxy,
					Wrapper::Multisig,
				];
				let wrapper = random.pick(&all);
				let count = if wrapper.is_batch() { 1 + random.below(3) } else { 1 };
				Self::Wrap(wrapper, (0..count).map(|_| Self::random(random, depth + 1)).collect())
			}
		}
	}

	fn call(&self) -> RuntimeCall {
		match self {
			Self::Remark => remark(3),
			Self::Pay { to, amount } => transfer(to, *amount),
			Self::PayAsset { asset, to, amount } => {
				pallet_assets::Call::transfer_keep_alive { id: *asset, target: to.clone(), amount: *amount }.into()
			}
			Self::Infer { model, max } => shop::Call::infer { model: *model, max_payment: *max }.into(),
			Self::Buy { price } => shop::Call::buy { price: *price }.into(),
			Self::Order { price } => shop::Call::order { price: *price }.into(),
			Self::AddProxy => {
				pallet_proxy::Call::add_proxy { delegate: carol(), proxy_type: ProxyType::Any, delay: 0 }.into()
			}
			Self::Wrap(wrapper, inner) => {
				let calls = inner.iter().map(Self::call).collect::<Vec<_>>();
				let call = || Box::new(calls[0].clone());
				match wrapper {
					Wrapper::Batch => pallet_utility::Call::batch { calls }.into(),
					Wrapper::BatchAll => pallet_utility::Call::batch_all { calls }.into(),
					Wrapper::ForceBatch => pallet_utility::Call::force_batch { calls }.into(),
					Wrapper::Derivative => pallet_utility::Call::as_derivative { index: 7, call: call() }.into(),
					Wrapper::Proxy => {
						pallet_proxy::Call::proxy { real: bob(), force_proxy_type: None, call: call() }.into()
					}
					Wrapper::Multisig => {
						let other_signatories = vec![carol()];
						pallet_multisig::Call::as_multi_threshold_1 { other_signatories, call: call() }.into()
					}
				}
			}
		}
	}

	/// This call and every call in it, with whether it runs as the agent.
	fn each<'a>(&'a self, as_agent: bool, all: &mut Vec<(&'a Self, bool)>) {
		all.push((self, as_agent));
		if let Self::Wrap(wrapper, inner) = self {
			for op in inner {
				op.each(as_agent && wrapper.is_batch(), all);
			}
		}
	}

	/// The call's pallet and index.
	fn index(&self) -> (u8, u8) {
		match self {
			Self::Remark => (0, 0),
			Self::Pay { .. } => (2, 3),
			Self::PayAsset { .. } => (9, 9),
			Self::Infer { .. } => (14, 0),
			Self::Buy { .. } => (14, 1),
			Self::Order { .. } => (14, 2),
			Self::AddProxy => (5, 1),
			Self::Wrap(Wrapper::Batch, _) => (4, 0),
			Self::Wrap(Wrapper::Derivative, _) => (4, 1),
			Self::Wrap(Wrapper::BatchAll, _) => (4, 2),
			Self::Wrap(Wrapper::ForceBatch, _) => (4, 4),
			Self::Wrap(Wrapper::Proxy, _) => (5, 0),
			Self::Wrap(Wrapper::Multisig, _) => (6, 0),
		}
	}

	/// Whether the arguments do not tell what it pays itself.
	fn is_opaque(&self) -> bool {
		matches!(self, Self::Buy { .. } | Self::Order { .. } | Self::Wrap(Wrapper::Multisig, _))
	}

	/// What the arguments tell.
	fn stated(&self) -> Option<(AssetKind, Balance, Option<&AccountId32>)> {
		match self {
			Self::Pay { to, amount } => Some((AssetKind::Native, *amount, Some(to))),
			Self::PayAsset { asset, to, amount } => Some((AssetKind::Asset(*asset), *amount, Some(to))),
			Self::Infer { max, .. } => Some((AssetKind::Native, *max, None)),
			_ => None,
		}
	}

	/// What it takes from the sender.
	fn takes(&self) -> Option<(AssetKind, Balance)> {
		match self {
			Self::Pay { to, .. } | Self::PayAsset { to, .. } if *to == agent() => None,
			Self::Pay { amount, .. } => Some((AssetKind::Native, *amount)),
			Self::PayAsset { asset, amount, .. } => Some((AssetKind::Asset(*asset), *amount)),
			Self::Infer { max, .. } => Some((AssetKind::Native, max / 2)),
			Self::Buy { price } | Self::Order { price } => Some((AssetKind::Native, *price)),
			_ => None,
		}
	}

	/// What it brings to the agent, if somebody else sends it.
	fn brings(&self) -> Option<(AssetKind, Balance)> {
		match self {
			Self::Pay { to, amount } if *to == agent() => Some((AssetKind::Native, *amount)),
			Self::PayAsset { asset, to, amount } if *to == agent() => Some((AssetKind::Asset(*asset), *amount)),
			_ => None,
		}
	}
}

impl Wrapper {
	fn is_batch(self) -> bool {
		matches!(self, Self::Batch | Self::BatchAll | Self::ForceBatch)
	}
}

type Sums = BTreeMap<AssetKind, Balance>;

/// What was counted, one by one.
struct Payment {
	at: u64,
	key: u8,
	counted: Sums,
	/// What the agent has less.
	left: Sums,
	fee: Balance,
}

struct Model {
	agent: Rules,
	keys: [Rules; 2],
	frozen: bool,
	all: Vec<Payment>,
}

impl Model {
	/// The policies of a key's transaction, each with whose payments it counts.
	fn policies(&self, key: u8) -> [(&Rules, Option<u8>); 2] {
		[(&self.agent, None), (&self.keys[usize::from(key) - 1], Some(key))]
	}

	fn payments(&self, of: Option<u8>) -> impl Iterator<Item = &Payment> {
		self.all.iter().filter(move |payment| of.is_none_or(|key| payment.key == key))
	}

	/// Every rule that a transaction breaks before it is dispatched.
	fn broken(&self, key: u8, op: &Op, in_act: bool, now: u64, fee: Balance, weight: Weight) -> BTreeSet<Refusal> {
		let mut broken = BTreeSet::new();
		let mut check = |rule, allowed: bool| {
			if !allowed {
				broken.insert(rule);
			}
		};
		let mut nodes = Vec::new();
		op.each(true, &mut nodes);
		check(Refusal::AgentFrozen, !self.frozen);
		check(Refusal::NeedsAct, in_act || !(op.is_opaque() || matches!(op, Op::Wrap(..))));
		check(Refusal::TooManyCalls, nodes.len() <= 64);
		for (policy, counts) in self.policies(key) {
			check(Refusal::PolicyExpired, policy.expires.is_none_or(|expires| now < expires));
			if let Hours::Weekly(masks) = policy.hours {
				let since_monday = (now - MONDAY) % (7 * 86_400);
				let (day, hour) = (since_monday / 86_400, since_monday % 86_400 / 3_600);
				check(Refusal::OutsideHours, masks[day as usize] & (1 << hour) != 0);
			}
			let recent = self.payments(counts).filter(|payment| payment.at / 300 + 12 >= now / 300).count();
			check(Refusal::TooManyTransactions, recent < policy.transactions_per_hour as usize);
			check(Refusal::WeightAboveMaximum, weight.all_lte(policy.max_weight));
			check(Refusal::FeeAboveMaximum, fee <= policy.max_fee);
			for (op, _) in &nodes {
				let (pallet, index) = op.index();
				let listed = policy
					.calls
					.iter()
					.any(|rule| rule.pallet == pallet && (rule.call.is_none() || rule.call == Some(index)));
				check(Refusal::CallNotAllowed, listed);
				check(Refusal::CallForbidden, !matches!(op, Op::AddProxy));
				let restricted = policy.destinations != Destinations::Any || !policy.denied.is_empty();
				// A forbidden call states nothing either.
				check(Refusal::DestinationUnknown, !(restricted && (op.is_opaque() || matches!(op, Op::AddProxy))));
				if let Some((_, _, Some(to))) = op.stated() {
					check(Refusal::DestinationDenied, !policy.denied.contains(to));
					if let Destinations::Only(list) = &policy.destinations {
						check(Refusal::DestinationNotAllowed, list.contains(to) || policy.denied.contains(to));
					}
				}
				if let Op::Infer { model, max } = op {
					if let Models::Only(list) = &policy.models {
						check(Refusal::ModelNotAllowed, list.contains(model));
					}
					check(Refusal::TaskPriceAboveMaximum, *max <= policy.max_task_price);
				}
			}
		}
		let mut stated = Sums::from([(AssetKind::Native, 0)]);
		for (op, _) in &nodes {
			if let Some((asset, amount, _)) = op.stated() {
				*stated.entry(asset).or_default() += amount;
			}
		}
		broken.extend(self.above_limits(key, &stated, fee, now));
		broken
	}

	/// The limits that are broken if this is paid.
	fn above_limits(&self, key: u8, paid: &Sums, fee: Balance, now: u64) -> BTreeSet<Refusal> {
		let mut broken = BTreeSet::new();
		for (policy, counts) in self.policies(key) {
			for (asset, amount) in paid {
				let with_fee = amount + if *asset == AssetKind::Native { fee } else { 0 };
				let Some(limit) = policy.limits.iter().find(|limit| limit.asset == *asset) else {
					if with_fee > 0 {
						broken.insert(Refusal::AssetNotListed);
					}
					continue;
				};
				let sum = |since: u64| {
					let recent = self.payments(counts).filter(|payment| payment.at / 3_600 >= since);
					recent.filter_map(|payment| payment.counted.get(asset)).sum::<Balance>()
				};
				if *amount > limit.per_transaction {
					broken.insert(Refusal::AboveTransactionLimit);
				}
				if sum(now / 3_600 - 24) + with_fee > limit.per_day {
					broken.insert(Refusal::AboveDayLimit);
				}
				if sum(0) + with_fee > limit.lifetime {
					broken.insert(Refusal::AboveLifetimeLimit);
				}
			}
		}
		broken
	}

	/// What the agent has less after a call that succeeded, if it has nothing more.
	fn taken(op: &Op) -> Sums {
		let mut nodes = Vec::new();
		op.each(true, &mut nodes);
		let mut net = BTreeMap::<AssetKind, i128>::new();
		for (op, as_agent) in nodes {
			if let Some((asset, amount)) = op.takes().filter(|_| as_agent) {
				*net.entry(asset).or_default() += amount as i128;
			}
			if let Some((asset, amount)) = op.brings().filter(|_| !as_agent) {
				*net.entry(asset).or_default() -= amount as i128;
			}
		}
		net.into_iter().map(|(asset, amount)| (asset, amount.max(0) as Balance)).collect()
	}
}

/// What the agent has at its disposal.
fn funds() -> Sums {
	let assets = [1, 2, 3].map(|id| (AssetKind::Asset(id), Assets::balance(id, agent())));
	assets.into_iter().chain([(AssetKind::Native, free(&agent()))]).collect()
}

/// The fee that was paid last.
fn last_fee() -> Balance {
	let events = System::events().into_iter().rev().filter_map(|record| match record.event {
		RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid {
			actual_fee, ..
		}) => Some(actual_fee),
		_ => None,
	});
	events.into_iter().next().unwrap()
}

fn set_up(model: &Model) {
	let mut signatories = vec![agent(), carol()];
	signatories.sort();
	let others = [pallet_utility::derivative_account_id(agent(), 7), Multisig::multi_account_id(&signatories, 1)];
	// Wrappers nest, so every account that can come out of them has funds of its own.
	let mut accounts = vec![agent(), bob()];
	accounts.extend(others);
	let mut level = accounts.clone();
	for _ in 0..2 {
		let next = level.iter().flat_map(|account| {
			let mut signatories = vec![account.clone(), carol()];
			signatories.sort();
			[pallet_utility::derivative_account_id(account.clone(), 7), Multisig::multi_account_id(&signatories, 1)]
		});
		level = next.collect();
		accounts.extend(level.clone());
	}
	for id in [1, 2, 3] {
		assert_ok!(Assets::force_create(RuntimeOrigin::root(), id, SHOP, true, 1));
	}
	for account in &accounts {
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), account.clone(), 100_000 * UNIT));
		for id in [1, 2, 3] {
			assert_ok!(Assets::mint(RuntimeOrigin::signed(SHOP), id, account.clone(), 1_000_000));
		}
	}
	assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(bob()), agent(), ProxyType::Any, 0));
	assert_ok!(set_policy(model.agent.clone()));
	for (index, keys) in model.keys.iter().enumerate() {
		add_key(index as u8 + 1, keys.clone());
	}
}

/// Whether every call in it can succeed: only the agent is Bob's proxy, and `batch_all` does not nest as one origin.
fn succeeds(op: &Op, as_agent: bool, in_batch_all: bool) -> bool {
	let Op::Wrap(wrapper, inner) = op else { return true };
	let in_batch_all = match wrapper {
		Wrapper::BatchAll if in_batch_all => return false,
		Wrapper::BatchAll => true,
		Wrapper::Proxy if !as_agent => return false,
		Wrapper::Proxy | Wrapper::Multisig => false,
		Wrapper::Batch | Wrapper::ForceBatch | Wrapper::Derivative => in_batch_all,
	};
	inner.iter().all(|op| succeeds(op, as_agent && wrapper.is_batch(), in_batch_all))
}

/// The view function names the same rules, besides those about the fee, which it cannot know to the unit.
fn check_verdict(transaction: &Transaction, broken: &BTreeSet<Refusal>) -> Result<(), TestCaseError> {
	let signer = Some(transaction.signer.clone());
	let verdict = Policy::would_allow(0, signer, transaction.call.encode(), None).unwrap();
	prop_assert_eq!(verdict.needs_act, broken.contains(&Refusal::NeedsAct));
	if verdict.needs_act {
		return Ok(());
	}
	let of_fee = [Refusal::FeeAboveMaximum, Refusal::AboveDayLimit, Refusal::AboveLifetimeLimit];
	let said = verdict.checks.iter().filter(|(check, _)| !check.allowed).map(|(check, _)| check.rule);
	let said = said.filter(|rule| !of_fee.contains(rule)).collect::<BTreeSet<_>>();
	let expected = broken.iter().copied().filter(|rule| !of_fee.contains(rule)).collect::<BTreeSet<_>>();
	prop_assert_eq!(said, expected);
	Ok(())
}

/// One transaction on both sides.
fn step(model: &mut Model, random: &mut Random) -> Result<(), TestCaseError> {
	let steps = [0, 1, 30, 299, 300, 301, 3_599, 3_600, 3_601, 20_000, 82_800, 86_399, 86_400, 86_401, 90_000];
	if !random.one_in(3) {
		set_time(now() + random.pick(&steps));
	}
	if random.one_in(if model.frozen { 2 } else { 40 }) {
		model.frozen = !model.frozen;
		let owner = RuntimeOrigin::signed(alice());
		assert_ok!(if model.frozen { Policy::freeze(owner, 0) } else { Policy::unfreeze(owner, 0) });
	}
	let signer = 1 + random.below(2) as u8;
	let op = Op::random(random, 0);
	if !succeeds(&op, true, false) {
		return Ok(());
	}
	let in_act = !random.one_in(3);
	let call = if in_act { act(op.call()) } else { op.call() };
	let mut transaction = Transaction::new(&key(signer), call);
	transaction.tip = if random.one_in(10) { random.below(UNIT as u64).into() } else { 0 };

	let (bound, weight) = (transaction.fee(), transaction.call.get_dispatch_info().call_weight);
	let broken = model.broken(signer, &op, in_act, now(), bound, weight);
	if transaction.tip == 0 {
		check_verdict(&transaction, &broken)?;
	}
	let before = funds();
	System::reset_events();
	let applied = transaction.apply();
	prop_assert_eq!(applied.is_ok(), broken.is_empty(), "{:?} {:?} {:?}", &op, &broken, &applied);
	if applied.is_err() {
		prop_assert!(broken.contains(&refusal_of(applied)), "{:?}", &broken);
		prop_assert_eq!(funds(), before);
		return Ok(());
	}
	prop_assert!(applied.unwrap().is_ok(), "{:?}", &op);

	// What it pays, and whether that breaks a limit.
	let fee = last_fee();
	let mut nodes = Vec::new();
	op.each(true, &mut nodes);
	let mut counted = Model::taken(&op);
	if in_act {
		let mut stated = Sums::new();
		for (asset, amount, _) in nodes.iter().filter_map(|(op, _)| op.stated()) {
			*stated.entry(asset).or_default() += amount;
		}
		for (asset, amount) in stated {
			let sum = counted.entry(asset).or_default();
			*sum = amount.max(*sum);
		}
		let above = model.above_limits(signer, &counted, bound, now());
		match last_event() {
			Event::Refused { rule, .. } => {
				prop_assert!(above.contains(&rule), "{:?} {:?}", rule, &above);
				counted.clear();
			}
			Event::Acted { result, .. } => {
				prop_assert_eq!(result, Ok(()));
				prop_assert_eq!(above, BTreeSet::new());
			}
			other => prop_assert!(false, "{:?}", other),
		}
	}
	*counted.entry(AssetKind::Native).or_default() += fee;
	let after = funds();
	let left = before.iter().map(|(asset, had)| (*asset, had.saturating_sub(after[asset]))).collect();
	model.all.push(Payment { at: now(), key: signer, counted, left, fee });

	// The counters are what the list says.
	for asset in [AssetKind::Native, AssetKind::Asset(1), AssetKind::Asset(2), AssetKind::Asset(3)] {
		for counts in [None, Some(1), Some(2)] {
			let of = |since: u64| {
				let recent = model.payments(counts).filter(|payment| payment.at / 3_600 >= since);
				recent.filter_map(|payment| payment.counted.get(&asset)).sum::<Balance>()
			};
			let spent = match counts {
				None => Policy::spent(0, asset),
				Some(number) => Policy::spent_by_key(key(number), asset),
			};
			prop_assert_eq!(spent.day, of(now() / 3_600 - 24), "{:?} {:?} {:?}", asset, &op, last_event());
			prop_assert_eq!(spent.lifetime, of(0));
		}
	}
	Ok(())
}

/// No limit is broken by what really left the account, wherever 24 hours begin.
fn check_windows(model: &Model) -> Result<(), TestCaseError> {
	for (policy, counts) in [(&model.agent, None), (&model.keys[0], Some(1)), (&model.keys[1], Some(2))] {
		for asset in [AssetKind::Native, AssetKind::Asset(1), AssetKind::Asset(2), AssetKind::Asset(3)] {
			let none = native(0, 0, 0);
			let limit = policy.limits.iter().find(|limit| limit.asset == asset).unwrap_or(&none);
			let payments = model.payments(counts).collect::<Vec<_>>();
			let left = |payment: &Payment| payment.left[&asset];
			for payment in &payments {
				let fee = if asset == AssetKind::Native { payment.fee } else { 0 };
				prop_assert!(left(payment) <= limit.per_transaction + fee);
				let window = payments.iter().filter(|other| (payment.at..=payment.at + 86_400).contains(&other.at));
				prop_assert!(window.map(|payment| left(payment)).sum::<Balance>() <= limit.per_day);
			}
			prop_assert!(payments.iter().map(|payment| left(payment)).sum::<Balance>() <= limit.lifetime);
		}
	}
	Ok(())
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

	#[test]
	fn chain_should_agree_with_the_model_on_every_verdict(seed: u64) {
		let mut random = Random(seed);
		let agent = random_policy(&mut random);
		let keys = [random_policy(&mut random), if random.one_in(2) { policy_for_all() } else { agent.clone() }];
		let mut model = Model { agent, keys, frozen: false, all: Vec::new() };
		new_test_ext().execute_with(|| {
			set_up(&model);
			for _ in 0..60 {
				step(&mut model, &mut random)?;
			}
			check_windows(&model)?;
			Policy::do_try_state().unwrap();
			Ok::<_, TestCaseError>(())
		})?;
	}
}

/// So that the agent's own policy decides.
fn policy_for_all() -> Rules {
	let mut all = policy();
	all.limits = [AssetKind::Native, AssetKind::Asset(1), AssetKind::Asset(2)]
		.map(|asset| Limit { asset, ..native(10_000 * UNIT, 10_000 * UNIT, 10_000 * UNIT) })
		.to_vec()
		.try_into()
		.unwrap();
	all.max_task_price = 10_000 * UNIT;
	all
}
