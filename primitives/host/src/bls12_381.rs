// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! BLS12-381 with blst, whose field arithmetic is assembly for the processor at hand.
//!
//! The values are those of arkworks: both hold a coordinate as the same limbs in Montgomery form, and the pairing is raised
//! to the same power. Only the calls into blst are here; the rules are those of [`aivm_verification::groth16`].

// blst is a C library: its functions take pointers.
#![allow(unsafe_code)]

use aivm_verification::{
	groth16::engine::{read_compressed, Engine, Flaw},
	Curve,
};
use alloc::vec::Vec;
use ark_bls12_381::{Fq, Fq12, Fq2, Fq6, G1Affine, G2Affine};
use ark_ff::BigInt;
use blst::{
	blst_final_exp, blst_fp, blst_fp12, blst_fp2, blst_miller_loop_n, blst_p1_affine, blst_p1_affine_in_g1,
	blst_p1_affine_is_inf, blst_p1_uncompress, blst_p2_affine, blst_p2_affine_in_g2, blst_p2_affine_is_inf,
	blst_p2_uncompress, BLST_ERROR,
};

/// BLS12-381 with blst.
pub enum Blst {}

impl Engine for Blst {
	const CURVE: Curve = Curve::Bls12_381;

	type Base = Fq;
	type Extension = Fq2;
	type Scalar = ark_bls12_381::Fr;
	type G1 = ark_bls12_381::g1::Config;
	type G2 = ark_bls12_381::g2::Config;
	type Tower = ark_bls12_381::Fq12Config;
	type Pairing = ark_bls12_381::Bls12_381;
	type Ready = blst_p2_affine;

	fn read_g1(bytes: &[u8]) -> Result<G1Affine, Flaw> {
		let bytes: &[u8; 48] = bytes.try_into().map_err(|_| Flaw::Encoding)?;
		let mut point = blst_p1_affine::default();
		// SAFETY: it reads 48 bytes, and writes a point of the curve if it succeeds.
		match unsafe { blst_p1_uncompress(&mut point, bytes.as_ptr()) } {
			BLST_ERROR::BLST_SUCCESS => {}
			// A point of the curve with an `x` of 0, which blst does not give away.
			BLST_ERROR::BLST_POINT_NOT_IN_GROUP => return read_compressed(bytes),
			_ => return Err(Flaw::Encoding),
		}
		// SAFETY: it reads the point.
		if unsafe { blst_p1_affine_is_inf(&point) } {
			return Err(Flaw::Infinity);
		}
		Ok(G1Affine::new_unchecked(from_fp(&point.x), from_fp(&point.y)))
	}

	fn read_g2(bytes: &[u8]) -> Result<G2Affine, Flaw> {
		let bytes: &[u8; 96] = bytes.try_into().map_err(|_| Flaw::Encoding)?;
		let mut point = blst_p2_affine::default();
		// SAFETY: it reads 96 bytes, and writes a point of the curve if it succeeds.
		match unsafe { blst_p2_uncompress(&mut point, bytes.as_ptr()) } {
			BLST_ERROR::BLST_SUCCESS => {}
			// A point of the curve with an `x` of 0, which blst does not give away.
			BLST_ERROR::BLST_POINT_NOT_IN_GROUP => return read_compressed(bytes),
			_ => return Err(Flaw::Encoding),
		}
		// SAFETY: it reads the point.
		if unsafe { blst_p2_affine_is_inf(&point) } {
			return Err(Flaw::Infinity);
		}
		Ok(G2Affine::new_unchecked(from_fp2(&point.x), from_fp2(&point.y)))
	}

	fn is_in_g1(point: &G1Affine) -> bool {
		// SAFETY: it reads the point, which is on the curve.
		unsafe { blst_p1_affine_in_g1(&to_p1(point)) }
	}

	fn ready(point: &G2Affine) -> Option<Self::Ready> {
		let point = blst_p2_affine { x: to_fp2(&point.x), y: to_fp2(&point.y) };
		// SAFETY: both read the point, which is on the curve.
		let is_inside = unsafe { blst_p2_affine_in_g2(&point) && !blst_p2_affine_is_inf(&point) };
		is_inside.then_some(point)
	}

	fn product(pairs: &[(G1Affine, &Self::Ready)]) -> Option<Fq12> {
		if pairs.is_empty() {
			return Some(Fq12::new(
				Fq6::new(Fq2::new(Fq::from(1), Fq::from(0)), Fq2::default(), Fq2::default()),
				Fq6::default(),
			));
		}
		let g1: Vec<_> = pairs.iter().map(|(point, _)| to_p1(point)).collect();
		let g1: Vec<*const blst_p1_affine> = g1.iter().map(|point| point as *const _).collect();
		let g2: Vec<*const blst_p2_affine> = pairs.iter().map(|(_, point)| *point as *const _).collect();
		let (mut product, mut result) = (blst_fp12::default(), blst_fp12::default());
		// SAFETY: each list holds as many pointers to points as it is told, and the points outlive the call.
		unsafe {
			blst_miller_loop_n(&mut product, g2.as_ptr(), g1.as_ptr(), pairs.len());
			blst_final_exp(&mut result, &product);
		}
		let [low, high] = result.fp6.map(|part| {
			let [first, second, third] = part.fp2.each_ref().map(from_fp2);
			Fq6::new(first, second, third)
		});
		Some(Fq12::new(low, high))
	}
}

fn from_fp(coordinate: &blst_fp) -> Fq {
	Fq::new_unchecked(BigInt(coordinate.l))
}

fn from_fp2(coordinate: &blst_fp2) -> Fq2 {
	let [first, second] = coordinate.fp.each_ref().map(from_fp);
	Fq2::new(first, second)
}

fn to_fp(coordinate: &Fq) -> blst_fp {
	blst_fp { l: coordinate.0 .0 }
}

fn to_fp2(coordinate: &Fq2) -> blst_fp2 {
	blst_fp2 { fp: [to_fp(&coordinate.c0), to_fp(&coordinate.c1)] }
}

fn to_p1(point: &G1Affine) -> blst_p1_affine {
	blst_p1_affine { x: to_fp(&point.x), y: to_fp(&point.y) }
}
