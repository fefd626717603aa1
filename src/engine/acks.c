/*
 * acks.c - the acknowledgement class of events (RULEBOOK G2) and una.
 */
#include "engine/acks.h"

#include "base/constants.h"
#include "base/seq.h"
#include "engine/checks.h"
#include "engine/endpoint.h"
#include "engine/gaps.h"
#include "engine/known.h"
#include "engine/pmtu.h"
#include "engine/resend.h"
#include "engine/sack.h"

/* Segments that an ACK stretches over at least (RFC 5681 4.2: one for two). */
#define STRETCH 3

/*
 * Karn (R8.2): with a resend at or below an entry the cumulative ACK is
 * ambiguous. An echoed time stamp of the resend alone resolves it (R8.4).
 */
static void
ack_sample(struct conn *c, struct obs *o, const struct sent *e, bool clean)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];

	if (o->backwards || e->bad || e->sacked)
		return;
	if (clean) {
		int64_t ns = o->t - e->t_last;

		rtt_sample(&y->rtt, &x->rtt, ns, false);
		if (e->s != (uint32_t)y->base) {
			if (y->rtt.data_samples++ == 0 || ns < y->rtt.data_min)
				y->rtt.data_min = ns;
		}
		return;
	}
	if (o->has_ts && e->has_ts && e->tx > 1 && e->ts_changed &&
	    o->seg->opt.tsecr == e->tsval && x->tsecr_sent != e->tsval)
		rtt_sample(&y->rtt, &x->rtt, o->t - e->t_last, true);
}

/* Entries of y that o acknowledges as a whole. */
static void
ack_entries(struct conn *c, struct obs *o, uint64_t to)
{
	struct endpoint *y = &c->ep[o->y];
	bool clean = true;
	int64_t last = -1;
	uint64_t ack;
	uint32_t i;

	for (i = y->sent.acked; i < y->sent.n; i++) {
		const struct sent *e = history_at(&y->sent, i);

		if (history_end(&y->sent, e) > to)
			break;
		if (e->tx > 1 || e->ambiguous)
			clean = false;
		if (e->sum_bad && e->tx == 1)
			checks_sum_taken(c, o->y, o);
		ack_sample(c, o, e, clean);
		ack = seq_unwrap(e->ack, y->ack_max);
		if (e->has_ack && ack > y->ack_proved)
			y->ack_proved = ack;
		if ((e->tx == 1 ||
			o->t - e->t_last >= k_reorder(rtt_min(&y->rtt))) &&
		    !e->bad && e->t_last > y->rack_t)
			y->rack_t = e->t_last;
		/*
		 * Without SACK what a resend uncovers is acknowledged with
		 * it, whenever it arrived.
		 */
		if (!e->sacked && (y->sack_ok || clean))
			endpoint_arrived(y, e, history_end(&y->sent, e));
		o->acked_entries++;
		last = clean && !e->sacked && !e->bad ? o->t - e->t_last : -1;
	}
	if (o->acked_entries >= 2 && last >= 0 && !o->backwards)
		rtt_sample_sure(&y->rtt, last, o->frame_no);
	history_acked(&y->sent, i);
}

/* R6.30: o acknowledges bytes that no frame carried. */
static void
ack_unseen(struct conn *c, enum side y, const struct obs *o, uint64_t frame_no,
    int64_t t, uint64_t a, uint64_t bytes)
{
	struct endpoint *ep = &c->ep[y];
	struct event *ev =
	    conn_event_at(c, ANOMALY_ACK_UNSEEN, !y, frame_no, t, NULL);

	event_set(ev, EVIDENCE_ACK, endpoint_rel(ep, a));
	event_set(ev, EVIDENCE_MAX_END, endpoint_rel(ep, ep->max_end));
	event_set(ev, EVIDENCE_BYTES, (int64_t)bytes);
	if (o != NULL && o->frame_no != frame_no)
		event_cite(ev, o->frame_no);
}

/* R1.17: an acknowledged probe byte becomes part of the stream. */
static void
ack_probe_byte(struct endpoint *y, uint64_t a)
{
	if (y->rare != NULL && y->rare->probe_end == a && a == y->max_end + 1)
		y->max_end = a;
}

/* What o acknowledges of y and the capture does not show (R6.30). */
static void
ack_holes(struct conn *c, struct obs *o, uint64_t to)
{
	struct endpoint *y = &c->ep[o->y];
	uint64_t from = y->una > y->start ? y->una : y->start, unseen;

	unseen = to > from ? gaps_acknowledged(c, o->y, from, to, o) : 0;
	if (unseen > 0)
		ack_unseen(c, o->y, o, o->frame_no, o->t, o->a, unseen);
}

void
acks_advance(struct conn *c, struct obs *o, uint64_t to)
{
	struct endpoint *y = &c->ep[o->y];

	if (y->holes.n > 0)
		ack_holes(c, o, to);
	ack_entries(c, o, to);
	if (y->mss > 0 && to - y->una >= STRETCH * (uint64_t)y->mss)
		y->stretch_acks++; /* kept with the bytes that it covers */
	o->advanced = true;
	if (y->pending.n > 0)
		resend_acked(c, o);
	if (y->rare != NULL)
		pmtu_acked(c, o);
	y->una = to;
	y->dup_cnt = 0;
	y->plain_dup = 0;
	y->progress_t = o->t;
	if (y->sacked.n > 0)
		ranges_prune(&y->sacked, to);
	if (y->rare == NULL)
		return;
	y->rare->reneg_n = 0;
	if (y->rare->other_clock_end != 0 && to >= y->rare->other_clock_end)
		checks_clock_taken(c, y);
}

/* a lies beyond everything seen of y. */
static void
ack_beyond(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];

	/* joined at a keep-alive: its byte was sent before (R1.6) */
	if (y->isn_known == ISN_ASSUMED && y->data_packets == 0 &&
	    o->a == y->max_end + 1) {
		y->max_end = y->una = o->a;
		return;
	}
	if (y->has_ack_ahead && o->a <= y->ack_ahead)
		return;
	y->has_ack_ahead = true;
	y->ack_ahead = o->a;
	y->ack_ahead_frame = o->frame_no;
	y->ack_ahead_t = o->t;
}

void
acks_check_ahead(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint64_t to;

	if (!x->has_ack_ahead ||
	    (o->len + o->fin + o->syn == 0 && o->s <= o->old_max_end))
		return;
	if (o->s > o->old_max_end) {
		/* o starts beyond the hole that the ACK had covered */
		to = x->ack_ahead < o->s ? x->ack_ahead : o->s;
		ack_unseen(c, o->x, o, x->ack_ahead_frame, x->ack_ahead_t,
		    x->ack_ahead, to - o->old_max_end);
		gaps_acknowledged(c, o->x, o->old_max_end, to, o);
		if (to > x->una)
			x->una = to;
	} else if (o->s == o->old_max_end && o->s < x->ack_ahead &&
		   o->len > 0 && o->has_ts && !o->backwards &&
		   x->isn_known == ISN_CERTAIN && conn_loop_min(c) > 0 &&
		   o->tx > x->ack_ahead_t + conn_loop_min(c)) {
		/* R6.31: sent for the first time well after the ACK passed */
		struct event *ev = conn_event_at(c, ANOMALY_ACK_BEYOND_SND_NXT,
		    o->y, x->ack_ahead_frame, x->ack_ahead_t, NULL);

		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_ACK, endpoint_rel(x, x->ack_ahead));
		event_set(
		    ev, EVIDENCE_MAX_END, endpoint_rel(x, o->old_max_end));
		event_cite(ev, o->frame_no);
	}
	/* the file shows the ACK before the bytes: they had arrived */
	if (o->s <= o->old_max_end && x->max_end >= x->ack_ahead &&
	    x->ack_ahead > x->una)
		x->una = x->ack_ahead;
	if (o->e >= x->ack_ahead || o->s > o->old_max_end)
		x->has_ack_ahead = false;
}

void
acks_finish(struct conn *c, enum side x)
{
	struct endpoint *ep = &c->ep[x];

	if (!ep->has_ack_ahead || !ep->seen || c->one_way ||
	    ep->ack_ahead <= ep->max_end)
		return;
	ack_unseen(c, x, NULL, ep->ack_ahead_frame, ep->ack_ahead_t,
	    ep->ack_ahead, ep->ack_ahead - ep->max_end);
	ep->has_ack_ahead = false;
}

/* R6.33, R1.27 (IV) */
static bool
ack_is_blind(const struct endpoint *x, const struct endpoint *y, uint64_t a)
{
	return y->has_una && a + endpoint_back_window(x) < y->una;
}

void
acks_feed(struct conn *c, const struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct feedback_wait w = {
	    .fb = {.una = y->una,
		.sack_high = ranges_high(&y->sacked),
		.plain_dup = y->plain_dup,
		.rack_t = y->rack_t,
		.progress_t = y->progress_t,
		.dup_cnt = y->dup_cnt,
		.dsacks = y->dsack_n,
		.once_n = y->once_n,
		.undo_n = y->undo_n},
	    .t = o->t,
	    .tsval = o->seg->opt.tsval,
	    .by_ts = o->has_ts && (!y->has_ack || o->s <= y->ack_max) &&
		     conn_event_count(c, ANOMALY_TS_ECHO_INVALID) == 0,
	};

	known_push(&y->known, &w, rtt_min(&x->rtt) / 32);
}

void
acks_process(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];

	if (!o->ack_ok || o->rst)
		return;
	if (!y->seen) {
		/* R1.20: nothing of y is in the capture yet */
		if (!y->has_una || o->a > y->una)
			y->una = o->a;
		y->has_una = true;
	} else if (ack_is_blind(x, y, o->a)) {
		struct event *ev =
		    conn_event(c, ANOMALY_ACK_BLIND_RANGE, o, NULL);

		ev->confidence = CONFIDENCE_POSSIBLE;
		event_set(ev, EVIDENCE_ACK, endpoint_rel(y, o->a));
		event_set(ev, EVIDENCE_UNA, endpoint_rel(y, y->una));
		o->g2 = true;
		o->ack_ok = false;
		return;
	} else {
		uint64_t to;

		ack_probe_byte(y, o->a);
		if (o->a > y->max_end)
			ack_beyond(c, o);
		to = o->a < y->max_end ? o->a : y->max_end;
		if (!y->has_una || to > y->una)
			acks_advance(c, o, to);
		y->has_una = true;
		if (o->seg->opt.has & OPT_SACK || y->sacked.n > 0)
			sack_process(c, o);
		if (o->sacked_new)
			y->progress_t = o->t;
	}
}

/* Raise one event of G2, unless there is one already (R1.41). */
static struct event *
g2_event(struct conn *c, struct obs *o, enum anomaly_kind kind)
{
	if (o->g2)
		return NULL;
	o->g2 = true;
	return conn_event(c, kind, o, NULL);
}

/* R6.41, R6.46, R6.61: answers to what the peer sent. */
static bool
ack_answers(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r = y->rare;
	struct event *ev;

	if (r != NULL && r->probe_unanswered && o->a == y->una) {
		r->probe_unanswered = false;
		ev = g2_event(c, o, ANOMALY_ZERO_WINDOW_PROBE_ACK);
		if (ev != NULL) {
			event_set(ev, EVIDENCE_N, r->probes_in_row);
			event_set(ev, EVIDENCE_WINDOW, o->w);
		}
		return true;
	}
	if (r != NULL && r->keepalive_open && o->a == y->una) {
		r->keepalive_open = false;
		r->keepalives_unanswered = 0;
		ev = g2_event(c, o, ANOMALY_KEEP_ALIVE_ACK);
		if (ev != NULL) {
			event_set(ev, EVIDENCE_RTT, o->t - r->keepalive_t);
			event_cite(ev, r->keepalive_frame);
		}
		return true;
	}
	if (x->challenge_due && o->s == x->max_end && o->a == x->ack_max) {
		ev = g2_event(c, o, ANOMALY_CHALLENGE_ACK);
		if (ev != NULL && y->last_frame != 0)
			event_set(
			    ev, EVIDENCE_CAUSE_FRAME, (int64_t)y->last_frame);
		return true;
	}
	return false;
}

/* R6.34 */
static bool
ack_is_duplicate(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	bool outstanding = y->max_end > y->una;
	const struct tcp_options *opt = &o->seg->opt;

	if (!outstanding || o->a != y->una || o->advanced || !x->seen ||
	    o->s != x->max_end || !x->has_wnd)
		return false;
	if (o->dsack && !o->sacked_new)
		return false; /* DSACK only */
	if (opt->has & OPT_MPTCP)
		return false; /* R2.18 */
	if (o->sacked_new)
		return true;
	if (o->w == x->wnd)
		return true;
	if (y->sacked.n > 0 || y->dup_cnt > 0)
		return true;
	return opt->cut && y->sack_ok && o->seg->header_bytes > 32;
}

static void
ack_duplicate(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	struct event *ev;

	y->dup_cnt++;
	y->plain_dup = o->sacked_new || y->sacked.n > 0 ? 0 : y->una;
	c->ep[o->x].dup_acks++;
	ev = g2_event(c, o, ANOMALY_DUP_ACK);
	if (ev == NULL)
		return;
	event_set(ev, EVIDENCE_N, y->dup_cnt);
	event_set(ev, EVIDENCE_ACK, endpoint_rel(y, o->a));
}

static void
ack_old(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	struct event *ev = g2_event(c, o, ANOMALY_ACK_OLD);

	if (ev == NULL)
		return;
	event_set(ev, EVIDENCE_ACK, endpoint_rel(y, o->a));
	event_set(ev, EVIDENCE_UNA, endpoint_rel(y, y->una));
}

static void
window_update(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct event *ev = g2_event(c, o, ANOMALY_WINDOW_UPDATE);

	if (ev == NULL)
		return;
	event_set(ev, EVIDENCE_OLD_EDGE, endpoint_rel(y, x->edge));
	event_set(ev, EVIDENCE_NEW_EDGE, endpoint_rel(y, o->a + o->w));
}

void
acks_classify(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	bool pure = o->len == 0 && !o->syn && !o->fin && !o->rst;
	bool opened = x->has_wnd && o->a + o->w > x->edge;

	if (!o->ack_ok || o->rst)
		return;
	if (pure && !o->advanced && y->seen) {
		bool answer = ack_answers(c, o);

		if (o->a < y->una && !answer)
			ack_old(c, o);
		else if (!answer && ack_is_duplicate(c, o))
			ack_duplicate(c, o);
		else if (!o->dsack && o->a == y->una && opened &&
			 !o->is_keepalive && !o->is_probe &&
			 (!answer || o->w > 0) && x->seen) {
			if (answer)
				o->g2 = false; /* R6.41: R6.42 too */
			window_update(c, o);
		}
	}
	if (y->seen && (o->advanced || o->sacked_new || o->dsack ||
			   (pure && o->a == y->una && y->dup_cnt > 0)))
		acks_feed(c, o);
}
