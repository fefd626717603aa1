/*
 * awake.h - which live connections are packed (pack.h): of more than K_AWAKE
 * that have their full size, some 9 kB, those that are silent while the capture
 * goes on. Packing costs as much as many segments, so that it must not hit who
 * talks, however many they are.
 */
#ifndef TCPCONN_AWAKE_H
#define TCPCONN_AWAKE_H

#include <stdint.h>

struct flow;

struct awake_place {
	struct flow *flow; /* borrowed; has ended if its number is another */
	uint32_t number;
};

/* With most set, at least 1, and else zero, it is an empty one. */
struct awake {
	uint64_t most;
	struct awake_place *v; /* owned */
	uint32_t n, room;
	uint32_t hand; /* where the next is looked for */
};

/*
 * f has become live, neither parked nor packed, by frame_no. Returns another
 * one that is to be packed, or NULL.
 */
struct flow *awake_add(struct awake *w, struct flow *f, uint64_t frame_no);
void awake_fini(struct awake *w);

#endif
