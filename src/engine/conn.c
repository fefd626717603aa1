/*
 * conn.c - one connection: its life, its events, and what its steps share.
 */
#include "engine/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"
#include "engine/analyzer.h"
#include "engine/resend.h"

/* --- life ------------------------------------------------------------- */

void
conn_init(struct conn *c, const struct flow_key *key,
    const struct limits *limits, unsigned wants)
{
	int i;

	memset(c, 0, sizeof(*c));
	c->key = *key;
	c->limits = limits;
	c->details = wants & WANT_EVENTS;
	c->narrate = wants & WANT_TRANSITIONS;
	/* the trace tells of every step of the pipeline */
	c->whole_way = wants & (WANT_WHOLE_WAY | WANT_TRACE);
	c->next_deadline = INT64_MAX;
	for (i = 0; i < 2; i++) {
		history_init(&c->ep[i].sent, (uint32_t)limits->segs);
		ranges_init(&c->ep[i].sacked, (uint32_t)limits->sack);
		known_init(&c->ep[i].known, (uint32_t)limits->known);
	}
}

static void
endpoint_fini(struct endpoint *ep)
{
	rtt_fini(&ep->rtt);
	history_fini(&ep->sent);
	ranges_fini(&ep->sacked);
	known_fini(&ep->known);
	free(ep->holes.v);
	resend_rewind(&ep->pending);
	free(ep->pending.v);
	free(ep->recent);
	free(ep->rare);
}

void
conn_fini(struct conn *c)
{
	endpoint_fini(&c->ep[CLIENT]);
	endpoint_fini(&c->ep[SERVER]);
	if (c->log != NULL)
		eventlog_fini(c->log);
	free(c->log);
	free(c->pended);
	trace_free(c->trace);
	free(c->transition);
	free(c->hs.syn.again);
	free(c->hs.synack.again);
}

/* Bytes of an endpoint that nearly every segment needs. */
#define ENDPOINT_HOT offsetof(struct endpoint, start)
#define CACHE_LINE 64
#define LOOPBACK_NET 127 /* RFC 1122 3.2.1.3 */

static void
expect_bytes(const void *p, size_t n)
{
	const char *at = p;

	/* some at a time; those behind the last are harmless */
	for (size_t i = 0; i < n; i += 4 * CACHE_LINE) {
		prefetch(at + i);
		prefetch(at + i + CACHE_LINE);
		prefetch(at + i + 2 * CACHE_LINE);
		prefetch(at + i + 3 * CACHE_LINE);
	}
}

void
conn_expect(const struct conn *c)
{
	expect_bytes(c, offsetof(struct conn, ep));
	expect_bytes(&c->ep[CLIENT], ENDPOINT_HOT);
	expect_bytes(&c->ep[SERVER], ENDPOINT_HOT);
}

static void
expect_next(const struct endpoint *ep)
{
	if (ep->sent.n < ep->sent.cap)
		prefetch(history_at(&ep->sent, ep->sent.n));
	if (ep->sent.acked < ep->sent.n)
		prefetch(history_at(&ep->sent, ep->sent.acked));
	if (ep->recent != NULL)
		prefetch(&ep->recent[ep->recent_next % RECENT]);
}

void
conn_expect_next(const struct conn *c)
{
	expect_next(&c->ep[CLIENT]);
	expect_next(&c->ep[SERVER]);
}

struct endpoint_rare *
endpoint_rare(struct endpoint *ep)
{
	if (ep->rare == NULL)
		ep->rare = calloc(1, sizeof(*ep->rare));
	return ep->rare;
}

/* --- events ----------------------------------------------------------- */

struct event *
conn_event_at(struct conn *c, enum anomaly_kind kind, enum side from,
    uint64_t frame_no, int64_t t, struct event_ref *ref)
{
	struct event *ev;

	if (c->log == NULL) {
		c->log = malloc(sizeof(*c->log));
		if (c->log != NULL)
			eventlog_init(c->log, (uint32_t)c->limits->events,
			    c->details, c->scratch);
	}
	if (c->log == NULL) {
		free(c->scratch->text);
		memset(c->scratch, 0, sizeof(*c->scratch));
		if (ref != NULL)
			memset(ref, 0, sizeof(*ref));
		return c->scratch;
	}
	ev = eventlog_raise(c->log, kind, ref);
	ev->frame_no = frame_no;
	ev->ts_ns = t;
	ev->from = (uint8_t)from;
	if (c->trace != NULL)
		trace_mark(c->trace, frame_no);
	return ev;
}

struct event *
conn_event(struct conn *c, enum anomaly_kind kind, const struct obs *o,
    struct event_ref *ref)
{
	return conn_event_at(c, kind, o->x, o->frame_no, o->t, ref);
}

struct event *
conn_event_get(struct conn *c, const struct event_ref *ref)
{
	return c->log != NULL ? eventlog_get(c->log, ref) : NULL;
}

struct event *
conn_event_revise(struct conn *c, struct event_ref *ref, enum anomaly_kind kind)
{
	if (c->log == NULL || ref->serial == 0)
		return c->scratch;
	return eventlog_revise(c->log, ref, kind);
}

void
conn_event_settle(struct conn *c, struct event_ref *ref)
{
	if (c->log != NULL && ref->serial != 0)
		eventlog_settle(c->log, ref);
	ref->serial = 0;
}

void
conn_event_retract(struct conn *c, struct event_ref *ref)
{
	if (c->log != NULL && ref->serial != 0)
		eventlog_retract(c->log, ref);
}

uint32_t
conn_event_count(const struct conn *c, enum anomaly_kind kind)
{
	return c->log != NULL ? c->log->count[kind] : 0;
}

/* --- derived facts ---------------------------------------------------- */

int64_t
conn_patience(const struct conn *c, enum side x)
{
	int64_t wait = 4 * rtt_rto(&c->ep[x].rtt);

	return wait > NS_PER_S ? wait : NS_PER_S;
}

bool
conn_blind(const struct conn *c, enum side x)
{
	return c->one_way || c->ep[!x].packets == 0;
}

bool
conn_near(const struct conn *c, enum side x)
{
	uint8_t ttl = c->ep[x].ttl;
	const struct rtt *half = &c->ep[!x].rtt;

	return (ttl == 64 || ttl == 128 || ttl == 255) &&
	       c->ep[x].ttl_votes > 0 && half->has &&
	       half->min * 10 < conn_loop_min(c);
}

bool
conn_at_host(const struct conn *c, enum side x)
{
	return conn_near(c, x) && c->ep[!x].rtt.min < K_AT_HOST;
}

bool
conn_loopback(const struct conn *c)
{
	const struct flow_key *k = &c->key;

	return memcmp(k->addr[0], k->addr[1], sizeof(k->addr[0])) == 0 ||
	       (k->version == 4 && k->addr[0][0] == LOOPBACK_NET &&
		   k->addr[1][0] == LOOPBACK_NET);
}

struct moment
conn_moment(const struct obs *o, enum step_id id)
{
	return (struct moment){
	    .s = o->s,
	    .a = o->a,
	    .frame_no = o->frame_no,
	    .t = o->t,
	    .len = o->len,
	    .flags = o->seg->flags,
	    .wnd = o->seg->wnd,
	    .id = (uint8_t)id,
	    .from = (uint8_t)o->x,
	};
}

struct step
conn_step(const struct conn *c, const struct moment *m)
{
	const struct endpoint *x = &c->ep[m->from], *y = &c->ep[!m->from];
	struct step st = {
	    .id = (enum step_id)m->id,
	    .frame_no = m->frame_no,
	    .ts_ns = m->t,
	    .from = (enum side)m->from,
	    .flags = m->flags,
	    .seq = (uint32_t)m->s,
	    .seq_rel = endpoint_rel(x, m->s),
	    .len = m->len,
	    .wnd = m->wnd,
	    .retransmissions = m->retransmissions,
	    .proof_frame = m->proof_frame,
	};

	if (m->flags & FLAG_ACK) {
		st.ack = (uint32_t)m->a;
		st.ack_rel = endpoint_rel(y, m->a);
	}
	if (m->flags & FLAG_SYN)
		st.opt = x->opt;
	return st;
}

/* --- its clocks ------------------------------------------------------- */

/*
 * How much the way of o may have varied: as far as round trips tell, and by
 * what its echo is older than the shortest loop. That is a queue, which no
 * round trip shows to a tap behind it, or else the sender paused.
 */
static int64_t
delay_jitter(const struct conn *c, const struct obs *o)
{
	const struct endpoint *x = &c->ep[o->x], *y = &c->ep[o->y];
	int64_t jitter = rtt_jitter(&x->rtt) + rtt_jitter(&y->rtt), age = 0;

	if (o->has_a && o->seg->opt.tsecr != 0)
		age = clock_echo_age(&y->clock, o->seg->opt.tsecr, o->t) -
		      conn_loop_min(c);
	return age > jitter ? age : jitter;
}

void
conn_read_clock(struct conn *c, struct obs *o)
{
	struct sender_clock *clock = &c->ep[o->x].clock;
	uint32_t tsval = o->seg->opt.tsval;

	o->tx = o->t;
	if (!o->has_ts)
		return;
	clock_observe(clock, tsval, o->t,
	    clock_needs_no_jitter(clock, tsval, o->t) ? 0 : delay_jitter(c, o));
	o->tx = clock_sent_at(clock, tsval, o->t);
}

/* --- roles ------------------------------------------------------------ */

static void
step_flip(struct moment *v, uint8_t n)
{
	while (n-- > 0)
		v[n].from = v[n].from == CLIENT ? SERVER : CLIENT;
}

void
conn_flip(struct conn *c)
{
	struct endpoint ep = c->ep[CLIENT];
	struct rst_seen rst;
	uint32_t i;

	c->steady = false;
	c->ep[CLIENT] = c->ep[SERVER];
	c->ep[SERVER] = ep;
	c->client_dir = !c->client_dir;
	step_flip(c->hs.step, c->hs.steps_n);
	step_flip(c->td.step, c->td.steps_n);
	for (i = 0; i < c->td.tw_n; i++)
		c->td.tw[i].holder = !c->td.tw[i].holder;
	rst = c->td.rst[CLIENT];
	c->td.rst[CLIENT] = c->td.rst[SERVER];
	c->td.rst[SERVER] = rst;
	c->td.rst_from = !c->td.rst_from;
	for (i = 0; i < c->transitions_n; i++)
		c->transition[i].side = !c->transition[i].side;
	if (c->log != NULL)
		eventlog_flip(c->log);
	if (c->trace != NULL)
		trace_flip(c->trace);
	memset(&c->stall, 0, sizeof(c->stall));
	zeek_flip(&c->zeek);
	if (c->pended != NULL)
		c->pended->from = !c->pended->from;
}
