/*
 * sack.c - the SACK scoreboard and what its blocks prove.
 */
#include "engine/sack.h"

#include "base/constants.h"
#include "base/seq.h"
#include "engine/endpoint.h"
#include "engine/gaps.h"
#include "engine/resend.h"

/* SACK blocks that fit beside time stamps, and without them (R6.37). */
#define SACK_ROOM_TS 3
#define SACK_ROOM 4
/* ACKs that must omit SACKed bytes before that is reneging (R6.37): more than
 * a reordered ACK or two. */
#define RENEG_ACKS 3

struct block {
	uint64_t l, r;
};

/* RFC 2883: below the ACK, or inside the second block. */
static bool
block_is_dsack(const struct block *b, unsigned n, uint64_t a)
{
	if (b[0].r <= a)
		return true;
	return n > 1 && b[0].l >= b[1].l && b[0].r <= b[1].r;
}

static void
sack_invalid(
    struct conn *c, struct obs *o, const struct block *b, struct event_ref *ref)
{
	const struct endpoint *y = &c->ep[o->y];
	struct event *ev = conn_event(c, ANOMALY_SACK_INVALID, o, ref);

	ev->confidence = CONFIDENCE_PROBABLE;
	event_set_range(
	    ev, EVIDENCE_BLOCK, endpoint_rel(y, b->l), endpoint_rel(y, b->r));
}

/* --- blocks of another sequence space (R6.36) --------------------------- */

/* Whether x can never have received these bytes: not sent, nor allowed. */
static bool
sack_is_foreign(
    const struct conn *c, const struct obs *o, const struct block *b)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	uint64_t low = y->base, high = y->max_end + SEQ_WILD;

	if (y->isn_known < ISN_INFERRED)
		low = y->start - endpoint_back_window(x);
	if (x->has_wnd && x->shift_known)
		high = (x->edge_max > y->max_end ? x->edge_max : y->max_end) +
		       K_BACK_WINDOW;
	return b->l < low || b->r > high;
}

/*
 * A box that rewrites sequence numbers but not SACK leaves all blocks off by
 * one constant. Each block bounds it: the true one lies between una, with a
 * segment missing there, and max_end. As long as one constant fits all, they
 * are one event.
 */
static void
sack_foreign(struct conn *c, struct obs *o, const struct block *b)
{
	struct endpoint *y = &c->ep[o->y];
	struct endpoint_rare *r = endpoint_rare(y);
	uint32_t i = history_find(&y->sent, y->una);
	uint64_t missing = y->una;
	int64_t low = (int64_t)(b->r - y->max_end);
	int64_t high;
	struct event *ev;

	if (i < y->sent.n)
		missing = history_end(&y->sent, history_at(&y->sent, i));
	high = (int64_t)(b->l - missing);
	if (r == NULL)
		return;
	if (r->sack_shift_n > 0 && low <= r->sack_shift_high &&
	    high >= r->sack_shift_low) {
		r->sack_shift_n++;
		if (low > r->sack_shift_low)
			r->sack_shift_low = low;
		if (high < r->sack_shift_high)
			r->sack_shift_high = high;
	} else {
		conn_event_settle(c, &r->sack_shift_ref);
		sack_invalid(c, o, b, &r->sack_shift_ref);
		r->sack_shift_n = 1;
		r->sack_shift_low = low;
		r->sack_shift_high = high;
	}
	ev = conn_event_get(c, &r->sack_shift_ref);
	if (ev == NULL || r->sack_shift_n < 2)
		return;
	ev->blame = BLAME_NETWORK;
	event_set(ev, EVIDENCE_SACK_OFFSET, r->sack_shift_high);
	event_set(ev, EVIDENCE_REPEATS, r->sack_shift_n);
}

/* --- blocks of this stream ---------------------------------------------- */

/* Entries of y that became wholly SACKed: samples and rack_t. */
static void
sack_mark(struct conn *c, struct obs *o, uint64_t l, uint64_t r)
{
	struct endpoint *y = &c->ep[o->y];
	uint32_t i;

	for (i = history_find(&y->sent, l); i < y->sent.n; i++) {
		struct sent *e = history_at(&y->sent, i);

		if (history_start(&y->sent, e) >= r)
			break;
		if (e->sacked ||
		    !ranges_cover(&y->sacked, history_start(&y->sent, e),
			history_end(&y->sent, e)))
			continue;
		e->sacked = true;
		endpoint_arrived(y, e, history_end(&y->sent, e));
		if (e->tx == 1 && !e->ambiguous && !e->bad && !o->backwards) {
			rtt_sample(
			    &y->rtt, &c->ep[o->x].rtt, o->t - e->t_last, false);
			rtt_sample_sure(&y->rtt, o->t - e->t_last, o->frame_no);
		}
		if (e->tx == 1 ||
		    o->t - e->t_last >= k_reorder(rtt_min(&y->rtt)))
			if (e->t_last > y->rack_t)
				y->rack_t = e->t_last;
	}
}

/* One ordinary block: bytes above una that arrived. */
static void
sack_block(struct conn *c, struct obs *o, struct block b)
{
	struct endpoint *y = &c->ep[o->y];
	int64_t added;

	if (b.r > y->max_end)
		b.r = y->max_end; /* the rest is not in the capture (yet) */
	if (b.l < y->una)
		b.l = y->una;
	if (b.l >= b.r)
		return;
	added = ranges_add(&y->sacked, b.l, b.r);
	if (added <= 0)
		return;
	o->sacked_new = true;
	gaps_acknowledged(c, o->y, b.l, b.r, o);
	sack_mark(c, o, b.l, b.r);
}

static void
sack_dsack(struct conn *c, struct obs *o, const struct block *b)
{
	struct endpoint *y = &c->ep[o->y];
	uint64_t matched;
	struct event *ev;

	o->dsack = true;
	y->dsack_n++;
	matched = resend_dsack(c, o, b->l, b->r);
	if (y->rare != NULL && y->rare->keepalive_open && b->r <= y->una &&
	    b->r - b->l <= 1)
		return; /* rides on the answer to a keep-alive (R6.46) */
	ev = conn_event(c, ANOMALY_DSACK, o, NULL);
	event_set_range(
	    ev, EVIDENCE_BLOCK, endpoint_rel(y, b->l), endpoint_rel(y, b->r));
	event_set(ev, EVIDENCE_MATCHED_FRAME, (int64_t)matched);
	if (matched != 0)
		event_cite(ev, matched);
}

/* R6.37: a newer ACK with room to report SACKed bytes omits them. */
static void
sack_reneging(struct conn *c, struct obs *o, unsigned n)
{
	struct endpoint *y = &c->ep[o->y];
	struct endpoint_rare *r;
	struct event *ev;
	unsigned room = o->has_ts ? SACK_ROOM_TS : SACK_ROOM;

	if (y->sacked.n == 0 || n >= room || o->seg->opt.cut ||
	    o->a >= ranges_high(&y->sacked) || o->a < y->una || o->rst)
		return;
	/* all that is SACKed must still be named by some block */
	if (n > 0 && n >= y->sacked.n)
		return;
	if (n > 0 || !y->sack_ok)
		return;
	r = endpoint_rare(y);
	if (r == NULL || ++r->reneg_n != RENEG_ACKS)
		return;
	ev = conn_event(c, ANOMALY_SACK_RENEGING, o, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set_range(ev, EVIDENCE_BLOCK, endpoint_rel(y, y->sacked.v[0].l),
	    endpoint_rel(y, ranges_high(&y->sacked)));
	o->g2 = true;
}

void
sack_process(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	const struct tcp_options *opt = &o->seg->opt;
	struct block b[SACK_BLOCKS];
	unsigned i, n = opt->has & OPT_SACK ? opt->sack_n : 0, first = 0;

	if (!y->seen || o->syn || o->rst)
		return;
	for (i = 0; i < n; i++) {
		b[i].l = seq_unwrap(opt->sack[i][0], o->a);
		b[i].r = seq_unwrap(opt->sack[i][1], o->a);
	}
	for (i = 0; i < n; i++) {
		if (b[i].l >= b[i].r || !sack_is_foreign(c, o, &b[i]))
			continue;
		/* they come from elsewhere, all of them */
		sack_foreign(c, o, &b[i]);
		return;
	}
	if (n > 0 && b[0].l < b[0].r && block_is_dsack(b, n, o->a)) {
		sack_dsack(c, o, &b[0]);
		first = 1;
	}
	for (i = first; i < n; i++) {
		bool stale = b[i].l < o->a && o->a >= y->una;

		if (b[i].l >= b[i].r || (stale && b[i].r > o->a && i > 0) ||
		    (y->opt_seen && c->ep[o->x].opt_seen && !y->sack_ok))
			sack_invalid(c, o, &b[i], NULL);
		else
			sack_block(c, o, b[i]);
	}
	if (n > first && y->rare != NULL)
		y->rare->reneg_n = 0;
	sack_reneging(c, o, n - first);
}
