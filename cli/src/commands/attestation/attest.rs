// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation check` and `aivm attestation attest`.

use std::io::{self, Write};

use aivm_client::{AccountId, EvidenceRefusal, ProviderRecord, Record};
use serde::Serialize;

use super::{account_or_own, records};
use crate::{
	commands::Done,
	evidence::{explained, EvidenceArgs},
	time::show_time,
	Context, Exit, Failure, Human,
};

/// Ask the chain what it would record of evidence, or why not. Sends nothing.
#[derive(Debug, clap::Args)]
pub struct Check {
	#[command(flatten)]
	evidence: EvidenceArgs,
	/// Whose evidence it is. Without it, that of the given key.
	#[arg(long, value_name = "ACCOUNT")]
	provider: Option<String>,
	/// The workload on whose allow-list what runs must be.
	#[arg(long, value_name = "NUMBER")]
	workload: Option<u32>,
}

/// Send evidence of the signer's machine.
#[derive(Debug, clap::Args)]
pub struct Attest {
	#[command(flatten)]
	evidence: EvidenceArgs,
	/// The workload on whose allow-list what runs must be.
	#[arg(long, value_name = "NUMBER")]
	workload: Option<u32>,
	/// Do not ask the chain before sending. Evidence that is refused then costs its fee.
	#[arg(long)]
	unchecked: bool,
}

/// What would be recorded.
#[derive(Debug, Serialize)]
struct Checked {
	provider: AccountId,
	#[serde(flatten)]
	record: Record,
}

impl Human for Checked {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		writeln!(out, "the chain would record this of {}:", self.provider)?;
		records::fields(&self.record).write(out)
	}
}

/// What was recorded.
#[derive(Debug, Serialize)]
struct Recorded {
	#[serde(flatten)]
	record: ProviderRecord,
	#[serde(flatten)]
	done: Done,
}

impl Human for Recorded {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		self.done.human(out)?;
		records::fields(&self.record.record).add("deposit", self.record.deposit).write(out)
	}
}

/// The failure of evidence that the chain refuses. It has the name that the transaction's failure would have.
fn refused(refusal: &EvidenceRefusal) -> Failure {
	let code = format!("Attestation.{}", refusal.name);
	let failure = explained(|cause| Failure::new(Exit::Refused, &code, cause), &refusal.explanation);
	match refusal.time {
		Some(time) => Failure { cause: format!("{} ({})", failure.cause, show_time(time)), ..failure },
		None => failure,
	}
}

/// Checks evidence.
pub async fn check(args: Check, context: &mut Context<'_>) -> Result<(), Failure> {
	let provider = account_or_own(args.provider.as_deref(), context)?;
	let evidence = args.evidence.read()?;
	let client = context.client().await?;
	let waiting = context.waiting("asking the chain".into());
	let checked = client.check_evidence(&provider, &evidence, args.workload).await;
	waiting.finish_and_clear();
	let record = checked?.map_err(|refusal| refused(&refusal))?;
	context.report(&Checked { provider, record })
}

/// Sends evidence.
pub async fn attest(args: Attest, context: &mut Context<'_>) -> Result<(), Failure> {
	let evidence = args.evidence.read()?;
	let sender = context.sender().await?;
	let provider = sender.payer().await?;
	let waiting = context.waiting("sending evidence".into());
	if !args.unchecked {
		let checked = sender.client().check_evidence(&provider, &evidence, args.workload).await?;
		if let Err(refusal) = checked {
			waiting.finish_and_clear();
			return Err(refused(&refusal));
		}
	}
	let attested = sender.attest(&evidence, args.workload, context.until()).await;
	waiting.finish_and_clear();
	let (record, included) = attested?;
	let stored = sender.client().attestations_of(&provider).await?;
	let deposit = stored.into_iter().find(|found| found.record.kind == record.kind).map(|found| found.deposit);
	let done = Done::new(format!("recorded {record} until {}", show_time(record.expires)), &included);
	let record = ProviderRecord { provider, record, deposit: deposit.unwrap_or_default() };
	context.report(&Recorded { record, done })
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn refusal_should_have_the_name_of_the_pallet_and_a_cure() {
		let refusal = EvidenceRefusal {
			name: "Expired".into(),
			explanation: "the TCB info was valid until 1752919278; fetch a new one".into(),
			time: Some(1_752_919_278),
		};
		let failure = refused(&refusal);
		assert_eq!((failure.exit, failure.code.as_str()), (Exit::Refused, "Attestation.Expired"));
		assert!(failure.cause.contains("2025-07-19T10:01:18Z"), "{failure}");
		assert_eq!(failure.cure.as_deref(), Some("fetch a new one"));
		let refusal = EvidenceRefusal { explanation: "no".into(), time: None, ..refusal };
		assert_eq!(refused(&refusal).cure, None);
	}
}
