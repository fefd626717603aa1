/*
 * check_options.c - the command line and its values.
 */
#include <stdlib.h>
#include <string.h>

#include "program/option_table.h"
#include "program/options.h"
#include "report/names.h"
#include "support/run_suite.h"

#define WORDS 16
#define SECOND INT64_C(1000000000)

/* Split a command line at blanks; text is changed. Returns argc. */
static int
split(char *text, char *argv[WORDS])
{
	int argc = 0;

	argv[argc++] = (char *)(uintptr_t) "tcpconn-analyze";
	for (char *w = strtok(text, " "); w != NULL; w = strtok(NULL, " ")) {
		ck_assert_int_lt(argc, WORDS - 1);
		argv[argc++] = w;
	}
	argv[argc] = NULL;
	return argc;
}

/* line is a string that must live as long as o does. */
static bool
parse(struct options *o, char *line, struct complaint *c)
{
	char *argv[WORDS];
	int argc = split(line, argv);

	return options_parse(o, argc, argv, c);
}

static void
parse_good(struct options *o, char *line)
{
	struct complaint c = {""};

	if (!parse(o, line, &c))
		ck_abort_msg("refused: %s", c.text);
}

/* Command lines that are refused, and what the message must say. */
static const struct refusal {
	const char *line, *says;
} refusals[] = {
    {"", "no capture given"},
    {"-j", "no capture given"},
    {"- -", "standard input"},
    {"--frobnicate a.pcap", "unknown option '--frobnicate'"},
    {"--colour=never a.pcap", "did you mean --color?"},
    {"--max 3 a.pcap", "--max-connections, --max-events"},
    {"-Z a.pcap", "unknown option '-Z'"},
    {"-w out -w out a.pcap", "--extract: given twice"},
    {"--extract= a.pcap", "--extract: the name is empty"},
    {"--shard 3/2 a.pcap", "--shard: '3' is not a whole number from 1 to 2"},
    {"--shard 0/2 a.pcap", "--shard: '0'"},
    {"--shard 1/0 a.pcap", "--shard: '0'"},
    {"--shard 2 a.pcap", "--shard: '2' is not like 2/8"},
    {"--shard 1/2/3 a.pcap", "--shard: '2/3'"},
    {"--baseline x --baseline y a.pcap", "--baseline: given twice"},
    {"--baseline= a.pcap", "--baseline: the name is empty"},
    {"--baseline x --format ndjson a.pcap", "--baseline: it is told in"},
    {"--tolerance 20 a.pcap", "--tolerance: it needs --baseline"},
    {"--baseline x --tolerance much a.pcap", "--tolerance: 'much'"},
    {"--no-sandbox=1 a.pcap", "--no-sandbox: it takes no value"},
    {"--json=3 a.pcap", "--json: it takes no value"},
    {"a.pcap --top", "--top: its value is missing; accepted: --top N"},
    {"a.pcap -r", "-r: its value is missing"},
    {"a.pcap --top many", "--top: 'many' is not a whole number from 0"},
    {"a.pcap --top -1", "--top: '-1'"},
    {"a.pcap -c 3-1", "--connection: '3-1'"},
    {"a.pcap -c 0", "--connection: '0'"},
    {"a.pcap -c 1,,2", "like 3 or 1,4-6"},
    {"a.pcap -c 1,", "like 3 or 1,4-6"},
    {"a.pcap -c 4294967296", "from 1 to 4294967295"},
    {"a.pcap -x3.pcap", "--explain: '3.pcap'"},
    {"a.pcap -s high", "'high' is none of: info, note, warn, error"},
    {"a.pcap --fail-on bad", "--fail-on: 'bad'"},
    {"a.pcap -k stal", "did you mean 'stall'?"},
    {"a.pcap -k rst,", "--kind: ''"},
    {"a.pcap --sort size", "'size' is none of: severity, number, start"},
    {"a.pcap --format xml", "'xml' is none of: text, json, ndjson, csv, html"},
    {"a.pcap --color sometimes", "auto, always, never"},
    {"a.pcap --progress 1", "auto, always, never"},
    {"a.pcap --checksum yes", "auto, on, off"},
    {"a.pcap --reorder=60001", "60000"},
    {"a.pcap --reorder=-1", "60000"},
    {"a.pcap --key port", "'port' is none of: vlan"},
    {"a.pcap --service-ports 70000", "from 1 to 65535"},
    {"a.pcap --threads 0", "from 1 to 1024"},
    {"a.pcap --max-connections 0", "from 1 to 1000000000"},
    {"a.pcap --idle-timeout soon", "--idle-timeout: 'soon'"},
    {"a.pcap --max-events -1", "--max-events: '-1'"},
    {"a.pcap --limit K_SEGS", "is not NAME=N"},
    {"a.pcap --limit K_SEG=9", "did you mean K_SEGS?"},
    {"a.pcap --limit K_SEGS=1", "K_SEGS: '1' is not a whole number from 8"},
    {"a.pcap --limit K_SEGS=99999999999999999999", "K_SEGS: '9999"},
    {"a.pcap --from yesterday", "--from: 'yesterday' is neither ISO 8601"},
    {"a.pcap --from 2026-02-29", "--from: '2026-02-29'"},
    {"a.pcap --to 2026-11-22T10:00:00+01:00", "in UTC"},
    {"a.pcap --to 2026-11-22T10", "--to:"},
    {"a.pcap --to +1.0123456789", "--to:"},
    {"a.pcap --from +5 --to +4", "--to: it is before --from"},
    {"a.pcap --from 2026-11-22 --to 2026-11-21", "before --from"},
    {"a.pcap -l3.pcap", "--ladder: '3.pcap'"},
    {"a.pcap -l -j", "--ladder: the diagram is drawn only in"},
    {"a.pcap -x -j", "--explain: the story is told only in"},
    {"a.pcap --explain=3 --format=ndjson", "--explain:"},
    {"a.pcap -j --format ndjson", "contradict"},
    {"a.pcap -q --progress=always", "contradict"},
    {"a.pcap -f tcp -f udp", "--filter: given twice"},
    {"a.pcap -o a -o b", "--output: given twice"},
};

START_TEST(refused)
{
	const struct refusal *row = &refusals[_i];
	struct options o;
	struct complaint c = {""};
	char line[160];

	snprintf(line, sizeof(line), "%s", row->line);
	ck_assert_msg(!parse(&o, line, &c), "accepted: %s", row->line);
	ck_assert_msg(strstr(c.text, row->says) != NULL,
	    "%s: the message is: %s", row->line, c.text);
	options_fini(&o);
}
END_TEST

START_TEST(defaults)
{
	char line[] = "a.pcap";
	struct options o;
	struct limits l;

	parse_good(&o, line);
	limits_init(&l);
	ck_assert_int_eq(o.action, ACTION_ANALYSE);
	ck_assert_uint_eq(o.captures_n, 1);
	ck_assert_str_eq(o.captures[0], "a.pcap");
	ck_assert_ptr_null(o.filter);
	ck_assert_ptr_null(o.output);
	ck_assert_int_eq(o.format, FORMAT_TEXT);
	ck_assert(!o.from.has && !o.to.has && !o.has_fail_on && !o.quiet);
	ck_assert_int_eq(o.color, WHEN_AUTO);
	ck_assert_int_eq(o.progress, WHEN_AUTO);
	ck_assert_int_eq(o.checksum, CHECKSUM_MODE_AUTO);
	ck_assert_int_eq(memcmp(&o.limits, &l, sizeof(l)), 0);
	ck_assert_uint_eq(o.report.connections_n, 0);
	ck_assert_ptr_null(o.report.kinds);
	ck_assert(!o.report.has_top && !o.report.has_min_severity);
	ck_assert(!o.report.explain && !o.report.events && !o.report.states);
	ck_assert_int_eq(o.report.sort, SORT_DEFAULT);
	options_fini(&o);
}
END_TEST

START_TEST(everything)
{
	char line[] = "-jvn -c1,4-6 b.pcap -s warn --top 0 --sort bytes "
		      "--states a.pcap";
	struct options o;

	parse_good(&o, line);
	ck_assert_uint_eq(o.captures_n, 2);
	ck_assert_str_eq(o.captures[0], "b.pcap");
	ck_assert_str_eq(o.captures[1], "a.pcap");
	ck_assert_int_eq(o.format, FORMAT_JSON);
	ck_assert(o.report.events && o.report.states && !o.report.explain);
	ck_assert_uint_eq(o.report.connections_n, 2);
	ck_assert_uint_eq(o.report.connections[0].first, 1);
	ck_assert_uint_eq(o.report.connections[0].last, 1);
	ck_assert_uint_eq(o.report.connections[1].first, 4);
	ck_assert_uint_eq(o.report.connections[1].last, 6);
	ck_assert(o.report.has_min_severity);
	ck_assert_int_eq(o.report.min_severity, SEVERITY_WARN);
	ck_assert(o.report.has_top);
	ck_assert_uint_eq(o.report.top, 0);
	ck_assert_int_eq(o.report.sort, SORT_BYTES);
	options_fini(&o);
}
END_TEST

/* Optional values stick to their option; what follows is a capture. */
START_TEST(explain_values)
{
	char apart[] = "-x 3.pcap", joined[] = "-x3,5-6 a.pcap";
	struct options o;

	parse_good(&o, apart);
	ck_assert(o.report.explain);
	ck_assert_ptr_null(o.report.explain_list);
	ck_assert_str_eq(o.captures[0], "3.pcap");
	options_fini(&o);
	parse_good(&o, joined);
	ck_assert(o.report.explain);
	ck_assert_uint_eq(o.report.explain_n, 2);
	ck_assert_uint_eq(o.report.explain_list[1].last, 6);
	ck_assert(!o.report.ladder);
	options_fini(&o);
}
END_TEST

START_TEST(ladder_values)
{
	char apart[] = "-l 3.pcap", joined[] = "-l3 --ladder=5-6 a.pcap";
	struct options o;

	parse_good(&o, apart);
	ck_assert(o.report.ladder);
	ck_assert_ptr_null(o.report.ladder_list);
	ck_assert_str_eq(o.captures[0], "3.pcap");
	options_fini(&o);
	parse_good(&o, joined);
	ck_assert(o.report.ladder && !o.report.explain);
	ck_assert_uint_eq(o.report.ladder_n, 2);
	ck_assert_uint_eq(o.report.ladder_list[1].last, 6);
	options_fini(&o);
}
END_TEST

START_TEST(end_of_options)
{
	char line[] = "-r a.pcap -- --json -v";
	struct options o;

	parse_good(&o, line);
	ck_assert_int_eq(o.format, FORMAT_TEXT);
	ck_assert_uint_eq(o.captures_n, 3);
	ck_assert_str_eq(o.captures[0], "a.pcap");
	ck_assert_str_eq(o.captures[1], "--json");
	ck_assert_str_eq(o.captures[2], "-v");
	options_fini(&o);
}
END_TEST

/* The order of words means nothing, whatever the environment says. */
START_TEST(any_order)
{
	char line[] = "a.pcap -v - --format json";
	struct options o;

	ck_assert_int_eq(setenv("POSIXLY_CORRECT", "1", 1), 0);
	parse_good(&o, line);
	ck_assert_uint_eq(o.captures_n, 2);
	ck_assert_str_eq(o.captures[1], "-");
	ck_assert_int_eq(o.format, FORMAT_JSON);
	options_fini(&o);
	ck_assert_int_eq(unsetenv("POSIXLY_CORRECT"), 0);
}
END_TEST

START_TEST(bounds)
{
	char line[] = "a.pcap --max-connections 7 --idle-timeout 60 "
		      "--max-events 0 --limit K_SEGS=1024 --limit K_HOLES=2";
	struct options o;

	parse_good(&o, line);
	ck_assert_uint_eq(o.limits.conns, 7);
	ck_assert_uint_eq(o.limits.idle_s, 60);
	ck_assert_uint_eq(o.limits.events, 0);
	ck_assert_uint_eq(o.limits.segs, 1024);
	ck_assert_uint_eq(o.limits.holes, 2);
	options_fini(&o);
}
END_TEST

START_TEST(ports_and_kinds)
{
	char line[] = "a.pcap --service-ports 8080,9000-9002 -k rst,stall "
		      "-k dup-ack --key=vlan --checksum off --reorder";
	struct options o;
	unsigned marked = 0;

	parse_good(&o, line);
	ck_assert_uint_eq(o.service_ports_n, 4);
	ck_assert_uint_eq(o.service_ports[0], 8080);
	ck_assert_uint_eq(o.service_ports[3], 9002);
	ck_assert_ptr_eq(o.report.kinds, o.kinds);
	for (int i = 0; i < ANOMALY_COUNT; i++)
		marked += o.kinds[i];
	ck_assert_uint_eq(marked, 3);
	ck_assert(o.kinds[ANOMALY_RST] && o.kinds[ANOMALY_STALL] &&
		  o.kinds[ANOMALY_DUP_ACK]);
	ck_assert(o.key_vlan);
	ck_assert_int_eq(o.checksum, CHECKSUM_MODE_OFF);
	ck_assert(o.reorder);
	ck_assert_uint_eq(o.reorder_ms, 50);
	options_fini(&o);
}
END_TEST

static const struct moment {
	const char *text;
	bool relative;
	int64_t ns;
} moments[] = {
    {"+0", true, 0},
    {"+1.5", true, 3 * SECOND / 2},
    {"+63.000000001", true, 63 * SECOND + 1},
    {"1970-01-01", false, 0},
    {"1970-01-01T00:00:01Z", false, SECOND},
    {"2000-02-29T00:00", false, 951782400 * SECOND},
    {"2000-03-01 00:00:00", false, 951868800 * SECOND},
    {"2026-11-22T10:00:00.123456Z", false, 1795341600123456000},
    {"2100-03-01T00:00:00Z", false, 4107542400 * SECOND},
    {"2261-12-31T23:59:60.999999999Z", false, 9214646400999999999},
};

START_TEST(times)
{
	const struct moment *row = &moments[_i];
	struct complaint c = {""};
	struct time_bound t = {.has = false};

	ck_assert_msg(value_time(row->text, &t, &c), "%s", c.text);
	ck_assert(t.has);
	ck_assert_int_eq(t.relative, row->relative);
	ck_assert_int_eq(t.ns, row->ns);
}
END_TEST

static const char *const bad_moments[] = {
    "",
    "+",
    "+-1",
    "+.5",
    "+1.",
    "+1s",
    "+4294967296",
    "-5",
    "1795341600",
    "26-11-22",
    "2026-13-01",
    "2026-00-10",
    "2026-04-31",
    "1900-02-29",
    "1969-12-31",
    "2262-01-01",
    "2026-11-22T",
    "2026-11-22T24:00",
    "2026-11-22T10:60",
    "2026-11-22T10:00:61",
    "2026-11-22T10:00:00.",
    "2026-11-22T10:00:00.0123456789",
    "2026-11-22T10:00:00ZZ",
    "2026-11-22T10:00:00 UTC",
};

START_TEST(bad_times)
{
	struct complaint c = {""};
	struct time_bound t = {.has = false};

	ck_assert_msg(!value_time(bad_moments[_i], &t, &c), "accepted: %s",
	    bad_moments[_i]);
	ck_assert(!t.has);
	ck_assert_ptr_nonnull(strstr(c.text, "ISO 8601"));
}
END_TEST

START_TEST(first_action_wins)
{
	static const struct {
		const char *line;
		enum action action;
	} rows[] = {
	    {"--help --nonsense", ACTION_HELP},
	    {"-V", ACTION_VERSION},
	    {"-j --limit help", ACTION_LIST_LIMITS},
	    {"--explain-kind stall", ACTION_EXPLAIN_KIND},
	    {"--explain-kind help a.pcap", ACTION_LIST_NAMES},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options o;
		char line[64];

		snprintf(line, sizeof(line), "%s", rows[i].line);
		parse_good(&o, line);
		ck_assert_int_eq(o.action, rows[i].action);
		options_fini(&o);
	}
}
END_TEST

/* Everything that the table promises is there. */
START_TEST(table)
{
	for (size_t i = 0; i < option_table_n; i++) {
		const struct option_row *row = &option_table[i];

		if (row->heading != NULL)
			continue;
		ck_assert(row->letter != 0 || row->name != NULL);
		ck_assert_str_ne(row->help, "");
		ck_assert_int_eq(row->value == VALUE_NONE, row->arg[0] == '\0');
		ck_assert_ptr_eq(option_row_find(option_row_value(row)), row);
	}
}
END_TEST

START_TEST(meanings)
{
	for (unsigned i = 0; i < OUTCOME_COUNT; i++)
		ck_assert_ptr_nonnull(outcome_meaning((enum outcome)i));
	for (unsigned i = 0; i < CLOSE_COUNT; i++)
		ck_assert_ptr_nonnull(close_meaning((enum close_outcome)i));
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		ck_assert_ptr_nonnull(verdict_meaning((enum verdict_id)i));
}
END_TEST

START_TEST(similar)
{
	ck_assert_str_eq(
	    names_similar("retransmision-rto"), "retransmission-rto");
	ck_assert_str_eq(names_similar("no-anwser"), "no-answer");
	ck_assert_str_eq(names_similar("evictd"), "evicted");
	ck_assert_ptr_null(names_similar("qqqqqqqqqq"));
	ck_assert_ptr_null(names_similar(""));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("options");
	TCase *line = tcase_create("command line");
	TCase *values = tcase_create("values");

	tcase_add_loop_test(line, refused, 0, ROWS(refusals));
	tcase_add_test(line, defaults);
	tcase_add_test(line, everything);
	tcase_add_test(line, explain_values);
	tcase_add_test(line, ladder_values);
	tcase_add_test(line, end_of_options);
	tcase_add_test(line, any_order);
	tcase_add_test(line, bounds);
	tcase_add_test(line, ports_and_kinds);
	tcase_add_test(line, first_action_wins);
	tcase_add_test(line, table);
	suite_add_tcase(s, line);
	tcase_add_loop_test(values, times, 0, ROWS(moments));
	tcase_add_loop_test(values, bad_times, 0, ROWS(bad_moments));
	tcase_add_test(values, meanings);
	tcase_add_test(values, similar);
	suite_add_tcase(s, values);
	return run_suite(s);
}
