/*
 * endpoint.c - sequence spaces, plausibility, windows and options of the two
 * sides (RULEBOOK 1.2 and 1.3).
 */
#include "engine/endpoint.h"

#include <string.h>

#include "base/constants.h"
#include "base/seq.h"

/* R1.6: assumed MSS of a connection joined midstream. */
#define MSS_ASSUMED_V4 1460
#define MSS_ASSUMED_V6 1440
/* R1.25: MSS of a SYN without the option. */
#define MSS_DEFAULT_V4 536
#define MSS_DEFAULT_V6 1220
/* A SYN that comes late may trail the data by this much at the most. */
#define SPACE_SLACK (1 << 24)
/* R2.2: implausible segments of another VLAN that make a collision. */
#define KEY_COLLISION_SEGMENTS 2
/* Steps of the IP ID before its behaviour is judged; 95 in 100 forward make a
 * counter: a random one keeps that up for three steps in 1 of 160,000 (R8.31:
 * each step within 1,200 of 65,536). */
#define IP_ID_STEPS 3

static void
space_open(struct endpoint *ep, uint32_t isn, enum isn_known known)
{
	ep->base = seq_base(isn);
	ep->isn_known = (uint8_t)known;
}

/* Whether a SYN's number cannot belong to the space guessed so far. */
static bool
seq_far(uint32_t seq, uint64_t base)
{
	int32_t d = seq_diff(seq, (uint32_t)base);

	return d > SPACE_SLACK || d < -SPACE_SLACK;
}

/* What was guessed spoke of another connection: begin anew. */
static void
space_restart(struct endpoint *ep, uint32_t isn)
{
	space_open(ep, isn, ISN_CERTAIN);
	ep->seen = ep->has_una = ep->has_ack_ahead = false;
	ep->max_end = ep->una = 0;
	ep->holes.n = 0;
	ep->sacked.n = 0;
	history_clear(&ep->sent);
}

/* R1.16: a SYN fixes the space, also one that comes late. */
static void
space_from_syn(struct endpoint *ep, const struct segment *seg)
{
	if (ep->isn_known == ISN_CERTAIN)
		return;
	if (ep->isn_known == ISN_NONE)
		space_open(ep, seg->seq, ISN_CERTAIN);
	else if (seq_far(seg->seq, ep->base) ||
		 (ep->isn_known == ISN_ASSUMED && ep->data_packets == 0 &&
		     seg->seq != (uint32_t)ep->base))
		space_restart(ep, seg->seq);
	else
		ep->base = seq_unwrap(seg->seq, ep->base);
	ep->isn_known = ISN_CERTAIN;
}

/* The reference of R1.12. */
static uint64_t
space_ref(const struct endpoint *ep)
{
	return ep->seen ? ep->max_end : ep->has_una ? ep->una : ep->base + 1;
}

bool
endpoint_unwrap(struct conn *c, struct obs *o)
{
	const struct segment *seg = o->seg;
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	bool wild = false;

	if (o->syn)
		space_from_syn(x, seg);
	else if (x->isn_known == ISN_NONE)
		space_open(x, seg->seq - 1, ISN_ASSUMED);
	if (x->seen)
		wild = seq_wild(seg->seq, space_ref(x));
	o->s = seq_unwrap(seg->seq, space_ref(x));
	o->e = o->s + o->len + o->syn + o->fin;
	if (!o->has_a)
		return !wild;
	if (y->isn_known == ISN_NONE) {
		bool third = !o->rst && (o->syn || (x->syn_seen && !o->len));

		space_open(y, seg->ack - 1, third ? ISN_INFERRED : ISN_ASSUMED);
	}
	/* R1.13: a SYN-ACK tells more than a guess from the middle */
	if (o->syn && y->isn_known == ISN_ASSUMED) {
		y->base = seq_unwrap(seg->ack - 1, y->base);
		y->isn_known = ISN_INFERRED;
	}
	o->a = seq_unwrap(seg->ack, space_ref(y));
	return !wild;
}

uint64_t
endpoint_back_window(const struct endpoint *ep)
{
	if (!ep->has_wnd || !ep->shift_known)
		return SEQ_WILD; /* an unknown window bounds nothing (R1.6) */
	return ep->max_wnd > K_BACK_WINDOW ? ep->max_wnd : K_BACK_WINDOW;
}

/* The stream goes on elsewhere: adopt the new position (R6.91). */
static void
endpoint_resync(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct endpoint_rare *r = x->rare;
	uint32_t ahead = o->seg->seq - (uint32_t)x->max_end;
	uint64_t s = x->max_end + ahead;
	struct event *ev;
	uint32_t i;

	ev = conn_event_revise(c, &r->quarantine_ref[0], ANOMALY_STREAM_RESYNC);
	event_set(ev, EVIDENCE_SKIPPED, (int64_t)ahead);
	for (i = 1; i < 3 && i < r->quarantine_n; i++)
		conn_event_retract(c, &r->quarantine_ref[i]);
	conn_event_settle(c, &r->quarantine_ref[0]);
	r->quarantine_n = 0;
	if (ahead < (uint32_t)SEQ_WILD)
		r->gap_bytes += ahead;
	x->max_end = x->una = s;
	x->ack_ahead = 0;
	x->has_ack_ahead = false;
	o->s = s;
	o->e = s + o->len + o->fin;
	o->plausible = true;
	if (c->ep[o->y].has_wnd && c->ep[o->y].edge_max < o->e)
		c->ep[o->y].edge_max = o->e;
}

/*
 * R6.93: segments that do not fit the stream come with another VLAN tag: two
 * connections share the addresses.
 */
static void
key_collision(struct conn *c, const struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	struct event *ev;

	if (o->seg->vlan_id == x->vlan_id ||
	    ++x->other_vlan != KEY_COLLISION_SEGMENTS)
		return;
	ev = conn_event(c, ANOMALY_KEY_COLLISION, o, NULL);
	ev->confidence = CONFIDENCE_PROBABLE;
	event_set(ev, EVIDENCE_TAG_1, x->vlan_id);
	event_set(ev, EVIDENCE_TAG_2, o->seg->vlan_id);
}

/* An implausible segment: quarantine it, or follow the stream to it. */
static void
endpoint_quarantine(struct conn *c, struct obs *o, bool wild)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct endpoint_rare *r = endpoint_rare(x);
	struct event_ref ref = {0};
	struct event *ev;
	uint32_t i;

	ev = conn_event(c,
	    wild ? ANOMALY_SEQ_WILD : ANOMALY_OUT_OF_WINDOW_SEGMENT, o, &ref);
	ev->confidence = CONFIDENCE_POSSIBLE;
	if (wild) {
		event_set(ev, EVIDENCE_DELTA, (int64_t)(o->s - x->max_end));
	} else {
		event_set(ev, EVIDENCE_SEQ, endpoint_rel(x, o->s));
		event_set(ev, EVIDENCE_END, endpoint_rel(x, o->e));
		if (y->has_wnd)
			event_set(
			    ev, EVIDENCE_EDGE, endpoint_rel(x, y->edge_max));
	}
	key_collision(c, o);
	if (r == NULL)
		return;
	if (r->quarantine_n > 0 && o->seg->seq == r->quarantine_raw) {
		r->quarantine_ref[r->quarantine_n++] = ref;
	} else {
		/* those before are what they are */
		for (i = 0; i < r->quarantine_n; i++)
			conn_event_settle(c, &r->quarantine_ref[i]);
		r->quarantine_n = 1;
		r->quarantine_ref[0] = ref;
	}
	r->quarantine_raw = o->seg->seq + o->len + o->fin;
	if (r->quarantine_n == 3)
		endpoint_resync(c, o);
}

/* R1.27 (I) and (II). SYN and RST are judged elsewhere. */
static bool
in_bounds(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];

	if (!x->seen)
		return true;
	if (y->has_wnd && y->shift_known && o->s > y->edge_max)
		return false;
	return o->e + endpoint_back_window(y) >= x->max_end;
}

void
endpoint_judge(struct conn *c, struct obs *o, bool wild)
{
	struct endpoint *y = &c->ep[o->y];

	o->plausible = true;
	o->ack_ok = o->has_a;
	if (!o->syn && !o->rst && (wild || !in_bounds(c, o))) {
		o->plausible = o->ack_ok = false;
		endpoint_quarantine(c, o, wild);
	}
	/* R3.16: a SYN-ACK that answers another SYN */
	if (o->syn && o->has_a && y->isn_known == ISN_CERTAIN && y->seen &&
	    (o->a <= y->base || o->a > y->max_end))
		o->ack_ok = false;
	/*
	 * R6.62: before the third segment the server cannot have sent more
	 * than the window of the SYN
	 */
	if (o->has_a && !o->syn && o->x == CLIENT && !c->hs.h3_seen &&
	    y->synack_seen && y->seen &&
	    o->a > y->max_end + c->ep[CLIENT].max_wnd &&
	    c->ep[CLIENT].syn_seen) {
		o->ack_ok = false;
		o->bad_third = true;
	}
	/* an ACK far from anything sent says nothing about this stream */
	if (o->has_a && y->seen && seq_wild(o->seg->ack, space_ref(y)))
		o->ack_ok = false;
}

static void
options_of_syn(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	const struct tcp_options *opt = &o->seg->opt;

	x->opt = *opt;
	x->opt_seen = true;
	if (opt->cut)
		return;
	y->mss_known = true;
	/* an MSS of 0 is no MSS, as kernels have it */
	y->mss = opt->mss > 0          ? opt->mss
		 : c->key.version == 4 ? MSS_DEFAULT_V4
				       : MSS_DEFAULT_V6;
	if (!y->opt_seen)
		return;
	x->shift_known = y->shift_known = true;
	x->shift = y->shift = 0;
	if (x->opt.has & y->opt.has & OPT_WSCALE) {
		x->shift =
		    x->opt.wscale < WSCALE_MAX ? x->opt.wscale : WSCALE_MAX;
		y->shift =
		    y->opt.wscale < WSCALE_MAX ? y->opt.wscale : WSCALE_MAX;
	}
	x->ts_ok = y->ts_ok = x->opt.has & y->opt.has & OPT_TIMESTAMPS;
	x->sack_ok = y->sack_ok = x->opt.has & y->opt.has & OPT_SACK_PERMITTED;
}

void
endpoint_options(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];

	if (o->syn && !o->rst) {
		options_of_syn(c, o);
		return;
	}
	/* R1.6: without both SYNs use teaches what was agreed */
	if (x->opt_seen && y->opt_seen)
		return;
	if (o->seg->opt.has & OPT_TIMESTAMPS)
		x->ts_ok = true;
	if (o->seg->opt.has & OPT_SACK)
		x->sack_ok = y->sack_ok = true;
	if (!x->mss_known && x->mss == 0)
		x->mss = c->key.version == 4 ? MSS_ASSUMED_V4 : MSS_ASSUMED_V6;
}

void
endpoint_window(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	uint64_t a = o->a;

	if (o->rst)
		return;
	if (!o->has_a) {
		/* a bare SYN: counts once the peer's space is known */
		if (o->syn) {
			x->wnd = x->max_wnd = o->w;
			x->wl1 = o->s;
			if (c->ep[o->y].isn_known != ISN_NONE)
				a = c->ep[o->y].base + 1;
			else
				return;
		} else {
			return;
		}
	} else if (!o->ack_ok) {
		return;
	}
	endpoint_take_window(x, o, a);
}

bool
endpoint_ip_id_counts(const struct endpoint *x)
{
	return x->id_steps >= IP_ID_STEPS &&
	       (uint32_t)x->id_monotone * 100 >= (uint32_t)x->id_steps * 95;
}

void
endpoint_note_times(struct conn *c, const struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	uint32_t v = o->seg->opt.tsval;

	if (!x->has_ts) {
		x->tsval_first = x->tsval_hi = v;
		x->has_ts = true;
	} else if (seq_diff(v, x->tsval_hi) > 0) {
		x->tsval_hi = v;
	}
	if ((!x->has_ts_recent || seq_diff(v, x->ts_recent) >= 0) &&
	    (!y->has_ack || o->s <= y->ack_max)) {
		x->ts_recent = v;
		x->has_ts_recent = true;
	}
	if (o->has_a)
		x->tsecr_sent = o->seg->opt.tsecr;
}

void
endpoint_learn(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];
	const struct segment *seg = o->seg;

	if (!o->rst) {
		endpoint_note_ttl(x, seg->ttl);
		if (seg->has_ip_id)
			endpoint_note_ip_id(x, seg->ip_id);
	}
	if (o->has_ts && !o->rst && o->plausible)
		endpoint_note_times(c, o);
	if (x->last_frame == 0)
		x->vlan_id = seg->vlan_id;
	x->last_t = o->t;
	x->last_frame = o->frame_no;
	if (o->e > o->s && !o->rst) {
		x->last_seq_t = o->t;
		/* one that comes late was sent before what came before it */
		if (o->tx > x->last_seq_tx || x->last_seq_tx == 0)
			x->last_seq_tx = o->tx;
	}
}

void
endpoint_echo(struct conn *c, const struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	uint32_t v = o->seg->opt.tsecr;

	if (!o->has_ts || o->rst || o->backwards)
		return;
	/* a value of y that it sent first at echo_t, echoed for the first time
	 */
	if (y->echo_armed && v == y->echo_tsval && o->has_a) {
		rtt_echo(&y->rtt, o->t - y->echo_t);
		y->echo_armed = false;
	} else if (y->echo_armed && seq_diff(v, y->echo_tsval) > 0) {
		y->echo_armed = false; /* it went by unseen */
	}
	if (!x->echo_armed &&
	    (!x->has_ts || seq_diff(o->seg->opt.tsval, x->tsval_hi) > 0)) {
		x->echo_armed = true;
		x->echo_tsval = o->seg->opt.tsval;
		x->echo_t = o->t;
	}
}

uint32_t
endpoint_payload_limit(const struct endpoint *x, const struct segment *seg)
{
	uint32_t options = seg->header_bytes > 20 ? seg->header_bytes - 20u : 0;

	return x->mss > options ? x->mss - options : 0;
}
