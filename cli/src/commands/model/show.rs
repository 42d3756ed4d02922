// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model list` and `aivm model show`.

use std::io::{self, Write};

use aivm_client::{parse_account, ErrorClass, ModelInfo, Quote, UploadStatus, VersionId, VersionInfo};
use serde::Serialize;

use crate::{
	layout::{Fields, Table},
	model_ref::ModelRef,
	Context, Failure, Human,
};

/// List models.
#[derive(Debug, clap::Args)]
pub struct List {
	/// Only those of this account.
	#[arg(long, value_name = "ACCOUNT", conflicts_with = "mine")]
	owner: Option<String>,
	/// Only those of the given key.
	#[arg(long)]
	mine: bool,
	/// At most this many.
	#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
	limit: usize,
}

/// Show a model with its versions, or one version.
#[derive(Debug, clap::Args)]
pub struct Show {
	/// The model, by number or name, and maybe one version: 0, digits, 0@1, digits@2.
	#[arg(value_name = "MODEL[@VERSION]")]
	model: ModelRef,
}

/// Models.
#[derive(Debug, Serialize)]
struct Models {
	models: Vec<ModelInfo>,
}

impl Human for Models {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.models.is_empty() {
			return writeln!(out, "no models");
		}
		let mut table = Table::new(&[">model", "name", ">versions", ">default", "owner"]);
		for model in &self.models {
			table.row(vec![
				model.id.to_string(),
				model.name.clone(),
				model.version_count.to_string(),
				model.default_version.map_or_else(|| "-".into(), |version| version.to_string()),
				model.owner.to_string(),
			]);
		}
		table.write(out)
	}
}

/// A model with its versions.
#[derive(Debug, Serialize)]
struct ModelDetails {
	#[serde(flatten)]
	model: ModelInfo,
	versions: Vec<VersionInfo>,
}

impl Human for ModelDetails {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let model = &self.model;
		Fields::new()
			.add("model", format_args!("{} {}", model.id, model.name))
			.add("owner", model.owner)
			.maybe("offered to", model.offered_to)
			.add("default version", model.default_version.map_or_else(|| "none".into(), |version| version.to_string()))
			.add("on hold", model.deposit)
			.write(out)?;
		if self.versions.is_empty() {
			return writeln!(out, "\nno versions");
		}
		writeln!(out)?;
		let mut table =
			Table::new(&["version", "state", "format", ">bytes", ">MACs", ">input", ">output", "licence", "royalty"]);
		for version in &self.versions {
			let summary = |value: fn(&aivm_client::ProgramSummary) -> u64| {
				version.summary.as_ref().map_or_else(|| "-".into(), |summary| value(summary).to_string())
			};
			table.row(vec![
				version.id.to_string(),
				version.state.to_string(),
				version.spec.format.to_string(),
				version.spec.artefact_size.to_string(),
				summary(|summary| summary.macs),
				summary(|summary| summary.input_len.into()),
				summary(|summary| summary.output_len.into()),
				version.spec.licence.clone(),
				version.spec.royalty.to_string(),
			]);
		}
		table.write(out)
	}
}

/// A version.
#[derive(Debug, Serialize)]
struct VersionDetails {
	#[serde(flatten)]
	version: VersionInfo,
	/// Name of the model.
	name: String,
	/// How far the upload is, while there is one.
	#[serde(skip_serializing_if = "Option::is_none")]
	upload: Option<UploadStatus>,
	/// What a run costs now, if it can be run.
	#[serde(skip_serializing_if = "Option::is_none")]
	quote: Option<Quote>,
	/// The versions it was derived from, its parent first.
	lineage: Vec<VersionId>,
}

impl Human for VersionDetails {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let (version, spec) = (&self.version, &self.version.spec);
		let mut fields = Fields::new()
			.add("version", format_args!("{} of {}", version.id, self.name))
			.add("state", version.state)
			.maybe(
				"revoked",
				version.revocation.as_ref().map(|revocation| format!("by {}: {}", revocation.by, revocation.reason)),
			)
			.add("format", spec.format)
			.add("artefact", format_args!("{:?}, {} bytes", spec.artefact_hash, spec.artefact_size))
			.add("manifest", &spec.manifest_cid)
			.add("licence", &spec.licence)
			.add("royalty", spec.royalty)
			.maybe(
				"derived from",
				(!self.lineage.is_empty())
					.then(|| self.lineage.iter().map(VersionId::to_string).collect::<Vec<_>>().join(", ")),
			)
			.add(
				"on hold",
				format_args!("{} for the record, {} for the program", version.deposit, version.program_deposit),
			);
		if let Some(summary) = &version.summary {
			fields = fields
				.add("input", format_args!("{} bytes", summary.input_len))
				.add("output", format_args!("{} bytes", summary.output_len))
				.add(
					"work",
					format_args!(
						"{} MACs, {} bytes moved, {} operations",
						summary.macs, summary.bytes, summary.operations
					),
				);
		}
		if let Some(upload) = &self.upload {
			fields = fields.add("upload", format_args!("{} of {} chunks", upload.received.len(), upload.chunks));
		}
		fields.write(out)?;
		match &self.quote {
			Some(quote) => {
				writeln!(out)?;
				quote.human(out)
			}
			None => Ok(()),
		}
	}
}

/// Lists models.
pub async fn list(args: List, context: &mut Context<'_>) -> Result<(), Failure> {
	let owner = match (&args.owner, args.mine) {
		(Some(account), _) => Some(parse_account(account)?),
		(None, true) => Some(context.signer()?.account()),
		(None, false) => None,
	};
	let models = context.client().await?.models(owner.as_ref(), args.limit).await?;
	context.report(&Models { models })
}

/// Shows a model or a version.
pub async fn show(args: Show, context: &mut Context<'_>) -> Result<(), Failure> {
	let client = context.client().await?;
	let id = args.model.model(&client).await?;
	let model = client.model(id).await?;
	let Some(number) = args.model.version else {
		let versions = client.versions(id).await?;
		return context.report(&ModelDetails { model, versions });
	};
	let id = VersionId { model: id, version: number };
	let version = client.version(id).await?;
	let quote = match client.quote(id).await {
		Ok(quote) => Some(quote),
		// A version that cannot be run has no price.
		Err(error) if error.class() == ErrorClass::Refused => None,
		Err(error) => return Err(error.into()),
	};
	let lineage = client.lineage(id).await?.iter().map(|ancestor| ancestor.id).collect();
	let upload = client.upload_status(id).await?;
	context.report(&VersionDetails { version, name: model.name, upload, quote, lineage })
}
