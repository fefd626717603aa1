/*
 * feed.h - packets read and decoded, some at a time: by the caller, or ahead
 * of it by a second thread. What comes, and in which order, is the same.
 */
#ifndef TCPCONN_FEED_H
#define TCPCONN_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "input/decode.h"
#include "input/reader.h"
#include "input/reorder.h"
#include "program/option_values.h"
#include "words/segment.h"

struct feed_options {
	struct reader *reader;      /* borrowed; not to be touched meanwhile */
	struct reorder *reorder;    /* borrowed; NULL: packets as they come */
	struct decoder *decoder;    /* borrowed, likewise */
	struct time_bound from, to; /* --from, --to */
	bool ahead;                 /* a thread of its own reads and decodes */
	/*
	 * Called for each packet that is decoded, before that, and with the
	 * frames of each segment that came in several; NULL: nobody listens.
	 * The thread that reads calls them.
	 */
	void (*on_packet)(void *arg, const struct packet *p);
	void (*on_fragments)(void *arg, const struct segment *seg,
	    const uint64_t *frames, unsigned n);
	void *arg;
};

/* What became of one packet. */
struct feed_item {
	int verdict; /* as decode_packet() */
	uint32_t cap_len;
	uint64_t frame_no;
	union {
		struct segment seg;     /* verdict DECODE_OK */
		struct icmp_error icmp; /* verdict DECODE_ICMP */
	} u;
};

#define FEED_BATCH 64

struct feed; /* owned by its creator */

/* NULL when memory or threads ran out. */
struct feed *feed_new(const struct feed_options *o);

/*
 * The next packets in order, n of them (at most FEED_BATCH), borrowed until
 * the next call; NULL at the end.
 */
const struct feed_item *feed_next(struct feed *f, unsigned *n);

/* Read no more; what was read already still comes. */
void feed_stop(struct feed *f);

/* Stop reading; afterwards reader and decoder are the caller's again. */
void feed_free(struct feed *f);

#endif
