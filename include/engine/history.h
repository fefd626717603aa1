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

#include "base/seq.h"
#include "words/segment.h"

#define HISTORY_TAIL 64 /* acknowledged entries kept (R1.28) */

/*
 * One entry fills a cache line. Its borders are the low halves of stream
 * offsets: history_start() and history_end() tell the whole.
 */
struct sent {
	int64_t t_first, t_last; /* capture times of its transmissions, ns */
	uint64_t frame_no : 40;  /* latest transmission */
	uint64_t ip_id : 16;     /* the same */
	uint64_t ttl : 8;
	uint32_t s, e;        /* half-open; SYN and FIN count */
	uint32_t tsval;       /* latest transmission */
	uint32_t ack;         /* raw ACK field of the first transmission */
	uint32_t hash;        /* sent_hash() of the first transmission */
	uint32_t hashed : 19; /* payload bytes that hash covers, from s on */
	uint32_t tx : 2;      /* transmissions seen, at most SENT_OFTEN */
	uint32_t has_ts : 1, has_ip_id : 1;
	uint32_t has_ack : 1;
	uint32_t ts_changed : 1; /* the latest TSval is not the first one */
	uint32_t bad : 1;        /* wrong checksum: it never arrived (R1.17) */
	uint32_t sum_bad : 1;    /* wrong checksum, but it is taken for good */
	uint32_t sacked : 1;     /* wholly SACKed */
	uint32_t ambiguous : 1;  /* no RTT sample may be taken of it (R8.2) */
	uint32_t fin : 1;
	uint32_t whole : 1;         /* hash stands for exactly [s, e) */
	uint32_t resent : 1;        /* the latest transmission was a resend */
	uint8_t head[SEGMENT_HEAD]; /* the first of the hashed bytes */
};

#define SENT_OFTEN 3u
#define SENT_FRAMES (((uint64_t)1 << 40) - 1)
#define SENT_HASHED ((1u << 19) - 1) /* more than a packet has */

/* A payload's hash, folded: a match of other bytes is one in 2^32. */
static inline uint32_t
sent_hash(uint64_t payload_hash)
{
	return (uint32_t)(payload_hash ^ payload_hash >> 32);
}

/* e was transmitted once more. */
static inline void
sent_again(struct sent *e, uint64_t frame_no, int64_t t, uint32_t tsval)
{
	int32_t step = seq_diff(tsval, e->tsval);

	if (e->tx < SENT_OFTEN)
		e->tx = (e->tx + 1u) & SENT_OFTEN;
	if (step != 0)
		e->ts_changed = step > 0;
	e->t_last = t;
	e->frame_no = frame_no & SENT_FRAMES;
	e->tsval = tsval;
	e->ambiguous = true;
}

/*
 * A ring of entries. All of them lie within HISTORY_REACH below top, farther
 * than any window (RFC 7323 2.3); older ones are dropped.
 */
struct history {
	struct sent *v; /* owned; allocated on first use */
	uint64_t top;   /* no entry ends beyond it */
	uint32_t first; /* where the oldest entry stands */
	uint32_t n;     /* entries from there on */
	uint32_t acked; /* how many of them lie below una */
	uint32_t cap, max;
	bool truncated; /* entries were dropped for want of room (R1.33) */
};

#define HISTORY_REACH ((uint64_t)1 << 31)

void history_init(struct history *h, uint32_t max);
void history_fini(struct history *h);

static inline struct sent *
history_at(const struct history *h, uint32_t i)
{
	uint32_t at = h->first + i;

	return &h->v[at < h->cap ? at : at - h->cap];
}

/* Stream offsets of an entry of h, or of a copy of one. */
static inline uint64_t
history_start(const struct history *h, const struct sent *e)
{
	return h->top - (uint32_t)((uint32_t)h->top - e->s);
}

static inline uint64_t
history_end(const struct history *h, const struct sent *e)
{
	return h->top - (uint32_t)((uint32_t)h->top - e->e);
}

/* Index of the first entry with e > seq; n when there is none. */
uint32_t history_find(const struct history *h, uint64_t seq);

/*
 * Room for [s, e) behind all entries, of which everything but the borders is
 * the caller's to set; NULL when memory ran out.
 */
struct sent *history_append(struct history *h, uint64_t s, uint64_t e);

/*
 * Insert [s, e) with the facts of *facts, whose borders are ignored; it must
 * not overlap an entry. Returns the entry (borrowed until the next change), or
 * NULL when memory ran out or it lies out of reach.
 */
struct sent *history_insert(
    struct history *h, uint64_t s, uint64_t e, const struct sent *facts);

/*
 * Split entries so that s and e are borders. Ranges keep their facts. False
 * when memory ran out.
 */
bool history_split(struct history *h, uint64_t s, uint64_t e);

/* No more room than its entries take, which begin at v. */
void history_tighten(struct history *h);

/*
 * Write entries as what could not be expected after the one before, so that
 * those of an even stream are much the same (squeeze.h), and undo it. Nothing
 * else may be done with h in between.
 */
void history_fold(struct history *h);
void history_unfold(struct history *h);

/* Forget all entries. */
void history_clear(struct history *h);

/* Forget those of the acknowledged entries that lie below the tail. */
void history_shorten(struct history *h);

/* The first n entries are acknowledged: keep a tail of them only. */
static inline void
history_acked(struct history *h, uint32_t n)
{
	h->acked = n;
	if (n > HISTORY_TAIL)
		history_shorten(h);
}

#endif
