// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Relations between constants that the runtime must keep.

use frame_support::{dispatch::DispatchClass, traits::Get};

use crate::{cid::MANIFEST_CID_LEN, Config, Pallet, WeightInfo};

/// Bytes of an extrinsic besides the chunk that it uploads: signature, extensions and the other arguments.
const EXTRINSIC_OVERHEAD: u32 = 1_024;

/// The most chunks that a program may be cut into: `upload_status` visits all of them.
const MAX_CHUNKS: u32 = 4_096;

#[allow(clippy::panic, reason = "integrity_test runs in tests only and reports by panicking")]
impl<T: Config> Pallet<T> {
	/// See the hook `integrity_test`.
	pub(crate) fn do_integrity_test() {
		let chunk = T::ChunkBytes::get();
		assert!(chunk > 0, "ChunkBytes is 0: no program could ever be uploaded");
		assert!(T::MaxProgramBytes::get() > 0, "MaxProgramBytes is 0: no program could ever be published");
		assert!(
			chunk.saturating_mul(Self::max_chunks()) >= T::MaxProgramBytes::get(),
			"the chunks of the largest program do not cover MaxProgramBytes"
		);
		assert!(Self::max_chunks() <= MAX_CHUNKS, "ChunkBytes is too small: an upload would have too many chunks");
		assert!(
			T::ProgramLimits::get().max_bytes == T::MaxProgramBytes::get(),
			"ProgramLimits and MaxProgramBytes differ: a program could be accepted at publication and refused when finalised"
		);
		assert!(T::MaxManifestCidLen::get() >= MANIFEST_CID_LEN, "MaxManifestCidLen is shorter than a manifest's CID");
		assert!(T::MaxNameLen::get() > 0, "MaxNameLen is 0: no model could be registered");
		assert!(T::MaxLicenceLen::get() > 0, "MaxLicenceLen is 0: no version could be published");
		assert!(T::MaxReasonLen::get() > 0, "MaxReasonLen is 0: no version could be revoked");
		assert!(T::MaxVersionsPerModel::get() > 0, "MaxVersionsPerModel is 0: no version could be published");
		assert!(T::MaxPageSize::get() > 0, "MaxPageSize is 0: view functions would show nothing");

		let length = *T::BlockLength::get().max.get(DispatchClass::Normal);
		assert!(
			chunk.saturating_add(EXTRINSIC_OVERHEAD) <= length,
			"a full chunk does not fit into a block: lower ChunkBytes"
		);
		if let Some(max) = T::BlockWeights::get().get(DispatchClass::Normal).max_extrinsic {
			for (call, weight) in [
				("upload_chunk", T::WeightInfo::upload_chunk(chunk)),
				("finalise_version", T::WeightInfo::finalise_version(Self::max_chunks())),
				("revoke", T::WeightInfo::revoke(Self::max_chunks())),
				("remove_version", T::WeightInfo::remove_version(Self::max_chunks())),
				("accept_transfer", T::WeightInfo::accept_transfer(T::MaxVersionsPerModel::get())),
			] {
				assert!(
					weight.all_lte(max),
					"{call} can need {weight:?}, which is more than one extrinsic may use: {max:?}"
				);
			}
		}
	}
}
