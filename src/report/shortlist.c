/*
 * shortlist.c - the first connections of many: a heap of bounded size.
 */
#include "report/shortlist.h"

#include <stdlib.h>

#define SIZE_FIRST 16

void
shortlist_init(struct shortlist *s, enum sort_key by, uint64_t most)
{
	*s = (struct shortlist){.by = by, .most = most};
}

void
shortlist_fini(struct shortlist *s)
{
	for (size_t i = 0; i < s->n; i++)
		conn_report_free(s->v[i].r);
	free(s->v);
	*s = (struct shortlist){0};
}

static bool
shortlist_reserve(struct shortlist *s)
{
	size_t size = s->size > 0 ? 2 * s->size : SIZE_FIRST;
	struct ranked *v;

	if (s->n < s->size)
		return true;
	v = realloc(s->v, size * sizeof(*v));
	if (v == NULL)
		return false;
	s->v = v;
	s->size = size;
	return true;
}

static bool
comes_after(const struct ranked *a, const struct ranked *b)
{
	return ranking_compare(&a->rank, &b->rank) > 0;
}

static void
swap(struct ranked *a, struct ranked *b)
{
	struct ranked t = *a;

	*a = *b;
	*b = t;
}

static void
sift_up(struct shortlist *s, size_t i)
{
	while (i > 0 && comes_after(&s->v[i], &s->v[(i - 1) / 2])) {
		swap(&s->v[i], &s->v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

static void
sift_down(struct shortlist *s, size_t i)
{
	for (;;) {
		size_t last = i, child = 2 * i + 1;

		for (size_t k = child; k < child + 2 && k < s->n; k++)
			if (comes_after(&s->v[k], &s->v[last]))
				last = k;
		if (last == i)
			return;
		swap(&s->v[i], &s->v[last]);
		i = last;
	}
}

bool
shortlist_admits(const struct shortlist *s, const struct conn_report *r)
{
	struct ranked new = {ranking_of(s->by, r), NULL};

	return s->most == 0 || s->n < s->most || comes_after(&s->v[0], &new);
}

bool
shortlist_add(
    struct shortlist *s, struct conn_report *r, struct conn_report **left)
{
	struct ranked new = {ranking_of(s->by, r), r};

	*left = NULL;
	if (s->most > 0 && s->n >= s->most) {
		*left = r;
		if (comes_after(&s->v[0], &new)) {
			*left = s->v[0].r;
			s->v[0] = new;
			sift_down(s, 0);
		}
		return true;
	}
	if (!shortlist_reserve(s)) {
		*left = r;
		return false;
	}
	s->v[s->n] = new;
	sift_up(s, s->n++);
	return true;
}

static int
compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return ranking_compare(&x->rank, &y->rank);
}

void
shortlist_sort(struct shortlist *s)
{
	if (s->n > 1)
		qsort(s->v, s->n, sizeof(*s->v), compare);
}
