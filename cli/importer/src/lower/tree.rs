// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Tree ensembles.

use super::{
	ml::{classification, post_transform},
	*,
};
use crate::float::TreeNode;

/// Deepest tree that is read.
const MAX_DEPTH: usize = 1_024;

/// `TreeEnsembleClassifier`.
///
/// With more than two classes the largest sum wins. With two classes and weights for one of them only, ONNX Runtime's
/// rule holds: the second class wins if the sum is above one half when no weight is negative (forests), else if it is
/// above 0 (boosting).
pub(super) fn classifier(site: &Site) -> Lowered {
	let attributes = site.attributes();
	let labels = attributes.labels("classlabels_int64s", "classlabels_strings");
	if labels.len() < 2 {
		return unsupported("it has fewer than two class labels");
	}
	let ids = attributes.ints("class_ids");
	let (one_id, base) = (ids.iter().all(|id| Some(id) == ids.first()), attributes.floats("base_values"));
	let binary = labels.len() == 2 && one_id;
	let sums = if binary { 1 } else { labels.len() };
	let base = match base {
		[] => vec![0.0; sums],
		base if base.len() == sums && !(binary && ids.first() == Some(&1)) => base.to_vec(),
		_ => return unsupported(format!("its {} base values do not fit its {sums} sums", base.len())),
	};
	let mut ensemble = ensemble(site, "class", base, binary)?;
	let mut post = post_transform(site);
	if binary {
		let kind = if ensemble.has_no_negative_weight() { Binary::Probability } else { Binary::Logit };
		ensemble.binary = Some(kind);
		if post == Post::Logistic && kind == Binary::Logit {
			post = Post::Softmax;
		}
	}
	let scores = row(site, ensemble)?;
	Ok((classification(scores, post, labels), Role::Computed))
}

/// `TreeEnsembleRegressor`.
pub(super) fn regressor(site: &Site) -> Lowered {
	let attributes = site.attributes();
	if post_transform(site) != Post::Raw {
		return unsupported("it transforms its result");
	}
	let average = match attributes.text("aggregate_function").as_deref() {
		None | Some("SUM") => false,
		Some("AVERAGE") => true,
		Some(other) => return unsupported(format!("its trees are aggregated by {other}")),
	};
	let targets = usize::try_from(attributes.int("n_targets").unwrap_or(1)).unwrap_or(0);
	if targets == 0 {
		return malformed("an ensemble has no targets");
	}
	limit("number of targets", targets as u64, MAX_WIDTH as u64)?;
	let base = match attributes.floats("base_values") {
		[] => vec![0.0; targets],
		base if base.len() == targets => base.to_vec(),
		base => return malformed(format!("an ensemble has {} base values for {targets} targets", base.len())),
	};
	let ensemble = Ensemble { average, ..ensemble(site, "target", base, false)? };
	Ok((vec![Value::Row(row(site, ensemble)?)], Role::Computed))
}

/// The row of scores of an ensemble.
fn row(site: &Site, mut ensemble: Ensemble) -> Result<Row, Refusal> {
	let input = site.row(0)?;
	if input.post != Post::Raw || input.trees.is_some() || !input.layers.iter().all(|layer| layer.is_elementwise()) {
		return unsupported("its input is more than scaled features");
	}
	input.flat()?;
	ensemble.input.clone_from(&input.layers);
	let width = ensemble.outputs();
	let trees = Some(Arc::new(ensemble));
	Ok(Row { layers: Vec::new(), trees, width, shape: vec![width], post: Post::Raw, labels: None })
}

/// Reads the trees. `kind` is the prefix of the attributes of leaves.
fn ensemble(site: &Site, kind: &str, base: Vec<f32>, one_sum: bool) -> Result<Ensemble, Refusal> {
	let attributes = site.attributes();
	if attributes.has("nodes_values_as_tensor") || attributes.has(&format!("{kind}_weights_as_tensor")) {
		return unsupported("its numbers have double precision");
	}
	let trees = attributes.ints("nodes_treeids");
	let nodes = attributes.ints("nodes_nodeids");
	let features = attributes.ints("nodes_featureids");
	let thresholds = attributes.floats("nodes_values");
	let modes = attributes.texts("nodes_modes");
	let yes = attributes.ints("nodes_truenodeids");
	let no = attributes.ints("nodes_falsenodeids");
	let count = trees.len();
	if count == 0 || [nodes.len(), features.len(), thresholds.len(), modes.len(), yes.len(), no.len()] != [count; 6] {
		return malformed("the lists of a tree ensemble are empty or differ in length");
	}
	let mut places = HashMap::with_capacity(count);
	for (index, key) in trees.iter().zip(nodes).enumerate() {
		if places.insert(key, index).is_some() {
			return malformed(format!("node {} of tree {} occurs twice", key.1, key.0));
		}
	}
	let weights = leaf_weights(site, kind, &places, base.len(), one_sum)?;
	let width = site.row(0)?.width;
	let mut order: Vec<i64> = Vec::new();
	let mut parsed = Vec::with_capacity(count);
	let mut referenced = vec![false; count];
	for index in 0..count {
		if order.last() != Some(&trees[index]) {
			order.push(trees[index]);
		}
		let strict = match modes[index].as_str() {
			"LEAF" => {
				parsed.push(Parsed::Leaf);
				continue;
			}
			"BRANCH_LEQ" | "BRANCH_GT" => false,
			"BRANCH_LT" | "BRANCH_GTE" => true,
			other => return unsupported(format!("its trees compare by {other}")),
		};
		// `x > t` is "not `x <= t`", and `x >= t` is "not `x < t`", so the children change places.
		let swapped = matches!(modes[index].as_str(), "BRANCH_GT" | "BRANCH_GTE");
		let feature = usize::try_from(features[index]).ok().filter(|feature| *feature < width);
		let Some(feature) = feature else { return malformed(format!("a tree reads feature {}", features[index])) };
		if thresholds[index].is_nan() {
			return malformed("a threshold of a tree is not a number");
		}
		let mut child = |id: i64| {
			let place = places.get(&(&trees[index], &id)).copied();
			let place = place.filter(|place| !std::mem::replace(&mut referenced[*place], true));
			place.ok_or_else(|| {
				let text = format!("node {} of tree {} is no tree node", nodes[index], trees[index]);
				Refusal::Invalid(ImportError::Malformed(text))
			})
		};
		let (yes, no) = (child(yes[index])?, child(no[index])?);
		let (yes, no) = if swapped { (no, yes) } else { (yes, no) };
		parsed.push(Parsed::Branch { feature, strict, threshold: thresholds[index], yes, no });
	}
	let mut roots = HashMap::with_capacity(order.len());
	for (index, _) in referenced.iter().enumerate().filter(|(_, referenced)| !**referenced) {
		if roots.insert(trees[index], index).is_some() {
			return malformed(format!("tree {} has two roots", trees[index]));
		}
	}
	let (mut read, mut reached) = (Vec::with_capacity(roots.len()), 0);
	for tree in order {
		// A tree that comes in pieces is read once; a tree without a root is a cycle, found below.
		let Some(root) = roots.remove(&tree) else { continue };
		let nodes = preorder(root, &parsed, &weights)?;
		reached += nodes.len();
		read.push(nodes);
	}
	if reached != count {
		return malformed("a tree has a cycle");
	}
	Ok(Ensemble { input: Vec::new(), trees: read, base, average: false, binary: None })
}

/// A node by its place in the lists of the ONNX node.
enum Parsed {
	Branch { feature: usize, strict: bool, threshold: f32, yes: usize, no: usize },
	Leaf,
}

/// The weights of each node: pairs of an output and a number.
fn leaf_weights(
	site: &Site,
	kind: &str,
	places: &HashMap<(&i64, &i64), usize>,
	outputs: usize,
	one_sum: bool,
) -> Result<HashMap<usize, Vec<(usize, f32)>>, Refusal> {
	let attributes = site.attributes();
	let list = |name: &str| attributes.ints(&format!("{kind}_{name}"));
	let (trees, nodes, ids) = (list("treeids"), list("nodeids"), list("ids"));
	let numbers = attributes.floats(&format!("{kind}_weights"));
	if [nodes.len(), ids.len(), numbers.len()] != [trees.len(); 3] {
		return malformed("the lists of leaf weights of a tree ensemble differ in length");
	}
	let mut weights: HashMap<usize, Vec<(usize, f32)>> = HashMap::with_capacity(places.len());
	for (index, number) in numbers.iter().enumerate() {
		let Some(place) = places.get(&(&trees[index], &nodes[index])) else {
			return malformed(format!("a weight belongs to node {} of tree {}", nodes[index], trees[index]));
		};
		let output = if one_sum { Some(0) } else { usize::try_from(ids[index]).ok().filter(|id| *id < outputs) };
		let Some(output) = output else { return malformed(format!("a leaf adds to output {}", ids[index])) };
		if !number.is_finite() {
			return malformed("a leaf weight is not a finite number");
		}
		weights.entry(*place).or_default().push((output, *number));
	}
	Ok(weights)
}

/// The nodes of one tree in preorder, with places in that order.
fn preorder(
	root: usize,
	parsed: &[Parsed],
	weights: &HashMap<usize, Vec<(usize, f32)>>,
) -> Result<Vec<TreeNode>, Refusal> {
	/// Which field of which node gets the place of a child.
	type Slot = Option<(usize, bool)>;
	let mut tree: Vec<TreeNode> = Vec::new();
	let mut open: Vec<(usize, usize, Slot)> = vec![(root, 0, None)];
	while let Some((index, depth, slot)) = open.pop() {
		limit("depth of a tree", depth as u64, MAX_DEPTH as u64)?;
		let place = tree.len();
		match slot.and_then(|(parent, is_yes)| tree.get_mut(parent).map(|parent| (parent, is_yes))) {
			Some((TreeNode::Branch { yes, .. }, true)) => *yes = place,
			Some((TreeNode::Branch { no, .. }, false)) => *no = place,
			_ => {}
		}
		match &parsed[index] {
			Parsed::Leaf => tree.push(TreeNode::Leaf(weights.get(&index).cloned().unwrap_or_default())),
			Parsed::Branch { feature, strict, threshold, yes, no } => {
				let (feature, strict, threshold) = (*feature, *strict, *threshold);
				tree.push(TreeNode::Branch { feature, strict, threshold, yes: 0, no: 0 });
				open.push((*no, depth + 1, Some((place, false))));
				open.push((*yes, depth + 1, Some((place, true))));
			}
		}
	}
	Ok(tree)
}
