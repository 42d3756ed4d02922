// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Open feedback, summaries and responses.

use super::*;
use aivm_market_math::MAX_VALUE;

fn rate(who: AccountId32, agent: AgentId, value: i128, decimals: u8) -> sp_runtime::DispatchResult {
	Identity::give_feedback(signed(who), agent, feedback(value, decimals))
}

fn revoke(who: AccountId32, agent: AgentId, index: FeedbackIndex) -> sp_runtime::DispatchResult {
	Identity::revoke_feedback(signed(who), agent, index)
}

fn respond(
	who: AccountId32,
	agent: AgentId,
	client: AccountId32,
	index: FeedbackIndex,
	text: &str,
) -> sp_runtime::DispatchResult {
	Identity::append_response(signed(who), agent, client, index, uri(text), hash(9))
}

#[test]
fn r_01_give_feedback_should_store_the_value_and_tell_the_rest() {
	run_test(|| {
		let agent = register(ALICE);
		events();
		let input = FeedbackInput {
			endpoint: b"https://e".to_vec().try_into().expect("it is short"),
			uri: uri("ipfs://f"),
			hash: hash(7),
			..tagged(85, 0, "a", "b")
		};
		assert_ok!(Identity::give_feedback(signed(BOB), agent, input.clone()));
		assert_eq!(events(), [Event::NewFeedback { agent, client: BOB, index: 1, feedback: input, paid: None }]);
		// Endpoint, URI and hash are not in storage: the record has no place for them.
		assert_eq!(
			Identity::read_feedback(agent, BOB, 1),
			Ok(Feedback { value: 85, decimals: 0, tag1: tag("a"), tag2: tag("b"), is_revoked: false, paid: None })
		);
	});
}

#[test]
fn r_02_give_feedback_should_refuse_more_than_18_decimals() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(rate(BOB, agent, 1, 18));
		for decimals in [19, 255] {
			assert_noop!(rate(BOB, agent, 1, decimals), Error::<Test>::TooManyDecimals);
		}
	});
}

#[test]
fn r_03_give_feedback_should_refuse_values_beyond_the_bound() {
	run_test(|| {
		let agent = register(ALICE);
		assert_eq!(MAX_VALUE, 10i128.pow(38));
		for value in [MAX_VALUE, -MAX_VALUE] {
			assert_ok!(rate(BOB, agent, value, 0));
		}
		for value in [MAX_VALUE + 1, -MAX_VALUE - 1, i128::MAX, i128::MIN] {
			assert_noop!(rate(BOB, agent, value, 0), Error::<Test>::ValueTooLarge);
		}
	});
}

#[test]
fn r_04_give_feedback_should_check_decimals_then_value_then_the_client() {
	run_test(|| {
		let agent = register(ALICE);
		assert_noop!(rate(ALICE, agent, MAX_VALUE + 1, 19), Error::<Test>::TooManyDecimals);
		assert_noop!(rate(ALICE, agent, MAX_VALUE + 1, 18), Error::<Test>::ValueTooLarge);
		assert_noop!(rate(ALICE, agent, MAX_VALUE, 18), Error::<Test>::SelfFeedback);
		assert_noop!(rate(ALICE, 999, MAX_VALUE + 1, 0), Error::<Test>::ValueTooLarge);
	});
}

#[test]
fn r_05_give_feedback_should_refuse_who_acts_for_the_agent() {
	run_test(|| {
		let agent = shared_agent();
		for who in [ALICE, BOB, CHARLIE] {
			assert_noop!(rate(who, agent, 1, 0), Error::<Test>::SelfFeedback);
		}
		// The agent's own account is no client; another agent's is.
		assert_noop!(rate(Identity::account_of(agent), agent, 1, 0), Error::<Test>::SelfFeedback);
		let other = Identity::account_of(register(BOB));
		assert_ok!(Balances::transfer_allow_death(signed(ALICE), other.clone(), 20_000));
		assert_ok!(rate(other, agent, 1, 0));
		// The wallet is no party, nor is a former owner.
		assert_ok!(Identity::propose_agent_wallet(signed(ALICE), agent, Some(DAVE)));
		assert_ok!(Identity::accept_agent_wallet(signed(DAVE), agent));
		assert_ok!(rate(DAVE, agent, 1, 0));
		assert_ok!(Identity::transfer(signed(ALICE), agent, DAVE));
		assert_ok!(rate(ALICE, agent, 1, 0));
		assert_noop!(rate(DAVE, agent, 1, 0), Error::<Test>::SelfFeedback);
		assert_noop!(rate(DAVE, 999, 1, 0), Error::<Test>::NonexistentToken);
	});
}

#[test]
fn r_06_give_feedback_should_accept_any_small_and_negative_value() {
	run_test(|| {
		let agent = register(ALICE);
		for value in [101, 0, -1, -32] {
			assert_ok!(rate(BOB, agent, value, 0));
		}
		assert_eq!(summary(agent, &[BOB]), Ok((4, 17, 0)));
	});
}

#[test]
fn r_07_indexes_should_count_from_one_per_client_and_clients_be_listed_once() {
	run_test(|| {
		let agent = register(ALICE);
		let other = register(ALICE);
		assert_eq!(Identity::last_index(agent, BOB), 0);
		for (client, index) in [(BOB, 1), (CHARLIE, 1), (BOB, 2), (BOB, 3), (CHARLIE, 2)] {
			give(client.clone(), agent, 5, 0);
			assert_eq!(Identity::last_index(agent, client), index);
		}
		give(CHARLIE, other, 5, 0);
		assert_eq!(Identity::last_index(other, CHARLIE), 1);
		let clients = |agent| Identity::clients(agent, 0, 4).items;
		assert_eq!(clients(agent), [BOB, CHARLIE]);
		assert_eq!(clients(other), [CHARLIE]);
		// They stay when they revoke everything.
		for index in 1..=3 {
			assert_ok!(revoke(BOB, agent, index));
		}
		assert_eq!(clients(agent), [BOB, CHARLIE]);
		assert_eq!(Identity::last_index(agent, BOB), 3);
	});
}

#[test]
fn r_08_revoke_should_check_the_index_and_keep_the_feedback() {
	run_test(|| {
		let agent = register(ALICE);
		give(BOB, agent, 80, 0);
		give(BOB, agent, 90, 0);
		assert_noop!(revoke(BOB, agent, 0), Error::<Test>::IndexZero);
		assert_noop!(revoke(BOB, agent, 3), Error::<Test>::OutOfBounds);
		// The client's own feedback only.
		assert_noop!(revoke(CHARLIE, agent, 1), Error::<Test>::OutOfBounds);
		events();
		assert_ok!(revoke(BOB, agent, 1));
		assert_eq!(events(), [Event::FeedbackRevoked { agent, client: BOB, index: 1 }]);
		assert_noop!(revoke(BOB, agent, 1), Error::<Test>::AlreadyRevoked);
		let read = Identity::read_feedback(agent, BOB, 1).expect("it stays");
		assert_eq!((read.value, read.is_revoked), (80, true));
		assert_eq!(Identity::read_feedback(agent, BOB, 0), Err(ReadError::IndexZero));
		assert_eq!(Identity::read_feedback(agent, BOB, 3), Err(ReadError::OutOfBounds));
		// Also after the agent was transferred.
		assert_ok!(Identity::transfer(signed(ALICE), agent, BOB));
		assert_ok!(revoke(BOB, agent, 2));
	});
}

#[test]
fn r_09_summary_should_be_the_average_of_what_is_not_revoked() {
	run_test(|| {
		let agent = register(ALICE);
		for value in [80, 90, 100] {
			give(BOB, agent, value, 0);
		}
		let all = || Identity::summary_all(agent).map(|sum| (sum.count, sum.value, sum.decimals));
		assert_eq!(summary(agent, &[BOB]), Ok((3, 90, 0)));
		assert_eq!(all(), Ok((3, 90, 0)));
		assert_ok!(revoke(BOB, agent, 1));
		assert_eq!(summary(agent, &[BOB]), Ok((2, 95, 0)));
		assert_eq!(all(), Ok((2, 95, 0)));
		for index in [2, 3] {
			assert_ok!(revoke(BOB, agent, index));
		}
		assert_eq!(summary(agent, &[BOB]), Ok((0, 0, 0)));
		assert_eq!(all(), Ok((0, 0, 0)));
	});
}

#[test]
fn r_09_summary_should_match_every_vector() {
	type Vector = (&'static [(i128, u8)], (u64, i128, u8));
	let vectors: [Vector; 12] = [
		(&[(80, 0), (90, 0), (100, 0)], (3, 90, 0)),
		(&[(80, 0), (90, 0), (10_000, 2)], (3, 90, 0)),
		(&[(90, 0), (8_000, 2)], (2, 85, 0)),
		(&[(9_977, 2), (9_950, 2), (1, 0)], (3, 6_675, 2)),
		(&[(-32, 1), (10, 0)], (2, 3, 0)),
		(&[(-1, 0), (-2, 0)], (2, -1, 0)),
		(&[(1, 0), (2, 0)], (2, 1, 0)),
		(&[(-4_500, 2), (-5_500, 2)], (2, -5_000, 2)),
		(&[(7, 0), (8, 0), (8, 0)], (3, 7, 0)),
		(&[(-7, 0), (-8, 0), (-8, 0)], (3, -7, 0)),
		(&[(1, 0), (15, 1), (15, 1)], (3, 13, 1)),
		(&[(5, 18), (1, 0)], (2, 0, 0)),
	];
	for (given, expected) in vectors {
		run_test(|| {
			let agent = register(ALICE);
			for (client, (value, decimals)) in [BOB, CHARLIE, DAVE].into_iter().zip(given) {
				give(client, agent, *value, *decimals);
			}
			assert_eq!(summary(agent, &[BOB, CHARLIE, DAVE]), Ok(expected), "{given:?}");
			let all = Identity::summary_all(agent).expect("it fits");
			assert_eq!((all.count, all.value, all.decimals), expected, "{given:?}");
		});
	}
}

#[test]
fn r_10_summary_should_need_clients_and_count_repeated_ones_twice() {
	run_test(|| {
		let agent = register(ALICE);
		give(BOB, agent, 80, 0);
		give(CHARLIE, agent, 20, 0);
		assert_eq!(summary(agent, &[]), Err(ReadError::ClientsRequired));
		assert_eq!(summary(agent, &[DAVE]), Ok((0, 0, 0)));
		assert_eq!(summary(agent, &[BOB, BOB]), Ok((2, 80, 0)));
		assert_eq!(summary(agent, &[BOB, BOB, CHARLIE]), Ok((3, 60, 0)));
		assert_eq!(summary(999, &[BOB]), Ok((0, 0, 0)));
	});
}

#[test]
fn r_11_summary_should_filter_by_exact_tags() {
	run_test(|| {
		let agent = register(ALICE);
		give_tagged(BOB, agent, 80, "tagA", "tagB");
		give_tagged(CHARLIE, agent, 90, "tagC", "tagB");
		give_tagged(DAVE, agent, 100, "tagA", "tagD");
		let all = [BOB, CHARLIE, DAVE];
		for (tag1, tag2, expected) in [
			("tagA", "tagB", (1, 80, 0)),
			("", "tagB", (2, 85, 0)),
			("tagA", "", (2, 90, 0)),
			("", "", (3, 90, 0)),
			("taga", "", (0, 0, 0)),
			("tagB", "", (0, 0, 0)),
			("tag", "", (0, 0, 0)),
		] {
			assert_eq!(summary_of(agent, &all, tag1, tag2), Ok(expected), "{tag1}, {tag2}");
		}
	});
}

#[test]
fn r_12_summary_should_fail_by_name_when_it_overflows() {
	run_test(|| {
		let agent = register(ALICE);
		for (value, decimals) in [(MAX_VALUE, 0), (1, 18), (1, 18)] {
			give(BOB, agent, value, decimals);
		}
		assert_eq!(summary(agent, &[BOB]), Err(ReadError::SummaryOverflow));
		assert_eq!(Identity::summary_all(agent), Err(ReadError::SummaryOverflow));
		// The sum itself is right: it recovers when the value goes.
		assert_ok!(revoke(BOB, agent, 1));
		assert_eq!(summary(agent, &[BOB]), Ok((2, 1, 18)));
	});
}

/// What `read_all_feedback` shows, over all pages of `limit` entries: client, index, value, whether it is revoked.
fn read_all(
	agent: AgentId,
	clients: &[AccountId32],
	tags: (&str, &str),
	include_revoked: bool,
	limit: u32,
) -> Vec<(AccountId32, u64, i128, bool)> {
	let mut found = vec![];
	let mut start = None;
	loop {
		let page = Identity::read_all_feedback(
			agent,
			clients.to_vec(),
			tag(tags.0),
			tag(tags.1),
			include_revoked,
			start,
			limit,
		)
		.expect("few clients are named");
		assert!(page.items.len() <= limit.clamp(1, MAX_PAGE) as usize);
		found.extend(
			page.items.into_iter().map(|item| (item.client, item.index, item.feedback.value, item.feedback.is_revoked)),
		);
		match page.next {
			Some(next) => start = Some(next),
			None => return found,
		}
	}
}

#[test]
fn r_13_read_all_should_go_by_client_and_index_and_flag_revoked_ones() {
	run_test(|| {
		let agent = register(ALICE);
		for (client, value, tag1) in
			[(BOB, 1, "a"), (CHARLIE, 2, "a"), (BOB, 3, "b"), (DAVE, 4, "a"), (BOB, 5, "a"), (CHARLIE, 6, "b")]
		{
			give_tagged(client, agent, value, tag1, "");
		}
		assert_ok!(revoke(BOB, agent, 2));
		let expected = [
			(BOB, 1, 1, false),
			(BOB, 2, 3, true),
			(BOB, 3, 5, false),
			(CHARLIE, 1, 2, false),
			(CHARLIE, 2, 6, false),
			(DAVE, 1, 4, false),
		];
		let valid: Vec<_> = expected.iter().filter(|entry| !entry.3).cloned().collect();
		for limit in [0, 1, 2, 3, 4, 100] {
			assert_eq!(read_all(agent, &[], ("", ""), true, limit), expected);
			assert_eq!(read_all(agent, &[], ("", ""), false, limit), valid);
			assert_eq!(
				read_all(agent, &[DAVE, ALICE, CHARLIE, DAVE], ("", ""), false, limit),
				[(DAVE, 1, 4, false), (CHARLIE, 1, 2, false), (CHARLIE, 2, 6, false), (DAVE, 1, 4, false)]
			);
			assert_eq!(read_all(agent, &[], ("b", ""), true, limit), [(BOB, 2, 3, true), (CHARLIE, 2, 6, false)]);
			assert_eq!(read_all(agent + 1, &[], ("", ""), true, limit), []);
		}
		let crowd = vec![BOB; MAX_ACCOUNTS as usize + 1];
		assert_eq!(
			Identity::read_all_feedback(agent, crowd, tag(""), tag(""), true, None, 1),
			Err(ReadError::TooManyAccounts { limit: MAX_ACCOUNTS })
		);
	});
}

#[test]
fn r_14_append_response_should_check_index_then_uri_then_bounds() {
	run_test(|| {
		let agent = register(ALICE);
		give(BOB, agent, 1, 0);
		assert_noop!(respond(ALICE, agent, BOB, 0, ""), Error::<Test>::IndexZero);
		assert_noop!(respond(ALICE, agent, BOB, 2, ""), Error::<Test>::EmptyUri);
		assert_noop!(respond(ALICE, agent, BOB, 2, "u"), Error::<Test>::OutOfBounds);
		assert_noop!(respond(ALICE, agent, CHARLIE, 1, "u"), Error::<Test>::OutOfBounds);
		assert_noop!(respond(ALICE, 999, BOB, 1, "u"), Error::<Test>::OutOfBounds);
		events();
		// A third party, and on revoked feedback.
		assert_ok!(respond(DAVE, agent, BOB, 1, "u"));
		assert_eq!(
			events(),
			[Event::ResponseAppended { agent, client: BOB, index: 1, responder: DAVE, uri: uri("u"), hash: hash(9) }]
		);
		assert_ok!(revoke(BOB, agent, 1));
		assert_ok!(respond(DAVE, agent, BOB, 1, "u"));
	});
}

#[test]
fn r_15_response_count_should_answer_every_question() {
	run_test(|| {
		let agent = register(ALICE);
		for client in [BOB, BOB, CHARLIE] {
			give(client, agent, 1, 0);
		}
		// Two to Bob's first, by two responders, and one to Charlie's.
		for (responder, client, index) in [(ALICE, BOB, 1), (DAVE, BOB, 1), (ALICE, CHARLIE, 1)] {
			assert_ok!(respond(responder, agent, client, index, "u"));
		}
		let count = |client: Option<AccountId32>, index, responders: &[AccountId32]| {
			Identity::response_count(agent, client, index, responders.to_vec()).expect("few are named")
		};
		assert_eq!(count(None, 0, &[]), 3);
		// The index does not matter without a client.
		assert_eq!(count(None, 7, &[]), 3);
		assert_eq!(count(Some(BOB), 0, &[]), 2);
		assert_eq!(count(Some(BOB), 1, &[]), 2);
		assert_eq!(count(Some(BOB), 2, &[]), 0);
		assert_eq!(count(Some(BOB), 9, &[]), 0);
		assert_eq!(count(Some(DAVE), 0, &[]), 0);
		assert_eq!(count(None, 0, &[ALICE]), 2);
		assert_eq!(count(None, 0, &[ALICE, DAVE]), 3);
		assert_eq!(count(None, 0, &[ALICE, ALICE]), 4);
		assert_eq!(count(Some(BOB), 1, &[ALICE, DAVE]), 2);
		assert_eq!(count(Some(BOB), 1, &[DAVE]), 1);
		assert_eq!(count(Some(BOB), 0, &[CHARLIE]), 0);
		// The same responder three times.
		for _ in 0..3 {
			assert_ok!(respond(DAVE, agent, BOB, 2, "u"));
		}
		assert_eq!(count(Some(BOB), 2, &[DAVE]), 3);
		assert_eq!(count(Some(BOB), 2, &[]), 3);
		assert_eq!(count(None, 0, &[]), 6);
		assert_eq!(Identity::response_count(999, None, 0, vec![]), Ok(0));
		assert_eq!(
			Identity::response_count(agent, None, 0, vec![BOB; MAX_ACCOUNTS as usize + 1]),
			Err(ReadError::TooManyAccounts { limit: MAX_ACCOUNTS })
		);
	});
}

#[test]
fn summary_should_name_the_way_out_when_there_is_too_much_to_read() {
	run_test(|| {
		let agent = register(ALICE);
		for value in 1..=5 {
			give(BOB, agent, value, 0);
			give(CHARLIE, agent, 10 * value, 0);
		}
		// Ten entries, nine may be visited.
		let clients = vec![BOB, CHARLIE];
		let limit = MAX_SCAN;
		assert_eq!(summary(agent, &clients), Err(ReadError::TooManyEntries { limit }));
		assert_eq!(summary(agent, &[BOB]), Ok((5, 3, 0)));
		// Unknown accounts are visits too.
		assert_eq!(summary(agent, &[BOB, DAVE, DAVE, DAVE, DAVE]), Ok((5, 3, 0)));
		assert_eq!(summary(agent, &[BOB, DAVE, DAVE, DAVE, DAVE, DAVE]), Err(ReadError::TooManyEntries { limit }));
		assert_eq!(
			summary(agent, &vec![DAVE; MAX_ACCOUNTS as usize + 1]),
			Err(ReadError::TooManyAccounts { limit: MAX_ACCOUNTS })
		);
		for (named, page_limit) in [(&clients, 1), (&clients, 3), (&clients, 100), (&vec![], 2), (&vec![], 0)] {
			let mut sum = aivm_market_math::FeedbackSum::default();
			let mut start = None;
			loop {
				let page = Identity::summary_page(agent, named.clone(), tag(""), tag(""), start, page_limit)
					.expect("two clients are few");
				assert!(page.sum.count() <= page_limit.clamp(1, MAX_SCAN).into());
				sum.merge(&page.sum).expect("they are few");
				match page.next {
					Some(next) => start = Some(next),
					None => break,
				}
			}
			assert_eq!(sum.summary(), Identity::summary_all(agent).map_err(|_| unreachable!()));
		}
	});
}
