/*
 * pipeline.c - the steps that each segment of a connection takes (R1.39), and
 * what only its end shows.
 */
#include "engine/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "engine/acks.h"
#include "engine/checks.h"
#include "engine/classify.h"
#include "engine/copy.h"
#include "engine/ecn.h"
#include "engine/endpoint.h"
#include "engine/gaps.h"
#include "engine/handshake.h"
#include "engine/narrate.h"
#include "engine/resend.h"
#include "engine/reset.h"
#include "engine/stall.h"
#include "engine/state.h"
#include "engine/steady.h"
#include "engine/teardown.h"
#include "engine/window.h"
#include "engine/zeek.h"

/* Payload of the shortest Ethernet frame, and what a VLAN tag takes of it. */
#define ETHERNET_LEAST 46
#define VLAN_TAG 4

/* R1.10, R6.92 */
static void
observe_time(struct conn *c, struct obs *o)
{
	int64_t t = o->seg->ts_ns;
	struct event *ev;

	o->t = t;
	if (t >= c->last_t || c->last_frame == 0)
		return;
	o->backwards = true;
	o->t = c->last_t;
	c->time_backwards++;
	if (c->last_t - t > c->time_backwards_worst)
		c->time_backwards_worst = c->last_t - t;
	if (c->time_backwards == 1)
		conn_event(
		    c, ANOMALY_TIME_BACKWARDS, o, &c->time_backwards_ref);
	ev = conn_event_get(c, &c->time_backwards_ref);
	if (ev != NULL) {
		event_set(ev, EVIDENCE_TIMES, c->time_backwards);
		event_set(ev, EVIDENCE_WORST, c->time_backwards_worst);
	}
}

/*
 * R1.9: a box on the way has counted the padding of a short Ethernet frame as
 * payload: zeros up to exactly the least size of a frame. A single byte may be
 * a probe and stays one.
 */
static bool
is_padding(const struct segment *seg)
{
	uint32_t i;

	if (seg->len < 2 || seg->len > 6 || seg->payload_cap != seg->len ||
	    (seg->ip_bytes != ETHERNET_LEAST &&
		seg->ip_bytes != ETHERNET_LEAST - VLAN_TAG) ||
	    segment_has(
		seg, FLAG_PSH | FLAG_FIN | FLAG_SYN | FLAG_RST | FLAG_URG))
		return false;
	for (i = 0; i < seg->len; i++)
		if (seg->payload[i] != 0)
			return false;
	return true;
}

static void
observe(struct conn *c, const struct segment *seg, struct obs *o)
{
	obs_clear(o);
	o->seg = seg;
	o->x = conn_side(c, seg);
	o->y = o->x == CLIENT ? SERVER : CLIENT;
	o->frame_no = seg->frame_no;
	o->syn = segment_has(seg, FLAG_SYN);
	o->fin = segment_has(seg, FLAG_FIN);
	o->rst = segment_has(seg, FLAG_RST);
	o->has_a = segment_has(seg, FLAG_ACK);
	o->has_ts = seg->opt.has & OPT_TIMESTAMPS;
	o->len = is_padding(seg) ? 0 : seg->len;
	observe_time(c, o);
}

/* R1.5: a direction that is missing from the capture. */
static void
observe_one_way(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	struct event *ev;

	if (c->one_way && y->packets > 0 && x->packets > 0) {
		c->one_way = false;
		return;
	}
	if (y->packets > 0 || c->one_way || !o->has_a || o->rst)
		return;
	if (!x->has_ack || o->a > x->ack_max)
		c->one_way_advances++;
	if (x->packets < ONE_WAY_SEGMENTS || c->one_way_advances < 2)
		return;
	c->one_way = true;
	ev = conn_event(c, ANOMALY_ONE_WAY_CAPTURE, o, NULL);
	event_set(ev, EVIDENCE_SIDE_MISSING, o->y == CLIENT);
}

/* Steps 7 to 9: what o says of its peer's bytes and of its own. */
static void
analyse_numbers(struct conn *c, struct obs *o)
{
	struct endpoint *x = &c->ep[o->x];

	o->old_una = c->ep[o->y].una;
	o->old_ack_max = x->has_ack ? x->ack_max : 0;
	if (x->known.n > 0)
		known_advance(&x->known, o->tx, o->has_ts, o->seg->opt.tsecr,
		    conn_min_half(c, o->x));
	window_before(c, o);
	acks_process(c, o);
	classify_segment(c, o);
	acks_classify(c, o);
	endpoint_window(c, o);
	window_after(c, o);
	ecn_segment(c, o);
	conn_note_ack(c, o);
	x->challenge_due = false;
}

/* Steps 10 to 12, for every segment that passed the filters before. */
static void
analyse_meaning(struct conn *c, struct obs *o)
{
	if (o->rst)
		reset_segment(c, o);
	else if (c->td.rst[o->x].seen || c->td.rst[o->x].revoked)
		reset_lives_on(c, o);
	if (!c->hs.h3_seen || c->ep[o->x].presumed_n > 0 || o->syn ||
	    c->hs.steps_n > 0)
		handshake_segment(c, o);
	state_segment(c, o);
	teardown_segment(c, o);
	stall_segment(c, o);
	stall_settle(c);
}

static void
finish_segment(struct conn *c, struct obs *o)
{
	zeek_observe(c, o);
	endpoint_learn(c, o);
	if (c->last_frame == 0) {
		c->first_t = o->t;
		c->first_frame = o->frame_no;
	}
	c->last_t = o->t;
	c->last_frame = o->frame_no;
	if (o->t >= c->next_deadline) {
		c->next_deadline = INT64_MAX;
		resend_expire(c, CLIENT, o->t, false);
		resend_expire(c, SERVER, o->t, false);
	}
}

/* What the very first segment says of the connection (R5.10, R5.21). */
static void
first_segment(struct conn *c, const struct obs *o, bool legal)
{
	c->hs.first_flags = o->seg->flags;
	c->hs.first_is_rst = o->rst;
	c->hs.first_is_synack = o->syn && o->has_a;
	c->hs.first_illegal = !legal;
	c->midstream = !o->syn;
	c->encap_n = o->seg->encap_n;
	memcpy(c->encap, o->seg->encap, sizeof(c->encap));
	c->vlan_id = o->seg->vlan_id;
}

/* The pipeline; tells how far the segment came. */
static enum narrated
run_pipeline(struct conn *c, struct obs *o)
{
	const struct segment *seg = o->seg;
	struct endpoint *x = &c->ep[o->x];
	bool wild, legal;

	legal = checks_header(c, o);
	if (c->last_frame == 0)
		first_segment(c, o, legal);
	conn_count(c, seg, o->x, o->t, o->len);
	if (!legal || handshake_stale_answer(c, o)) {
		finish_segment(c, o);
		return NARRATED_UNPLACED;
	}
	wild = !endpoint_unwrap(c, o);
	o->w = o->syn ? seg->wnd : (uint32_t)seg->wnd << x->shift;
	if (!wild && copy_check(c, o)) {
		x->packets--;
		x->bytes -= seg->ip_bytes;
		c->last_frame = o->frame_no;
		return NARRATED_COPY;
	}
	if (!checks_checksum(c, o)) {
		finish_segment(c, o);
		return NARRATED_UNPLACED;
	}
	conn_read_clock(c, o);
	endpoint_echo(c, o);
	endpoint_judge(c, o, wild);
	observe_one_way(c, o);
	checks_negotiated(c, o);
	endpoint_options(c, o);
	analyse_numbers(c, o);
	analyse_meaning(c, o);
	finish_segment(c, o);
	return wild ? NARRATED_UNPLACED : NARRATED_PLACED;
}

static void
whole_way(struct conn *c, const struct segment *seg)
{
	enum narrated how;
	struct obs o;

	stall_settle(c);
	observe(c, seg, &o);
	if (c->trace != NULL)
		o.rtt_samples = rtt_samples(&c->ep[o.y].rtt);
	how = run_pipeline(c, &o);
	if (c->trace != NULL)
		narrate_segment(c, &o, how);
}

void
pipeline_segment(struct conn *c, const struct segment *seg)
{
	if (c->steady && steady_segment(c, seg))
		return;
	whole_way(c, seg);
	if (!c->whole_way)
		steady_update(c);
}

/* --- other entries ---------------------------------------------------- */

/* All of seg but its payload, which is gone with the next read. */
static void
keep_segment(struct segment *kept, const struct segment *seg)
{
	*kept = *seg;
	kept->payload = NULL;
	kept->payload_cap = 0;
}

void
pipeline_pend_syn(struct conn *c, const struct segment *seg, bool tw_unsafe)
{
	struct pended_syn *p = c->pended;
	struct event *ev;
	struct obs o;
	enum side x;

	observe(c, seg, &o);
	x = o.x;
	conn_count(c, seg, o.x, o.t, o.len);
	if (p == NULL)
		p = c->pended = calloc(1, sizeof(*p));
	if (p == NULL)
		return;
	if (p->active && (uint32_t)p->s == seg->seq) {
		if (p->repeats < PENDED_REPEATS)
			keep_segment(&p->repeat[p->repeats++], seg);
	} else {
		*p = (struct pended_syn){.active = true,
		    .from = (uint8_t)x,
		    .s = seg->seq,
		    .idle = o.t - c->last_t,
		    .frame_before = c->last_frame,
		    .t_before = c->last_t,
		    .tw_unsafe = tw_unsafe};
		keep_segment(&p->seg, seg);
		ev = conn_event(c,
		    tw_unsafe ? ANOMALY_TW_REUSE_UNSAFE
			      : ANOMALY_SYN_IN_CONNECTION,
		    &o, NULL);
		event_set(ev, EVIDENCE_SYN_SEQ, seg->seq);
		event_set(ev, EVIDENCE_IDLE, o.t - c->last_t);
		if (tw_unsafe)
			event_set(
			    ev, EVIDENCE_OLD_MAX, (uint32_t)c->ep[x].max_end);
		else
			ev->confidence = CONFIDENCE_PROBABLE;
	}
	if (c->trace != NULL)
		narrate_segment(c, &o, NARRATED_PENDED);
	p->last_syn_frame = o.frame_no;
	c->steady = false;
	c->ep[!x].challenge_due = true;
	c->ep[x].last_frame = o.frame_no;
	c->last_t = o.t;
	c->last_frame = o.frame_no;
}

void
pipeline_fault(struct conn *c, const struct segment *seg)
{
	struct event *ev;
	struct obs o;

	observe(c, seg, &o);
	conn_count(c, seg, o.x, o.t, o.len);
	if (seg->fault == FAULT_BAD_LENGTH) {
		ev = conn_event(c, ANOMALY_BAD_HEADER_LENGTH, &o, NULL);
		event_set(ev, EVIDENCE_DATA_OFFSET, seg->header_bytes);
		event_set(ev, EVIDENCE_IP_PAYLOAD, seg->ip_bytes);
	} else {
		ev = conn_event(c, ANOMALY_TCP_TRUNCATED, &o, NULL);
		event_set(ev, EVIDENCE_NEED, seg->header_bytes);
	}
	if (seg->fault == FAULT_TINY_FRAGMENT)
		ev->severity = SEVERITY_WARN;
	if (c->trace != NULL)
		narrate_segment(c, &o, NARRATED_UNPLACED);
	c->last_t = o.t;
	c->last_frame = o.frame_no;
}

/* R1.5 of a connection too short to have shown it before. */
static void
finish_one_way(struct conn *c)
{
	enum side x = c->ep[CLIENT].packets > 0 ? CLIENT : SERVER;
	struct event *ev;

	if (c->one_way || c->ep[!x].packets > 0 || c->one_way_advances < 2)
		return;
	c->one_way = true;
	ev = conn_event_at(
	    c, ANOMALY_ONE_WAY_CAPTURE, x, c->last_frame, c->last_t, NULL);
	event_set(ev, EVIDENCE_SIDE_MISSING, x == SERVER);
}

void
pipeline_finish(struct conn *c, int64_t end_t)
{
	enum side x;

	c->end_t = end_t;
	stall_settle(c);
	finish_one_way(c);
	for (x = CLIENT; x <= SERVER; x++) {
		acks_finish(c, x);
		gaps_finish(c, x);
		resend_expire(c, x, INT64_MAX, true);
		window_finish(c, x);
		checks_finish(c, x);
	}
	handshake_finish(c);
	stall_finish(c, end_t);
	teardown_finish(c, end_t);
	ecn_finish(c);
}
