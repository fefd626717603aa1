/*
 * ladder_text.c - the sequence diagram in text (--ladder): one line a segment,
 * the client on the left, the server on the right.
 */
#include <inttypes.h>
#include <string.h>

#include "report/conn_text.h"
#include "report/event_text.h"
#include "report/ladder.h"
#include "report/report_parts.h"
#include "report/state_path.h"
#include "report/text_format.h"

#define STATE_COLUMNS 13 /* "SYN-RECEIVED?" */
#define ARROW_MOST 48
#define ARROW_LEAST 20
#define GAP 2

/* One diagram while it is printed. */
struct drawing {
	struct page *p;              /* borrowed */
	const struct conn_report *r; /* borrowed */
	const struct ladder *l;      /* borrowed */
	unsigned time, frame, arrow; /* widths in columns */
	unsigned arrow_at;           /* column where arrows begin */
	struct formatted state[2];   /* last shown, by enum side */
	uint32_t wnd[2];             /* last seen, by enum side */
	bool has_wnd[2];
	struct text label; /* of the arrow */
};

static void
say_flags(struct text *t, const struct trace_segment *s)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = {{FLAG_FIN, "FIN"}, {FLAG_RST, "RST"}, {FLAG_PSH, "PSH"},
	    {FLAG_URG, "URG"}, {FLAG_ECE, "ECE"}, {FLAG_CWR, "CWR"}};

	if (s->flags & FLAG_SYN)
		text_add(t, s->flags & FLAG_ACK ? "SYN-ACK " : "SYN ");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (s->flags & words[i].bit)
			text_addf(t, "%s ", words[i].word);
}

/* "PSH 1:101 ack 1"; an ACK alone is "ACK 101". */
static void
say_numbers(struct text *t, const struct trace_segment *s)
{
	bool ack = s->flags & FLAG_ACK && s->placed;
	bool own =
	    s->len > 0 || s->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST) || !ack;

	say_flags(t, s);
	if (s->placed && s->len > 0)
		text_addf(
		    t, "%" PRId64 ":%" PRId64 " ", s->seq, s->seq + s->len);
	else if (s->placed && own)
		text_addf(t, "%" PRId64 " ", s->seq);
	else if (!s->placed && s->len > 0)
		text_addf(t, "%" PRIu32 " bytes ", s->len);
	if (ack)
		text_addf(
		    t, own ? "ack %" PRId64 " " : "ACK %" PRId64 " ", s->ack);
	else if (s->flags & FLAG_ACK)
		text_add(t, "ACK ");
}

static void
note_window(struct drawing *d, const struct trace_segment *s)
{
	if (!s->placed)
		return;
	d->wnd[s->side] = s->wnd;
	d->has_wnd[s->side] = true;
}

/* What stands on the arrow, no wider than it; the window where it changed. */
static void
say_label(struct drawing *d, const struct trace_segment *s)
{
	size_t room = d->arrow - 4, n;
	bool changed = !d->has_wnd[s->side] || d->wnd[s->side] != s->wnd;

	text_clear(&d->label);
	say_numbers(&d->label, s);
	n = d->label.n;
	if (changed && s->placed && s->flags & (FLAG_ACK | FLAG_SYN))
		text_addf(&d->label, "win %" PRIu32 " ", s->wnd);
	if (d->label.n > room)
		text_cut(&d->label, n < room ? n : room);
	note_window(d, s);
}

static void
put(struct page *p, const char *s, enum style style)
{
	page_put(p, s, strlen(s), style);
}

static void
put_line(struct drawing *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(d->p, page_symbol(d->p, SYMBOL_RULE), STYLE_PLAIN);
}

/* "-- PSH 1:101 ack 1 ---->" or "<---- ... --"; x where it was lost. */
static void
put_arrow(struct drawing *d, const struct rung *g, enum style style)
{
	const struct trace_segment *s = g->segment;
	const char *head;
	size_t line;

	say_label(d, s);
	head = page_symbol(d->p, g->resent_in != 0   ? SYMBOL_LOST
				 : s->side == CLIENT ? SYMBOL_RIGHT
						     : SYMBOL_LEFT);
	/* the label ends with a blank */
	line = d->arrow - 3 - text_columns(text_get(&d->label));
	if (s->side == SERVER) {
		put(d->p, head, style);
		put_line(d, line);
		page_spaces(d->p, 1);
		put(d->p, text_get(&d->label), style);
		put_line(d, 1);
		return;
	}
	put_line(d, 1);
	page_spaces(d->p, 1);
	put(d->p, text_get(&d->label), style);
	put_line(d, line);
	put(d->p, head, style);
}

/* The state of a side after the frame, where it is not the one shown last. */
static struct formatted
state_to_show(struct drawing *d, enum side side, uint64_t frame_no)
{
	struct formatted f =
	    state_path_text(state_path_after(d->r, side, frame_no));

	if (strcmp(f.s, d->state[side].s) == 0 || strcmp(f.s, "-") == 0)
		return (struct formatted){""};
	d->state[side] = f;
	return f;
}

static bool
is_step(const struct handshake_report *h, uint64_t frame_no)
{
	for (unsigned i = 0; i < h->steps_n; i++)
		if (h->step[i].frame_no == frame_no)
			return true;
	return false;
}

/* What the SYN or SYN-ACK announced that the handshake began with. */
static void
say_options(
    struct page *p, const struct conn_report *r, const struct trace_segment *s)
{
	const struct tcp_options *o = &r->side[s->side].options;

	if (!(s->flags & FLAG_SYN) || !r->side[s->side].has_options ||
	    !is_step(&r->handshake, s->frame_no))
		return;
	if (o->has & OPT_MSS)
		page_say(p, "; MSS %u", o->mss);
	if (o->has & OPT_WSCALE)
		page_say(p, "; scale %u", o->wscale);
	if (o->has & OPT_SACK_PERMITTED)
		page_say(p, "; SACK");
	if (o->has & OPT_TIMESTAMPS)
		page_say(p, "; time stamps");
	if (o->has & OPT_FAST_OPEN)
		page_say(p, "; fast open");
}

static void
say_sack(struct page *p, const struct trace *t, const struct trace_segment *s)
{
	for (uint32_t i = s->sack; i < s->sack + s->sack_n; i++)
		page_say(p, "%s%" PRId64 ":%" PRId64,
		    i == s->sack ? "; SACK " : ",", t->sack[i][0],
		    t->sack[i][1]);
}

/* The parts of an event's evidence that a line has room for. */
static void
say_event(struct page *p, const struct event *e, bool first)
{
	static const struct {
		enum evidence_key key;
		const char *word;
	} parts[] = {{EVIDENCE_ORIGINAL_FRAME, "of frame"},
	    {EVIDENCE_CAUSE, ""}, {EVIDENCE_PROOF, "by"},
	    {EVIDENCE_REVEALED_BY, "revealed by frame"},
	    {EVIDENCE_RANGE, "bytes"}, {EVIDENCE_DURATION, "for"}};
	const char *separator = " (";

	page_say(p, "; %s%s", first ? "! " : "", anomaly_table[e->kind].name);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct evidence *v = event_get(e, parts[i].key);

		if (v == NULL || v->v == 0)
			continue;
		page_say(p, "%s%s%s", separator, parts[i].word,
		    parts[i].word[0] != '\0' ? " " : "");
		event_say_value(p, e, v);
		separator = ", ";
	}
	page_say(p, separator[0] == ',' ? ")" : "");
}

static enum style
style_of_rung(const struct drawing *d, const struct rung *g)
{
	enum severity worst = SEVERITY_NOTE;

	for (uint32_t i = g->event; i < g->event + g->events_n; i++)
		if (d->r->event[i].severity > worst)
			worst = (enum severity)d->r->event[i].severity;
	return style_of_severity(worst);
}

/* What is to be said of a rung, in the paragraph; each part begins "; ". */
static void
say_note(struct drawing *d, const struct rung *g)
{
	struct page *p = d->p;

	for (uint32_t i = g->event; i < g->event + g->events_n; i++)
		say_event(p, &d->r->event[i], i == g->event);
	if (g->segment == NULL)
		return;
	if (g->resent_in != 0)
		page_say(
		    p, "; lost: sent again in frame %" PRIu64, g->resent_in);
	if (g->segment->copy && g->events_n == 0)
		page_say(p, "; a second capture of the same packet");
	say_options(p, d->r, g->segment);
	say_sack(p, d->r->trace, g->segment);
}

/* The note behind a line of so many columns, or below it. */
static void
end_with_note(struct drawing *d, const struct rung *g, size_t used)
{
	const char *note;

	say_note(d, g);
	note = text_get(&d->p->line);
	if (strncmp(note, "; ", 2) == 0)
		note += 2;
	if (note[0] == '\0') {
		page_newline(d->p);
	} else if (used + GAP + text_columns(note) <= d->p->width) {
		page_spaces(d->p, GAP);
		page_wrap(d->p, note, 0, 0, style_of_rung(d, g));
	} else {
		page_newline(d->p);
		page_spaces(d->p, d->arrow_at + GAP);
		page_wrap(d->p, note, d->arrow_at + GAP, d->arrow_at + 2 * GAP,
		    style_of_rung(d, g));
	}
	d->p->failed |= d->p->line.failed;
	text_clear(&d->p->line);
}

static void
put_right(struct page *p, const char *s, unsigned width)
{
	size_t n = text_columns(s);

	page_spaces(p, n < width ? width - n : 0);
	put(p, s, STYLE_PLAIN);
}

static void
put_left(struct page *p, const char *s, unsigned width)
{
	size_t n = text_columns(s);

	put(p, s, STYLE_PLAIN);
	page_spaces(p, n < width ? width - n : 0);
}

static void
print_rung(struct drawing *d, const struct rung *g)
{
	const struct trace_segment *s = g->segment;
	const struct event *e = g->events_n > 0 ? &d->r->event[g->event] : NULL;
	uint64_t frame_no = s != NULL ? s->frame_no : e->frame_no;
	int64_t ts_ns = s != NULL ? s->ts_ns : e->ts_ns;
	struct formatted left, right = {""};
	size_t used = d->arrow_at;

	page_spaces(d->p, GAP);
	put_right(d->p, format_moment(ts_ns - d->r->first_ns).s, d->time);
	page_spaces(d->p, GAP);
	page_say(d->p, "%" PRIu64, frame_no);
	put_right(d->p, text_get(&d->p->line), d->frame);
	text_clear(&d->p->line);
	page_spaces(d->p, GAP);
	if (s != NULL) {
		left = state_to_show(d, CLIENT, frame_no);
		right = state_to_show(d, SERVER, frame_no);
		put_left(d->p, left.s, STATE_COLUMNS + 1);
		put_arrow(d, g, style_of_rung(d, g));
		used += d->arrow;
	} else {
		page_spaces(d->p, STATE_COLUMNS + 1);
	}
	if (right.s[0] != '\0') {
		page_spaces(d->p, 1);
		put(d->p, right.s, STYLE_PLAIN);
		used += 1 + text_columns(right.s);
	}
	end_with_note(d, g, used);
}

/* A line that tells of no one segment. */
static void
end_aside(struct drawing *d)
{
	page_end(d->p, d->arrow_at, d->arrow_at + GAP, STYLE_DIM);
}

/* "24 segments: client 20, 28,960 bytes; server 4" */
static void
print_fold(struct drawing *d, size_t first, size_t end)
{
	uint64_t packets[2] = {0, 0}, bytes[2] = {0, 0}, events = 0;
	struct page *p = d->p;

	for (size_t i = first; i < end; i++) {
		const struct trace_segment *s = d->l->v[i].segment;

		packets[s->side]++;
		bytes[s->side] += s->len;
		events += d->l->v[i].events_n;
		note_window(d, s);
	}
	page_say(p, "%s %s segments: ", page_symbol(p, SYMBOL_FOLD),
	    format_count(end - first).s);
	for (unsigned x = CLIENT; x <= SERVER; x++) {
		page_say(p, "%s%s %s", x == SERVER ? "; " : "", side_name(x),
		    format_count(packets[x]).s);
		if (bytes[x] > 0)
			page_say(p, " with %s", format_bytes(bytes[x]).s);
	}
	if (events > 0)
		page_say(p, "; %s event%s of level info",
		    format_count(events).s, events == 1 ? "" : "s");
	end_aside(d);
}

static void
print_asides(struct drawing *d, const struct rung *g)
{
	if (g->segment == NULL)
		return;
	if (g->segment->skipped > 0) {
		page_say(d->p,
		    "%s %s segment%s without events %s not kept (K_TRACE, "
		    "K_TRACES)",
		    page_symbol(d->p, SYMBOL_FOLD),
		    format_count(g->segment->skipped).s,
		    g->segment->skipped == 1 ? "" : "s",
		    g->segment->skipped == 1 ? "was" : "were");
		end_aside(d);
	}
	if (g->quiet_ns > 0) {
		page_say(d->p, "%s quiet for %s",
		    page_symbol(d->p, SYMBOL_FOLD),
		    format_duration(g->quiet_ns).s);
		end_aside(d);
	}
}

static void
print_rungs(struct drawing *d)
{
	size_t fold = 0;

	for (size_t i = 0; i < d->l->n; i++) {
		const struct rung *g = &d->l->v[i];

		if (!g->shown)
			continue;
		if (i > fold)
			print_fold(d, fold, i);
		fold = i + 1;
		print_asides(d, g);
		print_rung(d, g);
	}
}

static void
measure(struct drawing *d)
{
	const struct conn_report *r = d->r;
	size_t fixed;

	d->time =
	    (unsigned)text_columns(format_moment(r->last_ns - r->first_ns).s);
	page_say(d->p, "%" PRIu64, r->last_frame);
	d->frame = (unsigned)d->p->line.n;
	text_clear(&d->p->line);
	if (d->frame < strlen("frame"))
		d->frame = (unsigned)strlen("frame");
	d->arrow_at = GAP + d->time + GAP + d->frame + GAP + STATE_COLUMNS + 1;
	fixed = d->arrow_at + 1 + STATE_COLUMNS;
	d->arrow = d->p->width > fixed + ARROW_LEAST
		       ? d->p->width - (unsigned)fixed
		       : ARROW_LEAST;
	if (d->arrow > ARROW_MOST)
		d->arrow = ARROW_MOST;
}

static void
print_head(struct drawing *d)
{
	page_spaces(d->p, GAP);
	put_right(d->p, "time", d->time);
	page_spaces(d->p, GAP);
	put_right(d->p, "frame", d->frame);
	page_spaces(d->p, GAP);
	put_left(d->p, "client", STATE_COLUMNS + 1 + d->arrow);
	page_spaces(d->p, 1);
	put(d->p, "server", STYLE_PLAIN);
	page_newline(d->p);
}

void
ladder_print(struct page *p, const struct conn_report *r)
{
	struct ladder l;
	struct drawing d = {.p = p, .r = r, .l = &l};

	page_say(p,
	    "one line a segment: first byte and the one after the last, ack "
	    "and window where it changed; %s marks what was lost beyond the "
	    "tap, ? a state that is presumed",
	    page_symbol(p, SYMBOL_LOST));
	page_end_labelled(p, PART_INDENT, "Ladder", PART_TEXT, STYLE_DIM);
	if (r->trace == NULL || !ladder_init(&l, r)) {
		p->failed = true;
		return;
	}
	p->failed |= r->trace->failed;
	text_init(&d.label);
	measure(&d);
	print_head(&d);
	print_rungs(&d);
	p->failed |= d.label.failed;
	text_fini(&d.label);
	ladder_fini(&l);
}
