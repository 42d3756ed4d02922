// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Compiles the guest to WASM (`wasm32v1-none`) when the native crate is built with `std`.

fn main() {
	// It is no runtime of a chain, so it has no version.
	#[cfg(feature = "std")]
	substrate_wasm_builder::WasmBuilder::init_with_defaults().disable_runtime_version_section_check().build();
}
