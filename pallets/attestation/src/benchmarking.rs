// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Benchmarks: recorded evidence of real hardware, against stored collateral, policies and allow-lists of the largest size.
//! What is stored replaces something of the largest size.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::arithmetic_side_effects,
	clippy::indexing_slicing,
	clippy::panic
)]

use aivm_attestation::{
	crl::{MAX_CRL, MAX_REVOKED},
	development::Development,
	intel::{
		PckAuthority, PckAuthorityKind, SecurityVersion, Statement, TcbInfo, TcbLevels, MAX_LEVELS, MAX_QUOTE,
		MAX_STATEMENT,
	},
	nvidia::{Allowed, Golden, MAX_ALLOWED},
	proven::{Advisories, Advisory, Version, MAX_ADVISORIES, MAX_ADVISORY, MAX_VERSION},
	snp::{AmdTcb, Product},
	x509::Serial,
	IntelTcb, Kind, RevocationList, Tcb, TcbPolicy, TcbStatus, Window,
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

/// A development chain, in its second period, at this time, with policies of the largest size.
fn set_up<T: Config>(now: u64) {
	T::BenchmarkHelper::set_time(now);
	AllowDevelopment::<T>::put(true);
	for tier in Tier::ALL {
		Policies::<T>::insert(tier, policy());
	}
	ChallengeSeeds::<T>::put(Seeds { period: 1, current: [1; 32].into(), previous: Some([2; 32].into()) });
}

/// A provider with money and the key that it signs with.
fn provider<T: Config>() -> (AccountId32, sr25519::Public) {
	let key = sr25519_generate(KEY_TYPE, None);
	let account = AccountId32::from(key);
	T::BenchmarkHelper::fund(&account);
	(account, key)
}

/// As many advisories as there may be, with names of this many digits.
fn advisories(digits: u32) -> Advisories {
	let digits = digits as usize;
	let name = |number: u32| -> Advisory { bounded(format!("{number:0digits$}").into_bytes()) };
	bounded((0..MAX_ADVISORIES).map(name).collect())
}

/// A policy of the largest size. Of all that it accepts, what the benchmarks send comes last.
fn policy() -> TcbPolicy {
	let mut statuses = vec![TcbStatus::OutOfDate; 8];
	statuses[7] = TcbStatus::SwHardeningNeeded;
	let mut amd = vec![AmdTcb { product: Product::Turin, fmc: 0, boot_loader: 0, tee: 0, snp: 0, microcode: 0 }; 8];
	amd[7] = AmdTcb { product: Product::Milan, fmc: 0, boot_loader: 3, tee: 0, snp: 8, microcode: 115 };
	TcbPolicy {
		statuses: bounded(statuses),
		advisories: advisories(MAX_ADVISORY),
		grace: 1,
		least_evaluation: 1,
		amd: bounded(amd),
	}
}

/// A list of revoked certificates of the largest size that revokes none that is used.
fn largest_crl(window: Window) -> RevocationList {
	let serials: Vec<Serial> = (0..MAX_REVOKED)
		.map(|number| {
			let mut serial = [0xff; 20];
			serial[16..].copy_from_slice(&number.to_be_bytes());
			Serial(serial)
		})
		.collect();
	RevocationList::decode(&mut &(window, 1u64, serials).encode()[..]).unwrap()
}

/// Stores the largest CRL under an id.
fn store_crl<T: Config>(id: CollateralId) {
	let window = Window { from: TIME, until: u64::MAX };
	let rank = Rank { number: 0, issued: 0 };
	StoredCollaterals::<T>::insert(id, StoredCollateral { rank, window, verified: Verified::Crl(largest_crl(window)) });
}

fn change_collateral<T: Config>(change: impl Fn(&mut StoredCollateral)) {
	let ids: Vec<CollateralId> = StoredCollaterals::<T>::iter_keys().collect();
	for id in ids {
		StoredCollaterals::<T>::mutate(id, |stored| change(stored.as_mut().unwrap()));
	}
}

/// Makes all that is stored older than what was submitted, so that the same can be submitted again.
fn age_collateral<T: Config>() {
	change_collateral::<T>(|stored| stored.rank = Rank { number: 0, issued: 0 });
}

/// Lets every advisory that a policy names apply to a level.
fn advise(level: &mut SecurityVersion) {
	level.status = TcbStatus::SwHardeningNeeded;
	level.advisories = advisories(MAX_ADVISORY);
}

/// The same for all levels of a component.
fn advise_all(levels: &mut TcbLevels) {
	levels.iter_mut().for_each(advise);
}

/// Submits the collateral of the recorded Intel quote, and lets what is stored grow to the size that CRLs and statements of
/// the largest size have.
fn store_intel<T: Config>() {
	for piece in RawCollateral::recorded("tdx_quote_td15ex").pieces() {
		Pallet::<T>::do_submit_collateral(&piece).unwrap();
	}
	let grown = verify_tcb_info::<T>(&tcb_info(MAX_STATEMENT));
	change_collateral::<T>(|stored| match &mut stored.verified {
		Verified::Crl(list) => *list = largest_crl(stored.window),
		Verified::TcbInfo(info) => {
			info.levels.iter_mut().for_each(|level| advise(&mut level.pce));
			info.modules.iter_mut().for_each(|module| advise_all(&mut module.levels));
			for module in &grown.modules {
				info.modules.try_push(module.clone()).unwrap();
			}
		}
		Verified::QeIdentity(identity) => {
			advise_all(&mut identity.levels);
			let last = SecurityVersion { advisories: advisories(2), ..identity.levels.last().unwrap().clone() };
			while identity.levels.try_push(last.clone()).is_ok() {}
		}
		Verified::PckAuthority(_) | Verified::ChipAuthority(_) => {}
	});
}

fn store_amd<T: Config>() {
	Pallet::<T>::do_submit_collateral(&recorded_ask(Product::Milan)).unwrap();
	store_crl::<T>(CollateralId::ChipCrl(Product::Milan));
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

/// Lets a record grow to its largest size.
fn grow_record(record: &mut Record) {
	let version: Version = bounded(vec![b'1'; MAX_VERSION as usize]);
	let tcb = Tcb::Nvidia { driver: version.clone(), vbios: version };
	let device = DeviceRecord { kind: Kind::NvidiaGpu, measured: [1; 32], tcb, device: [1; 32] };
	let status = TcbStatus::SwHardeningNeeded;
	record.tcb = Tcb::Intel(IntelTcb { status, advisories: advisories(MAX_ADVISORY), date: TIME, evaluation: 1 });
	record.devices = bounded(vec![device; MAX_DEVICES as usize]);
}

/// Stores a record of the largest size in the place of the one that evidence of this kind leads to.
fn store_record<T: Config>(provider: &AccountId32, kind: Kind, mut record: Record) {
	grow_record(&mut record);
	(record.kind, record.period) = (kind, 0);
	Records::<T>::insert(provider, kind, StoredRecord { record, deposit: 0 });
}

/// A workload of the largest size that allows what `evidence` measures, and a record that the one of `evidence` replaces.
fn workload<T: Config>(provider: &AccountId32, evidence: &Evidence) -> Option<WorkloadId> {
	let record = Pallet::<T>::verify::<T::Signatures>(provider, evidence, None).unwrap();
	Workloads::<T>::insert(7, largest_workload(record.measured));
	store_record::<T>(provider, record.kind, record);
	Some(7)
}

/// A workload of the largest size, with this as its last measurement.
fn largest_workload(measured: [u8; 32]) -> Workload {
	let others = (0..MAX_MEASUREMENTS - 1).map(|number| sp_io::hashing::blake2_256(&number.encode()));
	let measurements: Vec<_> = others.chain(core::iter::once(measured)).collect();
	Workload { name: bounded(vec![b'x'; MAX_NAME as usize]), measurements: bounded(measurements) }
}

fn collector<T: Config>() -> sr25519::Public {
	let key = sr25519_generate(KEY_TYPE, None);
	let others = (1..MAX_COLLECTORS as u8).map(|byte| sr25519::Public::from_raw([byte; 32]));
	Collectors::<T>::put(bounded::<_, frame_support::BoundedVec<_, _>>(others.chain([key]).collect::<Vec<_>>()));
	key
}

/// A collector, among as many others as there can be, that was wrong before, and an endpoint of a provider.
pub(crate) fn set_up_collector<T: Config>(provider: &AccountId32) -> sr25519::Public {
	set_up::<T>(TIME);
	T::BenchmarkHelper::fund(provider);
	state::<T>(provider, Kind::Tdx);
	let collector = collector::<T>();
	CollectorFailures::<T>::insert(collector, Failures { period: 1, count: 0 });
	collector
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

/// Bytes of a CRL around its padding.
const CRL_FRAME: u32 = 12_600;
/// Name of our authority.
const PCK: &str = "Intel SGX PCK Platform CA";

/// A CRL of our authority of about `length` bytes, with as many entries as it may have, in no order.
fn crl(length: u32) -> Vec<u8> {
	let entries: Vec<u8> = (0..MAX_REVOKED as u16)
		.flat_map(|number| {
			let serial = number.wrapping_mul(40_503).to_be_bytes();
			tlv(0x30, &[&tlv(2, &[&serial])])
		})
		.collect();
	let number = tlv(0x30, &[&[6, 3, 0x55, 0x1d, 0x14], &tlv(4, &[&[2, 1, 7]])]);
	let padding = vec![0u8; length.saturating_sub(CRL_FRAME) as usize];
	let padding = tlv(0x30, &[&[6, 3, 0x55, 0x1d, 0x7f], &tlv(4, &[&padding])]);
	seal(&tlv(
		0x30,
		&[
			&[2, 1, 1],
			ALGORITHM,
			&name(PCK),
			&time(b"20240101000000Z"),
			&time(b"20340101000000Z"),
			&tlv(0x30, &[&entries]),
			&tlv(0xa0, &[&tlv(0x30, &[&number, &padding])]),
		],
	))
}

/// A TCB info of `length` bytes. Nothing takes more work for its length than levels with the most advisories.
fn tcb_info(length: u32) -> Vec<u8> {
	let names: Vec<String> = (0..MAX_ADVISORIES).map(|number| format!("\"{number:02}\"")).collect();
	let level = format!(
		"{{\"tcb\":{{\"isvsvn\":1}},\"tcbDate\":\"2024-11-13T00:00:00Z\",\"tcbStatus\":\"UpToDate\",\
		\"advisoryIDs\":[{}]}}",
		names.join(",")
	);
	let signer = format!(
		"\"mrsigner\":\"{}\",\"attributes\":\"{}\",\"attributesMask\":\"{}\"",
		"00".repeat(48),
		"00".repeat(8),
		"FF".repeat(8)
	);
	let count = length.saturating_sub(1_500) as usize / (level.len() + 1);
	let modules: Vec<String> = vec![level; count]
		.chunks(MAX_LEVELS as usize)
		.zip(0x80..)
		.map(|(levels, major)| format!("{{\"id\":\"TDX_{major:02X}\",{signer},\"tcbLevels\":[{}]}}", levels.join(",")))
		.collect();
	let mut text = format!(
		"{{\"id\":\"TDX\",\"version\":3,\"issueDate\":\"2024-12-25T00:00:00Z\",\"nextUpdate\":\"2025-01-25T00:00:00Z\",\
		\"tcbEvaluationDataNumber\":18,\"fmspc\":\"90C06F000000\",\"pceId\":\"0000\",\"tcbType\":0,\
		\"tdxModule\":{{{signer}}},\"tdxModuleIdentities\":[{}],\"tcbLevels\":[]}}",
		modules.join(",")
	)
	.into_bytes();
	text.resize(length as usize, b' ');
	text
}

/// Verifies a TCB info that our signer signed.
fn verify_tcb_info<T: Config>(text: &[u8]) -> TcbInfo {
	let window = Window { from: TIME, until: u64::MAX };
	let (root, signer, signature) = (certificate(ROOT, true), certificate("Intel SGX TCB Signing", false), sign(text));
	let statement = Statement { text, signature: &signature, signer: &signer };
	TcbInfo::verify::<T::Signatures>(&statement, &largest_crl(window), &root, TIME).unwrap()
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

	/// Of an authority: one of the root does not need what is stored of the authority.
	#[benchmark]
	fn submit_crl(b: Linear<{ CRL_FRAME }, { MAX_CRL }>) {
		set_up::<T>(TIME);
		let window = Window { from: TIME, until: u64::MAX };
		let (root, root_crl) = (certificate(ROOT, true), largest_crl(window));
		let authority = PckAuthority::verify::<T::Signatures>(&certificate(PCK, true), &root_crl, &root, TIME).unwrap();
		let kind = PckAuthorityKind::Platform;
		let stored = StoredCollateral {
			rank: Rank { number: 0, issued: 1 },
			window,
			verified: Verified::PckAuthority(authority),
		};
		StoredCollaterals::<T>::insert(CollateralId::PckAuthority(kind), stored);
		let id = CollateralId::PckCrl(kind);
		store_crl::<T>(id);
		let (who, _) = provider::<T>();
		let collateral = Collateral::PckCrl { authority: kind, crl: bounded(crl(b)) };
		#[extrinsic_call]
		submit_collateral(RawOrigin::Signed(who), Box::new(collateral));
		assert_eq!(StoredCollaterals::<T>::get(id).unwrap().rank.number, 7);
	}

	#[benchmark]
	fn submit_pck_authority() {
		set_up::<T>(INTEL_TIME);
		store_intel::<T>();
		age_collateral::<T>();
		let collateral = RawCollateral::recorded("tdx_quote_td15ex").pieces().remove(1);
		let (who, _) = provider::<T>();
		#[extrinsic_call]
		submit_collateral(RawOrigin::Signed(who), Box::new(collateral));
		let newer = StoredCollaterals::<T>::iter_values().filter(|stored| stored.rank.issued > 0);
		assert_eq!(newer.count(), 1);
	}

	#[benchmark]
	fn submit_statement(b: Linear<4_000, { MAX_STATEMENT }>) {
		set_up::<T>(TIME);
		let (root, signer) = (certificate(ROOT, true), certificate("Intel SGX TCB Signing", false));
		store_crl::<T>(CollateralId::RootCrl);
		let old = verify_tcb_info::<T>(&tcb_info(MAX_STATEMENT));
		// The other kind of statement is smaller.
		let id = CollateralId::TcbInfo(old.tee, old.fmspc);
		let rank = Rank { number: 0, issued: 0 };
		let stored = StoredCollateral { rank, window: old.window, verified: Verified::TcbInfo(old) };
		StoredCollaterals::<T>::insert(id, stored);
		let text = tcb_info(b);
		let signature = sign(&text);
		let statement = Statement { text: &text, signature: &signature, signer: &signer };
		// As the call does, under a root of our own.
		#[block]
		{
			let root_crl = Pallet::<T>::root_crl().unwrap();
			let info = TcbInfo::verify::<T::Signatures>(&statement, &root_crl, &root, TIME).unwrap();
			let rank = Rank { number: info.evaluation.into(), issued: info.window.from };
			assert!(StoredCollaterals::<T>::get(id).is_some_and(|old| rank > old.rank));
			let (window, verified) = (info.window, Verified::TcbInfo(info));
			StoredCollaterals::<T>::insert(id, StoredCollateral { rank, window, verified });
			Pallet::<T>::deposit_event(Event::CollateralStored { id, rank, until: window.until });
		}
		assert_eq!(StoredCollaterals::<T>::get(id).unwrap().rank.number, 18);
	}

	#[benchmark]
	fn submit_chip_authority() {
		set_up::<T>(TIME);
		store_amd::<T>();
		age_collateral::<T>();
		let (who, _) = provider::<T>();
		#[extrinsic_call]
		submit_collateral(RawOrigin::Signed(who), Box::new(recorded_ask(Product::Milan)));
		let newer = StoredCollaterals::<T>::iter_values().filter(|stored| stored.rank.issued > 0);
		assert_eq!(newer.count(), 1);
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
		// Zeros may follow a quote.
		let mut bytes = vector("intel/tdx_quote_td15ex");
		bytes.resize(MAX_QUOTE as usize, 0);
		let evidence = quote(bytes);
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		let StoredRecord { record, deposit } = Records::<T>::get(&who, Kind::Tdx).unwrap();
		assert!(deposit > 0);
		let Tcb::Intel(tcb) = record.tcb else { panic!() };
		assert_eq!((tcb.status, tcb.advisories), (TcbStatus::SwHardeningNeeded, advisories(MAX_ADVISORY)));
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
		assert!(Records::<T>::get(&who, Kind::SevSnp).unwrap().deposit > 0);
	}

	#[benchmark]
	fn attest_nitro() {
		set_up::<T>(NITRO_TIME);
		let (who, _) = provider::<T>();
		let evidence = nitro(vector("nitro/attestation.cose"));
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::get(&who, Kind::Nitro).unwrap().deposit > 0);
	}

	#[benchmark]
	fn attest_development() {
		set_up::<T>(TIME);
		let (who, key) = provider::<T>();
		let evidence = development::<T>(&who, &key, true);
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::get(&who, Kind::Development).unwrap().deposit > 0);
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
		let golden = Golden { driver: driver.clone(), vbios: vbios.clone(), measurements: bounded(measurements) };
		Goldens::<T>::insert((driver, vbios), golden);
		let evidence = Evidence::Device(gpu);
		let workload = workload::<T>(&who, &evidence);
		#[extrinsic_call]
		attest(RawOrigin::Signed(who.clone()), Box::new(evidence), workload);
		assert!(Records::<T>::get(&who, Kind::NvidiaGpu).unwrap().deposit > 0);
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
		let (provider, key) = provider::<T>();
		state::<T>(&provider, Kind::Tdx);
		let record = Pallet::<T>::verify(&provider, &development::<T>(&provider, &key, true), None).unwrap();
		store_record::<T>(&provider, Kind::Tdx, record);
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
		Records::<T>::mutate(&who, Kind::Development, |stored| grow_record(&mut stored.as_mut().unwrap().record));
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
		let policy = policy();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, Tier::Entry, Box::new(policy.clone()));
		assert_eq!(Policies::<T>::get(Tier::Entry), policy);
		Ok(())
	}

	#[benchmark]
	fn set_workload() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		Workloads::<T>::insert(7, largest_workload([1; 32]));
		let workload = largest_workload([2; 32]);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, 7, Some(Box::new(workload.clone())));
		assert_eq!(Workloads::<T>::get(7), Some(workload));
		Ok(())
	}

	#[benchmark]
	fn set_golden() -> Result<(), BenchmarkError> {
		let origin = T::GovernanceOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let values =
			|index: u8| (0..MAX_ALLOWED as u8).map(|value| [value.wrapping_add(index); 48]).collect::<Vec<_>>();
		let measurements: Vec<_> = (1..=64).map(|index| Allowed { index, values: bounded(values(index)) }).collect();
		let version: Version = bounded(vec![b'1'; MAX_VERSION as usize]);
		// What is stored differs at its end.
		let (driver, vbios) = (version.clone(), version.clone());
		let mut old = Golden { driver, vbios, measurements: bounded(measurements.clone()) };
		old.measurements[63].values[MAX_ALLOWED as usize - 1] = [0; 48];
		Goldens::<T>::insert((&version, &version), old);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, version.clone(), version.clone(), Some(bounded(measurements.clone())));
		let new = Goldens::<T>::get((version.clone(), version)).unwrap();
		assert_eq!(new.measurements.into_inner(), measurements);
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
