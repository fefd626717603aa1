/*
 * tombs.h - what is remembered of records that timed out, so that a segment
 * which goes on where one ended is told from a new connection (R2.14).
 */
#ifndef TCPCONN_TOMBS_H
#define TCPCONN_TOMBS_H

#include "engine/flow.h"

/* What a timed-out record leaves behind (R2.14). */
struct tombstone {
	struct flow_key key;
	uint32_t number;
	uint32_t max_end[2]; /* raw, by dir */
	uint8_t client_dir;
	bool used;
};

/* Their table; {0} is an empty one. */
struct tombs {
	struct tombstone *v; /* owned; hashed by key, overwritten */
	uint32_t mask;
};

void tombs_fini(struct tombs *t);

/* What c leaves behind; false: nothing that may be continued. */
bool tomb_of_conn(const struct conn *c, struct tombstone *tomb);
/* The same for a connection that is still parked. */
bool tomb_of_parked(const struct flow *f, struct tombstone *tomb);

/* Remember tomb, which may take the place of an older one. */
void tombs_bury(struct tombs *t, const struct limits *limits,
    const struct tombstone *tomb);

/* The record that seg continues, or NULL; nobody else then does. Borrowed. */
const struct tombstone *tombs_find(struct tombs *t, const struct segment *seg);

#endif
