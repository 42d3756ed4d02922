// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence for tests and benchmarks: recorded, or forged under roots of our own.

#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(test)]
#[path = "../../../../primitives/attestation/tests/common/der.rs"]
pub mod der;
#[cfg(test)]
#[path = "../../../../primitives/attestation/tests/common/forge.rs"]
pub mod forge;
#[cfg(test)]
mod forged;
mod recorded;

#[cfg(test)]
pub use forged::*;
pub use recorded::*;
