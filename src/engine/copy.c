/*
 * copy.c - the same packet twice: by the network or by the capture (R8.15).
 */
#include "engine/copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/endpoint.h"
#include "engine/resend.h"

/* R8.15 (a): longest time between a packet and its copy. IP IDs that count
 * need longer to come round below 30,000 packets a second. */
#define COPY_ID_SPAN (2 * NS_PER_S)
/* Share of copied packets that tells of a mirror: 16 of the last 32. */
#define MIRROR_COPIES 16

bool
copy_make_room(struct endpoint *x)
{
	/* most connections are short: grow to the ring's full size */
	uint8_t cap = x->recent_cap ? RECENT : RECENT / 4;
	struct recent *v = realloc(x->recent, cap * sizeof(*v));

	if (v == NULL)
		return false;
	x->recent = v;
	x->recent_cap = cap;
	return true;
}

/*
 * Some stacks keep the IP ID of what they send again: a timer's time after
 * the first the equal ID is no sign of a copy any more.
 */
static int64_t
copy_span(const struct conn *c, enum side x)
{
	const struct rtt *rtt = &c->ep[x].rtt;
	int64_t rto = rtt->has_full ? k_rto_frac(rtt_rto(rtt)) : K_RTO_MIN;

	return rto < COPY_ID_SPAN ? rto : COPY_ID_SPAN;
}

/* R8.15 (a) and (b). */
static bool
copy_matches(const struct conn *c, const struct obs *o, uint32_t hash,
    const struct recent *r)
{
	const struct segment *seg = o->seg;
	int64_t dt = o->t - r->t, loop = conn_loop_min(c);

	if (r->frame_no == 0 || r->hash != hash)
		return false;
	if (seg->has_ip_id && seg->ip_id != 0 && r->ip_id == seg->ip_id)
		return dt <= copy_span(c, o->x);
	/* where IP IDs count, two of them are two transmissions */
	if (seg->has_ip_id && seg->ip_id != r->ip_id &&
	    endpoint_ip_id_counts(&c->ep[o->x]))
		return false;
	/* an ACK may be repeated, but not at once and in another tunnel */
	if (o->e == o->s && r->encap_n == seg->encap_n)
		return false;
	return dt < (loop > 0 ? loop / 2 : K_CAPDUP_T);
}

static const struct recent *
copy_find(const struct conn *c, const struct obs *o, uint32_t hash)
{
	const struct endpoint *x = &c->ep[o->x];
	uint32_t i, n = x->recent_next < RECENT ? x->recent_next : RECENT;

	for (i = 1; i <= n; i++) {
		const struct recent *r =
		    &x->recent[(x->recent_next - i) % RECENT];

		if (copy_matches(c, o, hash, r))
			return r;
	}
	return NULL;
}

/* Older data copies are found in the history (R1.37). */
static bool
copy_in_history(const struct conn *c, const struct obs *o, struct recent *found)
{
	const struct endpoint *x = &c->ep[o->x];
	const struct segment *seg = o->seg;
	uint32_t i = history_find(&x->sent, o->s);
	const struct sent *e;

	if (o->e == o->s || o->syn || i == x->sent.n || !seg->has_ip_id ||
	    seg->ip_id == 0)
		return false;
	e = history_at(&x->sent, i);
	if (history_start(&x->sent, e) != o->s ||
	    history_end(&x->sent, e) != o->e || !e->whole || !e->has_ip_id ||
	    e->ip_id != seg->ip_id || e->hash != sent_hash(seg->payload_hash) ||
	    e->has_ts != o->has_ts ||
	    (e->has_ts && e->tsval != seg->opt.tsval) ||
	    o->t - e->t_last > copy_span(c, o->x))
		return false;
	*found = (struct recent){.frame_no = e->frame_no,
	    .t = e->t_last,
	    .ip_id = (uint16_t)e->ip_id,
	    .vlan_id = seg->vlan_id,
	    .ttl = (uint8_t)e->ttl,
	    .encap_n = seg->encap_n};
	return true;
}

static unsigned
bits_set(uint32_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

static void
copy_event(struct conn *c, const struct obs *o, const struct recent *r,
    enum anomaly_kind kind, enum confidence conf, struct event_ref *ref)
{
	struct event *ev = conn_event(c, kind, o, ref);

	ev->confidence = (uint8_t)conf;
	event_set(ev, EVIDENCE_ORIGINAL_FRAME, (int64_t)r->frame_no);
	event_set(ev, EVIDENCE_DT, o->t - r->t);
	event_set(ev, EVIDENCE_IP_ID, r->ip_id);
	event_set(ev, EVIDENCE_D_TTL, (int64_t)r->ttl - o->seg->ttl);
	if (kind == ANOMALY_CAPTURE_DUPLICATE && r->ttl > o->seg->ttl)
		event_set(ev, EVIDENCE_SUB, WORD_ROUTED_COPY);
	event_cite(ev, r->frame_no);
}

/* Without the receiver's word: what the copies themselves tell. */
static bool
copy_looks_captured(const struct endpoint_rare *rare, const struct obs *o,
    const struct recent *r, bool *certain)
{
	*certain = r->ttl != o->seg->ttl || r->vlan_id != o->seg->vlan_id ||
		   r->encap_n != o->seg->encap_n;
	if (*certain || rare == NULL)
		return *certain;
	if (bits_set(rare->copies_window) >= MIRROR_COPIES)
		return true;
	return rare->copies_capture > rare->copies_network;
}

static void
copy_raise(struct conn *c, struct obs *o, const struct recent *r)
{
	struct endpoint *x = &c->ep[o->x];
	struct endpoint_rare *rare = endpoint_rare(x);
	struct pending_resend p = {.is_copy = true};
	bool certain, captured = copy_looks_captured(rare, o, r, &certain);
	enum anomaly_kind kind =
	    captured ? ANOMALY_CAPTURE_DUPLICATE : ANOMALY_NETWORK_DUPLICATE;

	x->capture_copies++;
	if (rare != NULL)
		rare->copies_window |= 1;
	if (certain) {
		copy_event(c, o, r, kind, CONFIDENCE_CERTAIN, NULL);
		return;
	}
	copy_event(c, o, r, kind, CONFIDENCE_POSSIBLE, &p.ref);
	p.s = o->s;
	p.e = o->e;
	p.frame_no = o->frame_no;
	p.t = o->t;
	p.one_way = !c->ep[o->y].seen;
	p.deadline = o->t + conn_patience(c, o->x);
	resend_pend(c, o->x, &p);
}

bool
copy_check(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t hash = copy_hash(o->seg);
	const struct recent *r = NULL;
	struct recent old;
	/* new bytes or a new acknowledgement cannot repeat anything */
	bool fresh =
	    (o->e > o->s && o->s >= x->max_end) ||
	    (o->e == o->s && o->has_a && x->has_ack && o->a > x->ack_max);

	if (x->rare != NULL)
		x->rare->copies_window <<= 1;
	if (x->seen && !fresh) {
		r = copy_find(c, o, hash);
		if (r == NULL && copy_in_history(c, o, &old))
			r = &old;
	}
	if (r != NULL) {
		copy_raise(c, o, r);
		return true;
	}
	copy_remember(x, o->seg, o->t, hash);
	return false;
}

void
copy_expire(struct conn *c, enum side x, struct pending_resend *p)
{
	struct endpoint *ep = &c->ep[x], *y = &c->ep[!x];
	struct event *ev = conn_event_get(c, &p->ref);
	bool answered =
	    p->e > p->s && y->seen && y->last_ack_t > p->t && ep->una >= p->e;
	/* no word of the receiver: as the other copies of this direction */
	bool like_others =
	    p->e == p->s && ep->rare != NULL &&
	    (ep->rare->copies_capture > ep->rare->copies_network ||
		ep->capture_copies * 2 >= ep->packets);

	if (ev != NULL && (answered || like_others)) {
		/* it had its chance to report a duplicate, or needs none */
		if (ev->kind != ANOMALY_CAPTURE_DUPLICATE)
			ev = conn_event_revise(
			    c, &p->ref, ANOMALY_CAPTURE_DUPLICATE);
		ev->confidence = CONFIDENCE_PROBABLE;
		if (ep->rare != NULL && answered)
			ep->rare->copies_capture++;
	}
	conn_event_settle(c, &p->ref);
}
