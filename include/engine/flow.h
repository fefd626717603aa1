/*
 * flow.h - the table of connections: look-up by 4-tuple, timeouts, eviction
 * (R2.1, R2.14, R1.36).
 */
#ifndef TCPCONN_FLOW_H
#define TCPCONN_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "engine/conn.h"
#include "engine/pack.h"
#include "engine/park.h"

struct hash_key;
struct flow_table; /* owns its flows and what they hold */

/*
 * One connection in the table, parked, live or packed; two cache lines. It
 * stays where it is until flow_remove().
 */
struct flow {
	struct flow_key key;
	uint32_t hash;
	uint32_t number;                 /* in order of appearance, from 1 */
	uint32_t wheel_prev, wheel_next; /* timeouts, flow.c */
	uint32_t wheel_slot;
	struct parked parked;
};

/* NULL when memory ran out. limits is borrowed, hash copied. */
struct flow_table *
flow_new(const struct limits *limits, const struct hash_key *hash);
void flow_free(struct flow_table *t);

/* The latest incarnation with this key, or NULL. Borrowed. */
struct flow *flow_lookup(struct flow_table *t, const struct flow_key *key);

/*
 * The flows of n keys will be looked up soon: bring them near, all at once
 * instead of one after the other. At most FLOW_EXPECT of them. f[]: which they
 * likely are, as flow_is() will tell, or NULL.
 */
#define FLOW_EXPECT 64
void flow_expect(const struct flow_table *t, const struct flow_key *const key[],
    unsigned n, struct flow *f[]);

/*
 * Whether f, which the table once had for key, is still what flow_lookup()
 * would find: it may have ended since, and its place may hold another.
 */
static inline bool
flow_is(const struct flow *f, const struct flow_key *key)
{
	return f->number != 0 && flow_key_equal(&f->key, key);
}

/* f will end soon: bring near what that needs. */
void flow_expect_end(const struct flow_table *t, const struct flow *f);

/*
 * A new flow for key, numbered in order of appearance, that holds nothing
 * yet; it replaces nothing: flow_remove() an earlier incarnation first. NULL:
 * no memory.
 */
struct flow *flow_add(struct flow_table *t, const struct flow_key *key);

/* Take f out of the table and forget it; what it held is the caller's. */
void flow_remove(struct flow_table *t, struct flow *f);

/* What its parked flows keep their segments in. Borrowed. */
struct blocks *flow_parks(struct flow_table *t);

/* Where events go when memory ran out. Borrowed. */
struct event *flow_scratch(struct flow_table *t);

/* Time of the latest segment of f. */
static inline int64_t
flow_last_t(const struct flow *f)
{
	if (f->parked.packed)
		return f->parked.u.packed->last_t;
	return f->parked.live ? f->parked.u.conn->last_t
			      : park_last_t(&f->parked);
}

/*
 * Pack the live connection of f (pack.h): its emptied struct, the caller's
 * now, or NULL when it stays live.
 */
struct conn *flow_pack(struct flow *f, struct squeeze *room);

/* The reverse, into c; false when memory ran out: then it stays packed. */
bool flow_unpack(struct flow *f, struct conn *c);

/* No record times out sooner than this after its last segment, ns. */
uint64_t flow_shortest(const struct limits *limits);

/* When the record of f times out, capture time (R2.14). */
int64_t flow_deadline(const struct flow_table *t, const struct flow *f);

/*
 * Capture time is now t: the next flow that timed out, or NULL. The caller
 * removes it and asks again.
 */
struct flow *flow_expired(struct flow_table *t, int64_t now);
/* After it has answered NULL: it will do so at any time before this one. */
int64_t flow_due(const struct flow_table *t);

/* A flow to evict when the table is full (R1.36), or NULL. */
struct flow *flow_victim(struct flow_table *t);

/*
 * All flows in order of their number in *list, the caller's to free; returns
 * how many. NULL and a number above 0: no memory.
 */
uint32_t flow_sorted(const struct flow_table *t, struct flow ***list);

#endif
