// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Evidence of confidential hardware, as the chain and collectors take it, and the development attestations that stand for it.

use aivm_attestation::{
	binding::devices_digest,
	development::Development,
	snp::{Endorsed, Product},
	Binding, Kind, Subject, Window,
};
use codec::{Decode, DecodeAll, Encode};
use serde::{Serialize, Serializer};
use sp_crypto_hashing::sha2_256;

use crate::{agents::Signature, bindings::api, AccountId, Client, Error, Result, Signer, H256};

/// Most devices of one machine.
pub const MAX_DEVICES: usize = 8;
/// Longest encoding of evidence, in bytes: a machine's quote with its certificates, and all its devices.
pub const MAX_EVIDENCE: u64 = 128 * 1_024;

/// The names of the kinds of evidence, as options and JSON have them.
pub const KIND_NAMES: [(Kind, &str); 7] = [
	(Kind::Sgx, "sgx"),
	(Kind::Tdx, "tdx"),
	(Kind::SevSnp, "sev-snp"),
	(Kind::Nitro, "nitro"),
	(Kind::NvidiaGpu, "nvidia-gpu"),
	(Kind::NvidiaSwitch, "nvidia-switch"),
	(Kind::Development, "development"),
];

/// The name of a kind of evidence.
pub fn kind_name(kind: Kind) -> &'static str {
	KIND_NAMES.iter().find(|(known, _)| *known == kind).map_or("unknown", |(_, name)| name)
}

/// Writes a kind of evidence by its name.
pub(crate) fn serialize_kind<S: Serializer>(kind: &Kind, serializer: S) -> std::result::Result<S::Ok, S::Error> {
	serializer.serialize_str(kind_name(*kind))
}

/// Evidence of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum MachineEvidence {
	/// An Intel quote, of SGX or TDX.
	#[codec(index = 0)]
	Quote(Vec<u8>),
	/// An SEV-SNP report.
	#[codec(index = 1)]
	SevSnp {
		/// The family of processors.
		product: Product,
		/// What the certificate is for: VCEK or VLEK.
		endorsed: Endorsed,
		/// The report.
		report: Vec<u8>,
		/// The certificate, as DER.
		certificate: Vec<u8>,
	},
	/// An AWS Nitro document.
	#[codec(index = 2)]
	Nitro(Vec<u8>),
	/// A key's word, for development networks. The key must be the provider's.
	#[codec(index = 3)]
	Development(Development),
}

/// Evidence of an NVIDIA device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DeviceEvidence {
	/// The request for measurements and its response.
	pub report: Vec<u8>,
	/// The certificates as DER, joined, the device's first.
	pub chain: Vec<u8>,
}

/// Evidence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Evidence {
	/// A machine, with the devices that it uses.
	#[codec(index = 0)]
	Machine {
		/// The machine.
		machine: MachineEvidence,
		/// Its devices, in the order in which it names them.
		devices: Vec<DeviceEvidence>,
	},
	/// A device without a machine. For development networks: nobody knows who uses the device.
	#[codec(index = 1)]
	Device(DeviceEvidence),
}

impl Evidence {
	/// Reads the encoding that endpoints serve to collectors.
	///
	/// # Errors
	/// [`Error::BadInput`] if the bytes are anything else.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		Self::decode_all(&mut &*bytes).map_err(|error| {
			Error::BadInput(format!(
				"the bytes are not the SCALE encoding of evidence: {error}; see the attestation guide"
			))
		})
	}

	/// The encoding that endpoints serve to collectors.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.encode()
	}

	/// The devices, in their order.
	pub fn devices(&self) -> &[DeviceEvidence] {
		match self {
			Self::Machine { devices, .. } => devices,
			Self::Device(device) => std::slice::from_ref(device),
		}
	}
}

/// What a provider's next evidence must be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
	/// The period that runs. Evidence for the one before is accepted too.
	pub period: u64,
	/// What collectors ask endpoints with.
	pub nonce: H256,
	/// First half of the machine's report data, and nonce of its devices.
	pub digest: H256,
}

impl Challenge {
	/// The report data of a machine whose devices have made these reports.
	pub fn report_data(&self, device_reports: &[&[u8]]) -> [u8; 64] {
		let digests: Vec<[u8; 32]> = device_reports.iter().map(|report| sha2_256(report)).collect();
		let devices = if digests.is_empty() { [0; 32] } else { devices_digest(&digests) };
		let mut data = [0; 64];
		for (place, byte) in data.iter_mut().zip(self.digest.0.iter().chain(&devices)) {
			*place = *byte;
		}
		data
	}
}

impl Client {
	/// What the next evidence of `provider` must be made for.
	///
	/// # Errors
	/// [`Error::NotFound`] before the chain's first block; [`Error::Unexpected`] if the node gives another digest than follows
	/// from the nonce.
	pub async fn challenge(&self, provider: &AccountId) -> Result<Challenge> {
		let call = api::view_functions().attestation().challenge(*provider);
		let found = self.view(&self.at_best().await?, call).await?;
		let found =
			found.ok_or_else(|| Error::NotFound("there is no challenge before the first block; wait for it".into()))?;
		let subject = Subject::Nonce(found.nonce);
		let expected = Binding { genesis: self.genesis_hash().0, provider: provider.0, subject }.digest();
		// What hardware and keys sign must be nothing but this, whatever the node says.
		if found.digest != expected {
			return Err(Error::Unexpected("the node gives another digest to attest than that of its nonce".into()));
		}
		Ok(Challenge { period: found.period, nonce: H256(found.nonce), digest: H256(found.digest) })
	}
}

impl Signer {
	/// A development attestation of this key: that `claim` runs, for a challenge of the key's account, with these devices.
	///
	/// It proves nothing, and chains accept it only if their genesis state allows it. `window` is at most a day long.
	pub fn attest_development(
		&self,
		challenge: &Challenge,
		claim: H256,
		window: Window,
		devices: Vec<DeviceEvidence>,
	) -> Result<Evidence> {
		let reports: Vec<&[u8]> = devices.iter().map(|device| device.report.as_slice()).collect();
		let report_data = challenge.report_data(&reports);
		let mut development =
			Development { key: self.account().0, claim: claim.0, report_data, window, signature: [0; 64] };
		match self.sign(&development.message()) {
			Signature::Sr25519(signature) => development.signature = signature,
			other => return Err(Error::Key(format!("a development attestation needs an sr25519 key, not {other}"))),
		}
		Ok(Evidence::Machine { machine: MachineEvidence::Development(development), devices })
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_attestation::Portable;
	use pallet_attestation as pallet;

	fn bounded<B: TryFrom<Vec<u8>>>(bytes: Vec<u8>) -> B {
		B::try_from(bytes).unwrap_or_else(|_| panic!("too long"))
	}

	#[test]
	fn evidence_should_have_the_encoding_of_the_pallet() {
		let device = |byte| DeviceEvidence { report: vec![byte; 3], chain: vec![byte; 2] };
		let theirs = |byte| pallet::DeviceEvidence { report: bounded(vec![byte; 3]), chain: bounded(vec![byte; 2]) };
		let window = Window { from: 1, until: 2 };
		let development =
			Development { key: [1; 32], claim: [2; 32], report_data: [3; 64], window, signature: [4; 64] };
		let (product, endorsed) = (Product::Genoa, Endorsed::Loaded);
		let machines = [
			(MachineEvidence::Quote(vec![1]), pallet::MachineEvidence::Quote(bounded(vec![1]))),
			(
				MachineEvidence::SevSnp { product, endorsed, report: vec![5], certificate: vec![6, 7] },
				pallet::MachineEvidence::SevSnp {
					product,
					endorsed,
					report: bounded(vec![5]),
					certificate: bounded(vec![6, 7]),
				},
			),
			(MachineEvidence::Nitro(vec![2, 3]), pallet::MachineEvidence::Nitro(bounded(vec![2, 3]))),
			(MachineEvidence::Development(development.clone()), pallet::MachineEvidence::Development(development)),
		];
		for (machine, expected) in machines {
			let ours = Evidence::Machine { machine, devices: vec![device(8), device(9)] };
			let devices = vec![theirs(8), theirs(9)].try_into().unwrap();
			assert_eq!(ours.to_bytes(), pallet::Evidence::Machine { machine: expected, devices }.encode());
			assert_eq!(Evidence::from_bytes(&ours.to_bytes()).unwrap(), ours);
		}
		assert_eq!(Evidence::Device(device(1)).to_bytes(), pallet::Evidence::Device(theirs(1)).encode());
		assert!(Evidence::from_bytes(&[9]).is_err());
		assert!(Evidence::from_bytes(&[&Evidence::Device(device(1)).to_bytes()[..], &[0]].concat()).is_err());
	}

	#[test]
	fn report_data_should_be_what_the_binding_asks_for() {
		let binding = Binding { genesis: [1; 32], provider: [2; 32], subject: Subject::Nonce([3; 32]) };
		let challenge = Challenge { period: 0, nonce: H256([3; 32]), digest: H256(binding.digest()) };
		assert_eq!(challenge.report_data(&[]), binding.report_data(&[]));
		assert_eq!(challenge.report_data(&[b"one", b"two"]), binding.report_data(&[b"one", b"two"]));
	}

	#[test]
	fn development_attestation_should_verify() {
		let signer = Signer::dev("Bob").unwrap();
		let challenge = Challenge { period: 0, nonce: H256([3; 32]), digest: H256([4; 32]) };
		let window = Window { from: 10, until: 20 };
		let evidence = signer.attest_development(&challenge, H256([5; 32]), window, Vec::new()).unwrap();
		let Evidence::Machine { machine: MachineEvidence::Development(development), .. } = evidence else {
			panic!("{evidence:?}")
		};
		let proven = development.verify::<Portable>(15).unwrap();
		assert_eq!((proven.kind, proven.report_data), (Kind::Development, challenge.report_data(&[])));
		assert!(development.verify::<Portable>(21).is_err());
	}

	#[test]
	fn every_kind_should_have_a_name() {
		let names: std::collections::HashSet<_> = KIND_NAMES.iter().map(|(kind, _)| kind_name(*kind)).collect();
		assert_eq!(names.len(), KIND_NAMES.len());
	}
}
