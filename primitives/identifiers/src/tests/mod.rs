// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

mod caip;
mod eip712;
mod ethereum;

use sp_core::H160;

/// The bytes that hexadecimal digits stand for.
fn bytes<const N: usize>(digits: &str) -> [u8; N] {
	hex::decode(digits.trim_start_matches("0x")).unwrap().try_into().unwrap()
}

fn address(digits: &str) -> H160 {
	H160(bytes(digits))
}
