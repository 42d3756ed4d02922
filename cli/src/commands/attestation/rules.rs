// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation rules` and `aivm attestation status`.

use std::io::{self, Write};

use aivm_client::{AttestationRules, CollectorStatus};
use serde::Serialize;

use crate::{
	layout::{Fields, Table},
	time::show_time,
	Context, Failure, Human,
};

/// Most entries of each list.
const LISTED: usize = 10_000;

/// What governance states.
#[derive(Debug, Serialize)]
struct Shown {
	#[serde(flatten)]
	rules: AttestationRules,
}

impl Human for Shown {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let AttestationRules { allow_development, policies, workloads, goldens, denied, collectors } = &self.rules;
		let development = if *allow_development { "accepted: this is no production network" } else { "refused" };
		writeln!(out, "development attestations and recorded evidence: {development}\n")?;
		let mut table = Table::new(&["tier", "Intel", "advisories", ">grace", ">evaluation", "AMD from"]);
		for policy in policies {
			let statuses: Vec<_> =
				std::iter::once("UpToDate").chain(policy.statuses.iter().map(String::as_str)).collect();
			let amd = policy.amd.iter().map(|tcb| {
				format!(
					"{} {}/{}/{}/{}",
					tcb["product"].as_str().unwrap_or_default(),
					tcb["boot_loader"],
					tcb["tee"],
					tcb["snp"],
					tcb["microcode"]
				)
			});
			let amd: Vec<_> = amd.collect();
			table.row(vec![
				format!("{:?}", policy.tier),
				statuses.join(", "),
				policy.advisories.join(", "),
				crate::time::show_duration(policy.grace),
				policy.least_evaluation.to_string(),
				if amd.is_empty() { "none".into() } else { amd.join(", ") },
			]);
		}
		table.write(out)?;
		for workload in workloads {
			writeln!(out, "\nworkload {}: {}", workload.id, workload.name)?;
			workload.measurements.iter().try_for_each(|name| writeln!(out, "  {name:?}"))?;
		}
		if !goldens.is_empty() {
			writeln!(out)?;
			let mut table = Table::new(&["NVIDIA driver", "VBIOS", ">measurements"]);
			for golden in goldens {
				let count = golden.measurements.len().to_string();
				table.row(vec![golden.driver.clone(), golden.vbios.clone(), count]);
			}
			table.write(out)?;
		}
		denied.iter().try_for_each(|item| writeln!(out, "\ndenied: {item}"))?;
		collectors.iter().try_for_each(|key| writeln!(out, "\ncollector: {key}"))
	}
}

/// What the node's worker did.
#[derive(Debug, Serialize)]
struct Status {
	/// None if it never ran.
	collector: Option<CollectorStatus>,
}

impl Human for Status {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let Some(status) = &self.collector else {
			return writeln!(
				out,
				"the node collects nothing: it runs no off-chain workers, or has no key of a collector that the chain knows"
			);
		};
		let failure = status
			.last_failure
			.as_ref()
			.map(|failure| format!("{} at {}: {}", failure.provider, show_time(failure.at / 1_000), failure.reason));
		Fields::new()
			.add("collector", &status.collector)
			.add("runs", status.runs)
			.add("submitted", status.submitted)
			.add("failed", status.failed)
			.add("last run", format_args!("after block {}, {} ms", status.block, status.took))
			.add("looked at", format_args!("{} providers", status.scanned))
			.add("asked", status.due)
			.add("left alone", status.waiting)
			.maybe("last failure", failure)
			.write(out)
	}
}

/// Shows what governance states.
pub async fn rules(context: &mut Context<'_>) -> Result<(), Failure> {
	let rules = context.client().await?.attestation_rules(LISTED).await?;
	context.report(&Shown { rules })
}

/// Shows what the node's worker did.
pub async fn status(context: &mut Context<'_>) -> Result<(), Failure> {
	let collector = context.client().await?.collector_status().await?;
	context.report(&Status { collector })
}
