/*
 * check_report_text.c - the text report as a whole: overview, detail, events
 * and states. Expected texts stand in tests/text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "support/run_suite.h"
#include "support/text_run.h"
#include "support/text_samples.h"

#define MANY 60

/* The connections of most tests, not in the order of the report. */
static size_t
all_kinds(struct conn_report *r[5])
{
	r[0] = text_clean();
	r[1] = text_unknown();
	r[2] = text_no_answer();
	r[3] = text_refused();
	return 4;
}

static const unsigned widths[] = {60, 80, 100, 140, 180};

/* The answer first, whatever the width; no line is wider than the page. */
START_TEST(test_widths)
{
	struct report_options o = text_options(widths[_i]);
	struct text_input in = text_input();
	struct conn_report *r[5];
	size_t n = all_kinds(r), columns = 0;
	char name[32], *got = text_run(&in, &o, r, n);

	for (const char *c = got; *c != '\0'; c++) {
		columns = *c == '\n' ? 0 : columns + 1;
		ck_assert_uint_le(columns, widths[_i]);
	}
	snprintf(name, sizeof(name), "overview-%u", widths[_i]);
	text_expect(name, got);
}
END_TEST

START_TEST(test_utf8_color)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r[5];
	size_t n = all_kinds(r);

	o.utf8 = true;
	o.color = true;
	text_expect("overview-color", text_run(&in, &o, r, n));
}
END_TEST

/* -v and --states: details, events and transitions of all. */
START_TEST(test_details)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r[5];
	size_t n = all_kinds(r);

	r[n++] = text_reset();
	o.events = true;
	o.states = true;
	text_expect("details", text_run(&in, &o, r, n));
}
END_TEST

/* -k limits the list of events, not their counts. */
START_TEST(test_kinds)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r = text_no_answer();
	bool kinds[ANOMALY_COUNT] = {[ANOMALY_MSS_MISSING] = true};
	char *got;

	text_event(r, ANOMALY_MSS_MISSING, 14, 200, CLIENT);
	r->kind_count[ANOMALY_MSS_MISSING] = 40;
	o.events = true;
	o.kinds = kinds;
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_nonnull(
	    strstr(got, "    retransmission-syn  warn   2  frames 15, 16\n"
			"    mss-missing         info  40  frames 14, ...\n"
			"  Each event   in the order of frames\n"));
	ck_assert_ptr_nonnull(strstr(
	    got, "       14  +0.000000 s  client  info      mss-missing"));
	ck_assert_ptr_nonnull(strstr(
	    got, "    39 more of mss-missing; --max-events 0 keeps all\n"));
	ck_assert_ptr_null(strstr(got, "role syn"));
	free(got);
}
END_TEST

/* Reports of a transition that was undone, and what stands instead. */
START_TEST(test_rollback)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r = text_clean();
	char *got;

	r->transition[4].confirmed_frame = 0;
	r->transition[4].revoked_frame = 5;
	r->transitions_n = 5;
	o.states = true;
	o.events = true;
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_nonnull(
	    strstr(got, "  server  SYN-RECEIVED  -> ESTABLISHED?  R3.25  "
			"undone by frame 5\n"));
	ck_assert_ptr_nonnull(strstr(
	    got, "server  LISTEN -> SYN-RECEIVED (1 undone, see --states)\n"));
	free(got);
}
END_TEST

/* Rows of the table: lines that begin with a mark and a number. */
static unsigned
rows_of(const char *report)
{
	unsigned n = 0;

	for (const char *c = report;
	     *c != '\0' && strncmp(c, "\nConnection", 11) != 0; c++)
		n += strncmp(c, "\n! ", 3) == 0 ||
		     (strncmp(c, "\n  ", 3) == 0 && c[3] >= '1' && c[3] <= '9');
	return n;
}

static char *
run_many(struct report_options *o)
{
	struct text_input in = text_input();
	struct conn_report *r[MANY];

	for (uint32_t i = 0; i < MANY; i++) {
		r[i] = text_bare(MANY - i);
		r[i]->handshake.outcome = OUTCOME_COMPLETE;
		r[i]->side[CLIENT].bytes = r[i]->number;
	}
	r[0]->verdict.severity = SEVERITY_WARN;
	r[0]->verdict.id = VERDICT_REUSE;
	return text_run(&in, o, r, MANY);
}

START_TEST(test_top)
{
	struct report_options o = text_options(100);
	char *got = run_many(&o);

	ck_assert_uint_eq(rows_of(got), 50);
	ck_assert_ptr_nonnull(
	    strstr(got, "\n  ... 10 more connections; --top 0 lists all\n"));
	ck_assert_ptr_nonnull(strstr(got, "\n! 60 "));
	ck_assert_ptr_nonnull(strstr(got, "\n  49 "));
	ck_assert_ptr_null(strstr(got, "\n  50 "));
	free(got);

	o.has_top = true;
	got = run_many(&o);
	ck_assert_uint_eq(rows_of(got), MANY);
	ck_assert_ptr_null(strstr(got, "more connection"));
	free(got);

	o.top = 1;
	o.sort = SORT_NUMBER;
	got = run_many(&o);
	ck_assert_uint_eq(rows_of(got), 1);
	ck_assert_ptr_nonnull(strstr(got,
	    "\n  ... 59 more connections, 1 of which needs attention; "
	    "--top 0 lists all\n"));
	ck_assert_ptr_nonnull(strstr(got, "\n  1 "));
	free(got);

	o.sort = SORT_BYTES;
	got = run_many(&o);
	ck_assert_ptr_nonnull(strstr(got, "\n! 60 "));
	free(got);
}
END_TEST

/* A connection that --explain names is told even without a row. */
START_TEST(test_explain_list)
{
	static const struct number_range list[] = {{5, 5}, {99, 120}};
	struct report_options o = text_options(100);
	char *got;

	o.has_top = true;
	o.top = 2;
	o.explain = true;
	o.explain_list = list;
	o.explain_n = 2;
	got = run_many(&o);
	ck_assert_uint_eq(rows_of(got), 2);
	ck_assert_ptr_nonnull(strstr(got, "\nConnection 5  "));
	ck_assert_ptr_null(strstr(got, "\nConnection 1  "));
	ck_assert_ptr_nonnull(strstr(got,
	    "\nNothing to explain: no connection 99 to 120 in this report\n"));
	free(got);
}
END_TEST

/* Nothing of a file name or of a capture reaches a terminal raw. */
START_TEST(test_hostile)
{
	static char path[] = "\033[2Jcap\nture\x9b.pcap";
	static char error[] = "bad\a block\r\n! 99 forged row";
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r = text_refused();
	struct event *e = text_event(r, ANOMALY_RST_WITH_DATA, 13, 140, SERVER);
	char *got;

	in.info[0].path = path;
	in.info[0].complete = false;
	in.info[0].error = error;
	in.info[0].link_description = error;
	event_set(e, EVIDENCE_TEXT, 0);
	e->text = malloc(32);
	ck_assert_ptr_nonnull(e->text);
	strcpy(e->text, "\033]0;owned\a\xff\"\n");
	strcpy(r->verdict.sentence, "text \033[8m of \xc2\x9b a host");
	o.events = true;
	o.explain = true;
	got = text_run(&in, &o, &r, 1);
	for (const char *c = got; *c != '\0'; c++)
		ck_assert(*c == '\n' || (*c >= ' ' && *c <= '~'));
	text_expect("hostile", got);
}
END_TEST

START_TEST(test_empty)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	char *got;

	in.info[0].packets = 0;
	in.info[0].has_time = false;
	in.packets = (struct packet_counts){0};
	got = text_run(&in, &o, NULL, 0);
	ck_assert_str_eq(got,
	    "capture.pcap  pcap, Ethernet, 0 packets (0 TCP)\n"
	    "No TCP connections.\n");
	free(got);
}
END_TEST

START_TEST(test_not_analysed)
{
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	char *got;

	in.packets.total = 1003;
	in.packets.tcp = 1000;
	in.packets.reason[REASON_NOT_IP] = 1002;
	in.packets.reason[REASON_TRUNCATED_TCP] = 1;
	got = text_run(&in, &o, NULL, 0);
	ck_assert_str_eq(got,
	    "capture.pcap  pcap, Ethernet, 17 packets (1,000 TCP) in 4.00 s "
	    "from 2026-11-22 "
	    "10:00:00.123456 UTC\n"
	    "No TCP connections.\n"
	    "\n"
	    "Not analysed: 1,003 packets (1,002 not IP, 1 TCP header cut "
	    "off)\n");
	free(got);
}
END_TEST

/* With several files a frame is also cited as FILE:N. */
START_TEST(test_two_captures)
{
	static char first[] = "a.pcap", second[] = "b.pcap";
	struct report_options o = text_options(100);
	struct text_input in = text_input();
	struct conn_report *r = text_refused();
	char *got;

	in.n = 2;
	in.info[1] = in.info[0];
	in.info[0].path = first;
	in.info[0].packets = 12;
	in.info[0].last_ns = TEXT_START_NS + NS_PER_S;
	in.info[1].path = second;
	in.info[1].packets = 5;
	in.info[1].first_ns = TEXT_START_NS + 2 * NS_PER_S;
	in.info[1].compression = "gzip";
	in.frames_n = 17;
	memset(in.file_of + 12, 1, 5);
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_nonnull(
	    strstr(got, "reset (frames 12 (a.pcap:12), 13 (b.pcap:1))"));
	text_expect("two-captures", got);

	/* files that overlap */
	r = text_refused();
	in.file_of[5] = 1;
	in.file_of[12] = 0;
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_nonnull(
	    strstr(got, "reset (frames 12 (a.pcap:11), 13 (a.pcap:12))"));
	free(got);
	/* where nothing is noted nothing is said */
	r = text_refused();
	in.frames_n = 0;
	got = text_run(&in, &o, &r, 1);
	ck_assert_ptr_null(strstr(got, "a.pcap:"));
	free(got);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("report_text");
	TCase *overview = tcase_create("overview");
	TCase *detail = tcase_create("detail");

	suite_add_tcase(s, overview);
	tcase_add_loop_test(overview, test_widths, 0, ROWS(widths));
	tcase_add_test(overview, test_utf8_color);
	tcase_add_test(overview, test_top);
	tcase_add_test(overview, test_explain_list);
	tcase_add_test(overview, test_hostile);
	tcase_add_test(overview, test_empty);
	tcase_add_test(overview, test_not_analysed);
	tcase_add_test(overview, test_two_captures);
	suite_add_tcase(s, detail);
	tcase_add_test(detail, test_details);
	tcase_add_test(detail, test_kinds);
	tcase_add_test(detail, test_rollback);
	return run_suite(s);
}
