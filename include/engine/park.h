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

#include "base/blocks.h"
#include "engine/jot.h"
#include "words/segment.h"

struct conn;

/* How far a parked connection has come; decides its timeout (R2.14). */
enum park_stage {
	PARK_SYN,
	PARK_SYN_ACK,
	PARK_OPEN,
	PARK_CLOSED /* both FINs are acknowledged */
};

struct park; /* the segments after the first, in blocks of a pool */
struct part;

struct packed; /* pack.h */

/* One connection: parked, or live. */
struct parked {
	union {
		struct conn *conn;     /* owned; when live */
		struct packed *packed; /* owned; when live but packed */
		struct park *more;     /* owned; NULL as long as there is one */
	} u;
	struct jot_syn first;
	bool live, packed;
};

/* Whether a connection that begins with seg may be parked: a bare SYN. */
bool park_may_begin(const struct segment *seg);
void park_begin(struct parked *p, const struct segment *seg);

/* Note the next segment. False: it cannot be parked, nor what follows it. */
bool park_add(struct parked *p, const struct segment *seg, struct blocks *pool);

/*
 * The segments of p, one after the other, without their payload, which nothing
 * parked needs. p does not change meanwhile.
 */
struct park_reader {
	struct segment seg;      /* the one where the reader is */
	const struct part *part; /* of park.c, where p is */
	const uint8_t *p;
	struct jot_context at;
};

/* At the first. */
void park_read(
    struct park_reader *r, const struct parked *p, const struct flow_key *key);
/* At the next; false: there is none, and r stays where it is. */
bool park_next(struct park_reader *r);

/*
 * p will be looked at soon, then added to, or read whole: bring near what that
 * needs.
 */
void park_expect(const struct parked *p);
void park_expect_next(const struct parked *p);
void park_expect_all(const struct parked *p);

int64_t park_last_t(const struct parked *p);
/* SND.NXT of dir, raw; of connections that are more than a SYN. */
uint32_t park_sent(const struct parked *p, unsigned dir);
enum park_stage park_stage(const struct parked *p);

/* Forget the segments of a parked connection. */
void park_fini(struct parked *p, struct blocks *pool);

#endif
