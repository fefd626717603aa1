/*
 * silence.c - resends whose first copy the capture never saw, betrayed by
 * the silence before them (R8.36, R8.37).
 */
#include "base/constants.h"
#include "engine/endpoint.h"
#include "engine/resend.h"

/*
 * R8.37. A probe goes after two round trips (RFC 8985 7.2), less a tenth for
 * what the tap measures otherwise than the sender.
 */
#define PROBE_NUM 18
#define PROBE_DEN 10
/* The share of IP ID steps by one, in quarters: a counter of the host that
 * moves by one so often has no other user. */
#define ID_ONES_QUARTERS 3

/* Its first copy was lost before the tap; step -1 takes that back. */
static void
count_silent(struct endpoint *ep, const struct event *ev, int step)
{
	struct endpoint_rare *rare = endpoint_rare(ep);

	if (rare != NULL)
		resend_count_loss(ev->confidence == CONFIDENCE_POSSIBLE
				      ? &rare->lost_hints
				      : &rare->lost_up,
		    ev, step);
}

/* The event of a resend that nothing in the file repeats. */
static void
silent_resend(struct conn *c, enum side x, uint64_t frame_no, int64_t t,
    enum anomaly_kind kind, enum word word, enum confidence conf,
    int64_t silence, enum word sub)
{
	struct endpoint *ep = &c->ep[x];
	struct event *ev = conn_event_get(c, &ep->silent_ref);

	if (ev != NULL && ev->frame_no == frame_no) {
		/* a better reason for what was found before */
		count_silent(ep, ev, -1);
		if (ev->kind != kind)
			ev = conn_event_revise(c, &ep->silent_ref, kind);
	} else {
		conn_event_settle(c, &ep->silent_ref);
		ev = conn_event_at(c, kind, x, frame_no, t, &ep->silent_ref);
		ep->resent_packets++;
	}
	ev->confidence = (uint8_t)conf;
	count_silent(ep, ev, 1);
	event_set(ev, EVIDENCE_ORIGINAL_FRAME, 0);
	event_set(ev, EVIDENCE_KIND, word);
	event_set(ev, EVIDENCE_CAUSE, WORD_LOSS_UPSTREAM);
	event_set(ev, EVIDENCE_SILENCE, silence);
	event_set(ev, EVIDENCE_DECIDED_BY, sub);
}

/*
 * R8.37: a counter of the connection that skipped a value while its sender
 * was silent: the packet with that value was lost before the tap.
 */
static void
watch_skipped_id(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	const struct endpoint *y = &c->ep[o->y];
	int64_t limit = rtt_full(&x->rtt) / PROBE_DEN * PROBE_NUM;
	uint16_t step = (uint16_t)(o->seg->ip_id - x->last_ip_id);
	struct resend_kind k;

	if (step < 2 || step > 1 + SKIPPED_MAX || !x->rtt.has_full ||
	    !o->seg->has_ip_id || !x->ip_id_seen ||
	    x->id_steps < ID_STEPS_MIN ||
	    x->id_ones * 4 < x->id_steps * ID_ONES_QUARTERS ||
	    o->t - x->last_t < limit || o->silence < limit)
		return;
	/* what answers data or a window of that time had no earlier copy */
	if ((o->has_a && o->a > o->old_ack_max &&
		o->t - y->last_seq_t < limit) ||
	    (y->rare != NULL && y->rare->zero.opened_t != 0 &&
		o->t - y->rare->zero.opened_t < limit))
		return;
	/* so many copies lost, each after twice the wait: longer is idleness */
	if (o->silence > 2 * (rtt_rto(&x->rtt) << (step - 2)))
		return;
	/* near x nothing is lost before the tap (R1.44), whatever its TTL */
	if (conn_min_half(c, o->x) * 10 < conn_loop_min(c))
		return;
	k = resend_classify(c, o, NULL, 0);
	if (k.kind != WORD_RTO && k.kind != WORD_TLP)
		return;
	silent_resend(c, o->x, o->frame_no, o->t,
	    k.kind == WORD_RTO ? ANOMALY_RETRANSMISSION_RTO
			       : ANOMALY_RETRANSMISSION_TLP,
	    k.kind, CONFIDENCE_POSSIBLE, o->silence, WORD_IP_ID_STEP);
	o->resend = true;
}

void
resend_watch_silence(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (x->last_seq_t == 0 || o->backwards || c->one_way)
		return;
	o->silence = resend_silence(c, o);
	if (o->silence >= k_rto_frac(rtt_rto(&x->rtt))) {
		x->lost_flight_armed = true;
		x->lost_flight_frame = o->frame_no;
		x->lost_flight_e = o->e;
		x->lost_flight_t = o->t;
		x->lost_flight_silence = o->silence;
	}
	watch_skipped_id(c, o);
}

void
resend_lost_flight(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (!x->lost_flight_armed)
		return;
	x->lost_flight_armed = false;
	/* near x nothing is lost; IDs that count show what left after F0 */
	if (conn_min_half(c, o->x) * 10 < conn_loop_min(c) ||
	    (endpoint_ip_id_counts(x) && o->seg->has_ip_id &&
		(uint16_t)(o->seg->ip_id - x->last_ip_id) > 1))
		return;
	if (x->max_end != x->lost_flight_e || conn_loop_min(c) == 0 ||
	    o->t - x->lost_flight_t < k_reorder(conn_loop_min(c)) ||
	    o->t - x->lost_flight_t > conn_patience(c, o->x))
		return;
	silent_resend(c, o->x, x->lost_flight_frame, x->lost_flight_t,
	    ANOMALY_RETRANSMISSION_RTO, WORD_RTO, CONFIDENCE_PROBABLE,
	    x->lost_flight_silence, WORD_SILENCE);
	x->lost_flight_hole = x->max_end;
	resend_enter_loss(x, o->s, x->una);
}

void
resend_flight_was_captured(struct conn *c, enum side x, uint64_t l)
{
	struct endpoint *ep = &c->ep[x];
	const struct event *ev;

	if (ep->lost_flight_hole == 0 || ep->lost_flight_hole != l)
		return;
	ep->lost_flight_hole = 0;
	ev = conn_event_get(c, &ep->silent_ref);
	if (ev != NULL)
		count_silent(ep, ev, -1);
	conn_event_retract(c, &ep->silent_ref);
	ep->in_loss = false;
	if (ep->resent_packets > 0)
		ep->resent_packets--;
}
