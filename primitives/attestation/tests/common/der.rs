// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A writer of DER, certificates and CRLs.

use p256::ecdsa::signature::Signer;

pub fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
	let mut out = vec![tag];
	match contents.len() {
		short @ 0..=0x7f => out.push(short as u8),
		middle @ 0x80..=0xff => out.extend([0x81, middle as u8]),
		long => {
			out.push(0x82);
			out.extend((long as u16).to_be_bytes());
		}
	}
	out.extend(contents);
	out
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
	tlv(0x30, &parts.concat())
}

/// An INTEGER that is not negative, of big-endian bytes.
pub fn integer(bytes: &[u8]) -> Vec<u8> {
	let digits: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
	let sign: &[u8] = if digits.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
	tlv(2, &[sign, &digits].concat())
}

pub fn oid(contents: &[u8]) -> Vec<u8> {
	tlv(6, contents)
}

pub fn octets(contents: &[u8]) -> Vec<u8> {
	tlv(4, contents)
}

/// A name with a common name only.
pub fn name(common: &str) -> Vec<u8> {
	sequence(&[&tlv(0x31, &sequence(&[&oid(&[0x55, 4, 3]), &tlv(0x0c, common.as_bytes())]))])
}

/// A private key.
#[derive(Clone, Copy)]
pub enum Key {
	P256(u8),
	P384(u8),
}

impl Key {
	/// SubjectPublicKeyInfo.
	fn info(self) -> Vec<u8> {
		let (algorithm, point) = match self {
			Self::P256(_) => ("301306072a8648ce3d020106082a8648ce3d030107", self.point()),
			Self::P384(_) => ("301006072a8648ce3d020106052b81040022", self.point()),
		};
		sequence(&[&hex::decode(algorithm).unwrap(), &tlv(3, &[&[0, 4], &point[..]].concat())])
	}

	/// x ‖ y.
	pub fn point(self) -> Vec<u8> {
		match self {
			Self::P256(seed) => {
				let key = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
				key.verifying_key().to_encoded_point(false).as_bytes()[1..].to_vec()
			}
			Self::P384(seed) => {
				let key = p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap();
				key.verifying_key().to_encoded_point(false).as_bytes()[1..].to_vec()
			}
		}
	}

	/// r ‖ s.
	pub fn sign(self, message: &[u8]) -> Vec<u8> {
		match self {
			Self::P256(seed) => {
				let signature: p256::ecdsa::Signature =
					p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap().sign(message);
				signature.to_bytes().to_vec()
			}
			Self::P384(seed) => {
				let signature: p384::ecdsa::Signature =
					p384::ecdsa::SigningKey::from_slice(&[seed; 48]).unwrap().sign(message);
				signature.to_bytes().to_vec()
			}
		}
	}

	fn algorithm(self) -> Vec<u8> {
		let last = match self {
			Self::P256(_) => 2,
			Self::P384(_) => 3,
		};
		sequence(&[&oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, last])])
	}

	/// Signs what a certificate or CRL holds.
	fn seal(self, contents: &[u8]) -> Vec<u8> {
		let signature = self.sign(contents);
		let (r, s) = signature.split_at(signature.len() / 2);
		let signature = sequence(&[&integer(r), &integer(s)]);
		sequence(&[contents, &self.algorithm(), &tlv(3, &[&[0], &signature[..]].concat())])
	}
}

/// A certificate to be made.
#[derive(Clone)]
pub struct Template {
	pub subject: String,
	pub key: Key,
	pub issuer: String,
	pub issuer_key: Key,
	pub serial: u8,
	/// GeneralizedTime.
	pub from: &'static str,
	pub until: &'static str,
	/// For authorities: most authorities below.
	pub authority: Option<Option<u8>>,
	/// Object identifier, whether it is critical, and value.
	pub extensions: Vec<(Vec<u8>, bool, Vec<u8>)>,
}

impl Template {
	/// An authority under itself.
	pub fn root(subject: &str, key: Key) -> Self {
		Self {
			subject: subject.into(),
			key,
			issuer: subject.into(),
			issuer_key: key,
			serial: 1,
			from: "20240101000000Z",
			until: "20340101000000Z",
			authority: Some(None),
			extensions: vec![],
		}
	}

	/// A certificate below this one.
	pub fn below(&self, subject: &str, key: Key, serial: u8) -> Self {
		Self {
			subject: subject.into(),
			key,
			issuer: self.subject.clone(),
			issuer_key: self.key,
			serial,
			authority: None,
			extensions: vec![],
			..*self
		}
	}

	pub fn authority_too(mut self) -> Self {
		self.authority = Some(None);
		self
	}

	pub fn with(mut self, id: &[u8], critical: bool, value: Vec<u8>) -> Self {
		self.extensions.push((id.to_vec(), critical, value));
		self
	}

	pub fn make(&self) -> Vec<u8> {
		let mut extensions = self.extensions.clone();
		if let Some(path_length) = self.authority {
			let limit = path_length.map(|limit| integer(&[limit])).unwrap_or_default();
			extensions.push((vec![0x55, 0x1d, 0x13], true, sequence(&[&tlv(1, &[0xff]), &limit])));
			extensions.push((vec![0x55, 0x1d, 0x0f], true, tlv(3, &[1, 6])));
		}
		let extensions: Vec<u8> = extensions
			.iter()
			.flat_map(|(id, critical, value)| {
				let critical = if *critical { tlv(1, &[0xff]) } else { vec![] };
				sequence(&[&oid(id), &critical, &octets(value)])
			})
			.collect();
		let extensions = tlv(0xa3, &sequence(&[&extensions]));
		let contents = sequence(&[
			&tlv(0xa0, &integer(&[2])),
			&integer(&[self.serial]),
			&self.issuer_key.algorithm(),
			&name(&self.issuer),
			&sequence(&[&tlv(0x18, self.from.as_bytes()), &tlv(0x18, self.until.as_bytes())]),
			&name(&self.subject),
			&self.key.info(),
			&extensions,
		]);
		self.issuer_key.seal(&contents)
	}

	/// A CRL of this authority.
	pub fn crl(&self, from: &str, until: &str, revoked: &[u8]) -> Vec<u8> {
		let time = |text: &str| tlv(0x18, text.as_bytes());
		let entries: Vec<u8> =
			revoked.iter().flat_map(|serial| sequence(&[&integer(&[*serial]), &time(from)])).collect();
		let entries = if revoked.is_empty() { vec![] } else { sequence(&[&entries]) };
		let number = sequence(&[&oid(&[0x55, 0x1d, 0x14]), &octets(&integer(&[7]))]);
		let contents = sequence(&[
			&integer(&[1]),
			&self.key.algorithm(),
			&name(&self.subject),
			&time(from),
			&time(until),
			&entries,
			&tlv(0xa0, &sequence(&[&number])),
		]);
		self.key.seal(&contents)
	}
}
