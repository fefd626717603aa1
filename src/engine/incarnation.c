/*
 * incarnation.c - old connection or new one, client or server (RULEBOOK 2).
 */
#include "engine/incarnation.h"

#include "base/constants.h"
#include "base/seq.h"
#include "engine/teardown.h"

/* R2.9: a SYN repeated with another number this soon is worth a note. */
#define ISN_CHANGE_SPAN (60 * NS_PER_S)
/* R2.4 (e): below the ports that kernels hand out. */
#define EPHEMERAL_MIN 32768
/* R2.12 (g) */
#define PEND_IDLE (60 * NS_PER_S)

static bool
holds_time_wait(const struct conn *k, enum side x)
{
	uint8_t i;

	for (i = 0; i < k->td.tw_n; i++)
		if (k->td.tw[i].holder == x)
			return true;
	return false;
}

/* R2.10: both FINs were seen; may the tuple be used again? */
static struct incarnation_verdict
after_close(const struct conn *k, const struct segment *seg, enum side x)
{
	const struct endpoint *ep = &k->ep[x];
	struct incarnation_verdict v = {.result = INCARNATION_NEW};
	uint64_t s = seq_unwrap(seg->seq, ep->max_end);
	bool ts = ep->has_ts && (seg->opt.has & OPT_TIMESTAMPS);
	int32_t step = ts ? seq_diff(seg->opt.tsval, ep->tsval_hi) : 0;
	int64_t closed = k->td.tw_n > 0 ? k->td.tw[0].enter_ns : k->last_t;

	if (holds_time_wait(k, x) && k->td.tw_n == 1)
		v.reuse = REUSE_BY_HOLDER;
	else if (seg->ts_ns - closed >= K_TW)
		v.reuse = REUSE_EXPIRED;
	else if (ts && step > 0)
		v.reuse = REUSE_TW_TS_GREATER;
	else if ((!ts || step == 0) && s > ep->max_end)
		v.reuse = REUSE_TW_SEQ_GREATER;
	else
		v = (struct incarnation_verdict){
		    .result = INCARNATION_PEND, .tw_unsafe = true};
	return v;
}

/*
 * The SYN of this very connection, late in a capture whose order is lost: its
 * number is the one that the answer to it, or the first data, tells.
 */
static bool
is_late_syn(const struct endpoint *ep, const struct segment *seg)
{
	if (ep->isn_known == ISN_CERTAIN || ep->isn_known == ISN_NONE)
		return false;
	return seg->seq == (uint32_t)ep->base;
}

struct incarnation_verdict
incarnation_of_syn(const struct conn *k, const struct segment *seg)
{
	enum side x = conn_side(k, seg), y = x == CLIENT ? SERVER : CLIENT;
	const struct endpoint *ep = &k->ep[x], *peer = &k->ep[y];
	struct incarnation_verdict v = {.result = INCARNATION_SAME};

	if (ep->isn_known == ISN_CERTAIN && seg->seq == (uint32_t)ep->base)
		return v; /* R2.7 */
	if (is_late_syn(ep, seg))
		return v;                                /* R1.16, R2.5 */
	if (k->td.rst_accepted && !k->td.rst_injected) { /* R2.8 */
		v.result = INCARNATION_NEW;
		v.reuse = REUSE_AFTER_RST;
		return v;
	}
	if (ep->has_fin && peer->has_fin)
		return after_close(k, seg, x);
	if (!ep->syn_seen && !ep->has_payload_t && peer->syn_seen &&
	    !peer->synack_seen && k->hs.synack_n == 0)
		return v; /* R2.6: simultaneous open */
	if (k->hs.synack_n == 0 && k->hs.syn_n > 0 && !k->hs.h3_seen) {
		v.result = INCARNATION_NEW; /* R2.9 */
		v.reuse = REUSE_NEW_ISN;
		v.isn_changed = seg->ts_ns - k->last_t < ISN_CHANGE_SPAN;
		return v;
	}
	v.result = INCARNATION_PEND; /* R2.11 */
	return v;
}

enum pend_result
incarnation_resolve(struct conn *k, const struct segment *seg)
{
	struct pended_syn *p = k->pended;
	enum side x = conn_side(k, seg);
	const struct endpoint *ep = &k->ep[x];
	bool ack = segment_has(seg, FLAG_ACK);
	uint32_t want = (uint32_t)p->s + 1;

	if (x != (enum side)p->from) {
		if (ack && seg->ack == want + p->seg.len &&
		    segment_has(seg, FLAG_SYN | FLAG_RST))
			return PEND_NEW; /* (a), (b) */
		if (ack && seg->ack == want &&
		    segment_has(seg, FLAG_SYN | FLAG_RST))
			return PEND_NEW;
		if (ack && !segment_has(seg, FLAG_SYN | FLAG_RST | FLAG_FIN) &&
		    seg->len == 0 && seg->ack == (uint32_t)ep->ack_max) {
			p->challenged = true; /* (c) */
			p->challenge_ack = seg->ack;
			p->challenge_frame = seg->frame_no;
			return PEND_WAITS;
		}
		return PEND_WAITS;
	}
	if (segment_has(seg, FLAG_SYN))
		return PEND_WAITS; /* (e) */
	if (seg->seq == want && seg->len > 0 && !segment_has(seg, FLAG_RST))
		return PEND_NEW; /* (d) */
	if (segment_has(seg, FLAG_RST))
		return PEND_WAITS; /* perhaps R6.76 */
	return PEND_STAYS;         /* (f) */
}

bool
incarnation_at_end(const struct conn *k)
{
	return k->pended != NULL && k->pended->active &&
	       !k->pended->challenged && k->pended->idle >= PEND_IDLE &&
	       k->last_frame <= k->pended->last_syn_frame;
}

static bool
is_service(uint16_t port, const uint16_t *service, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (service[i] == port)
			return true;
	return false;
}

/* Index of the one port for which pred holds, or -1. */
static int
only(bool lower, bool higher)
{
	return lower == higher ? -1 : lower ? 0 : 1;
}

uint8_t
incarnation_client(const struct segment *seg, const uint16_t *service,
    size_t service_n, enum certainty *certainty)
{
	uint16_t a = seg->key.port[0], b = seg->key.port[1];
	int server;

	*certainty = CERTAINTY_CERTAIN;
	if (segment_has(seg, FLAG_SYN) && !segment_has(seg, FLAG_RST))
		return segment_has(seg, FLAG_ACK) ? !seg->dir : seg->dir;
	*certainty = CERTAINTY_PROBABLE;
	server = only(a < 1024, b < 1024);
	if (server < 0)
		server = only(is_service(a, service, service_n),
		    is_service(b, service, service_n));
	if (server >= 0)
		return (uint8_t)!server;
	*certainty = CERTAINTY_POSSIBLE;
	server = only(a < EPHEMERAL_MIN, b < EPHEMERAL_MIN);
	return server >= 0 ? (uint8_t)!server : seg->dir;
}

bool
incarnation_starts_anew(const struct conn *k, const struct segment *seg)
{
	const struct endpoint *x = &k->ep[conn_side(k, seg)];

	return segment_has(seg, FLAG_SYN) && segment_has(seg, FLAG_ACK) &&
	       !segment_has(seg, FLAG_RST) && x->isn_known == ISN_CERTAIN &&
	       seg->seq != (uint32_t)x->base &&
	       (teardown_done(k) || k->td.rst_accepted);
}

void
incarnation_check_roles(struct conn *c, const struct segment *seg)
{
	uint8_t dir;

	if (c->certainty == CERTAINTY_CERTAIN || c->last_frame == 0 ||
	    !segment_has(seg, FLAG_SYN) || segment_has(seg, FLAG_RST))
		return;
	dir = segment_has(seg, FLAG_ACK) ? !seg->dir : seg->dir;
	if (dir != c->client_dir)
		conn_flip(c);
	c->certainty = CERTAINTY_CERTAIN;
}

/* The SYN is the successor's of k, not its own. */
static void
give_away(struct conn *k, const struct segment *syn)
{
	struct endpoint *ep = &k->ep[k->pended->from];

	ep->packets--;
	ep->bytes -= syn->ip_bytes;
}

void
incarnation_give_away(struct conn *k)
{
	struct pended_syn *p = k->pended;
	uint32_t i;

	k->superseded = !teardown_done(k);
	p->active = false;
	give_away(k, &p->seg);
	for (i = 0; i < p->repeats; i++)
		give_away(k, &p->repeat[i]);
	if (k->last_frame <= p->last_syn_frame) {
		k->last_frame = p->frame_before;
		k->last_t = p->t_before;
	}
}
