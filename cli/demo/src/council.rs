// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The council of a development chain, which governs what evidence is accepted.

use crate::aivm::Aivm;
use aivm_attestation::{
	nvidia::{Allowed, Report},
	TcbPolicy,
};
use anyhow::{Context, Result};
use codec::{Compact, Encode};
use sp_crypto_hashing::blake2_256;

/// The two members whose votes are enough.
const MEMBERS: [&str; 2] = ["//Alice", "//Bob"];
/// What a motion's calls may take at most: block time in picoseconds, and bytes of proof.
const MOST_WEIGHT: (Compact<u64>, Compact<u64>) = (Compact(100_000_000_000), Compact(1_000_000));

/// Numbers of pallets and of their calls in the runtime, as `Council.propose` is `[32, 2]`.
mod calls {
	pub const BATCH_ALL: [u8; 2] = [20, 2];
	pub const PROPOSE: [u8; 2] = [32, 2];
	pub const VOTE: [u8; 2] = [32, 3];
	pub const CLOSE: [u8; 2] = [32, 6];
	pub const SET_POLICY: [u8; 2] = [55, 7];
	pub const SET_GOLDEN: [u8; 2] = [55, 9];
}

/// The encoded call that states the policy of the lowest tier.
pub fn set_policy(policy: &TcbPolicy) -> Vec<u8> {
	/// The lowest tier.
	const ENTRY: u8 = 0;
	(calls::SET_POLICY, ENTRY, policy).encode()
}

/// The encoded call that lists what this report of a device says as what such devices may have.
pub fn set_golden(report: &[u8]) -> Result<Vec<u8>> {
	let report = Report::read(report)?;
	let allowed = |(index, value): (u8, &[u8; 48])| {
		Ok(Allowed { index, values: vec![*value].try_into().ok().context("one value is not too many")? })
	};
	let measurements = report.measurements().map(allowed).collect::<Result<Vec<_>>>()?;
	Ok((calls::SET_GOLDEN, &report.driver, &report.vbios, Some(measurements)).encode())
}

/// Has the council decide on calls: the first motion of the chain. Two members vote for it.
pub fn decide(aivm: &Aivm, decided: &[Vec<u8>]) -> Result<()> {
	let mut motion = (calls::BATCH_ALL, Compact(u32::try_from(decided.len())?)).encode();
	motion.extend(decided.concat());
	let (hash, length) = (blake2_256(&motion), Compact(u32::try_from(motion.len())?));
	let (votes, index) = (Compact(u32::try_from(MEMBERS.len())?), Compact(0u32));
	let mut propose = (calls::PROPOSE, votes).encode();
	propose.extend(motion);
	propose.extend(length.encode());
	let vote = (calls::VOTE, hash, index, true).encode();
	let close = (calls::CLOSE, hash, index, MOST_WEIGHT, length).encode();
	let call = |bytes: &[u8]| format!("call 0x{}", hex::encode(bytes));
	let [first, second] = MEMBERS;
	aivm.run(first, &["session", "send", &call(&propose), &call(&vote)])?;
	aivm.run(second, &["session", "send", &call(&vote), &call(&close)])?;
	Ok(())
}
