/*
 * acks.h - what a segment's ACK field and SACK blocks say of its peer's
 * bytes (R1.20, R1.29, R1.30, group G2 of section 6).
 */
#ifndef TCPCONN_ACKS_H
#define TCPCONN_ACKS_H

#include "engine/conn.h"

/* The ACK side of o, before its sequence side. */
void acks_process(struct conn *c, struct obs *o);

/* The part of it that moves y's una to a byte of y's that was sent. */
void acks_advance(struct conn *c, struct obs *o, uint64_t to);

/*
 * G2 events that depend on the whole segment: duplicate ACKs, window updates,
 * answers to probes. After acks_process(), before the window is updated.
 */
void acks_classify(struct conn *c, struct obs *o);

/* Hand what o tells y to what y will know (R1.42). */
void acks_feed(struct conn *c, const struct obs *o);

/* x sent new data at s: settle what an ACK ahead of it claimed (R6.30). */
void acks_check_ahead(struct conn *c, struct obs *o);

/* The connection ends: what is left of an ACK ahead of x's bytes. */
void acks_finish(struct conn *c, enum side x);

#endif
