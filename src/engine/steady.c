/*
 * steady.c - the short way through the pipeline (R1.39).
 *
 * Steps that cannot do anything in the steady state are left out; the others
 * are those of the pipeline, in its order. tests/check_steady.c compares
 * the two ways on every sample.
 */
#include "engine/steady.h"

#include <string.h>

#include "base/seq.h"
#include "engine/acks.h"
#include "engine/checks.h"
#include "engine/classify.h"
#include "engine/copy.h"
#include "engine/ecn.h"
#include "engine/endpoint.h"
#include "engine/stall.h"
#include "engine/zeek.h"

/* --- the connection ----------------------------------------------------- */

static bool
rare_quiet(const struct endpoint_rare *r)
{
	return r == NULL || (!r->probe_unanswered && !r->keepalive_open &&
				r->probe_end == 0 && r->pmtu_small == 0);
}

/*
 * One side talks, and nothing of it is missing. Resends that wait for proof
 * are no hindrance: what can prove them is an ACK that advances, which
 * acks_process() sees, or a SACK block, which is not the short way's.
 */
static bool
side_steady(const struct endpoint *ep)
{
	return ep->seen && ep->isn_known != ISN_NONE &&
	       (ep->state == STATE_ESTABLISHED || ep->state == STATE_MID) &&
	       ep->presumed_n == 0 && !ep->has_fin && !ep->has_ack_ahead &&
	       !ep->zero_wnd && ep->has_una && ep->has_ack && ep->has_wnd &&
	       ep->has_wnd_range && ep->shift_known && ep->tiny_checked &&
	       ep->holes.n == 0 && ep->sacked.n == 0 && rare_quiet(ep->rare);
}

/* The third segment and its proof are in, or never will be (R4.3, R4.4). */
static bool
opening_over(const struct conn *c)
{
	const struct handshake *hs = &c->hs;
	uint8_t i;

	if (hs->steps_n == 0)
		return hs->syn_n == 0 && hs->synack_n == 0;
	for (i = 0; i < hs->steps_n; i++)
		if (hs->step[i].id == STEP_ACK && hs->step[i].proof_frame != 0)
			return hs->h3_seen && !c->simultaneous;
	return false;
}

void
steady_update(struct conn *c)
{
	c->steady = side_steady(&c->ep[CLIENT]) &&
		    side_steady(&c->ep[SERVER]) && opening_over(c) &&
		    !c->one_way && !c->td.rst_seen && c->td.tw_n == 0 &&
		    (c->pended == NULL || !c->pended->active) && zeek_quiet(c);
}

/* --- the segment -------------------------------------------------------- */

/* Shortest and longest payload that pipeline_segment() may take for padding. */
#define PADDING_MIN 2
#define PADDING_MAX 6

static bool
plain_header(const struct segment *seg)
{
	return (seg->flags & ~(unsigned)FLAG_PSH) == FLAG_ACK &&
	       seg->urg == 0 && seg->wnd != 0 &&
	       (seg->opt.has & ~(unsigned)OPT_TIMESTAMPS) == 0 &&
	       seg->opt.bad_kind == 0 && !seg->opt.cut &&
	       (seg->len < PADDING_MIN || seg->len > PADDING_MAX ||
		   segment_has(seg, FLAG_PSH));
}

/* R6.83 has nothing to say of its checksum, or has said it. */
static bool
plain_checksum(const struct endpoint *x, const struct segment *seg)
{
	switch (seg->checksum) {
	case CHECKSUM_BAD:
		return x->offload;
	case CHECKSUM_PARTIAL:
		return x->checksum_offload_raised;
	default:
		return true;
	}
}

/* R6.72 and R6.73 speak of data alone, unless another clock shows itself. */
static bool
plain_tsval(const struct endpoint *x, const struct segment *seg)
{
	uint32_t v = seg->opt.tsval;

	if (seg->len == 0)
		return x->rare == NULL || x->rare->other_clock_end == 0;
	return seq_diff(v, x->tsval_hi) >= 0 &&
	       (!x->has_ts_recent || seq_diff(v, x->ts_recent) >= 0);
}

/* R6.72 to R6.75 have nothing to say of its time stamps. */
static bool
plain_times(const struct conn *c, const struct endpoint *x,
    const struct endpoint *y, const struct segment *seg)
{
	const struct tcp_options *opt = &seg->opt;

	if (!(opt->has & OPT_TIMESTAMPS))
		return !x->ts_ok && !x->has_ts;
	return x->ts_ok && x->has_ts && y->has_ts && plain_tsval(x, seg) &&
	       (c->midstream || opt->tsecr == 0 || checks_echo_known_bad(x) ||
		   (seq_diff(opt->tsecr, y->tsval_first) >= 0 &&
		       seq_diff(opt->tsecr, y->tsval_hi) <= 0));
}

/* Its size is no news (R6.82), and its bytes fit the window (R1.27). */
static bool
plain_size(const struct endpoint *x, const struct endpoint *y,
    const struct segment *seg)
{
	return (seg->len <= x->mss || checks_size_known(x, seg)) &&
	       x->max_end <= y->edge_max;
}

/* Its window neither shrinks (R6.47) nor grows in silly steps (R6.49). */
static bool
plain_window(const struct endpoint *x, const struct endpoint *y,
    const struct segment *seg, uint64_t a)
{
	uint32_t w = (uint32_t)seg->wnd << x->shift;
	uint32_t limit = x->max_wnd / 2;

	if (a + w + (1u << x->shift) < x->edge)
		return false;
	if (seg->len > 0 || !y->mss_known)
		return true;
	if (y->mss < limit)
		limit = y->mss;
	return w >= limit || a + w <= x->edge;
}

static void
steady_observe(struct conn *c, const struct segment *seg,
    const struct endpoint *x, const struct endpoint *y, struct obs *o)
{
	o->seg = seg;
	o->frame_no = seg->frame_no;
	o->t = o->tx = seg->ts_ns;
	o->has_a = o->plausible = o->ack_ok = true;
	o->len = seg->len;
	o->s = x->max_end;
	o->e = x->max_end + seg->len;
	o->w = (uint32_t)seg->wnd << x->shift;
	o->old_una = y->una;
	o->old_ack_max = x->ack_max;
	o->old_edge = x->edge;
	o->has_ts = seg->opt.has & OPT_TIMESTAMPS;
	if (o->has_ts) {
		conn_read_clock(c, o);
		endpoint_echo(c, o);
	}
}

/* Steps 7 to 9; of a side that is steady, all is known that they ask for. */
static void
steady_numbers(
    struct conn *c, struct endpoint *x, struct endpoint *y, struct obs *o)
{
	const struct segment *seg = o->seg;

	if (x->known.n > 0)
		known_advance(&x->known, o->tx, o->has_ts, seg->opt.tsecr,
		    rtt_min(&y->rtt));
	if (o->a > y->una)
		acks_advance(c, o, o->a);
	if (seg->len > 0)
		classify_in_order(c, o);
	else
		x->lost_flight_armed = false; /* R8.36, as in_order() has it */
	if (o->advanced)
		acks_feed(c, o);
	endpoint_take_window(x, o, o->a);
	if (seg->len == 0 && x->rare != NULL && y->mss_known)
		x->rare->small_windows = 0;
	if (c->has_ecn)
		ecn_segment(c, o);
	if (o->a > x->ack_max) /* R1.22 */
		x->ack_max = o->a;
	x->last_ack_t = o->t;
	if (o->advanced)
		c->last_data_t = o->t;
	x->challenge_due = false;
}

/* What finish_segment() does. */
static void
steady_finish(struct conn *c, struct endpoint *x, const struct obs *o)
{
	const struct segment *seg = o->seg;

	if (o->has_ts)
		endpoint_note_times(c, o);
	endpoint_note_ttl(x, seg->ttl);
	if (seg->has_ip_id)
		endpoint_note_ip_id(x, seg->ip_id);
	x->last_t = seg->ts_ns;
	x->last_frame = seg->frame_no;
	if (seg->len > 0) {
		x->last_seq_t = seg->ts_ns;
		x->last_seq_tx = o->tx;
	}
	c->last_t = seg->ts_ns;
	c->last_frame = seg->frame_no;
}

bool
steady_segment(struct conn *c, const struct segment *seg)
{
	enum side side = conn_side(c, seg);
	struct endpoint *x = &c->ep[side], *y = &c->ep[!side];
	uint64_t back = (uint32_t)y->max_end - seg->ack;
	struct obs o;

	if (!c->steady || !plain_header(seg) ||
	    seg->seq != (uint32_t)x->max_end || seg->ts_ns < c->last_t ||
	    seg->ts_ns >= c->next_deadline || back > y->max_end - y->una ||
	    back > SEQ_WILD || (seg->ecn == ECN_CE && !c->has_ecn))
		return false;
	obs_clear(&o);
	o.x = side;
	o.y = !side;
	o.a = y->max_end - back;
	if ((seg->len == 0 && (o.a <= x->ack_max || o.a <= y->una)) ||
	    !plain_checksum(x, seg) || !plain_times(c, x, y, seg) ||
	    !plain_size(x, y, seg) || !plain_window(x, y, seg, o.a))
		return false;
	stall_expect(c, seg->ts_ns);
	conn_count(c, seg, side, seg->ts_ns, seg->len);
	copy_note(x, seg);
	if (seg->checksum == CHECKSUM_GOOD)
		x->good_sum = true;
	steady_observe(c, seg, x, y, &o);
	steady_numbers(c, x, y, &o);
	stall_segment(c, &o);
	/* R8.37; the first */
	if (o.resend || !zeek_told(&c->zeek, side, seg->len > 0))
		zeek_observe(c, &o);
	steady_finish(c, x, &o);
	return true;
}
