/*
 * state.h - the validating state machine of both endpoints (RULEBOOK 3).
 *
 * Transitions are rows of a table in state.c, each with its rule. Own
 * segments make facts; received ones make presumptions, which later segments
 * prove (R3.1) or undo (R3.60).
 */
#ifndef TCPCONN_STATE_H
#define TCPCONN_STATE_H

#include "engine/conn.h"

/* Run o through both endpoints: its sender first, then its receiver. */
void state_segment(struct conn *c, struct obs *o);

/* Undo a reset that x did not send (R3.60). */
void state_revive(struct conn *c, enum side x, const struct obs *o);

/* Whether x's present state is presumed. */
static inline bool
state_presumed(const struct endpoint *x)
{
	return x->presumed_n > 0 || x->state == STATE_MID;
}

#endif
