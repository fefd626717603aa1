/*
 * check_report_csv.c - the format csv: columns, quoting, order.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render_report.h"
#include "report/flat_json.h"
#include "run_suite.h"
#include "sample_report.h"

#define FIELDS_MAX 512

static const char *const columns[] = {
#define COLUMN(key) key,
#include "report/csv.def"
#undef COLUMN
};

/* Cut a line of text, which moves on, into fields (RFC 4180). */
static size_t
cut_line(char **text, char *field[FIELDS_MAX])
{
	char *in = *text, *out = *text;
	size_t n = 0;

	for (;;) {
		bool quoted = *in == '"';

		ck_assert_uint_lt(n, FIELDS_MAX);
		field[n++] = out;
		in += quoted;
		while (quoted ? *in != '"' || in[1] == '"'
			      : *in != ',' && *in != '\r') {
			ck_assert_int_ne(*in, '\0');
			ck_assert(quoted || *in != '"');
			in += quoted && *in == '"';
			*out++ = *in++;
		}
		in += quoted;
		if (*in == '\r') {
			ck_assert_int_eq(in[1], '\n');
			*out = '\0';
			*text = in + 2;
			return n;
		}
		ck_assert_int_eq(*in, ',');
		in++;
		*out++ = '\0';
	}
}

static size_t
column_of(const char *key)
{
	for (size_t i = 0; i < ROWS(columns); i++)
		if (strcmp(columns[i], key) == 0)
			return i;
	ck_abort_msg("no column %s", key);
}

static char *
render(size_t n, const struct report_options *o)
{
	struct conn_report *list[3] = {
	    sample_bare_report(3), sample_report(), sample_bare_report(2)};

	list[1]->verdict.sentence[0] = '"';
	list[1]->verdict.sentence[1] = ',';
	for (size_t i = n; i < 3; i++)
		conn_report_free(list[i]);
	return render_report(&reporter_csv, o, list, n);
}

/* Each key of JSON and each kind has one column, and no other is there. */
START_TEST(columns_are_complete)
{
	struct flat_json *flat = flat_json_new(false);
	size_t n;

	ck_assert_ptr_nonnull(flat);
	n = flat_json_size(flat);
	for (size_t i = 0; i < n; i++)
		column_of(flat_json_key(flat, i));
	for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
		char key[FLAT_KEY_MAX];

		if (i == ANOMALY_GAP)
			continue; /* a pending form, never reported */
		snprintf(
		    key, sizeof(key), "event_counts.%s", anomaly_table[i].name);
		column_of(key);
	}
	ck_assert_uint_eq(n + ANOMALY_COUNT - 1, ROWS(columns));
	flat_json_free(flat);
}
END_TEST

/* Columns keep their places: these are known to have been there. */
START_TEST(columns_are_stable)
{
	ck_assert_uint_eq(column_of("number"), 0);
	ck_assert_uint_eq(column_of("client.address"), 17);
	ck_assert_uint_eq(column_of("verdict.id"), 26);
	ck_assert_uint_eq(column_of("event_counts.tcp-truncated"), 148);
	ck_assert_uint_eq(column_of("event_counts.syn-proxied"), 240);
}
END_TEST

static const struct {
	const char *key, *want;
} cells[] = {
    {"number", "1"},
    {"community_id", "1:XCf5pFlWIMf3gOA01EOg1SXHUTY="},
    {"evicted", "false"},
    {"encapsulation", "vlan"},
    {"vni", ""},
    {"client.address", "192.0.2.10"},
    {"duration_ms", "312"},
    {"verdict.frames", "4 5"},
    {"verdict.also", "ok-notes"},
    {"handshake.steps", "syn syn-ack ack"},
    {"handshake.server_half_ms", "20"},
    {"teardown.steps", "fin-1 ack-1 fin-2 ack-2"},
    {"sides.client.rtt_ms.method", "ack"},
    {"event_counts.dup-ack", "1"},
    {"event_counts.stall", "0"},
};

START_TEST(cells_of_the_sample)
{
	const struct report_options o = {.nanoseconds = false};
	char *text = render(3, &o), *line = text, *field[FIELDS_MAX];

	ck_assert_uint_eq(cut_line(&line, field), ROWS(columns));
	for (size_t i = 0; i < ROWS(columns); i++)
		ck_assert_str_eq(field[i], columns[i]);
	ck_assert_uint_eq(cut_line(&line, field), ROWS(columns));
	ck_assert_str_eq(field[column_of(cells[_i].key)], cells[_i].want);
	ck_assert_int_eq(
	    strncmp(field[column_of("verdict.sentence")], "\",", 2), 0);
	free(text);
}
END_TEST

static const struct {
	enum sort_key sort;
	uint64_t top;
	size_t n;
	const char *numbers;
} orders[] = {
    {SORT_DEFAULT, 0, 3, "123"},
    {SORT_DEFAULT, 2, 3, "12"},
    {SORT_SEVERITY, 0, 3, "123"},
    {SORT_START, 0, 0, ""},
};

START_TEST(order)
{
	const struct report_options o = {
	    .sort = orders[_i].sort, .has_top = true, .top = orders[_i].top};
	char *text = render(orders[_i].n, &o), *line = text;
	char *field[FIELDS_MAX], numbers[8] = "";

	cut_line(&line, field);
	while (*line != '\0') {
		ck_assert_uint_eq(cut_line(&line, field), ROWS(columns));
		strcat(numbers, field[0]);
	}
	ck_assert_str_eq(numbers, orders[_i].numbers);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report_csv");
	TCase *t = tcase_create("rules");

	tcase_add_test(t, columns_are_complete);
	tcase_add_test(t, columns_are_stable);
	tcase_add_loop_test(t, cells_of_the_sample, 0, ROWS(cells));
	tcase_add_loop_test(t, order, 0, ROWS(orders));
	suite_add_tcase(s, t);
	return run_suite(s);
}
