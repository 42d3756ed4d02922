// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use proptest::prelude::*;
use sp_core::{crypto::AccountId32, H160};

use super::{address, bytes};
use crate::{
	caip::{
		agent_registry, eip155_account, polkadot_account, AccountId, CaipError, ChainId, EIP155, MAX_ACCOUNT_ID_LEN,
		POLKADOT,
	},
	ethereum::AddressError,
};

const POLKADOT_GENESIS: &str = "91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3";
const KUSAMA_GENESIS: &str = "b0a8d493285c2df73290dfb7e61f870f17b41801197a149ca93654499ea3dafe";
const ALICE: &str = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

fn alice() -> AccountId32 {
	AccountId32::new(bytes(ALICE))
}

fn chain(text: &str) -> Result<ChainId, CaipError> {
	text.parse()
}

fn account(text: &str) -> Result<AccountId, CaipError> {
	text.parse()
}

#[test]
fn chain_should_have_its_published_name_when_made_from_a_genesis_hash() {
	for (genesis, name) in [
		(POLKADOT_GENESIS, "polkadot:91b171bb158e2d3848fa23a9f1c25182"),
		(KUSAMA_GENESIS, "polkadot:b0a8d493285c2df73290dfb7e61f870f"),
	] {
		let genesis = bytes(genesis);
		let made = ChainId::polkadot(&genesis);
		assert_eq!(made.to_string(), name);
		assert_eq!(chain(name).as_ref(), Ok(&made));
		assert_eq!(made.to_polkadot().unwrap(), genesis[..16]);
		assert_eq!(made.to_eip155(), Err(CaipError::OtherNamespace));
	}
}

#[test]
fn chain_should_have_its_number_when_it_is_ethereum() {
	for (number, name) in [(1, "eip155:1"), (84_532, "eip155:84532"), (u64::MAX, "eip155:18446744073709551615")] {
		assert_eq!(ChainId::eip155(number).to_string(), name);
		let read = chain(name).unwrap();
		assert_eq!((read.namespace(), read.to_eip155()), (EIP155, Ok(number)));
		assert_eq!(read.to_polkadot(), Err(CaipError::OtherNamespace));
	}
	for name in ["eip155:01", "eip155:-1", "eip155:1a", "eip155:18446744073709551616", "eip155:0x1"] {
		assert_eq!(chain(name).unwrap().to_eip155(), Err(CaipError::BadChainNumber), "{name}");
	}
}

#[test]
fn chain_should_be_refused_when_it_breaks_the_limits() {
	assert!(chain("a-1:_").is_ok());
	assert!(chain(&format!("{}:{}", "a".repeat(8), "Z".repeat(32))).is_ok());
	for (text, error) in [
		("", CaipError::NoReference),
		("eip155", CaipError::NoReference),
		("ei:1", CaipError::BadNamespace),
		("Eip155:1", CaipError::BadNamespace),
		("eip_155:1", CaipError::BadNamespace),
		("aaaaaaaaa:1", CaipError::BadNamespace),
		(":1", CaipError::BadNamespace),
		("eip155:", CaipError::BadReference),
		("eip155: 1", CaipError::BadReference),
		("eip155:1 ", CaipError::BadReference),
		("eip155:1.5", CaipError::BadReference),
		("eip155:é", CaipError::BadReference),
		("eip155:1:2", CaipError::BadReference),
		("eip155:111111111111111111111111111111111", CaipError::BadReference),
	] {
		assert_eq!(chain(text), Err(error), "{text:?}");
	}
}

#[test]
fn genesis_should_be_refused_when_it_is_not_32_lower_case_digits() {
	for name in [
		"polkadot:91b171bb158e2d3848fa23a9f1c2518",
		"polkadot:91B171BB158E2D3848FA23A9F1C25182",
		"polkadot:-1b171bb158e2d3848fa23a9f1c25182",
		"polkadot:91b171bb158e2d3848fa23a9f1c2518g",
	] {
		assert_eq!(chain(name).unwrap().to_polkadot(), Err(CaipError::BadGenesis), "{name}");
	}
}

#[test]
fn account_should_be_read_when_it_is_one_of_the_examples_of_the_standard() {
	for text in [
		"eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb",
		"bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6",
		"cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0",
		"polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy",
		"starknet:SN_GOERLI:0x02dd1b492765c064eac4039e3841aa5f382773b598097a40073bd8b48170ab57",
		"hedera:mainnet:0.0.1234567890-zbhlt",
	] {
		let read = account(text).unwrap();
		assert_eq!(read.to_string(), text);
		let (namespace, rest) = text.split_once(':').unwrap();
		let (reference, address) = rest.split_once(':').unwrap();
		assert_eq!((read.chain().namespace(), read.chain().reference()), (namespace, reference));
		assert_eq!(read.address(), address);
	}
	// An example whose SS58 address lost its case: well formed, but nobody's.
	let lost = account("polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy");
	assert_eq!(lost.unwrap().to_polkadot(), Err(CaipError::BadSs58));
}

#[test]
fn account_should_be_refused_when_it_breaks_the_limits() {
	let longest = format!("{}:{}:{}", "a".repeat(8), "b".repeat(32), "c".repeat(128));
	assert_eq!(longest.len(), MAX_ACCOUNT_ID_LEN);
	assert!(account(&longest).is_ok());
	for (text, error) in [
		("", CaipError::NoReference),
		("eip155:1", CaipError::NoAddress),
		("eip155:1:", CaipError::BadAddress),
		("eip155:1:0x1:2", CaipError::BadAddress),
		("eip155:1:0x_1", CaipError::BadAddress),
		("eip155:1:0x1 ", CaipError::BadAddress),
		("eip155::0x1", CaipError::BadReference),
		("::", CaipError::BadNamespace),
		(&format!("{longest}c"), CaipError::BadAddress),
	] {
		assert_eq!(account(text), Err(error), "{text:?}");
	}
}

#[test]
fn account_should_be_an_ss58_address_when_its_chain_is_of_this_sdk() {
	for (prefix, address) in [
		(0, "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"),
		(2, "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F"),
		(42, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
	] {
		let text = format!("polkadot:91b171bb158e2d3848fa23a9f1c25182:{address}");
		let made = polkadot_account(&bytes(POLKADOT_GENESIS), prefix, &alice());
		assert_eq!(made.to_string(), text);
		assert_eq!(agent_registry(&bytes(POLKADOT_GENESIS), prefix, &alice()), made);
		assert_eq!(account(&text).unwrap().to_polkadot(), Ok((alice(), prefix)));
		assert_eq!(account(&text).unwrap().to_eip155(), Err(CaipError::OtherNamespace));
	}
	let wrong = "polkadot:91b171bb158e2d3848fa23a9f1c25182:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ";
	assert_eq!(account(wrong).unwrap().to_polkadot(), Err(CaipError::BadSs58));
	let other = "kusama:91b171bb158e2d3848fa23a9f1c25182:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	assert_eq!(account(other).unwrap().to_polkadot(), Err(CaipError::OtherNamespace));
	let short = "polkadot:91b171bb:5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	assert_eq!(account(short).unwrap().to_polkadot(), Err(CaipError::BadGenesis));
}

#[test]
fn account_should_have_its_checksum_when_it_is_on_ethereum() {
	// The examples of the namespace's own profile of CAIP-10.
	let good = "eip155:1:0x22227A31dd842196A246d8f3b775998560eAa61d";
	let key = address("0x22227a31dd842196a246d8f3b775998560eaa61d");
	assert_eq!(eip155_account(1, key).to_string(), good);
	assert_eq!(account(good).unwrap().to_eip155(), Ok((1, key)));
	assert_eq!(account("eip155:1:0x22227a31dd842196a246d8f3b775998560eaa61d").unwrap().to_eip155(), Ok((1, key)));
	assert_eq!(account("eip155:1:0x22227A31DD842196A246D8F3B775998560EAA61D").unwrap().to_eip155(), Ok((1, key)));
	let polygon = address("0x0495766cD136138Fc492Dd499B8DC87A92D6685b");
	assert_eq!(eip155_account(137, polygon).to_string(), "eip155:137:0x0495766cD136138Fc492Dd499B8DC87A92D6685b");
	for (text, error) in [
		("eip155:1:0x22227A31dd842196A246d8f3b775998560eAa61D", AddressError::BadChecksum),
		("eip155:1:0x22227A31dd842196A246d8f3b775998560eAa61", AddressError::Malformed),
		("eip155:1:0X22227a31dd842196a246d8f3b775998560eaa61d", AddressError::Malformed),
		("eip155:1:22227a31dd842196a246d8f3b775998560eaa61d00", AddressError::Malformed),
		("eip155:1:0x22227a31dd842196a246d8f3b775998560eaa61g", AddressError::Malformed),
		("eip155:1:0x-2227a31dd842196a246d8f3b775998560eaa61d", AddressError::Malformed),
	] {
		assert_eq!(account(text).unwrap().to_eip155(), Err(CaipError::BadEthereumAddress(error)), "{text}");
	}
	assert_eq!(
		account("eip155:x:0x22227a31dd842196a246d8f3b775998560eaa61d").unwrap().to_eip155(),
		Err(CaipError::BadChainNumber)
	);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_048))]

	#[test]
	fn names_should_survive_reading_and_writing(
		genesis: [u8; 32], key: [u8; 32], prefix in 0..16_384u16, number: u64, eth: [u8; 20],
	) {
		// 46 and 47 are reserved: nobody may use them.
		prop_assume!(prefix != 46 && prefix != 47);
		let made = polkadot_account(&genesis, prefix, &AccountId32::new(key));
		let read = account(&made.to_string()).unwrap();
		prop_assert_eq!(read.chain().namespace(), POLKADOT);
		prop_assert_eq!(read.to_polkadot(), Ok((AccountId32::new(key), prefix)));
		prop_assert_eq!(&read.chain().to_polkadot().unwrap()[..], &genesis[..16]);
		prop_assert_eq!(read, made);

		let made = eip155_account(number, H160(eth));
		let read = account(&made.to_string()).unwrap();
		prop_assert_eq!(read.to_eip155(), Ok((number, H160(eth))));
		prop_assert_eq!(read, made);
	}

	#[test]
	fn reading_should_never_panic_and_keep_what_it_accepts(text in "[ -~é:]{0,200}|[a-z0-9]{2,9}:[a-zA-Z0-9_]{0,33}:[a-z0-9.%:-]{0,130}") {
		if let Ok(read) = account(&text) {
			prop_assert_eq!(read.to_string(), text.clone());
			let _ = (read.to_polkadot(), read.to_eip155());
		}
		if let Ok(read) = chain(&text) {
			prop_assert_eq!(read.to_string(), text);
		}
	}
}
