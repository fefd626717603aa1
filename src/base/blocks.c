/*
 * blocks.c - blocks from slabs. Under AddressSanitizer each has one of its own,
 * so that what is read behind its end, or after it was given back, is found.
 */
#include "base/blocks.h"

#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define PLAIN_HEAP
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLAIN_HEAP
#endif
#endif

#define SLAB ((size_t)16 << 10)

#ifdef PLAIN_HEAP

void *
blocks_take(struct blocks *b, unsigned number, size_t size)
{
	(void)b;
	(void)number;
	return malloc(size);
}

void
blocks_give(struct blocks *b, unsigned number, void *block)
{
	(void)b;
	(void)number;
	free(block);
}

void
blocks_fini(struct blocks *b)
{
	(void)b;
}

#else

/* What follows block in its list: its first bytes. */
static void *
next_of(const void *block)
{
	void *next;

	memcpy(&next, block, sizeof(next));
	return next;
}

static void
set_next(void *block, void *next)
{
	memcpy(block, &next, sizeof(next));
}

void *
blocks_take(struct blocks *b, unsigned number, size_t size)
{
	void *block = b->given_back[number];

	if (block != NULL) {
		b->given_back[number] = next_of(block);
		return block;
	}
	if (b->slab == NULL || SLAB - b->used < size) {
		void *slab = malloc(SLAB);

		if (slab == NULL)
			return NULL;
		set_next(slab, b->slab);
		b->slab = slab;
		b->used = sizeof(slab);
	}
	block = (char *)b->slab + b->used;
	b->used += size;
	return block;
}

void
blocks_give(struct blocks *b, unsigned number, void *block)
{
	set_next(block, b->given_back[number]);
	b->given_back[number] = block;
}

void
blocks_fini(struct blocks *b)
{
	while (b->slab != NULL) {
		void *slab = b->slab;

		b->slab = next_of(slab);
		free(slab);
	}
	memset(b, 0, sizeof(*b));
}

#endif
