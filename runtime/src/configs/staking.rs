// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Nominated proof of stake: staking, its election, its voter list.

use crate::{
	configs::{governance::RootOrCouncil, monetary::TreasuryAccount},
	*,
};
use frame_election_provider_support::{bounds::ElectionBoundsBuilder, onchain, SequentialPhragmen, VoteWeight};
use frame_support::{
	parameter_types,
	traits::{tokens::imbalance::ResolveTo, ConstBool, ConstU32, Nothing},
};
use sp_runtime::{curve::PiecewiseLinear, Perbill};

/// Sessions in an era: two hours.
pub const SESSIONS_PER_ERA: sp_staking::SessionIndex = 6;
/// Eras that unbonding takes: seven days.
pub const BONDING_DURATION: sp_staking::EraIndex = 84;
/// Eras between an offence and its slash, in which it can be cancelled: one day less than bonding.
pub const SLASH_DEFER_DURATION: sp_staking::EraIndex = 72;
// A slash must reach its stake before that unbonds.
const _: () = assert!(SLASH_DEFER_DURATION < BONDING_DURATION);

/// Most nominators in one page of a validator's exposure.
pub type MaxExposurePageSize = ConstU32<64>;

pallet_staking_reward_curve::build! {
	const REWARD_CURVE: PiecewiseLinear<'static> = curve!(
		min_inflation: 0_025_000,
		max_inflation: 0_100_000,
		ideal_stake: 0_500_000,
		falloff: 0_050_000,
		max_piece_count: 40,
		test_precision: 0_005_000,
	);
}

parameter_types! {
	/// Yearly inflation as a function of the staked share.
	pub const RewardCurve: &'static PiecewiseLinear<'static> = &REWARD_CURVE;
	/// Voters and targets that an election on chain takes; bounded so that it fits into a block.
	pub ElectionBounds: frame_election_provider_support::bounds::ElectionBounds =
		ElectionBoundsBuilder::default().voters_count(1_000.into()).targets_count(200.into()).build();
}

/// The election of validators, run in the block that starts an era.
pub struct OnChainElection;
impl onchain::Config for OnChainElection {
	type Bounds = ElectionBounds;
	type DataProvider = Staking;
	type MaxBackersPerWinner = ConstU32<1_000>;
	type MaxWinnersPerPage = ConstU32<100>;
	type Solver = SequentialPhragmen<AccountId, Perbill>;
	type Sort = ConstBool<true>;
	type System = Runtime;
	type WeightInfo = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
}

/// Upper limits of benchmarks.
pub struct StakingBenchmarking;
impl pallet_staking::BenchmarkingConfig for StakingBenchmarking {
	type MaxNominators = ConstU32<1_000>;
	type MaxValidators = ConstU32<200>;
}

impl pallet_staking::Config for Runtime {
	type AdminOrigin = RootOrCouncil;
	type BenchmarkingConfig = StakingBenchmarking;
	type BondingDuration = ConstU32<BONDING_DURATION>;
	type Currency = Balances;
	type CurrencyBalance = Balance;
	type CurrencyToVote = sp_staking::currency_to_vote::U128CurrencyToVote;
	type ElectionProvider = onchain::OnChainExecution<OnChainElection>;
	type EraPayout = pallet_staking::ConvertCurve<RewardCurve>;
	type EventListeners = ();
	type Filter = Nothing;
	type GenesisElectionProvider = onchain::OnChainExecution<OnChainElection>;
	type HistoryDepth = ConstU32<{ BONDING_DURATION + 1 }>;
	type MaxControllersInDeprecationBatch = ConstU32<100>;
	type MaxExposurePageSize = MaxExposurePageSize;
	type MaxUnlockingChunks = ConstU32<32>;
	type MaxValidatorSet = ConstU32<100>;
	type NextNewSession = Session;
	type NominationsQuota = pallet_staking::FixedNominationsQuota<16>;
	type OldCurrency = Balances;
	type Reward = ();
	type RewardRemainder = ResolveTo<TreasuryAccount, Balances>;
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SessionInterface = Self;
	type SessionsPerEra = ConstU32<SESSIONS_PER_ERA>;
	type Slash = ResolveTo<TreasuryAccount, Balances>;
	type SlashDeferDuration = ConstU32<SLASH_DEFER_DURATION>;
	type TargetList = pallet_staking::UseValidatorsMap<Self>;
	type UnixTime = Timestamp;
	type VoterList = VoterList;
	type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}

/// The list of voters, sorted into bags by stake.
pub type VoterBagsListInstance = pallet_bags_list::Instance1;

/// Upper bounds of the bags: powers of four of a thousandth of an AIVM; the last bag takes everything above.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // Evaluated when the runtime is compiled.
const BAG_THRESHOLDS: [VoteWeight; 17] = {
	let mut bags = [0; 17];
	let mut bound: VoteWeight = MILLI_UNIT as VoteWeight;
	let mut i = 0;
	while i < 16 {
		bags[i] = bound;
		bound = bound.saturating_mul(4);
		i += 1;
	}
	bags[16] = VoteWeight::MAX;
	bags
};

parameter_types! {
	/// Upper bounds of the bags.
	pub const BagThresholds: &'static [VoteWeight] = &BAG_THRESHOLDS;
}

impl pallet_bags_list::Config<VoterBagsListInstance> for Runtime {
	type BagThresholds = BagThresholds;
	type MaxAutoRebagPerBlock = ConstU32<8>;
	type RuntimeEvent = RuntimeEvent;
	type Score = VoteWeight;
	type ScoreProvider = Staking;
	type WeightInfo = pallet_bags_list::weights::SubstrateWeight<Runtime>;
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bag_thresholds_should_rise_strictly() {
		assert!(BAG_THRESHOLDS.windows(2).all(|pair| pair[0] < pair[1]));
	}
}
