/*
 * teardown.h - the end of a connection (RULEBOOK section 7).
 */
#ifndef TCPCONN_TEARDOWN_H
#define TCPCONN_TEARDOWN_H

#include "engine/conn.h"

/* FINs, their ACKs and TIME-WAIT; after the state machine. */
void teardown_segment(struct conn *c, struct obs *o);

/* Events that only the end shows: R6.70. */
void teardown_finish(struct conn *c, int64_t end_t);

void
teardown_report(const struct conn *c, int64_t end_t, struct teardown_report *r);

/* R7.9: what an open connection with its latest segment at last_t is. */
enum close_outcome teardown_open_at_end(int64_t last_t, int64_t end_t);

/* Whether both directions are closed: the record may linger and end. */
bool teardown_done(const struct conn *c);

/* A SYN reuses the tuple at t: how long after TIME-WAIT began (R3.64). */
void teardown_reused(struct conn *c, int64_t t);

/* Record the step of an accepted RST. */
void teardown_rst_step(struct conn *c, const struct obs *o);

#endif
