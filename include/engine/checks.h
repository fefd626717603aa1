/*
 * checks.h - what one segment's header says against the rules: flags,
 * options, sizes, checksums, time stamps (R6.3, R6.4, R6.62 to R6.67, R6.72
 * to R6.75, R6.80 to R6.89).
 */
#ifndef TCPCONN_CHECKS_H
#define TCPCONN_CHECKS_H

#include "engine/conn.h"

/* Header that needs no context. False: its flags make it meaningless. */
bool checks_header(struct conn *c, struct obs *o);

/*
 * Verify what the checksum says (R6.83). Sets o->bad when the segment never
 * reached its receiver; false: it must be ignored altogether.
 */
bool checks_checksum(struct conn *c, struct obs *o);

/* Options and sizes against what was negotiated; before they are learned. */
void checks_negotiated(struct conn *c, struct obs *o);

/*
 * The wrong checksums of x prove nothing (R6.83): its peer took a segment that
 * had one, or all of them are wrong. Takes their events back. o is the present
 * segment, NULL at the end.
 */
void checks_sum_taken(struct conn *c, enum side x, const struct obs *o);

/*
 * The peer of x acknowledged data whose time stamps seemed too old: PAWS did
 * not drop it (R6.72), so what came before was another clock's.
 */
void checks_clock_taken(struct conn *c, struct endpoint *x);

/* Whether R6.74 has been said of x and its echoes mean nothing. */
bool checks_echo_known_bad(const struct endpoint *x);

/* Whether check_size() has nothing new to say of a seg above the MSS of x. */
bool checks_size_known(const struct endpoint *x, const struct segment *seg);

/* The connection ends: was not one checksum of x right? */
void checks_finish(struct conn *c, enum side x);

#endif
