// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation records`: what providers' evidence proved.

use std::io::{self, Write};

use aivm_attestation::{Kind, Tcb};
use aivm_client::{kind_name, tcb_json, Bound, ProviderRecord, Record, Tier};
use clap::Subcommand;
use serde::Serialize;

use super::{account_or_own, parse_kind};
use crate::{
	commands::Done,
	layout::{Fields, Table},
	time::show_time,
	Context, Failure, Human,
};

/// Look at what providers' evidence proved, and remove records.
#[derive(Debug, clap::Args)]
pub struct Args {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Show what all evidence of a provider proved, also what has expired.
	Show {
		/// The provider. Without it, the account of the given key.
		provider: Option<String>,
	},
	/// List the records of all providers.
	List {
		/// Only those that count now.
		#[arg(long)]
		valid: bool,
		/// At most this many.
		#[arg(long, value_name = "COUNT", default_value_t = 1_000)]
		limit: usize,
	},
	/// Remove a record; its deposit goes back to the provider. Anybody may remove one that has expired.
	Remove {
		/// The kind of evidence.
		#[arg(value_parser = parse_kind)]
		kind: Kind,
		/// The provider. Without it, the signer.
		#[arg(long, value_name = "ACCOUNT")]
		provider: Option<String>,
	},
}

/// A record, and whether it counts now.
#[derive(Debug, Serialize)]
struct Entry {
	#[serde(flatten)]
	record: ProviderRecord,
	valid: bool,
}

/// Records.
#[derive(Debug, Serialize)]
struct Listed {
	/// The time of the chain, in seconds since 1970.
	now: u64,
	records: Vec<Entry>,
	/// Whether each is shown in full.
	#[serde(skip)]
	whole: bool,
}

impl Listed {
	fn new(now: u64, records: Vec<ProviderRecord>, whole: bool) -> Self {
		let records = records.into_iter().map(|record| Entry { valid: record.record.expires >= now, record });
		Self { now, records: records.collect(), whole }
	}
}

impl Human for Listed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		if self.records.is_empty() {
			return writeln!(out, "no records");
		}
		if self.whole {
			for (place, entry) in self.records.iter().enumerate() {
				if place > 0 {
					writeln!(out)?;
				}
				let state = if entry.valid { "counts" } else { "has expired" };
				let ProviderRecord { record, deposit, .. } = &entry.record;
				fields(record).add("deposit", deposit).add("state", state).write(out)?;
			}
			return Ok(());
		}
		let mut table = Table::new(&["provider", "kind", "state", "until", "tiers", "measured"]);
		for entry in &self.records {
			let ProviderRecord { provider, record, .. } = &entry.record;
			table.row(vec![
				provider.to_string(),
				record.to_string(),
				if entry.valid { "counts" } else { "expired" }.into(),
				show_time(record.expires),
				tiers(&record.tiers),
				format!("{:?}", record.measured),
			]);
		}
		table.write(out)
	}
}

/// A record in words.
pub fn fields(record: &Record) -> Fields {
	let bound = match (record.kind, record.bound) {
		(Kind::Development, _) => "the challenge, by a key's word: no hardware proved anything",
		(_, Bound::Challenge) => "the challenge",
		(_, Bound::Nothing) => "anything else: recorded elsewhere, says nothing about the provider",
	};
	let mut fields = Fields::new()
		.add("kind", kind_name(record.kind))
		.add("made for", bound)
		.add("measured", format_args!("{:?}", record.measured))
		.maybe("workload", record.workload)
		.add("firmware", firmware(&record.tcb))
		.add("tiers", tiers(&record.tiers))
		.add("device", format_args!("{:?}", record.device));
	for device in &record.devices {
		let name = format!("{} {:?}, {}", kind_name(device.kind), device.device, firmware(&device.tcb));
		fields = fields.add("uses", name);
	}
	fields
		.add("period", record.period)
		.add("verified", show_time(record.verified_at))
		.add("until", show_time(record.expires))
}

/// Tiers in words.
fn tiers(tiers: &[Tier]) -> String {
	if tiers.is_empty() {
		return "none".into();
	}
	tiers.iter().map(|tier| format!("{tier:?}")).collect::<Vec<_>>().join(", ")
}

/// Firmware in words.
fn firmware(tcb: &Tcb) -> String {
	let json = tcb_json(tcb);
	let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
	match tcb {
		Tcb::Intel(tcb) => {
			let names = tcb.advisories.iter().map(|name| String::from_utf8_lossy(name).into_owned());
			let names: Vec<_> = names.collect();
			let advisories = if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) };
			format!("Intel {:?}{advisories}, evaluation {}", tcb.status, tcb.evaluation)
		}
		Tcb::Amd(tcb) => format!(
			"AMD {:?}: boot loader {}, TEE {}, SNP {}, microcode {}",
			tcb.product, tcb.boot_loader, tcb.tee, tcb.snp, tcb.microcode
		),
		Tcb::Nvidia { .. } => format!("NVIDIA driver {}, VBIOS {}", text("driver"), text("vbios")),
		Tcb::Unknown => "the evidence does not tell".into(),
	}
}

/// Runs the command.
pub async fn run(args: Args, context: &mut Context<'_>) -> Result<(), Failure> {
	match args.command {
		Command::Show { provider } => {
			let provider = account_or_own(provider.as_deref(), context)?;
			let client = context.client().await?;
			let records = client.attestations_of(&provider).await?;
			context.report(&Listed::new(client.chain_time().await?, records, true))
		}
		Command::List { valid, limit } => {
			let client = context.client().await?;
			let now = client.chain_time().await?;
			let mut listed = Listed::new(now, client.attestations(limit).await?, false);
			listed.records.retain(|entry| entry.valid || !valid);
			context.report(&listed)
		}
		Command::Remove { kind, provider } => {
			let sender = context.sender().await?;
			let provider = match provider {
				Some(provider) => aivm_client::parse_account(&provider)?,
				None => sender.payer().await?,
			};
			let waiting = context.waiting("removing the record".into());
			let removed = sender.remove_attestation(&provider, kind, context.until()).await;
			waiting.finish_and_clear();
			context.report(&Done::new(format!("removed the record {} of {provider}", kind_name(kind)), &removed?))
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aivm_client::{AccountId, Amount, H256};

	fn record(kind: Kind, bound: Bound, expires: u64) -> ProviderRecord {
		let record = Record {
			kind,
			bound,
			measured: H256([1; 32]),
			workload: None,
			tcb: Tcb::Unknown,
			tiers: Vec::new(),
			device: H256([2; 32]),
			devices: Vec::new(),
			period: 3,
			verified_at: 4,
			expires,
		};
		ProviderRecord { provider: AccountId::from([5; 32]), record, deposit: Amount(6) }
	}

	#[test]
	fn records_should_say_whether_they_count_and_what_they_stand_for() {
		let records = vec![record(Kind::Development, Bound::Challenge, 10), record(Kind::Nitro, Bound::Nothing, 9)];
		for whole in [false, true] {
			let listed = Listed::new(10, records.clone(), whole);
			assert_eq!([listed.records[0].valid, listed.records[1].valid], [true, false]);
			let mut out = Vec::new();
			listed.human(&mut out).unwrap();
			let text = String::from_utf8(out).unwrap();
			assert!(text.contains("no hardware") && text.contains("recorded elsewhere"), "{text}");
			assert!(text.contains("counts") && text.contains("expired"), "{text}");
		}
		let json = serde_json::to_value(Listed::new(10, records, false)).unwrap();
		assert_eq!((&json["records"][0]["kind"], &json["records"][1]["valid"]), (&"development".into(), &false.into()));
	}
}
