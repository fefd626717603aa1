/*
 * ecn.c - ECN negotiation, marks and echoes.
 */
#include "ecn.h"

#include "constants.h"
#include "seq.h"

enum {
	NOT_ECT,
	ECT_1,
	ECT_0,
	CE
};

/* Data packets before their codepoints say anything about the path. */
#define BLEACHED_MIN 10
/* R6.85: round trips that an echo may take. */
#define ECHO_LOOPS 3

#define ECN_BITS (FLAG_AE | FLAG_CWR | FLAG_ECE)

/* RFC 3168 6.1.1, RFC 9768 3.1.1 and 3.1.2. */
static void
ecn_negotiate(struct conn *c, struct obs *o)
{
	unsigned bits = o->seg->flags & ECN_BITS;
	struct event *ev;

	if (!o->has_a) {
		/* RFC 3168 6.1.1.1: the retry goes without */
		c->ecn_gave_up = c->ecn_tried && bits == 0;
		c->ecn_tried = (bits & FLAG_ECE) && (bits & FLAG_CWR);
		c->acc_ecn = bits == ECN_BITS;
		return;
	}
	if (c->ecn_gave_up && c->hs.synack_n == 0) {
		ev = conn_event(c, ANOMALY_ECN_PATH_BROKEN, o, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		event_cite(ev, c->hs.syn.first.frame_no);
	}
	if (!c->ecn_tried)
		return;
	if (c->acc_ecn && bits == ECN_BITS) {
		ev = conn_event(c, ANOMALY_ECN_NONCONFORMING, o, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		event_set(ev, EVIDENCE_SUB, WORD_SYNACK_REFLECTS_ALL);
		c->acc_ecn = false;
		return;
	}
	if (bits == FLAG_ECE) { /* classic answer */
		c->has_ecn = true;
		c->acc_ecn = false;
	} else if (c->acc_ecn) {
		c->acc_ecn = bits != 0;
		c->has_ecn = c->acc_ecn;
	}
}

/* R6.87; AccECN has its own rules for all of these. */
static enum word
ecn_breach(const struct conn *c, const struct obs *o)
{
	bool ect = o->seg->ecn == ECT_0 || o->seg->ecn == ECT_1;

	if (c->acc_ecn || o->rst)
		return WORD_NONE;
	if (segment_has(o->seg, FLAG_CWR) && !c->ep[o->y].ece_sent &&
	    conn_event_count(c, ANOMALY_CAPTURE_GAP) == 0 && !c->one_way)
		return WORD_CWR_WITHOUT_ECE;
	if (ect && o->len == 0 && !o->fin)
		return WORD_ECT_ON_CONTROL;
	return ect && o->resend ? WORD_ECT_ON_RESEND : WORD_NONE;
}

static void
ecn_conform(struct conn *c, struct obs *o)
{
	enum word sub = ecn_breach(c, o);
	struct event *ev;

	if (segment_has(o->seg, FLAG_ECE))
		c->ep[o->x].ece_sent = true;
	if (sub == WORD_NONE ||
	    conn_event_count(c, ANOMALY_ECN_NONCONFORMING) > 0)
		return;
	ev = conn_event(c, ANOMALY_ECN_NONCONFORMING, o, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_SUB, sub);
	event_set(ev, EVIDENCE_CODEPOINTS, o->seg->ecn);
}

/* R6.85: a mark seen at the tap must come back as ECE. */
static void
ecn_marks(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r;
	struct event *ev;

	if (o->seg->ecn == CE) {
		r = endpoint_rare(x);
		if (r != NULL) {
			r->ce_seen++;
			if (!r->ce_waiting) {
				r->ce_waiting = true;
				r->ce_t = o->t;
				r->ce_frame = o->frame_no;
			}
		}
		ev = conn_event(c, ANOMALY_ECN_CE, o, NULL);
		event_set(ev, EVIDENCE_N, r != NULL ? r->ce_seen : 1);
	}
	r = y->rare;
	if (r == NULL || !r->ce_waiting || c->acc_ecn || !o->has_a)
		return;
	if (segment_has(o->seg, FLAG_ECE)) {
		r->ce_waiting = false;
	} else if (y->rtt.has_full &&
		   o->t - r->ce_t >
		       ECHO_LOOPS * y->rtt.full_srtt + K_ACK_SLACK &&
		   o->advanced) {
		r->ce_waiting = false;
		if (r->ce_unechoed++ > 0)
			return;
		ev = conn_event_at(c, ANOMALY_ECN_CE_UNANSWERED, o->y,
		    r->ce_frame, r->ce_t, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		event_set(ev, EVIDENCE_WAITED, o->t - r->ce_t);
		event_cite(ev, o->frame_no);
	}
}

void
ecn_segment(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (o->syn) {
		ecn_negotiate(c, o);
		return;
	}
	if (!c->has_ecn) {
		if (o->seg->ecn == CE)
			ecn_marks(c, o);
		return;
	}
	if (o->len > 0 && !o->resend) {
		if (o->seg->ecn == NOT_ECT)
			x->not_ect++;
		else
			x->ect++;
	}
	ecn_conform(c, o);
	ecn_marks(c, o);
}

void
ecn_finish(struct conn *c)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct endpoint *ep = &c->ep[x];
		struct event *ev;

		if (!c->has_ecn || ep->ect > 0 || ep->not_ect < BLEACHED_MIN)
			continue;
		ev = conn_event_at(c, ANOMALY_ECN_BLEACHED, x,
		    ep->first_payload_frame, ep->first_payload_t, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		event_set(ev, EVIDENCE_TIMES, ep->not_ect);
	}
}
