/*
 * ring.h - rings in arrays: an entry after the last place stands at the first.
 */
#ifndef TCPCONN_RING_H
#define TCPCONN_RING_H

#include <stddef.h>

#define RING_ENTRY_MOST 128 /* bytes */

/* Move all n places of the array v, so that the one at first becomes v[0]. */
void ring_turn(void *v, size_t n, size_t size, size_t first);

#endif
