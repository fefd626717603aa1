/*
 * copy.h - packets that stand in the capture twice (R1.11, R8.15).
 */
#ifndef TCPCONN_COPY_H
#define TCPCONN_COPY_H

#include "engine/conn.h"

/*
 * Whether o repeats an earlier packet of its sender bit for bit; raises
 * R6.9 or R6.20 if so. Otherwise remembers it. To be called before any
 * other analysis; o needs s, e, t and seg only.
 */
bool copy_check(struct conn *c, struct obs *o);

/* Remember a segment of x that cannot be a copy. */
void copy_note(struct conn *c, enum side x, const struct segment *seg);

/* Decide a pending copy of x when its time is up. */
void copy_expire(struct conn *c, enum side x, struct pending_resend *p);

#endif
