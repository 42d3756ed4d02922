// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Changes in the model registry: registering, publishing, uploading and what follows.

use futures::{stream::FuturesUnordered, StreamExt};
use subxt::utils::MultiAddress;

use crate::{
	bindings::{api, BoundedVec},
	AccountId, Error, Included, Result, Sender, Until, VersionId, VersionSpec, H256,
};

/// How many chunks may be on their way at a time. A block holds about four megabytes of them.
const CHUNKS_IN_FLIGHT: usize = 16;

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadProgress {
	/// Bytes that are on the chain.
	pub done: u64,
	/// Bytes of the whole program.
	pub total: u64,
	/// Bytes that were on the chain when the upload began.
	pub resumed: u64,
}

impl Sender {
	/// Registers a model and returns its number.
	pub async fn register_model(&self, name: &str, until: Until) -> Result<(u32, Included)> {
		let call = api::tx().model_registry().register_model(BoundedVec(name.as_bytes().to_vec()));
		let included = self.send(&call, until).await?;
		let event: api::model_registry::events::ModelRegistered = included.expect_event("ModelRegistered")?;
		Ok((event.model, included))
	}

	/// Publishes the next version of a model. A program is uploaded afterwards, see [`Self::upload`].
	pub async fn publish_version(&self, model: u32, spec: &VersionSpec, until: Until) -> Result<(VersionId, Included)> {
		let call = api::tx().model_registry().publish_version(model, spec.to_chain());
		let included = self.send(&call, until).await?;
		let event: api::model_registry::events::VersionPublished = included.expect_event("VersionPublished")?;
		Ok((VersionId { model: event.model, version: event.version }, included))
	}

	/// Sends the chunks of a program that the chain does not have yet, or has with other bytes. An upload that was
	/// interrupted goes on where it stopped.
	///
	/// `progress` is called at the start and after each chunk.
	///
	/// # Errors
	/// [`Error::BadInput`] before anything is sent, if the program has another size than the one that was published.
	pub async fn upload(
		&self,
		id: VersionId,
		program: &[u8],
		mut progress: impl FnMut(UploadProgress),
	) -> Result<UploadProgress> {
		let status = self.client().upload_status(id).await?.ok_or_else(|| {
			Error::NotFound(format!(
				"version {id} takes no upload: its program is complete, or its format keeps it off the chain"
			))
		})?;
		let total = u64::from(status.program_bytes);
		if total != len(program) {
			return Err(Error::BadInput(format!(
				"version {id} was published with {total} bytes, but the program has {}; give the file that was published",
				program.len()
			)));
		}
		let plan = plan(program, status.chunk_bytes, &status.received);
		let resumed = total.saturating_sub(plan.iter().map(|(_, bytes)| len(bytes)).sum());
		let mut state = UploadProgress { done: resumed, total, resumed };
		progress(state);

		let mut waiting = FuturesUnordered::new();
		let mut failure = None;
		for (index, bytes) in plan {
			if waiting.len() >= CHUNKS_IN_FLIGHT {
				failure = finish_one(&mut waiting, &mut state, &mut progress).await.err();
			}
			if failure.is_some() {
				break;
			}
			let call = api::tx().model_registry().upload_chunk(id.model, id.version, index, BoundedVec(bytes.to_vec()));
			match self.submit(&call).await {
				Ok(pending) => {
					let size = len(bytes);
					waiting.push(async move { pending.wait(Until::InBlock).await.map(|_| size) });
				}
				Err(error) => failure = Some(error),
			}
		}
		// What is on its way still arrives, also after a failure.
		while !waiting.is_empty() {
			if let Err(error) = finish_one(&mut waiting, &mut state, &mut progress).await {
				failure.get_or_insert(error);
			}
		}
		failure.map_or(Ok(state), Err)
	}

	/// Has the chain validate an uploaded program.
	pub async fn finalise_version(&self, id: VersionId, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().finalise_version(id.model, id.version), until).await
	}

	/// Offers a version for use and makes it the model's default.
	pub async fn activate(&self, id: VersionId, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().activate(id.model, id.version), until).await
	}

	/// Says that a version should be replaced.
	pub async fn deprecate(&self, id: VersionId, successor: Option<u32>, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().deprecate(id.model, id.version, successor), until).await
	}

	/// Forbids a version for ever.
	pub async fn revoke(&self, id: VersionId, reason: &str, until: Until) -> Result<Included> {
		let reason = BoundedVec(reason.as_bytes().to_vec());
		self.send(&api::tx().model_registry().revoke(id.model, id.version, reason), until).await
	}

	/// Removes a version that was never activated, and gets its deposits back.
	pub async fn remove_version(&self, id: VersionId, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().remove_version(id.model, id.version), until).await
	}

	/// Removes a model without versions, and gets its deposit back.
	pub async fn remove_model(&self, model: u32, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().remove_model(model), until).await
	}

	/// Offers a model to another account, which must accept.
	pub async fn transfer_model(&self, model: u32, to: &AccountId, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().transfer_ownership(model, MultiAddress::Id(*to)), until).await
	}

	/// Withdraws the offer of a model.
	pub async fn cancel_transfer(&self, model: u32, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().cancel_transfer(model), until).await
	}

	/// Takes over a model that was offered, with its deposits.
	pub async fn accept_model(&self, model: u32, until: Until) -> Result<Included> {
		self.send(&api::tx().model_registry().accept_transfer(model), until).await
	}

	/// Sends one chunk as it is. [`Self::upload`] does this for a whole program; this is for tools that test the chain.
	pub async fn upload_chunk(&self, id: VersionId, index: u32, bytes: &[u8], until: Until) -> Result<Included> {
		let call = api::tx().model_registry().upload_chunk(id.model, id.version, index, BoundedVec(bytes.to_vec()));
		self.send(&call, until).await
	}
}

/// Waits for one of the chunks on their way and reports it.
async fn finish_one<F>(
	waiting: &mut FuturesUnordered<F>,
	state: &mut UploadProgress,
	progress: &mut impl FnMut(UploadProgress),
) -> Result<()>
where
	F: std::future::Future<Output = Result<u64>>,
{
	if let Some(size) = waiting.next().await.transpose()? {
		state.done = state.done.saturating_add(size);
		progress(*state);
	}
	Ok(())
}

/// The chunks of `program` that are not among the received ones with the same bytes.
fn plan<'a>(program: &'a [u8], chunk_bytes: u32, received: &[(u32, H256)]) -> Vec<(u32, &'a [u8])> {
	let size = usize::try_from(chunk_bytes).unwrap_or(usize::MAX).max(1);
	(0u32..)
		.zip(program.chunks(size))
		.filter(|(index, bytes)| {
			let there = received.iter().find(|(received, _)| received == index);
			there.is_none_or(|(_, hash)| hash.0 != sp_crypto_hashing::blake2_256(bytes))
		})
		.collect()
}

/// A length as a 64-bit number.
fn len(bytes: &[u8]) -> u64 {
	u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn hash(bytes: &[u8]) -> H256 {
		H256(sp_crypto_hashing::blake2_256(bytes))
	}

	#[test]
	fn plan_should_send_every_chunk_when_none_arrived() {
		assert_eq!(plan(b"abcdefg", 3, &[]), [(0, &b"abc"[..]), (1, b"def"), (2, b"g")]);
		assert_eq!(plan(b"abcdef", 3, &[]), [(0, &b"abc"[..]), (1, b"def")]);
	}

	#[test]
	fn plan_should_go_on_where_an_upload_stopped() {
		assert_eq!(plan(b"abcdefg", 3, &[(1, hash(b"def"))]), [(0, &b"abc"[..]), (2, b"g")]);
		let all = [(0, hash(b"abc")), (1, hash(b"def")), (2, hash(b"g"))];
		assert!(plan(b"abcdefg", 3, &all).is_empty());
	}

	#[test]
	fn plan_should_replace_a_chunk_that_has_other_bytes() {
		assert_eq!(plan(b"abcdefg", 3, &[(0, hash(b"abc")), (1, hash(b"xxx")), (2, hash(b"g"))]), [(1, &b"def"[..])]);
	}
}
