/*
 * park.h - connections kept as their segments for as long as these are few
 * and in order.
 *
 * Most connections of a busy capture are short and healthy, or a lone SYN.
 * Their segments are noted in little memory and run through the pipeline
 * together when the connection ends, or when something comes that is not in
 * order: with the same result, for the pipeline sees the same segments.
 */
#ifndef TCPCONN_PARK_H
#define TCPCONN_PARK_H

#include <stdbool.h>
#include <stdint.h>

#include "words/segment.h"

struct conn;

/* What the pipeline needs of one parked segment, its payload aside. */
struct jot {
	uint32_t ts[2];      /* ts_ns */
	uint32_t content[2]; /* payload_hash, or the options of a SYN */
	uint32_t frame;      /* low half of the frame number */
	uint32_t seq, ack, tsval, tsecr, header_hash;
	uint16_t len, wnd, ip_id;
	uint8_t flags;
	uint8_t bits; /* JOT_ bits, in park.c */
	uint8_t ttl;
	uint8_t headers; /* words of the IP and the TCP header, 4 bits each */
};

/* How far a parked connection has come; decides its timeout (R2.14). */
enum park_stage {
	PARK_SYN,
	PARK_SYN_ACK,
	PARK_OPEN,
	PARK_CLOSED /* both FINs are acknowledged */
};

struct park; /* the segments after the first */

/* One connection: parked, or live. */
struct parked {
	union {
		struct conn *conn; /* owned; when live */
		struct park *more; /* owned; NULL as long as there is one */
	} u;
	bool live;
	uint16_t frame_high; /* bits 32 to 47 of the first frame number */
	struct jot first;
};

/* Segments that a connection may have while it is parked. */
#define PARK_SEGMENTS 12

/* Whether a connection that begins with seg may be parked: a bare SYN. */
bool park_may_begin(const struct segment *seg);
void park_begin(struct parked *p, const struct segment *seg);

/* Note the next segment. False: it cannot be parked, nor what follows it. */
bool park_add(struct parked *p, const struct segment *seg);

unsigned park_count(const struct parked *p);
/* The i-th segment, without its payload, which nothing parked needs. */
void park_get(const struct parked *p, unsigned i, const struct flow_key *key,
    struct segment *seg);

/*
 * p will be looked at soon, then added to, or read whole: bring near what that
 * needs.
 */
void park_expect(const struct parked *p);
void park_expect_next(const struct parked *p);
void park_expect_all(const struct parked *p);

int64_t park_last_t(const struct parked *p);
enum park_stage park_stage(const struct parked *p);

/* Forget the segments of a parked connection. */
void park_fini(struct parked *p);

#endif
