/*
 * overview.c - what was read, how many connections of which outcome, and a
 * table of the worst.
 */
#include "report/overview.h"

#include <inttypes.h>
#include <string.h>

#include "report/conn_text.h"
#include "report/finding_text.h"
#include "report/text_format.h"
#include "report/text_table.h"

#define WHOLE_PACKET 1500 /* a snaplen below it cuts ordinary packets */
#define HANG 2            /* further lines of a paragraph */

#define VERDICT_LEAST 40

/* "1 packet", "2,143 packets" */
static void
say_number(struct page *p, uint64_t n, const char *what)
{
	page_say(p, "%s %s%s", format_count(n).s, what, n == 1 ? "" : "s");
}

static void
say_span(struct page *p, int64_t first_ns, int64_t last_ns)
{
	page_say(p, " in %s from %s", format_duration(last_ns - first_ns).s,
	    format_time(first_ns, p->nanoseconds).s);
}

static void
print_capture(struct page *p, const struct capture_info *c,
    const struct packet_counts *alone)
{
	bool packed =
	    c->compression != NULL && strcmp(c->compression, "none") != 0;

	page_say_foreign(p, c->path);
	page_say(p, "  ");
	page_say_foreign(p, c->format != NULL ? c->format : "-");
	if (packed)
		page_say(p, " (%s)", c->compression);
	page_say(p, ", ");
	page_say_foreign(p, c->link_description != NULL ? c->link_description
			    : c->link_name != NULL      ? c->link_name
							: "unknown link type");
	page_say(p, ", ");
	say_number(p, c->packets, "packet");
	if (alone != NULL)
		page_say(p, " (%s TCP)", format_count(alone->tcp).s);
	if (c->snaplen > 0 && c->snaplen < WHOLE_PACKET)
		page_say(p, ", at most %s bytes of each,",
		    format_count((uint64_t)c->snaplen).s);
	if (c->has_time)
		say_span(p, c->first_ns, c->last_ns);
	page_end(p, 0, HANG, STYLE_HEAD);
	if (c->complete)
		return;
	page_say(p, "incomplete: ");
	page_say_foreign(p, c->error != NULL ? c->error : "reason unknown");
	page_end(p, HANG, HANG, STYLE_WARN);
}

static void
print_captures(struct page *p, const struct report_head *head)
{
	size_t n = head->inputs_n;

	for (size_t i = 0; i < n; i++)
		print_capture(
		    p, head->inputs[i], n == 1 ? head->packets : NULL);
	if (n == 1)
		return;
	page_say(p, "%zu captures: ", n);
	say_number(p, head->packets->total, "packet");
	page_say(p, " (%s TCP)", format_count(head->packets->tcp).s);
	if (head->has_time)
		say_span(p, head->first_ns, head->last_ns);
	page_end(p, 0, HANG, STYLE_HEAD);
}

/* A label that has a comma of its own would not stand well in a list. */
static void
say_outcome(struct page *p, enum outcome o)
{
	const char *label = outcome_label(o), *comma = strstr(label, ", ");

	if (comma == NULL)
		page_say(p, "%s", label);
	else
		page_say(
		    p, "%.*s (%s)", (int)(comma - label), label, comma + 2);
}

static void
print_counts(struct page *p, const struct report_head *head)
{
	const struct summary *s = head->summary;
	const char *separator = ": ";

	if (s->connections == 0) {
		page_say(p, "No TCP connections.");
		page_end(p, 0, HANG, STYLE_HEAD);
		return;
	}
	say_number(p, s->connections, "connection");
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (s->by_outcome[i] == 0)
			continue;
		page_say(
		    p, "%s%s ", separator, format_count(s->by_outcome[i]).s);
		say_outcome(p, (enum outcome)i);
		separator = ", ";
	}
	if (s->needs_attention == 0)
		page_say(p, "; none needs attention");
	else
		page_say(p, "; %s need%s attention",
		    format_count(s->needs_attention).s,
		    s->needs_attention == 1 ? "s" : "");
	if (head->connections_reported != s->connections)
		page_say(p, "; %s selected for this report",
		    format_count(head->connections_reported).s);
	page_end(p, 0, HANG, STYLE_HEAD);
	if (s->evicted == 0)
		return;
	page_say(p,
	    "%s reported before the end, because more connections "
	    "than K_CONNS were held",
	    format_count(s->evicted).s);
	page_end(p, HANG, HANG, STYLE_WARN);
}

static void
say_numbers(struct page *p, const struct finding *g)
{
	page_say(p, "connection%s ", g->connections == 1 ? "" : "s");
	for (unsigned i = 0; i < g->first_n; i++)
		page_say(
		    p, "%s%" PRIu32, i > 0 ? ", " : "", g->first_number[i]);
	if (g->connections > g->first_n)
		page_say(p, ", %s", page_symbol(p, SYMBOL_ELLIPSIS));
}

static void
print_finding(struct page *p, const struct finding *g)
{
	bool attention = g->severity >= SEVERITY_WARN;

	page_say(p, "%s ", attention ? "!" : " ");
	finding_say(&p->line, g);
	page_say(p, " (");
	say_numbers(p, g);
	page_say(p, "; ");
	page_say_frames(p, g->first_frame, g->first_n, g->connections);
	page_say(p, ")");
	page_end(p, 0, HANG, style_of_severity(g->severity));
}

static void
print_findings(struct page *p, const struct findings *f, size_t n)
{
	if (n == 0 || n > f->list_n)
		n = f->list_n;
	if (f->list_n > 0) {
		page_newline(p);
		page_say(p, "Findings in several connections");
		page_end(p, 0, HANG, STYLE_HEAD);
	}
	for (size_t i = 0; i < n; i++)
		print_finding(p, f->list[i]);
	if (n < f->list_n) {
		page_say(p, "%s ", page_symbol(p, SYMBOL_ELLIPSIS));
		say_number(p, f->list_n - n, "more finding");
		page_say(p, "; --top 0 lists all");
		page_end(p, HANG, HANG, STYLE_PLAIN);
	}
	if (findings_cut(f)) {
		page_say(p, "There were more groups of connections than are "
			    "held: findings may be missing");
		page_end(p, HANG, HANG, STYLE_WARN);
	}
}

enum {
	COLUMN_NO,
	COLUMN_CLIENT,
	COLUMN_SERVER,
	COLUMN_START,
	COLUMN_CONNECT,
	COLUMN_LASTED,
	COLUMN_SENT,
	COLUMN_RECEIVED,
	COLUMN_END,
	COLUMN_VERDICT,
	COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [COLUMN_NO] = {.head = "  No"},
    [COLUMN_CLIENT] = {.head = "Client"},
    [COLUMN_SERVER] = {.head = "Server"},
    [COLUMN_START] = {.head = "Start", .right = true},
    [COLUMN_CONNECT] = {.head = "Connect", .right = true},
    [COLUMN_LASTED] = {.head = "Lasted", .right = true},
    [COLUMN_SENT] = {.head = "Sent", .right = true},
    [COLUMN_RECEIVED] = {.head = "Received", .right = true},
    [COLUMN_END] = {.head = "End"},
    [COLUMN_VERDICT] = {.head = "Verdict",
	.overflow = OVERFLOW_CUT,
	.least = VERDICT_LEAST},
};

/*
 * On which line of its row each column stands, from the widest page to the
 * narrowest; the first layout that fits is taken.
 */
static const struct layout {
	unsigned line[COLUMN_COUNT];
	unsigned gap;
} layouts[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 2},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 2},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1},
    {{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, 2},
    {{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, 1},
    {{0, 0, 0, 1, 1, 1, 1, 1, 2, 2}, 2},
    {{0, 0, 1, 2, 2, 2, 2, 2, 3, 3}, 2},
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static void
apply_layout(struct table *t, const struct layout *l)
{
	bool alone = l->line[COLUMN_END] != l->line[COLUMN_VERDICT];

	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		t->column[i].line = l->line[i];
	t->gap = l->gap;
	t->below = table_column_width(t, COLUMN_NO) + t->gap;
	/* a line of its own has room enough */
	t->column[COLUMN_VERDICT].least =
	    l->line[COLUMN_VERDICT] == 0 ? VERDICT_LEAST : 0;
	t->column[COLUMN_VERDICT].head =
	    alone ? "Verdict, where it is not ok" : "Verdict";
	t->quiet = alone ? "ok" : NULL;
}

/* What a side sent; unknown when its direction was not captured. */
static void
add_payload(struct table *t, const struct conn_report *r, enum side s)
{
	if (r->one_way && r->side[s].packets == 0)
		table_unknown(t);
	else
		table_cell(t, STYLE_PLAIN, "%s",
		    format_bytes(r->side[s].unique_bytes).s);
}

static void
add_row(struct page *p, struct table *t, const struct report_head *head,
    const struct conn_report *r)
{
	enum style style = style_of_severity(r->verdict.severity);
	bool attention = conn_report_needs_attention(r);

	if (r->verdict.id == VERDICT_OK)
		style = STYLE_OK;
	table_cell(t, attention ? style : STYLE_PLAIN, "%s %" PRIu32,
	    attention ? "!" : " ", r->number);
	for (unsigned s = CLIENT; s <= SERVER; s++)
		table_cell(t, STYLE_PLAIN, "%s", conn_endpoint(r, s).s);
	table_cell(t, STYLE_PLAIN, "%s",
	    format_offset(r->first_ns - head->first_ns).s);
	table_cell(t, STYLE_PLAIN, "%s",
	    format_maybe_duration(r->handshake.connect_time_ns).s);
	table_cell(
	    t, STYLE_PLAIN, "%s", format_duration(r->last_ns - r->first_ns).s);
	add_payload(t, r, CLIENT);
	add_payload(t, r, SERVER);
	table_cell(t, STYLE_PLAIN, "%s", conn_end(r));
	page_say_verdict(p, &r->verdict);
	table_cell(t, style, "%s", text_get(&p->line));
	text_clear(&p->line);
}

static void
print_table(struct page *p, const struct report_head *head,
    const struct shortlist *listed)
{
	struct table t;
	size_t i = 0;

	table_init(&t, columns, COLUMN_COUNT);

	for (size_t k = 0; k < listed->n; k++)
		add_row(p, &t, head, listed->v[k].r);
	do
		apply_layout(&t, &layouts[i++]);
	while (i < LAYOUTS && table_width(&t) > p->width);
	page_newline(p);
	table_print(p, &t);
	table_fini(&t);
}

static void
print_rest(struct page *p, const struct overview_rest *rest)
{
	if (rest->alike > 0) {
		page_say(p, "%s ", page_symbol(p, SYMBOL_ELLIPSIS));
		say_number(p, rest->alike, "more connection");
		page_say(p, " of the kinds found above; --top 0 lists all");
		page_end(p, HANG, HANG, STYLE_WARN);
	}
	if (rest->connections == 0)
		return;
	page_say(p, "%s ", page_symbol(p, SYMBOL_ELLIPSIS));
	say_number(p, rest->connections, "more connection");
	if (rest->needs_attention > 0)
		page_say(p, ", %s of which need%s attention",
		    format_count(rest->needs_attention).s,
		    rest->needs_attention == 1 ? "s" : "");
	page_say(p, "; --top 0 lists all");
	page_end(p, HANG, HANG,
	    rest->needs_attention > 0 ? STYLE_WARN : STYLE_PLAIN);
}

void
overview_print(struct page *p, const struct report_head *head,
    const struct shortlist *listed, const struct overview_rest *rest,
    size_t findings_n)
{
	print_captures(p, head);
	print_counts(p, head);
	print_findings(p, &head->summary->findings, findings_n);
	if (listed->n > 0)
		print_table(p, head, listed);
	print_rest(p, rest);
}

/* What --reorder did. */
static void
print_reorder(struct page *p, const struct packet_counts *packets)
{
	page_newline(p);
	page_say(p, "Put in order: ");
	say_number(p, packets->reorder_moved, "packet");
	if (packets->reorder_beyond > 0)
		page_say(p, "; %s came too late for the window",
		    format_count(packets->reorder_beyond).s);
	page_end(p, 0, HANG, STYLE_PLAIN);
}

void
overview_print_not_analysed(struct page *p, const struct packet_counts *packets)
{
	const char *separator = " (";
	uint64_t n = 0;

	if (packets->reordered)
		print_reorder(p, packets);
	for (int i = 0; i < REASON_COUNT; i++)
		n += packets->reason[i];
	if (n == 0)
		return;
	page_newline(p);
	page_say(p, "Not analysed: ");
	say_number(p, n, "packet");
	for (int i = 0; i < REASON_COUNT; i++) {
		if (packets->reason[i] == 0)
			continue;
		page_say(p, "%s%s %s", separator,
		    format_count(packets->reason[i]).s,
		    reason_label((enum reason)i));
		separator = ", ";
	}
	page_say(p, ")");
	page_end(p, 0, HANG, STYLE_PLAIN);
}
