/*
 * arena.h - memory for many small things that end together.
 */
#ifndef TCPCONN_ARENA_H
#define TCPCONN_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* Zeroed is empty. */
struct arena {
	struct arena_chunk *first, *now; /* owned list; the one in use */
	size_t used;                     /* bytes of now */
	size_t taken;                    /* bytes since the last reset */
	size_t most;                     /* bound of taken; 0: none */
};

/*
 * n bytes, aligned for any type, with no particular content; valid until
 * arena_reset(). NULL when memory ran out or the bound is reached.
 */
void *arena_take(struct arena *a, size_t n);

/* Everything taken is given back; the memory is kept for what comes next. */
void arena_reset(struct arena *a);

void arena_fini(struct arena *a);

#endif
