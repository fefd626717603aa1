/*
 * checks.h - what one segment's header says against the rules: flags,
 * options, sizes, checksums, time stamps (R6.3, R6.4, R6.62 to R6.67, R6.72
 * to R6.75, R6.80 to R6.89).
 */
#ifndef TCPCONN_CHECKS_H
#define TCPCONN_CHECKS_H

#include "conn.h"

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
 * o acknowledges a segment of its peer whose checksum was wrong at the tap and
 * that was not sent again: the receiver got another one, so checksums at this
 * tap prove nothing of that side (R6.83). Takes its R6.83 events back.
 */
void checks_sum_taken(struct conn *c, struct obs *o);

#endif
