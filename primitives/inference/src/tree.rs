// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Ensembles of decision trees.

use alloc::{boxed::Box, vec, vec::Vec};
use codec::{Decode, Encode};

use crate::error::{OperationError, Parameter};

/// When a branch takes its first child.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comparison {
	/// When the feature is at most the threshold (scikit-learn, LightGBM).
	#[codec(index = 0)]
	LessOrEqual,
	/// When the feature is below the threshold (XGBoost).
	#[codec(index = 1)]
	Less,
}

/// What a leaf adds, and to which outputs.
#[derive(Encode, Decode, Clone, PartialEq, Eq, Debug)]
pub enum Leaves {
	/// Each leaf has one weight. All leaves of a tree add to the one output that this list names for the tree (boosting).
	#[codec(index = 0)]
	PerTree(Vec<u16>),
	/// Each leaf has one weight for each output, in order (random forests).
	#[codec(index = 1)]
	PerOutput,
}

/// One decision tree in linked form, for importers and tools: see [`TreeEnsemble::from_trees`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tree {
	/// Goes to `first` if the comparison of the feature with the threshold holds, and to `second` otherwise.
	Branch {
		/// Number of the feature.
		feature: u16,
		/// What the feature is compared with.
		threshold: i32,
		/// The child where the comparison holds.
		first: Box<Self>,
		/// The other child.
		second: Box<Self>,
	},
	/// Adds these weights: one, or one for each output.
	Leaf(Vec<i32>),
}

/// Decision trees whose leaves are summed: `output = base + sum over trees of the reached leaf's weights`.
///
/// Branches and leaves of all trees lie in preorder in lists of their own. For each branch, `splits` says how many leaves lie
/// under its first child, which places everything: in a tree of `n` leaves whose first branch is `b` and whose first leaf
/// is `l`, the first child has `s = splits[b]` leaves, branches from `b + 1` and leaves from `l`; the second has `n - s`
/// leaves, branches from `b + s` and leaves from `l + s`. A tree of one leaf has no branch. With `1 <= s < n` everywhere, every
/// branch and leaf is reached by exactly one path, and no list can hold a cycle.
#[derive(Encode, Clone, PartialEq, Eq, Debug)]
pub struct TreeEnsemble {
	/// When a branch takes its first child.
	pub comparison: Comparison,
	/// What each output is before any tree adds to it; its length is the number of outputs.
	pub base: Vec<i32>,
	/// Number of leaves of each tree.
	pub sizes: Vec<u32>,
	/// Feature of each branch.
	pub features: Vec<u16>,
	/// Threshold of each branch.
	pub thresholds: Vec<i32>,
	/// Number of leaves under the first child of each branch.
	pub splits: Vec<u16>,
	/// What leaves add, and to which outputs.
	pub leaves: Leaves,
	/// Weights of each leaf: one, or one for each output.
	pub weights: Vec<i32>,
}

impl TreeEnsemble {
	/// Builds an ensemble from linked trees. With `targets`, tree `i` adds one weight to output `targets[i]`; without,
	/// each leaf has one weight for each output.
	///
	/// Fails if a leaf has the wrong number of weights, or if more than 65,535 leaves lie under a first child.
	pub fn from_trees(
		comparison: Comparison,
		base: Vec<i32>,
		trees: &[Tree],
		targets: Option<Vec<u16>>,
	) -> Result<Self, OperationError> {
		let width = if targets.is_some() { 1 } else { base.len() };
		let leaves = targets.map_or(Leaves::PerOutput, Leaves::PerTree);
		let mut ensemble = Self {
			comparison,
			base,
			sizes: Vec::with_capacity(trees.len()),
			features: Vec::new(),
			thresholds: Vec::new(),
			splits: Vec::new(),
			leaves,
			weights: Vec::new(),
		};
		for (number, tree) in trees.iter().enumerate() {
			let mut count = 0u32;
			// What is still to visit, and the branches whose first child ends there.
			let mut open = vec![(tree, None)];
			while let Some((node, ends)) = open.pop() {
				if let Some((branch, leaves_before)) = ends {
					let split = u16::try_from(count.saturating_sub(leaves_before));
					let wrong = OperationError::Split { tree: clip(number), branch: clip(branch) };
					if let Some(slot) = ensemble.splits.get_mut(branch) {
						*slot = split.map_err(|_| wrong)?;
					}
				}
				match node {
					Tree::Branch { feature, threshold, first, second } => {
						open.push((second, Some((ensemble.splits.len(), count))));
						open.push((first, None));
						ensemble.features.push(*feature);
						ensemble.thresholds.push(*threshold);
						ensemble.splits.push(0);
					}
					Tree::Leaf(weights) => {
						if weights.len() != width {
							let (expected, given) = (clip(width), clip(weights.len()));
							return Err(OperationError::ParameterLength {
								parameter: Parameter::Weights,
								expected,
								given,
							});
						}
						ensemble.weights.extend_from_slice(weights);
						count = count.saturating_add(1);
					}
				}
			}
			ensemble.sizes.push(count);
		}
		Ok(ensemble)
	}

	/// Number of trees.
	pub fn trees(&self) -> u32 {
		clip(self.sizes.len())
	}

	/// Number of outputs.
	pub fn outputs(&self) -> u32 {
		clip(self.base.len())
	}

	/// Weights that each leaf has.
	pub fn leaf_width(&self) -> usize {
		match &self.leaves {
			Leaves::PerTree(_) => 1,
			Leaves::PerOutput => self.base.len(),
		}
	}

	/// Checks that the lengths of all lists fit each other. Takes time linear in the number of trees.
	pub fn check_lengths(&self) -> Result<(), OperationError> {
		let length = |parameter, expected: u32, given: usize| {
			let given = clip(given);
			if expected == given {
				return Ok(());
			}
			Err(OperationError::ParameterLength { parameter, expected, given })
		};
		if self.sizes.is_empty() || self.sizes.contains(&0) {
			return Err(OperationError::EmptyTree);
		}
		let leaves = self.sizes.iter().fold(0u32, |sum, size| sum.saturating_add(*size));
		let branches = leaves.saturating_sub(self.trees());
		length(Parameter::Features, branches, self.features.len())?;
		length(Parameter::Thresholds, branches, self.thresholds.len())?;
		length(Parameter::Splits, branches, self.splits.len())?;
		if let Leaves::PerTree(targets) = &self.leaves {
			length(Parameter::Targets, self.trees(), targets.len())?;
		}
		length(Parameter::Weights, leaves.saturating_mul(clip(self.leaf_width())), self.weights.len())
	}

	/// Checks every branch for an input of `features` features, and returns the number of comparisons on the longest path of
	/// each tree. Takes time linear in the number of branches.
	///
	/// Fails if a branch does not leave at least one leaf to each child, or looks at a feature that does not exist.
	pub fn depths(&self, features: u32) -> Result<Vec<u32>, OperationError> {
		let mut depths = Vec::with_capacity(self.sizes.len());
		let mut branch = 0usize;
		// Subtrees still to visit: their leaves and depth.
		let mut open = Vec::new();
		for (tree, size) in self.sizes.iter().enumerate() {
			let mut deepest = 0u32;
			open.push((*size, 0u32));
			while let Some((leaves, depth)) = open.pop() {
				deepest = deepest.max(depth);
				if leaves <= 1 {
					continue;
				}
				let wrong = OperationError::Split { tree: clip(tree), branch: clip(branch) };
				let (Some(split), Some(feature)) = (self.splits.get(branch), self.features.get(branch)) else {
					return Err(wrong);
				};
				let first = u32::from(*split);
				let second = leaves.checked_sub(first).filter(|second| *second > 0 && first > 0).ok_or(wrong)?;
				if u32::from(*feature) >= features {
					return Err(OperationError::FeatureOutOfRange { feature: *feature, features });
				}
				branch = branch.saturating_add(1);
				open.push((second, depth.saturating_add(1)));
				open.push((first, depth.saturating_add(1)));
			}
			depths.push(deepest);
		}
		Ok(depths)
	}

	/// The weights of the leaves of each tree, in order, one slice for each tree.
	pub(crate) fn weights_by_tree(&self) -> impl Iterator<Item = &[i32]> + '_ {
		let width = self.leaf_width();
		let mut rest = &self.weights[..];
		self.sizes.iter().map(move |size| {
			let length = usize::try_from(*size).unwrap_or(usize::MAX).saturating_mul(width);
			let (weights, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
			rest = after;
			weights
		})
	}

	/// The tree with this number in linked form, or `None` if there is none, or if its lists are not those of a tree.
	pub fn tree(&self, number: u32) -> Option<Tree> {
		let number = usize::try_from(number).ok()?;
		let before = self.sizes.get(..number)?.iter().fold(0u32, |sum, size| sum.saturating_add(*size));
		let mut leaf = usize::try_from(before).ok()?;
		let mut branch = leaf.checked_sub(number)?;
		let width = self.leaf_width();
		/// What the walk does next: visit a subtree of so many leaves, or join the last two trees made at a branch.
		enum Next {
			Visit(u32),
			Join(usize),
		}
		let mut next = vec![Next::Visit(*self.sizes.get(number)?)];
		let mut made = Vec::new();
		while let Some(step) = next.pop() {
			match step {
				Next::Visit(1) => {
					let begin = leaf.checked_mul(width)?;
					made.push(Tree::Leaf(self.weights.get(begin..begin.checked_add(width)?)?.to_vec()));
					leaf = leaf.checked_add(1)?;
				}
				Next::Visit(leaves) => {
					let first = u32::from(*self.splits.get(branch)?);
					let second = leaves.checked_sub(first).filter(|second| *second > 0 && first > 0)?;
					next.extend([Next::Join(branch), Next::Visit(second), Next::Visit(first)]);
					branch = branch.checked_add(1)?;
				}
				Next::Join(branch) => {
					let (second, first) = (Box::new(made.pop()?), Box::new(made.pop()?));
					let (feature, threshold) = (*self.features.get(branch)?, *self.thresholds.get(branch)?);
					made.push(Tree::Branch { feature, threshold, first, second });
				}
			}
		}
		made.pop()
	}
}

/// A length as `u32`; lists are never as long as `u32::MAX`.
pub(crate) fn clip(length: usize) -> u32 {
	u32::try_from(length).unwrap_or(u32::MAX)
}
