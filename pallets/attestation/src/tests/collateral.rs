// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Submitting collateral.

use aivm_attestation::{
	intel::{PckAuthorityKind, Tee},
	Part,
};
use frame_support::{assert_noop, assert_ok};

use crate::{
	evidence::{
		forge::{self, Intel},
		RawCollateral,
	},
	mock::*,
	Collateral, CollateralId, Error, Event, In, Rank, StoredCollaterals,
};

/// Within the windows of the collateral of the recorded TDX quote.
const THEN: u64 = 1_751_624_924;

fn missing(part: Part) -> Error<Test> {
	Error::MissingCollateral(In(part))
}

#[test]
fn collateral_should_be_verified_from_the_root_down() {
	run_production(|| {
		set_time(THEN);
		let pieces = RawCollateral::recorded("tdx_quote").pieces();
		let [root_crl, authority, pck_crl, tcb_info, qe_identity] = &pieces[..] else { panic!() };
		for piece in [authority, tcb_info, qe_identity] {
			assert_noop!(submit(piece), missing(Part::RootCrl));
		}
		assert_noop!(submit(pck_crl), missing(Part::PckAuthority));
		submit_all(&[root_crl.clone(), authority.clone(), pck_crl.clone()]);
		assert_ok!(submit(tcb_info));
		let id = CollateralId::TcbInfo(Tee::Tdx, [0xb0, 0xc0, 0x6f, 0, 0, 0]);
		let stored = StoredCollaterals::<Test>::get(id).unwrap();
		let until = stored.window.until;
		assert_eq!(last_event(), Event::CollateralStored { id, rank: stored.rank, until });
		assert_eq!((stored.rank.number, stored.rank.issued), (17, stored.window.from));
		assert_ok!(submit(qe_identity));
		let stored = StoredCollaterals::<Test>::get(CollateralId::PckCrl(PckAuthorityKind::Platform)).unwrap();
		assert_eq!(stored.window.until, 1_752_919_235);
	});
}

#[test]
fn same_collateral_should_be_refused_when_it_is_not_newer() {
	run_production(|| {
		set_time(THEN);
		let pieces = RawCollateral::recorded("tdx_quote").pieces();
		submit_all(&pieces);
		for piece in &pieces {
			assert_noop!(submit(piece), Error::<Test>::NotNewer);
		}
	});
}

#[test]
fn newest_collateral_should_win_and_an_older_one_not_come_back() {
	// An Intel of our own issues the CRL of its root twice.
	let intel = Intel::new();
	let crl = |from: &str| Collateral::RootCrl(intel.root.crl(from, forge::UNTIL, &[]).try_into().unwrap());
	let (older, newer) = (crl("20241226000000Z"), crl("20241227000000Z"));
	run_forged(|| {
		assert_ok!(submit(&older));
		assert_ok!(submit(&newer));
		let rank = Rank { number: 7, issued: 1_735_257_600 };
		assert_eq!(StoredCollaterals::<Test>::get(CollateralId::RootCrl).unwrap().rank, rank);
		assert_noop!(submit(&older), Error::<Test>::NotNewer);
	});
}

#[test]
fn collateral_should_be_refused_outside_its_window() {
	run_production(|| {
		let pieces = RawCollateral::recorded("tdx_quote").pieces();
		set_time(THEN);
		submit_all(&pieces[..2]);
		// 2025-07-20.
		set_time(1_752_969_600);
		assert_noop!(submit(&pieces[2]), Error::<Test>::Expired(In(Part::PckCrl)));
		assert_noop!(submit(&pieces[3]), Error::<Test>::Expired(In(Part::TcbInfo)));
		assert_noop!(submit(&pieces[4]), Error::<Test>::Expired(In(Part::QeIdentity)));
		// 2025-06-01.
		set_time(1_748_736_000);
		// A CRL is good news earlier than its maker meant it to be.
		assert_ok!(submit(&pieces[2]));
		assert_noop!(submit(&pieces[3]), Error::<Test>::NotYetValid(In(Part::TcbInfo)));
	});
}

#[test]
fn changed_collateral_should_be_refused() {
	run_production(|| {
		set_time(THEN);
		let mut raw = RawCollateral::recorded("tdx_quote");
		submit_all(&raw.pieces()[..3]);
		raw.tcb_info.0[100] ^= 1;
		raw.qe_identity.1[5] ^= 1;
		raw.root_crl[100] ^= 1;
		let pieces = raw.pieces();
		assert_noop!(submit(&pieces[3]), Error::<Test>::Signature(In(Part::TcbInfo)));
		assert_noop!(submit(&pieces[4]), Error::<Test>::Signature(In(Part::QeIdentity)));
		assert!(submit(&pieces[0]).is_err());
		assert_eq!(StoredCollaterals::<Test>::iter().count(), 3);
	});
}

#[test]
fn statement_on_platforms_should_be_removed_once_it_has_expired() {
	run_production(|| {
		let fmspc = [0xb0, 0xc0, 0x6f, 0, 0, 0];
		let remove = || Attestation::remove_tcb_info(signed(&alice()), Tee::Tdx, fmspc);
		assert_noop!(remove(), Error::<Test>::UnknownCollateral);
		set_time(THEN);
		submit_all(&RawCollateral::recorded("tdx_quote").pieces());
		let id = CollateralId::TcbInfo(Tee::Tdx, fmspc);
		let until = StoredCollaterals::<Test>::get(id).unwrap().window.until;
		set_time(until);
		assert_noop!(remove(), Error::<Test>::NotExpired);
		set_time(until + 1);
		assert_ok!(remove());
		assert_eq!(last_event(), Event::CollateralRemoved { id });
		assert_noop!(remove(), Error::<Test>::UnknownCollateral);
	});
}
