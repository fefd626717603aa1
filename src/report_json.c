/*
 * report_json.c - the formats json and ndjson.
 *
 * A connection becomes text as it ends and waits in a spool until its place in
 * the order is known. Lines of ndjson wait only when an order was asked for;
 * otherwise they go out at once, and the records of captures, whose totals are
 * known last, follow them.
 */
#include "reporter.h"

#include <stdlib.h>

#include "conn_json.h"
#include "head_json.h"
#include "ranking.h"

#define SPOOL_BYTES ((size_t)8 << 20)
#define FIRST_ROWS 64

/* Where the text of a connection stands in the spool. */
struct row {
	struct ranking ranking;
	uint64_t offset, n;
};

struct json_report {
	FILE *out;  /* borrowed */
	bool lines; /* ndjson */
	bool wait;  /* connections wait for their order */
	enum sort_key sort;
	uint64_t top; /* 0: all */
	struct spool spool;
	struct json_writer writer;
	struct row *row; /* owned */
	size_t rows_n, room;
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
	    .sort = o->sort,
	    .top = o->has_top ? o->top : 0,
	};
	j->wait = !lines || j->sort != SORT_DEFAULT || j->top > 0;
	spool_init(&j->spool, SPOOL_BYTES);
	json_init(&j->writer, &j->spool, o->nanoseconds);
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
	spool_fini(&j->spool);
	free(j->row);
	free(j);
}

/* Write what stands in the spool from offset to its end. */
static int
copy_from(struct json_report *j, uint64_t offset)
{
	return spool_copy(
	    &j->spool, offset, spool_end(&j->spool) - offset, j->out);
}

static int
add_row(struct json_report *j, struct ranking ranking, uint64_t offset)
{
	if (j->rows_n == j->room) {
		size_t room = j->room == 0 ? FIRST_ROWS : j->room * 2;
		struct row *row = realloc(j->row, room * sizeof(*row));

		if (row == NULL)
			return -1;
		j->row = row;
		j->room = room;
	}
	j->row[j->rows_n++] = (struct row){
	    .ranking = ranking,
	    .offset = offset,
	    .n = spool_end(&j->spool) - offset,
	};
	return 0;
}

static int
json_connection(void *state, struct conn_report *r)
{
	struct json_report *j = state;
	struct ranking ranking = ranking_of(j->sort, r);
	uint64_t offset = spool_end(&j->spool);

	conn_json_write(&j->writer, r, j->lines);
	if (j->lines)
		json_literal(&j->writer, "\n");
	conn_report_free(r);
	if (json_result(&j->writer) != 0)
		return -1;
	if (j->wait)
		return add_row(j, ranking, offset);
	if (copy_from(j, 0) != 0)
		return -1;
	spool_reset(&j->spool);
	return 0;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return ranking_compare(&x->ranking, &y->ranking);
}

/* Write the connections that wait, in order, a separator before each. */
static int
copy_rows(struct json_report *j, const char *first, const char *next)
{
	size_t n = j->rows_n;

	if (j->top > 0 && j->top < n)
		n = (size_t)j->top;
	if (j->rows_n > 0)
		qsort(j->row, j->rows_n, sizeof(*j->row), compare_rows);
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &j->row[i];

		if (fputs(i == 0 ? first : next, j->out) == EOF ||
		    spool_copy(&j->spool, row->offset, row->n, j->out) != 0)
			return -1;
	}
	return 0;
}

/* The document up to the list of connections. */
static void
write_head(struct json_writer *w, const struct report_head *head)
{
	cJSON *o = json_object(w), *list;

	generator_json_add(w, o, head);
	list = json_add_array(w, o, "captures");
	for (size_t i = 0; i < head->inputs_n; i++)
		capture_json_add(
		    w, json_add_object(w, list, NULL), head->inputs[i]);
	packets_json_add(w, json_add_object(w, o, "packets"), head->packets);
	summary_json_add(w, json_add_object(w, o, "summary"), head);
	json_emit_open(w, o);
	json_literal(w, ",\n\"connections\":[");
}

static int
json_finish(void *state, const struct report_head *head)
{
	struct json_report *j = state;
	uint64_t offset = spool_end(&j->spool);

	write_head(&j->writer, head);
	if (json_result(&j->writer) != 0 || copy_from(j, offset) != 0 ||
	    copy_rows(j, "\n", ",\n") != 0 || fputs("\n]}\n", j->out) == EOF)
		return -1;
	return fflush(j->out) == 0 ? 0 : -1;
}

static void
write_captures(struct json_writer *w, const struct report_head *head)
{
	for (size_t i = 0; i < head->inputs_n; i++) {
		cJSON *o = json_object(w);

		json_add_name(w, o, "record", "capture");
		capture_json_add(w, o, head->inputs[i]);
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
	packets_json_add(w, json_add_object(w, o, "packets"), head->packets);
	summary_json_add(w, o, head);
	json_emit(w, o);
	json_literal(w, "\n");
}

static int
ndjson_finish(void *state, const struct report_head *head)
{
	struct json_report *j = state;
	uint64_t captures = spool_end(&j->spool), summary;

	write_captures(&j->writer, head);
	summary = spool_end(&j->spool);
	write_summary(&j->writer, head);
	if (json_result(&j->writer) != 0 ||
	    spool_copy(&j->spool, captures, summary - captures, j->out) != 0 ||
	    copy_rows(j, "", "") != 0 || copy_from(j, summary) != 0)
		return -1;
	return fflush(j->out) == 0 ? 0 : -1;
}

const struct reporter reporter_json = {
    .name = "json",
    .open = json_open,
    .connection = json_connection,
    .finish = json_finish,
    .free = json_free,
};

const struct reporter reporter_ndjson = {
    .name = "ndjson",
    .open = ndjson_open,
    .connection = json_connection,
    .finish = ndjson_finish,
    .free = json_free,
};
