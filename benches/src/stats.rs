// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Percentiles, and the numbers that a node tells about itself.

use anyhow::{Context, Result};
use std::{
	io::{Read, Write},
	net::TcpStream,
	time::Duration,
};

/// The value below which `percent` of the values are, by the nearest-rank method. Zero of nothing.
pub fn percentile(values: &mut [f64], percent: f64) -> f64 {
	values.sort_by(f64::total_cmp);
	let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
	values.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Sum and count of a Prometheus histogram, over all its labels.
pub fn histogram(metrics: &str, name: &str) -> (f64, f64) {
	let total = |suffix: &str| {
		let prefix = format!("{name}{suffix}");
		metrics
			.lines()
			.filter(|line| line.starts_with(&prefix))
			.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
			.sum()
	};
	(total("_sum"), total("_count"))
}

/// What a node's metrics page says. `url` is `http://HOST:PORT/metrics`.
pub fn metrics(url: &str) -> Result<String> {
	let address = url.trim_start_matches("http://").split('/').next().context("the URL has no address")?;
	let mut stream = TcpStream::connect(address)?;
	stream.set_read_timeout(Some(Duration::from_secs(10)))?;
	write!(stream, "GET /metrics HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
	let mut text = String::new();
	stream.take(16 << 20).read_to_string(&mut text)?;
	Ok(text)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn percentile_should_be_the_nearest_rank() {
		let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
		assert_eq!(percentile(&mut values, 50.0), 3.0);
		assert_eq!(percentile(&mut values, 95.0), 5.0);
		assert_eq!(percentile(&mut [], 50.0), 0.0);
	}

	#[test]
	fn histogram_should_add_all_labels() {
		let page = "a_sum{x=\"1\"} 2\na_sum{x=\"2\"} 3\na_count{x=\"1\"} 4\nb_sum 100\n";
		assert_eq!(histogram(page, "a"), (5.0, 4.0));
	}
}
