/*
 * judge.c - verdicts: an ordered table of rules over the finished report
 * (RULEBOOK section 9). The first that holds is the verdict, the others are
 * listed beside it.
 */
#include "judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "constants.h"
#include "gaps.h"

/* --- helpers ---------------------------------------------------------- */

/* One rule being tried: what it reads and what it fills. */
struct trial {
	const struct conn *c;
	const struct conn_report *r;
	struct verdict *v;
};

static const char *
side_word(enum side x)
{
	return x == CLIENT ? "client" : "server";
}

static void say(struct trial *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Add to the sentence. */
static void
say(struct trial *t, const char *fmt, ...)
{
	size_t n = strlen(t->v->sentence);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(
	    t->v->sentence + n, sizeof(t->v->sentence) - n, fmt, ap);
	va_end(ap);
}

static void
cite(struct trial *t, uint64_t frame_no)
{
	uint8_t i;

	if (frame_no == 0)
		return;
	for (i = 0; i < t->v->frames_n; i++)
		if (t->v->frames[i] == frame_no)
			return;
	if (t->v->frames_n < VERDICT_FRAMES)
		t->v->frames[t->v->frames_n++] = frame_no;
}

/* Cite the first events of a kind; from < 0: of either side. */
static void
cite_kind(struct trial *t, enum anomaly_kind kind, int from)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (t->r->event[i].kind == kind &&
		    (from < 0 || t->r->event[i].from == from))
			cite(t, t->r->event[i].frame_no);
}

static const struct event *
first_of(const struct trial *t, enum anomaly_kind kind)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (t->r->event[i].kind == kind)
			return &t->r->event[i];
	return NULL;
}

static uint32_t
count(const struct trial *t, enum anomaly_kind kind)
{
	return t->r->kind_count[kind];
}

/* "1.2 s", "340 ms": short, for sentences. */
static const char *
span(char buf[24], int64_t ns)
{
	if (ns >= 10 * NS_PER_S)
		snprintf(buf, 24, "%.1f s", (double)ns / 1e9);
	else if (ns >= NS_PER_S)
		snprintf(buf, 24, "%.2f s", (double)ns / 1e9);
	else
		snprintf(buf, 24, "%.3g ms", (double)ns / 1e6);
	return buf;
}

static int64_t
lasted(const struct trial *t)
{
	return t->r->last_ns - t->r->first_ns;
}

/* Capture loss of a side in ppm, 0 when unknown. */
static int64_t
capture_loss(const struct trial *t, enum side x)
{
	const struct maybe *m = &t->r->side[x].loss_capture;

	return m->has ? m->v : 0;
}

static bool
opened(const struct trial *t)
{
	return outcome_opened(t->r->handshake.outcome);
}

/* --- rules ------------------------------------------------------------ */

/* R9.1 */
static bool
capture_unusable(struct trial *t)
{
	int64_t a = capture_loss(t, CLIENT), b = capture_loss(t, SERVER);
	enum side x = a >= b ? CLIENT : SERVER;
	int64_t worst = a >= b ? a : b;
	uint64_t packets =
	    t->r->side[CLIENT].packets + t->r->side[SERVER].packets;

	if (t->r->handshake.outcome == OUTCOME_REFUSED_RST ||
	    t->r->handshake.outcome == OUTCOME_REFUSED_ICMP)
		return false;
	if (t->r->one_way) {
		say(t, "only the %s's direction was captured",
		    side_word(t->c->ep[CLIENT].packets > 0 ? CLIENT : SERVER));
		cite_kind(t, ANOMALY_ONE_WAY_CAPTURE, -1);
		return true;
	}
	if (worst > 50000) {
		say(t,
		    "the capture missed %.1f%% of the %s's bytes; take loss "
		    "figures with care",
		    (double)worst / 1e4, side_word(x));
		cite_kind(t, ANOMALY_CAPTURE_GAP, (int)x);
		return true;
	}
	if (t->c->time_backwards * 20ull > packets &&
	    t->c->time_backwards > 1) {
		say(t, "time stamps of the capture run backwards %u times",
		    t->c->time_backwards);
		cite_kind(t, ANOMALY_TIME_BACKWARDS, -1);
		return true;
	}
	return false;
}

static void
say_tries(struct trial *t)
{
	uint32_t n = t->c->hs.syn_n;

	if (n > 1)
		say(t, " (%u SYNs)", n);
}

/* R9.2 */
static bool
refused(struct trial *t)
{
	const struct handshake_report *h = &t->r->handshake;

	if (h->outcome == OUTCOME_REFUSED_RST) {
		say(t, "the server refused the connection by RST");
		say_tries(t);
		if (h->refusing_ttl_match.has && !h->refusing_ttl_match.v)
			say(t, "; the RST's TTL is not the server's");
	} else if (h->outcome == OUTCOME_REFUSED_ICMP) {
		say(t, "an ICMP error (type %u code %u) refused the "
		       "connection",
		    t->c->hs.icmp_type, t->c->hs.icmp_code);
		say_tries(t);
	} else {
		return false;
	}
	cite(t, h->steps_n > 0 ? h->step[0].frame_no : t->r->first_frame);
	cite(t, h->refusing_frame);
	return true;
}

/* R9.3 */
static bool
no_answer(struct trial *t)
{
	const struct handshake *hs = &t->c->hs;
	uint32_t i, n = hs->syn_n;
	char buf[24];

	if (t->r->handshake.outcome != OUTCOME_NO_ANSWER)
		return false;
	if (n == 1)
		say(t, "the SYN was not answered");
	else
		say(t, "%u SYNs in %s, none answered", n,
		    span(buf, lasted(t)));
	for (i = 0; i < n && i < SYN_TX; i++)
		cite(t, hs->syn[i].frame_no);
	return true;
}

/* R9.4 */
static bool
half_open(struct trial *t)
{
	const struct handshake_report *h = &t->r->handshake;
	uint8_t i;

	switch (h->outcome) {
	case OUTCOME_HALF_OPEN:
		say(t, "the client never completed the handshake");
		if (h->syn_ack_retries > 0)
			say(t, " (%u SYN-ACKs)", h->syn_ack_retries + 1);
		break;
	case OUTCOME_SYNACK_BAD_ACK:
		say(t, "the SYN was answered by a wrong acknowledgement");
		cite_kind(t, ANOMALY_HANDSHAKE_ACK_MISMATCH, -1);
		break;
	case OUTCOME_RESET_BY_CLIENT:
		say(t, "the client reset the handshake after the SYN-ACK");
		break;
	case OUTCOME_RESET_BY_SERVER_AFTER_SYNACK:
		say(t, "the server reset the handshake after its SYN-ACK");
		break;
	default:
		return false;
	}
	for (i = 0; i < h->steps_n; i++)
		cite(t, h->step[i].frame_no);
	cite_kind(t, ANOMALY_RST, -1);
	return true;
}

/* R9.5 */
static bool
reset_injected(struct trial *t)
{
	const struct event *e = first_of(t, ANOMALY_RST_INJECTED_SUSPECTED);
	uint8_t i;

	if (e == NULL || e->confidence < CONFIDENCE_PROBABLE)
		return false;
	say(t, "a reset in the name of the %s was forged%s",
	    side_word((enum side)e->from),
	    e->confidence == CONFIDENCE_CERTAIN ? ": that host went on sending"
						: ", probably");
	cite(t, e->frame_no);
	for (i = 0; i < e->frames_n; i++)
		cite(t, e->frames[i]);
	return true;
}

/* R9.6 */
static bool
pmtu_blackhole(struct trial *t)
{
	const struct event *e = first_of(t, ANOMALY_PMTU_BLACKHOLE);
	const struct evidence *size, *passed;
	uint8_t i;

	if (e == NULL)
		return false;
	size = event_get(e, EVIDENCE_SIZE);
	passed = event_get(e, EVIDENCE_PASSED_SIZE);
	say(t,
	    "segments of %lld bytes from the %s vanish while %lld bytes pass: "
	    "path MTU black hole",
	    size ? (long long)size->v : 0LL, side_word((enum side)e->from),
	    passed ? (long long)passed->v : 0LL);
	for (i = 0; i < e->frames_n; i++)
		cite(t, e->frames[i]);
	cite(t, e->frame_no);
	return true;
}

/* R9.7 for one side. */
static bool
reset_by(struct trial *t, enum side x)
{
	const struct teardown_report *td = &t->r->teardown;
	uint64_t unread = t->c->td.rst_unread;
	char buf[24];

	if (!opened(t) || !t->c->td.rst_accepted || !td->has_resetter ||
	    td->resetter != x || td->close == CLOSE_RESET_INJECTED)
		return false;
	if (t->c->td.rst_half_open) {
		say(t, "the %s had forgotten the connection (half-open) and "
		       "reset it",
		    side_word(x));
		cite_kind(t, ANOMALY_HALF_OPEN_DISCOVERY, -1);
	} else if (t->c->td.rst_late_data) {
		say(t, "the %s had closed and reset the connection when more "
		       "data came",
		    side_word(x));
	} else if (t->c->td.rst_after_idle) {
		say(t, "reset in the %s's name after %s without traffic: an "
		       "idle timeout of a middlebox or the application",
		    side_word(x), span(buf, t->c->idle_before));
	} else if (unread > 0) {
		say(t, "the %s reset the connection with %llu bytes of the "
		       "%s unacknowledged",
		    side_word(x), (unsigned long long)unread,
		    side_word(x == CLIENT ? SERVER : CLIENT));
	} else if (td->close == CLOSE_RESET_BY_CLIENT ||
	    td->close == CLOSE_RESET_BY_SERVER) {
		say(t, "the %s reset the connection", side_word(x));
		if (td->sub != NULL && strcmp(td->sub, "linger0") == 0)
			say(t, " after all data was acknowledged");
	} else {
		return false;
	}
	cite(t, t->c->td.rst_frame);
	return true;
}

static bool
reset_by_client(struct trial *t)
{
	return reset_by(t, CLIENT);
}

static bool
reset_by_server(struct trial *t)
{
	return reset_by(t, SERVER);
}

/* R9.8 */
static bool
accept_queue(struct trial *t)
{
	const struct endpoint *c = &t->c->ep[CLIENT];

	if (!t->c->hs.h3_seen || t->r->handshake.syn_ack_retries == 0 ||
	    c->resent_packets < 2 || !c->has_payload_t ||
	    t->c->one_way)
		return false;
	say(t, "the server repeated its SYN-ACK and ignored the client's "
	       "data: its accept queue may be full");
	cite(t, t->c->hs.h3_frame);
	cite_kind(t, ANOMALY_RETRANSMISSION_SYN, SERVER);
	return true;
}

/* R9.9 */
static bool
receiver_limited(struct trial *t)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct side_report *rx = &t->r->side[x];
		const struct endpoint *tx = &t->c->ep[!x];
		int64_t span_ns = tx->last_payload_t - tx->first_payload_t;
		char a[24], b[24];

		if (!rx->zero_window_ns.has || !tx->has_payload_t ||
		    rx->zero_window_ns.v == 0 ||
		    rx->zero_window_ns.v * 10 < span_ns * 3)
			continue;
		say(t, "the %s's receive window was closed for %s of %s: its "
		       "application reads too slowly",
		    side_word(x), span(a, rx->zero_window_ns.v),
		    span(b, lasted(t)));
		cite_kind(t, ANOMALY_ZERO_WINDOW, (int)x);
		return true;
	}
	return false;
}

/* How a side's bytes were lost, for R9.10. */
struct loss_sum {
	uint64_t resends, rto;
	int64_t rto_wait;
	uint64_t lost_bytes;
};

static struct loss_sum
loss_of(const struct trial *t, enum side x, bool downstream)
{
	const struct endpoint_rare *rare = t->c->ep[x].rare;
	struct loss_sum sum = {0};
	uint32_t i;

	if (rare == NULL)
		return sum;
	sum.lost_bytes =
	    downstream ? rare->resent_down_bytes : rare->resent_up_bytes;
	for (i = 0; i < t->r->events_n; i++) {
		const struct event *e = &t->r->event[i];
		const struct evidence *cause = event_get(e, EVIDENCE_CAUSE);

		if (e->from != (uint8_t)x || cause == NULL ||
		    e->kind == ANOMALY_STALL ||
		    e->kind == ANOMALY_RETRANSMISSION_SYN ||
		    cause->v != (downstream ? WORD_LOSS_DOWNSTREAM
					    : WORD_LOSS_UPSTREAM))
			continue;
		sum.resends++;
		sum.rto += e->kind == ANOMALY_RETRANSMISSION_RTO;
	}
	sum.rto_wait = rare->rto_wait_ns;
	return sum;
}

static void
loss_frames(struct trial *t, enum side x, bool downstream)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++) {
		const struct event *e = &t->r->event[i];
		const struct evidence *cause = event_get(e, EVIDENCE_CAUSE);

		if (e->from == (uint8_t)x && cause != NULL &&
		    e->kind != ANOMALY_STALL &&
		    cause->v == (downstream ? WORD_LOSS_DOWNSTREAM
					    : WORD_LOSS_UPSTREAM))
			cite(t, e->frame_no);
	}
}

/* R9.10 */
static bool
loss(struct trial *t, bool downstream)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct endpoint *ep = &t->c->ep[x];
		struct loss_sum s = loss_of(t, x, downstream);
		char buf[24];

		if (s.resends == 0 ||
		    (s.resends * 200 < ep->data_packets && s.rto == 0))
			continue;
		say(t, "%llu of %llu data segments of the %s were lost %s",
		    (unsigned long long)s.resends,
		    (unsigned long long)ep->data_packets, side_word(x),
		    downstream ? "after the capture point"
			       : "before the capture point");
		if (s.rto > 0) {
			say(t, "; waits for the timer cost %s",
			    span(buf, s.rto_wait));
			if (s.rto_wait * 10 >= lasted(t) * 3)
				t->v->severity = SEVERITY_ERROR;
		}
		loss_frames(t, x, downstream);
		return true;
	}
	return false;
}

static bool
loss_downstream(struct trial *t)
{
	return loss(t, true);
}

static bool
loss_upstream(struct trial *t)
{
	return loss(t, false);
}

/* R9.11 */
static bool
spurious_recovery(struct trial *t)
{
	uint64_t spurious = count(t, ANOMALY_SPURIOUS_RETRANSMISSION);
	uint64_t resends = t->r->side[CLIENT].retransmitted_packets +
	    t->r->side[SERVER].retransmitted_packets;

	if (spurious == 0 || spurious * 2 < resends)
		return false;
	say(t, "%llu of %llu resends were needless: a delay spike or "
	       "reordering, not loss",
	    (unsigned long long)spurious, (unsigned long long)resends);
	cite_kind(t, ANOMALY_SPURIOUS_RETRANSMISSION, -1);
	return true;
}

/* R9.12 */
static bool
reordering(struct trial *t)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct side_report *s = &t->r->side[x];

		if (s->out_of_order == 0 ||
		    s->out_of_order * 100 < s->data_packets)
			continue;
		say(t, "%llu of %llu data segments of the %s arrived out of "
		       "order",
		    (unsigned long long)s->out_of_order,
		    (unsigned long long)s->data_packets, side_word(x));
		cite_kind(t, ANOMALY_OUT_OF_ORDER, (int)x);
		return true;
	}
	return false;
}

/* R9.13 */
static bool
slow(struct trial *t, int64_t wait, const char *who, const char *what)
{
	char a[24], b[24];

	if (wait < K_RTO_MIN || wait * 2 < lasted(t))
		return false;
	say(t, "the %s took %s of %s to %s", who, span(a, wait),
	    span(b, lasted(t)), what);
	cite(t, t->c->ep[CLIENT].first_payload_frame);
	cite(t, t->c->ep[SERVER].first_payload_frame);
	return true;
}

static bool
server_slow(struct trial *t)
{
	return slow(t, t->c->hs.think_sum, "server", "answer");
}

static bool
client_slow(struct trial *t)
{
	return slow(t, t->c->hs.client_think_sum, "client",
	    "send its next request");
}

/* R9.14 */
static bool
network_slow(struct trial *t)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct rtt_report *r = &t->r->side[x].rtt;
		char a[24], b[24];

		if (!r->p90.has || !r->min.has || r->samples < 8 ||
		    r->p90.v <= 3 * r->min.v ||
		    r->p90.v - r->min.v <= 100 * NS_PER_MS)
			continue;
		say(t, "the round trip towards the %s rose from %s to %s: "
		       "queueing",
		    side_word(x == CLIENT ? SERVER : CLIENT),
		    span(a, r->min.v), span(b, r->p90.v));
		return true;
	}
	return false;
}

/* R9.15 */
static bool
delayed_ack(struct trial *t)
{
	const struct event *e = first_of(t, ANOMALY_DELAYED_ACK_STALL);

	if (e == NULL)
		return false;
	say(t, "small writes of the %s waited for delayed ACKs",
	    side_word((enum side)e->from));
	cite(t, e->frame_no);
	return true;
}

/* R9.16 */
static bool
security(struct trial *t)
{
	static const enum anomaly_kind kinds[] = {
	    ANOMALY_RETRANSMISSION_INCONSISTENT, ANOMALY_ACK_BEYOND_SND_NXT,
	    ANOMALY_ACK_BLIND_RANGE, ANOMALY_FLAGS_ILLEGAL};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (count(t, kinds[i]) == 0)
			continue;
		say(t, "%s", anomaly_table[kinds[i]].text);
		cite_kind(t, kinds[i], -1);
		return true;
	}
	return false;
}

/* R9.17 */
static bool
reuse(struct trial *t)
{
	if (count(t, ANOMALY_TW_REUSE_UNSAFE) == 0)
		return false;
	say(t, "the port pair was used again too early");
	cite_kind(t, ANOMALY_TW_REUSE_UNSAFE, -1);
	return true;
}

/* R9.18 */
static bool
incomplete_teardown(struct trial *t)
{
	enum close_outcome close = t->r->teardown.close;

	if (close != CLOSE_GRACEFUL_UNACKED &&
	    close != CLOSE_HALF_CLOSED_AT_END)
		return false;
	say(t, close == CLOSE_GRACEFUL_UNACKED
		? "the last ACK of the close is not in the capture"
		: "only one side closed");
	cite(t, t->c->ep[CLIENT].fin_frame);
	cite(t, t->c->ep[SERVER].fin_frame);
	return true;
}

/* The worst event, or NULL. */
static const struct event *
worst_event(const struct trial *t)
{
	const struct event *worst = NULL;
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (worst == NULL ||
		    t->r->event[i].severity > worst->severity)
			worst = &t->r->event[i];
	return worst;
}

/* R9.19 */
static bool
attention(struct trial *t)
{
	const struct event *e = worst_event(t);

	if (e == NULL || e->severity < SEVERITY_WARN)
		return false;
	t->v->severity = (enum severity)e->severity;
	say(t, "%s", anomaly_table[e->kind].text);
	cite_kind(t, (enum anomaly_kind)e->kind, -1);
	return true;
}

/* R9.20 */
static bool
ok_notes(struct trial *t)
{
	const struct event *e = worst_event(t);

	if (e == NULL || e->severity != SEVERITY_NOTE)
		return false;
	say(t, "ok; %s", anomaly_table[e->kind].name);
	if (count(t, (enum anomaly_kind)e->kind) > 1)
		say(t, " (%u)", count(t, (enum anomaly_kind)e->kind));
	cite_kind(t, (enum anomaly_kind)e->kind, -1);
	return true;
}

static bool
ok(struct trial *t)
{
	say(t, "ok");
	return true;
}

/* In the order of verdict.def. */
static bool (*const verdict_rules[VERDICT_COUNT])(struct trial *t) = {
    [VERDICT_CAPTURE_UNUSABLE] = capture_unusable,
    [VERDICT_REFUSED] = refused,
    [VERDICT_NO_ANSWER] = no_answer,
    [VERDICT_HALF_OPEN] = half_open,
    [VERDICT_RESET_INJECTED] = reset_injected,
    [VERDICT_PMTU_BLACKHOLE] = pmtu_blackhole,
    [VERDICT_RESET_BY_CLIENT] = reset_by_client,
    [VERDICT_RESET_BY_SERVER] = reset_by_server,
    [VERDICT_ACCEPT_QUEUE] = accept_queue,
    [VERDICT_RECEIVER_LIMITED] = receiver_limited,
    [VERDICT_LOSS_DOWNSTREAM] = loss_downstream,
    [VERDICT_LOSS_UPSTREAM] = loss_upstream,
    [VERDICT_SPURIOUS_RECOVERY] = spurious_recovery,
    [VERDICT_REORDERING] = reordering,
    [VERDICT_SERVER_SLOW] = server_slow,
    [VERDICT_CLIENT_SLOW] = client_slow,
    [VERDICT_NETWORK_SLOW] = network_slow,
    [VERDICT_DELAYED_ACK] = delayed_ack,
    [VERDICT_SECURITY] = security,
    [VERDICT_REUSE] = reuse,
    [VERDICT_INCOMPLETE_TEARDOWN] = incomplete_teardown,
    [VERDICT_ATTENTION] = attention,
    [VERDICT_OK_NOTES] = ok_notes,
    [VERDICT_OK] = ok,
};

static bool
verdict_try(const struct conn *c, const struct conn_report *r,
    enum verdict_id id, struct verdict *v)
{
	struct trial t = {.c = c, .r = r, .v = v};

	memset(v, 0, sizeof(*v));
	v->id = id;
	v->severity = verdict_severity(id);
	return verdict_rules[id](&t);
}

void
judge_connection(const struct conn *c, struct conn_report *r)
{
	enum verdict_id id = 0;
	uint32_t i;

	while (!verdict_try(c, r, id, &r->verdict))
		id++;
	/* what else holds; the catch-all rules add nothing to a verdict */
	for (id++; id < VERDICT_ATTENTION && r->also_n < VERDICT_ALSO; id++)
		if (verdict_try(c, r, id, &r->also[r->also_n]))
			r->also_n++;
	r->worst = r->verdict.severity;
	for (i = 0; i < ANOMALY_COUNT; i++)
		if (r->kind_count[i] > 0 && r->events_n == 0 &&
		    anomaly_table[i].severity > r->worst)
			r->worst = anomaly_table[i].severity;
	for (i = 0; i < r->events_n; i++)
		if ((enum severity)r->event[i].severity > r->worst)
			r->worst = (enum severity)r->event[i].severity;
}
