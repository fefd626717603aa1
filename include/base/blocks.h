/*
 * blocks.h - many small blocks of a few sizes, that come and go.
 *
 * Each size has a list of those that were given back; the rest of the last slab
 * is handed out from the front. Nothing is merged, so that giving one back
 * touches nothing but it, and no block has a header. All is freed at the end.
 */
#ifndef TCPCONN_BLOCKS_H
#define TCPCONN_BLOCKS_H

#include <stddef.h>

#define BLOCK_SIZES 16 /* at most so many */

/* {0} is an empty one. */
struct blocks {
	void *given_back[BLOCK_SIZES]; /* lists, by their first bytes */
	void *slab;                    /* owned; the last, likewise a list */
	size_t used;                   /* bytes of it */
};

/*
 * A block of size bytes, a multiple of 8, which the same number always means;
 * NULL: memory ran out. Owned by b; blocks_give() takes it back.
 */
void *blocks_take(struct blocks *b, unsigned number, size_t size);
void blocks_give(struct blocks *b, unsigned number, void *block);

/* Frees all that were ever taken. */
void blocks_fini(struct blocks *b);

#endif
