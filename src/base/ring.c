/*
 * ring.c - turning a ring in its place.
 */
#include "base/ring.h"

#include <assert.h>
#include <string.h>

/* Reverse the order of v[l] to v[r - 1]. */
static void
reverse(char *v, size_t size, size_t l, size_t r)
{
	char was[RING_ENTRY_MOST];

	for (; l + 1 < r; l++, r--) {
		char *a = v + l * size, *b = v + (r - 1) * size;

		memcpy(was, a, size);
		memcpy(a, b, size);
		memcpy(b, was, size);
	}
}

void
ring_turn(void *v, size_t n, size_t size, size_t first)
{
	assert(size <= RING_ENTRY_MOST && first < n);
	reverse(v, size, 0, first);
	reverse(v, size, first, n);
	reverse(v, size, 0, n);
}
