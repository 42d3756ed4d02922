// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A model goes through the whole chain inside one process: registry, upload, inference, money, receipts.

use super::*;
use aivm_inference::{Dense, Dtype, Limits, PerChannel, Program, ProgramBuilder, Quantisation, Shape, TensorSpec};
use aivm_market_math::RoyaltyTerms;
use aivm_receipts::digest;
use aivm_traits::{Format, VersionRef};
use frame_support::{assert_ok, traits::fungible::InspectHold, weights::Weight};
use pallet_model_registry::{Call as Registry, VersionSpec};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
	Permill,
};

/// Eight features to four classes.
pub(super) fn program() -> Vec<u8> {
	let input = TensorSpec { dtype: Dtype::I8, shape: Shape::new(&[8]).unwrap(), quantisation: Quantisation::Raw };
	let mut builder = ProgramBuilder::new(vec![input]);
	let layer = Dense {
		input_zero_point: 0,
		weight_zero_points: PerChannel::One(0),
		bias: vec![1, -2, 3, -4],
		weights: (0..32).map(|place| (place * 7 % 23) as i8 - 11).collect(),
	};
	let sums = builder.dense(builder.input(0), layer);
	let class = builder.arg_max(sums);
	builder.output(class, Quantisation::Raw);
	builder.build(&Limits::DEFAULT).unwrap().0.to_bytes()
}

pub(super) fn apply(signer: Sr25519Keyring, call: RuntimeCall) {
	assert_ok!(Executive::apply_extrinsic(signed(signer, call)).unwrap());
}

/// Alice publishes the program, with a royalty of 20 %.
pub(super) fn publish(program: &[u8]) -> VersionRef {
	let manifest_hash = H256::repeat_byte(7);
	let spec = VersionSpec {
		manifest_cid: pallet_model_registry::manifest_cid(&manifest_hash).try_into().unwrap(),
		manifest_hash,
		artefact_hash: H256(blake2_256(program)),
		artefact_size: program.len() as u64,
		format: Format::Program,
		licence: b"Apache-2.0".to_vec().try_into().unwrap(),
		parent: None,
		royalty: RoyaltyTerms { share: Permill::from_percent(20), minimum: 0 },
	};
	let (model, version) = (0, 1);
	apply(Alice, Registry::register_model { name: b"tiny".to_vec().try_into().unwrap() }.into());
	apply(Alice, Registry::publish_version { model, spec }.into());
	apply(
		Alice,
		Registry::upload_chunk { model, version, index: 0, bytes: program.to_vec().try_into().unwrap() }.into(),
	);
	apply(Alice, Registry::finalise_version { model, version }.into());
	apply(Alice, Registry::activate { model, version }.into());
	VersionRef { model, version }
}

pub(super) fn infer(version: VersionRef, input: &[u8]) -> RuntimeCall {
	let quote = Tasks::quote(version).unwrap();
	RuntimeCall::Tasks(pallet_tasks::Call::infer {
		version,
		input: input.to_vec().try_into().unwrap(),
		weight_limit: quote.weight,
		max_payment: quote.payment.total(),
	})
}

#[test]
fn inference_should_be_run_paid_and_receipted_in_one_block() {
	genesis("development").execute_with(|| {
		start_block(1);
		let program = program();
		let version = publish(&program);
		let input = [1u8, 2, 3, 250, 5, 0, 7, 128];
		let expected = Program::decode_and_validate(&program, &Limits::DEFAULT).unwrap().0.run(&input).unwrap();

		let issuance = Balances::total_issuance();
		let held = Balances::total_balance_on_hold(&Bob.to_account_id());
		let payment = Tasks::quote(version).unwrap().payment;
		apply(Bob, infer(version, &input));

		let (output, receipt) = System::events()
			.into_iter()
			.find_map(|record| match record.event {
				RuntimeEvent::Tasks(pallet_tasks::Event::Inferred { output, receipt, paid, .. }) => {
					assert_eq!(paid, payment.total());
					Some((output, receipt))
				}
				_ => None,
			})
			.unwrap();
		assert_eq!(output.to_vec(), expected, "the chain's output is the interpreter's");
		assert_eq!(Balances::total_issuance(), issuance - payment.burn, "only the burn leaves the issuance");
		assert_eq!(Balances::total_balance_on_hold(&Bob.to_account_id()), held, "no escrow stays");

		end_block();
		let digest = System::digest();
		let root = digest::receipts_root(&digest).unwrap();
		assert_eq!(receipt.index, 0);
		assert!(digest::mmr_root(&digest).is_some(), "every header commits to the blocks before it");
		assert_ne!(root, H256::zero());

		// The next block's leaf takes the root of this one.
		assert_eq!(ExecutionReceipts::receipts_root(), root);
	});
}

#[test]
fn bad_requests_should_be_refused_before_they_cost_anything() {
	genesis("development").execute_with(|| {
		start_block(1);
		let version = publish(&program());
		let good = infer(version, &[0; 8]);
		let refused = |call: RuntimeCall| {
			let before = Balances::free_balance(Charlie.to_account_id());
			let transaction = signed(Charlie, call);
			let pool =
				Executive::validate_transaction(TransactionSource::External, transaction.clone(), Default::default());
			let block = Executive::apply_extrinsic(transaction);
			assert_eq!(Balances::free_balance(Charlie.to_account_id()), before);
			let TransactionValidityError::Invalid(reason) = block.unwrap_err() else { panic!("unknown, not invalid") };
			assert_eq!(pool.unwrap_err(), reason.into());
			reason
		};
		let change = |edit: fn(&mut VersionRef, &mut Vec<u8>, &mut Weight, &mut Balance)| {
			let RuntimeCall::Tasks(pallet_tasks::Call::infer { mut version, input, mut weight_limit, mut max_payment }) =
				good.clone()
			else {
				unreachable!()
			};
			let mut input = input.to_vec();
			edit(&mut version, &mut input, &mut weight_limit, &mut max_payment);
			let input = input.try_into().unwrap();
			RuntimeCall::Tasks(pallet_tasks::Call::infer { version, input, weight_limit, max_payment })
		};
		use pallet_tasks::Refusal::*;
		for (call, reason) in [
			(change(|version, _, _, _| version.version = 9), UnknownVersion),
			(change(|_, input, _, _| input.push(0)), WrongInputLength),
			(change(|_, _, limit, _| *limit = Weight::from_parts(1, 0)), WeightLimitTooLow),
			(change(|_, _, _, payment| *payment -= 1), PaymentAboveMaximum),
		] {
			assert_eq!(refused(call), InvalidTransaction::Custom(reason.code()));
		}
		apply(Alice, Registry::revoke { model: 0, version: 1, reason: b"a flaw".to_vec().try_into().unwrap() }.into());
		assert_eq!(refused(good.clone()), InvalidTransaction::Custom(VersionRevoked.code()));
	});
}
