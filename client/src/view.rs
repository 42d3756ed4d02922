// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Calls of view functions.
//!
//! The runtime takes a view function's identifier and its encoded arguments as *one* list of bytes, and answers with a list of
//! bytes or an error. subxt writes and reads neither the lists' lengths nor the result around the answer, so this is done here;
//! the rest (the arguments' types, the check that the runtime has the same function) is subxt's.

use codec::{Decode, Encode};
use subxt::{ext::scale_decode::DecodeAsType, view_functions::Payload};

use crate::{client::AtBlock, Client, Error, Result};

/// The runtime API that carries view functions.
const CALL: &str = "RuntimeViewFunction_execute_view_function";
/// Bytes of a view function's identifier.
const ID_LEN: usize = 32;

/// Why the runtime did not call the view function.
#[derive(Debug, Decode)]
enum DispatchError {
	/// No pallet has view functions.
	NotImplemented,
	/// No view function has this identifier.
	NotFound(#[allow(dead_code)] [u8; ID_LEN]),
	/// The arguments do not decode.
	Codec,
}

impl Client {
	/// Calls a view function at a block.
	pub(crate) async fn view<P: Payload>(&self, at: &AtBlock, payload: P) -> Result<P::ReturnType> {
		let what = format!("view function {}.{}", payload.pallet_name(), payload.function_name());
		at.view_functions().validate(&payload).map_err(|error| self.error(error, &what))?;
		let encoded = at.view_functions().encode_args(&payload).map_err(|error| self.error(error, &what))?;
		let (id, arguments) =
			encoded.split_at_checked(ID_LEN).ok_or_else(|| Error::Unexpected(format!("{what} has no identifier")))?;

		let answer = at
			.runtime_apis()
			.call_raw(CALL, Some(&frame(id, arguments)))
			.await
			.map_err(|error| self.error(error, &what))?;
		let bytes = unframe(&answer).map_err(|reason| Error::Unexpected(format!("{what}: {reason}")))?;

		let metadata = at.metadata_ref();
		let output = metadata
			.pallet_by_name(payload.pallet_name())
			.and_then(|pallet| Some(pallet.view_function_by_name(payload.function_name())?.output_ty()))
			.ok_or_else(|| Error::IncompatibleRuntime { what: what.clone() })?;
		P::ReturnType::decode_as_type(&mut &*bytes, output, metadata.types())
			.map_err(|error| Error::Unexpected(format!("{what}: {error}")))
	}
}

/// What the runtime API takes: the identifier, and the arguments as a list of bytes.
fn frame(id: &[u8], arguments: &[u8]) -> Vec<u8> {
	let mut bytes = id.to_vec();
	arguments.encode_to(&mut bytes);
	bytes
}

/// The answer inside of what the runtime API returns.
fn unframe(answer: &[u8]) -> std::result::Result<Vec<u8>, String> {
	match <std::result::Result<Vec<u8>, DispatchError>>::decode(&mut &*answer) {
		Ok(Ok(bytes)) => Ok(bytes),
		Ok(Err(error)) => Err(format!("the runtime did not call it: {error:?}")),
		Err(error) => Err(format!("the answer cannot be read: {error}")),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn frame_should_put_a_length_before_the_arguments() {
		assert_eq!(frame(&[7, 8], &[1, 2, 3]), [7, 8, 3 << 2, 1, 2, 3]);
	}

	#[test]
	fn unframe_should_give_the_answer_or_the_reason() {
		assert_eq!(unframe(&[0, 2 << 2, 5, 6]), Ok(vec![5, 6]));
		assert!(unframe(&[1, 0]).unwrap_err().contains("NotImplemented"));
		assert!(unframe(&[1, 2]).unwrap_err().contains("Codec"));
		let not_found: Vec<u8> = [1, 1].into_iter().chain([9; 32]).collect();
		assert!(unframe(&not_found).unwrap_err().contains("NotFound"));
		assert!(unframe(&[]).unwrap_err().contains("cannot be read"));
	}
}
