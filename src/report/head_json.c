/*
 * head_json.c - captures, packets and summary as JSON members.
 */
#include "report/head_json.h"

#include "report/notation.h"

#define SCHEMA "tcpconn-analyze/1"
#define PROGRAM "tcpconn-analyze"

void
generator_json_add(
    struct json_writer *w, cJSON *o, const struct report_head *head)
{
	cJSON *generator;

	json_add_name(w, o, "schema", SCHEMA);
	generator = json_add_object(w, o, "generator");
	json_add_name(w, generator, "name", PROGRAM);
	json_add_text(w, generator, "version", head->version);
}

void
capture_json_add(
    struct json_writer *w, cJSON *o, const struct capture_info *c, bool read)
{
	json_add_text(w, o, "path", c->path);
	json_add_fields(w, o, capture_fields, c);
	if (read) {
		json_add_fields(w, o, capture_totals, c);
	} else {
		for (const struct field *f = capture_totals; f->key; f++)
			json_add_null(w, o, f->key);
	}
	if (c->snaplen > 0)
		json_add_unsigned(w, o, "snaplen", (uint64_t)c->snaplen);
	else
		json_add_null(w, o, "snaplen");
	json_add_name(w, o, "time_resolution",
	    c->nanoseconds ? "nanoseconds" : "microseconds");
	if (read && c->has_time) {
		json_add_time(w, o, "first_time", c->first_ns, c->nanoseconds);
		json_add_time(w, o, "last_time", c->last_ns, c->nanoseconds);
		json_add_ms(w, o, "duration_ms", c->last_ns - c->first_ns);
	} else {
		json_add_null(w, o, "first_time");
		json_add_null(w, o, "last_time");
		json_add_null(w, o, "duration_ms");
	}
	json_add_text(w, o, "error", c->error);
}

void
captures_json_add(
    struct json_writer *w, cJSON *parent, const struct report_head *head)
{
	cJSON *list = json_add_array(w, parent, "captures");

	for (size_t i = 0; i < head->inputs_n; i++)
		capture_json_add(
		    w, json_add_object(w, list, NULL), head->inputs[i], true);
}

void
packets_json_add(struct json_writer *w, cJSON *o, const struct packet_counts *p)
{
	cJSON *list;

	json_add_fields(w, o, packets_fields, p);
	if (p->reordered) {
		cJSON *order = json_add_object(w, o, "reorder");

		json_add_unsigned(w, order, "moved", p->reorder_moved);
		json_add_unsigned(w, order, "beyond_window", p->reorder_beyond);
	}
	list = json_add_array(w, o, "not_analysed");
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		cJSON *row;

		if (p->reason[i] == 0)
			continue;
		row = json_add_object(w, list, NULL);
		json_add_name(w, row, "reason", reason_name(i));
		json_add_unsigned(w, row, "packets", p->reason[i]);
		json_add_frame(w, row, "first_frame", p->reason_first_frame[i]);
	}
}

static const char *
outcome_at(unsigned i)
{
	return outcome_name(i);
}

static const char *
close_at(unsigned i)
{
	return close_name(i);
}

static const char *
verdict_at(unsigned i)
{
	return verdict_name(i);
}

/* The counts of an enumeration of n that are not 0, in its order. */
static void
add_counts(struct json_writer *w, cJSON *parent, const char *key,
    const uint64_t *counts, unsigned n, const char *(*name_at)(unsigned i))
{
	cJSON *o = json_add_object(w, parent, key);

	for (unsigned i = 0; i < n; i++)
		if (counts[i] > 0)
			json_add_unsigned(w, o, name_at(i), counts[i]);
}

static void
add_kinds(struct json_writer *w, cJSON *o, const struct summary *s)
{
	cJSON *list = json_add_array(w, o, "events");

	for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
		const struct anomaly *a = &anomaly_table[i];
		cJSON *row;

		if (s->kind_count[i] == 0)
			continue;
		row = json_add_object(w, list, NULL);
		json_add_name(w, row, "kind", a->name);
		json_add_name(w, row, "severity", severity_name(a->severity));
		json_add_unsigned(w, row, "count", s->kind_count[i]);
		json_add_unsigned(
		    w, row, "connections", s->kind_connections[i]);
	}
}

static void
add_percentile(struct json_writer *w, cJSON *o, const char *key,
    const struct tally *t, unsigned p)
{
	int64_t ns;

	if (tally_percentile(t, p, &ns))
		json_add_ms(w, o, key, ns);
	else
		json_add_null(w, o, key);
}

static void
add_connect_time(struct json_writer *w, cJSON *parent, const struct tally *t)
{
	cJSON *o = json_add_object(w, parent, "connect_time_ms");

	json_add_unsigned(w, o, "count", t->n);
	if (t->n > 0) {
		json_add_ms(w, o, "min", t->min);
		json_add_ms(w, o, "max", t->max);
	} else {
		json_add_null(w, o, "min");
		json_add_null(w, o, "max");
	}
	add_percentile(w, o, "p50", t, 50);
	add_percentile(w, o, "p90", t, 90);
	add_percentile(w, o, "p99", t, 99);
}

/* The loudest hosts; null when memory ran out. */
static void
add_talkers(struct json_writer *w, cJSON *parent, const struct talkers *t)
{
	const struct talker *top[TALKERS_TOP];
	size_t n = talkers_top(t, top);
	char address[NOTATION_MAX];
	cJSON *list;

	if (t->failed) {
		json_add_null(w, parent, "top_talkers");
		return;
	}
	list = json_add_array(w, parent, "top_talkers");
	for (size_t i = 0; i < n; i++) {
		cJSON *o = json_add_object(w, list, NULL);

		json_add_text(w, o, "address",
		    notation_address(address, top[i]->addr, top[i]->version));
		json_add_fields(w, o, talker_fields, top[i]);
		json_add_unsigned(w, o, "bytes", talker_bytes(top[i]));
	}
}

void
summary_json_add(
    struct json_writer *w, cJSON *o, const struct report_head *head)
{
	const struct summary *s = head->summary;

	json_add_unsigned(w, o, "connections", s->connections);
	json_add_unsigned(w, o, "needs_attention", s->needs_attention);
	json_add_unsigned(w, o, "reported", head->connections_reported);
	json_add_unsigned(w, o, "evicted", s->evicted);
	add_counts(
	    w, o, "by_outcome", s->by_outcome, OUTCOME_COUNT, outcome_at);
	add_counts(w, o, "by_close", s->by_close, CLOSE_COUNT, close_at);
	add_counts(
	    w, o, "by_verdict", s->by_verdict, VERDICT_COUNT, verdict_at);
	add_kinds(w, o, s);
	add_connect_time(w, o, &s->connect_time);
	findings_json_add(w, o, &s->findings);
	add_talkers(w, o, &s->talkers);
}
