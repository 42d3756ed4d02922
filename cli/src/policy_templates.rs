// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Policies to begin with. Each is a set of rules that makes sense as a whole; what only the owner can know is left open and
//! named in [`Template::open`].
//!
//! | template | what a session key can do |
//! |---|---|
//! | `read-only` | nothing on the chain; it can prove elsewhere that it acts for the agent |
//! | `payments-only` | pay small amounts of the native token to accounts that the owner names |
//! | `trading-with-limits` | exchange listed assets with the named counterparties, several legs at once |
//! | `compute-buyer` | pay for inference on the chain, by the models that the owner names |

use aivm_client::UNIT;

/// A thousandth of an AIVM.
const MILLI: u128 = UNIT / 1_000;
/// A millisecond of computation, in the unit of weights.
const MILLISECOND: u64 = 1_000_000_000;
const DAY: u64 = 24 * 60 * 60;

/// A policy to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
	/// What it is called on the command line.
	pub name: &'static str,
	/// What it is for, in a sentence.
	pub summary: &'static str,
	/// What the owner has to say before it can be used.
	pub open: &'static [Open],
	/// The limit for the native token; without one, not even fees can be paid.
	pub native: Option<Limits>,
	/// The allowed calls, by pallet and call.
	pub calls: &'static [(&'static str, &'static str)],
	/// The most computation that a call may have, in picoseconds. A proof's size has no meaning on this chain and needs no
	/// limit.
	pub max_ref_time: u64,
	/// The highest fee of a transaction, tip included.
	pub max_fee: u128,
	/// Most transactions in any hour.
	pub transactions_per_hour: u32,
	/// The most that may be paid for one task.
	pub max_task_price: u128,
	/// How many seconds pass before a less strict policy replaces it.
	pub loosening_delay: u64,
}

/// What may leave the account in one asset, in its smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// In one transaction, without fees.
	pub per_transaction: u128,
	/// In any 24 hours.
	pub per_day: u128,
	/// Ever.
	pub lifetime: u128,
}

/// A rule that a template cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
	/// Who may be paid.
	Destinations,
	/// Which assets besides the native token may leave, and how much of each.
	Assets,
	/// Which models may be used.
	Models,
}

impl Open {
	/// What the owner has to say.
	pub const fn question(self) -> &'static str {
		match self {
			Self::Destinations => "the accounts that may be paid",
			Self::Assets => "the assets that may leave the account, with a limit for each",
			Self::Models => "the models that may be used",
		}
	}
}

/// Every template, from the strictest on.
pub const TEMPLATES: [Template; 4] = [
	Template {
		name: "read-only",
		summary: "Sends nothing: the key only proves to others that it acts for the agent.",
		open: &[],
		native: None,
		calls: &[],
		max_ref_time: 0,
		max_fee: 0,
		transactions_per_hour: 0,
		max_task_price: 0,
		loosening_delay: DAY,
	},
	Template {
		name: "payments-only",
		summary: "Pays up to 1 AIVM at a time and 10 AIVM a day to the accounts you name, and does nothing else.",
		open: &[Open::Destinations],
		native: Some(Limits { per_transaction: UNIT, per_day: 10 * UNIT, lifetime: 1_000 * UNIT }),
		calls: &[("Balances", "transfer_keep_alive")],
		max_ref_time: 5 * MILLISECOND,
		max_fee: 20 * MILLI,
		transactions_per_hour: 60,
		max_task_price: 0,
		loosening_delay: DAY,
	},
	Template {
		name: "trading-with-limits",
		summary: "Exchanges the assets you list with the counterparties you name, up to 100 AIVM at a time and 500 AIVM a day.",
		open: &[Open::Destinations, Open::Assets],
		native: Some(Limits { per_transaction: 100 * UNIT, per_day: 500 * UNIT, lifetime: 20_000 * UNIT }),
		// Several legs in one transaction go into `batch_all`, which undoes all of them if one fails.
		calls: &[
			("Assets", "transfer_keep_alive"),
			("Balances", "transfer_keep_alive"),
			("Utility", "batch_all"),
		],
		max_ref_time: 50 * MILLISECOND,
		max_fee: 200 * MILLI,
		transactions_per_hour: 600,
		max_task_price: 0,
		loosening_delay: 2 * DAY,
	},
	Template {
		name: "compute-buyer",
		summary: "Buys inference by the models you name, up to 5 AIVM a task and 50 AIVM a day, and pays nobody else.",
		open: &[Open::Models],
		native: Some(Limits { per_transaction: 5 * UNIT, per_day: 50 * UNIT, lifetime: 5_000 * UNIT }),
		calls: &[("Tasks", "infer")],
		max_ref_time: 500 * MILLISECOND,
		max_fee: 2 * UNIT,
		transactions_per_hour: 240,
		max_task_price: 5 * UNIT,
		loosening_delay: DAY,
	},
];

/// The template with this name.
pub fn find(name: &str) -> Option<&'static Template> {
	TEMPLATES.iter().find(|template| template.name == name)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn template_should_be_found_by_its_name_alone() {
		for template in &TEMPLATES {
			assert_eq!(find(template.name), Some(template));
			assert_eq!(TEMPLATES.iter().filter(|other| other.name == template.name).count(), 1);
		}
		assert_eq!(find("Read-Only"), None);
		assert_eq!(find(""), None);
	}

	#[test]
	fn read_only_should_allow_nothing() {
		let template = find("read-only").unwrap();
		assert!(template.calls.is_empty() && template.native.is_none());
		assert_eq!((template.max_ref_time, template.max_fee, template.transactions_per_hour), (0, 0, 0));
	}

	#[test]
	fn limits_should_leave_room_for_each_other() {
		for template in TEMPLATES.iter().filter(|template| !template.calls.is_empty()) {
			let Limits { per_transaction, per_day, lifetime } = template.native.unwrap();
			assert!(0 < per_transaction && per_transaction < per_day && per_day < lifetime, "{}", template.name);
			// A day's limit counts fees: one payment and its fee fit.
			assert!(per_transaction + template.max_fee <= per_day, "{}", template.name);
			// Computation costs a unit a picosecond: the heaviest call can be paid for.
			assert!(u128::from(template.max_ref_time) < template.max_fee, "{}", template.name);
			assert!(template.max_task_price <= per_transaction, "{}", template.name);
			assert!(template.transactions_per_hour > 0, "{}", template.name);
		}
		assert!(TEMPLATES.iter().all(|template| template.loosening_delay >= DAY));
	}

	#[test]
	fn calls_should_be_in_order_and_ask_for_what_they_need() {
		for template in &TEMPLATES {
			assert!(template.calls.is_sorted() && template.open.is_sorted(), "{}", template.name);
			let calls = |pallet| template.calls.iter().any(|(name, _)| *name == pallet);
			let asks = |open| template.open.contains(&open);
			assert_eq!(asks(Open::Destinations), calls("Balances"), "{}", template.name);
			assert_eq!(asks(Open::Assets), calls("Assets"), "{}", template.name);
			assert_eq!(asks(Open::Models), calls("Tasks"), "{}", template.name);
			assert_eq!(template.max_task_price > 0, calls("Tasks"), "{}", template.name);
		}
	}
}
