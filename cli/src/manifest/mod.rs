// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Manifests: what a version of a model is, for people and programs. `docs/reference/model-manifest.md` is the reference.

mod canonical;
mod card;
mod check;

use std::{collections::BTreeMap, path::Path};

use aivm_client::{Amount, Format, Royalty, VersionId, VersionSpec, H256};
use aivm_inference::{Quantisation as ProgramQuantisation, TensorSpec};
use serde::{Deserialize, Serialize};

pub use card::{Card, Terms};

use crate::{
	files,
	program::{dtype_name, LoadedProgram},
	Failure,
};

/// The version of the document.
pub const SCHEMA: &str = "aivm-manifest/1";
/// Largest file that is read, in bytes: a canonical form with generous white space.
pub const MAX_FILE: u64 = 1 << 20;

/// A manifest. The members are those of the reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Manifest {
	pub schema: String,
	pub name: String,
	pub version: String,
	pub description: String,
	pub licence: String,
	pub format: String,
	pub artefact: Artefact,
	pub inputs: Vec<Input>,
	pub outputs: Vec<Output>,
	pub authors: Vec<Author>,
	pub royalty: RoyaltyTerms,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub parent: Option<Parent>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub training: Option<Training>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub metrics: Option<Vec<Metric>>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub annotations: Option<BTreeMap<String, String>>,
}

/// The file that a version pins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Artefact {
	pub file: String,
	pub size: u64,
	pub blake2b_256: String,
}

/// An input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Input {
	pub name: String,
	pub dtype: String,
	pub shape: Vec<u32>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub quantisation: Option<Quantisation>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub features: Option<Vec<String>>,
}

/// An output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Output {
	pub name: String,
	pub dtype: String,
	pub shape: Vec<u32>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub quantisation: Option<Quantisation>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub labels: Option<Vec<String>>,
}

/// What integers stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Quantisation {
	pub kind: String,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub scales: Option<Vec<Scale>>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub zero_points: Option<Vec<i32>>,
}

/// `mantissa * 2^exponent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Scale {
	pub mantissa: u32,
	pub exponent: i16,
}

/// Who made the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Author {
	pub name: String,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub contact: Option<String>,
}

/// What the owner earns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct RoyaltyTerms {
	pub share_ppm: u32,
	pub minimum: String,
}

/// What a version was derived from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Parent {
	pub model: u32,
	pub version: u32,
}

/// What a model was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Training {
	pub data: Vec<DataSource>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub procedure: Option<String>,
}

/// A data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct DataSource {
	pub name: String,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub source: Option<String>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub licence: Option<String>,
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub rows: Option<u64>,
}

/// How good a model is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Metric {
	pub name: String,
	pub data: String,
	pub value: String,
}

/// A manifest in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
	/// What it says.
	pub manifest: Manifest,
	/// The canonical bytes.
	pub bytes: Vec<u8>,
	/// Their BLAKE2b-256.
	pub hash: H256,
	/// The CID that belongs to the hash.
	pub cid: String,
}

impl Packed {
	/// Reads a manifest file. It need not be in canonical form.
	pub fn read(path: &Path) -> Result<Self, Failure> {
		let text = files::read_text(path, "manifest", MAX_FILE)?;
		let manifest = serde_json::from_str::<Manifest>(&text).map_err(|error| {
			Failure::bad_input(format!("{} is no manifest: {error}", path.display()))
				.with_cure("make one with `aivm model pack`; docs/reference/model-manifest.md describes it")
		})?;
		Self::new(manifest).map_err(|reason| Failure::bad_input(format!("the manifest {}: {reason}", path.display())))
	}

	/// Checks and packs a manifest.
	///
	/// # Errors
	/// The first rule that it breaks.
	pub fn new(manifest: Manifest) -> Result<Self, String> {
		manifest.check()?;
		let value = serde_json::to_value(&manifest).map_err(|error| error.to_string())?;
		let bytes = canonical::canonical(&value)?;
		let hash = canonical::hash(&bytes);
		Ok(Self { manifest, cid: canonical::cid(hash), hash, bytes })
	}

	/// What is published on the chain.
	pub fn spec(&self) -> VersionSpec {
		let manifest = &self.manifest;
		let mut artefact_hash = H256([0; 32]);
		// `check` saw that these are 64 hexadecimal digits.
		let _ = hex::decode_to_slice(&manifest.artefact.blake2b_256, &mut artefact_hash.0);
		VersionSpec {
			manifest_cid: self.cid.clone(),
			manifest_hash: self.hash,
			artefact_hash,
			artefact_size: manifest.artefact.size,
			format: manifest.chain_format(),
			licence: manifest.licence.clone(),
			parent: manifest.parent.as_ref().map(|parent| VersionId { model: parent.model, version: parent.version }),
			royalty: manifest.royalty.terms(),
		}
	}
}

impl RoyaltyTerms {
	/// The terms as the chain takes them.
	fn terms(&self) -> Royalty {
		Royalty { share_ppm: self.share_ppm, minimum: Amount(self.minimum.parse().unwrap_or_default()) }
	}
}

impl Manifest {
	/// The format as the chain names it.
	pub fn chain_format(&self) -> Format {
		match self.format.as_str() {
			"wasm" => Format::Wasm,
			"onnx" => Format::Onnx,
			"container" => Format::Container,
			_ => Format::Program,
		}
	}

	/// The names of the classes, if an output has some.
	pub fn labels(&self) -> Option<&[String]> {
		self.outputs.iter().find_map(|output| output.labels.as_deref())
	}

	/// Fails unless the manifest is about this program.
	pub fn check_program(&self, program: &LoadedProgram) -> Result<(), String> {
		if self.format != "program" {
			return Err(format!("it is about a {:?}, not a program", self.format));
		}
		let size = u64::try_from(program.bytes.len()).unwrap_or(u64::MAX);
		if self.artefact.size != size {
			return Err(format!("it is about a program of {} bytes, but this one has {size}", self.artefact.size));
		}
		let hash = hex::encode(program.hash().0);
		if self.artefact.blake2b_256 != hash {
			return Err(format!(
				"it is about the program with hash {}, but this one has {hash}",
				self.artefact.blake2b_256
			));
		}
		let inputs = self.inputs.iter().map(|input| (&input.dtype, &input.shape, &input.quantisation));
		same_tensors("inputs", inputs, program.program.inputs())?;
		let outputs = self.outputs.iter().map(|output| (&output.dtype, &output.shape, &output.quantisation));
		same_tensors("outputs", outputs, &program.program.outputs())
	}
}

/// Fails unless the tensors of a manifest are those of a program.
fn same_tensors<'a>(
	what: &str,
	stated: impl ExactSizeIterator<Item = (&'a String, &'a Vec<u32>, &'a Option<Quantisation>)>,
	real: &[TensorSpec],
) -> Result<(), String> {
	if stated.len() != real.len() {
		return Err(format!("it has {} {what}, the program has {}", stated.len(), real.len()));
	}
	for (index, ((dtype, shape, quantisation), real)) in stated.zip(real).enumerate() {
		let dims = real.shape.dims();
		if dtype != dtype_name(real.dtype) || shape != dims {
			return Err(format!(
				"number {index} of its {what} is {dtype} {shape:?}, the program has {} {dims:?}",
				dtype_name(real.dtype)
			));
		}
		let stated = quantisation.clone().filter(|quantisation| quantisation.kind != "raw");
		if stated != describe(&real.quantisation) {
			return Err(format!("number {index} of its {what} has another quantisation than the program"));
		}
	}
	Ok(())
}

/// A program's quantisation as manifests write it; `None` for plain integers.
fn describe(quantisation: &ProgramQuantisation) -> Option<Quantisation> {
	match quantisation {
		ProgramQuantisation::Raw => None,
		ProgramQuantisation::FloatOrder => {
			Some(Quantisation { kind: "float-order".into(), scales: None, zero_points: None })
		}
		ProgramQuantisation::Affine { scales, zero_points } => Some(Quantisation {
			kind: "affine".into(),
			scales: Some(
				scales
					.values()
					.iter()
					.map(|scale| Scale { mantissa: scale.mantissa(), exponent: scale.exponent() })
					.collect(),
			),
			zero_points: Some(zero_points.values().to_vec()),
		}),
	}
}
