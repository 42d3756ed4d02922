// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying keys on the chain, and proofs that are verified without a task.

use serde::Serialize;

use crate::{
	bindings::{api, verification_types, BoundedVec, ChainCurve},
	AccountId, Amount, Client, Curve, Error, Included, KeyFile, Result, Sender, Setup, Until, VersionId, ZkProofFile,
	H256,
};

/// How many keys are asked for at a time. The chain may give fewer.
const PAGE: u32 = 100;
/// Most proofs that one transaction verifies.
pub const MAX_PROOF_BATCH: usize = 64;

/// Where the statement of a task stands among the public inputs of another proof system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Layout {
	/// One input is the statement; the others are left to the prover.
	Statement {
		/// Which one, from 0.
		at: u8,
	},
	/// A RISC0 receipt whose journal is the statement.
	Risc0 {
		/// Root of the control tree of the release.
		control_root: H256,
		/// Identifier of the last recursion program.
		control_id: H256,
		/// The guest program's image.
		image: H256,
	},
	/// A proof of SP1 v5 whose public values are the statement.
	Sp1V5 {
		/// The guest program's key.
		program: H256,
	},
	/// A proof of SP1 v6 whose public values are the statement.
	Sp1V6 {
		/// The guest program's key.
		program: H256,
		/// Root of the tree of recursion keys.
		vk_root: H256,
	},
}

impl Layout {
	fn from_chain(layout: &verification_types::Layout) -> Self {
		use verification_types::Layout as Chain;
		match layout {
			Chain::Statement { at } => Self::Statement { at: *at },
			Chain::Risc0 { control_root, control_id, image } => {
				Self::Risc0 { control_root: H256(*control_root), control_id: H256(*control_id), image: H256(*image) }
			}
			Chain::Sp1V5 { program } => Self::Sp1V5 { program: H256(*program) },
			Chain::Sp1V6 { program, vk_root } => Self::Sp1V6 { program: H256(*program), vk_root: H256(*vk_root) },
		}
	}

	fn to_chain(self) -> verification_types::Layout {
		use verification_types::Layout as Chain;
		match self {
			Self::Statement { at } => Chain::Statement { at },
			Self::Risc0 { control_root, control_id, image } => {
				Chain::Risc0 { control_root: control_root.0, control_id: control_id.0, image: image.0 }
			}
			Self::Sp1V5 { program } => Chain::Sp1V5 { program: program.0 },
			Self::Sp1V6 { program, vk_root } => Chain::Sp1V6 { program: program.0, vk_root: vk_root.0 },
		}
	}
}

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum KeyBinding {
	/// AIVM's own circuit of a version.
	Version {
		/// The version.
		version: VersionId,
		/// The commitment to its weights, if they are private.
		weights: Option<H256>,
	},
	/// Another proof system.
	External {
		/// Its name.
		system: String,
		/// The version that such proofs are evidence for, and where the statement stands in them. Without it, they are
		/// verified but prove no task.
		runs: Option<(VersionId, Layout)>,
	},
}

impl KeyBinding {
	fn from_chain(binding: &verification_types::Binding<BoundedVec<u8>>) -> Self {
		use verification_types::{Binding as Chain, Weights};
		match binding {
			Chain::Version { version, weights } => Self::Version {
				version: VersionId::from_chain(version),
				weights: match weights {
					Weights::Public => None,
					Weights::Private { commitment } => Some(H256(*commitment)),
				},
			},
			Chain::External { system, runs } => Self::External {
				system: String::from_utf8_lossy(&system.0).into_owned(),
				runs: runs
					.as_ref()
					.map(|runs| (VersionId::from_chain(&runs.version), Layout::from_chain(&runs.layout))),
			},
		}
	}

	fn to_chain(&self) -> verification_types::Binding<BoundedVec<u8>> {
		use verification_types::{Binding as Chain, Runs, Weights};
		match self {
			Self::Version { version, weights } => Chain::Version {
				version: version.to_chain(),
				weights: weights.map_or(Weights::Public, |commitment| Weights::Private { commitment: commitment.0 }),
			},
			Self::External { system, runs } => Chain::External {
				system: BoundedVec(system.as_bytes().to_vec()),
				runs: runs.map(|(version, layout)| Runs { version: version.to_chain(), layout: layout.to_chain() }),
			},
		}
	}
}

/// A key in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
	/// Its number.
	pub id: u32,
	/// Who registered it.
	pub owner: AccountId,
	/// The curve.
	pub curve: Curve,
	/// How many public inputs its proofs have.
	pub inputs: u8,
	/// What it is for.
	pub binding: KeyBinding,
	/// How its randomness was made, as its owner says.
	pub setup: Setup,
	/// Whether one party alone could forge proofs. A task takes such a key only if its requester says so.
	pub single_party: bool,
	/// Whether proofs with it are still taken.
	pub active: bool,
	/// BLAKE2b-256 of the key's bytes.
	pub digest: H256,
	/// What its owner has on hold for it.
	pub deposit: Amount,
}

impl From<ChainKey> for KeyInfo {
	fn from(key: ChainKey) -> Self {
		Self {
			id: key.id,
			owner: key.owner,
			curve: curve_from_chain(&key.curve),
			inputs: key.inputs,
			binding: KeyBinding::from_chain(&key.binding),
			setup: match key.setup {
				verification_types::Setup::SingleParty => Setup::SingleParty,
				verification_types::Setup::Ceremony { contributions, has_beacon, transcript } => {
					Setup::Ceremony { contributions, beacon: has_beacon, transcript }
				}
			},
			single_party: key.single_party,
			active: matches!(key.state, verification_types::KeyState::Active),
			digest: key.digest,
			deposit: Amount(key.deposit),
		}
	}
}

/// A key as view functions give it.
type ChainKey = verification_types::KeyView<AccountId, BoundedVec<u8>>;

/// A proof that the chain verified without a task.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedProof {
	/// The key.
	pub key: u32,
	/// What was proved: BLAKE2b-256 of the key's number and the public inputs. The chain takes it once.
	pub statement: H256,
	/// The public inputs.
	pub inputs: Vec<H256>,
}

fn curve_from_chain(curve: &ChainCurve) -> Curve {
	match curve {
		ChainCurve::Bn254 => Curve::Bn254,
		ChainCurve::Bls12_381 => Curve::Bls12_381,
	}
}

fn curve_to_chain(curve: Curve) -> ChainCurve {
	match curve {
		Curve::Bn254 => ChainCurve::Bn254,
		Curve::Bls12_381 => ChainCurve::Bls12_381,
	}
}

fn setup_to_chain(setup: Setup) -> verification_types::Setup {
	match setup {
		Setup::SingleParty => verification_types::Setup::SingleParty,
		Setup::Ceremony { contributions, beacon, transcript } => {
			verification_types::Setup::Ceremony { contributions, has_beacon: beacon, transcript }
		}
	}
}

/// A proof with its inputs, as a call takes it.
fn proven(proof: &ZkProofFile) -> verification_types::Proven {
	verification_types::Proven { inputs: BoundedVec(scalars(&proof.inputs)), proof: BoundedVec(proof.proof.0.clone()) }
}

fn scalars(inputs: &[H256]) -> Vec<[u8; 32]> {
	inputs.iter().map(|input| input.0).collect()
}

impl Client {
	/// A verifying key, also one that was revoked.
	///
	/// # Errors
	/// [`Error::NotFound`] if there is no such key.
	pub async fn proof_key(&self, id: u32) -> Result<KeyInfo> {
		let call = api::view_functions().verification().key(id);
		self.view(&self.at_best().await?, call).await?.map(Into::into).ok_or_else(|| {
			Error::NotFound(format!("there is no verifying key {id}; list them with `aivm zk key list`"))
		})
	}

	/// The verifying keys, or those for one version, in order of their numbers; at most `limit`.
	pub async fn proof_keys(&self, version: Option<VersionId>, limit: usize) -> Result<Vec<KeyInfo>> {
		let at = self.at_best().await?;
		let mut keys = Vec::new();
		let mut start = Some(0);
		while let Some(from) = start.filter(|_| keys.len() < limit) {
			let views = api::view_functions().verification();
			let page = match version {
				None => self.view(&at, views.keys(from, PAGE)).await?,
				Some(version) => self.view(&at, views.keys_of(version.to_chain(), from, PAGE)).await?,
			};
			keys.extend(page.items.into_iter().map(KeyInfo::from));
			start = page.next;
		}
		keys.truncate(limit);
		Ok(keys)
	}

	/// What the chain puts on hold for a key with so many public inputs.
	pub async fn key_deposit(&self, curve: Curve, inputs: u8) -> Result<Amount> {
		let call = api::view_functions().verification().key_deposit(curve_to_chain(curve), inputs);
		self.view(&self.at_best().await?, call).await.map(Amount)
	}

	/// Whether the chain has verified this key's proof of these inputs before. It does so once.
	pub async fn is_verified(&self, key: u32, inputs: &[H256]) -> Result<bool> {
		let call = api::view_functions().verification().is_nullified(key, scalars(inputs));
		self.view(&self.at_best().await?, call).await
	}

	/// Lets the node verify a proof, without a transaction.
	///
	/// # Errors
	/// What [`Sender::verify_proof`] would fail with.
	pub async fn check_proof(&self, key: u32, proof: &ZkProofFile) -> Result<()> {
		let at = self.at_best().await?;
		let call = api::view_functions().verification().check(key, scalars(&proof.inputs), proof.proof.0.clone());
		self.view(&at, call).await?.map_err(|error| self.dispatch_error(&at, &error))
	}
}

impl Sender {
	/// Registers a verifying key and returns its number.
	pub async fn register_key(
		&self,
		key: &KeyFile,
		binding: &KeyBinding,
		setup: Setup,
		until: Until,
	) -> Result<(u32, Included)> {
		let deposit = self.client().key_deposit(key.curve, u8::try_from(key.inputs()).unwrap_or(u8::MAX)).await?;
		self.ensure_spendable("the key's deposit", deposit).await?;
		let call = api::tx().verification().register_key(
			curve_to_chain(key.curve),
			BoundedVec(key.key.0.clone()),
			binding.to_chain(),
			setup_to_chain(setup),
		);
		let included = self.send(&call, until).await?;
		let event: api::verification::events::KeyRegistered = included.expect_event("KeyRegistered")?;
		Ok((event.key, included))
	}

	/// Ends the use of a key for good.
	pub async fn revoke_key(&self, key: u32, until: Until) -> Result<Included> {
		self.send(&api::tx().verification().revoke_key(key), until).await
	}

	/// Has the chain verify a proof. It remembers what was proved and takes no other proof of the same.
	pub async fn verify_proof(&self, key: u32, proof: &ZkProofFile, until: Until) -> Result<(VerifiedProof, Included)> {
		let included = self.send(&api::tx().verification().verify(key, proven(proof)), until).await?;
		let event: api::verification::events::Verified = included.expect_event("Verified")?;
		let inputs = event.inputs.0.into_iter().map(H256).collect();
		Ok((VerifiedProof { key: event.key, statement: event.statement, inputs }, included))
	}

	/// Has the chain verify up to [`MAX_PROOF_BATCH`] proofs of one key, all or none.
	pub async fn verify_proofs(&self, key: u32, proofs: &[ZkProofFile], until: Until) -> Result<Included> {
		if proofs.len() > MAX_PROOF_BATCH {
			let count = proofs.len();
			return Err(Error::BadInput(format!(
				"{count} proofs are too many for a transaction; at most {MAX_PROOF_BATCH}"
			)));
		}
		let proofs = BoundedVec(proofs.iter().map(proven).collect());
		self.send(&api::tx().verification().verify_batch(key, proofs), until).await
	}

	/// Takes back the deposit for a proof that was verified with a key that is revoked now.
	pub async fn forget_statement(&self, statement: H256, until: Until) -> Result<Included> {
		self.send(&api::tx().verification().forget(statement), until).await
	}
}
