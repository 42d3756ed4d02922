// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Compiles the runtime to WASM (`wasm32v1-none`) when the native crate is built with `std`.

fn main() {
	#[cfg(all(feature = "std", not(feature = "metadata-hash")))]
	substrate_wasm_builder::WasmBuilder::build_using_defaults();

	#[cfg(all(feature = "std", feature = "metadata-hash"))]
	substrate_wasm_builder::WasmBuilder::init_with_defaults().enable_metadata_hash("AIVM", 12).build();
}
