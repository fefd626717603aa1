/*
 * snapshot.c - the report of one connection, taken when it ends.
 */
#include "engine/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "engine/gaps.h"
#include "engine/handshake.h"
#include "engine/judge.h"
#include "engine/narrate.h"
#include "engine/teardown.h"
#include "engine/zeek.h"

#define PPM 1000000

/*
 * Parts per million of total; unknown when there is no total. What was lost
 * several times, or lies where a hostile number points, is no more than all.
 */
static struct maybe
ppm(uint64_t part, uint64_t total)
{
	if (total == 0)
		return (struct maybe){0};
	if (part > total)
		part = total;
	return maybe_of((int64_t)((double)part * PPM / (double)total));
}

static void
side_rtt(const struct rtt *rtt, struct rtt_report *r)
{
	struct {
		struct maybe *to;
		unsigned p;
	} want[] = {{&r->p50, 50}, {&r->p90, 90}, {&r->p99, 99}};
	int64_t sure;
	size_t i;

	r->samples = (uint64_t)rtt->by_ack + rtt->by_timestamp;
	if (!rtt->has)
		return;
	r->method = rtt->by_timestamp == 0 ? "ack"
		    : rtt->by_ack == 0     ? "timestamps"
					   : "ack+timestamps";
	r->min = maybe_of(rtt->min);
	r->smoothed = maybe_of(rtt->srtt);
	if (rtt->all == NULL)
		return;
	r->max = maybe_of(rtt->all->max);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		int64_t ns;

		if (tally_percentile(rtt->all, want[i].p, &ns))
			*want[i].to = maybe_of(ns);
	}
	if (rtt->sure != NULL && tally_percentile(rtt->sure, 50, &sure))
		r->p50_nodelack = maybe_of(sure);
}

/* R8.34; nothing is known of a side whose peer is not in the capture. */
static void
side_loss(const struct conn *c, enum side x, struct side_report *r)
{
	static const struct endpoint_rare none;
	const struct endpoint *ep = &c->ep[x];
	const struct endpoint_rare *rare = ep->rare ? ep->rare : &none;
	uint64_t span = endpoint_span(ep);

	if (!ep->seen || conn_blind(c, x) || span == 0)
		return;
	r->loss_downstream = ppm(rare->resent_down_bytes, span);
	r->loss_upstream = ppm(rare->resent_up_bytes, span);
	r->loss_capture = ppm(rare->gap_bytes, span);
}

static void
side_rates(const struct endpoint *ep, struct side_report *r)
{
	int64_t span = ep->last_payload_t - ep->first_payload_t;

	if (!ep->has_payload_t || span <= 0)
		return;
	r->throughput_bps =
	    maybe_of((int64_t)((double)ep->payload_bytes * 8e9 / (double)span));
	r->goodput_bps =
	    maybe_of((int64_t)((double)ep->unique_bytes * 8e9 / (double)span));
}

static void
side_window(const struct conn *c, enum side x, struct side_report *r)
{
	const struct endpoint *ep = &c->ep[x];

	/* a closed window is closed at any scale (R1.24) */
	if (ep->has_wnd_range)
		r->zero_window_ns = maybe_of(ep->rare ? ep->rare->zero_ns : 0);
	if (!ep->shift_known)
		return;
	r->window_scale = maybe_of(ep->shift);
	if (!ep->has_wnd_range)
		return;
	r->window_min = maybe_of(ep->wnd_min);
	r->window_max = maybe_of(ep->wnd_max_seen);
}

static void
side_snapshot(const struct conn *c, enum side x, struct side_report *r)
{
	const struct endpoint *ep = &c->ep[x];
	uint8_t dir = x == CLIENT ? c->client_dir : !c->client_dir;

	memcpy(r->addr, c->key.addr[dir], sizeof(r->addr));
	r->port = c->key.port[dir];
	r->packets = ep->packets;
	r->bytes = ep->bytes;
	r->payload_bytes = ep->payload_bytes;
	r->unique_bytes = ep->unique_bytes;
	r->data_packets = ep->data_packets;
	r->retransmitted_packets = ep->resent_packets;
	r->retransmitted_bytes = ep->resent_bytes;
	r->out_of_order = ep->ooo_packets;
	r->duplicate_acks = ep->dup_acks;
	r->stretch_acks = c->ep[!x].stretch_acks;
	r->capture_duplicates = ep->capture_copies;
	side_window(c, x, r);
	side_rtt(&ep->rtt, &r->rtt);
	side_loss(c, x, r);
	side_rates(ep, r);
	if (ep->seen && c->ep[!x].has_ack)
		r->max_flight_bytes = maybe_of((int64_t)ep->max_flight);
	if (ep->seen)
		r->idle_ns = maybe_of(ep->idle_ns);
	r->has_options = ep->opt_seen;
	r->options = ep->opt;
	r->isn_known = ep->isn_known >= ISN_INFERRED;
	r->isn = (uint32_t)ep->base;
}

/* A transition is presumed in the end unless something proved it. */
static void
take_transitions(struct conn *c, struct conn_report *r)
{
	r->transition = c->transition;
	r->transitions_n = c->transitions_n;
	c->transition = NULL;
	c->transitions_n = c->transitions_cap = 0;
}

static void
take_events(struct conn *c, struct conn_report *r)
{
	r->uneventful = c->log == NULL;
	if (c->log == NULL)
		return;
	memcpy(r->kind_count, c->log->count, sizeof(r->kind_count));
	r->event = eventlog_take(c->log, &r->events_n);
}

void
snapshot_take(struct conn *c, int64_t end_t, struct conn_report *r)
{
	memset(r, 0, sizeof(*r));
	r->number = c->number;
	r->version = (uint8_t)c->key.version;
	r->tunnel = c->key.tunnel;
	r->vlan = c->key.vlan;
	r->encap_n = c->encap_n;
	memcpy(r->encap, c->encap, sizeof(r->encap));
	r->certainty = (enum certainty)c->certainty;
	r->reuse = c->reuse;
	r->continues = c->continues;
	r->other_encap_n = c->twins_n;
	memcpy(r->other_encap, c->twin_frame, sizeof(r->other_encap));
	r->judged_frame = c->judged_frame;
	r->evicted = c->evicted;
	r->history_truncated =
	    c->ep[CLIENT].sent.truncated || c->ep[SERVER].sent.truncated;
	r->holes_merged =
	    c->ep[CLIENT].holes.merged || c->ep[SERVER].holes.merged ||
	    c->ep[CLIENT].sacked.merged || c->ep[SERVER].sacked.merged;
	r->one_way = c->one_way;
	r->first_frame = c->first_frame;
	r->last_frame = c->last_frame;
	r->first_ns = c->first_t;
	r->last_ns = c->last_t;
	side_snapshot(c, CLIENT, &r->side[CLIENT]);
	side_snapshot(c, SERVER, &r->side[SERVER]);
	handshake_report(c, &r->handshake);
	teardown_report(c, end_t, &r->teardown);
	zeek_report(c, r);
	take_transitions(c, r);
	take_events(c, r);
	r->trace = narrate_take(c, r->event, r->events_n);
	judge_connection(c, r);
	r->say = judge_say;
	r->conn = c;
}
