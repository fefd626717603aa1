/*
 * eventlog.h - events of one connection, with pending and revised ones
 * (R8.30) and bounded detail (R1.35).
 */
#ifndef TCPCONN_EVENTLOG_H
#define TCPCONN_EVENTLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "words/event.h"

/* Names an event that may be revised later; serial 0 names none. */
struct event_ref {
	uint32_t index, serial;
	uint8_t kind; /* its present kind, kept for the counts */
};

struct event_slot {
	struct event event;
	uint32_t serial; /* 0: free */
	uint32_t next_free;
};

struct kind_ring; /* ids of the last events of one kind */

struct eventlog {
	struct event_slot *v; /* owned */
	uint32_t n, cap, free_head;
	uint32_t serial;
	uint32_t keep;           /* details per kind; 0: all */
	bool details;            /* false: only counts are kept */
	struct kind_ring **ring; /* owned, as are they; by kind, or NULL */
	uint32_t settled[ANOMALY_COUNT];
	uint32_t count[ANOMALY_COUNT]; /* exact */
	/* what callers fill when no detail is kept; nobody reads it */
	struct event *scratch; /* borrowed */
};

void eventlog_init(
    struct eventlog *l, uint32_t keep, bool details, struct event *scratch);
void eventlog_fini(struct eventlog *l);

/*
 * A new event of this kind with the catalogue's defaults. The pointer is
 * valid until the next call on the log; *ref (may be NULL) names it for a
 * later revision: it is then pending until eventlog_settle().
 */
struct event *eventlog_raise(
    struct eventlog *l, enum anomaly_kind kind, struct event_ref *ref);

/* The event that ref names, or NULL when its detail is gone. */
struct event *eventlog_get(struct eventlog *l, const struct event_ref *ref);

/*
 * Change the kind of an event, remembering the former in revised_from; sets
 * the new kind's defaults. Returns it, or scratch when its detail is gone.
 */
struct event *eventlog_revise(
    struct eventlog *l, struct event_ref *ref, enum anomaly_kind kind);

/* The event is final; its detail may now be dropped by R1.35. */
void eventlog_settle(struct eventlog *l, struct event_ref *ref);

/* Take an event back that should not have been raised. */
void eventlog_retract(struct eventlog *l, struct event_ref *ref);

/*
 * All kept events in order of frame, then rule, at most `keep` of a kind
 * (first and last half). Ownership of the array and of the texts passes to
 * the caller, the log is then empty but for its counts. NULL with *n = 0 when
 * there is none or memory ran out.
 */
struct event *eventlog_take(struct eventlog *l, uint32_t *n);

/* The two sides exchange their names (R2.5). */
void eventlog_flip(struct eventlog *l);

#endif
