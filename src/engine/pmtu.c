/*
 * pmtu.c - path MTU black holes (R6.94; RFC 2923, RFC 4821).
 */
#include "engine/pmtu.h"

#include "engine/endpoint.h"

/* Timer resends of one range that make a black hole; Linux probes for one
 * after as many (tcp_retries1). */
#define PMTU_TIMEOUTS 3

/* A smaller segment of x was SACKed above the range. */
static uint64_t
smaller_passed(const struct endpoint *x, uint32_t len)
{
	uint32_t i;

	for (i = x->sent.acked; i < x->sent.n; i++) {
		const struct sent *e = history_at(&x->sent, i);

		if (e->sacked &&
		    (uint64_t)(e->e - e->s) * 10 < (uint64_t)len * 9)
			return e->e - e->s;
	}
	return 0;
}

static void
pmtu_event(
    struct conn *c, struct obs *o, struct endpoint_rare *r, uint64_t passed)
{
	struct event *ev = conn_event(c, ANOMALY_PMTU_BLACKHOLE, o, NULL);
	int i;

	r->pmtu_raised = true;
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_SIZE, o->len);
	event_set(ev, EVIDENCE_PASSED_SIZE, (int64_t)passed);
	if (r->icmp_too_big) {
		event_set(ev, EVIDENCE_SUB, WORD_ICMP_IGNORED);
		event_set(ev, EVIDENCE_MTU, r->icmp_mtu);
	}
	for (i = 0; i < PMTU_TIMEOUTS; i++)
		event_cite(ev, r->pmtu_frames[i]);
}

void
pmtu_timer(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct endpoint_rare *r = endpoint_rare(x);
	uint32_t limit = endpoint_payload_limit(x, o->seg);
	uint64_t passed;

	if (r == NULL)
		return;
	if (r->pmtu_rtos == 0 || r->pmtu_s != o->s || r->pmtu_una != x->una) {
		r->pmtu_rtos = 0;
		r->pmtu_s = o->s;
		r->pmtu_una = x->una;
	}
	if (r->pmtu_rtos < PMTU_TIMEOUTS)
		r->pmtu_frames[r->pmtu_rtos] = o->frame_no;
	r->pmtu_rtos++;
	if (r->pmtu_rtos < PMTU_TIMEOUTS || r->pmtu_raised ||
	    (uint64_t)o->len * 10 < (uint64_t)limit * 9 ||
	    !o->seg->dont_fragment)
		return;
	passed = smaller_passed(x, o->len);
	if (passed > 0)
		pmtu_event(c, o, r, passed);
}

void
pmtu_smaller(struct conn *c, struct obs *o, uint64_t was)
{
	struct endpoint_rare *r = c->ep[o->x].rare;

	if (r == NULL || r->pmtu_rtos == 0 || o->s != r->pmtu_s ||
	    o->len >= was)
		return;
	r->pmtu_small = o->len;
	r->pmtu_was = was;
	r->pmtu_small_frame = o->frame_no;
}

void
pmtu_acked(struct conn *c, struct obs *o)
{
	struct endpoint_rare *r = c->ep[o->y].rare;
	struct event *ev;

	if (r == NULL || r->pmtu_small == 0)
		return;
	if (o->a == r->pmtu_s + r->pmtu_small) {
		ev = conn_event(c, ANOMALY_PMTU_ADAPTED, o, NULL);
		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_SIZE, (int64_t)r->pmtu_was);
		event_set(ev, EVIDENCE_PASSED_SIZE, (int64_t)r->pmtu_small);
		event_cite(ev, r->pmtu_small_frame);
	}
	r->pmtu_small = 0;
	r->pmtu_rtos = 0;
}
