// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Keys that sign transactions: sr25519, from a secret URI, a mnemonic phrase or a file.

use std::{fmt, io::Read, path::Path, str::FromStr};

use subxt_signer::{bip39::Mnemonic, sr25519, SecretUri};

use crate::{agents::Signature, AccountId, Error, Result};

/// Largest key file that is read, in bytes.
const MAX_KEY_FILE: u64 = 4 * 1024;

/// A key that signs transactions. Its secret is never shown.
#[derive(Clone)]
pub struct Signer {
	pair: sr25519::Keypair,
}

impl fmt::Debug for Signer {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Signer").field("account", &self.account().to_string()).finish_non_exhaustive()
	}
}

impl Signer {
	/// The key of a secret URI: a development name such as `//Alice`, a mnemonic phrase or a 32-byte hexadecimal seed, each
	/// followed by any derivation path and password (`phrase//hard/soft///password`).
	pub fn from_suri(suri: &str) -> Result<Self> {
		// The messages do not repeat the secret.
		let uri = SecretUri::from_str(suri.trim()).map_err(|_| {
			Error::Key("the secret URI is malformed; give for example //Alice or a phrase of 12 or 24 words".into())
		})?;
		let pair = sr25519::Keypair::from_uri(&uri).map_err(|error| {
			Error::Key(format!(
				"the secret URI gives no key: {error}; give for example //Alice or a phrase of 12 or 24 words"
			))
		})?;
		Ok(Self { pair })
	}

	/// The key of a development account such as `//Alice`, from its name without the slashes.
	pub fn dev(name: &str) -> Result<Self> {
		Self::from_suri(&format!("//{name}"))
	}

	/// The key whose secret URI is in this file, alone or followed by comment lines that start with `#`.
	///
	/// Refuses a file that other users of the machine can read.
	pub fn from_file(path: &Path) -> Result<Self> {
		let unreadable =
			|error: std::io::Error| Error::Key(format!("cannot read the key file {}: {error}", path.display()));
		let file = std::fs::File::open(path).map_err(unreadable)?;
		let metadata = file.metadata().map_err(unreadable)?;
		refuse_open_file(path, &metadata)?;
		if metadata.len() > MAX_KEY_FILE {
			return Err(Error::Key(format!("{} is too large to be a key file", path.display())));
		}
		let mut text = String::new();
		file.take(MAX_KEY_FILE).read_to_string(&mut text).map_err(unreadable)?;
		let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
		match (lines.next(), lines.next()) {
			(Some(suri), None) => Self::from_suri(suri),
			_ => Err(Error::Key(format!(
				"{} is not a key file: it must hold one line with a secret URI, and comments that start with #",
				path.display()
			))),
		}
	}

	/// Makes a new key and returns it with its mnemonic phrase of 12 words, the only way to get the key again.
	pub fn generate() -> Result<(Self, String)> {
		let mut entropy = [0u8; 16];
		getrandom::fill(&mut entropy)
			.map_err(|error| Error::Key(format!("the system gives no random bytes: {error}")))?;
		let mnemonic = Mnemonic::from_entropy(&entropy).map_err(|error| Error::Key(error.to_string()))?;
		let pair = sr25519::Keypair::from_phrase(&mnemonic, None).map_err(|error| Error::Key(error.to_string()))?;
		Ok((Self { pair }, mnemonic.to_string()))
	}

	/// The account that this key controls.
	pub fn account(&self) -> AccountId {
		self.pair.public_key().to_account_id()
	}

	/// Signs bytes that are no transaction. Say what they are at their beginning.
	pub fn sign(&self, message: &[u8]) -> Signature {
		Signature::Sr25519(self.pair.sign(message).0)
	}

	/// The key in the form that subxt takes.
	pub(crate) fn pair(&self) -> &sr25519::Keypair {
		&self.pair
	}
}

/// Writes a new key file that only its owner can read. Never overwrites a file.
pub fn write_key_file(path: &Path, suri: &str, account: &AccountId) -> Result<()> {
	use std::io::Write;
	let mut options = std::fs::OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let written = options.open(path).and_then(|mut file| {
		write!(file, "# Secret key of {account}. Whoever reads it controls the account.\n{suri}\n")
	});
	written.map_err(|error| Error::Key(format!("cannot write the key file {}: {error}", path.display())))
}

/// Refuses a file that others than its owner can read.
#[cfg(unix)]
fn refuse_open_file(path: &Path, metadata: &std::fs::Metadata) -> Result<()> {
	use std::os::unix::fs::PermissionsExt;
	if metadata.permissions().mode() & 0o077 != 0 {
		let path = path.display();
		return Err(Error::Key(format!("other users can read the key file {path}; run `chmod 600 {path}`")));
	}
	Ok(())
}

/// Other systems have no such permissions.
#[cfg(not(unix))]
fn refuse_open_file(_: &Path, _: &std::fs::Metadata) -> Result<()> {
	Ok(())
}

/// Reads an account: an SS58 address, `0x` and 64 hexadecimal digits, or a development name such as `//Alice`.
pub fn parse_account(text: &str) -> Result<AccountId> {
	let text = text.trim();
	let malformed = |reason: String| {
		Error::BadInput(format!(
			"{text:?} is no account: {reason}; give an SS58 address, 0x and 64 hexadecimal digits, or a name such as //Bob"
		))
	};
	if text.starts_with("//") {
		return Signer::from_suri(text).map(|signer| signer.account());
	}
	if let Some(digits) = text.strip_prefix("0x") {
		let mut bytes = [0u8; 32];
		hex::decode_to_slice(digits, &mut bytes).map_err(|error| malformed(error.to_string()))?;
		return Ok(AccountId::from(bytes));
	}
	AccountId::from_str(text).map_err(|error| malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
	use super::*;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn signer_should_be_the_same_account_in_every_written_form() {
		assert_eq!(Signer::dev("Alice").unwrap().account().to_string(), ALICE);
		let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
		assert_eq!(Signer::from_suri(&format!("{phrase}//Alice")).unwrap().account().to_string(), ALICE);
		let seed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
		assert_eq!(Signer::from_suri(seed).unwrap().account().to_string(), ALICE);
	}

	#[test]
	fn signer_should_not_show_secrets_when_the_uri_is_wrong() {
		for suri in ["hello secret world", "0x1234abcd", "secret/\u{0}///x/"] {
			let error = Signer::from_suri(suri).unwrap_err();
			assert_eq!(error.class(), crate::ErrorClass::BadInput);
			assert!(!error.to_string().contains("secret world") && !error.to_string().contains("1234abcd"), "{error}");
		}
		let debug = format!("{:?}", Signer::dev("Alice").unwrap());
		assert!(debug.contains(ALICE) && !debug.to_lowercase().contains("secret"), "{debug}");
	}

	#[test]
	fn generate_should_make_a_key_that_its_phrase_gives_again() {
		let (signer, phrase) = Signer::generate().unwrap();
		assert_eq!(phrase.split(' ').count(), 12);
		assert_eq!(Signer::from_suri(&phrase).unwrap().account(), signer.account());
		assert_ne!(Signer::generate().unwrap().1, phrase);
	}

	#[test]
	fn key_file_should_be_private_and_give_the_key_again() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key");
		let signer = Signer::dev("Bob").unwrap();
		write_key_file(&path, "//Bob", &signer.account()).unwrap();
		assert_eq!(Signer::from_file(&path).unwrap().account(), signer.account());
		assert!(write_key_file(&path, "//Bob", &signer.account()).is_err(), "must not overwrite");

		use std::os::unix::fs::PermissionsExt;
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		let error = Signer::from_file(&path).unwrap_err().to_string();
		assert!(error.contains("chmod 600"), "{error}");
	}

	#[test]
	fn key_file_should_be_refused_when_it_is_missing_empty_or_large() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key");
		assert!(Signer::from_file(&path).unwrap_err().to_string().contains("cannot read"));
		for (content, expected) in [
			("# nothing\n".to_owned(), "one line"),
			("//A\n//B\n".into(), "one line"),
			("x".repeat(5_000), "too large"),
		] {
			std::fs::write(&path, content).unwrap();
			use std::os::unix::fs::PermissionsExt;
			std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
			let error = Signer::from_file(&path).unwrap_err().to_string();
			assert!(error.contains(expected), "{error}");
		}
	}

	#[test]
	fn account_should_be_read_in_every_written_form() {
		let alice = Signer::dev("Alice").unwrap().account();
		let hexadecimal = format!("0x{}", hex::encode(alice.0));
		for text in [ALICE, "//Alice", &hexadecimal] {
			assert_eq!(parse_account(text).unwrap(), alice);
		}
		for text in ["", "5Grwva", "0x12", "Alice"] {
			assert_eq!(parse_account(text).unwrap_err().class(), crate::ErrorClass::BadInput, "{text}");
		}
	}
}
