/*
 * page.js - shows the data of a report: overview, findings, and of each
 * connection its story and pictures.
 *
 * Everything that comes from a capture is set as text, never as markup.
 */
"use strict";
(() => {

const ROWS_AT_ONCE = 200;
const LADDER_MOST = 48;
const SEVERITIES = ["info", "note", "warn", "error"];
const FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16;
const PLACED = 1, COPY = 2;
const RTT_UNIT_MS = 1e-4; /* RTT_UNIT_NS of the trace */

const $ = id => document.getElementById(id);

function element(tag, properties, ...children) {
	const e = document.createElement(tag);
	for (const [key, value] of Object.entries(properties || {}))
		if (key in e)
			e[key] = value;
		else
			e.setAttribute(key, value);
	e.append(...children.filter(c => c !== null && c !== undefined)
		.map(c => typeof c === "number" ? String(c) : c));
	return e;
}

function drawing(tag, attributes, text) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [key, value] of Object.entries(attributes))
		e.setAttribute(key, value);
	if (text !== undefined)
		e.textContent = text;
	return e;
}

const read = id => JSON.parse($(id).textContent);

/* --- numbers as people read them ----------------------------------------- */

const count = n => n.toLocaleString("en-US");

function plural(n, word) {
	return `${count(n)} ${word}${n === 1 ? "" : "s"}`;
}

function bytes(n) {
	if (n === null)
		return "-";
	const units = ["B", "kB", "MB", "GB", "TB"];
	let i = 0;
	while (n >= 999.5 && i < units.length - 1) {
		n /= 1000;
		i++;
	}
	return `${i === 0 ? n : n.toPrecision(3)} ${units[i]}`;
}

function duration(ms) {
	if (ms === null || ms === undefined)
		return "-";
	if (ms < 0)
		return `-${duration(-ms)}`;
	if (ms >= 120000)
		return `${Math.floor(ms / 60000)} min ` +
			`${Math.round(ms % 60000 / 1000)} s`;
	if (ms >= 1000)
		return `${(ms / 1000).toPrecision(3)} s`;
	return ms === 0 ? "0 ms" : `${Number(ms.toPrecision(3))} ms`;
}

const moment = ms => `+${(ms / 1000).toFixed(6)} s`;
const share = x => x === null ? "-" : `${Number((100 * x).toPrecision(2))}%`;
const rate = bps => bps === null ? "-" : bytes(bps).replace("B", "bit/s");
const or = x => x === null || x === undefined ? "-" : String(x);
const clock = iso => iso === null ? "-" :
	iso.replace("T", " ").replace("Z", " UTC");

function frames(list) {
	if (!list.length)
		return "";
	return (list.length > 1 ? "frames " : "frame ") + list.join(", ");
}

/* --- where the reader is --------------------------------------------------- */

const place = {
	c: 0, q: "", s: "", v: "", k: "", o: "severity", d: 1, x: "", a: "",
	z: "",
};

function place_read() {
	const given = new URLSearchParams(location.hash.slice(1));
	for (const key of Object.keys(place)) {
		const value = given.get(key);
		place[key] = value !== null ? value :
			key === "o" ? "severity" : key === "c" ? 0 :
			key === "d" ? 1 : "";
	}
	place.c = Number(place.c) || 0;
	place.d = Number(place.d) < 0 ? -1 : 1;
}

function place_hash(change) {
	const next = Object.assign({}, place, change);
	const kept = new URLSearchParams();
	for (const [key, value] of Object.entries(next))
		if (value !== "" && value !== 0 &&
		    !(key === "o" && value === "severity") &&
		    !(key === "d" && value === 1))
			kept.set(key, value);
	return "#" + kept.toString();
}

function place_set(change) {
	Object.assign(place, change);
	try {
		history.replaceState(null, "", place_hash({}));
	} catch (e) {
		/* some viewers of attachments allow no history */
	}
}

/* --- the overview ---------------------------------------------------------- */

const head = read("head");
const rows = read("rows");
const start_ms = Date.parse(head.first_time);

const by_number = new Map(rows.map(r => [r.number, r]));

function show_head() {
	for (const c of head.captures)
		$("captures").append(element("p", {},
			element("strong", {}, c.path), ` ${c.format}, ` +
			`${or(c.link_type)}, ${plural(c.packets, "packet")}` +
			(c.first_time ? ` in ${duration(c.duration_ms)} from ` +
			clock(c.first_time) : ""),
			c.complete ? null : element("span", {
				className: "tag warn",
			}, `incomplete: ${or(c.error)}`)));
	const s = head.summary;
	$("counts").textContent = plural(s.connections, "connection") + ": " +
		Object.entries(s.by_outcome)
		.map(([name, n]) => `${count(n)} ${name}`).join(", ") + "; " +
		(s.needs_attention === 0 ? "none needs attention" :
			`${count(s.needs_attention)} ` +
			`need${s.needs_attention === 1 ? "s" : ""} attention`);
	const lost = head.packets.not_analysed;
	const left = lost.reduce((sum, r) => sum + r.packets, 0);
	const notes = [];
	if (left > 0)
		notes.push(`Not analysed: ${plural(left, "packet")} (` +
			lost.map(r => `${count(r.packets)} ${r.reason}`)
			.join(", ") + ")");
	if (head.rows < head.reported)
		notes.push(`This page lists ${count(head.rows)} of ` +
			`${count(head.reported)} connections.`);
	if (head.details < head.reported)
		notes.push(`To stay small it tells ${count(head.details)} of ` +
			"them in detail; --connection chooses others.");
	notes.push(`Made by ${head.generator.name} ${head.generator.version}; ` +
		"times are UTC; ? means presumed, - unknown.");
	for (const text of notes)
		$("footer").append(element("p", {}, text));
	document.title = `${s.needs_attention ?
		`${count(s.needs_attention)} of ` : ""}${
		plural(s.connections, "TCP connection")}`;
}

function show_findings() {
	for (const f of head.summary.findings) {
		const item = element("li", {className: f.severity}, f.sentence,
			" (connections ");
		f.numbers.forEach((n, i) => item.append(i > 0 ? ", " : "",
			element("a", {href: place_hash({c: n})}, n)));
		item.append(f.connections > f.numbers.length ? ", …; " : "; ",
			frames(f.frames),
			f.connections > f.frames.length ? ", …)" : ")");
		$("finding-list").append(item);
	}
	$("findings").hidden = head.summary.findings.length === 0;
}

/* --- the table ------------------------------------------------------------- */

const rank = name => SEVERITIES.indexOf(name);

const columns = [
	{key: "number", label: "No", n: true},
	{key: "severity", label: "Severity", of: r => -rank(r.severity),
		show: r => element("span",
			{className: `tag ${r.severity}`}, r.severity)},
	{key: "client", label: "Client", w: true},
	{key: "server", label: "Server", w: true},
	{key: "time", label: "Start", n: true, of: r => Date.parse(r.time),
		show: r => `+${((Date.parse(r.time) - start_ms) / 1000)
			.toFixed(3)} s`},
	{key: "connect", label: "Connect", n: true, show: r =>
		duration(r.connect)},
	{key: "lasted", label: "Lasted", n: true, show: r =>
		duration(r.lasted)},
	{key: "sent", label: "Sent", n: true, show: r => bytes(r.sent)},
	{key: "received", label: "Received", n: true, show: r =>
		bytes(r.received)},
	{key: "resent", label: "Resent", n: true, show: r => count(r.resent)},
	{key: "end", label: "End"},
	{key: "verdict", label: "Verdict", show: r =>
		r.verdict === "ok" ? "ok" : r.sentence},
];

let limit = ROWS_AT_ONCE;

function compare(a, b) {
	if (a === b)
		return 0;
	if (a === null)
		return 1;
	if (b === null)
		return -1;
	return typeof a === "string" ? a.localeCompare(b, "en",
		{numeric: true}) : a - b;
}

function matches(r) {
	const words = place.q.toLowerCase().split(/\s+/);
	const text = `${r.number} ${r.client} ${r.server} ${r.end} ` +
		`${r.verdict} ${r.sentence} ${r.kinds.join(" ")}`.toLowerCase();
	return (!place.s || rank(r.worst) >= rank(place.s)) &&
		(!place.v || r.verdict === place.v) &&
		(!place.k || r.kinds.includes(place.k)) &&
		words.every(w => text.includes(w));
}

function show_row(r) {
	const line = element("tr", r.number === place.c ?
		{className: "chosen"} : {});
	for (const c of columns) {
		const value = c.show ? c.show(r) : or(r[c.key]);
		const cell = element("td", {className: c.n ? "n" : c.w ? "w" : ""});
		cell.append(c.key === "number" && r.detail ?
			element("a", {href: place_hash({c: r.number}),
				"aria-label": `Connection ${value}`}, value) :
			value);
		line.append(cell);
	}
	return line;
}

function show_table() {
	const column = columns.find(c => c.key === place.o) || columns[1];
	const of = column.of || (r => r[column.key]);
	const found = rows.filter(matches).sort((a, b) =>
		place.d * compare(of(a), of(b)) || a.number - b.number);
	const body = $("connections").tBodies[0];
	body.replaceChildren(...found.slice(0, limit).map(show_row));
	$("shown").textContent = found.length === rows.length ?
		plural(rows.length, "connection") :
		`${count(found.length)} of ${plural(rows.length, "connection")}`;
	$("more-line").hidden = found.length <= limit;
	$("more").textContent =
		`Show more of the ${count(found.length - limit)} left`;
	const heads = $("connections").tHead.rows[0].cells;
	columns.forEach((c, i) => {
		const sorted = c.key === place.o;
		heads[i].setAttribute("aria-sort", !sorted ? "none" :
			place.d > 0 ? "ascending" : "descending");
		heads[i].firstChild.textContent = c.label +
			(sorted ? place.d > 0 ? " ▲" : " ▼" : "");
	});
}

function option_list(select, names) {
	for (const name of names)
		select.append(element("option", {value: name}, name));
}

function filters_from_place() {
	$("query").value = place.q;
	$("severity").value = place.s;
	$("verdict").value = place.v;
	$("kind").value = place.k;
}

function set_up_table() {
	for (const c of columns) {
		const button = element("button", {type: "button"}, c.label);
		button.addEventListener("click", () => {
			place_set({o: c.key,
				d: place.o === c.key ? -place.d : 1});
			show_table();
		});
		$("connections").tHead.rows[0].append(element("th",
			{scope: "col", className: c.n ? "n" : ""}, button));
	}
	option_list($("verdict"), [...new Set(rows.map(r => r.verdict))].sort());
	option_list($("kind"), [...new Set(rows.flatMap(r => r.kinds))].sort());
	for (const [id, key] of [["query", "q"], ["severity", "s"],
	    ["verdict", "v"], ["kind", "k"]])
		$(id).addEventListener("input", () => {
			limit = ROWS_AT_ONCE;
			place_set({[key]: $(id).value});
			show_table();
		});
	$("filters").addEventListener("submit", e => e.preventDefault());
	$("more").addEventListener("click", () => {
		limit += ROWS_AT_ONCE;
		show_table();
	});
}

/* --- one connection: its segments ------------------------------------------ */

function segments_of(trace) {
	const list = [], flat = trace ? trace.segments : [];
	for (let i = 0; i < flat.length; i += 10)
		list.push({frame: flat[i], ms: flat[i + 1] / 1e6,
			side: flat[i + 2], flags: flat[i + 3], seq: flat[i + 4],
			ack: flat[i + 5], len: flat[i + 6], wnd: flat[i + 7],
			rtt: flat[i + 8], bits: flat[i + 9], sack: [],
			events: [], lost: 0});
	const blocks = trace ? trace.sack : [];
	for (let i = 0; i < blocks.length; i += 3)
		list[blocks[i]].sack.push([blocks[i + 1], blocks[i + 2]]);
	return list;
}

function attach_events(list, events) {
	const by_frame = new Map(list.map(s => [s.frame, s]));
	for (const e of events) {
		const s = by_frame.get(e.frame);
		if (s)
			s.events.push(e);
		const lost = e.evidence.cause === "loss-downstream" &&
			e.confidence !== "possible" &&
			by_frame.get(e.evidence.original_frame);
		if (lost)
			lost.lost = e.frame;
	}
}

function flags_text(s) {
	const words = [];
	if (s.flags & SYN)
		words.push(s.flags & ACK ? "SYN-ACK" : "SYN");
	if (s.flags & FIN)
		words.push("FIN");
	if (s.flags & RST)
		words.push("RST");
	if (s.flags & PSH)
		words.push("PSH");
	return words;
}

function label_of(s) {
	const words = flags_text(s);
	const placed = s.bits & PLACED, ack = placed && s.flags & ACK;
	if (placed && s.len > 0)
		words.push(`${s.seq}:${s.seq + s.len}`);
	else if (placed && (s.flags & (SYN | FIN | RST) || !ack))
		words.push(String(s.seq));
	else if (s.len > 0)
		words.push(plural(s.len, "byte"));
	if (ack)
		words.push(words.length ? `ack ${s.ack}` : `ACK ${s.ack}`);
	else if (s.flags & ACK)
		words.push("ACK");
	return words.join(" ");
}

function event_text(e) {
	const facts = [e.rule];
	if (e.evidence.original_frame)
		facts.push(`of frame ${e.evidence.original_frame}`);
	if (e.evidence.cause)
		facts.push(e.evidence.cause);
	if (e.evidence.duration_ms)
		facts.push(`for ${duration(e.evidence.duration_ms)}`);
	return `${e.kind} (${facts.join(", ")})`;
}

function describe(s) {
	const parts = [`frame ${s.frame}`, moment(s.ms),
		s.side ? "server" : "client", label_of(s)];
	if (s.bits & PLACED && s.flags & ACK)
		parts.push(`window ${count(s.wnd)}`);
	if (s.sack.length)
		parts.push("SACK " + s.sack.map(b => b.join(":")).join(", "));
	if (s.rtt)
		parts.push(`round trip ${duration(s.rtt * RTT_UNIT_MS)}`);
	if (s.lost)
		parts.push(`lost, sent again in frame ${s.lost}`);
	for (const e of s.events)
		parts.push(event_text(e));
	return parts.join(" · ");
}

/* --- the diagram of handshake and teardown --------------------------------- */

/* What a side was known to be in after a frame. */
function state_after(states, frame) {
	let last = null;
	for (const t of states)
		if (t.frame <= frame && !(t.revoked_frame &&
		    t.revoked_frame <= frame))
			last = t;
	if (last === null)
		return "";
	return last.state + (last.presumed || last.confirmed_frame > frame ||
		last.revoked_frame ? "?" : "");
}

function ladder_lines(c, list) {
	const wanted = new Set();
	for (const step of [...c.handshake.steps, ...c.teardown.steps])
		wanted.add(step.frame);
	for (const t of [...c.states.client, ...c.states.server])
		wanted.add(t.frame);
	return list.filter(s => wanted.has(s.frame) ||
		s.flags & (SYN | FIN | RST)).slice(0, LADDER_MOST);
}

function show_ladder(c, list) {
	const shown = ladder_lines(c, list);
	const left = 300, right = 590, width = 840, step = 36;
	let y = 46;
	const svg = drawing("svg", {class: "ladder", role: "img",
		"aria-label": "Handshake and teardown, step by step; the table " +
		"of steps below says the same"});
	const put = (tag, attributes, text) =>
		svg.append(drawing(tag, attributes, text));
	const life = [drawing("line", {class: "life", x1: left, x2: left}),
		drawing("line", {class: "life", x1: right, x2: right})];
	svg.append(...life);
	put("text", {x: left, y: 18, "text-anchor": "middle"}, "client");
	put("text", {x: right, y: 18, "text-anchor": "middle"}, "server");
	const last = ["", ""];
	let at = -1;
	for (const s of shown) {
		const place_in = list.indexOf(s);
		if (place_in > at + 1) {
			put("text", {class: "fold", x: (left + right) / 2, y: y,
				"text-anchor": "middle"},
				`⋮ ${plural(place_in - at - 1, "segment")}`);
			y += step;
		}
		at = place_in;
		const from = s.side ? right : left, to = s.side ? left : right;
		const way = s.side ? -1 : 1, kind = s.side ? "s" : "c";
		const end = s.lost ? from + way * 190 : to - way * 3;
		put("line", {class: s.lost ? "lost" : kind, x1: from, y1: y,
			x2: end, y2: y + 12, "stroke-width": 1.6});
		if (s.lost)
			put("path", {class: "cross", d: `M${end - 5} ${y + 7}` +
				`l10 10m0 -10l-10 10`});
		else
			put("path", {class: `head ${kind}`,
				d: `M${to} ${y + 12}l${-way * 9} -5l0 9z`});
		put("text", {x: (left + right) / 2, y: y - 1,
			"text-anchor": "middle"}, label_of(s));
		put("text", {class: "small", x: 4, y: y + 4}, moment(s.ms));
		put("text", {class: "small", x: 100, y: y + 4},
			`frame ${s.frame}`);
		[c.states.client, c.states.server].forEach((states, i) => {
			const state = state_after(states, s.frame);
			if (state !== last[i])
				put("text", {class: "state",
					x: i ? right + 10 : left - 10, y: y +
					(s.side === i ? 4 : 16),
					"text-anchor": i ? "start" : "end"},
					state);
			last[i] = state;
		});
		const bad = s.events.filter(e => rank(e.severity) > 0);
		if (bad.length)
			put("text", {class: "bad", x: right + 125, y: y + 4},
				bad[0].kind);
		y += step;
	}
	if (at + 1 < list.length) {
		put("text", {class: "fold", x: (left + right) / 2, y: y,
			"text-anchor": "middle"},
			`⋮ ${plural(list.length - at - 1, "segment")}`);
		y += step;
	}
	for (const line of life) {
		line.setAttribute("y1", 26);
		line.setAttribute("y2", y - 8);
	}
	svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
	return svg;
}

function table_of(caption, heads, lines) {
	return element("div", {className: "scroll"}, element("table", {},
		element("caption", {className: "soft"}, caption),
		heads.length ? element("thead", {}, element("tr", {},
			...heads.map(h => h === "" ? element("td", {}) :
				element("th", {scope: "col"}, h)))) : null,
		element("tbody", {}, ...lines.map(line => element("tr", {},
			...line.map((cell, i) => i === 0 ?
				element("th", {scope: "row"}, cell) :
				element("td", {className: String(cell)
					.startsWith("+") ? "w" : ""},
				cell)))))));
}

function show_steps(c) {
	const lines = [...c.handshake.steps, ...c.teardown.steps].map(s =>
		[s.step, s.frame, s.from, moment(s.time_ms), or(s.seq_rel),
			or(s.ack_rel), s.retransmissions]);
	return element("details", {}, element("summary", {},
		"The steps as a table"),
		table_of("Steps of handshake and teardown", ["Step", "Frame", "From", "Time", "Seq", "Ack",
			"Sent again"], lines));
}

/* --- words ----------------------------------------------------------------- */

function show_verdicts(c) {
	const item = v => element("li", {},
		element("span", {className: `tag ${v.severity}`}, v.severity),
		` ${v.id === "ok" ? "ok" : v.sentence} `,
		element("span", {className: "soft"},
			`${v.id}, ${v.rule}${v.frames.length ?
				`, ${frames(v.frames)}` : ""}`));
	return element("ul", {className: "verdicts"}, item(c.verdict),
		...c.verdict.also.map(item));
}

function path_text(states) {
	return states.filter(t => !t.revoked_frame)
		.map(t => t.state + (t.presumed ? "?" : "")).join(" → ") || "-";
}

function show_facts(c) {
	const h = c.handshake, t = c.teardown;
	return table_of("Course", [], [
		["Frames", `${c.first_frame} to ${c.last_frame}`],
		["Time", `${clock(c.first_time)}, ${duration(c.duration_ms)}`],
		["Handshake", h.outcome],
		["Server half", duration(h.server_half_ms)],
		["Client half", duration(h.client_half_ms)],
		["Connect time", duration(h.connect_time_ms)],
		["Capture point", or(h.tap)],
		["First data", `client ${duration(h.first_data_client_ms)}, ` +
			`server ${duration(h.first_data_server_ms)}`],
		["Teardown", t.close],
		["Client's states", path_text(c.states.client)],
		["Server's states", path_text(c.states.server)],
		["Wireshark filter", c.filters.wireshark],
	]);
}

function show_sides(c) {
	const row = (label, of) => [label, of(c.sides.client),
		of(c.sides.server)];
	return table_of("What each side sent, and what became of it",
		["", "Client → server", "Server → client"], [
		row("Packets", s => `${count(s.packets)}, ${bytes(s.bytes)}`),
		row("Payload", s => `${bytes(s.unique_bytes)} in ` +
			plural(s.data_packets, "segment")),
		row("Sent again", s => count(s.retransmitted_packets)),
		row("Round trip", s => s.rtt_ms.samples ?
			`${duration(s.rtt_ms.p50)} median, p90 ` +
			`${duration(s.rtt_ms.p90)}, ${duration(s.rtt_ms.min)} ` +
			`to ${duration(s.rtt_ms.max)}` : "-"),
		row("Lost before the tap", s => share(s.loss.upstream)),
		row("Lost beyond it", s => share(s.loss.downstream)),
		row("Not captured", s => share(s.loss.capture)),
		row("Own window", s => s.window.max === null ? "-" :
			`${bytes(s.window.min)} to ${bytes(s.window.max)}`),
		row("Window closed", s => duration(s.zero_window_ms)),
		row("Most in flight", s => bytes(s.max_flight_bytes)),
		row("Idle", s => duration(s.idle_ms)),
		row("Throughput", s => rate(s.throughput_bps)),
	]);
}

function evidence_text(e) {
	const value = v => v !== null && typeof v === "object" ?
		JSON.stringify(v) : or(v);
	return Object.entries(e.evidence).map(([k, v]) =>
		`${k.replaceAll("_", " ")} ${value(v)}`).join(", ");
}

function show_events(c) {
	if (!c.events.length)
		return element("p", {className: "soft"}, "No events.");
	return table_of(`${plural(c.events.length, "event")} in the order of ` +
		"frames", ["Frame", "Time", "From", "Severity", "Event",
		"Rule", "Evidence"], c.events.map(e => [e.frame, moment(e.at_ms),
		e.from, element("span", {className: `tag ${e.severity}`},
			e.severity), element("span", {title: or(
			head.kinds[e.kind])}, e.kind),
		`${e.rule}, ${e.blame}, ${e.confidence}`, evidence_text(e)]));
}

/* --- pictures -------------------------------------------------------------- */

let charts = [];
let moving = false;
let whole = [0, 1];
let drawn = null; /* what the pictures show: connection, segments, sender */

const css = name => getComputedStyle(document.documentElement)
	.getPropertyValue(name).trim();

function set_range(min, max) {
	moving = true;
	for (const u of charts)
		u.setScale("x", {min, max});
	moving = false;
	const all = min <= whole[0] && max >= whole[1];
	if ($("range"))
		$("range").textContent = `${moment(min)} to ${moment(max)}`;
	place_set(all ? {a: "", z: ""} :
		{a: min.toFixed(6), z: max.toFixed(6)});
}

/* Zoom by a factor around a point, move by a part of what is seen. */
function change_range(factor, shift, center) {
	const x = charts[0].scales.x;
	const c = center === undefined ? (x.min + x.max) / 2 : center;
	const span = (x.max - x.min) * factor;
	const part = (c - x.min) / (x.max - x.min);
	let min = c - part * span + shift * span;
	min = Math.max(whole[0], Math.min(min, whole[1] - span));
	set_range(min, Math.min(whole[1], min + span));
}

function on_wheel(u) {
	u.over.addEventListener("wheel", e => {
		if (!e.ctrlKey && !e.shiftKey && document.activeElement !==
		    u.root.parentElement)
			return; /* the page scrolls */
		e.preventDefault();
		const at = u.posToVal(e.offsetX, "x");
		if (e.shiftKey)
			change_range(1, (e.deltaY || e.deltaX) > 0 ? .1 : -.1);
		else
			change_range(e.deltaY > 0 ? 1.25 : .8, 0, at);
	}, {passive: false});
}

/* What a mouse does to a picture, keys do too. */
function on_key(u, e) {
	const x = u.data[0], last = x.length - 1;
	const at = u.cursor.idx;
	const go = i => {
		const left = u.valToPos(x[i], "x");
		if (left < 0 || left > u.over.clientWidth)
			change_range(1, left < 0 ? -.5 : .5);
		u.setCursor({left: u.valToPos(x[i], "x"),
			top: u.over.clientHeight / 2});
	};
	const seen = x.findIndex(ms => ms >= u.scales.x.min);
	const next = step => at === null || at === undefined ?
		Math.max(seen, 0) : Math.max(0, Math.min(last, at + step));
	const acts = {
		ArrowRight: () => go(next(1)), ArrowLeft: () => go(next(-1)),
		PageDown: () => change_range(1, .5),
		PageUp: () => change_range(1, -.5),
		Home: () => go(0), End: () => go(last),
		"+": () => change_range(.5, 0), "-": () => change_range(2, 0),
		"0": () => set_range(...whole),
	};
	if (!acts[e.key] || e.ctrlKey || e.altKey || e.metaKey)
		return;
	e.preventDefault();
	acts[e.key]();
}

function axis(label, values, size) {
	return {stroke: css("--soft"), grid: {stroke: css("--grid"), width: 1},
		ticks: {stroke: css("--line"), width: 1}, label, values,
		labelSize: 20, labelFont: "12px system-ui", size: size || 68,
		font: "11px system-ui"};
}

/* One chart; series[0] is time in ms, texts[i] what is said of point i. */
function add_chart(box, title, hint, series, data, texts, y, draw) {
	const said = element("p", {className: "said soft",
		"aria-live": "polite"}, hint);
	const frame = element("div", {tabIndex: 0, role: "group",
		"aria-label": `${title}: ${hint}`});
	box.append(element("div", {className: "chart"},
		element("h4", {}, title), frame, said));
	const u = new uPlot({
		width: Math.max(320, box.clientWidth), height: y.height || 240,
		scales: {x: {time: false}, y: y.range ? {range: y.range} : {}},
		axes: [axis("", (self, ticks) => ticks.map(duration), 30),
			axis(y.label, (self, ticks) => ticks.map(y.show))],
		series: [{label: "time", value: (self, v) => v === null ? "-" :
			moment(v)}, ...series],
		cursor: {sync: {key: "time", scales: ["x", null]},
			drag: {x: true, y: false, setScale: true},
			points: {size: 6}},
		hooks: {
			draw: draw ? [draw] : [],
			setScale: [(self, key) => {
				if (key === "x" && !moving && charts.includes(self))
					set_range(self.scales.x.min,
						self.scales.x.max);
			}],
			setCursor: [self => {
				const i = self.cursor.idx;
				said.textContent = i !== null && i !== undefined &&
					texts[i] ? texts[i] : hint;
			}],
		},
	}, data, frame);
	u.over.addEventListener("dblclick", () => set_range(...whole));
	on_wheel(u);
	frame.addEventListener("keydown", e => on_key(u, e));
	charts.push(u);
}

const RESENDS = [
	["retransmission-rto", "resent: timer", "--resend-rto"],
	["retransmission-fast", "resent: fast", "--resend-fast"],
	["retransmission-sack", "resent: recovery", "--resend-sack"],
	["retransmission-tlp", "resent: probe", "--resend-tlp"],
	["spurious-retransmission", "resent: needless", "--needless"],
	["retransmission-unclassified", "resent", "--resend-fast"],
	["retransmission-syn", "SYN resent", "--resend-rto"],
	["retransmission-fin", "FIN resent", "--resend-rto"],
	["out-of-order", "out of order", "--late"],
	["network-duplicate", "duplicate", "--late"],
];

function points(label, color, size) {
	return {label, stroke: color, width: 0, paths: () => null,
		points: {show: true, size: size || 8, fill: color,
			stroke: color}, value: (u, v) => v === null ? "-" :
			count(v)};
}

function steps(label, color, width, show) {
	return {label, stroke: color, width: width || 1.5, spanGaps: true,
		paths: uPlot.paths.stepped({align: 1}), points: {show: false},
		value: (u, v) => v === null || v === undefined ? "-" :
			(show || count)(v)};
}

/* The end of what a segment takes of its sender's numbers. */
const end_of = s => s.seq + s.len +
	(s.flags & SYN ? 1 : 0) + (s.flags & FIN ? 1 : 0);

/*
 * What is seen of the numbers: data and acknowledgements, and the window's
 * edge where it is not so far above them that they would be a flat line.
 */
function sequence_range(data) {
	return u => {
		let low = Infinity, high = -Infinity, edge = -Infinity;
		data[0].forEach((ms, i) => {
			if (ms < u.scales.x.min || ms > u.scales.x.max)
				return;
			for (const v of [data[1][i], data[2][i]])
				if (v !== null) {
					low = Math.min(low, v);
					high = Math.max(high, v);
				}
			if (data[3][i] !== null)
				edge = Math.max(edge, data[3][i]);
		});
		if (low > high)
			return [0, 1];
		const span = Math.max(high - low, 1);
		if (edge > high && edge - high < 2 * span)
			high = edge;
		return [low - span * .05, high + span * .1];
	};
}

function draw_sequence(box, list, side) {
	const x = list.map(s => s.ms);
	const mine = s => s.side === side;
	const ends = list.map(s => mine(s) && end_of(s) > s.seq ?
		end_of(s) : null);
	const acks = list.map(s => !mine(s) && s.flags & ACK ? s.ack : null);
	const edges = list.map(s => !mine(s) && s.flags & ACK &&
		!(s.flags & RST) ? s.ack + s.wnd : null);
	const series = [points("data", css("--data"), 3),
		steps("acknowledged", css("--ack"), 2),
		steps("window's edge", css("--edge"))];
	const data = [x, ends, acks, edges];
	const color = list.map(() => css("--data"));
	for (const [kind, label, name] of RESENDS) {
		const hit = s => mine(s) && s.events.some(e => e.kind === kind);
		if (!list.some(hit))
			continue;
		series.push(points(label, css(name)));
		data.push(list.map((s, i) => {
			if (!hit(s))
				return null;
			color[i] = css(name);
			return end_of(s);
		}));
	}
	if (list.some(s => mine(s) && s.lost)) {
		series.push(points("lost beyond the tap", css("--lost"), 10));
		data.push(list.map(s => mine(s) && s.lost ? s.seq : null));
	}
	if (list.some(s => !mine(s) && s.flags & ACK && s.wnd === 0 &&
	    !(s.flags & RST))) {
		series.push(points("window closed", css("--edge"), 10));
		data.push(list.map(s => !mine(s) && s.flags & ACK &&
			s.wnd === 0 && !(s.flags & RST) ? s.ack : null));
	}
	const sack = css("--sack");
	add_chart(box, "Sequence numbers over time",
		"Bars are segments, the steps below them what was acknowledged, " +
		"those above them how far the window reached (where it is near " +
		"enough to be seen); violet: SACK.",
		series, data, list.map(describe),
		{label: "relative sequence number", show: count, height: 420,
			range: sequence_range(data)},
		u => {
		const ctx = u.ctx, min = u.scales.x.min, max = u.scales.x.max;
		ctx.save();
		ctx.beginPath();
		ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
		ctx.clip();
		ctx.lineWidth = 2 * devicePixelRatio;
		list.forEach((s, i) => {
			if (s.ms < min || s.ms > max)
				return;
			const bars = mine(s) ? [[s.seq, end_of(s)]] : s.sack;
			ctx.strokeStyle = mine(s) ? color[i] : sack;
			for (const [from, to] of bars) {
				if (to <= from)
					continue;
				const at = u.valToPos(s.ms, "x", true);
				ctx.beginPath();
				ctx.moveTo(at, u.valToPos(from, "y", true));
				ctx.lineTo(at, u.valToPos(to, "y", true));
				ctx.stroke();
			}
		});
		ctx.restore();
	});
}

function draw_rtt(box, list) {
	const hit = list.filter(s => s.rtt);
	if (!hit.length)
		return;
	/* an ACK of the server ends a round trip beyond the tap to the server */
	const half = side => hit.map(s => s.side === side ?
		s.rtt * RTT_UNIT_MS : null);
	const one = (label, color) => Object.assign(
		points(label, color, 4), {value: (u, v) => duration(v)});
	add_chart(box, "Round-trip time, both halves as seen from the tap",
		"Each point is the time from a segment to the one that proves " +
		"its arrival.", [
		one("tap to server and back", css("--server")),
		one("tap to client and back", css("--client"))],
		[hit.map(s => s.ms), half(1), half(0)], hit.map(describe),
		{label: "time", show: duration});
}

function draw_flight(box, list, side) {
	let sent = null, acked = null, edge = null;
	const flight = [], window = [], kept = [];
	for (const s of list) {
		if (s.side === side) {
			sent = Math.max(sent === null ? s.seq : sent, end_of(s));
			if (acked === null)
				acked = s.seq;
		} else if (s.flags & ACK && !(s.flags & RST)) {
			acked = Math.max(acked === null ? s.ack : acked, s.ack);
			edge = s.ack + s.wnd;
		}
		kept.push(s);
		flight.push(sent === null || acked === null ? null :
			Math.max(0, sent - acked));
		window.push(edge === null || acked === null ? null :
			Math.max(0, edge - acked));
	}
	add_chart(box, "Bytes in flight against the window",
		"Where both meet, the receiver's window held the sender back.", [
		Object.assign(steps("in flight", css("--client"), 1.5, bytes),
			{fill: css("--client") + "22"}),
		steps("window", css("--edge"), 1.5, bytes)],
		[kept.map(s => s.ms), flight, window], kept.map(describe),
		{label: "bytes", show: bytes});
}

function draw_throughput(box, list) {
	const span = whole[1] - whole[0];
	const bins = Math.min(240, Math.max(20, Math.floor(list.length / 4)));
	const width = span / bins;
	if (!(width > 0) || !list.some(s => s.len > 0))
		return;
	const sums = [new Array(bins + 1).fill(0), new Array(bins + 1).fill(0)];
	for (const s of list)
		sums[s.side][Math.min(bins - 1,
			Math.floor((s.ms - whole[0]) / width))] += s.len;
	const bits = sum => sum.map(b => b * 8000 / width);
	const x = sums[0].map((b, i) => whole[0] + i * width);
	const show = v => v === 0 ? "0" : rate(v);
	add_chart(box, "Throughput of payload, resends included",
		`Averages of ${duration(width)}.`, [
		steps("client → server", css("--client"), 1.5, show),
		steps("server → client", css("--server"), 1.5, show)],
		[x, bits(sums[0]), bits(sums[1])], [],
		{label: "bit/s", show, height: 200});
}

function draw_all(box) {
	for (const u of charts)
		u.destroy();
	charts = [];
	box.replaceChildren();
	const side = place.x === "" ? drawn.side : Number(place.x);
	const list = drawn.list.filter(s => s.bits & PLACED &&
		!(s.bits & COPY));
	if (list.length < 2) {
		box.append(element("p", {className: "soft"},
			"Too few segments for pictures."));
		return;
	}
	whole = [list[0].ms, list[list.length - 1].ms];
	for (const s of list) {
		whole[0] = Math.min(whole[0], s.ms);
		whole[1] = Math.max(whole[1], s.ms);
	}
	if (whole[1] <= whole[0])
		whole[1] = whole[0] + 1;
	list.sort((a, b) => a.ms - b.ms || a.frame - b.frame);
	const a = Number(place.a), z = Number(place.z);
	moving = true;
	draw_sequence(box, list, side);
	draw_flight(box, list, side);
	draw_rtt(box, list);
	draw_throughput(box, list);
	moving = false;
	if (place.z !== "" && z > a)
		set_range(a, z);
	else
		set_range(...whole);
}

function tools(box) {
	const sides = element("select", {"aria-label": "Direction"},
		element("option", {value: "0"}, "client → server"),
		element("option", {value: "1"}, "server → client"));
	sides.value = place.x === "" ? String(drawn.side) : place.x;
	sides.addEventListener("input", () => {
		place_set({x: sides.value});
		draw_all(box);
	});
	const button = (label, text, act) => {
		const b = element("button", {type: "button",
			"aria-label": label, title: label}, text);
		b.addEventListener("click", () => charts.length && act());
		return b;
	};
	return element("div", {className: "tools"}, "Data of ", sides,
		button("Zoom in", "+", () => change_range(.5, 0)),
		button("Zoom out", "−", () => change_range(2, 0)),
		button("Earlier", "◀", () => change_range(1, -.25)),
		button("Later", "▶", () => change_range(1, .25)),
		button("The whole connection", "whole", () =>
			set_range(...whole)),
		element("span", {id: "range", role: "status",
			className: "number"}),
		element("span", {className: "soft"}, "or drag over a picture; " +
			"Ctrl and wheel zoom, Shift and wheel move; keys on a " +
			"picture: arrows, +, −, 0"));
}

function show_detail() {
	const box = $("detail"), row = by_number.get(place.c);
	const source = $(`c${place.c}`);
	for (const u of charts)
		u.destroy();
	charts = [];
	box.replaceChildren();
	box.hidden = place.c === 0;
	if (place.c === 0)
		return;
	if (!source) {
		box.append(element("p", {className: "notice"},
			`Connection ${place.c} is not told in this page.`));
		return;
	}
	const {connection: c, trace} = JSON.parse(source.textContent);
	const list = segments_of(trace);
	attach_events(list, c.events);
	drawn = {c, list, side: c.sides.server.unique_bytes >
		c.sides.client.unique_bytes ? 1 : 0};
	const close = element("button", {type: "button"}, "Close");
	close.addEventListener("click", () => {
		place_set({c: 0, a: "", z: "", x: ""});
		show_detail();
		show_table();
	});
	const pictures = element("div", {});
	box.append(...[element("div", {className: "top"}, element("h2",
		{tabIndex: -1}, `Connection ${c.number}: ` +
		(row ? `${row.client} → ${row.server}` : "")), close),
		show_verdicts(c),
		trace && trace.dropped > 0 ? element("p", {className: "notice"},
			`${plural(trace.dropped, "segment")} without events ` +
			"are left out of the pictures, so that the page stays " +
			"small.") : null,
		element("div", {className: "columns"},
			element("div", {}, show_facts(c)),
			element("div", {}, show_sides(c))),
		element("h3", {}, "Handshake and teardown"),
		show_ladder(c, list), show_steps(c),
		element("h3", {}, "Pictures"), tools(pictures), pictures,
		element("h3", {}, "Events"), show_events(c)]
		.filter(part => part !== null));
	draw_all(pictures);
}

/* --- begin ----------------------------------------------------------------- */

function redraw() {
	const pictures = $("detail").querySelector(".tools + div");
	if (pictures && drawn)
		draw_all(pictures);
}

function go() {
	const before = place.c;
	place_read();
	filters_from_place();
	show_table();
	if (place.c !== before || $("detail").hidden) {
		show_detail();
		const heading = $("detail").querySelector("h2");
		if (heading) {
			heading.focus({preventScroll: true});
			$("detail").scrollIntoView();
		}
	}
}

show_head();
show_findings();
set_up_table();
place_read();
/* one connection alone needs no choice */
if (place.c === 0 && rows.length === 1 && rows[0].detail)
	place.c = rows[0].number;
filters_from_place();
show_table();
show_detail();
window.addEventListener("hashchange", go);
window.matchMedia("(prefers-color-scheme: dark)")
	.addEventListener("change", redraw);
/* paper is white */
for (const event of ["beforeprint", "afterprint"])
	window.addEventListener(event, () => {
		document.documentElement.classList.toggle("printed",
			event === "beforeprint");
		redraw();
	});
let resized;
window.addEventListener("resize", () => {
	clearTimeout(resized);
	resized = setTimeout(redraw, 150);
});
})();
