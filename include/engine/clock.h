/*
 * clock.h - a sender's own clock, read from its TCP time stamps (R1.43).
 */
#ifndef TCPCONN_CLOCK_H
#define TCPCONN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/seq.h"

/* What nearly all kernels use, ns: taken wherever the capture allows it. */
#define CLOCK_USUAL ((int64_t)1000000)
/* Shortest stretch that a tick may be measured over (R1.43). */
#define CLOCK_BASELINE (50 * CLOCK_USUAL)
/* From here on a tick is measured anew only when the stretch has doubled. */
#define CLOCK_SURE (1000 * CLOCK_USUAL)

struct sender_clock {
	bool started;
	uint32_t tsval0; /* first TSval and its capture time */
	int64_t t0;
	int64_t tick;          /* ns per TSval step; 0: unknown */
	int64_t measured_over; /* capture time behind tick */
	int64_t offset;       /* smallest t - TSval * tick, TSval from tsval0 */
	int64_t offset_usual; /* the same, were the tick the usual one */
};

/*
 * A segment of the sender with this TSval passed the tap at t. jitter: how
 * much the delay between the two is known to vary, ns.
 */
void clock_observe(
    struct sender_clock *c, uint32_t tsval, int64_t t, int64_t jitter);

/*
 * Whether clock_observe() will measure the tick at t: anew as the baseline
 * grows, or never again until it has doubled.
 */
static inline bool
clock_measures(const struct sender_clock *c, int64_t t)
{
	int64_t elapsed = t - c->t0;

	return elapsed >= CLOCK_BASELINE &&
	       (c->measured_over < CLOCK_SURE ||
		   elapsed >= 2 * c->measured_over);
}

/* Whether the usual tick is behind so many steps in the time elapsed. */
static inline bool
clock_is_usual(int64_t elapsed, int64_t steps, int64_t jitter)
{
	return elapsed - jitter <= (steps + 1) * CLOCK_USUAL &&
	       elapsed + jitter >= (steps - 1) * CLOCK_USUAL;
}

/* Whether clock_observe() will do with 0 for the jitter: it is not asked. */
static inline bool
clock_needs_no_jitter(const struct sender_clock *c, uint32_t tsval, int64_t t)
{
	return !clock_measures(c, t) ||
	       clock_is_usual(t - c->t0, seq_diff(tsval, c->tsval0), 0);
}

/*
 * When the segment left its sender, on the tap's time axis: never later than
 * t; t itself when the clock is unknown.
 */
int64_t clock_sent_at(const struct sender_clock *c, uint32_t tsval, int64_t t);

/*
 * How long before t the peer, whose clock this is, sent the TSval that is
 * echoed at t: a bound on how long the echo can have been on its way. 0 when
 * its clock is unknown.
 */
int64_t clock_echo_age(const struct sender_clock *c, uint32_t tsecr, int64_t t);

#endif
