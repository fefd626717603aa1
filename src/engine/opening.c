/*
 * opening.c - what the handshake amounted to: outcome, timing, position of
 * the tap (RULEBOOK section 5).
 */
#include "base/constants.h"
#include "engine/handshake.h"

/* R5.8: below this loop both ends are one host or one segment. */
#define TAP_MIN_LOOP (200 * NS_PER_US)
/* R5.4: a third ACK this many times later than the shortest was delayed: the
 * timer that RFC 6298 2.2 makes of one sample. */
#define INFLATED_TIMES 3

/* R5.13: what is missing from the capture but must have been there. */
static enum outcome
outcome_complete(const struct conn *c)
{
	const struct handshake *hs = &c->hs;

	if (hs->syn_n == 0)
		return OUTCOME_COMPLETE_SYN_UNSEEN;
	if (hs->synack_n == 0)
		return c->one_way ? OUTCOME_ONE_WAY
				  : OUTCOME_COMPLETE_SYNACK_UNSEEN;
	if (hs->tfo_len > 0 && hs->tfo == TFO_ACCEPTED)
		return OUTCOME_TFO_COMPLETE;
	return OUTCOME_COMPLETE;
}

enum outcome
handshake_outcome(const struct conn *c)
{
	const struct handshake *hs = &c->hs;
	bool server_spoke = c->ep[SERVER].seen;

	if (hs->syn_n == 0 && hs->synack_n == 0) {
		if (hs->first_is_rst || hs->first_illegal)
			return OUTCOME_STRAY;
		return OUTCOME_MIDSTREAM; /* R5.10 */
	}
	if (c->simultaneous && hs->synack_n > 0)
		return OUTCOME_SIMULTANEOUS_OPEN; /* R5.11 */
	if (hs->h3_seen)
		return outcome_complete(c); /* R5.12, R5.13 */
	if (hs->refused_rst && hs->synack_n == 0)
		return OUTCOME_REFUSED_RST; /* R5.14 */
	if (hs->refused_icmp && hs->synack_n == 0)
		return OUTCOME_REFUSED_ICMP; /* R5.15 */
	if (hs->bad_synack && hs->synack_n == 0)
		return OUTCOME_SYNACK_BAD_ACK; /* R5.16 */
	if (hs->client_rst && hs->syn_n > 0)
		return OUTCOME_RESET_BY_CLIENT; /* R5.17 */
	if (hs->server_rst)
		return OUTCOME_RESET_BY_SERVER_AFTER_SYNACK; /* R5.18 */
	if (hs->synack_n > 0) {
		if (hs->syn_n == 0)
			/* one direction of a live connection, or a stray */
			return c->ep[SERVER].payload_bytes > 0 || c->one_way
				   ? OUTCOME_COMPLETE_SYN_UNSEEN
				   : OUTCOME_STRAY;
		return OUTCOME_HALF_OPEN; /* R5.19 */
	}
	if (server_spoke && c->ep[SERVER].payload_bytes > 0)
		return OUTCOME_COMPLETE_SYNACK_UNSEEN;
	if (c->one_way)
		return OUTCOME_ONE_WAY;
	return OUTCOME_NO_ANSWER; /* R5.20 */
}

/* R5.4 */
static bool
client_half_inflated(const struct conn *c)
{
	const struct rtt *half = &c->ep[SERVER].rtt;

	if (!c->hs.client_half.has)
		return false;
	if (c->hs.h3_data)
		return true;
	return half->has && half->by_ack > 1 &&
	       c->hs.client_half.v > INFLATED_TIMES * half->min &&
	       c->hs.client_half.v - half->min > K_ACK_SLACK;
}

/* The two halves to compare, by the best evidence there is. */
static bool
tap_halves(const struct conn *c, int64_t *client, int64_t *server)
{
	const struct rtt *to_server = &c->ep[CLIENT].rtt;
	const struct rtt *to_client = &c->ep[SERVER].rtt;
	const struct handshake *hs = &c->hs;

	if (to_server->by_ack >= TAP_SAMPLES &&
	    to_client->by_ack >= TAP_SAMPLES) {
		*server = to_server->min;
		*client = to_client->min;
		return true;
	}
	if (!hs->client_half.has || !hs->server_half.has ||
	    hs->server_half_low.has || client_half_inflated(c))
		return false;
	*client = hs->client_half.v;
	*server = hs->server_half.v;
	return *client <= RTT_MAX && *server <= RTT_MAX;
}

/* Position of the tap (R5.8, R1.4). */
static enum tap
handshake_tap(const struct conn *c)
{
	enum tap at_host = TAP_UNKNOWN;
	int64_t client, server, loop;

	/* R1.4; joined segments of the far side look offloaded as well */
	if (c->ep[CLIENT].offload != c->ep[SERVER].offload)
		at_host = c->ep[CLIENT].offload ? TAP_AT_CLIENT : TAP_AT_SERVER;
	if (!tap_halves(c, &client, &server))
		return at_host;
	loop = client + server;
	if (loop < TAP_MIN_LOOP)
		return at_host;
	if (client * 10 < loop)
		return at_host == TAP_AT_CLIENT ? at_host : TAP_NEAR_CLIENT;
	if (client * 10 > loop * 9)
		return at_host == TAP_AT_SERVER ? at_host : TAP_NEAR_SERVER;
	return TAP_MIDDLE;
}

static const char *
tfo_name(const struct handshake *hs)
{
	switch ((enum tfo_state)hs->tfo) {
	case TFO_REQUESTED:
		return "requested";
	case TFO_SENT:
		return "sent";
	case TFO_ACCEPTED:
		return "accepted";
	case TFO_REJECTED:
		return "rejected";
	case TFO_NO_COOKIE:
		return "data-without-cookie";
	default:
		return NULL;
	}
}

/* R5.21: scans that are known by their first segment. */
static const char *
outcome_sub(const struct conn *c, enum outcome o)
{
	const struct handshake *hs = &c->hs;
	unsigned f = hs->first_flags & (FLAG_FIN | FLAG_SYN | FLAG_RST |
					   FLAG_PSH | FLAG_ACK | FLAG_URG);

	if (o != OUTCOME_STRAY || !c->td.rst_seen || hs->first_is_rst)
		return NULL;
	if (f == 0)
		return "scan-null";
	if (f == FLAG_FIN)
		return "scan-fin";
	if (f == (FLAG_FIN | FLAG_PSH | FLAG_URG))
		return "scan-xmas";
	return NULL;
}

static struct maybe
since_start(const struct conn *c, const struct endpoint *ep)
{
	if (!ep->has_payload_t)
		return (struct maybe){0};
	return maybe_of(ep->first_payload_t - c->first_t);
}

/* R5.3 */
static void
report_times(const struct conn *c, struct handshake_report *r)
{
	const struct handshake *hs = &c->hs;
	int64_t from =
	    hs->has_first_attempt ? hs->first_attempt_t : hs->syn.first.t;

	r->server_half_ns = hs->server_half;
	r->server_half_low_ns = hs->server_half_low;
	r->client_half_ns = hs->client_half;
	if (hs->server_half.has && hs->client_half.has &&
	    !hs->server_half_low.has)
		r->irtt_ns = maybe_of(hs->server_half.v + hs->client_half.v);
	if (hs->syn_n > 0 && hs->h3_seen && (hs->synack_n > 0))
		r->connect_time_ns = maybe_of(hs->h3_t - from);
}

/* R5.6: first request to first answer, and what the server took of it. */
static void
report_think(const struct conn *c, struct handshake_report *r)
{
	const struct handshake *hs = &c->hs;
	int64_t half =
	    c->ep[CLIENT].rtt.has ? c->ep[CLIENT].rtt.min : hs->server_half.v;

	if (!c->turn.has_ttfb)
		return;
	r->ttfb_ns = maybe_of(c->turn.ttfb);
	if (c->ep[CLIENT].rtt.has || hs->server_half.has)
		r->server_think_ns =
		    maybe_of(c->turn.ttfb > half ? c->turn.ttfb - half : 0);
}

void
handshake_report(const struct conn *c, struct handshake_report *r)
{
	const struct handshake *hs = &c->hs;
	uint8_t i;

	r->outcome = handshake_outcome(c);
	for (i = 0; i < hs->steps_n; i++)
		r->step[i] = conn_step(c, &hs->step[i]);
	r->steps_n = hs->steps_n;
	report_times(c, r);
	r->syn_retries = hs->syn_n > 0 ? hs->syn_n - 1 : 0;
	r->syn_ack_retries =
	    hs->synack_n > 0 && !c->simultaneous ? hs->synack_n - 1 : 0;
	r->tap = handshake_tap(c);
	r->first_data_ns[CLIENT] = since_start(c, &c->ep[CLIENT]);
	r->first_data_ns[SERVER] = since_start(c, &c->ep[SERVER]);
	report_think(c, r);
	r->client_half_inflated = client_half_inflated(c);
	r->first_attempt_frame = hs->first_attempt_frame;
	r->tfo = tfo_name(hs);
	r->sub = outcome_sub(c, r->outcome);
	r->refusing_frame = hs->refusing_frame;
	if (hs->refused_rst && c->ep[SERVER].ttl_votes > 1)
		r->refusing_ttl_match =
		    maybe_of(c->ep[SERVER].ttl == hs->refusing_ttl);
}
