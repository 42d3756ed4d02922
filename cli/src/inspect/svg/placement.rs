// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Where the nodes of a graph lie, and how its edges run.
//!
//! Every node has a layer, below all that it depends on. The longest path from a source lies in column 0; what is left falls
//! into paths that lie in the nearest column that is free from where they branch off to where they join again. An edge over
//! more than one layer runs down a column that is free, or else on a rail beside one. Everything follows from the order of the
//! nodes, so one graph has one picture.

/// Where everything lies.
pub struct Placement {
	/// Number of layers.
	pub layers: usize,
	/// For each column, the number of rails on its left.
	pub rails: Vec<usize>,
	/// For each node, its layer and its column.
	pub nodes: Vec<(usize, usize)>,
	/// The edges, by the node that they lead to and their place among its inputs.
	pub edges: Vec<Edge>,
}

/// A way from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
	/// The node that it comes from.
	pub from: usize,
	/// The node that it leads to.
	pub to: usize,
	/// What it runs along between their layers.
	pub via: Via,
}

/// What an edge runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
	/// Nothing: the layers are neighbours.
	Direct,
	/// The middle of a column.
	Column(usize),
	/// A rail on the left of a column, counted from the column.
	Rail(usize, usize),
}

/// Places a graph, given what each node takes. A node takes only nodes before it; a source takes none.
pub fn place(takes: &[Vec<usize>]) -> Placement {
	let mut used_by = vec![Vec::new(); takes.len()];
	for (node, inputs) in takes.iter().enumerate() {
		for input in inputs {
			if used_by[*input].last() != Some(&node) {
				used_by[*input].push(node);
			}
		}
	}
	let layer = layers(takes, &used_by);
	let mut grid = Grid { layers: layer.iter().max().map_or(0, |last| last + 1), columns: Vec::new() };
	let paths = paths(takes, &used_by, &layer);
	let mut column = vec![0; takes.len()];
	let mut path_of = vec![0; takes.len()];
	for (number, path) in paths.iter().enumerate() {
		let (first, last) = (layer[path[0]], layer[path[path.len() - 1]]);
		let joins = used_by[path[path.len() - 1]].iter().map(|user| layer[*user]).max().unwrap_or(last + 1);
		let chosen = grid.reserve(number, first, joins.max(last + 1));
		for node in path {
			column[*node] = chosen;
			path_of[*node] = number;
			grid.columns[chosen][layer[*node]].node = true;
		}
	}
	let nodes: Vec<(usize, usize)> = layer.iter().copied().zip(column).collect();
	let mut rails = Rails(vec![Vec::new(); grid.columns.len()]);
	let mut edges = Vec::new();
	for (to, inputs) in takes.iter().enumerate() {
		for from in inputs {
			let via = route(*from, to, &nodes, &path_of, &mut grid, &mut rails);
			edges.push(Edge { from: *from, to, via });
		}
	}
	Placement { layers: grid.layers, rails: rails.0.iter().map(Vec::len).collect(), nodes, edges }
}

/// The layer of each node: below everything that it takes, and for a source right above the first node that takes it.
fn layers(takes: &[Vec<usize>], used_by: &[Vec<usize>]) -> Vec<usize> {
	let mut layer = vec![0; takes.len()];
	for (node, inputs) in takes.iter().enumerate() {
		layer[node] = inputs.iter().map(|input| layer[*input] + 1).max().unwrap_or(0);
	}
	for (node, users) in used_by.iter().enumerate().filter(|(node, _)| takes[*node].is_empty()) {
		let first: usize = users.iter().map(|user| layer[*user]).min().unwrap_or(0);
		layer[node] = first.saturating_sub(1);
	}
	layer
}

/// The nodes as paths, the longest from a source first.
fn paths(takes: &[Vec<usize>], used_by: &[Vec<usize>], layer: &[usize]) -> Vec<Vec<usize>> {
	// Nodes on the longest way down from each.
	let mut height = vec![1usize; takes.len()];
	for node in (0..takes.len()).rev() {
		height[node] = used_by[node].iter().map(|user| height[*user] + 1).max().unwrap_or(1);
	}
	let sources = (0..takes.len()).filter(|node| takes[*node].is_empty());
	let main = sources.max_by_key(|node| (height[*node], usize::MAX - node));
	let mut order: Vec<usize> = (0..takes.len()).collect();
	order.sort_by_key(|node| (Some(*node) != main, layer[*node], *node));
	let mut taken = vec![false; takes.len()];
	let mut paths = Vec::new();
	for start in order {
		let mut path = Vec::new();
		let mut next = Some(start).filter(|node| !taken[*node]);
		while let Some(node) = next {
			taken[node] = true;
			path.push(node);
			let free = used_by[node].iter().copied().filter(|user| !taken[*user]);
			next = free.max_by_key(|user| (height[*user], usize::MAX - user));
		}
		if !path.is_empty() {
			paths.push(path);
		}
	}
	paths
}

/// Which path has a place, whether a node lies there, and from which node edges run through it.
#[derive(Clone, Copy, Default)]
struct Cell {
	path: Option<usize>,
	node: bool,
	from: Option<usize>,
}

/// The places of all columns, by layer.
struct Grid {
	layers: usize,
	columns: Vec<Vec<Cell>>,
}

impl Grid {
	/// Gives a path the layers from `first` up to, but not including, `end` in the nearest column where all are free.
	fn reserve(&mut self, path: usize, first: usize, end: usize) -> usize {
		let end = end.min(self.layers);
		let free = |column: &Vec<Cell>| column[first..end].iter().all(|cell| cell.path.is_none());
		let chosen = self.columns.iter().position(free).unwrap_or(self.columns.len());
		if chosen == self.columns.len() {
			self.columns.push(vec![Cell::default(); self.layers]);
		}
		self.columns[chosen][first..end].iter_mut().for_each(|cell| cell.path = Some(path));
		chosen
	}

	/// Lets an edge from a node run down a column below layer `above` and above layer `below`, for one of the paths that it
	/// joins. Fails if anything else is there but edges from the same node.
	fn run(&mut self, path: usize, column: usize, from: usize, above: usize, below: usize) -> bool {
		let cells = &mut self.columns[column][above + 1..below];
		let same = |other: Option<usize>, own: usize| other.is_none_or(|other| other == own);
		let free = cells.iter().all(|cell| !cell.node && same(cell.path, path) && same(cell.from, from));
		if free {
			cells.iter_mut().for_each(|cell| *cell = Cell { path: Some(path), from: Some(from), ..*cell });
		}
		free
	}
}

/// For each column and each rail on its left, who uses it from which layer to which.
struct Rails(Vec<Vec<Vec<(usize, usize, usize)>>>);

impl Rails {
	/// The nearest rail of a column that is free between two layers, or that the same node uses.
	fn take(&mut self, column: usize, from: usize, above: usize, below: usize) -> usize {
		let rails = &mut self.0[column];
		let free = |rail: &Vec<(usize, usize, usize)>| {
			rail.iter().all(|(user, first, last)| *user == from || *last <= above || *first >= below)
		};
		let chosen = rails.iter().position(free).unwrap_or(rails.len());
		if chosen == rails.len() {
			rails.push(Vec::new());
		}
		rails[chosen].push((from, above, below));
		chosen
	}
}

fn route(
	from: usize,
	to: usize,
	nodes: &[(usize, usize)],
	path_of: &[usize],
	grid: &mut Grid,
	rails: &mut Rails,
) -> Via {
	let ((above, from_column), (below, to_column)) = (nodes[from], nodes[to]);
	if below <= above + 1 {
		return Via::Direct;
	}
	for (path, column) in [(path_of[from], from_column), (path_of[to], to_column)] {
		if grid.run(path, column, from, above, below) {
			return Via::Column(column);
		}
	}
	let column = from_column.max(to_column);
	Via::Rail(column, rails.take(column, from, above, below))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn chain_should_lie_in_one_column() {
		let placement = place(&[vec![], vec![0], vec![1]]);
		assert_eq!(placement.nodes, [(0, 0), (1, 0), (2, 0)]);
		assert!(placement.edges.iter().all(|edge| edge.via == Via::Direct));
		assert_eq!(placement.rails, [0]);
	}

	#[test]
	fn residual_should_run_on_a_rail_beside_the_nodes() {
		// 0 -> 1 -> 2 -> 3, and 1 -> 3.
		let placement = place(&[vec![], vec![0], vec![1], vec![2, 1]]);
		assert_eq!(placement.nodes, [(0, 0), (1, 0), (2, 0), (3, 0)]);
		assert_eq!(placement.edges[3], Edge { from: 1, to: 3, via: Via::Rail(0, 0) });
		assert_eq!(placement.rails, [1]);
	}

	#[test]
	fn branches_should_lie_side_by_side_and_join() {
		// 0 splits into 1 -> 2 and 3, which join in 4.
		let placement = place(&[vec![], vec![0], vec![1], vec![0], vec![2, 3]]);
		assert_eq!(placement.nodes, [(0, 0), (1, 0), (2, 0), (1, 1), (3, 0)]);
		assert_eq!(placement.edges[4], Edge { from: 3, to: 4, via: Via::Column(1) });
		assert_eq!(placement.rails, [0, 0]);
	}

	#[test]
	fn source_should_lie_right_above_its_first_use() {
		let placement = place(&[vec![], vec![], vec![0], vec![2], vec![3, 1]]);
		assert_eq!(placement.nodes[1].0, 2);
		assert_eq!(placement.nodes[1].1, 1);
	}

	#[test]
	fn edges_that_share_layers_should_not_share_a_rail() {
		// Two skips over the same layers, from different nodes, and one more from the first.
		let placement = place(&[vec![], vec![0], vec![1], vec![2, 0], vec![3, 1], vec![4, 0]]);
		let rail = |from, to| placement.edges.iter().find(|edge| (edge.from, edge.to) == (from, to)).unwrap().via;
		assert_ne!(rail(0, 3), rail(1, 4));
		assert_eq!(rail(0, 3), rail(0, 5));
		assert_eq!(placement.rails, [2]);
	}

	/// A graph whose nodes take one to three of the nodes before them, now and then none.
	fn any_graph(mut seed: u64, nodes: usize) -> Vec<Vec<usize>> {
		let mut next = move |below: usize| {
			seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
			usize::try_from(seed >> 33).unwrap() % below
		};
		let takes = |node: usize| match (node, next(12)) {
			(0, _) | (_, 0) => Vec::new(),
			(_, kind) => (0..1 + kind % 3).map(|_| node - 1 - next(node.min(1 + 3 * kind))).collect(),
		};
		(0..nodes).map(takes).collect()
	}

	#[test]
	fn no_graph_should_have_an_edge_through_a_node_or_two_things_in_a_place() {
		for seed in 0..200 {
			let takes = any_graph(seed, 5 + usize::try_from(seed).unwrap() % 60);
			let placement = place(&takes);
			let layer = |node: usize| placement.nodes[node].0;
			let mut places = placement.nodes.clone();
			places.sort_unstable();
			places.dedup();
			assert_eq!(places.len(), takes.len(), "two nodes in a place: {takes:?}");
			assert_eq!(placement.edges.len(), takes.iter().map(Vec::len).sum::<usize>());
			for (number, edge) in placement.edges.iter().enumerate() {
				assert!(layer(edge.from) < layer(edge.to) && layer(edge.to) < placement.layers);
				let between = layer(edge.from) + 1..layer(edge.to);
				match edge.via {
					Via::Direct => assert!(between.is_empty()),
					Via::Column(column) => {
						assert!(between.clone().all(|layer| !placement.nodes.contains(&(layer, column))), "{takes:?}");
					}
					Via::Rail(column, rail) => assert!(rail < placement.rails[column]),
				}
				for other in &placement.edges[..number] {
					let meets = layer(other.from) + 1 < layer(edge.to) && layer(edge.from) + 1 < layer(other.to);
					let same = edge.via == other.via && edge.via != Via::Direct;
					assert!(!(meets && same) || edge.from == other.from, "two edges on one line: {takes:?}");
				}
			}
		}
	}
}
