/*
 * facts.c - values of a connection report as text, and their comparison.
 */
#include "facts.h"

#include <check.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE 120
#define EVENTS_MAX 64

void
problems_add(struct problems *p, const char *format, ...)
{
	size_t room = sizeof(p->text) - p->used;
	va_list ap;
	int n;

	if (room <= 1)
		return;
	va_start(ap, format);
	n = vsnprintf(p->text + p->used, room, format, ap);
	va_end(ap);
	if (n > 0)
		p->used += (size_t)n < room ? (size_t)n : room - 1;
}

/* --- values ----------------------------------------------------------- */

/* Nanoseconds as milliseconds, as few digits as are exact. */
static void
show_ms(char *buf, int64_t ns)
{
	int n = snprintf(buf, VALUE, "%s%lld.%06lld", ns < 0 ? "-" : "",
	    llabs((long long)ns) / 1000000, llabs((long long)ns) % 1000000);

	while (buf[n - 1] == '0')
		n--;
	if (buf[n - 1] == '.')
		n--;
	buf[n] = '\0';
}

static void
show_name(char *buf, const char *name)
{
	snprintf(buf, VALUE, "%s", name != NULL ? name : "-");
}

/* "5 6 7"; - for none. */
static void
show_frames(char *buf, const uint64_t *frame, size_t n)
{
	size_t used = 0, i;

	show_name(buf, NULL);
	for (i = 0; i < n; i++)
		used += (size_t)snprintf(buf + used, VALUE - used, "%s%llu",
		    i ? " " : "", (unsigned long long)frame[i]);
}

/* "syn@1 syn-ack@2 ack@3"; - for none. */
static void
show_steps(char *buf, const struct step *step, size_t n)
{
	size_t used = 0, i;

	show_name(buf, NULL);
	for (i = 0; i < n; i++)
		used += (size_t)snprintf(buf + used, VALUE - used, "%s%s@%llu",
		    i ? " " : "", step_name(step[i].id),
		    (unsigned long long)step[i].frame_no);
}

static void
show_outcome(char *buf, const struct conn_report *r)
{
	show_name(buf, outcome_name(r->handshake.outcome));
}

static void
show_close(char *buf, const struct conn_report *r)
{
	show_name(buf, close_name(r->teardown.close));
}

static void
show_verdict(char *buf, const struct conn_report *r)
{
	show_name(buf, verdict_name(r->verdict.id));
}

static void
show_verdict_rule(char *buf, const struct conn_report *r)
{
	show_name(buf, verdict_rule(r->verdict.id));
}

static void
show_verdict_frames(char *buf, const struct conn_report *r)
{
	show_frames(buf, r->verdict.frames, r->verdict.frames_n);
}

static void
show_tap(char *buf, const struct conn_report *r)
{
	show_name(buf, tap_name(r->handshake.tap));
}

static void
show_reuse(char *buf, const struct conn_report *r)
{
	show_name(buf, reuse_name(r->reuse));
}

static void
show_certainty(char *buf, const struct conn_report *r)
{
	static const char *const names[] = {
	    [CERTAINTY_POSSIBLE] = "possible",
	    [CERTAINTY_PROBABLE] = "probable",
	    [CERTAINTY_CERTAIN] = "certain",
	};

	show_name(buf, names[r->certainty]);
}

static void
show_handshake_steps(char *buf, const struct conn_report *r)
{
	show_steps(buf, r->handshake.step, r->handshake.steps_n);
}

static void
show_teardown_steps(char *buf, const struct conn_report *r)
{
	show_steps(buf, r->teardown.step, r->teardown.steps_n);
}

/* TIME-WAIT holders: "client", "server" or "both". */
static void
show_holder(char *buf, const struct conn_report *r)
{
	static const char *const names[] = {NULL, "client", "server", "both"};
	unsigned held = 0, i;

	for (i = 0; i < r->teardown.time_wait_n; i++)
		held |= 1u << r->teardown.time_wait[i].holder;
	show_name(buf, names[held]);
}

static void
show_entered(char *buf, const struct conn_report *r)
{
	uint64_t frame[2] = {0};
	unsigned i;

	for (i = 0; i < r->teardown.time_wait_n; i++)
		frame[i] = r->teardown.time_wait[i].enter_frame;
	show_frames(buf, frame, r->teardown.time_wait_n);
}

static void
show_other_encap(char *buf, const struct conn_report *r)
{
	show_frames(buf, r->other_encap, r->other_encap_n);
}

enum fact_type {
	FACT_FUNCTION,
	FACT_MS,
	FACT_MAYBE,
	FACT_U64,
	FACT_U32,
	FACT_U16,
	FACT_U8,
	FACT_BOOL
};

#define AT(field) offsetof(struct conn_report, field)

/* A fact is a field of the report, or what a function makes of it. */
static const struct fact {
	const char *name;
	enum fact_type type;
	size_t at;
	void (*show)(char *buf, const struct conn_report *r);
} facts_table[] = {
    {"outcome", FACT_FUNCTION, 0, show_outcome},
    {"close", FACT_FUNCTION, 0, show_close},
    {"verdict", FACT_FUNCTION, 0, show_verdict},
    {"verdict_rule", FACT_FUNCTION, 0, show_verdict_rule},
    {"verdict_frames", FACT_FUNCTION, 0, show_verdict_frames},
    {"tap", FACT_FUNCTION, 0, show_tap},
    {"reuse", FACT_FUNCTION, 0, show_reuse},
    {"certainty", FACT_FUNCTION, 0, show_certainty},
    {"client.port", FACT_U16, AT(side[CLIENT].port), NULL},
    {"other_encap_frames", FACT_FUNCTION, 0, show_other_encap},
    {"continues", FACT_U32, AT(continues), NULL},
    {"evicted", FACT_BOOL, AT(evicted), NULL},
    {"history_truncated", FACT_BOOL, AT(history_truncated), NULL},
    {"holes_merged", FACT_BOOL, AT(holes_merged), NULL},
    {"handshake", FACT_FUNCTION, 0, show_handshake_steps},
    {"teardown", FACT_FUNCTION, 0, show_teardown_steps},
    {"holder", FACT_FUNCTION, 0, show_holder},
    {"entered", FACT_FUNCTION, 0, show_entered},
    {"first_frame", FACT_U64, AT(first_frame), NULL},
    {"last_frame", FACT_U64, AT(last_frame), NULL},
    {"server_half_ms", FACT_MS, AT(handshake.server_half_ns), NULL},
    {"client_half_ms", FACT_MS, AT(handshake.client_half_ns), NULL},
    {"irtt_ms", FACT_MS, AT(handshake.irtt_ns), NULL},
    {"connect_time_ms", FACT_MS, AT(handshake.connect_time_ns), NULL},
    {"ttfb_ms", FACT_MS, AT(handshake.ttfb_ns), NULL},
    {"server_think_ms", FACT_MS, AT(handshake.server_think_ns), NULL},
    {"syn_retries", FACT_U32, AT(handshake.syn_retries), NULL},
    {"syn_ack_retries", FACT_U32, AT(handshake.syn_ack_retries), NULL},
    {"first_attempt_frame", FACT_U64, AT(handshake.first_attempt_frame), NULL},
    {"segments", FACT_U8, AT(teardown.segments), NULL},
    {"total_ms", FACT_MS, AT(teardown.total_ns), NULL},
    {"f1_f2_ms", FACT_MS, AT(teardown.f1_f2_ns), NULL},
    {"f2_f3_ms", FACT_MS, AT(teardown.f2_f3_ns), NULL},
    {"f3_f4_ms", FACT_MS, AT(teardown.f3_f4_ns), NULL},
    {"reuse_after_ms", FACT_MS, AT(teardown.time_wait[0].reuse_after_ns), NULL},
    {"client.unacked_bytes", FACT_MAYBE, AT(teardown.unacked_bytes[CLIENT]),
	NULL},
    {"client.after_bytes", FACT_MAYBE, AT(teardown.after_bytes[CLIENT]), NULL},
    {"client.capture_duplicates", FACT_U64, AT(side[CLIENT].capture_duplicates),
	NULL},
    {"client.zero_window_ms", FACT_MS, AT(side[CLIENT].zero_window_ns), NULL},
    {"client.rtt.samples", FACT_U64, AT(side[CLIENT].rtt.samples), NULL},
    {"client.rtt.min_ms", FACT_MS, AT(side[CLIENT].rtt.min), NULL},
    {"client.rtt.p50_ms", FACT_MS, AT(side[CLIENT].rtt.p50), NULL},
    {"client.rtt.max_ms", FACT_MS, AT(side[CLIENT].rtt.max), NULL},
    {"client.loss.downstream_ppm", FACT_MAYBE, AT(side[CLIENT].loss_downstream),
	NULL},
    {"server.loss.downstream_ppm", FACT_MAYBE, AT(side[SERVER].loss_downstream),
	NULL},
    {"server.loss.upstream_ppm", FACT_MAYBE, AT(side[SERVER].loss_upstream),
	NULL},
    {"server.loss.capture_ppm", FACT_MAYBE, AT(side[SERVER].loss_capture),
	NULL},
    {"server.data_packets", FACT_U64, AT(side[SERVER].data_packets), NULL},
    {"server.out_of_order", FACT_U64, AT(side[SERVER].out_of_order), NULL},
};

static void
fact_show(const struct fact *f, const struct conn_report *r, char *buf)
{
	const char *at = (const char *)r + f->at;
	struct maybe m;
	uint64_t u64 = 0;
	uint32_t u32;
	uint16_t u16;

	switch (f->type) {
	case FACT_FUNCTION:
		f->show(buf, r);
		return;
	case FACT_MS:
	case FACT_MAYBE:
		memcpy(&m, at, sizeof(m));
		if (!m.has)
			show_name(buf, NULL);
		else if (f->type == FACT_MS)
			show_ms(buf, m.v);
		else
			snprintf(buf, VALUE, "%lld", (long long)m.v);
		return;
	case FACT_U64:
		memcpy(&u64, at, sizeof(u64));
		break;
	case FACT_U32:
		memcpy(&u32, at, sizeof(u32));
		u64 = u32;
		break;
	case FACT_U16:
		memcpy(&u16, at, sizeof(u16));
		u64 = u16;
		break;
	case FACT_U8:
		u64 = *(const uint8_t *)at;
		break;
	case FACT_BOOL:
		show_name(buf, *(const bool *)at ? "true" : "false");
		return;
	}
	snprintf(buf, VALUE, "%llu", (unsigned long long)u64);
}

static const struct fact *
fact_find(const char *name, size_t len)
{
	size_t n = sizeof(facts_table) / sizeof(facts_table[0]), i;

	for (i = 0; i < n; i++)
		if (strlen(facts_table[i].name) == len &&
		    memcmp(facts_table[i].name, name, len) == 0)
			return &facts_table[i];
	ck_abort_msg("no such fact: %s", name);
	return NULL;
}

void
facts_check(struct problems *p, const struct conn_report *r, const char *facts)
{
	char want[VALUE], got[VALUE];

	while (*facts != '\0') {
		size_t name = strcspn(facts, " "), len = strcspn(facts, ",");
		const struct fact *f = fact_find(facts, name);

		ck_assert(name < len && len - name < sizeof(want));
		snprintf(want, sizeof(want), "%.*s", (int)(len - name - 1),
		    facts + name + 1);
		fact_show(f, r, got);
		if (strcmp(want, got) != 0)
			problems_add(p,
			    "connection %u: %s expected %s, got %s\n",
			    r->number, f->name, want, got);
		facts += len;
		facts += strspn(facts, ", ");
	}
}

/* --- events ----------------------------------------------------------- */

static void
show_evidence(char *buf, const struct event *e, const struct evidence *v)
{
	long long l = (long long)v->v, r = (long long)v->v2;

	switch (evidence_table[v->key].unit) {
	case UNIT_NS:
		show_ms(buf, v->v);
		break;
	case UNIT_WORD:
		show_name(buf, word_name((enum word)v->v));
		break;
	case UNIT_BOOL:
		show_name(buf, v->v ? "true" : "false");
		break;
	case UNIT_RANGE:
	case UNIT_RANGE_PEER:
		snprintf(buf, VALUE, "%lld-%lld", l, r);
		break;
	case UNIT_TEXT:
		show_name(buf, e->text);
		break;
	default:
		snprintf(buf, VALUE, "%lld", l);
		break;
	}
}

/* "gap+loss-upstream"; - for none. */
static void
show_revised(char *buf, const struct event *e)
{
	size_t used = 0;
	unsigned i;

	show_name(buf, NULL);
	for (i = 0; i < e->revised_n; i++)
		used += (size_t)snprintf(buf + used, VALUE - used, "%s%s",
		    i ? "+" : "", anomaly_table[e->revised_from[i]].name);
}

/* The whole event, in the form of a row. */
static void
show_event(char *buf, size_t size, const struct event *e)
{
	char value[VALUE], frames[VALUE], revised[VALUE];
	size_t used;
	unsigned i;

	show_frames(frames, e->frames, e->frames_n);
	show_revised(revised, e);
	used = (size_t)snprintf(buf, size,
	    "%llu %s %s %s cites [%s] revised %s",
	    (unsigned long long)e->frame_no, anomaly_table[e->kind].name,
	    severity_name((enum severity)e->severity),
	    confidence_name((enum confidence)e->confidence), frames, revised);
	for (i = 0; i < e->evidence_n && used < size; i++) {
		show_evidence(value, e, &e->evidence[i]);
		used += (size_t)snprintf(buf + used, size - used, " %s %s",
		    evidence_table[e->evidence[i].key].key, value);
	}
}

/* The value of key in e, or false. */
static bool
event_value(const struct event *e, const char *key, char *buf)
{
	unsigned i;

	if (strcmp(key, "revised") == 0) {
		show_revised(buf, e);
		return true;
	}
	for (i = 0; i < e->evidence_n; i++)
		if (strcmp(evidence_table[e->evidence[i].key].key, key) == 0) {
			show_evidence(buf, e, &e->evidence[i]);
			return true;
		}
	return false;
}

static bool
event_cites(const struct event *e, const char *frame)
{
	uint64_t want = strtoull(frame, NULL, 10);
	unsigned i;

	for (i = 0; i < e->frames_n; i++)
		if (e->frames[i] == want)
			return true;
	return false;
}

/* Whether one KEY VALUE, or one bare word, of a row holds for e. */
static bool
event_holds(const struct event *e, const char *key, char **rest)
{
	enum severity severity;
	char got[VALUE];
	const char *value;
	int i;

	if (severity_find(key, &severity))
		return severity == e->severity;
	for (i = 0; i < CONFIDENCE_COUNT; i++)
		if (strcmp(confidence_name((enum confidence)i), key) == 0)
			return i == e->confidence;
	value = strtok_r(NULL, " ", rest);
	ck_assert_ptr_nonnull(value);
	if (strcmp(key, "cites") == 0)
		return event_cites(e, value);
	return event_value(e, key, got) && strcmp(got, value) == 0;
}

static void
event_check(struct problems *p, const struct conn_report *r, const char *row,
    bool *taken)
{
	char buf[200], shown[400], *rest, *frame, *kind, *word;
	const struct event *e = NULL;
	uint32_t i;
	bool holds = true;

	ck_assert_uint_lt(strlen(row), sizeof(buf));
	strcpy(buf, row);
	frame = strtok_r(buf, " ", &rest);
	kind = strtok_r(NULL, " ", &rest);
	for (i = 0; i < r->events_n && e == NULL; i++) {
		if (taken[i] ||
		    r->event[i].frame_no != strtoull(frame, NULL, 10) ||
		    strcmp(anomaly_table[r->event[i].kind].name, kind) != 0)
			continue;
		taken[i] = true;
		e = &r->event[i];
	}
	if (e == NULL) {
		problems_add(
		    p, "connection %u: missing event: %s\n", r->number, row);
		return;
	}
	while ((word = strtok_r(NULL, " ", &rest)) != NULL)
		holds &= event_holds(e, word, &rest);
	if (holds)
		return;
	show_event(shown, sizeof(shown), e);
	problems_add(p,
	    "connection %u: expected event: %s\n"
	    "    got: %s\n",
	    r->number, row, shown);
}

/* The counts stand even where details were dropped (R1.35). */
static void
counts_check(struct problems *p, const struct conn_report *r)
{
	uint32_t listed[ANOMALY_COUNT] = {0}, i;

	for (i = 0; i < r->events_n; i++)
		listed[r->event[i].kind]++;
	for (i = 0; i < ANOMALY_COUNT; i++)
		if (listed[i] != r->kind_count[i])
			problems_add(p,
			    "connection %u: %u events %s listed, %u counted\n",
			    r->number, listed[i], anomaly_table[i].name,
			    r->kind_count[i]);
}

void
events_check(struct problems *p, const struct conn_report *r,
    const char *const *row, size_t n)
{
	bool taken[EVENTS_MAX] = {false};
	char shown[400];
	size_t i;

	ck_assert_uint_le(r->events_n, EVENTS_MAX);
	for (i = 0; i < n && row[i] != NULL; i++)
		event_check(p, r, row[i], taken);
	for (i = 0; i < r->events_n; i++) {
		if (taken[i])
			continue;
		show_event(shown, sizeof(shown), &r->event[i]);
		problems_add(p, "connection %u: unexpected event: %s\n",
		    r->number, shown);
	}
	counts_check(p, r);
}
