/*
 * trace.c - the segments of one connection, compactly.
 */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 16
#define LEAST_KEPT 16

struct trace *
trace_new(uint64_t most)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->most = most > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)most;
	if (t->most < LEAST_KEPT)
		t->most = LEAST_KEPT;
	return t;
}

void
trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	free(t->v);
	free(t->sack);
	free(t);
}

/* Whether a picture of the connection needs the segment. */
static bool
matters(const struct trace_segment *s)
{
	return s->event || s->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST) ||
	       trace_closes(s);
}

/* Append what is kept of v[i] at v[to]; its blocks move with it. */
static void
keep(struct trace *t, uint32_t i, uint32_t to)
{
	struct trace_segment s = t->v[i];

	memmove(
	    t->sack + t->sack_n, t->sack + s.sack, s.sack_n * sizeof(*t->sack));
	s.sack = t->sack_n;
	t->sack_n += s.sack_n;
	t->v[to] = s;
}

/* Keep the segments of v for which drop() is false. */
static void
filter(struct trace *t,
    bool (*drop)(const struct trace_segment *s, uint32_t nth), bool count)
{
	uint32_t kept = 0, nth = 0, skipped = 0;

	t->sack_n = 0;
	for (uint32_t i = 0; i < t->n; i++) {
		if (drop(&t->v[i], nth)) {
			nth++;
			skipped += count ? 1 + t->v[i].skipped : 0;
			t->dropped += count;
			continue;
		}
		nth += !matters(&t->v[i]);
		if (t->sack != NULL)
			keep(t, i, kept);
		else
			t->v[kept] = t->v[i];
		t->v[kept++].skipped += skipped;
		skipped = 0;
	}
	t->n = kept;
	t->behind += skipped;
}

/* Every second one that does not matter. */
static bool
is_thinned(const struct trace_segment *s, uint32_t nth)
{
	return !matters(s) && nth % 2 == 1;
}

static bool
is_pended(const struct trace_segment *s, uint32_t nth)
{
	(void)nth;
	return s->pended;
}

/* Room for one more segment. */
static bool
reserve(struct trace *t)
{
	uint32_t cap;
	struct trace_segment *v;

	if (t->n >= t->most) {
		filter(t, is_thinned, true);
		/* all that is left matters: it is kept */
		if (t->n > t->most / 4 * 3 && t->most < UINT32_MAX / 4)
			t->most *= 2;
	}
	if (t->n < t->cap)
		return true;
	cap = t->cap == 0 ? FIRST_CAP : 2 * t->cap;
	v = realloc(t->v, cap * sizeof(*v));
	if (v == NULL)
		return false;
	t->v = v;
	t->cap = cap;
	return true;
}

static bool
reserve_sack(struct trace *t, uint32_t n)
{
	uint32_t cap = t->sack_cap == 0 ? FIRST_CAP : 2 * t->sack_cap;
	int64_t(*sack)[2];

	if (t->sack_n + n <= t->sack_cap)
		return true;
	sack = realloc(t->sack, cap * sizeof(*sack));
	if (sack == NULL)
		return false;
	t->sack = sack;
	t->sack_cap = cap;
	return true;
}

void
trace_add(
    struct trace *t, const struct trace_segment *s, const int64_t (*sack)[2])
{
	struct trace_segment *new;

	if (!reserve(t) || (s->sack_n > 0 && !reserve_sack(t, s->sack_n))) {
		t->failed = true;
		t->dropped++;
		return;
	}
	new = &t->v[t->n++];
	*new = *s;
	new->sack = t->sack_n;
	new->skipped = t->behind;
	t->behind = 0;
	new->event = new->event || t->marked == s->frame_no;
	if (s->sack_n > 0)
		memcpy(t->sack + t->sack_n, sack, s->sack_n * sizeof(*t->sack));
	t->sack_n += s->sack_n;
}

uint32_t
trace_find(const struct trace *t, uint64_t frame_no)
{
	uint32_t low = 0, high = t->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (t->v[mid].frame_no < frame_no)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void
trace_mark(struct trace *t, uint64_t frame_no)
{
	uint32_t i = trace_find(t, frame_no);

	if (i < t->n && t->v[i].frame_no == frame_no)
		t->v[i].event = true;
	else if (i == t->n)
		t->marked = frame_no;
}

void
trace_unmark(struct trace *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		t->v[i].event = false;
}

void
trace_flip(struct trace *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		t->v[i].side = !t->v[i].side;
}

void
trace_thin(struct trace *t, uint32_t most)
{
	uint32_t before = t->n + 1;

	/* in the end all that is left matters */
	while (t->n > most && t->n < before) {
		before = t->n;
		filter(t, is_thinned, true);
	}
}

void
trace_withdraw(struct trace *t)
{
	filter(t, is_pended, false);
}

void
trace_settle(struct trace *t, const uint64_t base[2])
{
	for (uint32_t i = 0; i < t->n; i++) {
		struct trace_segment *s = &t->v[i];

		s->seq -= (int64_t)base[s->side];
		s->ack -= (int64_t)base[!s->side];
		for (uint32_t k = s->sack; k < s->sack + s->sack_n; k++) {
			t->sack[k][0] -= (int64_t)base[!s->side];
			t->sack[k][1] -= (int64_t)base[!s->side];
		}
	}
}
