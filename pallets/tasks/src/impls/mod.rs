// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls and views do, by topic.

mod collected;
mod deadlines;
mod escrow;
mod infer;
mod request;
mod settle;
mod state;
mod submit;
mod try_state;
mod views;
