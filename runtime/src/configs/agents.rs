// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Agents, their session keys and policies, and what the policy firewall knows of the runtime's calls.

use crate::{
	configs::{ai::TransactionOverhead, monetary::TreasuryAccount},
	*,
};
use aivm_traits::{AssetKind, CallId, CallInfo, InspectCall, ModelUse, Spend};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64, Footprint},
	PalletId,
};
use sp_runtime::traits::Convert;

parameter_types! {
	/// From which the accounts of agents are derived.
	pub const AgentPalletId: PalletId = PalletId(*b"aivm/agt");
	/// Deposit for each record of an agent.
	pub const AgentItemDeposit: Balance = deposit(1, 0);
	/// Deposit for each of its bytes.
	pub const AgentByteDeposit: Balance = deposit(0, 1);
}

impl pallet_agent_identity::Config for Runtime {
	type ByteDeposit = AgentByteDeposit;
	// What stays for ever costs once what else would be a deposit.
	type ByteFee = AgentByteDeposit;
	type Currency = Balances;
	type ItemDeposit = AgentItemDeposit;
	type ItemFee = AgentItemDeposit;
	type MaxAccounts = ConstU32<100>;
	type MaxMetadata = ConstU32<64>;
	type MaxPageSize = ConstU32<100>;
	type MaxProofLen = ConstU32<{ 16 * 1024 }>;
	type MaxScan = ConstU32<1_000>;
	// 90 days.
	type PaidHalfLife = ConstU64<{ 90 * 24 * 60 * 60 }>;
	type PalletId = AgentPalletId;
	type Receipts = ExecutionReceipts;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Time = Timestamp;
	type Treasury = TreasuryAccount;
	type WeightInfo = pallet_agent_identity::weights::SubstrateWeight<Runtime>;
}

/// Deposit for storage of any kind.
pub struct DepositPrice;
impl Convert<Footprint, Balance> for DepositPrice {
	fn convert(footprint: Footprint) -> Balance {
		let items = u32::try_from(footprint.count).unwrap_or(u32::MAX);
		let bytes = u32::try_from(footprint.size).unwrap_or(u32::MAX);
		deposit(items, bytes)
	}
}

impl pallet_policy::Config for Runtime {
	type Agents = AgentIdentity;
	type Assets = Assets;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MakeCalls;
	type Calls = Calls;
	type Currency = Balances;
	type DepositPrice = DepositPrice;
	type Fees = TransactionPayment;
	type MaxKeys = ConstU32<64>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SecondsPerBlock = ConstU64<{ SLOT_DURATION / 1_000 }>;
	type Time = Timestamp;
	type TransactionOverhead = TransactionOverhead;
	type WeightInfo = pallet_policy::weights::SubstrateWeight<Runtime>;
}

/// Makes calls for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct MakeCalls;
#[cfg(feature = "runtime-benchmarks")]
impl pallet_policy::BenchmarkHelper<RuntimeCall, AccountId> for MakeCalls {
	fn pay(asset: AssetKind, to: &AccountId, amount: crate::Balance) -> RuntimeCall {
		let to = to.clone().into();
		match asset {
			AssetKind::Native => pallet_balances::Call::transfer_keep_alive { dest: to, value: amount }.into(),
			AssetKind::Asset(id) => {
				pallet_assets::Call::transfer_keep_alive { id: id.into(), target: to, amount }.into()
			}
		}
	}

	fn batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
		pallet_utility::Call::batch { calls }.into()
	}

	fn read_of(agent: aivm_traits::AgentId) -> Vec<Vec<u8>> {
		vec![
			pallet_agent_identity::Agents::<Runtime>::hashed_key_for(agent),
			pallet_timestamp::Now::<Runtime>::hashed_key().to_vec(),
		]
	}
}

/// What calls do to the account that sends them.
///
/// The rule for a new call: nothing needs to be written here unless its arguments say exactly what leaves the account
/// (then session keys can send it without `act`), it dispatches other calls, or it hands something over (then it must be
/// here).
pub struct Calls;

impl Calls {
	/// At most `amount` of `asset` goes to `to`.
	fn pays(asset: AssetKind, amount: Balance, to: &Address) -> Spend<AccountId> {
		match to {
			MultiAddress::Id(to) => Spend::Exact { asset, amount, to: Some(to.clone()) },
			// No other form of an address leads to an account: the call will fail.
			_ => Spend::Unknown,
		}
	}
}

impl InspectCall<RuntimeCall, AccountId> for Calls {
	fn inspect(call: &RuntimeCall) -> CallInfo<'_, RuntimeCall, AccountId> {
		use pallet_agent_identity::Call as Identity;
		use pallet_assets::Call as Asset;
		use pallet_attestation::Call as Attest;
		use pallet_balances::Call as Balance;
		use pallet_conviction_voting::Call as Voting;
		use pallet_model_registry::Call as Registry;
		use pallet_multisig::Call as Multi;
		use pallet_proxy::Call as Delegation;
		use pallet_staking::{Call as Stake, RewardDestination};
		use pallet_tasks::Call as Task;
		use pallet_utility::Call as Wrap;

		let mut info = CallInfo::unknown(call_id(call));
		match call {
			// What only says something.
			RuntimeCall::System(frame_system::Call::remark { .. } | frame_system::Call::remark_with_event { .. }) => {
				info.spend = Spend::Nothing;
			}
			RuntimeCall::Attestation(Attest::submit_collateral { .. } | Attest::remove_tcb_info { .. }) => {
				info.spend = Spend::Nothing;
			}

			// What pays.
			RuntimeCall::Balances(
				Balance::transfer_allow_death { dest, value } | Balance::transfer_keep_alive { dest, value },
			) => info.spend = Self::pays(AssetKind::Native, *value, dest),
			// `Assets.transfer` is not here: it takes along what would stay below the least balance.
			RuntimeCall::Assets(Asset::transfer_keep_alive { id, target, amount }) => {
				info.spend = Self::pays(AssetKind::Asset(id.0), *amount, target);
			}
			RuntimeCall::Tasks(Task::infer { version, max_payment, .. }) => {
				info.spend = Spend::Exact { asset: AssetKind::Native, amount: *max_payment, to: None };
				info.model = Some(ModelUse { model: version.model, max_price: *max_payment });
			}
			// The sender chose who gets most of it. The deposit goes on hold too, and what is on hold counts as paid.
			RuntimeCall::Tasks(Task::request { version, provider, max_payment, .. }) => {
				let amount = max_payment.saturating_add(Tasks::task_deposit());
				info.spend = Spend::Exact { asset: AssetKind::Native, amount, to: Some(provider.clone()) };
				info.model = Some(ModelUse { model: version.model, max_price: *max_payment });
			}
			// What providers do brings money in.
			RuntimeCall::Tasks(Task::submit { .. } | Task::cancel { .. }) => info.spend = Spend::Nothing,

			// What dispatches other calls, and spends nothing itself.
			RuntimeCall::Utility(Wrap::batch { calls } | Wrap::batch_all { calls } | Wrap::force_batch { calls }) => {
				wraps(&mut info, calls.iter().collect())
			}
			RuntimeCall::Utility(
				Wrap::as_derivative { call, .. }
				| Wrap::dispatch_as { call, .. }
				| Wrap::dispatch_as_fallible { call, .. }
				| Wrap::with_weight { call, .. },
			) => wraps(&mut info, vec![call]),
			RuntimeCall::Utility(Wrap::if_else { main, fallback }) => wraps(&mut info, vec![main, fallback]),
			RuntimeCall::Multisig(Multi::as_multi_threshold_1 { call, .. }) => wraps(&mut info, vec![call]),
			RuntimeCall::Proxy(Delegation::proxy { call, .. } | Delegation::proxy_announced { call, .. }) => {
				wraps(&mut info, vec![call]);
			}
			RuntimeCall::Council(pallet_collective::Call::execute { proposal, .. }) => {
				wraps(&mut info, vec![proposal]);
			}
			// What puts a deposit on hold besides.
			RuntimeCall::Multisig(Multi::as_multi { call, .. }) => info.inner.push(call),
			RuntimeCall::Council(pallet_collective::Call::propose { proposal, .. }) => info.inner.push(proposal),

			// What hands over control, or something that the account owns.
			// What is scheduled, approved by its hash, or signed by others is not seen here.
			RuntimeCall::Proxy(_)
			| RuntimeCall::Scheduler(_)
			| RuntimeCall::MetaTx(_)
			| RuntimeCall::Multisig(Multi::approve_as_multi { .. })
			| RuntimeCall::Assets(
				Asset::approve_transfer { .. } | Asset::transfer_ownership { .. } | Asset::set_team { .. },
			)
			| RuntimeCall::ConvictionVoting(Voting::delegate { .. })
			| RuntimeCall::Staking(
				Stake::bond { payee: RewardDestination::Account(_), .. }
				| Stake::set_payee { payee: RewardDestination::Account(_) },
			)
			| RuntimeCall::ModelRegistry(Registry::transfer_ownership { .. })
			| RuntimeCall::AgentIdentity(
				Identity::transfer { .. }
				| Identity::approve { .. }
				| Identity::set_approval_for_all { .. }
				| Identity::set_agent_wallet { .. }
				| Identity::propose_agent_wallet { .. },
			)
			| RuntimeCall::Session(_) => info.forbidden = true,

			_ => (),
		}
		info
	}
}

/// Notes that a call spends nothing but what `inner` spend.
fn wraps<'a>(info: &mut CallInfo<'a, RuntimeCall, AccountId>, inner: Vec<&'a RuntimeCall>) {
	info.spend = Spend::Nothing;
	info.inner = inner;
}

/// The first two bytes of a call on the wire: the pallet's index and the call's.
fn call_id(call: &RuntimeCall) -> CallId {
	/// Keeps the first two bytes that are written to it.
	#[derive(Default)]
	struct Head {
		bytes: [u8; 2],
		written: usize,
	}
	impl codec::Output for Head {
		fn write(&mut self, bytes: &[u8]) {
			for (place, byte) in self.bytes.iter_mut().skip(self.written).zip(bytes) {
				*place = *byte;
			}
			self.written = self.written.saturating_add(bytes.len());
		}
	}
	let mut head = Head::default();
	call.encode_to(&mut head);
	let [pallet, call] = head.bytes;
	CallId { pallet, call }
}
