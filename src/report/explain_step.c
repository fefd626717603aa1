/*
 * explain_step.c - one step of the story: what the segment carries and what
 * it brings about.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/conn_text.h"
#include "report/event_text.h"
#include "report/explain.h"
#include "report/state_path.h"
#include "report/text_format.h"
#include "report/text_table.h"

#define RESENDS_SHOWN 8
#define NAME_WIDTH 9

void
story_end(struct story *t, const char *label, enum style style)
{
	page_end_labelled(t->p, STORY_LABEL, label, STORY_TEXT, style);
}

/* x, x+1, u-100: rel as seen from what the letter of its side stands for. */
static void
say_symbol(struct story *t, enum side space, int64_t rel)
{
	int64_t far = rel - t->numbers.base[space];

	page_say(t->p, "%c", t->numbers.letter[space]);
	if (far != 0)
		page_say(t->p, "%+" PRId64, far);
}

void
story_say(struct story *t, const char *template, const struct step *s)
{
	for (const char *c = template; *c != '\0'; c++) {
		enum side who;

		if (*c != '$') {
			page_say(t->p, "%c", *c);
			continue;
		}
		c++;
		who = strchr("Ssx", *c) != NULL ? s->from : !s->from;
		if (*c == 'a')
			say_symbol(t, who, s->ack_rel);
		else if (*c == 'x' || *c == 'y')
			page_say(t->p, "%c", t->numbers.letter[who]);
		else
			page_say(t->p, "%s %s",
			    *c == 'S' || *c == 'R' ? "The" : "the",
			    side_name(who));
	}
}

void
story_section(struct story *t, const char *title, const char *rest)
{
	page_newline(t->p);
	page_say(t->p, "%s: %s", title, rest);
	page_end(t->p, STORY_TITLE, STORY_TITLE, STYLE_HEAD);
	t->steps = 0;
}

static void
print_title(struct story *t, const char *name, const enum side *from,
    uint64_t frame_no, int64_t ts_ns)
{
	page_newline(t->p);
	page_say(t->p, "%u  %-*s  ", ++t->steps, NAME_WIDTH, name);
	if (from != NULL)
		page_say(t->p, "%s %s %s  ", side_name(*from),
		    page_symbol(t->p, SYMBOL_ARROW), side_name(!*from));
	page_say(t->p, "frame ");
	page_say_frame(t->p, frame_no);
	page_say(t->p, "  %s UTC  %s", format_clock(ts_ns, t->p->nanoseconds).s,
	    format_moment(ts_ns - t->r->first_ns).s);
	page_end(t->p, STORY_TITLE, STORY_LABEL, STYLE_HEAD);
}

static void
say_flags(struct page *p, uint16_t flags)
{
	static const char *const names[] = {
	    "FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"};
	const char *separator = "";

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & 1u << i) {
			page_say(p, "%s%s", separator, names[i]);
			separator = ", ";
		}
	if (flags & FLAG_RESERVED) {
		page_say(p, "%sreserved bits", separator);
		separator = ", ";
	}
	page_say(p, "%s (flags 0x%03x)", separator[0] == '\0' ? "none" : "",
	    (unsigned)flags);
}

/* A SYN's window is not scaled, and a reset's means nothing (R1.23). */
static void
say_window(struct story *t, const struct step *s)
{
	const struct maybe *scale = &t->r->side[s->from].window_scale;

	if (s->flags & FLAG_RST)
		return;
	if (s->flags & FLAG_SYN)
		page_say(t->p, ", window %s bytes", format_count(s->wnd).s);
	else if (scale->has && scale->v >= 0 && scale->v <= 14)
		page_say(t->p, ", window %s bytes (field %u, scale %d)",
		    format_count((uint64_t)s->wnd << scale->v).s,
		    (unsigned)s->wnd, (int)scale->v);
	else
		page_say(t->p, ", window field %u, scale -", (unsigned)s->wnd);
}

/* seq = x+1 = 305419897 (relative 1) */
static void
print_number(struct story *t, const char *name, enum side space, uint32_t raw,
    int64_t rel)
{
	page_say(t->p, "%s = ", name);
	if (t->numbers.known[space]) {
		say_symbol(t, space, rel);
		page_say(t->p, " = ");
	}
	page_say(t->p, "%" PRIu32, raw);
	if (t->r->side[space].isn_known)
		page_say(t->p, " (relative %" PRId64 ")", rel);
	story_end(t, "", STYLE_PLAIN);
}

void
story_step(struct story *t, const char *name, const struct step *s)
{
	print_title(t, name, &s->from, s->frame_no, s->ts_ns);
	say_flags(t->p, s->flags);
	if (s->len > 0)
		page_say(t->p, ", %s byte%s of data", format_count(s->len).s,
		    s->len == 1 ? "" : "s");
	say_window(t, s);
	story_end(t, "carries", STYLE_PLAIN);
	print_number(t, "seq", s->from, s->seq, s->seq_rel);
	if (s->flags & FLAG_ACK)
		print_number(t, "ack", !s->from, s->ack, s->ack_rel);
}

void
story_missing(struct story *t, const char *name)
{
	page_newline(t->p);
	page_spaces(t->p, STORY_TITLE);
	fprintf(t->p->out, "%u  ", ++t->steps);
	page_put(t->p, name, strlen(name), STYLE_WARN);
	page_spaces(t->p, STORY_TEXT - STORY_LABEL > strlen(name)
			      ? STORY_TEXT - STORY_LABEL - strlen(name)
			      : 1);
	page_wrap(
	    t->p, text_get(&t->p->line), STORY_TEXT, STORY_TEXT, STYLE_WARN);
	text_clear(&t->p->line);
}

static void
print_states(struct story *t, uint64_t frame_no)
{
	for (unsigned s = CLIENT; s <= SERVER; s++) {
		page_say(t->p, "%s  ", side_name(s));
		state_path_say(t->p, t->r, s, frame_no);
		story_end(t, s == CLIENT ? "states" : "", STYLE_PLAIN);
	}
}

/* Events about the frame: which rule, what was expected, what was seen. */
static void
print_events(struct story *t, uint64_t frame_no)
{
	for (uint32_t i = 0; i < t->r->events_n; i++) {
		const struct event *e = &t->r->event[i];
		const struct anomaly *a = &anomaly_table[e->kind];

		if (e->frame_no != frame_no)
			continue;
		page_say(t->p, "%s (%s%s%s): %s", a->name, a->rule,
		    a->rfc[0] != '\0' ? ", " : "", a->rfc, a->text);
		if (e->evidence_n > 0) {
			page_say(t->p, " ");
			if (!event_say_expectation(t->p, e))
				event_say_evidence(t->p, e);
			page_say(t->p, ".");
		}
		story_end(t, severity_name((enum severity)e->severity),
		    style_of_severity((enum severity)e->severity));
	}
}

/* Whether e is about another transmission of step s. */
static bool
resends(const struct event *e, const struct step *s)
{
	const struct evidence *role = event_get(e, EVIDENCE_ROLE);
	int64_t is = s->flags & FLAG_ACK ? WORD_SYNACK : WORD_SYN;

	if (e->from != (uint8_t)s->from || e->frame_no <= s->frame_no)
		return false;
	if (s->flags & FLAG_SYN)
		return e->kind == ANOMALY_RETRANSMISSION_SYN &&
		       (role == NULL || role->v == is);
	return (s->flags & FLAG_FIN) != 0 &&
	       e->kind == ANOMALY_RETRANSMISSION_FIN;
}

static void
print_resends(struct story *t, const struct step *s)
{
	uint32_t n = 0;

	if (s->retransmissions == 0)
		return;
	page_say(t->p, "%s time%s", format_count(s->retransmissions).s,
	    s->retransmissions == 1 ? "" : "s");
	for (uint32_t i = 0; i < t->r->events_n; i++) {
		const struct event *e = &t->r->event[i];

		if (!resends(e, s) || n == RESENDS_SHOWN)
			continue;
		page_say(t->p, "%s frame %" PRIu64 " (%s later)",
		    n++ == 0 ? ":" : ",", e->frame_no,
		    format_duration(e->ts_ns - s->ts_ns).s);
	}
	if (n > 0 && n < s->retransmissions)
		page_say(t->p, ", %s", page_symbol(t->p, SYMBOL_ELLIPSIS));
	story_end(t, "sent again", STYLE_WARN);
}

void
story_effects(struct story *t, const struct step *s)
{
	print_states(t, s->frame_no);
	print_events(t, s->frame_no);
	print_resends(t, s);
	if (s->proof_frame > 0)
		page_say(t->p, "frame %" PRIu64 " proves that it arrived",
		    s->proof_frame);
	else
		page_say(t->p, "nothing in the capture proves that it arrived");
	story_end(t, "arrival", STYLE_PLAIN);
}

void
story_frame(
    struct story *t, const char *name, const enum side *from, uint64_t frame_no)
{
	const struct conn_report *r = t->r;
	bool found = false;

	for (uint32_t i = 0; i < r->events_n && !found; i++)
		if (r->event[i].frame_no == frame_no) {
			print_title(t, name, from, frame_no, r->event[i].ts_ns);
			found = true;
		}
	if (!found) {
		page_newline(t->p);
		page_say(t->p, "%u  %-*s  frame %" PRIu64, ++t->steps,
		    NAME_WIDTH, name, frame_no);
		page_end(t->p, STORY_TITLE, STORY_LABEL, STYLE_HEAD);
	}
	print_states(t, frame_no);
	print_events(t, frame_no);
}

static void
add_belief(struct story *t, struct table *table, unsigned who, unsigned f)
{
	static const enum symbol symbols[] = {
	    [BELIEF_NONE] = SYMBOL_NOTHING,
	    [BELIEF_YES] = SYMBOL_YES,
	};
	enum belief b = t->known.belief[who][f];
	const char *mark = t->known.unproved[who][f] ? "?" : "";

	if (b == BELIEF_ENDED)
		table_cell(table, STYLE_PLAIN, "ended%s", mark);
	else
		table_cell(table, b == BELIEF_YES ? STYLE_OK : STYLE_DIM,
		    "%s%s", page_symbol(t->p, symbols[b]), mark);
}

void
story_knowledge(struct story *t)
{
	static const struct table_column columns[2][1 + FACT_COUNT] = {
	    {{.head = "knows that"}, {.head = "client can send"},
		{.head = "client can receive"}, {.head = "server can send"},
		{.head = "server can receive"}},
	    {{.head = "knows that"}, {.head = "C sends"},
		{.head = "C receives"}, {.head = "S sends"},
		{.head = "S receives"}},
	};
	struct table table;

	for (unsigned form = 0; form < 2; form++) {
		bool fits;

		table_init(&table, columns[form], 1 + FACT_COUNT);
		table.indent = STORY_LABEL;
		for (unsigned who = CLIENT; who <= SERVER; who++) {
			table_cell(&table, STYLE_PLAIN, "  %s", side_name(who));
			for (unsigned f = 0; f < FACT_COUNT; f++)
				add_belief(t, &table, who, f);
		}
		fits = form == 1 || table_width(&table) <= t->p->width;
		if (fits)
			table_print(t->p, &table);
		table_fini(&table);
		if (fits)
			return;
	}
}
