// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Validations.

use super::*;

fn request(who: AccountId32, validator: AccountId32, agent: AgentId, byte: u8) -> sp_runtime::DispatchResult {
	Identity::validation_request(signed(who), validator, agent, uri("ipfs://r"), hash(byte))
}

fn answer(who: AccountId32, agent: AgentId, byte: u8, response: u8, name: &str) -> sp_runtime::DispatchResult {
	Identity::validation_response(signed(who), agent, hash(byte), response, uri("ipfs://a"), hash(0xaa), tag(name))
}

fn summary(agent: AgentId, validators: &[AccountId32], name: &str) -> (u64, u8) {
	let found = Identity::validation_summary(agent, validators.to_vec(), tag(name)).expect("there are few");
	(found.count, found.average)
}

fn hashes(page: Page<ValidationView, u64>) -> (Vec<(AgentId, H256)>, Option<u64>) {
	(page.items.into_iter().map(|item| (item.id.agent, item.id.request_hash)).collect(), page.next)
}

#[test]
fn v_01_request_should_be_listed_and_pending() {
	run_test(|| {
		let agent = register(ALICE);
		events();
		set_time(START + 5);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_eq!(
			events(),
			[Event::ValidationRequested { validator: DAVE, agent, uri: uri("ipfs://r"), request_hash: hash(1) }]
		);
		assert_eq!(
			Identity::validation_status(agent, hash(1)),
			Ok(Validation {
				validator: DAVE,
				response: 0,
				response_hash: H256::zero(),
				tag: tag(""),
				last_update: START + 5,
				has_response: false,
			})
		);
		assert_eq!(hashes(Identity::validations_of(agent, 0, 4)), (vec![(agent, hash(1))], None));
		assert_eq!(hashes(Identity::validator_requests(DAVE, 0, 4)), (vec![(agent, hash(1))], None));
		// The owner may validate; the zero hash and an empty URI are accepted.
		assert_ok!(Identity::validation_request(signed(ALICE), ALICE, agent, uri(""), H256::zero()));
	});
}

#[test]
fn v_02_request_should_fail_when_the_agent_has_the_hash_already() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_noop!(request(ALICE, DAVE, agent, 1), Error::<Test>::Exists);
		assert_noop!(request(ALICE, CHARLIE, agent, 1), Error::<Test>::Exists);
		// As in the standard, also before authority is asked for.
		assert_noop!(request(DAVE, CHARLIE, agent, 1), Error::<Test>::Exists);
	});
}

#[test]
fn v_02_request_with_a_hash_of_another_agent_should_deviate_and_not_be_squatted() {
	run_test(|| {
		let first = register(ALICE);
		let second = register(BOB);
		assert_ok!(request(ALICE, DAVE, first, 1));
		// The standard answers `exists` here, so that whoever is first takes the hash from everybody.
		assert_ok!(request(BOB, CHARLIE, second, 1));
		assert_eq!(Identity::validation_status(first, hash(1)).map(|found| found.validator), Ok(DAVE));
		assert_eq!(Identity::validation_status(second, hash(1)).map(|found| found.validator), Ok(CHARLIE));
		// By hash alone, the first one is found.
		let found = Identity::validation_status_by_hash(hash(1)).expect("it exists");
		assert_eq!((found.id.agent, found.validation.validator), (first, DAVE));
		assert_noop!(answer(CHARLIE, first, 1, 5, ""), Error::<Test>::NotValidator);
		assert_ok!(answer(CHARLIE, second, 1, 5, ""));
		assert_eq!(Identity::validation_status(first, hash(1)).map(|found| found.has_response), Ok(false));
	});
}

#[test]
fn v_03_request_should_need_a_validator_an_agent_and_authority() {
	run_test(|| {
		let agent = shared_agent();
		assert_noop!(request(ALICE, ZERO, agent, 1), Error::<Test>::BadValidator);
		assert_noop!(request(ALICE, DAVE, 999, 1), Error::<Test>::NonexistentToken);
		assert_noop!(request(DAVE, DAVE, agent, 1), Error::<Test>::NotAuthorized);
		for (byte, who) in (1..).zip([ALICE, BOB, CHARLIE]) {
			assert_ok!(request(who, DAVE, agent, byte));
		}
	});
}

#[test]
fn v_04_request_should_check_the_validator_before_the_hash() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_noop!(request(ALICE, ZERO, agent, 1), Error::<Test>::BadValidator);
		assert_noop!(request(DAVE, ZERO, 999, 1), Error::<Test>::BadValidator);
	});
}

#[test]
fn v_05_response_should_need_a_request_its_validator_and_at_most_100() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_noop!(answer(DAVE, agent, 2, 1, ""), Error::<Test>::Unknown);
		assert_noop!(answer(DAVE, 999, 1, 1, ""), Error::<Test>::Unknown);
		assert_noop!(answer(ALICE, agent, 1, 1, ""), Error::<Test>::NotValidator);
		for response in [101, 255] {
			assert_noop!(answer(DAVE, agent, 1, response, ""), Error::<Test>::RespOver100);
		}
		for response in [0, 67, 100] {
			events();
			assert_ok!(answer(DAVE, agent, 1, response, "x"));
			assert_eq!(
				events(),
				[Event::ValidationResponded {
					validator: DAVE,
					agent,
					request_hash: hash(1),
					response,
					uri: uri("ipfs://a"),
					response_hash: hash(0xaa),
					tag: tag("x"),
				}]
			);
			assert!(Identity::validation_status(agent, hash(1)).expect("it exists").has_response);
		}
	});
}

#[test]
fn v_06_response_should_check_the_validator_before_the_number() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_noop!(answer(BOB, agent, 1, 101, ""), Error::<Test>::NotValidator);
		assert_noop!(answer(BOB, agent, 2, 101, ""), Error::<Test>::Unknown);
	});
}

#[test]
fn v_07_response_should_replace_the_former_one_in_any_direction() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_ok!(answer(DAVE, agent, 1, 50, "soft"));
		assert_eq!(summary(agent, &[], "soft"), (1, 50));
		set_time(START + 100);
		assert_ok!(answer(DAVE, agent, 1, 100, "hard"));
		let status = Identity::validation_status(agent, hash(1)).expect("it exists");
		assert_eq!(
			(status.response, status.tag, status.last_update, status.response_hash),
			(100, tag("hard"), START + 100, hash(0xaa))
		);
		assert_eq!(summary(agent, &[], "soft"), (0, 0));
		assert_eq!(summary(agent, &[], "hard"), (1, 100));
		assert_ok!(answer(DAVE, agent, 1, 0, "hard"));
		assert_eq!(summary(agent, &[], "hard"), (1, 0));
	});
}

#[test]
fn v_08_summary_should_count_responses_once_and_round_down() {
	run_test(|| {
		let agent = register(ALICE);
		assert_eq!(summary(agent, &[], ""), (0, 0));
		for (byte, validator) in [(1, BOB), (2, CHARLIE), (3, DAVE)] {
			assert_ok!(request(ALICE, validator, agent, byte));
		}
		assert_eq!(summary(agent, &[], ""), (0, 0));
		assert_ok!(answer(BOB, agent, 1, 80, ""));
		assert_ok!(answer(CHARLIE, agent, 2, 85, ""));
		assert_eq!(summary(agent, &[], ""), (2, 82));
		assert_eq!(summary(agent, &[BOB, BOB], ""), (1, 80));
		assert_eq!(summary(agent, &[DAVE], ""), (0, 0));
		assert_eq!(summary(agent, &[BOB, CHARLIE, DAVE], ""), (2, 82));
		assert_eq!(summary(999, &[], ""), (0, 0));
		// A response of 0 counts, unlike none.
		assert_ok!(answer(DAVE, agent, 3, 0, ""));
		assert_eq!(summary(agent, &[], ""), (3, 55));
	});
}

#[test]
fn v_09_status_should_be_unknown_when_nobody_asked() {
	run_test(|| {
		let agent = register(ALICE);
		assert_eq!(Identity::validation_status(agent, hash(1)), Err(ReadError::Unknown));
		assert_eq!(Identity::validation_status_by_hash(hash(1)), Err(ReadError::Unknown));
	});
}

#[test]
fn v_10_transfer_should_end_the_owners_right_and_not_the_validators() {
	run_test(|| {
		let agent = register(ALICE);
		assert_ok!(request(ALICE, DAVE, agent, 1));
		assert_ok!(Identity::transfer(signed(ALICE), agent, BOB));
		assert_noop!(request(ALICE, DAVE, agent, 2), Error::<Test>::NotAuthorized);
		assert_ok!(request(BOB, DAVE, agent, 2));
		assert_ok!(answer(DAVE, agent, 1, 90, ""));
	});
}

#[test]
fn lists_and_summaries_should_be_complete_when_paged() {
	run_test(|| {
		let agent = register(ALICE);
		for byte in 1..=10 {
			assert_ok!(request(ALICE, DAVE, agent, byte));
			assert_ok!(answer(DAVE, agent, byte, 10 * byte, ""));
		}
		let expected: Vec<_> = (1..=10).map(|byte| (agent, hash(byte))).collect();
		assert_eq!(hashes(Identity::validations_of(agent, 0, 3)), (expected[..3].to_vec(), Some(3)));
		assert_eq!(hashes(Identity::validations_of(agent, 3, 100)), (expected[3..7].to_vec(), Some(7)));
		assert_eq!(hashes(Identity::validations_of(agent, 7, 3)), (expected[7..].to_vec(), None));
		assert_eq!(hashes(Identity::validations_of(agent, 10, 3)), (vec![], None));
		assert_eq!(hashes(Identity::validations_of(agent, u64::MAX, 3)), (vec![], None));
		assert_eq!(hashes(Identity::validator_requests(DAVE, 8, 4)), (expected[8..].to_vec(), None));
		assert_eq!(hashes(Identity::validator_requests(DAVE, 0, 0)), (expected[..1].to_vec(), Some(1)));
		assert_eq!(
			Identity::validation_summary(agent, vec![], tag("")),
			Err(ReadError::TooManyEntries { limit: MAX_SCAN })
		);
		let page = |start, limit| Identity::validation_summary_page(agent, vec![DAVE], tag(""), start, limit);
		assert_eq!(page(0, 4), Ok(ValidationSum { count: 4, total: 100, next: Some(4) }));
		assert_eq!(page(4, 100), Ok(ValidationSum { count: 6, total: 450, next: None }));
		assert_eq!(page(0, 100), Ok(ValidationSum { count: 9, total: 450, next: Some(9) }));
		assert_eq!(
			Identity::validation_summary_page(agent, vec![DAVE; MAX_ACCOUNTS as usize + 1], tag(""), 0, 1),
			Err(ReadError::TooManyAccounts { limit: MAX_ACCOUNTS })
		);
	});
}
