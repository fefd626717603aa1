/*
 * reset.h - RST segments: valid, blind, forged, late (R6.50 to R6.56).
 */
#ifndef TCPCONN_RESET_H
#define TCPCONN_RESET_H

#include "conn.h"

/* o is an RST: raise its event; before the state machine sees it. */
void reset_segment(struct conn *c, struct obs *o);

/* o is no RST, but its sender "sent" one: did it really (R6.54)? */
void reset_lives_on(struct conn *c, struct obs *o);

#endif
