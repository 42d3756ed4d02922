// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What Intel's certificate of a platform says about it ("Intel SGX PCK Certificate and CRL Profile").

use super::Fmspc;
use crate::{
	der::{self, tag, Der},
	x509::Certificate,
	Error, Part,
};

/// 1.2.840.113741.1.13.1, and the start of all object identifiers below it.
const SGX: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01];
const PPID: u8 = 1;
const TCB: u8 = 2;
const PCE_ID: u8 = 3;
const FMSPC: u8 = 4;
/// Of the security version of the provisioning enclave, after those of the 16 components.
const PCE_SVN: u8 = 17;

/// A platform, as its certificate describes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pck {
	/// Identity of the platform.
	pub ppid: [u8; 16],
	/// Model of the platform.
	pub fmspc: Fmspc,
	/// Kind of the provisioning enclave.
	pub pce_id: [u8; 2],
	/// Security versions of the components of the platform.
	pub svn: [u8; 16],
	/// Security version of the provisioning enclave.
	pub pce_svn: u16,
}

impl Pck {
	pub(super) fn read(certificate: &Certificate) -> Result<Self, Error> {
		let part = Part::PckCertificate;
		certificate.extension(SGX).and_then(read).ok_or(Error::Malformed { part })
	}
}

fn read(extension: &[u8]) -> Option<Pck> {
	let mut fields = Der::sequence(extension)?;
	let (mut ppid, mut fmspc, mut pce_id, mut tcb) = (None, None, None, None);
	while !fields.is_empty() {
		let (id, mut value) = field(&mut fields)?;
		match id {
			[PPID] => set(&mut ppid, value.take(tag::OCTET_STRING)?.try_into().ok()?)?,
			[TCB] => set(&mut tcb, read_tcb(Der::new(value.take(tag::SEQUENCE)?))?)?,
			[PCE_ID] => set(&mut pce_id, value.take(tag::OCTET_STRING)?.try_into().ok()?)?,
			[FMSPC] => set(&mut fmspc, value.take(tag::OCTET_STRING)?.try_into().ok()?)?,
			_ => {}
		}
	}
	let (svn, pce_svn) = tcb?;
	Some(Pck { ppid: ppid?, fmspc: fmspc?, pce_id: pce_id?, svn, pce_svn })
}

/// Security versions of the components and of the provisioning enclave.
fn read_tcb(mut fields: Der) -> Option<([u8; 16], u16)> {
	let mut svn: [Option<u8>; 16] = [None; 16];
	let mut pce_svn = None;
	while !fields.is_empty() {
		let (id, mut value) = field(&mut fields)?;
		match id {
			[TCB, PCE_SVN] => set(&mut pce_svn, der::number(value.take(tag::INTEGER)?)?.try_into().ok()?)?,
			[TCB, component @ 1..PCE_SVN] => {
				let slot = svn.get_mut(usize::from(component.checked_sub(1)?))?;
				set(slot, der::number(value.take(tag::INTEGER)?)?.try_into().ok()?)?;
			}
			// The same once more, in the processor's own form.
			_ => {}
		}
	}
	let mut all = [0; 16];
	for (all, one) in all.iter_mut().zip(svn) {
		*all = one?;
	}
	Some((all, pce_svn?))
}

/// What follows [`SGX`] in the object identifier of the next field, and its value.
fn field<'a>(fields: &mut Der<'a>) -> Option<(&'a [u8], Der<'a>)> {
	let mut pair = Der::new(fields.take(tag::SEQUENCE)?);
	let id = pair.take(tag::OBJECT_IDENTIFIER)?.strip_prefix(SGX)?;
	Some((id, pair))
}

/// Sets what is not set yet.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
	slot.replace(value).is_none().then_some(())
}
