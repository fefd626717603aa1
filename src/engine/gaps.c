/*
 * gaps.c - holes in what the file shows of one direction (R1.18, R1.19) and
 * the choice between late, lost and not captured (R8.31, R8.33).
 */
#include "engine/gaps.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/acks.h"
#include "engine/endpoint.h"
#include "engine/resend.h"

#define HOLES_FIRST_CAP 4

static void
hole_remove(struct holes *h, uint32_t i)
{
	h->n--;
	memmove(&h->v[i], &h->v[i + 1], (h->n - i) * sizeof(*h->v));
}

/* R1.34: join the two closest holes to make room. */
static void
holes_join(struct holes *h)
{
	uint32_t i, best = 0;

	for (i = 1; i + 1 < h->n; i++)
		if (h->v[i + 1].l - h->v[i].r < h->v[best + 1].l - h->v[best].r)
			best = i;
	h->v[best].r = h->v[best + 1].r;
	h->v[best].capture_gap &= h->v[best + 1].capture_gap;
	h->v[best].joined = true;
	h->merged = true;
	hole_remove(h, best + 1);
}

static bool
hole_insert(struct holes *h, uint32_t i, const struct hole *hole)
{
	if (h->n == h->cap) {
		uint32_t cap = h->cap ? h->cap * 2 : HOLES_FIRST_CAP;
		struct hole *v = realloc(h->v, cap * sizeof(*v));

		if (v == NULL)
			return false;
		h->v = v;
		h->cap = cap;
	}
	memmove(&h->v[i + 1], &h->v[i], (h->n - i) * sizeof(*h->v));
	h->v[i] = *hole;
	h->n++;
	return true;
}

/* Index of the first hole that ends above seq. */
static uint32_t
hole_find(const struct holes *h, uint64_t seq)
{
	uint32_t lo = 0, hi = h->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (h->v[mid].r > seq)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* Acknowledged holes far below una can no longer be filled by anything. */
static void
holes_forget(struct conn *c, enum side x)
{
	struct endpoint *ep = &c->ep[x];
	int64_t patience = conn_patience(c, x);

	while (ep->holes.n > 0 && ep->holes.v[0].capture_gap &&
	       ep->holes.v[0].r <= ep->una &&
	       ep->last_t - ep->holes.v[0].t > patience) {
		conn_event_settle(c, &ep->holes.v[0].gap);
		hole_remove(&ep->holes, 0);
	}
}

void
gaps_open(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct hole hole = {
	    .l = x->max_end,
	    .r = o->s,
	    .frame_no = o->frame_no,
	    .t = o->t,
	    .tsval = o->seg->opt.tsval,
	    .ip_id = o->seg->ip_id,
	    .has_ts = o->has_ts,
	    .has_ip_id = o->seg->has_ip_id && o->seg->ip_id != 0,
	};

	resend_lost_flight(c, o);
	holes_forget(c, o->x);
	while (x->holes.n >= c->limits->holes)
		holes_join(&x->holes);
	hole_insert(&x->holes, x->holes.n, &hole);
}

bool
gaps_overlap(const struct conn *c, const struct obs *o)
{
	const struct holes *h = &c->ep[o->x].holes;
	uint32_t i;

	if (h->n == 0 || o->e == o->s)
		return false;
	i = hole_find(h, o->s);
	return i < h->n && h->v[i].l < o->e;
}

uint64_t
gaps_missing(const struct endpoint *x, uint64_t l, uint64_t r)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = hole_find(&x->holes, l); i < x->holes.n && x->holes.v[i].l < r;
	     i++) {
		const struct hole *h = &x->holes.v[i];

		sum += (h->r < r ? h->r : r) - (h->l > l ? h->l : l);
	}
	return sum;
}

/* How R8.31 decided about one hole. */
struct fill_verdict {
	bool late;
	enum confidence confidence;
	enum word by;
};

static struct fill_verdict
fill_judge(const struct conn *c, const struct obs *o, const struct hole *h)
{
	const struct endpoint *x = &c->ep[o->x];
	int64_t loop = conn_loop_min(c), d = o->t - h->t;
	int32_t step;

	if (o->has_ts && h->has_ts) { /* (a) */
		step = seq_diff(o->seg->opt.tsval, h->tsval);
		if (step != 0)
			return (struct fill_verdict){
			    step < 0, CONFIDENCE_CERTAIN, WORD_TIMESTAMP};
	}
	if (h->has_ip_id && o->seg->has_ip_id && o->seg->ip_id != 0 &&
	    endpoint_ip_id_counts(x)) { /* (b) */
		step = (int16_t)(uint16_t)(o->seg->ip_id - h->ip_id);
		if (step != 0)
			return (struct fill_verdict){step < 0,
			    step < 0 ? CONFIDENCE_CERTAIN : CONFIDENCE_PROBABLE,
			    WORD_IP_ID};
	}
	if (d < (loop > 0 ? k_reorder(loop) : K_OOO_MIN)) /* (c) */
		return (struct fill_verdict){
		    true, CONFIDENCE_PROBABLE, WORD_TIME};
	if (x->dup_cnt > 0 || ranges_high(&x->sacked) > h->l) /* (d) */
		return (struct fill_verdict){
		    false, CONFIDENCE_PROBABLE, WORD_FEEDBACK};
	return (struct fill_verdict){false, CONFIDENCE_POSSIBLE, WORD_TIME};
}

/* Whether the event of h speaks of another part of the same hole, too. */
static bool
gap_shared(const struct holes *holes, const struct hole *h)
{
	uint32_t i;

	for (i = 0; i < holes->n; i++)
		if (&holes->v[i] != h &&
		    holes->v[i].gap.serial == h->gap.serial)
			return true;
	return false;
}

/* The segment came late: reordering (R6.22). */
static void
fill_late(
    struct conn *c, struct obs *o, struct hole *h, const struct fill_verdict *v)
{
	struct endpoint *x = &c->ep[o->x];
	struct event *ev;

	if (h->capture_gap) {
		if (h->gap.serial != 0 && h->l >= o->s && h->r <= o->e &&
		    !gap_shared(&x->holes, h))
			conn_event_retract(c, &h->gap);
		if (x->rare != NULL) {
			uint64_t l = h->l > o->s ? h->l : o->s;
			uint64_t r = h->r < o->e ? h->r : o->e;

			x->rare->gap_bytes -= x->rare->gap_bytes < r - l
						  ? x->rare->gap_bytes
						  : r - l;
		}
	}
	if (o->late)
		return; /* one event a segment */
	o->late = true;
	x->ooo_packets++;
	ev = conn_event(c, ANOMALY_OUT_OF_ORDER, o, NULL);
	ev->confidence = (uint8_t)v->confidence;
	ev->revised_from[ev->revised_n++] = ANOMALY_GAP;
	event_set(ev, EVIDENCE_REVEALED_BY, (int64_t)h->frame_no);
	event_set(ev, EVIDENCE_DISPLACEMENT,
	    (int64_t)(x->max_end > o->e ? x->max_end - o->e : 0));
	event_set(ev, EVIDENCE_DELAY, o->t - h->t);
	event_set(ev, EVIDENCE_DECIDED_BY, v->by);
	event_cite(ev, h->frame_no);
}

/* The bytes [l, r) of h were missing from the capture (R6.24). */
static void
hole_not_captured(struct conn *c, enum side x, struct hole *h, uint64_t l,
    uint64_t r, uint64_t proof, enum confidence conf)
{
	struct endpoint_rare *rare = endpoint_rare(&c->ep[x]);
	struct endpoint *ep = &c->ep[x];
	struct event *ev = conn_event_get(c, &h->gap);
	const struct evidence *was;

	resend_flight_was_captured(c, x, l);
	if (rare != NULL)
		rare->gap_bytes += r - l;
	if (ev != NULL) { /* a further part of the same hole */
		was = event_get(ev, EVIDENCE_BYTES);
		event_set(
		    ev, EVIDENCE_BYTES, (was ? was->v : 0) + (int64_t)(r - l));
		was = event_get(ev, EVIDENCE_RANGE);
		if (was != NULL)
			event_set_range(ev, EVIDENCE_RANGE,
			    was->v < endpoint_rel(ep, l) ? was->v
							 : endpoint_rel(ep, l),
			    was->v2 > endpoint_rel(ep, r)
				? was->v2
				: endpoint_rel(ep, r));
		event_cite(ev, proof);
		return;
	}
	ev = conn_event_at(
	    c, ANOMALY_CAPTURE_GAP, x, h->frame_no, h->t, &h->gap);
	ev->confidence = (uint8_t)conf;
	ev->revised_from[ev->revised_n++] = ANOMALY_GAP;
	event_set_range(
	    ev, EVIDENCE_RANGE, endpoint_rel(ep, l), endpoint_rel(ep, r));
	event_set(ev, EVIDENCE_BYTES, (int64_t)(r - l));
	event_set(ev, EVIDENCE_FILLED_BY, 0);
	event_cite(ev, proof);
}

/* The bytes were lost before the tap and sent again (R6.23). */
static void
fill_resent(struct conn *c, struct obs *o, struct hole *h, uint64_t l,
    uint64_t r, const struct fill_verdict *v)
{
	struct endpoint *x = &c->ep[o->x];
	struct endpoint_rare *rare = endpoint_rare(x);
	struct event *ev;

	if (h->capture_gap)
		return; /* R8.33: a resend leaves it so */
	if (conn_at_host(c, o->x)) {
		hole_not_captured(
		    c, o->x, h, l, r, o->frame_no, CONFIDENCE_PROBABLE);
		ev = conn_event_get(c, &h->gap);
		if (ev != NULL) {
			event_set(ev, EVIDENCE_DECIDED_BY, WORD_NEAR_SENDER);
			event_set(ev, EVIDENCE_FILLED_BY, (int64_t)o->frame_no);
		}
		return;
	}
	if (rare != NULL)
		rare->resent_up_bytes += r - l;
	ev = conn_event_get(c, &h->loss);
	if (ev != NULL) {
		event_cite(ev, o->frame_no);
		return;
	}
	ev = conn_event_at(
	    c, ANOMALY_LOSS_UPSTREAM, o->x, h->frame_no, h->t, &h->loss);
	ev->confidence = (uint8_t)v->confidence;
	ev->revised_from[ev->revised_n++] = ANOMALY_GAP;
	event_set_range(
	    ev, EVIDENCE_RANGE, endpoint_rel(x, h->l), endpoint_rel(x, h->r));
	event_set(ev, EVIDENCE_FILLED_BY, (int64_t)o->frame_no);
	event_set(ev, EVIDENCE_DECIDED_BY, v->by);
	event_cite(ev, o->frame_no);
}

/* Take [o->s, o->e) out of hole i; false when the hole is gone. */
static bool
hole_cover(struct conn *c, uint32_t i, const struct obs *o)
{
	struct holes *h = &c->ep[o->x].holes;
	struct hole upper = h->v[i];

	if (o->s <= h->v[i].l && o->e >= h->v[i].r) {
		if (h->v[i].gap.serial != 0 && !gap_shared(h, &h->v[i]))
			conn_event_settle(c, &h->v[i].gap);
		hole_remove(h, i);
		return false;
	}
	if (o->s <= h->v[i].l) {
		h->v[i].l = o->e;
	} else {
		h->v[i].r = o->s;
		if (o->e < upper.r) {
			/* one of the two pieces keeps the events */
			memset(&upper.gap, 0, sizeof(upper.gap));
			memset(&upper.loss, 0, sizeof(upper.loss));
			upper.l = o->e;
			hole_insert(h, i + 1, &upper);
		}
	}
	return true;
}

bool
gaps_fill(struct conn *c, struct obs *o, enum confidence *confidence,
    struct event_ref *loss)
{
	struct holes *holes = &c->ep[o->x].holes;
	uint32_t i = hole_find(holes, o->s);
	struct fill_verdict v = fill_judge(c, o, &holes->v[i]);

	memset(loss, 0, sizeof(*loss));
	*confidence = v.confidence;
	while (i < holes->n && holes->v[i].l < o->e) {
		struct hole *h = &holes->v[i];
		uint64_t l = h->l > o->s ? h->l : o->s;
		uint64_t r = h->r < o->e ? h->r : o->e;

		if (v.late) {
			fill_late(c, o, h, &v);
		} else {
			fill_resent(c, o, h, l, r, &v);
			if (loss->serial == 0)
				*loss = h->loss;
		}
		if (hole_cover(c, i, o))
			i++;
	}
	return !v.late;
}

bool
gaps_loss_was_late(struct conn *c, struct event_ref *loss, const struct obs *o)
{
	struct event *ev = conn_event_get(c, loss);
	uint64_t revealer;

	if (ev == NULL || ev->kind != ANOMALY_LOSS_UPSTREAM)
		return false;
	revealer = ev->frame_no;
	ev = conn_event_revise(c, loss, ANOMALY_OUT_OF_ORDER);
	ev->frame_no = o->frame_no;
	ev->ts_ns = o->t;
	event_set(ev, EVIDENCE_REVEALED_BY, (int64_t)revealer);
	event_set(ev, EVIDENCE_DECIDED_BY, WORD_OVERTAKEN);
	event_cite(ev, revealer);
	conn_event_settle(c, loss);
	return true;
}

uint64_t
gaps_acknowledged(
    struct conn *c, enum side x, uint64_t l, uint64_t r, const struct obs *o)
{
	struct holes *h = &c->ep[x].holes;
	uint64_t covered = 0;
	uint32_t i;

	for (i = hole_find(h, l); i < h->n && h->v[i].l < r; i++) {
		struct hole *hole = &h->v[i];
		uint64_t hl = hole->l > l ? hole->l : l;
		uint64_t hr = hole->r < r ? hole->r : r;

		/* bytes between joined holes are in the file */
		if (hole->joined)
			continue;
		covered += hr - hl;
		if (hole->capture_gap)
			continue;
		hole_not_captured(
		    c, x, hole, hl, hr, o->frame_no, CONFIDENCE_CERTAIN);
		if (hl == hole->l && hr == hole->r) {
			hole->capture_gap = true;
		} else if (hl == hole->l) {
			struct hole rest = *hole;

			hole->r = hr;
			hole->capture_gap = true;
			rest.l = hr;
			if (h->n < c->limits->holes)
				hole_insert(h, ++i, &rest);
		} else {
			struct hole part = *hole, rest = *hole;

			/* a SACK names a part above the left edge */
			part.l = hl;
			part.r = rest.l = hr;
			part.capture_gap = true;
			hole->r = hl;
			if (h->n < c->limits->holes)
				hole_insert(h, ++i, &part);
			if (rest.l < rest.r && h->n < c->limits->holes)
				hole_insert(h, i + 1, &rest);
		}
	}
	return covered;
}

uint64_t
gaps_contig(const struct endpoint *x)
{
	uint32_t i;

	for (i = 0; i < x->holes.n; i++)
		if (!x->holes.v[i].capture_gap)
			return x->holes.v[i].l;
	return x->max_end;
}

void
gaps_finish(struct conn *c, enum side x)
{
	struct endpoint *ep = &c->ep[x];
	uint64_t last_frame = 0;
	uint32_t i;

	for (i = 0; i < ep->holes.n; i++) {
		struct hole *h = &ep->holes.v[i];
		struct event *ev;

		/* what fills part of a hole leaves the rest with one event */
		if (h->capture_gap || h->frame_no == last_frame ||
		    conn_event_get(c, &h->loss) != NULL)
			continue;
		last_frame = h->frame_no;
		ev = conn_event_at(
		    c, ANOMALY_GAP_UNRESOLVED, x, h->frame_no, h->t, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		ev->revised_from[ev->revised_n++] = ANOMALY_GAP;
		event_set_range(ev, EVIDENCE_RANGE, endpoint_rel(ep, h->l),
		    endpoint_rel(ep, h->r));
		event_set(ev, EVIDENCE_FILLED_BY, 0);
	}
}
