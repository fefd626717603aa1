/*
 * shard.h - a part of all connections, chosen by their addresses and ports.
 */
#ifndef TCPCONN_SHARD_H
#define TCPCONN_SHARD_H

#include <stdbool.h>

#include "words/segment.h"

/* Part k of n, 1 <= k <= n; n is 0 where there are no parts. */
struct shard {
	unsigned k, n;
};

/* shard_has() where there are parts. */
bool shard_holds(const struct shard *s, const struct flow_key *key);

/*
 * Whether the flow falls in s. Each flow falls in one part, the same on every
 * machine. VLAN and tunnel do not count, so that what the engine compares by
 * addresses and ports alone stays together (R2.3).
 */
static inline bool
shard_has(const struct shard *s, const struct flow_key *key)
{
	return s->n == 0 || shard_holds(s, key);
}

#endif
