/*
 * origins.c - from a frame number of the whole input to a file.
 */
#include "input/origins.h"

#include <stdlib.h>

void
origins_init(struct origins *o)
{
	*o = (struct origins){0};
}

void
origins_fini(struct origins *o)
{
	free(o->runs);
	*o = (struct origins){0};
}

/* Room for one more run; false when there is none. */
static bool
origins_grow(struct origins *o)
{
	size_t size = o->size == 0 ? 16 : 2 * o->size;
	struct origin_run *runs;

	if (o->n < o->size)
		return true;
	if (o->n >= ORIGINS_RUNS_MAX)
		return false;
	runs = realloc(o->runs, size * sizeof(*runs));
	if (runs == NULL)
		return false;
	o->runs = runs;
	o->size = size;
	return true;
}

void
origins_add(struct origins *o, unsigned file_no, uint64_t number)
{
	if (o->full)
		return;
	if (o->n > 0 && o->runs[o->n - 1].file_no == file_no) {
		o->frames++;
		return;
	}
	if (!origins_grow(o)) {
		o->full = true;
		return;
	}
	o->runs[o->n++] = (struct origin_run){++o->frames, number, file_no};
}

bool
origins_find(const struct origins *o, uint64_t frame_no, unsigned *file_no,
    uint64_t *number)
{
	size_t low = 0, high = o->n;

	if (frame_no == 0 || frame_no > o->frames)
		return false;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (o->runs[middle].frame_no <= frame_no)
			low = middle;
		else
			high = middle;
	}
	*file_no = o->runs[low].file_no;
	*number = o->runs[low].number + (frame_no - o->runs[low].frame_no);
	return true;
}
