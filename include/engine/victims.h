/*
 * victims.h - which of many connections go first when there is no room for all
 * (R1.36): the worst few of those that are offered, in one look at each.
 */
#ifndef TCPCONN_VICTIMS_H
#define TCPCONN_VICTIMS_H

#include <stdbool.h>
#include <stdint.h>

struct flow;

/* A lower class goes first, then who was silent for longer. */
struct victim {
	struct flow *flow; /* borrowed */
	int64_t last_t;    /* of its latest segment */
	uint32_t number;   /* unique */
	int class;
};

/* {0} is an empty list. */
struct victims {
	struct victim *v; /* owned; after victims_sort() the worst is last */
	uint32_t n, room;
};

/* Begin anew, with room for so many, at least one; false: no memory. */
bool victims_begin(struct victims *w, uint32_t room);
/* v is one of them, unless room is taken by worse ones. */
void victims_offer(struct victims *w, const struct victim *v);
/* After the last was offered. */
void victims_sort(struct victims *w);
void victims_fini(struct victims *w);

#endif
