/*
 * trace.c - the segments of one connection, compactly.
 */
#include "model/trace.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 4
#define FIRST_SACK_CAP 16
#define LEAST_KEPT 16
#define EVENTFUL_KEPT 1024 /* when room is scarce */
#define SACK_UNIT 4        /* so many blocks take the room of a segment */

struct trace_pool {
	uint64_t most, held; /* segments, of all traces */
	uint64_t users;      /* traces, and who made it */
};

struct trace_pool *
trace_pool_new(uint64_t most)
{
	struct trace_pool *p = malloc(sizeof(*p));

	if (p != NULL)
		*p = (struct trace_pool){.most = most, .users = 1};
	return p;
}

void
trace_pool_release(struct trace_pool *p)
{
	if (p != NULL && --p->users == 0)
		free(p);
}

struct trace *
trace_new(uint64_t most, struct trace_pool *pool)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->most = most > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)most;
	if (t->most < LEAST_KEPT)
		t->most = LEAST_KEPT;
	t->pool = pool;
	if (pool != NULL)
		pool->users++;
	return t;
}

/* Set the room of both arrays. */
static void
hold(struct trace *t, uint32_t cap, uint32_t sack_cap)
{
	if (t->pool != NULL) {
		t->pool->held -= t->cap + t->sack_cap / SACK_UNIT;
		t->pool->held += cap + sack_cap / SACK_UNIT;
	}
	t->cap = cap;
	t->sack_cap = sack_cap;
}

void
trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	hold(t, 0, 0);
	trace_pool_release(t->pool);
	free(t->v);
	free(t->sack);
	free(t);
}

/* The first few segments do not ask. */
static bool
is_poor(const struct trace *t)
{
	return t->pool != NULL && t->cap >= LEAST_KEPT &&
	       t->pool->held + t->cap > t->pool->most;
}

bool
trace_full(const struct trace *t)
{
	return t->n >= t->most || (t->n == t->cap && is_poor(t));
}

/* Whether a picture of the connection needs the segment. */
static bool
matters(const struct trace_segment *s)
{
	return s->event || s->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST) ||
	       trace_closes(s);
}

static bool
has_event(const struct trace_segment *s)
{
	return s->event;
}

static bool
is_decided(const struct trace_segment *s)
{
	return !s->pended;
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

/* Of the segments that are not needed, drop each that makes it so many. */
static void
drop(struct trace *t, bool (*needed)(const struct trace_segment *s),
    uint32_t every, bool count)
{
	uint32_t kept = 0, nth = 0, skipped = 0;

	t->sack_n = 0;
	for (uint32_t i = 0; i < t->n; i++) {
		if (!needed(&t->v[i]) && nth++ % every == every - 1) {
			skipped += count ? 1 + t->v[i].skipped : 0;
			t->dropped += count;
			continue;
		}
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

static bool
is_crowded(uint32_t n, uint32_t cap)
{
	return n > cap / 4 * 3;
}

static bool
grow(struct trace *t)
{
	uint32_t cap = t->cap == 0 ? FIRST_CAP : 2 * t->cap;
	struct trace_segment *v = realloc(t->v, cap * sizeof(*v));

	if (v == NULL)
		return false;
	t->v = v;
	hold(t, cap, t->sack_cap);
	return true;
}

/* Room for one more segment. */
static bool
reserve(struct trace *t)
{
	bool poor = t->n == t->cap && is_poor(t), full = t->n >= t->most;

	if (poor || full)
		drop(t, matters, 2, true);
	if (poor && is_crowded(t->n, t->cap))
		drop(t, has_event, 2, true);
	/* all that is left matters: it is kept */
	if (full && !poor && is_crowded(t->n, t->most) &&
	    t->most < UINT32_MAX / 4)
		t->most *= 2;
	if (t->n < t->cap && !(poor && is_crowded(t->n, t->cap)))
		return true;
	return grow(t);
}

static bool
reserve_sack(struct trace *t, uint32_t n)
{
	uint32_t cap = t->sack_cap == 0 ? FIRST_SACK_CAP : 2 * t->sack_cap;
	int64_t(*sack)[2];

	if (t->sack_n + n <= t->sack_cap)
		return true;
	sack = realloc(t->sack, cap * sizeof(*sack));
	if (sack == NULL)
		return false;
	t->sack = sack;
	hold(t, t->cap, cap);
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
		drop(t, matters, 2, true);
	}
}

static void *
fitted(void *v, size_t bytes)
{
	void *small = bytes > 0 ? realloc(v, bytes) : NULL;

	return small != NULL ? small : v;
}

void
trace_end(struct trace *t, bool eventful)
{
	if (t->pool != NULL && t->pool->held > t->pool->most / 2)
		trace_thin(t, eventful ? EVENTFUL_KEPT : LEAST_KEPT);
	t->v = fitted(t->v, t->n * sizeof(*t->v));
	t->sack = fitted(t->sack, t->sack_n * sizeof(*t->sack));
	hold(t, t->n, t->sack_n);
}

void
trace_withdraw(struct trace *t)
{
	drop(t, is_decided, 1, false);
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
