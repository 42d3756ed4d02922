// Copyright (C) AIVM developers
// SPDX-License-Identifier: GPL-3.0-or-later WITH Classpath-exception-2.0

//! The SDK's benchmark command with the host functions of the node. `scripts/weights` builds and runs it.

use clap::Parser;
use frame_benchmarking_cli::PalletCmd;
use sp_runtime::traits::BlakeTwo256;

/// The functions that the runtime imports.
type HostFunctions = (sp_io::SubstrateHostFunctions, aivm_host::HostFunctions);

fn main() -> Result<(), Box<dyn std::error::Error>> {
	Ok(PalletCmd::parse().run_with_spec::<BlakeTwo256, HostFunctions>(None)?)
}
