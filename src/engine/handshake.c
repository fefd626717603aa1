/*
 * handshake.c - SYN, SYN-ACK, ACK: steps and repeats (RULEBOOK 4 and 5).
 */
#include "engine/handshake.h"

#include <stdlib.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/reset.h"

/* --- steps ------------------------------------------------------------ */

static struct moment *
step_find(struct handshake *hs, enum step_id id)
{
	uint8_t i;

	for (i = 0; i < hs->steps_n; i++)
		if (hs->step[i].id == id)
			return &hs->step[i];
	return NULL;
}

static void
step_add(struct conn *c, const struct obs *o, enum step_id id)
{
	struct handshake *hs = &c->hs;
	struct moment *st = step_find(hs, id);

	if (st != NULL)
		st->retransmissions++;
	else if (hs->steps_n < HANDSHAKE_STEPS)
		hs->step[hs->steps_n++] = conn_moment(o, id);
}

static void
step_prove(struct handshake *hs, enum step_id id, uint64_t frame_no)
{
	struct moment *st = step_find(hs, id);

	if (st != NULL && st->proof_frame == 0)
		st->proof_frame = frame_no;
}

/* --- transmissions of SYN and SYN-ACK --------------------------------- */

/* The slot of transmission n > 0, the last one for all beyond; or NULL. */
static struct syn_again *
tx_again(struct syn_list *l, uint32_t n)
{
	if (l->again == NULL)
		l->again = calloc(SYN_TX - 1, sizeof(*l->again));
	if (l->again == NULL)
		return NULL;
	return &l->again[(n < SYN_TX ? n : SYN_TX - 1) - 1];
}

static void
tx_note(struct syn_list *l, uint32_t *n, const struct obs *o)
{
	struct syn_again *again = *n > 0 ? tx_again(l, *n) : NULL;
	struct syn_tx *tx = *n == 0         ? &l->first
			    : again != NULL ? &again->tx
					    : NULL;

	if (tx != NULL)
		*tx = (struct syn_tx){
		    .frame_no = o->frame_no,
		    .t = o->t,
		    .tsval = o->seg->opt.tsval,
		    .has_ts = o->has_ts,
		};
	(*n)++;
}

/* The latest transmission kept. */
static const struct syn_tx *
tx_last(const struct syn_list *l, uint32_t n)
{
	return syn_tx_at(l, syn_tx_kept(l, n) - 1);
}

/* The event of the i-th transmission, i > 0; NULL when it is not kept. */
static struct event *
tx_event(struct conn *c, const struct syn_list *l, uint32_t i)
{
	return l->again != NULL ? conn_event_get(c, &l->again[i - 1].ref)
				: NULL;
}

/* Which transmission tsecr echoes; -1 when time stamps cannot tell. */
static int
tx_echoed(const struct syn_list *l, uint32_t n, const struct obs *o)
{
	uint32_t i, kept = syn_tx_kept(l, n);
	int found = -1;

	if (!o->has_ts)
		return -1;
	for (i = 0; i < kept; i++) {
		const struct syn_tx *tx = syn_tx_at(l, i);

		if (!tx->has_ts || tx->tsval != o->seg->opt.tsecr)
			continue;
		if (found >= 0)
			return -1; /* two carried the same value */
		found = (int)i;
	}
	return found;
}

/* R8.39: why the SYN or SYN-ACK in o was sent again. */
static enum word
repeat_cause(const struct conn *c, bool synack)
{
	const struct handshake *hs = &c->hs;

	if (c->one_way || conn_loopback(c))
		return WORD_UNKNOWN;
	if (!synack && hs->bad_synack)
		return WORD_UNKNOWN; /* it arrived: its answer was of no use */
	if (!synack)
		return hs->synack_n > 0 ? WORD_UNKNOWN : WORD_LOSS_DOWNSTREAM;
	/* an ACK that the server had not when it repeated: H3 lost */
	if (hs->h3_seen)
		return WORD_UNKNOWN;
	return WORD_LOSS_DOWNSTREAM;
}

/*
 * R5.7: the SYN-ACK in o comes again although H3 was seen, and late enough
 * for H3 to have arrived; and it is not the answer to a repeated SYN.
 */
static bool
third_was_lost(const struct conn *c, const struct obs *o)
{
	const struct handshake *hs = &c->hs;
	int64_t half = rtt_min(&c->ep[CLIENT].rtt);

	if (!hs->h3_seen || o->t - hs->h3_t < k_reorder(half))
		return false;
	return hs->syn_n < 2 ||
	       o->t - tx_last(&hs->syn, hs->syn_n)->t > 2 * half;
}

/* R6.16 severity: one repeat is worth a note, more are a warning. */
static void
repeat_event(struct conn *c, struct obs *o, bool synack, uint32_t n,
    const struct syn_tx *prior, struct event_ref *ref)
{
	struct handshake *hs = &c->hs;
	struct event *ev = conn_event(c, ANOMALY_RETRANSMISSION_SYN, o, ref);
	enum word cause = repeat_cause(c, synack);

	ev->severity = n <= 1 ? SEVERITY_NOTE : SEVERITY_WARN;
	ev->confidence = CONFIDENCE_POSSIBLE;
	event_set(ev, EVIDENCE_ORIGINAL_FRAME, (int64_t)prior->frame_no);
	event_set(ev, EVIDENCE_ROLE, synack ? WORD_SYNACK : WORD_SYN);
	event_set(ev, EVIDENCE_N, n);
	event_set(ev, EVIDENCE_INTERVAL, o->t - prior->t);
	event_set(ev, EVIDENCE_KIND, WORD_RTO);
	event_set(ev, EVIDENCE_CAUSE, cause);
	event_cite(ev, prior->frame_no);
	if ((!synack && hs->bad_synack) || conn_loopback(c))
		ev->blame = BLAME_RECEIVER;
	if (hs->rst_before_synack)
		event_set(ev, EVIDENCE_AFTER_RST, 1);
	if (synack && third_was_lost(c, o)) {
		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_H3_LOST, 1);
		event_set(ev, EVIDENCE_H3_FRAME, (int64_t)hs->h3_frame);
		event_cite(ev, hs->h3_frame);
	}
	if (!synack && hs->synack_n > 0) {
		/* its answer passed the tap: that was lost downstream */
		uint64_t lost = tx_last(&hs->synack, hs->synack_n)->frame_no;

		event_set(ev, EVIDENCE_ORIGINAL_FRAME, (int64_t)lost);
		if (!conn_loopback(c))
			event_set(ev, EVIDENCE_CAUSE, WORD_LOSS_DOWNSTREAM);
		event_cite(ev, lost);
	}
}

bool
handshake_repeat(struct conn *c, struct obs *o)
{
	struct handshake *hs = &c->hs;
	struct endpoint *x = &c->ep[o->x];
	bool synack = o->has_a;
	struct syn_list *l = synack ? &hs->synack : &hs->syn;
	uint32_t n = synack ? hs->synack_n : hs->syn_n;
	struct event_ref ref = {0};
	struct syn_again *again;

	if (!o->syn || o->rst || o->s != x->base || n == 0 ||
	    (synack ? !x->synack_seen : !x->syn_seen) ||
	    (!synack && hs->syn_from != o->x))
		return false;
	if (!synack && x->has_payload_t) {
		/* R2.7: long past its handshake, a late duplicate */
		conn_event(c, ANOMALY_OLD_SEGMENT, o, NULL);
		return true;
	}
	repeat_event(c, o, synack, n, tx_last(l, n), &ref);
	again = tx_again(l, n);
	if (again != NULL) {
		/* the last place is taken by each that finds none */
		conn_event_settle(c, &again->ref);
		again->ref = ref;
	}
	x->resent_packets++;
	o->resend = true;
	c->stall.resends[o->x]++;
	if (synack)
		c->ep[o->y].challenge_due = true;
	return true;
}

bool
handshake_stale_answer(struct conn *c, struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct handshake *hs = &c->hs;
	struct event *ev;
	int32_t ahead;

	if (x->seen || o->syn || o->rst || !o->has_a ||
	    y->state != STATE_SYN_SENT || y->isn_known != ISN_CERTAIN)
		return false;
	ahead = seq_diff(o->seg->ack, (uint32_t)y->base);
	if (ahead > 0 && (uint64_t)ahead <= y->max_end - y->base)
		return false;
	hs->bad_synack = true;
	hs->bad_ack = o->seg->ack;
	hs->bad_frame = o->frame_no;
	ev = conn_event(c, ANOMALY_CHALLENGE_ACK, o, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_CAUSE_FRAME, (int64_t)y->last_frame);
	return true;
}

/* --- the segments ----------------------------------------------------- */

static void
tfo_syn(struct conn *c, const struct obs *o)
{
	struct handshake *hs = &c->hs;
	const struct tcp_options *opt = &o->seg->opt;

	if (opt->has & OPT_FAST_OPEN)
		hs->tfo = opt->tfo_len == 0 ? TFO_REQUESTED : TFO_SENT;
	else if (o->len > 0 && !opt->cut)
		hs->tfo = TFO_NO_COOKIE;
	if (o->len > hs->tfo_len)
		hs->tfo_len = o->len;
}

static void
on_syn(struct conn *c, struct obs *o)
{
	struct handshake *hs = &c->hs;
	struct endpoint *x = &c->ep[o->x];

	if (hs->syn_n > 0 && hs->syn_from != o->x) {
		c->simultaneous = true;
		x->syn_seen = true;
		step_add(c, o, STEP_PEER_SYN);
		return;
	}
	if (hs->syn_n == 0) {
		hs->syn_from = o->x;
		tfo_syn(c, o);
	}
	x->syn_seen = true;
	tx_note(&hs->syn, &hs->syn_n, o);
	step_add(c, o, STEP_SYN);
}

/* R5.1: which SYN does this SYN-ACK answer? */
static void
time_server_half(struct conn *c, const struct obs *o)
{
	struct handshake *hs = &c->hs;
	uint32_t kept = syn_tx_kept(&hs->syn, hs->syn_n);
	int i = tx_echoed(&hs->syn, hs->syn_n, o);

	if (kept == 0 || o->backwards)
		return;
	if (hs->syn_n == 1)
		i = 0;
	if (i >= 0) {
		hs->server_half =
		    maybe_of(o->t - syn_tx_at(&hs->syn, (uint32_t)i)->t);
		/* R8.38: it answers an older SYN than the latest */
		if ((uint32_t)i + 1 < kept) {
			struct event *ev =
			    conn_event(c, ANOMALY_RETRANSMISSION_SYN, o, NULL);

			ev->severity = SEVERITY_NOTE;
			ev->confidence = CONFIDENCE_PROBABLE;
			event_set(ev, EVIDENCE_ORIGINAL_FRAME, 0);
			event_set(ev, EVIDENCE_ROLE, WORD_SYNACK);
			event_set(ev, EVIDENCE_KIND, WORD_RTO);
			event_set(ev, EVIDENCE_CAUSE, WORD_LOSS_UPSTREAM);
			event_cite(
			    ev, syn_tx_at(&hs->syn, (uint32_t)i)->frame_no);
		}
		return;
	}
	hs->server_half = maybe_of(o->t - hs->syn.first.t);
	hs->server_half_low = maybe_of(o->t - tx_last(&hs->syn, hs->syn_n)->t);
}

/*
 * R6.69: the first SYN-ACK comes after data of the client, which cannot have
 * waited for it; unless that data acknowledges it: then the capture is late.
 */
static void
early_data(struct conn *c, const struct obs *o)
{
	struct handshake *hs = &c->hs;
	struct event *ev;

	if (hs->early_frame == 0 || hs->early_ack == o->seg->seq + 1)
		return;
	ev = conn_event_at(c, ANOMALY_DATA_BEFORE_HANDSHAKE, CLIENT,
	    hs->early_frame, hs->early_t, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	event_cite(ev, o->frame_no);
}

static void
on_syn_ack(struct conn *c, struct obs *o)
{
	struct handshake *hs = &c->hs;
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	bool expected =
	    y->isn_known != ISN_CERTAIN ||
	    (o->a >= y->base + 1 && (!y->seen || o->a <= y->max_end));

	if (c->simultaneous || (x->syn_seen && hs->syn_n > 0)) {
		/* R4.13: each side answers the other's SYN */
		c->simultaneous = true;
		step_add(c, o,
		    step_find(hs, STEP_SYN_ACK) == NULL ? STEP_SYN_ACK
							: STEP_PEER_SYN_ACK);
		x->synack_seen = true;
		hs->synack_n++;
		step_prove(hs, o->x == hs->syn_from ? STEP_PEER_SYN : STEP_SYN,
		    o->frame_no);
		return;
	}
	if (!expected) {
		struct event *ev =
		    conn_event(c, ANOMALY_HANDSHAKE_ACK_MISMATCH, o, NULL);

		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_ACK, endpoint_rel(y, o->a));
		event_set(ev, EVIDENCE_WANT, 1);
		hs->bad_synack = true;
		hs->bad_ack = o->seg->ack;
		hs->bad_frame = 0;
		o->g2 = true;
		return;
	}
	if (hs->synack_n == 0) {
		early_data(c, o);
		time_server_half(c, o);
		if (hs->tfo == TFO_SENT || hs->tfo == TFO_NO_COOKIE)
			if (hs->tfo_len > 0)
				hs->tfo = o->a > y->base + 1 ? TFO_ACCEPTED
					  : hs->tfo == TFO_NO_COOKIE
					      ? TFO_NO_COOKIE
					      : TFO_REJECTED;
	}
	x->synack_seen = true;
	tx_note(&hs->synack, &hs->synack_n, o);
	step_add(c, o, STEP_SYN_ACK);
	step_prove(hs, STEP_SYN, o->frame_no);
}

/* R5.2: the first ACK of the client that covers the SYN-ACK. */
static void
on_third(struct conn *c, struct obs *o)
{
	struct handshake *hs = &c->hs;
	uint32_t kept = syn_tx_kept(&hs->synack, hs->synack_n);
	int i;

	hs->h3_seen = true;
	hs->h3_frame = o->frame_no;
	hs->h3_t = o->t;
	hs->h3_data = o->len > 0;
	step_add(c, o, STEP_ACK);
	step_prove(hs, STEP_SYN_ACK, o->frame_no);
	if (kept == 0 || o->backwards)
		return;
	i = tx_echoed(&hs->synack, hs->synack_n, o);
	if (i < 0)
		i = (int)kept - 1;
	hs->client_half =
	    maybe_of(o->t - syn_tx_at(&hs->synack, (uint32_t)i)->t);
}

/* R6.62 of the third segment. */
static void
on_bad_third(struct conn *c, struct obs *o)
{
	const struct endpoint *y = &c->ep[o->y];
	struct event *ev =
	    conn_event(c, ANOMALY_HANDSHAKE_ACK_MISMATCH, o, NULL);

	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_ACK, endpoint_rel(y, o->a));
	event_set(ev, EVIDENCE_WANT, 1);
	o->g2 = true;
}

/*
 * R8.39: o echoes one of the n transmissions in l, so that one had arrived
 * and the repeats after it say nothing about loss.
 */
static void
judge_repeats(
    struct conn *c, const struct obs *o, const struct syn_list *l, uint32_t n)
{
	uint32_t i, kept = syn_tx_kept(l, n);
	int arrived = tx_echoed(l, n, o);

	if (arrived < 0)
		return;
	for (i = (uint32_t)arrived + 1; i < kept; i++) {
		struct event *ev = tx_event(c, l, i);

		if (ev != NULL)
			event_set(ev, EVIDENCE_CAUSE, WORD_UNKNOWN);
	}
}

bool
handshake_is_proxied(int64_t half, uint64_t samples, int64_t data_min)
{
	return samples >= TAP_SAMPLES && half <= RTT_MAX &&
	       half * 10 < data_min;
}

void
handshake_finish(struct conn *c)
{
	struct handshake *hs = &c->hs;
	const struct rtt *half = &c->ep[CLIENT].rtt;
	uint32_t i, kept = syn_tx_kept(&hs->synack, hs->synack_n);
	struct event *ev;

	/* R6.65: data in a SYN that no cookie allowed and nobody took */
	if (hs->tfo == TFO_NO_COOKIE && hs->tfo_len > 0) {
		ev = conn_event_at(c, ANOMALY_SYN_WITH_DATA, hs->syn_from,
		    hs->syn.first.frame_no, hs->syn.first.t, NULL);
		event_set(ev, EVIDENCE_LEN, hs->tfo_len);
	}
	if (hs->server_half.has && !hs->server_half_low.has &&
	    handshake_is_proxied(
		hs->server_half.v, half->data_samples, half->data_min)) {
		ev = conn_event_at(c, ANOMALY_SYN_PROXIED, SERVER,
		    hs->synack.first.frame_no, hs->synack.first.t, NULL);
		ev->confidence = CONFIDENCE_POSSIBLE;
		event_set(ev, EVIDENCE_RTT, half->data_min);
		event_set(ev, EVIDENCE_DURATION, hs->server_half.v);
	}
	/* R8.39: a client that never answers proves no loss */
	if (hs->h3_seen || hs->syn_n == 0)
		return;
	for (i = 1; i < kept; i++) {
		ev = tx_event(c, &hs->synack, i);
		if (ev != NULL)
			event_set(ev, EVIDENCE_CAUSE, WORD_UNKNOWN);
	}
}

static void
on_rst(struct conn *c, const struct obs *o)
{
	struct handshake *hs = &c->hs;

	if (hs->h3_seen || c->simultaneous)
		return;
	if (o->x == SERVER) {
		if (hs->synack_n > 0) {
			hs->server_rst = true;
		} else if (hs->syn_n > 0 &&
			   reset_class(c, o) == RST_ANSWERS_SYN) {
			if (!hs->refused_rst) {
				hs->refusing_frame = o->frame_no;
				hs->refusing_ttl = o->seg->ttl;
			}
			hs->refused_rst = hs->rst_before_synack = true;
			step_prove(hs, STEP_SYN, o->frame_no);
		}
	} else if (hs->synack_n > 0) {
		hs->client_rst = true;
		step_prove(hs, STEP_SYN_ACK, o->frame_no);
	}
}

/*
 * R4.13: past its SYN-ACK a side speaks as ESTABLISHED only once the other's
 * SYN-ACK, which acknowledged its SYN, has reached it.
 */
static void
prove_peer_synack(struct handshake *hs, const struct obs *o)
{
	uint8_t i;

	for (i = 0; i < hs->steps_n; i++)
		if ((hs->step[i].id == STEP_SYN_ACK ||
			hs->step[i].id == STEP_PEER_SYN_ACK) &&
		    hs->step[i].from != o->x && hs->step[i].proof_frame == 0)
			hs->step[i].proof_frame = o->frame_no;
}

/* R4.4: what proves that H3 arrived. */
static void
prove_third(struct conn *c, const struct obs *o)
{
	if (o->x == SERVER && c->hs.h3_seen && !o->syn && !o->rst &&
	    o->frame_no > c->hs.h3_frame)
		step_prove(&c->hs, STEP_ACK, o->frame_no);
}

void
handshake_segment(struct conn *c, struct obs *o)
{
	struct handshake *hs = &c->hs;
	struct endpoint *y = &c->ep[o->y];

	if (o->rst) {
		on_rst(c, o);
		return;
	}
	if (o->syn && o->has_a) {
		on_syn_ack(c, o);
		judge_repeats(c, o, &hs->syn, hs->syn_n);
		return;
	}
	if (o->syn) {
		on_syn(c, o);
		return;
	}
	if (!o->plausible || !o->has_a)
		return;
	if (o->bad_third) {
		on_bad_third(c, o);
		return;
	}
	if (c->simultaneous) {
		if (!hs->h3_seen && o->a >= y->base + 1) {
			hs->h3_seen = true;
			hs->h3_frame = o->frame_no;
			hs->h3_t = o->t;
		}
		prove_peer_synack(hs, o);
		return;
	}
	if (o->x == CLIENT && o->len > 0 && hs->syn_n > 0 &&
	    hs->synack_n == 0 && hs->early_frame == 0 && hs->tfo_len == 0) {
		hs->early_frame = o->frame_no;
		hs->early_t = o->t;
		hs->early_ack = o->seg->ack;
	}
	if (o->x == CLIENT && !hs->h3_seen && !c->td.rst[CLIENT].seen &&
	    y->isn_known != ISN_NONE && (hs->syn_n > 0 || hs->synack_n > 0) &&
	    o->a >= y->base + 1) {
		on_third(c, o);
		judge_repeats(c, o, &hs->synack, hs->synack_n);
	} else if (o->x == SERVER) {
		prove_third(c, o);
	}
}
