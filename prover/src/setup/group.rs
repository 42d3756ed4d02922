// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Points: their encoding, their checks, and sums of many of them.

use ark_bls12_381::{Bls12_381, Fq, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{
	pairing::Pairing,
	scalar_mul::{glv::GLVConfig, variable_base::VariableBaseMSM},
	short_weierstrass::{Affine, Projective},
	AffineRepr, CurveGroup, PrimeGroup,
};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, FftField, Field, One, PrimeField, Zero};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use rayon::prelude::*;

use super::{
	error::{PointFault, SetupError},
	hash::Stream,
};

/// Bytes of a coordinate in the base field.
pub const FIELD_BYTES: usize = 48;

/// The first group.
pub use ark_bls12_381::g1::Config as G1;
/// The second group.
pub use ark_bls12_381::g2::Config as G2;

/// One of the two groups of the curve.
pub trait Group: GLVConfig<ScalarField = Fr, BaseField: Field<BasePrimeField = Fq>> {
	/// Bytes of an uncompressed point.
	const BYTES: usize;
}

impl Group for G1 {
	const BYTES: usize = 2 * FIELD_BYTES;
}

impl Group for G2 {
	const BYTES: usize = 4 * FIELD_BYTES;
}

/// Reads the coordinates of a point from Montgomery form, little-endian; all zero is infinity.
///
/// # Errors
/// A coordinate is not below the modulus.
pub fn from_montgomery<G: Group>(bytes: &[u8]) -> Result<Affine<G>, PointFault> {
	let coordinate = |bytes: &[u8]| {
		let fields: Result<Vec<Fq>, PointFault> = bytes.chunks_exact(FIELD_BYTES).map(field_from_montgomery).collect();
		G::BaseField::from_base_prime_field_elems(fields?).ok_or(PointFault::NotCanonical)
	};
	let (x, y) = bytes.split_at_checked(G::BYTES / 2).ok_or(PointFault::NotCanonical)?;
	let (x, y) = (coordinate(x)?, coordinate(y)?);
	Ok(if x.is_zero() && y.is_zero() { Affine::identity() } else { Affine::new_unchecked(x, y) })
}

/// Writes the coordinates of a point in Montgomery form, little-endian; infinity is all zero.
pub fn to_montgomery<G: Group>(point: &Affine<G>, out: &mut Vec<u8>) {
	let (x, y) = point.xy().unwrap_or_default();
	for field in x.to_base_prime_field_elements().chain(y.to_base_prime_field_elements()) {
		for limb in field.0 .0 {
			out.extend_from_slice(&limb.to_le_bytes());
		}
	}
}

fn field_from_montgomery(bytes: &[u8]) -> Result<Fq, PointFault> {
	let mut limbs = [0_u64; 6];
	for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
		*limb = chunk.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
	}
	let value = BigInt::new(limbs);
	if value >= Fq::MODULUS {
		return Err(PointFault::NotCanonical);
	}
	Ok(Fq::new_unchecked(value))
}

/// The product of a point with a scalar, through the curve's endomorphism.
pub fn times<G: Group>(point: Projective<G>, scalar: Fr) -> Projective<G> {
	G::glv_mul_projective(point, scalar)
}

/// The canonical uncompressed encoding of a point.
pub fn encode<G: Group>(point: &Affine<G>) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(G::BYTES);
	// Writing to a vector cannot fail.
	let _ = point.serialize_uncompressed(&mut bytes);
	bytes
}

/// The canonical compressed encoding of a point.
pub fn encode_compressed<G: Group>(point: &Affine<G>) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(G::BYTES / 2);
	// Writing to a vector cannot fail.
	let _ = point.serialize_compressed(&mut bytes);
	bytes
}

/// Reads a point in the canonical uncompressed encoding and checks that it is on the curve, but not the subgroup.
///
/// # Errors
/// [`PointFault::NotCanonical`] or [`PointFault::NotOnCurve`].
pub fn decode<G: Group>(bytes: &[u8]) -> Result<Affine<G>, PointFault> {
	let point = Affine::<G>::deserialize_uncompressed_unchecked(bytes).map_err(|_| PointFault::NotCanonical)?;
	if !point.is_on_curve() {
		return Err(PointFault::NotOnCurve);
	}
	// The decoder ignores what stands beside the flag of infinity, and flags that contradict each other.
	if encode(&point) != bytes {
		return Err(PointFault::NotCanonical);
	}
	Ok(point)
}

/// Reads a point in the canonical compressed encoding with all checks.
///
/// # Errors
/// Whatever is wrong with the point; infinity is refused.
pub fn decode_compressed<G: Group>(bytes: &[u8]) -> Result<Affine<G>, PointFault> {
	let point = Affine::<G>::deserialize_compressed_unchecked(bytes).map_err(|_| PointFault::NotCanonical)?;
	check_point(&point)?;
	if encode_compressed(&point) != bytes {
		return Err(PointFault::NotCanonical);
	}
	Ok(point)
}

fn check_point<G: Group>(point: &Affine<G>) -> Result<(), PointFault> {
	if point.is_zero() {
		return Err(PointFault::Infinity);
	}
	if !point.is_on_curve() {
		return Err(PointFault::NotOnCurve);
	}
	if !point.is_in_correct_subgroup_assuming_on_curve() {
		return Err(PointFault::NotInSubgroup);
	}
	Ok(())
}

/// Whether infinity is allowed in a list of points.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Infinity {
	/// A variable that occurs nowhere has it.
	Allowed,
	/// It would lose information.
	Refused,
}

/// Checks that every point of a list is on the curve and in the group of prime order.
///
/// # Errors
/// The first point that is not, by its index.
pub fn check_points<G: Group>(what: &'static str, points: &[Affine<G>], infinity: Infinity) -> Result<(), SetupError> {
	points.par_iter().enumerate().try_for_each(|(index, point)| {
		if infinity == Infinity::Allowed && point.is_zero() {
			return Ok(());
		}
		check_point(point).map_err(|fault| SetupError::Point { what, index, fault })
	})
}

/// Sum of the products of points and scalars.
pub fn sum<G: Group>(points: &[Affine<G>], scalars: &[Fr]) -> Projective<G> {
	Projective::msm_unchecked(points, scalars)
}

/// Whether `e(a, b) = e(c, d)`.
pub fn same_ratio(a: G1Projective, b: G2Affine, c: G1Projective, d: G2Affine) -> bool {
	Bls12_381::multi_pairing([a.into_affine(), (-c).into_affine()], [b, d]).is_zero()
}

/// Whether `e(a, b) = e(c, d)` with the sums in the second group.
pub fn same_ratio_g2(a: G1Affine, b: G2Projective, c: G1Affine, d: G2Projective) -> bool {
	Bls12_381::multi_pairing([a, c], [b.into_affine(), (-d).into_affine()]).is_zero()
}

/// Random 128-bit coefficients for a linear combination, from the system's randomness: whoever made the points could
/// not know them.
///
/// # Errors
/// [`SetupError::Randomness`].
pub fn coefficients(count: usize) -> Result<Vec<Fr>, SetupError> {
	let mut seed = [0_u8; 32];
	getrandom::fill(&mut seed).map_err(|error| SetupError::Randomness(error.to_string()))?;
	Ok((0..count)
		.into_par_iter()
		.map(|index| {
			let digest = Stream::new(b"aivm/combination").add(&seed).add(&(index as u64).to_le_bytes()).digest();
			Fr::from_le_bytes_mod_order(&digest[..16])
		})
		.collect())
}

/// Blocks that are enough to keep all threads busy.
const BLOCKS: usize = 1 << 8;

/// The points `L_0(tau) G, …, L_(n-1)(tau) G` of the Lagrange polynomials over the domain of the n-th roots of unity,
/// from `G, tau G, …, tau^(n-1) G`: an inverse Fourier transform in the group. `n` is a power of two.
pub fn lagrange<G: Group>(powers: &[Affine<G>]) -> Vec<Affine<G>> {
	let size = powers.len();
	let bits = size.trailing_zeros();
	let Some(root) = Fr::get_root_of_unity(size as u64).and_then(|root| root.inverse()) else {
		return powers.to_vec();
	};
	let reversed = |index: usize| if bits == 0 { 0 } else { index.reverse_bits() >> (usize::BITS - bits) };
	let mut points: Vec<Projective<G>> =
		(0..size).into_par_iter().map(|index| powers[reversed(index)].into_group()).collect();
	let twiddles: Vec<Fr> = std::iter::successors(Some(Fr::one()), |last| Some(*last * root)).take(size / 2).collect();
	let mut half = 1;
	while half < size {
		let stride = size / (2 * half);
		let butterfly = |(index, (low, high)): (usize, (&mut Projective<G>, &mut Projective<G>))| {
			let product = if index == 0 { *high } else { times(*high, twiddles[index * stride]) };
			*high = *low - product;
			*low += product;
		};
		// Threads share either the blocks or what is in one. With both at once, a thread that waits for a block would begin
		// others on top of it, until its stack is full.
		if stride >= BLOCKS {
			points.par_chunks_mut(2 * half).for_each(|block| {
				let (low, high) = block.split_at_mut(half);
				low.iter_mut().zip(high).enumerate().for_each(butterfly);
			});
		} else {
			for block in points.chunks_mut(2 * half) {
				let (low, high) = block.split_at_mut(half);
				low.par_iter_mut().zip(high).enumerate().with_min_len(8).for_each(butterfly);
			}
		}
		half *= 2;
	}
	let scale = Fr::from(size as u64).inverse().unwrap_or_else(Fr::one);
	points.par_iter_mut().for_each(|point| *point = times(*point, scale));
	Projective::normalize_batch(&points)
}

/// Products of all points with one scalar.
pub fn scale<G: Group>(points: &[Affine<G>], scalar: Fr) -> Vec<Affine<G>> {
	points
		.par_chunks(1 << 10)
		.flat_map_iter(|chunk| {
			let products: Vec<Projective<G>> = chunk.iter().map(|point| times(point.into_group(), scalar)).collect();
			Projective::normalize_batch(&products)
		})
		.collect()
}

/// Longest coefficient, in bits, that is multiplied bit by bit rather than with the general method.
const SHORT: u32 = 48;

/// Most long coefficients that are multiplied one by one. More are summed by the general method, which uses all threads.
const FEW: usize = 64;

/// Points with coefficients, most of which are small, of either sign.
pub struct Combination<G: Group> {
	short: Vec<(Affine<G>, u64)>,
	points: Vec<Affine<G>>,
	scalars: Vec<Fr>,
}

impl<G: Group> Combination<G> {
	/// Sorts the coefficients by length.
	pub fn new(terms: impl IntoIterator<Item = (Affine<G>, Fr)>) -> Self {
		let mut combination = Self { short: Vec::new(), points: Vec::new(), scalars: Vec::new() };
		for (point, scalar) in terms {
			let (positive, negative) = (scalar.into_bigint(), (-scalar).into_bigint());
			if positive.num_bits() <= SHORT {
				combination.short.push((point, positive.0[0]));
			} else if negative.num_bits() <= SHORT {
				combination.short.push((-point, negative.0[0]));
			} else {
				combination.points.push(point);
				combination.scalars.push(scalar);
			}
		}
		combination
	}

	/// Whether [`Self::sum`] uses all threads. It must not be called from within a parallel loop then: a thread that waits
	/// for the sum would begin other turns of the loop on top of it, until its stack is full.
	pub fn is_parallel(&self) -> bool {
		self.points.len() >= FEW
	}

	/// Sum of the products.
	pub fn sum(&self) -> Projective<G> {
		let long = if self.is_parallel() {
			sum::<G>(&self.points, &self.scalars)
		} else {
			self.points.iter().zip(&self.scalars).map(|(point, scalar)| times(point.into_group(), *scalar)).sum()
		};
		let bits = self.short.iter().map(|(_, value)| u64::BITS - value.leading_zeros()).max().unwrap_or(0);
		let mut result = Projective::zero();
		for bit in (0..bits).rev() {
			result.double_in_place();
			for (point, value) in &self.short {
				if value >> bit & 1 == 1 {
					result += point;
				}
			}
		}
		result + long
	}
}

/// The generators of both groups.
pub fn generators() -> (G1Affine, G2Affine) {
	(G1Projective::generator().into_affine(), G2Projective::generator().into_affine())
}
