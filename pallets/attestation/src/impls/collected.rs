// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence that collectors submit.

use aivm_traits::CollectorRefused;
use alloc::boxed::Box;
use codec::Encode;
use frame_support::{
	ensure,
	pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityWithRefund, ValidTransaction},
	traits::Get,
	weights::Weight,
};
use sp_core::{crypto::AccountId32, sr25519};
use sp_io::{
	crypto::{sr25519_sign, sr25519_verify},
	hashing::blake2_256,
};

use crate::{
	Bound, CollectorFailures, Collectors, Config, Endpoint, Endpoints, Event, Evidence, Failures, Pallet, Period,
	Records, Refusal, KEY_TYPE,
};

/// Starts what collectors sign.
const DOMAIN: &[u8; 26] = b"aivm/attestation/collected";
/// For how many blocks a collector's transaction stays in the pool.
const LONGEVITY: u64 = 64;

impl<T: Config> Pallet<T> {
	/// What a collector signs: the BLAKE2-256 digest of a domain, the genesis hash, provider, period and evidence.
	pub fn collection_digest(provider: &AccountId32, period: Period, evidence: &Evidence) -> [u8; 32] {
		blake2_256(&(DOMAIN, Self::genesis(), provider, period, evidence).encode())
	}

	/// Whether a collector may submit evidence of a provider for a period.
	pub(crate) fn may_collect(
		provider: &AccountId32,
		period: Period,
		collector: &sr25519::Public,
	) -> Result<(), CollectorRefused> {
		let current = Self::period();
		ensure!(period == current || period.checked_add(1) == Some(current), CollectorRefused::WrongPeriod);
		let endpoint = Self::endpoint_for(provider, collector)?;
		ensure!(!Self::has_record(provider, &endpoint, period), CollectorRefused::Recorded);
		Ok(())
	}

	/// The endpoint of a provider, if a collector may bring what it serves.
	fn endpoint_for(provider: &AccountId32, collector: &sr25519::Public) -> Result<Endpoint, CollectorRefused> {
		ensure!(Collectors::<T>::get().contains(collector), CollectorRefused::UnknownCollector);
		let endpoint = Endpoints::<T>::get(provider).ok_or(CollectorRefused::NoEndpoint)?;
		let failures = CollectorFailures::<T>::get(collector);
		let few = failures.period != Self::period() || failures.count < T::MaxFailures::get();
		ensure!(few, CollectorRefused::TooManyFailures);
		Ok(endpoint)
	}

	/// Counts what a collector brought that turned out to be invalid, in this period.
	fn count_failure(collector: &sr25519::Public) {
		let current = Self::period();
		CollectorFailures::<T>::mutate(collector, |failures| {
			let before = if failures.period == current { failures.count } else { 0 };
			*failures = Failures { period: current, count: before.saturating_add(1) };
		});
	}

	/// Whether what a provider's endpoint serves is recorded for a period.
	pub(crate) fn has_record(provider: &AccountId32, endpoint: &Endpoint, period: Period) -> bool {
		Records::<T>::get(provider, endpoint.kind).is_some_and(|stored| stored.record.period >= period)
	}

	/// Decides on a collector's transaction. Evidence is not verified here: that takes the chain's own host functions, which
	/// light clients do not have.
	#[allow(clippy::borrowed_box, reason = "what authorises a call gets references to its arguments")]
	pub(crate) fn authorize_collected(
		_: TransactionSource,
		provider: &AccountId32,
		period: &Period,
		evidence: &Box<Evidence>,
		collector: &sr25519::Public,
		signature: &sr25519::Signature,
	) -> TransactionValidityWithRefund {
		Self::may_collect(provider, *period, collector)?;
		let digest = Self::collection_digest(provider, *period, evidence);
		ensure!(sr25519_verify(signature, &digest, collector), InvalidTransaction::BadProof);
		let validity = ValidTransaction::with_tag_prefix("aivm/attestation")
			.and_provides((provider, period))
			.longevity(LONGEVITY)
			.propagate(true)
			.build()?;
		Ok((validity, Weight::zero()))
	}

	/// Records what a collector submitted, or says why not. What was true in the pool may have changed since.
	pub(crate) fn do_attest_collected(
		provider: &AccountId32,
		period: Period,
		evidence: &Evidence,
		collector: sr25519::Public,
	) {
		if let Err(reason) = Self::collect(provider, period, evidence, collector) {
			Self::count_failure(&collector);
			Self::deposit_event(Event::CollectionRefused { provider: provider.clone(), collector, reason });
		}
	}

	/// Records evidence from a provider's endpoint.
	pub(crate) fn collect(
		provider: &AccountId32,
		period: Period,
		evidence: &Evidence,
		collector: sr25519::Public,
	) -> Result<(), Refusal> {
		let record = Self::check_collected(provider, period, evidence)?;
		Self::store(provider, record, Some(collector))
	}

	/// Verifies evidence from a provider's endpoint.
	fn check_collected(provider: &AccountId32, period: Period, evidence: &Evidence) -> Result<crate::Record, Refusal> {
		let endpoint = Endpoints::<T>::get(provider).ok_or(Refusal::OtherKind)?;
		let mut record = Self::verify::<T::Signatures>(provider, evidence, endpoint.workload)?;
		ensure!(record.kind == endpoint.kind, Refusal::OtherKind);
		match record.bound {
			Bound::Challenge => ensure!(record.period == period, Refusal::OtherPeriod),
			Bound::Nothing => record.period = period,
		}
		Ok(record)
	}
}

impl<T: Config> aivm_traits::Collectors<AccountId32> for Pallet<T> {
	fn may_bring(provider: &AccountId32, collector: &sr25519::Public) -> Result<(), CollectorRefused> {
		Self::endpoint_for(provider, collector).map(|_| ())
	}

	fn was_wrong(collector: &sr25519::Public) {
		Self::count_failure(collector);
	}

	fn sign(collector: &sr25519::Public, message: &[u8]) -> Option<sr25519::Signature> {
		sr25519_sign(KEY_TYPE, collector, message)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_collector(provider: &AccountId32) -> sr25519::Public {
		crate::benchmarking::set_up_collector::<T>(provider)
	}
}
