// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Checking receipts that somebody brings from outside.

use aivm_receipts::{verify, Header, ProofError, Receipt, ReceiptProof, ReceiptV1};
use aivm_traits::{ReceiptInspect, ReceiptRefused};
use codec::Decode;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::SaturatedConversion;

use crate::{Config, Pallet};

impl<T: Config> ReceiptInspect for Pallet<T> {
	fn prove(proof: &[u8]) -> Result<ReceiptV1, ReceiptRefused> {
		let proof = ReceiptProof::from_bytes(proof).map_err(ReceiptRefused::Proof)?;
		// The header's height only says under which hash to look; the hash then says whether it is that header.
		let header =
			Header::decode(&mut &*proof.header).map_err(|_| ReceiptRefused::Proof(ProofError::HeaderMalformed))?;
		let trusted = frame_system::Pallet::<T>::block_hash(header.number.saturated_into::<BlockNumberFor<T>>());
		if trusted == H256::zero() {
			return Err(ReceiptRefused::UnknownBlock);
		}
		let Receipt::V1(receipt) = verify(&proof, trusted).map_err(ReceiptRefused::Proof)?.receipt;
		Ok(receipt)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_proof(body: aivm_receipts::ReceiptBody, len: u32) -> alloc::vec::Vec<u8> {
		crate::benchmarking::set_up_proof::<T>(body, len)
	}
}
