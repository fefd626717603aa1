/*
 * handshake.h - the opening of a connection: steps, timing, outcome
 * (RULEBOOK sections 4 and 5).
 */
#ifndef TCPCONN_HANDSHAKE_H
#define TCPCONN_HANDSHAKE_H

#include "engine/conn.h"

/* Samples that a half needs before its minimum is trusted (R5.8). */
#define TAP_SAMPLES 5

/* Fast open of the SYN (R3.63), value of handshake.tfo. */
enum tfo_state {
	TFO_NONE,
	TFO_REQUESTED,
	TFO_SENT, /* cookie and data, no answer yet */
	TFO_ACCEPTED,
	TFO_REJECTED,
	TFO_NO_COOKIE,
};

/*
 * A SYN or SYN-ACK that repeats an earlier one: raises R6.16 and returns
 * true. Part of the sequence class.
 */
bool handshake_repeat(struct conn *c, struct obs *o);

/*
 * R3.16: a bare ACK of another number answers a SYN: its sender still holds
 * an older connection. Raises R6.61 and returns true; nothing else of o may
 * be used, its numbers belong to that connection.
 */
bool handshake_stale_answer(struct conn *c, struct obs *o);

/* Every segment until both sides are open, and what later ones prove. */
void handshake_segment(struct conn *c, struct obs *o);

/* The connection ends: causes that only silence shows (R8.39). */
void handshake_finish(struct conn *c);

/*
 * R5.8: whether a SYN that was answered within half (ns) had a nearer
 * receiver than data, of which so many samples took data_min at least.
 */
bool handshake_is_proxied(int64_t half, uint64_t samples, int64_t data_min);

/* Outcome of the open (R5.10 to R5.21). */
enum outcome handshake_outcome(const struct conn *c);

/* Fill the report's part; the tap's position needs the whole connection. */
void handshake_report(const struct conn *c, struct handshake_report *r);

#endif
