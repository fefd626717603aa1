/*
 * analyzer.c - segments to connections: look-up, incarnations, ends.
 */
#include "engine/analyzer.h"

#include <stdlib.h>
#include <string.h>

#include "base/seq.h"
#include "engine/awake.h"
#include "engine/brief.h"
#include "engine/fanout.h"
#include "engine/flow.h"
#include "engine/icmp.h"
#include "engine/incarnation.h"
#include "engine/pipeline.h"
#include "engine/snapshot.h"
#include "engine/state.h"
#include "engine/steady.h"
#include "engine/teardown.h"
#include "engine/tombs.h"
#include "engine/twin.h"

/* So many ends ahead, what they need is brought near. */
#define ENDS_AHEAD 16
/* What analyzer_expect() found, of segments from the first on to come. */
struct expected {
	const struct flow_key *key[FLOW_EXPECT];
	struct flow *flow[FLOW_EXPECT];
	unsigned first, n;
};

struct analyzer {
	struct limits limits;
	struct observer observer;
	uint16_t *service; /* owned */
	size_t service_n;
	struct flow_table *flows; /* owned */
	struct tombs tombs;
	struct fanout *fanout;     /* owned */
	struct twins *twins;       /* owned */
	struct trace_pool *traces; /* owned */
	/*
	 * Capture time as two packets in a row confirm it, so that one time
	 * stamp far ahead ends nothing; and the latest one seen.
	 */
	int64_t now, previous, latest;
	int64_t due;          /* until then no record times out */
	uint64_t frame_no;    /* latest */
	uint64_t shortest_ns; /* no record times out sooner (R2.14) */
	struct expected expected;
	bool started;
	bool parks;                /* connections may be parked (park.h) */
	struct conn *spare;        /* owned; room for the next connection */
	struct squeeze squeeze;    /* room to pack */
	struct awake awake;        /* live connections that are not packed */
	struct conn_report report; /* of the connection that ends now */
	struct conn_report brief;  /* brief.h */
};

struct analyzer *
analyzer_new(const struct analyzer_options *o)
{
	struct analyzer *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->limits = o->limits;
	a->awake.most = o->limits.awake;
	a->observer = o->observer;
	/* who listens to each segment wants to hear of it at once */
	a->parks = o->observer.on_states == NULL &&
		   !(o->observer.wants & WANT_WHOLE_WAY);
	a->due = INT64_MIN;
	a->shortest_ns = flow_shortest(&a->limits);
	a->flows =
	    flow_new(&a->limits, o->hash != NULL ? o->hash : &hash_key_fixed);
	a->fanout = fanout_new();
	a->twins = twins_new();
	a->traces = trace_pool_new(a->limits.traces);
	if (o->service_ports_n > 0) {
		a->service = malloc(o->service_ports_n * sizeof(*a->service));
		if (a->service != NULL)
			memcpy(a->service, o->service_ports,
			    o->service_ports_n * sizeof(*a->service));
		a->service_n = o->service_ports_n;
	}
	if (a->flows == NULL || a->fanout == NULL || a->twins == NULL ||
	    a->traces == NULL || (a->service_n > 0 && a->service == NULL)) {
		analyzer_free(a);
		return NULL;
	}
	return a;
}

void
analyzer_free(struct analyzer *a)
{
	if (a == NULL)
		return;
	flow_free(a->flows);
	tombs_fini(&a->tombs);
	fanout_free(a->fanout);
	twins_free(a->twins);
	awake_fini(&a->awake);
	trace_pool_release(a->traces);
	squeeze_fini(&a->squeeze);
	free(a->spare);
	free(a->service);
	free(a);
}

/* --- ends ------------------------------------------------------------- */

/* c holds nothing: the next connection may use it. */
static void
keep_spare(struct analyzer *a, struct conn *c)
{
	free(a->spare);
	a->spare = c;
}

/* c is out of the table: report it and let it go. */
static int
report_conn(struct analyzer *a, struct conn *c, int64_t end_t)
{
	struct conn_report *r = &a->report;
	int rc = 0;

	pipeline_finish(c, end_t);
	snapshot_take(c, end_t, r);
	if (r->handshake.sub == NULL)
		r->handshake.sub =
		    fanout_sub(a->fanout, c, r->handshake.outcome);
	if (a->observer.on_connection != NULL)
		rc = a->observer.on_connection(a->observer.arg, r);
	conn_report_fini(r);
	conn_fini(c);
	keep_spare(a, c);
	return rc;
}

/* The connection of f; a parked one is brought up to date. */
static struct conn *flow_live(void *arg, struct flow *f);

static int
retire(struct analyzer *a, struct conn *c, int64_t end_t)
{
	flow_remove(a->flows, c->flow);
	twins_link(a->twins, a->flows, c, flow_live, a);
	return report_conn(a, c, end_t);
}

/* Room for one more (R1.36); below, for it may open a connection itself. */
static int make_room(struct analyzer *a);

/* --- beginnings ------------------------------------------------------- */

/* What c has of its flow, and borrows. */
static void
tie(struct analyzer *a, struct conn *c, struct flow *f)
{
	c->flow = f;
	c->key = f->key;
	c->number = f->number;
	c->limits = &a->limits;
	c->scratch = flow_scratch(a->flows);
}

static struct conn *
take_spare(struct analyzer *a)
{
	struct conn *c = a->spare != NULL ? a->spare : malloc(sizeof(*c));

	a->spare = NULL;
	return c;
}

static void
pack_flow(struct analyzer *a, struct flow *f)
{
	struct conn *c = flow_pack(f, &a->squeeze);

	if (c != NULL)
		keep_spare(a, c);
}

/* f is live from here on; another is packed if too many are. */
static void
stay_awake(struct analyzer *a, struct flow *f)
{
	struct flow *silent = awake_add(&a->awake, f, a->frame_no);

	if (silent != NULL)
		pack_flow(a, silent);
}

/* What f holds is live from here on, beginning with seg; NULL: no memory. */
static struct conn *
enliven(struct analyzer *a, struct flow *f, const struct segment *seg)
{
	struct conn *c = take_spare(a);
	enum certainty certainty;

	if (c == NULL)
		return NULL;
	conn_init(c, &f->key, &a->limits, a->observer.wants);
	if (a->observer.wants & WANT_TRACE)
		c->trace = trace_new(a->limits.trace, a->traces);
	tie(a, c, f);
	c->client_dir =
	    incarnation_client(seg, a->service, a->service_n, &certainty);
	c->certainty = (uint8_t)certainty;
	f->parked.live = true;
	f->parked.u.conn = c;
	stay_awake(a, f);
	return c;
}

static struct flow *
open_flow(struct analyzer *a, const struct segment *seg)
{
	struct flow *f =
	    make_room(a) == 0 ? flow_add(a->flows, &seg->key) : NULL;

	if (f != NULL)
		twins_note(a->twins, &seg->key);
	return f;
}

static struct conn *
open_conn(struct analyzer *a, const struct segment *seg, enum reuse reuse)
{
	const struct tombstone *tomb;
	struct flow *f = open_flow(a, seg);
	struct conn *c = f != NULL ? enliven(a, f, seg) : NULL;

	if (c == NULL) {
		if (f != NULL)
			flow_remove(a->flows, f);
		return NULL;
	}
	c->reuse = reuse;
	if (segment_has(seg, FLAG_SYN)) {
		fanout_note_answer(a->fanout, seg);
		return c;
	}
	tomb = tombs_find(&a->tombs, seg);
	if (tomb != NULL) {
		c->continues = tomb->number;
		c->client_dir = tomb->client_dir;
		c->reuse = REUSE_TIMEOUT;
	} else {
		fanout_note_answer(a->fanout, seg);
	}
	return c;
}

static void
tell_both_states(
    const struct analyzer *a, const struct conn *c, uint64_t frame_no)
{
	enum tcp_state state[2];
	bool presumed[2];
	int i;

	for (i = 0; i < 2; i++) {
		state[i] = (enum tcp_state)c->ep[i].state;
		presumed[i] = state_presumed(&c->ep[i]);
	}
	a->observer.on_states(
	    a->observer.arg, frame_no, c->number, state, presumed);
}

static inline void
tell_states(const struct analyzer *a, const struct conn *c, uint64_t frame_no)
{
	if (a->observer.on_states != NULL)
		tell_both_states(a, c, frame_no);
}

/* The packed connection of f, live again; NULL: no memory. */
static struct conn *
unpack_flow(struct analyzer *a, struct flow *f)
{
	struct conn *c = take_spare(a);

	if (c == NULL)
		return NULL;
	if (!flow_unpack(f, c)) {
		keep_spare(a, c);
		return NULL;
	}
	tie(a, c, f);
	stay_awake(a, f);
	return c;
}

static enum analyzer_result
run_segment(struct analyzer *a, struct conn *c, const struct segment *seg)
{
	bool withdrawn = c->hs.client_rst;

	incarnation_check_roles(c, seg);
	pipeline_segment(c, seg);
	if (c->hs.client_rst && !withdrawn) /* R5.17 */
		fanout_note(a->fanout, FANOUT_SYN_SCAN, &c->key, c->client_dir);
	tell_states(a, c, seg->frame_no);
	return ANALYZER_ATTRIBUTED;
}

/* The connection of f, which was parked, brought up to date. */
static struct conn *
wake(struct analyzer *a, struct flow *f)
{
	struct parked was = f->parked;
	struct park_reader r;
	struct conn *c;

	park_read(&r, &was, &f->key);
	c = enliven(a, f, &r.seg);
	if (c == NULL)
		return NULL;
	do
		run_segment(a, c, &r.seg);
	while (park_next(&r));
	park_fini(&was, flow_parks(a->flows));
	return c;
}

static struct conn *
flow_live(void *arg, struct flow *f)
{
	struct analyzer *a = arg;

	if (!f->parked.live)
		return wake(a, f);
	if (a->observer.wants & WANT_PACKING && !f->parked.packed)
		pack_flow(a, f);
	return f->parked.packed ? unpack_flow(a, f) : f->parked.u.conn;
}

/* --- incarnations ----------------------------------------------------- */

/* k ends, the pended SYN it held starts its successor. */
static struct conn *
supersede(struct analyzer *a, struct conn *k, int64_t t)
{
	const struct pended_syn p = *k->pended;
	struct conn *c;
	uint32_t i;

	incarnation_give_away(k);
	if (k->trace != NULL)
		trace_withdraw(k->trace);
	teardown_reused(k, p.seg.ts_ns);
	if (retire(a, k, t) != 0)
		return NULL;
	c = open_conn(a, &p.seg, REUSE_SUPERSEDES);
	if (c != NULL)
		pipeline_segment(c, &p.seg);
	for (i = 0; c != NULL && i < p.repeats; i++)
		pipeline_segment(c, &p.repeat[i]);
	return c;
}

/* A record ends: by timeout, for want of room, or with the capture. */
static int
end_record(struct analyzer *a, struct conn *c, int64_t end_t)
{
	/* R2.12 (g): the SYN was a connection of its own after all */
	if (incarnation_at_end(c))
		return supersede(a, c, end_t) == NULL ? -1 : 0;
	return retire(a, c, end_t);
}

/* Why a flow ends, beside a successor. */
enum end_cause {
	END_OF_CAPTURE,
	END_TIMEOUT, /* R2.14 */
	END_NO_ROOM, /* R1.36 */
};

/* Told in brief, if that is all that is asked. */
static bool
end_briefly(
    struct analyzer *a, struct flow *f, int64_t end_t, enum end_cause why)
{
	struct tombstone tomb;

	if (a->observer.on_brief == NULL || twins_any(a->twins) ||
	    !brief_take(f, end_t, &a->brief))
		return false;
	if (why == END_NO_ROOM)
		brief_evict(&a->brief);
	if (!a->observer.on_brief(a->observer.arg, &a->brief))
		return false;
	if (why != END_OF_CAPTURE && tomb_of_parked(f, &tomb))
		tombs_bury(&a->tombs, &a->limits, &tomb);
	park_fini(&f->parked, flow_parks(a->flows));
	flow_remove(a->flows, f);
	return true;
}

/* The same for a flow, parked or live. */
static int
end_flow(struct analyzer *a, struct flow *f, int64_t end_t, enum end_cause why)
{
	struct tombstone tomb;
	struct conn *c;

	if (end_briefly(a, f, end_t, why))
		return 0;
	c = flow_live(a, f);
	if (c == NULL)
		return -1;
	if (why == END_NO_ROOM)
		c->evicted = !teardown_done(c);
	if (why != END_OF_CAPTURE && tomb_of_conn(c, &tomb))
		tombs_bury(&a->tombs, &a->limits, &tomb);
	return end_record(a, c, end_t);
}

/* Timeouts up to now (R2.14). */
static int
sweep(struct analyzer *a)
{
	struct flow *f;

	if (a->now < a->due)
		return 0;
	while ((f = flow_expired(a->flows, a->now)) != NULL)
		if (end_flow(a, f, a->now, END_TIMEOUT) != 0)
			return -1;
	a->due = flow_due(a->flows);
	return 0;
}

static int
make_room(struct analyzer *a)
{
	struct flow *f;

	while ((f = flow_victim(a->flows)) != NULL)
		if (end_flow(a, f, a->now, END_NO_ROOM) != 0)
			return -1;
	return 0;
}

/* A new connection on the tuple of k, which ends. */
static enum analyzer_result
succeed(struct analyzer *a, struct conn *k, const struct segment *seg,
    const struct incarnation_verdict *v)
{
	const struct pended_syn *p = k->pended;
	uint64_t attempt = 0;
	int64_t attempt_t = 0;
	uint32_t old_isn = (uint32_t)k->ep[conn_side(k, seg)].base;
	struct conn *c;

	/* R2.12: the same SYN was tried before and went unanswered */
	if (p != NULL && p->seg.seq == seg->seq && p->seg.dir == seg->dir) {
		attempt = p->seg.frame_no;
		attempt_t = p->seg.ts_ns;
	}
	teardown_reused(k, seg->ts_ns);
	if (retire(a, k, a->now) != 0)
		return ANALYZER_STOP;
	c = open_conn(a, seg, v->reuse);
	if (c == NULL)
		return ANALYZER_NO_MEMORY;
	if (attempt != 0) {
		c->hs.has_first_attempt = true;
		c->hs.first_attempt_frame = attempt;
		c->hs.first_attempt_t = attempt_t;
	}
	pipeline_segment(c, seg);
	if (v->isn_changed) {
		struct event *ev = conn_event_at(c, ANOMALY_SYN_ISN_CHANGED,
		    CLIENT, seg->frame_no, seg->ts_ns, NULL);

		event_set(ev, EVIDENCE_OLD_ISN, old_isn);
		event_set(ev, EVIDENCE_NEW_ISN, seg->seq);
	}
	tell_states(a, c, seg->frame_no);
	return ANALYZER_ATTRIBUTED;
}

static enum analyzer_result
bare_syn(struct analyzer *a, struct conn *k, const struct segment *seg)
{
	struct incarnation_verdict v;

	if (k->pended != NULL && k->pended->active &&
	    (uint32_t)k->pended->s == seg->seq) {
		if (!(k->td.rst_accepted && !k->td.rst_injected)) {
			pipeline_pend_syn(k, seg, k->pended->tw_unsafe);
			tell_states(a, k, seg->frame_no);
			return ANALYZER_ATTRIBUTED;
		}
	}
	v = incarnation_of_syn(k, seg);
	switch (v.result) {
	case INCARNATION_NEW:
		return succeed(a, k, seg, &v);
	case INCARNATION_PEND:
		pipeline_pend_syn(k, seg, v.tw_unsafe);
		tell_states(a, k, seg->frame_no);
		return ANALYZER_ATTRIBUTED;
	default:
		return run_segment(a, k, seg);
	}
}

static enum analyzer_result
known_tuple(struct analyzer *a, struct conn *k, const struct segment *seg)
{
	struct incarnation_verdict anew = {
	    .result = INCARNATION_NEW, .reuse = REUSE_AFTER_RST};

	if (segment_has(seg, FLAG_SYN) &&
	    !segment_has(seg, FLAG_ACK | FLAG_RST | FLAG_FIN))
		return bare_syn(a, k, seg);
	if (k->pended != NULL && k->pended->active) {
		switch (incarnation_resolve(k, seg)) {
		case PEND_NEW:
			k = supersede(a, k, a->now);
			return k != NULL ? run_segment(a, k, seg)
					 : ANALYZER_NO_MEMORY;
		case PEND_STAYS:
			k->pended->active = false;
			break;
		default:
			break;
		}
	}
	if (incarnation_starts_anew(k, seg)) {
		if (!k->td.rst_accepted)
			anew.reuse = REUSE_TW_SEQ_GREATER;
		return succeed(a, k, seg, &anew);
	}
	return run_segment(a, k, seg);
}

static void
advance(struct analyzer *a, int64_t t)
{
	int64_t sure = t < a->previous ? t : a->previous;

	if (!a->started)
		a->now = a->latest = sure = t;
	if (sure > a->now)
		a->now = sure;
	if (t > a->latest)
		a->latest = t;
	a->previous = t;
	a->started = true;
}

/* R2.14: whether the record of f was over before t. */
static bool
is_overdue(const struct analyzer *a, const struct flow *f, int64_t t)
{
	int64_t last = flow_last_t(f);

	return t > last && (uint64_t)t - (uint64_t)last > a->shortest_ns &&
	       flow_deadline(a->flows, f) < t;
}

static enum analyzer_result
unknown_tuple(struct analyzer *a, const struct segment *s)
{
	struct flow *f;
	struct conn *c;

	if (a->parks && park_may_begin(s)) {
		f = open_flow(a, s);
		if (f == NULL)
			return ANALYZER_NO_MEMORY;
		park_begin(&f->parked, s);
		return ANALYZER_ATTRIBUTED;
	}
	c = open_conn(a, s, REUSE_NONE);
	return c != NULL ? run_segment(a, c, s) : ANALYZER_NO_MEMORY;
}

void
analyzer_expect(
    struct analyzer *a, const struct flow_key *const key[], unsigned n)
{
	a->expected.first = 0;
	a->expected.n = n;
	memcpy(a->expected.key, key, n * sizeof(*key));
	flow_expect(a->flows, key, n, a->expected.flow);
}

/* The flow of key, which came in the order of analyzer_expect(). */
static struct flow *
find_flow(struct analyzer *a, const struct flow_key *key)
{
	struct expected *e = &a->expected;
	struct flow *f = NULL;

	/* the others went to somebody else */
	while (e->first < e->n && e->key[e->first] != key)
		e->first++;
	if (e->first < e->n)
		f = e->flow[e->first++];
	return f != NULL && flow_is(f, key) ? f : flow_lookup(a->flows, key);
}

enum analyzer_result
analyzer_segment(struct analyzer *a, const struct segment *s)
{
	struct flow *f;
	struct conn *c;

	a->frame_no = s->frame_no;
	advance(a, s->ts_ns);
	if (sweep(a) != 0)
		return ANALYZER_STOP;
	/* a pended SYN may open a record that is as old */
	for (f = find_flow(a, &s->key); f != NULL && is_overdue(a, f, s->ts_ns);
	     f = flow_lookup(a->flows, &s->key))
		if (end_flow(a, f, s->ts_ns, END_TIMEOUT) != 0)
			return ANALYZER_STOP;
	if (s->fault != FAULT_NONE) {
		if (f == NULL)
			return ANALYZER_UNATTRIBUTED;
		c = flow_live(a, f);
		if (c == NULL)
			return ANALYZER_NO_MEMORY;
		pipeline_fault(c, s);
		return ANALYZER_ATTRIBUTED;
	}
	if (f == NULL)
		return unknown_tuple(a, s);
	if (!f->parked.live && park_add(&f->parked, s, flow_parks(a->flows)))
		return ANALYZER_ATTRIBUTED;
	c = flow_live(a, f);
	/* that way goes nothing that might be another incarnation's */
	if (c != NULL && c->steady && steady_segment(c, s)) {
		tell_states(a, c, s->frame_no);
		return ANALYZER_ATTRIBUTED;
	}
	return c != NULL ? known_tuple(a, c, s) : ANALYZER_NO_MEMORY;
}

enum analyzer_result
analyzer_pass(struct analyzer *a, const struct segment *s)
{
	advance(a, s->ts_ns);
	return sweep(a) != 0 ? ANALYZER_STOP : ANALYZER_UNATTRIBUTED;
}

enum analyzer_result
analyzer_icmp(struct analyzer *a, const struct icmp_error *e)
{
	struct flow *f = flow_lookup(a->flows, &e->key);
	struct conn *c;

	if (f == NULL)
		return ANALYZER_UNATTRIBUTED;
	c = flow_live(a, f);
	if (c == NULL)
		return ANALYZER_NO_MEMORY;
	icmp_attach(c, e);
	return ANALYZER_ATTRIBUTED;
}

enum analyzer_result
analyzer_finish(struct analyzer *a)
{
	struct flow **list;
	uint32_t i, n;
	int rc = 0;

	/* a second round reports what pended SYNs opened in the first */
	while (rc == 0 && (n = flow_sorted(a->flows, &list)) > 0) {
		if (list == NULL)
			return ANALYZER_NO_MEMORY;
		for (i = 0; i < n && rc == 0; i++) {
			if (n - i > ENDS_AHEAD)
				flow_expect_end(a->flows, list[i + ENDS_AHEAD]);
			rc = end_flow(a, list[i], a->latest, END_OF_CAPTURE);
		}
		free(list);
	}
	return rc == 0 ? ANALYZER_ATTRIBUTED : ANALYZER_STOP;
}
