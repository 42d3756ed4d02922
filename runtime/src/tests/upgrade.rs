// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::traits::StorageVersion;

#[test]
fn pallets_should_start_at_their_storage_version() {
	genesis("development").execute_with(|| {
		start_block(1);
		assert_eq!(StorageVersion::get::<ModelRegistry>(), StorageVersion::new(1));
		assert_eq!(StorageVersion::get::<Tasks>(), StorageVersion::new(1));
		assert_eq!(StorageVersion::get::<ExecutionReceipts>(), StorageVersion::new(1));
	});
}

#[test]
fn code_should_be_set_by_root_only() {
	genesis("development").execute_with(|| {
		start_block(1);
		let set = RuntimeCall::System(frame_system::Call::set_code_without_checks { code: vec![1, 2, 3] });
		let applied = Executive::apply_extrinsic(signed(Sr25519Keyring::Alice, set)).unwrap();
		assert_eq!(applied.unwrap_err(), sp_runtime::DispatchError::BadOrigin);
	});
}
