// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What view functions show.

use super::*;

fn ids(page: Page<AgentView, AgentId>) -> (Vec<AgentId>, Option<AgentId>) {
	(page.items.iter().map(|view| view.id).collect(), page.next)
}

#[test]
fn i_20_views_of_an_agent_that_does_not_exist_should_say_so() {
	run_test(|| {
		assert_eq!(Identity::agent_wallet(999), None);
		assert_eq!(Identity::token_uri(999), Err(ReadError::NonexistentToken));
		assert_eq!(Identity::owner_of(999), Err(ReadError::NonexistentToken));
		assert_eq!(Identity::is_authorized_or_owner(ALICE, 999), Err(ReadError::NonexistentToken));
		assert_eq!(Identity::get_approved(999), Err(ReadError::NonexistentToken));
		assert_eq!(Identity::wallet_message(999, Wallet::Account(ALICE), 0), Err(ReadError::NonexistentToken));
		assert_eq!(Identity::link_digest(999, link::ethereum(), 0), Err(ReadError::NonexistentToken));
		assert_eq!(Identity::agent(999), None);
		assert!(metadata(999, "agentWallet").is_empty());
		assert!(Identity::metadata_of(999, None, 4).items.is_empty());
	});
}

#[test]
fn agent_should_show_the_whole_record() {
	run_test(|| {
		let list = entries(&[("a", &[1])]);
		assert_ok!(Identity::register(signed(ALICE), Some(uri("ipfs://x")), Some(hash(2)), list));
		assert_ok!(Identity::approve(signed(ALICE), 0, Some(CHARLIE)));
		assert_ok!(Identity::propose_agent_wallet(signed(ALICE), 0, Some(DAVE)));
		for client in [BOB, BOB, DAVE] {
			give(client, 0, 1, 0);
		}
		assert_ok!(Identity::revoke_feedback(signed(BOB), 0, 1));
		assert_ok!(Identity::validation_request(signed(ALICE), DAVE, 0, uri("u"), hash(1)));
		assert_eq!(
			Identity::agent(0),
			Some(AgentView {
				id: 0,
				owner: ALICE,
				account: Identity::account_of(0),
				uri: uri("ipfs://x"),
				card_hash: Some(hash(2)),
				wallet: Some(Wallet::Account(ALICE)),
				proposed_wallet: Some(DAVE),
				wallet_nonce: 0,
				approved: Some(CHARLIE),
				transfers: 0,
				metadata_count: 1,
				clients: 2,
				feedback: 2,
				validations: 1,
				deposit: record(0).deposit,
			})
		);
		assert_eq!(Identity::standard_version(), b"2.0.0");
	});
}

#[test]
fn agents_should_be_listed_in_order_when_paged() {
	run_test(|| {
		// So many that the second-lowest byte of the id matters for the order.
		for _ in 0..130 {
			register(BOB);
			assert_ok!(Identity::register(signed(CHARLIE), None, None, entries(&[])));
		}
		assert_eq!(ids(Identity::agents(0, 3)), (vec![0, 1, 2], Some(3)));
		assert_eq!(ids(Identity::agents(257, 9)), (vec![257, 258, 259], None));
		assert_eq!(ids(Identity::agents(0, 0)), (vec![0], Some(1)));
		assert_eq!(ids(Identity::agents(0, u32::MAX)).0.len() as u32, MAX_PAGE);
		assert_eq!(ids(Identity::agents(u64::MAX, 4)), (vec![], None));
		assert_eq!(ids(Identity::agents_of(BOB, 253, 2)), (vec![254, 256], Some(258)));
		assert_eq!(ids(Identity::agents_of(BOB, 258, 2)), (vec![258], None));
		assert_eq!(ids(Identity::agents_of(BOB, 0, 2)), (vec![0, 2], Some(4)));
		assert_eq!(ids(Identity::agents_of(ALICE, 0, 2)), (vec![], None));
		let wallet = Wallet::Account(CHARLIE);
		assert_eq!(ids(Identity::agents_of_wallet(wallet.clone(), 254, 2)), (vec![255, 257], Some(259)));
		assert_eq!(ids(Identity::agents_of_wallet(wallet, 259, 2)), (vec![259], None));
		assert_eq!((Identity::balance_of(BOB), Identity::balance_of(ALICE)), (130, 0));
	});
}

#[test]
fn metadata_of_should_list_every_entry_once_when_paged() {
	run_test(|| {
		let names = ["a", "b", "c", "d", "e"];
		for name in names {
			register(BOB);
			assert_ok!(Identity::set_metadata(signed(BOB), 0, key(name), value(name.as_bytes())));
		}
		for limit in 1..=4 {
			let (mut found, mut after) = (vec![], None);
			loop {
				let page = Identity::metadata_of(0, after, limit);
				assert!(page.items.len() <= limit as usize);
				found.extend(page.items);
				match page.next {
					Some(next) => after = Some(next),
					None => break,
				}
			}
			found.sort();
			let expected: Vec<_> = names.iter().map(|name| (key(name), value(name.as_bytes()))).collect();
			assert_eq!(found, expected);
		}
	});
}

#[test]
fn metadata_should_be_empty_when_the_key_is_too_long() {
	run_test(|| {
		let agent = register(ALICE);
		assert!(Identity::metadata(agent, vec![b'x'; 65]).is_empty());
	});
}

#[test]
fn clients_should_be_listed_in_order_when_paged() {
	run_test(|| {
		let agent = register(ALICE);
		for client in [DAVE, BOB, CHARLIE, BOB] {
			give(client, agent, 1, 0);
		}
		let page = |start, limit| {
			let page = Identity::clients(agent, start, limit);
			(page.items, page.next)
		};
		assert_eq!(page(0, 2), (vec![DAVE, BOB], Some(2)));
		assert_eq!(page(2, 2), (vec![CHARLIE], None));
		assert_eq!(page(u32::MAX, 2), (vec![], None));
	});
}

#[test]
fn views_should_answer_through_the_runtime() {
	use codec::Decode;
	use frame_support::view_functions::{DispatchViewFunction, ViewFunctionIdPrefix, ViewFunctionIdSuffix};
	run_test(|| {
		let agent = register(ALICE);
		// The name by which clients call it is made of the pallet's and the function's.
		let id = frame_support::view_functions::ViewFunctionId {
			prefix: <Identity as ViewFunctionIdPrefix>::prefix(),
			suffix: <crate::pallet::OwnerOfViewFunction<Test> as ViewFunctionIdSuffix>::SUFFIX,
		};
		let mut output = vec![];
		RuntimeViewFunction::dispatch_view_function(&id, &mut &agent.encode()[..], &mut output)
			.expect("the function exists");
		assert_eq!(Read::<AccountId32>::decode(&mut &output[..]), Ok(Ok(ALICE)));
	});
}

#[test]
fn read_errors_should_explain_themselves() {
	for error in [
		ReadError::NonexistentToken,
		ReadError::IndexZero,
		ReadError::OutOfBounds,
		ReadError::ClientsRequired,
		ReadError::TooManyAccounts { limit: 7 },
		ReadError::TooManyEntries { limit: 7 },
		ReadError::SummaryOverflow,
		ReadError::Unknown,
	] {
		assert!(error.to_string().len() > 20, "{error}");
	}
	assert!(ReadError::TooManyEntries { limit: 7 }.to_string().contains("more than 7 entries"));
}
