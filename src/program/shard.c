/*
 * shard.c - a part of all connections.
 */
#include "program/shard.h"

/* FNV-1a over the bytes in the order of the wire: nothing of the machine. */
static uint64_t
add_byte(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static uint64_t
hash_of(const struct flow_key *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (unsigned side = 0; side < 2; side++) {
		for (unsigned i = 0; i < sizeof(key->addr[0]); i++)
			hash = add_byte(hash, key->addr[side][i]);
		hash = add_byte(hash, (uint8_t)(key->port[side] >> 8));
		hash = add_byte(hash, (uint8_t)key->port[side]);
	}
	hash ^= hash >> 32; /* its low bits alone are weak */
	return hash * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

bool
shard_holds(const struct shard *s, const struct flow_key *key)
{
	return hash_of(key) % s->n == s->k - 1;
}
