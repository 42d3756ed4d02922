// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The root certificates that evidence must lead to, as their makers publish them.

use crate::snp::Product;

/// The root certificates of all makers, as DER.
#[derive(Clone, Copy, Debug)]
pub struct Roots<'a> {
	/// Intel's "SGX Root CA".
	pub intel: &'a [u8],
	/// AMD's "ARK" of each product.
	pub amd: [(Product, &'a [u8]); 3],
	/// AWS's "aws.nitro-enclaves".
	pub nitro: &'a [u8],
	/// NVIDIA's "Device Identity CA".
	pub nvidia: &'a [u8],
}

impl Roots<'static> {
	/// The makers' own.
	///
	/// SHA-256 digests of the certificates: Intel `44a0196b…f674d3`, Milan `69d063b4…540bcd`, Genoa `4c6598d1…3db2f1`,
	/// Turin `1f084161…dd3f6a`, AWS `641a0321…9bb5b`, NVIDIA `102bf659…167b48`. The tests compare the whole digests.
	pub const PRODUCTION: Self = Self {
		intel: include_bytes!("roots/intel-sgx.der"),
		amd: [
			(Product::Milan, include_bytes!("roots/amd-milan.der")),
			(Product::Genoa, include_bytes!("roots/amd-genoa.der")),
			(Product::Turin, include_bytes!("roots/amd-turin.der")),
		],
		nitro: include_bytes!("roots/aws-nitro.der"),
		nvidia: include_bytes!("roots/nvidia-device.der"),
	};
}

impl<'a> Roots<'a> {
	/// AMD's root of a product.
	pub fn of_amd(&self, product: Product) -> (Product, &'a [u8]) {
		let [milan, genoa, turin] = self.amd;
		match product {
			Product::Milan => milan,
			Product::Genoa => genoa,
			Product::Turin => turin,
		}
	}
}
