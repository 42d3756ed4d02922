// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The chain's calls, events, storage and view functions, generated from `metadata.scale`.
//!
//! The aliases name the generated types that the rest of this crate uses, so that their long paths are written once. Evidence
//! of hardware and what belongs to it are this crate's own types, or those of the crate that verifies it, in the same encoding:
//! they are also written and read without a node.

#[allow(clippy::all, missing_docs, rustdoc::all)]
#[subxt::subxt(
	runtime_metadata_path = "metadata.scale",
	substitute_type(
		path = "aivm_attestation::proven::Kind",
		with = "::subxt::utils::Static<::aivm_attestation::Kind>"
	),
	substitute_type(
		path = "aivm_attestation::policy::TcbPolicy",
		with = "::subxt::utils::Static<::aivm_attestation::TcbPolicy>"
	),
	substitute_type(
		path = "aivm_attestation::nvidia::golden::Golden",
		with = "::subxt::utils::Static<::aivm_attestation::nvidia::Golden>"
	),
	substitute_type(
		path = "pallet_attestation::types::Evidence",
		with = "::subxt::utils::Static<crate::evidence::Evidence>"
	),
	substitute_type(
		path = "pallet_attestation::types::Record",
		with = "::subxt::utils::Static<crate::attestation::Record>"
	),
	substitute_type(
		path = "aivm_traits::attestation::Tier",
		with = "::subxt::utils::Static<crate::attestation::Tier>"
	),
	substitute_type(
		path = "pallet_attestation::types::Denied",
		with = "::subxt::utils::Static<crate::attestation_rules::Denied>"
	),
	substitute_type(
		path = "pallet_attestation::refusal::Refusal",
		with = "::subxt::utils::Static<crate::attestation::Refusal>"
	),
	substitute_type(
		path = "pallet_attestation::collateral::Collateral",
		with = "::subxt::utils::Static<crate::collateral::Collateral>"
	),
	substitute_type(
		path = "pallet_attestation::collateral::CollateralId",
		with = "::subxt::utils::Static<crate::collateral::CollateralId>"
	),
	substitute_type(
		path = "pallet_attestation::collateral::CollateralStatus",
		with = "::subxt::utils::Static<crate::collateral::CollateralStatus>"
	)
)]
pub(crate) mod api {}

pub(crate) use api::runtime_types::{
	aivm_inference::cost::Summary as ChainSummary,
	aivm_market_math::split::{RoyaltyTerms as ChainRoyalty, Split as ChainSplit},
	aivm_receipts::receipt::{ReceiptId as ChainReceiptId, TrustPath as ChainTrustPath},
	aivm_traits::{
		agents::Wallet as ChainWallet,
		models::{Format as ChainFormat, VersionRef as ChainVersionRef, VersionState as ChainVersionState},
		policy::AssetKind as ChainAsset,
	},
	aivm_verification::groth16::Curve as ChainCurve,
	bounded_collections::bounded_vec::BoundedVec,
	pallet_agent_identity::{error::ReadError as ChainReadError, types as agent_types},
	pallet_model_registry::types as registry_types,
	pallet_policy::types as policy_types,
	pallet_tasks::{
		lifecycle::TaskState as ChainTaskState,
		types::{self as task_types, InferError as ChainInferError, Quote as ChainQuote},
	},
	pallet_verification::{kinds as evidence_types, types as verification_types},
	primitive_types::U256 as ChainU256,
	sp_arithmetic::per_things::Permill as ChainPermill,
	sp_runtime::{DispatchError as ChainDispatchError, MultiSignature as ChainSignature},
	sp_weights::weight_v2::Weight as ChainWeight,
};
