// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls, the extension and the view functions do.

mod act;
mod check;
mod counters;
mod deposits;
pub mod freezer;
mod integrity;
mod keys;
pub mod order;
mod policies;
mod session;
mod try_state;
mod views;

pub(crate) use act::others;
pub(crate) use check::{first_broken, yes_or_no, Actor, Envelope, Judged, Spends};
pub(crate) use session::{Outcome, Prepared};
