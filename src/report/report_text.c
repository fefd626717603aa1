/*
 * report_text.c - the text report: the answer first, evidence after.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "report/conn_text.h"
#include "report/event_text.h"
#include "report/overview.h"
#include "report/report_parts.h"
#include "report/reporter.h"
#include "report/shortlist.h"

#define TOP_DEFAULT 50
#define FINDINGS_DEFAULT 20

struct text_report {
	FILE *out;                  /* borrowed */
	struct report_options o;    /* lists in it are borrowed */
	struct shortlist listed;    /* rows of the table */
	struct shortlist explained; /* no rows, but named by an option */
	struct overview_rest rest;
	bool fold;   /* many alike are one finding and a few examples */
	bool legend; /* how to read a story has been said */
};

static void *
text_open(FILE *out, const struct report_options *o)
{
	struct text_report *t = malloc(sizeof(*t));

	if (t == NULL)
		return NULL;
	*t = (struct text_report){.out = out, .o = *o};
	/* who names connections or an order wants to see them */
	t->fold = !o->has_top && o->sort == SORT_DEFAULT && !o->events &&
		  o->connections_n == 0;
	shortlist_init(&t->listed,
	    o->sort == SORT_DEFAULT ? SORT_SEVERITY : o->sort,
	    o->has_top ? o->top : TOP_DEFAULT);
	shortlist_init(&t->explained, SORT_NUMBER, 0);
	return t;
}

static void
text_free(void *state)
{
	struct text_report *t = state;

	if (t == NULL)
		return;
	shortlist_fini(&t->listed);
	shortlist_fini(&t->explained);
	free(t);
}

static bool
is_on(const struct number_range *list, size_t n, uint32_t number)
{
	for (size_t i = 0; i < n; i++)
		if (number >= list[i].first && number <= list[i].last)
			return true;
	return false;
}

/* Connections that --explain or --ladder names, or all of them. */
struct wish {
	const char *what;
	bool asked;
	const struct number_range
	    *list; /* borrowed; NULL: all that have a row */
	size_t n;
};

static struct wish
wish_of_explain(const struct report_options *o)
{
	return (struct wish){
	    "explain", o->explain, o->explain_list, o->explain_n};
}

static struct wish
wish_of_ladder(const struct report_options *o)
{
	return (struct wish){"draw", o->ladder, o->ladder_list, o->ladder_n};
}

static bool
is_named(struct wish w, uint32_t number)
{
	return w.asked && w.list != NULL && is_on(w.list, w.n, number);
}

/* row: it stands in the table. */
static bool
is_wished(struct wish w, uint32_t number, bool row)
{
	return w.asked && (w.list == NULL ? row : is_on(w.list, w.n, number));
}

/* Whether an option names the connection, so that it must be kept. */
static bool
is_asked_for(const struct report_options *o, uint32_t number)
{
	return is_named(wish_of_explain(o), number) ||
	       is_named(wish_of_ladder(o), number);
}

/* A connection without a row, which is ours: keep it if its story is asked. */
static int
leave_out(struct text_report *t, struct conn_report *r)
{
	struct conn_report *none;

	if (!is_asked_for(&t->o, r->number)) {
		conn_report_free(r);
		return 0;
	}
	if (shortlist_add(&t->explained, r, &none))
		return 0;
	conn_report_free(r);
	errno = ENOMEM;
	return -1;
}

/* The same for one that is borrowed. */
static int
pass_over(struct text_report *t, struct conn_report *r)
{
	if (!is_asked_for(&t->o, r->number))
		return 0;
	r = conn_report_take(r);
	if (r != NULL)
		return leave_out(t, r);
	errno = ENOMEM;
	return -1;
}

/* r gets no row in the table. */
static void
note_rest(struct text_report *t, const struct conn_report *r)
{
	t->rest.connections++;
	t->rest.needs_attention += conn_report_needs_attention(r);
}

/* A row less, and nobody asked for the story. */
static bool
text_skip(void *state, const struct conn_report *r)
{
	struct text_report *t = state;

	if (is_asked_for(&t->o, r->number))
		return false;
	if (t->fold && r->alike) {
		t->rest.alike++;
		return true;
	}
	if (shortlist_admits(&t->listed, r))
		return false;
	note_rest(t, r);
	return true;
}

static int
text_connection(void *state, struct conn_report *r)
{
	struct text_report *t = state;
	struct conn_report *left;

	if (t->fold && r->alike) {
		t->rest.alike++;
		return pass_over(t, r);
	}
	if (!shortlist_admits(&t->listed, r)) {
		note_rest(t, r);
		return pass_over(t, r);
	}
	left = r = conn_report_take(r);
	if (r == NULL || !shortlist_add(&t->listed, r, &left)) {
		conn_report_free(left);
		errno = ENOMEM;
		return -1;
	}
	if (left == NULL)
		return 0;
	note_rest(t, left);
	return leave_out(t, left);
}

/* Take those out of the table for which a finding stands, now that all are
 * known. */
static int
fold_alike(struct text_report *t, const struct findings *f)
{
	size_t kept = 0;
	int result = 0;

	for (size_t i = 0; i < t->listed.n; i++) {
		struct ranked row = t->listed.v[i];

		if (!findings_stand_for(f, row.r)) {
			t->listed.v[kept++] = row;
			continue;
		}
		t->rest.alike++;
		if (leave_out(t, row.r) != 0)
			result = -1;
	}
	t->listed.n = kept;
	return result;
}

static void
print_events(
    struct page *p, const struct report_options *o, const struct conn_report *r)
{
	if (r->events_n == 0)
		return;
	page_say(p, "in the order of frames");
	page_end_labelled(p, PART_INDENT, "Each event", PART_TEXT, STYLE_DIM);
	event_print_all(p, r, o->kinds, PART_TABLE);
}

/* Everything about one connection below the table, in which it is a row. */
static void
print_connection(struct page *p, struct text_report *t,
    const struct report_head *head, const struct conn_report *r, bool row)
{
	const struct report_options *o = &t->o;
	bool detail = row && (conn_report_needs_attention(r) || o->events ||
				 o->connections_n > 0);
	bool states = row && o->states;
	bool explain = is_wished(wish_of_explain(o), r->number, row);
	bool ladder = is_wished(wish_of_ladder(o), r->number, row);

	if (!detail && !states && !explain && !ladder)
		return;
	detail_print_heading(p, r);
	detail_print_summary(p, r, head->first_ns);
	if (row && o->events)
		detail_print_hand_over(p, r);
	if (detail)
		detail_print(p, r);
	if (row && o->events)
		print_events(p, o, r);
	if (states)
		states_print(p, r);
	if (ladder)
		ladder_print(p, r);
	if (!explain)
		return;
	if (!t->legend)
		explain_print_legend(p);
	t->legend = true;
	explain_print(p, r);
}

/* Numbers that an option named and no connection of the report has. */
static void
print_missing(struct page *p, const struct text_report *t, struct wish w)
{
	for (size_t i = 0; w.list != NULL && i < w.n; i++) {
		const struct number_range *range = &w.list[i];
		bool found = false;

		for (size_t k = 0; k < t->listed.n && !found; k++)
			found = is_on(range, 1, t->listed.v[k].r->number);
		for (size_t k = 0; k < t->explained.n && !found; k++)
			found = is_on(range, 1, t->explained.v[k].r->number);
		if (found)
			continue;
		page_newline(p);
		page_say(p, "Nothing to %s: no connection %" PRIu32, w.what,
		    range->first);
		if (range->last != range->first)
			page_say(p, " to %" PRIu32, range->last);
		page_say(p, " in this report");
		page_end(p, 0, 0, STYLE_WARN);
	}
}

static int
text_finish(void *state, const struct report_head *head)
{
	struct text_report *t = state;
	struct page p;
	bool failed;

	page_init(&p, t->out, &t->o);
	if (t->fold && fold_alike(t, &head->summary->findings) != 0)
		p.failed = true;
	shortlist_sort(&t->listed);
	shortlist_sort(&t->explained);
	overview_print(&p, head, &t->listed, &t->rest,
	    t->o.has_top || t->o.events ? t->o.top : FINDINGS_DEFAULT);
	p.inputs = head->inputs;
	p.origins = head->origins; /* in the table there is no room for files */
	for (size_t i = 0; i < t->listed.n && !ferror(t->out); i++)
		print_connection(&p, t, head, t->listed.v[i].r, true);
	for (size_t i = 0; i < t->explained.n && !ferror(t->out); i++)
		print_connection(&p, t, head, t->explained.v[i].r, false);
	print_missing(&p, t, wish_of_explain(&t->o));
	print_missing(&p, t, wish_of_ladder(&t->o));
	overview_print_not_analysed(&p, head->packets);
	failed = p.failed || p.line.failed;
	page_fini(&p);
	if (failed)
		errno = ENOMEM;
	return failed || fflush(t->out) != 0 || ferror(t->out) ? -1 : 0;
}

const struct reporter reporter_text = {
    .name = "text",
    .open = text_open,
    .skip = text_skip,
    .connection = text_connection,
    .finish = text_finish,
    .free = text_free,
};
