// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! What governance states.

use aivm_attestation::{
	nvidia::{Allowed, Golden},
	proven::Version,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, pallet_prelude::ConstU32, BoundedVec};
use sp_core::sr25519;
use sp_runtime::DispatchResult;

use crate::{
	Collectors, Config, Denied, DenyList, Error, Event, Goldens, Pallet, Workload, WorkloadId, Workloads,
	MAX_COLLECTORS,
};

/// Whether no item is there twice.
fn is_set<I: Ord>(items: impl ExactSizeIterator<Item = I>) -> bool {
	let count = items.len();
	items.collect::<BTreeSet<_>>().len() == count
}

impl Workload {
	/// Whether it has a name, and a list without duplicates.
	pub(crate) fn is_canonical(&self) -> bool {
		self.has_name() && self.has_list()
	}

	fn has_name(&self) -> bool {
		!self.name.is_empty() && core::str::from_utf8(&self.name).is_ok()
	}

	fn has_list(&self) -> bool {
		!self.measurements.is_empty() && is_set(self.measurements.iter())
	}
}

/// Whether measurements are some, in the order of their indices, each with values.
pub(crate) fn is_canonical(measurements: &[Allowed]) -> bool {
	let ordered = measurements.iter().zip(measurements.iter().skip(1)).all(|(a, b)| a.index < b.index);
	let valued = measurements.iter().all(|allowed| !allowed.values.is_empty() && is_set(allowed.values.iter()));
	!measurements.is_empty() && ordered && valued
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_workload(id: WorkloadId, workload: Option<Workload>) -> DispatchResult {
		if let Some(workload) = &workload {
			ensure!(workload.has_name(), Error::<T>::BadName);
			ensure!(workload.has_list(), Error::<T>::BadList);
		}
		ensure!(Workloads::<T>::get(id) != workload, Error::<T>::NoChange);
		Workloads::<T>::set(id, workload);
		Self::deposit_event(Event::WorkloadSet { id });
		Ok(())
	}

	pub(crate) fn do_set_golden(
		driver: Version,
		vbios: Version,
		measurements: Option<BoundedVec<Allowed, ConstU32<64>>>,
	) -> DispatchResult {
		if let Some(measurements) = &measurements {
			ensure!(is_canonical(measurements), Error::<T>::BadList);
		}
		let golden =
			measurements.map(|measurements| Golden { driver: driver.clone(), vbios: vbios.clone(), measurements });
		let key = (&driver, &vbios);
		ensure!(Goldens::<T>::get(key) != golden, Error::<T>::NoChange);
		Goldens::<T>::set(key, golden);
		Self::deposit_event(Event::GoldenSet { driver, vbios });
		Ok(())
	}

	pub(crate) fn do_set_denied(item: Denied, denied: bool) -> DispatchResult {
		ensure!(DenyList::<T>::contains_key(item) != denied, Error::<T>::NoChange);
		DenyList::<T>::set(item, denied.then_some(()));
		Self::deposit_event(Event::DenialSet { item, denied });
		Ok(())
	}

	pub(crate) fn do_set_collectors(
		collectors: BoundedVec<sr25519::Public, ConstU32<MAX_COLLECTORS>>,
	) -> DispatchResult {
		ensure!(is_set(collectors.iter()), Error::<T>::BadList);
		let count = u32::try_from(collectors.len()).unwrap_or(u32::MAX);
		Collectors::<T>::put(collectors);
		Self::deposit_event(Event::CollectorsSet { count });
		Ok(())
	}
}
