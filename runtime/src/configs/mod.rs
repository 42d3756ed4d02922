// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! How each pallet is configured, a file for each theme.

mod agents;
mod ai;
mod attestation;
mod consensus;
mod governance;
mod monetary;
mod staking;
mod system;

pub use ai::{ProgramLimits, ReceiptWeight};
pub use consensus::{MmrLeaf, BABE_GENESIS_EPOCH_CONFIG};
pub use governance::{CouncilMajority, ProxyType, TracksInfo};
pub use monetary::{TreasuryAccount, WeightToFee};
pub use staking::{OnChainElection, VoterBagsListInstance};
pub use system::{RuntimeBlockLength, RuntimeBlockWeights};
