// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! `aivm-node`: synchronises, authors and finalises the AIVM chain, and serves it over JSON-RPC.
//!
//! The binary holds no business logic: what a transaction does is decided by the WASM runtime.

// The SDK's errors are large. They are made once, to end the process.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
