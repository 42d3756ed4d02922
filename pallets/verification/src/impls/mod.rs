// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls and views do, by topic.

mod deposits;
mod integrity;
mod keys;
mod router;
mod statements;
mod try_state;
mod views;
