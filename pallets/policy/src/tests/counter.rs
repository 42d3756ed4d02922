// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Windows against a plain list.

use proptest::prelude::*;

use crate::{Counter, Window};

proptest! {
	#[test]
	fn window_should_have_the_sum_of_its_slots_when_amounts_are_added(
		steps in prop::collection::vec((0_u64..30, 0_u128..1_000), 1..60)
	) {
		let (mut window, mut all, mut slot) = (Window::<25>::default(), Vec::new(), 1_000);
		for (step, amount) in steps {
			slot += step;
			window.add(slot, amount);
			all.push((slot, amount));
			let expected = all.iter().filter(|(at, _)| at + 25 > slot).map(|(_, amount)| amount).sum::<u128>();
			prop_assert_eq!(window.sum_at(slot), expected);
			let later = all.iter().filter(|(at, _)| at + 25 > slot + 7).map(|(_, amount)| amount).sum::<u128>();
			prop_assert_eq!(window.sum_at(slot + 7), later);
		}
	}

	#[test]
	fn counter_should_have_at_least_every_24_hours_wherever_they_begin(
		steps in prop::collection::vec((0_u64..40_000, 0_u128..1_000), 1..60)
	) {
		let (mut counter, mut all, mut now) = (Counter::default(), Vec::<(u64, u128)>::new(), 1_000_000);
		for (step, amount) in steps {
			now += step;
			counter.add(now, amount);
			all.push((now, amount));
			let day = all.iter().filter(|(at, _)| at + 86_400 > now).map(|(_, amount)| amount).sum::<u128>();
			let more = all.iter().filter(|(at, _)| at + 90_000 > now).map(|(_, amount)| amount).sum::<u128>();
			prop_assert!((day..=more).contains(&counter.day_at(now)));
			prop_assert_eq!(counter.lifetime, all.iter().map(|(_, amount)| amount).sum::<u128>());
		}
	}
}

#[test]
fn window_should_stay_in_its_slot_when_the_clock_goes_back() {
	let mut window = Window::<13>::default();
	window.add(100, 5);
	window.add(90, 3);
	assert_eq!((window.slot, window.sum_at(100)), (100, 8));
	assert_eq!(window.sum_at(90), 8);
}
