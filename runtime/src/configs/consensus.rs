// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Authoring, finality, sessions, offences and the Merkle mountain range.

use super::staking;
use crate::*;
use aivm_receipts::BlockLeaf;
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64, KeyOwnerProofSystem},
};
use pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
use sp_core::H256;
use sp_mmr_primitives::{LeafDataProvider, OnNewRoot};
use sp_runtime::{
	traits::{ConvertInto, Keccak256, OpaqueKeys},
	KeyTypeId,
};

/// One slot in four has an expected primary author; secondary VRF authors fill the others, so that every slot has a block.
pub const BABE_GENESIS_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
	sp_consensus_babe::BabeEpochConfiguration {
		c: (1, 4),
		allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryVRFSlots,
	};

/// Most validators in a set.
pub type MaxAuthorities = ConstU32<1_000>;

/// Sessions in the bonding time: that many sets of validators a report may name.
const BONDING_SESSIONS: u64 = staking::BONDING_DURATION as u64 * staking::SESSIONS_PER_ERA as u64;
/// Sets of validators that a report may name.
pub type MaxSetIdSessionEntries = ConstU64<BONDING_SESSIONS>;
/// Slots for which an equivocation can be reported: the whole bonding time.
pub type ReportLongevity = ConstU64<{ BONDING_SESSIONS * EPOCH_DURATION_IN_SLOTS as u64 }>;

impl pallet_babe::Config for Runtime {
	type DisabledValidators = Session;
	type EpochChangeTrigger = pallet_babe::ExternalTrigger;
	type EpochDuration = ConstU64<{ EPOCH_DURATION_IN_SLOTS as u64 }>;
	type EquivocationReportSystem = pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
	type ExpectedBlockTime = ConstU64<SLOT_DURATION>;
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, pallet_babe::AuthorityId)>>::Proof;
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = staking::MaxExposurePageSize;
	type WeightInfo = ();
}

impl pallet_grandpa::Config for Runtime {
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, pallet_grandpa::AuthorityId)>>::Proof;
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = staking::MaxExposurePageSize;
	type MaxSetIdSessionEntries = MaxSetIdSessionEntries;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
}

impl pallet_authorship::Config for Runtime {
	type EventHandler = Staking;
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
}

parameter_types! {
	/// Deposit for a validator's session keys.
	pub const SessionKeyDeposit: Balance = deposit(1, 128);
}

impl pallet_session::Config for Runtime {
	type Currency = Balances;
	type DisablingStrategy = UpToLimitWithReEnablingDisablingStrategy;
	type KeyDeposit = SessionKeyDeposit;
	type Keys = SessionKeys;
	type NextSessionRotation = Babe;
	type RuntimeEvent = RuntimeEvent;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type SessionManager = pallet_session::historical::NoteHistoricalRoot<Self, Staking>;
	type ShouldEndSession = Babe;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

impl pallet_session::historical::Config for Runtime {
	type FullIdentification = ();
	type FullIdentificationOf = pallet_staking::UnitIdentificationOf<Self>;
	type RuntimeEvent = RuntimeEvent;
}

impl pallet_offences::Config for Runtime {
	type IdentificationTuple = pallet_session::historical::IdentificationTuple<Self>;
	type OnOffenceHandler = Staking;
	type RuntimeEvent = RuntimeEvent;
}

impl pallet_authority_discovery::Config for Runtime {
	type MaxAuthorities = MaxAuthorities;
}

/// Puts each new root of the range into the header, where light clients and receipt proofs find it.
pub struct DepositMmrRoot;
impl OnNewRoot<H256> for DepositMmrRoot {
	fn on_new_root(root: &H256) {
		ExecutionReceipts::deposit_mmr_root(*root);
	}
}

impl pallet_mmr::Config for Runtime {
	type BlockHashProvider = pallet_mmr::DefaultBlockHashProvider<Runtime>;
	type Hashing = Keccak256;
	type LeafData = ExecutionReceipts;
	type OnNewRoot = DepositMmrRoot;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();

	const INDEXING_PREFIX: &'static [u8] = sp_mmr_primitives::INDEXING_PREFIX;
}

/// The leaf that the range holds for each block.
pub type MmrLeaf = <ExecutionReceipts as LeafDataProvider>::LeafData;

const _: fn(MmrLeaf) -> BlockLeaf = |leaf| leaf;
