/*
 * report_json.c - the formats json and ndjson.
 *
 * A connection becomes text as it ends and waits in a spool until its place in
 * the order is known. Lines of ndjson wait only when an order was asked for;
 * otherwise they go out at once, and captures are told before they are read,
 * without their totals. The summary has these in any case.
 */
#include "report/reporter.h"

#include <stdlib.h>

#include "report/conn_json.h"
#include "report/head_json.h"
#include "report/waiting.h"

struct json_report {
	FILE *out;  /* borrowed */
	bool lines; /* ndjson */
	bool wait;  /* connections wait for their order */
	struct waiting waiting;
	struct json_writer writer;
};

static struct json_report *
open_report(FILE *out, const struct report_options *o, bool lines)
{
	struct json_report *j = malloc(sizeof(*j));

	if (j == NULL)
		return NULL;
	*j = (struct json_report){
	    .out = out,
	    .lines = lines,
	};
	waiting_init(&j->waiting, o);
	j->wait = !lines || o->sort != SORT_DEFAULT || j->waiting.top > 0;
	json_init(&j->writer, &j->waiting.spool, o->nanoseconds);
	return j;
}

static void *
json_open(FILE *out, const struct report_options *o)
{
	return open_report(out, o, false);
}

static void *
ndjson_open(FILE *out, const struct report_options *o)
{
	return open_report(out, o, true);
}

static void
json_free(void *state)
{
	struct json_report *j = state;

	json_fini(&j->writer);
	waiting_fini(&j->waiting);
	free(j);
}

/* Write what stands in the spool from offset to its end. */
static int
copy_from(struct json_report *j, uint64_t offset)
{
	return spool_copy(&j->waiting.spool, offset,
	    spool_end(&j->waiting.spool) - offset, j->out);
}

static int
json_connection(void *state, struct conn_report *r)
{
	struct json_report *j = state;
	struct ranking ranking = ranking_of(j->waiting.sort, r);
	uint64_t offset = spool_end(&j->waiting.spool);

	conn_json_write(&j->writer, r, j->lines);
	if (j->lines)
		json_literal(&j->writer, "\n");
	if (json_result(&j->writer) != 0)
		return -1;
	if (j->wait)
		return waiting_add(&j->waiting, ranking, offset);
	if (copy_from(j, 0) != 0)
		return -1;
	spool_reset(&j->waiting.spool);
	return 0;
}

/* The document up to the list of connections. */
static void
write_head(struct json_writer *w, const struct report_head *head)
{
	cJSON *o = json_object(w);

	generator_json_add(w, o, head);
	captures_json_add(w, o, head);
	packets_json_add(w, json_add_object(w, o, "packets"), head->packets);
	summary_json_add(w, json_add_object(w, o, "summary"), head);
	json_emit_open(w, o);
	json_literal(w, ",\n\"connections\":[");
}

static int
json_finish(void *state, const struct report_head *head)
{
	struct json_report *j = state;
	uint64_t offset = spool_end(&j->waiting.spool);

	write_head(&j->writer, head);
	if (json_result(&j->writer) != 0 || copy_from(j, offset) != 0 ||
	    waiting_copy(&j->waiting, "\n", ",\n", j->out) != 0 ||
	    fputs("\n]}\n", j->out) == EOF)
		return -1;
	return fflush(j->out) == 0 ? 0 : -1;
}

static void
write_captures(struct json_writer *w, const struct report_head *head, bool read)
{
	for (size_t i = 0; i < head->inputs_n; i++) {
		cJSON *o = json_object(w);

		json_add_name(w, o, "record", "capture");
		capture_json_add(w, o, head->inputs[i], read);
		json_emit(w, o);
		json_literal(w, "\n");
	}
}

static void
write_summary(struct json_writer *w, const struct report_head *head)
{
	cJSON *o = json_object(w);

	json_add_name(w, o, "record", "summary");
	generator_json_add(w, o, head);
	captures_json_add(w, o, head);
	packets_json_add(w, json_add_object(w, o, "packets"), head->packets);
	summary_json_add(w, o, head);
	json_emit(w, o);
	json_literal(w, "\n");
}

static int
ndjson_begin(void *state, const struct report_head *head)
{
	struct json_report *j = state;

	if (j->wait)
		return 0;
	write_captures(&j->writer, head, false);
	if (json_result(&j->writer) != 0 || copy_from(j, 0) != 0)
		return -1;
	spool_reset(&j->waiting.spool);
	return 0;
}

static int
ndjson_finish(void *state, const struct report_head *head)
{
	struct json_report *j = state;
	uint64_t captures = spool_end(&j->waiting.spool), summary;

	if (j->wait)
		write_captures(&j->writer, head, true);
	summary = spool_end(&j->waiting.spool);
	write_summary(&j->writer, head);
	if (json_result(&j->writer) != 0 ||
	    spool_copy(
		&j->waiting.spool, captures, summary - captures, j->out) != 0 ||
	    waiting_copy(&j->waiting, "", "", j->out) != 0 ||
	    copy_from(j, summary) != 0)
		return -1;
	return fflush(j->out) == 0 ? 0 : -1;
}

const struct reporter reporter_json = {
    .name = "json",
    .tells_hosts = true,
    .open = json_open,
    .connection = json_connection,
    .finish = json_finish,
    .free = json_free,
};

const struct reporter reporter_ndjson = {
    .name = "ndjson",
    .tells_hosts = true,
    .open = ndjson_open,
    .begin = ndjson_begin,
    .connection = json_connection,
    .finish = ndjson_finish,
    .free = json_free,
};
