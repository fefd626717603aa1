/*
 * clock.c - the tick of a TSval clock and what it says about sending times.
 */
#include "clock.h"

#include <stddef.h>

#include "constants.h"
#include "seq.h"

/* Shortest stretch that a tick may be measured over (R1.43). */
#define CLOCK_BASELINE (50 * NS_PER_MS)

/* Ticks that kernels use, ns. */
static const int64_t clock_ticks[] = {
    1 * NS_PER_US,
    1 * NS_PER_MS,
    2 * NS_PER_MS,
    4 * NS_PER_MS,
    5 * NS_PER_MS,
    10 * NS_PER_MS,
    100 * NS_PER_MS,
};

/* The tick within 25% of the measured one, or 0. */
static int64_t
clock_snap(int64_t measured)
{
	size_t i;

	for (i = 0; i < sizeof(clock_ticks) / sizeof(clock_ticks[0]); i++) {
		int64_t quarter = clock_ticks[i] / 4;

		if (measured >= clock_ticks[i] - quarter &&
		    measured <= clock_ticks[i] + quarter)
			return clock_ticks[i];
	}
	return 0;
}

void
clock_observe(struct sender_clock *c, uint32_t tsval, int64_t t)
{
	int32_t steps;
	int64_t elapsed;

	if (!c->started) {
		c->started = true;
		c->tsval0 = tsval;
		c->t0 = t;
		return;
	}
	steps = seq_diff(tsval, c->tsval0);
	elapsed = t - c->t0;
	/* a longer baseline corrects a tick that delays had falsified */
	if (steps > 0 && elapsed >= CLOCK_BASELINE &&
	    elapsed >= 2 * c->measured_over) {
		int64_t tick = clock_snap(elapsed / steps);

		c->measured_over = elapsed;
		if (tick != c->tick) {
			c->tick = tick;
			c->offset = c->t0;
		}
	}
	if (c->tick != 0 && t - steps * c->tick < c->offset)
		c->offset = t - steps * c->tick;
}

int64_t
clock_sent_at(const struct sender_clock *c, uint32_t tsval, int64_t t)
{
	int64_t sent;

	if (c->tick == 0)
		return t;
	sent = c->offset + seq_diff(tsval, c->tsval0) * c->tick;
	return sent < t ? sent : t;
}
