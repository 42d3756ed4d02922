// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What can go wrong between a program and the chain: why it happened, and how to get out of it.

use std::time::Duration;

use scale_info::{form::PortableForm, PortableRegistry, TypeDef, TypeDefPrimitive, Variant};

use crate::{amount::Amount, policy::Asset, refusal::Refusal};

/// How callers should react to an error. Programs map it to exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
	/// A defect of this program or of the node.
	Internal,
	/// The node could not be reached, or the connection to it broke.
	Unreachable,
	/// The chain refused the request; nothing happened but, where it says so, a fee.
	Refused,
	/// What the caller gave is malformed; nothing was sent.
	BadInput,
	/// A proof does not prove what it claims.
	Verification,
	/// What was asked for does not exist.
	NotFound,
	/// An answer did not come in time; the outcome is unknown.
	Timeout,
}

/// Why a request to the chain failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The address of the node is no WebSocket URL.
	#[error("{url:?} is not the address of a node: {reason}")]
	InvalidUrl {
		/// What was given.
		url: String,
		/// What is wrong with it.
		reason: String,
	},
	/// Nobody answers at this address.
	#[error("cannot reach a node at {url}: {reason}")]
	NodeUnreachable {
		/// The address.
		url: String,
		/// Why.
		reason: String,
	},
	/// The connection broke during a request.
	#[error("the connection to {url} broke: {reason}")]
	ConnectionLost {
		/// The address.
		url: String,
		/// Why.
		reason: String,
	},
	/// The node runs another runtime than the one this program was built for.
	#[error("the chain's runtime does not have the {what} that this program was built for")]
	IncompatibleRuntime {
		/// What is missing or has another shape.
		what: String,
	},
	/// A transaction was carried out and failed. Its fee was paid.
	#[error("{pallet}.{name}: {docs}")]
	Module {
		/// The pallet that refused.
		pallet: String,
		/// The error's name.
		name: String,
		/// The error's description, from the chain's metadata.
		docs: String,
	},
	/// A transaction was carried out and failed for a reason that belongs to no pallet. Its fee was paid.
	#[error("the transaction failed: {0}")]
	Dispatch(String),
	/// A transaction was refused before it cost anything.
	#[error(transparent)]
	Invalid(#[from] Refusal),
	/// What a session key's call did broke a rule of the policy, so it was undone. Its fee was paid.
	#[error("{}", undone(.rule, *.asset, *.limit, *.value))]
	Undone {
		/// The rule.
		rule: Refusal,
		/// The asset that it is about.
		asset: Asset,
		/// The rule's limit, in the asset's smallest unit.
		limit: u128,
		/// What it would have become.
		value: u128,
	},
	/// The account cannot pay.
	#[error("{account} has {have}, but {need} is needed for {purpose}")]
	InsufficientBalance {
		/// The account, as SS58.
		account: String,
		/// What the money is for.
		purpose: String,
		/// What can be spent.
		have: Amount,
		/// What is needed.
		need: Amount,
	},
	/// The account could not pay a deposit or an amount that the transaction asked for. The fee was paid.
	#[error("{account} cannot pay what the transaction holds or moves: it has {have} to spend")]
	CannotPay {
		/// The account, as SS58.
		account: String,
		/// What can be spent.
		have: Amount,
	},
	/// What was asked for does not exist, or not yet.
	#[error("{0}")]
	NotFound(String),
	/// What the caller gave is malformed.
	#[error("{0}")]
	BadInput(String),
	/// Key material is malformed or cannot be read.
	#[error("{0}")]
	Key(String),
	/// A proof does not hold.
	#[error("verification failed: {0}")]
	Verification(String),
	/// Something did not happen in time.
	#[error("{what} did not happen within {} s", .after.as_secs())]
	Timeout {
		/// What was waited for.
		what: String,
		/// For how long.
		after: Duration,
	},
	/// The node answered with an error of its own.
	#[error("the node refused the request: {message}{} (code {code})", .data.as_ref().map(|data| format!(": {data}")).unwrap_or_default())]
	Rpc {
		/// JSON-RPC error code.
		code: i32,
		/// The node's message.
		message: String,
		/// More of it.
		data: Option<String>,
	},
	/// The node answered with something that makes no sense.
	#[error("unexpected answer from the node: {0}")]
	Unexpected(String),
}

impl Error {
	/// What kind of error this is.
	pub fn class(&self) -> ErrorClass {
		match self {
			Self::InvalidUrl { .. } | Self::BadInput(_) | Self::Key(_) => ErrorClass::BadInput,
			Self::NodeUnreachable { .. } | Self::ConnectionLost { .. } => ErrorClass::Unreachable,
			Self::Module { .. }
			| Self::Dispatch(_)
			| Self::Invalid(_)
			| Self::Undone { .. }
			| Self::InsufficientBalance { .. }
			| Self::CannotPay { .. } => ErrorClass::Refused,
			Self::Rpc { .. } | Self::IncompatibleRuntime { .. } | Self::Unexpected(_) => ErrorClass::Internal,
			Self::NotFound(_) => ErrorClass::NotFound,
			Self::Verification(_) => ErrorClass::Verification,
			Self::Timeout { .. } => ErrorClass::Timeout,
		}
	}

	/// A short stable name of this kind of error, for machines.
	pub fn code(&self) -> &'static str {
		match self {
			Self::InvalidUrl { .. } => "invalid_url",
			Self::NodeUnreachable { .. } => "node_unreachable",
			Self::ConnectionLost { .. } => "connection_lost",
			Self::IncompatibleRuntime { .. } => "incompatible_runtime",
			Self::Module { .. } => "module_error",
			Self::Dispatch(_) => "dispatch_error",
			Self::Invalid(_) => "invalid_transaction",
			Self::Undone { .. } => "undone",
			Self::InsufficientBalance { .. } | Self::CannotPay { .. } => "insufficient_balance",
			Self::NotFound(_) => "not_found",
			Self::BadInput(_) => "bad_input",
			Self::Key(_) => "bad_key",
			Self::Verification(_) => "verification_failed",
			Self::Timeout { .. } => "timeout",
			Self::Rpc { .. } => "rpc_error",
			Self::Unexpected(_) => "unexpected_answer",
		}
	}

	/// How to get out of it, where something can be said beyond the message.
	pub fn cure(&self) -> Option<String> {
		Some(match self {
			Self::InvalidUrl { .. } => "give an address such as ws://127.0.0.1:9944".into(),
			Self::NodeUnreachable { .. } => {
				"start a node with `aivm-node --dev`, or give the address of a running one with --url or AIVM_URL"
					.into()
			}
			Self::ConnectionLost { .. } => "see whether the node still runs, then try again".into(),
			Self::IncompatibleRuntime { .. } => "update this program to the release that the chain runs".into(),
			Self::Invalid(refusal) | Self::Undone { rule: refusal, .. } => return refusal.cure(),
			Self::InsufficientBalance { account, .. } | Self::CannotPay { account, .. } => {
				format!("send funds to {account}; on a development chain the accounts //Alice to //Ferdie have some")
			}
			Self::Timeout { .. } => {
				"see whether blocks are made with `aivm chain status`; the request may still take effect".into()
			}
			_ => return None,
		})
	}

	/// The pallet and the name of the error, if a pallet refused.
	pub fn module(&self) -> Option<(&str, &str)> {
		match self {
			Self::Module { pallet, name, .. } => Some((pallet, name)),
			_ => None,
		}
	}

	/// An error about something that cannot be read.
	pub(crate) fn unexpected(error: impl std::fmt::Display) -> Self {
		Self::Unexpected(error.to_string())
	}
}

/// What happened to a call that broke a rule, with the numbers.
fn undone(rule: &Refusal, asset: Asset, limit: u128, value: u128) -> String {
	let (limit, value) = (asset.amount(limit), asset.amount(value));
	let (name, cause) = (rule.name(), rule.cause());
	format!("the chain undid the call ({name}): {cause}; the limit is {limit}, it would have been {value}. The fee was paid")
}

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;

/// JSON-RPC codes of the `aivm_` namespace that say that a block or receipt is not there, or not yet.
const RECEIPT_CODES: std::ops::RangeInclusive<i32> = 12_001..=12_008;
/// JSON-RPC code for a header that is older than the receipt it should prove.
const ANCHOR_TOO_OLD: i32 = 12_004;

/// What an error of the JSON-RPC layer means.
pub(crate) fn from_rpc(error: &subxt::rpcs::Error, url: &str) -> Error {
	match error {
		subxt::rpcs::Error::User(user) => {
			let data = user.data.as_ref().map(|data| {
				// The node sends a JSON string; show it without its quotes.
				serde_json::from_str::<String>(data.get()).unwrap_or_else(|_| data.get().into())
			});
			match (user.code, Refusal::from_rpc(user.code, &user.message, data.as_deref())) {
				(_, Some(refusal)) => Error::Invalid(refusal),
				(ANCHOR_TOO_OLD, None) => Error::BadInput(user.message.clone()),
				(code, None) if RECEIPT_CODES.contains(&code) => Error::NotFound(user.message.clone()),
				(code, None) => Error::Rpc { code, message: user.message.clone(), data },
			}
		}
		subxt::rpcs::Error::Client(_) | subxt::rpcs::Error::DisconnectedWillReconnect(_) => {
			Error::ConnectionLost { url: url.into(), reason: error.to_string() }
		}
		other => Error::Unexpected(other.to_string()),
	}
}

/// What an error of subxt means. `what` says what was asked for, should the runtime not have it.
pub(crate) fn from_subxt(error: impl Into<subxt::Error>, url: &str, what: &str) -> Error {
	use subxt::error::{
		BackendError, ConstantError, ExtrinsicError, RpcError, RuntimeApiError, StorageError, TransactionEventsError,
		TransactionProgressError, TransactionStatusError, ViewFunctionError,
	};
	let error = error.into();
	match backend_error(&error) {
		Some(BackendError::Rpc(RpcError::ClientError(rpc))) => return from_rpc(rpc, url),
		Some(BackendError::Rpc(RpcError::SubscriptionDropped)) => {
			return Error::ConnectionLost { url: url.into(), reason: "the subscription ended".into() };
		}
		_ => {}
	}
	match error {
		subxt::Error::OtherRpcClientError(rpc) => from_rpc(&rpc, url),
		subxt::Error::ExtrinsicError(
			ExtrinsicError::IncompatibleCodegen
			| ExtrinsicError::PalletNameNotFound(_)
			| ExtrinsicError::CallNameNotFound { .. },
		)
		| subxt::Error::StorageError(
			StorageError::IncompatibleCodegen
			| StorageError::PalletNameNotFound(_)
			| StorageError::StorageEntryNotFound { .. },
		)
		| subxt::Error::ViewFunctionError(
			ViewFunctionError::IncompatibleCodegen
			| ViewFunctionError::PalletNotFound(_)
			| ViewFunctionError::ViewFunctionNotFound { .. },
		)
		| subxt::Error::RuntimeApiError(
			RuntimeApiError::IncompatibleCodegen
			| RuntimeApiError::TraitNotFound(_)
			| RuntimeApiError::MethodNotFound { .. },
		)
		| subxt::Error::ConstantError(ConstantError::IncompatibleCodegen) => Error::IncompatibleRuntime { what: what.into() },
		subxt::Error::TransactionEventsError(TransactionEventsError::ExtrinsicFailed(error)) => {
			from_dispatch(error, None)
		}
		subxt::Error::TransactionStatusError(status)
		| subxt::Error::ExtrinsicError(ExtrinsicError::TransactionStatusError(status))
		| subxt::Error::TransactionProgressError(TransactionProgressError::TransactionStatusError(status)) => match status {
			TransactionStatusError::Invalid(message) => Error::Invalid(Refusal::from_message(&message)),
			other => Error::Unexpected(other.to_string()),
		},
		other => Error::Unexpected(format!("{what}: {other}")),
	}
}

/// The error of the connection inside an error of subxt, wherever it is.
fn backend_error(error: &subxt::Error) -> Option<&subxt::error::BackendError> {
	use subxt::error::{
		AccountNonceError, BlockError, BlocksError, EventsError, ExtrinsicError, OnlineClientAtBlockError,
		OnlineClientError, RuntimeApiError, StorageError, TransactionEventsError, TransactionProgressError,
		ViewFunctionError,
	};
	fn at_block(error: &OnlineClientAtBlockError) -> Option<&subxt::error::BackendError> {
		match error {
			OnlineClientAtBlockError::CannotGetCurrentBlock { reason }
			| OnlineClientAtBlockError::CannotGetBlockHash { reason, .. }
			| OnlineClientAtBlockError::CannotGetBlockHeader { reason, .. }
			| OnlineClientAtBlockError::CannotGetSpecVersion { reason, .. } => Some(reason),
			_ => None,
		}
	}
	match error {
		subxt::Error::BackendError(error)
		| subxt::Error::BlocksError(
			BlocksError::CannotGetBlockHeaderStream(error) | BlocksError::CannotGetBlockHeader(error),
		)
		| subxt::Error::OnlineClientError(OnlineClientError::CannotGetGenesisHash(error))
		| subxt::Error::RuntimeApiError(RuntimeApiError::CannotCallApi(error))
		| subxt::Error::ViewFunctionError(ViewFunctionError::CannotCallApi(error))
		| subxt::Error::StorageError(
			StorageError::CannotFetchValue(error) | StorageError::CannotIterateValues(error),
		)
		| subxt::Error::EventsError(EventsError::CannotFetchEventBytes(error))
		| subxt::Error::BlockError(BlockError::CouldNotDownloadBlockHeader { reason: error, .. })
		| subxt::Error::TransactionProgressError(TransactionProgressError::CannotGetNextProgressUpdate(error))
		| subxt::Error::TransactionEventsError(TransactionEventsError::CannotFetchBlockBody { error, .. })
		| subxt::Error::ExtrinsicError(
			ExtrinsicError::ErrorSubmittingTransaction(error)
			| ExtrinsicError::TransactionStatusStreamError(error)
			| ExtrinsicError::CannotGetBlockBody(error)
			| ExtrinsicError::CannotGetFeeInfo(error)
			| ExtrinsicError::CannotGetValidationInfo(error)
			| ExtrinsicError::AccountNonceError { reason: AccountNonceError::CouldNotRetrieve(error), .. },
		) => Some(error),
		subxt::Error::OnlineClientAtBlockError(error)
		| subxt::Error::BlocksError(BlocksError::CannotGetCurrentBlock(error)) => at_block(error),
		_ => None,
	}
}

/// What a failed transaction's error means, with the description that the chain's metadata gives.
/// `types` are those of the chain's metadata; without them, what an error holds is not told.
pub(crate) fn from_dispatch(error: subxt::error::DispatchError, types: Option<&PortableRegistry>) -> Error {
	match &error {
		subxt::error::DispatchError::Module(module) => match module.details() {
			Ok(details) => {
				let [_, _, inner, ..] = module.bytes();
				let held = types.and_then(|types| held(details.variant, inner, types));
				let docs = std::iter::once(docs_of(details.variant)).chain(held).collect::<Vec<_>>().join(" ");
				Error::Module { pallet: details.pallet.name().into(), name: details.variant.name.clone(), docs }
			}
			Err(_) => Error::Dispatch(error.to_string()),
		},
		// Who sent the transaction knows the account and fills it in.
		subxt::error::DispatchError::Token(subxt::error::TokenError::FundsUnavailable) => {
			Error::CannotPay { account: String::new(), have: Amount::default() }
		}
		subxt::error::DispatchError::Token(token) => Error::Dispatch(format!("{token} ({})", error_name(token))),
		_ => Error::Dispatch(error.to_string()),
	}
}

/// A variant's documentation in one line.
fn docs_of(variant: &Variant<PortableForm>) -> String {
	variant.docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().into()
}

/// Name and documentation of the error, or of the part, that an error holds: `index` is the number of its variant. Where an
/// error holds a number, that is all there is to tell.
fn held(outer: &Variant<PortableForm>, index: u8, types: &PortableRegistry) -> Option<String> {
	let mut inner = &types.resolve(outer.fields.first()?.ty.id)?.type_def;
	// A type around a single other one has its encoding.
	while let TypeDef::Composite(wrapper) = inner {
		let [field] = wrapper.fields.as_slice() else { return None };
		inner = &types.resolve(field.ty.id)?.type_def;
	}
	let variants = match inner {
		TypeDef::Variant(variants) => variants,
		TypeDef::Primitive(TypeDefPrimitive::U8) => return Some(format!("It is number {index}.")),
		_ => return None,
	};
	let variant = variants.variants.iter().find(|variant| variant.index == index)?;
	Some(format!("{}: {}", variant.name, docs_of(variant)).trim_end_matches([' ', ':']).into())
}

/// The name of an enum's variant, from its debug form.
fn error_name(value: &impl std::fmt::Debug) -> String {
	format!("{value:?}")
}

#[cfg(test)]
mod tests {
	use super::*;
	use subxt::rpcs::UserError;

	fn rpc(code: i32, message: &str, data: Option<&str>) -> Error {
		let data = data.map(|data| serde_json::value::to_raw_value(data).unwrap());
		from_rpc(&subxt::rpcs::Error::User(UserError { code, message: message.into(), data }), "ws://x")
	}

	#[test]
	fn rpc_errors_should_get_the_class_that_their_code_stands_for() {
		let refused = rpc(1010, "Invalid Transaction", Some("Custom error: 19"));
		assert_eq!((refused.class(), refused.code()), (ErrorClass::Refused, "invalid_transaction"));
		assert!(refused.to_string().contains("VersionRevoked"), "{refused}");

		assert_eq!(rpc(12_002, "not finalised yet", None).class(), ErrorClass::NotFound);
		assert_eq!(rpc(12_004, "cannot prove", None).class(), ErrorClass::BadInput);
		assert_eq!(rpc(12_010, "the node failed", None).class(), ErrorClass::Internal);

		let other = rpc(-32601, "Method not found", Some("more"));
		assert_eq!(other.class(), ErrorClass::Internal);
		assert_eq!(other.to_string(), "the node refused the request: Method not found: more (code -32601)");
	}

	#[test]
	fn undone_calls_should_name_rule_and_numbers() {
		let error = |asset| Error::Undone { rule: Refusal::from_number(85), asset, limit: 5, value: 6 };
		assert_eq!(error(Asset::Native).class(), ErrorClass::Refused);
		let text = error(Asset::Native).to_string();
		assert!(text.contains("AboveTransactionLimit") && text.contains("0.000000000005 AIVM"), "{text}");
		assert!(error(Asset::Other(7)).to_string().contains("6 of asset 7"));
		assert!(error(Asset::Native).cure().is_some());
	}

	#[test]
	fn broken_connections_should_be_told_from_defects() {
		let error = from_rpc(&subxt::rpcs::Error::Client("gone".into()), "ws://x");
		assert_eq!(error.class(), ErrorClass::Unreachable);
		assert!(error.to_string().contains("ws://x"));
		// The same error, as it comes out of a transaction.
		let inner = subxt::error::BackendError::from(subxt::rpcs::Error::Client("gone".into()));
		let error = from_subxt(subxt::error::ExtrinsicError::ErrorSubmittingTransaction(inner), "ws://x", "call");
		assert_eq!(error.class(), ErrorClass::Unreachable);
	}

	#[test]
	fn error_should_name_the_error_that_it_holds() {
		#[derive(scale_info::TypeInfo)]
		#[scale_info(capture_docs = "always")]
		#[allow(dead_code, reason = "only its description is used")]
		enum Fault {
			/// It is too long.
			#[codec(index = 3)]
			Length,
		}
		#[derive(scale_info::TypeInfo)]
		#[scale_info(capture_docs = "always")]
		#[allow(dead_code, reason = "only its description is used")]
		enum Refusal {
			/// It is wrong.
			Wrong(Fault),
			/// It is late.
			Late,
			/// It is wrong in a part.
			Part(In),
			/// One of many is wrong.
			One(u8),
		}
		#[derive(scale_info::TypeInfo)]
		#[allow(dead_code, reason = "only its description is used")]
		struct In(Fault);
		let mut registry = scale_info::Registry::new();
		let id = registry.register_type(&scale_info::meta_type::<Refusal>()).id;
		let types = PortableRegistry::from(registry);
		let TypeDef::Variant(outer) = &types.resolve(id).unwrap().type_def else { panic!("an enum") };
		let [wrong, late, part, one] = outer.variants.as_slice() else { panic!("four variants") };
		assert_eq!(docs_of(wrong), "It is wrong.");
		assert_eq!(held(wrong, 3, &types), Some("Length: It is too long.".into()));
		assert_eq!(held(wrong, 4, &types), None);
		assert_eq!(held(late, 3, &types), None);
		assert_eq!(held(part, 3, &types), Some("Length: It is too long.".into()));
		assert_eq!(held(one, 3, &types), Some("It is number 3.".into()));
	}

	#[test]
	fn missing_calls_should_ask_for_another_release() {
		let error = from_subxt(subxt::error::ExtrinsicError::IncompatibleCodegen, "ws://x", "call Tasks.infer");
		assert_eq!(error.code(), "incompatible_runtime");
		assert!(error.to_string().contains("Tasks.infer") && error.cure().unwrap().contains("update"));
	}

	#[test]
	fn missing_funds_should_name_what_there_is_and_what_is_needed() {
		let error = Error::InsufficientBalance {
			account: "5Grw".into(),
			purpose: "the fee".into(),
			have: Amount(1_500_000_000_000),
			need: Amount(2_000_000_000_000),
		};
		assert_eq!(error.to_string(), "5Grw has 1.5 AIVM, but 2 AIVM is needed for the fee");
		assert_eq!(error.class(), ErrorClass::Refused);
	}
}
