// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence of confidential hardware, and the transactions that off-chain workers send.

use crate::{
	configs::{agents::DepositPrice, governance::RootOrCouncil},
	*,
};
use aivm_attestation::Roots;
use frame_support::traits::{ConstU32, ConstU64, Get};
use frame_system::offchain::{CreateAuthorizedTransaction, CreateTransaction};
use sp_runtime::generic::Era;

/// The roots of the makers of hardware.
pub struct MakersRoots;
impl Get<Roots<'static>> for MakersRoots {
	fn get() -> Roots<'static> {
		Roots::PRODUCTION
	}
}

impl pallet_attestation::Config for Runtime {
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Prepare;
	type Currency = Balances;
	type DepositPrice = DepositPrice;
	type GovernanceOrigin = RootOrCouncil;
	// Three hours: the rest of a period, the next one, and time to collect.
	type MaxAge = ConstU64<{ 3 * 60 * 60 }>;
	type MaxFailures = ConstU32<16>;
	type Period = ConstU32<HOURS>;
	type Proofs = Tasks;
	type Roots = MakersRoots;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Signatures = aivm_host::HostSignatures;
	type Time = Timestamp;
	type WeightInfo = pallet_attestation::weights::SubstrateWeight<Runtime>;
}

/// Prepares benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Prepare;
#[cfg(feature = "runtime-benchmarks")]
impl pallet_attestation::BenchmarkHelper for Prepare {
	fn set_time(now: u64) {
		pallet_timestamp::Now::<Runtime>::put(now.saturating_mul(1_000));
	}

	fn fund(who: &AccountId) {
		use frame_support::traits::fungible::Mutate;
		Balances::set_balance(who, UNIT.saturating_mul(1_000_000));
	}
}

impl<C> CreateTransaction<C> for Runtime
where
	RuntimeCall: From<C>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

// Nobody signs these transactions: their calls say who may send them.
impl<C> CreateAuthorizedTransaction<C> for Runtime
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> TxExtension {
		(
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckMortality::from(Era::Immortal),
			frame_system::CheckNonce::from(0),
			pallet_transaction_payment::ChargeTransactionPayment::from(0).into(),
			pallet_tasks::CheckInference::new(),
			frame_system::CheckWeight::new(),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		)
	}
}
