// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Leaves out what the client does not use.

use std::collections::HashSet;

use anyhow::{bail, Context, Result};
use codec::{DecodeAll, Encode};
use frame_metadata::{
	v16::{PalletMetadata, RuntimeMetadataV16, StorageEntryType},
	RuntimeMetadata, RuntimeMetadataPrefixed,
};
use scale_info::{form::PortableForm, PortableRegistry, Type, TypeDef, TypeDefTuple};

/// The pallets that the client uses.
pub const PALLETS: [&str; 10] = [
	"System",
	"Timestamp",
	"Balances",
	"TransactionPayment",
	"ModelRegistry",
	"Tasks",
	"AgentIdentity",
	"Policy",
	"Verification",
	"Attestation",
];

/// Leaves only [`PALLETS`] in SCALE-encoded metadata of version 16, with the types that they use, and no documentation.
///
/// Types keep their numbers; those that are not used any more become empty.
///
/// # Errors
/// If the bytes are no such metadata, or one of the pallets is missing.
pub fn trim(metadata: &[u8]) -> Result<Vec<u8>> {
	let prefixed = RuntimeMetadataPrefixed::decode_all(&mut &*metadata).context("the bytes are no metadata")?;
	let RuntimeMetadata::V16(mut metadata) = prefixed.1 else {
		bail!("the metadata has version {}, not 16", prefixed.1.version());
	};
	metadata.pallets.retain(|pallet| PALLETS.contains(&pallet.name.as_str()));
	if let Some(missing) = PALLETS.iter().find(|name| !metadata.pallets.iter().any(|pallet| pallet.name == **name)) {
		bail!("the runtime has no pallet {missing}");
	}
	metadata.pallets.iter_mut().for_each(strip_pallet);
	metadata.apis.clear();
	metadata.custom.map.clear();
	let outer = [
		metadata.outer_enums.call_enum_ty.id,
		metadata.outer_enums.event_enum_ty.id,
		metadata.outer_enums.error_enum_ty.id,
	];
	for portable in &mut metadata.types.types {
		strip_type(&mut portable.ty);
		if outer.contains(&portable.id) {
			if let TypeDef::Variant(variants) = &mut portable.ty.type_def {
				variants.variants.retain(|variant| PALLETS.contains(&variant.name.as_str()));
			}
		}
	}
	let used = used_types(&metadata, &outer);
	for portable in &mut metadata.types.types {
		if !used.contains(&portable.id) {
			portable.ty = empty_type();
		}
	}
	Ok(RuntimeMetadataPrefixed::from(metadata).encode())
}

/// Removes a pallet's documentation and what is only of use inside the runtime.
fn strip_pallet(pallet: &mut PalletMetadata<PortableForm>) {
	pallet.docs.clear();
	pallet.associated_types.clear();
	pallet.constants.iter_mut().for_each(|constant| constant.docs.clear());
	pallet.view_functions.iter_mut().for_each(|function| function.docs.clear());
	pallet.storage.iter_mut().flat_map(|storage| &mut storage.entries).for_each(|entry| entry.docs.clear());
}

/// Removes a type's documentation.
fn strip_type(ty: &mut Type<PortableForm>) {
	ty.docs.clear();
	match &mut ty.type_def {
		TypeDef::Composite(composite) => composite.fields.iter_mut().for_each(|field| field.docs.clear()),
		TypeDef::Variant(variants) => {
			for variant in &mut variants.variants {
				variant.docs.clear();
				variant.fields.iter_mut().for_each(|field| field.docs.clear());
			}
		}
		_ => {}
	}
}

/// A type without content or name.
fn empty_type() -> Type<PortableForm> {
	Type {
		path: Default::default(),
		type_params: Vec::new(),
		type_def: TypeDef::Tuple(TypeDefTuple { fields: Vec::new() }),
		docs: Vec::new(),
	}
}

/// Every type that is mentioned anywhere, directly or inside of another one.
fn used_types(metadata: &RuntimeMetadataV16, outer: &[u32]) -> HashSet<u32> {
	let mut waiting = outer.to_vec();
	let extrinsic = &metadata.extrinsic;
	waiting.extend([extrinsic.address_ty.id, extrinsic.call_ty.id, extrinsic.signature_ty.id]);
	for extension in &extrinsic.transaction_extensions {
		waiting.extend([extension.ty.id, extension.implicit.id]);
	}
	for pallet in &metadata.pallets {
		for entry in pallet.storage.iter().flat_map(|storage| &storage.entries) {
			match &entry.ty {
				StorageEntryType::Plain(value) => waiting.push(value.id),
				StorageEntryType::Map { key, value, .. } => waiting.extend([key.id, value.id]),
			}
		}
		waiting.extend(pallet.calls.iter().map(|calls| calls.ty.id));
		waiting.extend(pallet.event.iter().map(|event| event.ty.id));
		waiting.extend(pallet.error.iter().map(|error| error.ty.id));
		waiting.extend(pallet.constants.iter().map(|constant| constant.ty.id));
		for function in &pallet.view_functions {
			waiting.extend(function.inputs.iter().map(|input| input.ty.id));
			waiting.push(function.output.id);
		}
	}
	let mut used = HashSet::new();
	while let Some(id) = waiting.pop() {
		if used.insert(id) {
			waiting.extend(mentioned(&metadata.types, id));
		}
	}
	used
}

/// The types that one type mentions.
fn mentioned(types: &PortableRegistry, id: u32) -> Vec<u32> {
	let Some(ty) = types.resolve(id) else { return Vec::new() };
	let mut ids: Vec<u32> = ty.type_params.iter().filter_map(|parameter| parameter.ty).map(|ty| ty.id).collect();
	match &ty.type_def {
		TypeDef::Composite(composite) => ids.extend(composite.fields.iter().map(|field| field.ty.id)),
		TypeDef::Variant(variants) => {
			ids.extend(variants.variants.iter().flat_map(|variant| &variant.fields).map(|field| field.ty.id));
		}
		TypeDef::Sequence(sequence) => ids.push(sequence.type_param.id),
		TypeDef::Array(array) => ids.push(array.type_param.id),
		TypeDef::Tuple(tuple) => ids.extend(tuple.fields.iter().map(|field| field.id)),
		TypeDef::Compact(compact) => ids.push(compact.type_param.id),
		TypeDef::BitSequence(bits) => ids.extend([bits.bit_store_type.id, bits.bit_order_type.id]),
		TypeDef::Primitive(_) => {}
	}
	ids
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn trim_should_refuse_what_is_no_metadata() {
		assert!(trim(b"").is_err());
		assert!(trim(&[0; 100]).is_err());
	}

	#[test]
	fn trim_should_leave_a_trimmed_file_as_it_is() {
		let committed = std::fs::read(crate::committed_path()).unwrap();
		assert_eq!(trim(&committed).unwrap(), committed);
	}
}
