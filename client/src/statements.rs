// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What Ethereum keys sign: typed data (EIP-712), made here and not only by the node, so that nobody signs something else.

use aivm_identifiers::{
	caip,
	eip712::{AgentLink, Domain, TypedData, WalletSet},
	H160, U256,
};
use serde::Serialize;
use serde_json::{json, Value};

use crate::{bindings::api, AgentInfo, Client, Error, EthereumAddress, EthereumAgent, Result, Wallet, H256};

/// A statement that an Ethereum key signs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
	/// The EIP-712 digest that is signed.
	pub digest: H256,
	/// The statement as wallets show it: the argument of `eth_signTypedData_v4`.
	pub typed_data: Value,
}

impl Client {
	/// What the key of `address` must sign to become the wallet of an agent. `deadline` is in seconds of Unix time.
	///
	/// # Errors
	/// [`Error::Unexpected`] if the chain takes a signature of something else.
	pub async fn wallet_statement(&self, agent: u64, address: EthereumAddress, deadline: u64) -> Result<Statement> {
		let info = self.agent(agent).await?;
		let statement = wallet(&self.genesis_hash(), &info, address, deadline);
		let expected = self.wallet_message(agent, &Wallet::Ethereum(address), deadline).await?;
		same(statement, &expected)
	}

	/// What the key of `ethereum.owner` must sign to link an agent. `deadline` is in seconds of Unix time.
	///
	/// # Errors
	/// [`Error::Unexpected`] if the chain takes a signature of something else.
	pub async fn link_statement(&self, agent: u64, ethereum: &EthereumAgent, deadline: u64) -> Result<Statement> {
		let info = self.agent(agent).await?;
		let at = self.at_best().await?;
		let failed = |error: subxt::error::StorageError| self.error(error, "storage AgentIdentity.Agents");
		let stored = at.storage().fetch(api::storage().agent_identity().agents(), (agent,)).await.map_err(failed)?;
		let nonce = stored.decode().map_err(Error::unexpected)?.link_nonce;
		let statement = link(&self.genesis_hash(), &info, ethereum, nonce.into(), deadline)?;
		let expected = self.link_digest(agent, ethereum, deadline).await?;
		same(statement, &expected.0)
	}
}

/// Fails unless the chain takes a signature of this statement.
fn same(statement: Statement, expected: &[u8]) -> Result<Statement> {
	if statement.digest.0 == expected {
		return Ok(statement);
	}
	// It may also have changed between two questions to the node.
	Err(Error::Unexpected("the node gives something else to sign than this statement; try again".into()))
}

fn wallet(genesis: &H256, info: &AgentInfo, address: EthereumAddress, deadline: u64) -> Statement {
	let owner = H256(info.owner.0);
	let nonce = info.wallet_nonce.into();
	let set = WalletSet { agent_id: info.id, new_wallet: H160(address.0), owner: info.owner.0.into(), deadline, nonce };
	statement(
		genesis,
		&set,
		json!({
			"agentId": info.id.to_string(),
			"newWallet": address,
			"owner": owner,
			"deadline": deadline.to_string(),
			"nonce": nonce.to_string(),
		}),
	)
}

fn link(genesis: &H256, info: &AgentInfo, ethereum: &EthereumAgent, nonce: u64, deadline: u64) -> Result<Statement> {
	let agent_id = U256::from_dec_str(ethereum.agent_id.trim())
		.map_err(|_| Error::BadInput(format!("{:?} is no number of an agent", ethereum.agent_id)))?;
	let registry = H160(ethereum.registry.0);
	let claim = AgentLink {
		chain_id: ethereum.chain_id,
		registry,
		agent_id,
		genesis: genesis.0,
		native_agent_id: info.id,
		native_owner: info.owner.0.into(),
		deadline,
		nonce,
	};
	let message = json!({
		"agentRegistry": caip::eip155_account(ethereum.chain_id, registry).to_string(),
		"agentId": agent_id.to_string(),
		"genesis": genesis,
		"nativeAgentId": info.id.to_string(),
		"nativeOwner": H256(info.owner.0),
		"deadline": deadline.to_string(),
		"nonce": nonce.to_string(),
	});
	Ok(statement(genesis, &claim, message))
}

/// A statement in the domain of the chain's registry.
fn statement<T: TypedData>(genesis: &H256, data: &T, message: Value) -> Statement {
	let domain = Domain::native(genesis.0);
	let (name, fields) = fields(T::TYPE);
	let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
	let of_domain = [field("name", "string"), field("version", "string"), field("salt", "bytes32")];
	let typed_data = json!({
		"types": { "EIP712Domain": of_domain, name: fields },
		"primaryType": name,
		"domain": { "name": domain.name, "version": domain.version, "salt": genesis },
		"message": message,
	});
	Statement { digest: H256(data.digest(&domain)), typed_data }
}

/// The name and the fields of a type as EIP-712 encodes it: `Name(kind field,kind field)`.
fn fields(encoded: &str) -> (&str, Vec<Value>) {
	let (name, rest) = encoded.split_once('(').unwrap_or((encoded, ""));
	let pairs = rest.trim_end_matches(')').split(',').filter_map(|field| field.split_once(' '));
	(name, pairs.map(|(kind, name)| json!({ "name": name, "type": kind })).collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{AccountId, Amount};
	use sp_crypto_hashing::keccak_256;

	fn info() -> AgentInfo {
		AgentInfo {
			id: 7,
			owner: AccountId::from([2; 32]),
			account: AccountId::from([3; 32]),
			uri: String::new(),
			card_hash: None,
			wallet: None,
			proposed_wallet: None,
			wallet_nonce: 5,
			approved: None,
			transfers: 0,
			metadata_count: 0,
			clients: 0,
			feedback: 0,
			validations: 0,
			deposit: Amount(0),
		}
	}

	/// A word of the encoding, from the JSON that a wallet gets.
	fn word(kind: &str, value: &Value) -> [u8; 32] {
		let text = value.as_str().unwrap();
		let bytes = || hex::decode(text.trim_start_matches("0x")).unwrap();
		match kind {
			"string" => keccak_256(text.as_bytes()),
			"uint256" => U256::from_dec_str(text).unwrap().to_big_endian(),
			"bytes32" => bytes().try_into().unwrap(),
			"address" => [vec![0; 12], bytes()].concat().try_into().unwrap(),
			other => panic!("{other}"),
		}
	}

	/// `hashStruct` of EIP-712, from the JSON that a wallet gets.
	fn struct_hash(typed_data: &Value, name: &str, message: &Value) -> [u8; 32] {
		let fields = typed_data["types"][name].as_array().unwrap();
		let of = |field: &Value, part: &str| field[part].as_str().unwrap().to_owned();
		let list: Vec<_> = fields.iter().map(|field| format!("{} {}", of(field, "type"), of(field, "name"))).collect();
		let mut words = vec![keccak_256(format!("{name}({})", list.join(",")).as_bytes())];
		words.extend(fields.iter().map(|field| word(&of(field, "type"), &message[of(field, "name")])));
		keccak_256(&words.concat())
	}

	/// What a wallet would sign.
	fn digest_of(typed_data: &Value) -> [u8; 32] {
		let domain = struct_hash(typed_data, "EIP712Domain", &typed_data["domain"]);
		let name = typed_data["primaryType"].as_str().unwrap();
		let message = struct_hash(typed_data, name, &typed_data["message"]);
		keccak_256(&[&[0x19, 0x01], &domain[..], &message].concat())
	}

	#[test]
	fn typed_data_should_have_the_digest_that_the_chain_takes() {
		let genesis = H256([1; 32]);
		let address: EthereumAddress = "0x8004A169FB4a3325136EB29fA0ceB6D2e539a432".parse().unwrap();
		let made = wallet(&genesis, &info(), address, 99);
		assert_eq!(digest_of(&made.typed_data), made.digest.0);
		let ethereum = EthereumAgent {
			chain_id: 1,
			registry: address,
			agent_id: U256::MAX.to_string(),
			owner: EthereumAddress([4; 20]),
		};
		let made = link(&genesis, &info(), &ethereum, 3, 99).unwrap();
		assert_eq!(digest_of(&made.typed_data), made.digest.0);
		assert!(same(made.clone(), &made.digest.0).is_ok() && same(made, &[0; 32]).is_err());
	}
}
