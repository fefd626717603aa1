/*
 * narrate.c - the segments of a connection, noted for pictures of it.
 */
#include "engine/narrate.h"

#include "base/seq.h"
#include "model/trace.h"

/* The sample that this segment ended, 0 when there is none. */
static uint32_t
rtt_ended(const struct rtt *r, uint32_t before)
{
	int64_t units = r->last / RTT_UNIT_NS;

	if (rtt_samples(r) == before)
		return 0;
	if (units < 1)
		return 1;
	return units > UINT32_MAX ? UINT32_MAX : (uint32_t)units;
}

/* Only events whose details are kept hold their segments. */
static void
mark_anew(struct conn *c)
{
	trace_unmark(c->trace);
	for (uint32_t i = 0; c->log != NULL && i < c->log->n; i++)
		if (c->log->v[i].serial != 0)
			trace_mark(c->trace, c->log->v[i].event.frame_no);
}

void
narrate_segment(struct conn *c, const struct obs *o, enum narrated how)
{
	const struct segment *seg = o->seg;
	struct trace_segment s = {
	    .frame_no = o->frame_no,
	    .ts_ns = seg->ts_ns,
	    .len = o->len,
	    .wnd = o->w,
	    .flags = (unsigned)seg->flags & 0xfff,
	    .side = o->x,
	    .placed = how == NARRATED_PLACED || how == NARRATED_COPY,
	    .copy = how == NARRATED_COPY,
	    .pended = how == NARRATED_PENDED,
	};
	int64_t sack[SACK_BLOCKS][2] = {{0}};

	if (s.placed) {
		s.seq = (int64_t)o->s;
		s.ack = (int64_t)o->a;
		if (o->has_a && seg->opt.has & OPT_SACK)
			s.sack_n = seg->opt.sack_n & 7u;
	}
	for (unsigned i = 0; i < s.sack_n; i++)
		for (unsigned k = 0; k < 2; k++)
			sack[i][k] =
			    (int64_t)seq_unwrap(seg->opt.sack[i][k], o->a);
	if (how == NARRATED_PLACED)
		s.rtt = rtt_ended(&c->ep[o->y].rtt, o->rtt_samples);
	if (trace_full(c->trace))
		mark_anew(c);
	trace_add(c->trace, &s, sack);
}

struct trace *
narrate_take(struct conn *c, const struct event *event, uint32_t n)
{
	const uint64_t base[2] = {c->ep[CLIENT].base, c->ep[SERVER].base};
	struct trace *t = c->trace;
	bool eventful = false;

	c->trace = NULL;
	if (t == NULL)
		return NULL;
	trace_unmark(t);
	for (uint32_t i = 0; i < n; i++) {
		trace_mark(t, event[i].frame_no);
		eventful |= event[i].severity >= SEVERITY_NOTE;
	}
	trace_end(t, eventful);
	trace_settle(t, base);
	return t;
}
