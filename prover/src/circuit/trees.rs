// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Ensembles of decision trees.
//!
//! Every comparison is the flag that a feature is at most a number. With public thresholds, a feature is placed once among all
//! of them, by one flag for each interval and two range checks, and every comparison is a sum of flags. With private
//! thresholds, each branch compares by itself. A tree is then evaluated from its leaves up:
//! `second + flag * (first - second)`, one product for each branch, and none where both children are public leaves.

use aivm_inference::{Comparison, Dtype, Leaves, Tree, TreeEnsemble, ValueId};

use super::{
	builder::Builder,
	compile::Compiler,
	linear::{bits_for, Linear},
	number::Number,
	Mode,
};
use crate::{error::CompileError, witness::Step};

/// The comparisons of one feature with public numbers.
struct Placed {
	/// The numbers, sorted.
	bounds: Vec<i128>,
	/// For each of them the flag that the feature is at most it.
	flags: Vec<Linear>,
}

/// How the branches of one row compare.
enum Branches<'a> {
	/// By feature.
	Public(&'a [Placed]),
	/// One flag for each branch, in the order of the ensemble.
	Private(&'a [Linear]),
}

impl Compiler<'_> {
	pub(crate) fn trees(&mut self, trees: &TreeEnsemble, input: ValueId) -> Result<Vec<Number>, CompileError> {
		let features = (self.type_of(input).shape.features() as usize).max(1);
		let elements = self.value(input).to_vec();
		// A feature below a threshold is at most the integer before it.
		let less = i128::from(trees.comparison == Comparison::Less);
		let private = match self.mode {
			Mode::PublicWeights => None,
			Mode::PrivateWeights => Some([
				self.weight_list(trees.base.len(), Dtype::I32, 32)?,
				self.weight_list(trees.thresholds.len(), Dtype::I32, 32)?,
				self.weight_list(trees.weights.len(), Dtype::I32, 32)?,
			]),
		};
		let constant = |number: &i32| Number::constant((*number).into());
		let (base, leaves): (Vec<Number>, Vec<Number>) = match &private {
			Some([base, _, leaves]) => (base.clone(), leaves.clone()),
			None => (trees.base.iter().map(constant).collect(), trees.weights.iter().map(constant).collect()),
		};
		let mut result = Vec::new();
		for row in elements.chunks_exact(features) {
			let (placed, flags);
			let branches = match &private {
				None => {
					placed = self.placed(trees, row, less);
					Branches::Public(&placed)
				}
				Some([_, thresholds, _]) => {
					flags = self.compared(trees, row, thresholds, less);
					Branches::Private(&flags)
				}
			};
			self.builder.check_size()?;
			let mut sums = base.clone();
			let (mut branch, mut leaf) = (0, 0);
			for number in 0..trees.trees() {
				let Some(tree) = trees.tree(number) else { continue };
				let width = trees.leaf_width();
				let mut walk = Walk {
					branches: &branches,
					leaves: &leaves,
					width,
					branch,
					leaf,
					less,
					builder: &mut self.builder,
				};
				let values = walk.value(&tree);
				(branch, leaf) = (walk.branch, walk.leaf);
				let first = match &trees.leaves {
					Leaves::PerTree(targets) => targets.get(number as usize).copied().map_or(0, usize::from),
					Leaves::PerOutput => 0,
				};
				for (sum, value) in sums.iter_mut().skip(first).zip(values) {
					let linear = sum.linear.plus(1, &value.linear);
					*sum = Number::new(linear, sum.low + value.low, sum.high + value.high);
				}
				self.builder.check_size()?;
			}
			result.extend(sums);
		}
		Ok(result)
	}

	/// Places each feature of a row among the thresholds that it is compared with.
	fn placed(&mut self, trees: &TreeEnsemble, row: &[Number], less: i128) -> Vec<Placed> {
		let mut bounds = vec![Vec::new(); row.len()];
		for (feature, threshold) in trees.features.iter().zip(&trees.thresholds) {
			if let Some(bounds) = bounds.get_mut(usize::from(*feature)) {
				bounds.push(i128::from(*threshold) - less);
			}
		}
		let place = |(feature, mut bounds): (&Number, Vec<i128>)| {
			bounds.sort_unstable();
			bounds.dedup();
			let flags = self.builder.at_most(feature, &bounds);
			Placed { bounds, flags }
		};
		row.iter().zip(bounds).map(place).collect()
	}

	/// Compares the features of a row with the private threshold of each branch.
	fn compared(&mut self, trees: &TreeEnsemble, row: &[Number], thresholds: &[Number], less: i128) -> Vec<Linear> {
		let compare = |(feature, threshold): (&u16, &Number)| {
			let feature = row.get(usize::from(*feature)).cloned().unwrap_or_else(|| Number::constant(0));
			self.builder.not_below(&threshold.affine(1, -less), &feature)
		};
		trees.features.iter().zip(thresholds).map(compare).collect()
	}
}

/// A tree on its way up.
struct Walk<'a> {
	branches: &'a Branches<'a>,
	leaves: &'a [Number],
	width: usize,
	branch: usize,
	leaf: usize,
	less: i128,
	builder: &'a mut Builder,
}

impl Walk<'_> {
	/// The weights of the leaf that the row reaches. Validation bounds the depth of trees.
	fn value(&mut self, tree: &Tree) -> Vec<Number> {
		let Tree::Branch { feature, threshold, first, second } = tree else {
			let from = self.leaf * self.width;
			self.leaf += 1;
			return self.leaves.get(from..from + self.width).unwrap_or_default().to_vec();
		};
		let flag = match self.branches {
			Branches::Public(features) => features.get(usize::from(*feature)).and_then(|placed| {
				let place = placed.bounds.binary_search(&(i128::from(*threshold) - self.less)).ok()?;
				placed.flags.get(place).cloned()
			}),
			Branches::Private(flags) => flags.get(self.branch).cloned(),
		};
		let flag = flag.unwrap_or_default();
		self.branch += 1;
		let (first, second) = (self.value(first), self.value(second));
		let mut values = Vec::with_capacity(first.len());
		for (first, second) in first.iter().zip(&second) {
			let change = first.linear.plus(-1, &second.linear);
			let linear = self.builder.product_plus(&second.linear, &flag, &change);
			values.push(Number::new(linear, first.low.min(second.low), first.high.max(second.high)));
		}
		values
	}
}

impl Builder {
	/// Whether one number is at least another, as a flag: `left - right`, or `right - left - 1`, is not negative.
	fn not_below(&mut self, left: &Number, right: &Number) -> Linear {
		let distance = left.minus(right);
		if distance.low >= 0 || distance.high < 0 {
			return Linear::constant(i128::from(distance.low >= 0));
		}
		let distance = self.short_number(distance);
		let flag = self.flag(Step::AtLeast(distance.linear.clone(), 0));
		// flag ? distance : -1 - distance.
		let other = distance.linear.scaled(-1).shifted(-1);
		let checked = self.product_plus(&other, &flag, &distance.linear.plus(-1, &other));
		self.range(&checked, bits_for(distance.high.max(-1 - distance.low)));
		flag
	}

	/// For each of these sorted numbers, whether a number is at most it.
	fn at_most(&mut self, number: &Number, bounds: &[i128]) -> Vec<Linear> {
		let known = |bound: &i128| (*bound >= number.high).then_some(1).or((*bound < number.low).then_some(0));
		let open: Vec<i128> = bounds.iter().filter(|bound| known(bound).is_none()).copied().collect();
		let mut flags = match open[..] {
			[] => Vec::new(),
			[bound] => vec![self.not_below(&Number::constant(bound), number)],
			_ => self.place_among(number, &open),
		}
		.into_iter();
		let flag = |bound| known(bound).map_or_else(|| flags.next().unwrap_or_default(), Linear::constant);
		bounds.iter().map(flag).collect()
	}

	/// [`Builder::at_most`] for two or more numbers within the interval: flags say in which gap the number lies, and it must be
	/// above the gap's lower end and at most its upper end.
	fn place_among(&mut self, number: &Number, bounds: &[i128]) -> Vec<Linear> {
		let number = self.short_number(number.clone());
		// Gap `i` is bounds[i - 1] + 1 ..= bounds[i]. A step knows it by its lower end.
		let lower: Vec<i128> = core::iter::once(number.low).chain(bounds.iter().map(|bound| bound + 1)).collect();
		let upper: Vec<i128> = bounds.iter().copied().chain([number.high]).collect();
		let flags = self.one_hot(Step::Place(number.linear.clone(), lower.iter().copied().collect()), lower.len());
		let (mut low, mut high) = (Linear::default(), Linear::default());
		for ((flag, from), to) in flags.iter().zip(&lower).zip(&upper) {
			low = low.plus(*from, flag);
			high = high.plus(*to, flag);
		}
		let width = bits_for(number.high - number.low);
		self.range(&number.linear.plus(-1, &low), width);
		self.range(&high.plus(-1, &number.linear), width);
		let mut sum = Linear::default();
		let mut at_most = Vec::with_capacity(bounds.len());
		for flag in flags.iter().take(bounds.len()) {
			sum = sum.plus(1, flag);
			at_most.push(sum.clone());
		}
		at_most
	}
}
