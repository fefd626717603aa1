/*
 * resend.c - resends: their events and causes (R8.12 to R8.16, R6.19).
 */
#include "engine/resend.h"

#include <string.h>

#include "base/constants.h"
#include "base/digest.h"
#include "base/seq.h"
#include "engine/endpoint.h"
#include "engine/pmtu.h"

static enum anomaly_kind
kind_event(enum word kind)
{
	switch (kind) {
	case WORD_RTO:
		return ANOMALY_RETRANSMISSION_RTO;
	case WORD_FAST:
		return ANOMALY_RETRANSMISSION_FAST;
	case WORD_SACK:
		return ANOMALY_RETRANSMISSION_SACK;
	case WORD_TLP:
		return ANOMALY_RETRANSMISSION_TLP;
	default:
		return ANOMALY_RETRANSMISSION_UNCLASSIFIED;
	}
}

/* --- events ----------------------------------------------------------- */

/* R8.8: the longest believable reaction, as evidence only. */
static int64_t
react_limit(const struct conn *c, const struct obs *o)
{
	const struct rtt *to_x = &c->ep[o->y].rtt;
	int64_t half = rtt_full(&c->ep[o->x].rtt) / 2;

	return (to_x->has ? to_x->srtt : 0) +
	       (half > K_ACK_SLACK ? half : K_ACK_SLACK);
}

static void
kind_evidence(struct event *ev, const struct conn *c, const struct obs *o,
    const struct resend_kind *k, uint64_t original_frame)
{
	const struct endpoint *x = &c->ep[o->x];

	event_set(ev, EVIDENCE_ORIGINAL_FRAME, (int64_t)original_frame);
	event_set(ev, EVIDENCE_KIND, k->kind);
	event_set(ev, EVIDENCE_SILENCE, o->silence);
	if (k->sub != WORD_NONE)
		event_set(ev, EVIDENCE_SUB, k->sub);
	if (k->kind == WORD_RTO) {
		event_set(ev, EVIDENCE_GAP, k->gap);
		event_set(ev, EVIDENCE_RTO_EST, k->rto_est);
		event_set(ev, EVIDENCE_BACKOFF, k->backoff);
	} else if (k->kind == WORD_FAST || k->kind == WORD_SACK) {
		event_set(ev, EVIDENCE_DUP_CNT, k->dup_cnt);
		event_set(ev, EVIDENCE_SACKED_ABOVE, (int64_t)k->sacked_above);
		event_set(ev, EVIDENCE_REACT_LIMIT, react_limit(c, o));
		if (c->ep[o->y].last_ack_t != 0)
			event_set(ev, EVIDENCE_REACTION,
			    o->t - c->ep[o->y].last_ack_t);
	} else if (k->kind == WORD_TLP) {
		event_set(ev, EVIDENCE_PTO_EST, 2 * rtt_full(&x->rtt));
	}
	if (k->lost_retransmission)
		event_set(ev, EVIDENCE_LOST_RETRANSMISSION, 1);
	event_set(ev, EVIDENCE_BYTES, (int64_t)(o->e - o->s));
	if (original_frame != 0)
		event_cite(ev, original_frame);
}

/* --- what a resend does ------------------------------------------------ */

static void
resend_count(
    struct conn *c, struct obs *o, uint64_t bytes, const struct resend_kind *k)
{
	struct endpoint *x = &c->ep[o->x];
	struct endpoint_rare *r = endpoint_rare(x);

	o->resend = true;
	x->resent_packets++;
	/* a FIN takes a sequence number and is no payload */
	x->resent_bytes += bytes < o->len ? bytes : o->len;
	c->stall.resends[o->x]++;
	c->stall.resend_frame = o->frame_no;
	if (r == NULL || k->kind != WORD_RTO)
		return;
	if (k->sub != WORD_GO_BACK_N) {
		r->rto_wait_ns += o->silence;
		pmtu_timer(c, o);
	}
}

/* Entries of [s, e) were transmitted once more by o. */
static void
resend_mark(struct conn *c, const struct obs *o, uint64_t s, uint64_t e)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t i;

	if (!history_split(&x->sent, s, e))
		return;
	for (i = history_find(&x->sent, s); i < x->sent.n; i++) {
		struct sent *entry = history_at(&x->sent, i);

		if (history_start(&x->sent, entry) >= e)
			break;
		sent_again(entry, o->frame_no, o->t, o->seg->opt.tsval);
		entry->ip_id = o->seg->ip_id;
		entry->has_ip_id = o->seg->has_ip_id;
		entry->ttl = o->seg->ttl;
		entry->bad = o->bad;
		entry->sum_bad = o->seg->checksum == CHECKSUM_BAD;
		entry->resent = true;
	}
}

/* Where a resend differs from what was sent before (R6.19). */
struct difference {
	bool found, exact;
	uint32_t
	    offset; /* first byte that differs, or at least so many equal */
};

/* The first bytes of both, which are at hand. */
static struct difference
heads_differ(const struct sent *e, const struct segment *seg)
{
	uint32_t bytes = e->e - e->s - e->fin;
	uint32_t n = e->hashed < bytes ? e->hashed : bytes;
	struct difference d = {.exact = true};

	if (n > seg->payload_cap)
		n = seg->payload_cap;
	if (n > SEGMENT_HEAD)
		n = SEGMENT_HEAD;
	while (d.offset < n && e->head[d.offset] == seg->payload[d.offset])
		d.offset++;
	d.found = d.offset < n;
	return d;
}

/* What o carries against what e did, as far as both begin at the same byte. */
static struct difference
bytes_differ(const struct sent *e, const struct obs *o)
{
	const struct segment *seg = o->seg;
	struct difference d = {.found = false};

	/* a single byte may be a keep-alive's, and is then garbage */
	if (e->s != (uint32_t)o->s || e->hashed < 2 || seg->payload_cap < 2 ||
	    e->bad || o->bad || e->sum_bad || seg->checksum != CHECKSUM_GOOD)
		return d;
	d = heads_differ(e, seg);
	if (d.found || !e->whole)
		return d;
	d.exact = false;
	if (e->hashed == seg->payload_cap)
		d.found = e->e - e->fin == (uint32_t)o->e - o->fin &&
			  e->hash != sent_hash(seg->payload_hash);
	else /* o reaches further: compare what both have */
		d.found =
		    e->hashed == e->e - e->s - e->fin &&
		    seg->payload_cap > e->hashed &&
		    sent_hash(digest_bytes(seg->payload, e->hashed).hash) !=
			e->hash;
	return d;
}

bool
resend_contradicts(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t i = history_find(&x->sent, o->s);
	struct difference d;
	const struct sent *e;
	struct event *ev;

	if (i == x->sent.n)
		return false;
	e = history_at(&x->sent, i);
	d = bytes_differ(e, o);
	if (!d.found)
		return false;
	ev = conn_event(c, ANOMALY_RETRANSMISSION_INCONSISTENT, o, NULL);
	event_set(ev, EVIDENCE_ORIGINAL_FRAME, (int64_t)e->frame_no);
	event_set(
	    ev, d.exact ? EVIDENCE_DIFFERS_AT : EVIDENCE_EQUAL_BYTES, d.offset);
	event_cite(ev, e->frame_no);
	return true;
}

/* Why the resend was needless, or WORD_NONE (R8.12, R6.14). */
static enum word
resend_needless(
    const struct conn *c, const struct obs *o, const struct sent *original)
{
	const struct endpoint *x = &c->ep[o->x];
	uint64_t e = o->e < x->max_end ? o->e : x->max_end;

	if (e <= x->una)
		return WORD_ACKED;
	if (x->sacked.n > 0 &&
	    ranges_cover(&x->sacked, o->s > x->una ? o->s : x->una, e))
		return WORD_SACKED;
	/* a server that has said nothing may not have accepted (R9.8) */
	if (o->y == SERVER && x->syn_seen && x->una <= x->base + 1)
		return WORD_NONE;
	if (conn_at_host(c, o->y) && !original->bad && !o->bad &&
	    history_end(&x->sent, original) >= e)
		return WORD_SEEN_AT_RECEIVER;
	return WORD_NONE;
}

/* Whether o was sent long before x's latest segments. */
static bool
sent_long_ago(const struct endpoint *x, const struct obs *o)
{
	if (o->has_ts && x->has_ts)
		return seq_diff(o->seg->opt.tsval, x->tsval_hi) < 0;
	return o->seg->has_ip_id && endpoint_ip_id_counts(x) &&
	       (int16_t)(uint16_t)(o->seg->ip_id - x->last_ip_id) < 0;
}

/*
 * Nothing is remembered of what o repeats. Acknowledged long ago it is a late
 * duplicate (R6.25) if its own marks are old, else a needless resend; not
 * acknowledged, the history was too short for it (R1.33).
 */
static void
resend_old(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct resend_kind k;
	struct event *ev;

	bool acked = o->e <= x->una;

	if (acked && sent_long_ago(x, o)) {
		ev = conn_event(c, ANOMALY_OLD_SEGMENT, o, NULL);
		event_set(ev, EVIDENCE_SEQ, endpoint_rel(x, o->s));
		event_set(ev, EVIDENCE_UNA, endpoint_rel(x, x->una));
		return;
	}
	k = resend_classify(c, o, NULL, INT64_MAX);
	ev = conn_event(c,
	    acked ? ANOMALY_SPURIOUS_RETRANSMISSION
		  : ANOMALY_RETRANSMISSION_UNCLASSIFIED,
	    o, NULL);
	kind_evidence(ev, c, o, &k, 0);
	ev->confidence = acked ? CONFIDENCE_PROBABLE : CONFIDENCE_POSSIBLE;
	if (acked)
		event_set(ev, EVIDENCE_PROOF, WORD_ACKED);
	event_set(ev, EVIDENCE_CAUSE, acked ? WORD_NEEDLESS : WORD_UNKNOWN);
	resend_count(c, o, o->e - o->s, &k);
}

/*
 * Neither a timer nor feedback can bring a resend within one loop: whatever
 * made this one, it was not the loss of its first copy (R1.1).
 */
static bool
too_quick(
    const struct conn *c, const struct obs *o, const struct resend_kind *k)
{
	return k->kind == WORD_UNCLASSIFIED &&
	       o->silence < k_reorder(conn_loop_min(c)) &&
	       o->silence < K_RTO_MIN;
}

/* R3.63: the SYN-ACK did not take the data of the SYN; it was not lost. */
static bool
tfo_rejected(const struct conn *c, const struct obs *o)
{
	return c->hs.tfo_len > 0 && o->s == c->ep[o->x].base + 1;
}

/*
 * No network could lose it: the host that it had reached did, as one does whose
 * queue of connections to accept is full.
 */
static bool
lost_in_host(const struct conn *c, const struct obs *o)
{
	return conn_loopback(c) || conn_at_host(c, o->y);
}

/* The event of a resend: which one, and what its cause may be. */
static void
resend_raise(struct conn *c, struct obs *o, const struct sent *original,
    const struct resend_kind *k, enum word needless)
{
	struct endpoint *x = &c->ep[o->x];
	uint64_t e = o->e < x->max_end ? o->e : x->max_end;
	bool fin_again = o->fin && x->has_fin && o->e == x->fin_seq + 1;
	bool old_data = o->len > 0 && o->s < x->fin_seq && x->una < x->fin_seq;
	struct pending_resend p = {.s = o->s,
	    .e = e,
	    .frame_no = o->frame_no,
	    .t = o->t,
	    .tsval = o->seg->opt.tsval,
	    .has_ts = o->has_ts,
	    .by_timer = k->kind == WORD_RTO && k->sub == WORD_NONE,
	    .recover = x->max_end,
	    .lone = k->lone,
	    .silence = o->silence,
	    .first_t = original->t_first,
	    .rto_est = k->rto_est};
	enum anomaly_kind kind = kind_event(k->kind);
	struct event *ev;

	if (needless != WORD_NONE)
		kind = ANOMALY_SPURIOUS_RETRANSMISSION;
	else if (fin_again && !old_data)
		kind = ANOMALY_RETRANSMISSION_FIN;
	ev = conn_event(c, kind, o, &p.ref);
	kind_evidence(ev, c, o, k, original->frame_no);
	if (fin_again)
		event_set(ev, EVIDENCE_FIN, 1);
	if (needless != WORD_NONE) {
		event_set(ev, EVIDENCE_PROOF, needless);
		event_set(ev, EVIDENCE_CAUSE, WORD_NEEDLESS);
		ev->confidence = needless == WORD_SEEN_AT_RECEIVER
				     ? CONFIDENCE_PROBABLE
				     : CONFIDENCE_CERTAIN;
		/* a later DSACK about it must find its resend */
		p.sacked_before = true;
	} else {
		ev->confidence = (uint8_t)k->confidence;
		event_set(ev, EVIDENCE_CAUSE,
		    conn_blind(c, o->x) || too_quick(c, o, k) ||
			    tfo_rejected(c, o)
			? WORD_UNKNOWN
		    : original->bad      ? WORD_CORRUPTED
		    : lost_in_host(c, o) ? WORD_UNKNOWN
					 : WORD_LOSS_DOWNSTREAM);
		if (lost_in_host(c, o) && !original->bad)
			ev->blame = BLAME_RECEIVER;
	}
	p.deadline = o->t + conn_patience(c, o->x);
	resend_pend(c, o->x, &p);
}

void
resend_process(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint64_t e = o->e < x->max_end ? o->e : x->max_end;
	uint32_t i = history_find(&x->sent, o->s);
	struct sent original;
	struct resend_kind k;
	enum word needless;

	if (i == x->sent.n ||
	    history_start(&x->sent, history_at(&x->sent, i)) >= e) {
		if (e <= x->una ? x->sent.n > 0 : x->sent.truncated)
			resend_old(c, o);
		return;
	}
	original = *history_at(&x->sent, i);
	resend_contradicts(c, o);
	k = resend_classify(c, o, &original, 0);
	needless = resend_needless(c, o, &original);
	resend_raise(c, o, &original, &k, needless);
	resend_count(c, o, e - o->s, &k);
	pmtu_smaller(c, o, original.e - original.s);
	if (o->e > x->max_end && !o->fin) {
		struct event *ev =
		    conn_event(c, ANOMALY_RETRANSMISSION_PARTIAL, o, NULL);

		event_set(ev, EVIDENCE_OLD_BYTES, (int64_t)(e - o->s));
		event_set(ev, EVIDENCE_NEW_BYTES, (int64_t)(o->e - e));
	}
	resend_mark(c, o, o->s, e);
}

void
resend_fill(struct conn *c, struct obs *o, enum confidence confidence,
    const struct event_ref *loss, int64_t reveal_t)
{
	struct endpoint *x = &c->ep[o->x];
	struct pending_resend p = {.s = o->s,
	    .e = o->e,
	    .frame_no = o->frame_no,
	    .t = o->t,
	    .tsval = o->seg->opt.tsval,
	    .has_ts = o->has_ts,
	    .loss = *loss};
	struct resend_kind k = resend_classify(c, o, NULL, reveal_t);
	bool needless = o->e <= x->una;
	struct event *ev = conn_event(c,
	    needless ? ANOMALY_SPURIOUS_RETRANSMISSION : kind_event(k.kind), o,
	    &p.ref);

	kind_evidence(ev, c, o, &k, 0);
	ev->confidence =
	    (uint8_t)(confidence < k.confidence ? confidence : k.confidence);
	event_set(ev, EVIDENCE_CAUSE,
	    needless            ? WORD_NEEDLESS
	    : loss->serial != 0 ? WORD_LOSS_UPSTREAM
				: WORD_UNKNOWN);
	if (needless)
		event_set(ev, EVIDENCE_PROOF, WORD_ACKED);
	p.sacked_before = needless;
	p.deadline = o->t + conn_patience(c, o->x);
	resend_pend(c, o->x, &p);
	resend_count(c, o, o->e - o->s, &k);
}
