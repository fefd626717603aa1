/*
 * clock.c - the tick of a TSval clock and what it says about sending times.
 */
#include "engine/clock.h"

#include <stddef.h>

#include "base/constants.h"
#include "base/seq.h"

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

/*
 * The tick behind so many steps in the time elapsed, or 0. Queues on the way
 * stretch or shrink that time by up to jitter; among the ticks that fit the
 * usual one wins, else the measured value must lie within 25% of one.
 */
static int64_t
clock_snap(int64_t elapsed, int64_t steps, int64_t jitter)
{
	int64_t measured;
	size_t i;

	if (clock_is_usual(elapsed, steps, jitter))
		return CLOCK_USUAL;
	measured = elapsed / steps;
	for (i = 0; i < sizeof(clock_ticks) / sizeof(clock_ticks[0]); i++) {
		int64_t quarter = clock_ticks[i] / 4;

		if (measured >= clock_ticks[i] - quarter &&
		    measured <= clock_ticks[i] + quarter)
			return clock_ticks[i];
	}
	return 0;
}

static void
clock_lower(int64_t *offset, int64_t t)
{
	if (t < *offset)
		*offset = t;
}

void
clock_observe(struct sender_clock *c, uint32_t tsval, int64_t t, int64_t jitter)
{
	int64_t steps, elapsed, tick;

	if (!c->started) {
		c->started = true;
		c->tsval0 = tsval;
		c->t0 = c->offset = c->offset_usual = t;
		return;
	}
	steps = seq_diff(tsval, c->tsval0);
	elapsed = t - c->t0;
	clock_lower(&c->offset_usual, t - steps * CLOCK_USUAL);
	if (steps > 0 && clock_measures(c, t)) {
		tick = clock_snap(elapsed, steps, jitter);
		c->measured_over = elapsed;
		if (tick != c->tick) {
			c->tick = tick;
			c->offset =
			    tick == CLOCK_USUAL ? c->offset_usual : c->t0;
		}
	}
	if (c->tick != 0)
		clock_lower(&c->offset, t - steps * c->tick);
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

int64_t
clock_echo_age(const struct sender_clock *c, uint32_t tsecr, int64_t t)
{
	int64_t tick = c->tick != 0 ? c->tick : CLOCK_USUAL;
	int64_t offset = c->tick != 0 ? c->offset : c->offset_usual;
	int64_t sent;

	if (!c->started)
		return 0;
	sent = offset + seq_diff(tsecr, c->tsval0) * tick;
	return sent < t ? t - sent : 0;
}
