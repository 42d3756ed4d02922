// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Files from outside are read up to a limit, and written in one piece.

use std::{
	fs::File,
	io::{Read, Write},
	path::Path,
};

use crate::Failure;

/// Reads a whole file of at most `limit` bytes. `what` names it in messages.
pub fn read(path: &Path, what: &str, limit: u64) -> Result<Vec<u8>, Failure> {
	let failed = |error: std::io::Error| {
		Failure::bad_input(format!("cannot read the {what} {}: {error}", path.display())).with_cure("check the path")
	};
	let file = File::open(path).map_err(failed)?;
	let mut bytes = Vec::new();
	// One more than allowed tells a file that is too large, also one whose size the system does not know.
	file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
	if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
		return Err(Failure::bad_input(format!("the {what} {} is larger than {limit} bytes", path.display()))
			.with_cure("check that this is the right file"));
	}
	Ok(bytes)
}

/// Reads a UTF-8 file of at most `limit` bytes.
pub fn read_text(path: &Path, what: &str, limit: u64) -> Result<String, Failure> {
	String::from_utf8(read(path, what, limit)?)
		.map_err(|_| Failure::bad_input(format!("the {what} {} is not UTF-8 text", path.display())))
}

/// Writes a file, replacing what was there only once the new content is complete.
pub fn write(path: &Path, what: &str, bytes: &[u8]) -> Result<(), Failure> {
	let failed =
		|error: std::io::Error| Failure::bad_input(format!("cannot write the {what} {}: {error}", path.display()));
	let mut name = path.file_name().unwrap_or_default().to_owned();
	if name.is_empty() {
		return Err(Failure::bad_input(format!("{} is not the name of a file", path.display())));
	}
	name.push(".part");
	let part = path.with_file_name(name);
	let written =
		File::create(&part).and_then(|mut file| file.write_all(bytes)).and_then(|()| std::fs::rename(&part, path));
	if written.is_err() {
		// Nothing more can be done if this fails too.
		let _ = std::fs::remove_file(&part);
	}
	written.map_err(failed)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Exit;

	#[test]
	fn read_should_refuse_large_missing_and_unreadable_files() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file");
		std::fs::write(&path, [0xff; 10]).unwrap();
		assert_eq!(read(&path, "file", 10).unwrap().len(), 10);
		let error = read(&path, "program", 9).unwrap_err();
		assert_eq!(error.exit, Exit::BadInput);
		assert!(error.cause.contains("program") && error.cause.contains("larger than 9 bytes"), "{error}");
		assert!(read_text(&path, "file", 10).unwrap_err().cause.contains("UTF-8"));
		assert!(read(&folder.path().join("none"), "file", 10).unwrap_err().cause.contains("cannot read"));
		assert!(read(folder.path(), "file", 10).is_err());
	}

	#[test]
	fn write_should_replace_a_file_and_leave_nothing_else() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("file");
		write(&path, "file", b"one").unwrap();
		write(&path, "file", b"two").unwrap();
		assert_eq!(std::fs::read(&path).unwrap(), b"two");
		assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
		assert!(write(&folder.path().join("no/such/file"), "file", b"").is_err());
	}
}
