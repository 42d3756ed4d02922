// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A runtime with this pallet, balances and a clock. Its constants differ from each other, so that no test passes by
//! accident.

use aivm_receipts::{ProofError, ReceiptV1};
use aivm_traits::{Balance, ReceiptInspect, ReceiptRefused};
use codec::DecodeAll;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU32, ConstU64},
	PalletId,
};
use sp_core::H256;
use sp_runtime::{
	traits::{IdentityLookup, Zero},
	AccountId32, BuildStorage,
};

use crate as pallet_agent_identity;

pub type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(3)]
	pub type Identity = pallet_agent_identity;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<{ EXISTENTIAL_DEPOSIT }>;
	type AccountStore = System;
}

impl pallet_timestamp::Config for Test {
	type Moment = u64;
	type OnTimestampSet = ();
	type MinimumPeriod = ConstU64<1>;
	type WeightInfo = ();
}

pub const EXISTENTIAL_DEPOSIT: Balance = 700;
pub const ITEM_DEPOSIT: Balance = 1_000;
pub const BYTE_DEPOSIT: Balance = 3;
pub const ITEM_FEE: Balance = 50;
pub const BYTE_FEE: Balance = 2;
pub const HALF_LIFE: u64 = 1_000;
pub const MAX_METADATA: u32 = 5;
pub const MAX_PAGE: u32 = 4;
pub const MAX_SCAN: u32 = 9;
pub const MAX_ACCOUNTS: u32 = 6;
/// When tests begin, in seconds.
pub const START: u64 = 1_700_000_000;

parameter_types! {
	pub const Id: PalletId = PalletId(*b"aivm/agt");
	pub Treasury: AccountId32 = TREASURY;
}

/// Takes the encoding of a receipt for its proof, unless it is of block 13, whose hash nobody knows. Proofs themselves are
/// tested where they are checked.
pub struct Receipts;
impl ReceiptInspect for Receipts {
	fn prove(mut proof: &[u8]) -> Result<ReceiptV1, ReceiptRefused> {
		let malformed = ReceiptRefused::Proof(ProofError::ProofMalformed);
		let receipt = ReceiptV1::decode_all(&mut proof).map_err(|_| malformed)?;
		if receipt.id.block == 13 {
			return Err(ReceiptRefused::UnknownBlock);
		}
		Ok(receipt)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_up_proof(body: aivm_receipts::ReceiptBody, _: u32) -> Vec<u8> {
		codec::Encode::encode(&ReceiptV1 { id: aivm_receipts::ReceiptId { block: 1, index: 0 }, body })
	}
}

impl crate::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type Currency = Balances;
	type Receipts = Receipts;
	type Time = Timestamp;
	type Treasury = Treasury;
	type ItemDeposit = ConstU128<ITEM_DEPOSIT>;
	type ByteDeposit = ConstU128<BYTE_DEPOSIT>;
	type ItemFee = ConstU128<ITEM_FEE>;
	type ByteFee = ConstU128<BYTE_FEE>;
	type PalletId = Id;
	type PaidHalfLife = ConstU64<HALF_LIFE>;
	type MaxMetadata = ConstU32<MAX_METADATA>;
	type MaxProofLen = ConstU32<1_000>;
	type MaxPageSize = ConstU32<MAX_PAGE>;
	type MaxScan = ConstU32<MAX_SCAN>;
	type MaxAccounts = ConstU32<MAX_ACCOUNTS>;
	type WeightInfo = ();
}

pub const ALICE: AccountId32 = AccountId32::new([1; 32]);
pub const BOB: AccountId32 = AccountId32::new([2; 32]);
pub const CHARLIE: AccountId32 = AccountId32::new([3; 32]);
pub const DAVE: AccountId32 = AccountId32::new([4; 32]);
pub const TREASURY: AccountId32 = AccountId32::new([8; 32]);
/// Has no money.
pub const POOR: AccountId32 = AccountId32::new([9; 32]);
pub const ZERO: AccountId32 = AccountId32::new([0; 32]);

pub const ALICE_BALANCE: Balance = 1_000_000;
pub const BOB_BALANCE: Balance = 900_000;

/// What tells the chain of the tests from others.
pub const GENESIS: H256 = H256::repeat_byte(0x77);

/// Storage in block 1.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("the genesis builds");
	pallet_balances::GenesisConfig::<Test> {
		balances: vec![
			(ALICE, ALICE_BALANCE),
			(BOB, BOB_BALANCE),
			(CHARLIE, 800_000),
			(DAVE, 700_000),
			(TREASURY, EXISTENTIAL_DEPOSIT),
		],
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("the genesis builds");
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		frame_system::BlockHash::<Test>::insert(u64::zero(), GENESIS);
		set_time(START);
	});
	ext
}

/// Sets the clock, in seconds.
pub fn set_time(seconds: u64) {
	Timestamp::set_timestamp(seconds * 1_000);
}

/// Runs a test and checks every invariant after it.
pub fn run_test(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		if let Err(error) = Identity::do_try_state() {
			panic!("the test left an inconsistent state: {error:?}");
		}
	});
}

/// Storage for benchmarks as tests, with a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub fn benchmark_ext() -> sp_io::TestExternalities {
	use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
	let mut ext = new_test_ext();
	ext.register_extension(KeystoreExt::new(MemoryKeystore::new()));
	ext
}
