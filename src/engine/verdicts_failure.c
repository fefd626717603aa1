/*
 * verdicts_failure.c - connections that failed or were cut short (R9.1 to
 * R9.8), and records that are judged elsewhere (R2.3).
 */
#include <string.h>

#include "base/constants.h"
#include "engine/icmp.h"
#include "engine/verdicts.h"

/* R2.3 */
bool
verdict_other_encapsulation(struct trial *t)
{
	if (t->r->judged_frame == 0)
		return false;
	trial_say(t,
	    "the same connection in another encapsulation, judged at its "
	    "other record");
	trial_cite(t, t->r->judged_frame);
	return true;
}

/* R9.1 */
bool
verdict_capture_unusable(struct trial *t)
{
	int64_t a = trial_capture_loss(t, CLIENT),
		b = trial_capture_loss(t, SERVER);
	enum side x = a >= b ? CLIENT : SERVER;
	int64_t worst = a >= b ? a : b;
	uint64_t packets =
	    t->r->side[CLIENT].packets + t->r->side[SERVER].packets;

	if (t->r->handshake.outcome == OUTCOME_REFUSED_RST ||
	    t->r->handshake.outcome == OUTCOME_REFUSED_ICMP)
		return false;
	if (t->r->one_way) {
		trial_say(t, "only the %s's direction was captured",
		    side_name(t->c->ep[CLIENT].packets > 0 ? CLIENT : SERVER));
		trial_cite_kind(t, ANOMALY_ONE_WAY_CAPTURE, -1);
		return true;
	}
	if (worst > 50000) {
		trial_say(t,
		    "the capture missed %.1f%% of the %s's bytes; take loss "
		    "figures with care",
		    (double)worst / 1e4, side_name(x));
		trial_cite_kind(t, ANOMALY_CAPTURE_GAP, (int)x);
		return true;
	}
	if (t->c->time_backwards * 20ull > packets &&
	    t->c->time_backwards > 1) {
		trial_say(t,
		    "time stamps of the capture run backwards %u times",
		    t->c->time_backwards);
		trial_cite_kind(t, ANOMALY_TIME_BACKWARDS, -1);
		return true;
	}
	return false;
}

static void
say_tries(struct trial *t)
{
	uint32_t n = t->c->hs.syn_n;

	if (n > 1)
		trial_say(t, " (%u SYNs)", n);
}

/* R9.2 */
bool
verdict_refused(struct trial *t)
{
	const struct handshake_report *h = &t->r->handshake;

	if (h->outcome == OUTCOME_REFUSED_RST) {
		trial_say(t, "the server refused the connection by RST");
		say_tries(t);
		if (h->refusing_ttl_match.has && !h->refusing_ttl_match.v)
			trial_say(t, "; the RST's TTL is not the server's");
	} else if (h->outcome == OUTCOME_REFUSED_ICMP) {
		unsigned type = t->c->hs.icmp_type, code = t->c->hs.icmp_code;
		const char *words = icmp_refusal(t->r->version, type, code);

		trial_say(t, "refused by ICMP error %u/%u, %s", type, code,
		    words != NULL ? words : "unreachable");
		say_tries(t);
	} else {
		return false;
	}
	trial_cite(t, h->steps_n > 0 ? h->step[0].frame_no : t->r->first_frame);
	trial_cite(t, h->refusing_frame);
	return true;
}

/* The capture ended before a timer could expire and an answer be missed. */
static bool
too_short(int64_t first_t, int64_t end_t)
{
	return end_t - first_t < K_RTO_INIT;
}

/* Say so of an answer to what was first sent at first_t. */
static void
say_too_short(struct trial *t, int64_t first_t)
{
	int64_t left = t->c->end_t - t->c->last_t;
	char buf[SPAN_TEXT];

	if (!too_short(first_t, t->c->end_t))
		return;
	trial_say(t, "; the capture ends %s later", trial_span(t, buf, left));
	t->v->severity = SEVERITY_NOTE;
}

enum severity
verdict_no_answer_severity(int64_t first_t, int64_t end_t)
{
	return too_short(first_t, end_t) ? SEVERITY_NOTE
					 : verdict_severity(VERDICT_NO_ANSWER);
}

/* R9.3 */
bool
verdict_no_answer(struct trial *t)
{
	const struct handshake *hs = &t->c->hs;
	uint32_t i, n = hs->syn_n;
	char buf[SPAN_TEXT];

	if (t->r->handshake.outcome != OUTCOME_NO_ANSWER)
		return false;
	if (t->c->td.rst[CLIENT].seen)
		trial_say(t, "the client withdrew its SYN by a reset");
	else if (n == 1)
		trial_say(t, "the SYN was not answered");
	else
		trial_say(t, "%u SYNs in %s, none answered", n,
		    trial_span(t, buf, trial_lasted(t)));
	say_too_short(t, t->c->first_t);
	for (i = 0; i < syn_tx_kept(&hs->syn, n); i++)
		trial_cite(t, syn_tx_at(&hs->syn, i)->frame_no);
	return true;
}

/* R9.4 */
bool
verdict_half_open(struct trial *t)
{
	const struct handshake_report *h = &t->r->handshake;
	uint8_t i;

	switch (h->outcome) {
	case OUTCOME_HALF_OPEN:
		trial_say(t, "the client never completed the handshake");
		if (h->syn_ack_retries > 0)
			trial_say(t, " (%u SYN-ACKs)", h->syn_ack_retries + 1);
		say_too_short(t, t->c->hs.synack.first.t);
		break;
	case OUTCOME_SYNACK_BAD_ACK:
		trial_say(t, "the SYN was answered by a wrong acknowledgement");
		trial_cite_kind(t, ANOMALY_HANDSHAKE_ACK_MISMATCH, -1);
		break;
	case OUTCOME_RESET_BY_CLIENT:
		trial_say(
		    t, "the client reset the handshake after the SYN-ACK");
		break;
	case OUTCOME_RESET_BY_SERVER_AFTER_SYNACK:
		trial_say(
		    t, "the server reset the handshake after its SYN-ACK");
		break;
	default:
		return false;
	}
	for (i = 0; i < h->steps_n; i++)
		trial_cite(t, h->step[i].frame_no);
	trial_cite_kind(t, ANOMALY_RST, -1);
	return true;
}

/* R9.5 */
bool
verdict_reset_injected(struct trial *t)
{
	const struct event *e =
	    trial_first_of(t, ANOMALY_RST_INJECTED_SUSPECTED);
	uint8_t i;

	if (e == NULL || e->confidence < CONFIDENCE_PROBABLE)
		return false;
	trial_say(t, "a reset in the name of the %s was forged%s",
	    side_name((enum side)e->from),
	    e->confidence == CONFIDENCE_CERTAIN ? ": that host went on sending"
						: ", probably");
	trial_cite(t, e->frame_no);
	for (i = 0; i < e->frames_n; i++)
		trial_cite(t, e->frames[i]);
	return true;
}

/* R9.6 */
bool
verdict_pmtu_blackhole(struct trial *t)
{
	const struct event *e = trial_first_of(t, ANOMALY_PMTU_BLACKHOLE);
	const struct evidence *size, *passed;
	uint8_t i;

	if (e == NULL)
		return false;
	size = event_get(e, EVIDENCE_SIZE);
	passed = event_get(e, EVIDENCE_PASSED_SIZE);
	trial_say(t,
	    "segments of %lld bytes from the %s vanish while %lld bytes pass: "
	    "path MTU black hole",
	    size ? (long long)size->v : 0LL, side_name((enum side)e->from),
	    passed ? (long long)passed->v : 0LL);
	for (i = 0; i < e->frames_n; i++)
		trial_cite(t, e->frames[i]);
	trial_cite(t, e->frame_no);
	return true;
}

/* R9.7 for one side. */
static bool
reset_by(struct trial *t, enum side x)
{
	const struct teardown_report *td = &t->r->teardown;
	uint64_t unread = t->c->td.rst_unread;
	char buf[SPAN_TEXT];

	if (!trial_opened(t) || !t->c->td.rst_accepted || !td->has_resetter ||
	    td->resetter != x || td->close == CLOSE_RESET_INJECTED ||
	    td->segments != 0)
		return false;
	if (t->c->td.rst_half_open) {
		trial_say(t,
		    "the %s had forgotten the connection (half-open) and "
		    "reset it",
		    side_name(x));
		trial_cite_kind(t, ANOMALY_HALF_OPEN_DISCOVERY, -1);
	} else if (t->c->td.rst_late_data) {
		trial_say(t,
		    "the %s had closed and reset the connection when more "
		    "data came",
		    side_name(x));
	} else if (t->c->td.rst_after_idle) {
		trial_say(t,
		    "reset in the %s's name after %s without traffic: an "
		    "idle timeout of a middlebox or the application",
		    side_name(x), trial_span(t, buf, t->c->idle_before));
	} else if (unread > 0) {
		trial_say(t,
		    "the %s reset the connection with %llu bytes of the "
		    "%s unacknowledged",
		    side_name(x), (unsigned long long)unread,
		    side_name(x == CLIENT ? SERVER : CLIENT));
	} else if (td->close == CLOSE_RESET_BY_CLIENT ||
		   td->close == CLOSE_RESET_BY_SERVER) {
		trial_say(t, "the %s reset the connection", side_name(x));
		if (td->sub != NULL && strcmp(td->sub, "linger0") == 0)
			trial_say(t, " after all data was acknowledged");
	} else {
		return false;
	}
	trial_cite(t, t->c->td.rst_frame);
	return true;
}

bool
verdict_reset_by_client(struct trial *t)
{
	return reset_by(t, CLIENT);
}

bool
verdict_reset_by_server(struct trial *t)
{
	return reset_by(t, SERVER);
}

/* Whether a SYN-ACK was repeated because H3 did not get through. */
static bool
third_lost(const struct trial *t)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (t->r->event[i].kind == ANOMALY_RETRANSMISSION_SYN &&
		    event_get(&t->r->event[i], EVIDENCE_H3_LOST) != NULL)
			return true;
	return false;
}

/* R9.8 */
bool
verdict_accept_queue(struct trial *t)
{
	const struct endpoint *c = &t->c->ep[CLIENT];

	if (!t->c->hs.h3_seen || !third_lost(t) || c->resent_packets < 2 ||
	    !c->has_payload_t || t->c->one_way)
		return false;
	trial_say(t, "the server repeated its SYN-ACK and ignored the client's "
		     "data: its accept queue may be full");
	trial_cite(t, t->c->hs.h3_frame);
	trial_cite_kind(t, ANOMALY_RETRANSMISSION_SYN, SERVER);
	return true;
}
