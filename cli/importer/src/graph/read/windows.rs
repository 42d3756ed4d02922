// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Convolutions, pools and padding. What slides along one axis slides over images of height 1.

use aivm_inference::Window;

use super::*;
use crate::graph::Conv;

/// The same numbers as an image, `[images, height, width, channels]` in memory.
struct Image {
	tensor: Tensor,
	node: usize,
	dims: [usize; 4],
}

impl<'a> Reader<'a> {
	fn image(&mut self, tensor: Tensor) -> Result<Image, Refusal> {
		match tensor.dims.len() {
			4 => {
				let tensor = self.arrange(tensor, &[0, 2, 3, 1])?;
				let [images, channels, height, width] = quad(&tensor.dims)?;
				Ok(Image { node: tensor.node, tensor, dims: [images, height, width, channels] })
			}
			3 => {
				let tensor = self.arrange(tensor, &[0, 2, 1])?;
				let dims = [tensor.dims[0], 1, tensor.dims[2], tensor.dims[1]];
				let node = self.reshape(&tensor, dims.to_vec())?;
				Ok(Image { tensor, node, dims })
			}
			rank => unsupported(format!("its input has {rank} axes: windows slide along one or two")),
		}
	}

	/// The tensor of a node that makes an image, with the axes of the image that it was made from.
	fn slid(&mut self, image: &Image, node: usize) -> Result<Tensor, Refusal> {
		let [images, height, width, channels] = quad(&self.graph.nodes[node].dims)?;
		let made = Tensor { padding: [[0; 2]; 2], ..image.tensor.at(node) };
		if image.tensor.dims.len() == 4 {
			return Ok(Tensor { dims: vec![images, channels, height, width], ..made });
		}
		let node = self.push(FloatOp::Reshape, vec![node], vec![images, width, channels])?;
		Ok(Tensor { dims: vec![images, channels, width], ..made.at(node) })
	}

	/// Input 0 with the padding that waits for a window, as real numbers if `real`.
	fn padded(&mut self, site: &Site<'a>, real: bool) -> Result<Tensor, Refusal> {
		let Value::Tensor(tensor) = site.input(0)? else { return unsupported("its input is not computed") };
		if real {
			tensor.check_real(0)?;
		}
		self.apply(site, 0, tensor.clone())
	}

	/// A window over an image.
	fn slide(
		&mut self,
		image: &Image,
		window: Window,
		channels: usize,
		op: impl FnOnce(Window) -> FloatOp,
	) -> Result<Tensor, Refusal> {
		let [images, height, width, _] = image.dims;
		let steps = |axis: usize, length: usize| {
			let [kernel, stride, dilation, before, after] =
				[window.kernel, window.strides, window.dilations, window.before, window.after]
					.map(|pair| usize::from(pair[axis]));
			let extent = (kernel - 1) * dilation + 1;
			(before < extent && after < extent).then_some(())?;
			Some((length + before + after).checked_sub(extent)? / stride + 1)
		};
		let (Some(rows), Some(columns)) = (steps(0, height), steps(1, width)) else {
			return unsupported("its window does not fit the image, or its padding is not narrower than the window");
		};
		let node = self.push(op(window), vec![image.node], vec![images, rows, columns, channels])?;
		self.slid(image, node)
	}

	/// A convolution with weights of `[outputs, channels of a group, kernel..]`.
	pub(super) fn convolve(
		&mut self,
		site: &Site<'a>,
		tensor: Tensor,
		weights: &Known,
		bias: Option<Vec<f64>>,
	) -> Result<Tensor, Refusal> {
		let padding = tensor.padding;
		let image = self.image(tensor)?;
		let weights = match *weights.dims() {
			[outputs, inside, width] => {
				let permuted = weights.transposed(&[0, 2, 1]);
				(permuted, outputs, inside, [1, width])
			}
			[outputs, inside, height, width] => (weights.transposed(&[0, 2, 3, 1]), outputs, inside, [height, width]),
			_ => return unsupported("its weights have neither 3 nor 4 axes"),
		};
		let (permuted, outputs, inside, kernel) = weights;
		if permuted.dims().len() != image.tensor.dims.len() {
			return malformed("a Conv has weights for windows of another number of axes");
		}
		let [_, height, width, channels] = image.dims;
		let groups = usize::try_from(site.attributes().int("group").unwrap_or(1)).unwrap_or(0);
		if groups == 0
			|| inside == 0
			|| channels != inside.saturating_mul(groups)
			|| outputs == 0
			|| outputs % groups != 0
		{
			return malformed(format!(
				"a Conv of {groups} groups with {inside} channels each and {outputs} outputs reads {channels} channels"
			));
		}
		let window = window(site, [height, width], kernel, padding)?.0;
		let bias = bias.unwrap_or_else(|| vec![0.0; outputs]);
		if bias.len() != outputs {
			return malformed(format!("a Conv has {} biases for {outputs} outputs", bias.len()));
		}
		let weights = permuted.weights()?;
		self.slide(&image, window, outputs, |window| FloatOp::Conv(Conv { window, groups, weights, bias }))
	}

	/// A pool whose window is the attributes'.
	pub(super) fn pool_by_attributes(
		&mut self,
		site: &Site<'a>,
		tensor: Tensor,
		largest: bool,
	) -> Result<Tensor, Refusal> {
		let padding = tensor.padding;
		let image = self.image(tensor)?;
		let [_, height, width, channels] = image.dims;
		let kernel = match (site.attributes().ints("kernel_shape"), image.tensor.dims.len()) {
			([width], 3) => [1, usize::try_from(*width).unwrap_or(0)],
			([height, width], 4) => [height, width].map(|size| usize::try_from(*size).unwrap_or(0)),
			_ => return malformed("a pool has no kernel of as many axes as the image"),
		};
		let count_padding = site.attributes().int("count_include_pad").unwrap_or(0) != 0;
		if padding != [[0; 2]; 2] && (largest || !count_padding) {
			return unsupported("it reads zeroes of a Pad: only convolutions and averages that count padding do");
		}
		let (window, grown) = window(site, [height, width], kernel, padding)?;
		if window.dilations != [1, 1] {
			return unsupported("its window is dilated");
		}
		if grown && count_padding && !largest {
			return unsupported("it counts padding and rounds its size up");
		}
		self.slide(&image, window, channels, |window| match largest {
			true => FloatOp::MaxPool(window),
			false => FloatOp::AveragePool { window, count_padding },
		})
	}

	/// The mean or largest number over whole axes of an image.
	pub(super) fn pool_whole(
		&mut self,
		tensor: Tensor,
		axes: &[usize],
		keep: bool,
		largest: bool,
	) -> Result<Tensor, Refusal> {
		let rank = tensor.dims.len();
		// Three axes are an image of height 1. Axes in memory: images, reduced ones, channels.
		let order = match (rank, axes) {
			(4, [2, 3] | [2] | [3]) => vec![0, 2, 3, 1],
			(4, [1, 2]) => vec![0, 1, 2, 3],
			(3, [2]) => vec![0, 2, 1],
			(3, [1]) => vec![0, 1, 2],
			_ => {
				return unsupported(format!(
					"it works along axes {axes:?} of {rank}: only those of height and width are read"
				))
			}
		};
		let tensor = self.arrange(tensor, &order)?;
		let memory = tensor.memory_dims();
		let image = if rank == 3 { vec![memory[0], 1, memory[1], memory[2]] } else { memory.clone() };
		let node = self.reshape(&tensor, image.clone())?;
		let size = |place: usize| -> Result<u16, Refusal> {
			let reduced = rank == 3 || axes.contains(&order[place]);
			match u16::try_from(image[place]) {
				_ if !reduced => Ok(1),
				Ok(size) => Ok(size),
				Err(_) => unsupported("its window is larger than 65,535"),
			}
		};
		let window = Window::plain([size(1)?, size(2)?], 1);
		let [rows, columns] = [1, 2].map(|place| image[place] + 1 - usize::from(window.kernel[place - 1]));
		let op = match largest {
			true => FloatOp::MaxPool(window),
			false => FloatOp::AveragePool { window, count_padding: false },
		};
		let pooled = self.push(op, vec![node], vec![image[0], rows, columns, image[3]])?;
		let mut dims = tensor.dims.clone();
		axes.iter().for_each(|axis| dims[*axis] = 1);
		let made = Tensor { dims: dims.clone(), ..tensor.at(pooled) };
		let memory = made.memory_dims();
		let node = self.reshape(&made, memory)?;
		let made = made.at(node);
		if keep {
			return Ok(made);
		}
		let order: Vec<usize> = made
			.order
			.iter()
			.filter(|axis| !axes.contains(axis))
			.map(|axis| axis - axes.iter().filter(|gone| *gone < axis).count())
			.collect();
		let dims: Vec<usize> = (0..rank).filter(|axis| !axes.contains(axis)).map(|axis| dims[axis]).collect();
		let node = self.reshape(&made, order.iter().map(|axis| dims[*axis]).collect())?;
		Ok(Tensor { dims, order, ..made.at(node) })
	}
}

fn quad(dims: &[usize]) -> Result<[usize; 4], Refusal> {
	match dims.try_into() {
		Ok(dims) => Ok(dims),
		Err(_) => malformed("an image does not have four axes"),
	}
}

/// The window that the attributes describe, and whether its padding grew because the size is rounded up.
fn window(
	site: &Site,
	sizes: [usize; 2],
	kernel: [usize; 2],
	padding: [[u16; 2]; 2],
) -> Result<(Window, bool), Refusal> {
	let attributes = site.attributes();
	let list = |name: &str, absent: i64| -> Result<[i64; 2], Refusal> {
		match attributes.ints(name) {
			[] => Ok([absent; 2]),
			[width] => Ok([if absent == 0 { 0 } else { 1 }, *width]),
			[height, width] => Ok([*height, *width]),
			_ => malformed(format!("the {name} of {} are not those of a window", site.op())),
		}
	};
	let (strides, dilations) = (list("strides", 1)?, list("dilations", 1)?);
	let (mut before, mut after) = match attributes.ints("pads") {
		[] => ([0; 2], [0; 2]),
		[left, right] => ([0, *left], [0, *right]),
		[top, left, bottom, right] => ([*top, *left], [*bottom, *right]),
		_ => return malformed(format!("the pads of {} are not those of a window", site.op())),
	};
	let ceil = attributes.int("ceil_mode").unwrap_or(0) != 0;
	let auto = attributes.text("auto_pad").unwrap_or_default();
	let mut grown = false;
	for axis in 0..2 {
		let wide = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
		let (kernel, length, stride, dilation) =
			(wide(kernel[axis]), wide(sizes[axis]), strides[axis], dilations[axis]);
		if [kernel, stride, dilation].iter().any(|value| !(1..=65_535).contains(value)) {
			return unsupported("its kernel, strides or dilations are not from 1 to 65,535");
		}
		let extent = (kernel - 1) * dilation + 1;
		match auto.as_str() {
			"" | "NOTSET" => {}
			"VALID" => (before[axis], after[axis]) = (0, 0),
			"SAME_UPPER" | "SAME_LOWER" => {
				let windows = (length + stride - 1) / stride;
				let total = ((windows - 1) * stride + extent - length).max(0);
				before[axis] = if auto == "SAME_UPPER" { total / 2 } else { total - total / 2 };
				after[axis] = total - before[axis];
			}
			other => return unsupported(format!("its padding is '{other}'")),
		}
		before[axis] = before[axis].saturating_add(padding[0][axis].into());
		after[axis] = after[axis].saturating_add(padding[1][axis].into());
		if !(0..=65_535).contains(&before[axis]) || !(0..=65_535).contains(&after[axis]) {
			return unsupported("its padding is not from 0 to 65,535");
		}
		let room = length + before[axis] + after[axis] - extent;
		let rest = if room >= 0 { room % stride } else { 0 };
		// The last window must begin before the padding at the end.
		if ceil && rest != 0 && (room / stride + 1) * stride < length + before[axis] {
			after[axis] += stride - rest;
			grown = true;
		}
	}
	let short = |pair: [i64; 2]| pair.map(|value| u16::try_from(value).unwrap_or(u16::MAX));
	let window = Window {
		kernel: kernel.map(|value| u16::try_from(value).unwrap_or(u16::MAX)),
		strides: short(strides),
		dilations: [0, 1].map(|axis| if kernel[axis] == 1 { 1 } else { short(dilations)[axis] }),
		before: short(before),
		after: short(after),
	};
	Ok((window, grown))
}

/// `Conv` with constant weights and bias.
pub(super) fn conv<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.padded(site, true)?;
	let weights = site.constant(1)?.clone();
	let bias = if site.has(2) { Some(site.constant(2)?.doubles()?) } else { None };
	let result = reader.convolve(site, tensor, &weights, bias)?;
	computed(result)
}

/// `MaxPool` and `AveragePool`.
pub(super) fn pool<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let largest = site.op() == "MaxPool";
	if site.node.output.get(1).is_some_and(|name| !name.is_empty()) {
		return unsupported("it gives the places of the largest numbers");
	}
	let tensor = reader.padded(site, !largest)?;
	let result = reader.pool_by_attributes(site, tensor, largest)?;
	computed(result)
}

/// `GlobalAveragePool`, `GlobalMaxPool`, `ReduceMean` and `ReduceMax` over height and width.
pub(super) fn global<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let largest = matches!(site.op(), "GlobalMaxPool" | "ReduceMax");
	let tensor = reader.tensor(site, 0)?;
	if !largest {
		tensor.check_real(0)?;
	}
	let rank = tensor.dims.len();
	let reduces = site.op().starts_with("Reduce");
	let mut axes: Vec<usize> = match site.integers("axes", 1)? {
		Some(axes) if reduces => axes.iter().map(|number| axis(*number, rank)).collect::<Result<_, _>>()?,
		_ if reduces => (0..rank).collect(),
		_ => (2..rank).collect(),
	};
	axes.sort_unstable();
	let keep = !reduces || site.attributes().int("keepdims").unwrap_or(1) != 0;
	let result = reader.pool_whole(tensor, &axes, keep, largest)?;
	computed(result)
}

/// `Pad` with zeroes, which the window that reads it takes in.
pub(super) fn pad<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.padded(site, true)?;
	let attributes = site.attributes();
	if attributes.text("mode").is_some_and(|mode| mode != "constant") {
		return unsupported("it pads with something other than zeroes");
	}
	let value = if site.has(2) { site.number(2)? } else { attributes.float("value").unwrap_or(0.0) };
	let Some(pads) = site.integers("pads", 1)? else { return malformed("a Pad has no pads") };
	if site.has(3) {
		return unsupported("it names its axes");
	}
	if pads.iter().all(|pad| *pad == 0) {
		return Ok((vec![Value::Tensor(tensor)], Role::Dropped));
	}
	let rank = tensor.dims.len();
	if pads.len() != 2 * rank || value != 0.0 {
		return unsupported("it pads with something other than zeroes");
	}
	let spatial = |axis: usize| match rank {
		4 => axis.checked_sub(2),
		3 if axis == 2 => Some(1),
		_ => None,
	};
	let mut padding = tensor.padding;
	for (place, pad) in pads.iter().enumerate().filter(|(_, pad)| **pad != 0) {
		let Some(axis) = spatial(place % rank) else { return unsupported("it pads other axes than height and width") };
		let Some(total) = u16::try_from(*pad).ok().and_then(|pad| padding[place / rank][axis].checked_add(pad)) else {
			return unsupported("it cuts off numbers, or pads by more than 65,535");
		};
		padding[place / rank][axis] = total;
	}
	computed(Tensor { padding, ..tensor })
}
