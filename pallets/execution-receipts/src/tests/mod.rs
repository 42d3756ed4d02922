// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Helpers: a chain of real blocks with an off-chain database.

mod blocks;
mod chain;
mod inspect;
mod record;
mod try_state;

use aivm_receipts::{
	offchain_key, store, BlockLeaf, Evidence, Header, LeafProof, Payment, PolicyDecision, Receipt, ReceiptBody,
	ReceiptId, TrustPath, Verdict,
};
use aivm_traits::ReceiptSink;
use codec::Encode;
use frame_support::traits::{OnFinalize, OnInitialize};
use sp_core::{
	crypto::AccountId32,
	offchain::{testing::TestOffchainExt, OffchainDbExt, OffchainWorkerExt, StorageKind},
	H256,
};
use sp_io::TestExternalities;
use sp_runtime::{traits::Header as _, Digest, DigestItem};

use crate::mock::*;

/// What a receipt of this task says.
pub fn body(task: u64) -> ReceiptBody {
	let mark = |what: u8| H256(sp_io::hashing::blake2_256(&(what, task).encode()));
	ReceiptBody {
		task,
		requester: AccountId32::new(mark(0).0),
		provider: AccountId32::new(mark(1).0),
		model: 3,
		version: 2,
		artefact_hash: mark(2),
		input_hash: mark(3),
		output_hash: mark(4),
		path: TrustPath::OnChain,
		evidence: Evidence::Consensus,
		policy: PolicyDecision::NotApplied,
		verdict: Verdict::Accepted,
		payment: Payment { provider: 8_000_000_000, royalty: 1_000_000_000, treasury: 500_000_000, burn: 500_000_000 },
	}
}

pub fn record(task: u64) -> ReceiptId {
	Receipts::record(body(task)).unwrap()
}

/// Runs `test` in block 1 and checks the state afterwards.
pub fn in_block(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		System::set_block_number(1);
		test();
		Receipts::do_try_state().unwrap();
	});
}

/// Blocks with real headers, of which each names the one before it.
pub struct TestChain {
	ext: TestExternalities,
	headers: Vec<Header>,
}

impl TestChain {
	pub fn new() -> Self {
		let mut ext = new_test_ext();
		let (offchain, _) = TestOffchainExt::with_offchain_db(ext.offchain_db());
		ext.register_extension(OffchainDbExt::new(offchain.clone()));
		ext.register_extension(OffchainWorkerExt::new(offchain));
		let genesis = Header::new(0, H256::zero(), H256::zero(), H256::zero(), Digest::default());
		Self { ext, headers: vec![genesis] }
	}

	/// Makes a block in which `run` is what its transactions do, and checks the state while it runs and after it.
	pub fn block(&mut self, run: impl FnOnce()) {
		let parent = self.headers.last().unwrap();
		let (number, parent_hash) = (parent.number + 1, parent.hash());
		let slot = Digest { logs: vec![DigestItem::PreRuntime(*b"BABE", vec![1, 2, 3])] };
		let header = self.ext.execute_with(|| {
			System::reset_events();
			System::initialize(&number, &parent_hash, &slot);
			AllPalletsWithSystem::on_initialize(number);
			run();
			Receipts::do_try_state().unwrap();
			AllPalletsWithSystem::on_finalize(number);
			Receipts::do_try_state().unwrap();
			System::finalize()
		});
		self.ext.persist_offchain_overlay();
		self.headers.push(header);
	}

	/// Makes a block with `count` receipts.
	pub fn block_with(&mut self, count: u64) {
		let first = 1_000 * self.headers.len() as u64;
		self.block(|| {
			for task in first..first + count {
				record(task);
			}
		});
	}

	pub fn height(&self) -> u32 {
		self.headers.last().unwrap().number
	}

	pub fn header(&self, number: u32) -> &Header {
		&self.headers[number as usize]
	}

	pub fn hash(&self, number: u32) -> H256 {
		self.header(number).hash()
	}

	pub fn read<R>(&mut self, f: impl FnOnce() -> R) -> R {
		self.ext.execute_with(f)
	}

	/// What the off-chain database holds under the key of `root`.
	pub fn stored(&mut self, root: H256) -> Option<Vec<u8>> {
		self.read(|| sp_io::offchain::local_storage_get(StorageKind::PERSISTENT, &offchain_key(root)))
	}

	/// The receipts of a block, as a node serves them: root from the header, receipts from the off-chain database.
	pub fn receipts(&mut self, number: u32) -> Vec<Receipt> {
		match aivm_receipts::digest::receipts_root(&self.header(number).digest) {
			Some(root) => store::decode(&self.stored(root).unwrap(), root).unwrap(),
			None => vec![],
		}
	}

	/// The MMR leaf of a block and its path in the MMR of block `at`.
	pub fn mmr_proof(&mut self, number: u32, at: u32) -> (BlockLeaf, LeafProof<H256>) {
		let (leaves, proof) = self.read(|| Mmr::generate_proof(vec![number + 1], Some(at)).unwrap());
		(leaves[0], proof)
	}
}
