/*
 * origins.c - from a frame number of the whole input to a file.
 */
#include "origins.h"

#include <stdlib.h>

/* Insert by the first packet; equal times keep the order given. */
static void
insert(struct origins *o, const struct capture_info *info)
{
	size_t i = o->n++;

	for (; i > 0 && o->info[i - 1]->first_ns > info->first_ns; i--)
		o->info[i] = o->info[i - 1];
	o->info[i] = info;
}

/* Whether each input ends before the next begins. */
static bool
is_sequence(const struct origins *o)
{
	for (size_t i = 1; i < o->n; i++)
		if (o->info[i - 1]->last_ns >= o->info[i]->first_ns)
			return false;
	return true;
}

bool
origins_init(
    struct origins *o, const struct capture_info *const *inputs, size_t n)
{
	*o = (struct origins){0};
	if (n < 2)
		return true;
	o->info = calloc(n, sizeof(struct capture_info *));
	if (o->info == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (inputs[i]->has_time)
			insert(o, inputs[i]);
	if (!is_sequence(o))
		o->n = 0;
	return true;
}

void
origins_fini(struct origins *o)
{
	free(o->info);
	*o = (struct origins){0};
}

const struct capture_info *
origins_find(const struct origins *o, uint64_t frame_no, uint64_t *number)
{
	for (size_t i = 0; i < o->n && frame_no > 0; i++) {
		if (frame_no <= o->info[i]->packets) {
			*number = frame_no;
			return o->info[i];
		}
		frame_no -= o->info[i]->packets;
	}
	return NULL;
}
