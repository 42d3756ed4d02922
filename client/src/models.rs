// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the model registry holds.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{
	bindings::{
		api, registry_types, BoundedVec, ChainFormat, ChainPermill, ChainRoyalty, ChainSummary, ChainVersionRef,
		ChainVersionState,
	},
	AccountId, Amount, Client, Error, Result, H256,
};

/// How many items are asked for at a time. The chain may give fewer.
const PAGE: u32 = 100;

/// One version of one model, written `MODEL@VERSION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct VersionId {
	/// The model's number, from 0.
	pub model: u32,
	/// The version's number, from 1.
	pub version: u32,
}

impl fmt::Display for VersionId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&format!("{}@{}", self.model, self.version))
	}
}

impl FromStr for VersionId {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self> {
		let malformed =
			|| Error::BadInput(format!("{text:?} is no version of a model; write MODEL@VERSION, for example 0@1"));
		let (model, version) = text.trim().split_once('@').ok_or_else(malformed)?;
		let number = |text: &str| text.parse::<u32>().map_err(|_| malformed());
		Ok(Self { model: number(model)?, version: number(version)? })
	}
}

impl VersionId {
	/// The form that calls and view functions take.
	pub(crate) fn to_chain(self) -> ChainVersionRef {
		ChainVersionRef { model: self.model, version: self.version }
	}

	/// From the form that events and view functions have.
	pub(crate) fn from_chain(version: &ChainVersionRef) -> Self {
		Self { model: version.model, version: version.version }
	}
}

/// What kind of artefact a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
	/// An AIVM program, which the chain itself can run.
	Program,
	/// A deterministic WASM program for providers.
	Wasm,
	/// An ONNX model for providers.
	Onnx,
	/// An OCI container for providers.
	Container,
}

impl fmt::Display for Format {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(match self {
			Self::Program => "program",
			Self::Wasm => "wasm",
			Self::Onnx => "onnx",
			Self::Container => "container",
		})
	}
}

impl Format {
	fn to_chain(self) -> ChainFormat {
		match self {
			Self::Program => ChainFormat::Program,
			Self::Wasm => ChainFormat::Wasm,
			Self::Onnx => ChainFormat::Onnx,
			Self::Container => ChainFormat::Container,
		}
	}

	fn from_chain(format: &ChainFormat) -> Self {
		match format {
			ChainFormat::Program => Self::Program,
			ChainFormat::Wasm => Self::Wasm,
			ChainFormat::Onnx => Self::Onnx,
			ChainFormat::Container => Self::Container,
		}
	}
}

/// Where a version is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "name")]
pub enum VersionState {
	/// Its program is not complete yet.
	Uploading,
	/// Complete, but not offered for use.
	Ready,
	/// Offered for use.
	Active,
	/// Still runs, but should be replaced.
	Deprecated {
		/// By this version, if by any.
		successor: Option<u32>,
	},
	/// Must not run any more.
	Revoked,
}

impl fmt::Display for VersionState {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Uploading => f.pad("uploading"),
			Self::Ready => f.pad("ready"),
			Self::Active => f.pad("active"),
			Self::Deprecated { successor: None } => f.pad("deprecated"),
			Self::Deprecated { successor: Some(successor) } => f.pad(&format!("deprecated, use {successor}")),
			Self::Revoked => f.pad("revoked"),
		}
	}
}

impl VersionState {
	pub(crate) fn from_chain(state: &ChainVersionState) -> Self {
		match state {
			ChainVersionState::Uploading => Self::Uploading,
			ChainVersionState::Ready => Self::Ready,
			ChainVersionState::Active => Self::Active,
			ChainVersionState::Deprecated { successor } => Self::Deprecated { successor: *successor },
			ChainVersionState::Revoked => Self::Revoked,
		}
	}
}

/// What the owner earns from each run: the larger of a share of the compute price and a minimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Royalty {
	/// Share of the compute price, in millionths.
	pub share_ppm: u32,
	/// The least that the owner earns.
	pub minimum: Amount,
}

impl fmt::Display for Royalty {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (whole, part) = (self.share_ppm / 10_000, self.share_ppm % 10_000);
		let digits = format!("{part:04}");
		let share = match digits.trim_end_matches('0') {
			"" => format!("{whole} %"),
			digits => format!("{whole}.{digits} %"),
		};
		write!(f, "{share}, at least {}", self.minimum)
	}
}

/// Cost and sizes of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramSummary {
	/// Multiply-accumulates of one run, or what takes as long.
	pub macs: u64,
	/// Bytes that one run reads and writes.
	pub bytes: u64,
	/// Most bytes that one run holds.
	pub memory_peak: u32,
	/// Number of operations.
	pub operations: u32,
	/// Exact length of the input, in bytes.
	pub input_len: u32,
	/// Exact length of the output, in bytes.
	pub output_len: u32,
}

/// A model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelInfo {
	/// Its number.
	pub id: u32,
	/// Who owns it.
	pub owner: AccountId,
	/// Who may become its owner by accepting.
	pub offered_to: Option<AccountId>,
	/// Its name.
	pub name: String,
	/// The active version that is used when none is named.
	pub default_version: Option<u32>,
	/// The number that the next version will get.
	pub next_version: u32,
	/// How many versions it has.
	pub version_count: u32,
	/// What the owner has on hold for its record.
	pub deposit: Amount,
}

/// Why and by whom a version was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revocation {
	/// `owner` or `governance`.
	pub by: String,
	/// Why.
	pub reason: String,
}

/// What the owner fixes for ever when publishing a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionSpec {
	/// CID of the manifest.
	pub manifest_cid: String,
	/// BLAKE2b-256 of the manifest's canonical bytes.
	pub manifest_hash: H256,
	/// BLAKE2b-256 of the artefact.
	pub artefact_hash: H256,
	/// Size of the artefact in bytes.
	pub artefact_size: u64,
	/// Kind of artefact.
	pub format: Format,
	/// SPDX licence expression.
	pub licence: String,
	/// The version this one was derived from.
	pub parent: Option<VersionId>,
	/// What the owner earns from each run.
	pub royalty: Royalty,
}

impl VersionSpec {
	/// The form that `publish_version` takes.
	pub(crate) fn to_chain(&self) -> ChainSpec {
		registry_types::VersionSpec {
			manifest_cid: BoundedVec(self.manifest_cid.clone().into_bytes()),
			manifest_hash: self.manifest_hash,
			artefact_hash: self.artefact_hash,
			artefact_size: self.artefact_size,
			format: self.format.to_chain(),
			licence: BoundedVec(self.licence.clone().into_bytes()),
			parent: self.parent.map(VersionId::to_chain),
			royalty: ChainRoyalty { share: ChainPermill(self.royalty.share_ppm), minimum: self.royalty.minimum.0 },
		}
	}

	fn from_chain(spec: ChainSpec) -> Self {
		Self {
			manifest_cid: text(spec.manifest_cid),
			manifest_hash: spec.manifest_hash,
			artefact_hash: spec.artefact_hash,
			artefact_size: spec.artefact_size,
			format: Format::from_chain(&spec.format),
			licence: text(spec.licence),
			parent: spec.parent.as_ref().map(VersionId::from_chain),
			royalty: Royalty { share_ppm: spec.royalty.share.0, minimum: Amount(spec.royalty.minimum) },
		}
	}
}

/// A version of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionInfo {
	/// Its model and number.
	pub id: VersionId,
	/// What never changes.
	#[serde(flatten)]
	pub spec: VersionSpec,
	/// Where it is in its life.
	pub state: VersionState,
	/// Cost and sizes of its program, once validated.
	pub summary: Option<ProgramSummary>,
	/// Why and by whom it was revoked.
	pub revocation: Option<Revocation>,
	/// What the owner has on hold for its record.
	pub deposit: Amount,
	/// What the owner has on hold for its program.
	pub program_deposit: Amount,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UploadStatus {
	/// Size of the whole program in bytes.
	pub program_bytes: u32,
	/// Size of every chunk but the last.
	pub chunk_bytes: u32,
	/// Into how many chunks the program is cut.
	pub chunks: u32,
	/// The chunks that arrived: number and BLAKE2b-256.
	pub received: Vec<(u32, H256)>,
	/// The chunks that did not.
	pub missing: Vec<u32>,
}

type ChainSpec = registry_types::VersionSpec<BoundedVec<u8>, BoundedVec<u8>>;
type ChainModel = registry_types::ModelView<AccountId, BoundedVec<u8>>;
type ChainVersion = registry_types::VersionView<ChainSpec, registry_types::Revocation<BoundedVec<u8>>>;

/// Text from the chain. The chain checked that it is UTF-8.
fn text(bytes: BoundedVec<u8>) -> String {
	String::from_utf8_lossy(&bytes.0).into_owned()
}

impl From<ChainModel> for ModelInfo {
	fn from(model: ChainModel) -> Self {
		Self {
			id: model.id,
			owner: model.owner,
			offered_to: model.offered_to,
			name: text(model.name),
			default_version: model.default_version,
			next_version: model.next_version,
			version_count: model.version_count,
			deposit: Amount(model.deposit),
		}
	}
}

impl From<ChainSummary> for ProgramSummary {
	fn from(summary: ChainSummary) -> Self {
		Self {
			macs: summary.cost.macs,
			bytes: summary.cost.bytes,
			memory_peak: summary.memory_peak,
			operations: summary.operations,
			input_len: summary.input_len,
			output_len: summary.output_len,
		}
	}
}

impl From<ChainVersion> for VersionInfo {
	fn from(version: ChainVersion) -> Self {
		Self {
			id: VersionId::from_chain(&version.id),
			spec: VersionSpec::from_chain(version.spec),
			state: VersionState::from_chain(&version.state),
			summary: version.summary.map(Into::into),
			revocation: version.revocation.map(|revocation| Revocation {
				by: match revocation.by {
					registry_types::Revoker::Owner => "owner".into(),
					registry_types::Revoker::Governance => "governance".into(),
				},
				reason: text(revocation.reason),
			}),
			deposit: Amount(version.deposit),
			program_deposit: Amount(version.program_deposit),
		}
	}
}

impl Client {
	/// A model.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such model.
	pub async fn model(&self, id: u32) -> Result<ModelInfo> {
		let call = api::view_functions().model_registry().model(id);
		self.view(&self.at_best().await?, call)
			.await?
			.map(Into::into)
			.ok_or_else(|| Error::NotFound(format!("there is no model {id}; list them with `aivm model list`")))
	}

	/// All models, or those of one owner, in order of their numbers; at most `limit`.
	pub async fn models(&self, owner: Option<&AccountId>, limit: usize) -> Result<Vec<ModelInfo>> {
		let at = self.at_best().await?;
		let mut models = Vec::new();
		let mut start = Some(0);
		while let Some(from) = start.filter(|_| models.len() < limit) {
			let views = api::view_functions().model_registry();
			let page = match owner {
				None => self.view(&at, views.models(from, PAGE)).await?,
				Some(owner) => self.view(&at, views.models_of(*owner, from, PAGE)).await?,
			};
			models.extend(page.items.into_iter().map(ModelInfo::from));
			start = page.next;
		}
		models.truncate(limit);
		Ok(models)
	}

	/// A version of a model.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such version.
	pub async fn version(&self, id: VersionId) -> Result<VersionInfo> {
		let call = api::view_functions().model_registry().version(id.model, id.version);
		self.view(&self.at_best().await?, call).await?.map(Into::into).ok_or_else(|| {
			Error::NotFound(format!("there is no version {id}; list them with `aivm model show {}`", id.model))
		})
	}

	/// The versions of a model, in order of their numbers.
	pub async fn versions(&self, model: u32) -> Result<Vec<VersionInfo>> {
		let at = self.at_best().await?;
		let mut versions = Vec::new();
		let mut start = Some(1);
		while let Some(from) = start {
			let call = api::view_functions().model_registry().versions(model, from, PAGE);
			let page = self.view(&at, call).await?;
			versions.extend(page.items.into_iter().map(VersionInfo::from));
			start = page.next;
		}
		Ok(versions)
	}

	/// The version that is used when none is named.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such model, or it has no active version.
	pub async fn active_version(&self, model: u32) -> Result<VersionId> {
		let version = self.model(model).await?.default_version;
		version.map(|version| VersionId { model, version }).ok_or_else(|| {
			Error::NotFound(format!(
				"model {model} has no active version; name one as {model}@VERSION, or let its owner activate one"
			))
		})
	}

	/// How far the upload of a version is, or `None` if it is not being uploaded.
	pub async fn upload_status(&self, id: VersionId) -> Result<Option<UploadStatus>> {
		let call = api::view_functions().model_registry().upload_status(id.model, id.version);
		let status = self.view(&self.at_best().await?, call).await?;
		Ok(status.map(|status| UploadStatus {
			program_bytes: status.program_bytes,
			chunk_bytes: status.chunk_bytes,
			chunks: status.chunks,
			received: status.received.into_iter().map(|chunk| (chunk.index, chunk.hash)).collect(),
			missing: status.missing,
		}))
	}

	/// The bytes of a validated program.
	///
	/// # Errors
	/// [`Error::NotFound`] if the version has none: it is not complete, was revoked, or is no program.
	pub async fn program(&self, id: VersionId) -> Result<Vec<u8>> {
		let at = self.at_best().await?;
		let entry = api::storage().model_registry().programs();
		let found = at.storage().try_fetch(entry, (id.to_chain(),)).await;
		let found = found.map_err(|error| self.error(error, "storage ModelRegistry.Programs"))?;
		let found = found.ok_or_else(|| {
			Error::NotFound(format!("version {id} has no program on the chain; see `aivm model show {id}`"))
		})?;
		Ok(found.decode().map_err(Error::unexpected)?.0)
	}

	/// The ancestors of a version, its parent first; at most one page of them.
	pub async fn lineage(&self, id: VersionId) -> Result<Vec<VersionInfo>> {
		let call = api::view_functions().model_registry().lineage(id.model, id.version, PAGE);
		let found = self.view(&self.at_best().await?, call).await?;
		Ok(found.into_iter().map(Into::into).collect())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn version_id_should_be_read_as_it_is_written() {
		let id = VersionId { model: 7, version: 12 };
		assert_eq!(id.to_string(), "7@12");
		assert_eq!("7@12".parse::<VersionId>().unwrap(), id);
		for text in ["", "7", "@1", "7@", "7@x", "-1@1", "7@1@1"] {
			assert!(text.parse::<VersionId>().is_err(), "{text}");
		}
	}

	#[test]
	fn royalty_should_show_its_share_in_per_cent() {
		let royalty = |share_ppm| Royalty { share_ppm, minimum: Amount(0) }.to_string();
		assert_eq!(royalty(50_000), "5 %, at least 0 AIVM");
		assert_eq!(royalty(12_500), "1.25 %, at least 0 AIVM");
		assert_eq!(royalty(1), "0.0001 %, at least 0 AIVM");
	}

	#[test]
	fn spec_should_survive_the_way_to_the_chain_and_back() {
		let spec = VersionSpec {
			manifest_cid: "b".repeat(62),
			manifest_hash: H256([1; 32]),
			artefact_hash: H256([2; 32]),
			artefact_size: 99,
			format: Format::Wasm,
			licence: "Apache-2.0".into(),
			parent: Some(VersionId { model: 3, version: 4 }),
			royalty: Royalty { share_ppm: 10, minimum: Amount(11) },
		};
		assert_eq!(VersionSpec::from_chain(spec.to_chain()), spec);
	}
}
