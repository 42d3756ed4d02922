// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Corrupts the storage, and expects the check to notice.

use frame_support::traits::fungible::MutateHold;
use sp_runtime::DispatchError;

use super::*;
use crate::kinds::groth16::trapdoor;

/// What `do_try_state` says of a chain with a key of each kind and a statement, after `corrupt`.
fn corrupted(corrupt: impl FnOnce(VersionRef)) -> &'static str {
	new_test_ext().execute_with(|| {
		let version = publish(alice());
		let commitment = numbers(&[1])[0];
		let private = Binding::Version { version, weights: Weights::Private { commitment } };
		register(Curve::Bls12_381, &trapdoor::key(Curve::Bls12_381, 4), private);
		register(Curve::Bn254, &trapdoor::key(Curve::Bn254, 1), standalone());
		register(Curve::Bn254, &trapdoor::key(Curve::Bn254, 1), standalone());
		assert_ok!(Verification::revoke_key(signed(alice()), 2));
		let inputs = numbers(&[1]);
		let proof = trapdoor::prove(Curve::Bn254, &inputs);
		assert_ok!(Verification::verify(signed(bob()), 1, proven(&inputs, &proof)));
		assert_ok!(Verification::do_try_state());
		corrupt(version);
		match Verification::do_try_state() {
			Err(DispatchError::Other(reason)) => reason,
			other => panic!("not noticed: {other:?}"),
		}
	})
}

fn change(id: KeyId, change: impl FnOnce(&mut KeyOf<Test>)) {
	Keys::<Test>::mutate(id, |key| change(key.as_mut().unwrap()));
}

#[test]
fn try_state_should_fail_when_storage_is_corrupt() {
	for (reason, found) in [
		("a key's identifier was never given out", corrupted(|_| NextKeyId::<Test>::put(2))),
		(
			"an active key's prepared form has the wrong length",
			corrupted(|_| {
				Prepared::<Test>::mutate(0, |key| {
					key.as_mut().unwrap().pop();
				})
			}),
		),
		("an active key's prepared form has the wrong length", corrupted(|_| change(1, |key| key.inputs += 1))),
		("a revoked key has a prepared form", corrupted(|_| Prepared::<Test>::insert(2, PreparedKey::default()))),
		(
			"what is no active key has a prepared form",
			corrupted(|_| Prepared::<Test>::insert(9, PreparedKey::default())),
		),
		("a bound key is not in the index", corrupted(|version| KeysOf::<Test>::remove(version, 0u32.to_be_bytes()))),
		(
			"the index names a key that is not bound to the version",
			corrupted(|version| KeysOf::<Test>::insert(version, 1u32.to_be_bytes(), ())),
		),
		(
			"a key's weights are not those that are pinned",
			corrupted(|version| PinnedWeights::<Test>::insert(version, [0; 32])),
		),
		(
			"a statement's key does not exist",
			corrupted(|_| {
				let (hash, mut record) = Statements::<Test>::iter().next().unwrap();
				record.key = 9;
				Statements::<Test>::insert(hash, record);
			}),
		),
		("a hold is not the sum of the deposits", corrupted(|_| change(0, |key| key.deposit += 1))),
		(
			"a hold is not the sum of the deposits",
			corrupted(|_| Balances::set_on_hold(&HoldReason::Statement.into(), &alice(), 1).unwrap()),
		),
		(
			"an account that does not exist has deposits",
			corrupted(|_| {
				let (hash, record) = Statements::<Test>::iter().next().unwrap();
				Statements::<Test>::insert(H256::zero(), VerifiedStatement { submitter: poor(), ..record.clone() });
				Statements::<Test>::insert(hash, record);
			}),
		),
	] {
		assert_eq!(found, reason);
	}
}
