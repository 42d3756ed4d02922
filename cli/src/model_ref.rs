// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How people name models and versions: `7`, `7@2`, `digits`, `digits@2`.

use std::str::FromStr;

use aivm_client::{Client, VersionId};

use crate::{Exit, Failure};

/// Most models that are searched for a name.
const SEARCHED: usize = 10_000;

/// A model, by number or name, and maybe one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRef {
	model: Name,
	/// The version's number.
	pub version: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
	Number(u32),
	Text(String),
}

impl FromStr for ModelRef {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		// Names may contain `@`; a version is what follows the last one, if that is a number.
		let (model, version) = match text.rsplit_once('@') {
			Some((model, version)) => match version.parse::<u32>() {
				Ok(0) => return Err("versions count from 1".into()),
				Ok(version) => (model, Some(version)),
				Err(_) => {
					return Err(format!("{version:?} is no version; write MODEL@VERSION, for example 0@1 or digits@2"))
				}
			},
			None => (text, None),
		};
		if model.trim().is_empty() {
			return Err("the model is missing; give its number or its name".into());
		}
		let model = model.parse().map_or_else(|_| Name::Text(model.to_owned()), Name::Number);
		Ok(Self { model, version })
	}
}

impl std::fmt::Display for ModelRef {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match &self.model {
			Name::Number(number) => write!(f, "{number}")?,
			Name::Text(name) => f.write_str(name)?,
		}
		match self.version {
			Some(version) => write!(f, "@{version}"),
			None => Ok(()),
		}
	}
}

impl ModelRef {
	/// The model's number. A name must be that of exactly one model.
	pub async fn model(&self, client: &Client) -> Result<u32, Failure> {
		let name = match &self.model {
			Name::Number(number) => return Ok(*number),
			Name::Text(name) => name,
		};
		let models = client.models(None, SEARCHED).await?;
		let found: Vec<u32> = models.iter().filter(|model| model.name == *name).map(|model| model.id).collect();
		match found.as_slice() {
			[id] => Ok(*id),
			[] => Err(Failure::new(Exit::NotFound, "not_found", format!("there is no model called {name:?}"))
				.with_cure("list the models with `aivm model list`")),
			several => Err(Failure::bad_input(format!(
				"{} models are called {name:?}: {}",
				several.len(),
				several.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
			))
			.with_cure("give the number of one of them")),
		}
	}

	/// The named version, or the model's active one.
	pub async fn version(&self, client: &Client) -> Result<VersionId, Failure> {
		let model = self.model(client).await?;
		match self.version {
			Some(version) => Ok(VersionId { model, version }),
			None => Ok(client.active_version(model).await?),
		}
	}

	/// The named version; fails if none was named.
	pub async fn named_version(&self, client: &Client) -> Result<VersionId, Failure> {
		match self.version {
			Some(version) => Ok(VersionId { model: self.model(client).await?, version }),
			None => Err(Failure::usage(format!("{self} names no version")).with_cure(format!("write {self}@VERSION"))),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn model_should_be_read_by_number_or_name_with_or_without_version() {
		let parse = |text: &str| text.parse::<ModelRef>().unwrap();
		assert_eq!(parse("7"), ModelRef { model: Name::Number(7), version: None });
		assert_eq!(parse("7@2"), ModelRef { model: Name::Number(7), version: Some(2) });
		assert_eq!(parse("digits@2"), ModelRef { model: Name::Text("digits".into()), version: Some(2) });
		assert_eq!(parse("a@b@3"), ModelRef { model: Name::Text("a@b".into()), version: Some(3) });
		for text in ["7", "7@2", "digits", "digits@2"] {
			assert_eq!(parse(text).to_string(), text);
		}
	}

	#[test]
	fn model_should_be_refused_when_name_or_version_is_missing() {
		for text in ["", "@1", "x@", "x@0", "x@y", "x@-1"] {
			assert!(text.parse::<ModelRef>().is_err(), "{text}");
		}
	}
}
