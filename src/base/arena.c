/*
 * arena.c - a list of chunks, filled one after the other.
 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

#define CHUNK_BYTES 65536
#define ALIGNMENT _Alignof(max_align_t)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	_Alignas(max_align_t) unsigned char data[];
};

/* Put a chunk of at least n bytes behind the one in use. */
static int
add_chunk(struct arena *a, size_t n)
{
	size_t size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
	struct arena_chunk *chunk, **link;

	chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		return -1;
	link = a->now != NULL ? &a->now->next : &a->first;
	chunk->size = size;
	chunk->next = *link;
	*link = chunk;
	return 0;
}

void *
arena_take(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX / 2) /* no object is larger */
		return NULL;
	n = (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (a->most > 0 && n > a->most - a->taken)
		return NULL;
	if (a->now == NULL || n > a->now->size - a->used) {
		struct arena_chunk *next =
		    a->now != NULL ? a->now->next : a->first;

		if ((next == NULL || n > next->size) && add_chunk(a, n) != 0)
			return NULL;
		a->now = a->now != NULL ? a->now->next : a->first;
		a->used = 0;
	}
	p = a->now->data + a->used;
	a->used += n;
	a->taken += n;
	return p;
}

void
arena_reset(struct arena *a)
{
	a->now = NULL;
	a->used = 0;
	a->taken = 0;
}

void
arena_fini(struct arena *a)
{
	while (a->first != NULL) {
		struct arena_chunk *next = a->first->next;

		free(a->first);
		a->first = next;
	}
	arena_reset(a);
}
