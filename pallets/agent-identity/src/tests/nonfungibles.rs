// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! FRAME's traits for non-fungible tokens.

use super::*;
use frame_support::traits::tokens::nonfungibles_v2::{Inspect, InspectEnumerable, Transfer};

#[test]
fn inspect_should_show_agents_as_items() {
	run_test(|| {
		assert_ok!(Identity::register(signed(ALICE), None, None, entries(&[("a", &[5])])));
		assert_eq!(<Identity as Inspect<_>>::owner(&(), &0), Some(ALICE));
		assert_eq!(<Identity as Inspect<_>>::owner(&(), &1), None);
		assert_eq!(<Identity as Inspect<_>>::attribute(&(), &0, b"a"), Some(vec![5]));
		assert_eq!(<Identity as Inspect<_>>::attribute(&(), &0, b"agentWallet"), Some(vec![1; 32]));
		assert_eq!(<Identity as Inspect<_>>::attribute(&(), &0, b"b"), None);
		assert_eq!(<Identity as Inspect<_>>::collection_attribute(&(), b"name"), Some(b"AgentIdentity".to_vec()));
		assert_eq!(<Identity as Inspect<_>>::collection_attribute(&(), b"symbol"), Some(b"AGENT".to_vec()));
		assert_eq!(<Identity as Inspect<_>>::collection_attribute(&(), b"x"), None);
		assert!(<Identity as Inspect<_>>::can_transfer(&(), &0));
		assert!(!<Identity as Inspect<_>>::can_transfer(&(), &1));
	});
}

#[test]
fn enumeration_should_show_every_agent_once() {
	run_test(|| {
		for who in [ALICE, BOB, ALICE] {
			register(who);
		}
		assert_eq!(<Identity as InspectEnumerable<_>>::collections().collect::<Vec<_>>(), [()]);
		let mut items = <Identity as InspectEnumerable<_>>::items(&()).collect::<Vec<_>>();
		items.sort();
		assert_eq!(items, [0, 1, 2]);
		assert_eq!(<Identity as InspectEnumerable<_>>::owned(&ALICE).collect::<Vec<_>>(), [((), 0), ((), 2)]);
		assert_eq!(<Identity as InspectEnumerable<_>>::owned_in_collection(&(), &BOB).collect::<Vec<_>>(), [1]);
	});
}

#[test]
fn transfer_by_the_trait_should_clear_the_wallet_too() {
	run_test(|| {
		let agent = shared_agent();
		link::link(agent, START);
		events();
		assert_ok!(<Identity as Transfer<_>>::transfer(&(), &agent, &DAVE));
		assert_eq!(
			events(),
			[
				wallet_event(agent, &[]),
				Event::AgentUnlinked { agent },
				Event::Transferred { agent, from: Some(ALICE), to: DAVE },
			]
		);
		let record = record(agent);
		assert_eq!((record.owner, record.wallet, record.approved, record.transfers), (DAVE, None, None, 1));
		assert_noop!(<Identity as Transfer<_>>::transfer(&(), &999, &DAVE), Error::<Test>::NonexistentToken);
		assert_noop!(<Identity as Transfer<_>>::transfer(&(), &agent, &ZERO), Error::<Test>::InvalidReceiver);
	});
}
