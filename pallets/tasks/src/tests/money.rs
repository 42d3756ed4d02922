// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Who pays and who is paid, at every edge.

use aivm_market_math::{quote, Price, Shares};
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Inspect, InspectHold, Mutate, MutateFreeze},
};
use proptest::prelude::*;

use super::*;
use crate::Error;

#[test]
fn payment_should_come_back_when_the_requester_owns_the_model() {
	run_test(|| {
		let version =
			publish(alice(), programs::sums(), aivm_traits::RoyaltyTerms { share: Permill::zero(), minimum: 250 });
		assert_ok!(ask(version, &INPUT));
		// 1,000 for the computation, and 250 to herself.
		assert_eq!(free(alice()), FUNDS - 1_000);
		assert_eq!(paid(), payment(850, 250, 100, 50));
	});
}

#[test]
fn payment_should_come_back_when_the_requester_makes_the_block() {
	run_test(|| {
		Author::set(&Some(alice()));
		assert_ok!(ask(model(), &INPUT));
		assert_eq!(free(alice()), FUNDS - TOTAL + 650);
		assert_eq!(free(author()), FUNDS);
		assert_eq!(paid(), payment(650, 250, 100, 50));
	});
}

#[test]
fn payment_should_add_up_when_one_account_has_every_role() {
	run_test(|| {
		Author::set(&Some(treasury()));
		let version = publish(
			treasury(),
			programs::sums(),
			aivm_traits::RoyaltyTerms { share: Permill::from_percent(20), minimum: 250 },
		);
		assert_ok!(ask(version, &INPUT));
		assert_eq!(free(treasury()), FUNDS + 1_000);
		assert_eq!(free(alice()), FUNDS - TOTAL);
	});
}

#[test]
fn treasury_should_get_the_providers_part_when_the_author_is_unknown() {
	run_test(|| {
		Author::set(&None);
		assert_ok!(ask(model(), &INPUT));
		assert_eq!(free(treasury()), FUNDS + 750);
		assert_eq!(paid(), payment(0, 250, 750, 50));
		assert_eq!(Recorded::get()[0].provider, treasury());
	});
}

#[test]
fn provider_should_be_paid_when_its_new_account_can_exist() {
	run_test(|| {
		Author::set(&Some(account(9)));
		assert_ok!(ask(model(), &INPUT));
		assert_eq!(free(account(9)), 650);
		assert_eq!(paid(), payment(650, 250, 100, 50));
	});
}

#[test]
fn treasury_should_get_parts_below_the_existential_deposit_when_receivers_do_not_exist() {
	run_test(|| {
		no_shares();
		Prices::set(&Price { base: 9, ..Default::default() });
		Author::set(&Some(account(9)));
		let version =
			publish(account(8), programs::sums(), aivm_traits::RoyaltyTerms { share: Permill::zero(), minimum: 7 });
		assert_ok!(ask(version, &INPUT));
		assert_eq!(paid(), payment(0, 0, 16, 0));
		assert_eq!(free(treasury()), FUNDS + 16);
		assert!(!System::account_exists(&account(9)));
		assert!(!System::account_exists(&account(8)));

		// One unit more, and the account can exist.
		Prices::set(&Price { base: 10, ..Default::default() });
		assert_ok!(ask(version, &INPUT));
		assert_eq!(paid(), payment(10, 0, 7, 0));
		assert_eq!(free(account(9)), 10);
	});
}

#[test]
fn payment_should_be_burnt_when_the_treasury_cannot_take_it_either() {
	let balances = vec![(alice(), FUNDS)];
	run_test_on(new_test_ext_with(balances), || {
		no_shares();
		Prices::set(&Price { base: 5, ..Default::default() });
		let version = model_with(Permill::zero(), 4);
		assert_ok!(ask(version, &INPUT));
		assert_eq!(paid(), payment(0, 0, 0, 9));
		assert_eq!(Balances::total_issuance(), FUNDS - 9);

		// Together the two parts are enough for the treasury's account.
		Prices::set(&Price { base: 6, ..Default::default() });
		assert_ok!(ask(version, &INPUT));
		assert_eq!(paid(), payment(0, 0, 10, 0));
		assert_eq!(Balances::total_issuance(), FUNDS - 9);
	});
}

#[test]
fn infer_should_cost_nothing_when_it_is_free() {
	run_test_on(new_test_ext_with(vec![]), || {
		Prices::set(&Price::default());
		assert_ok!(ask_within(model_with(Permill::zero(), 0), &INPUT, Weight::MAX, 0));
		assert_eq!(paid(), payment(0, 0, 0, 0));
		assert!(!System::account_exists(&alice()));
	});
}

#[test]
fn infer_should_fail_when_it_would_take_the_existential_deposit() {
	for (balance, enough) in [(0, false), (EXISTENTIAL_DEPOSIT + TOTAL - 1, false), (EXISTENTIAL_DEPOSIT + TOTAL, true)]
	{
		run_test_on(new_test_ext_with(vec![(bob(), FUNDS)]), || {
			let version = model();
			Balances::set_balance(&alice(), balance);
			if enough {
				assert_ok!(ask(version, &INPUT));
				assert_eq!(free(alice()), EXISTENTIAL_DEPOSIT);
			} else {
				assert_noop!(ask_plain(version, &INPUT), Error::<Test>::InsufficientBalance);
			}
		});
	}
}

#[test]
fn infer_should_not_spend_what_is_on_hold_or_frozen() {
	run_test(|| {
		let version = model();
		hold_elsewhere(&alice(), FUNDS - EXISTENTIAL_DEPOSIT - TOTAL + 1);
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::InsufficientBalance);

		Balances::set_balance(&alice(), FUNDS);
		let reason = other_holds::FreezeReason::Vesting.into();
		let frozen = Balances::total_balance(&alice()) - TOTAL + 1;
		assert_ok!(Balances::set_freeze(&reason, &alice(), frozen));
		assert_noop!(ask_plain(version, &INPUT), Error::<Test>::InsufficientBalance);
		assert_ok!(Balances::set_freeze(&reason, &alice(), frozen - 1));
		assert_ok!(ask(version, &INPUT));
	});
}

#[test]
fn infer_should_leave_other_holds_alone_when_it_pays() {
	run_test(|| {
		hold_elsewhere(&alice(), 500);
		assert_ok!(ask(model(), &INPUT));
		assert_eq!(Balances::total_balance_on_hold(&alice()), 500);
		assert_eq!(free(alice()), FUNDS - 500 - TOTAL);
	});
}

#[test]
fn infer_should_put_nothing_on_hold_when_it_pays() {
	run_test(|| {
		System::reset_events();
		assert_ok!(ask(model(), &INPUT));
		assert_eq!(escrow_of(&alice()), 0);
		let held = System::events()
			.into_iter()
			.any(|record| matches!(record.event, RuntimeEvent::Balances(pallet_balances::Event::Held { .. })));
		assert!(!held, "a task that ends in its own call needs no escrow");
	});
}

/// Royalty, treasury and burn in millionths; mostly, but not always, within the whole.
fn parts() -> impl Strategy<Value = (u32, u32, u32)> {
	let part = || prop_oneof![0..=400_000u32, Just(0), Just(333_333)];
	(part(), part(), part())
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn money_should_be_conserved_when_anybody_pays_anything(
		base in prop_oneof![0..40u128, 0..5_000u128],
		(share, treasury_share, burn_share) in parts(),
		minimum in prop_oneof![0..40u128, 0..5_000u128],
		balance in prop_oneof![0..60u128, 0..12_000u128],
		exists in any::<[bool; 3]>(),
		roles in prop::array::uniform3(0..4usize),
	) {
		let everyone = [alice(), bob(), author(), treasury()];
		let others = [bob(), author(), treasury()].into_iter().zip(exists).filter(|(_, exists)| *exists);
		let mut balances = others.map(|(who, _)| (who, EXISTENTIAL_DEPOSIT)).collect::<Vec<_>>();
		if balance >= EXISTENTIAL_DEPOSIT {
			balances.push((alice(), balance));
		}
		// Owner and author are anybody; one time in four, the block has no author.
		let owner = everyone[roles[0]].clone();
		let author = (roles[1] != 3).then(|| everyone[roles[2]].clone());

		run_test_on(new_test_ext_with(balances), || {
			Prices::set(&Price { base, ..Default::default() });
			let shares = Shares {
				treasury: Permill::from_parts(treasury_share),
				burn: Permill::from_parts(burn_share),
			};
			Cut::set(&shares);
			Author::set(&author);
			let terms = aivm_traits::RoyaltyTerms { share: Permill::from_parts(share), minimum };
			let version = publish(owner.clone(), programs::sums(), terms);

			let issuance = Balances::total_issuance();
			let before = everyone.clone().map(free);
			let result = ask_plain(version, &INPUT);
			let after = everyone.clone().map(free);

			let Ok(due) = quote(base, terms, shares) else {
				assert_eq!(result, Err(Error::<Test>::NoPrice.into()));
				assert_eq!((Balances::total_issuance(), after), (issuance, before));
				return;
			};
			let total = due.total();
			if total > 0 && before[0] < total + EXISTENTIAL_DEPOSIT {
				assert_eq!(result, Err(Error::<Test>::InsufficientBalance.into()));
				assert_eq!((Balances::total_issuance(), after), (issuance, before));
				return;
			}
			assert_ok!(result);

			// The receipt tells exactly what moved.
			let paid = paid();
			assert_eq!(paid.provider + paid.royalty + paid.treasury + paid.burn, total);
			assert_eq!(Balances::total_issuance(), issuance - paid.burn);
			for (place, who) in everyone.iter().enumerate() {
				let part = |account: Option<&AccountId32>, amount| if account == Some(who) { amount } else { 0 };
				let gained = part(author.as_ref(), paid.provider)
					+ part(Some(&owner), paid.royalty)
					+ part(Some(&treasury()), paid.treasury);
				let spent = part(Some(&alice()), total);
				assert_eq!(after[place] + spent, before[place] + gained);
				assert_eq!(Balances::total_balance_on_hold(who), 0);
			}
			// A part is paid in full, or not at all because it could not be.
			assert!(paid.provider == due.provider || paid.provider == 0);
			assert!(paid.royalty == due.royalty || paid.royalty == 0);
			if author.is_some() && due.provider >= EXISTENTIAL_DEPOSIT {
				assert_eq!(paid.provider, due.provider);
			}
			if due.royalty >= EXISTENTIAL_DEPOSIT {
				assert_eq!(paid.royalty, due.royalty);
			}
			assert!(paid.burn == due.burn || paid.burn - due.burn < EXISTENTIAL_DEPOSIT);
		});
	}
}
