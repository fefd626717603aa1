/*
 * schedule.c - a binary heap of planned segments.
 */
#include <assert.h>
#include <stdlib.h>

#include "schedule.h"

static bool
before(const struct planned *a, const struct planned *b)
{
	if (a->frame.at_ns != b->frame.at_ns)
		return a->frame.at_ns < b->frame.at_ns;
	return a->order < b->order;
}

static bool
make_room(struct schedule *s)
{
	size_t room = s->room == 0 ? 1024 : 2 * s->room;
	struct planned *heap;

	if (s->n < s->room)
		return true;
	heap = realloc(s->heap, room * sizeof(*heap));
	if (heap == NULL)
		return false;
	s->heap = heap;
	s->room = room;
	return true;
}

bool
schedule_add(struct schedule *s, const struct planned *p)
{
	struct planned new = *p;
	size_t i;

	if (!make_room(s))
		return false;
	new.order = s->added++;
	for (i = s->n++; i > 0 && before(&new, &s->heap[(i - 1) / 2]);
	     i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = new;
	return true;
}

uint64_t
schedule_due(const struct schedule *s)
{
	return s->n == 0 ? UINT64_MAX : s->heap[0].frame.at_ns;
}

struct planned
schedule_take(struct schedule *s)
{
	struct planned first = s->heap[0];
	struct planned last;
	size_t i = 0, child;

	assert(s->n > 0);
	last = s->heap[--s->n];
	while ((child = 2 * i + 1) < s->n) {
		if (child + 1 < s->n &&
		    before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!before(&s->heap[child], &last))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = last;
	return first;
}

void
schedule_fini(struct schedule *s)
{
	free(s->heap);
	*s = (struct schedule){0};
}
