/*
 * traffic.h - made traffic of several kinds, the same in every run.
 *
 * Senders and receivers are simple but honest: a receiver acknowledges every
 * second segment, answers holes with duplicate ACKs and SACK blocks (RFC
 * 2018), a needless resend with a DSACK (RFC 2883); a sender repeats what is
 * missing after three duplicate ACKs, or else after its timer. The tap is on
 * the way between them.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include "capture.h"

struct traffic_kind;

/* The kind of this name; NULL: there is none. */
const struct traffic_kind *traffic_kind(const char *name);

/* The name of kind i, counted from 0; NULL past the last. */
const char *traffic_kind_name(unsigned i);

/* Whether connections of this kind go on until enough packets are written. */
bool traffic_is_endless(const struct traffic_kind *k);

/*
 * Write connections of kind k to out. No exchange begins in an endless kind
 * once packets are written; other kinds do not look at packets. False when
 * there is no memory.
 */
bool traffic_write(const struct traffic_kind *k, uint32_t connections,
    uint64_t packets, struct capture *out);

#endif
