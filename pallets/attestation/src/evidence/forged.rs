// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What no real hardware would sign.

use std::sync::OnceLock;

use aivm_attestation::{snp::Product, Roots};

use super::{
	bounded,
	forge::{self, Intel},
	vector,
};
use crate::DeviceEvidence;

/// A GPU, or a switch, under a root of our own; `product` is in the names of its certificates.
pub fn forged_gpu(nonce: [u8; 32], product: &str) -> DeviceEvidence {
	let chain = forge::nvidia_certificates(&forge::nvidia_chain(product));
	DeviceEvidence { report: bounded(forge::nvidia(nonce, 64, 8)), chain: bounded(chain) }
}

/// Roots of our own.
pub fn forged_roots() -> Roots<'static> {
	static ROOTS: OnceLock<Roots<'static>> = OnceLock::new();
	*ROOTS.get_or_init(|| {
		let leak = |root: Vec<u8>| -> &'static [u8] { Box::leak(root.into_boxed_slice()) };
		let ark = leak(vector("synthetic/amd-ark.der"));
		Roots {
			intel: leak(Intel::new().root_certificate()),
			amd: [(Product::Milan, ark), (Product::Genoa, ark), (Product::Turin, ark)],
			nitro: leak(forge::nitro_chain()[0].make()),
			nvidia: leak(forge::nvidia_chain("GH100")[0].make()),
		}
	})
}
