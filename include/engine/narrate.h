/*
 * narrate.h - what a picture of a connection needs to know of each segment.
 */
#ifndef TCPCONN_NARRATE_H
#define TCPCONN_NARRATE_H

#include "engine/conn.h"

/* How a segment went through the pipeline. */
enum narrated {
	NARRATED_PLACED,   /* its numbers are known */
	NARRATED_UNPLACED, /* its header or numbers could not be used */
	NARRATED_COPY,
	NARRATED_PENDED,
};

/* Note the segment of o in c->trace, which must not be NULL. */
void narrate_segment(struct conn *c, const struct obs *o, enum narrated how);

/*
 * Hand the trace over, marked by the n events of the report; NULL where none
 * was kept.
 */
struct trace *
narrate_take(struct conn *c, const struct event *event, uint32_t n);

#endif
