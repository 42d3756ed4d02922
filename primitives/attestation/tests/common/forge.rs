// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Whole evidence under roots of our own: what no real hardware would sign.

use super::{
	der::{integer, octets, oid, sequence, tlv, Key, Template},
	RawCollateral,
};
use sp_crypto_hashing::sha2_256;

/// A time at which all of it is valid: 2025-01-01.
pub const NOW: u64 = 1_735_689_600;
pub const FROM: &str = "20241225000000Z";
pub const UNTIL: &str = "20250125000000Z";
const SGX: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01];
pub const FMSPC: [u8; 6] = [0x90, 0xc0, 0x6f, 0, 0, 0];

/// Intel, if its keys were ours.
pub struct Intel {
	pub root: Template,
	pub authority: Template,
	pub signer: Template,
	pub platform: Template,
	pub platform_svn: [u8; 16],
	/// Serial numbers that the root and the authority revoked.
	pub root_revoked: Vec<u8>,
	pub revoked: Vec<u8>,
	pub qe_version: u16,
	/// (security version of each component, date, status, advisories)
	pub levels: Vec<(u8, &'static str, &'static str, &'static [&'static str])>,
}

impl Intel {
	pub fn new() -> Self {
		let root = Template::root("Intel SGX Root CA", Key::P256(1));
		let authority = root.below("Intel SGX PCK Platform CA", Key::P256(2), 2).authority_too();
		let signer = root.below("Intel SGX TCB Signing", Key::P256(3), 3);
		let platform = authority.below("Intel SGX PCK Certificate", Key::P256(4), 4);
		Self {
			root,
			authority,
			signer,
			platform,
			platform_svn: [5; 16],
			root_revoked: vec![],
			revoked: vec![],
			qe_version: 4,
			levels: vec![
				(5, "2024-11-13T00:00:00Z", "UpToDate", &[]),
				(4, "2024-03-13T00:00:00Z", "SWHardeningNeeded", &["INTEL-SA-00615"]),
				(3, "2023-08-09T00:00:00Z", "OutOfDate", &["INTEL-SA-00615", "INTEL-SA-01036"]),
				(2, "2020-01-01T00:00:00Z", "Revoked", &[]),
			],
		}
	}

	pub fn root_certificate(&self) -> Vec<u8> {
		self.root.make()
	}

	fn platform_certificate(&self) -> Vec<u8> {
		let id = |tail: &[u8]| oid(&[&SGX[..], tail].concat());
		let mut tcb: Vec<u8> = self
			.platform_svn
			.iter()
			.enumerate()
			.flat_map(|(index, svn)| sequence(&[&id(&[2, index as u8 + 1]), &integer(&[*svn])]))
			.collect();
		tcb.extend(sequence(&[&id(&[2, 17]), &integer(&[13])]));
		tcb.extend(sequence(&[&id(&[2, 18]), &octets(&self.platform_svn)]));
		let value = sequence(&[
			&sequence(&[&id(&[1]), &octets(&[9; 16])]),
			&sequence(&[&id(&[2]), &sequence(&[&tcb])]),
			&sequence(&[&id(&[3]), &octets(&[0; 2])]),
			&sequence(&[&id(&[4]), &octets(&FMSPC)]),
			&sequence(&[&id(&[5]), &tlv(10, &[1])]),
		]);
		self.platform.clone().with(&SGX, false, value).make()
	}

	/// Collateral for TDX or SGX.
	pub fn collateral(&self, tdx: bool) -> RawCollateral {
		let components = |svn: u8| format!("[{}]", vec![format!("{{\"svn\":{svn}}}"); 16].join(","));
		let advisories = |names: &[&str]| match names {
			[] => String::new(),
			names => format!(",\"advisoryIDs\":[\"{}\"]", names.join("\",\"")),
		};
		let levels: Vec<String> = self
			.levels
			.iter()
			.map(|(svn, date, status, names)| {
				let tdx = if tdx { format!(",\"tdxtcbcomponents\":{}", components(*svn)) } else { String::new() };
				format!(
					"{{\"tcb\":{{\"sgxtcbcomponents\":{},\"pcesvn\":13{tdx}}},\"tcbDate\":\"{date}\",\"tcbStatus\":\"{status}\"{}}}",
					components(*svn),
					advisories(names)
				)
			})
			.collect();
		let window = "\"issueDate\":\"2024-12-25T00:00:00Z\",\"nextUpdate\":\"2025-01-25T00:00:00Z\",\"tcbEvaluationDataNumber\":18";
		let (zeros, none, all) = ("0".repeat(96), "0".repeat(16), "F".repeat(16));
		let module = format!("\"mrsigner\":\"{zeros}\",\"attributes\":\"{none}\",\"attributesMask\":\"{all}\"");
		let modules = format!(
			"\"tdxModule\":{{{module}}},\"tdxModuleIdentities\":[{{\"id\":\"TDX_01\",{module},\"tcbLevels\":[\
			{{\"tcb\":{{\"isvsvn\":5}},\"tcbDate\":\"2024-11-13T00:00:00Z\",\"tcbStatus\":\"UpToDate\"}},\
			{{\"tcb\":{{\"isvsvn\":2}},\"tcbDate\":\"2023-08-09T00:00:00Z\",\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-01099\"]}}]}}],"
		);
		let tcb_info = format!(
			"{{\"id\":\"{}\",\"version\":3,{window},\"fmspc\":\"{}\",\"pceId\":\"0000\",\"tcbType\":0,{}\"tcbLevels\":[{}]}}",
			if tdx { "TDX" } else { "SGX" },
			hex::encode_upper(FMSPC),
			if tdx { modules } else { String::new() },
			levels.join(",")
		);
		let qe_identity = format!(
			"{{\"id\":\"{}\",\"version\":2,{window},\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\",\
			\"attributes\":\"11000000000000000000000000000000\",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\",\
			\"mrsigner\":\"{}\",\"isvprodid\":2,\"tcbLevels\":[{{\"tcb\":{{\"isvsvn\":4}},\"tcbDate\":\"2024-11-13T00:00:00Z\",\
			\"tcbStatus\":\"UpToDate\"}},{{\"tcb\":{{\"isvsvn\":3}},\"tcbDate\":\"2022-11-13T00:00:00Z\",\"tcbStatus\":\"OutOfDate\"}}]}}",
			if tdx { "TD_QE" } else { "QE" },
			"AB".repeat(32)
		);
		let sign = |text: String| {
			let signature = self.signer.key.sign(text.as_bytes()).try_into().unwrap();
			(text.into_bytes(), signature, self.signer.make())
		};
		RawCollateral {
			root_crl: self.root.crl(FROM, UNTIL, &self.root_revoked),
			authority: self.authority.make(),
			pck_crl: self.authority.crl(FROM, UNTIL, &self.revoked),
			tcb_info: sign(tcb_info),
			qe_identity: sign(qe_identity),
		}
	}

	fn enclave_report(&self, attributes: u8, report_data: &[u8]) -> Vec<u8> {
		let mut report = vec![0; 384];
		report[48] = attributes;
		report[64..96].fill(1);
		report[128..160].fill(0xab);
		report[256..258].copy_from_slice(&2u16.to_le_bytes());
		report[258..260].copy_from_slice(&self.qe_version.to_le_bytes());
		report[320..320 + report_data.len()].copy_from_slice(report_data);
		report
	}

	/// Signs header and report, as the platform's quoting enclave would.
	fn finish(&self, version: u16, signed: Vec<u8>, qe_attributes: u8) -> Vec<u8> {
		let key = Key::P256(6);
		let qe_data = [3; 32];
		let certified = sha2_256(&[&key.point()[..], &qe_data].concat());
		let qe_report = self.enclave_report(qe_attributes, &certified);
		let pem: String = [self.platform_certificate(), self.authority.make(), self.root.make()]
			.iter()
			.map(|der| {
				let text = base64(der);
				let lines: Vec<&str> =
					text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
				format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
			})
			.collect();
		let mut nested = qe_report.clone();
		nested.extend(self.platform.key.sign(&qe_report));
		nested.extend((qe_data.len() as u16).to_le_bytes());
		nested.extend(qe_data);
		nested.extend(5u16.to_le_bytes());
		nested.extend((pem.len() as u32).to_le_bytes());
		nested.extend(pem.as_bytes());
		let mut data = key.sign(&signed);
		data.extend(key.point());
		if version > 3 {
			data.extend(6u16.to_le_bytes());
			data.extend((nested.len() as u32).to_le_bytes());
		}
		data.extend(nested);
		let mut quote = signed;
		quote.extend((data.len() as u32).to_le_bytes());
		quote.extend(data);
		quote
	}

	fn header(version: u16, tee: u32) -> Vec<u8> {
		let mut header = vec![];
		header.extend(version.to_le_bytes());
		header.extend(2u16.to_le_bytes());
		header.extend(tee.to_le_bytes());
		header.extend([0; 4]);
		header.extend(hex::decode("939a7233f79c4ca9940a0db3957f0607").unwrap());
		header.extend([0; 20]);
		header
	}

	/// A quote of an enclave with these attributes.
	pub fn sgx(&self, attributes: u8, report_data: &[u8]) -> Vec<u8> {
		let report = self.enclave_report(attributes, report_data);
		self.finish(3, [Self::header(3, 0), report].concat(), 0x11)
	}

	/// A quote that a quoting enclave in debug mode made.
	pub fn sgx_of_debug_enclave(&self) -> Vec<u8> {
		let report = self.enclave_report(0x11, &[]);
		self.finish(3, [Self::header(3, 0), report].concat(), 0x13)
	}

	/// A quote of a machine with these security versions (of the module, its major version, and of all else) and attributes.
	pub fn tdx(&self, svn: [u8; 3], attributes: u64, report_data: &[u8]) -> Vec<u8> {
		self.finish(4, [Self::header(4, 0x81), machine_report(svn, attributes, report_data)].concat(), 0x11)
	}

	/// The same of a machine of TDX 1.5, with its present security versions.
	pub fn tdx_since(&self, launch: [u8; 3], current: [u8; 3], service: u8) -> Vec<u8> {
		let mut signed = Self::header(5, 0x81);
		signed.extend(3u16.to_le_bytes());
		signed.extend(648u32.to_le_bytes());
		signed.extend(machine_report(launch, GOOD_MACHINE, &[]));
		signed.extend(versions(current));
		signed.extend([service; 48]);
		self.finish(5, signed, 0x11)
	}
}

/// Attributes of a machine that may be accepted.
pub const GOOD_MACHINE: u64 = 1 << 28;

fn versions([module, major, others]: [u8; 3]) -> [u8; 16] {
	let mut versions = [others; 16];
	versions[0] = module;
	versions[1] = major;
	versions
}

fn machine_report(svn: [u8; 3], attributes: u64, report_data: &[u8]) -> Vec<u8> {
	let mut report = vec![0; 584];
	report[..16].copy_from_slice(&versions(svn));
	report[120..128].copy_from_slice(&attributes.to_le_bytes());
	report[136..184].fill(0x77);
	report[520..520 + report_data.len()].copy_from_slice(report_data);
	report
}

fn base64(bytes: &[u8]) -> String {
	const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	let mut text = String::new();
	for chunk in bytes.chunks(3) {
		let mut bits = [0; 4];
		bits[1..=chunk.len()].copy_from_slice(chunk);
		let bits = u32::from_be_bytes(bits);
		for place in 0..4 {
			let sign = if place <= chunk.len() { SIGNS[(bits >> (18 - 6 * place) & 63) as usize] } else { b'=' };
			text.push(sign.into());
		}
	}
	text
}

/// A report of a machine on the AMD chip of the synthetic certificates.
pub fn snp(policy: u64, flags: u32, chip: u8, snp_version: u8, report_data: &[u8; 64]) -> Vec<u8> {
	let mut report = vec![0; 1_184];
	report[0] = 2;
	report[8..16].copy_from_slice(&policy.to_le_bytes());
	report[0x34] = 1;
	report[0x48..0x4c].copy_from_slice(&flags.to_le_bytes());
	report[0x50..0x90].copy_from_slice(report_data);
	report[0x90..0xc0].fill(0x33);
	report[0x180..0x188].copy_from_slice(&[3, 0, 0, 0, 0, 0, snp_version, 115]);
	report[0x1a0..0x1e0].fill(chip);
	let signature = Key::P384(5).sign(&report[..0x2a0]);
	for (number, half) in signature.chunks(48).enumerate() {
		for (place, byte) in half.iter().rev().enumerate() {
			report[0x2a0 + 72 * number + place] = *byte;
		}
	}
	report
}

fn head(major: u8, length: usize) -> Vec<u8> {
	match length {
		0..=23 => vec![major << 5 | length as u8],
		24..=255 => vec![major << 5 | 24, length as u8],
		_ => [&[major << 5 | 25][..], &(length as u16).to_be_bytes()].concat(),
	}
}

fn bytes(value: &[u8]) -> Vec<u8> {
	[head(2, value.len()), value.to_vec()].concat()
}

fn text(value: &str) -> Vec<u8> {
	[head(3, value.len()), value.as_bytes().to_vec()].concat()
}

/// AWS, if its keys were ours: root, authority, and the enclave's certificate.
pub fn nitro_chain() -> [Template; 3] {
	let root = Template::root("aws.nitro-enclaves", Key::P384(1));
	let authority = root.below("zone", Key::P384(2), 2).authority_too();
	let enclave = authority.below("enclave", Key::P384(3), 3);
	[root, authority, enclave]
}

/// A document of an enclave whose registers have this value.
pub fn nitro(chain: &[Template], register: u8, user_data: Option<&[u8]>) -> Vec<u8> {
	let (enclave, authorities) = chain.split_last().unwrap();
	let mut registers = head(5, 16);
	for number in 0..16 {
		registers.extend(head(0, number));
		registers.extend(bytes(&[if number < 3 { register } else { 0 }; 48]));
	}
	let payload = [
		head(5, 7),
		text("module_id"),
		text("i-1-enc2"),
		text("digest"),
		text("SHA384"),
		text("timestamp"),
		[&[0x1b][..], &(NOW * 1_000).to_be_bytes()].concat(),
		text("pcrs"),
		registers,
		text("certificate"),
		bytes(&enclave.make()),
		text("cabundle"),
		head(4, authorities.len()),
		authorities.iter().flat_map(|authority| bytes(&authority.make())).collect(),
		text("user_data"),
		user_data.map(bytes).unwrap_or(vec![0xf6]),
	]
	.concat();
	let protected = bytes(&[0xa1, 1, 0x38, 0x22]);
	let signed = [head(4, 4), text("Signature1"), protected.clone(), bytes(&[]), bytes(&payload)].concat();
	[head(4, 4), protected, head(5, 0), bytes(&payload), bytes(&enclave.key.sign(&signed))].concat()
}

/// NVIDIA, if its keys were ours: root, identity, provisioner, boot ROM and device.
pub fn nvidia_chain(product: &str) -> [Template; 5] {
	let root = Template::root("NVIDIA Device Identity CA", Key::P384(1));
	let identity = root.below("Identity", Key::P384(2), 2).authority_too();
	let provisioner = identity.below("Provisioner", Key::P384(3), 3).authority_too();
	let boot_rom = provisioner.below(&format!("{product} BROM"), Key::P384(4), 4).authority_too();
	let firmware = sequence(&[&oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2]), &octets(&[8; 48])]);
	let dice = sequence(&[&integer(&[1]), &sequence(&[]), &firmware]);
	let device = boot_rom.below(&format!("{product} FMC"), Key::P384(6), 5);
	let device = device.with(&[0x67, 0x81, 5, 5, 4, 1], false, dice);
	[root, identity, provisioner, boot_rom, device]
}

/// The chain as it is submitted: device first.
pub fn nvidia_certificates(chain: &[Template; 5]) -> Vec<u8> {
	chain.iter().rev().flat_map(Template::make).collect()
}

/// A device's report with these many measurements. Switches name no firmware.
pub fn nvidia(nonce: [u8; 32], blocks: u8, firmware: impl Into<Option<u8>>) -> Vec<u8> {
	let mut report = vec![0x11, 0xe0, 1, 0xff];
	report.extend(nonce);
	report.push(0);
	report.extend([0x11, 0x60, 0, 0, blocks]);
	report.extend(&(u32::from(blocks) * 55).to_le_bytes()[..3]);
	for index in 1..=blocks {
		report.extend([index, 1, 51, 0, 1, 48, 0]);
		report.extend([index; 48]);
	}
	report.extend([0; 32]);
	let field =
		|number: u16, value: &[u8]| [&number.to_le_bytes()[..], &(value.len() as u16).to_le_bytes(), value].concat();
	let mut opaque = [field(3, b"550.90.07\0"), field(6, &[1, 2, 3, 4, 5, 6, 7, 8])].concat();
	if let Some(firmware) = firmware.into() {
		opaque.extend(field(20, &[firmware; 48]));
	}
	report.extend((opaque.len() as u16).to_le_bytes());
	report.extend(opaque);
	let signature = Key::P384(6).sign(&report);
	report.extend(signature);
	report
}
