// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use std::{fs, path::PathBuf};

use proptest::prelude::*;

use super::*;

struct Files {
	folder: tempfile::TempDir,
	chain: Chain,
	setup: Setup,
}

impl Files {
	fn new() -> Self {
		let chain = Chain::new(20);
		let setup = ceremony(&snarkjs_powers(), &chain);
		Self { folder: tempfile::tempdir().unwrap(), chain, setup }
	}

	fn path(&self, name: &str) -> PathBuf {
		self.folder.path().join(name)
	}

	/// Writes the key and returns its bytes.
	fn key(&self) -> Vec<u8> {
		let path = self.path("key");
		write_key(&self.setup, &path, &mut silent).unwrap();
		fs::read(path).unwrap()
	}

	fn read(&self, bytes: &[u8]) -> Result<KeyHeader, SetupError> {
		let path = self.path("changed");
		fs::write(&path, bytes).unwrap();
		read_key(&path, &mut silent).map(|(header, _)| header)
	}
}

#[test]
fn key_should_survive_when_it_is_written_and_read() {
	let files = Files::new();
	let digest = write_key(&files.setup, &files.path("key"), &mut silent).unwrap();
	let (header, key) = read_key(&files.path("key"), &mut silent).unwrap();
	assert!(key == files.setup.key);
	assert_eq!(header.circuit, files.chain.circuit().digest());
	assert_eq!(header.transcript, files.setup.transcript.hash());
	assert_eq!((header.public, header.variables, header.domain), (PUBLIC, files.chain.variables, 32));
	let bytes = fs::read(files.path("key")).unwrap();
	assert_eq!(bytes[bytes.len() - 32..], digest);
	assert!(proves(&files.chain, &key));
}

#[test]
fn key_should_be_refused_when_its_file_was_changed() {
	let files = Files::new();
	let bytes = files.key();
	files.read(&bytes).unwrap();
	for at in (0..bytes.len()).step_by(97).chain([0, 8, 10, 42, 74, 78, 82, bytes.len() - 1]) {
		let mut changed = bytes.clone();
		changed[at] ^= 1;
		assert!(files.read(&changed).is_err(), "byte {at}");
	}
	assert!(files.read(&bytes[..bytes.len() - 1]).is_err());
	assert!(files.read(&[bytes.as_slice(), &[0]].concat()).is_err());
	assert!(files.read(b"").is_err());
	let mut huge = bytes;
	huge[82..86].copy_from_slice(&(1_u32 << 31).to_le_bytes());
	assert!(matches!(files.read(&huge), Err(SetupError::TooLarge { .. })));
	assert!(matches!(read_key(&files.path("none"), &mut silent), Err(SetupError::File { .. })));
}

#[test]
fn key_should_be_refused_when_a_point_is_off_the_curve_although_the_digest_fits() {
	let files = Files::new();
	let mut setup = files.setup.clone();
	setup.key.l_query[3].y += ark_bls12_381::Fq::one();
	write_key(&setup, &files.path("key"), &mut silent).unwrap();
	let result = read_key(&files.path("key"), &mut silent);
	assert!(matches!(result, Err(SetupError::Point { fault: PointFault::NotOnCurve, .. })));
}

#[test]
fn transcript_should_survive_when_it_is_written_and_read() {
	let files = Files::new();
	let path = files.path("transcript.json");
	files.setup.transcript.write(&path).unwrap();
	assert_eq!(Transcript::read(&path).unwrap(), files.setup.transcript);
	assert!(matches!(Transcript::read(&files.path("none")), Err(SetupError::File { .. })));
}

#[test]
fn transcript_should_be_refused_when_its_file_was_changed() {
	let json = Files::new().setup.transcript.to_json();
	let changed = |from: &str, to: &str| {
		assert!(json.contains(from), "{from}");
		Transcript::from_json(json.replacen(from, to, 1).as_bytes()).err()
	};
	let is_format = |error| matches!(error, Some(SetupError::Format { .. }));
	assert!(is_format(changed("Ada", "Eve")), "the hash is another");
	assert!(is_format(changed("\"version\": 1", "\"version\": 2")));
	assert!(is_format(changed("aivm-setup-transcript", "other")));
	assert!(is_format(changed("\"block\": 77", "\"block\": 78")));
	assert!(is_format(changed("\"name\"", "\"title\"")));
	assert!(is_format(changed("\"circuit\": \"", "\"circuit\": \"00")));
	assert!(matches!(changed("Ada", ""), Some(SetupError::Name { .. })));
	// Infinity, and a point outside the subgroup.
	let infinity = format!("c0{}", "00".repeat(47));
	let at = json.find("\"step_g1\": \"").unwrap() + 12;
	let mut bytes = json.clone().into_bytes();
	bytes[at..at + 96].copy_from_slice(infinity.as_bytes());
	let result = Transcript::from_json(&bytes);
	assert!(matches!(result, Err(SetupError::Point { fault: PointFault::Infinity, .. })));
	let outside = ark_bls12_381::G1Affine::get_point_from_x_unchecked(4_u64.into(), false).unwrap();
	bytes[at..at + 96].copy_from_slice(hex::encode(group::encode_compressed(&outside)).as_bytes());
	let result = Transcript::from_json(&bytes);
	assert!(matches!(result, Err(SetupError::Point { fault: PointFault::NotInSubgroup, .. })));
	assert!(matches!(Transcript::from_json(&vec![b' '; 3 << 20]), Err(SetupError::TooLarge { .. })));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn points_should_never_panic_and_have_one_encoding_when_bytes_are_random(mut bytes in any::<[[u8; 32]; 6]>()) {
		bytes[0][0] &= 0x1f;
		let bytes = bytes.concat();
		if let Ok(point) = group::decode::<group::G1>(&bytes[..96]) {
			prop_assert_eq!(group::encode(&point), &bytes[..96]);
		}
		prop_assert!(group::decode::<group::G2>(&bytes).is_err());
		prop_assert!(group::decode_compressed::<group::G2>(&bytes[..96]).is_err());
		prop_assert!(group::decode_compressed::<group::G1>(&bytes[..47]).is_err());
		prop_assert!(group::from_montgomery::<group::G1>(&bytes[..10]).is_err());
	}
}
