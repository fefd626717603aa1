/*
 * report_csv.c - the format csv (RFC 4180): a row for each connection, with
 * the flat keys of its JSON object and the counts of all kinds of events.
 *
 * Columns stand in csv.def, so that they keep their places.
 */
#include "report/reporter.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/flat_json.h"
#include "report/notation.h"
#include "report/waiting.h"

#define LINE_END "\r\n"
#define KIND_PREFIX "event_counts."
#define FIRST_ROOM 8192

static const char *const columns[] = {
#define COLUMN(key) key,
#include "report/csv.def"
#undef COLUMN
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Where the value of a column comes from. */
struct origin {
	bool count; /* of the kind of events at, else the flat value at */
	size_t at;
};

struct csv_report {
	FILE *out; /* borrowed */
	struct waiting waiting;
	struct flat_json *flat; /* owned */
	struct origin origin[COLUMNS];
	char *line; /* owned */
	size_t n, room;
};

static bool
find_origin(
    const struct flat_json *flat, const char *column, struct origin *origin)
{
	size_t prefix = strlen(KIND_PREFIX);
	bool count = strncmp(column, KIND_PREFIX, prefix) == 0;
	size_t n = count ? ANOMALY_COUNT : flat_json_size(flat);

	for (size_t i = 0; i < n; i++) {
		const char *key =
		    count ? anomaly_table[i].name : flat_json_key(flat, i);

		if (strcmp(key, count ? column + prefix : column) != 0)
			continue;
		*origin = (struct origin){.count = count, .at = i};
		return true;
	}
	return false;
}

static void
csv_free(void *state)
{
	struct csv_report *c = state;

	if (c == NULL)
		return;
	waiting_fini(&c->waiting);
	flat_json_free(c->flat);
	free(c->line);
	free(c);
}

static void *
csv_open(FILE *out, const struct report_options *o)
{
	struct csv_report *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->out = out;
	waiting_init(&c->waiting, o);
	c->flat = flat_json_new(o->nanoseconds);
	if (c->flat == NULL) {
		csv_free(c);
		return NULL;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		bool found = find_origin(c->flat, columns[i], &c->origin[i]);

		assert(found); /* tests/check_report_csv */
		(void)found;
	}
	return c;
}

static int
csv_begin(void *state, const struct report_head *head)
{
	struct csv_report *c = state;

	(void)head;
	for (size_t i = 0; i < COLUMNS; i++)
		if (fprintf(c->out, "%s%s", i > 0 ? "," : "", columns[i]) < 0)
			return -1;
	return fputs(LINE_END, c->out) == EOF ? -1 : 0;
}

/* Room for n characters more in the line. */
static char *
line_room(struct csv_report *c, size_t n)
{
	size_t room = c->room > 0 ? c->room : FIRST_ROOM;
	char *line;

	if (c->room - c->n >= n)
		return c->line + c->n;
	while (room - c->n < n)
		room *= 2;
	line = realloc(c->line, room);
	if (line == NULL)
		return NULL;
	c->line = line;
	c->room = room;
	return c->line + c->n;
}

/* Copy value in quotes, its own doubled; returns the end. */
static char *
put_quoted(char *at, const char *value)
{
	*at++ = '"';
	for (; *value != '\0'; value++) {
		if (*value == '"')
			*at++ = '"';
		*at++ = *value;
	}
	*at++ = '"';
	return at;
}

/* Add a value and the separator behind it; unknown is an empty field. */
static int
line_add(struct csv_report *c, const char *value)
{
	size_t n = value != NULL ? strlen(value) : 0;
	char *at = line_room(c, 2 * n + 3);

	if (at == NULL)
		return -1;
	if (n > 0 && strpbrk(value, ",\"\r\n") != NULL) {
		at = put_quoted(at, value);
	} else if (n > 0) {
		memcpy(at, value, n);
		at += n;
	}
	*at++ = ',';
	c->n = (size_t)(at - c->line);
	return 0;
}

/* The count of a kind of events; of most it is 0. */
static const char *
count_text(char buf[NOTATION_MAX], uint32_t count)
{
	return count == 0 ? "0" : notation_unsigned(buf, count);
}

static int
line_make(struct csv_report *c, const struct conn_report *r)
{
	const char *const *value = flat_json_values(c->flat, r);
	char number[NOTATION_MAX], *end;

	if (value == NULL)
		return -1;
	c->n = 0;
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct origin *from = &c->origin[i];

		if (line_add(c, from->count ? count_text(number,
						  r->kind_count[from->at])
					    : value[from->at]) != 0)
			return -1;
	}
	c->n--; /* no separator behind the last */
	end = line_room(c, strlen(LINE_END));
	if (end == NULL)
		return -1;
	memcpy(end, LINE_END, strlen(LINE_END));
	c->n += strlen(LINE_END);
	return 0;
}

static int
csv_connection(void *state, struct conn_report *r)
{
	struct csv_report *c = state;
	struct spool *spool = &c->waiting.spool;
	struct ranking ranking = ranking_of(c->waiting.sort, r);
	uint64_t offset = spool_end(spool);
	int result = line_make(c, r);

	if (result != 0 || spool_write(spool, c->line, c->n) != 0)
		return -1;
	return waiting_add(&c->waiting, ranking, offset);
}

static int
csv_finish(void *state, const struct report_head *head)
{
	struct csv_report *c = state;

	(void)head;
	if (waiting_copy(&c->waiting, "", "", c->out) != 0)
		return -1;
	return fflush(c->out) == 0 ? 0 : -1;
}

const struct reporter reporter_csv = {
    .name = "csv",
    .open = csv_open,
    .begin = csv_begin,
    .connection = csv_connection,
    .finish = csv_finish,
    .free = csv_free,
};
