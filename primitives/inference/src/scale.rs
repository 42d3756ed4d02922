// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Exact positive scales, fixed-point multipliers, and parameters that are one or one per channel.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A parameter of a tensor: one value, or one for each channel (last dimension).
///
/// A list whose values are all the same is not canonical; [`PerChannel::new`] makes the canonical form.
#[derive(Encode, Decode, DecodeWithMemTracking, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub enum PerChannel<T> {
	/// The same value for all channels.
	#[codec(index = 0)]
	One(T),
	/// One value for each channel, in order.
	#[codec(index = 1)]
	Each(Vec<T>),
}

impl<T: PartialEq + Clone> PerChannel<T> {
	/// The canonical form of one value per channel, or `None` if there are no channels.
	pub fn new(values: Vec<T>) -> Option<Self> {
		let first = values.first()?;
		if values.iter().all(|value| value == first) {
			return Some(Self::One(first.clone()));
		}
		Some(Self::Each(values))
	}

	/// Whether this is the only form in which these values may be written.
	pub fn is_canonical(&self) -> bool {
		match self {
			Self::One(_) => true,
			Self::Each(values) => values.first().is_some_and(|first| values.iter().any(|value| value != first)),
		}
	}
}

impl<T> PerChannel<T> {
	/// The value of channel `channel`, if there is such a channel.
	pub fn get(&self, channel: usize) -> Option<&T> {
		match self {
			Self::One(value) => Some(value),
			Self::Each(values) => values.get(channel),
		}
	}

	/// The values that are written down: one, or one for each channel.
	pub fn values(&self) -> &[T] {
		match self {
			Self::One(value) => core::slice::from_ref(value),
			Self::Each(values) => values,
		}
	}

	/// Whether this gives a value to each of `channels` channels and to no more.
	pub fn fits(&self, channels: u32) -> bool {
		match self {
			Self::One(_) => true,
			Self::Each(values) => u32::try_from(values.len()) == Ok(channels),
		}
	}
}

/// A positive real number `mantissa * 2^exponent`, exactly.
///
/// Normalised: the top bit of the mantissa is set, and the exponent is between -[`Scale::MAX_EXPONENT`] and
/// [`Scale::MAX_EXPONENT`]. So each number has one form, every positive single-precision number has one, and every
/// scale is exact in double precision.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale {
	mantissa: u32,
	exponent: i16,
}

impl Scale {
	/// Largest absolute value of the exponent.
	pub const MAX_EXPONENT: i16 = 256;
	/// The number 1.
	pub const ONE: Self = Self { mantissa: 1 << 31, exponent: -31 };

	/// `mantissa * 2^exponent`, normalised, or `None` if the number is 0 or out of range.
	pub fn new(mantissa: u32, exponent: i16) -> Option<Self> {
		let zeros = mantissa.leading_zeros();
		let scale = Self {
			mantissa: mantissa.checked_shl(zeros)?,
			exponent: exponent.checked_sub(i16::try_from(zeros).ok()?)?,
		};
		scale.is_normalised().then_some(scale)
	}

	/// Whether this is the canonical form of a number in range. True of everything but decoded garbage.
	pub const fn is_normalised(&self) -> bool {
		self.mantissa >> 31 == 1 && self.exponent >= -Self::MAX_EXPONENT && self.exponent <= Self::MAX_EXPONENT
	}

	/// The mantissa, from 2^31 to 2^32 - 1.
	pub const fn mantissa(&self) -> u32 {
		self.mantissa
	}

	/// The exponent of two.
	pub const fn exponent(&self) -> i16 {
		self.exponent
	}
}

/// A positive fixed-point factor `mantissa / 2^shift` with 31 significant bits.
///
/// The mantissa is at least 2^30 and below 2^31; the shift is at most [`Multiplier::MAX_SHIFT`]. So the factor is between
/// 2^-32 and 2^31, and its product with any `i32` fits `i64`.
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Multiplier {
	mantissa: u32,
	shift: u8,
}

impl Multiplier {
	/// Largest shift.
	pub const MAX_SHIFT: u8 = 62;
	/// The factor 1.
	pub const ONE: Self = Self { mantissa: 1 << 30, shift: 30 };

	/// `mantissa / 2^shift`, or `None` if either is out of range.
	pub const fn new(mantissa: u32, shift: u8) -> Option<Self> {
		let multiplier = Self { mantissa, shift };
		if multiplier.is_normalised() {
			Some(multiplier)
		} else {
			None
		}
	}

	/// Whether both parts are in range. True of everything but decoded garbage.
	pub const fn is_normalised(&self) -> bool {
		self.mantissa >> 30 == 1 && self.shift <= Self::MAX_SHIFT
	}

	/// The mantissa, from 2^30 to 2^31 - 1.
	pub const fn mantissa(&self) -> u32 {
		self.mantissa
	}

	/// The right shift after the multiplication, in bits.
	pub const fn shift(&self) -> u8 {
		self.shift
	}
}
