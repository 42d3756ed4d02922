// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The kernels of the host agree with the portable ones bit for bit, on every level of instructions that the machine has.

use aivm_host::{inference, simd::Level, HostKernels};
use aivm_inference::{
	kernels::{Kernels, Portable},
	Geometry, Window,
};

/// A reproducible stream of numbers (SplitMix64).
struct Numbers(u64);

impl Numbers {
	fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	/// A number below `end`.
	fn below(&mut self, end: usize) -> usize {
		(self.next() % end as u64) as usize
	}

	/// A number from `begin` to `end`, both included.
	fn between(&mut self, begin: usize, end: usize) -> usize {
		begin + self.below(end - begin + 1)
	}

	/// A length that is mostly small, and now and then spans several vectors.
	fn length(&mut self) -> usize {
		match self.below(4) {
			0 => self.between(1, 4),
			1 | 2 => self.between(1, 40),
			_ => self.between(1, 150),
		}
	}

	fn byte(&mut self) -> i8 {
		match self.below(8) {
			0 => i8::MIN,
			1 => i8::MAX,
			2 => 0,
			_ => self.next() as i8,
		}
	}

	/// Bytes that are random, all the same, or as large as bytes can be.
	fn bytes(&mut self, length: usize) -> Vec<i8> {
		match self.below(8) {
			0 => vec![i8::MIN; length],
			1 => vec![i8::MAX; length],
			2 => (0..length).map(|_| if self.below(2) == 0 { i8::MIN } else { i8::MAX }).collect(),
			_ => (0..length).map(|_| self.next() as i8).collect(),
		}
	}

	fn sums(&mut self, length: usize) -> Vec<i32> {
		(0..length).map(|_| self.next() as i32).collect()
	}
}

fn check_dense(sums: &[i32], rows: &[i8], zero_point: i8, weights: &[i8], features: usize) {
	let run = |kernel: &dyn Fn(&mut [i32])| {
		let mut sums = sums.to_vec();
		kernel(&mut sums);
		sums
	};
	let expected = run(&|sums| Portable::dense(sums, rows, zero_point, weights, features));
	let case = format!("{} rows bytes, {} weights, {features} features", rows.len(), weights.len());
	for level in Level::available() {
		let result = run(&|sums| level.dense(sums, rows, zero_point, weights, features));
		assert!(result == expected, "{level:?}: {case}");
	}
	assert!(run(&|sums| HostKernels::dense(sums, rows, zero_point, weights, features)) == expected, "{case}");
}

fn check_conv2d(sums: &[i32], input: &[i8], zero_point: i8, weights: &[i8], geometry: &Geometry) {
	let run = |kernel: &dyn Fn(&mut [i32])| {
		let mut sums = sums.to_vec();
		kernel(&mut sums);
		sums
	};
	let expected = run(&|sums| Portable::conv2d(sums, input, zero_point, weights, geometry));
	let case = format!("{} bytes of input, {} weights, {geometry:?}", input.len(), weights.len());
	for level in Level::available() {
		let result = run(&|sums| level.conv2d(sums, input, zero_point, weights, geometry));
		assert!(result == expected, "{level:?}: {case}");
	}
	assert!(run(&|sums| HostKernels::conv2d(sums, input, zero_point, weights, geometry)) == expected, "{case}");
}

/// One axis of a window that fits an input of some length: kernel, stride, dilation, padding before and after, steps.
fn axis(numbers: &mut Numbers, length: usize) -> ([u16; 5], usize) {
	loop {
		let kernel = numbers.between(1, 5);
		let dilation = if kernel == 1 { 1 } else { numbers.between(1, 3) };
		let stride = numbers.between(1, 3);
		let extent = (kernel - 1) * dilation + 1;
		let (before, after) = (numbers.below(extent), numbers.below(extent));
		if let Some(room) = (length + before + after).checked_sub(extent) {
			let axis = [kernel, stride, dilation, before, after].map(|value| u16::try_from(value).expect("small"));
			return (axis, room / stride + 1);
		}
	}
}

/// A whole convolution of `groups` groups with so many channels of input and result each, and its number of images.
fn convolution(numbers: &mut Numbers, groups: usize, depth: usize, width: usize) -> (Geometry, usize) {
	let sizes = [3, 12, 12].map(|most| numbers.between(1, most));
	(convolution_of(numbers, sizes, groups, depth, width), sizes[0])
}

/// The same for so many images of some height and width.
fn convolution_of(numbers: &mut Numbers, sizes: [usize; 3], groups: usize, depth: usize, width: usize) -> Geometry {
	let [images, height, columns] = sizes;
	let (vertical, rows) = axis(numbers, height);
	let (horizontal, steps) = axis(numbers, columns);
	let pair = |index: usize| [vertical[index], horizontal[index]];
	let size = |value: usize| u32::try_from(value).expect("small");
	Geometry {
		window: Window { kernel: pair(0), strides: pair(1), dilations: pair(2), before: pair(3), after: pair(4) },
		input: [height, columns, groups * depth].map(size),
		output: [rows, steps, groups * width].map(size),
		groups: size(groups),
		start: 0,
		first: 0,
		count: size(images * rows * steps),
	}
}

fn elements(sizes: [u32; 3]) -> usize {
	sizes.iter().map(|size| *size as usize).product()
}

fn check_convolutions(seed: u64, cases: usize, channels: impl Fn(&mut Numbers) -> (usize, usize, usize)) {
	let mut numbers = Numbers(seed);
	for _ in 0..cases {
		let (groups, depth, width) = channels(&mut numbers);
		let (mut geometry, images) = convolution(&mut numbers, groups, depth, width);
		let input = numbers.bytes(images * elements(geometry.input));
		let weights = numbers.bytes(groups * width * depth * geometry.window.area() as usize);
		let zero_point = numbers.byte();
		// Some positions, and the input from some place before or after what they look at.
		let outputs = geometry.output[2] as usize;
		if numbers.below(3) == 0 {
			geometry.first = numbers.below(geometry.count as usize) as u32;
			geometry.count = numbers.between(1, (geometry.count - geometry.first) as usize) as u32;
		}
		let mut part = &input[..];
		match numbers.below(6) {
			0 => {
				let (image, line) = (elements(geometry.input), geometry.output[0] * geometry.output[1]);
				geometry.start = geometry.first / line * image as u32;
				part = &part[geometry.start as usize..];
			}
			1 => {
				geometry.start = numbers.below(part.len()) as u32;
				part = &part[geometry.start as usize..];
				part = &part[..numbers.below(part.len() + 1)];
			}
			_ => {}
		}
		let sums = numbers.sums(geometry.count as usize * outputs);
		check_conv2d(&sums, part, zero_point, &weights, &geometry);
	}
}

#[test]
fn dense_should_agree_with_the_portable_kernel_on_any_shape() {
	let mut numbers = Numbers(1);
	for _ in 0..3_000 {
		let rows = if numbers.below(2) == 0 { numbers.between(1, 3) } else { numbers.between(1, 40) };
		let (features, outputs) = (numbers.length(), numbers.length());
		let (elements, weights) = (numbers.bytes(rows * features), numbers.bytes(outputs * features));
		let (sums, zero_point) = (numbers.sums(rows * outputs), numbers.byte());
		check_dense(&sums, &elements, zero_point, &weights, features);
	}
}

#[test]
fn dense_should_agree_for_every_zero_point_and_extreme_values() {
	let mut numbers = Numbers(2);
	let (features, outputs) = (131, 19);
	for zero_point in i8::MIN..=i8::MAX {
		for rows in [1, 21] {
			let sums = vec![i32::MAX; rows * outputs];
			for (element, weight) in [(-128, -128), (-128, 127), (127, -128), (127, 127)] {
				let (elements, weights) = (vec![element; rows * features], vec![weight; outputs * features]);
				check_dense(&sums, &elements, zero_point, &weights, features);
			}
			let (elements, weights) = (numbers.bytes(rows * features), numbers.bytes(outputs * features));
			check_dense(&sums, &elements, zero_point, &weights, features);
		}
	}
}

#[test]
fn dense_should_wrap_as_the_portable_kernel_does() {
	// 255 * 128 * 150,000 leaves 32 bits several times.
	let features = 150_000;
	for rows in [1, 16] {
		for (element, zero_point) in [(127, -128), (-128, 127)] {
			let (elements, weights) = (vec![element; rows * features], vec![-128; 5 * features]);
			check_dense(&vec![7; rows * 5], &elements, zero_point, &weights, features);
		}
	}
}

#[test]
fn convolution_should_agree_on_any_window() {
	check_convolutions(3, 3_000, |numbers| {
		let (depth, width) = (numbers.between(1, 12), numbers.between(1, 40));
		(1, depth, width)
	});
}

#[test]
fn convolution_should_agree_on_many_channels() {
	check_convolutions(4, 200, |numbers| (1, numbers.length(), numbers.length()));
}

#[test]
fn grouped_convolution_should_agree() {
	check_convolutions(5, 1_500, |numbers| (numbers.between(2, 5), numbers.between(1, 9), numbers.between(1, 18)));
}

#[test]
fn parts_of_a_wide_convolution_should_agree() {
	let mut numbers = Numbers(12);
	for _ in 0..2_000 {
		let sizes = [numbers.between(1, 3), numbers.between(1, 4), numbers.between(20, 90)];
		let (groups, depth, width) = (numbers.between(1, 2), numbers.between(1, 6), numbers.between(1, 40));
		let mut geometry = convolution_of(&mut numbers, sizes, groups, depth, width);
		let input = numbers.bytes(sizes[0] * elements(geometry.input));
		let weights = numbers.bytes(groups * width * depth * geometry.window.area() as usize);
		let (positions, columns) = (geometry.count as usize, geometry.output[1] as usize);
		let first = numbers.below(positions);
		// Within a line, or some lines.
		let most = if numbers.below(2) == 0 { columns - first % columns } else { positions - first };
		let count = numbers.between(1, most);
		geometry.first = u32::try_from(first).expect("small");
		geometry.count = u32::try_from(count).expect("small");
		// From somewhere before or after what the first position looks at, to somewhere near the last.
		let begin = (input.len() * first / positions).saturating_sub(numbers.below(200));
		let end = (input.len() * (first + count)).div_ceil(positions) + numbers.below(200);
		geometry.start = u32::try_from(begin).expect("small");
		let sums = numbers.sums(count * groups * width);
		let zero_point = numbers.byte();
		check_conv2d(&sums, &input[begin..end.min(input.len())], zero_point, &weights, &geometry);
	}
}

#[test]
fn convolution_should_agree_where_there_is_more_padding_than_input() {
	let mut numbers = Numbers(13);
	for (kernel, dilation, depth, width) in [(3, 100, 3, 4), (3, 3_000, 2, 17), (2, 65_535, 1, 5), (5, 9, 2, 40)] {
		let padding = (kernel - 1) * dilation;
		let window = Window {
			kernel: [kernel; 2],
			strides: [1; 2],
			dilations: [dilation; 2],
			before: [padding.div_ceil(2); 2],
			after: [padding / 2; 2],
		};
		let (input, output) = ([6, 7, depth], [6, 7, width]);
		let geometry = Geometry { window, input, output, groups: 1, start: 0, first: 0, count: 42 };
		let (input, sums) = (numbers.bytes(elements(input)), numbers.sums(elements(output)));
		let weights = numbers.bytes((depth * width * window.area()) as usize);
		check_conv2d(&sums, &input, -7, &weights, &geometry);
	}
}

#[test]
fn depthwise_convolution_should_agree() {
	check_convolutions(6, 1_500, |numbers| (numbers.length(), 1, 1));
}

#[test]
fn convolution_should_agree_for_every_zero_point() {
	let mut numbers = Numbers(7);
	for zero_point in i8::MIN..=i8::MAX {
		for (groups, depth, width) in [(1, 5, 18), (33, 1, 1), (2, 3, 5)] {
			let (geometry, images) = convolution(&mut numbers, groups, depth, width);
			let input = numbers.bytes(images * elements(geometry.input));
			let weights = numbers.bytes(groups * width * depth * geometry.window.area() as usize);
			let sums = numbers.sums(geometry.count as usize * groups * width);
			check_conv2d(&sums, &input, zero_point, &weights, &geometry);
		}
	}
}

#[test]
fn dense_should_agree_on_lengths_that_disagree() {
	let mut numbers = Numbers(8);
	for _ in 0..5_000 {
		let [sums, rows, weights, features] = [200, 600, 600, 60].map(|end| numbers.below(end));
		let (sums, rows, weights) = (numbers.sums(sums), numbers.bytes(rows), numbers.bytes(weights));
		let zero_point = numbers.byte();
		check_dense(&sums, &rows, zero_point, &weights, features);
	}
}

#[test]
fn convolution_should_agree_on_sizes_that_disagree() {
	let mut numbers = Numbers(9);
	for case in 0..20_000 {
		let mut pair = |end: usize| [numbers.below(end) as u16, numbers.below(end) as u16];
		let window = Window { kernel: pair(4), strides: pair(3), dilations: pair(3), before: pair(4), after: pair(4) };
		let mut three = |end: usize| [(); 3].map(|()| numbers.below(end) as u32);
		// Every other case is depthwise, or almost.
		let (mut input, mut output) = (three(8), three(8));
		let mut groups = numbers.below(9) as u32;
		if case % 2 == 0 {
			groups = (input[2] + numbers.below(2) as u32).max(1);
			output[2] = groups + numbers.below(2) as u32;
			input[2] = groups;
		}
		let [start, first, count] = [20, 20, 60].map(|end| numbers.below(end) as u32);
		let geometry = Geometry { window, input, output, groups, start, first, count };
		let [sums, elements, weights] = [300, 600, 300].map(|end| numbers.below(end));
		let (sums, elements, weights) = (numbers.sums(sums), numbers.bytes(elements), numbers.bytes(weights));
		let zero_point = numbers.byte();
		check_conv2d(&sums, &elements, zero_point, &weights, &geometry);
	}
}

#[test]
fn sizes_without_measure_should_neither_panic_nor_ask_for_memory() {
	let mut numbers = Numbers(10);
	let huge = |numbers: &mut Numbers| match numbers.below(4) {
		0 => u32::MAX,
		1 => numbers.next() as u32,
		2 => numbers.below(3) as u32,
		_ => 1 << numbers.below(32),
	};
	for _ in 0..20_000 {
		let mut pair = || [huge(&mut numbers) as u16, huge(&mut numbers) as u16];
		let window = Window { kernel: pair(), strides: pair(), dilations: pair(), before: pair(), after: pair() };
		let mut three = || [(); 3].map(|()| huge(&mut numbers));
		let (input, output, [groups, start, first]) = (three(), three(), three());
		let count = huge(&mut numbers);
		let geometry = Geometry { window, input, output, groups, start, first, count };
		let [sums, elements, weights] = [64, 64, 64].map(|end| numbers.below(end));
		let (mut sums, elements, weights) = (numbers.sums(sums), numbers.bytes(elements), numbers.bytes(weights));
		let features = huge(&mut numbers) as usize;
		for level in Level::available() {
			level.conv2d(&mut sums, &elements, 5, &weights, &geometry);
			level.dense(&mut sums, &elements, 5, &weights, features);
		}
		HostKernels::conv2d(&mut sums, &elements, 5, &weights, &geometry);
		HostKernels::dense(&mut sums, &elements, 5, &weights, features.saturating_mul(1 << 31));
	}
}

/// Runs a host function on sums that begin at any place in memory, with other bytes before and after them.
fn check_bytes(sums: &[i32], expected: &[i32], host: impl Fn(&mut [u8])) {
	for shift in 0..4 {
		let mut bytes = vec![0xaa; shift];
		bytes.extend(sums.iter().flat_map(|sum| sum.to_le_bytes()));
		bytes.extend(vec![0xbb; shift]);
		host(&mut bytes[shift..]);
		let (before, rest) = bytes.split_at(shift);
		let (result, after) = rest.split_at(sums.len() * 4);
		assert!(result.iter().copied().eq(expected.iter().flat_map(|sum| sum.to_le_bytes())), "shift {shift}");
		assert!(before.iter().all(|byte| *byte == 0xaa) && after.iter().all(|byte| *byte == 0xbb));
	}
}

#[test]
fn host_functions_should_take_little_endian_sums_at_any_alignment() {
	let mut numbers = Numbers(11);
	let unsigned = |bytes: &[i8]| bytes.iter().map(|byte| *byte as u8).collect::<Vec<_>>();
	let (features, outputs) = (70, 9);
	let (row, weights, sums) = (numbers.bytes(features), numbers.bytes(features * outputs), numbers.sums(outputs));
	let mut expected = sums.clone();
	Portable::dense(&mut expected, &row, -3, &weights, features);
	let (row, weights) = (unsigned(&row), unsigned(&weights));
	check_bytes(&sums, &expected, |sums| inference::dense(sums, &row, -3, &weights, features as u32));

	let (geometry, images) = convolution(&mut numbers, 1, 5, 18);
	let input = numbers.bytes(images * elements(geometry.input));
	let weights = numbers.bytes(18 * 5 * geometry.window.area() as usize);
	let sums = numbers.sums(geometry.count as usize * 18);
	let mut expected = sums.clone();
	Portable::conv2d(&mut expected, &input, 7, &weights, &geometry);
	let (input, weights) = (unsigned(&input), unsigned(&weights));
	check_bytes(&sums, &expected, |sums| inference::conv2d(sums, &input, 7, &weights, geometry.clone()));
}
