// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Who decides: referenda of token holders act as root; the council governs parameters and bounded spending.

use crate::*;
use alloc::borrow::Cow as AllocCow;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types,
	traits::{
		fungible::HoldConsideration, ConstU32, EitherOfDiverse, EqualPrivilegeOnly, InstanceFilter, LinearStoragePrice,
		OriginTrait,
	},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_referenda::{Curve, Track, TrackInfo};
use scale_info::TypeInfo;
use sp_runtime::{str_array, Perbill};

/// More than half of the council.
pub type CouncilMajority = pallet_collective::EnsureProportionMoreThan<AccountId, pallet_collective::Instance1, 1, 2>;
/// At least two thirds of the council.
pub type CouncilTwoThirds = pallet_collective::EnsureProportionAtLeast<AccountId, pallet_collective::Instance1, 2, 3>;
/// A referendum, or at least two thirds of the council.
pub type RootOrCouncil = EitherOfDiverse<EnsureRoot<AccountId>, CouncilTwoThirds>;

parameter_types! {
	/// Deposit for a preimage.
	pub const PreimageBaseDeposit: Balance = deposit(2, 64);
	/// Deposit for each of its bytes.
	pub const PreimageByteDeposit: Balance = deposit(0, 1);
	/// Why the deposit is held.
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHoldReason,
		LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
	>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	/// What scheduled calls may fill of a block.
	pub const MaximumSchedulerWeight: Weight = GOVERNANCE_BLOCK_WEIGHT;
}

impl pallet_scheduler::Config for Runtime {
	type BlockNumberProvider = System;
	type MaxScheduledPerBlock = ConstU32<50>;
	type MaximumWeight = MaximumSchedulerWeight;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type PalletsOrigin = OriginCaller;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type ScheduleOrigin = RootOrCouncil;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	/// Weight of a motion's call at most.
	pub const MaxProposalWeight: Weight = GOVERNANCE_BLOCK_WEIGHT;
}

impl pallet_collective::Config<pallet_collective::Instance1> for Runtime {
	type Consideration = ();
	type DefaultVote = pallet_collective::PrimeDefaultVote;
	type DisapproveOrigin = EnsureRoot<AccountId>;
	type KillOrigin = EnsureRoot<AccountId>;
	type MaxMembers = ConstU32<21>;
	type MaxProposalWeight = MaxProposalWeight;
	type MaxProposals = ConstU32<50>;
	type MotionDuration = ConstU32<{ 3 * DAYS }>;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}

impl pallet_conviction_voting::Config for Runtime {
	type BlockNumberProvider = System;
	type Currency = Balances;
	type MaxTurnout = frame_support::traits::tokens::currency::ActiveIssuanceOf<Balances, AccountId>;
	type MaxVotes = ConstU32<128>;
	type Polls = Referenda;
	type RuntimeEvent = RuntimeEvent;
	type VoteLockingPeriod = ConstU32<{ 7 * DAYS }>;
	type VotingHooks = ();
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
}

/// The tracks that referenda take. One as yet: root.
pub struct TracksInfo;

/// Approval falls from all to half of the votes, support from half to none of the issuance, over the decision period.
const ROOT: Track<u16, Balance, BlockNumber> = Track {
	id: 0,
	info: TrackInfo {
		name: str_array("root"),
		max_deciding: 1,
		decision_deposit: 100_000 * UNIT,
		prepare_period: 2 * HOURS,
		decision_period: 14 * DAYS,
		confirm_period: DAYS,
		min_enactment_period: DAYS,
		min_approval: Curve::LinearDecreasing {
			length: Perbill::from_percent(100),
			floor: Perbill::from_percent(50),
			ceil: Perbill::from_percent(100),
		},
		min_support: Curve::LinearDecreasing {
			length: Perbill::from_percent(100),
			floor: Perbill::from_percent(0),
			ceil: Perbill::from_percent(50),
		},
	},
};

impl pallet_referenda::TracksInfo<Balance, BlockNumber> for TracksInfo {
	type Id = u16;
	type RuntimeOrigin = <RuntimeOrigin as OriginTrait>::PalletsOrigin;

	fn tracks() -> impl Iterator<Item = AllocCow<'static, Track<Self::Id, Balance, BlockNumber>>> {
		core::iter::once(AllocCow::Owned(ROOT))
	}

	fn track_for(origin: &Self::RuntimeOrigin) -> Result<Self::Id, ()> {
		match origin {
			OriginCaller::system(frame_system::RawOrigin::Root) => Ok(ROOT.id),
			_ => Err(()),
		}
	}
}

parameter_types! {
	/// Blocks between two looks at a referendum.
	pub const AlarmInterval: BlockNumber = 1;
	/// Deposit for submitting a referendum.
	pub const SubmissionDeposit: Balance = 10 * UNIT;
}

impl pallet_referenda::Config for Runtime {
	type AlarmInterval = AlarmInterval;
	type BlockNumberProvider = System;
	type CancelOrigin = RootOrCouncil;
	type Currency = Balances;
	type KillOrigin = EnsureRoot<AccountId>;
	type MaxQueued = ConstU32<20>;
	type Preimages = Preimage;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type Scheduler = Scheduler;
	type Slash = Treasury;
	type SubmissionDeposit = SubmissionDeposit;
	type SubmitOrigin = frame_support::traits::AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type Tally = pallet_conviction_voting::TallyOf<Runtime>;
	type Tracks = TracksInfo;
	type UndecidingTimeout = ConstU32<{ 14 * DAYS }>;
	type Votes = pallet_conviction_voting::VotesOf<Runtime>;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
}

/// What a proxy may do for its principal.
#[derive(
	Copy,
	Clone,
	Eq,
	PartialEq,
	Ord,
	PartialOrd,
	Encode,
	Decode,
	DecodeWithMemTracking,
	Debug,
	MaxEncodedLen,
	TypeInfo,
	Default,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	#[codec(index = 0)]
	Any,
	/// Everything that moves no money directly.
	#[codec(index = 1)]
	NonTransfer,
	/// Voting, referenda, the council and the treasury.
	#[codec(index = 2)]
	Governance,
	/// Staking and session keys.
	#[codec(index = 3)]
	Staking,
	/// Publishing and looking after models, and the keys that prove their runs.
	#[codec(index = 4)]
	Models,
	/// Asking the chain for inferences, and paying for them; submitting what the account was asked for as a provider. Not
	/// requests that name a provider: they can send any amount to any account.
	#[codec(index = 5)]
	Inference,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::Any => true,
			Self::NonTransfer => matches!(
				call,
				RuntimeCall::System(..)
					| RuntimeCall::Staking(..)
					| RuntimeCall::Session(..)
					| RuntimeCall::Utility(..)
					| RuntimeCall::ConvictionVoting(..)
					| RuntimeCall::Referenda(..)
					| RuntimeCall::Council(..)
					| RuntimeCall::Preimage(..)
					| RuntimeCall::ModelRegistry(..)
					| RuntimeCall::Verification(..)
			),
			Self::Governance => matches!(
				call,
				RuntimeCall::ConvictionVoting(..)
					| RuntimeCall::Referenda(..)
					| RuntimeCall::Council(..)
					| RuntimeCall::Treasury(..)
					| RuntimeCall::Preimage(..)
					| RuntimeCall::Utility(..)
			),
			Self::Staking => {
				matches!(
					call,
					RuntimeCall::Staking(..)
						| RuntimeCall::Session(..)
						| RuntimeCall::VoterList(..)
						| RuntimeCall::Utility(..)
				)
			}
			Self::Models => {
				matches!(
					call,
					RuntimeCall::ModelRegistry(..) | RuntimeCall::Verification(..) | RuntimeCall::Utility(..)
				)
			}
			Self::Inference => matches!(
				call,
				RuntimeCall::Tasks(
					pallet_tasks::Call::infer { .. }
						| pallet_tasks::Call::submit { .. }
						| pallet_tasks::Call::cancel { .. }
				) | RuntimeCall::Utility(..)
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		self == other
			|| *self == Self::Any
			|| (*self == Self::NonTransfer && matches!(other, Self::Staking | Self::Models))
	}
}

parameter_types! {
	/// Deposit for an account's first proxy.
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	/// Deposit for each proxy.
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	/// Deposit for the first announcement.
	pub const AnnouncementDepositBase: Balance = deposit(1, 16);
	/// Deposit for each announcement.
	pub const AnnouncementDepositFactor: Balance = deposit(0, 68);
}

impl pallet_proxy::Config for Runtime {
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
	type CallHasher = BlakeTwo256;
	type Currency = Balances;
	type MaxPending = ConstU32<32>;
	type MaxProxies = ConstU32<32>;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type ProxyType = ProxyType;
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}

impl pallet_parameters::Config for Runtime {
	type AdminOrigin = frame_support::traits::AsEnsureOriginWithArg<RootOrCouncil>;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = parameters::RuntimeParameters;
	type WeightInfo = ();
}

#[cfg(test)]
mod tests {
	use super::*;
	use pallet_referenda::TracksInfo as _;

	#[test]
	fn tracks_should_be_sorted() {
		TracksInfo::check_integrity().unwrap();
	}

	#[test]
	fn inference_proxies_should_not_transfer() {
		let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_all {
			dest: AccountId::new([1; 32]).into(),
			keep_alive: false,
		});
		for kind in
			[ProxyType::NonTransfer, ProxyType::Governance, ProxyType::Staking, ProxyType::Models, ProxyType::Inference]
		{
			assert!(!kind.filter(&transfer), "{kind:?} may transfer");
		}
		assert!(ProxyType::Any.filter(&transfer));
	}
}
