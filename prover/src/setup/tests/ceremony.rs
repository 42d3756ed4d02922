// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

use ark_bls12_381::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};

use super::*;

struct Ceremony {
	powers: Powers,
	chain: Chain,
	setup: Setup,
}

impl Ceremony {
	fn new() -> Self {
		let (powers, chain) = (snarkjs_powers(), Chain::new(20));
		let setup = ceremony(&powers, &chain);
		Self { powers, chain, setup }
	}

	/// The verdict on the setup after a change.
	fn verdict(&self, change: impl FnOnce(&mut Setup)) -> Result<SetupKind, SetupError> {
		let mut setup = self.setup.clone();
		change(&mut setup);
		setup.verify(&self.powers, &self.chain.circuit(), None, &mut silent)
	}
}

fn times(point: G1Affine, scalar: u64) -> G1Affine {
	(point * Fr::from(scalar)).into_affine()
}

fn times_g2(point: G2Affine, scalar: u64) -> G2Affine {
	(point * Fr::from(scalar)).into_affine()
}

#[test]
fn ceremony_should_be_accepted_when_everybody_was_honest() {
	let ceremony = Ceremony::new();
	let kind = ceremony.verdict(|_| ()).unwrap();
	let hash = ceremony.setup.transcript.hash();
	assert_eq!(kind, SetupKind::Ceremony { contributions: 2, has_beacon: true, transcript_hash: hash });
	assert_eq!(ceremony.setup.kind(&ceremony.powers), kind);
	assert_eq!(ceremony.setup.transcript.hashes().last(), Some(&hash));
	assert!(proves(&ceremony.chain, &ceremony.setup.key));
	assert_ne!(ceremony.setup.key.vk.gamma_g2, ceremony.setup.key.vk.delta_g2);
	assert_eq!(ceremony.setup.verifying_key().len(), 336 + 48 * PUBLIC);
}

#[test]
fn contributions_should_return_the_hashes_that_the_transcript_shows() {
	let (powers, chain) = (snarkjs_powers(), Chain::new(20));
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	let first = setup.contribute("Ada", &Entropy::gather(b"dice").unwrap(), &mut silent).unwrap();
	let second = setup.contribute("Grace", &Entropy::gather(b"").unwrap(), &mut silent).unwrap();
	let last = setup.close(beacon(), &mut silent).unwrap();
	assert_eq!(setup.transcript.hashes(), [first, second, last]);
	assert_eq!(setup.transcript.contributors(), 2);
	assert_eq!(setup.transcript.beacon(), Some(&beacon()));
	setup.verify(&powers, &chain.circuit(), Some(&beacon()), &mut silent).unwrap();
}

#[test]
fn setup_should_be_single_party_when_one_party_can_have_known_all_secrets() {
	let (powers, chain) = (snarkjs_powers(), Chain::new(20));
	let circuit = chain.circuit();
	let mut setup = Setup::begin(&powers, &circuit, &mut silent).unwrap();
	let kind = |setup: &Setup, powers: &Powers| setup.verify(powers, &circuit, None, &mut silent).unwrap();
	assert_eq!(kind(&setup, &powers), SetupKind::SingleParty, "nobody contributed");
	setup.contribute("Ada", &Entropy::known([3; 32]), &mut silent).unwrap();
	assert_eq!(kind(&setup, &powers), SetupKind::SingleParty, "one contributed");
	let mut closed = setup.clone();
	closed.close(beacon(), &mut silent).unwrap();
	assert_eq!(kind(&closed, &powers), SetupKind::SingleParty, "a beacon is no secret");
	setup.contribute("Grace", &Entropy::known([4; 32]), &mut silent).unwrap();
	assert!(matches!(kind(&setup, &powers), SetupKind::Ceremony { contributions: 2, has_beacon: false, .. }));

	let generated = Powers::generate(5, &[7; 32]).unwrap();
	assert_eq!(kind(&ceremony(&generated, &chain), &generated), SetupKind::SingleParty, "phase 1 was made alone");
}

#[test]
fn setup_should_be_refused_when_circuit_powers_or_beacon_are_others() {
	let Ceremony { powers, chain, setup } = Ceremony::new();
	let other = Chain::new(21);
	let result = setup.verify(&powers, &other.circuit(), None, &mut silent);
	assert!(matches!(result, Err(SetupError::OtherCircuit { .. })));

	// The transcript claims the other circuit, but the key is still of the first one.
	let mut claimed = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	let mut changed = Chain::new(20);
	changed.a[3][0].0 += Fr::one();
	claimed.transcript.circuit = changed.circuit().digest();
	let result = claimed.verify(&powers, &changed.circuit(), None, &mut silent);
	assert!(matches!(result, Err(SetupError::Key("A"))), "{result:?}");

	let generated = Powers::generate(8, &[7; 32]).unwrap();
	let result = setup.verify(&generated, &chain.circuit(), None, &mut silent);
	assert!(matches!(result, Err(SetupError::OtherPowers)));

	for change in [
		|beacon: &mut Beacon| beacon.hash[0] ^= 1,
		|beacon: &mut Beacon| beacon.block += 1,
		|beacon: &mut Beacon| beacon.genesis[31] ^= 1,
		|beacon: &mut Beacon| beacon.iterations += 1,
	] {
		let mut other = beacon();
		change(&mut other);
		let result = setup.verify(&powers, &chain.circuit(), Some(&other), &mut silent);
		assert!(matches!(result, Err(SetupError::OtherBeacon)));
		// The record names another block than the one whose hash was used.
		let mut setup = setup.clone();
		change(setup.transcript.contributions[2].beacon.as_mut().unwrap());
		let result = setup.verify(&powers, &chain.circuit(), None, &mut silent);
		assert!(matches!(result, Err(SetupError::Contribution { number: 3, .. })), "{result:?}");
	}
}

#[test]
fn beacon_should_be_refused_when_its_secret_is_not_the_blocks() {
	let (powers, chain) = (snarkjs_powers(), Chain::new(20));
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	// A valid contribution with a secret of one's own, dressed up as a beacon: its proof binds the beacon, so make it
	// anew.
	let secret = Fr::from(99_u64);
	let (g1, g2) = group::generators();
	let (step_g1, delta_g2) = ((g1 * secret).into_affine(), (g2 * secret).into_affine());
	let before = setup.transcript.hash();
	let r = Contribution::challenge(&before, "block 77", Some(&beacon()), &step_g1, &step_g1, &delta_g2).unwrap();
	setup.transcript.contributions.push(Contribution {
		name: "block 77".into(),
		beacon: Some(beacon()),
		step_g1,
		delta_g1: step_g1,
		delta_g2,
		proof_g2: (r * secret).into_affine(),
	});
	let result = setup.transcript.check();
	assert!(matches!(result, Err(SetupError::Contribution { reason: "it is not what its block gives", .. })));

	let iterations = |iterations| Beacon { iterations, ..beacon() };
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	assert!(setup.close(iterations(MIN_ITERATIONS - 1), &mut silent).is_err());
	assert!(setup.close(iterations(MAX_ITERATIONS + 1), &mut silent).is_err());
}

#[test]
fn ceremony_should_end_when_the_beacon_is_applied() {
	let Ceremony { mut setup, .. } = Ceremony::new();
	assert!(matches!(setup.contribute("Eve", &Entropy::known([5; 32]), &mut silent), Err(SetupError::Over)));
	assert!(matches!(setup.close(beacon(), &mut silent), Err(SetupError::Over)));
	// Somebody who goes on without this library.
	setup.transcript.contributions.swap(1, 2);
	assert!(matches!(setup.transcript.check(), Err(SetupError::Contribution { number: 2, .. })));
}

#[test]
fn contribution_should_be_refused_when_its_author_did_not_know_the_secret() {
	let ceremony = Ceremony::new();
	let refused = |change: &dyn Fn(&mut Contribution)| {
		let result = ceremony.verdict(|setup| change(&mut setup.transcript.contributions[0]));
		match result {
			Err(SetupError::Contribution { number: 1, reason, .. }) => reason,
			other => panic!("{other:?}"),
		}
	};
	let unknown = "its author did not know the secret";
	// A proof for another secret; the proof of another contribution; none of the fields can change alone.
	assert_eq!(refused(&|one| one.proof_g2 = times_g2(one.proof_g2, 2)), unknown);
	let other = ceremony.setup.transcript.contributions[1].proof_g2;
	assert_eq!(refused(&|one| one.proof_g2 = other), unknown);
	assert_eq!(refused(&|one| one.step_g1 = times(one.step_g1, 2)), unknown);
	assert_eq!(refused(&|one| one.delta_g1 = times(one.delta_g1, 2)), unknown);
	assert_eq!(refused(&|one| one.delta_g2 = times_g2(one.delta_g2, 2)), unknown);
	assert_eq!(refused(&|one| one.name = "Eve".into()), unknown);
}

#[test]
fn contribution_should_be_refused_when_delta_is_known_to_its_author() {
	// An author who leaves out all others: delta is a secret of their own, with a valid proof for it.
	let Ceremony { powers, chain, setup } = Ceremony::new();
	let mut forged = setup.clone();
	forged.transcript.contributions.truncate(1);
	let before = forged.transcript.hash();
	let (g1, g2) = group::generators();
	let secret = Fr::from(99_u64);
	let (step_g1, delta_g2) = ((g1 * secret).into_affine(), (g2 * secret).into_affine());
	let r = Contribution::challenge(&before, "Eve", None, &step_g1, &step_g1, &delta_g2).unwrap();
	forged.transcript.contributions.push(Contribution {
		name: "Eve".into(),
		beacon: None,
		step_g1,
		delta_g1: step_g1,
		delta_g2,
		proof_g2: (r * secret).into_affine(),
	});
	let result = forged.verify(&powers, &chain.circuit(), None, &mut silent);
	let reason = "its delta does not follow from the one before";
	assert!(matches!(result, Err(SetupError::Contribution { number: 2, reason: found, .. }) if found == reason));

	// delta in G2 is the author's own, and the proof is made for it.
	let mut forged = setup;
	forged.transcript.contributions.truncate(1);
	let old = forged.transcript.contributions[0].delta_g1;
	let delta_g1 = (old * secret).into_affine();
	let r = Contribution::challenge(&before, "Eve", None, &step_g1, &delta_g1, &delta_g2).unwrap();
	forged.transcript.contributions.push(Contribution {
		name: "Eve".into(),
		beacon: None,
		step_g1,
		delta_g1,
		delta_g2,
		proof_g2: (r * secret).into_affine(),
	});
	let result = forged.transcript.check();
	let reason = "its delta differs between the groups";
	assert!(matches!(result, Err(SetupError::Contribution { reason: found, .. }) if found == reason), "{result:?}");
}

#[test]
fn contribution_should_be_refused_when_it_changes_nothing() {
	let (powers, chain) = (snarkjs_powers(), Chain::new(20));
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	let (g1, g2) = group::generators();
	let r = Contribution::challenge(&setup.transcript.hash(), "Eve", None, &g1, &g1, &g2).unwrap();
	setup.transcript.contributions.push(Contribution {
		name: "Eve".into(),
		beacon: None,
		step_g1: g1,
		delta_g1: g1,
		delta_g2: g2,
		proof_g2: r,
	});
	let result = setup.verify(&powers, &chain.circuit(), None, &mut silent);
	assert!(matches!(result, Err(SetupError::Contribution { reason: "it changes nothing", .. })));
}

#[test]
fn transcript_should_be_refused_when_a_contribution_is_removed_repeated_or_moved() {
	let ceremony = Ceremony::new();
	for at in 0..3 {
		let result = ceremony.verdict(|setup| {
			setup.transcript.contributions.remove(at);
		});
		// Without the last one the chain is whole, but ends at another key.
		let expected = matches!(
			(at, &result),
			(2, Err(SetupError::OtherKey)) | (0 | 1, Err(SetupError::Contribution { number: 1 | 2, .. }))
		);
		assert!(expected, "{at}: {result:?}");
	}
	let result = ceremony.verdict(|setup| setup.transcript.contributions.swap(0, 1));
	assert!(matches!(result, Err(SetupError::Contribution { number: 1, .. })));
	let result = ceremony.verdict(|setup| {
		let again = setup.transcript.contributions[0].clone();
		setup.transcript.contributions.insert(1, again);
	});
	assert!(matches!(result, Err(SetupError::Contribution { number: 2, .. })));
	let result = ceremony.verdict(|setup| setup.transcript.contributions.clear());
	assert!(matches!(result, Err(SetupError::OtherKey)));
}

#[test]
fn key_should_be_refused_when_its_delta_is_swapped() {
	let ceremony = Ceremony::new();
	let (g1, g2) = group::generators();
	let result = ceremony.verdict(|setup| {
		// Eve undoes all contributions: delta is 1 again, and the points are those of the start.
		let start = Setup::begin(&ceremony.powers, &ceremony.chain.circuit(), &mut silent).unwrap();
		setup.key = start.key;
	});
	assert!(matches!(result, Err(SetupError::OtherKey)));
	assert!(matches!(ceremony.verdict(|setup| setup.key.delta_g1 = g1), Err(SetupError::OtherKey)));
	assert!(matches!(ceremony.verdict(|setup| setup.key.vk.delta_g2 = g2), Err(SetupError::OtherKey)));
	let result = ceremony.verdict(|setup| setup.key.vk.gamma_g2 = setup.key.vk.delta_g2);
	assert!(matches!(result, Err(SetupError::Key("gamma"))));
	let result = ceremony.verdict(|setup| setup.key.vk.alpha_g1 = g1);
	assert!(matches!(result, Err(SetupError::Key("alpha or beta"))));
	let result = ceremony.verdict(|setup| setup.key.vk.beta_g2 = g2);
	assert!(matches!(result, Err(SetupError::Key("alpha or beta"))));
	let result = ceremony.verdict(|setup| setup.key.beta_g1 = g1);
	assert!(matches!(result, Err(SetupError::Key("alpha or beta"))));
}

#[test]
fn key_should_be_refused_when_any_point_is_altered() {
	let ceremony = Ceremony::new();
	type Change = fn(&mut ProvingKey<Bls12_381>, usize);
	let lists: [(&str, usize, Change); 6] = [
		("A", ceremony.setup.key.a_query.len(), |key, at| key.a_query[at] = times(bump(key.a_query[at]), 2)),
		("B in G1", ceremony.setup.key.a_query.len(), |key, at| {
			key.b_g1_query[at] = times(bump(key.b_g1_query[at]), 2);
		}),
		("B in G2", ceremony.setup.key.a_query.len(), |key, at| {
			let point = key.b_g2_query[at];
			key.b_g2_query[at] = if point.is_zero() { G2Affine::generator() } else { times_g2(point, 2) };
		}),
		("the public inputs", PUBLIC, |key, at| {
			key.vk.gamma_abc_g1[at] = times(bump(key.vk.gamma_abc_g1[at]), 2);
		}),
		("the private variables", ceremony.setup.key.l_query.len(), |key, at| {
			key.l_query[at] = times(bump(key.l_query[at]), 2);
		}),
		("the quotient", ceremony.setup.key.h_query.len(), |key, at| key.h_query[at] = times(key.h_query[at], 2)),
	];
	for (name, length, change) in lists {
		for at in [0, length / 2, length - 1] {
			let result = ceremony.verdict(|setup| change(&mut setup.key, at));
			assert!(matches!(result, Err(SetupError::Key(found)) if found == name), "{name} {at}: {result:?}");
		}
	}
}

/// The point, or the generator for infinity.
fn bump(point: G1Affine) -> G1Affine {
	if point.is_zero() {
		G1Affine::generator()
	} else {
		point
	}
}

#[test]
fn key_should_be_refused_when_two_errors_cancel_out_in_a_plain_sum() {
	// The sum of all points stays the same, so only a random combination finds it.
	let ceremony = Ceremony::new();
	let result = ceremony.verdict(|setup| setup.key.l_query.swap(1, 2));
	assert!(matches!(result, Err(SetupError::Key("the private variables"))));
	let result = ceremony.verdict(|setup| setup.key.h_query.swap(0, 1));
	assert!(matches!(result, Err(SetupError::Key("the quotient"))));
}

#[test]
fn key_should_be_refused_when_points_are_missing_or_outside_the_group() {
	let ceremony = Ceremony::new();
	let result = ceremony.verdict(|setup| {
		setup.key.h_query.pop();
	});
	assert!(matches!(result, Err(SetupError::Key("the number of its points"))));
	let outside = G1Affine::get_point_from_x_unchecked(4_u64.into(), false).unwrap();
	let result = ceremony.verdict(|setup| {
		setup.key.l_query[1] = (setup.key.l_query[1] + outside).into_affine();
	});
	let fault = PointFault::NotInSubgroup;
	assert!(matches!(result, Err(SetupError::Point { index: 1, fault: found, .. }) if found == fault));
	let result = ceremony.verdict(|setup| setup.key.h_query[0] = G1Affine::identity());
	assert!(matches!(result, Err(SetupError::Point { fault: PointFault::Infinity, .. })));
}

#[test]
fn contribution_should_be_refused_when_the_key_is_not_the_transcripts() {
	let (powers, chain) = (snarkjs_powers(), Chain::new(20));
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	setup.key.delta_g1 = times(setup.key.delta_g1, 2);
	let result = setup.contribute("Ada", &Entropy::known([3; 32]), &mut silent);
	assert!(matches!(result, Err(SetupError::OtherKey)));
	let mut setup = Setup::begin(&powers, &chain.circuit(), &mut silent).unwrap();
	for name in ["", "a\nb", &"n".repeat(MAX_NAME + 1)] {
		let result = setup.contribute(name, &Entropy::known([3; 32]), &mut silent);
		assert!(matches!(result, Err(SetupError::Name { .. })));
	}
}
