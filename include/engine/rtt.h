/*
 * rtt.h - round trips as a tap sees them (RULEBOOK section 8, R8.1 to R8.7).
 *
 * One struct rtt belongs to the segments of one side X and measures the half
 * loop beyond the tap on Y's side: from X's segment passing the tap to the
 * segment of Y that proves its arrival.
 */
#ifndef TCPCONN_RTT_H
#define TCPCONN_RTT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/constants.h"
#include "base/tally.h"

/* No loop takes a day: of such a sample the clock was set meanwhile. */
#define RTT_MAX (86400 * NS_PER_S)

struct rtt {
	int64_t min, max;              /* ns; valid with has */
	int64_t last;                  /* latest sample */
	int64_t srtt;                  /* smoothed half, RFC 6298 */
	int64_t full_srtt;             /* smoothed whole loop as X sees it */
	int64_t full_rttvar;           /* its variation */
	int64_t data_min;              /* minimum over segments but SYNs */
	int64_t echo_min;              /* shortest time-stamp echo (R8.4) */
	uint32_t by_ack, by_timestamp; /* samples by method (R8.4) */
	uint32_t data_samples;
	bool has, has_full, has_echo;
	bool whole;         /* the full ones have both halves in them */
	struct tally *all;  /* owned; the distribution, allocated when needed */
	struct tally *sure; /* owned; samples that no delayed ACK bent (R8.3) */
	uint64_t sure_frame; /* the ACK of the longest of them */
};

void rtt_fini(struct rtt *r);

/*
 * Take a sample of this half. other is the opposite half of the same loop;
 * its minimum completes the loop for R8.6, and where that had no sample of this
 * half so far, this one completes it. A sample of more than a day is
 * left out, here and below: the clock of the capture was set meanwhile.
 */
void
rtt_sample(struct rtt *r, struct rtt *other, int64_t ns, bool by_timestamp);

/*
 * The latest sample, ended by frame_no, cannot be a delayed ACK's: two or more
 * segments were acknowledged, or it was SACKed (R8.3).
 */
void rtt_sample_sure(struct rtt *r, int64_t ns, uint64_t frame_no);

/* The echo of a time stamp shows a round trip (R8.4). */
void rtt_echo(struct rtt *r, int64_t ns);

/*
 * Minimum of this half, 0 when unknown (R8.7). A side that mostly sends ACKs
 * has few samples of its own, perhaps of a slow handshake only: the echo of
 * its time stamps is one too (R8.4).
 */
static inline int64_t
rtt_min(const struct rtt *r)
{
	if (r->has_echo && (!r->has || r->echo_min < r->min))
		return r->echo_min;
	return r->has ? r->min : 0;
}

/* How many samples were taken. */
static inline uint32_t
rtt_samples(const struct rtt *r)
{
	return r->by_ack + r->by_timestamp;
}

/* How much this half is known to vary, ns. */
static inline int64_t
rtt_jitter(const struct rtt *r)
{
	return r->has ? r->max - r->min : 0;
}

/* rto_est of R8.6 before any backoff, ns. */
int64_t rtt_rto(const struct rtt *r);

/* srtt of the whole loop for R8.21; K_RTO_INIT when unknown. */
int64_t rtt_full(const struct rtt *r);

/* rtt_full_min of R8.7; 0 when neither half is known. */
static inline int64_t
rtt_loop_min(const struct rtt *a, const struct rtt *b)
{
	return rtt_min(a) + rtt_min(b);
}

#endif
