// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm`, the command line of the AIVM chain. See `docs/guides/cli.md`.

use std::process::ExitCode;

fn main() -> ExitCode {
	let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
	let args: Vec<_> = std::env::args_os().collect();
	ExitCode::from(aivm_cli::run(&args, &mut out, &mut err) as u8)
}
