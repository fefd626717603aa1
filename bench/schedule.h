/*
 * schedule.h - segments that were sent, in the order in which the tap sees
 * them.
 *
 * Connections plan segments ahead, each with its capture time; the schedule
 * gives them back by time, and those of one time as they were planned.
 */
#ifndef BENCH_SCHEDULE_H
#define BENCH_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture.h"

/* Planned: a frame, or only a turn of its connection. */
struct planned {
	struct frame frame;
	uint64_t order; /* schedule_add() sets it */
	bool turn;      /* not a frame: the connection goes on */
};

struct schedule {
	struct planned *heap; /* owned; the earliest first */
	size_t n;
	size_t room;
	uint64_t added;
};

/* Add p. False when there is no memory. */
bool schedule_add(struct schedule *s, const struct planned *p);

/* When the earliest is due, in nanoseconds; UINT64_MAX when none is left. */
uint64_t schedule_due(const struct schedule *s);

/* Take the earliest, which must exist. */
struct planned schedule_take(struct schedule *s);

void schedule_fini(struct schedule *s);

#endif
