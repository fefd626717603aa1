/*
 * reset.c - group G3: what a reset is, and who sent it.
 */
#include "engine/reset.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/state.h"
#include "engine/teardown.h"

/* R6.55: shorter than any idle timer of middleboxes (RFC 5382 REQ-5
 * asks for 2 h 4 min; some take a minute). */
#define IDLE_MIN (60 * NS_PER_S)
/* R6.54: a TTL this far from the usual one came another way; routes that
 * change within a connection differ by a hop or two. */
#define TTL_OFF 3
/* R6.54: more than a counter moves while one packet is on its way. */
#define IP_ID_OFF 1000

enum rst_class
reset_class(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	uint64_t nxt = y->ack_max;

	if (y->state == STATE_SYN_SENT ||
	    (y->state == STATE_CLOSED && !y->has_ack && y->syn_seen &&
		!x->synack_seen)) {
		if (o->has_a && o->a > y->base && o->a <= y->max_end)
			return RST_ANSWERS_SYN;
		return RST_BAD_ANSWER;
	}
	if (!y->has_ack) {
		/* y never acknowledged anything: only its SYN's peer is known
		 */
		if (x->isn_known == ISN_CERTAIN && o->s != x->base + 1 &&
		    o->s != x->max_end)
			return RST_IN_WINDOW;
		return RST_PROBABLE;
	}
	if (o->s == nxt)
		return RST_EXACT;
	if ((o->s > nxt && o->s <= x->max_end) ||
	    (x->sacked.n > 0 && o->s == ranges_high(&x->sacked)))
		return RST_PROBABLE;
	/* Linux takes it after the FIN, whose octet it counts or not */
	if (x->has_fin && o->s + 1 == nxt)
		return RST_PROBABLE;
	if (o->s > nxt && y->has_wnd && o->s < y->edge)
		return RST_IN_WINDOW;
	return RST_OUTSIDE;
}

static int
ttl_off(const struct endpoint *x, uint8_t ttl)
{
	return x->ttl_votes == 0 ? 0 : abs((int)ttl - (int)x->ttl);
}

/* R6.53 */
static void
reset_text(struct conn *c, struct obs *o)
{
	uint32_t n =
	    o->seg->payload_cap < EVENT_TEXT ? o->seg->payload_cap : EVENT_TEXT;
	struct event *ev = conn_event(c, ANOMALY_RST_WITH_DATA, o, NULL);
	uint32_t i;

	event_set(ev, EVIDENCE_LEN, o->len);
	if (n == 0)
		return;
	ev->text = malloc((size_t)n + 1);
	if (ev->text == NULL)
		return;
	memcpy(ev->text, o->seg->payload, n);
	for (i = 0; i < n; i++)
		if (ev->text[i] == '\0')
			ev->text[i] = '.';
	ev->text[n] = '\0';
	event_set(ev, EVIDENCE_TEXT, 0);
}

/* R6.55: an idle time that some table or timer is set to? */
static bool
idle_is_round(int64_t idle)
{
	static const int round_s[] = {300, 350, 600, 900, 1800, 3600};
	size_t i;

	for (i = 0; i < sizeof(round_s) / sizeof(round_s[0]); i++) {
		int64_t s = round_s[i] * NS_PER_S;

		if (idle >= s - s / 50 && idle <= s + s / 50)
			return true;
	}
	return false;
}

static void
reset_idle(struct conn *c, struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x];
	struct event *ev;

	if (c->idle_before < IDLE_MIN)
		return;
	c->td.rst_after_idle = true;
	ev = conn_event(c, ANOMALY_IDLE_RST, o, NULL);
	ev->confidence = idle_is_round(c->idle_before) ? CONFIDENCE_PROBABLE
						       : CONFIDENCE_POSSIBLE;
	event_set(ev, EVIDENCE_IDLE, c->idle_before);
	if (ttl_off(x, o->seg->ttl) >= TTL_OFF)
		event_set(ev, EVIDENCE_SUB, WORD_MIDDLEBOX_TIMEOUT);
}

/* Signs at the RST itself that x did not send it (R6.54). */
static unsigned
reset_signs(const struct conn *c, const struct obs *o, enum word sign[3])
{
	const struct endpoint *x = &c->ep[o->x];
	const struct segment *seg = o->seg;
	unsigned n = 0;
	int16_t step = (int16_t)(uint16_t)(seg->ip_id - x->last_ip_id);

	if (ttl_off(x, seg->ttl) >= TTL_OFF)
		sign[n++] = WORD_TTL;
	if (seg->has_ip_id && seg->ip_id != 0 && x->id_steps >= 8 &&
	    x->id_monotone * 100u >= x->id_steps * 95u &&
	    (step < -IP_ID_OFF || step > IP_ID_OFF))
		sign[n++] = WORD_IP_ID;
	if (c->td.rst[o->x].seen && c->td.rst[o->x].seq != seg->seq &&
	    o->t - c->td.rst[o->x].t < NS_PER_MS)
		sign[n++] = WORD_BURST;
	return n;
}

static void
reset_sign_evidence(struct conn *c, struct event *ev, const struct obs *o,
    const enum word *sign, unsigned n)
{
	static const enum evidence_key keys[3] = {
	    EVIDENCE_SIGN, EVIDENCE_SIGN_2, EVIDENCE_SIGN_3};
	unsigned i;

	for (i = 0; i < n && i < 3; i++)
		event_set(ev, keys[i], sign[i]);
	event_set(ev, EVIDENCE_TTL, o->seg->ttl);
	event_set(ev, EVIDENCE_TTL_USUAL, c->ep[o->x].ttl);
}

/* X's socket is gone, or closed with data coming (R6.56, R7.8). */
static bool
reset_after_close(struct conn *c, struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];

	if (x->state == STATE_CLOSED || x->state == STATE_TIME_WAIT ||
	    c->td.rst_accepted)
		return true;
	/* R7.8, R3.60: it need not have seen the ACK of its FIN */
	if (x->has_fin && y->last_payload_frame > x->fin_frame) {
		c->td.rst_late_data = true;
		return true;
	}
	return false;
}

/* The event of an RST that its peer accepts. */
static struct event *
reset_accepted_event(
    struct conn *c, struct obs *o, enum rst_class k, struct event_ref *ref)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	enum word sign[3];
	unsigned signs = reset_signs(c, o, sign);
	bool late = k != RST_ANSWERS_SYN && reset_after_close(c, o);
	bool both_closed = x->has_fin && y->has_fin && x->una > x->fin_seq &&
			   y->una > y->fin_seq;
	struct event *ev;

	ev =
	    conn_event(c, late ? ANOMALY_RST_AFTER_CLOSE : ANOMALY_RST, o, ref);
	ev->confidence =
	    k == RST_PROBABLE ? CONFIDENCE_PROBABLE : CONFIDENCE_CERTAIN;
	if (!late && (both_closed || k == RST_ANSWERS_SYN))
		ev->severity = SEVERITY_INFO;
	if (y->state == STATE_TIME_WAIT)
		event_set(ev, EVIDENCE_SUB, WORD_RST_IN_TIME_WAIT);
	if (k != RST_ANSWERS_SYN && signs > (late ? 1u : 0u) &&
	    sign[0] == WORD_TTL) {
		ev = conn_event_revise(c, ref, ANOMALY_RST_INJECTED_SUSPECTED);
		reset_sign_evidence(c, ev, o, sign, signs);
		ev->confidence =
		    signs >= 2 ? CONFIDENCE_PROBABLE : CONFIDENCE_POSSIBLE;
		if (signs < 2)
			ev->severity = SEVERITY_NOTE;
		else
			c->td.rst_injected = true;
	}
	event_set(ev, EVIDENCE_SEQ, endpoint_rel(x, o->s));
	if (y->has_ack)
		event_set(ev, EVIDENCE_LAST_ACK, endpoint_rel(x, y->ack_max));
	event_set(
	    ev, EVIDENCE_BYTES_CLIENT, (int64_t)c->ep[CLIENT].payload_bytes);
	event_set(
	    ev, EVIDENCE_BYTES_SERVER, (int64_t)c->ep[SERVER].payload_bytes);
	if (late && y->last_frame != 0) {
		event_set(ev, EVIDENCE_PROVOKING_FRAME, (int64_t)y->last_frame);
		event_cite(ev, y->last_frame);
	}
	return ev;
}

/* Payload of y that its peer has not acknowledged (R7.11). */
static uint64_t
unread(const struct endpoint *y)
{
	uint64_t from = y->una > y->base + 1 ? y->una : y->base + 1;
	uint64_t to =
	    y->has_fin && y->max_end > y->fin_seq ? y->fin_seq : y->max_end;

	return y->seen && y->has_una && to > from ? to - from : 0;
}

/* Facts about the first accepted RST, for section 7. */
static void
reset_record(struct conn *c, struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct teardown *td = &c->td;
	int64_t last = x->last_payload_t > y->last_payload_t
			   ? x->last_payload_t
			   : y->last_payload_t;

	td->rst_accepted = true;
	td->rst_from = o->x;
	td->rst_frame = o->frame_no;
	td->rst_t = o->t;
	td->rst_after_fin = x->has_fin || y->has_fin;
	td->idle_before_rst = c->last_t ? o->t - c->last_t : 0;
	td->has_data_before_rst = x->has_payload_t || y->has_payload_t;
	td->data_to_rst = o->t - last;
	td->rst_unread = unread(y);
	/* R7.5: nothing provoked it, all data of both sides was taken */
	td->rst_linger0 = td->rst_unread == 0 && !td->rst_after_fin &&
			  x->una >= x->max_end && td->has_data_before_rst &&
			  o->t - y->last_t > conn_loop_min(c) && y->last_t > 0;
	teardown_rst_step(c, o);
}

static void
reset_refused(struct conn *c, struct obs *o, enum rst_class k)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct event *ev;

	if (k == RST_OUTSIDE) {
		ev = conn_event(c, ANOMALY_RST_OUT_OF_WINDOW, o, NULL);
	} else {
		ev = conn_event(c, ANOMALY_RST_IN_WINDOW, o, NULL);
		c->ep[o->y].challenge_due = true;
	}
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_SEQ, endpoint_rel(x, o->s));
	if (y->has_ack)
		event_set(ev, EVIDENCE_EXPECTED, endpoint_rel(x, y->ack_max));
}

/* R6.76: RST at the number of the challenge that answered a pended SYN. */
static void
reset_half_open(struct conn *c, struct obs *o)
{
	const struct pended_syn *p = c->pended;
	struct event *ev;

	if (p == NULL || !p->active || !p->challenged ||
	    p->from != (uint8_t)o->x || o->seg->seq != p->challenge_ack)
		return;
	c->td.rst_half_open = true;
	ev = conn_event(c, ANOMALY_HALF_OPEN_DISCOVERY, o, NULL);
	event_cite(ev, p->seg.frame_no);
	event_cite(ev, p->challenge_frame);
	event_cite(ev, o->frame_no);
}

/*
 * RFC 9293 3.10.7.1: a closed socket answers a segment by a reset at the
 * number which that segment acknowledged.
 */
static bool
answers_segment(const struct conn *c, const struct obs *o)
{
	const struct history *h = &c->ep[o->y].sent;
	uint32_t i;

	for (i = h->acked; i < h->n; i++)
		if (history_at(h, i)->has_ack &&
		    history_at(h, i)->ack == (uint32_t)o->s)
			return true;
	return false;
}

void
reset_segment(struct conn *c, struct obs *o)
{
	enum rst_class k = reset_class(c, o);
	struct teardown *td = &c->td;
	struct event_ref ref = {0};
	bool first = !td->rst_accepted;

	td->rst_seen = true;
	if (o->len > 0)
		reset_text(c, o);
	if (conn_blind(c, o->x) || (!c->ep[o->y].seen && !c->ep[o->x].seen)) {
		/* nothing to judge it by: a stray */
		struct event *ev = conn_event(c, ANOMALY_RST, o, NULL);

		ev->confidence = CONFIDENCE_POSSIBLE;
		ev->severity = SEVERITY_INFO;
		td->rst_accepted = true;
		td->rst_from = o->x;
		td->rst_t = o->t;
		td->rst_frame = o->frame_no;
		td->rst[o->x].seen = true;
		teardown_rst_step(c, o);
		return;
	}
	if (c->hs.bad_synack && o->seg->seq == c->hs.bad_ack) {
		/* R3.22: what RFC 9293 asks for after a bad SYN-ACK */
		conn_event(c, ANOMALY_RST, o, NULL)->severity = SEVERITY_INFO;
		if (c->hs.bad_frame != 0) {
			struct event *ev =
			    conn_event(c, ANOMALY_HALF_OPEN_DISCOVERY, o, NULL);

			event_cite(ev, c->hs.syn.first.frame_no);
			event_cite(ev, c->hs.bad_frame);
		}
		return;
	}
	if (k == RST_IN_WINDOW || k == RST_OUTSIDE || k == RST_BAD_ANSWER) {
		if ((td->rst_accepted && reset_after_close(c, o)) ||
		    answers_segment(c, o))
			conn_event(c, ANOMALY_RST_AFTER_CLOSE, o, NULL);
		else
			reset_refused(c, o, k);
	} else {
		reset_half_open(c, o);
		reset_accepted_event(c, o, k, &ref);
		if (first && c->ep[o->y].state != STATE_CLOSED)
			reset_idle(c, o);
		if (first)
			reset_record(c, o);
		conn_event_settle(c, &td->rst[o->x].ref);
		td->rst[o->x] = (struct rst_seen){.seen = true,
		    .frame_no = o->frame_no,
		    .t = o->t,
		    .seq = o->seg->seq,
		    .ttl = o->seg->ttl,
		    .ref = ref};
	}
}

/* R6.54 (i) to (iv), WORD_NONE when x may have sent both. */
static enum word
lives_on_sign(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	const struct rst_seen *rst = &c->td.rst[o->x];
	int64_t half = conn_min_half(c, o->x);
	uint32_t i;

	if (x->ttl_votes > 0 && ttl_off(x, rst->ttl) >= TTL_OFF &&
	    ttl_off(x, o->seg->ttl) < TTL_OFF)
		return WORD_TTL;
	if (o->has_a && o->a > o->old_ack_max && y->sent.n > 0) {
		i = history_find(&y->sent, o->a - 1);
		if (i < y->sent.n &&
		    history_at(&y->sent, i)->t_first > rst->t - half)
			return WORD_LATE_ACK;
	}
	if (x->clock.tick != 0 && o->has_ts && o->tx > rst->t)
		return WORD_LATER_TIMESTAMP;
	if (rst->later_news >= 1 &&
	    (o->e > o->old_max_end || (o->has_a && o->a > o->old_ack_max)))
		return WORD_LIVES_ON;
	return WORD_NONE;
}

void
reset_lives_on(struct conn *c, struct obs *o)
{
	struct teardown *td = &c->td;
	struct rst_seen *rst = &td->rst[o->x];
	enum word sign;
	struct event *ev;

	if (rst->revoked && !rst->shown && o->e > o->old_max_end) {
		ev = conn_event_get(c, &rst->ref);
		if (ev != NULL)
			event_cite(ev, o->frame_no);
		rst->shown = true;
	}
	if (!rst->seen || rst->revoked || o->syn ||
	    c->ep[o->x].state == STATE_TIME_WAIT || rst->ref.serial == 0)
		return;
	sign = lives_on_sign(c, o);
	if (sign == WORD_NONE) {
		if (o->e > o->old_max_end ||
		    (o->has_a && o->a > o->old_ack_max))
			rst->later_news++;
		return;
	}
	ev = conn_event_get(c, &rst->ref);
	if (ev == NULL || ev->kind != ANOMALY_RST_INJECTED_SUSPECTED)
		ev = conn_event_revise(
		    c, &rst->ref, ANOMALY_RST_INJECTED_SUSPECTED);
	ev->severity = SEVERITY_ERROR;
	ev->confidence = CONFIDENCE_CERTAIN;
	event_set(ev, EVIDENCE_SIGN, sign);
	event_set(ev, EVIDENCE_TTL, rst->ttl);
	event_set(ev, EVIDENCE_TTL_USUAL, c->ep[o->x].ttl);
	event_cite(ev, o->frame_no);
	rst->revoked = td->rst_injected = td->rst_revoked = true;
	rst->seen = false;
	td->rst_accepted = td->rst[o->y].seen;
	if (td->rst_accepted)
		td->rst_from = o->y;
	state_revive(c, o->x, o);
}
