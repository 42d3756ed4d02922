// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What the calibration rows show of each value.

use crate::{error::ImportError, graph::Graph, rows::Rows, RangeMethod};

/// Most calibration rows that are looked at.
const MAX_ROWS: usize = 4_096;
/// Most multiplications that calibration takes.
const MAX_WORK: u64 = 20_000_000_000;
/// Most numbers of an input whose channels are looked at one by one.
const MAX_FEATURES: usize = 1 << 16;
/// Most numbers that are kept, of all values together.
const MAX_SAMPLES: usize = 1 << 24;

/// What is known of a value.
#[derive(Clone, Debug)]
pub(super) struct Seen {
	/// Smallest and largest number, by the method.
	pub range: (f64, f64),
	/// Mean by channel (last axis).
	pub means: Vec<f64>,
	/// For inputs: smallest and largest number by channel.
	pub channels: Vec<(f64, f64)>,
}

struct Observer {
	low: f64,
	high: f64,
	sample: Vec<f32>,
	sums: Vec<f64>,
	count: f64,
	/// For inputs: all numbers by channel.
	channels: Vec<Vec<f32>>,
}

/// Runs the graph on rows, evenly spread.
#[allow(clippy::cast_precision_loss)]
pub(super) fn observe(graph: &Graph, rows: &Rows, method: RangeMethod) -> Result<Vec<Seen>, ImportError> {
	if rows.is_empty() || rows.width() != graph.input_len() {
		return Err(ImportError::Calibration { expected: graph.input_len(), given: rows.width(), rows: rows.len() });
	}
	let affordable = usize::try_from(MAX_WORK / graph.work().max(1)).unwrap_or(usize::MAX);
	let most = MAX_ROWS.min(affordable).max(1);
	let step = rows.len().div_ceil(most).max(1);
	let count = rows.len().div_ceil(step);
	let samples = MAX_SAMPLES / graph.nodes.len().max(1) / count;
	let is_input: Vec<bool> = {
		let mut flags = vec![false; graph.nodes.len()];
		graph.inputs().for_each(|(number, node)| flags[number] = node.len() <= MAX_FEATURES.min(MAX_SAMPLES / count));
		flags
	};
	let observer = |(number, node): (usize, &crate::graph::Node)| Observer {
		low: f64::INFINITY,
		high: f64::NEG_INFINITY,
		sample: Vec::new(),
		sums: vec![0.0; node.channels()],
		count: 0.0,
		channels: if is_input[number] { vec![Vec::new(); node.channels()] } else { Vec::new() },
	};
	let mut observers: Vec<Observer> = graph.nodes.iter().enumerate().map(observer).collect();
	for row in rows.iter().step_by(step) {
		graph.run(row, &mut |number, values| observers[number].see(values, method, samples));
	}
	Ok(observers.into_iter().map(|observer| observer.finish(method)).collect())
}

impl Observer {
	fn see(&mut self, values: &[f32], method: RangeMethod, samples: usize) {
		let channels = self.sums.len().max(1);
		for row in values.chunks_exact(channels) {
			self.count += 1.0;
			for (sum, value) in self.sums.iter_mut().zip(row) {
				*sum += f64::from(*value);
			}
			for (seen, value) in self.channels.iter_mut().zip(row) {
				seen.push(*value);
			}
		}
		// Infinities stand for numbers that quantisation saturates.
		for value in values.iter().filter(|value| value.is_finite()) {
			self.low = self.low.min(f64::from(*value));
			self.high = self.high.max(f64::from(*value));
		}
		if matches!(method, RangeMethod::Percentile(_)) {
			let step = values.len().div_ceil(samples.max(1)).max(1);
			self.sample.extend(values.iter().step_by(step).filter(|value| value.is_finite()));
		}
	}

	fn finish(self, method: RangeMethod) -> Seen {
		let range = match method {
			RangeMethod::MinMax if self.low <= self.high => (self.low, self.high),
			RangeMethod::MinMax => (0.0, 0.0),
			RangeMethod::Percentile(_) => method.of(self.sample.into_iter().map(f64::from)),
		};
		let channels = self.channels.into_iter().map(|values| method.of(values.into_iter().map(f64::from))).collect();
		let mean = |sum: f64| if sum.is_finite() && self.count > 0.0 { sum / self.count } else { 0.0 };
		Seen { range, means: self.sums.into_iter().map(mean).collect(), channels }
	}
}
