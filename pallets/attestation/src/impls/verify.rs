// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Verifying evidence against what is stored.

use aivm_attestation::{
	intel::{Collateral, PckAuthorityKind, Quote},
	nitro::Document,
	nvidia, snp,
	x509::Serial,
	Binding, Error as Invalid, Kind, Part, Proven, Signatures, Tcb,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{Get, UnixTime},
};
use sp_core::crypto::AccountId32;

use crate::{
	AllowDevelopment, Bound, Config, Denied, DenyList, DeviceEvidence, DeviceRecord, Evidence, Goldens,
	MachineEvidence, Pallet, Period, Policies, Record, Refusal, Tier, Tiers, WorkloadId, Workloads,
};

impl<T: Config> Pallet<T> {
	/// The time of the block, in seconds since 1970.
	pub(crate) fn now() -> u64 {
		T::Time::now().as_secs()
	}

	/// Verifies evidence of `provider` now. Returns what it proves, with everything that this chain asks for.
	///
	/// Changes nothing, so that whoever wants to send evidence can ask before: with [`Portable`](aivm_attestation::Portable)
	/// signatures, as light clients do not have the chain's host functions.
	///
	/// # Details
	/// In this order: the kind is accepted, the workload exists; the evidence is valid down to the maker's root and with all
	/// collateral; its devices are listed, different, and the machine's; it is made for a challenge; a tier accepts the
	/// firmware; the workload allows what runs.
	pub(crate) fn verify<S: Signatures>(
		provider: &AccountId32,
		evidence: &Evidence,
		workload: Option<WorkloadId>,
	) -> Result<Record, Refusal> {
		let (now, allow_development) = (Self::now(), AllowDevelopment::<T>::get());
		let allowed = workload.map(|id| Workloads::<T>::get(id).ok_or(Refusal::UnknownWorkload)).transpose()?;
		let (proven, devices, bound, period) = match evidence {
			Evidence::Machine { machine, devices } => {
				let proven = Self::verify_machine::<S>(provider, machine, allow_development, now)?;
				let devices = Self::verify_devices::<S>(devices, now)?;
				let (bound, period) = Self::check_binding(provider, &proven, &devices, allow_development)?;
				(proven, devices, bound, period)
			}
			Evidence::Device(device) => {
				ensure!(allow_development, Refusal::DeviceAlone);
				(Self::verify_device::<S>(device, now)?, Vec::new(), Bound::Nothing, Self::period())
			}
		};
		let tiers = match proven.kind {
			Kind::Development | Kind::NvidiaGpu | Kind::NvidiaSwitch => Tiers::new(),
			Kind::Sgx | Kind::Tdx | Kind::SevSnp | Kind::Nitro => Self::tiers(&proven.tcb, now)?,
		};
		let measured = proven.measured.id();
		if let Some(allowed) = allowed {
			ensure!(allowed.measurements.contains(&measured), Invalid::MeasurementNotAllowed);
		}
		let until = devices.iter().map(|device| device.valid_until).fold(proven.valid_until, u64::min);
		let records = devices.into_iter().map(|device| DeviceRecord {
			kind: device.kind,
			measured: device.measured.id(),
			tcb: device.tcb,
			device: device.device,
		});
		Ok(Record {
			kind: proven.kind,
			bound,
			measured,
			workload,
			tcb: proven.tcb,
			tiers,
			device: proven.device,
			devices: records.collect::<Vec<_>>().try_into().map_err(|_| Refusal::SameDevice)?,
			period,
			verified_at: now,
			expires: until.min(now.saturating_add(T::MaxAge::get())),
		})
	}

	fn verify_machine<S: Signatures>(
		provider: &AccountId32,
		machine: &MachineEvidence,
		allow_development: bool,
		now: u64,
	) -> Result<Proven, Refusal> {
		let roots = T::Roots::get();
		let (proven, part) = match machine {
			MachineEvidence::Quote(bytes) => (Self::verify_quote::<S>(bytes, now)?, Part::Quote),
			MachineEvidence::SevSnp { product, endorsed, report, certificate } => {
				let authority = Self::chip_authority(*product, *endorsed)?;
				let (crl, (_, root)) = (Self::chip_crl(*product), roots.of_amd(*product));
				let proven = snp::verify::<S>(report, certificate, &authority, crl.as_ref(), root, now)?;
				(proven, Part::ChipCertificate)
			}
			MachineEvidence::Nitro(bytes) => {
				let document = Document::read(bytes)?;
				(document.verify::<S>(roots.nitro, now, Self::is_denied)?, Part::NitroDocument)
			}
			MachineEvidence::Development(development) => {
				ensure!(allow_development, Refusal::DevelopmentNotAllowed);
				ensure!(AsRef::<[u8; 32]>::as_ref(provider) == &development.key, Refusal::ForeignKey);
				(development.verify::<S>(now)?, Part::Development)
			}
		};
		Self::check_device(&proven, part)?;
		Ok(proven)
	}

	fn verify_quote<S: Signatures>(bytes: &[u8], now: u64) -> Result<Proven, Refusal> {
		let quote = Quote::read(bytes)?;
		let (tee, fmspc) = (quote.tee(), quote.platform()?.fmspc);
		let kind = PckAuthorityKind::of_name(&quote.issuer()?).ok_or(Invalid::Issuer { part: Part::PckCertificate })?;
		let collateral = Collateral {
			tcb_info: &Self::tcb_info(tee, fmspc)?,
			qe_identity: &Self::qe_identity(tee)?,
			authority: &Self::pck_authority(kind)?,
			pck_crl: &Self::pck_crl(kind)?,
			root_crl: &Self::root_crl()?,
			root: T::Roots::get().intel,
		};
		Ok(quote.verify::<S>(&collateral, now)?)
	}

	/// Verifies devices, each another one.
	fn verify_devices<S: Signatures>(devices: &[DeviceEvidence], now: u64) -> Result<Vec<Proven>, Refusal> {
		let mut verified: Vec<Proven> = Vec::with_capacity(devices.len());
		for device in devices {
			let proven = Self::verify_device::<S>(device, now)?;
			ensure!(!verified.iter().any(|other| other.device == proven.device), Refusal::SameDevice);
			verified.push(proven);
		}
		Ok(verified)
	}

	fn verify_device<S: Signatures>(device: &DeviceEvidence, now: u64) -> Result<Proven, Refusal> {
		let report = nvidia::Report::read(&device.report)?;
		let golden = Goldens::<T>::get((&report.driver, &report.vbios)).ok_or(Invalid::UnknownFirmware)?;
		let root = T::Roots::get().nvidia;
		let proven = nvidia::verify::<S>(&device.report, &device.chain, root, now, Self::is_denied)?;
		golden.check(&report)?;
		Self::check_device(&proven, Part::DeviceCertificate)?;
		Ok(proven)
	}

	fn is_denied(serial: &Serial) -> bool {
		DenyList::<T>::contains_key(Denied::Certificate(*serial))
	}

	fn check_device(proven: &Proven, part: Part) -> Result<(), Refusal> {
		ensure!(!DenyList::<T>::contains_key(Denied::Device(proven.device)), Invalid::Denied { part });
		Ok(())
	}

	/// Checks what the evidence of a machine was made for. Returns it with the period.
	///
	/// Recorded evidence is that of hardware, and alone: where devices are named, they must be this machine's, now.
	fn check_binding(
		provider: &AccountId32,
		proven: &Proven,
		devices: &[Proven],
		allow_development: bool,
	) -> Result<(Bound, Period), Refusal> {
		let devices: Vec<&Proven> = devices.iter().collect();
		for (period, subject) in Self::subjects(provider) {
			let binding = Binding { genesis: Self::genesis(), provider: *provider.as_ref(), subject };
			match binding.check(proven, &devices) {
				Err(Invalid::Binding) => {}
				checked => return checked.map(|()| (Bound::Challenge, period)).map_err(Into::into),
			}
		}
		ensure!(allow_development && devices.is_empty() && proven.kind.is_hardware(), Invalid::Binding);
		Ok((Bound::Nothing, Self::period()))
	}

	/// The tiers whose policy firmware meets, or why it does not meet that of the lowest.
	fn tiers(tcb: &Tcb, now: u64) -> Result<Tiers, Refusal> {
		let mut tiers = Tiers::new();
		let mut refused = None;
		for tier in Tier::ALL {
			match Policies::<T>::get(tier).check(tcb, now) {
				// There are as many tiers as places.
				Ok(()) => tiers.try_push(tier).unwrap_or_default(),
				Err(error) => refused = refused.or(Some(error)),
			}
		}
		match refused {
			Some(error) if tiers.is_empty() => Err(error.into()),
			_ => Ok(tiers),
		}
	}
}
