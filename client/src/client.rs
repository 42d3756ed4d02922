// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The connection to a node.

use std::{sync::Arc, time::Duration};

use subxt::{
	backend::LegacyBackend,
	client::OnlineClientAtBlock,
	config::{RpcConfigFor, SubstrateConfig},
	rpcs::{methods::LegacyRpcMethods, RpcClient},
	OnlineClient,
};

use crate::{
	bindings::ChainDispatchError,
	error::{from_dispatch, from_rpc, from_subxt},
	Error, Result, H256,
};

/// The chain's types, as subxt knows them.
pub(crate) type Config = SubstrateConfig;
/// The chain at one block.
pub(crate) type AtBlock = OnlineClientAtBlock<Config>;

/// SCALE index of the errors of pallets among all errors of a dispatch.
const MODULE_ERROR: u8 = 3;
/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to a node. Cheap to clone; clones share the connection.
#[derive(Clone, Debug)]
pub struct Client {
	url: Arc<str>,
	pub(crate) rpc: RpcClient,
	pub(crate) legacy: LegacyRpcMethods<RpcConfigFor<Config>>,
	pub(crate) online: OnlineClient<Config>,
}

impl Client {
	/// Connects to the node at `url` (`ws://` or `wss://`) within [`CONNECT_TIMEOUT`].
	pub async fn connect(url: &str) -> Result<Self> {
		Self::connect_within(url, CONNECT_TIMEOUT).await
	}

	/// Connects to the node at `url` within `timeout`.
	///
	/// # Errors
	/// [`Error::InvalidUrl`] if `url` is no WebSocket URL, [`Error::NodeUnreachable`] if nobody answers there in time.
	pub async fn connect_within(url: &str, timeout: Duration) -> Result<Self> {
		check_url(url)?;
		let unreachable = |reason: String| Error::NodeUnreachable { url: url.into(), reason };
		let connecting = async {
			let rpc = RpcClient::from_insecure_url(url).await.map_err(|error| unreachable(root_cause(&error)))?;
			let backend = LegacyBackend::<Config>::builder().build(rpc.clone());
			let config = SubstrateConfig::builder().build();
			let online = OnlineClient::from_backend_with_config(config, Arc::new(backend))
				.await
				.map_err(|error| unreachable(root_cause(&error)))?;
			Ok(Self { url: url.into(), legacy: LegacyRpcMethods::new(rpc.clone()), rpc, online })
		};
		match tokio::time::timeout(timeout, connecting).await {
			Ok(connected) => connected,
			Err(_) => Err(unreachable(format!("no answer within {} s", timeout.as_secs_f32()))),
		}
	}

	/// The address of the node.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Hash of the chain's first block, which tells chains apart.
	pub fn genesis_hash(&self) -> H256 {
		self.online.genesis_hash()
	}

	/// Sends one JSON-RPC request, for what this crate has no function for.
	pub async fn request(&self, method: &str, params: &[serde_json::Value]) -> Result<serde_json::Value> {
		let mut encoded = subxt::rpcs::client::RpcParams::new();
		for param in params {
			encoded.push(param).map_err(|error| self.rpc_error(&error))?;
		}
		self.rpc.request(method, encoded).await.map_err(|error| self.rpc_error(&error))
	}

	/// The chain at its best block, which may still change its place.
	pub(crate) async fn at_best(&self) -> Result<AtBlock> {
		let hash = self.legacy.chain_get_block_hash(None).await.map_err(|error| self.rpc_error(&error))?;
		let hash = hash.ok_or_else(|| Error::Unexpected("the node has no best block".into()))?;
		self.at_hash(hash).await
	}

	/// The chain at the block with this hash.
	pub(crate) async fn at_hash(&self, hash: H256) -> Result<AtBlock> {
		self.online.at_block(hash).await.map_err(|error| self.error(error, "blocks"))
	}

	/// The chain at its last finalised block.
	pub(crate) async fn at_finalised(&self) -> Result<AtBlock> {
		self.online.at_current_block().await.map_err(|error| self.error(error, "blocks"))
	}

	/// What an error of subxt means. `what` says what was asked for.
	pub(crate) fn error(&self, error: impl Into<subxt::Error>, what: &str) -> Error {
		from_subxt(error, &self.url, what)
	}

	/// What an error means that a view function answered with.
	pub(crate) fn dispatch_error(&self, at: &AtBlock, error: &ChainDispatchError) -> Error {
		let ChainDispatchError::Module(module) = error else { return Error::Dispatch(format!("{error:?}")) };
		let [first, second, third, fourth] = module.error;
		let bytes = vec![MODULE_ERROR, module.index, first, second, third, fourth];
		match subxt::error::DispatchError::decode_from(bytes, at.metadata()) {
			Ok(error) => from_dispatch(error, Some(at.metadata_ref().types())),
			Err(error) => Error::unexpected(error),
		}
	}

	/// What an error of the JSON-RPC layer means.
	pub(crate) fn rpc_error(&self, error: &subxt::rpcs::Error) -> Error {
		from_rpc(error, &self.url)
	}
}

/// Refuses what cannot be the address of a node, before anything is resolved or connected.
fn check_url(url: &str) -> Result<()> {
	let reason = match url.strip_prefix("ws://").or_else(|| url.strip_prefix("wss://")) {
		None => "it must start with ws:// or wss://",
		Some(rest) if rest.is_empty() || rest.starts_with(['/', ':', '?', '#']) => "it names no host",
		Some(rest) if rest.contains(char::is_whitespace) => "it contains white space",
		Some(_) => return Ok(()),
	};
	Err(Error::InvalidUrl { url: url.chars().take(200).collect(), reason: reason.into() })
}

/// What went wrong at the bottom of an error of the connection. The layers above repeat themselves.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
	let mut innermost = error;
	while let Some(source) = innermost.source() {
		innermost = source;
	}
	innermost.to_string().replace("RPC error: client error: ", "")
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::ErrorClass;

	#[test]
	fn check_url_should_refuse_what_is_no_websocket_address() {
		for url in ["", "localhost:9944", "http://127.0.0.1:9944", "ws://", "ws://:9944", "ws://a b"] {
			let error = check_url(url).unwrap_err();
			assert_eq!(error.class(), ErrorClass::BadInput, "{url}");
			assert!(error.cure().unwrap().contains("ws://127.0.0.1:9944"));
		}
		for url in ["ws://127.0.0.1:9944", "wss://node.example/rpc", "ws://[::1]:9944"] {
			assert!(check_url(url).is_ok(), "{url}");
		}
	}

	#[tokio::test]
	async fn connect_should_say_how_to_start_a_node_when_nobody_listens() {
		let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
		let url = format!("ws://{}", listener.local_addr().unwrap());
		drop(listener);
		let error = Client::connect(&url).await.unwrap_err();
		assert_eq!(error.class(), ErrorClass::Unreachable);
		assert!(error.to_string().contains(&url), "{error}");
		assert!(error.cure().unwrap().contains("aivm-node --dev"));
	}

	#[tokio::test]
	async fn connect_should_time_out_when_the_other_side_is_silent() {
		let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
		let url = format!("ws://{}", listener.local_addr().unwrap());
		let error = Client::connect_within(&url, Duration::from_millis(200)).await.unwrap_err();
		assert_eq!(error.class(), ErrorClass::Unreachable);
		assert!(error.to_string().contains("no answer within 0.2 s"), "{error}");
	}
}
