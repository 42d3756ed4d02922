// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tests.

mod collateral;
mod collected;
mod endpoints;
mod forged;
mod governance;
mod inspect;
mod recorded;
mod records;
mod try_state;
mod worker;
