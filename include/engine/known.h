/*
 * known.h - what a sender X knew of Y's feedback when it sent (R1.42).
 *
 * A tap near Y sees Y's acknowledgements before X does. Each one waits here
 * until a segment of X shows that X has it.
 */
#ifndef TCPCONN_KNOWN_H
#define TCPCONN_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

/* Effects of Y's feedback on X, as of one segment of Y. */
struct feedback {
	uint64_t una;       /* cumulative ACK, X's space */
	uint64_t sack_high; /* highest SACKed right edge, 0: none */
	uint64_t plain_dup; /* una of the latest plain dup-ACK, 0: none */
	int64_t rack_t;     /* send time of the latest arrival shown, 0: none */
	int64_t progress_t; /* capture time of the latest progress, 0: none */
	uint32_t dup_cnt;
	uint32_t dsacks;
	uint32_t once_n; /* endpoint.once_n and undo_n */
	uint32_t undo_n;
};

struct feedback_wait {
	struct feedback fb;
	int64_t t; /* capture time of Y's segment */
	uint32_t tsval;
	bool by_ts; /* TSval tells when X has it, else the half path */
};

struct known {
	struct feedback now;        /* what X knows */
	struct feedback_wait *wait; /* owned; a ring; NULL when unused */
	uint32_t first;             /* where the oldest entry stands */
	uint32_t n, cap, max;
	bool ordered; /* none becomes known before one that is older */
};

void known_init(struct known *k, uint32_t max);
void known_fini(struct known *k);

/*
 * Y sent feedback w. Entries that become known together are merged: those of
 * one TSval, and where the way decides, those closer than merge_ns.
 */
void
known_push(struct known *k, const struct feedback_wait *w, int64_t merge_ns);

/*
 * X sent a segment at tx (R1.43) that echoes tsecr (if has_ts); min_half_x is
 * the shortest way from the tap to X and back. Afterwards k->now is what X
 * knew.
 */
void known_advance(struct known *k, int64_t tx, bool has_ts, uint32_t tsecr,
    int64_t min_half_x);

/* No more room than what waits takes, which begins at wait. */
void known_tighten(struct known *k);

/* The newest feedback that passed the tap, known or not. */
const struct feedback *known_latest(const struct known *k);

#endif
