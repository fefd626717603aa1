/*
 * check_bounds.c - every bound from --limit to the engine, and exactly where
 * it begins to count, as set and by default (R1.33, R1.34, R2.14).
 */
#include <stdio.h>
#include <string.h>

#include "base/constants.h"
#include "engine/analyzer.h"
#include "engine/conn.h"
#include "program/options.h"
#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define FIELD(name) offsetof(struct limits, name)

static void
field_set(struct limits *l, size_t offset, uint64_t v)
{
	memcpy((char *)l + offset, &v, sizeof(v));
}

/* The smallest and the largest value are taken, and nothing else changes. */
START_TEST(test_option)
{
	const struct limit_row *row = &limit_table[_i];
	const uint64_t values[] = {row->min, row->max};
	struct limits want;
	struct complaint complaint;
	struct options o;
	char name[] = "tcpconn-analyze", file[] = "a.pcap", arg[80];
	char *argv[] = {name, arg, file, NULL};
	int i;

	for (i = 0; i < ROWS(values); i++) {
		limits_init(&want);
		field_set(&want, row->offset, values[i]);
		snprintf(arg, sizeof(arg), "--limit=%s=%llu", row->name,
		    (unsigned long long)values[i]);
		ck_assert(options_parse(&o, 3, argv, &complaint));
		ck_assert_mem_eq(&o.limits, &want, sizeof(want));
		options_fini(&o);
	}
}
END_TEST

START_TEST(test_conn)
{
	static const struct flow_key key = {.version = 4};
	struct limits l;
	struct conn *c = malloc(sizeof(*c));
	int i;

	limits_init(&l);
	l.segs = 11;
	l.sack = 12;
	l.known = 13;
	ck_assert_ptr_nonnull(c);
	conn_init(c, &key, &l, 0);
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(c->ep[i].sent.max, 11);
		ck_assert_uint_eq(c->ep[i].sacked.max, 12);
		ck_assert_uint_eq(c->ep[i].known.max, 13);
	}
	conn_fini(c);
	free(c);
}
END_TEST

/* --- effects ---------------------------------------------------------- */

static const struct play_setting setting = {
    .isn = {0x2b7c01e5, UINT32_MAX - 3000}, .new_isn = 7};

/* An opened connection under these limits; the next row is the fourth. */
static void
open_under(struct play *p, const struct limits *l)
{
	struct play_setting with = setting;

	with.limits = l;
	play_init(p, &with);
	play_next(p, "0 C>S S 0 - 0 64240 mss1460 ws7 sackok");
	play_next(p, "20 S>C SA 0 1 0 65160 mss1460 ws7 sackok");
	play_next(p, "21 C>S A 1 1 0");
}

static void
expect(struct play *p, uint32_t conns, const char *facts)
{
	struct problems problems = {.used = 0};

	play_end(p);
	ck_assert_uint_eq(p->reports_n, conns);
	facts_check(&problems, p->report[0], facts);
	if (problems.used > 0)
		ck_abort_msg("%s", problems.text);
}

/* A bound, set or by default, and how many fit. */
struct bound {
	uint64_t set; /* 0: the default */
	unsigned fit;
};

static const struct bound segs_bounds[] = {
    {8, 8}, {20, 20}, {512, 512}, {0, 4096}};

/* n segments of 10 bytes, none acknowledged. */
static void
send_unacked(struct play *p, const struct limits *l, unsigned n)
{
	unsigned i;

	open_under(p, l);
	for (i = 0; i < n; i++)
		play_next(p, "%u.%03u C>S A %u 1 10", 30 + i / 1000, i % 1000,
		    1 + 10 * i);
}

START_TEST(test_segs)
{
	const struct bound *b = &segs_bounds[_i];
	struct limits l;
	struct play p;

	limits_init(&l);
	if (b->set != 0)
		l.segs = b->set;
	send_unacked(&p, &l, b->fit);
	expect(&p, 1, "history_truncated false");
	play_fini(&p);
	send_unacked(&p, &l, b->fit + 1);
	expect(&p, 1, "history_truncated true");
	play_fini(&p);
}
END_TEST

static const struct bound range_bounds[] = {{2, 2}, {5, 5}, {0, 512}};

/* n holes of 10 bytes. */
static void
leave_holes(struct play *p, const struct limits *l, unsigned n)
{
	unsigned i;

	open_under(p, l);
	for (i = 0; i < n; i++)
		play_next(p, "%u C>S A %u 1 10", 30 + i, 11 + 20 * i);
}

START_TEST(test_holes)
{
	const struct bound *b = &range_bounds[_i];
	struct limits l;
	struct play p;

	limits_init(&l);
	if (b->set != 0)
		l.holes = b->set;
	leave_holes(&p, &l, b->fit);
	expect(&p, 1, "holes_merged false");
	play_fini(&p);
	leave_holes(&p, &l, b->fit + 1);
	expect(&p, 1, "holes_merged true");
	play_fini(&p);
}
END_TEST

/* Of 2n segments every other one is SACKed. */
static void
sack_ranges(struct play *p, const struct limits *l, unsigned n)
{
	unsigned i;

	open_under(p, l);
	for (i = 0; i < 2 * n; i++)
		play_next(p, "%u C>S A %u 1 10", 30 + i, 1 + 10 * i);
	for (i = 0; i < n; i++)
		play_next(p, "%u S>C A 1 1 0 sack %u-%u", 3000 + i, 11 + 20 * i,
		    21 + 20 * i);
}

START_TEST(test_sack)
{
	const struct bound *b = &range_bounds[_i];
	struct limits l;
	struct play p;

	limits_init(&l);
	if (b->set != 0)
		l.sack = b->set;
	sack_ranges(&p, &l, b->fit);
	expect(&p, 1, "holes_merged false");
	play_fini(&p);
	sack_ranges(&p, &l, b->fit + 1);
	expect(&p, 1, "holes_merged true");
	play_fini(&p);
}
END_TEST

/* --- timeouts (R2.14) ------------------------------------------------- */

/*
 * rows begin a connection, `again` comes on the same tuple when all but the
 * very end of the time has passed, and when it has passed.
 */
static const struct timeout_case {
	const char *name;
	size_t offset;
	unsigned seconds; /* of the default */
	const char *row[8];
	unsigned last_ms; /* time of the last row */
	const char *again;
	uint32_t continues;
} timeout_cases[] = {
    {"an unanswered SYN", FIELD(syn_s), 300, {"100 C>S S 0 - 0"}, 100,
	"C>S S 0 - 0", 0},
    {"half-open", FIELD(half_open_s), 300,
	{"100 C>S S 0 - 0", "120 S>C SA 0 1 0"}, 120, "S>C SA 0 1 0", 0},
    {"closed by FINs", FIELD(closed_s), 240,
	{"0 C>S S 0 - 0", "20 S>C SA 0 1 0", "21 C>S A 1 1 0",
	    "40 C>S FA 1 1 0", "60 S>C FA 1 2 0", "61 C>S A 2 2 0"},
	61, "S>C A 2 2 0", 1},
    {"closed by an RST", FIELD(closed_s), 240,
	{"0 C>S S 0 - 0", "20 S>C SA 0 1 0", "21 C>S A 1 1 0",
	    "40 C>S R 1 - 0"},
	40, "C>S R 1 - 0", 1},
    {"refused", FIELD(closed_s), 240, {"0 C>S S 0 - 0", "20 S>C RA =0 1 0 0"},
	20, "C>S S 0 - 0", 0},
    {"idle", FIELD(idle_s), 9000,
	{"0 C>S S 0 - 0", "20 S>C SA 0 1 0", "21 C>S A 1 1 0"}, 21,
	"C>S A 1 1 0", 1},
    {"idle, joined midstream", FIELD(idle_s), 9000, {"7 C>S PA 1 1 10"}, 7,
	"C>S A 11 1 0", 1},
    {"half-closed is idle", FIELD(idle_s), 9000,
	{"0 C>S S 0 - 0", "20 S>C SA 0 1 0", "21 C>S A 1 1 0",
	    "40 C>S FA 1 1 0", "60 S>C A 1 2 0"},
	60, "S>C A 1 2 0", 1},
};

/* How many records there are when `again` comes after so many ms. */
static uint32_t
records_after(const struct timeout_case *k, const struct limits *l, unsigned ms,
    uint32_t *continues)
{
	struct play_setting with = setting;
	struct play p;
	uint32_t n;
	int i;

	with.limits = l;
	play_init(&p, &with);
	for (i = 0; k->row[i] != NULL; i++)
		play_next(&p, "%s", k->row[i]);
	play_next(&p, "%u %s", k->last_ms + ms, k->again);
	play_end(&p);
	n = p.reports_n;
	*continues = n == 2 ? p.report[1]->continues : 0;
	play_fini(&p);
	return n;
}

START_TEST(test_timeout)
{
	const struct timeout_case *k = &timeout_cases[_i / 2];
	unsigned seconds = _i % 2 == 0 ? k->seconds : 40;
	struct limits l;
	uint32_t n, continues;

	limits_init(&l);
	if (_i % 2 != 0)
		field_set(&l, k->offset, seconds);
	n = records_after(k, &l, 1000 * seconds, &continues);
	if (n != 1)
		ck_abort_msg("%s: %u records before %u s", k->name, n, seconds);
	n = records_after(k, &l, 1000 * seconds + 1, &continues);
	if (n != 2 || continues != k->continues)
		ck_abort_msg("%s: %u records after %u s, continues %u", k->name,
		    n, seconds, continues);
	/* R2.14: no tombstone, no continuation */
	l.tombstones = 0;
	n = records_after(k, &l, 1000 * seconds + 1, &continues);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(continues, 0);
}
END_TEST

/* A SYN that waited for an answer becomes a record, which is as old. */
START_TEST(test_timeout_of_pended)
{
	struct play p;

	play_init(&p, &setting);
	play_next(&p, "0 C>S S 0 - 0");
	play_next(&p, "20 S>C SA 0 1 0");
	play_next(&p, "21 C>S A 1 1 0");
	play_next(&p, "100000 C>S S 900000 - 0");
	play_next(&p, "9200000 S>C A 1 1 0");
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 3);
	ck_assert_uint_eq(p.report[1]->last_frame, 4);
	ck_assert_uint_eq(p.report[2]->first_frame, 5);
	play_fini(&p);
}
END_TEST

static int
on_counted(void *arg, struct conn_report *r)
{
	unsigned *packets = arg;

	*packets += (unsigned)(r->side[0].packets + r->side[1].packets);
	return 0;
}

/* A faulty segment does not make a record live again that was over. */
START_TEST(test_timeout_of_faulty)
{
	unsigned packets = 0, i;
	struct analyzer_options o = {
	    .observer = {.on_connection = on_counted, .arg = &packets}};
	struct segment s = {.frame_no = 1,
	    .key = {.version = 4, .port = {80, 43210}},
	    .flags = FLAG_SYN,
	    .dir = 1};
	struct analyzer *a;

	limits_init(&o.limits);
	a = analyzer_new(&o);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(analyzer_segment(a, &s), ANALYZER_ATTRIBUTED);
	s.fault = FAULT_BAD_LENGTH;
	for (i = 2; i < 4; i++) {
		s.frame_no = i;
		s.ts_ns = (int64_t)(i - 1) * 200 * NS_PER_S;
		ck_assert_int_eq(analyzer_segment(a, &s), ANALYZER_ATTRIBUTED);
	}
	s.ts_ns += 301 * NS_PER_S;
	ck_assert_int_eq(analyzer_segment(a, &s), ANALYZER_UNATTRIBUTED);
	ck_assert_int_eq(analyzer_finish(a), ANALYZER_ATTRIBUTED);
	ck_assert_uint_eq(packets, 3);
	analyzer_free(a);
}
END_TEST

static Suite *
bounds_suite(void)
{
	Suite *s = suite_create("bounds");
	TCase *set = tcase_create("--limit");
	TCase *room = tcase_create("R1.33, R1.34");
	TCase *timeouts = tcase_create("R2.14");

	tcase_add_loop_test(set, test_option, 0, (int)limit_table_n);
	tcase_add_test(set, test_conn);
	suite_add_tcase(s, set);
	tcase_add_loop_test(room, test_segs, 0, ROWS(segs_bounds));
	tcase_add_loop_test(room, test_holes, 0, ROWS(range_bounds));
	tcase_add_loop_test(room, test_sack, 0, ROWS(range_bounds));
	suite_add_tcase(s, room);
	tcase_add_loop_test(timeouts, test_timeout, 0, 2 * ROWS(timeout_cases));
	tcase_add_test(timeouts, test_timeout_of_pended);
	tcase_add_test(timeouts, test_timeout_of_faulty);
	suite_add_tcase(s, timeouts);
	return s;
}

int
main(void)
{
	return run_suite(bounds_suite());
}
