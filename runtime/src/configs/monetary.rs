// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Balances, transaction fees and the treasury.

use crate::{configs::governance::CouncilMajority, *};
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		tokens::{imbalance::ResolveTo, PayFromAccount, UnityAssetBalanceConversion},
		AsEnsureOriginWithArg, ConstU32, ConstU8, EitherOf, Imbalance, OnUnbalanced, VariantCountOf,
	},
	weights::{ConstantMultiplier, IdentityFee},
	PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureSigned, EnsureWithSuccess};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{AccountIdConversion, Bounded, IdentityLookup},
	FixedPointNumber, Permill, Perquintill,
};

parameter_types! {
	/// Least balance of a living account.
	pub const ExistentialDeposit: Balance = EXISTENTIAL_DEPOSIT;
	/// Account of the treasury.
	pub TreasuryAccount: AccountId = TreasuryPalletId::get().into_account_truncating();
	/// Name of the treasury, from which its account follows.
	pub const TreasuryPalletId: PalletId = PalletId(*b"aivm/trs");
}

impl pallet_balances::Config for Runtime {
	type AccountStore = System;
	type Balance = Balance;
	type DoneSlashHandler = ();
	type DustRemoval = ResolveTo<TreasuryAccount, Balances>;
	type ExistentialDeposit = ExistentialDeposit;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type ReserveIdentifier = [u8; 8];
	type RuntimeEvent = RuntimeEvent;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

/// Fee for computation: one second of block time costs one AIVM, so a picosecond costs the smallest unit.
pub type WeightToFee = IdentityFee<Balance>;

parameter_types! {
	/// Fee for a byte: a full block costs as much by length as by computation.
	pub const TransactionByteFee: Balance = 127_000;
	/// Share of blocks that fees steer towards.
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// How fast fees follow.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	/// Fees do not fall below this factor.
	pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10u128);
	/// Nor rise above this one.
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

/// Fees: four fifths to the treasury, one fifth and all tips to the block's author.
pub struct DealWithFees;
impl OnUnbalanced<Credit<AccountId, Balances>> for DealWithFees {
	fn on_unbalanceds(mut credits: impl Iterator<Item = Credit<AccountId, Balances>>) {
		if let Some(fees) = credits.next() {
			let (to_treasury, mut to_author) = fees.ration(80, 20);
			if let Some(tips) = credits.next() {
				tips.merge_into(&mut to_author);
			}
			ResolveTo::<TreasuryAccount, Balances>::on_unbalanced(to_treasury);
			match Authorship::author() {
				Some(author) => {
					// Only an author's account below the existential deposit refuses; then the treasury takes it.
					if let Err(refused) = Balances::resolve(&author, to_author) {
						ResolveTo::<TreasuryAccount, Balances>::on_unbalanced(refused);
					}
				}
				None => ResolveTo::<TreasuryAccount, Balances>::on_unbalanced(to_author),
			}
		}
	}
}

impl pallet_transaction_payment::Config for Runtime {
	type FeeMultiplierUpdate =
		TargetedFeeAdjustment<Self, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
	type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
	type OnChargeTransaction = FungibleAdapter<Balances, DealWithFees>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
	type WeightToFee = WeightToFee;
}

parameter_types! {
	/// Deposit for an asset.
	pub const AssetDeposit: Balance = deposit(1, 190);
	/// Deposit for an account that holds an asset and no native token.
	pub const AssetAccountDeposit: Balance = deposit(1, 16);
	/// Deposit for an asset's name.
	pub const AssetMetadataDepositBase: Balance = deposit(1, 68);
	/// Deposit for each byte of it.
	pub const AssetMetadataDepositPerByte: Balance = deposit(0, 1);
	/// Deposit for letting somebody else spend.
	pub const AssetApprovalDeposit: Balance = deposit(1, 36);
}

impl pallet_assets::Config for Runtime {
	type ApprovalDeposit = AssetApprovalDeposit;
	type AssetAccountDeposit = AssetAccountDeposit;
	type AssetDeposit = AssetDeposit;
	type AssetId = u32;
	type AssetIdAllocator = ();
	type AssetIdParameter = codec::Compact<u32>;
	type Balance = Balance;
	type CallbackHandle = ();
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type Currency = Balances;
	type Extra = ();
	type ForceOrigin = EnsureRoot<AccountId>;
	// What an agent's policy does not list stays where it is.
	type Freezer = pallet_policy::SessionFreezer<Runtime>;
	type Holder = ();
	type MetadataDepositBase = AssetMetadataDepositBase;
	type MetadataDepositPerByte = AssetMetadataDepositPerByte;
	type RemoveItemsLimit = ConstU32<1_000>;
	type ReserveData = ();
	type RuntimeEvent = RuntimeEvent;
	type StringLimit = ConstU32<50>;
	type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

parameter_types! {
	/// Most that the council may spend at once without a referendum.
	pub const CouncilSpendLimit: Balance = 10_000 * UNIT;
	/// Root may spend everything.
	pub const UnlimitedSpend: Balance = Balance::MAX;
}

impl pallet_treasury::Config for Runtime {
	type AssetKind = ();
	type BalanceConverter = UnityAssetBalanceConversion;
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type BlockNumberProvider = System;
	type Burn = BurnShare;
	type BurnDestination = ();
	type Currency = Balances;
	type MaxApprovals = ConstU32<100>;
	type PalletId = TreasuryPalletId;
	type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
	type PayoutPeriod = ConstU32<{ 30 * DAYS }>;
	type RejectOrigin = super::governance::RootOrCouncil;
	type RuntimeEvent = RuntimeEvent;
	type SpendFunds = ();
	type SpendOrigin = EitherOf<
		EnsureRootWithSuccess<AccountId, UnlimitedSpend>,
		EnsureWithSuccess<CouncilMajority, AccountId, CouncilSpendLimit>,
	>;
	type SpendPeriod = ConstU32<{ 7 * DAYS }>;
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

parameter_types! {
	/// Share of unspent funds that a spend period burns: none.
	pub const BurnShare: Permill = Permill::zero();
}
