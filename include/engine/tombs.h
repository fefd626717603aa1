/*
 * tombs.h - what is remembered of records that timed out, so that a segment
 * which goes on where one ended is told from a new connection (R2.14).
 */
#ifndef TCPCONN_TOMBS_H
#define TCPCONN_TOMBS_H

#include "engine/conn.h"

/* What a timed-out record leaves behind (R2.14). */
struct tombstone {
	struct flow_key key;
	uint32_t number;
	uint32_t max_end[2], ack_max[2]; /* raw, by dir */
	uint8_t client_dir;
	bool used;
};

/* Their table; {0} is an empty one. */
struct tombs {
	struct tombstone *v; /* owned; hashed by key, overwritten */
	uint32_t mask;
};

void tombs_fini(struct tombs *t);

/* Remember the end of c, if that may be continued. */
void tombs_bury(struct tombs *t, const struct conn *c);

/* The record that seg continues, or NULL; nobody else then does. Borrowed. */
const struct tombstone *tombs_find(struct tombs *t, const struct segment *seg);

#endif
