/*
 * brief.c - parked connections of which there is nothing to tell: a lone SYN
 * that nobody answered (R5.20, R9.3), and exchanges without any event but that
 * checksums were not computed (R6.83), whose client may be slow (R9.13, R9.21).
 *
 * Every condition here keeps one rule of the pipeline from having anything to
 * say. Where one does not hold, the pipeline decides; it never is wrong to ask
 * it. tests/check_steady.c holds what is said in brief against it.
 */
#include "engine/brief.h"

#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/handshake.h"
#include "engine/resend.h"
#include "engine/stall.h"
#include "engine/teardown.h"
#include "engine/verdicts.h"

/* One direction of an exchange, so far. */
struct lane {
	uint32_t acked; /* latest ACK that it sent */
	uint32_t end;   /* what follows its latest segment */
	uint32_t edge;  /* right edge of its window */
	uint32_t tsval_first, tsval_hi;
	int64_t clock_t;                 /* of tsval_first */
	int64_t last_t;                  /* of its latest segment */
	int64_t think_least, think_most; /* bounds of what the other waited */
	/* segments that take numbers and are not yet acknowledged, at most */
	uint32_t unacked;
	int64_t unacked_t, sent_t; /* of the first of them, of the last */
	int64_t half; /* no less than the shortest round trip to it */
	int64_t trip_least, trip_most; /* bounds of those of its data */
	uint32_t sent;                 /* segments that take numbers */
	uint32_t stretched;            /* ACKs of several */
	uint32_t packets, bytes;
	uint16_t ip_id;
	uint16_t mss; /* of its SYN */
	uint8_t shift;
	bool odd_clock; /* its time stamps do not tick every 1 ms */
	bool fin;
	bool offload; /* its checksums are not yet computed (R6.83) */
};

struct exchange {
	struct lane lane[2]; /* by dir */
	bool stamps;         /* agreed upon (RFC 7323) */
	unsigned client;     /* dir */
	int64_t first_t, third_t, last_t;
	int64_t half;   /* from SYN to answer */
	int64_t turn_t; /* latest payload, of turn_dir */
	unsigned turn_dir;
	bool has_turn;
	unsigned slow_acks, fins;
	unsigned first_fin; /* dir */
};

/* --- a SYN or its answer ------------------------------------------------ */

/* Whether nothing in it is worth an event (R6.88, R6.89). */
static bool
is_usual_syn(const struct segment *seg)
{
	return (seg->flags & ~(unsigned)FLAG_ACK) == FLAG_SYN &&
	       seg->ecn == 0 && (seg->opt.has & OPT_MSS) &&
	       seg->opt.mss >= 64 &&
	       (!(seg->opt.has & OPT_WSCALE) || seg->opt.wscale <= WSCALE_MAX);
}

static void
brief_side(const struct flow *f, unsigned dir, struct side_report *r)
{
	memcpy(r->addr, f->key.addr[dir], sizeof(r->addr));
	r->port = f->key.port[dir];
}

/* R6.83: the only event of which a brief may tell; sides, so many of them. */
static void
brief_offload(struct conn_report *r, unsigned sides)
{
	r->uneventful = sides == 0;
	r->kind_count[ANOMALY_CHECKSUM_OFFLOAD] = sides;
}

/* What every brief says. */
static void
brief_fill(const struct flow *f, const struct segment *first,
    const struct segment *last, struct conn_report *r)
{
	r->number = f->number;
	r->version = (uint8_t)f->key.version;
	r->certainty = CERTAINTY_CERTAIN;
	r->evicted = false;
	r->first_frame = first->frame_no;
	r->last_frame = last->frame_no;
	r->first_ns = first->ts_ns;
	r->last_ns = last->ts_ns;
	brief_side(f, first->dir, &r->side[CLIENT]);
	brief_side(f, !first->dir, &r->side[SERVER]);
}

static bool
brief_lone_syn(const struct flow *f, int64_t end_t, struct conn_report *r)
{
	struct park_reader read;
	const struct segment *syn = &read.seg;

	park_read(&read, &f->parked, &f->key);
	if (!is_usual_syn(syn))
		return false;
	brief_fill(f, syn, syn, r);
	brief_offload(r, syn->checksum == CHECKSUM_PARTIAL);
	r->side[CLIENT].packets = 1;
	r->side[CLIENT].bytes = syn->ip_bytes;
	r->side[SERVER].packets = r->side[SERVER].bytes = 0;
	r->handshake.outcome = OUTCOME_NO_ANSWER;
	r->handshake.connect_time_ns.has = false;
	r->teardown.close = CLOSE_NONE;
	r->verdict.id = VERDICT_NO_ANSWER;
	r->verdict.severity = verdict_no_answer_severity(syn->ts_ns, end_t);
	r->worst = r->verdict.severity;
	return true;
}

/* --- an exchange -------------------------------------------------------- */

/* Whether the clock of l, of 1 ms, can have come to v by t (R6.74). */
static bool
clock_reaches(const struct lane *l, int64_t t, uint32_t v)
{
	int32_t ahead = seq_diff(v, l->tsval_hi);

	return ahead <= 0 ||
	       (!l->odd_clock && ahead <= (t - l->last_t) / NS_PER_MS + 1);
}

/* The two SYNs: options only of those offered (R6.67). */
static bool
exchange_open(
    struct exchange *x, const struct segment *syn, const struct segment *answer)
{
	const unsigned agreed =
	    OPT_WSCALE | OPT_SACK_PERMITTED | OPT_TIMESTAMPS;
	unsigned d;

	if (!is_usual_syn(syn) || !is_usual_syn(answer) ||
	    (answer->opt.has & ~(unsigned)syn->opt.has & agreed) != 0 ||
	    answer->ts_ns - syn->ts_ns >= K_STALL)
		return false;
	memset(x, 0, sizeof(*x));
	x->client = syn->dir;
	x->first_t = syn->ts_ns;
	x->last_t = answer->ts_ns;
	x->half = answer->ts_ns - syn->ts_ns;
	x->stamps = answer->opt.has & OPT_TIMESTAMPS;
	for (d = 0; d < 2; d++) {
		const struct segment *seg = d == x->client ? syn : answer;
		struct lane *l = &x->lane[d];

		l->mss = seg->opt.mss;
		if (answer->opt.has & OPT_WSCALE)
			l->shift = seg->opt.wscale;
		l->acked = d == x->client ? answer->seq : answer->ack;
		l->end = seg->seq + 1;
		l->edge =
		    (d == x->client ? answer->seq + 1 : answer->ack) + seg->wnd;
		l->tsval_first = l->tsval_hi = seg->opt.tsval;
		l->clock_t = l->last_t = seg->ts_ns;
		l->half = l->trip_least = INT64_MAX;
		l->packets = 1;
		l->bytes = seg->ip_bytes;
		l->ip_id = seg->ip_id;
		l->offload = seg->checksum == CHECKSUM_PARTIAL;
	}
	x->lane[x->client].half = x->half;
	x->lane[!x->client].unacked = 1;
	x->lane[!x->client].unacked_t = x->lane[!x->client].sent_t =
	    answer->ts_ns;
	return !x->stamps ||
	       (seq_diff(answer->opt.tsecr, syn->opt.tsval) >= 0 &&
		   clock_reaches(
		       &x->lane[x->client], answer->ts_ns, answer->opt.tsecr));
}

/* Time stamps that never go back and echo what was sent (R6.72 to R6.75). */
static bool
stamps_fit(const struct exchange *x, const struct segment *seg)
{
	const struct lane *me = &x->lane[seg->dir], *peer = &x->lane[!seg->dir];
	const struct tcp_options *opt = &seg->opt;

	if (!x->stamps || !(opt->has & OPT_TIMESTAMPS))
		return !x->stamps && !(opt->has & OPT_TIMESTAMPS);
	return seq_diff(opt->tsval, me->tsval_hi) >= 0 &&
	       seq_diff(opt->tsecr, peer->tsval_first) >= 0 &&
	       clock_reaches(peer, seg->ts_ns, opt->tsecr);
}

/* The next value of a clock; odd is one that does not tick every 1 ms. */
static void
take_stamp(struct lane *l, const struct segment *seg)
{
	int64_t off = seg->ts_ns - l->clock_t -
		      seq_diff(seg->opt.tsval, l->tsval_first) * NS_PER_MS;

	l->odd_clock = l->odd_clock || off < -NS_PER_MS || off > NS_PER_MS;
	l->tsval_hi = seg->opt.tsval;
}

/*
 * Its window is neither small nor shrinking (R6.42, R6.47, R6.49, R6.98), but
 * for what scaling cuts off.
 */
static bool
window_fits(const struct exchange *x, const struct segment *seg)
{
	const struct lane *me = &x->lane[seg->dir], *peer = &x->lane[!seg->dir];
	uint32_t w = (uint32_t)seg->wnd << me->shift;

	return w >= 2u * peer->mss &&
	       seq_diff(seg->ack + w + (1u << me->shift), me->edge) >= 0;
}

/* Its payload fits segment size and window, and is pushed or large. */
static bool
payload_fits(const struct exchange *x, const struct segment *seg)
{
	const struct lane *me = &x->lane[seg->dir], *peer = &x->lane[!seg->dir];

	if (seg->len == 0)
		return seg->ack != me->acked || segment_has(seg, FLAG_FIN);
	return seg->len <= peer->mss && !peer->fin &&
	       (segment_has(seg, FLAG_PSH) || seg->len >= peer->mss / 2u) &&
	       seq_diff(peer->edge, seg->seq + seg->len) > 0;
}

/* R4.7, R6.71: what comes after the peer's FIN acknowledges it. */
static bool
fin_fits(const struct exchange *x, const struct segment *seg)
{
	const struct lane *peer = &x->lane[!seg->dir];

	return !peer->fin || seg->ack == peer->end;
}

/* R5.6: whose turn it was, and how long that took. */
static void
take_turn(struct exchange *x, const struct segment *seg)
{
	struct lane *me = &x->lane[seg->dir];
	int64_t wait = seg->ts_ns - x->turn_t;
	int64_t half = x->lane[!seg->dir].half;

	if (x->has_turn && x->turn_dir != seg->dir) {
		me->think_most += wait;
		me->think_least += wait > half ? wait - half : 0;
	}
	x->has_turn = true;
	x->turn_dir = seg->dir;
	x->turn_t = seg->ts_ns;
}

/* R6.96: a long wait is no stall where both sides have all, and want nothing.
 */
static bool
gap_fits(const struct exchange *x, const struct segment *seg)
{
	const struct lane *l = x->lane;
	int64_t gap = seg->ts_ns - x->last_t;
	bool answers = seg->dir != x->client && seg->len > 0 && x->has_turn &&
		       x->turn_dir == x->client;

	if (gap < K_STALL)
		return true;
	return x->fins == 0 && l[0].end == l[1].acked &&
	       l[1].end == l[0].acked && !(answers && gap >= STALL_THINK_MIN);
}

/* R8.37: no packet of the same sender can be missing before it. */
static bool
ip_id_fits(const struct exchange *x, const struct segment *seg)
{
	const struct lane *me = &x->lane[seg->dir];
	uint16_t step = (uint16_t)(seg->ip_id - me->ip_id);

	return !seg->has_ip_id || me->packets < ID_STEPS_MIN || step < 2 ||
	       step > 1 + SKIPPED_MAX;
}

/* R8.1: what it acknowledges, and how long that took. */
static void
take_ack(struct exchange *x, const struct segment *seg)
{
	struct lane *me = &x->lane[seg->dir], *peer = &x->lane[!seg->dir];
	int64_t most = seg->ts_ns - peer->unacked_t;
	int64_t least = seg->ts_ns - peer->sent_t;

	if (seg->ack != me->acked && peer->unacked > 0) {
		peer->stretched += peer->unacked > 1;
		if (most > peer->trip_most)
			peer->trip_most = most;
		if (seg->ack == peer->end) {
			if (least < peer->half)
				peer->half = least;
			if (least < peer->trip_least)
				peer->trip_least = least;
			peer->unacked = 0;
		}
	}
	me->acked = seg->ack;
}

/* What takes sequence numbers: payload and FIN. */
static void
take_sequence(struct exchange *x, const struct segment *seg)
{
	struct lane *me = &x->lane[seg->dir];
	bool fin = segment_has(seg, FLAG_FIN);

	if (seg->len == 0 && !fin)
		return;
	if (seg->len > 0)
		take_turn(x, seg);
	if (fin && x->fins++ == 0)
		x->first_fin = seg->dir;
	me->fin = me->fin || fin;
	if (me->unacked++ == 0)
		me->unacked_t = seg->ts_ns;
	me->sent_t = seg->ts_ns;
	me->sent++;
	me->end = seg->seq + seg->len + fin;
}

/* The next segment in order; false when a rule may have a word to say. */
static bool
exchange_take(struct exchange *x, const struct segment *seg)
{
	struct lane *me = &x->lane[seg->dir], *peer = &x->lane[!seg->dir];

	if (seg->ecn != 0 || (seg->flags & (FLAG_ECE | FLAG_CWR)) ||
	    !gap_fits(x, seg) || !ip_id_fits(x, seg) || !stamps_fit(x, seg) ||
	    !window_fits(x, seg) || !payload_fits(x, seg) || !fin_fits(x, seg))
		return false;
	if (x->third_t == 0 && me->packets == 1)
		x->third_t = seg->ts_ns;
	if (seg->len == 0 && seg->ts_ns - peer->last_t >= DELAYED_ACK_MIN &&
	    ++x->slow_acks == NAGLE_TIMES)
		return false;
	take_ack(x, seg);
	take_sequence(x, seg);
	me->edge = seg->ack + ((uint32_t)seg->wnd << me->shift);
	me->offload = me->offload || seg->checksum == CHECKSUM_PARTIAL;
	take_stamp(me, seg);
	me->last_t = x->last_t = seg->ts_ns;
	me->ip_id = seg->ip_id;
	me->packets++;
	me->bytes += seg->ip_bytes;
	return true;
}

/* R9.13: whether it surely was slow, and whether it may have been. */
static bool
was_slow(const struct exchange *x, const struct lane *l)
{
	return verdict_is_slow(l->think_least, x->last_t - x->first_t);
}

static bool
may_be_slow(const struct exchange *x, const struct lane *l)
{
	return verdict_is_slow(l->think_most, x->last_t - x->first_t);
}

/* R9.14 */
static bool
may_be_queue(const struct lane *l)
{
	return l->stretched >= QUEUE_SAMPLES && l->trip_most > QUEUE_MIN;
}

/*
 * Whether the whole exchange may show what takes a word or frames to prove
 * it; a client that was slow for sure does not (finding.def).
 */
static bool
is_notable(const struct exchange *x)
{
	const struct lane *client = &x->lane[x->client];
	const struct lane *server = &x->lane[!x->client];

	return may_be_slow(x, server) ||
	       may_be_slow(x, client) != was_slow(x, client) ||
	       may_be_queue(client) || may_be_queue(server) ||
	       handshake_is_proxied(x->half, client->sent, client->trip_least);
}

static enum close_outcome
exchange_close(const struct exchange *x, int64_t end_t)
{
	if (x->fins == 0)
		return teardown_open_at_end(x->last_t, end_t);
	return x->first_fin == x->client ? CLOSE_GRACEFUL_CLIENT_FIRST
					 : CLOSE_GRACEFUL_SERVER_FIRST;
}

static void
exchange_report(const struct exchange *x, struct conn_report *r)
{
	enum side s;

	for (s = CLIENT; s <= SERVER; s++) {
		const struct lane *l =
		    &x->lane[s == CLIENT ? x->client : !x->client];

		r->side[s].packets = l->packets;
		r->side[s].bytes = l->bytes;
	}
	brief_offload(r, x->lane[0].offload + x->lane[1].offload);
	r->handshake.outcome = OUTCOME_COMPLETE;
	r->handshake.connect_time_ns = maybe_of(x->third_t - x->first_t);
	r->verdict.id =
	    was_slow(x, &x->lane[x->client]) ? VERDICT_CLIENT_SLOW : VERDICT_OK;
	r->verdict.severity = r->worst = verdict_severity(r->verdict.id);
}

static bool
brief_exchange(const struct flow *f, int64_t end_t, struct conn_report *r)
{
	const struct parked *p = &f->parked;
	bool closed = park_stage(p) == PARK_CLOSED;
	struct park_reader read;
	struct segment syn;
	struct exchange x;

	park_read(&read, p, &f->key);
	syn = read.seg;
	if (!park_next(&read) || !exchange_open(&x, &syn, &read.seg))
		return false;
	while (park_next(&read))
		if (!exchange_take(&x, &read.seg))
			return false;
	/* R6.70: a FIN that nobody acknowledged */
	if (is_notable(&x) || (x.fins > 0 && !closed))
		return false;
	brief_fill(f, &syn, &read.seg, r);
	exchange_report(&x, r);
	r->teardown.close = exchange_close(&x, end_t);
	return true;
}

bool
brief_take(const struct flow *f, int64_t end_t, struct conn_report *r)
{
	if (f->parked.live)
		return false;
	switch (park_stage(&f->parked)) {
	case PARK_SYN:
		return brief_lone_syn(f, end_t, r);
	case PARK_SYN_ACK:
		return false;
	default:
		return brief_exchange(f, end_t, r);
	}
}

void
brief_evict(struct conn_report *r)
{
	switch (r->teardown.close) {
	case CLOSE_NONE:
		r->evicted = true;
		break;
	case CLOSE_IDLE_AT_END:
	case CLOSE_ACTIVE_AT_END:
		r->evicted = true;
		r->teardown.close = CLOSE_EVICTED;
		break;
	default: /* it was over */
		break;
	}
}
