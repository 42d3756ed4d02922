// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The states, edges and timeouts, exhaustively.

use codec::Encode;

use crate::{
	Fault,
	TaskState::{self, *},
	Timeout,
};

/// Every edge there is, written down a second time.
const EDGES: [(TaskState, &[TaskState]); 15] = [
	(Requested, &[Executed, Matching, Expired]),
	(Executed, &[Settled, Failed]),
	(Matching, &[Assigned, Expired]),
	(Assigned, &[Running, Expired]),
	(Running, &[Submitted, Failed]),
	(Submitted, &[Verifying, Failed]),
	(Verifying, &[Accepted, Rejected, Disputed, Expired]),
	(Accepted, &[Settled, Expired]),
	(Rejected, &[Resolved]),
	(Disputed, &[Resolved]),
	(Resolved, &[Settled, Slashed, Expired]),
	(Settled, &[]),
	(Slashed, &[]),
	(Expired, &[]),
	(Failed, &[]),
];

#[test]
fn states_should_have_exactly_the_edges_of_the_table() {
	assert_eq!(EDGES.map(|(from, _)| from), TaskState::ALL);
	for (from, edges) in EDGES {
		for to in TaskState::ALL {
			assert_eq!(from.may_become(to), edges.contains(&to), "{from:?} -> {to:?}");
		}
	}
}

#[test]
fn states_should_be_final_when_and_only_when_no_edge_leaves_them() {
	for (state, edges) in EDGES {
		assert_eq!(state.is_final(), edges.is_empty(), "{state:?}");
	}
}

#[test]
fn states_should_time_out_along_an_edge_when_they_are_not_final() {
	for state in TaskState::ALL {
		match state.on_timeout() {
			Some(Timeout { next, .. }) => assert!(state.may_become(next), "{state:?} -> {next:?}"),
			None => assert!(state.is_final(), "{state:?}"),
		}
	}
}

#[test]
fn timeouts_should_end_in_a_refund_when_nobody_ever_acts() {
	for mut state in TaskState::ALL {
		if state.is_final() {
			continue;
		}
		let mut steps = 0;
		while let Some(timeout) = state.on_timeout() {
			state = timeout.next;
			steps += 1;
			assert!(steps <= 2);
		}
		assert!(matches!(state, Expired | Failed), "{state:?}");
	}
}

#[test]
fn timeouts_should_blame_whoever_had_to_act() {
	let fault = |state: TaskState| state.on_timeout().map(|timeout| timeout.fault);
	for state in [Requested, Executed, Resolved] {
		assert_eq!(fault(state), Some(Fault::Chain));
	}
	for state in [Assigned, Running, Submitted, Accepted, Rejected] {
		assert_eq!(fault(state), Some(Fault::Provider));
	}
	assert_eq!(fault(Matching), Some(Fault::Nobody));
	assert_eq!(fault(Verifying), Some(Fault::Verifiers));
	assert_eq!(fault(Disputed), Some(Fault::PartyToMove));
}

#[test]
fn states_should_all_be_reached_and_lead_to_an_end() {
	let mut reached = vec![Requested];
	let mut next = 0;
	while let Some(state) = reached.get(next).copied() {
		let news = TaskState::ALL.into_iter().filter(|to| state.may_become(*to) && !reached.contains(to));
		reached.extend(news.collect::<Vec<_>>());
		next += 1;
	}
	assert_eq!(reached.len(), TaskState::ALL.len());
	// No edge goes back, so every walk ends.
	for state in TaskState::ALL {
		let order = |state| EDGES.iter().position(|(from, _)| *from == state).unwrap();
		for to in TaskState::ALL.into_iter().filter(|to| state.may_become(*to)) {
			assert!(order(to) > order(state), "{state:?} -> {to:?}");
		}
	}
}

#[test]
fn states_should_keep_their_encoding() {
	for (index, state) in TaskState::ALL.into_iter().enumerate() {
		assert_eq!(state.encode(), [index as u8]);
	}
	for (index, fault) in
		[Fault::Chain, Fault::Nobody, Fault::Provider, Fault::Verifiers, Fault::PartyToMove].into_iter().enumerate()
	{
		assert_eq!(fault.encode(), [index as u8]);
	}
}
