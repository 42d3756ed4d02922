// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # The metadata behind the client's bindings
//!
//! A runtime describes all its calls, events and types in its metadata. `aivm-client` generates Rust code from it at compile
//! time. Most of the description is about pallets that the client never uses, and about documentation; [`trim()`] leaves that
//! out, so that the file in the repository is small, compiles fast, and changes only when the client is concerned.

mod trim;

use std::path::PathBuf;

use aivm_devnet::Node;
use anyhow::{bail, Context, Result};
use codec::{Compact, Decode};

pub use trim::{trim, PALLETS};

/// The version of the metadata's form that is asked for.
const METADATA_VERSION: u32 = 16;

/// Where the committed file is: in the checkout that cargo runs this in, or else in the one that it was built in.
pub fn committed_path() -> PathBuf {
	let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
	PathBuf::from(folder).join("../metadata.scale")
}

/// The complete metadata of the runtime that a node runs, SCALE-encoded with its prefix.
pub fn fetch(node: &Node) -> Result<Vec<u8>> {
	let parameter = format!("0x{}", hex::encode(METADATA_VERSION.to_le_bytes()));
	let answer = node.request("state_call", serde_json::json!(["Metadata_metadata_at_version", parameter]))?;
	let digits =
		answer.as_str().and_then(|text| text.strip_prefix("0x")).context("the node's answer is not hexadecimal")?;
	let bytes = hex::decode(digits)?;
	match <Option<(Compact<u32>, Rest)>>::decode(&mut &*bytes)? {
		Some((Compact(length), Rest(metadata))) if metadata.len() == length as usize => Ok(metadata),
		Some(_) => bail!("the node's answer is cut off"),
		None => bail!("the node's runtime has no metadata of version {METADATA_VERSION}"),
	}
}

/// All bytes that are left.
struct Rest(Vec<u8>);

impl Decode for Rest {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let length = input.remaining_len()?.ok_or("the length is unknown")?;
		let mut bytes = vec![0; length];
		input.read(&mut bytes)?;
		Ok(Self(bytes))
	}
}
