/*
 * pmtu.h - full-sized segments that vanish while small ones pass (R6.94).
 */
#ifndef TCPCONN_PMTU_H
#define TCPCONN_PMTU_H

#include "engine/conn.h"

/* o resends a range of len bytes by its timer. */
void pmtu_timer(struct conn *c, struct obs *o);

/* o resends only a part of what was one segment of was bytes. */
void pmtu_smaller(struct conn *c, struct obs *o, uint64_t was);

/* The ACK of o moved una of its peer: did the smaller size get through? */
void pmtu_acked(struct conn *c, struct obs *o);

#endif
