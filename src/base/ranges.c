/*
 * ranges.c - sorted sets of disjoint intervals.
 */
#include "base/ranges.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 4

void
ranges_init(struct ranges *s, uint32_t max)
{
	assert(max > 0);
	*s = (struct ranges){.max = max};
}

void
ranges_fini(struct ranges *s)
{
	free(s->v);
	*s = (struct ranges){.max = s->max};
}

/* Index of the first range that ends at x or later, or n. */
static uint32_t
first_ending(const struct ranges *s, uint64_t x)
{
	uint32_t lo = 0, hi = s->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].r < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Bytes that a and [l, r) have in common. */
static uint64_t
common(const struct range *a, uint64_t l, uint64_t r)
{
	uint64_t from = a->l > l ? a->l : l;
	uint64_t to = a->r < r ? a->r : r;

	return from < to ? to - from : 0;
}

/* Close up the gap of ranges i .. j-1. */
static void
drop(struct ranges *s, uint32_t i, uint32_t j)
{
	memmove(&s->v[i], &s->v[j], (s->n - j) * sizeof(*s->v));
	s->n -= j - i;
}

/* Make room for one range more than max: join_closest() takes it back. */
static int
reserve(struct ranges *s)
{
	uint32_t cap;
	struct range *v;

	if (s->n < s->cap)
		return 0;
	cap = s->cap ? s->cap * 2 : FIRST_CAP;
	if (cap > s->max + 1)
		cap = s->max + 1;
	v = realloc(s->v, cap * sizeof(*v));
	if (v == NULL)
		return -1;
	s->v = v;
	s->cap = cap;
	return 0;
}

static void
join_closest(struct ranges *s)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i + 1 < s->n; i++)
		if (s->v[i + 1].l - s->v[i].r < s->v[best + 1].l - s->v[best].r)
			best = i;
	s->v[best].r = s->v[best + 1].r;
	drop(s, best + 1, best + 2);
	s->merged = true;
}

/* Put [l, r) in front of range i, between its neighbours. */
static int
insert(struct ranges *s, uint32_t i, uint64_t l, uint64_t r)
{
	if (reserve(s) < 0)
		return -1;
	memmove(&s->v[i + 1], &s->v[i], (s->n - i) * sizeof(*s->v));
	s->v[i] = (struct range){.l = l, .r = r};
	s->n++;
	return 0;
}

int64_t
ranges_add(struct ranges *s, uint64_t l, uint64_t r)
{
	uint64_t added = r - l;
	uint32_t i, j;

	if (l >= r)
		return 0;
	i = first_ending(s, l);
	for (j = i; j < s->n && s->v[j].l <= r; j++)
		added -= common(&s->v[j], l, r);
	if (i == j) {
		if (insert(s, i, l, r) < 0)
			return -1;
		if (s->n > s->max)
			join_closest(s);
		return (int64_t)added;
	}
	if (l < s->v[i].l)
		s->v[i].l = l;
	s->v[i].r = s->v[j - 1].r > r ? s->v[j - 1].r : r;
	drop(s, i + 1, j);
	return (int64_t)added;
}

uint64_t
ranges_overlap(const struct ranges *s, uint64_t l, uint64_t r)
{
	uint64_t bytes = 0;

	for (uint32_t i = first_ending(s, l); i < s->n && s->v[i].l < r; i++)
		bytes += common(&s->v[i], l, r);
	return bytes;
}

bool
ranges_cover(const struct ranges *s, uint64_t l, uint64_t r)
{
	uint32_t i;

	if (l >= r)
		return true;
	i = first_ending(s, r);
	return i < s->n && s->v[i].l <= l;
}

void
ranges_prune(struct ranges *s, uint64_t l)
{
	uint32_t i = 0;

	while (i < s->n && s->v[i].r <= l)
		i++;
	if (i > 0)
		drop(s, 0, i);
	if (s->n > 0 && s->v[0].l < l)
		s->v[0].l = l;
}

uint64_t
ranges_bytes(const struct ranges *s)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < s->n; i++)
		bytes += s->v[i].r - s->v[i].l;
	return bytes;
}
