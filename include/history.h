/*
 * history.h - what one direction has sent and is not yet forgotten (R1.28).
 *
 * One entry per distinct transmitted range, sorted by offset, not
 * overlapping. Entries that were acknowledged stay in a short tail, where
 * late duplicates find their original.
 */
#ifndef TCPCONN_HISTORY_H
#define TCPCONN_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"

#define HISTORY_TAIL 64 /* acknowledged entries kept (R1.28) */

struct sent {
	uint64_t s, e;        /* stream offsets, half-open; SYN and FIN count */
	uint64_t frame_no;    /* latest transmission */
	uint64_t first_frame; /* first one */
	int64_t t_first, t_last; /* capture times, ns */
	uint64_t ack;    /* ACK field of the first transmission, peer's space */
	uint64_t hash;   /* payload_hash of the first transmission */
	uint32_t hashed; /* payload bytes that hash covers, from s on */
	uint32_t tsval, tsval_first; /* latest and first transmission */
	uint16_t ip_id;              /* latest transmission */
	uint16_t tx;                 /* transmissions seen */
	uint8_t ttl;
	uint8_t head[SEGMENT_HEAD]; /* the first of the hashed bytes */
	bool has_ts, has_ip_id;
	bool bad;       /* its checksum was wrong: it never arrived (R1.17) */
	bool sum_bad;   /* its checksum was wrong, but it is taken for good */
	bool sacked;    /* wholly SACKed */
	bool ambiguous; /* no RTT sample may be taken from it (R8.2) */
	bool fin;
	bool whole;  /* hash stands for exactly [s, e) */
	bool resent; /* the latest transmission was a resend */
};

struct history {
	struct sent *v; /* owned; allocated on first use */
	uint32_t first; /* index of the oldest entry */
	uint32_t n;     /* entries from there on */
	uint32_t acked; /* how many of them lie below una */
	uint32_t cap, max;
	bool truncated; /* entries were dropped for want of room (R1.33) */
};

void history_init(struct history *h, uint32_t max);
void history_fini(struct history *h);

static inline struct sent *
history_at(const struct history *h, uint32_t i)
{
	return &h->v[h->first + i];
}

/* Index of the first entry with e > seq; n when there is none. */
uint32_t history_find(const struct history *h, uint64_t seq);

/*
 * Insert *e at its place; it must not overlap an entry. Returns the entry
 * (borrowed until the next change), or NULL when memory ran out.
 */
struct sent *history_insert(struct history *h, const struct sent *e);

/*
 * Split entries so that s and e are borders. Ranges keep their facts. False
 * when memory ran out.
 */
bool history_split(struct history *h, uint64_t s, uint64_t e);

/* Everything below una is acknowledged: keep a tail of it only. */
void history_ack(struct history *h, uint64_t una);

#endif
