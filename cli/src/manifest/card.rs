// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Model cards: what an author writes. A manifest is a card with what follows from the program.

use std::{collections::BTreeMap, path::Path};

use aivm_client::{Royalty, VersionId};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::{
	check::is_decimal, describe, Artefact, Author, DataSource, Input, Manifest, Metric, Output, Parent, RoyaltyTerms,
	Training, MAX_FILE, SCHEMA,
};
use crate::{
	files,
	program::{dtype_name, LoadedProgram},
	Failure,
};

/// What an author writes about a model, as JSON. Members that it does not know are ignored.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Card {
	/// Name of the model.
	pub name: String,
	/// Title for people.
	pub title: Option<String>,
	/// What the model does, for whom, and what it must not be used for.
	pub description: String,
	/// SPDX licence expression.
	pub licence: String,
	/// `classification` or `regression`.
	pub task: Option<String>,
	/// Names of the classes, in order.
	pub labels: Option<Vec<String>>,
	/// Names of the features, in order.
	pub features: Option<Vec<String>>,
	/// What the model was trained on.
	pub dataset: Option<CardDataset>,
	/// Numbers that say how good the model is, by name.
	pub metrics: Option<BTreeMap<String, Value>>,
	/// Who made it.
	pub authors: Option<Vec<Author>>,
	/// The author's own version.
	pub version: Option<String>,
}

/// What a model was trained on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CardDataset {
	/// Name of the data set.
	pub name: String,
	/// Where it comes from.
	pub source: Option<String>,
	/// Its licence.
	pub licence: Option<String>,
	/// Number of rows.
	pub rows: Option<u64>,
}

/// What is decided when a card is packed.
#[derive(Clone, Debug, Default)]
pub struct Terms {
	/// What the owner earns.
	pub royalty: Royalty,
	/// What the version was derived from.
	pub parent: Option<VersionId>,
	/// The author's own version; the card's, or 1.0.0, if absent.
	pub version: Option<String>,
	/// Who made it, if the card does not say.
	pub author: Option<String>,
}

impl Card {
	/// Reads a card.
	pub fn read(path: &Path) -> Result<Self, Failure> {
		let text = files::read_text(path, "model card", MAX_FILE)?;
		serde_json::from_str(&text).map_err(|error| {
			Failure::bad_input(format!("{} is no model card: {error}", path.display())).with_cure(
				"a card is a JSON object with at least name, description and licence; see docs/guides/cli.md",
			)
		})
	}

	/// The manifest of a program that this card describes. `file` is the program's file name.
	///
	/// # Errors
	/// If the card does not fit the program.
	pub fn manifest(&self, program: &LoadedProgram, file: &str, terms: Terms) -> Result<Manifest, String> {
		let annotations: BTreeMap<String, String> = [("title", &self.title), ("task", &self.task)]
			.into_iter()
			.filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
			.collect();
		Ok(Manifest {
			schema: SCHEMA.into(),
			name: self.name.clone(),
			version: terms.version.or_else(|| self.version.clone()).unwrap_or_else(|| "1.0.0".into()),
			description: self.description.clone(),
			licence: self.licence.clone(),
			format: "program".into(),
			artefact: Artefact {
				file: file.into(),
				size: u64::try_from(program.bytes.len()).unwrap_or(u64::MAX),
				blake2b_256: hex::encode(program.hash().0),
			},
			inputs: self.inputs(program)?,
			outputs: self.outputs(program)?,
			authors: match &self.authors {
				Some(authors) if !authors.is_empty() => authors.clone(),
				_ => vec![Author { name: terms.author.unwrap_or_else(|| "anonymous".into()), contact: None }],
			},
			royalty: RoyaltyTerms { share_ppm: terms.royalty.share_ppm, minimum: terms.royalty.minimum.0.to_string() },
			parent: terms.parent.map(|parent| Parent { model: parent.model, version: parent.version }),
			training: self.dataset.as_ref().map(|dataset| Training {
				data: vec![DataSource {
					name: dataset.name.clone(),
					source: dataset.source.clone(),
					licence: dataset.licence.clone(),
					rows: dataset.rows,
				}],
				procedure: None,
			}),
			metrics: self.metrics.as_ref().map(|metrics| {
				let data = self.dataset.as_ref().map_or("not stated", |dataset| &dataset.name);
				metrics.iter().filter_map(|entry| metric(entry, data)).collect()
			}),
			annotations: (!annotations.is_empty()).then_some(annotations),
		})
	}

	/// The inputs, with the card's feature names if there is one input.
	fn inputs(&self, program: &LoadedProgram) -> Result<Vec<Input>, String> {
		let specs = program.program.inputs();
		let alone = specs.len() == 1;
		let features = self.features.as_ref().filter(|_| alone);
		if let (Some(features), Some(spec)) = (features, specs.first()) {
			let width = spec.shape.features();
			if u32::try_from(features.len()) != Ok(width) {
				return Err(format!("the card names {} features, the program takes {width}", features.len()));
			}
		}
		Ok(specs
			.iter()
			.enumerate()
			.map(|(index, spec)| Input {
				name: if alone { "features".into() } else { format!("input_{index}") },
				dtype: dtype_name(spec.dtype).into(),
				shape: spec.shape.dims().to_vec(),
				quantisation: describe(&spec.quantisation),
				features: features.cloned(),
			})
			.collect())
	}

	/// The outputs. A classifier gives the class and then one score for each; both get the card's labels.
	fn outputs(&self, program: &LoadedProgram) -> Result<Vec<Output>, String> {
		let specs = program.program.outputs();
		let classifies = specs.len() == 2;
		if let (Some(labels), true) = (&self.labels, classifies) {
			let classes = specs.last().map_or(0, |scores| scores.shape.features());
			if u32::try_from(labels.len()) != Ok(classes) {
				return Err(format!("the card names {} classes, the program has {classes}", labels.len()));
			}
		}
		Ok(specs
			.iter()
			.enumerate()
			.map(|(index, spec)| Output {
				name: match (classifies, index) {
					(true, 0) => "class".into(),
					(true, _) => "scores".into(),
					(false, _) if specs.len() == 1 => "values".into(),
					(false, index) => format!("output_{index}"),
				},
				dtype: dtype_name(spec.dtype).into(),
				shape: spec.shape.dims().to_vec(),
				quantisation: describe(&spec.quantisation),
				labels: self.labels.clone().filter(|_| classifies),
			})
			.collect())
	}
}

/// A metric of a card as manifests write it; `None` if it is no number.
fn metric((name, value): (&String, &Value), data: &str) -> Option<Metric> {
	let value = match value {
		Value::Number(number) => decimal(number),
		Value::String(text) => text.clone(),
		_ => return None,
	};
	is_decimal(&value).then(|| Metric { name: name.clone(), data: data.into(), value })
}

/// A number without an exponent.
fn decimal(number: &Number) -> String {
	match number.as_f64() {
		Some(float) if number.is_f64() => {
			// The shortest text that gives the number again, and the same without an exponent.
			let text = format!("{float}");
			if is_decimal(&text) {
				text
			} else {
				format!("{float:.12}")
			}
		}
		_ => number.to_string(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{manifest::Packed, program::LoadedProgram};

	/// The program of the reference page: the place of the largest of four numbers.
	fn program() -> LoadedProgram {
		let page = include_str!("../../../docs/reference/model-manifest.md");
		let start = page.find("```text\n").unwrap() + 8;
		let digits = &page[start..start + page[start..].find('\n').unwrap()];
		LoadedProgram::decode(hex::decode(digits).unwrap()).unwrap()
	}

	fn card() -> Card {
		serde_json::from_str(
			r#"{"name": "largest", "title": "Largest", "description": "Finds it.", "licence": "Apache-2.0",
			"features": ["n", "e", "s", "w"], "dataset": {"name": "none"}, "ignored": [1],
			"metrics": {"accuracy": 0.97963, "rows": 540, "tiny": 1e-7, "note": ["no number"]}}"#,
		)
		.unwrap()
	}

	#[test]
	fn card_should_become_a_manifest_that_fits_its_program() {
		let program = program();
		let terms = Terms { royalty: Royalty { share_ppm: 5, ..Royalty::default() }, ..Terms::default() };
		let packed = Packed::new(card().manifest(&program, "largest.aivm", terms).unwrap()).unwrap();
		let manifest = &packed.manifest;
		manifest.check_program(&program).unwrap();
		assert_eq!(manifest.version, "1.0.0");
		assert_eq!(manifest.authors[0].name, "anonymous");
		assert_eq!(manifest.inputs[0].features.as_ref().unwrap().len(), 4);
		assert_eq!(manifest.annotations.as_ref().unwrap()["title"], "Largest");
		let metrics: Vec<_> =
			manifest.metrics.iter().flatten().map(|metric| (metric.name.as_str(), metric.value.as_str())).collect();
		assert_eq!(metrics, [("accuracy", "0.97963"), ("rows", "540"), ("tiny", "0.0000001")]);
		assert_eq!(packed.spec().artefact_hash, program.hash());
	}

	#[test]
	fn card_should_be_refused_when_it_names_another_number_of_features() {
		let card = Card { features: Some(vec!["one".into()]), ..card() };
		let reason = card.manifest(&program(), "x", Terms::default()).unwrap_err();
		assert!(reason.contains("1 features") && reason.contains("takes 4"), "{reason}");
	}

	#[test]
	fn manifest_should_be_refused_when_it_is_about_another_program() {
		let program = program();
		let manifest = card().manifest(&program, "x", Terms::default()).unwrap();
		let mut other = manifest.clone();
		other.artefact.size = 31;
		assert!(other.check_program(&program).unwrap_err().contains("31 bytes"));
		let mut other = manifest.clone();
		other.artefact.blake2b_256 = "0".repeat(64);
		assert!(other.check_program(&program).unwrap_err().contains("hash"));
		let mut other = manifest.clone();
		other.inputs[0].shape = vec![5];
		assert!(other.check_program(&program).unwrap_err().contains("[4]"));
		let mut other = manifest;
		other.inputs[0].quantisation = None;
		assert!(other.check_program(&program).unwrap_err().contains("quantisation"));
	}
}
