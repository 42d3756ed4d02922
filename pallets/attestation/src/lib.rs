// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Attestation pallet
//!
//! Verifies what confidential hardware says about itself, and keeps a record of exactly what was proven, and until when.
//!
//! ## Terminology
//!
//! - *Evidence*: a quote, report or document that a machine or device made. See [`Evidence`].
//! - *Collateral*: what makers sign about their hardware: which security versions are good, which certificates are revoked.
//!   See [`Collateral`].
//! - *Challenge*: what evidence must be made for, another one for each provider and each period of [`Config::Period`]
//!   blocks. It follows from the hash of a block, so that nobody knows it before.
//! - *Record*: what a provider's evidence proved. See [`Record`]. It counts for at most [`Config::MaxAge`] seconds.
//! - *Collector*: a key of a node whose off-chain worker fetches attestations, and proofs of tasks, from providers' endpoints.
//!
//! ## Scenario: a provider shows its machine
//!
//! 1. Anybody submits the maker's current collateral with [`submit_collateral`](Pallet::submit_collateral). The newest that
//!    is valid wins.
//! 2. The provider asks the chain for its [`challenge`](Pallet::challenge), asks its GPUs for reports with the challenge's
//!    digest as nonce, and its machine for a quote with report data that name the digest and the GPUs' reports.
//! 3. It sends both with [`attest`](Pallet::attest). Or it serves them at an endpoint that it states with
//!    [`set_endpoint`](Pallet::set_endpoint): then a collector fetches, verifies and submits them in each period, without
//!    anyone's hand, and the provider pays nothing but deposits.
//!
//! ## Rules
//!
//! - *Time* is the block's. Clocks in evidence are never trusted to make it fresher.
//! - *Debug modes* are refused, whatever else is true.
//! - *Tiers*: governance states a policy on firmware for each. Evidence that meets none is refused, and a record names those
//!   that it meets.
//! - *Workloads*: governance lists what may run as which workload. A record names one only if the measurement is listed.
//! - *Devices* have measurements that governance lists for their driver and VBIOS, and a machine that names their reports.
//! - *Development networks*: where the genesis state says so ([`AllowDevelopment`]), and nowhere else, a key's word is
//!   accepted instead of hardware's, and evidence that was recorded elsewhere. Records say so: by [`Record::kind`] and
//!   [`Record::bound`]. No call changes it.
//!
//! ## Deposits
//!
//! Providers have deposits on hold for their endpoint and their records, by size. Collateral costs only its fee: makers sign
//! a limited number of statements, of which one for each model of hardware is stored.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects,
		clippy::panic
	)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod collateral;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod evidence;
mod impls;
#[cfg(test)]
mod mock;
mod refusal;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;
pub mod worker;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use collateral::*;
pub use pallet::*;
pub use refusal::{In, Refusal};
pub use types::*;
pub use weights::WeightInfo;

use sp_core::crypto::KeyTypeId;

/// Under which the pallet logs.
pub(crate) const LOG_TARGET: &str = "aivm::attestation";

/// The type of collectors' keys in a node's keystore.
pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"aivm");

/// Configuration, storage, events, errors, view functions and calls.
#[allow(clippy::expect_used, reason = "the code that the macro writes for the metadata has `expect`s")]
#[frame_support::pallet]
pub mod pallet {
	use aivm_attestation::{
		intel::{Fmspc, Tee},
		nvidia::{Allowed, Golden},
		proven::Version,
		Kind, Portable, Roots, Signatures, TcbPolicy,
	};
	use aivm_traits::{Balance, CollectedProofs};
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Inspect, MutateHold},
			Footprint, UnixTime,
		},
	};
	use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
	use sp_core::{crypto::AccountId32, sr25519};
	use sp_runtime::traits::Convert;

	use crate::{
		Challenge, Collateral, CollateralId, CollateralStatus, Denied, Endpoint, Evidence, Failures, In, Period, Rank,
		Record, Refusal, Seeds, StoredCollateral, StoredRecord, Tier, Url, WeightInfo, Workload, WorkloadId,
		MAX_COLLECTORS,
	};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId32, RuntimeEvent: From<Event<Self>>>
		+ CreateAuthorizedTransaction<Call<Self>>
	{
		/// Weights of this pallet's functions.
		type WeightInfo: WeightInfo;

		/// The runtime's reason for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The native token.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The deposit for storage.
		type DepositPrice: Convert<Footprint, Balance>;

		/// Who states policies, workloads, measurements, denials and collectors.
		type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The time.
		type Time: UnixTime;

		/// Tasks whose proofs collectors fetch too.
		type Proofs: CollectedProofs<Self::AccountId>;

		/// Verifies signatures. It must agree with [`Portable`], which view functions use.
		type Signatures: Signatures;

		/// The root certificates.
		type Roots: Get<Roots<'static>>;

		/// For how many blocks a challenge holds. Evidence for the period before is accepted too.
		#[pallet::constant]
		type Period: Get<BlockNumberFor<Self>>;

		/// For how many seconds a record counts at most.
		#[pallet::constant]
		type MaxAge: Get<u64>;

		/// How many invalid attestations and proofs a collector may submit in a period.
		#[pallet::constant]
		type MaxFailures: Get<u32>;

		/// Prepares benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper;
	}

	/// Why this pallet holds a provider's money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For its endpoint.
		#[codec(index = 0)]
		Endpoint,
		/// For its records.
		#[codec(index = 1)]
		Record,
	}

	/// Whether development attestations and recorded evidence are accepted. Set at genesis only.
	#[pallet::storage]
	pub type AllowDevelopment<T: Config> = StorageValue<_, bool, ValueQuery>;

	/// From what challenges are made.
	#[pallet::storage]
	pub type ChallengeSeeds<T: Config> = StorageValue<_, Seeds, OptionQuery>;

	/// The newest collateral of each kind.
	#[pallet::storage]
	pub type StoredCollaterals<T: Config> =
		StorageMap<_, Blake2_128Concat, CollateralId, StoredCollateral, OptionQuery>;

	/// Which firmware is new enough for each tier.
	#[pallet::storage]
	pub type Policies<T: Config> = StorageMap<_, Twox64Concat, Tier, TcbPolicy, ValueQuery>;

	/// What may run as which workload.
	#[pallet::storage]
	pub type Workloads<T: Config> = StorageMap<_, Twox64Concat, WorkloadId, Workload, OptionQuery>;

	/// The measurements that NVIDIA devices may have, by driver and VBIOS.
	#[pallet::storage]
	pub type Goldens<T: Config> = StorageMap<_, Blake2_128Concat, (Version, Version), Golden, OptionQuery>;

	/// What is never accepted.
	#[pallet::storage]
	pub type DenyList<T: Config> = StorageMap<_, Blake2_128Concat, Denied, (), OptionQuery>;

	/// The keys of collectors.
	#[pallet::storage]
	pub type Collectors<T: Config> = StorageValue<_, BoundedVec<sr25519::Public, ConstU32<MAX_COLLECTORS>>, ValueQuery>;

	/// What collectors submitted that turned out to be invalid, by collector.
	#[pallet::storage]
	pub type CollectorFailures<T: Config> = StorageMap<_, Twox64Concat, sr25519::Public, Failures, ValueQuery>;

	/// Where providers serve their evidence, and the proofs of their tasks.
	#[pallet::storage]
	pub type Endpoints<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Endpoint, OptionQuery>;

	/// What providers' evidence proved, by its kind. Some may have expired.
	#[pallet::storage]
	pub type Records<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, Kind, StoredRecord, OptionQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Whether development attestations and recorded evidence are accepted. Never where value is at stake.
		pub allow_development: bool,
		/// The keys of collectors.
		pub collectors: Vec<sr25519::Public>,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			AllowDevelopment::<T>::put(self.allow_development);
			let collectors = BoundedVec::try_from(self.collectors.clone());
			Collectors::<T>::put(collectors.expect("a genesis state names at most 32 collectors"));
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Collateral was verified and replaces what there was.
		CollateralStored {
			/// What it is for.
			id: CollateralId,
			/// How new it is.
			rank: Rank,
			/// Last second, since 1970, at which it is valid.
			until: u64,
		},
		/// Expired collateral is no longer stored.
		CollateralRemoved {
			/// What it was for.
			id: CollateralId,
		},
		/// A provider's evidence was verified.
		Attested {
			/// The provider.
			provider: T::AccountId,
			/// Who collected it, if the provider did not send it.
			collector: Option<sr25519::Public>,
			/// What it proved.
			record: Record,
		},
		/// Collected evidence turned out to be invalid. Nothing was recorded.
		CollectionRefused {
			/// The provider.
			provider: T::AccountId,
			/// Who collected it.
			collector: sr25519::Public,
			/// Why.
			reason: Refusal,
		},
		/// A record is no longer stored.
		RecordRemoved {
			/// The provider.
			provider: T::AccountId,
			/// The kind of evidence.
			kind: Kind,
		},
		/// A provider serves its evidence.
		EndpointSet {
			/// The provider.
			provider: T::AccountId,
			/// Where.
			url: Url,
			/// The kind of evidence.
			kind: Kind,
		},
		/// A provider serves no evidence any more.
		EndpointRemoved {
			/// The provider.
			provider: T::AccountId,
		},
		/// A tier has another policy.
		PolicySet {
			/// The tier.
			tier: Tier,
		},
		/// A workload is another, or gone.
		WorkloadSet {
			/// The workload.
			id: WorkloadId,
		},
		/// The measurements of devices are others, or none are allowed any more.
		GoldenSet {
			/// Of the driver.
			driver: Version,
			/// Of the VBIOS.
			vbios: Version,
		},
		/// Something is accepted no more, or again.
		DenialSet {
			/// What.
			item: Denied,
			/// Whether it is denied.
			denied: bool,
		},
		/// The collectors are others.
		CollectorsSet {
			/// How many there are.
			count: u32,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// A part is longer than is read. Send only that part.
		TooLong(In),
		/// A part is not in its format. Send the bytes exactly as their maker issued them.
		Malformed(In),
		/// A part is of a version, kind or algorithm that is not in use. See the evidence formats.
		Unsupported(In),
		/// A part becomes valid only later. Check the machine's clock, or wait.
		NotYetValid(In),
		/// A part was valid until earlier. Fetch a new one.
		Expired(In),
		/// The signature of a part is wrong. Its bytes were changed, or its issuer is another.
		Signature(In),
		/// A part names another issuer than the certificate above it. Send its own chain.
		Issuer(In),
		/// The chain does not end in the root that is pinned for the maker. Use hardware of that maker, in production.
		ForeignRoot,
		/// A certificate may not sign what it signed. Send the chain that its maker issued.
		NotAuthority(In),
		/// A part has a critical extension that is not understood. The chain must be upgraded.
		CriticalExtension(In),
		/// Its authority revoked the certificate. Use other hardware.
		Revoked(In),
		/// The certificate or device is on this chain's deny-list. Use other hardware, or ask governance.
		Denied(In),
		/// The machine runs in a debug mode. Start it again without debugging.
		DebugMode,
		/// The machine is migratable, profiled, bound to a service machine or misses a protection. Start it without.
		UnsafeAttributes,
		/// The stored collateral is for other hardware. Submit the one for it.
		WrongCollateral(In),
		/// The quoting enclave did not certify the key of the quote. Make a new quote.
		QuotingKey,
		/// The quoting enclave is not the one that Intel identifies. Install Intel's.
		QuotingEnclave,
		/// The TDX module is not one that Intel identifies. Install Intel's.
		TdxModule,
		/// The platform's security versions are below all that its maker lists. Update firmware and microcode.
		NoTcbLevel,
		/// The maker revoked the platform's security versions. Update firmware, and attest again.
		TcbRevoked,
		/// No tier allows the platform's TCB status. Update or reconfigure the platform.
		StatusNotAllowed,
		/// A security advisory applies that no tier's policy names. Update or reconfigure the platform.
		AdvisoryNotAllowed,
		/// The platform is out of date, and the time for updates is over. Update it.
		GraceOver,
		/// The collateral is of an older evaluation than policies ask for. Submit newer.
		EvaluationTooOld,
		/// The platform's security versions are below every tier's. Update its firmware.
		TcbTooLow,
		/// The report is of another chip than the certificate. Send that chip's certificate.
		ChipId,
		/// The report has other security versions than the certificate. Fetch the certificate for the reported ones.
		ReportedTcb,
		/// The report was signed with another kind of key. Send the VCEK or VLEK that it names.
		SigningKey,
		/// The device's firmware is not the one that its certificate was made for. Reset the device.
		FirmwareId,
		/// No measurements are listed for the device's driver and VBIOS. Install a listed pair, or ask governance.
		UnknownFirmware,
		/// The measurement with this index is not among those listed. Restore the device's firmware.
		DeviceMeasurement(u8),
		/// What runs is not on the workload's allow-list. Run a listed image, or ask governance.
		MeasurementNotAllowed,
		/// The evidence was not made for this chain, the provider and its challenge. Make it for the challenge's digest.
		Binding,
		/// A device's nonce is not the machine's. Ask the device with the challenge's digest.
		DeviceNonce,
		/// The machine names other reports of devices. Quote after all devices, with their digest.
		DeviceReports,
		/// A device's evidence stands for a machine's, or the other way round. Exchange them.
		WrongKind,
		/// The evidence has no 64 bytes of report data. Pass them when making it.
		ReportData,
		/// Collateral that the evidence needs is not stored. Submit it first.
		MissingCollateral(In),
		/// This chain accepts no development attestations. Send the evidence of confidential hardware.
		DevelopmentNotAllowed,
		/// A development attestation is signed with another key than the provider's. Use the provider's.
		ForeignKey,
		/// A device without a machine proves nothing about the provider. Send both.
		DeviceAlone,
		/// A device is there twice. Send one report of each.
		SameDevice,
		/// There is no such workload. Look it up, or name none.
		UnknownWorkload,
		/// The provider cannot pay the deposit for the record. Send it money.
		Deposit,
		/// The provider's endpoint states another kind of evidence. Change one or the other.
		OtherKind,
		/// The evidence answers the challenge of another period. Make it for the current one.
		OtherPeriod,
		/// What is stored is as new, or newer. Nothing needs to be submitted.
		NotNewer,
		/// There is no such collateral.
		UnknownCollateral,
		/// It has not expired yet. Wait until then.
		NotExpired,
		/// There is no such record.
		UnknownRecord,
		/// The signer has no endpoint.
		UnknownEndpoint,
		/// The address is not `http://…` or `https://…` in printable ASCII without a slash at its end. Correct it.
		BadUrl,
		/// An endpoint serves a machine's evidence. Name the machine's kind; devices are part of it.
		DeviceKind,
		/// A list names something twice, or is empty. Correct it.
		BadList,
		/// A name is empty, or no UTF-8. Correct it.
		BadName,
		/// Nothing would change.
		NoChange,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			Self::turn_period(now);
			T::WeightInfo::on_initialize()
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			crate::worker::run::<T>(now);
		}

		fn integrity_test() {
			Self::check_config();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What the next evidence of `provider` must be made for, or `None` before the first block.
		pub fn challenge(provider: T::AccountId) -> Option<Challenge> {
			Self::view_challenge(&provider)
		}

		/// What the evidence of `kind` of `provider` proved, if there is any, also if it has expired.
		pub fn record(provider: T::AccountId, kind: Kind) -> Option<Record> {
			Records::<T>::get(provider, kind).map(|stored| stored.record)
		}

		/// What all evidence of `provider` proved, by kind, also what has expired.
		pub fn records(provider: T::AccountId) -> Vec<Record> {
			Self::view_records(&provider)
		}

		/// The kinds of evidence that count for `provider` now.
		pub fn valid_kinds(provider: T::AccountId) -> Vec<Kind> {
			Self::view_valid_kinds(&provider)
		}

		/// What is known of up to `limit` (at most [`crate::Pallet::PAGE`]) pieces of stored collateral, in storage order,
		/// also what has expired. Go on with the last id of the page before.
		pub fn collateral(start: Option<CollateralId>, limit: u32) -> Vec<CollateralStatus> {
			Self::view_collateral(start, limit)
		}

		/// The collateral that `evidence` needs and that is missing or expires within `seconds`.
		pub fn needed_collateral(evidence: Evidence, seconds: u64) -> Result<Vec<CollateralId>, Refusal> {
			Self::view_needed(&evidence, seconds)
		}

		/// What [`Pallet::attest`] would record if `provider` sent this now. Verifies as the call does, without the chain's own host
		/// functions.
		pub fn check(
			provider: T::AccountId,
			evidence: Evidence,
			workload: Option<WorkloadId>,
		) -> Result<Record, Refusal> {
			Self::verify::<Portable>(&provider, &evidence, workload)
		}

		/// What a refusal means and what to do about it, as UTF-8 text.
		pub fn explain(refusal: Refusal) -> Vec<u8> {
			alloc::format!("{refusal}").into_bytes()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Submit what a maker of hardware signed. Signed by anybody.
		///
		/// It is verified down to the maker's root, at the time of the block, and replaces what is older. Of Intel's, the
		/// CRL of the root comes first, then the authority, then its CRL.
		///
		/// Errors: [`Error::NotNewer`], [`Error::MissingCollateral`], [`Error::Expired`], [`Error::Signature`] and the others
		/// about a part. Events: [`Event::CollateralStored`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_collateral(collateral))]
		pub fn submit_collateral(origin: OriginFor<T>, collateral: Box<Collateral>) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_submit_collateral(&collateral)
		}

		/// Remove a statement on a model of platforms that has expired. Signed by anybody.
		///
		/// Errors: [`Error::UnknownCollateral`], [`Error::NotExpired`]. Events: [`Event::CollateralRemoved`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::remove_tcb_info())]
		pub fn remove_tcb_info(origin: OriginFor<T>, tee: Tee, fmspc: Fmspc) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_remove_tcb_info(tee, fmspc)
		}

		/// Prove what the signer's machine is. Signed by the provider, who pays the deposit for the record.
		///
		/// The evidence must be made for the signer's [`challenge`](Pallet::challenge). With a `workload`, what runs must be
		/// on its allow-list.
		///
		/// Errors: every one that is about evidence. Events: [`Event::Attested`].
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::weight_of(evidence))]
		pub fn attest(origin: OriginFor<T>, evidence: Box<Evidence>, workload: Option<WorkloadId>) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			Self::do_attest(&provider, &evidence, workload)
		}

		/// Submit evidence from a provider's endpoint. A general transaction that a collector's key authorises; it has no
		/// fee.
		///
		/// Only what is cheap is checked before it enters a block: the key, its signature over
		/// [`Pallet::collection_digest`], that the provider has an endpoint and no record of the period, and that the
		/// collector was not wrong too often in it. The evidence is verified as [`attest`](Pallet::attest) does. If it is
		/// invalid, nothing is recorded.
		///
		/// Events: [`Event::Attested`] or [`Event::CollectionRefused`].
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::weight_of_collected(evidence))]
		#[pallet::authorize(Pallet::<T>::authorize_collected)]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_attest_collected())]
		pub fn attest_collected(
			origin: OriginFor<T>,
			provider: T::AccountId,
			period: Period,
			evidence: Box<Evidence>,
			collector: sr25519::Public,
			_signature: sr25519::Signature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_attest_collected(&provider, period, &evidence, collector);
			Ok(())
		}

		/// Remove a record and give its deposit back. Signed by the provider, or by anybody once it has expired.
		///
		/// Errors: [`Error::UnknownRecord`], [`Error::NotExpired`]. Events: [`Event::RecordRemoved`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::remove_record())]
		pub fn remove_record(origin: OriginFor<T>, provider: T::AccountId, kind: Kind) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_record(&who, &provider, kind)
		}

		/// State where the signer serves its evidence, or state it anew. Signed by the provider, who pays the deposit.
		///
		/// Collectors ask for `{url}/attestation?nonce=…`, with the nonce of the [`challenge`](Pallet::challenge) in
		/// hexadecimal, and expect the SCALE encoding of an [`Evidence`] in the body. For open tasks of the signer that wait for a
		/// proof, they ask for `{url}/proofs?task=…`, with the task's number in decimal.
		///
		/// Errors: [`Error::BadUrl`], [`Error::DeviceKind`], [`Error::DevelopmentNotAllowed`], [`Error::UnknownWorkload`].
		/// Events: [`Event::EndpointSet`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_endpoint())]
		pub fn set_endpoint(
			origin: OriginFor<T>,
			url: Url,
			kind: Kind,
			workload: Option<WorkloadId>,
		) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			Self::do_set_endpoint(provider, url, kind, workload)
		}

		/// Serve no evidence any more and get the deposit back. Signed by the provider.
		///
		/// Errors: [`Error::UnknownEndpoint`]. Events: [`Event::EndpointRemoved`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::remove_endpoint())]
		pub fn remove_endpoint(origin: OriginFor<T>) -> DispatchResult {
			let provider = ensure_signed(origin)?;
			Self::do_remove_endpoint(provider)
		}

		/// State which firmware is new enough for a tier. By governance.
		///
		/// Events: [`Event::PolicySet`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::set_policy())]
		pub fn set_policy(origin: OriginFor<T>, tier: Tier, policy: Box<TcbPolicy>) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Policies::<T>::insert(tier, *policy);
			Self::deposit_event(Event::PolicySet { tier });
			Ok(())
		}

		/// State what may run as a workload, or that it is gone. By governance.
		///
		/// Errors: [`Error::BadName`], [`Error::BadList`], [`Error::NoChange`]. Events: [`Event::WorkloadSet`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_workload())]
		pub fn set_workload(origin: OriginFor<T>, id: WorkloadId, workload: Option<Box<Workload>>) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_workload(id, workload.map(|workload| *workload))
		}

		/// State the measurements that NVIDIA devices with a driver and VBIOS may have, or that none are allowed. By
		/// governance.
		///
		/// Errors: [`Error::BadList`], [`Error::NoChange`]. Events: [`Event::GoldenSet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_golden())]
		pub fn set_golden(
			origin: OriginFor<T>,
			driver: Version,
			vbios: Version,
			measurements: Option<BoundedVec<Allowed, ConstU32<64>>>,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_golden(driver, vbios, measurements)
		}

		/// Accept a certificate or device no more, or again. By governance.
		///
		/// Errors: [`Error::NoChange`]. Events: [`Event::DenialSet`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::set_denied())]
		pub fn set_denied(origin: OriginFor<T>, item: Denied, denied: bool) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_denied(item, denied)
		}

		/// State the keys of collectors. By governance.
		///
		/// Errors: [`Error::BadList`]. Events: [`Event::CollectorsSet`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::set_collectors())]
		pub fn set_collectors(
			origin: OriginFor<T>,
			collectors: BoundedVec<sr25519::Public, ConstU32<MAX_COLLECTORS>>,
		) -> DispatchResult {
			T::GovernanceOrigin::ensure_origin(origin)?;
			Self::do_set_collectors(collectors)
		}
	}
}
