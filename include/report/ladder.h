/*
 * ladder.h - a connection as a sequence diagram: which of its segments make a
 * line of their own, and which are folded.
 */
#ifndef TCPCONN_LADDER_H
#define TCPCONN_LADDER_H

#include "model/report.h"

/* One segment, or events whose frame is no segment of the trace. */
struct rung {
	const struct trace_segment *segment; /* borrowed; NULL: events only */
	uint32_t event, events_n;            /* in r->event */
	uint64_t
	    resent_in;    /* it was lost: the frame that sent it again, or 0 */
	int64_t quiet_ns; /* nothing was seen so long before it, 0: not long */
	bool shown;
};

struct ladder {
	struct rung *v; /* owned; in the order of the capture */
	size_t n;
};

/*
 * Shown are the first and the last segment, SYNs, FINs and RSTs, the first
 * data of each side, closed windows, the ends of long pauses, transitions of
 * states, events from note on and the first few of each other kind, and what
 * stands next to them. False when memory ran out. r must have a trace.
 */
bool ladder_init(struct ladder *l, const struct conn_report *r);
void ladder_fini(struct ladder *l);

#endif
