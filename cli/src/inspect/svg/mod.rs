// Copyright (C) AIVM developers
// SPDX-License-Identifier: Apache-2.0

//! A picture of a program.
//!
//! Operations run from the top to the bottom. Each has a box with its operator, the type of its result, and a bar for its
//! share of the work; what else is known is shown when the pointer rests on it. The picture needs nothing from outside.

mod placement;

use std::fmt::Write as _;

use super::{grouped, per_cent, shape_text, shorten, Inspection, OperationReport, Port};
use placement::{place, Edge, Placement, Via};

/// Size of a box.
const BOX: (usize, usize) = (248, 68);
/// Height of the boxes of inputs and outputs.
const PORT_HEIGHT: usize = 44;
/// Between two layers.
const GAP: usize = 44;
/// Between two columns without rails, and left and right of them all.
const MARGIN: usize = 36;
/// Between two rails.
const RAIL: usize = 24;
/// Height of the heading.
const HEAD: usize = 108;
/// Least width: the heading needs it.
const LEAST_WIDTH: usize = 820;
/// Most characters of a text that comes from outside.
const MOST_CHARACTERS: usize = 80;

/// What kind of work an operator does, and the colour of its boxes.
const FAMILIES: [(&str, &str, &[&str]); 6] = [
	("products", "#1d4ed8", &["Dense", "Conv2d"]),
	("windows", "#0f766e", &["MaxPool", "AveragePool"]),
	("element by element", "#6d28d9", &["Requantise", "Clamp", "Lookup", "Softmax"]),
	("joins", "#b45309", &["Add", "Multiply", "Concat"]),
	("form", "#475569", &["Reshape", "Transpose"]),
	("choices", "#be123c", &["ArgMax", "TreeEnsemble", "Embed"]),
];
/// The colour of an operator that is in no family.
const OTHER: &str = "#334155";

const STYLE: &str = "\
text{font-family:Inter,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1e293b}\
.title{font-size:19px;font-weight:700}\
.sub{font-size:12.5px;fill:#475569}\
.key{font-size:11.5px;fill:#334155}\
.op{font-size:14px;font-weight:700}\
.no{font-size:11px;fill:#64748b}\
.par{font-size:11.5px;fill:#475569}\
.type{font-size:11.5px;font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#334155}\
.pct{font-size:10.5px;fill:#475569;text-anchor:end}\
.edge{fill:none;stroke:#94a3b8;stroke-width:1.6}\
.side{stroke:#64748b;stroke-dasharray:5 3}\
.lab{font-size:10.5px;fill:#64748b}\
.peak{font-size:10px;font-weight:700;fill:#b91c1c;text-anchor:end}";

/// Draws the program. `title` is what the picture is of.
///
/// Its size grows with the operations and their inputs, which the limits of programs bound: for the longest program that the
/// chain accepts it is a few megabytes.
pub fn draw(inspection: &Inspection, title: &str) -> String {
	Picture::new(inspection).draw(title)
}

/// A node of the picture.
enum Node<'a> {
	Input(usize, &'a Port),
	Operation(&'a OperationReport),
	Output(usize, &'a Port),
}

struct Picture<'a> {
	inspection: &'a Inspection,
	nodes: Vec<Node<'a>>,
	placement: Placement,
	/// Middle of each column.
	columns: Vec<usize>,
	width: usize,
	height: usize,
	/// Largest share of the work, which fills the bar.
	largest: f64,
	out: String,
}

impl<'a> Picture<'a> {
	fn new(inspection: &'a Inspection) -> Self {
		// Inputs and operations have the numbers of their values; outputs follow.
		let inputs = inspection.inputs.iter().enumerate().map(|(number, port)| (Node::Input(number, port), Vec::new()));
		let operations = inspection
			.operations
			.iter()
			.map(|operation| (Node::Operation(operation), operation.inputs.iter().copied().map(usize::from).collect()));
		let outputs = inspection
			.outputs
			.iter()
			.enumerate()
			.map(|(number, port)| (Node::Output(number, port), vec![usize::from(port.value)]));
		let (nodes, takes): (Vec<_>, Vec<Vec<usize>>) = inputs.chain(operations).chain(outputs).unzip();
		let placement = place(&takes);
		let mut columns = Vec::with_capacity(placement.rails.len());
		let mut right = 0;
		for rails in &placement.rails {
			let left = right + MARGIN + rails * RAIL;
			columns.push(left + BOX.0 / 2);
			right = left + BOX.0;
		}
		let largest = inspection.operations.iter().map(|operation| operation.share.macs_share).fold(0.0, f64::max);
		Self {
			inspection,
			nodes,
			columns,
			width: (right + MARGIN).max(LEAST_WIDTH),
			height: HEAD + placement.layers * (BOX.1 + GAP) + MARGIN / 2,
			placement,
			largest,
			out: String::new(),
		}
	}

	fn draw(mut self, title: &str) -> String {
		let title = escape(&shorten(title, MOST_CHARACTERS));
		let (width, height) = (self.width, self.height);
		self.put(format_args!(
			"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
			 viewBox=\"0 0 {width} {height}\" role=\"img\">"
		));
		self.put(format_args!("<title>{title}</title>"));
		self.put(format_args!("<style>{STYLE}</style>"));
		self.put(format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"));
		self.heading(&title);
		let edges = std::mem::take(&mut self.placement.edges);
		let doors = self.doors(&edges);
		// Labels after all lines, so that no line crosses one.
		for (edge, door) in edges.iter().zip(&doors) {
			self.line(edge, *door);
		}
		self.labels(&edges, &doors);
		for node in 0..self.nodes.len() {
			self.node(node);
		}
		self.out.push_str("</svg>\n");
		self.out
	}

	fn put(&mut self, text: std::fmt::Arguments<'_>) {
		// Writing to a string cannot fail.
		let _ = writeln!(self.out, "{text}");
	}

	fn heading(&mut self, title: &str) {
		let totals = &self.inspection.totals;
		let plural = if totals.operations == 1 { "" } else { "s" };
		let sizes = format!(
			"{} operation{plural}, {} bytes, {} MACs, {} bytes moved, {} bytes of memory",
			totals.operations,
			grouped(totals.program_bytes as u64),
			grouped(totals.macs),
			grouped(totals.bytes_moved),
			grouped(totals.memory_peak.into()),
		);
		let cost = format!("a run: {}, {} of what a block has room for", totals.cost, per_cent(totals.block_share));
		self.put(format_args!("<text class=\"title\" x=\"{MARGIN}\" y=\"34\">{title}</text>"));
		self.put(format_args!("<text class=\"sub\" x=\"{MARGIN}\" y=\"55\">{}</text>", escape(&sizes)));
		self.put(format_args!("<text class=\"sub\" x=\"{MARGIN}\" y=\"73\">{}</text>", escape(&cost)));
		let mut x = MARGIN;
		for (name, colour, operators) in FAMILIES {
			if self.inspection.operations.iter().any(|operation| operators.contains(&operation.operator)) {
				self.put(format_args!(
					"<rect x=\"{x}\" y=\"84\" width=\"10\" height=\"10\" rx=\"2\" fill=\"{colour}\"/>"
				));
				self.put(format_args!("<text class=\"key\" x=\"{}\" y=\"93\">{name}</text>", x + 15));
				x += 34 + name.len() * 6;
			}
		}
		let bar = format!("bar: share of the MACs, full at {}", per_cent(self.largest));
		self.put(format_args!("<text class=\"key\" x=\"{x}\" y=\"93\">{}</text>", escape(&bar)));
	}

	/// Left, top, width and height of a node.
	fn place_of(&self, node: usize) -> (usize, usize, usize, usize) {
		let (layer, column) = self.placement.nodes[node];
		let (width, height) = match self.nodes[node] {
			Node::Operation(_) => BOX,
			_ => (BOX.0 - 40, PORT_HEIGHT),
		};
		(self.columns[column] - width / 2, self.layer_top(layer) + (BOX.1 - height) / 2, width, height)
	}

	fn layer_top(&self, layer: usize) -> usize {
		HEAD + layer * (BOX.1 + GAP)
	}

	/// Where an edge that does not run directly lies between its layers.
	fn track(&self, via: Via) -> Option<usize> {
		match via {
			Via::Direct => None,
			Via::Column(column) => Some(self.columns[column]),
			Via::Rail(column, rail) => Some(self.columns[column] - BOX.0 / 2 - RAIL * (rail + 1)),
		}
	}

	/// Where each edge arrives: the edges of a node in the order in which they come from the left.
	fn doors(&self, edges: &[Edge]) -> Vec<usize> {
		let mut doors = vec![0; edges.len()];
		// Edges are listed by the node that they lead to.
		let mut first = 0;
		while let Some(edge) = edges.get(first) {
			let count = edges[first..].iter().take_while(|other| other.to == edge.to).count();
			let mut order: Vec<usize> = (first..first + count).collect();
			order.sort_by_key(|number| {
				let edge = edges[*number];
				(self.track(edge.via).unwrap_or(self.columns[self.placement.nodes[edge.from].1]), *number)
			});
			let (left, _, width, _) = self.place_of(edge.to);
			for (place, number) in order.into_iter().enumerate() {
				doors[number] = left + width * (place + 1) / (count + 1);
			}
			first += count;
		}
		doors
	}

	fn line(&mut self, edge: &Edge, door: usize) {
		let (left, top, width, height) = self.place_of(edge.from);
		let (x, y) = (left + width / 2, top + height);
		let below = self.place_of(edge.to).1;
		let (from, to) = (self.placement.nodes[edge.from].0, self.placement.nodes[edge.to].0);
		let curve = |out: &mut String, y1: usize, x1: usize, x2: usize, y2: usize| {
			let bend = y2.saturating_sub(y1) * 3 / 5;
			let _ = if x1 == x2 {
				write!(out, "V{y2}")
			} else {
				write!(out, "C{x1} {} {x2} {} {x2} {y2}", y1 + bend, y2 - bend)
			};
		};
		let mut path = format!("M{x} {y}");
		match self.track(edge.via) {
			None => curve(&mut path, y, x, door, below),
			Some(track) => {
				let (enter, leave) = (self.layer_top(from + 1), self.layer_top(to) - GAP);
				curve(&mut path, y, x, track, enter);
				let _ = write!(path, "V{leave}");
				curve(&mut path, leave, track, door, below);
			}
		}
		let class = if side(edge) { "edge side" } else { "edge" };
		let text = format!("{} to {}: {}", self.name(edge.from), self.name(edge.to), self.type_of(edge.from));
		self.put(format_args!("<path class=\"{class}\" d=\"{path}\"><title>{}</title></path>", escape(&text)));
		// The head of the arrow.
		self.put(format_args!(
			"<path d=\"M{} {}L{} {}L{} {}Z\" fill=\"#64748b\"/>",
			door - 4,
			below - 7,
			door + 4,
			below - 7,
			door,
			below
		));
	}

	/// Writes the shape of what runs along each edge: beside a rail, above a node that takes one value, and otherwise once
	/// where it leaves its node.
	fn labels(&mut self, edges: &[Edge], doors: &[usize]) {
		let mut inputs = vec![0; self.nodes.len()];
		edges.iter().for_each(|edge| inputs[edge.to] += 1);
		let mut labelled = vec![false; self.nodes.len()];
		for (edge, door) in edges.iter().zip(doors) {
			let shape = escape(&self.shape_of(edge.from));
			let place = if let (Via::Rail(..), Some(x)) = (edge.via, self.track(edge.via)) {
				let (from, to) = (self.placement.nodes[edge.from].0, self.placement.nodes[edge.to].0);
				let y = (self.layer_top(from + 1) + self.layer_top(to) - GAP) / 2;
				format!("text-anchor=\"middle\" transform=\"translate({} {y}) rotate(-90)\"", x - 5)
			} else if inputs[edge.to] == 1 {
				format!("x=\"{}\" y=\"{}\"", door + 8, self.place_of(edge.to).1 - 9)
			} else if std::mem::replace(&mut labelled[edge.from], true) {
				continue;
			} else {
				let (left, top, width, height) = self.place_of(edge.from);
				// On the side that the edge turns away from.
				let (x, y) = (left + width / 2, top + height + 14);
				if *door > x && edge.via == Via::Direct {
					format!("text-anchor=\"end\" x=\"{}\" y=\"{y}\"", x - 8)
				} else {
					format!("x=\"{}\" y=\"{y}\"", x + 8)
				}
			};
			self.put(format_args!("<text class=\"lab\" {place}>{shape}</text>"));
		}
	}

	fn node(&mut self, node: usize) {
		let (x, y, width, height) = self.place_of(node);
		let middle = x + width / 2;
		let port = |name: &str, number: usize, count: usize| {
			if count == 1 {
				name.to_owned()
			} else {
				format!("{name} {number}")
			}
		};
		let (class, name, port, fill, line) = match self.nodes[node] {
			Node::Operation(operation) => return self.operation(operation, (x, y)),
			Node::Input(number, spec) => {
				("input", port("input", number, self.inspection.inputs.len()), spec, "#ecfdf5", "#047857")
			}
			Node::Output(number, spec) => {
				("output", port("output", number, self.inspection.outputs.len()), spec, "#eff6ff", "#1e40af")
			}
		};
		let tip = format!("{name}: {} {}, {}", port.dtype, shape_text(&port.shape, "×"), port.meaning());
		self.put(format_args!("<g class=\"{class}\"><title>{}</title>", escape(&tip)));
		self.put(format_args!(
			"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{}\" fill=\"{fill}\" stroke=\"{line}\" \
			 stroke-width=\"1.8\"/>",
			height / 2
		));
		self.put(format_args!(
			"<text class=\"op\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{name}</text>",
			y + 19
		));
		self.put(format_args!(
			"<text class=\"type\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{} {}</text></g>",
			y + 35,
			port.dtype,
			shape_text(&port.shape, "×")
		));
	}

	fn operation(&mut self, operation: &OperationReport, (x, y): (usize, usize)) {
		let family = FAMILIES.iter().find(|(_, _, operators)| operators.contains(&operation.operator));
		let colour = family.map_or(OTHER, |(_, colour, _)| colour);
		let (width, height) = BOX;
		let shape = shape_text(&operation.shape, "×");
		self.put(format_args!("<g class=\"operation\"><title>{}</title>", escape(&self.tip(operation))));
		let frame = if operation.memory_peak { ("#dc2626", "1.8") } else { ("#cbd5e1", "1.2") };
		self.put(format_args!(
			"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"7\" fill=\"#f8fafc\" stroke=\"{}\" \
			 stroke-width=\"{}\"/>",
			frame.0, frame.1
		));
		self.put(format_args!(
			"<rect x=\"{x}\" y=\"{}\" width=\"5\" height=\"{}\" rx=\"2.5\" fill=\"{colour}\"/>",
			y + 7,
			height - 14
		));
		self.put(format_args!(
			"<text x=\"{}\" y=\"{}\"><tspan class=\"op\">{}</tspan><tspan class=\"par\" dx=\"7\">{}</tspan></text>",
			x + 15,
			y + 21,
			escape(operation.operator),
			escape(&details(operation))
		));
		self.put(format_args!(
			"<text class=\"no\" x=\"{}\" y=\"{}\" text-anchor=\"end\">#{}</text>",
			x + width - 9,
			y + 20,
			operation.number
		));
		let of_type = format!("{} {shape}", operation.dtype);
		// In the widest of the usual fonts, what the type and the mark of the memory peak leave.
		let mark = if operation.memory_peak { 90 } else { 0 };
		let room = 216usize.saturating_sub(7 * of_type.chars().count() + mark) * 10 / 64;
		let name = operation.name.as_deref().filter(|_| room > 2).map(|name| shorten(name, room));
		self.put(format_args!(
			"<text x=\"{}\" y=\"{}\"><tspan class=\"type\">{of_type}</tspan><tspan class=\"no\" dx=\"8\">{}</tspan></text>",
			x + 15,
			y + 39,
			escape(&name.unwrap_or_default())
		));
		let full = width - 78;
		self.put(format_args!(
			"<rect x=\"{}\" y=\"{}\" width=\"{full}\" height=\"6\" rx=\"3\" fill=\"#e2e8f0\"/>",
			x + 15,
			y + 51
		));
		if operation.share.macs_share > 0.0 && self.largest > 0.0 {
			#[allow(clippy::cast_precision_loss)]
			let length = (full as f64 * operation.share.macs_share / self.largest).max(1.5);
			self.put(format_args!(
				"<rect x=\"{}\" y=\"{}\" width=\"{length:.1}\" height=\"6\" rx=\"3\" fill=\"{colour}\"/>",
				x + 15,
				y + 51
			));
		}
		self.put(format_args!(
			"<text class=\"pct\" x=\"{}\" y=\"{}\">{}</text>",
			x + width - 9,
			y + 58,
			escape(&per_cent(operation.share.macs_share))
		));
		if operation.memory_peak {
			self.put(format_args!("<text class=\"peak\" x=\"{}\" y=\"{}\">memory peak</text>", x + width - 9, y + 39));
		}
		self.out.push_str("</g>\n");
	}

	/// Everything that is known about an operation.
	fn tip(&self, operation: &OperationReport) -> String {
		let from: Vec<_> = operation.inputs.iter().map(|value| self.inspection.value_name(*value)).collect();
		let mut tip = format!("#{} {} {}", operation.number, operation.operator, operation.details);
		if let Some(name) = &operation.name {
			let _ = write!(tip, "\n{}", shorten(name, MOST_CHARACTERS));
		}
		let _ =
			write!(tip, "\ntakes {}\nmakes {} {}", from.join(", "), operation.dtype, shape_text(&operation.shape, "×"));
		let scales = operation.scales.to_string();
		if !scales.is_empty() {
			let _ = write!(tip, "\nscales and zeros: {scales}");
		}
		let _ = write!(
			tip,
			"\n{} bytes of parameters\n{} MACs ({})\n{} bytes moved\n{} bytes alive\n{} of the cost, {} of a block",
			grouped(operation.parameter_bytes as u64),
			grouped(operation.share.macs),
			per_cent(operation.share.macs_share),
			grouped(operation.share.bytes_moved),
			grouped(operation.live_bytes),
			per_cent(operation.share.cost_share),
			per_cent(operation.share.block_share),
		);
		tip
	}

	fn name(&self, node: usize) -> String {
		match &self.nodes[node] {
			Node::Input(number, _) => format!("input {number}"),
			Node::Operation(operation) => format!("#{} {}", operation.number, operation.operator),
			Node::Output(number, _) => format!("output {number}"),
		}
	}

	fn type_of(&self, node: usize) -> String {
		let dtype = match &self.nodes[node] {
			Node::Input(_, port) | Node::Output(_, port) => port.dtype,
			Node::Operation(operation) => operation.dtype,
		};
		format!("{dtype} {}", self.shape_of(node))
	}

	fn shape_of(&self, node: usize) -> String {
		match &self.nodes[node] {
			Node::Input(_, port) | Node::Output(_, port) => shape_text(&port.shape, "×"),
			Node::Operation(operation) => shape_text(&operation.shape, "×"),
		}
	}
}

/// Whether an edge runs beside the nodes.
fn side(edge: &Edge) -> bool {
	matches!(edge.via, Via::Rail(..))
}

/// The parameters of an operation, without the last words if the operator's name leaves no room for them.
fn details(operation: &OperationReport) -> String {
	// In the widest of the usual fonts.
	let room = (182 - 9 * operation.operator.len().min(16)) * 10 / 66;
	let mut text = operation.details.as_str();
	while text.len() > room {
		text = text.rsplit_once(' ').map_or("", |(before, _)| before).trim_end_matches(',');
	}
	if text.len() < operation.details.len() {
		format!("{text} …").trim_start().to_owned()
	} else {
		text.to_owned()
	}
}

/// A text as XML: markup escaped, and what XML cannot hold replaced.
fn escape(text: &str) -> String {
	let mut escaped = String::with_capacity(text.len());
	for character in text.chars() {
		match character {
			'&' => escaped.push_str("&amp;"),
			'<' => escaped.push_str("&lt;"),
			'>' => escaped.push_str("&gt;"),
			'"' => escaped.push_str("&quot;"),
			'\'' => escaped.push_str("&#39;"),
			'\n' | '\t' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => escaped.push(character),
			_ => escaped.push('\u{fffd}'),
		}
	}
	escaped
}
