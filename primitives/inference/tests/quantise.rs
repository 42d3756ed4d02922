// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! From real numbers to integers and back.

mod common;

use aivm_inference::{
	quantise::{dequantise, multipliers, quantise, scales, QuantiseError},
	*,
};
use common::{chain, raw};
use proptest::prelude::*;

fn affine(dtype: Dtype, dims: &[u32], scale: &[f64], zero_points: &[i32]) -> TensorSpec {
	TensorSpec {
		quantisation: Quantisation::Affine {
			scales: scales(scale).unwrap(),
			zero_points: PerChannel::new(zero_points.to_vec()).unwrap(),
		},
		..raw(dtype, dims)
	}
}

#[test]
fn scale_should_be_exact_for_every_kind_of_float() {
	let floats = [f32::MIN_POSITIVE, f32::MAX, f32::EPSILON, 1.0, 0.1, 1e-45, 3e-39, 16_777_215.0];
	for value in floats {
		let scale = Scale::from_f64(value.into()).unwrap();
		assert!(scale.is_normalised());
		assert_eq!(scale.to_f32(), value);
		assert_eq!(scale.to_f64(), f64::from(value));
	}
	assert_eq!(Scale::from_f64(1.0), Some(Scale::ONE));
	for value in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 1e-300, 5e-324] {
		assert_eq!(Scale::from_f64(value), None, "{value}");
	}
}

#[test]
fn scale_should_normalise_integers() {
	assert_eq!(Scale::new(1, 0), Some(Scale::ONE));
	assert_eq!(Scale::new(6, 3).unwrap().to_f64(), 48.0);
	assert_eq!(Scale::new(0, 0), None);
	assert_eq!(Scale::new(1, i16::MAX), None);
	assert_eq!(Scale::new(1, i16::MIN), None);
	// The last exponents in range: 2^31 * 2^256 and 2^31 * 2^-256.
	assert!(Scale::new(1, 31 + 256).is_some() && Scale::new(1, 31 + 257).is_none());
	assert!(Scale::new(1, 31 - 256).is_some() && Scale::new(1, 31 - 257).is_none());
}

#[test]
fn multiplier_should_be_the_nearest_one() {
	assert_eq!(Multiplier::from_f64(1.0), Some(Multiplier::ONE));
	assert_eq!(Multiplier::from_f64(0.5), Multiplier::new(1 << 30, 31));
	// 2 - 2^-40 needs more than 31 bits and rounds up to 2.
	assert_eq!(Multiplier::from_f64(2.0 - 2f64.powi(-40)), Multiplier::new(1 << 30, 29));
	// Halfway between two mantissas: to the even one.
	let unit = 2f64.powi(-30);
	assert_eq!(Multiplier::from_f64(1.0 + 0.5 * unit), Multiplier::new(1 << 30, 30));
	assert_eq!(Multiplier::from_f64(1.0 + 1.5 * unit), Multiplier::new((1 << 30) + 2, 30));
	// The ends of the range.
	assert_eq!(Multiplier::from_f64(2f64.powi(31) - 1.0), Multiplier::new((1 << 31) - 1, 0));
	assert_eq!(Multiplier::from_f64(2f64.powi(31)), None);
	let smallest = Multiplier::new(1 << 30, 62);
	assert_eq!(Multiplier::from_f64(2f64.powi(-32)), smallest);
	assert_eq!(Multiplier::from_f64(1e-300), smallest);
	for value in [0.0, -0.5, f64::NAN, f64::INFINITY] {
		assert_eq!(Multiplier::from_f64(value), None);
	}
	assert_eq!(multipliers(&[0.5, 0.5]), Some(PerChannel::One(Multiplier::new(1 << 30, 31).unwrap())));
}

#[test]
fn quantise_should_round_halves_to_even_and_saturate() {
	let spec = affine(Dtype::I8, &[8], &[0.5], &[10]);
	let values = [0.0, 0.25, 0.75, -0.25, 1e30, -1e30, f32::INFINITY, f32::NEG_INFINITY];
	let expected: [i8; 8] = [10, 10, 12, 10, 127, -128, 127, -128];
	let bytes = quantise(&spec, &values).unwrap();
	assert_eq!(bytes, expected.map(i8::cast_unsigned));
	let back = dequantise(&spec, &bytes).unwrap();
	assert_eq!(back, [0.0, 0.0, 1.0, 0.0, 58.5, -69.0, 58.5, -69.0]);
}

#[test]
fn quantise_should_use_the_scale_of_each_feature() {
	let spec = affine(Dtype::I32, &[2, 2], &[0.5, 4.0], &[0, -1]);
	let bytes = quantise(&spec, &[3.0, 8.0, -1.0, 100.0]).unwrap();
	let expected: Vec<u8> = [6i32, 1, -2, 24].iter().flat_map(|value| value.to_le_bytes()).collect();
	assert_eq!(bytes, expected);
	assert_eq!(dequantise(&spec, &bytes).unwrap(), [3.0, 8.0, -1.0, 100.0]);
}

#[test]
fn quantise_should_refuse_what_no_integer_stands_for() {
	let specs = [
		affine(Dtype::I8, &[2], &[1.0], &[0]),
		TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I32, &[2]) },
		raw(Dtype::I8, &[2]),
	];
	for spec in specs {
		assert_eq!(quantise(&spec, &[1.0, f32::NAN]), Err(QuantiseError::NotANumber { element: 1 }));
		assert_eq!(quantise(&spec, &[1.0]), Err(QuantiseError::Length { expected: 2, given: 1 }));
		assert_eq!(quantise(&spec, &[1.0; 3]), Err(QuantiseError::Length { expected: 2, given: 3 }));
		assert!(matches!(dequantise(&spec, &[1]), Err(QuantiseError::Length { given: 1, .. })));
	}
	for value in [0.5, 128.0, -129.0, f32::INFINITY] {
		assert_eq!(quantise(&raw(Dtype::I8, &[1]), &[value]), Err(QuantiseError::NotAnInteger { element: 0 }));
	}
	assert_eq!(quantise(&raw(Dtype::I8, &[2]), &[127.0, -128.0]).unwrap(), [127, 128]);
}

#[test]
fn float_order_should_have_one_key_for_zero_and_none_for_nan() {
	assert_eq!(float_order_key((-0.0f32).to_bits()), Some(0));
	assert_eq!(float_order_key(0.0f32.to_bits()), Some(0));
	assert_eq!(float_order_key(f32::INFINITY.to_bits()), Some(FLOAT_ORDER_MAX));
	assert_eq!(float_order_key(f32::NEG_INFINITY.to_bits()), Some(FLOAT_ORDER_MIN));
	for bits in [0x7f80_0001, 0x7fc0_0000, 0x7fff_ffff, 0xff80_0001, 0xffc0_0000, 0xffff_ffff] {
		assert!(f32::from_bits(bits).is_nan());
		assert_eq!(float_order_key(bits), None);
	}
	for key in [-1, FLOAT_ORDER_MAX + 1, FLOAT_ORDER_MIN - 1, i32::MIN, i32::MAX] {
		assert_eq!(float_order_bits(key), None);
	}
	// The smallest negative number has the key after that of negative zero.
	assert_eq!(float_order_key((-1e-45f32).to_bits()), Some(-2));
}

#[test]
fn programs_should_take_and_return_real_numbers() {
	let mut builder = ProgramBuilder::new(vec![
		affine(Dtype::I8, &[2], &[0.5], &[0]),
		TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I32, &[2]) },
	]);
	let dense = builder.dense(builder.input(0), common::plain_dense(&[1, 2], &[4]));
	let place = builder.arg_max(builder.input(1));
	let quantisation = Quantisation::Affine { scales: scales(&[0.25]).unwrap(), zero_points: PerChannel::One(0) };
	builder.output(dense, quantisation);
	builder.output(place, Quantisation::Raw);
	let (program, _) = builder.build(&Limits::DEFAULT).unwrap();
	let input = program.quantise_input(&[1.5, -2.0, -0.25, 0.125]).unwrap();
	let output = program.run(&input).unwrap();
	// (3 + 2 * -4 + 4) / 4, and the place of 0.125.
	assert_eq!(program.dequantise_output(&output).unwrap(), [vec![-0.25], vec![1.0]]);

	assert_eq!(program.quantise_input(&[0.0; 3]), Err(QuantiseError::Length { expected: 4, given: 3 }));
	assert_eq!(program.quantise_input(&[0.0; 5]), Err(QuantiseError::Length { expected: 4, given: 5 }));
	for given in [7, 9] {
		let error = QuantiseError::Length { expected: 8, given };
		assert_eq!(program.dequantise_output(&vec![0; given as usize]), Err(error));
	}
}

#[test]
fn trees_should_split_exactly_where_the_float_model_does() {
	let threshold = 0.1f32;
	let leaf = |weight| Box::new(Tree::Leaf(vec![weight]));
	for comparison in [Comparison::LessOrEqual, Comparison::Less] {
		let key = float_order_key(threshold.to_bits()).unwrap();
		let tree = Tree::Branch { feature: 0, threshold: key, first: leaf(1), second: leaf(2) };
		let trees = TreeEnsemble::from_trees(comparison, vec![0], &[tree], Some(vec![0])).unwrap();
		let spec = TensorSpec { quantisation: Quantisation::FloatOrder, ..raw(Dtype::I32, &[1]) };
		let (program, _) = chain(spec, vec![Op::TreeEnsemble(trees)]).unwrap();
		for value in [threshold, threshold.next_up(), threshold.next_down(), -0.0, -1e30, f32::INFINITY] {
			let first = match comparison {
				Comparison::LessOrEqual => value <= threshold,
				Comparison::Less => value < threshold,
			};
			let output = program.run(&program.quantise_input(&[value]).unwrap()).unwrap();
			assert_eq!(output, (if first { 1i32 } else { 2 }).to_le_bytes(), "{value} {comparison:?}");
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(20_000))]

	#[test]
	fn float_order_should_compare_as_floats_do(left in any::<u32>(), right in any::<u32>()) {
		let (left, right) = (f32::from_bits(left), f32::from_bits(right));
		let keys = (float_order_key(left.to_bits()), float_order_key(right.to_bits()));
		prop_assert_eq!((keys.0.is_none(), keys.1.is_none()), (left.is_nan(), right.is_nan()));
		if let (Some(left_key), Some(right_key)) = keys {
			prop_assert_eq!(left.partial_cmp(&right), Some(left_key.cmp(&right_key)));
			// Equal as numbers; negative zero comes back as zero.
			prop_assert_eq!(f32::from_bits(float_order_bits(left_key).unwrap()), left);
		}
	}

	#[test]
	fn scale_should_be_exact_for_positive_floats(bits in 1u32..0x7f80_0000) {
		let value = f32::from_bits(bits);
		prop_assert_eq!(Scale::from_f64(value.into()).unwrap().to_f32(), value);
	}

	#[test]
	fn multiplier_should_be_within_half_a_unit(mantissa in 1.0f64..2.0, exponent in -32i32..30) {
		let value = mantissa * 2f64.powi(exponent);
		let multiplier = Multiplier::from_f64(value).unwrap();
		prop_assert!(multiplier.is_normalised());
		prop_assert!((multiplier.to_f64() - value).abs() <= 2f64.powi(exponent - 31));
	}

	#[test]
	fn multiplier_should_be_exact_for_floats(bits in 0x3000_0000u32..0x4e80_0000) {
		let value = f64::from(f32::from_bits(bits));
		prop_assert_eq!(Multiplier::from_f64(value).unwrap().to_f64(), value);
	}

	#[test]
	fn quantise_should_equal_onnx_quantize_linear(value in -1e6f32..1e6, scale in 1e-6f32..1e3, zero in any::<i8>()) {
		let spec = affine(Dtype::I8, &[1], &[scale.into()], &[zero.into()]);
		let expected = ((value / scale).round_ties_even() + f32::from(zero)).clamp(-128.0, 127.0) as i8;
		prop_assert_eq!(quantise(&spec, &[value]).unwrap(), expected.to_le_bytes());
	}
}
