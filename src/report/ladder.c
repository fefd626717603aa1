/*
 * ladder.c - which segments of a connection make a line of its diagram.
 */
#include "report/ladder.h"

#include <stdlib.h>

#define INFO_SHOWN 3 /* events of level info, of each kind */
#define FOLD_LEAST 3 /* fewer segments than that are not folded */
#define QUIET_LEAST_NS 200000000
#define QUIET_SHARE 20 /* a long pause lasts this part of the whole */

/* Merge segments and events, both in the order of frames. */
static void
merge(struct ladder *l, const struct conn_report *r)
{
	const struct trace *t = r->trace;
	uint32_t s = 0, e = 0;

	while (s < t->n || e < r->events_n) {
		struct rung *g = &l->v[l->n++];
		uint64_t frame_no;

		*g = (struct rung){.event = e};
		if (s < t->n && (e == r->events_n ||
				    t->v[s].frame_no <= r->event[e].frame_no)) {
			g->segment = &t->v[s];
			frame_no = t->v[s++].frame_no;
		} else {
			frame_no = r->event[e].frame_no;
		}
		while (e < r->events_n && r->event[e].frame_no == frame_no) {
			g->events_n++;
			e++;
		}
	}
}

/* The rung of a frame, or NULL. */
static struct rung *
rung_of(const struct ladder *l, uint64_t frame_no)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct trace_segment *s = l->v[mid].segment;

		if (s == NULL || s->frame_no < frame_no)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == l->n || l->v[low].segment == NULL ||
	    l->v[low].segment->frame_no != frame_no)
		return NULL;
	return &l->v[low];
}

/* A resend that follows a loss beyond the tap tells which segment was lost. */
static void
mark_lost(struct ladder *l, const struct conn_report *r)
{
	for (uint32_t i = 0; i < r->events_n; i++) {
		const struct event *e = &r->event[i];
		const struct evidence *original, *cause;
		struct rung *g;

		original = event_get(e, EVIDENCE_ORIGINAL_FRAME);
		cause = event_get(e, EVIDENCE_CAUSE);
		if (original == NULL || cause == NULL ||
		    cause->v != WORD_LOSS_DOWNSTREAM ||
		    e->confidence == CONFIDENCE_POSSIBLE)
			continue;
		g = rung_of(l, (uint64_t)original->v);
		if (g != NULL)
			g->resent_in = e->frame_no;
	}
}

static void
mark_quiet(struct ladder *l, const struct conn_report *r)
{
	int64_t least = (r->last_ns - r->first_ns) / QUIET_SHARE;
	const struct trace_segment *last = NULL;

	if (least < QUIET_LEAST_NS)
		least = QUIET_LEAST_NS;
	for (size_t i = 0; i < l->n; i++) {
		const struct trace_segment *s = l->v[i].segment;

		if (s == NULL)
			continue;
		if (last != NULL && s->ts_ns - last->ts_ns >= least)
			l->v[i].quiet_ns = s->ts_ns - last->ts_ns;
		last = s;
	}
}

static bool
is_notable(const struct rung *g)
{
	const struct trace_segment *s = g->segment;

	return s == NULL || g->quiet_ns > 0 || g->resent_in != 0 ||
	       s->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST) || trace_closes(s);
}

static void
show_events(
    struct rung *g, const struct conn_report *r, unsigned shown[ANOMALY_COUNT])
{
	for (uint32_t i = g->event; i < g->event + g->events_n; i++) {
		const struct event *e = &r->event[i];

		if (e->severity >= SEVERITY_NOTE || shown[e->kind] < INFO_SHOWN)
			g->shown = true;
		shown[e->kind]++;
	}
}

/* The notable ones and their neighbours. */
static void
show_notable(struct ladder *l, const struct conn_report *r)
{
	unsigned shown[ANOMALY_COUNT] = {0};
	bool has_data[2] = {false, false};

	for (size_t i = 0; i < l->n; i++) {
		struct rung *g = &l->v[i];
		const struct trace_segment *s = g->segment;

		g->shown = is_notable(g);
		if (s != NULL && s->len > 0 && !has_data[s->side])
			g->shown = has_data[s->side] = true;
		show_events(g, r, shown);
	}
	for (uint32_t i = 0; i < r->transitions_n; i++) {
		struct rung *g = rung_of(l, r->transition[i].frame_no);

		if (g != NULL)
			g->shown = true;
	}
}

static void
show_neighbours(struct ladder *l)
{
	bool before = true; /* whether the one before was shown for itself */

	for (size_t i = 0; i < l->n; i++) {
		bool own = l->v[i].shown;

		if (before || i + 1 == l->n || l->v[i + 1].shown)
			l->v[i].shown = true;
		before = own;
	}
}

/* A fold of one or two lines saves nothing. */
static void
show_short_folds(struct ladder *l)
{
	size_t hidden = 0;

	for (size_t i = 0; i <= l->n; i++) {
		if (i < l->n && !l->v[i].shown) {
			hidden++;
			continue;
		}
		for (size_t k = i - hidden; hidden < FOLD_LEAST && k < i; k++)
			l->v[k].shown = true;
		hidden = 0;
	}
}

bool
ladder_init(struct ladder *l, const struct conn_report *r)
{
	*l = (struct ladder){0};
	l->v = calloc((size_t)r->trace->n + r->events_n + 1, sizeof(*l->v));
	if (l->v == NULL)
		return false;
	merge(l, r);
	mark_lost(l, r);
	mark_quiet(l, r);
	show_notable(l, r);
	show_neighbours(l);
	show_short_folds(l);
	return true;
}

void
ladder_fini(struct ladder *l)
{
	free(l->v);
	*l = (struct ladder){0};
}
