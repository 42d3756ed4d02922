// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What a long computation tells while it runs.

/// A stage of a long computation and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
	/// What is being done, as a phrase for people.
	pub stage: &'static str,
	/// Units that are done.
	pub done: u64,
	/// Units in all; at least 1.
	pub total: u64,
}

/// The listener of a long computation.
pub type Progress<'a> = &'a mut dyn FnMut(Step);

/// Reports that `done` of `total` units of a stage are done.
pub(crate) fn report(progress: Progress<'_>, stage: &'static str, done: usize, total: usize) {
	progress(Step { stage, done: done as u64, total: (total as u64).max(1) });
}
