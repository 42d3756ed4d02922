// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The worked example of `docs/reference/model-manifest.md`.

use super::*;

const PAGE: &str = include_str!("../../../../docs/reference/model-manifest.md");

/// The text between a line that opens a code block of this language and the line that closes it.
fn block(language: &str) -> &'static str {
	let (_, rest) = PAGE.split_once(&format!("\n```{language}\n")).expect("the page has the block");
	rest.split_once("\n```").expect("the block is closed").0
}

/// The text in backquotes in the table row that starts with `label`.
fn row(label: &str) -> &'static str {
	let (_, rest) = PAGE.split_once(&format!("\n| {label} | `")).expect("the page has the row");
	rest.split_once('`').expect("the row is closed").0
}

fn hex(text: &str) -> Vec<u8> {
	let digit = |byte: &u8| char::from(*byte).to_digit(16).expect("a hex digit") as u8;
	text.as_bytes().chunks(2).map(|pair| digit(&pair[0]) * 16 + digit(&pair[1])).collect()
}

#[test]
fn manifest_example_should_be_accepted_when_it_is_published() {
	let program = hex(block("text"));
	let canonical = block("canonical");
	let (artefact, manifest) = (row("BLAKE2b-256 of the program"), row("`manifest_hash`"));
	assert_eq!(blake2_256(&program), hex(artefact)[..]);
	assert_eq!(blake2_256(canonical.as_bytes()), hex(manifest)[..]);
	assert!(canonical
		.contains(&format!("{{\"blake2b_256\":\"{artefact}\",\"file\":\"largest.aivm\",\"size\":{}}}", program.len())));
	assert!(PAGE.contains(&format!("{} bytes in one line", canonical.len())));

	run_test(|| {
		let model = register(ALICE);
		let spec = VersionSpec {
			manifest_cid: row("`manifest_cid`").as_bytes().to_vec().try_into().expect("a CID fits"),
			manifest_hash: H256::from_slice(&hex(manifest)),
			..spec(Format::Program, &program)
		};
		let version = publish(ALICE, model, spec);
		upload(ALICE, model, version, &program);
		assert_ok!(Registry::finalise_version(signed(ALICE), model, version));
	});
}
