// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tests.

mod act;
mod allowed;
mod assets;
mod counter;
mod limits;
#[cfg(not(feature = "runtime-benchmarks"))]
mod meta_tx;
mod model;
mod order;
mod owner;
mod random;
mod refused;
mod try_state;
mod views;
mod wrappers;
