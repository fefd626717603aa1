/*
 * report_baseline.c - what changed since an earlier report, as text or JSON.
 */
#include "report/report_baseline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/text_format.h"
#include "report/text_page.h"
#include "report/value_json.h"

#define SPOOL_BYTES ((size_t)1 << 20)
#define PERCENT 100

static const struct {
	const char *key, *words;
} timings[TIMING_COUNT] = {
    [TIMING_CONNECT] = {"handshake.connect_time_ms", "connect time"},
    [TIMING_FIRST_BYTE] = {"handshake.ttfb_ms", "time to the first byte"},
    [TIMING_TEARDOWN] = {"teardown.total_ms", "teardown"},
    [TIMING_DURATION] = {"duration_ms", "duration"},
};

/* What can become of a connection, and in how many it did. */
enum change {
	CHANGE_NONE,
	CHANGE_NEW,
	CHANGE_VANISHED,
	CHANGE_CHANGED,
	CHANGE_COUNT
};

struct comparison {
	FILE *out;               /* borrowed */
	struct report_options o; /* lists in it are borrowed */
	struct baseline now;
	uint64_t count[CHANGE_COUNT];
};

/* --- comparing ----------------------------------------------------------- */

/* Whether a time moved by more than the tolerance, or came or went. */
static bool
timing_changed(const struct comparison *c, struct maybe then, struct maybe now)
{
	uint64_t moved;

	if (!then.has || !now.has)
		return then.has != now.has;
	moved = then.v > now.v ? (uint64_t)then.v - (uint64_t)now.v
			       : (uint64_t)now.v - (uint64_t)then.v;
	return (double)moved * PERCENT >
	       (double)then.v * (double)c->o.tolerance;
}

static bool
kind_is_new(const struct baseline_conn *then, const struct baseline_conn *now,
    unsigned kind)
{
	return now->kinds[kind] && !then->kinds[kind];
}

static bool
differs(const struct comparison *c, const struct baseline_conn *then,
    const struct baseline_conn *now)
{
	if (then->outcome != now->outcome || then->close != now->close ||
	    then->verdict != now->verdict)
		return true;
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		if (kind_is_new(then, now, i))
			return true;
	for (unsigned i = 0; i < TIMING_COUNT; i++)
		if (timing_changed(c, then->timing[i], now->timing[i]))
			return true;
	return false;
}

/* One line of the comparison: then or now is NULL where there is none. */
struct pair {
	const struct baseline_conn *then, *now;
	enum change change;
};

/* Call each() with all pairs in the order of tuples, and count them. */
static void
walk(struct comparison *c,
    void (*each)(void *arg, const struct comparison *c, const struct pair *p),
    void *arg)
{
	const struct baseline *old = c->o.baseline, *now = &c->now;
	size_t i = 0, k = 0;

	memset(c->count, 0, sizeof(c->count));
	while (i < old->n || k < now->n) {
		int order = i == old->n   ? 1
			    : k == now->n ? -1
					  : baseline_compare(
						&old->conn[i], &now->conn[k]);
		struct pair p = {
		    .then = order <= 0 ? &old->conn[i++] : NULL,
		    .now = order >= 0 ? &now->conn[k++] : NULL,
		};

		p.change = p.then == NULL              ? CHANGE_NEW
			   : p.now == NULL             ? CHANGE_VANISHED
			   : differs(c, p.then, p.now) ? CHANGE_CHANGED
						       : CHANGE_NONE;
		c->count[p.change]++;
		if (each != NULL && p.change != CHANGE_NONE)
			each(arg, c, &p);
	}
}

static const char *
outcome_id(int i)
{
	return i < 0 ? NULL : outcome_name((enum outcome)i);
}

static const char *
close_id(int i)
{
	return i < 0 ? NULL : close_name((enum close_outcome)i);
}

static const char *
verdict_id(int i)
{
	return i < 0 ? NULL : verdict_name((enum verdict_id)i);
}

/* Ids that are compared, with the place of each in JSON. */
struct id_pair {
	const char *key, *then, *now;
};

static void
id_pairs(const struct pair *p, struct id_pair ids[3])
{
	const struct baseline_conn *a = p->then, *b = p->now;

	ids[0] = (struct id_pair){"handshake.outcome",
	    a ? outcome_id(a->outcome) : NULL,
	    b ? outcome_id(b->outcome) : NULL};
	ids[1] = (struct id_pair){"teardown.close",
	    a ? close_id(a->close) : NULL, b ? close_id(b->close) : NULL};
	ids[2] =
	    (struct id_pair){"verdict.id", a ? verdict_id(a->verdict) : NULL,
		b ? verdict_id(b->verdict) : NULL};
}

static bool
id_changed(const struct id_pair *id)
{
	return (id->then == NULL) != (id->now == NULL) ||
	       (id->then != NULL && strcmp(id->then, id->now) != 0);
}

/* --- text ---------------------------------------------------------------- */

static const char *
or_unknown(const char *id)
{
	return id != NULL ? id : "-";
}

static void
say_differences(
    struct page *page, const struct comparison *c, const struct pair *p)
{
	const char *arrow = page_symbol(page, SYMBOL_ARROW);
	const char *separator = "  ";
	struct id_pair ids[3];

	id_pairs(p, ids);
	for (unsigned i = 0; i < 3; i++) {
		if (!id_changed(&ids[i]))
			continue;
		page_say(page, "%s%s %s %s %s", separator, ids[i].key,
		    or_unknown(ids[i].then), arrow, or_unknown(ids[i].now));
		separator = "; ";
	}
	for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
		if (!kind_is_new(p->then, p->now, i))
			continue;
		page_say(
		    page, "%snew event %s", separator, anomaly_table[i].name);
		separator = "; ";
	}
	for (unsigned i = 0; i < TIMING_COUNT; i++) {
		struct maybe a = p->then->timing[i], b = p->now->timing[i];

		if (!timing_changed(c, a, b))
			continue;
		page_say(page, "%s%s %s %s %s", separator, timings[i].words,
		    format_maybe_duration(a).s, arrow,
		    format_maybe_duration(b).s);
		separator = "; ";
	}
}

static void
print_pair(void *arg, const struct comparison *c, const struct pair *p)
{
	static const char *const words[CHANGE_COUNT] = {
	    [CHANGE_NEW] = "new", [CHANGE_VANISHED] = "vanished"};
	struct page *page = arg;
	const struct baseline_conn *conn = p->now != NULL ? p->now : p->then;
	struct id_pair ids[3];

	page_say(page, "%s %" PRIu32 "%s  %s %s %s",
	    p->change == CHANGE_NEW        ? "+"
	    : p->change == CHANGE_VANISHED ? "-"
					   : "!",
	    conn->number, p->now == NULL ? " then" : "",
	    format_endpoint(conn->key.addr[CLIENT], conn->key.version,
		conn->key.port[CLIENT])
		.s,
	    page_symbol(page, SYMBOL_ARROW),
	    format_endpoint(conn->key.addr[SERVER], conn->key.version,
		conn->key.port[SERVER])
		.s);
	if (p->change == CHANGE_CHANGED) {
		say_differences(page, c, p);
	} else {
		id_pairs(p, ids);
		page_say(page, "  %s: %s, %s, %s", words[p->change],
		    or_unknown(p->now != NULL ? ids[0].now : ids[0].then),
		    or_unknown(p->now != NULL ? ids[1].now : ids[1].then),
		    or_unknown(p->now != NULL ? ids[2].now : ids[2].then));
	}
	page_end(page, 0, 4, STYLE_PLAIN);
}

static int
print_text(struct comparison *c)
{
	struct page page;
	bool failed;

	page_init(&page, c->out, &c->o);
	walk(c, NULL, NULL);
	page_say(&page,
	    "%zu connections then, %zu now: %" PRIu64 " changed, %" PRIu64
	    " new, %" PRIu64 " vanished",
	    c->o.baseline->n, c->now.n, c->count[CHANGE_CHANGED],
	    c->count[CHANGE_NEW], c->count[CHANGE_VANISHED]);
	page_end(&page, 0, 2, STYLE_HEAD);
	walk(c, print_pair, &page);
	failed = page.failed || page.line.failed;
	page_fini(&page);
	if (failed)
		errno = ENOMEM;
	return failed || fflush(c->out) != 0 ? -1 : 0;
}

/* --- JSON ---------------------------------------------------------------- */

struct json_state {
	struct json_writer writer;
	const char *comma;
};

static cJSON *
add_difference(struct json_writer *w, cJSON *list, const char *field)
{
	cJSON *o = json_add_object(w, list, NULL);

	json_add_name(w, o, "field", field);
	return o;
}

static void
add_timing(struct json_writer *w, cJSON *o, const char *key, struct maybe v)
{
	if (v.has)
		json_add_ms(w, o, key, v.v);
	else
		json_add_null(w, o, key);
}

static void
add_differences(struct json_writer *w, cJSON *list, const struct comparison *c,
    const struct pair *p)
{
	struct id_pair ids[3];
	cJSON *o;

	id_pairs(p, ids);
	for (unsigned i = 0; i < 3; i++) {
		if (!id_changed(&ids[i]))
			continue;
		o = add_difference(w, list, ids[i].key);
		json_add_name(w, o, "then", ids[i].then);
		json_add_name(w, o, "now", ids[i].now);
	}
	if (p->change != CHANGE_CHANGED)
		return;
	for (unsigned i = 0; i < ANOMALY_COUNT; i++)
		if (kind_is_new(p->then, p->now, i)) {
			o = add_difference(w, list, "event_counts");
			json_add_null(w, o, "then");
			json_add_name(w, o, "now", anomaly_table[i].name);
		}
	for (unsigned i = 0; i < TIMING_COUNT; i++)
		if (timing_changed(c, p->then->timing[i], p->now->timing[i])) {
			o = add_difference(w, list, timings[i].key);
			add_timing(w, o, "then", p->then->timing[i]);
			add_timing(w, o, "now", p->now->timing[i]);
		}
}

static void
add_number(struct json_writer *w, cJSON *o, const char *key,
    const struct baseline_conn *conn)
{
	if (conn != NULL)
		json_add_unsigned(w, o, key, conn->number);
	else
		json_add_null(w, o, key);
}

static void
write_pair(void *arg, const struct comparison *c, const struct pair *p)
{
	static const char *const words[CHANGE_COUNT] = {
	    [CHANGE_NEW] = "new",
	    [CHANGE_VANISHED] = "vanished",
	    [CHANGE_CHANGED] = "changed",
	};
	struct json_state *s = arg;
	struct json_writer *w = &s->writer;
	const struct baseline_conn *conn = p->now != NULL ? p->now : p->then;
	cJSON *o, *host;

	json_literal(w, s->comma);
	s->comma = ",\n";
	o = json_object(w);
	json_add_name(w, o, "change", words[p->change]);
	add_number(w, o, "number_then", p->then);
	add_number(w, o, "number", p->now);
	for (unsigned side = CLIENT; side <= SERVER; side++) {
		char address[NOTATION_MAX];

		host = json_add_object(w, o, side_name(side));
		json_add_text(w, host, "address",
		    notation_address(
			address, conn->key.addr[side], conn->key.version));
		json_add_unsigned(w, host, "port", conn->key.port[side]);
	}
	add_differences(w, json_add_array(w, o, "differences"), c, p);
	json_emit(w, o);
}

static int
print_json(struct comparison *c)
{
	struct spool spool;
	struct json_state s = {.comma = "\n"};
	cJSON *o;
	int result;

	spool_init(&spool, SPOOL_BYTES);
	json_init(&s.writer, &spool, false);
	walk(c, NULL, NULL);
	o = json_object(&s.writer);
	json_add_name(&s.writer, o, "schema", "tcpconn-analyze-baseline/1");
	json_add_unsigned(&s.writer, o, "connections_then", c->o.baseline->n);
	json_add_unsigned(&s.writer, o, "connections", c->now.n);
	json_add_unsigned(&s.writer, o, "tolerance_percent", c->o.tolerance);
	json_add_unsigned(&s.writer, o, "changed", c->count[CHANGE_CHANGED]);
	json_add_unsigned(&s.writer, o, "new", c->count[CHANGE_NEW]);
	json_add_unsigned(&s.writer, o, "vanished", c->count[CHANGE_VANISHED]);
	json_emit_open(&s.writer, o);
	json_literal(&s.writer, ",\n\"changes\":[");
	walk(c, write_pair, &s);
	json_literal(&s.writer, "\n]}\n");
	result = json_result(&s.writer);
	if (result == 0)
		result = spool_copy(&spool, 0, spool_end(&spool), c->out);
	json_fini(&s.writer);
	spool_fini(&spool);
	return result == 0 && fflush(c->out) == 0 ? 0 : -1;
}

/* --- the reporter -------------------------------------------------------- */

static void *
comparison_open(FILE *out, const struct report_options *o)
{
	struct comparison *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->out = out;
	c->o = *o;
	return c;
}

static int
comparison_connection(void *state, struct conn_report *r)
{
	struct comparison *c = state;
	struct baseline_conn *now = baseline_add(&c->now);

	if (now != NULL) {
		now->number = r->number;
		now->key.version = r->version;
		for (unsigned side = CLIENT; side <= SERVER; side++) {
			memcpy(now->key.addr[side], r->side[side].addr, 16);
			now->key.port[side] = r->side[side].port;
		}
		now->outcome = (int)r->handshake.outcome;
		now->close = (int)r->teardown.close;
		now->verdict = (int)r->verdict.id;
		for (unsigned i = 0; i < ANOMALY_COUNT; i++)
			now->kinds[i] = r->kind_count[i] > 0;
		now->timing[TIMING_CONNECT] = r->handshake.connect_time_ns;
		now->timing[TIMING_FIRST_BYTE] = r->handshake.ttfb_ns;
		now->timing[TIMING_TEARDOWN] = r->teardown.total_ns;
		now->timing[TIMING_DURATION] =
		    maybe_of(r->last_ns - r->first_ns);
	}
	errno = now != NULL ? errno : ENOMEM;
	return now != NULL ? 0 : -1;
}

static int
text_finish(void *state, const struct report_head *head)
{
	struct comparison *c = state;

	(void)head;
	baseline_sort(&c->now);
	return print_text(c);
}

static int
json_finish(void *state, const struct report_head *head)
{
	struct comparison *c = state;

	(void)head;
	baseline_sort(&c->now);
	return print_json(c);
}

static void
comparison_free(void *state)
{
	struct comparison *c = state;

	if (c == NULL)
		return;
	baseline_fini(&c->now);
	free(c);
}

bool
report_baseline_changed(const void *state)
{
	const struct comparison *c = state;

	return c->count[CHANGE_NEW] + c->count[CHANGE_VANISHED] +
		   c->count[CHANGE_CHANGED] >
	       0;
}

const struct reporter reporter_baseline_text = {
    .name = "text",
    .open = comparison_open,
    .connection = comparison_connection,
    .finish = text_finish,
    .free = comparison_free,
};

const struct reporter reporter_baseline_json = {
    .name = "json",
    .open = comparison_open,
    .connection = comparison_connection,
    .finish = json_finish,
    .free = comparison_free,
};
