/*
 * reset.h - RST segments: valid, blind, forged, late (R6.50 to R6.56).
 */
#ifndef TCPCONN_RESET_H
#define TCPCONN_RESET_H

#include "engine/conn.h"

/* How an RST of o->x stands to what its peer accepts (R3.50 to R3.54). */
enum rst_class {
	RST_EXACT,     /* at the peer's RCV.NXT */
	RST_PROBABLE,  /* where RCV.NXT can be hidden */
	RST_IN_WINDOW, /* needs a challenge ACK (RFC 5961 3) */
	RST_OUTSIDE,
	RST_ANSWERS_SYN, /* acceptable in SYN-SENT (R3.20) */
	RST_BAD_ANSWER,  /* in SYN-SENT without an acceptable ACK (R3.21) */
};

enum rst_class reset_class(const struct conn *c, const struct obs *o);

/* o is an RST: raise its event; before the state machine sees it. */
void reset_segment(struct conn *c, struct obs *o);

/* o is no RST, but its sender "sent" one: did it really (R6.54)? */
void reset_lives_on(struct conn *c, struct obs *o);

#endif
