/*
 * resend_proof.c - verdicts on resends that wait for their proof (R8.30,
 * R8.32): DSACK, echo, ACK or late original, or the end of their time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/copy.h"
#include "engine/endpoint.h"
#include "engine/gaps.h"
#include "engine/resend.h"

/* --- what waits for proof --------------------------------------------- */

void
resend_count_loss(struct loss_count *l, const struct event *ev, int step)
{
	l->resends += (uint32_t)step;
	if (ev->kind == ANOMALY_RETRANSMISSION_RTO)
		l->rto += (uint32_t)step;
}

/* The verdict stands: count what was lost (R8.34). */
static void
resend_settle(struct conn *c, enum side x, struct pending_resend *p)
{
	struct endpoint *ep = &c->ep[x];
	struct event *ev = conn_event_get(c, &p->ref);
	struct endpoint_rare *r = endpoint_rare(ep);
	const struct evidence *cause;

	if (p->is_copy) {
		copy_expire(c, x, p);
		return;
	}
	if (ev == NULL || r == NULL)
		return;
	if (ev->kind == ANOMALY_SPURIOUS_RETRANSMISSION)
		return;
	cause = event_get(ev, EVIDENCE_CAUSE);
	if (cause != NULL && cause->v == WORD_LOSS_UPSTREAM)
		resend_count_loss(&r->lost_up, ev, 1);
	if (cause == NULL || cause->v != WORD_LOSS_DOWNSTREAM)
		return;
	resend_count_loss(&r->lost_down, ev, 1);
	r->resent_down_bytes += p->e - p->s;
	/* a capture with holes of its own cannot prove loss (R8.34) */
	if (r->gap_bytes * 100 > endpoint_span(ep))
		ev->confidence = CONFIDENCE_POSSIBLE;
}

void
resend_rewind(struct pending_list *l)
{
	if (l->first == 0)
		return;
	memmove(l->v - l->first, l->v, l->n * sizeof(*l->v));
	l->v -= l->first;
	l->first = 0;
}

static void
pending_drop(struct conn *c, struct pending_list *l, uint32_t i)
{
	conn_event_settle(c, &l->v[i].ref);
	conn_event_settle(c, &l->v[i].loss);
	l->n--;
	if (i == 0) {
		l->v++;
		l->first++;
	} else {
		memmove(&l->v[i], &l->v[i + 1], (l->n - i) * sizeof(*l->v));
	}
}

/* Room for one more behind the last, of most; false: no memory. */
static bool
pending_room(struct pending_list *l, uint64_t most)
{
	uint32_t cap = l->cap ? l->cap * 2 : 4;
	struct pending_resend *v;

	if (l->first + l->n < l->cap)
		return true;
	if (l->first > l->cap / 8) {
		resend_rewind(l);
		return true;
	}
	if (cap > most + most / 4 + 1)
		cap = (uint32_t)(most + most / 4 + 1);
	resend_rewind(l);
	v = realloc(l->v, cap * sizeof(*v));
	if (v == NULL)
		return false;
	l->v = v;
	l->cap = cap;
	return true;
}

void
resend_pend(struct conn *c, enum side x, const struct pending_resend *p)
{
	struct pending_list *l = &c->ep[x].pending;

	/* what waits too long for its proof is judged without (R1.33) */
	if (l->n >= c->limits->pending) {
		resend_settle(c, x, &l->v[0]);
		pending_drop(c, l, 0);
	}
	if (!pending_room(l, c->limits->pending))
		return;
	l->v[l->n++] = *p;
	if (p->deadline < c->next_deadline)
		c->next_deadline = p->deadline;
}

/* --- proofs ----------------------------------------------------------- */

/*
 * R8.35: the timer fired although its bytes were only slow: their ACK took
 * longer than the timer.
 */
static bool
was_delay_spike(const struct pending_resend *p, int64_t t)
{
	int64_t acked = p->acked_t != 0 ? p->acked_t : t;

	return p->by_timer && acked - p->first_t > p->rto_est;
}

/* A proof shows that the resend was not needed (R6.14). */
static void
resend_disprove(struct conn *c, struct pending_resend *p, enum word proof,
    const struct obs *o)
{
	struct event *ev = conn_event_get(c, &p->ref);

	if (p->by_timer && proof != WORD_OVERTAKEN)
		c->ep[o->y].undo_n++;

	if (ev != NULL && ev->kind != ANOMALY_SPURIOUS_RETRANSMISSION &&
	    ev->kind != ANOMALY_RETRANSMISSION_SYN) {
		ev = conn_event_revise(
		    c, &p->ref, ANOMALY_SPURIOUS_RETRANSMISSION);
		event_set(ev, EVIDENCE_PROOF, proof);
	}
	if (ev != NULL) {
		event_set(ev, EVIDENCE_CAUSE, WORD_NEEDLESS);
		event_cite(ev, o->frame_no);
		if (proof == WORD_F_RTO)
			ev->confidence = CONFIDENCE_POSSIBLE;
		if (was_delay_spike(p, o->t))
			event_set(ev, EVIDENCE_SUB, WORD_DELAY_SPIKE);
	}
}

uint64_t
resend_dsack(struct conn *c, struct obs *o, uint64_t l, uint64_t r)
{
	struct endpoint *y = &c->ep[o->y];
	struct pending_list *list = &y->pending;
	uint32_t i = list->n;

	while (i-- > 0) {
		struct pending_resend *p = &list->v[i];
		uint64_t frame = p->frame_no;

		if (p->e <= l || p->s >= r)
			continue;
		if (p->is_copy) {
			struct event *ev = conn_event_get(c, &p->ref);

			if (ev != NULL && ev->kind == ANOMALY_CAPTURE_DUPLICATE)
				ev = conn_event_revise(
				    c, &p->ref, ANOMALY_NETWORK_DUPLICATE);
			if (ev != NULL) {
				ev->confidence = CONFIDENCE_CERTAIN;
				event_cite(ev, o->frame_no);
			}
			if (y->rare != NULL)
				y->rare->copies_network++;
		} else {
			resend_disprove(c, p, WORD_DSACK, o);
		}
		pending_drop(c, list, i);
		return frame;
	}
	return 0;
}

/*
 * Sooner than any answer to the resend: its original is acknowledged. A host
 * may answer quicker than it ever did, a wire cannot; and an echo of the resend
 * is an answer to it, however quick.
 */
static bool
acked_too_soon(
    const struct conn *c, const struct obs *o, const struct pending_resend *p)
{
	const struct rtt *rtt = &c->ep[o->y].rtt;

	if (o->has_ts && p->has_ts &&
	    seq_diff(o->seg->opt.tsecr, p->tsval) >= 0)
		return false;
	return !p->is_copy && !p->sacked_before && rtt->has &&
	       o->old_una <= p->s && o->a >= p->e && !o->backwards &&
	       o->t - p->t < rtt->min / 2 - K_AT_HOST;
}

/* Whether all of [l, r) was sent once only. */
static bool
never_resent(const struct endpoint *y, uint64_t l, uint64_t r)
{
	uint32_t i;

	for (i = history_find(&y->sent, l);
	     i < y->sent.n &&
	     history_start(&y->sent, history_at(&y->sent, i)) < r;
	     i++)
		if (history_at(&y->sent, i)->tx > 1)
			return false;
	return true;
}

/*
 * R8.35, RFC 5682: after the timer two ACKs in a row move on, the first not to
 * the end of what was sent, the second over bytes that were not sent again.
 * Had they been lost, nothing but their resends could have moved it. Where
 * time stamps are echoed those tell more.
 */
static bool
moved_on_without(
    const struct conn *c, const struct obs *o, struct pending_resend *p)
{
	const struct endpoint *y = &c->ep[o->y];

	if (!p->by_timer || p->frto > 1)
		return false;
	if (p->sacked_before || p->has_ts || o->backwards || y->dup_cnt > 0 ||
	    ranges_overlap(&y->sacked, p->s, p->recover) > 0) {
		p->frto = UINT8_MAX;
	} else if (p->frto == 0) {
		/* the first may be the answer to the resend */
		p->frto = o->a >= p->e && o->a < p->recover ? 1 : UINT8_MAX;
	} else {
		p->frto = UINT8_MAX;
		return never_resent(y, o->old_una, o->a);
	}
	return false;
}

void
resend_acked(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	uint32_t i = y->pending.n;

	while (i-- > 0) {
		struct pending_resend *p = &y->pending.v[i];

		if (p->acked_t == 0 && o->a >= p->e)
			p->acked_t = o->t;
		if (acked_too_soon(c, o, p)) {
			resend_disprove(c, p, WORD_ACKED, o);
			p->sacked_before = true;
			continue;
		}
		if (moved_on_without(c, o, p)) {
			resend_disprove(c, p, WORD_F_RTO, o);
			p->sacked_before = true;
			continue;
		}
		/*
		 * From below its start, the echo is that of what filled the
		 * hole there: it says nothing of p (RFC 7323 4.3).
		 */
		if (p->is_copy || !o->has_ts || !p->has_ts ||
		    p->sacked_before || o->old_una != p->s || o->a < p->e ||
		    seq_diff(o->seg->opt.tsecr, p->tsval) >= 0 ||
		    ranges_overlap(&y->sacked, p->s, p->e) > 0)
			continue;
		resend_disprove(c, p, WORD_EIFEL, o);
		/* stays, so that the DSACK to come finds its resend */
		p->sacked_before = true;
	}
}

/* What a verdict had added and another takes away. */
static void
take_back(uint64_t *sum, uint64_t bytes)
{
	*sum -= bytes < *sum ? bytes : *sum;
}

bool
resend_overtaken(struct conn *c, struct obs *o, uint64_t frame_no)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t i = x->pending.n;

	while (i-- > 0) {
		struct pending_resend *p = &x->pending.v[i];

		if (p->frame_no != frame_no || p->is_copy)
			continue;
		resend_disprove(c, p, WORD_OVERTAKEN, o);
		p->sacked_before = true; /* stays for its DSACK */
		if (p->loss.serial != 0 && x->rare != NULL)
			take_back(&x->rare->resent_up_bytes, p->e - p->s);
		return p->loss.serial != 0 &&
		       gaps_loss_was_late(c, &p->loss, o);
	}
	return false;
}

/*
 * Resends that nothing answered to the end prove no loss: the peer may be gone
 * or hold its peace (as R8.39 has it of SYN-ACKs).
 */
static void
resend_unanswered(struct conn *c, enum side x, const struct pending_resend *p)
{
	struct event *ev = conn_event_get(c, &p->ref);
	struct endpoint_rare *rare = endpoint_rare(&c->ep[x]);
	const struct evidence *cause;

	if (ev == NULL || rare == NULL || p->frame_no <= c->ep[!x].last_frame)
		return;
	cause = event_get(ev, EVIDENCE_CAUSE);
	if (cause == NULL || cause->v != WORD_LOSS_DOWNSTREAM)
		return;
	event_set(ev, EVIDENCE_CAUSE, WORD_UNKNOWN);
	rare->unanswered++;
}

void
resend_expire(struct conn *c, enum side x, int64_t now, bool final)
{
	struct pending_list *l = &c->ep[x].pending;
	uint32_t i, kept = 0;

	for (i = 0; i < l->n; i++) {
		struct pending_resend *p = &l->v[i];

		/* R8.30: no proof can come before its bytes are acknowledged */
		if (!final && p->deadline <= now && !p->is_copy &&
		    !conn_blind(c, x) && c->ep[x].una < p->e)
			p->deadline = now + conn_patience(c, x);
		if (!final && p->deadline > now) {
			if (p->deadline < c->next_deadline)
				c->next_deadline = p->deadline;
			l->v[kept++] = *p;
			continue;
		}
		if (final)
			resend_unanswered(c, x, p);
		resend_settle(c, x, p);
		conn_event_settle(c, &p->ref);
		conn_event_settle(c, &p->loss);
	}
	l->n = kept;
}
