// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm model publish`: everything from nothing to an active version. Each step is skipped if it was done before, so the command
//! goes on after an interruption when it is run again.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_client::{Amount, Included, Quote, Sender, Until, VersionId, VersionInfo, VersionSpec, VersionState};
use serde::Serialize;

use super::pack::Source;
use crate::{layout::Fields, model_ref::ModelRef, program::LoadedProgram, Context, Exit, Failure, Human};

/// Most models of one owner that are searched for a name.
const SEARCHED: usize = 10_000;

/// Register if needed, publish a version, upload, finalise, activate.
#[derive(Debug, clap::Args)]
pub struct Args {
	/// The program file.
	program: PathBuf,
	#[command(flatten)]
	source: Source,
	/// The model to publish a version of. Without it, the signer's model with the manifest's name, registered if there is
	/// none.
	#[arg(long, value_name = "MODEL")]
	model: Option<ModelRef>,
	/// Leave the version ready, but do not offer it for use.
	#[arg(long)]
	no_activate: bool,
}

/// What was done.
#[derive(Debug, Serialize)]
struct Published {
	version: VersionId,
	name: String,
	state: VersionState,
	manifest_cid: String,
	/// The steps that were done now; others were done before.
	steps: Vec<&'static str>,
	/// Bytes that were on the chain before.
	resumed_bytes: u64,
	/// Bytes that were sent now.
	uploaded_bytes: u64,
	/// The fees of the registration, publication, validation and activation.
	fees: Amount,
	/// What the owner has on hold for the version.
	deposit: Amount,
	/// What a run costs now.
	#[serde(skip_serializing_if = "Option::is_none")]
	quote: Option<Quote>,
}

impl Human for Published {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let steps = if self.steps.is_empty() { "nothing, it was complete".into() } else { self.steps.join(", ") };
		let uploaded = match self.resumed_bytes {
			0 => format!("{} bytes", self.uploaded_bytes),
			resumed => format!("{} bytes, {resumed} were there", self.uploaded_bytes),
		};
		Fields::new()
			.add("version", format_args!("{} of {}, {}", self.version, self.name, self.state))
			.add("done now", steps)
			.add("uploaded", uploaded)
			.add("manifest", &self.manifest_cid)
			.add("fees", self.fees)
			.add("on hold", self.deposit)
			.maybe("a run costs", self.quote.as_ref().map(|quote| quote.total))
			.maybe("a run takes", self.quote.as_ref().map(|quote| format!("{} of block time", quote.weight)))
			.write(out)
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	let program = LoadedProgram::read(&args.program)?;
	let packed = args.source.pack(&program, &args.program)?;
	let spec = packed.spec();
	let name = packed.manifest.name.clone();
	let sender = context.sender().await?;
	let mut work = Work { sender, steps: Vec::new(), fees: 0, until: Until::InBlock };

	let model = match &args.model {
		Some(model) => work.named_model(model, &name).await?,
		None => work.own_model(&name, context).await?,
	};
	let id = work.version(model, &spec, context).await?;
	let mut version = work.sender.client().version(id).await?;

	let (mut resumed_bytes, mut uploaded_bytes) = (0, 0);
	if version.state == VersionState::Uploading {
		let bar = context.byte_bar(spec.artefact_size, "uploading");
		let upload = work.sender.upload(id, &program.bytes, |progress| bar.set_position(progress.done)).await;
		bar.finish_and_clear();
		let upload = upload.map_err(|error| {
			let failure = Failure::from(error);
			let cure = failure
				.cure
				.clone()
				.unwrap_or_else(|| "run the same command again: it goes on where it stopped".into());
			failure.with_cure(cure)
		})?;
		resumed_bytes = upload.resumed;
		uploaded_bytes = upload.done.saturating_sub(upload.resumed);
		work.steps.push("uploaded");

		let waiting = context.waiting("the chain validates the program".into());
		let finalised = work.sender.finalise_version(id, work.until).await;
		waiting.finish_and_clear();
		work.done("finalised", &finalised?);
		version = work.sender.client().version(id).await?;
	}
	if !args.no_activate && matches!(version.state, VersionState::Ready) {
		let waiting = context.waiting("activating".into());
		let activated = work.sender.activate(id, context.until()).await;
		waiting.finish_and_clear();
		work.done("activated", &activated?);
		version = work.sender.client().version(id).await?;
	}
	let quote = match version.state {
		VersionState::Active | VersionState::Deprecated { .. } => Some(work.sender.client().quote(id).await?),
		_ => None,
	};
	context.report(&Published {
		version: id,
		name,
		state: version.state,
		manifest_cid: spec.manifest_cid,
		steps: work.steps,
		resumed_bytes,
		uploaded_bytes,
		fees: Amount(work.fees),
		deposit: Amount(version.deposit.0.saturating_add(version.program_deposit.0)),
		quote,
	})
}

/// What is being done.
struct Work {
	sender: Sender,
	steps: Vec<&'static str>,
	fees: u128,
	until: Until,
}

impl Work {
	/// Notes that a step was done.
	fn done(&mut self, step: &'static str, included: &Included) {
		self.steps.push(step);
		self.fees = self.fees.saturating_add(included.fee.0);
	}

	/// A model that was named, which must be the signer's and have the manifest's name.
	async fn named_model(&self, model: &ModelRef, name: &str) -> Result<u32, Failure> {
		let info = self.sender.client().model(model.model(self.sender.client()).await?).await?;
		// A session key acts as its agent.
		let signer = self.sender.payer().await?;
		if info.owner != signer {
			return Err(Failure::new(
				Exit::Refused,
				"ModelRegistry.NotOwner",
				format!("model {} belongs to {}, the given key is that of {signer}", info.id, info.owner),
			)
			.with_cure("sign with the owner's key"));
		}
		if info.name != name {
			return Err(Failure::bad_input(format!(
				"model {} is called {:?}, the manifest says {name:?}",
				info.id, info.name
			))
			.with_cure("give the model that the manifest is about, or change the name in the card"));
		}
		Ok(info.id)
	}

	/// The signer's model with this name, registered if there is none.
	async fn own_model(&mut self, name: &str, context: &Context<'_>) -> Result<u32, Failure> {
		let owner = self.sender.payer().await?;
		let models = self.sender.client().models(Some(&owner), SEARCHED).await?;
		if let Some(model) = models.iter().find(|model| model.name == name) {
			return Ok(model.id);
		}
		let waiting = context.waiting(format!("registering {name}"));
		let registered = self.sender.register_model(name, self.until).await;
		waiting.finish_and_clear();
		let (model, included) = registered?;
		self.done("registered", &included);
		Ok(model)
	}

	/// The version with this specification, published if there is none.
	async fn version(&mut self, model: u32, spec: &VersionSpec, context: &Context<'_>) -> Result<VersionId, Failure> {
		let versions = self.sender.client().versions(model).await?;
		if let Some(same) = versions.iter().rev().find(|version| is_same(version, spec)) {
			return Ok(same.id);
		}
		let waiting = context.waiting("publishing the version".into());
		let published = self.sender.publish_version(model, spec, self.until).await;
		waiting.finish_and_clear();
		let (id, included) = published?;
		self.done("published", &included);
		Ok(id)
	}
}

/// Whether a version is what is to be published, and can still be used.
fn is_same(version: &VersionInfo, spec: &VersionSpec) -> bool {
	version.spec == *spec && version.state != VersionState::Revoked
}
