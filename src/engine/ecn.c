/*
 * ecn.c - ECN negotiation, marks and echoes.
 */
#include "engine/ecn.h"

#include "base/constants.h"
#include "base/seq.h"

enum {
	NOT_ECT,
	ECT_1,
	ECT_0,
	CE
};

/* Data packets before their codepoints say anything about the path: the
 * initial window (RFC 6928), after which a sender that uses ECN has marked. */
#define BLEACHED_MIN 10
/* R6.85: round trips that an echo may take. */
#define ECHO_LOOPS 3

#define ECN_BITS (FLAG_AE | FLAG_CWR | FLAG_ECE)
/* RFC 9768 3.2.1: the counter of CE-marked packets begins here, modulo 8. */
#define ACE_START 5
#define ACE_MODULUS 8

/* AE, CWR and ECE as one number. */
static unsigned
ace_field(const struct segment *seg)
{
	return (segment_has(seg, FLAG_AE) ? 4u : 0) |
	       (segment_has(seg, FLAG_CWR) ? 2u : 0) |
	       (segment_has(seg, FLAG_ECE) ? 1u : 0);
}

/* --- handshake -------------------------------------------------------- */

/*
 * R6.86, RFC 9768 3.1.1 and 3.2.2.1: o tells with which codepoint the peer's
 * SYN or SYN-ACK arrived; sent is what the tap saw on it. A mark that the tap
 * did not see was set beyond it, which is what routers may do.
 */
static void
ecn_reflected(struct conn *c, const struct obs *o, const struct ecn_sent *sent)
{
	static const struct {
		unsigned ace, codepoint;
	} codes[] = {{2, NOT_ECT}, {3, ECT_1}, {4, ECT_0}, {6, CE}};
	unsigned ace = ace_field(o->seg), i;
	struct event *ev;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].ace == ace)
			break;
	if (i == sizeof(codes) / sizeof(codes[0]) || sent->frame_no == 0 ||
	    sent->varied || sent->codepoint == codes[i].codepoint ||
	    (codes[i].codepoint == CE && sent->codepoint != NOT_ECT))
		return;
	ev = conn_event(c, ANOMALY_ECN_BLEACHED, o, NULL);
	ev->confidence = CONFIDENCE_POSSIBLE;
	event_set(
	    ev, EVIDENCE_SUB, sent == &c->ecn_syn ? WORD_SYN : WORD_SYNACK);
	event_set(ev, EVIDENCE_CODEPOINTS, sent->codepoint);
	event_set(ev, EVIDENCE_REFLECTED, codes[i].codepoint);
	event_cite(ev, sent->frame_no);
}

/* The codepoint of a SYN or SYN-ACK; its copies may differ. */
static void
ecn_note_sent(struct ecn_sent *sent, const struct obs *o)
{
	sent->varied |= sent->frame_no != 0 && sent->codepoint != o->seg->ecn;
	sent->frame_no = o->frame_no;
	sent->codepoint = o->seg->ecn;
}

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
		ecn_note_sent(&c->ecn_syn, o);
		return;
	}
	ecn_note_sent(&c->ecn_synack, o);
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
		if (c->has_ecn)
			ecn_reflected(c, o, &c->ecn_syn);
	}
}

/* --- conformance ------------------------------------------------------ */

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

/* --- marks and their echoes ------------------------------------------- */

/* A mark seen at the tap; whoever receives it must tell of it. */
static void
ecn_mark(struct conn *c, struct obs *o)
{
	struct endpoint_rare *r = endpoint_rare(&c->ep[o->x]);
	struct event *ev = conn_event(c, ANOMALY_ECN_CE, o, NULL);

	if (r == NULL)
		return;
	event_set(ev, EVIDENCE_N, ++r->ce_seen);
	/* RFC 3168 6.1.5: marks on bare ACKs are not echoed */
	if (r->ce_waiting || o->len == 0 || o->syn || !c->has_ecn)
		return;
	r->ce_waiting = true;
	r->ce_t = o->t;
	r->ce_frame = o->frame_no;
	r->ce_end = o->e;
	r->ce_before = r->ce_seen - 1;
	r->ace_before = r->ace_n;
}

/*
 * RFC 9768 3.2: the counter in o, of marks that x's peer sent and x received.
 * It moves by what arrived since, modulo 8.
 */
static void
ace_count(struct conn *c, const struct obs *o)
{
	struct endpoint_rare *r = endpoint_rare(&c->ep[o->y]);
	unsigned now = ace_field(o->seg);

	/* an old ACK tells an old count */
	if (r == NULL || !o->ack_ok || o->a < o->old_ack_max)
		return;
	if (!r->has_ace)
		r->ace = o->x == CLIENT && c->ecn_synack.codepoint == CE
			     ? ACE_START + 1
			     : ACE_START;
	r->has_ace = true;
	r->ace_n += (now - r->ace) % ACE_MODULUS;
	r->ace = (uint8_t)now;
}

/* Whether what x says in o tells of the mark that r waits for. */
static bool
ecn_echoed(
    const struct conn *c, const struct obs *o, const struct endpoint_rare *r)
{
	if (!c->acc_ecn)
		return segment_has(o->seg, FLAG_ECE);
	/* as many marks as the counter cannot show */
	return r->ace_n != r->ace_before ||
	       (r->ce_seen - r->ce_before) % ACE_MODULUS == 0;
}

/* The marked bytes were sent once: what is acknowledged is the mark's. */
static bool
ecn_mark_arrived(const struct endpoint *y, const struct endpoint_rare *r)
{
	uint32_t i = history_find(&y->sent, r->ce_end - 1);

	return i < y->sent.n && history_at(&y->sent, i)->tx == 1;
}

/* R6.85: o may be the answer to a mark of its peer, or be too late for one. */
static void
ecn_answer(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	struct endpoint_rare *r = y->rare;
	struct event *ev;

	if (!o->has_a || r == NULL || !r->ce_waiting)
		return;
	if (ecn_echoed(c, o, r)) {
		r->ce_waiting = false;
		return;
	}
	if (!y->rtt.has_full || !o->advanced || o->a < r->ce_end ||
	    o->t - r->ce_t <= ECHO_LOOPS * y->rtt.full_srtt + K_ACK_SLACK)
		return;
	r->ce_waiting = false;
	if (!ecn_mark_arrived(y, r) || r->ce_unechoed++ > 0)
		return;
	ev = conn_event_at(
	    c, ANOMALY_ECN_CE_UNANSWERED, o->y, r->ce_frame, r->ce_t, NULL);
	/* ECE or the counter may have come in an ACK that is not here */
	ev->confidence = c->acc_ecn && y->rtt.has_full &&
				 conn_event_count(c, ANOMALY_CAPTURE_GAP) == 0
			     ? CONFIDENCE_PROBABLE
			     : CONFIDENCE_POSSIBLE;
	event_set(ev, EVIDENCE_WAITED, o->t - r->ce_t);
	event_set(ev, EVIDENCE_N, r->ce_seen - r->ce_before);
	if (c->acc_ecn)
		event_set(ev, EVIDENCE_ECHOED, r->ace_n - r->ace_before);
	event_cite(ev, o->frame_no);
}

/* R6.85, R6.86: feedback of an accurate receiver. */
static void
ecn_accurate(struct conn *c, struct obs *o)
{
	bool third = o->x == CLIENT && !c->hs.h3_seen && o->has_a;

	if (o->rst || !o->has_a)
		return;
	if (!third)
		ace_count(c, o);
	else if (o->len == 0 && !o->fin)
		ecn_reflected(c, o, &c->ecn_synack);
}

void
ecn_segment(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	if (o->syn) {
		ecn_negotiate(c, o);
		return;
	}
	if (o->seg->ecn == CE)
		ecn_mark(c, o);
	if (!c->has_ecn)
		return;
	if (o->len > 0 && !o->resend) {
		if (o->seg->ecn == NOT_ECT)
			x->not_ect++;
		else
			x->ect++;
	}
	ecn_conform(c, o);
	if (c->acc_ecn)
		ecn_accurate(c, o);
	ecn_answer(c, o);
}

void
ecn_finish(struct conn *c)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct endpoint *ep = &c->ep[x];
		struct event *ev;

		/* near the sender nothing can have changed them yet */
		if (!c->has_ecn || ep->ect > 0 || ep->not_ect < BLEACHED_MIN ||
		    conn_near(c, x))
			continue;
		ev = conn_event_at(c, ANOMALY_ECN_BLEACHED, x,
		    ep->first_payload_frame, ep->first_payload_t, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		event_set(ev, EVIDENCE_TIMES, ep->not_ect);
	}
}
