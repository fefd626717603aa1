/*
 * jot.h - one segment in few bytes: what differs from what is to be expected
 * after those before it. Jots are read in the order in which they were written.
 */
#ifndef TCPCONN_JOT_H
#define TCPCONN_JOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words/segment.h"

/* The first segment of a connection, a SYN: what there is of it to know. */
struct jot_syn {
	int64_t ts_ns;
	uint32_t seq, ack, tsval, tsecr, header_hash;
	uint32_t frame_low;
	uint16_t frame_high;
	uint16_t wnd, ip_id, mss;
	uint8_t options; /* OPT_ bits of a SYN */
	uint8_t wscale;
	uint8_t flags, dir;
	uint8_t bits, ttl, headers; /* as in struct jot_lane */
};

/* The latest of one direction. */
struct jot_lane {
	uint32_t next;  /* SND.NXT, raw */
	uint32_t acked; /* its ACK field, raw */
	uint32_t tsval;
	uint16_t wnd, ip_id;
	uint8_t bits;    /* JOT_ bits, in jot.c */
	uint8_t headers; /* words of the IP and the TCP header, 4 bits each */
	uint8_t ttl;
};

/* What the next jot builds on. */
struct jot_context {
	int64_t ts_ns;
	uint64_t frame_no;
	struct jot_lane lane[2]; /* by dir */
};

/* No jot is longer. */
#define JOT_MAX 88

/* Whether seg is so usual that a jot can note all of it but the payload. */
bool jot_fits(const struct segment *seg);

/* Whether time and frame numbers go on. */
bool jot_follows(const struct jot_context *after, const struct segment *seg);

/*
 * To and fro. The key is not noted; what is never set in a segment that fits
 * is left as it is.
 */
void jot_syn_note(struct jot_syn *j, const struct segment *seg);
void jot_syn_get(const struct jot_syn *j, struct segment *seg);

/* The context after the first segment. */
void jot_begin(struct jot_context *x, const struct segment *syn);

/*
 * The jot of seg, which fits and follows, and begins where its sender was
 * unless it is a SYN. Returns its length; x is then the context after it.
 */
size_t jot_write(
    struct jot_context *x, const struct segment *seg, uint8_t out[JOT_MAX]);

/*
 * Back into a segment that jot_syn_get() or this function filled before.
 * Returns the end of the jot; x is then the context after it. p is what
 * jot_write() wrote in the same context.
 */
const uint8_t *
jot_read(struct jot_context *x, const uint8_t *p, struct segment *seg);

#endif
