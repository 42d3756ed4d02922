// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! The rules of `docs/reference/model-manifest.schema.json`.

use super::{Manifest, Quantisation, SCHEMA};

/// Element types that manifests know.
const DTYPES: [&str; 11] = ["bool", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64", "string"];
/// Largest integer of a manifest.
const MAX_INTEGER: u64 = (1 << 53) - 1;

impl Manifest {
	/// Fails with the first rule that the manifest breaks.
	pub fn check(&self) -> Result<(), String> {
		ensure(self.schema == SCHEMA, || format!("`schema` is {:?}; this program reads {SCHEMA:?}", self.schema))?;
		line("name", &self.name, 64)?;
		semver(&self.version)?;
		prose("description", &self.description)?;
		licence(&self.licence)?;
		ensure(["program", "wasm", "onnx", "container"].contains(&self.format.as_str()), || {
			format!("`format` is {:?}; it must be program, wasm, onnx or container", self.format)
		})?;
		line("artefact.file", &self.artefact.file, 255)?;
		ensure((1..=MAX_INTEGER).contains(&self.artefact.size), || {
			"`artefact.size` must be at least 1 and below 2^53".into()
		})?;
		let digits = &self.artefact.blake2b_256;
		ensure(digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), || {
			"`artefact.blake2b_256` must be 64 lower-case hexadecimal digits".into()
		})?;
		self.check_tensors()?;
		count("authors", self.authors.len(), 1, 64)?;
		for author in &self.authors {
			line("authors.name", &author.name, 256)?;
			author.contact.as_ref().map_or(Ok(()), |contact| line("authors.contact", contact, 1024))?;
		}
		ensure(self.royalty.share_ppm <= 1_000_000, || "`royalty.share_ppm` must be at most 1000000".into())?;
		let minimum = &self.royalty.minimum;
		ensure(minimum.parse::<u128>().is_ok_and(|number| number.to_string() == *minimum), || {
			"`royalty.minimum` must be a whole number of smallest units, as a string".into()
		})?;
		if let Some(parent) = &self.parent {
			ensure(parent.version >= 1, || "`parent.version` counts from 1".into())?;
		}
		self.check_background()
	}

	/// The rules about inputs and outputs.
	fn check_tensors(&self) -> Result<(), String> {
		let program = self.format == "program";
		count("inputs", self.inputs.len(), 1, 64)?;
		for input in &self.inputs {
			line("inputs.name", &input.name, 128)?;
			tensor("inputs", &input.dtype, &input.shape, input.quantisation.as_ref(), program)?;
			if let Some(features) = &input.features {
				names("inputs.features", features)?;
				let last = input.shape.last().copied().unwrap_or_default();
				ensure(u32::try_from(features.len()) == Ok(last), || {
					format!("`inputs.features` names {} features, the last dimension has {last}", features.len())
				})?;
			}
		}
		count("outputs", self.outputs.len(), 1, 64)?;
		for output in &self.outputs {
			line("outputs.name", &output.name, 128)?;
			tensor("outputs", &output.dtype, &output.shape, output.quantisation.as_ref(), program)?;
			output.labels.as_ref().map_or(Ok(()), |labels| names("outputs.labels", labels))?;
		}
		Ok(())
	}

	/// The rules about what a model was made from and how good it is.
	fn check_background(&self) -> Result<(), String> {
		if let Some(training) = &self.training {
			count("training.data", training.data.len(), 1, 64)?;
			for data in &training.data {
				line("training.data.name", &data.name, 256)?;
				data.source.as_ref().map_or(Ok(()), |source| line("training.data.source", source, 1024))?;
				data.licence.as_ref().map_or(Ok(()), |licence| line("training.data.licence", licence, 256))?;
				ensure(data.rows.unwrap_or_default() <= MAX_INTEGER, || {
					"`training.data.rows` must be below 2^53".into()
				})?;
			}
			training.procedure.as_ref().map_or(Ok(()), |procedure| prose("training.procedure", procedure))?;
		}
		if let Some(metrics) = &self.metrics {
			count("metrics", metrics.len(), 0, 64)?;
			for metric in metrics {
				line("metrics.name", &metric.name, 128)?;
				line("metrics.data", &metric.data, 256)?;
				ensure(is_decimal(&metric.value), || {
					format!("`metrics.value` is {:?}; it must be a decimal number such as \"0.979\"", metric.value)
				})?;
			}
		}
		if let Some(annotations) = &self.annotations {
			count("annotations", annotations.len(), 0, 64)?;
			for (name, value) in annotations {
				let good = (1..=64).contains(&name.len())
					&& name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte));
				ensure(good, || {
					format!("the annotation {name:?} must be named by 1 to 64 letters, digits and . _ / -")
				})?;
				ensure(value.chars().count() <= 1024, || {
					format!("the annotation {name:?} is longer than 1024 characters")
				})?;
			}
		}
		Ok(())
	}
}

/// Whether a text is a decimal number as manifests write them.
pub fn is_decimal(text: &str) -> bool {
	let digits = text.strip_prefix('-').unwrap_or(text);
	let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
	let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	text.len() <= 64 && is_number(whole) && part.is_none_or(all_digits)
}

/// Whether a text is a whole number without leading zeros.
fn is_number(text: &str) -> bool {
	!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn ensure(good: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
	if good {
		Ok(())
	} else {
		Err(reason())
	}
}

fn count(what: &str, number: usize, least: usize, most: usize) -> Result<(), String> {
	ensure((least..=most).contains(&number), || format!("`{what}` has {number} entries; {least} to {most} are allowed"))
}

/// One line of text without white space at its ends.
fn line(what: &str, text: &str, most: usize) -> Result<(), String> {
	ensure((1..=most).contains(&text.len()), || format!("`{what}` has {} bytes; 1 to {most} are allowed", text.len()))?;
	ensure(text.trim() == text && !text.chars().any(char::is_control), || {
		format!("`{what}` must be one line without control characters, and without white space at its ends")
	})
}

/// Text of several lines.
fn prose(what: &str, text: &str) -> Result<(), String> {
	let length = text.chars().count();
	ensure((1..=8192).contains(&length), || format!("`{what}` has {length} characters; 1 to 8192 are allowed"))?;
	ensure(!text.chars().any(|character| character.is_control() && character != '\n'), || {
		format!("`{what}` must not have control characters but line feeds")
	})
}

fn licence(text: &str) -> Result<(), String> {
	let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".+:() -".contains(&byte);
	ensure((1..=64).contains(&text.len()) && text.bytes().all(allowed) && text.trim() == text, || {
		format!("`licence` is {text:?}; it must be an SPDX expression of 1 to 64 characters such as Apache-2.0")
	})
}

/// Semantic Versioning 2.0.0.
fn semver(text: &str) -> Result<(), String> {
	let rest = |text: &str| {
		!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
	};
	let (before, build) = text.split_once('+').map_or((text, None), |(before, build)| (before, Some(build)));
	let (core, pre) = before.split_once('-').map_or((before, None), |(core, pre)| (core, Some(pre)));
	let numbers: Vec<&str> = core.split('.').collect();
	let good = text.len() <= 64
		&& numbers.len() == 3
		&& numbers.iter().all(|number| is_number(number))
		&& pre.is_none_or(rest)
		&& build.is_none_or(rest);
	ensure(good, || format!("`version` is {text:?}; it must be a semantic version such as 1.0.0"))
}

fn names(what: &str, names: &[String]) -> Result<(), String> {
	count(what, names.len(), 1, 4096)?;
	names.iter().try_for_each(|name| line(what, name, 256))
}

fn tensor(
	what: &str,
	dtype: &str,
	shape: &[u32],
	quantisation: Option<&Quantisation>,
	program: bool,
) -> Result<(), String> {
	let known = if program { ["i8", "i32"].contains(&dtype) } else { DTYPES.contains(&dtype) };
	ensure(known, || {
		let most = if program { "i8 or i32 in a program".to_owned() } else { DTYPES.join(", ") };
		format!("`{what}.dtype` is {dtype:?}; it must be {most}")
	})?;
	count(&format!("{what}.shape"), shape.len(), 1, 8)?;
	ensure(!program || !shape.contains(&0), || {
		format!("`{what}.shape` has a dimension of any size (0), which a program has not")
	})?;
	let Some(quantisation) = quantisation else { return Ok(()) };
	match (quantisation.kind.as_str(), &quantisation.scales, &quantisation.zero_points) {
		("raw" | "float-order", None, None) => Ok(()),
		("affine", Some(scales), Some(zero_points)) => {
			let features = shape.last().map_or(1, |last| usize::try_from(*last).unwrap_or(usize::MAX));
			for (list, length) in [("scales", scales.len()), ("zero_points", zero_points.len())] {
				ensure(length == 1 || (length == features && length <= 16_384), || {
					format!("`{what}.quantisation.{list}` has {length} entries; 1 or {features} are allowed")
				})?;
			}
			ensure(scales.iter().all(|scale| scale.mantissa >= 1 << 31 && scale.exponent.abs() <= 256), || {
				format!(
					"`{what}.quantisation.scales` must have mantissas of at least 2^31 and exponents from -256 to 256"
				)
			})
		}
		(kind, ..) => Err(format!(
			"`{what}.quantisation` of kind {kind:?} is not allowed: raw and float-order have no lists, affine has scales and \
			 zero_points"
		)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::manifest::Packed;
	use serde_json::{json, Value};

	/// The worked example of the reference page.
	fn example() -> Value {
		let page = include_str!("../../../docs/reference/model-manifest.md");
		let start = page.find("```json\n").unwrap() + 8;
		let end = page[start..].find("\n```").unwrap();
		serde_json::from_str(&page[start..start + end]).unwrap()
	}

	fn pack(value: Value) -> Result<Packed, String> {
		serde_json::from_value(value).map_err(|error| error.to_string()).and_then(Packed::new)
	}

	#[test]
	fn worked_example_should_pass_and_keep_its_cid() {
		let packed = pack(example()).unwrap();
		assert_eq!(packed.cid, "bafk2bzacebcce2dt7vlsl7cbrwn4yexaftxw57pafamfi5uvxz5vhjjqfmply");
		assert_eq!(packed.spec().manifest_hash, packed.hash);
		assert_eq!(packed.spec().artefact_size, 30);
		assert_eq!(packed.spec().royalty.share_ppm, 50_000);
	}

	#[test]
	fn manifest_should_be_refused_when_a_member_breaks_its_rule() {
		let cases: &[(&str, Value, &str)] = &[
			("/schema", json!("aivm-manifest/2"), "schema"),
			("/name", json!(""), "name"),
			("/name", json!(" padded"), "name"),
			("/name", json!("two\nlines"), "name"),
			("/name", json!("x".repeat(65)), "64"),
			("/version", json!("1.0"), "semantic"),
			("/version", json!("01.0.0"), "semantic"),
			("/version", json!("1.0.0-"), "semantic"),
			("/description", json!("a\tb"), "description"),
			("/licence", json!("MIT OR Apache/2.0"), "SPDX"),
			("/format", json!("zip"), "format"),
			("/artefact/size", json!(0), "artefact.size"),
			("/artefact/blake2b_256", json!("A".repeat(64)), "lower-case"),
			("/inputs", json!([]), "inputs"),
			("/inputs/0/dtype", json!("f32"), "i8 or i32"),
			("/inputs/0/shape", json!([0]), "any size"),
			("/inputs/0/features", json!(["one"]), "last dimension has 4"),
			("/inputs/0/quantisation/zero_points", json!([0, 0]), "1 or 4"),
			("/inputs/0/quantisation/scales", json!([{"mantissa": 1, "exponent": 0}]), "2^31"),
			("/inputs/0/quantisation/kind", json!("raw"), "no lists"),
			("/royalty/share_ppm", json!(1_000_001), "1000000"),
			("/royalty/minimum", json!("01"), "whole number"),
			("/royalty/minimum", json!("1.5"), "whole number"),
			("/metrics/0/value", json!("1e3"), "decimal"),
			("/authors", json!([]), "authors"),
			("/unknown", json!(1), "unknown field"),
		];
		for (pointer, value, expected) in cases {
			let mut manifest = example();
			match manifest.pointer_mut(pointer) {
				Some(place) => *place = value.clone(),
				None => manifest[pointer.trim_start_matches('/')] = value.clone(),
			}
			let reason = pack(manifest).unwrap_err();
			assert!(reason.contains(expected), "{pointer} = {value}: {reason}");
		}
	}

	#[test]
	fn is_decimal_should_know_the_form_of_numbers() {
		for good in ["0", "-0.5", "12.340", "1"] {
			assert!(is_decimal(good), "{good}");
		}
		for bad in ["", "-", ".5", "1.", "01", "1e3", "+1", "NaN"] {
			assert!(!is_decimal(bad), "{bad}");
		}
	}
}
