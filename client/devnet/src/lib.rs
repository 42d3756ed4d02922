// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! # Development networks
//!
//! Starts real `aivm-node` processes for tests, benchmarks and the demo, and stops them again. Every node listens on loopback
//! only, on ports that the operating system chose, with its database in a folder of its own that goes with it.
//!
//! ```no_run
//! use aivm_devnet::{Node, NodeConfig};
//!
//! # fn main() -> Result<(), aivm_devnet::Error> {
//! let node = Node::start(NodeConfig::dev())?;
//! println!("connect to {}", node.url());
//! // The node is killed and its folder removed when `node` goes out of scope.
//! # Ok(())
//! # }
//! ```
//!
//! Everything here blocks. In asynchronous code, start nodes in `tokio::task::spawn_blocking`, or before the runtime.

mod binary;
mod config;
mod error;
mod log;
mod network;
mod node;
mod rpc;
mod spec;

pub use binary::{find_binary, BINARY_VARIABLE};
pub use config::{Chain, NodeConfig, SyncMode};
pub use error::Error;
pub use network::Network;
pub use node::Node;
pub use spec::{write_local_spec, write_production_spec};
