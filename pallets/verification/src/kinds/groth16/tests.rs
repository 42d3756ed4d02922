// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Judging proofs as evidence for tasks.

use aivm_receipts::{Evidence as Receipted, TrustPath};
use aivm_traits::{Judgement, KeyId, Verifier, VersionRef, VersionState, Work};
use aivm_verification::{commit_input, external, field_of_hash, output_field, Curve, Fr, Scalar, Statement};
use ark_bls12_381::Bls12_381;
use ark_bn254::Bn254;
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use sp_core::{crypto::AccountId32, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::DispatchError;

use super::{trapdoor, Demand as ProofDemand, Evidence as Proof, Terms as ProofTerms};
use crate::{
	kinds::{Demand, Evidence, Terms},
	mock::*,
	tests::*,
	*,
};

const OUTPUT: [u8; 4] = [4, 3, 2, 1];

fn terms(key: KeyId) -> Terms {
	Terms::Groth16(ProofTerms { key, accept_single_party: false })
}

fn evidence(proof: &[u8], free: &[Scalar]) -> Evidence {
	Evidence::Groth16(Proof { proof: proof.to_vec().try_into().unwrap(), free: free.to_vec().try_into().unwrap() })
}

/// Bob's work for task 7.
fn work(version: VersionRef, provider: &AccountId32) -> Work<'_, AccountId32> {
	let input = Verification::commit(b"input").unwrap();
	Work { task: 7, version, artefact_hash: ARTEFACT, input, output: &OUTPUT, provider }
}

fn demand(terms: &Terms, work: &Work<AccountId32>) -> ProofDemand {
	let Demand::Groth16(demand) = Verification::demand(terms, work).unwrap();
	demand
}

fn known(demand: &ProofDemand) -> Vec<Scalar> {
	demand.inputs.iter().map(|input| input.unwrap()).collect()
}

/// Judges, with host functions and without, which must come to the same.
fn judge(terms: &Terms, work: &Work<AccountId32>, evidence: &Evidence) -> Result<Judgement, DispatchError> {
	let judgement = Verification::judge(terms, work, evidence);
	let calls = HostCalls::get();
	assert_eq!(Verification::dry_judge(terms, work, evidence), judgement);
	assert_eq!(HostCalls::get(), calls, "a light client has no host functions of this chain");
	if let Ok(judgement) = judgement {
		assert!(judgement.weight.all_lte(Verification::judge_weight(evidence)));
	}
	judgement
}

fn convinces(terms: &Terms, work: &Work<AccountId32>, evidence: &Evidence) -> bool {
	judge(terms, work, evidence).unwrap().convinces
}

/// A version with a key for AIVM's own circuits, and the circuit.
fn own() -> (VersionRef, Terms, Circuit<Bls12_381>) {
	let version = publish(alice());
	let circuit = Circuit::<Bls12_381>::new(4, 1);
	(version, terms(register(Curve::Bls12_381, &circuit.wire_key(), of_version(version))), circuit)
}

#[test]
fn demand_should_be_the_statement_of_the_task() {
	run_test(|| {
		let (version, terms, _) = own();
		let demand = demand(&terms, &work(version, &bob()));
		let statement = Statement {
			genesis: System::block_hash(0).0,
			task: 7,
			program: field_of_hash(&ARTEFACT.0),
			input: commit_input(Fr::default(), b"input"),
			output: output_field(&OUTPUT),
			provider: [2; 32],
			kind: 1,
		};
		let hash = blake2_256(&[b"aivm/statement/1".to_vec(), statement.encode()].concat());
		assert_eq!((demand.key, demand.curve, demand.hash), (0, Curve::Bls12_381, H256(hash)));
		assert_eq!(known(&demand), [statement.program, statement.input, statement.output, field_of_hash(&hash)]);
		assert_eq!(demand.statement, statement);
		assert_eq!(Verification::path(&terms), TrustPath::ZkProof);
	});
}

#[test]
fn judge_should_be_convinced_by_a_proof_of_the_work() {
	run_test(|| {
		let (version, terms, circuit) = own();
		let provider = bob();
		let work = work(version, &provider);
		let demand = demand(&terms, &work);
		let proof = circuit.prove(&known(&demand));
		for proof in [circuit.rerandomise(&proof), proof] {
			assert_eq!(
				judge(&terms, &work, &evidence(&proof, &[])),
				Ok(Judgement {
					convinces: true,
					evidence: Receipted::Groth16 { key: 0, statement: demand.hash },
					output: H256(output_field(&OUTPUT)),
					weight: <() as WeightInfo>::judge_bls12_381(4),
				})
			);
		}
	});
}

#[test]
fn judge_should_not_be_convinced_when_anything_of_the_work_is_another() {
	run_test(|| {
		let (version, terms, circuit) = own();
		let (provider, other) = (bob(), alice());
		let work = work(version, &provider);
		let evidence = evidence(&circuit.prove(&known(&demand(&terms, &work))), &[]);
		assert!(convinces(&terms, &work, &evidence));
		for wrong in [
			Work { task: 8, ..work },
			Work { artefact_hash: H256::zero(), ..work },
			Work { input: Verification::commit(b"inpux").unwrap(), ..work },
			Work { output: &[4, 3, 2, 0], ..work },
			Work { output: &[4, 3, 2, 1, 1], ..work },
			Work { provider: &other, ..work },
		] {
			assert!(!convinces(&terms, &wrong, &evidence), "{wrong:?}");
		}
		// Another chain.
		frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(1));
		assert!(!convinces(&terms, &work, &evidence));
	});
}

#[test]
fn judge_should_not_be_convinced_when_one_bit_of_the_proof_is_another() {
	run_test(|| {
		let (version, terms, circuit) = own();
		let provider = bob();
		let work = work(version, &provider);
		let proof = circuit.prove(&known(&demand(&terms, &work)));
		for byte in (0..proof.len()).step_by(5) {
			let mut altered = proof.clone();
			altered[byte] ^= 1 << (byte % 8);
			assert!(!convinces(&terms, &work, &evidence(&altered, &[])), "byte {byte}");
		}
		assert!(!convinces(&terms, &work, &evidence(&vec![0; proof.len()], &[])));
		assert!(!convinces(&terms, &work, &evidence(&vec![0xff; proof.len()], &[])));
	});
}

#[test]
fn judge_should_fail_when_the_evidence_has_the_wrong_size() {
	run_test(|| {
		let (version, terms, circuit) = own();
		let provider = bob();
		let work = work(version, &provider);
		let proof = circuit.prove(&known(&demand(&terms, &work)));
		for wrong in [&[][..], &proof[1..], &proof[..128]] {
			assert_noop!(judge(&terms, &work, &evidence(wrong, &[])), Error::<Test>::WrongProofLength);
		}
		for free in [&numbers(&[0])[..], &numbers(&[0; 16])] {
			assert_noop!(judge(&terms, &work, &evidence(&proof, free)), Error::<Test>::WrongFreeInputCount);
		}
	});
}

#[test]
fn judge_should_fail_when_the_key_does_not_count() {
	run_test(|| {
		let (version, terms, circuit) = own();
		let other = publish(alice());
		let provider = bob();
		let work = work(version, &provider);
		let evidence = evidence(&circuit.prove(&known(&demand(&terms, &work))), &[]);
		assert_noop!(judge(&terms, &Work { version: other, ..work }, &evidence), Error::<Test>::KeyForOtherVersion);
		assert_ok!(Verification::revoke_key(signed(alice()), 0));
		assert_noop!(judge(&terms, &work, &evidence), Error::<Test>::KeyRevoked);
		assert_eq!(Verification::demand(&terms, &work), Err(Error::<Test>::KeyRevoked.into()));
	});
}

#[test]
fn accepts_should_tell_why_not() {
	run_test(|| {
		let (version, own_terms, _) = own();
		assert_ok!(Verification::accepts(&own_terms, version));
		assert_noop!(Verification::accepts(&terms(9), version), Error::<Test>::KeyNotFound);
		assert_noop!(
			Verification::accepts(&own_terms, VersionRef { version: 2, ..version }),
			Error::<Test>::KeyForOtherVersion
		);

		// What anybody registered is no evidence for anything.
		let standalone = register(Curve::Bn254, &trapdoor::key(Curve::Bn254, 4), standalone());
		assert_noop!(Verification::accepts(&terms(standalone), version), Error::<Test>::KeyForOtherVersion);

		let single = NextKeyId::<Test>::get();
		let key = trapdoor::key(Curve::Bls12_381, 4);
		assert_ok!(register_as(alice(), Curve::Bls12_381, &key, of_version(version), Setup::SingleParty));
		assert_noop!(Verification::accepts(&terms(single), version), Error::<Test>::SinglePartyKey);
		let opted_in = Terms::Groth16(ProofTerms { key: single, accept_single_party: true });
		assert_ok!(Verification::accepts(&opted_in, version));

		assert_ok!(Verification::revoke_key(signed(alice()), 0));
		assert_noop!(Verification::accepts(&own_terms, version), Error::<Test>::KeyRevoked);
	});
}

#[test]
fn accepts_should_not_look_at_the_state_of_the_version() {
	run_test(|| {
		// Tasks do. What was agreed before a revocation can still be judged.
		let (version, terms, _) = own();
		set_state(version, VersionState::Revoked);
		assert_ok!(Verification::accepts(&terms, version));
	});
}

#[test]
fn demand_should_name_the_commitment_when_the_weights_are_private() {
	run_test(|| {
		let version = publish(alice());
		let circuit = Circuit::<Bls12_381>::new(4, 1);
		let commitment = numbers(&[99])[0];
		let binding = Binding::Version { version, weights: Weights::Private { commitment } };
		let terms = terms(register(Curve::Bls12_381, &circuit.wire_key(), binding));
		let provider = bob();
		let work = work(version, &provider);
		let demand = demand(&terms, &work);
		assert_eq!(demand.statement.program, commitment);
		assert_eq!(demand.inputs[0], Some(commitment));
		assert!(convinces(&terms, &work, &evidence(&circuit.prove(&known(&demand)), &[])));
		let mut public = known(&demand);
		public[0] = field_of_hash(&ARTEFACT.0);
		assert!(!convinces(&terms, &work, &evidence(&circuit.prove(&public), &[])));
	});
}

#[test]
fn judge_should_leave_other_inputs_to_the_prover_when_one_is_the_statement() {
	run_test(|| {
		let version = publish(alice());
		let circuit = Circuit::<Bn254>::new(3, 1);
		let layout = Layout::Statement { at: 1 };
		let terms = terms(register(Curve::Bn254, &circuit.wire_key(), of_runs(version, layout)));
		let provider = bob();
		let work = work(version, &provider);
		let demand = demand(&terms, &work);
		let statement = field_of_hash(&demand.hash.0);
		assert_eq!(demand.inputs, [None, Some(statement), None]);
		let free = numbers(&[5, 6]);
		let proof = circuit.prove(&[free[0], statement, free[1]]);
		assert!(convinces(&terms, &work, &evidence(&proof, &free)));
		assert!(!convinces(&terms, &work, &evidence(&proof, &numbers(&[6, 5]))));
		assert!(!convinces(&terms, &work, &evidence(&proof, &[free[0], [0xff; 32]])));
		assert!(!convinces(&terms, &Work { task: 8, ..work }, &evidence(&proof, &free)));
		for wrong in [&free[..1], &numbers(&[5, 6, 7])] {
			assert_noop!(judge(&terms, &work, &evidence(&proof, wrong)), Error::<Test>::WrongFreeInputCount);
		}
	});
}

#[test]
fn judge_should_be_convinced_by_receipts_of_other_systems() {
	run_test(|| {
		let version = publish(alice());
		let provider = bob();
		let (image, root, id, nonce) = ([1; 32], [2; 32], [3; 32], numbers(&[77]));
		for (layout, free) in [
			(Layout::Risc0 { control_root: root, control_id: id, image }, &[][..]),
			(Layout::Sp1V5 { program: image }, &[]),
			(Layout::Sp1V6 { program: image, vk_root: root }, &nonce),
		] {
			let inputs = if matches!(layout, Layout::Sp1V5 { .. }) { 2 } else { 5 };
			let circuit = Circuit::<Bn254>::new(inputs, 1);
			let terms = terms(register(Curve::Bn254, &circuit.wire_key(), of_runs(version, layout)));
			let work = work(version, &provider);
			let hash = demand(&terms, &work).hash.0;
			// What the system's own proof of a guest has, whose journal or public values are the statement's hash.
			let theirs = match layout {
				Layout::Risc0 { .. } => {
					let claim = external::risc0::claim_digest(&image, &hash);
					let version = external::risc0::Version { control_root: root, control_id: id };
					external::risc0::public_inputs(&version, &claim).to_vec()
				}
				Layout::Sp1V5 { .. } => external::sp1::public_inputs_v5(&image, &hash).to_vec(),
				_ => {
					let mut nonce = nonce[0];
					nonce.reverse();
					external::sp1::public_inputs_v6(&image, &hash, &[0; 32], &root, &nonce).to_vec()
				}
			};
			let evidence = evidence(&circuit.prove(&theirs), free);
			assert!(convinces(&terms, &work, &evidence), "{layout:?}");
			assert!(!convinces(&terms, &Work { task: 8, ..work }, &evidence), "{layout:?}");
		}
		// A guest that did not end well.
		let layout = Layout::Sp1V6 { program: image, vk_root: root };
		let circuit = Circuit::<Bn254>::new(5, 1);
		let terms = terms(register(Curve::Bn254, &circuit.wire_key(), of_runs(version, layout)));
		let work = work(version, &provider);
		let hash = demand(&terms, &work).hash.0;
		let mut exit = [0; 32];
		exit[31] = 1;
		let failed = external::sp1::public_inputs_v6(&image, &hash, &exit, &root, &[0; 32]);
		assert!(!convinces(&terms, &work, &evidence(&circuit.prove(&failed), &[failed[4]])));
	});
}

#[test]
fn commit_should_be_the_commitment_with_salt_zero() {
	run_test(|| {
		for length in [0, 1, 31, 32, COMMITTED as usize] {
			let input = vec![7; length];
			let commitment = H256(commit_input(Fr::default(), &input));
			assert_eq!(Verification::commit(&input), Some(commitment));
			assert!(Verification::is_commitment(&commitment));
		}
		assert_eq!(Verification::commit(&vec![7; COMMITTED as usize + 1]), None);
		assert!(!Verification::is_commitment(&H256::repeat_byte(0xff)));
	});
}

#[test]
fn commit_weight_should_be_in_steps_of_four_elements() {
	// The salt is the first of the four.
	for (len, permutations) in [(0, 1), (1, 1), (93, 1), (94, 2), (217, 2), (218, 3)] {
		assert_eq!(Verification::permutations(len), permutations, "{len}");
		assert_eq!(Verification::commit_weight(len), <() as WeightInfo>::commit(permutations));
	}
	assert!(Verification::permutations(u32::MAX) > 0);
}

#[test]
fn judge_should_report_the_chain_when_the_prepared_key_is_gone() {
	new_test_ext().execute_with(|| {
		let (version, terms, circuit) = own();
		let provider = bob();
		let work = work(version, &provider);
		let evidence = evidence(&circuit.prove(&known(&demand(&terms, &work))), &[]);
		Prepared::<Test>::insert(0, PreparedKey::try_from(vec![1; 7]).unwrap());
		assert_noop!(judge(&terms, &work, &evidence), Error::<Test>::Corrupt);
		Prepared::<Test>::remove(0);
		assert_noop!(judge(&terms, &work, &evidence), Error::<Test>::Corrupt);
	});
}
