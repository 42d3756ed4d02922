// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What is true of the storage after every block.

use aivm_traits::{Balance, Format, ModelId, VersionNumber, VersionRef, VersionState};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use codec::Encode;
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::TryRuntimeError;

use crate::{
	types::AccountIdOf, Chunks, Config, DepositTicket, HoldReason, ModelOf, Models, NextModelId, OwnedModels, Pallet,
	Programs, VersionOf, Versions,
};

/// What tickets say an account has on hold, in the order of [`HoldReason`].
type Held = [Balance; 3];

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet:
	///
	/// 1. every account's hold under each reason is exactly the sum of the tickets of its models, versions and programs;
	/// 2. models and the index by owner name each other, ids and version numbers are below the counters, and the number of
	///    versions is the number stored;
	/// 3. a default version is active, and successors and parents exist;
	/// 4. each state has exactly the program, chunks, summary, revocation and deposits that belong to it;
	/// 5. programs have the published size and hash, and validate to the stored summary;
	/// 6. chunks have the right size and belong to an upload, and no program or chunk is without a version.
	///
	/// # Errors
	///
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<Vec<u8>, Held>::new();
		for (id, model) in Models::<T>::iter() {
			Self::check_model(id, &model)?;
			Self::add_held(&mut held, &model.owner, [model.deposit.amount(), 0, 0])?;
		}
		Self::check_owner_index()?;
		for (model, number, version) in Versions::<T>::iter() {
			let owner = Models::<T>::get(model).ok_or("a version belongs to no model")?.owner;
			Self::check_version(VersionRef { model, version: number }, &version)?;
			let program = version.program_deposit.as_ref().map(|deposit| deposit.amount()).unwrap_or_default();
			Self::add_held(&mut held, &owner, [0, version.deposit.amount(), program])?;
		}
		Self::check_orphans()?;
		Self::check_holds(held)
	}

	/// Adds the tickets of one record to the sums of its owner.
	fn add_held(
		held: &mut BTreeMap<Vec<u8>, Held>,
		owner: &AccountIdOf<T>,
		amounts: Held,
	) -> Result<(), TryRuntimeError> {
		let sums = held.entry(owner.encode()).or_default();
		for (sum, amount) in sums.iter_mut().zip(amounts) {
			*sum = sum.checked_add(amount).ok_or("the deposits of an account overflow")?;
		}
		Ok(())
	}

	/// Compares sums and holds for every account of the chain and every account with tickets.
	fn check_holds(mut held: BTreeMap<Vec<u8>, Held>) -> Result<(), TryRuntimeError> {
		for account in frame_system::Account::<T>::iter_keys() {
			let expected = held.remove(&account.encode()).unwrap_or_default();
			let reasons = [HoldReason::Model, HoldReason::Version, HoldReason::Program];
			for (reason, expected) in reasons.into_iter().zip(expected) {
				ensure!(
					T::Currency::balance_on_hold(&reason.into(), &account) == expected,
					"a hold is not the sum of the deposit tickets"
				);
			}
		}
		// Who has no account has no holds, so no tickets with an amount either.
		ensure!(held.into_values().all(|sums| sums == [0, 0, 0]), "an account that does not exist has deposit tickets");
		Ok(())
	}

	fn check_model(id: ModelId, model: &ModelOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(id < NextModelId::<T>::get(), "a model's id is not below the counter");
		ensure!(
			OwnedModels::<T>::contains_key(&model.owner, id.to_be_bytes()),
			"a model is not in the index of its owner"
		);
		ensure!(model.offered_to.as_ref() != Some(&model.owner), "a model is offered to its own owner");
		let numbers = Versions::<T>::iter_key_prefix(id).collect::<BTreeSet<VersionNumber>>();
		ensure!(
			usize::try_from(model.version_count).is_ok_and(|count| count == numbers.len()),
			"the version count is not the number of versions"
		);
		ensure!(
			numbers.iter().all(|number| (1..model.next_version).contains(number)),
			"a version's number is 0 or not below the counter"
		);
		if let Some(default) = model.default_version {
			let version = Versions::<T>::get(id, default).ok_or("the default version does not exist")?;
			ensure!(version.state == VersionState::Active, "the default version is not active");
		}
		Ok(())
	}

	fn check_owner_index() -> Result<(), TryRuntimeError> {
		for (owner, id) in OwnedModels::<T>::iter_keys() {
			let model =
				Models::<T>::get(ModelId::from_be_bytes(id)).ok_or("the index names a model that does not exist")?;
			ensure!(model.owner == owner, "the index names another owner");
		}
		Ok(())
	}

	fn check_version(id: VersionRef, version: &VersionOf<T>) -> Result<(), TryRuntimeError> {
		if let Some(parent) = version.spec.parent {
			ensure!(Versions::<T>::contains_key(parent.model, parent.version), "a parent does not exist");
			ensure!(parent != id, "a version is its own parent");
		}
		if let VersionState::Deprecated { successor: Some(successor) } = version.state {
			ensure!(successor != id.version, "a version is its own successor");
			ensure!(Versions::<T>::contains_key(id.model, successor), "a successor does not exist");
		}
		let revoked = version.state == VersionState::Revoked;
		ensure!(version.revocation.is_some() == revoked, "the revocation does not fit the state");

		let is_program = version.spec.format == Format::Program;
		let uploading = version.state == VersionState::Uploading;
		ensure!(
			version.program_deposit.is_some() == (is_program && !revoked),
			"the program deposit does not fit the state"
		);
		ensure!(is_program || !uploading, "a version without a program is being uploaded");
		let complete = is_program && !uploading;
		if !revoked {
			ensure!(version.summary.is_some() == complete, "the summary does not fit the state");
		}
		ensure!(is_program || version.summary.is_none(), "a version without a program has a summary");

		let program = Programs::<T>::get(id);
		ensure!(program.is_some() == (complete && !revoked), "the stored program does not fit the state");
		if let Some(program) = program {
			ensure!(
				u64::try_from(program.len()).is_ok_and(|len| len == version.spec.artefact_size),
				"a program does not have the published size"
			);
			ensure!(
				H256(blake2_256(&program)) == version.spec.artefact_hash,
				"a program does not have the published hash"
			);
			ensure!(Self::validate(&program).ok() == version.summary, "a program does not validate to its summary");
		}
		Ok(())
	}

	fn check_orphans() -> Result<(), TryRuntimeError> {
		for program in Programs::<T>::iter_keys() {
			ensure!(Versions::<T>::contains_key(program.model, program.version), "a program belongs to no version");
		}
		for (id, index, bytes) in Chunks::<T>::iter() {
			let version = Versions::<T>::get(id.model, id.version).ok_or("a chunk belongs to no version")?;
			ensure!(
				version.state == VersionState::Uploading,
				"a chunk belongs to a version that is not being uploaded"
			);
			let expected = Self::chunk_len(Self::program_bytes(&version.spec)?, index).ok_or("a chunk has no place")?;
			ensure!(Self::saturated_len(&bytes) == expected, "a chunk has the wrong size");
		}
		Ok(())
	}
}
