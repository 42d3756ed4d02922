// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Several calls in one transaction.

use codec::{Compact, Encode};
use subxt::tx::{Payload, StaticPayload};

use crate::{session::Inner, Client, HexBytes, Included, Result, Sender, Until};

/// The call that carries out encoded calls one after the other, all or none.
fn batch(calls: &[HexBytes]) -> impl Payload {
	let count = u32::try_from(calls.len()).unwrap_or(u32::MAX);
	let mut argument = Compact(count).encode();
	for call in calls {
		argument.extend_from_slice(&call.0);
	}
	// The bindings know a part of the runtime's calls only, so that they cannot check a call that holds any of them.
	StaticPayload::new("Utility", "batch_all", Inner(argument))
}

impl Client {
	/// The encoded call of a batch, as [`Sender::send_batch`] sends it.
	pub async fn encode_batch(&self, calls: &[HexBytes]) -> Result<HexBytes> {
		self.encode(&batch(calls)).await
	}
}

impl Sender {
	/// Carries out encoded calls one after the other, all or none. Of a session key, the chain judges their sum, and
	/// measures what they do.
	///
	/// # Errors
	/// The error of the first call that fails; none has an effect then, and the fee is paid.
	pub async fn send_batch(&self, calls: &[HexBytes], until: Until) -> Result<Included> {
		self.send(&batch(calls), until).await
	}
}
