// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Points that a key or a proof must not have, in their wire form.

use aivm_verification::Curve;
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::Field;
use ark_serialize::CanonicalSerialize;

/// A group of a curve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
	G1,
	G2,
}

fn wire<P: SWCurveConfig>(point: Affine<P>) -> Vec<u8> {
	let mut bytes = vec![];
	point.serialize_compressed(&mut bytes).unwrap();
	bytes
}

/// Infinity.
pub fn infinity(curve: Curve, group: Group) -> Vec<u8> {
	match (curve, group) {
		(Curve::Bn254, Group::G1) => wire(ark_bn254::G1Affine::zero()),
		(Curve::Bn254, Group::G2) => wire(ark_bn254::G2Affine::zero()),
		(Curve::Bls12_381, Group::G1) => wire(ark_bls12_381::G1Affine::zero()),
		(Curve::Bls12_381, Group::G2) => wire(ark_bls12_381::G2Affine::zero()),
	}
}

/// The generator.
pub fn generator(curve: Curve, group: Group) -> Vec<u8> {
	match (curve, group) {
		(Curve::Bn254, Group::G1) => wire(ark_bn254::G1Affine::generator()),
		(Curve::Bn254, Group::G2) => wire(ark_bn254::G2Affine::generator()),
		(Curve::Bls12_381, Group::G1) => wire(ark_bls12_381::G1Affine::generator()),
		(Curve::Bls12_381, Group::G2) => wire(ark_bls12_381::G2Affine::generator()),
	}
}

/// A point on the curve that is not in the group of prime order, or `None` if there is none: all of BN254's G1 is that group.
pub fn outside(curve: Curve, group: Group) -> Option<Vec<u8>> {
	fn find<P: SWCurveConfig>() -> Vec<u8> {
		let mut x = P::BaseField::ONE;
		loop {
			let point = Affine::<P>::get_point_from_x_unchecked(x, false);
			if let Some(point) = point.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve()) {
				return wire(point);
			}
			x += P::BaseField::ONE;
		}
	}
	Some(match (curve, group) {
		(Curve::Bn254, Group::G1) => return None,
		(Curve::Bn254, Group::G2) => find::<ark_bn254::g2::Config>(),
		(Curve::Bls12_381, Group::G1) => find::<ark_bls12_381::g1::Config>(),
		(Curve::Bls12_381, Group::G2) => find::<ark_bls12_381::g2::Config>(),
	})
}
