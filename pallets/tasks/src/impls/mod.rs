// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls and views do, by topic.

mod escrow;
mod infer;
mod settle;
mod state;
mod try_state;
mod views;
