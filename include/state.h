/*
 * state.h - the validating state machine of both endpoints (RULEBOOK 3).
 *
 * Transitions are rows of a table in state.c, each with its rule. Own
 * segments make facts; received ones make presumptions, which later segments
 * prove (R3.1) or undo (R3.60).
 */
#ifndef TCPCONN_STATE_H
#define TCPCONN_STATE_H

#include "conn.h"

/* Run o through both endpoints: its sender first, then its receiver. */
void state_segment(struct conn *c, struct obs *o);

/* How an RST of o->x stands to what its peer accepts (R3.50 to R3.54). */
enum rst_class {
	RST_EXACT,     /* at the peer's RCV.NXT */
	RST_PROBABLE,  /* where RCV.NXT can be hidden */
	RST_IN_WINDOW, /* needs a challenge ACK (RFC 5961 3) */
	RST_OUTSIDE,
	RST_ANSWERS_SYN, /* acceptable in SYN-SENT (R3.20) */
	RST_BAD_ANSWER,  /* in SYN-SENT without an acceptable ACK (R3.21) */
};

enum rst_class state_rst_class(const struct conn *c, const struct obs *o);

/* Undo a reset that x did not send (R3.60). */
void state_revive(struct conn *c, enum side x, const struct obs *o);

/* Whether x's present state is presumed. */
static inline bool
state_presumed(const struct endpoint *x)
{
	return x->presumed_n > 0 || x->state == STATE_MID;
}

#endif
