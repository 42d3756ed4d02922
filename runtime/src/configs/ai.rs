// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Models, tasks, proofs and receipts.

use crate::{
	configs::{agents::DepositPrice, governance::RootOrCouncil, monetary::TreasuryAccount},
	parameters::dynamic_params,
	*,
};
use aivm_inference::Limits;
use frame_support::{
	dispatch::DispatchInfo,
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU32, Get, LinearStoragePrice},
	weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight},
};
use frame_system::ExtensionsWeightInfo;
use pallet_tasks::WeightInfo as _;
use pallet_transaction_payment::WeightInfo as _;

/// Largest program in bytes.
pub const MAX_PROGRAM_BYTES: u32 = 512 * 1024;
/// Longest input of an inference, in bytes.
pub const MAX_INPUT_LEN: u32 = 256 * 1024;
/// Longest output of an inference, in bytes; it is part of an event.
pub const MAX_OUTPUT_LEN: u32 = 16 * 1024;
/// Longest public input, and longest output, of a run that a provider proves, in bytes. The chain commits to both.
pub const MAX_PROVEN_LEN: u32 = 4 * 1024;
/// Longest time from a request to its deadline, in blocks.
pub const MAX_TASK_BLOCKS: BlockNumber = 7 * DAYS;
/// Most tasks whose deadline is the same block. The next block begins with ending them, each with a receipt.
pub const MAX_DEADLINES_PER_BLOCK: u32 = 100;
/// Most receipts in a block.
pub const MAX_RECEIPTS_PER_BLOCK: u32 = 2_000;

/// What programs may be registered. Work is bounded far above what fits into a block, because other trust paths run such
/// programs too.
pub struct ProgramLimits;
impl Get<Limits> for ProgramLimits {
	fn get() -> Limits {
		Limits {
			max_bytes: MAX_PROGRAM_BYTES,
			max_input_len: MAX_INPUT_LEN,
			max_output_len: MAX_OUTPUT_LEN,
			..Limits::DEFAULT
		}
	}
}

parameter_types! {
	/// Deposit for each record of the registry.
	pub const RegistryItemDeposit: Balance = deposit(1, 0);
	/// Deposit for each of its bytes.
	pub const RegistryByteDeposit: Balance = deposit(0, 1);
	/// Why a model's deposit is held.
	pub const ModelHold: RuntimeHoldReason = RuntimeHoldReason::ModelRegistry(pallet_model_registry::HoldReason::Model);
	/// Why a version's deposit is held.
	pub const VersionHold: RuntimeHoldReason =
		RuntimeHoldReason::ModelRegistry(pallet_model_registry::HoldReason::Version);
	/// Why a program's deposit is held.
	pub const ProgramHold: RuntimeHoldReason =
		RuntimeHoldReason::ModelRegistry(pallet_model_registry::HoldReason::Program);
}

/// A deposit of the registry, held under `Reason`.
type RegistryDeposit<Reason> = HoldConsideration<
	AccountId,
	Balances,
	Reason,
	LinearStoragePrice<RegistryItemDeposit, RegistryByteDeposit, Balance>,
>;

impl pallet_model_registry::Config for Runtime {
	type ChunkBytes = ConstU32<{ 32 * 1024 }>;
	type Currency = Balances;
	type MaxLicenceLen = ConstU32<64>;
	type MaxManifestCidLen = ConstU32<96>;
	type MaxNameLen = ConstU32<64>;
	type MaxPageSize = ConstU32<100>;
	type MaxProgramBytes = ConstU32<MAX_PROGRAM_BYTES>;
	type MaxReasonLen = ConstU32<256>;
	type MaxRoyaltyMinimum = dynamic_params::royalty::MaxMinimum;
	type MaxRoyaltyShare = dynamic_params::royalty::MaxShare;
	type MaxVersionsPerModel = ConstU32<100>;
	type ModelDeposit = RegistryDeposit<ModelHold>;
	type ProgramDeposit = RegistryDeposit<ProgramHold>;
	type ProgramLimits = ProgramLimits;
	type RevokeOrigin = RootOrCouncil;
	type RuntimeHoldReason = RuntimeHoldReason;
	type VersionDeposit = RegistryDeposit<VersionHold>;
	type WeightInfo = pallet_model_registry::weights::SubstrateWeight<Runtime>;
}

/// Who authors the block.
pub struct BlockAuthor;
impl Get<Option<AccountId>> for BlockAuthor {
	fn get() -> Option<AccountId> {
		Authorship::author()
	}
}

/// What a receipt adds to the end of its block.
pub struct ReceiptWeight;
impl Get<Weight> for ReceiptWeight {
	fn get() -> Weight {
		// The weights of tasks were measured with the recording in them.
		ExecutionReceipts::finalize_share()
	}
}

/// What a transaction costs by its length and weight.
pub struct TransactionFee;
impl pallet_tasks::InclusionFee for TransactionFee {
	fn inclusion_fee(len: u32, info: &DispatchInfo) -> Balance {
		TransactionPayment::compute_fee(len, info, 0)
	}
}

/// What the extensions of a signed transaction that calls `infer` weigh.
pub struct TransactionOverhead;
impl Get<Weight> for TransactionOverhead {
	fn get() -> Weight {
		type System = <Runtime as frame_system::Config>::ExtensionsWeightInfo;
		type Payment = <Runtime as pallet_transaction_payment::Config>::WeightInfo;
		[
			System::check_non_zero_sender(),
			System::check_spec_version(),
			System::check_tx_version(),
			System::check_genesis(),
			System::check_mortality_mortal_transaction(),
			System::check_nonce(),
			pallet_policy::key_weight::<Runtime>(None, 0),
			System::check_weight(),
			<Runtime as pallet_tasks::Config>::WeightInfo::check_inference(),
			Payment::charge_transaction_payment(),
			System::weight_reclaim(),
		]
		.into_iter()
		.fold(Weight::zero(), |sum, weight| sum.saturating_add(weight))
	}
}

parameter_types! {
	/// The heaviest dry run that a node does for its user: two seconds.
	pub const DryRunLimit: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND.saturating_mul(2), u64::MAX);
}

impl pallet_tasks::Config for Runtime {
	type BlockAuthor = BlockAuthor;
	type Collectors = Attestation;
	type Currency = Balances;
	type DepositPrice = DepositPrice;
	type DryRunLimit = DryRunLimit;
	type InclusionFee = TransactionFee;
	type MaxDeadlinesPerBlock = ConstU32<MAX_DEADLINES_PER_BLOCK>;
	type MaxInputLen = ConstU32<MAX_INPUT_LEN>;
	type MaxOutputLen = ConstU32<MAX_OUTPUT_LEN>;
	type MaxProvenLen = ConstU32<MAX_PROVEN_LEN>;
	type MaxTaskBlocks = ConstU32<MAX_TASK_BLOCKS>;
	type Kernels = aivm_host::HostKernels;
	type Models = ModelRegistry;
	type Policy = Policy;
	type Price = dynamic_params::inference::PriceList;
	type ReceiptWeight = ReceiptWeight;
	type Receipts = ExecutionReceipts;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Shares = dynamic_params::inference::PaymentShares;
	type TransactionOverhead = TransactionOverhead;
	type Treasury = TreasuryAccount;
	type Verifier = Verification;
	type WeightInfo = pallet_tasks::weights::SubstrateWeight<Runtime>;
}

impl pallet_verification::Config for Runtime {
	type Currency = Balances;
	type DepositPrice = DepositPrice;
	type Groth16 = aivm_host::HostGroth16;
	type MaxCommittedLen = ConstU32<MAX_PROVEN_LEN>;
	type MaxPageSize = ConstU32<100>;
	type MaxSystemLen = ConstU32<32>;
	type Models = ModelRegistry;
	type RevokeOrigin = RootOrCouncil;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = pallet_verification::weights::SubstrateWeight<Runtime>;
}

impl pallet_execution_receipts::Config for Runtime {
	type MaxReceiptsPerBlock = ConstU32<MAX_RECEIPTS_PER_BLOCK>;
	type WeightInfo = pallet_execution_receipts::weights::SubstrateWeight<Runtime>;
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_traits::VersionRef;
	use sp_runtime::{generic::Era, traits::TransactionExtension};

	#[test]
	fn transaction_overhead_should_cover_what_the_extensions_weigh() {
		let call = RuntimeCall::Tasks(pallet_tasks::Call::infer {
			version: VersionRef { model: 0, version: 1 },
			input: Default::default(),
			weight_limit: Weight::zero(),
			max_payment: 0,
		});
		let weight = crate::tests::extension(Era::mortal(64, 1), 0).weight(&call);
		assert!(weight.all_lte(TransactionOverhead::get()), "{weight:?}");
		assert_eq!(weight.ref_time(), TransactionOverhead::get().ref_time());
	}
}
