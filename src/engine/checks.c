/*
 * checks.c - headers against the rules (RULEBOOK 6, "Header, flags").
 */
#include "engine/checks.h"

#include <string.h>

#include "base/constants.h"
#include "base/seq.h"
#include "engine/endpoint.h"

/* RFC 7323 5.5: time stamps of connections idle longer may wrap. */
#define PAWS_IDLE (24 * 86400 * NS_PER_S)
/* Ethernet's largest IP packet: larger ones never were on such a wire. */
#define WIRE_IP_BYTES 1500
/* R6.74: a host that echoes as it likes is told of so often, and no more. */
#define BAD_ECHOES 3

/* --- flags ------------------------------------------------------------ */

#define CONTROL \
	(FLAG_FIN | FLAG_SYN | FLAG_RST | FLAG_PSH | FLAG_ACK | FLAG_URG)

/* R6.80: combinations that no state accepts, first match wins. */
static const struct {
	unsigned mask, value;
	enum word name;
	bool acts_as_rst;
} illegal_flags[] = {
    {CONTROL, 0, WORD_NULL_FLAGS, false},
    {FLAG_SYN | FLAG_RST, FLAG_SYN | FLAG_RST, WORD_SYN_RST, true},
    {FLAG_FIN | FLAG_RST, FLAG_FIN | FLAG_RST, WORD_FIN_RST, true},
    {FLAG_SYN | FLAG_FIN, FLAG_SYN | FLAG_FIN, WORD_SYN_FIN, false},
    {FLAG_FIN | FLAG_PSH | FLAG_URG | FLAG_ACK, FLAG_FIN | FLAG_PSH | FLAG_URG,
	WORD_XMAS, false},
    {FLAG_FIN | FLAG_ACK, FLAG_FIN, WORD_FIN_WITHOUT_ACK, false},
    {FLAG_SYN | FLAG_RST | FLAG_ACK, 0, WORD_NO_ACK, false},
};

static bool
check_flags(struct conn *c, struct obs *o)
{
	unsigned f = o->seg->flags, i;

	for (i = 0; i < sizeof(illegal_flags) / sizeof(illegal_flags[0]); i++) {
		struct event *ev;

		if ((f & illegal_flags[i].mask) != illegal_flags[i].value)
			continue;
		ev = conn_event(c, ANOMALY_FLAGS_ILLEGAL, o, NULL);
		event_set(ev, EVIDENCE_SUB, illegal_flags[i].name);
		event_set(ev, EVIDENCE_FLAGS, f);
		if (!illegal_flags[i].acts_as_rst)
			return false;
		o->rst = true;
		o->syn = o->fin = false;
		return true;
	}
	return true;
}

static void
check_urgent(struct conn *c, struct obs *o)
{
	bool urg = segment_has(o->seg, FLAG_URG);
	enum word sub = urg && o->syn              ? WORD_URG_ON_SYN
			: urg && o->seg->urg == 0  ? WORD_URG_NO_POINTER
			: !urg && o->seg->urg != 0 ? WORD_POINTER_NO_URG
						   : WORD_NONE;
	struct event *ev;

	if (sub == WORD_NONE || (o->rst && !urg))
		return;
	ev = conn_event(c, ANOMALY_URGENT_ODDITY, o, NULL);
	event_set(ev, EVIDENCE_SUB, sub);
	event_set(ev, EVIDENCE_POINTER, o->seg->urg);
}

static void
check_reserved(struct conn *c, struct obs *o)
{
	unsigned bits = o->seg->flags & (FLAG_RESERVED | FLAG_AE);
	struct event *ev;

	/* R6.81: AE belongs to AccECN, offered or in use */
	if ((bits & FLAG_AE) &&
	    (c->acc_ecn || (o->syn && segment_has(o->seg, FLAG_ECE))))
		bits &= ~(unsigned)FLAG_AE;
	if (bits == 0)
		return;
	ev = conn_event(c, ANOMALY_RESERVED_BITS, o, NULL);
	event_set(ev, EVIDENCE_BITS, bits);
}

bool
checks_header(struct conn *c, struct obs *o)
{
	const struct segment *seg = o->seg;
	unsigned plain =
	    seg->flags & (FLAG_FIN | FLAG_SYN | FLAG_RST | FLAG_ACK | FLAG_URG |
			     FLAG_RESERVED | FLAG_AE);
	struct event *ev;

	if (seg->opt.bad_kind != 0) {
		ev = conn_event(c, ANOMALY_BAD_OPTION, o, NULL);
		event_set(ev, EVIDENCE_OPTION, seg->opt.bad_kind);
		event_set(ev, EVIDENCE_LENGTH, seg->opt.bad_len);
	}
	if (plain == FLAG_ACK && seg->urg == 0)
		return true;
	if (seg->urg != 0 || segment_has(seg, FLAG_URG))
		check_urgent(c, o);
	if (segment_has(seg, FLAG_RESERVED | FLAG_AE))
		check_reserved(c, o);
	return check_flags(c, o);
}

/* --- checksums (R6.83) ------------------------------------------------ */

/* The tap stands at this host: its checksums are not yet computed. */
static void
checksum_offload(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	x->offload = true;
	if (x->checksum_offload_raised)
		return;
	x->checksum_offload_raised = true;
	conn_event(c, ANOMALY_CHECKSUM_OFFLOAD, o, NULL);
}

static void
checksum_event(struct conn *c, struct obs *o, struct endpoint_rare *r)
{
	struct event_ref *ref =
	    r->bad_refs_n < BAD_SUMS ? &r->bad_refs[r->bad_refs_n++] : NULL;
	struct event *ev = conn_event(c, ANOMALY_CHECKSUM_BAD, o, ref);

	event_set(ev, EVIDENCE_GOT, o->seg->checksum_got);
	event_set(ev, EVIDENCE_CHECK_WANT, o->seg->checksum_want);
}

void
checks_sum_taken(struct conn *c, enum side x, const struct obs *o)
{
	struct endpoint *y = &c->ep[x];
	struct endpoint_rare *r = y->rare;
	struct event *ev;
	uint32_t i;

	if (y->offload || r == NULL)
		return;
	for (i = 0; i < r->bad_refs_n; i++)
		conn_event_retract(c, &r->bad_refs[i]);
	r->bad_refs_n = 0;
	y->offload = true;
	if (y->checksum_offload_raised)
		return;
	y->checksum_offload_raised = true;
	if (y->last_frame != 0 || o == NULL)
		ev = conn_event_at(c, ANOMALY_CHECKSUM_OFFLOAD, x,
		    y->last_frame, y->last_t, NULL);
	else
		ev = conn_event(c, ANOMALY_CHECKSUM_OFFLOAD, o, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
}

/*
 * Signs that checksums were not computed, or that the capture was changed
 * after it was made: the field is zero, or all bad ones are off by the same.
 */
static bool
sum_was_rewritten(const struct segment *seg, struct endpoint_rare *r)
{
	uint32_t delta =
	    (uint32_t)seg->checksum_got + 0xffffu - seg->checksum_want;
	bool same;

	delta = (delta & 0xffff) + (delta >> 16);
	same = r->bad_sums > 1 && r->bad_delta == (uint16_t)delta;
	if (r->bad_sums == 1)
		r->bad_delta = (uint16_t)delta;
	return seg->checksum_got == 0 || same;
}

bool
checks_checksum(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct endpoint_rare *r;

	if (o->seg->checksum == CHECKSUM_GOOD)
		x->good_sum = true;
	if (o->seg->checksum == CHECKSUM_PARTIAL) {
		checksum_offload(c, o);
		return true;
	}
	if (o->seg->checksum != CHECKSUM_BAD || x->offload)
		return true;
	r = endpoint_rare(x);
	if (r == NULL)
		return true;
	r->bad_sums++;
	if (sum_was_rewritten(o->seg, r)) {
		checks_sum_taken(c, o->x, o);
		return true;
	}
	checksum_event(c, o, r);
	/* without a single right one: hardly the network; go on with them */
	if (!x->good_sum)
		return true;
	/* R1.17: its bytes were sent, but nothing of it arrived */
	o->bad = true;
	return o->len > 0 && o->s == x->max_end && !o->rst && !o->syn;
}

void
checks_finish(struct conn *c, enum side x)
{
	const struct endpoint *ep = &c->ep[x];

	if (ep->rare != NULL && ep->rare->bad_sums >= 2 && !ep->good_sum)
		checks_sum_taken(c, x, NULL);
}

/* --- options and sizes ------------------------------------------------ */

static void
check_syn(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	const struct tcp_options *opt = &o->seg->opt;
	static const struct {
		uint16_t has;
		uint8_t kind;
	} offered[] = {
	    {OPT_WSCALE, 3}, {OPT_SACK_PERMITTED, 4}, {OPT_TIMESTAMPS, 8}};
	struct event *ev;
	size_t i;

	if (opt->cut)
		return;
	if (!(opt->has & OPT_MSS) && opt->bad_kind == 0)
		conn_event(c, ANOMALY_MSS_MISSING, o, NULL);
	if ((opt->has & OPT_WSCALE) && opt->wscale > WSCALE_MAX) {
		ev = conn_event(c, ANOMALY_WS_TOO_LARGE, o, NULL);
		event_set(ev, EVIDENCE_SHIFT, opt->wscale);
	}
	if (!o->has_a || !y->opt_seen || y->opt.cut || !y->syn_seen)
		return;
	for (i = 0; i < sizeof(offered) / sizeof(offered[0]); i++) {
		if (!(opt->has & offered[i].has) ||
		    (y->opt.has & offered[i].has))
			continue;
		ev = conn_event(c, ANOMALY_OPTION_NOT_OFFERED, o, NULL);
		event_set(ev, EVIDENCE_OPTION, offered[i].kind);
	}
}

/* R1.4: larger than what its host can have put on the wire. */
static bool
offload_sized(const struct endpoint *x, const struct segment *seg)
{
	return seg->ip_bytes > WIRE_IP_BYTES || seg->len_guessed ||
	       x->offload || seg->len % x->mss == 0;
}

bool
checks_size_known(const struct endpoint *x, const struct segment *seg)
{
	return !x->mss_known || (x->offload_raised && offload_sized(x, seg));
}

/* R6.82, R1.4 */
static void
check_size(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct event *ev;

	if (!x->mss_known || o->seg->opt.cut || o->len <= x->mss)
		return;
	if (offload_sized(x, o->seg)) {
		if (x->offload_raised)
			return;
		x->offload_raised = true;
		ev = conn_event(c, ANOMALY_OFFLOAD_SIZED, o, NULL);
	} else {
		ev = conn_event(c, ANOMALY_MSS_EXCEEDED, o, NULL);
		ev->confidence = CONFIDENCE_PROBABLE;
	}
	event_set(ev, EVIDENCE_LEN, o->len);
	event_set(ev, EVIDENCE_MSS, x->mss);
}

/*
 * New data with an older time stamp: it comes from another clock than what
 * the SYN showed. If its peer takes it, that clock is the connection's.
 */
static void
note_other_clock(struct endpoint *x, const struct obs *o)
{
	struct endpoint_rare *r = endpoint_rare(x);

	if (r == NULL)
		return;
	r->other_clock_end = o->e;
	r->other_clock_first = r->other_clock_hi = o->seg->opt.tsval;
	r->paws_ref.serial = 0;
}

/* Whether v is of the clock that note_other_clock() told of. */
static bool
is_of_other_clock(const struct endpoint *x, uint32_t v)
{
	const struct endpoint_rare *r = x->rare;

	return r != NULL && r->other_clock_end != 0 &&
	       seq_diff(v, r->other_clock_first) >= 0 &&
	       seq_diff(v, x->tsval_hi) < 0;
}

/* Where to keep the event that the peer's ACK would refute, or NULL. */
static struct event_ref *
paws_ref(struct endpoint *x, const struct obs *o)
{
	struct endpoint_rare *r = x->rare;

	return r != NULL && r->other_clock_end == o->e &&
		       r->paws_ref.serial == 0
		   ? &r->paws_ref
		   : NULL;
}

void
checks_clock_taken(struct conn *c, struct endpoint *x)
{
	struct endpoint_rare *r = x->rare;

	r->other_clock_end = 0;
	conn_event_retract(c, &r->paws_ref);
	x->tsval_first = r->other_clock_first;
	x->tsval_hi = x->ts_recent = r->other_clock_hi;
	x->echo_armed = false;
	memset(&x->clock, 0, sizeof(x->clock));
}

/* R6.72, R6.73 */
static void
check_tsval(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint32_t v = o->seg->opt.tsval;
	struct event *ev;

	if (is_of_other_clock(x, v)) {
		if (seq_diff(v, x->rare->other_clock_hi) > 0)
			x->rare->other_clock_hi = v;
		return;
	}
	if (x->has_ts && o->s >= x->max_end && o->len > 0 &&
	    seq_diff(v, x->tsval_hi) < 0) {
		ev = conn_event(c, ANOMALY_TS_BACKWARDS, o, NULL);
		ev->confidence = CONFIDENCE_PROBABLE;
		event_set(ev, EVIDENCE_TSVAL, v);
		event_set(ev, EVIDENCE_TS_RECENT, x->tsval_hi);
		if (o->backwards)
			ev->severity = SEVERITY_NOTE;
		note_other_clock(x, o);
	}
	/* R1.5: what the peer holds is not known while it is not seen */
	if (conn_blind(c, o->x) || !x->has_ts_recent ||
	    seq_diff(v, x->ts_recent) >= 0 || o->e <= x->una || o->e == o->s ||
	    o->t - x->last_t >= PAWS_IDLE)
		return;
	ev = conn_event(c, ANOMALY_PAWS_REJECT, o, paws_ref(x, o));
	ev->confidence = CONFIDENCE_POSSIBLE;
	/* mere reordering brings an older value within a round trip */
	if (o->t - x->last_t < conn_loop_min(c))
		ev->severity = SEVERITY_INFO;
	event_set(ev, EVIDENCE_TSVAL, v);
	event_set(ev, EVIDENCE_TS_RECENT, x->ts_recent);
}

bool
checks_echo_known_bad(const struct endpoint *x)
{
	return x->rare != NULL && x->rare->bad_echoes >= BAD_ECHOES;
}

/*
 * Whether the clock of y can have come to v by now. It may then have stood in
 * an ACK that the capture missed, and a missing ACK leaves no trace.
 */
static bool
clock_reaches(const struct endpoint *y, int64_t t, uint32_t v)
{
	int64_t tick = y->clock.tick != 0 ? y->clock.tick : CLOCK_USUAL;
	int32_t ahead = seq_diff(v, y->tsval_hi);

	return ahead > 0 && ahead <= (t - y->last_t) / tick + 1;
}

/* R6.74 */
static void
check_tsecr(struct conn *c, struct obs *o)
{
	struct endpoint *y = &c->ep[o->y];
	uint32_t v = o->seg->opt.tsecr;
	struct endpoint_rare *r;
	struct event *ev;

	if (checks_echo_known_bad(&c->ep[o->x]))
		return;
	if (!o->has_a || o->rst || v == 0 || !y->has_ts || c->midstream ||
	    c->time_backwards > 0 || y->isn_known != ISN_CERTAIN ||
	    !(y->opt.has & OPT_TIMESTAMPS))
		return;
	if (seq_diff(v, y->tsval_first) >= 0 && seq_diff(v, y->tsval_hi) <= 0)
		return;
	if (clock_reaches(y, o->t, v) || is_of_other_clock(y, v))
		return;
	/* a segment that the capture missed may have carried it */
	if (y->has_ack_ahead || y->holes.n > 0 ||
	    conn_event_count(c, ANOMALY_CAPTURE_GAP) > 0 ||
	    conn_event_count(c, ANOMALY_ACK_UNSEEN) > 0)
		return;
	r = endpoint_rare(&c->ep[o->x]);
	if (r != NULL)
		r->bad_echoes++;
	ev = conn_event(c, ANOMALY_TS_ECHO_INVALID, o, NULL);
	ev->confidence = CONFIDENCE_POSSIBLE;
	event_set(ev, EVIDENCE_TSECR, v);
}

static void
check_wrong_segment(struct conn *c, struct obs *o)
{
	static const struct {
		uint16_t has;
		uint8_t kind;
	} syn_only[] = {{OPT_MSS, 2}, {OPT_WSCALE, 3}, {OPT_SACK_PERMITTED, 4}};
	size_t i;

	for (i = 0; i < sizeof(syn_only) / sizeof(syn_only[0]); i++) {
		struct event *ev;

		if (!(o->seg->opt.has & syn_only[i].has))
			continue;
		ev = conn_event(c, ANOMALY_OPTION_ON_WRONG_SEGMENT, o, NULL);
		event_set(ev, EVIDENCE_OPTION, syn_only[i].kind);
	}
}

void
checks_negotiated(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	const struct tcp_options *opt = &o->seg->opt;
	struct event *ev;

	if (o->rst)
		return;
	if (o->syn) {
		check_syn(c, o);
		return;
	}
	if (opt->has & (OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED))
		check_wrong_segment(c, o);
	if (o->len > x->mss)
		check_size(c, o);
	if (o->has_ts) {
		check_tsval(c, o);
		check_tsecr(c, o);
	} else if (x->ts_ok && x->opt_seen && y->opt_seen && !opt->cut &&
		   opt->bad_kind == 0 && x->has_ts) {
		ev = conn_event(c, ANOMALY_TS_MISSING, o, NULL);
		ev->confidence = CONFIDENCE_PROBABLE;
	}
}
