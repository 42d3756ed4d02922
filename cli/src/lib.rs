// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The command line of the AIVM chain.
//!
//! [`run`] is the whole program: it takes the arguments and two writers, and returns the exit code. Each command is a file in
//! `commands` with an `Args` and a `run(args, context)`.

#![allow(clippy::module_name_repetitions)]

mod agent_card;
mod commands;
mod context;
mod evidence;
mod failure;
mod files;
mod inspect;
mod layout;
mod manifest;
mod model_ref;
mod policy_file;
mod policy_templates;
mod program;
mod proofs;
mod score;
mod time;
mod verdict;

use std::{ffi::OsString, future::Future, io::Write, pin::Pin};

use clap::{error::ErrorKind, Parser, Subcommand};

use commands::{account, agent, attestation, chain, infer, model, policy, receipt, session, task, zk};
pub use context::{Context, Globals, Human};
pub use failure::{Exit, Failure};

/// Uses the AIVM chain: publishes models, runs and proves them, checks receipts, lets agents act within limits, and proves what
/// machines are.
#[derive(Debug, Parser)]
#[command(name = "aivm", version, propagate_version = true, arg_required_else_help = true, max_term_width = 120)]
pub struct Cli {
	#[command(flatten)]
	globals: Globals,
	#[command(subcommand)]
	command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
	/// Make keys, look at balances, send money.
	Account(account::Args),
	/// See where the chain stands.
	Chain(chain::Args),
	/// Import, check, pack, publish and manage models.
	Model(Box<model::Args>),
	/// Run a model on the chain.
	Infer(Box<infer::Args>),
	/// Ask a provider for a proved run, prove one, and see what became of it.
	Task(Box<task::Args>),
	/// Make keys and proofs that a program was run, verify them, and register keys.
	Zk(Box<zk::Args>),
	/// Look at receipts, and prove and verify them.
	Receipt(receipt::Args),
	/// Register agents, say where they are found and paid, rate and validate them.
	Agent(Box<agent::Args>),
	/// Prove what a machine is: challenges, evidence, records, collateral.
	Attestation(Box<attestation::Args>),
	/// Say what session keys of an agent may do, and ask whether they may.
	Policy(policy::Args),
	/// Add, list and take back keys that act for an agent.
	Session(session::Args),
}

/// Runs the program: parses the arguments, does what they say, writes results to `out` and everything else to `err`.
///
/// It is not generic, and what the runtime waits for is a trait object: all commands are then compiled once, in this crate. Else
/// they would be compiled in each binary, several times over.
pub fn run(args: &[OsString], out: &mut dyn Write, err: &mut dyn Write) -> Exit {
	let cli = match Cli::try_parse_from(args) {
		Ok(cli) => cli,
		Err(error) => return usage(&error, args, out, err),
	};
	let mut context = Context::new(cli.globals, out, err);
	let done = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
		Ok(runtime) => {
			let work: Pin<Box<dyn Future<Output = Result<(), Failure>> + '_>> =
				Box::pin(dispatch(cli.command, &mut context));
			runtime.block_on(work)
		}
		Err(error) => Err(Failure::internal(format!("cannot start the asynchronous runtime: {error}"))),
	};
	match done {
		Ok(()) => Exit::Ok,
		Err(failure) => {
			context.fail(&failure);
			failure.exit
		}
	}
}

/// Runs one command.
async fn dispatch(command: Command, context: &mut Context<'_>) -> Result<(), Failure> {
	match command {
		Command::Account(args) => account::run(args, context).await,
		Command::Chain(args) => chain::run(args, context).await,
		Command::Model(args) => model::run(*args, context).await,
		Command::Infer(args) => infer::run(*args, context).await,
		Command::Task(args) => task::run(*args, context).await,
		Command::Zk(args) => zk::run(*args, context).await,
		Command::Receipt(args) => receipt::run(args, context).await,
		Command::Agent(args) => agent::run(*args, context).await,
		Command::Attestation(args) => attestation::run(*args, context).await,
		Command::Policy(args) => policy::run(args, context).await,
		Command::Session(args) => session::run(args, context).await,
	}
}

/// Answers a command line that is not one, or that asks for help.
fn usage(error: &clap::Error, args: &[OsString], out: &mut dyn Write, err: &mut dyn Write) -> Exit {
	let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
	if help {
		// A closed pipe is no reason to complain.
		let _ = write!(out, "{error}");
		return Exit::Ok;
	}
	if args.iter().any(|arg| arg == "--json") {
		let text = error.to_string();
		let cause = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
		let failure = Failure::usage(cause).with_cure("see `aivm --help`");
		let _ = writeln!(err, "{}", failure.to_json());
	} else {
		let _ = write!(err, "{error}");
	}
	Exit::Usage
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	fn run_with(args: &[&str]) -> (Exit, String, String) {
		let (mut out, mut err) = (Vec::new(), Vec::new());
		let args: Vec<OsString> = std::iter::once("aivm").chain(args.iter().copied()).map(Into::into).collect();
		let exit = run(&args, &mut out, &mut err);
		(exit, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
	}

	#[test]
	fn command_line_should_be_well_formed() {
		Cli::command().debug_assert();
	}

	/// One of the same name would take the value of the other.
	#[test]
	fn arguments_should_have_other_names_than_options_of_all_commands() {
		fn check(command: &clap::Command, globals: &[&clap::Id]) {
			for argument in command.get_arguments().filter(|argument| !argument.is_global_set()) {
				assert!(!globals.contains(&argument.get_id()), "{}: {}", command.get_name(), argument.get_id());
			}
			command.get_subcommands().for_each(|command| check(command, globals));
		}
		let command = Cli::command();
		let globals: Vec<_> = command.get_arguments().filter(|argument| argument.is_global_set()).collect();
		assert!(!globals.is_empty());
		let globals: Vec<_> = globals.into_iter().map(clap::Arg::get_id).collect();
		check(&command, &globals);
	}

	#[test]
	fn help_and_version_should_succeed_on_stdout() {
		let (exit, out, err) = run_with(&["--help"]);
		assert_eq!((exit, err.as_str()), (Exit::Ok, ""));
		for word in [
			"account",
			"chain",
			"model",
			"infer",
			"task",
			"zk",
			"receipt",
			"agent",
			"attestation",
			"policy",
			"session",
			"--url",
			"AIVM_URL",
			"--json",
		] {
			assert!(out.contains(word), "{word} is missing in: {out}");
		}
		assert!(run_with(&["--version"]).1.starts_with("aivm "));
	}

	#[test]
	fn wrong_usage_should_exit_with_2() {
		for args in [&["fly"][..], &[], &["receipt", "show"], &["model", "show", "x", "y"], &["infer"]] {
			let (exit, out, err) = run_with(args);
			assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{args:?}");
			assert!(!err.is_empty(), "{args:?}");
		}
	}

	#[test]
	fn wrong_usage_should_be_a_json_object_when_json_is_asked_for() {
		let (exit, _, err) = run_with(&["--json", "fly"]);
		assert_eq!(exit, Exit::Usage);
		let error: serde_json::Value = serde_json::from_str(&err).unwrap();
		assert_eq!(error["error"]["code"], "usage");
		assert_eq!(error["error"]["exit"], 2);
	}

	#[test]
	fn unreachable_node_should_exit_with_3_and_say_how_to_start_one() {
		let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
		let url = format!("ws://{}", listener.local_addr().unwrap());
		drop(listener);
		let (exit, out, err) = run_with(&["--url", &url, "chain", "status"]);
		assert_eq!((exit, out.as_str()), (Exit::Unreachable, ""));
		assert!(err.contains(&url) && err.contains("aivm-node --dev"), "{err}");

		let (_, _, err) = run_with(&["--json", "--url", &url, "chain", "status"]);
		let error: serde_json::Value = serde_json::from_str(&err).unwrap();
		assert_eq!(error["error"]["code"], "node_unreachable");
		assert!(error["error"]["cure"].as_str().unwrap().contains("aivm-node --dev"));
	}

	#[test]
	fn wrong_url_should_exit_with_5() {
		assert_eq!(run_with(&["--url", "http://localhost", "chain", "status"]).0, Exit::BadInput);
	}
}
