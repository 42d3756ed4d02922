// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Registration, URIs, metadata and who may act.

use super::*;

#[test]
fn i_01_register_should_count_from_zero_and_make_the_caller_the_wallet() {
	run_test(|| {
		assert_eq!(register(ALICE), 0);
		assert_eq!(Identity::token_uri(0), Ok(uri("")));
		assert_eq!(Identity::agent_wallet(0), Some(Wallet::Account(ALICE)));
		assert_eq!(metadata(0, "agentWallet"), [1; 32]);
		assert_eq!(Identity::owner_of(0), Ok(ALICE));
		assert_eq!(
			events(),
			[
				Event::Transferred { agent: 0, from: None, to: ALICE },
				Event::Registered { agent: 0, uri: uri(""), card_hash: None, owner: ALICE },
				wallet_event(0, &[1; 32]),
			]
		);
		assert_eq!(register(BOB), 1);
		assert_eq!(Identity::agent_wallet(1), Some(Wallet::Account(BOB)));
		assert_eq!(NextAgentId::<Test>::get(), 2);
	});
}

#[test]
fn i_02_register_should_emit_events_in_order_when_there_is_a_uri() {
	run_test(|| {
		let card_hash = Some(hash(5));
		assert_ok!(Identity::register(signed(ALICE), Some(uri("ipfs://x")), card_hash, entries(&[])));
		assert_eq!(
			events(),
			[
				Event::Transferred { agent: 0, from: None, to: ALICE },
				Event::MetadataUpdate { agent: 0 },
				Event::Registered { agent: 0, uri: uri("ipfs://x"), card_hash, owner: ALICE },
				wallet_event(0, &[1; 32]),
			]
		);
		let view = Identity::agent(0).expect("it exists");
		assert_eq!((view.uri, view.card_hash), (uri("ipfs://x"), card_hash));
	});
}

#[test]
fn i_02_register_should_emit_a_metadata_update_when_the_uri_is_empty() {
	run_test(|| {
		assert_ok!(Identity::register(signed(ALICE), Some(uri("")), None, entries(&[])));
		assert_eq!(events()[1], Event::MetadataUpdate { agent: 0 });
		assert_eq!(Identity::token_uri(0), Ok(uri("")));
	});
}

#[test]
fn i_03_register_should_set_metadata_after_the_wallet() {
	run_test(|| {
		let list = entries(&[("a", &[1]), ("b", &[2])]);
		assert_ok!(Identity::register(signed(ALICE), Some(uri("u")), None, list));
		assert_eq!(metadata(0, "a"), [1]);
		assert_eq!(metadata(0, "b"), [2]);
		let set = |name: &str, byte| Event::MetadataSet { agent: 0, key: key(name), value: value(&[byte]) };
		assert_eq!(events()[3..], [wallet_event(0, &[1; 32]), set("a", 1), set("b", 2)]);
		assert_eq!(record(0).metadata_count, 2);
	});
}

#[test]
fn i_04_register_should_keep_the_last_of_equal_keys() {
	run_test(|| {
		let list = entries(&[("a", &[1]), ("a", &[2])]);
		assert_ok!(Identity::register(signed(ALICE), Some(uri("u")), None, list));
		assert_eq!(metadata(0, "a"), [2]);
		let set = |byte| Event::MetadataSet { agent: 0, key: key("a"), value: value(&[byte]) };
		assert_eq!(events()[4..], [set(1), set(2)]);
		assert_eq!(record(0).metadata_count, 1);
	});
}

#[test]
fn i_05_register_should_refuse_the_reserved_key() {
	run_test(|| {
		for list in [
			entries(&[("agentWallet", &[1])]),
			entries(&[("a", &[1]), ("b", &[1]), ("agentWallet", &[])]),
			entries(&[("a", &[1]), ("agentWallet", &[1]), ("b", &[1])]),
		] {
			assert_noop!(Identity::register(signed(ALICE), Some(uri("u")), None, list), Error::<Test>::ReservedKey);
		}
		assert_eq!(register(ALICE), 0);
	});
}

#[test]
fn i_06_register_and_set_should_accept_the_key_in_another_case() {
	run_test(|| {
		assert_ok!(Identity::register(signed(ALICE), None, None, entries(&[("AgentWallet", &[7])])));
		assert_eq!(metadata(0, "AgentWallet"), [7]);
		assert_eq!(metadata(0, "agentWallet"), [1; 32]);
		assert_ok!(Identity::set_metadata(signed(ALICE), 0, key("agentwallet"), value(&[8])));
		assert_eq!(metadata(0, "agentwallet"), [8]);
	});
}

#[test]
fn i_07_set_metadata_should_need_authority_and_an_agent() {
	run_test(|| {
		let agent = shared_agent();
		let set = |who: AccountId32, agent| Identity::set_metadata(signed(who), agent, key("x"), value(&[3]));
		assert_noop!(set(DAVE, agent), Error::<Test>::NotAuthorized);
		for who in [ALICE, BOB, CHARLIE] {
			assert_ok!(set(who, agent));
		}
		assert_eq!(metadata(agent, "x"), [3]);
		assert_noop!(set(ALICE, 999), Error::<Test>::NonexistentToken);
		assert!(metadata(999, "x").is_empty());
	});
}

#[test]
fn i_08_set_metadata_should_check_authority_before_the_reserved_key() {
	run_test(|| {
		let agent = register(ALICE);
		let set = |who: AccountId32| Identity::set_metadata(signed(who), agent, key("agentWallet"), value(&[3]));
		assert_noop!(set(DAVE), Error::<Test>::NotAuthorized);
		assert_noop!(set(ALICE), Error::<Test>::ReservedKey);
	});
}

#[test]
fn i_09_set_agent_uri_should_tell_who_did_it() {
	run_test(|| {
		let agent = shared_agent();
		events();
		let set = |who: AccountId32, text, hash| Identity::set_agent_uri(signed(who), agent, uri(text), hash);
		assert_ok!(set(ALICE, "https://x", Some(hash(1))));
		assert_eq!(
			events(),
			[
				Event::MetadataUpdate { agent },
				Event::UriUpdated { agent, uri: uri("https://x"), card_hash: Some(hash(1)), by: ALICE },
			]
		);
		assert_eq!(Identity::token_uri(agent), Ok(uri("https://x")));
		assert_noop!(set(DAVE, "https://x", None), Error::<Test>::NotAuthorized);
		assert_noop!(Identity::set_agent_uri(signed(ALICE), 999, uri("x"), None), Error::<Test>::NonexistentToken);
		assert_ok!(set(BOB, "", None));
		assert_eq!(events()[1], Event::UriUpdated { agent, uri: uri(""), card_hash: None, by: BOB });
		assert_eq!(Identity::token_uri(agent), Ok(uri("")));
		assert!(!Cards::<Test>::contains_key(agent));
		assert_ok!(set(CHARLIE, "x", None));
	});
}

#[test]
fn set_metadata_should_remove_the_entry_when_the_value_is_empty() {
	run_test(|| {
		let agent = register(ALICE);
		for (bytes, count) in [(&[1u8, 2][..], 1), (&[], 0), (&[], 0), (&[9], 1)] {
			assert_ok!(Identity::set_metadata(signed(ALICE), agent, key("x"), value(bytes)));
			assert_eq!(metadata(agent, "x"), bytes);
			assert_eq!(record(agent).metadata_count, count);
			assert_eq!(events().last(), Some(&Event::MetadataSet { agent, key: key("x"), value: value(bytes) }));
		}
		// The empty key is a key.
		assert_ok!(Identity::set_metadata(signed(ALICE), agent, key(""), value(&[4])));
		assert_eq!(metadata(agent, ""), [4]);
	});
}

#[test]
fn set_metadata_should_fail_when_there_are_too_many_entries() {
	run_test(|| {
		let agent = register(ALICE);
		let set = |name: &str, bytes: &[u8]| Identity::set_metadata(signed(ALICE), agent, key(name), value(bytes));
		for name in ["a", "b", "c", "d", "e"] {
			assert_ok!(set(name, &[1]));
		}
		assert_noop!(set("f", &[1]), Error::<Test>::TooManyEntries);
		// Removing and replacing is possible.
		assert_ok!(set("f", &[]));
		assert_ok!(set("e", &[2]));
		assert_ok!(set("a", &[]));
		assert_ok!(set("f", &[1]));
	});
}

#[test]
fn bounds_should_refuse_what_is_longer() {
	let long = |length: u32| vec![b'x'; length as usize];
	assert!(Uri::try_from(long(2_048)).is_ok() && Uri::try_from(long(2_049)).is_err());
	assert!(Key::try_from(long(64)).is_ok() && Key::try_from(long(65)).is_err());
	assert!(Value::try_from(long(4_096)).is_ok() && Value::try_from(long(4_097)).is_err());
	assert!(Tag::try_from(long(64)).is_ok() && Tag::try_from(long(65)).is_err());
	assert!(Endpoint::try_from(long(1_024)).is_ok() && Endpoint::try_from(long(1_025)).is_err());
	// A call with more does not decode.
	use codec::Decode;
	let call = |length| Call::<Test>::set_agent_uri { agent: 0, uri: uri(&"x".repeat(length)), card_hash: None };
	let mut bytes = call(2_048).encode();
	assert!(Call::<Test>::decode(&mut &bytes[..]).is_ok());
	// The length comes after the index and the agent.
	bytes.splice(2..4, codec::Compact(2_049u32).encode());
	bytes.push(b'x');
	assert!(Call::<Test>::decode(&mut &bytes[..]).is_err());
}

#[test]
fn approve_should_need_the_owner_or_an_operator() {
	run_test(|| {
		let agent = shared_agent();
		events();
		let approve = |who: AccountId32, to| Identity::approve(signed(who), agent, to);
		// The approved account can not pass it on.
		assert_noop!(approve(CHARLIE, Some(DAVE)), Error::<Test>::NotAuthorized);
		assert_noop!(approve(DAVE, Some(DAVE)), Error::<Test>::NotAuthorized);
		assert_noop!(Identity::approve(signed(ALICE), 9, None), Error::<Test>::NonexistentToken);
		assert_ok!(approve(BOB, Some(DAVE)));
		assert_eq!(events(), [Event::Approval { agent, owner: ALICE, approved: Some(DAVE) }]);
		assert_eq!(Identity::get_approved(agent), Ok(Some(DAVE)));
		assert_eq!(Identity::is_authorized_or_owner(CHARLIE, agent), Ok(false));
		assert_ok!(approve(ALICE, None));
		assert_eq!(Identity::get_approved(agent), Ok(None));
		assert_eq!(events(), [Event::Approval { agent, owner: ALICE, approved: None }]);
	});
}

#[test]
fn operators_should_act_for_all_agents_of_their_owner_only() {
	run_test(|| {
		let agent = shared_agent();
		let second = register(ALICE);
		let other = register(DAVE);
		for (id, may) in [(agent, true), (second, true), (other, false)] {
			assert_eq!(Identity::is_authorized_or_owner(BOB, id), Ok(may));
		}
		assert!(Identity::is_approved_for_all(ALICE, BOB));
		assert!(!Identity::is_approved_for_all(BOB, ALICE));
		events();
		// Twice is as once.
		for _ in 0..2 {
			assert_ok!(Identity::set_approval_for_all(signed(ALICE), BOB, false));
			assert_eq!(events(), [Event::ApprovalForAll { owner: ALICE, operator: BOB, approved: false }]);
			assert_eq!(Identity::is_authorized_or_owner(BOB, agent), Ok(false));
		}
		for operator in [ALICE, ZERO] {
			assert_noop!(Identity::set_approval_for_all(signed(ALICE), operator, true), Error::<Test>::InvalidOperator);
		}
	});
}

#[test]
fn register_should_fail_when_ids_are_exhausted() {
	new_test_ext().execute_with(|| {
		NextAgentId::<Test>::put(u64::MAX);
		assert_noop!(Identity::register(signed(ALICE), None, None, entries(&[])), Error::<Test>::Overflow);
	});
}
