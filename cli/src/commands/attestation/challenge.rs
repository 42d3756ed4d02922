// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! `aivm attestation challenge` and `aivm attestation develop`.

use std::{
	io::{self, Write},
	path::PathBuf,
};

use aivm_attestation::{development::LONGEST, Window};
use aivm_client::{AccountId, HexBytes, H256, MAX_DEVICES};
use serde::Serialize;

use super::account_or_own;
use crate::{
	commands::parse_hash,
	evidence::{read_binary, DeviceArgs},
	files,
	layout::Fields,
	time::{parse_duration, show_time},
	Context, Failure, Human,
};

/// Show what the next evidence of a provider must be made for.
#[derive(Debug, clap::Args)]
pub struct Challenge {
	/// The provider. Without it, the account of the given key.
	provider: Option<String>,
	/// The report of a device that the machine uses, made with the digest as nonce: bytes or hexadecimal digits. Once for each,
	/// in the order in which the machine is to name them.
	#[arg(long = "gpu-report", value_name = "FILE")]
	gpu_reports: Vec<PathBuf>,
}

/// Make a development attestation: a key's word instead of hardware's, for development networks.
#[derive(Debug, clap::Args)]
pub struct Develop {
	/// What the key says is running: 32 bytes in hexadecimal digits.
	#[arg(long, value_name = "HASH", value_parser = parse_hash)]
	claim: Option<H256>,
	/// For how long it is valid: at most a day.
	#[arg(long = "for", value_name = "DURATION", value_parser = parse_duration, default_value = "1h")]
	duration: u64,
	#[command(flatten)]
	devices: DeviceArgs,
	/// Where the evidence goes.
	#[arg(long, value_name = "FILE", default_value = "evidence.scale")]
	out: PathBuf,
}

/// What evidence must be made for.
#[derive(Debug, Serialize)]
struct Asked {
	provider: AccountId,
	#[serde(flatten)]
	challenge: aivm_client::Challenge,
	/// The machine's report data with the given devices, or without any.
	report_data: HexBytes,
	devices: usize,
}

impl Human for Asked {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		let devices = match self.devices {
			0 => "a machine without devices".into(),
			1 => "a machine with this device".into(),
			count => format!("a machine with these {count} devices"),
		};
		Fields::new()
			.add("provider", self.provider)
			.add("period", self.challenge.period)
			.add("nonce", format_args!("{:?}", self.challenge.nonce))
			.add("digest", format_args!("{:?}", self.challenge.digest))
			.add("report data", &self.report_data)
			.write(out)?;
		writeln!(out, "\nThe digest is the nonce for the reports of devices, and the report data those of {devices}.")
	}
}

/// A development attestation in a file.
#[derive(Debug, Serialize)]
struct Developed {
	file: PathBuf,
	bytes: usize,
	provider: AccountId,
	nonce: H256,
	period: u64,
	claim: H256,
	until: u64,
}

impl Human for Developed {
	fn human(&self, out: &mut dyn Write) -> io::Result<()> {
		Fields::new()
			.add("wrote", format_args!("{}, {} bytes", self.file.display(), self.bytes))
			.add("provider", self.provider)
			.add("period", self.period)
			.add("claim", format_args!("{:?}", self.claim))
			.add("valid until", show_time(self.until))
			.write(out)?;
		writeln!(out, "\nNo hardware vouches for it. Send it with `aivm attestation attest --evidence FILE`.")
	}
}

/// Shows a challenge.
pub async fn challenge(args: Challenge, context: &mut Context<'_>) -> Result<(), Failure> {
	let provider = account_or_own(args.provider.as_deref(), context)?;
	if args.gpu_reports.len() > MAX_DEVICES {
		return Err(Failure::usage(format!("a machine has at most {MAX_DEVICES} devices"))
			.with_cure("give the reports of the devices that it uses for this chain"));
	}
	let reports =
		args.gpu_reports.iter().map(|path| read_binary(path, "device's report")).collect::<Result<Vec<_>, _>>()?;
	let reports: Vec<&[u8]> = reports.iter().map(Vec::as_slice).collect();
	let challenge = context.client().await?.challenge(&provider).await?;
	let report_data = HexBytes(challenge.report_data(&reports).to_vec());
	context.report(&Asked { provider, challenge, report_data, devices: reports.len() })
}

/// Makes a development attestation.
pub async fn develop(args: Develop, context: &mut Context<'_>) -> Result<(), Failure> {
	if args.duration == 0 || args.duration > LONGEST {
		return Err(Failure::usage("a development attestation is valid for at most a day")
			.with_cure("give --for a duration from 1s to 1d"));
	}
	let devices = args.devices.read()?;
	let signer = context.signer()?;
	let provider = signer.account();
	let client = context.client().await?;
	let challenge = client.challenge(&provider).await?;
	let from = client.chain_time().await?;
	let window = Window { from, until: from.saturating_add(args.duration) };
	let claim = args.claim.unwrap_or_default();
	let evidence = signer.attest_development(&challenge, claim, window, devices)?;
	let bytes = evidence.to_bytes();
	files::write(&args.out, "evidence", &bytes)?;
	context.report(&Developed {
		file: args.out,
		bytes: bytes.len(),
		provider,
		nonce: challenge.nonce,
		period: challenge.period,
		claim,
		until: window.until,
	})
}
