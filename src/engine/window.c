/*
 * window.c - windows, probes, keep-alives (RULEBOOK 6, "Windows and probes").
 */
#include "engine/window.h"

#include "base/constants.h"
#include "base/seq.h"

/* R6.45: as many in a row without an answer are worth a warning. */
#define KEEP_ALIVES_UNANSWERED 3
/* R6.49: one burst of an application makes no such run. */
#define SMALL_WINDOWS 4
#define SMALL_SEGMENTS 8

static bool
control(const struct obs *o)
{
	return o->syn || o->fin || o->rst;
}

/* --- probes ----------------------------------------------------------- */

/*
 * Whether the sender of o believes y's window closed (R1.42): it is, or o
 * echoes the segment that closed it and not yet the one that opened it, which
 * was lost.
 */
static bool
knows_zero_window(const struct obs *o, const struct endpoint *y)
{
	const struct zero_window *z = y->rare != NULL ? &y->rare->zero : NULL;

	if (y->zero_wnd)
		return true;
	return z != NULL && z->has_ts && o->has_ts &&
	       seq_diff(o->seg->opt.tsecr, z->tsval) >= 0 &&
	       seq_diff(o->seg->opt.tsecr, z->opened_tsval) < 0;
}

bool
window_probe(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r;
	struct event *ev;
	bool new_byte = o->len == 1 && o->s == x->max_end;

	if (!(new_byte ? y->zero_wnd : knows_zero_window(o, y)) || control(o) ||
	    o->len > 1 || !x->has_una || !(new_byte || o->s + 1 == x->una))
		return false;
	/* data that waits for its ACK is resent, not probed with */
	if (!new_byte && x->max_end > x->una && o->s + 1 != x->una)
		return false;
	r = endpoint_rare(x);
	if (r == NULL)
		return false;
	/* a bare ACK one below una: Linux; without a byte and old: an ACK */
	if (o->len == 0 && o->has_ts && x->has_ts &&
	    seq_diff(o->seg->opt.tsval, x->tsval_hi) < 0)
		return false;
	o->is_probe = true;
	r->probes_in_row++;
	r->probe_unanswered = true;
	r->probe_end = new_byte ? o->s + 1 : 0;
	ev = conn_event(c, ANOMALY_ZERO_WINDOW_PROBE, o, NULL);
	event_set(ev, EVIDENCE_N, r->probes_in_row);
	event_set(ev, EVIDENCE_LEN, o->len);
	event_set(ev, EVIDENCE_INTERVAL, o->t - x->last_t);
	return true;
}

bool
window_keep_alive(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r;
	struct event *ev;
	int64_t quiet = o->t - (c->last_data_t ? c->last_data_t : c->first_t);

	if (o->len > 1 || control(o) || !x->has_una || o->s + 1 != x->max_end ||
	    x->una != x->max_end || (y->has_wnd && y->zero_wnd) ||
	    o->s == x->base)
		return false;
	if (quiet < rtt_rto(&x->rtt) ||
	    (o->has_ts && x->has_ts &&
		seq_diff(o->seg->opt.tsval, x->tsval_hi) < 0))
		return false;
	r = endpoint_rare(x);
	if (r == NULL)
		return false;
	o->is_keepalive = true;
	r->keepalives++;
	r->keepalive_open = true;
	r->keepalive_t = o->t;
	r->keepalive_frame = o->frame_no;
	r->keepalives_unanswered++;
	ev = conn_event(c, ANOMALY_KEEP_ALIVE, o, NULL);
	event_set(ev, EVIDENCE_IDLE, quiet);
	event_set(ev, EVIDENCE_N, r->keepalives);
	if (r->keepalives_unanswered > KEEP_ALIVES_UNANSWERED &&
	    !r->keepalive_warned && !c->one_way) {
		r->keepalive_warned = true;
		ev = conn_event(c, ANOMALY_KEEP_ALIVE_UNANSWERED, o, NULL);
		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_N, r->keepalives_unanswered - 1);
	}
	return true;
}

/* --- data against the window ------------------------------------------ */

static void
data_beyond(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	uint64_t excess = o->e - y->edge_max;
	struct event *ev;

	if (o->len <= 1 || excess <= 1 || o->s > y->edge_max)
		return;
	ev = conn_event(c, ANOMALY_DATA_BEYOND_WINDOW, o, NULL);
	/* one window update that was not captured explains it as well */
	ev->confidence = CONFIDENCE_POSSIBLE;
	if (conn_event_count(c, ANOMALY_CAPTURE_GAP) > 0 ||
	    conn_event_count(c, ANOMALY_ACK_UNSEEN) > 0 || x->presumed_n > 0)
		ev->severity = SEVERITY_NOTE;
	event_set(ev, EVIDENCE_EXCESS, (int64_t)excess);
	event_set(ev, EVIDENCE_EDGE, endpoint_rel(x, y->edge_max));
}

/* R6.49 as a sender: small segments although a full one would fit. */
static void
small_segments(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r = x->rare;
	uint64_t flight = x->max_end - x->una;
	struct event *ev;

	if (!x->mss_known || o->len >= x->mss / 2u ||
	    segment_has(o->seg, FLAG_PSH) || o->fin ||
	    y->wnd < flight + x->mss) {
		if (r != NULL)
			r->small_segments = 0;
		return;
	}
	r = endpoint_rare(x);
	if (r == NULL || ++r->small_segments != SMALL_SEGMENTS)
		return;
	ev = conn_event(c, ANOMALY_SILLY_WINDOW, o, NULL);
	ev->confidence = CONFIDENCE_POSSIBLE;
	ev->severity = SEVERITY_NOTE;
	event_set(ev, EVIDENCE_SUB, WORD_SMALL_SEGMENTS);
	event_set(ev, EVIDENCE_N, r->small_segments);
}

void
window_check_data(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct event *ev;
	uint64_t flight = o->e - x->una;

	if (o->len == 0 || !y->has_wnd || o->syn)
		return;
	if (!y->shift_known) {
		/* R6.48: an unscaled window that the flight exceeds */
		if (!x->ws_unknown_raised && x->has_una && flight > y->wnd &&
		    y->seen) {
			uint32_t k = 0;

			while (k < 14 && flight > (uint64_t)y->wnd << k)
				k++;
			x->ws_unknown_raised = true;
			ev = conn_event(
			    c, ANOMALY_WINDOW_SCALE_UNKNOWN, o, NULL);
			event_set(ev, EVIDENCE_SHIFT_MIN, k);
		}
		return;
	}
	if (o->e > y->edge_max) {
		data_beyond(c, o);
	} else if (o->e == y->edge) {
		ev = conn_event(c, ANOMALY_WINDOW_FULL, o, NULL);
		event_set(ev, EVIDENCE_EDGE, endpoint_rel(x, y->edge));
	}
	if (o->len < x->mss / 2u || x->rare != NULL)
		small_segments(c, o);
}

/* --- the window of a segment ------------------------------------------ */

static void
zero_window_close(struct conn *c, enum side x, uint64_t frame_no, int64_t t)
{
	struct endpoint_rare *r = c->ep[x].rare;
	struct event *ev = conn_event_get(c, &r->zero.ref);

	r->zero.open = false;
	r->zero_ns += t - r->zero.since;
	if (ev != NULL) {
		event_set(ev, EVIDENCE_DURATION, t - r->zero.since);
		event_set(ev, EVIDENCE_REPEATS, r->zero.repeats);
		event_set(ev, EVIDENCE_UNTIL, (int64_t)frame_no);
	}
	conn_event_settle(c, &r->zero.ref);
}

void
window_before(struct conn *c, struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x];

	o->was_zero = x->zero_wnd;
	o->old_edge = x->has_wnd ? x->edge : 0;
	o->first_scaled = !x->has_wnd_range;
}

/* R6.47, R6.49 as a receiver. */
static void
window_moves(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r;
	struct event *ev;
	uint32_t limit = x->max_wnd / 2;

	/* the first scaled window rounds what the SYN offered unscaled */
	if (x->edge + (1u << x->shift) < o->old_edge && o->old_edge != 0 &&
	    (!o->first_scaled || y->max_end > x->edge) && x->wl1 == o->s &&
	    x->wl2 == o->a) {
		ev = conn_event(c, ANOMALY_WINDOW_SHRUNK, o, NULL);
		event_set(ev, EVIDENCE_OLD_EDGE, endpoint_rel(y, o->old_edge));
		event_set(ev, EVIDENCE_NEW_EDGE, endpoint_rel(y, x->edge));
	}
	if (!y->mss_known || o->len > 0)
		return;
	if (y->mss < limit)
		limit = y->mss;
	if (o->w == 0 || o->w >= limit || x->edge <= o->old_edge) {
		if (x->rare != NULL && o->w != 0)
			x->rare->small_windows = 0;
		return;
	}
	r = endpoint_rare(x);
	if (r == NULL || ++r->small_windows != SMALL_WINDOWS)
		return;
	ev = conn_event(c, ANOMALY_SILLY_WINDOW, o, NULL);
	ev->blame = BLAME_SENDER;
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_SUB, WORD_SMALL_WINDOWS);
	event_set(ev, EVIDENCE_N, r->small_windows);
}

/* R6.98 */
static void
window_first(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct event *ev;

	x->tiny_checked = true;
	if (!x->opt_seen || !y->mss_known || !x->shift_known ||
	    o->w >= 2u * y->mss || o->w == 0)
		return;
	ev = conn_event(c, ANOMALY_WINDOW_TINY_START, o, NULL);
	event_set(ev, EVIDENCE_WINDOW, o->w);
	event_set(ev, EVIDENCE_MSS, y->mss);
}

void
window_after(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r;

	if (control(o) || !o->ack_ok || !x->has_wnd)
		return;
	if (!x->tiny_checked)
		window_first(c, o);
	/* past the peer's FIN nothing more can come */
	if (y->has_fin && o->a > y->fin_seq)
		return;
	if (x->zero_wnd && !o->was_zero) {
		r = endpoint_rare(x);
		if (r == NULL)
			return;
		r->zero = (struct zero_window){
		    .open = true, .since = o->t, .tsval = o->seg->opt.tsval};
		if (y->rare != NULL && o->old_edge != 0)
			y->rare->probes_in_row = 0;
		/* R6.39 speaks of closing: the first window seen may be old */
		if (o->old_edge != 0)
			conn_event(c, ANOMALY_ZERO_WINDOW, o, &r->zero.ref);
	} else if (x->zero_wnd && x->rare != NULL && x->rare->zero.open) {
		x->rare->zero.repeats++;
	} else if (!x->zero_wnd && o->was_zero && x->rare != NULL &&
		   x->rare->zero.open) {
		o->window_opened = true;
		x->rare->zero.opened_t = o->t;
		x->rare->zero.has_ts = o->has_ts;
		x->rare->zero.opened_tsval = o->seg->opt.tsval;
		zero_window_close(c, o->x, o->frame_no, o->t);
	}
	if (x->shift_known)
		window_moves(c, o);
}

void
window_finish(struct conn *c, enum side x)
{
	struct endpoint_rare *r = c->ep[x].rare;
	struct event *ev;

	if (r == NULL || !r->zero.open)
		return;
	r->zero_ns += c->last_t - r->zero.since;
	ev = conn_event_get(c, &r->zero.ref);
	if (ev == NULL)
		return;
	event_set(ev, EVIDENCE_DURATION, c->last_t - r->zero.since);
	event_set(ev, EVIDENCE_REPEATS, r->zero.repeats);
	event_set(ev, EVIDENCE_UNTIL, 0);
}
