// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators that change the form of a value only.

use super::*;

/// `Identity`, and `Dropout`, which does nothing outside training.
pub(super) fn identity<'a>(_: &mut Reader<'a>, site: &Site<'a>) -> Read {
	Ok((vec![site.input(0)?.clone()], Role::Dropped))
}

/// `Cast` to a type that holds the same numbers.
pub(super) fn cast<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let target = i32::try_from(site.attributes().int("to").unwrap_or_default()).unwrap_or_default();
	let tensor = reader.lazy(site, 0)?;
	let is_float = matches!(target, data_type::FLOAT | data_type::DOUBLE);
	let is_wide = matches!(target, data_type::INT32 | data_type::INT64);
	match tensor.integers {
		None if is_float => {}
		Some(Integers::Places) if is_wide || is_float => {}
		Some(Integers::Wide) if is_wide => {}
		Some(Integers::Wide) if is_float => {
			reader.interpret(&tensor, InputKind::Real)?;
			return Ok((vec![Value::Tensor(Tensor { integers: None, ..tensor })], Role::Dropped));
		}
		Some(Integers::Bytes { unsigned }) if is_float => {
			let grid = Grid { scale: 1.0, zero_point: if unsigned { -128 } else { 0 } };
			reader.interpret(&tensor, InputKind::Quantised(grid))?;
			return Ok((vec![Value::Tensor(Tensor { integers: None, ..tensor })], Role::Dropped));
		}
		_ => return unsupported("it rounds numbers to integers, or turns integers into numbers"),
	}
	Ok((vec![Value::Tensor(tensor)], Role::Dropped))
}

impl Reader<'_> {
	/// Says what the integers of an input stand for.
	pub(super) fn interpret(&mut self, tensor: &Tensor, kind: InputKind) -> Result<(), Refusal> {
		match &mut self.graph.nodes[tensor.node].op {
			FloatOp::Input(current) if *current == kind => Ok(()),
			FloatOp::Input(current @ (InputKind::Integers | InputKind::Bytes { .. })) => {
				*current = kind;
				Ok(())
			}
			_ => unsupported("the integers of an input stand for two different things"),
		}
	}
}

/// The dimensions that `Flatten` makes.
pub(super) fn flattened(site: &Site, dims: &[usize]) -> Result<Vec<usize>, Refusal> {
	let split = site.attributes().int("axis").unwrap_or(1);
	let split =
		if split == i64::try_from(dims.len()).unwrap_or(i64::MAX) { dims.len() } else { axis(split, dims.len())? };
	Ok(vec![dims[..split].iter().product(), dims[split..].iter().product()])
}

/// `Flatten` to rows.
pub(super) fn flatten<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let dims = flattened(site, &tensor.dims)?;
	reader.reform(tensor, dims)
}

/// The dimensions that `Reshape` makes.
pub(super) fn target(site: &Site, dims: &[usize]) -> Result<Vec<usize>, Refusal> {
	let Some(target) = site.integers("shape", 1)? else { return malformed("a Reshape has no target shape") };
	let keeps_zero = site.attributes().int("allowzero").unwrap_or(0) == 0;
	let total = dims.iter().product::<usize>();
	let (mut known, mut open) = (Vec::with_capacity(target.len()), None);
	for (index, dim) in target.iter().enumerate() {
		known.push(match dim {
			-1 if open.is_none() => {
				open = Some(index);
				1
			}
			0 if keeps_zero => dims.get(index).copied().unwrap_or(1),
			dim => usize::try_from(*dim).unwrap_or(0),
		});
	}
	let product = known.iter().fold(1usize, |product, dim| product.saturating_mul(*dim));
	if let Some(open) = open {
		known[open] = total.checked_div(product).unwrap_or(0);
	}
	if known.iter().fold(1usize, |product, dim| product.saturating_mul(*dim)) != total {
		return unsupported(format!("it makes {target:?} of {dims:?}, which has another number of elements"));
	}
	Ok(known)
}

/// `Reshape`.
pub(super) fn reshape<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let dims = target(site, &tensor.dims)?;
	reader.reform(tensor, dims)
}

impl Reader<'_> {
	/// Other dimensions for the same elements in the order of ONNX.
	fn reform(&mut self, tensor: Tensor, dims: Vec<usize>) -> Read {
		if tensor.dims == dims {
			return Ok((vec![Value::Tensor(tensor)], Role::Dropped));
		}
		let plain = self.plain(tensor)?;
		let node = self.reshape(&plain, dims.clone())?;
		let order = (0..dims.len()).collect();
		computed(Tensor { integers: plain.integers, ..Tensor::new(node, dims, order) })
	}
}

/// The dimensions after `Squeeze` or `Unsqueeze`.
pub(super) fn squeezed(site: &Site, dims: &[usize]) -> Result<Vec<usize>, Refusal> {
	let removes = site.op() == "Squeeze";
	let axes = axes(site, dims)?;
	if removes {
		return Ok(dims.iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, dim)| *dim).collect());
	}
	let mut result = dims.to_vec();
	axes.iter().for_each(|axis| result.insert(*axis, 1));
	Ok(result)
}

/// The axes that `Squeeze` removes, of size 1, or that `Unsqueeze` makes, in order.
fn axes(site: &Site, dims: &[usize]) -> Result<Vec<usize>, Refusal> {
	let removes = site.op() == "Squeeze";
	let Some(axes) = site.integers("axes", 1)? else {
		if !removes {
			return malformed("an Unsqueeze has no axes");
		}
		return Ok((0..dims.len()).filter(|axis| dims[*axis] == 1).collect());
	};
	let rank = if removes { dims.len() } else { dims.len().saturating_add(axes.len()) };
	let mut places = axes.iter().map(|number| axis(*number, rank)).collect::<Result<Vec<_>, _>>()?;
	places.sort_unstable();
	let twice = places.windows(2).any(|pair| pair[0] == pair[1]);
	if twice || (removes && places.iter().any(|axis| dims[*axis] != 1)) {
		return malformed("it names an axis twice, or one that is not of size 1");
	}
	Ok(places)
}

/// `Squeeze`: axes of size 1 go, and the others stay as they lie in memory.
pub(super) fn squeeze<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let (gone, dims) = (axes(site, &tensor.dims)?, squeezed(site, &tensor.dims)?);
	let order: Vec<usize> = tensor
		.order
		.iter()
		.filter(|axis| !gone.contains(axis))
		.map(|axis| axis - gone.iter().filter(|gone| *gone < axis).count())
		.collect();
	reader.with_axes(&tensor, dims, order)
}

/// `Unsqueeze`: new axes of size 1. A channel axis that is last in memory stays last.
pub(super) fn unsqueeze<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let (new, dims) = (axes(site, &tensor.dims)?, squeezed(site, &tensor.dims)?);
	let is_plain = tensor.order.iter().enumerate().all(|(place, axis)| place == *axis);
	let mut order = tensor.order.clone();
	for axis in new {
		order.iter_mut().filter(|old| **old >= axis).for_each(|old| *old += 1);
		let after = axis.checked_sub(1).and_then(|before| order.iter().position(|old| *old == before));
		let place = match after {
			_ if is_plain => axis,
			Some(place) if place + 1 < order.len() => place + 1,
			_ => order.iter().position(|old| *old == axis + 1).unwrap_or(order.len().saturating_sub(1)),
		};
		order.insert(place.min(order.len()), axis);
	}
	reader.with_axes(&tensor, dims, order)
}

impl Reader<'_> {
	/// The same elements in memory under axes of size 1 more or fewer.
	fn with_axes(&mut self, tensor: &Tensor, dims: Vec<usize>, order: Vec<usize>) -> Read {
		let node = self.reshape(tensor, order.iter().map(|axis| dims[*axis]).collect())?;
		Ok((vec![Value::Tensor(Tensor { integers: tensor.integers, ..Tensor::new(node, dims, order) })], Role::Dropped))
	}
}

/// The order of axes of a `Transpose`.
pub(super) fn order(site: &Site, rank: usize) -> Result<Vec<usize>, Refusal> {
	let order = match site.attributes().ints("perm") {
		[] => (0..rank).rev().collect(),
		order => order.iter().map(|number| axis(*number, rank)).collect::<Result<Vec<_>, _>>()?,
	};
	if order.len() != rank || (0..rank).any(|axis| !order.contains(&axis)) {
		return malformed("a Transpose does not name each axis once");
	}
	Ok(order)
}

/// `Transpose`: axes get other names. Nothing moves in memory until an operator needs it.
pub(super) fn transpose<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.lazy(site, 0)?;
	let order = order(site, tensor.dims.len())?;
	computed(tensor.renamed(&order))
}

/// `Concat` of computed values.
pub(super) fn concat<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let parts = (0..site.inputs.len()).map(|index| reader.tensor(site, index)).collect::<Result<Vec<_>, _>>()?;
	let Some(number) = site.attributes().int("axis") else { return malformed("a Concat has no axis") };
	let joined = reader.join(parts, number)?;
	computed(joined)
}

impl Reader<'_> {
	/// The tensors one after the other along an axis.
	pub(super) fn join(&mut self, parts: Vec<Tensor>, number: i64) -> Result<Tensor, Refusal> {
		let Some(first) = parts.first().cloned() else { return malformed("a Concat has no inputs") };
		let along = axis_of_row(number, first.dims.len())?;
		let mut dims = first.dims.clone();
		dims[along] = 0;
		let mut inputs = Vec::with_capacity(parts.len());
		for part in parts {
			let same = |(axis, (left, right)): (usize, (&usize, &usize))| axis == along || left == right;
			if part.dims.len() != dims.len() || !dims.iter().zip(&part.dims).enumerate().all(same) {
				return malformed("a Concat joins values of different shapes");
			}
			if part.integers != first.integers {
				return unsupported("it joins integers that stand for different numbers");
			}
			dims[along] = dims[along].saturating_add(part.dims[along]);
			inputs.push(self.arrange(part, &first.order)?.node);
		}
		let place = first.order.iter().position(|axis| *axis == along).unwrap_or(0);
		let memory = first.order.iter().map(|axis| dims[*axis]).collect();
		let node = self.push(FloatOp::Concat { axis: place }, inputs, memory)?;
		Ok(Tensor { dims, ..first.at(node) })
	}
}

impl<'a> Reader<'a> {
	/// Some places of a tensor along an axis.
	fn select(&mut self, tensor: Tensor, axis: usize, places: Vec<usize>) -> Result<Tensor, Refusal> {
		if axis == 0 && tensor.dims.len() > 1 {
			return unsupported("it works along axis 0, not along a row");
		}
		if places.iter().copied().eq(0..tensor.dims[axis]) {
			return Ok(tensor);
		}
		// Programs select by a product with ones and zeroes.
		limit(
			"elements of all constants",
			(places.len() as u64).saturating_mul(tensor.dims[axis] as u64),
			MAX_CONSTANTS,
		)?;
		let tensor = self.with_last(tensor, axis)?;
		let mut dims = tensor.dims.clone();
		dims[axis] = places.len();
		let memory = tensor.order.iter().map(|axis| dims[*axis]).collect();
		let node = self.push(FloatOp::Select { places }, vec![tensor.node], memory)?;
		Ok(Tensor { dims, ..tensor.at(node) })
	}
}

/// `Split` into parts along an axis.
pub(super) fn split<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let axis = axis(site.attributes().int("axis").unwrap_or(0), tensor.dims.len())?;
	let (size, parts) = (tensor.dims[axis], site.node.output.len().max(1));
	let sizes: Vec<usize> = match site.integers("split", 1)? {
		Some(sizes) => sizes.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect(),
		None => {
			let each = size.div_ceil(parts);
			(0..parts).map(|part| each.min(size.saturating_sub(part * each))).collect()
		}
	};
	if sizes.len() != parts || sizes.iter().fold(0usize, |sum, size| sum.saturating_add(*size)) != size {
		return malformed("the parts of a Split are not its input");
	}
	let mut begin = 0;
	let mut made = Vec::with_capacity(parts);
	for size in sizes {
		made.push(Value::Tensor(reader.select(tensor.clone(), axis, (begin..begin + size).collect())?));
		begin += size;
	}
	Ok((made, Role::Computed))
}

/// `Slice` of a computed value.
pub(super) fn slice<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let mut tensor = reader.tensor(site, 0)?;
	for (axis, places) in constants::slices(site, &tensor.dims)? {
		tensor = reader.select(tensor, axis, places)?;
	}
	computed(tensor)
}

/// `Gather` of fixed places of a computed value.
pub(super) fn gather<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let axis = axis(site.attributes().int("axis").unwrap_or(0), tensor.dims.len())?;
	let chosen = site.constant(1)?;
	let (indices, rank) = (chosen.constant.ints().unwrap_or_default(), chosen.dims().len());
	let size = tensor.dims[axis];
	let Some(places) = indices.iter().map(|index| place(*index, size)).collect::<Option<Vec<_>>>() else {
		return malformed("it gathers a place that does not exist");
	};
	if places.is_empty() {
		return malformed("it gathers nothing");
	}
	if rank > 1 {
		return unsupported("its places are not a list");
	}
	let picked = reader.select(tensor, axis, places)?;
	if rank == 1 {
		return computed(picked);
	}
	let dims = picked.dims.iter().enumerate().filter(|(place, _)| *place != axis).map(|(_, dim)| *dim).collect();
	reader.reform(picked, dims)
}

/// `DepthToSpace` and `SpaceToDepth`.
pub(super) fn depth_to_space<'a>(reader: &mut Reader<'a>, site: &Site<'a>) -> Read {
	let tensor = reader.tensor(site, 0)?;
	let block = usize::try_from(site.attributes().int("blocksize").unwrap_or(0)).unwrap_or(0);
	let &[images, channels, height, width] = tensor.dims.as_slice() else {
		return unsupported("its input is no image");
	};
	let to_space = site.op() == "DepthToSpace";
	let fits = match to_space {
		true => block.checked_mul(block).is_some_and(|area| area > 0 && channels % area == 0),
		false => block > 0 && height % block == 0 && width % block == 0,
	};
	if !fits {
		return malformed(format!("{} with blocks of {block} on {:?}", site.op(), tensor.dims));
	}
	let by_column = site.attributes().text("mode").as_deref() == Some("CRD");
	let (split, order, dims) = match (to_space, by_column) {
		(true, column) => {
			let less = channels / (block * block);
			let dims = vec![images, less, height * block, width * block];
			match column {
				true => (vec![images, less, block, block, height, width], [0, 1, 4, 2, 5, 3], dims),
				false => (vec![images, block, block, less, height, width], [0, 3, 4, 1, 5, 2], dims),
			}
		}
		(false, _) => {
			let dims = vec![images, channels * block * block, height / block, width / block];
			(vec![images, channels, height / block, block, width / block, block], [0, 3, 5, 1, 2, 4], dims)
		}
	};
	let plain = reader.plain(tensor)?;
	let node = reader.reshape(&plain, split.clone())?;
	let moved = Tensor { dims: split, order: (0..6).collect(), ..plain.at(node) }.renamed(&order);
	reader.reform(moved, dims)
}

impl Tensor {
	/// The same tensor with its axes under other names: for each, the axis that it was.
	fn renamed(self, order: &[usize]) -> Self {
		let name = |axis: &usize| order.iter().position(|from| from == axis).unwrap_or(0);
		let dims = order.iter().map(|axis| self.dims[*axis]).collect();
		let order = self.order.iter().map(name).collect();
		Self { dims, order, ..self }
	}
}
