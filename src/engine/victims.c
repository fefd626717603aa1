/*
 * victims.c - the worst of many, by a heap whose root is the best of them.
 */
#include "engine/victims.h"

#include <stdlib.h>

bool
victims_begin(struct victims *w, uint32_t room)
{
	struct victim *v = malloc(room * sizeof(*v));

	if (v == NULL)
		return false;
	free(w->v);
	*w = (struct victims){.v = v, .room = room};
	return true;
}

void
victims_fini(struct victims *w)
{
	free(w->v);
	*w = (struct victims){0};
}

/* Whether a goes before b. */
static bool
goes_before(const struct victim *a, const struct victim *b)
{
	if (a->class != b->class)
		return a->class < b->class;
	if (a->last_t != b->last_t)
		return a->last_t < b->last_t;
	return a->number < b->number;
}

static void
sink(struct victims *w, uint32_t i)
{
	const struct victim moved = w->v[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < w->n &&
		    goes_before(&w->v[child], &w->v[child + 1]))
			child++;
		if (child >= w->n || goes_before(&w->v[child], &moved))
			break;
		w->v[i] = w->v[child];
		i = child;
	}
	w->v[i] = moved;
}

void
victims_offer(struct victims *w, const struct victim *v)
{
	uint32_t i;

	if (w->n < w->room) {
		w->v[w->n++] = *v;
		for (i = w->n == w->room ? w->n / 2 : 0; i > 0; i--)
			sink(w, i - 1);
	} else if (goes_before(v, &w->v[0])) {
		w->v[0] = *v;
		sink(w, 0);
	}
}

static int
worst_last(const void *a, const void *b)
{
	return goes_before(a, b) ? 1 : goes_before(b, a) ? -1 : 0;
}

void
victims_sort(struct victims *w)
{
	qsort(w->v, w->n, sizeof(*w->v), worst_last);
}
