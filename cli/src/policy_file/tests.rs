// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use aivm_client::{CallRule, PalletCalls};
use serde_json::{json, Value};

use super::*;
use crate::{policy_templates, Exit};

const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

fn names() -> CallNames {
	let pallet = |index, name: &str, calls: &[&str]| PalletCalls {
		index,
		name: name.into(),
		calls: (0..).zip(calls.iter().map(|name| (*name).to_owned())).collect(),
	};
	CallNames {
		pallets: vec![
			pallet(3, "Balances", &["transfer_allow_death", "transfer_keep_alive"]),
			pallet(6, "Assets", &["transfer_keep_alive"]),
			pallet(20, "Utility", &["batch", "batch_all"]),
			pallet(51, "Tasks", &["infer"]),
		],
	}
}

fn example() -> Value {
	json!({
		"limits": [
			{"asset": 7, "per_transaction": "1000", "per_day": "unlimited", "lifetime": "340282366920938463463374607431768211454"},
			{"asset": "native", "per_transaction": "1.5", "per_day": "10", "lifetime": "unlimited"}
		],
		"calls": ["tasks.infer", "balances.*"],
		"destinations": [BOB],
		"denied": ["//Alice"],
		"hours": ["mon-fri 08-18"],
		"max_computation": "5.25ms",
		"max_proof_bytes": 4096,
		"max_fee": "0.02",
		"transactions_per_hour": 60,
		"models": [3, "digits"],
		"max_task_price": "0.5 AIVM",
		"expires": "2027-01-01T00:00:00Z",
		"loosening_delay": "1d12h"
	})
}

fn policy_of(value: &Value) -> Result<Policy, Failure> {
	PolicyFile::from_json(&value.to_string())?.to_policy(&names(), &BTreeMap::from([("digits".to_owned(), 1)]))
}

#[test]
fn file_should_become_the_policy_that_it_says() {
	let policy = policy_of(&example()).unwrap();
	let native = policy.limits.first().unwrap();
	assert_eq!((native.asset, native.per_transaction, native.lifetime), (Asset::Native, 1_500_000_000_000, u128::MAX));
	let other = policy.limits.get(1).unwrap();
	assert_eq!((other.asset, other.per_transaction, other.lifetime), (Asset::Other(7), 1_000, u128::MAX - 1));
	assert_eq!(policy.calls, [CallRule { pallet: 3, call: None }, CallRule { pallet: 51, call: Some(0) }]);
	assert_eq!(policy.destinations.as_ref().unwrap().first().unwrap().to_string(), BOB);
	assert_eq!(policy.denied.len(), 1);
	assert_eq!(policy.hours.unwrap().first(), Some(&0x0003_ff00));
	assert_eq!(policy.max_weight, RunWeight { ref_time: 5_250_000_000, proof_size: 4_096 });
	assert_eq!(policy.models, Some(vec![1, 3]));
	assert_eq!((policy.max_fee.0, policy.max_task_price.0), (20_000_000_000, 500_000_000_000));
	assert_eq!((policy.expires, policy.loosening_delay), (Some(1_798_761_600), 129_600));
}

#[test]
fn policy_should_survive_the_way_into_a_file_and_back() {
	let policy = policy_of(&example()).unwrap();
	let file = PolicyFile::from_policy(&policy, &names());
	assert_eq!(file.calls, ["balances.*", "tasks.infer"]);
	let read = PolicyFile::from_json(&file.to_json()).unwrap();
	assert_eq!(read, file);
	assert_eq!(read.to_policy(&names(), &BTreeMap::new()).unwrap(), policy);

	let open = Policy { max_weight: RunWeight { ref_time: u64::MAX, proof_size: u64::MAX }, ..Policy::default() };
	let file = PolicyFile::from_policy(&open, &names());
	assert_eq!(serde_json::to_value(&file).unwrap()["destinations"], "any");
	assert_eq!(file.to_policy(&names(), &BTreeMap::new()).unwrap(), open);
}

#[test]
fn file_should_be_refused_with_the_place_that_is_wrong() {
	for (pointer, value, expected) in [
		("/limits/1/per_day", json!("much"), "limits[1].per_day"),
		("/limits/0/per_transaction", json!("1.5"), "limits[0].per_transaction"),
		("/limits/1/asset", json!(7), "has a limit already"),
		("/limits/0/asset", json!("gold"), "limits[0].asset"),
		("/calls/0", json!("tasks.burn"), "calls[0]"),
		("/destinations", json!("all"), "destinations"),
		("/destinations/0", json!("5Grw"), "destinations[0]"),
		("/denied/0", json!(""), "denied[0]"),
		("/hours", json!("never"), "hours"),
		("/hours/0", json!("mon 8"), "hours"),
		("/max_computation", json!("5s"), "max_computation"),
		("/max_computation", json!("5.0000000001ms"), "max_computation"),
		("/max_fee", json!("-1"), "max_fee"),
		("/models/1", json!("letters"), "letters"),
		("/expires", json!("soon"), "soon"),
		("/loosening_delay", json!("1 day"), "loosening_delay"),
		("/transactions_per_hour", json!("many"), "transactions_per_hour"),
	] {
		let mut changed = example();
		*changed.pointer_mut(pointer).unwrap() = value;
		let failure = policy_of(&changed).unwrap_err();
		assert_eq!(failure.exit, Exit::BadInput, "{pointer}");
		// serde tells a wrong type by line and column.
		assert!(failure.cause.contains(expected) || failure.cause.contains("line 1"), "{pointer}: {failure}");
		assert!(failure.cure.is_some(), "{pointer}");
	}
	let mut changed = example();
	changed["max_feee"] = json!("1");
	assert!(policy_of(&changed).unwrap_err().cause.contains("max_feee"));
	changed.as_object_mut().unwrap().remove("max_feee");
	changed.as_object_mut().unwrap().remove("hours");
	assert!(policy_of(&changed).unwrap_err().cause.contains("hours"));
	assert!(!PolicyFile::from_json(r#"{"limits": 1}"#).unwrap_err().cause.contains("untagged"));
}

#[test]
fn every_template_should_become_a_policy() {
	for template in &policy_templates::TEMPLATES {
		let empty = PolicyFile::from_template(template, Filled::default());
		let policy = empty.to_policy(&names(), &BTreeMap::new()).unwrap();
		assert_eq!(policy.calls.len(), template.calls.len(), "{}", template.name);
		assert_eq!(policy.destinations, Some(Vec::new()), "{}", template.name);
		assert_eq!(policy.max_weight.ref_time, template.max_ref_time);
		assert_eq!(Filled::default().still_open(template), template.open);
		assert!(template.open.is_empty() || !empty.remarks().is_empty(), "{}", template.name);

		let filled = Filled {
			destinations: vec![AccountId::from([1; 32])],
			assets: vec![LimitFile {
				asset: NumberOrText::Number(1),
				per_transaction: "1".into(),
				per_day: "2".into(),
				lifetime: "3".into(),
			}],
			models: vec![NumberOrText::Number(0)],
			expires: Some(1_798_761_600),
		};
		assert!(filled.still_open(template).is_empty());
		let file = PolicyFile::from_template(template, filled);
		let policy = file.to_policy(&names(), &BTreeMap::new()).unwrap();
		assert_eq!(policy.expires, Some(1_798_761_600));
		assert!(template.calls.is_empty() || file.remarks().is_empty(), "{}: {:?}", template.name, file.remarks());
	}
}

#[test]
fn remarks_should_name_what_makes_a_policy_useless() {
	let remarks = |pointer: &str, value: Value| {
		let mut changed = example();
		*changed.pointer_mut(pointer).unwrap() = value;
		PolicyFile::from_json(&changed.to_string()).unwrap().remarks().join("\n")
	};
	assert_eq!(remarks("/denied", json!([])), "");
	assert!(remarks("/calls", json!([])).contains("no call"));
	assert!(remarks("/limits", json!([])).contains("no fee"));
	assert!(remarks("/destinations", json!([])).contains("nobody"));
	assert!(remarks("/models", json!([])).contains("no model"));
	assert!(remarks("/hours", json!([])).contains("never"));
}
