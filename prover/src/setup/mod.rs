// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The keys of a circuit, and the ceremonies that make them.
//!
//! Groth16 needs secrets that nobody may know afterwards. They come in two phases:
//!
//! 1. [`Powers`]: powers of a secret, the same for all circuits. Take them from a public ceremony
//!    ([`Powers::read_ptau`] reads the files of snarkjs over BLS12-381), or make them alone for development
//!    ([`Powers::generate`]).
//! 2. [`Setup`]: [`Setup::begin`] computes the first key of a circuit, each participant calls [`Setup::contribute`],
//!    and [`Setup::close`] adds the hash of a block that was announced before. One participant who forgets a secret
//!    suffices.
//!
//! [`Setup::verify`] lets anybody check the result from the powers, the circuit and the [`Transcript`]. It also says
//! what the setup is worth: a [`SetupKind::SingleParty`] setup protects against nobody who took part in it.

mod beacon;
mod ceremony;
mod error;
mod group;
mod hash;
mod key_file;
mod parameters;
mod powers;
mod progress;
mod ptau;
mod transcript;

#[cfg(test)]
mod tests;

pub use beacon::{Beacon, MAX_ITERATIONS, MIN_ITERATIONS};
pub use ceremony::{verifying_key, Entropy, Setup};
pub use error::{PointFault, SetupError};
pub use hash::Digest;
pub use key_file::{read_key, write_key, KeyHeader, KEY_VERSION};
pub use parameters::{Circuit, Row};
pub use powers::{Phase1, Powers, MAX_POWER};
pub use progress::{Progress, Step};
pub use transcript::{Contribution, SetupKind, Transcript, MAX_CONTRIBUTIONS, MAX_NAME, TRANSCRIPT_VERSION};
