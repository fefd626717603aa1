/*
 * limited_play.h - scenarios with one bound set (limits.def).
 */
#ifndef TCPCONN_LIMITED_PLAY_H
#define TCPCONN_LIMITED_PLAY_H

#include "base/limits.h"
#include "support/scenario.h"

/* Fails the test when there is none. */
const struct limit_row *limit_row_named(const char *name);

/*
 * Begin a capture with the defaults, or with one of them set to v. name NULL:
 * the defaults. l must live as long as p does.
 */
void
play_limited(struct play *p, struct limits *l, const char *name, uint64_t v);

/* Frames 1 to 3 of a connection, at t ms; round trip 20 ms. */
void play_opening(struct play *p, unsigned t, unsigned port);

#define PLAY_PORT 43210 /* the client's, where a row names none */

#endif
