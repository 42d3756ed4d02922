// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Where the node binary is.

use std::{
	ffi::OsString,
	path::{Path, PathBuf},
};

use crate::Error;

/// The environment variable that names the node binary.
pub const BINARY_VARIABLE: &str = "AIVM_NODE";

/// The file name of the node binary.
const BINARY_NAME: &str = "aivm-node";

/// Finds the node binary: the path in [`BINARY_VARIABLE`] if that is set; else beside the running executable, or beside the
/// folder it is in (a test is in `target/release/deps`); else in `$CARGO_TARGET_DIR/release`.
///
/// Returns [`Error::BinaryNotFound`] with every place that was tried.
pub fn find_binary() -> Result<PathBuf, Error> {
	search(
		std::env::var_os(BINARY_VARIABLE),
		std::env::current_exe().ok().as_deref(),
		std::env::var_os("CARGO_TARGET_DIR"),
	)
}

/// [`find_binary`] with its surroundings as arguments.
fn search(named: Option<OsString>, executable: Option<&Path>, target: Option<OsString>) -> Result<PathBuf, Error> {
	let mut searched = Vec::new();
	if let Some(named) = named.filter(|value| !value.is_empty()) {
		// A wrong path must not silently fall back to another binary.
		searched.push(PathBuf::from(named));
	} else {
		let folder = executable.and_then(Path::parent);
		searched.extend(folder.map(|folder| folder.join(BINARY_NAME)));
		searched.extend(folder.and_then(Path::parent).map(|folder| folder.join(BINARY_NAME)));
		searched.extend(target.map(|target| Path::new(&target).join("release").join(BINARY_NAME)));
	}
	match searched.iter().find(|path| path.is_file()) {
		Some(path) => Ok(path.clone()),
		None => Err(Error::BinaryNotFound { searched }),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn search_should_fail_and_name_the_places_when_nothing_is_there() {
		let folder = tempfile::tempdir().unwrap();
		let executable = folder.path().join("release/deps/test-1");
		let error = search(None, Some(&executable), Some(folder.path().join("other").into())).unwrap_err();
		let text = error.to_string();
		for place in
			["release/deps/aivm-node", "release/aivm-node", "other/release/aivm-node", "cargo build", "AIVM_NODE"]
		{
			assert!(text.contains(place), "{place} is missing in: {text}");
		}
	}

	#[test]
	fn search_should_find_the_binary_when_it_is_above_the_folder_of_the_test() {
		let folder = tempfile::tempdir().unwrap();
		std::fs::write(folder.path().join(BINARY_NAME), b"").unwrap();
		let executable = folder.path().join("deps/test-1");
		assert_eq!(search(None, Some(&executable), None).unwrap(), folder.path().join(BINARY_NAME));
	}

	#[test]
	fn search_should_not_fall_back_when_the_named_binary_is_missing() {
		let folder = tempfile::tempdir().unwrap();
		std::fs::write(folder.path().join(BINARY_NAME), b"").unwrap();
		let executable = folder.path().join("test-1");
		let named = folder.path().join("missing");
		let error = search(Some(named.clone().into()), Some(&executable), None).unwrap_err();
		assert!(matches!(error, Error::BinaryNotFound { searched } if searched == [named]));
	}
}
