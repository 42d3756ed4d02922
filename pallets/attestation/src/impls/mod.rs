// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calls and the view functions do.

mod collateral;
mod collected;
mod endpoints;
mod governance;
mod inspect;
mod integrity;
mod periods;
mod records;
mod try_state;
mod verify;
mod views;
mod weight;
