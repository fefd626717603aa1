/*
 * progress.h - a line on standard error that says how far reading is.
 */
#ifndef TCPCONN_PROGRESS_H
#define TCPCONN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "input/reader.h"

struct progress {
	FILE *err;             /* borrowed; NULL: no progress */
	bool terminal;         /* rewrite one line instead of adding lines */
	bool shown;            /* a line stands on the terminal */
	uint64_t input_bytes;  /* of all inputs; 0: unknown */
	uint64_t record_bytes; /* of the header of a packet in the file */
	int64_t begin_ns, next_ns; /* monotonic */
};

/* Number of packets between two calls of progress_update(); power of two. */
#define PROGRESS_PACKETS 4096

void progress_init(
    struct progress *p, FILE *err, bool terminal, const struct reader *r);
/* So many packets were read, with so many captured bytes. */
void progress_update(struct progress *p, uint64_t packets, uint64_t bytes);
/* The end: clear a terminal's line, or add a last one. */
void progress_fini(struct progress *p, uint64_t packets);

#endif
