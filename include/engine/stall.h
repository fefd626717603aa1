/*
 * stall.h - progress, stalls and who made the connection wait (R1.31, R6.95,
 * R6.96, R8.40), think times (R5.6).
 */
#ifndef TCPCONN_STALL_H
#define TCPCONN_STALL_H

#include "base/constants.h"
#include "engine/conn.h"

/* R6.96: a peer that thinks is worth a note from here on. */
#define STALL_THINK_MIN NS_PER_S

/* After all other steps: did o make progress, and how long did it take? */
void stall_segment(struct conn *c, struct obs *o);

/* A stall that is still open at the end. */
void stall_finish(struct conn *c, int64_t end_t);

#endif
