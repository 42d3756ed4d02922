// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! Operators of the machine-learning domain, and operators that look labels up.

use super::*;

/// `Scaler`: `(x - offset) * scale`.
pub(super) fn scaler(site: &Site) -> Lowered {
	let row = site.row(0)?;
	let attributes = site.attributes();
	let list = |name: &str, absent: f32| match attributes.floats(name) {
		[] => Ok(vec![absent; row.width]),
		[one] => Ok(vec![*one; row.width]),
		many if many.len() == row.width => Ok(many.to_vec()),
		many => unsupported(format!("its {name} has {} numbers, a row has {}", many.len(), row.width)),
	};
	let offset = list("offset", 0.0)?.into_iter().map(|value| -value).collect();
	let scale = list("scale", 1.0)?;
	let row = row.then(Layer::Add(offset), row.width)?.then(Layer::Multiply(scale), row.width)?;
	Ok((vec![Value::Row(row)], Role::Computed))
}

/// `Normalizer` of class probabilities: it multiplies a row by one positive number.
pub(super) fn normalizer(site: &Site) -> Lowered {
	let row = site.row(0)?;
	if row.post == Post::Raw && row.trees.is_none() {
		return unsupported("it normalises numbers that are no class probabilities");
	}
	Ok((vec![Value::Row(row.clone())], Role::Dropped))
}

/// `ZipMap`: it names the classes of a row of probabilities.
pub(super) fn zip_map(site: &Site) -> Lowered {
	let row = site.row(0)?;
	let labels = site.attributes().labels("classlabels_int64s", "classlabels_strings");
	let labels = (!labels.is_empty()).then(|| Arc::new(labels)).or_else(|| row.labels.clone());
	Ok((vec![Value::Row(Row { labels, ..row.clone() })], Role::Labels))
}

/// The dense layer of a linear model, from coefficients of `[outputs, inputs]`.
fn linear(site: &Site, row: &Row, coefficients: &[f32], bias: &[f32], outputs: usize) -> Result<Row, Refusal> {
	if outputs == 0 || coefficients.len() != outputs.saturating_mul(row.width) {
		return unsupported(format!(
			"its {} coefficients are not {outputs} times the {} numbers of a row",
			coefficients.len(),
			row.width
		));
	}
	let bias = match bias {
		[] => vec![0.0; outputs],
		bias if bias.len() == outputs => bias.to_vec(),
		bias => return malformed(format!("{} has {} intercepts for {outputs} outputs", site.node.op_type, bias.len())),
	};
	row.then(Layer::Dense(Dense { inputs: row.width, weights: coefficients.to_vec(), bias }), outputs)
}

/// What a `post_transform` does to scores.
pub(super) fn post_transform(site: &Site) -> Post {
	match site.attributes().text("post_transform").as_deref() {
		None | Some("NONE" | "") => Post::Raw,
		Some("SOFTMAX") => Post::Softmax,
		Some("LOGISTIC") => Post::Logistic,
		Some(_) => Post::Derived,
	}
}

/// The outputs of a classifier: the class, and its scores as the `post_transform` leaves them.
pub(super) fn classification(scores: Row, post: Post, labels: Vec<String>) -> Vec<Value> {
	let labels = (!labels.is_empty()).then(|| Arc::new(labels));
	let shown = Row { post, labels: labels.clone(), ..scores.clone() };
	// The class is that of the largest score before the transform, so any transform will do here.
	let kept = if post == Post::Derived { Post::Raw } else { post };
	vec![
		Value::Class(Class { scores: Row { post: kept, labels: labels.clone(), ..scores }, labels }),
		Value::Row(shown),
	]
}

/// `LinearClassifier`. One row of coefficients for two classes scores the second class against 0.
pub(super) fn linear_classifier(site: &Site) -> Lowered {
	let row = site.row(0)?;
	let attributes = site.attributes();
	let coefficients = attributes.floats("coefficients");
	let bias = attributes.floats("intercepts");
	let labels = attributes.labels("classlabels_ints", "classlabels_strings");
	let outputs = match bias.len() {
		0 => coefficients.len().checked_div(row.width).unwrap_or(0),
		intercepts => intercepts,
	};
	let scores = linear(site, row, coefficients, bias, outputs)?;
	let post = post_transform(site);
	if outputs > 1 {
		return Ok((classification(scores, post, labels), Role::Computed));
	}
	let post = if matches!(post, Post::Logistic | Post::Softmax) { Post::Softmax } else { post };
	let labels = if labels.is_empty() { vec!["0".into(), "1".into()] } else { labels };
	let scores = scores.binary_scores()?.with_post(Post::Raw);
	Ok((classification(scores, post, labels), Role::Computed))
}

/// `LinearRegressor`.
pub(super) fn linear_regressor(site: &Site) -> Lowered {
	let row = site.row(0)?;
	let attributes = site.attributes();
	if post_transform(site) != Post::Raw {
		return unsupported("it transforms its result");
	}
	let outputs = usize::try_from(attributes.int("targets").unwrap_or(1)).unwrap_or(0);
	let row = linear(site, row, attributes.floats("coefficients"), attributes.floats("intercepts"), outputs)?;
	Ok((vec![Value::Row(row)], Role::Computed))
}

/// Labels looked up by class index in a constant list.
fn labelled(class: &Class, list: &Constant) -> Lowered {
	if class.labels.is_some() {
		return unsupported("it looks up a label instead of a class index");
	}
	let labels = list.texts();
	if labels.len() != class.scores.width {
		return unsupported(format!("it has {} labels for {} classes", labels.len(), class.scores.width));
	}
	Ok((vec![Value::Class(Class { labels: Some(Arc::new(labels)), ..class.clone() })], Role::Labels))
}

/// `ArrayFeatureExtractor`: a label by class index, or columns of class scores.
pub(super) fn array_feature_extractor(site: &Site) -> Lowered {
	match (site.input(0)?, site.input(1)?) {
		(Value::Constant(list), Value::Class(class)) => labelled(class, list),
		(Value::Row(row), Value::Constant(columns)) => select(row, columns),
		_ => unsupported("it neither looks up a label nor takes columns of a row"),
	}
}

/// `Gather`: a label by class index, or columns of class scores.
pub(super) fn gather(site: &Site) -> Lowered {
	let axis = site.attributes().int("axis").unwrap_or(0);
	match (site.input(0)?, site.input(1)?) {
		(Value::Constant(list), Value::Class(class)) if axis == 0 => labelled(class, list),
		(Value::Row(row), Value::Constant(columns)) if matches!(axis, 1 | -1) => select(row, columns),
		_ => unsupported("it neither looks up a label nor takes columns of a row"),
	}
}

/// Columns of a row. Columns of class scores are for display only, so what they hold is not followed.
fn select(row: &Row, columns: &Constant) -> Lowered {
	row.flat()?;
	let place = |column: &i64| {
		let column = if *column < 0 { i64::try_from(row.width).ok()?.checked_add(*column)? } else { *column };
		usize::try_from(column).ok().filter(|column| *column < row.width)
	};
	let places = columns.ints().and_then(|columns| columns.iter().map(place).collect::<Option<Vec<_>>>());
	let Some(places) = places else { return malformed("a column number is out of range") };
	if row.post != Post::Raw || row.trees.is_some() || row.labels.is_some() {
		let shown =
			Row { width: places.len(), shape: vec![places.len()], labels: None, ..row.with_post(Post::Derived) };
		return Ok((vec![Value::Row(shown)], Role::Dropped));
	}
	limit("number of parameters", places.len() as u64 * row.width as u64, MAX_PARAMETERS)?;
	let mut weights = vec![0.0; places.len() * row.width];
	places.iter().enumerate().for_each(|(output, input)| weights[output * row.width + input] = 1.0);
	let dense = Dense { inputs: row.width, weights, bias: vec![0.0; places.len()] };
	Ok((vec![Value::Row(row.then(Layer::Dense(dense), places.len())?)], Role::Computed))
}

/// `LabelEncoder` of a class: other names for its labels.
pub(super) fn label_encoder(site: &Site) -> Lowered {
	let Value::Class(class) = site.input(0)? else { return unsupported("it encodes something other than the class") };
	let attributes = site.attributes();
	let list = |prefix: &str| {
		["int64s", "strings"]
			.into_iter()
			.map(|kind| attributes.labels(&format!("{prefix}_{kind}"), &format!("{prefix}_{kind}")))
			.find(|labels| !labels.is_empty())
			.unwrap_or_default()
	};
	let (keys, values) = (list("keys"), list("values"));
	let current = class
		.labels
		.as_ref()
		.map_or_else(|| (0..class.scores.width).map(|index| index.to_string()).collect(), |labels| labels.to_vec());
	let encode = |label: &String| {
		let place = keys.iter().position(|key| key == label)?;
		values.get(place).cloned()
	};
	match current.iter().map(encode).collect::<Option<Vec<_>>>() {
		Some(labels) => {
			Ok((vec![Value::Class(Class { labels: Some(Arc::new(labels)), ..class.clone() })], Role::Labels))
		}
		None => unsupported("it does not name every class by integer or text"),
	}
}
