/*
 * report.c - names and ownership of connection reports.
 */
#include "model/report.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *label;
	bool opened;
} outcomes[OUTCOME_COUNT] = {
#define OUTCOME(id, word, plain, came_about) \
	[OUTCOME_##id] = {.name = word, .label = plain, .opened = came_about},
#include "model/outcome.def"
#undef OUTCOME
};

static const struct {
	const char *name, *label;
} closes[CLOSE_COUNT] = {
#define CLOSE(id, word, plain) [CLOSE_##id] = {.name = word, .label = plain},
#include "model/close.def"
#undef CLOSE
};

static const struct {
	const char *name, *rule;
	enum severity severity;
} verdicts[VERDICT_COUNT] = {
#define VERDICT(id, word, where, sev) \
	[VERDICT_##id] = { \
	    .name = word, .rule = where, .severity = SEVERITY_##sev},
#include "model/verdict.def"
#undef VERDICT
};

static const char *const tap_names[] = {
    [TAP_UNKNOWN] = NULL,
    [TAP_AT_CLIENT] = "at-client",
    [TAP_NEAR_CLIENT] = "near-client",
    [TAP_MIDDLE] = "middle",
    [TAP_NEAR_SERVER] = "near-server",
    [TAP_AT_SERVER] = "at-server",
};

static const char *const reuse_names[] = {
    [REUSE_NONE] = NULL,
    [REUSE_AFTER_RST] = "after-rst",
    [REUSE_NEW_ISN] = "new-isn",
    [REUSE_BY_HOLDER] = "by-holder",
    [REUSE_EXPIRED] = "expired",
    [REUSE_TW_TS_GREATER] = "tw-ts-greater",
    [REUSE_TW_SEQ_GREATER] = "tw-seq-greater",
    [REUSE_SUPERSEDES] = "supersedes",
    [REUSE_TIMEOUT] = "timeout",
};

static const char *const step_names[STEP_ID_COUNT] = {
    [STEP_SYN] = "syn",
    [STEP_SYN_ACK] = "syn-ack",
    [STEP_ACK] = "ack",
    [STEP_PEER_SYN] = "peer-syn",
    [STEP_PEER_SYN_ACK] = "peer-syn-ack",
    [STEP_FIN_1] = "fin-1",
    [STEP_ACK_1] = "ack-1",
    [STEP_FIN_2] = "fin-2",
    [STEP_ACK_2] = "ack-2",
    [STEP_RST] = "rst",
};

const char *
outcome_name(enum outcome o)
{
	assert(o < OUTCOME_COUNT);
	return outcomes[o].name;
}

const char *
outcome_label(enum outcome o)
{
	assert(o < OUTCOME_COUNT);
	return outcomes[o].label;
}

bool
outcome_opened(enum outcome o)
{
	assert(o < OUTCOME_COUNT);
	return outcomes[o].opened;
}

const char *
close_name(enum close_outcome c)
{
	assert(c < CLOSE_COUNT);
	return closes[c].name;
}

const char *
close_label(enum close_outcome c)
{
	assert(c < CLOSE_COUNT);
	return closes[c].label;
}

const char *
verdict_name(enum verdict_id v)
{
	assert(v < VERDICT_COUNT);
	return verdicts[v].name;
}

const char *
verdict_rule(enum verdict_id v)
{
	assert(v < VERDICT_COUNT);
	return verdicts[v].rule;
}

enum severity
verdict_severity(enum verdict_id v)
{
	assert(v < VERDICT_COUNT);
	return verdicts[v].severity;
}

const char *
tap_name(enum tap t)
{
	assert(t <= TAP_AT_SERVER);
	return tap_names[t];
}

const char *
reuse_name(enum reuse r)
{
	assert(r <= REUSE_TIMEOUT);
	return reuse_names[r];
}

const char *
step_name(enum step_id s)
{
	assert(s < STEP_ID_COUNT);
	return step_names[s];
}

void
conn_report_fini(struct conn_report *r)
{
	for (uint32_t i = 0; i < r->events_n; i++)
		free(r->event[i].text);
	free(r->event);
	free(r->transition);
	trace_free(r->trace);
	r->event = NULL;
	r->transition = NULL;
	r->trace = NULL;
	r->events_n = r->transitions_n = 0;
}

void
conn_report_free(struct conn_report *r)
{
	if (r == NULL)
		return;
	conn_report_fini(r);
	free(r);
}

void
conn_report_say(struct conn_report *r)
{
	if (r->say != NULL)
		r->say(r);
	r->say = NULL;
	r->conn = NULL;
}

struct conn_report *
conn_report_take(struct conn_report *r)
{
	struct conn_report *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return NULL;
	conn_report_say(r);
	*copy = *r;
	r->event = NULL;
	r->transition = NULL;
	r->trace = NULL;
	r->events_n = r->transitions_n = 0;
	return copy;
}

bool
conn_report_needs_attention(const struct conn_report *r)
{
	return r->verdict.severity >= SEVERITY_WARN;
}
