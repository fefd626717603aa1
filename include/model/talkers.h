/*
 * talkers.h - which hosts exchange the most bytes.
 *
 * Bounded: with more hosts than fit, those with the fewest bytes are forgotten.
 * What a host that comes back may have lost by that is known and told.
 */
#ifndef TCPCONN_TALKERS_H
#define TCPCONN_TALKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

#define TALKERS_MAX 65536 /* hosts counted at once */
#define TALKERS_TOP 10    /* hosts told */

struct talker {
	uint8_t addr[16];
	uint8_t version; /* 4 or 6 */
	uint64_t connections, packets;
	uint64_t sent_bytes, received_bytes; /* IP bytes */
	uint64_t uncounted_bytes; /* at most this many more than counted */
};

struct talkers {
	const struct hash_key *hash; /* borrowed */
	struct talker *host;         /* owned; n of them */
	uint32_t *index;             /* owned; places in host + 1, 0 is free */
	size_t n, room;              /* of hosts; 0 or a power of two */
	uint64_t floor; /* most bytes a forgotten host can have had */
	bool failed;    /* memory ran out: nothing is known */
};

void talkers_init(struct talkers *t, const struct hash_key *hash);
void talkers_fini(struct talkers *t);

/* One connection more of the host at addr. */
void talkers_add(struct talkers *t, const uint8_t addr[16], unsigned version,
    uint64_t packets, uint64_t sent_bytes, uint64_t received_bytes);

/* The first hosts by bytes, then by address; returns how many. */
size_t
talkers_top(const struct talkers *t, const struct talker *top[TALKERS_TOP]);

uint64_t talker_bytes(const struct talker *t);

#endif
