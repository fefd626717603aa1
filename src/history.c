/*
 * history.c - segments sent in one direction (R1.28, R1.33).
 */
#include "history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_FIRST_CAP 8

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

uint32_t
history_find(const struct history *h, uint64_t seq)
{
	uint32_t lo = 0, hi = h->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (history_at(h, mid)->e > seq)
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
	if (i == 0) {
		h->first++;
	} else {
		memmove(history_at(h, i), history_at(h, i) + 1,
		    (h->n - i - 1) * sizeof(*h->v));
	}
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

/* Room for one more entry behind the last. */
static bool
history_reserve(struct history *h)
{
	uint32_t cap;
	struct sent *v;

	while (h->n - h->acked >= h->max)
		history_degrade(h);
	while (h->n >= h->max + HISTORY_TAIL)
		history_drop(h, 0);
	if (h->first + h->n < h->cap)
		return true;
	if (h->first > 0 && h->first >= h->cap / 2) {
		memmove(h->v, h->v + h->first, h->n * sizeof(*h->v));
		h->first = 0;
		return true;
	}
	cap = h->cap ? h->cap * 2 : HISTORY_FIRST_CAP;
	v = realloc(h->v, cap * sizeof(*v));
	if (v == NULL)
		return false;
	h->v = v;
	h->cap = cap;
	return true;
}

struct sent *
history_insert(struct history *h, const struct sent *e)
{
	uint32_t i;
	struct sent *at;

	if (!history_reserve(h))
		return NULL;
	if (h->n == 0 || history_at(h, h->n - 1)->e <= e->s)
		i = h->n;
	else
		i = history_find(h, e->s);
	at = history_at(h, i);
	memmove(at + 1, at, (h->n - i) * sizeof(*at));
	*at = *e;
	h->n++;
	if (i < h->acked)
		h->acked++;
	return at;
}

/* Make seq a border. */
static bool
history_cut(struct history *h, uint64_t seq)
{
	uint32_t i = history_find(h, seq);
	struct sent upper, *e;

	if (i == h->n || history_at(h, i)->s >= seq)
		return true;
	e = history_at(h, i);
	upper = *e;
	upper.s = seq;
	upper.whole = false;
	upper.hashed = 0;
	e->e = seq;
	e->whole = false;
	e->fin = false;
	return history_insert(h, &upper) != NULL;
}

bool
history_split(struct history *h, uint64_t s, uint64_t e)
{
	return history_cut(h, s) && history_cut(h, e);
}

void
history_ack(struct history *h, uint64_t una)
{
	while (h->acked < h->n && history_at(h, h->acked)->e <= una)
		h->acked++;
	while (h->acked > HISTORY_TAIL)
		history_drop(h, 0);
	if (h->n == 0)
		h->first = 0;
}
