/*
 * history.c - segments sent in one direction (R1.28, R1.33).
 */
#include "engine/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/ring.h"

#define HISTORY_STEP 4 /* entries that the first room has */

void
history_init(struct history *h, uint32_t max)
{
	memset(h, 0, sizeof(*h));
	h->max = max;
}

void
history_fini(struct history *h)
{
	free(h->v);
	memset(h, 0, sizeof(*h));
}

void
history_clear(struct history *h)
{
	h->first = h->n = h->acked = 0;
}

void
history_tighten(struct history *h)
{
	if (h->first != 0)
		ring_turn(h->v, h->cap, sizeof(*h->v), h->first);
	h->first = 0;
	h->cap = h->n;
}

/* Modulo 2^64, for the times of a capture may be any. */
static int64_t
time_plus(int64_t t, uint64_t step)
{
	return (int64_t)((uint64_t)t + step);
}

/* Ranges touch, payload is hashed whole, most is sent once. */
void
history_fold(struct history *h)
{
	uint32_t i;

	for (i = h->n; i-- > 0;) {
		struct sent *e = history_at(h, i);
		uint32_t len = e->e - e->s;

		e->t_last = time_plus(e->t_last, -(uint64_t)e->t_first);
		e->hashed = (e->hashed - len) & SENT_HASHED;
		e->e = len;
		e->s -= i > 0 ? history_at(h, i - 1)->e : (uint32_t)h->top;
	}
}

void
history_unfold(struct history *h)
{
	uint32_t i, end = (uint32_t)h->top;

	for (i = 0; i < h->n; i++) {
		struct sent *e = history_at(h, i);

		e->s += end;
		end = e->s + e->e;
		e->hashed = (e->hashed + e->e) & SENT_HASHED;
		e->e = end;
		e->t_last = time_plus(e->t_last, (uint64_t)e->t_first);
	}
}

uint32_t
history_find(const struct history *h, uint64_t seq)
{
	uint32_t lo = 0, hi = h->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (history_end(h, history_at(h, mid)) > seq)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* Forget entry i. */
static void
history_drop(struct history *h, uint32_t i)
{
	if (i < h->acked)
		h->acked--;
	if (i == 0 && ++h->first == h->cap)
		h->first = 0;
	for (; i > 0 && i + 1 < h->n; i++)
		*history_at(h, i) = *history_at(h, i + 1);
	h->n--;
}

/* R1.33: drop the oldest SACKed entry, else the oldest. */
static void
history_degrade(struct history *h)
{
	uint32_t i;

	h->truncated = true;
	for (i = h->acked; i < h->n; i++)
		if (history_at(h, i)->sacked)
			break;
	history_drop(h, i < h->n ? i : h->acked);
}

/* The stream goes on to e > top: what lies too far below is forgotten. */
static inline void
history_raise(struct history *h, uint64_t e)
{
	while (h->n > 0 &&
	       e - history_start(h, history_at(h, 0)) > HISTORY_REACH) {
		h->truncated = h->truncated || h->acked == 0;
		history_drop(h, 0);
	}
	h->top = e;
}

/* Little by little, so that a long tail leaves not much unused. */
static bool
history_grow(struct history *h)
{
	uint32_t cap = h->cap + h->cap / 4 + HISTORY_STEP;
	uint32_t straight = h->cap - h->first; /* entries before the wrap */
	struct sent *v = malloc(cap * sizeof(*v));

	if (v == NULL)
		return false;
	if (straight > h->n)
		straight = h->n;
	if (h->n > 0) {
		memcpy(v, h->v + h->first, straight * sizeof(*v));
		memcpy(v + straight, h->v, (h->n - straight) * sizeof(*v));
	}
	free(h->v);
	h->v = v;
	h->first = 0;
	h->cap = cap;
	return true;
}

/* Room for one more entry, if need be by dropping others. */
static bool
history_make_room(struct history *h)
{
	while (h->n - h->acked >= h->max)
		history_degrade(h);
	while (h->n >= h->max + HISTORY_TAIL)
		history_drop(h, 0);
	return h->n < h->cap || history_grow(h);
}

static inline bool
history_reserve(struct history *h)
{
	if (h->n < h->cap && h->n - h->acked < h->max &&
	    h->n < h->max + HISTORY_TAIL)
		return true;
	return history_make_room(h);
}

struct sent *
history_append(struct history *h, uint64_t s, uint64_t e)
{
	struct sent *new;

	if (!history_reserve(h))
		return NULL;
	history_raise(h, e);
	new = history_at(h, h->n++);
	new->s = (uint32_t)s;
	new->e = (uint32_t)e;
	return new;
}

struct sent *
history_insert(
    struct history *h, uint64_t s, uint64_t e, const struct sent *facts)
{
	struct sent *new;
	uint32_t i, at;

	if (!history_reserve(h))
		return NULL;
	if (h->n == 0 || e > h->top)
		history_raise(h, e);
	if (h->top - s > HISTORY_REACH)
		return NULL;
	at = h->n;
	if (at > 0 && history_end(h, history_at(h, at - 1)) > s)
		at = history_find(h, s);
	for (i = h->n++; i > at; i--)
		*history_at(h, i) = *history_at(h, i - 1);
	if (i < h->acked)
		h->acked++;
	new = history_at(h, i);
	*new = *facts;
	new->s = (uint32_t)s;
	new->e = (uint32_t)e;
	return new;
}

/* Make seq a border. */
static bool
history_cut(struct history *h, uint64_t seq)
{
	uint32_t i = history_find(h, seq);
	struct sent upper, *e;
	uint64_t end;

	if (i == h->n || history_start(h, history_at(h, i)) >= seq)
		return true;
	e = history_at(h, i);
	end = history_end(h, e);
	upper = *e;
	upper.whole = false;
	upper.hashed = 0;
	e->e = (uint32_t)seq;
	e->whole = false;
	e->fin = false;
	return history_insert(h, seq, end, &upper) != NULL;
}

bool
history_split(struct history *h, uint64_t s, uint64_t e)
{
	return history_cut(h, s) && history_cut(h, e);
}

void
history_shorten(struct history *h)
{
	uint32_t below = h->acked - HISTORY_TAIL;

	h->first += below;
	if (h->first >= h->cap)
		h->first -= h->cap;
	h->n -= below;
	h->acked = HISTORY_TAIL;
}
