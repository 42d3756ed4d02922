// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks: recorded evidence of real hardware, against stored collateral of the largest size.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::arithmetic_side_effects,
	clippy::indexing_slicing,
	clippy::panic
)]

use aivm_attestation::{
	crl::MAX_REVOKED,
	development::Development,
	intel::{Statement, TcbInfo, MAX_LEVELS, MAX_STATEMENT},
	nvidia::{Allowed, MAX_ALLOWED},
	proven::Version,
	snp::{AmdTcb, Product},
	x509::Serial,
	Kind, RevocationList, TcbPolicy, Window,
};
use alloc::{boxed::Box, format, string::String, vec, vec::Vec};
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::pallet_prelude::{Authorize, EnsureOrigin, Get, TransactionSource};
use frame_system::RawOrigin;
use p256::ecdsa::{signature::Signer, Signature, SigningKey};
use sp_core::{crypto::AccountId32, sr25519};
use sp_io::crypto::{sr25519_generate, sr25519_sign};

use crate::{evidence::*, *};

/// Prepares what a pallet cannot.
pub trait BenchmarkHelper {
	/// Makes this the time of the block, in seconds since 1970.
	fn set_time(now: u64);

	/// Gives an account much money.
	fn fund(who: &AccountId32);
}

/// When the recorded Intel quote and its collateral are valid: 2026-10-20.
const INTEL_TIME: u64 = 1_792_454_400;
/// When the recorded Nitro document was made.
const NITRO_TIME: u64 = 1_736_179_625;
/// When everything else is valid: 2025-01-01.
const TIME: u64 = 1_735_689_600;

/// A development chain, in its first period, at this time.
fn set_up<T: Config>(now: u64) {
	T::BenchmarkHelper::set_time(now);
	AllowDevelopment::<T>::put(true);
	ChallengeSeeds::<T>::put(Seeds { period: 1, current: [1; 32].into(), previous: Some([2; 32].into()) });
}

/// A provider with money and the key that it signs with.
fn provider<T: Config>() -> (AccountId32, sr25519::Public) {
	let key = sr25519_generate(KEY_TYPE, None);
	let account = AccountId32::from(key);
	T::BenchmarkHelper::fund(&account);
	(account, key)
}

/// A list of revoked certificates of the largest size that revokes none that is used.
fn largest_crl(list: &RevocationList) -> RevocationList {
	let serials: Vec<Serial> = (0..MAX_REVOKED)
		.map(|number| {
			let mut serial = [0xff; 20];
			serial[16..].copy_from_slice(&number.to_be_bytes());
			Serial(serial)
		})
		.collect();
	RevocationList::decode(&mut &(list.window, list.number, serials).encode()[..]).unwrap()
}

/// Submits the collateral of the recorded Intel quote, and lets what is stored grow to its largest size.
fn store_intel<T: Config>() {
	for piece in RawCollateral::recorded("tdx_quote_td15ex").pieces() {
		Pallet::<T>::do_submit_collateral(&piece).unwrap();
	}
	let ids: Vec<CollateralId> = StoredCollaterals::<T>::iter_keys().collect();
	for id in ids {
		StoredCollaterals::<T>::mutate(id, |stored| match &mut stored.as_mut().unwrap().verified {
			Verified::Crl(list) => *list = largest_crl(list),
			Verified::TcbInfo(info) => {
				let last = info.levels.last().unwrap().clone();
				while info.levels.try_push(last.clone()).is_ok() {}
			}
			_ => {}
		});
	}
}

fn store_amd<T: Config>() {
	Pallet::<T>::do_submit_collateral(&recorded_ask(Product::Milan)).unwrap();
	let amd = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
	for tier in Tier::ALL {
		let policy = TcbPolicy { amd: vec![amd; 8].try_into().unwrap(), ..TcbPolicy::strict() };
		Policies::<T>::insert(tier, policy);
	}
}

/// A development attestation of a provider.
fn development<T: Config>(provider: &AccountId32, key: &sr25519::Public, bound: bool) -> Evidence {
	let subject = Pallet::<T>::subjects(provider).last().unwrap().1;
	let binding = aivm_attestation::Binding { genesis: Pallet::<T>::genesis(), provider: *provider.as_ref(), subject };
	let mut development = Development {
		key: key.0,
		claim: [5; 32],
		report_data: if bound { binding.report_data(&[]) } else { [0; 64] },
		window: Window { from: TIME, until: TIME + 3_600 },
		signature: [0; 64],
	};
	development.signature = sr25519_sign(KEY_TYPE, key, &development.message()).unwrap().0;
	Evidence::Machine { machine: MachineEvidence::Development(development), devices: DevicesEvidence::new() }
}

/// A workload of the largest size that allows what `evidence` measures.
fn workload<T: Config>(provider: &AccountId32, evidence: &Evidence) -> Option<WorkloadId> {
	let measured = Pallet::<T>::verify(provider, evidence, None).unwrap().measured;
	let others = (0..MAX_MEASUREMENTS - 1).map(|number| sp_io::hashing::blake2_256(&number.encode()));
	let measurements: Vec<_> = others.chain(core::iter::once(measured)).collect();
	let name = vec![b'x'; MAX_NAME as usize];
	Workloads::<T>::insert(7, Workload { name: bounded(name), measurements: bounded(measurements) });
	Some(7)
}

fn collector<T: Config>() -> sr25519::Public {
	let key = sr25519_generate(KEY_TYPE, None);
	let others = (1..MAX_COLLECTORS as u8).map(|byte| sr25519::Public::from_raw([byte; 32]));
	Collectors::<T>::put(bounded::<_, frame_support::BoundedVec<_, _>>(others.chain([key]).collect::<Vec<_>>()));
	key
}

/// An address of the largest size.
fn url() -> Url {
	let mut url = b"http://".to_vec();
	url.resize(MAX_URL as usize, b'a');
	bounded(url)
}

/// States an endpoint of the largest size.
fn state<T: Config>(provider: &AccountId32, kind: Kind) {
	let url = url();
	Pallet::<T>::do_set_endpoint(provider.clone(), url, kind, None).unwrap();
}

// A maker of our own, with collateral of any size.

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
	let contents = parts.concat();
	let length = contents.len() as u32;
	let mut out = vec![tag];
	match length {
		0..=0x7f => out.push(length as u8),
		0x80..=0xffff => {
			if length > 0xff {
				out.push(0x82);
				out.push((length >> 8) as u8);
			} else {
				out.push(0x81);
			}
			out.push(length as u8);
		}
		_ => {
			out.push(0x83);
			out.extend_from_slice(&length.to_be_bytes()[1..]);
		}
	}
	out.extend(contents);
	out
}

fn name(common: &str) -> Vec<u8> {
	let value = tlv(0x0c, &[common.as_bytes()]);
	tlv(0x30, &[&tlv(0x31, &[&tlv(0x30, &[&[6, 3, 0x55, 4, 3], &value])])])
}

/// ecdsa-with-SHA256.
const ALGORITHM: &[u8] = &[0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const KEY: &[u8] = &[
	0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	0x01, 0x07,
];
const ROOT: &str = "Intel SGX Root CA";

fn signing_key() -> SigningKey {
	SigningKey::from_slice(&[1; 32]).unwrap()
}

fn sign(message: &[u8]) -> [u8; 64] {
	let signature: Signature = signing_key().sign(message);
	signature.to_bytes().into()
}

fn seal(contents: &[u8]) -> Vec<u8> {
	let signature: Signature = signing_key().sign(contents);
	let der = signature.to_der();
	tlv(0x30, &[contents, ALGORITHM, &tlv(3, &[&[0], der.as_bytes()])])
}

fn time(text: &[u8]) -> Vec<u8> {
	tlv(0x18, &[text])
}

/// A certificate under our root, with its key.
fn certificate(subject: &str, authority: bool) -> Vec<u8> {
	let point = signing_key().verifying_key().to_encoded_point(false);
	let constraints: &[u8] = if authority { &[0x30, 3, 1, 1, 0xff] } else { &[0x30, 0] };
	let usage: &[u8] = &[3, 2, 1, 6];
	let extension = |id: u8, value: &[u8]| tlv(0x30, &[&[6, 3, 0x55, 0x1d, id], &[1, 1, 0xff], &tlv(4, &[value])]);
	let extensions = tlv(0x30, &[&extension(0x13, constraints), &extension(0x0f, usage)]);
	seal(&tlv(
		0x30,
		&[
			&[0xa0, 3, 2, 1, 2],
			&[2, 1, 1],
			ALGORITHM,
			&name(ROOT),
			&tlv(0x30, &[&time(b"20240101000000Z"), &time(b"20340101000000Z")]),
			&name(subject),
			&tlv(0x30, &[KEY, &tlv(3, &[&[0], point.as_bytes()])]),
			&tlv(0xa3, &[&extensions]),
		],
	))
}

/// A CRL of our root of about `length` bytes, with as many entries as it may have.
fn crl(length: u32) -> Vec<u8> {
	let count = (length.saturating_sub(300) / 60).min(MAX_REVOKED);
	// 60 bytes each, the serial numbers in descending order.
	let entries: Vec<u8> = (0..count)
		.rev()
		.flat_map(|number| {
			let mut serial = [0x7f; 20];
			serial[16..].copy_from_slice(&number.to_be_bytes());
			let extensions = tlv(0x30, &[&tlv(4, &[&[0; 15]])]);
			tlv(0x30, &[&tlv(2, &[&serial]), &time(b"20240101000000Z"), &extensions])
		})
		.collect();
	let number = tlv(0x30, &[&[6, 3, 0x55, 0x1d, 0x14], &tlv(4, &[&[2, 1, 7]])]);
	seal(&tlv(
		0x30,
		&[
			&[2, 1, 1],
			ALGORITHM,
			&name(ROOT),
			&time(b"20240101000000Z"),
			&time(b"20340101000000Z"),
			&tlv(0x30, &[&entries]),
			&tlv(0xa0, &[&tlv(0x30, &[&number])]),
		],
	))
}

/// A TCB info of about `length` bytes.
fn tcb_info(length: u32) -> Vec<u8> {
	let components = ["{\"svn\":255}"; 16].join(",");
	let module = format!(
		"\"mrsigner\":\"{}\",\"attributes\":\"{}\",\"attributesMask\":\"{}\"",
		"00".repeat(48),
		"00".repeat(8),
		"FF".repeat(8)
	);
	let level = |advisories: &str| {
		format!(
			"{{\"tcb\":{{\"sgxtcbcomponents\":[{components}],\"pcesvn\":13,\"tdxtcbcomponents\":[{components}]}},\
			\"tcbDate\":\"2024-11-13T00:00:00Z\",\"tcbStatus\":\"UpToDate\"{advisories}}}"
		)
	};
	let bare = level("").len() as u32 + 1;
	let count = (length.saturating_sub(1_000) / bare).clamp(1, MAX_LEVELS);
	// What is left is advisories of the first levels.
	let mut left = length.saturating_sub(1_000).saturating_sub(count * (bare + 20));
	let mut number = 0;
	let levels: Vec<String> = (0..count)
		.map(|_| {
			let mut names = Vec::new();
			while left > 20 && names.len() < 60 {
				names.push(format!("\"INTEL-SA-{number:05}\""));
				number += 1;
				left = left.saturating_sub(17);
			}
			level(&format!(",\"advisoryIDs\":[{}]", names.join(",")))
		})
		.collect();
	format!(
		"{{\"id\":\"TDX\",\"version\":3,\"issueDate\":\"2024-12-25T00:00:00Z\",\"nextUpdate\":\"2025-01-25T00:00:00Z\",\
		\"tcbEvaluationDataNumber\":18,\"fmspc\":\"90C06F000000\",\"pceId\":\"0000\",\"tcbType\":0,\
		\"tdxModule\":{{{module}}},\"tdxModuleIdentities\":[],\"tcbLevels\":[{}]}}",
		levels.join(",")
	)
	.into_bytes()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn on_initialize() {
		set_up::<T>(TIME);
		#[block]
		{
			Pallet::<T>::turn_period(T::Period::get() + T::Period::get());
		}
		assert_eq!(ChallengeSeeds::<T>::get().unwrap().previous, Some([1; 32].into()));
	}

	#[benchmark]
	fn submit_crl(b: Linear<1_000, 127_000>) {
		set_up::<T>(TIME);
		let (root, crl) = (certificate(ROOT, true), crl(b));
		let id = CollateralId::RootCrl;
		#[block]
		{
			let list = RevocationList::verify_of_root::<T::Signatures>(&crl, &root, TIME).unwrap();
			let rank = Rank { number: list.number, issued: list.window.from };
			assert!(StoredCollaterals::<T>::get(id).is_none());
			let (window, verified) = (list.window, Verified::Crl(list));
			StoredCollaterals::<T>::insert(id, StoredCollateral { rank, window, verified });
			Pallet::<T>::deposit_event(Event::CollateralStored { id, rank, until: window.until });
		}
		assert!(StoredCollaterals::<T>::get(id).is_some());
	}

	#[benchmark]
	fn submit_pck_authority() {
		set_up::<T>(INTEL_TIME);
		let pieces = RawCollateral::recorded("tdx_quote_td15ex").pieces();
		Pallet::<T>::do_submit_collateral(&pieces[0]).unwrap();
		StoredCollaterals::<T>::mutate(CollateralId::RootCrl, |stored| {
			let Some(StoredCollateral { verified: Verified::Crl(list), .. }) = stored else { panic!() };
			*list = largest_crl(list);
		});
		let (who, _) = provider::<T>();
		#[extrinsic_call]
		submit_collateral(RawOrigin::Signed(who), Box::new(pieces[1].clone()));
		assert_eq!(StoredCollaterals::<T>::iter_keys().count(), 2);
	}

	#[benchmark]
	fn submit_statement(b: Linear<4_000, { MAX_STATEMENT }>) {
		set_up::<T>(TIME);
		let (root, signer) = (certificate(ROOT, true), certificate("Intel SGX TCB Signing", false));
		let list = RevocationList::verify_of_root::<T::Signatures>(&crl(1_000), &root, TIME).unwrap();
		let stored = StoredCollateral {
			rank: Rank { number: 1, issued: 1 },
			window: list.window,
			verified: Verified::Crl(largest_crl(&list)),
		};
		StoredCollaterals::<T>::insert(CollateralId::RootCrl, stored);
		let text = tcb_info(b);
		let signature = sign(&text);
		let statement = Statement { text: &text, signature: &signature, signer: &signer };
		let id;
		#[block]
		{
			let root_crl = Pallet::<T>::root_crl().unwrap();
			let info = TcbInfo::verify::<T::Signatures>(&statement, &root_crl, &root, TIME).unwrap();
			// The other kind of statement is smaller.
			id = CollateralId::TcbInfo(info.tee, info.fmspc);
			let rank = Rank { number: info.evaluation.into(), issued: info.window.from };
			assert!(StoredCollaterals::<T>::get(id).is_none());
			let (window, verified) = (info.window, Verified::TcbInfo(info));
			StoredCollaterals::<T>::insert(id, StoredCollateral { rank, window, verified });
			Pallet::<T>::deposit_event(Event::CollateralStored { id, rank, until: window.until });
		}
		assert!(StoredCollaterals::<T>::get(id).is_some());
	}

	#[benchmark]
	fn submit_chip_authority() {
		set_up::<T>(TIME);
		let (who, _) = provider::<T>();
		#[extrinsic_call]
		submit_collateral(RawOrigin::Signed(who), Box::new(recorded_ask(Product::Milan)));
		assert_eq!(StoredCollaterals::<T>::iter_keys().count(), 1);
	}

	#[benchmark]
	fn remove_tcb_info() {
		set_up::<T>(INTEL_TIME);
		store_intel::<T>();
		let (who, _) = provider::<T>();
		let ids = StoredCollaterals::<T>::iter_keys();
		let (tee, fmspc) = ids
			.filter_map(|id| match id {
				CollateralId::TcbInfo(tee, fmspc) => Some((tee, fmspc)),
				_ => None,
			})
			.next()
			.unwrap();
		T::BenchmarkHelper::set_time(INTEL_TIME + 40_000_000);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), tee, fmspc);
		assert!(!StoredCollaterals::<T>::contains_key(CollateralId::TcbInfo(tee, fmspc)));
	}

	#[benchmark]
	fn attest_quote() {
		set_up::<T>(INTEL_TIME);
		store_intel::<T>();
		let (who, _) = provider::<T>();
		let evidence = recorded_quote("tdx_quote_td15ex");
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::contains_key(&who, Kind::Tdx));
	}

	#[benchmark]
	fn attest_sev_snp() {
		set_up::<T>(TIME);
		store_amd::<T>();
		let (who, _) = provider::<T>();
		let evidence = recorded_snp(Product::Milan);
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::contains_key(&who, Kind::SevSnp));
	}

	#[benchmark]
	fn attest_nitro() {
		set_up::<T>(NITRO_TIME);
		let (who, _) = provider::<T>();
		let evidence = nitro(vector("nitro/attestation.cose"));
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::contains_key(&who, Kind::Nitro));
	}

	#[benchmark]
	fn attest_development() {
		set_up::<T>(TIME);
		let (who, key) = provider::<T>();
		let evidence = development::<T>(&who, &key, true);
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::contains_key(&who, Kind::Development));
	}

	#[benchmark]
	fn attest_device() {
		set_up::<T>(TIME);
		let (who, _) = provider::<T>();
		let gpu = recorded_gpu();
		let report = aivm_attestation::nvidia::Report::read(&gpu.report).unwrap();
		let mut measurements = super::allowed(&gpu);
		for Allowed { values, .. } in &mut measurements {
			// The right value is the last.
			let right = values[0];
			let mut all = vec![[7; 48]; MAX_ALLOWED as usize];
			*all.last_mut().unwrap() = right;
			*values = bounded(all);
		}
		let (driver, vbios) = (report.driver.clone(), report.vbios.clone());
		let golden = aivm_attestation::nvidia::Golden {
			driver: driver.clone(),
			vbios: vbios.clone(),
			measurements: bounded(measurements),
		};
		Goldens::<T>::insert((driver, vbios), golden);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(Evidence::Device(gpu.clone())), None);
		assert!(Records::<T>::contains_key(&who, Kind::NvidiaGpu));
	}

	/// What a collector's transaction costs beside the verification: with evidence that is refused last.
	#[benchmark]
	fn attest_collected() {
		set_up::<T>(TIME);
		let (who, key) = provider::<T>();
		state::<T>(&who, Kind::Development);
		let collector = collector::<T>();
		let evidence = Box::new(development::<T>(&who, &key, false));
		#[block]
		{
			Pallet::<T>::do_attest_collected(&who, 1, &evidence, collector);
		}
		assert_eq!(CollectorFailures::<T>::get(collector).count, 1);
	}

	#[benchmark]
	fn authorize_attest_collected() -> Result<(), BenchmarkError> {
		set_up::<T>(TIME);
		let (provider, _) = provider::<T>();
		state::<T>(&provider, Kind::Tdx);
		let collector = collector::<T>();
		let full = |limit: u32| vec![0xff; limit as usize];
		let device = DeviceEvidence {
			report: bounded(full(aivm_attestation::nvidia::MAX_REPORT)),
			chain: bounded(full(aivm_attestation::nvidia::MAX_CHAIN)),
		};
		let evidence = Evidence::Machine {
			machine: MachineEvidence::Quote(bounded(full(aivm_attestation::intel::MAX_QUOTE))),
			devices: bounded(vec![device; MAX_DEVICES as usize]),
		};
		let digest = Pallet::<T>::collection_digest(&provider, 1, &evidence);
		let signature = sr25519_sign(KEY_TYPE, &collector, &digest).unwrap();
		let evidence = Box::new(evidence);
		let call = Call::<T>::attest_collected { provider, period: 1, evidence, collector, signature };
		#[block]
		{
			call.authorize(TransactionSource::External).ok_or("the call has a rule")??;
		}
		Ok(())
	}

	#[benchmark]
	fn remove_record() {
		set_up::<T>(TIME);
		let (who, key) = provider::<T>();
		let evidence = development::<T>(&who, &key, true);
		Pallet::<T>::do_attest(&who, &evidence, None).unwrap();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), who.clone(), Kind::Development);
		assert!(!Records::<T>::contains_key(&who, Kind::Development));
	}

	#[benchmark]
	fn set_endpoint() {
		set_up::<T>(TIME);
		let (who, _) = provider::<T>();
		Workloads::<T>::insert(7, Workload { name: Default::default(), measurements: Default::default() });
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), url(), Kind::Tdx, Some(7));
		assert!(Endpoints::<T>::contains_key(&who));
	}

	#[benchmark]
	fn remove_endpoint() {
		set_up::<T>(TIME);
		let (who, _) = provider::<T>();
		state::<T>(&who, Kind::Tdx);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Endpoints::<T>::contains_key(&who));
	}

	#[benchmark]
	fn set_policy() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let names =
			(0..aivm_attestation::proven::MAX_ADVISORIES).map(|number| bounded(format!("{number:032}").into_bytes()));
		let policy = TcbPolicy {
			statuses: bounded(vec![aivm_attestation::TcbStatus::OutOfDate; 8]),
			advisories: bounded(names.collect()),
			grace: 1,
			least_evaluation: 1,
			amd: bounded(vec![
				AmdTcb {
					product: Product::Milan,
					fmc: 0,
					boot_loader: 3,
					tee: 0,
					snp: 8,
					microcode: 115
				};
				8
			]),
		};
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, Tier::Entry, Box::new(policy.clone()));
		assert_eq!(Policies::<T>::get(Tier::Entry), policy);
		Ok(())
	}

	#[benchmark]
	fn set_workload() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let measurements = (0..MAX_MEASUREMENTS).map(|number| sp_io::hashing::blake2_256(&number.encode()));
		let measurements: Vec<_> = measurements.collect();
		let name = vec![b'x'; MAX_NAME as usize];
		let workload = Workload { name: bounded(name), measurements: bounded(measurements) };
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, 7, Some(Box::new(workload)));
		assert!(Workloads::<T>::contains_key(7));
		Ok(())
	}

	#[benchmark]
	fn set_golden() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let values =
			|index: u8| (0..MAX_ALLOWED as u8).map(|value| [value.wrapping_add(index); 48]).collect::<Vec<_>>();
		let measurements: Vec<_> = (1..=64).map(|index| Allowed { index, values: bounded(values(index)) }).collect();
		let version: Version = bounded(vec![b'1'; aivm_attestation::proven::MAX_VERSION as usize]);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, version.clone(), version.clone(), Some(bounded(measurements)));
		assert!(Goldens::<T>::contains_key((version.clone(), version)));
		Ok(())
	}

	#[benchmark]
	fn set_denied() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let item = Denied::Device([1; 32]);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, item, true);
		assert!(DenyList::<T>::contains_key(item));
		Ok(())
	}

	#[benchmark]
	fn set_collectors() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let keys: Vec<_> = (0..MAX_COLLECTORS as u8).map(|byte| sr25519::Public::from_raw([byte; 32])).collect();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, bounded(keys));
		assert_eq!(Collectors::<T>::decode_len(), Some(MAX_COLLECTORS as usize));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_benchmark_chain(), crate::mock::Test);
}
