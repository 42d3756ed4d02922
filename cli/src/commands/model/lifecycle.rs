// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What an owner does with models and versions besides publishing them.

use std::io::{self, Write};

use aivm_client::{parse_account, VersionId};
use serde::Serialize;

use crate::{commands::Done, model_ref::ModelRef, Context, Failure, Human};

/// Register a model without publishing a version.
#[derive(Debug, clap::Args)]
pub struct Register {
	/// Its name.
	name: String,
}

/// Offer a version for use and make it the default.
#[derive(Debug, clap::Args)]
pub struct Activate {
	/// The version.
	#[arg(value_name = "MODEL@VERSION")]
	target: ModelRef,
}

/// Say that a version should be replaced. It still runs.
#[derive(Debug, clap::Args)]
pub struct Deprecate {
	/// The version.
	#[arg(value_name = "MODEL@VERSION")]
	target: ModelRef,
	/// The active version of the same model to move to.
	#[arg(long, value_name = "VERSION")]
	successor: Option<u32>,
}

/// Forbid a version for ever.
#[derive(Debug, clap::Args)]
pub struct Revoke {
	/// The version.
	#[arg(value_name = "MODEL@VERSION")]
	target: ModelRef,
	/// Why; everybody can read it.
	#[arg(long)]
	reason: String,
}

/// Remove a version that was never activated, or a model without versions, and get the deposit back.
#[derive(Debug, clap::Args)]
pub struct Remove {
	/// The model or version.
	#[arg(value_name = "MODEL[@VERSION]")]
	model: ModelRef,
}

/// Offer a model to another account, which must accept.
#[derive(Debug, clap::Args)]
pub struct Transfer {
	/// The model.
	model: ModelRef,
	/// Who may take it over.
	#[arg(long, value_name = "ACCOUNT", required_unless_present = "cancel")]
	to: Option<String>,
	/// Withdraw the offer instead.
	#[arg(long, conflicts_with = "to")]
	cancel: bool,
}

/// Take over a model that was offered to you.
#[derive(Debug, clap::Args)]
pub struct Accept {
	/// The model.
	model: ModelRef,
}

/// A model that was registered.
#[derive(Debug, Serialize)]
struct Registered {
	model: u32,
	name: String,
	#[serde(flatten)]
	done: Done,
}

impl Human for Registered {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)
	}
}

/// Registers a model.
pub async fn register(args: Register, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let waiting = context.waiting("registering".into());
	let registered = sender.register_model(&args.name, context.until()).await;
	waiting.finish_and_clear();
	let (model, included) = registered?;
	let done = Done::new(format!("registered {} as model {model}", args.name), &included);
	context.report(&Registered { model, name: args.name, done })
}

/// Activates a version.
pub async fn activate(args: Activate, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let id = args.target.named_version(sender.client()).await?;
	let waiting = context.waiting("activating".into());
	let included = sender.activate(id, context.until()).await;
	waiting.finish_and_clear();
	context.report(&Done::new(format!("activated {id}"), &included?))
}

/// Deprecates a version.
pub async fn deprecate(args: Deprecate, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let id = args.target.named_version(sender.client()).await?;
	let waiting = context.waiting("deprecating".into());
	let included = sender.deprecate(id, args.successor, context.until()).await;
	waiting.finish_and_clear();
	let successor =
		args.successor.map(|version| format!(" in favour of {}", VersionId { version, ..id })).unwrap_or_default();
	context.report(&Done::new(format!("deprecated {id}{successor}"), &included?))
}

/// Revokes a version.
pub async fn revoke(args: Revoke, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let id = args.target.named_version(sender.client()).await?;
	let waiting = context.waiting("revoking".into());
	let included = sender.revoke(id, &args.reason, context.until()).await;
	waiting.finish_and_clear();
	context.report(&Done::new(format!("revoked {id}"), &included?))
}

/// Removes a version or a model.
pub async fn remove(args: Remove, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let model = args.model.model(sender.client()).await?;
	let waiting = context.waiting("removing".into());
	let (what, included) = match args.model.version {
		Some(version) => {
			let id = VersionId { model, version };
			(format!("removed version {id}"), sender.remove_version(id, context.until()).await)
		}
		None => (format!("removed model {model}"), sender.remove_model(model, context.until()).await),
	};
	waiting.finish_and_clear();
	context.report(&Done::new(what, &included?))
}

/// Offers a model, or withdraws the offer.
pub async fn transfer(args: Transfer, context: &mut Context<'_>) -> Result<(), Failure> {
	let to = args.to.as_deref().map(parse_account).transpose()?;
	let sender = context.sender().await?;
	let model = args.model.model(sender.client()).await?;
	let waiting = context.waiting("sending".into());
	let (what, included) = match to {
		Some(to) => {
			let included = sender.transfer_model(model, &to, context.until()).await;
			(format!("offered model {model} to {to}, who must accept it"), included)
		}
		None => (format!("withdrew the offer of model {model}"), sender.cancel_transfer(model, context.until()).await),
	};
	waiting.finish_and_clear();
	context.report(&Done::new(what, &included?))
}

/// Takes over a model.
pub async fn accept(args: Accept, context: &mut Context<'_>) -> Result<(), Failure> {
	let sender = context.sender().await?;
	let model = args.model.model(sender.client()).await?;
	let waiting = context.waiting("sending".into());
	let included = sender.accept_model(model, context.until()).await;
	waiting.finish_and_clear();
	context.report(&Done::new(format!("took over model {model}"), &included?))
}
