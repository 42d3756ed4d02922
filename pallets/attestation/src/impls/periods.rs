// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Periods and challenges.

use aivm_attestation::{Binding, Subject};
use codec::Encode;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::{crypto::AccountId32, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{CheckedDiv, Zero},
	SaturatedConversion,
};

use crate::{Challenge, ChallengeSeeds, Config, Pallet, Period, Seeds};

/// Starts what a nonce is the digest of.
const DOMAIN: &[u8; 26] = b"aivm/attestation/challenge";

impl<T: Config> Pallet<T> {
	/// Begins a period at its first block. The one that the first block of the chain is in begins there.
	pub(crate) fn turn_period(now: BlockNumberFor<T>) {
		let seeds = ChallengeSeeds::<T>::get();
		let period: Period = now.checked_div(&T::Period::get()).unwrap_or_default().saturated_into();
		if seeds.is_some_and(|seeds| seeds.period == period) {
			return;
		}
		let before = seeds.filter(|seeds| seeds.period.checked_add(1) == Some(period));
		let hash = frame_system::Pallet::<T>::parent_hash();
		let current = H256(blake2_256(&(DOMAIN, hash).encode()));
		ChallengeSeeds::<T>::put(Seeds { period, current, previous: before.map(|seeds| seeds.current) });
	}

	/// The period that runs.
	pub(crate) fn period() -> Period {
		ChallengeSeeds::<T>::get().map(|seeds| seeds.period).unwrap_or_default()
	}

	/// Hash of the genesis block.
	pub(crate) fn genesis() -> [u8; 32] {
		let hash = frame_system::BlockHash::<T>::get(BlockNumberFor::<T>::zero());
		// The runtime's hashes have 32 bytes; others are not cut off but hashed.
		<[u8; 32]>::try_from(hash.as_ref()).unwrap_or_else(|_| blake2_256(hash.as_ref()))
	}

	/// What evidence of `provider` may be made for, with the period that it counts for: the newest first.
	pub(crate) fn subjects(provider: &AccountId32) -> impl Iterator<Item = (Period, Subject)> {
		let seeds = ChallengeSeeds::<T>::get();
		let current = seeds.map(|seeds| (seeds.period, seeds.current));
		let previous = seeds.and_then(|seeds| Some((seeds.period.saturating_sub(1), seeds.previous?)));
		let provider = provider.clone();
		current.into_iter().chain(previous).map(move |(period, seed)| {
			let nonce = blake2_256(&(DOMAIN, Self::genesis(), &provider, seed).encode());
			(period, Subject::Nonce(nonce))
		})
	}

	pub(crate) fn view_challenge(provider: &AccountId32) -> Option<Challenge> {
		let (period, subject) = Self::subjects(provider).next()?;
		let digest = Binding { genesis: Self::genesis(), provider: *provider.as_ref(), subject }.digest();
		let (Subject::Nonce(nonce) | Subject::Statement(nonce)) = subject;
		Some(Challenge { period, nonce, digest })
	}
}
