/*
 * ranges.h - a bounded, sorted set of disjoint half-open intervals [l, r) of
 * 64-bit stream offsets (holes, SACK scoreboard).
 */
#ifndef TCPCONN_RANGES_H
#define TCPCONN_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t l, r; /* bytes l .. r-1; never empty inside a set */
};

/*
 * A set owns its array, which grows on demand up to max entries. Zeroed is
 * an empty set with no bound set: call ranges_init() first.
 */
struct ranges {
	struct range *v; /* owned; sorted, disjoint, not touching */
	uint32_t n, cap, max;
	bool
	    merged; /* two ranges had to be joined to stay within max (R1.34) */
};

void ranges_init(struct ranges *s, uint32_t max);
void ranges_fini(struct ranges *s);

/*
 * Add [l, r). When the set would exceed max, the two neighbours with the
 * smallest distance are joined and merged is set. Returns the number of bytes
 * that were not in the set before, or -1 when memory ran out (set unchanged).
 */
int64_t ranges_add(struct ranges *s, uint64_t l, uint64_t r);

/* Bytes of [l, r) that are in the set. */
uint64_t ranges_overlap(const struct ranges *s, uint64_t l, uint64_t r);

/* Whether all of [l, r) is in the set; true for an empty range. */
bool ranges_cover(const struct ranges *s, uint64_t l, uint64_t r);

/* Drop everything below l. */
void ranges_prune(struct ranges *s, uint64_t l);

/* Bytes in the whole set. */
uint64_t ranges_bytes(const struct ranges *s);

/* Highest offset in the set (exclusive end), or 0 when it is empty. */
static inline uint64_t
ranges_high(const struct ranges *s)
{
	return s->n ? s->v[s->n - 1].r : 0;
}

#endif
