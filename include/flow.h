/*
 * flow.h - the table of live connections: look-up by 4-tuple, timeouts,
 * eviction, tombstones (R2.1, R2.14, R1.36).
 */
#ifndef TCPCONN_FLOW_H
#define TCPCONN_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "limits.h"

struct flow_table; /* owns its connections */

/* What a timed-out record leaves behind (R2.14). */
struct tombstone {
	struct flow_key key;
	uint32_t number;
	uint32_t max_end[2], ack_max[2]; /* raw, by dir */
	uint8_t client_dir;
	bool used;
};

/* NULL when memory ran out. limits is borrowed. */
struct flow_table *flow_new(const struct limits *limits);
void flow_free(struct flow_table *t);

/* The latest incarnation with this key, or NULL. Borrowed. */
struct conn *flow_lookup(struct flow_table *t, const struct flow_key *key);

/*
 * A new connection for key, numbered in order of appearance; it replaces
 * nothing: flow_remove() an earlier incarnation first. NULL: no memory.
 */
struct conn *
flow_add(struct flow_table *t, const struct flow_key *key, unsigned wants);

/* Take c out of the table; the caller owns it now. */
void flow_remove(struct flow_table *t, struct conn *c);

/* No record times out sooner than this after its last segment, ns. */
uint64_t flow_shortest(const struct limits *limits);

/* When the record of c times out, capture time (R2.14). */
int64_t flow_deadline(const struct flow_table *t, const struct conn *c);

/*
 * Capture time is now t: the next connection that timed out, or NULL. The
 * caller removes it and asks again.
 */
struct conn *flow_expired(struct flow_table *t, int64_t now);

/* A connection to evict when the table is full (R1.36), or NULL. */
struct conn *flow_victim(struct flow_table *t);

/* All live connections in order of their number; returns how many. */
uint32_t flow_sorted(struct flow_table *t, struct conn ***list);

/* Remember the end of c; find one that seg may continue. */
void flow_bury(struct flow_table *t, const struct conn *c);
const struct tombstone *
flow_tombstone(struct flow_table *t, const struct segment *seg);

#endif
