// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the pallet does.

mod chain;
mod inspect;
mod record;
mod try_state;
