/*
 * verdicts_quality.c - what made a connection slow or odd (R9.9 to R9.21).
 */
#include <ctype.h>
#include <string.h>

#include "base/constants.h"
#include "engine/verdicts.h"

/* Whether part is so many tenths of whole; clocks may make both huge. */
static bool
is_share(int64_t part, int tenths, int64_t whole)
{
	return (double)part * 10 >= (double)whole * tenths;
}

/* R9.9 */
bool
verdict_receiver_limited(struct trial *t)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct side_report *rx = &t->r->side[x];
		const struct endpoint *tx = &t->c->ep[!x];
		int64_t span_ns = tx->last_payload_t - tx->first_payload_t;
		char a[SPAN_TEXT], b[SPAN_TEXT];

		if (!rx->zero_window_ns.has || !tx->has_payload_t ||
		    rx->zero_window_ns.v == 0 ||
		    !is_share(rx->zero_window_ns.v, 3, span_ns))
			continue;
		trial_say(t,
		    "the %s's receive window was closed for %s of %s: its "
		    "application reads too slowly",
		    side_name(x), trial_span(t, a, rx->zero_window_ns.v),
		    trial_span(t, b, trial_lasted(t)));
		trial_cite_kind(t, ANOMALY_ZERO_WINDOW, (int)x);
		trial_cite_kind(t, ANOMALY_ZERO_WINDOW_PROBE, -1);
		return true;
	}
	return false;
}

/* Whether e is a resend of x whose cause is loss on that side of the tap. */
static bool
tells_of_loss(const struct event *e, enum side x, bool downstream)
{
	const struct evidence *cause = event_get(e, EVIDENCE_CAUSE);

	return e->from == (uint8_t)x && cause != NULL &&
	       e->kind != ANOMALY_STALL &&
	       e->kind != ANOMALY_RETRANSMISSION_SYN &&
	       cause->v ==
		   (downstream ? WORD_LOSS_DOWNSTREAM : WORD_LOSS_UPSTREAM);
}

/* The resends that tell of the loss, each after the segment that was lost. */
static void
loss_frames(struct trial *t, enum side x, bool downstream)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++) {
		const struct event *e = &t->r->event[i];
		const struct evidence *original =
		    event_get(e, EVIDENCE_ORIGINAL_FRAME);

		if (!tells_of_loss(e, x, downstream))
			continue;
		if (original != NULL)
			trial_cite(t, (uint64_t)original->v);
		trial_cite(t, e->frame_no);
	}
}

/* What waiting for the timer cost, and whether that was the worst of it. */
static void
say_timer(struct trial *t, int64_t wait, uint32_t rto)
{
	char buf[SPAN_TEXT];

	if (rto == 0 || wait < NS_PER_MS)
		return;
	trial_say(t, "; waits for the timer cost %s", trial_span(t, buf, wait));
	if (is_share(wait, 3, trial_lasted(t)))
		t->v->severity = SEVERITY_ERROR;
}

/*
 * So many hints that are each only possible are no chance: R8.37 asks for a
 * timer's silence and a skipped number each time.
 */
#define HINTS_MIN 3

/* The resends of a side that tell of loss before or after the tap. */
static struct loss_count
loss_of(const struct endpoint_rare *r, bool downstream, bool *hints_only)
{
	struct loss_count n = downstream ? r->lost_down : r->lost_up;

	*hints_only = n.resends == 0;
	if (!downstream &&
	    (n.resends > 0 || r->lost_hints.resends >= HINTS_MIN)) {
		n.resends += r->lost_hints.resends;
		n.rto += r->lost_hints.rto;
	}
	return n;
}

/* R9.10 */
static bool
loss(struct trial *t, bool downstream)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct endpoint *ep = &t->c->ep[x];
		struct loss_count n;
		bool hints_only;

		if (ep->rare == NULL)
			continue; /* it sent nothing again */
		n = loss_of(ep->rare, downstream, &hints_only);
		if (n.resends == 0 ||
		    (n.rto == 0 && n.resends * UINT64_C(200) < ep->seq_packets))
			continue;
		trial_say(t, "%llu of %llu segments of the %s %s %slost %s",
		    (unsigned long long)n.resends,
		    (unsigned long long)ep->seq_packets, side_name(x),
		    n.resends == 1 ? "was" : "were",
		    hints_only ? "probably " : "",
		    downstream ? "after the capture point"
			       : "before the capture point");
		say_timer(t, ep->rare->rto_wait_ns, n.rto);
		loss_frames(t, x, downstream);
		return true;
	}
	return false;
}

bool
verdict_loss_downstream(struct trial *t)
{
	return loss(t, true);
}

bool
verdict_loss_upstream(struct trial *t)
{
	return loss(t, false);
}

/* R9.11 */
bool
verdict_spurious_recovery(struct trial *t)
{
	uint64_t spurious = trial_count(t, ANOMALY_SPURIOUS_RETRANSMISSION);
	uint64_t resends = t->r->side[CLIENT].retransmitted_packets +
			   t->r->side[SERVER].retransmitted_packets;

	if (spurious == 0 || spurious * 2 < resends)
		return false;
	trial_say(t,
	    "%llu of %llu resends %s needless: a delay spike or "
	    "reordering, not loss",
	    (unsigned long long)spurious, (unsigned long long)resends,
	    spurious == 1 ? "was" : "were");
	trial_cite_kind(t, ANOMALY_SPURIOUS_RETRANSMISSION, -1);
	return true;
}

/* R9.12 */
bool
verdict_reordering(struct trial *t)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct side_report *s = &t->r->side[x];

		if (s->out_of_order == 0 ||
		    s->out_of_order * 100 < s->data_packets)
			continue;
		trial_say(t,
		    "%llu of %llu data segments of the %s arrived out of "
		    "order",
		    (unsigned long long)s->out_of_order,
		    (unsigned long long)s->data_packets, side_name(x));
		trial_cite_kind(t, ANOMALY_OUT_OF_ORDER, (int)x);
		return true;
	}
	return false;
}

bool
verdict_is_slow(int64_t wait, int64_t lasted)
{
	return wait >= K_RTO_MIN && is_share(wait, 5, lasted);
}

/* R9.13 */
static bool
slow(struct trial *t, enum side x, int64_t wait, const char *what)
{
	const uint64_t *frames = t->c->hs.think_frame[x];
	char a[SPAN_TEXT], b[SPAN_TEXT];

	if (!verdict_is_slow(wait, trial_lasted(t)))
		return false;
	trial_say(t, "the %s took %s of %s to %s", side_name(x),
	    trial_span(t, a, wait), trial_span(t, b, trial_lasted(t)), what);
	trial_cite(t, frames[0]);
	trial_cite(t, frames[1]);
	return true;
}

bool
verdict_server_slow(struct trial *t)
{
	return slow(t, SERVER, t->c->hs.think_sum, "answer");
}

bool
verdict_client_slow(struct trial *t)
{
	return slow(
	    t, CLIENT, t->c->hs.client_think_sum, "send its next request");
}

/*
 * R9.14; of a half that lies in the network, and by samples that no delayed
 * ACK can have bent (R8.3).
 */
bool
verdict_network_slow(struct trial *t)
{
	int64_t loop = conn_loop_min(t->c);
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct rtt *rtt = &t->c->ep[x].rtt;
		char a[SPAN_TEXT], b[SPAN_TEXT];
		int64_t p90;

		if (rtt->sure == NULL || rtt->sure->n < QUEUE_SAMPLES ||
		    rtt->min < NS_PER_MS || rtt->min * 10 < loop ||
		    !tally_percentile(rtt->sure, 90, &p90) ||
		    p90 <= 3 * rtt->min || p90 - rtt->min <= QUEUE_MIN)
			continue;
		trial_say(t,
		    "the round trip towards the %s rose from %s to %s: "
		    "queueing",
		    side_name(x == CLIENT ? SERVER : CLIENT),
		    trial_span(t, a, rtt->min), trial_span(t, b, p90));
		trial_cite(t, rtt->sure_frame);
		return true;
	}
	return false;
}

/* R9.15 */
bool
verdict_delayed_ack(struct trial *t)
{
	const struct event *e = trial_first_of(t, ANOMALY_DELAYED_ACK_STALL);

	if (e == NULL)
		return false;
	trial_say(t, "small writes of the %s waited for delayed ACKs",
	    side_name((enum side)e->from));
	trial_cite(t, e->frame_no);
	return true;
}

/* What an event means, who sent its segment, how often. */
static void
say_event(struct trial *t, const struct event *e)
{
	const char *claim = anomaly_table[e->kind].text;
	uint32_t n = trial_count(t, (enum anomaly_kind)e->kind);
	int rest = (int)strlen(claim) - 2; /* without the full stop */

	/* an acronym keeps its capitals, any other word loses the first */
	if (e->blame == BLAME_CAPTURE)
		trial_say(t, "%c%.*s", claim[0], rest, claim + 1);
	else
		trial_say(t, "from the %s: %c%.*s",
		    side_name((enum side)e->from),
		    islower((unsigned char)claim[1]) || claim[1] == ' '
			? tolower((unsigned char)claim[0])
			: claim[0],
		    rest, claim + 1);
	if (n > 1)
		trial_say(t, ", %u times", n);
}

/* R9.16 */
bool
verdict_security(struct trial *t)
{
	static const enum anomaly_kind kinds[] = {
	    ANOMALY_RETRANSMISSION_INCONSISTENT, ANOMALY_ACK_BEYOND_SND_NXT,
	    ANOMALY_ACK_BLIND_RANGE, ANOMALY_FLAGS_ILLEGAL};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (trial_count(t, kinds[i]) == 0)
			continue;
		say_event(t, trial_first_of(t, kinds[i]));
		trial_cite_kind(t, kinds[i], -1);
		return true;
	}
	return false;
}

/* R9.17 */
bool
verdict_reuse(struct trial *t)
{
	if (trial_count(t, ANOMALY_TW_REUSE_UNSAFE) == 0)
		return false;
	trial_say(t, "the port pair was used again too early");
	trial_cite_kind(t, ANOMALY_TW_REUSE_UNSAFE, -1);
	return true;
}

/* The peer fell silent while x went on asking. */
static bool
say_unanswered(struct trial *t)
{
	enum side x;

	for (x = CLIENT; x <= SERVER; x++) {
		const struct endpoint *ep = &t->c->ep[x], *y = &t->c->ep[!x];
		char buf[SPAN_TEXT];

		if (ep->rare == NULL || ep->rare->unanswered == 0 ||
		    y->packets == 0)
			continue;
		trial_say(t,
		    "the %s was not heard again after frame %llu: %u resends "
		    "in %s, none answered",
		    side_name(x == CLIENT ? SERVER : CLIENT),
		    (unsigned long long)y->last_frame, ep->rare->unanswered,
		    trial_span(t, buf, ep->last_t - y->last_t));
		trial_cite(t, y->last_frame);
		trial_cite(t, ep->last_frame);
		return true;
	}
	return false;
}

/* R9.18 */
bool
verdict_incomplete_teardown(struct trial *t)
{
	enum close_outcome close = t->r->teardown.close;
	enum side closer = t->c->ep[CLIENT].has_fin ? CLIENT : SERVER;

	if ((close != CLOSE_GRACEFUL_UNACKED &&
		close != CLOSE_HALF_CLOSED_AT_END) ||
	    conn_blind(t->c, closer))
		return false;
	if (say_unanswered(t)) {
		t->v->severity = SEVERITY_WARN;
		return true;
	}
	if (close == CLOSE_GRACEFUL_UNACKED)
		trial_say(t, "the last ACK of the close is not in the capture");
	else if (t->r->teardown.sub != NULL)
		/* R7.14: CLOSE-WAIT that an application does not leave */
		trial_say(t,
		    "the %s closed, but the %s's application never did",
		    side_name(closer), side_name(!closer));
	else
		trial_say(t, "only the %s closed", side_name(closer));
	trial_cite(t, t->c->ep[CLIENT].fin_frame);
	trial_cite(t, t->c->ep[SERVER].fin_frame);
	return true;
}

/* The worst event, or NULL. */
static const struct event *
worst_event(const struct trial *t)
{
	const struct event *worst = NULL;
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (worst == NULL || t->r->event[i].severity > worst->severity)
			worst = &t->r->event[i];
	return worst;
}

/* What a stall was waiting for, for a sentence. */
static const char *
stall_reason(const struct event *e)
{
	const struct evidence *cause = event_get(e, EVIDENCE_CAUSE);

	switch (cause != NULL ? (enum word)cause->v : WORD_NONE) {
	case WORD_RECEIVER:
		return "the receiver's window was closed or full";
	case WORD_LOSS:
		return "lost segments had to be sent again";
	case WORD_DELAYED_ACK:
		return "an ACK was delayed";
	case WORD_NETWORK_DELAY:
		return "an ACK was long on its way";
	case WORD_PEER_THINK:
		return "the server had not answered";
	default:
		return "no cause is to be seen";
	}
}

static void
say_stall(struct trial *t, const struct event *e)
{
	const struct evidence *d = event_get(e, EVIDENCE_DURATION);
	char buf[SPAN_TEXT];

	trial_say(t, "nothing moved on for %s: %s",
	    trial_span(t, buf, d != NULL ? d->v : 0), stall_reason(e));
}

/* The SYN or SYN-ACK that had to be sent again. */
static void
say_slow_opening(struct trial *t, const struct event *e)
{
	const struct maybe *took = &t->r->handshake.connect_time_ns;
	const struct evidence *role = event_get(e, EVIDENCE_ROLE);
	bool synack = role != NULL && role->v == WORD_SYNACK;
	int64_t repeats = 1;
	char buf[SPAN_TEXT];
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++) {
		const struct event *other = &t->r->event[i];
		const struct evidence *n = event_get(other, EVIDENCE_N);

		if (other->kind == e->kind && other->from == e->from &&
		    n != NULL && n->v > repeats)
			repeats = n->v;
	}
	trial_say(t, "the %s sent its %s %lld times",
	    side_name((enum side)e->from), synack ? "SYN-ACK" : "SYN",
	    (long long)repeats + 1);
	if (took->has)
		trial_say(
		    t, ": connecting took %s", trial_span(t, buf, took->v));
}

/* SACK blocks of another sequence space (R6.36), if that is what they are. */
static bool
say_sack_offset(struct trial *t, const struct event *e)
{
	const struct evidence *offset = event_get(e, EVIDENCE_SACK_OFFSET);

	if (offset == NULL)
		return false;
	trial_say(t,
	    "SACK blocks of the %s are off by %lld: something on the way "
	    "rewrites sequence numbers but not SACK",
	    side_name((enum side)e->from), (long long)offset->v);
	return true;
}

/* Some kinds are better told by what they did to the connection. */
static void
say_worst(struct trial *t, const struct event *e)
{
	const char *from = side_name((enum side)e->from);
	const char *to = side_name((enum side) !e->from);

	switch (e->kind) {
	case ANOMALY_STALL:
		say_stall(t, e);
		break;
	case ANOMALY_RETRANSMISSION_SYN:
		say_slow_opening(t, e);
		break;
	case ANOMALY_HALF_OPEN_DISCOVERY:
		trial_say(t,
		    "the %s still held an older connection of these ports, "
		    "which the %s had to reset first",
		    to, from);
		break;
	case ANOMALY_RST:
		trial_say(t, "the %s reset the connection%s", from,
		    t->r->teardown.close == CLOSE_RESET_AFTER_FIN
			? " after a FIN"
			: "");
		break;
	case ANOMALY_ICMP_ERROR:
		trial_say(
		    t, "an ICMP error answered a segment of the %s", from);
		break;
	case ANOMALY_SACK_INVALID:
		if (!say_sack_offset(t, e))
			say_event(t, e);
		break;
	default:
		say_event(t, e);
	}
}

/* R9.19 */
bool
verdict_attention(struct trial *t)
{
	const struct event *e = worst_event(t);

	if (e == NULL || e->severity < SEVERITY_WARN)
		return false;
	t->v->severity = (enum severity)e->severity;
	if (say_unanswered(t))
		return true;
	say_worst(t, e);
	trial_cite_kind(t, (enum anomaly_kind)e->kind, -1);
	return true;
}

/* R9.20 */
bool
verdict_ok_notes(struct trial *t)
{
	const struct event *e = worst_event(t);

	if (e == NULL || e->severity != SEVERITY_NOTE)
		return false;
	trial_say(t, "ok; %s", anomaly_table[e->kind].name);
	if (trial_count(t, (enum anomaly_kind)e->kind) > 1)
		trial_say(
		    t, " (%u)", trial_count(t, (enum anomaly_kind)e->kind));
	trial_cite_kind(t, (enum anomaly_kind)e->kind, -1);
	return true;
}

bool
verdict_ok(struct trial *t)
{
	trial_say(t, "ok");
	return true;
}
