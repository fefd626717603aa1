/*
 * brief.h - what counts and lists need of a connection that is still parked,
 * without running its segments through the pipeline.
 */
#ifndef TCPCONN_BRIEF_H
#define TCPCONN_BRIEF_H

#include "engine/flow.h"

/*
 * Fill of r, which was zero or filled by this function before, what summaries
 * and rankings look at: who and when, bytes, outcome, close, verdict id and
 * severities, and no event but checksums that were not computed (R6.83). False
 * when that would take the whole pipeline. end_t is as for pipeline_finish().
 */
bool brief_take(const struct flow *f, int64_t end_t, struct conn_report *r);

/* The same of a connection that had to make room, if it was not over (R1.36). */
void brief_evict(struct conn_report *r);

#endif
