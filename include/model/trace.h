/*
 * trace.h - the segments of one connection, compactly, for pictures of it.
 *
 * Kept only when the observer wants it (WANT_TRACE). At most about so many
 * segments as trace_new() was told are kept: when they are more, every second
 * of those without an event, a SYN, FIN or RST and a closed window is dropped,
 * as often as needed; what follows a dropped one tells how many. Traces of one
 * pool together keep no more than it allows: those that grow when it is used
 * up make room in themselves, beyond a few segments that each may have, and
 * then only events hold a segment.
 */
#ifndef TCPCONN_TRACE_H
#define TCPCONN_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "words/event.h"
#include "words/segment.h"

/*
 * Offsets are 64-bit ones while the connection lives, relative to the ISN
 * (which is 0) in a report. Times are those of the capture.
 */
struct trace_segment {
	uint64_t frame_no;
	int64_t ts_ns;
	int64_t seq;   /* of its sender's space; valid with placed */
	int64_t ack;   /* of its peer's space; valid with placed and FLAG_ACK */
	uint32_t len;  /* payload bytes */
	uint32_t wnd;  /* bytes, scaled as far as known; with placed */
	uint32_t sack; /* index of its first block in trace.sack */
	uint32_t skipped; /* segments dropped before it */
	uint32_t rtt;     /* sample that it ended, units of RTT_UNIT_NS; 0: - */
	unsigned flags : 12; /* FLAG_ bits */
	unsigned side : 1;   /* enum side of its sender */
	unsigned sack_n : 3;
	bool placed : 1; /* its numbers could be placed in the stream */
	bool copy : 1;   /* a second capture of the same packet (R1.11) */
	bool event : 1;  /* an event names it */
	bool pended : 1; /* a SYN whose connection was not decided yet */
};

#define RTT_UNIT_NS 100

struct trace_pool;

struct trace {
	struct trace_pool *pool; /* shared; NULL: no bound over all */
	struct trace_segment *v; /* owned; in the order of the capture */
	uint32_t n, cap;
	uint32_t most;
	int64_t (*sack)[2]; /* owned; left and right edges */
	uint32_t sack_n, sack_cap;
	uint64_t dropped; /* segments that are not kept */
	uint32_t behind;  /* of them, those after the last that is kept */
	bool failed;      /* memory ran out: segments are missing */
	uint64_t marked;  /* latest frame with an event */
};

/* So many segments in all traces; NULL when memory ran out. */
struct trace_pool *trace_pool_new(uint64_t most);
/* It lives on while a trace uses it. NULL is fine. */
void trace_pool_release(struct trace_pool *p);

/* NULL when memory ran out. pool may be NULL. */
struct trace *trace_new(uint64_t most, struct trace_pool *pool);
/* NULL is fine. */
void trace_free(struct trace *t);

/* Whether it closes its sender's window. */
static inline bool
trace_closes(const struct trace_segment *s)
{
	return s->placed && s->wnd == 0 && s->flags & FLAG_ACK &&
	       !(s->flags & FLAG_RST);
}

/* Add a segment with s->sack_n blocks; s->sack is set here. */
void trace_add(
    struct trace *t, const struct trace_segment *s, const int64_t (*sack)[2]);

/* An event names this frame, which is added next or was added before. */
void trace_mark(struct trace *t, uint64_t frame_no);

/* Forget all marks: they are made anew from the events that are kept. */
void trace_unmark(struct trace *t);

/* Whether the next segment makes it thin out what does not matter. */
bool trace_full(const struct trace *t);

/* Exchange the sides (R2.5). */
void trace_flip(struct trace *t);

/* Drop the pended SYNs: another connection began with them. */
void trace_withdraw(struct trace *t);

/* Drop what does not matter until at most so many segments are left. */
void trace_thin(struct trace *t, uint32_t most);

/*
 * Nothing will be added: give back the room that is not used, and thin out,
 * the more where there was no event worth reading, when the pool is half used.
 */
void trace_end(struct trace *t, bool eventful);

/* Make offsets relative to those of the ISNs, by enum side. */
void trace_settle(struct trace *t, const uint64_t base[2]);

/* Place of the first segment at or after frame_no; t->n if there is none. */
uint32_t trace_find(const struct trace *t, uint64_t frame_no);

#endif
