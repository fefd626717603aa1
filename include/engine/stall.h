/*
 * stall.h - progress, stalls and who made the connection wait (R1.31, R6.95,
 * R6.96, R8.40), think times (R5.6).
 */
#ifndef TCPCONN_STALL_H
#define TCPCONN_STALL_H

#include "base/constants.h"
#include "engine/conn.h"

/* R6.96: a peer that thinks is worth a note from here on. */
#define STALL_THINK_MIN NS_PER_S
/*
 * R6.95: the shortest delayed-ACK timer of common kernels (Linux
 * TCP_DELACK_MIN). Once is chance, twice may be; a habit shows three times.
 */
#define DELAYED_ACK_MIN (40 * NS_PER_MS)
#define NAGLE_TIMES 3

/*
 * After all other steps: did o make progress, and how long did it take? Then
 * stall_settle() is due before anything changes what holds at that progress.
 */
void stall_segment(struct conn *c, struct obs *o);

/* Note what holds at the latest progress, unless that has been done. */
void stall_settle(struct conn *c);

/*
 * The same before a segment at t that makes progress: where it ends no stall,
 * nobody will ask.
 */
static inline void
stall_expect(struct conn *c, int64_t t)
{
	if (t - c->stall.t >= K_STALL)
		stall_settle(c);
}

/* A stall that is still open at the end. */
void stall_finish(struct conn *c, int64_t end_t);

#endif
