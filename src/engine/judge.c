/*
 * judge.c - the verdict: an ordered table of rules over the finished report
 * (RULEBOOK section 9). The first that holds is the verdict, the others are
 * listed beside it.
 */
#include "engine/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/constants.h"
#include "engine/verdicts.h"

/* Add to the sentence. */
void
trial_say(struct trial *t, const char *fmt, ...)
{
	size_t n = strlen(t->v->sentence);
	va_list ap;

	if (!t->says)
		return;
	va_start(ap, fmt);
	vsnprintf(t->v->sentence + n, sizeof(t->v->sentence) - n, fmt, ap);
	va_end(ap);
}

void
trial_cite(struct trial *t, uint64_t frame_no)
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
void
trial_cite_kind(struct trial *t, enum anomaly_kind kind, int from)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (t->r->event[i].kind == kind &&
		    (from < 0 || t->r->event[i].from == from))
			trial_cite(t, t->r->event[i].frame_no);
}

const struct event *
trial_first_of(const struct trial *t, enum anomaly_kind kind)
{
	uint32_t i;

	for (i = 0; i < t->r->events_n; i++)
		if (t->r->event[i].kind == kind)
			return &t->r->event[i];
	return NULL;
}

uint32_t
trial_count(const struct trial *t, enum anomaly_kind kind)
{
	return t->r->kind_count[kind];
}

/* "1.2 s", "340 ms": short, for sentences. */
const char *
trial_span(const struct trial *t, char buf[SPAN_TEXT], int64_t ns)
{
	if (!t->says)
		buf[0] = '\0';
	else if (ns >= 10 * NS_PER_S)
		snprintf(buf, SPAN_TEXT, "%.1f s", (double)ns / 1e9);
	else if (ns >= NS_PER_S)
		snprintf(buf, SPAN_TEXT, "%.2f s", (double)ns / 1e9);
	else
		snprintf(buf, SPAN_TEXT, "%.3g ms", (double)ns / 1e6);
	return buf;
}

int64_t
trial_lasted(const struct trial *t)
{
	return t->r->last_ns - t->r->first_ns;
}

/* Capture loss of a side in ppm, 0 when unknown. */
int64_t
trial_capture_loss(const struct trial *t, enum side x)
{
	const struct maybe *m = &t->r->side[x].loss_capture;

	return m->has ? m->v : 0;
}

bool
trial_opened(const struct trial *t)
{
	return outcome_opened(t->r->handshake.outcome);
}

/* In the order of verdict.def. */
static bool (*const verdict_rules[VERDICT_COUNT])(struct trial *t) = {
    [VERDICT_OTHER_ENCAPSULATION] = verdict_other_encapsulation,
    [VERDICT_CAPTURE_UNUSABLE] = verdict_capture_unusable,
    [VERDICT_REFUSED] = verdict_refused,
    [VERDICT_NO_ANSWER] = verdict_no_answer,
    [VERDICT_HALF_OPEN] = verdict_half_open,
    [VERDICT_RESET_INJECTED] = verdict_reset_injected,
    [VERDICT_PMTU_BLACKHOLE] = verdict_pmtu_blackhole,
    [VERDICT_RESET_BY_CLIENT] = verdict_reset_by_client,
    [VERDICT_RESET_BY_SERVER] = verdict_reset_by_server,
    [VERDICT_ACCEPT_QUEUE] = verdict_accept_queue,
    [VERDICT_RECEIVER_LIMITED] = verdict_receiver_limited,
    [VERDICT_LOSS_DOWNSTREAM] = verdict_loss_downstream,
    [VERDICT_LOSS_UPSTREAM] = verdict_loss_upstream,
    [VERDICT_SPURIOUS_RECOVERY] = verdict_spurious_recovery,
    [VERDICT_REORDERING] = verdict_reordering,
    [VERDICT_SERVER_SLOW] = verdict_server_slow,
    [VERDICT_CLIENT_SLOW] = verdict_client_slow,
    [VERDICT_NETWORK_SLOW] = verdict_network_slow,
    [VERDICT_DELAYED_ACK] = verdict_delayed_ack,
    [VERDICT_SECURITY] = verdict_security,
    [VERDICT_REUSE] = verdict_reuse,
    [VERDICT_INCOMPLETE_TEARDOWN] = verdict_incomplete_teardown,
    [VERDICT_ATTENTION] = verdict_attention,
    [VERDICT_OK_NOTES] = verdict_ok_notes,
    [VERDICT_OK] = verdict_ok,
};

static bool
verdict_try(const struct conn *c, const struct conn_report *r,
    enum verdict_id id, struct verdict *v, bool says)
{
	struct trial t = {.c = c, .r = r, .v = v, .says = says};

	v->sentence[0] = '\0';
	v->frames_n = 0;
	v->id = id;
	v->severity = verdict_severity(id);
	return verdict_rules[id](&t);
}

void
judge_connection(const struct conn *c, struct conn_report *r)
{
	enum verdict_id id = 0;
	uint32_t i;

	while (!verdict_try(c, r, id, &r->verdict, false))
		id++;
	r->worst = r->verdict.severity;
	if (r->verdict.id == VERDICT_OTHER_ENCAPSULATION)
		return; /* one connection is not accused twice */
	/* what else holds; the catch-all rules add nothing to a verdict */
	for (id++; id < VERDICT_ATTENTION && r->also_n < VERDICT_ALSO; id++)
		if (verdict_try(c, r, id, &r->also[r->also_n], false))
			r->also_n++;
	for (i = 0; i < ANOMALY_COUNT; i++)
		if (r->kind_count[i] > 0 && r->events_n == 0 &&
		    anomaly_table[i].severity > r->worst)
			r->worst = anomaly_table[i].severity;
	for (i = 0; i < r->events_n; i++)
		if ((enum severity)r->event[i].severity > r->worst)
			r->worst = (enum severity)r->event[i].severity;
}

void
judge_say(struct conn_report *r)
{
	uint8_t i;

	verdict_try(r->conn, r, r->verdict.id, &r->verdict, true);
	for (i = 0; i < r->also_n; i++)
		verdict_try(r->conn, r, r->also[i].id, &r->also[i], true);
}
