// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys: as they are sent, and prepared.

use alloc::vec::Vec;
use ark_ec::{
	short_weierstrass::{Affine, SWCurveConfig},
	AffineRepr,
};
use ark_ff::{BigInteger, Field, Fp12, PrimeField};

use super::{
	engine::{Engine, Flaw},
	error::{KeyError, KeyPoint},
	MAX_INPUTS,
};

/// A key that was checked. Its bytes are the coordinates of `e(alpha, beta)`, gamma, delta and every IC, each as long as
/// it is in a compressed point and little-endian.
pub(super) struct Prepared<S: Engine> {
	pub(super) alpha_beta: Fp12<S::Tower>,
	pub(super) gamma: Affine<S::G2>,
	pub(super) delta: Affine<S::G2>,
	/// At least one.
	pub(super) ic: Vec<Affine<S::G1>>,
}

impl<S: Engine> Prepared<S> {
	/// Number of public inputs.
	pub(super) fn inputs(&self) -> usize {
		self.ic.len().saturating_sub(1)
	}

	/// The point that no input is multiplied with.
	pub(super) fn first_ic(&self) -> Affine<S::G1> {
		self.ic.first().copied().unwrap_or_default()
	}

	/// Reads the bytes that [`Self::write`] made. Points are not checked again.
	pub(super) fn read(bytes: &[u8]) -> Option<Self> {
		let inputs = (0..=MAX_INPUTS).find(|inputs| S::CURVE.prepared_len(*inputs) == bytes.len())?;
		let mut coordinates = bytes.chunks_exact(S::CURVE.point_len()).map(coordinate::<S::Base>);
		let coordinates = &mut coordinates;
		let alpha_beta = elements(coordinates)?;
		let gamma = point(coordinates)?;
		let delta = point(coordinates)?;
		let ic = (0..=inputs).map(|_| point(coordinates)).collect::<Option<_>>()?;
		Some(Self { alpha_beta, gamma, delta, ic })
	}

	fn write(&self) -> Vec<u8> {
		let mut bytes = Vec::with_capacity(S::CURVE.prepared_len(self.inputs()));
		let mut write = |coordinate: S::Base| {
			let mut little_endian = coordinate.into_bigint().to_bytes_le();
			little_endian.resize(S::CURVE.point_len(), 0);
			bytes.append(&mut little_endian);
		};
		self.alpha_beta.to_base_prime_field_elements().for_each(&mut write);
		for point in [self.gamma, self.delta] {
			point.x.to_base_prime_field_elements().chain(point.y.to_base_prime_field_elements()).for_each(&mut write);
		}
		for point in &self.ic {
			write(point.x);
			write(point.y);
		}
		bytes
	}
}

/// The coordinate of little-endian bytes, if it is canonical.
fn coordinate<F: PrimeField>(bytes: &[u8]) -> Option<F> {
	let mut integer = F::BigInt::default();
	for (limb, bytes) in integer.as_mut().iter_mut().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_le_bytes(*bytes);
	}
	F::from_bigint(integer)
}

/// The next element of a field or of an extension of it.
fn elements<F: Field>(coordinates: &mut impl Iterator<Item = Option<F::BasePrimeField>>) -> Option<F> {
	let degree = usize::try_from(F::extension_degree()).ok()?;
	let parts: Vec<_> = coordinates.take(degree).collect::<Option<_>>()?;
	F::from_base_prime_field_elems(parts)
}

/// The next point.
fn point<P: SWCurveConfig>(
	coordinates: &mut impl Iterator<Item = Option<<P::BaseField as Field>::BasePrimeField>>,
) -> Option<Affine<P>> {
	let x = elements(coordinates)?;
	let y = elements(coordinates)?;
	Some(Affine::new_unchecked(x, y))
}

/// [`super::Groth16::prepare_key`] with an engine.
///
/// # Errors
/// [`KeyError`].
pub fn prepare_key<S: Engine>(key: &[u8]) -> Result<Vec<u8>, KeyError> {
	let given = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
	let length = || KeyError::Length { given: given(key.len()) };
	let inputs = S::CURVE.inputs(key.len()).ok_or_else(length)?;
	if inputs > MAX_INPUTS {
		return Err(KeyError::TooManyInputs { given: given(inputs) });
	}
	let half = S::CURVE.point_len();
	let mut rest = key;
	let mut next = |length| {
		let (point, others) = rest.split_at_checked(length)?;
		rest = others;
		Some(point)
	};
	let in_g1 = |name, bytes: Option<&[u8]>| {
		let point = S::read_g1(bytes.ok_or_else(length)?).map_err(refuse(name))?;
		if S::is_in_g1(&point) {
			Ok(point)
		} else {
			Err(KeyError::Subgroup { point: name })
		}
	};
	let in_g2 = |name, bytes: Option<&[u8]>| {
		let point = S::read_g2(bytes.ok_or_else(length)?).map_err(refuse(name))?;
		let ready = S::ready(&point).ok_or(KeyError::Subgroup { point: name })?;
		Ok((point, ready))
	};
	let alpha = in_g1(KeyPoint::Alpha, next(half))?;
	let (beta, ready_beta) = in_g2(KeyPoint::Beta, next(half.saturating_mul(2)))?;
	let (gamma, _) = in_g2(KeyPoint::Gamma, next(half.saturating_mul(2)))?;
	let (delta, _) = in_g2(KeyPoint::Delta, next(half.saturating_mul(2)))?;
	let numbers = (0u8..).take(inputs.saturating_add(1));
	let ic: Vec<_> = numbers.clone().map(|number| in_g1(KeyPoint::Ic(number), next(half))).collect::<Result<_, _>>()?;
	check_unrelated::<S>(&beta, &gamma, &delta, &ic)?;
	let alpha_beta = S::product(&[(alpha, &ready_beta)]).ok_or(KeyError::Infinity { point: KeyPoint::Alpha })?;
	Ok(Prepared::<S> { alpha_beta, gamma, delta, ic }.write())
}

/// What is told of a point that cannot be read.
fn refuse(point: KeyPoint) -> impl Fn(Flaw) -> KeyError {
	move |flaw| match flaw {
		Flaw::Encoding => KeyError::Encoding { point },
		Flaw::Infinity => KeyError::Infinity { point },
	}
}

/// Refuses points that are equal or opposite where that lets anybody forge proofs:
///
/// - gamma and delta: `C` can take away what any inputs add. So it can if delta is the generator and gamma is too, as in
///   every key of snarkjs before the first contribution.
/// - beta and delta: with `C = -alpha` nothing secret is left.
/// - beta and gamma: `A = alpha + L`, `B = beta + delta`, `C = A` holds for any inputs.
/// - beta and the generator: its secret is 1.
/// - two ICs: only the sum, or the difference, of those inputs is bound.
fn check_unrelated<S: Engine>(
	beta: &Affine<S::G2>,
	gamma: &Affine<S::G2>,
	delta: &Affine<S::G2>,
	ic: &[Affine<S::G1>],
) -> Result<(), KeyError> {
	use KeyPoint::{Beta, Delta, Gamma, Generator, Ic};
	let generator = Affine::<S::G2>::generator();
	let pairs = [
		(Gamma, gamma, Delta, delta),
		(Delta, delta, Generator, &generator),
		(Beta, beta, Delta, delta),
		(Beta, beta, Gamma, gamma),
		(Beta, beta, Generator, &generator),
	];
	for (first, one, second, other) in pairs {
		// Points with the same x are equal or opposite.
		if one.x == other.x {
			return Err(KeyError::Related { first, second });
		}
	}
	for (number, point) in (0u8..).zip(ic).skip(1) {
		for (other_number, other) in (0u8..).zip(ic).skip(1).take_while(|(other, _)| *other < number) {
			if point.x == other.x {
				return Err(KeyError::Related { first: Ic(other_number), second: Ic(number) });
			}
		}
	}
	Ok(())
}
