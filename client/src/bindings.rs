// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The chain's calls, events, storage and view functions, generated from `metadata.scale`.
//!
//! The aliases name the generated types that the rest of this crate uses, so that their long paths are written once.

#[allow(clippy::all, missing_docs, rustdoc::all)]
#[subxt::subxt(runtime_metadata_path = "metadata.scale")]
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
