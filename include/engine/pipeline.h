/*
 * pipeline.h - the steps that each segment of a connection takes.
 */
#ifndef TCPCONN_PIPELINE_H
#define TCPCONN_PIPELINE_H

#include "engine/conn.h"

/* Run one segment of this connection through the pipeline (R1.39). */
void pipeline_segment(struct conn *c, const struct segment *seg);

/* A SYN that may start another connection waits (R2.10, R2.11). */
void
pipeline_pend_syn(struct conn *c, const struct segment *seg, bool tw_unsafe);

/* A packet of c whose header cannot be used (R1.40). */
void pipeline_fault(struct conn *c, const struct segment *seg);

/* Raise what only the end shows; end_t is when the capture or record ended. */
void pipeline_finish(struct conn *c, int64_t end_t);

#endif
