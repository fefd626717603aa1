/*
 * teardown.c - FIN, ACK, FIN, ACK; resets; TIME-WAIT (RULEBOOK section 7).
 */
#include "engine/teardown.h"

#include "base/constants.h"
#include "engine/gaps.h"
#include "engine/handshake.h"

/* R7.9: quiet for longer than this at the end counts as idle: timers
 * may be capped there (RFC 6298 2.5), so that a resend would have come. */
#define IDLE_AT_END (60 * NS_PER_S)
/* R6.71: data this long after the peer's FIN is a deliberate half-close, and
 * not what was still on its way (RFC 6298 2.1: longer than a first timer). */
#define HALF_CLOSE_MIN NS_PER_S

/* NULL when that step has not happened. */
static const struct moment *
step_find(const struct teardown *td, enum step_id id)
{
	uint8_t i;

	for (i = 0; i < td->steps_n; i++)
		if (td->step[i].id == id)
			return &td->step[i];
	return NULL;
}

/* The same, to be changed. */
static struct moment *
step_change(struct teardown *td, enum step_id id)
{
	const struct moment *st = step_find(td, id);

	return st != NULL ? &td->step[st - td->step] : NULL;
}

static void
step_add(struct conn *c, const struct obs *o, enum step_id id)
{
	struct teardown *td = &c->td;

	if (td->steps_n == TEARDOWN_STEPS)
		return;
	td->step[td->steps_n++] = conn_moment(o, id);
}

void
teardown_rst_step(struct conn *c, const struct obs *o)
{
	if (step_find(&c->td, STEP_RST) == NULL)
		step_add(c, o, STEP_RST);
}

/* Which of the two FINs stands for x's. */
static enum step_id
fin_of(const struct conn *c, enum side x)
{
	uint8_t i;

	for (i = 0; i < c->td.steps_n; i++)
		if (c->td.step[i].from == x && c->td.step[i].id == STEP_FIN_1)
			return STEP_FIN_1;
	return STEP_FIN_2;
}

/* o carries x's FIN: a step, or a repeat of one (R4.12). */
static void
on_fin(struct conn *c, struct obs *o)
{
	struct teardown *td = &c->td;
	struct moment *st;

	if (step_find(td, STEP_FIN_1) == NULL) {
		step_add(c, o, STEP_FIN_1);
		return;
	}
	st = step_change(td, fin_of(c, o->x));
	if (st != NULL)
		st->retransmissions++;
	else
		step_add(c, o, STEP_FIN_2);
}

/* o acknowledges its peer's FIN: F2 or F4. */
static void
on_fin_acked(struct conn *c, struct obs *o)
{
	struct teardown *td = &c->td;
	enum step_id fin = fin_of(c, o->y);
	enum step_id ack = fin == STEP_FIN_1 ? STEP_ACK_1 : STEP_ACK_2;
	struct moment *st = step_change(td, fin);

	if (st != NULL && st->proof_frame == 0)
		st->proof_frame = o->frame_no;
	if (step_find(td, ack) == NULL)
		step_add(c, o, ack);
}

/* The holder's ACK shows that it is in TIME-WAIT, from here on for sure. */
static void
time_wait_confirm(
    struct teardown *td, struct time_wait *tw, const struct obs *o)
{
	tw->confirmed_frame = o->frame_no;
	td->tw_t[tw - td->tw] = o->t;
}

/* R3.64: entry into TIME-WAIT, and what happens in it. */
static void
watch_time_wait(struct conn *c, struct obs *o, enum side holder)
{
	struct teardown *td = &c->td;
	struct time_wait *tw = NULL;
	uint8_t i;

	for (i = 0; i < td->tw_n; i++)
		if (td->tw[i].holder == holder)
			tw = &td->tw[i];
	if (c->ep[holder].state != STATE_TIME_WAIT)
		return;
	if (tw == NULL) {
		tw = &td->tw[td->tw_n++];
		*tw = (struct time_wait){.holder = holder,
		    .enter_frame = o->frame_no,
		    .enter_ns = o->t};
		td->tw_t[tw - td->tw] = o->t;
		return;
	}
	if (o->frame_no == tw->enter_frame)
		return;
	if (o->x == holder) {
		if (tw->confirmed_frame == 0 && o->has_a &&
		    o->a > c->ep[!holder].fin_seq)
			time_wait_confirm(td, tw, o);
		else
			tw->other_segments++;
	} else if (o->fin) {
		tw->fin_retransmissions++;
	} else {
		tw->other_segments++;
	}
}

/* R6.71: one side closed, the other goes on sending. */
static void
watch_half_close(struct conn *c, struct obs *o)
{
	const struct endpoint *y = &c->ep[o->y];
	struct event *ev;

	if (!o->first_payload || !y->has_fin || o->a <= y->fin_seq)
		return;
	c->td.bytes_after_fin[o->x] += o->len;
	if (c->td.fin_half_close_raised || o->t - y->fin_t < HALF_CLOSE_MIN)
		return;
	c->td.fin_half_close_raised = true;
	ev = conn_event(c, ANOMALY_FIN_HALF_CLOSE, o, NULL);
	event_set(ev, EVIDENCE_BYTES, (int64_t)c->td.bytes_after_fin[o->x]);
	event_set(ev, EVIDENCE_DURATION, o->t - y->fin_t);
	event_cite(ev, y->fin_frame);
}

void
teardown_segment(struct conn *c, struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];

	if (o->rst || !o->plausible || o->bad)
		return;
	if (o->fin && x->has_fin && o->e == x->fin_seq + 1)
		on_fin(c, o);
	if (!y->has_fin && c->td.tw_n == 0)
		return;
	if (y->has_fin && o->ack_ok && o->a > y->fin_seq)
		on_fin_acked(c, o);
	watch_half_close(c, o);
	watch_time_wait(c, o, o->x);
	watch_time_wait(c, o, o->y);
}

bool
teardown_done(const struct conn *c)
{
	const struct endpoint *a = &c->ep[CLIENT], *b = &c->ep[SERVER];

	if (c->td.rst_accepted)
		return true;
	return a->has_fin && b->has_fin && a->una > a->fin_seq &&
	       b->una > b->fin_seq;
}

void
teardown_reused(struct conn *c, int64_t t)
{
	uint8_t i;

	for (i = 0; i < c->td.tw_n; i++)
		if (!c->td.tw[i].reuse_after_ns.has)
			c->td.tw[i].reuse_after_ns =
			    maybe_of(t - c->td.tw_t[i]);
}

/* --- outcome ---------------------------------------------------------- */

/* R4.14, R7.1: neither FIN acknowledged the other. */
static bool
fins_crossed(const struct conn *c)
{
	const struct teardown *td = &c->td;
	const struct moment *f1 = step_find(td, STEP_FIN_1);
	const struct moment *f2 = step_find(td, STEP_FIN_2);

	if (f1 == NULL || f2 == NULL)
		return false;
	/* an ACK of the other FIN in either shows the true order */
	return f2->a <= c->ep[f1->from].fin_seq &&
	       f1->a <= c->ep[f2->from].fin_seq;
}

static bool
fin_acked(const struct endpoint *ep)
{
	return ep->has_fin && ep->una > ep->fin_seq;
}

static enum close_outcome
close_by_reset(const struct conn *c)
{
	const struct teardown *td = &c->td;

	if (td->rst_injected)
		return CLOSE_RESET_INJECTED; /* R7.4 */
	if (td->rst_late_data)
		return CLOSE_ABORTED_ON_LATE_DATA; /* R7.8 */
	if (td->rst_after_fin)
		return CLOSE_RESET_AFTER_FIN; /* R7.6 */
	return td->rst_from == CLIENT ? CLOSE_RESET_BY_CLIENT
				      : CLOSE_RESET_BY_SERVER; /* R7.5 */
}

enum close_outcome
teardown_open_at_end(int64_t last_t, int64_t end_t)
{
	return end_t - last_t >= IDLE_AT_END ? CLOSE_IDLE_AT_END
					     : CLOSE_ACTIVE_AT_END;
}

/* Outcome of the close; end_t is the end of the capture. */
static enum close_outcome
teardown_close(const struct conn *c, int64_t end_t)
{
	const struct endpoint *a = &c->ep[CLIENT], *b = &c->ep[SERVER];
	bool both = a->has_fin && b->has_fin;

	if (!outcome_opened(handshake_outcome(c)))
		return CLOSE_NONE;
	if (both && fin_acked(a) && fin_acked(b)) {
		if (fins_crossed(c))
			return CLOSE_SIMULTANEOUS;
		return c->td.step[0].from == CLIENT
			   ? CLOSE_GRACEFUL_CLIENT_FIRST
			   : CLOSE_GRACEFUL_SERVER_FIRST;
	}
	if (c->td.rst_accepted || c->td.rst_injected)
		return close_by_reset(c);
	if (both)
		return fins_crossed(c) ? CLOSE_SIMULTANEOUS
				       : CLOSE_GRACEFUL_UNACKED;
	if (c->superseded)
		return CLOSE_SUPERSEDED;
	if (a->has_fin || b->has_fin)
		return CLOSE_HALF_CLOSED_AT_END;
	if (c->evicted)
		return CLOSE_EVICTED;
	return teardown_open_at_end(c->last_t, end_t);
}

/* R6.70 */
static void
finish_fin(struct conn *c, enum side x, int64_t end_t)
{
	struct endpoint *ep = &c->ep[x];
	int64_t waited, rto = rtt_rto(&ep->rtt);
	struct event *ev;

	if (!ep->has_fin || ep->una > ep->fin_seq || conn_blind(c, x) ||
	    (c->td.rst_accepted && c->td.rst_from != x))
		return;
	/* a quiet capture that runs on for days is no waiting */
	if (end_t > c->last_t + K_TW)
		end_t = c->last_t + K_TW;
	waited = (c->td.rst_accepted ? c->td.rst_t : end_t) - ep->fin_t;
	ev = conn_event_at(
	    c, ANOMALY_FIN_UNACKED, x, ep->fin_frame, ep->fin_t, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	if (waited < rto)
		ev->severity = SEVERITY_INFO;
	event_set(ev, EVIDENCE_WAITED, waited);
}

void
teardown_finish(struct conn *c, int64_t end_t)
{
	finish_fin(c, CLIENT, end_t);
	finish_fin(c, SERVER, end_t);
}

/* --- report ----------------------------------------------------------- */

static struct maybe
between(const struct moment *a, const struct moment *b)
{
	if (a == NULL || b == NULL || b->t < a->t)
		return (struct maybe){0};
	return maybe_of(b->t - a->t);
}

/* R7.12, R4.9 */
static void
report_durations(const struct conn *c, struct teardown_report *r)
{
	const struct teardown *td = &c->td;
	const struct moment *f1 = step_find(td, STEP_FIN_1);
	const struct moment *a1 = step_find(td, STEP_ACK_1);
	const struct moment *f2 = step_find(td, STEP_FIN_2);
	const struct moment *a2 = step_find(td, STEP_ACK_2);

	r->f1_f2_ns = between(f1, a1);
	r->f2_f3_ns = between(a1, f2);
	r->f3_f4_ns = between(f2, a2);
	/* of a simultaneous close either ACK may be the last (R7.12) */
	r->total_ns = between(f1, a1 && a2 && a1->t > a2->t ? a1 : a2);
	if (a1 == NULL || f2 == NULL || a2 == NULL)
		return;
	r->segments = a1->frame_no == f2->frame_no ? 3 : 4;
}

static void
report_reset(const struct conn *c, struct teardown_report *r)
{
	const struct teardown *td = &c->td;

	if (!td->rst_accepted && !td->rst_injected)
		return;
	r->has_resetter = true;
	r->resetter = td->rst_from;
	r->after_bytes[CLIENT] = maybe_of((int64_t)c->ep[CLIENT].payload_bytes);
	r->after_bytes[SERVER] = maybe_of((int64_t)c->ep[SERVER].payload_bytes);
	r->unread_bytes = maybe_of((int64_t)td->rst_unread);
	r->idle_before_rst_ns = maybe_of(td->idle_before_rst);
	if (td->has_data_before_rst)
		r->data_to_rst_ns = maybe_of(td->data_to_rst);
	if (td->rst_revoked)
		r->sub = "sender-lived-on";
	else if (td->rst_linger0)
		r->sub = "linger0";
}

/* R7.14: the FIN was taken long ago, but the application never closed. */
static void
report_half_closed(
    const struct conn *c, int64_t end_t, struct teardown_report *r)
{
	const struct moment *a1 = step_find(&c->td, STEP_ACK_1);

	if (r->close == CLOSE_HALF_CLOSED_AT_END && a1 != NULL &&
	    end_t - a1->t > IDLE_AT_END)
		r->sub = "half-closed-long";
}

/* R7.11: bytes sent but not acknowledged, the FIN aside. */
static struct maybe
report_unacked(const struct conn *c, enum side x)
{
	const struct endpoint *ep = &c->ep[x];
	uint64_t end = ep->max_end;

	if (!ep->seen || !ep->has_una || c->one_way || !c->ep[!x].has_ack)
		return (struct maybe){0};
	if (ep->has_fin && end > ep->fin_seq)
		end = ep->fin_seq;
	return maybe_of(end > ep->una ? (int64_t)(end - ep->una) : 0);
}

void
teardown_report(const struct conn *c, int64_t end_t, struct teardown_report *r)
{
	uint8_t i;

	r->close = teardown_close(c, end_t);
	for (i = 0; i < c->td.steps_n; i++)
		r->step[i] = conn_step(c, &c->td.step[i]);
	r->steps_n = c->td.steps_n;
	for (i = 0; i < c->td.tw_n; i++)
		r->time_wait[i] = c->td.tw[i];
	r->time_wait_n = c->td.tw_n;
	report_durations(c, r);
	report_reset(c, r);
	report_half_closed(c, end_t, r);
	r->unacked_bytes[CLIENT] = report_unacked(c, CLIENT);
	r->unacked_bytes[SERVER] = report_unacked(c, SERVER);
}
