// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Collateral: verified once, when it is submitted.

use aivm_attestation::{
	intel::{Fmspc, PckAuthority, PckAuthorityKind, QeIdentity, Statement, TcbInfo, Tee},
	snp::{ChipAuthority, Endorsed, Product},
	x509::Certificate,
	Part, RevocationList, Window,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

use crate::{
	Collateral, CollateralId, Config, Error, Event, Pallet, Rank, Refusal, SignedStatement, StoredCollateral,
	StoredCollaterals, Verified,
};

impl CollateralId {
	/// The part of evidence that it is in errors.
	pub(crate) fn part(&self) -> Part {
		match self {
			Self::RootCrl => Part::RootCrl,
			Self::PckAuthority(_) => Part::PckAuthority,
			Self::PckCrl(_) => Part::PckCrl,
			Self::TcbInfo(..) => Part::TcbInfo,
			Self::QeIdentity(_) => Part::QeIdentity,
			Self::ChipAuthority(..) => Part::ChipAuthority,
			Self::ChipCrl(_) => Part::ChipCrl,
		}
	}
}

impl SignedStatement {
	fn as_statement(&self) -> Statement<'_> {
		Statement { text: &self.text, signature: &self.signature, signer: &self.signer }
	}
}

fn crl(list: RevocationList) -> StoredCollateral {
	let rank = Rank { number: list.number, issued: list.window.from };
	StoredCollateral { rank, window: list.window, verified: Verified::Crl(list) }
}

fn statement(evaluation: u32, window: Window, verified: Verified) -> StoredCollateral {
	StoredCollateral { rank: Rank { number: evaluation.into(), issued: window.from }, window, verified }
}

fn authority(window: Window, verified: Verified) -> StoredCollateral {
	StoredCollateral { rank: Rank { number: 0, issued: window.from }, window, verified }
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_submit_collateral(collateral: &Collateral) -> DispatchResult {
		let (id, new) = Self::verify_collateral(collateral, Self::now()).map_err(Error::<T>::from)?;
		if let Some(old) = StoredCollaterals::<T>::get(id) {
			ensure!(new.rank > old.rank, Error::<T>::NotNewer);
		}
		let (rank, until) = (new.rank, new.window.until);
		StoredCollaterals::<T>::insert(id, new);
		Self::deposit_event(Event::CollateralStored { id, rank, until });
		Ok(())
	}

	/// Verifies collateral at `now`, down to the root of its maker. Returns what it is for and what is to be stored.
	pub(crate) fn verify_collateral(
		collateral: &Collateral,
		now: u64,
	) -> Result<(CollateralId, StoredCollateral), Refusal> {
		let roots = T::Roots::get();
		let intel = roots.intel;
		Ok(match collateral {
			Collateral::RootCrl(bytes) => {
				let list = RevocationList::verify_of_root::<T::Signatures>(bytes, intel, now)?;
				(CollateralId::RootCrl, crl(list))
			}
			Collateral::PckAuthority(bytes) => {
				let read = PckAuthority::verify::<T::Signatures>(bytes, &Self::root_crl()?, intel, now)?;
				let window = Certificate::read(bytes, Part::PckAuthority)?.window;
				(CollateralId::PckAuthority(read.kind), authority(window, Verified::PckAuthority(read)))
			}
			Collateral::PckCrl { authority, crl: bytes } => {
				let list = Self::pck_authority(*authority)?.verify_crl::<T::Signatures>(bytes, now)?;
				(CollateralId::PckCrl(*authority), crl(list))
			}
			Collateral::TcbInfo(signed) => {
				let root_crl = Self::root_crl()?;
				let info = TcbInfo::verify::<T::Signatures>(&signed.as_statement(), &root_crl, intel, now)?;
				let id = CollateralId::TcbInfo(info.tee, info.fmspc);
				(id, statement(info.evaluation, info.window, Verified::TcbInfo(info)))
			}
			Collateral::QeIdentity(signed) => {
				let root_crl = Self::root_crl()?;
				let identity = QeIdentity::verify::<T::Signatures>(&signed.as_statement(), &root_crl, intel, now)?;
				let id = CollateralId::QeIdentity(identity.tee);
				(id, statement(identity.evaluation, identity.window, Verified::QeIdentity(identity)))
			}
			Collateral::ChipAuthority { product, certificate } => {
				let (list, root) = (Self::chip_crl(*product), roots.of_amd(*product));
				let read = ChipAuthority::verify::<T::Signatures>(certificate, list.as_ref(), root, now)?;
				let window = Certificate::read(certificate, Part::ChipAuthority)?.window;
				let id = CollateralId::ChipAuthority(read.product, read.endorsed);
				(id, authority(window, Verified::ChipAuthority(read)))
			}
			Collateral::ChipCrl { product, crl: bytes } => {
				let (_, root) = roots.of_amd(*product);
				let list = RevocationList::verify_of_amd::<T::Signatures>(bytes, root, now)?;
				(CollateralId::ChipCrl(*product), crl(list))
			}
		})
	}

	pub(crate) fn do_remove_tcb_info(tee: Tee, fmspc: Fmspc) -> DispatchResult {
		let id = CollateralId::TcbInfo(tee, fmspc);
		let stored = StoredCollaterals::<T>::get(id).ok_or(Error::<T>::UnknownCollateral)?;
		ensure!(stored.window.until < Self::now(), Error::<T>::NotExpired);
		StoredCollaterals::<T>::remove(id);
		Self::deposit_event(Event::CollateralRemoved { id });
		Ok(())
	}

	/// Stored collateral in the form that `of` picks, or that it is missing.
	fn stored<V>(id: CollateralId, of: impl FnOnce(Verified) -> Option<V>) -> Result<V, Refusal> {
		let stored = StoredCollaterals::<T>::get(id).and_then(|stored| of(stored.verified));
		stored.ok_or(Refusal::MissingCollateral(id.part()))
	}

	fn crl(id: CollateralId) -> Result<RevocationList, Refusal> {
		Self::stored(id, |verified| match verified {
			Verified::Crl(list) => Some(list),
			_ => None,
		})
	}

	pub(crate) fn root_crl() -> Result<RevocationList, Refusal> {
		Self::crl(CollateralId::RootCrl)
	}

	pub(crate) fn pck_crl(kind: PckAuthorityKind) -> Result<RevocationList, Refusal> {
		Self::crl(CollateralId::PckCrl(kind))
	}

	pub(crate) fn chip_crl(product: Product) -> Option<RevocationList> {
		Self::crl(CollateralId::ChipCrl(product)).ok()
	}

	pub(crate) fn pck_authority(kind: PckAuthorityKind) -> Result<PckAuthority, Refusal> {
		Self::stored(CollateralId::PckAuthority(kind), |verified| match verified {
			Verified::PckAuthority(authority) => Some(authority),
			_ => None,
		})
	}

	pub(crate) fn tcb_info(tee: Tee, fmspc: Fmspc) -> Result<TcbInfo, Refusal> {
		Self::stored(CollateralId::TcbInfo(tee, fmspc), |verified| match verified {
			Verified::TcbInfo(info) => Some(info),
			_ => None,
		})
	}

	pub(crate) fn qe_identity(tee: Tee) -> Result<QeIdentity, Refusal> {
		Self::stored(CollateralId::QeIdentity(tee), |verified| match verified {
			Verified::QeIdentity(identity) => Some(identity),
			_ => None,
		})
	}

	pub(crate) fn chip_authority(product: Product, endorsed: Endorsed) -> Result<ChipAuthority, Refusal> {
		Self::stored(CollateralId::ChipAuthority(product, endorsed), |verified| match verified {
			Verified::ChipAuthority(authority) => Some(authority),
			_ => None,
		})
	}
}
