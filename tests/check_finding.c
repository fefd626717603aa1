/*
 * check_finding.c - what many connections show together: which are grouped,
 * when that is a finding, what it says, and which connections it stands for.
 */
#include <stdlib.h>
#include <string.h>

#include "model/report.h"
#include "report/finding_text.h"
#include "run_suite.h"

#define MANY 100000

/* A connection of 10.0.0.client to 10.0.1.server:port with this verdict. */
static struct conn_report
report_of(uint32_t number, enum verdict_id verdict, unsigned client,
    unsigned server, uint16_t port)
{
	struct conn_report r = {.number = number,
	    .version = 4,
	    .first_frame = 10 * (uint64_t)number,
	    .first_ns = 1000000 * (int64_t)number,
	    .last_ns = 1000000 * (int64_t)number + 500000};

	r.side[CLIENT].addr[0] = r.side[SERVER].addr[0] = 10;
	r.side[SERVER].addr[1] = 1;
	r.side[CLIENT].addr[2] = (uint8_t)(client >> 8);
	r.side[CLIENT].addr[3] = (uint8_t)client;
	r.side[SERVER].addr[2] = (uint8_t)(server >> 8);
	r.side[SERVER].addr[3] = (uint8_t)server;
	r.side[SERVER].port = port;
	r.side[CLIENT].port = (uint16_t)(40000 + number % 20000);
	r.verdict.id = verdict;
	r.verdict.severity = verdict_severity(verdict);
	r.worst = r.verdict.severity;
	if (verdict == VERDICT_HALF_OPEN)
		r.handshake.outcome = OUTCOME_HALF_OPEN;
	return r;
}

/* How a row of connections differs: 0 stays, 1 changes from one to the next. */
struct row {
	const char *label;
	enum verdict_id verdict;
	unsigned n, clients, servers, ports;
	const char *found; /* sentences, each ended by a newline */
};

static const struct row rows[] = {
    {"R9.2: two are too few", VERDICT_REFUSED, 2, 0, 0, 0, ""},
    {"one server refuses one client", VERDICT_REFUSED, 3, 0, 0, 0,
	"3 connections to 10.1.0.0:80 refused, all from 10.0.0.0\n"},
    {"one server refuses several", VERDICT_REFUSED, 1500, 1, 0, 0,
	"1,500 connections to 10.1.0.0:80 refused, from 64 or more clients\n"},
    {"one server is silent", VERDICT_NO_ANSWER, 5, 1, 0, 0,
	"5 connections to 10.1.0.0:80 not answered, from 5 clients; it is down "
	"or filtered, or its answers were not captured\n"},
    {"nine ports are no scan", VERDICT_REFUSED, 9, 0, 0, 1, ""},
    {"a scan of ports", VERDICT_REFUSED, 10, 0, 0, 1,
	"10.0.0.0 tried 10 ports of 10.1.0.0 in 10 connections: 10 refused; "
	"this looks like a port scan\n"},
    {"a sweep over hosts", VERDICT_NO_ANSWER, 12, 0, 1, 0,
	"12 connections of 10.0.0.0 to 12 hosts failed to open: 12 not "
	"answered; a sweep, dead hosts, a broken path, or answers that were "
	"not captured\n"},
    {"a sweep over hosts and ports is one finding", VERDICT_REFUSED, 40, 0, 1,
	1,
	"40 connections of 10.0.0.0 to 40 hosts failed to open: 40 refused; a "
	"sweep, dead hosts or a broken path\n"},
    {"few open handshakes are no flood", VERDICT_HALF_OPEN, 19, 1, 0, 0,
	"19 handshakes with 10.1.0.0:80 not completed, from 19 clients\n"},
    {"nor are many of one client", VERDICT_HALF_OPEN, 30, 0, 0, 0,
	"30 handshakes with 10.1.0.0:80 not completed, all from 10.0.0.0\n"},
    {"a flood", VERDICT_HALF_OPEN, 20, 1, 0, 0,
	"20 handshakes with 10.1.0.0:80 never completed, from 20 clients "
	"within 19.5 ms; a SYN flood, or its answers do not reach the "
	"clients\n"},
    {"one path loses", VERDICT_LOSS_DOWNSTREAM, 3, 0, 0, 1,
	"3 connections with 10.1.0.0 lost segments, all from 10.0.0.0\n"},
    {"one client loses", VERDICT_LOSS_UPSTREAM, 4, 0, 1, 0,
	"4 connections of 10.0.0.0 with 4 servers lost segments\n"},
    {"forged resets", VERDICT_RESET_INJECTED, 3, 1, 0, 0,
	"3 connections with 10.1.0.0 cut by resets that probably came from a "
	"third party, from 3 clients\n"},
    {"a slow server", VERDICT_SERVER_SLOW, 3, 0, 0, 0,
	"3 connections waited for the answers of 10.1.0.0:80 most of the time, "
	"all from 10.0.0.0\n"},
    {"a verdict without a finding of its own", VERDICT_RECEIVER_LIMITED, 3, 0,
	0, 0,
	"3 connections with 10.1.0.0:80 are judged receiver-limited, all from "
	"10.0.0.0\n"},
    {"what is well is no finding", VERDICT_OK, 100, 1, 0, 0, ""},
    {"nor is a note", VERDICT_CLIENT_SLOW, 100, 0, 0, 0, ""},
};

static struct conn_report
report_of_row(const struct row *row, unsigned i)
{
	return report_of(i + 1, row->verdict, row->clients * i,
	    row->servers * i, (uint16_t)(80 + row->ports * i));
}

static void
assert_found(const struct findings *f, const char *expected, const char *label)
{
	struct text t;

	text_init(&t);
	for (size_t i = 0; i < f->list_n; i++) {
		finding_say(&t, f->list[i]);
		text_add(&t, "\n");
	}
	ck_assert_msg(strcmp(text_get(&t), expected) == 0,
	    "%s:\ngot      %sexpected %s", label, text_get(&t), expected);
	text_fini(&t);
}

START_TEST(test_row)
{
	const struct row *row = &rows[_i];
	struct findings f;

	findings_init(&f, &hash_key_fixed);
	for (unsigned i = 0; i < row->n; i++) {
		struct conn_report r = report_of_row(row, i);

		findings_add(&f, &r);
	}
	findings_settle(&f);
	assert_found(&f, row->found, row->label);
	ck_assert(!findings_cut(&f));
	findings_fini(&f);
}
END_TEST

/* Whatever the order in which they end, the first to appear are named. */
START_TEST(test_order)
{
	const struct row *row = &rows[2];
	struct findings f;

	findings_init(&f, &hash_key_fixed);
	for (unsigned i = row->n; i-- > 0;) {
		struct conn_report r = report_of_row(row, i);

		findings_add(&f, &r);
	}
	findings_settle(&f);
	assert_found(&f, row->found, row->label);
	for (unsigned i = 0; i < FINDING_FIRST; i++) {
		ck_assert_uint_eq(f.list[0]->first_number[i], i + 1);
		ck_assert_uint_eq(f.list[0]->first_frame[i], 10 * (i + 1));
	}
	ck_assert_int_eq(f.list[0]->first_ns, 1000000);
	ck_assert_int_eq(f.list[0]->last_ns, 1500500000);
	findings_fini(&f);
}
END_TEST

/* Two examples of a finding stand for the rest, but not for what says more. */
START_TEST(test_stand_for)
{
	struct findings f;
	struct conn_report r;

	findings_init(&f, &hash_key_fixed);
	for (unsigned i = 1; i <= 2; i++) {
		r = report_of(i, VERDICT_REFUSED, 1, 1, 80);
		ck_assert(!findings_add(&f, &r));
	}
	r = report_of(3, VERDICT_REFUSED, 1, 1, 80);
	ck_assert(findings_add(&f, &r));
	r = report_of(4, VERDICT_REFUSED, 1, 1, 80);
	r.also_n = 1;
	r.also[0].severity = SEVERITY_ERROR;
	ck_assert(!findings_add(&f, &r));
	findings_settle(&f);
	ck_assert(!findings_stand_for(&f, &r));
	for (unsigned i = 1; i <= 3; i++) {
		r = report_of(i, VERDICT_REFUSED, 1, 1, 80);
		ck_assert_int_eq(findings_stand_for(&f, &r), i == 3);
		ck_assert_ptr_eq(findings_of(&f, &r), f.list[0]);
	}
	r = report_of(9, VERDICT_REFUSED, 1, 1, 81);
	ck_assert(!findings_stand_for(&f, &r));
	ck_assert_ptr_null(findings_of(&f, &r));
	findings_fini(&f);
}
END_TEST

/* A hundred thousand single failures do not hide the one that repeats. */
START_TEST(test_bounded)
{
	struct findings f;
	struct conn_report r;

	findings_init(&f, &hash_key_fixed);
	for (uint32_t i = 0; i < MANY; i++) {
		r = report_of(2 * i + 1, VERDICT_REFUSED, i & 0xffff,
		    (i * 7) & 0xffff, (uint16_t)i);
		findings_add(&f, &r);
		if (i >= 1000)
			continue;
		r = report_of(2 * i + 2, VERDICT_NO_ANSWER, 5, 9, 443);
		r.side[SERVER].addr[1] = 2;
		findings_add(&f, &r);
	}
	ck_assert_uint_le(f.n, FINDINGS_MAX);
	findings_settle(&f);
	ck_assert(findings_cut(&f));
	ck_assert_uint_ge(f.list_n, 1);
	assert_found(&f,
	    "1,000 connections to 10.2.0.9:443 not answered, all from "
	    "10.0.0.5; it is down or filtered, or its answers were not "
	    "captured\n",
	    "bounded");
	findings_fini(&f);
}
END_TEST

/* Findings that do not depend on the verdict. */
START_TEST(test_capture)
{
	struct findings f;
	struct conn_report r;

	findings_init(&f, &hash_key_fixed);
	for (unsigned i = 1; i <= 3; i++) {
		r = report_of(i, VERDICT_OK, i, i, 80);
		r.kind_count[ANOMALY_CAPTURE_GAP] = i;
		r.one_way = true;
		r.kind_count[ANOMALY_TW_REUSE_UNSAFE] = 1;
		memset(r.side[CLIENT].addr, 7, 4);
		memset(r.side[SERVER].addr, 8, 4);
		findings_add(&f, &r);
	}
	findings_settle(&f);
	assert_found(&f,
	    "3 connections of 7.7.7.7 to 8.8.8.8:80 used a port again before "
	    "its old segments had died out; the client may run short of "
	    "ports\n"
	    "the capture holds only one direction of 3 connections\n"
	    "the capture itself missed packets of 3 connections: what they "
	    "lost may not have been lost on the wire\n",
	    "capture");
	findings_fini(&f);
}
END_TEST

/* Resets are told of the host that sent them. */
START_TEST(test_resets)
{
	struct findings f;
	struct conn_report r;

	findings_init(&f, &hash_key_fixed);
	for (unsigned i = 1; i <= 3; i++) {
		r = report_of(i, VERDICT_RESET_BY_SERVER, i, 0, 80);
		r.teardown.has_resetter = true;
		r.teardown.resetter = SERVER;
		findings_add(&f, &r);
	}
	for (unsigned i = 4; i <= 7; i++) {
		r = report_of(i, VERDICT_RESET_BY_CLIENT, 9, 1, 80);
		r.teardown.has_resetter = true;
		r.teardown.resetter = CLIENT;
		findings_add(&f, &r);
	}
	findings_settle(&f);
	assert_found(&f,
	    "4 connections reset by 10.0.0.9, all with 10.1.0.1\n"
	    "3 connections reset by 10.1.0.0:80, with 3 peers\n",
	    "resets");
	findings_fini(&f);
}
END_TEST

/* One connection in three tunnels is one connection (R2.3). */
START_TEST(test_twins)
{
	struct findings f;
	struct conn_report r;

	findings_init(&f, &hash_key_fixed);
	for (unsigned i = 1; i <= 3; i++) {
		r = report_of(i, VERDICT_REFUSED, 1, 1, 80);
		r.judged_frame = i > 1 ? 10 : 0;
		findings_add(&f, &r);
	}
	findings_settle(&f);
	assert_found(&f, "", "twins");
	findings_fini(&f);
}
END_TEST

START_TEST(test_names)
{
	for (int id = 0; id < FINDING_COUNT; id++) {
		ck_assert_str_ne(finding_name((enum finding_id)id), "");
		ck_assert_str_ne(finding_meaning((enum finding_id)id), "");
	}
}
END_TEST

static Suite *
finding_suite(void)
{
	Suite *s = suite_create("finding");
	TCase *t = tcase_create("kinds");

	tcase_add_loop_test(t, test_row, 0, ROWS(rows));
	tcase_add_test(t, test_capture);
	tcase_add_test(t, test_resets);
	tcase_add_test(t, test_twins);
	tcase_add_test(t, test_names);
	suite_add_tcase(s, t);
	t = tcase_create("groups");
	tcase_add_test(t, test_order);
	tcase_add_test(t, test_stand_for);
	tcase_add_test(t, test_bounded);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return run_suite(finding_suite());
}
