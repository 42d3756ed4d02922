// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Collateral, told apart by what it says: certificates and lists by the names in them, statements by their members.

use std::path::{Path, PathBuf};

use aivm_attestation::{intel::PckAuthorityKind, x509::Certificate, Part};
use aivm_client::{Collateral, SignedStatement};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{encodings, product_of};
use crate::{files, Failure};

/// Largest file that is read, in bytes: the longest list, in hexadecimal digits.
const MAX_FILE: u64 = 512 * 1_024;
/// Most files of one command.
const MAX_FILES: usize = 32;

/// A statement, as Intel's service answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
	#[serde(borrow)]
	tcb_info: Option<&'a RawValue>,
	#[serde(borrow)]
	enclave_identity: Option<&'a RawValue>,
	signature: Option<String>,
}

/// All collateral of a quote in one document, as the tools of the dcap-qvl project write it.
#[derive(Deserialize)]
struct Bundle {
	pck_crl_issuer_chain: String,
	root_ca_crl: String,
	pck_crl: String,
	tcb_info_issuer_chain: String,
	tcb_info: String,
	tcb_info_signature: String,
	qe_identity_issuer_chain: String,
	qe_identity: String,
	qe_identity_signature: String,
}

/// What a file holds.
#[derive(Default)]
struct Found {
	collateral: Vec<Collateral>,
	/// Statements, without the certificate that signs them: whether it is on platforms, text and signature.
	statements: Vec<(bool, Vec<u8>, [u8; 64])>,
	/// Certificates that sign statements.
	signers: Vec<Vec<u8>>,
}

/// Reads collateral from files, in any order, and returns it in the order in which a chain without any takes it.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Collateral>, Failure> {
	if paths.is_empty() || paths.len() > MAX_FILES {
		return Err(Failure::usage(format!("{} files of collateral were given", paths.len()))
			.with_cure(format!("give 1 to {MAX_FILES}")));
	}
	let mut found = Found::default();
	for path in paths {
		let bytes = files::read(path, "collateral", MAX_FILE)?;
		found.add(path, bytes)?;
	}
	let Found { mut collateral, statements, signers } = found;
	for (of_platforms, text, signature) in statements {
		let signer = signers.first().cloned().ok_or_else(|| {
			Failure::usage("there is a statement of Intel's, but not the certificate that signs statements")
				.with_cure("give it too: Intel's service sends it as the header TCB-Info-Issuer-Chain")
		})?;
		let signed = SignedStatement { text, signature, signer };
		collateral.push(if of_platforms { Collateral::TcbInfo(signed) } else { Collateral::QeIdentity(signed) });
	}
	collateral.sort_by_key(Collateral::place);
	// The same list often comes with several files.
	collateral.dedup();
	if collateral.is_empty() {
		return Err(Failure::bad_input("the files hold no collateral but a certificate that signs statements")
			.with_cure("give the statements too"));
	}
	Ok(collateral)
}

impl Found {
	fn add(&mut self, path: &Path, bytes: Vec<u8>) -> Result<(), Failure> {
		let unknown = |reason: &str| {
			Failure::bad_input(format!("{} is no collateral: {reason}", path.display())).with_cure(
				"give certificates and CRLs as DER or PEM, Intel's statements as its service returns them, or a document of dcap-qvl",
			)
		};
		if bytes.trim_ascii_start().starts_with(b"{") {
			let text = std::str::from_utf8(&bytes).map_err(|_| unknown("it is not UTF-8"))?;
			if let Ok(bundle) = serde_json::from_str::<Bundle>(text) {
				return self.add_bundle(&bundle).map_err(|reason| unknown(&reason));
			}
			let answer: Answer<'_> = serde_json::from_str(text).map_err(|error| unknown(&error.to_string()))?;
			let statement =
				answer.tcb_info.map(|text| (true, text)).or(answer.enclave_identity.map(|text| (false, text)));
			let (of_platforms, text) = statement.ok_or_else(|| unknown("it has no member of a statement"))?;
			let signature = answer.signature.as_deref().and_then(signature);
			let signature = signature.ok_or_else(|| unknown("its signature is not 128 hexadecimal digits"))?;
			self.statements.push((of_platforms, text.get().as_bytes().to_vec(), signature));
			return Ok(());
		}
		let blocks = encodings::blocks(bytes).map_err(|reason| unknown(&reason))?;
		let before = (self.collateral.len(), self.signers.len());
		for block in blocks {
			self.add_block(block);
		}
		if before == (self.collateral.len(), self.signers.len()) {
			return Err(unknown("none of its names is one of a maker's"));
		}
		Ok(())
	}

	fn add_bundle(&mut self, bundle: &Bundle) -> Result<(), String> {
		let list = |digits: &str| hex::decode(digits).map_err(|error| format!("a CRL is not hexadecimal: {error}"));
		let statement = |text: &str, digits: &str, chain: &str| {
			let signature = signature(digits).ok_or("a signature is not 128 hexadecimal digits")?;
			let signer = encodings::from_pem(chain)?.into_iter().next().ok_or("a chain is empty")?;
			Ok::<_, String>(SignedStatement { text: text.as_bytes().to_vec(), signature, signer })
		};
		let authority = encodings::from_pem(&bundle.pck_crl_issuer_chain)?.into_iter().next();
		let authority = authority.ok_or("the chain of the PCK CRL is empty")?;
		let kind = PckAuthorityKind::of_name(&authority).ok_or("the PCK CRL is of another authority")?;
		self.collateral.extend([
			Collateral::RootCrl(list(&bundle.root_ca_crl)?),
			Collateral::PckAuthority(authority),
			Collateral::PckCrl { authority: kind, crl: list(&bundle.pck_crl)? },
			Collateral::TcbInfo(statement(
				&bundle.tcb_info,
				&bundle.tcb_info_signature,
				&bundle.tcb_info_issuer_chain,
			)?),
			Collateral::QeIdentity(statement(
				&bundle.qe_identity,
				&bundle.qe_identity_signature,
				&bundle.qe_identity_issuer_chain,
			)?),
		]);
		Ok(())
	}

	/// Adds a certificate or list, by its names. Those that are pinned on the chain, and others, are left out.
	fn add_block(&mut self, block: Vec<u8>) {
		if let Ok(certificate) = Certificate::read(&block, Part::Root) {
			let subject = certificate.subject;
			if encodings::contains(subject, b"Intel SGX TCB Signing") {
				self.signers.push(block);
			} else if PckAuthorityKind::of_name(subject).is_some() {
				self.collateral.push(Collateral::PckAuthority(block));
			} else if let (true, Some(product)) = (encodings::contains(subject, b"SEV-"), product_of(subject)) {
				self.collateral.push(Collateral::ChipAuthority { product, certificate: block });
			}
			return;
		}
		// The only name in a list is its issuer's.
		if let Some(authority) = PckAuthorityKind::of_name(&block) {
			self.collateral.push(Collateral::PckCrl { authority, crl: block });
		} else if encodings::contains(&block, b"Intel SGX Root CA") {
			self.collateral.push(Collateral::RootCrl(block));
		} else if let (true, Some(product)) = (encodings::contains(&block, b"ARK-"), product_of(&block)) {
			self.collateral.push(Collateral::ChipCrl { product, crl: block });
		}
	}
}

/// r ‖ s from hexadecimal digits.
fn signature(digits: &str) -> Option<[u8; 64]> {
	hex::decode(digits).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::evidence::tests::vector;
	use serde_json::Value;

	/// Bundle of a recorded quote, as a document.
	fn bundle(name: &str) -> Value {
		let path = vector(&format!("intel/{name}_collateral.json"));
		serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
	}

	fn text(bundle: &Value, member: &str) -> String {
		bundle[member].as_str().unwrap().to_owned()
	}

	#[test]
	fn bundle_and_single_files_should_hold_the_same() {
		let folder = tempfile::tempdir().unwrap();
		for name in ["sgx_quote", "tdx_quote", "tdx_quote_td15ex"] {
			let whole = read(&[vector(&format!("intel/{name}_collateral.json"))]).unwrap();
			let places: Vec<_> = whole.iter().map(Collateral::place).collect();
			assert_eq!(places, [0, 1, 2, 3, 4], "{name}");

			let bundle = bundle(name);
			let mut paths = Vec::new();
			let mut write = |name: &str, bytes: Vec<u8>| {
				let path = folder.path().join(name);
				std::fs::write(&path, bytes).unwrap();
				paths.push(path);
			};
			let statement = |member: &str, name: &str| {
				let (text, signature) = (text(&bundle, member), text(&bundle, &format!("{member}_signature")));
				format!("{{ \"{name}\":{text}, \"signature\": \"{signature}\" }}").into_bytes()
			};
			write("qe.json", statement("qe_identity", "enclaveIdentity"));
			write("tcb.json", statement("tcb_info", "tcbInfo"));
			write("chain.pem", text(&bundle, "tcb_info_issuer_chain").into_bytes());
			write("pck.crl", hex::decode(text(&bundle, "pck_crl")).unwrap());
			write("pck.pem", text(&bundle, "pck_crl_issuer_chain").into_bytes());
			write("root.crl", text(&bundle, "root_ca_crl").into_bytes());
			assert_eq!(read(&paths).unwrap(), whole, "{name}");
		}
	}

	#[test]
	fn collateral_of_amd_should_be_told_by_its_names() {
		let found = read(&[vector("amd/ask_genoa.der"), vector("amd/ask_milan.der")]).unwrap();
		let products: Vec<_> = found
			.iter()
			.map(|found| match found {
				Collateral::ChipAuthority { product, .. } => format!("{product:?}"),
				other => panic!("{other:?}"),
			})
			.collect();
		assert_eq!(products, ["Genoa", "Milan"]);
	}

	#[test]
	fn what_is_no_collateral_should_be_refused_with_a_cure() {
		let folder = tempfile::tempdir().unwrap();
		let write = |name: &str, text: &str| {
			let path = folder.path().join(name);
			std::fs::write(&path, text).unwrap();
			path
		};
		let bundle = bundle("sgx_quote");
		let unsigned = format!("{{\"tcbInfo\":{}}}", text(&bundle, "tcb_info"));
		let alone = format!("{{\"tcbInfo\":{},\"signature\":\"{}\"}}", text(&bundle, "tcb_info"), "00".repeat(64));
		for (path, cause) in [
			(write("text", "hello"), "neither PEM nor DER"),
			(write("empty", ""), "empty"),
			(write("object", "{}"), "no member"),
			(write("unsigned", &unsigned), "128 hexadecimal"),
			(write("alone", &alone), "certificate that signs"),
			(write("signer", &text(&bundle, "tcb_info_issuer_chain")), "no collateral but"),
			(vector("amd/vcek_milan.der"), "none of its names"),
		] {
			let failure = read(&[path]).unwrap_err();
			assert!(failure.cause.contains(cause) && failure.cure.is_some(), "{failure}");
		}
		assert!(read(&[]).is_err());
	}
}
