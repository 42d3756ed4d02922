// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::{dispatch::DispatchClass, weights::Weight};
use pallet_model_registry::WeightInfo as _;

#[test]
fn every_registry_call_should_fit_into_a_block_at_its_worst() {
	type W = <Runtime as pallet_model_registry::Config>::WeightInfo;
	let most = configs::RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic.unwrap();
	let chunks = pallet_model_registry::Pallet::<Runtime>::max_chunks();
	for (name, weight) in [
		("register_model", W::register_model()),
		("publish_version", W::publish_version()),
		("upload_chunk", W::upload_chunk(32 * 1024)),
		("finalise_version", W::finalise_version(chunks)),
		("revoke", W::revoke(chunks)),
		("remove_version", W::remove_version(chunks)),
		("accept_transfer", W::accept_transfer(100)),
	] {
		assert!(weight.all_lte(most), "{name} weighs {weight:?}");
		assert!(weight.all_gt(Weight::zero()) || weight.ref_time() > 0, "{name} weighs nothing");
	}
}

#[test]
fn receipts_should_cost_their_share_of_the_block_end() {
	let share = pallet_execution_receipts::Pallet::<Runtime>::finalize_share();
	assert!(share.ref_time() > 0);
}
