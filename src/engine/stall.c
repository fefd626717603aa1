/*
 * stall.c - time without progress, and its cause (R6.95, R6.96, R8.40).
 */
#include "engine/stall.h"

#include "base/constants.h"
#include "engine/gaps.h"

/* RFC 9293 3.8.6.3 allows 500 ms for a delayed ACK; timers run late. */
#define DELAYED_ACK_MAX (600 * NS_PER_MS)

static int64_t
stall_limit(const struct conn *c)
{
	const struct rtt *a = &c->ep[CLIENT].rtt, *b = &c->ep[SERVER].rtt;
	int64_t loop = (a->has ? a->srtt : 0) + (b->has ? b->srtt : 0);

	return 4 * loop > K_STALL ? 4 * loop : K_STALL;
}

/* Between H3 and the first FIN or reset. */
static bool
stall_applies(const struct conn *c)
{
	return !c->one_way && c->ep[CLIENT].packets > 0 &&
	       c->ep[SERVER].packets > 0 && !c->td.rst_accepted &&
	       !c->ep[CLIENT].has_fin && !c->ep[SERVER].has_fin &&
	       (c->hs.h3_seen || c->midstream);
}

/* R8.40: the cause, first match; WORD_NONE for plain idle time. */
static enum word
stall_cause(const struct conn *c, const struct obs *o, int64_t waited,
    enum side *blamed)
{
	const struct stall *st = &c->stall;
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		*blamed = !x;
		if (st->window_limited[x] &&
		    (o == NULL || o->window_opened || st->ended_by_window))
			return WORD_RECEIVER;
	}
	for (x = CLIENT; x <= SERVER; x++) {
		*blamed = x;
		if (st->outstanding[x] && st->resends[x] > 0)
			return WORD_LOSS;
	}
	for (x = CLIENT; x <= SERVER; x++) {
		*blamed = !x;
		if (!st->outstanding[x] || o == NULL || o->y != x ||
		    !(o->advanced || o->sacked_new))
			continue;
		return st->flight[x] < c->ep[x].mss && waited <= DELAYED_ACK_MAX
			   ? WORD_DELAYED_ACK
			   : WORD_NETWORK_DELAY;
	}
	if (!st->outstanding[CLIENT] && !st->outstanding[SERVER] &&
	    st->has_payload && st->last_payload_side == CLIENT && o != NULL &&
	    o->x == SERVER && o->first_payload && waited >= STALL_THINK_MIN) {
		*blamed = SERVER;
		return WORD_PEER_THINK;
	}
	return WORD_NONE;
}

static void
stall_raise(struct conn *c, const struct obs *o, enum word cause,
    enum side side, int64_t waited)
{
	struct stall *st = &c->stall;
	struct event *ev =
	    conn_event_at(c, ANOMALY_STALL, side, st->frame_no, st->t, NULL);

	ev->confidence = CONFIDENCE_PROBABLE;
	ev->blame = cause == WORD_RECEIVER || cause == WORD_DELAYED_ACK
			? BLAME_RECEIVER
		    : cause == WORD_PEER_THINK ? BLAME_SENDER
					       : BLAME_NETWORK;
	if (cause == WORD_PEER_THINK || cause == WORD_DELAYED_ACK)
		ev->severity = SEVERITY_NOTE;
	event_set(ev, EVIDENCE_CAUSE, cause);
	event_set(ev, EVIDENCE_DURATION, waited);
	event_set(ev, EVIDENCE_UNTIL, o != NULL ? (int64_t)o->frame_no : 0);
	event_set(
	    ev, EVIDENCE_REPEATS, st->resends[CLIENT] + st->resends[SERVER]);
	if (st->resends[CLIENT] + st->resends[SERVER] > 0)
		event_cite(ev, st->resend_frame);
	if (o != NULL)
		event_cite(ev, o->frame_no);
}

/* What holds of x at a progress event. */
static inline void
stall_note(struct conn *c, enum side x)
{
	const struct endpoint *ep = &c->ep[x], *peer = &c->ep[!x];
	struct stall *st = &c->stall;

	st->outstanding[x] = ep->seen && ep->has_una && ep->max_end > ep->una;
	st->flight[x] = ep->max_end - ep->una;
	st->window_limited[x] = peer->zero_wnd;
	if (st->outstanding[x] && ep->max_end >= peer->edge)
		st->window_limited[x] =
		    peer->zero_wnd || (peer->has_wnd && peer->shift_known);
	st->resends[x] = 0;
}

/* This is a progress event; stall_settle() notes what holds at it. */
static inline void
stall_restart(struct conn *c, const struct obs *o)
{
	struct stall *st = &c->stall;

	st->t = o->t;
	st->frame_no = o->frame_no;
	st->started = true;
	st->ended_by_window = false;
	st->unsettled = true;
}

void
stall_settle(struct conn *c)
{
	if (!c->stall.unsettled)
		return;
	c->stall.unsettled = false;
	stall_note(c, CLIENT);
	stall_note(c, SERVER);
}

/* R6.95: small write, waiting for a delayed ACK, next write at once. */
static void
stall_nagle(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r;
	int64_t waited = o->t - y->last_seq_t;

	if (waited >= DELAYED_ACK_MIN && waited <= K_STALL && o->advanced &&
	    o->len == 0 && y->last_seq_t != 0 && y->una == y->max_end &&
	    y->last_len < y->mss && y->last_len > 0) {
		r = endpoint_rare(y);
		if (r != NULL) {
			r->nagle_ack_t = o->t;
			r->nagle_wait = waited;
		}
	}
	r = x->rare;
	if (r == NULL || r->nagle_ack_t == 0 || !o->first_payload)
		return;
	if (o->t - r->nagle_ack_t <= rtt_loop_min(&x->rtt, &y->rtt) / 4 &&
	    rtt_min(&x->rtt) * 2 < r->nagle_wait) {
		struct event *ev;

		r->nagle_ns += r->nagle_wait;
		if (++r->nagle_n == NAGLE_TIMES)
			conn_event(
			    c, ANOMALY_DELAYED_ACK_STALL, o, &r->nagle_ref);
		ev = conn_event_get(c, &r->nagle_ref);
		if (ev != NULL) {
			ev->confidence = CONFIDENCE_PROBABLE;
			event_set(ev, EVIDENCE_N, r->nagle_n);
			event_set(ev, EVIDENCE_TOTAL, r->nagle_ns);
		}
	}
	r->nagle_ack_t = 0;
}

/* R5.6: time to first byte, and how long each side let the other wait. */
static void
stall_turns(struct conn *c, struct obs *o)
{
	struct handshake *hs = &c->hs;

	if (o->x == SERVER && !c->turn.has_ttfb &&
	    c->ep[CLIENT].has_payload_t) {
		c->turn.has_ttfb = true;
		c->turn.ttfb = o->t - c->ep[CLIENT].last_payload_t;
	}
	if (c->turn.open && c->turn.side != (uint8_t)o->x) {
		int64_t wait = o->t - c->turn.t;
		int64_t half = rtt_min(&c->ep[c->turn.side].rtt);

		wait = wait > half ? wait - half : 0;
		if (wait > hs->think_max[o->x]) {
			hs->think_max[o->x] = wait;
			hs->think_frame[o->x][0] = c->turn.frame_no;
			hs->think_frame[o->x][1] = o->frame_no;
		}
		if (o->x == SERVER)
			hs->think_sum += wait;
		else
			hs->client_think_sum += wait;
	}
	c->turn.open = true;
	c->turn.side = (uint8_t)o->x;
	c->turn.t = o->t;
	c->turn.frame_no = o->frame_no;
}

/* o ends a time without progress: was it a stall? */
static void
stall_end(struct conn *c, const struct obs *o, int64_t waited)
{
	struct stall *st = &c->stall;
	enum side blamed = o->x;
	enum word cause;

	if (!st->started || waited < stall_limit(c) || !stall_applies(c))
		return;
	cause = stall_cause(c, o, waited, &blamed);
	if (cause != WORD_NONE)
		stall_raise(c, o, cause, blamed, waited);
	else if (st->has_payload)
		c->ep[st->last_payload_side].idle_ns += waited;
}

void
stall_segment(struct conn *c, struct obs *o)
{
	int64_t waited = o->t - c->stall.t;

	if (!o->first_payload && !o->advanced && !o->sacked_new &&
	    !o->window_opened)
		return;
	if (o->advanced || o->first_payload)
		stall_nagle(c, o);
	if (waited >= K_STALL)
		stall_end(c, o, waited);
	stall_restart(c, o);
	if (o->first_payload) {
		stall_turns(c, o);
		c->stall.has_payload = true;
		c->stall.last_payload_side = (uint8_t)o->x;
	}
}

void
stall_finish(struct conn *c, int64_t end_t)
{
	const struct stall *st = &c->stall;
	int64_t until = c->last_t, waited = until - st->t;
	enum side blamed = CLIENT;
	enum word cause;

	(void)end_t;
	if (!st->started || !stall_applies(c) || waited < stall_limit(c) ||
	    !(st->outstanding[CLIENT] || st->outstanding[SERVER] ||
		st->window_limited[CLIENT] || st->window_limited[SERVER]))
		return;
	cause = stall_cause(c, NULL, waited, &blamed);
	if (cause != WORD_NONE)
		stall_raise(c, NULL, cause, blamed, waited);
}
