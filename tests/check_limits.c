/*
 * check_limits.c - the bounds of RULEBOOK 1.4: their table, and that each takes
 * effect when set; check_timeouts.c has those of 2.14. Overflow degrades and
 * says so.
 */
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

#include "support/facts.h"
#include "support/limited_play.h"
#include "support/run_suite.h"
#include "support/scenario.h"

/* --- the table -------------------------------------------------------- */

static const struct {
	const char *name;
	uint64_t value;
	size_t offset;
} defaults[] = {
    /* R1.33 has 512: too few for a long fat path */
    {"K_SEGS", 4096, offsetof(struct limits, segs)},
    {"K_PENDING", 512, offsetof(struct limits, pending)}, /* R8.32 */
    /* R1.34 has 64: too few for a slow start that overruns a queue */
    {"K_HOLES", 512, offsetof(struct limits, holes)},
    {"K_SACK", 512, offsetof(struct limits, sack)},
    {"K_KNOWN", 64, offsetof(struct limits, known)},      /* R1.42 */
    {"K_EVENTS", 32, offsetof(struct limits, events)},    /* R1.35 */
    {"K_CONNS", 1000000, offsetof(struct limits, conns)}, /* R1.36 */
    {"K_AWAKE", 16384, offsetof(struct limits, awake)},
    {"K_FRAG_SETS", 1024, offsetof(struct limits, frag_sets)}, /* R2.13 */
    {"K_FRAG", 30, offsetof(struct limits, frag_s)},           /* R2.13 */
    {"K_SYN_TIMEOUT", 300, offsetof(struct limits, syn_s)},    /* R2.14 */
    {"K_HALF_OPEN_TIMEOUT", 300, offsetof(struct limits, half_open_s)},
    {"K_CLOSED_TIMEOUT", 240, offsetof(struct limits, closed_s)},
    {"K_IDLE_TIMEOUT", 9000, offsetof(struct limits, idle_s)},
    {"K_TOMBSTONES", 65536, offsetof(struct limits, tombstones)},
    {"K_TRACE", 65536, offsetof(struct limits, trace)},
    {"K_TRACES", 4194304, offsetof(struct limits, traces)},
    {"K_STATES", 64, offsetof(struct limits, states)},
    {"K_SPOOL", 1024, offsetof(struct limits, spool)},
};

START_TEST(test_default)
{
	const struct limit_row *row = limit_row_named(defaults[_i].name);
	struct limits l;
	uint64_t set;

	ck_assert_uint_eq(row->value, defaults[_i].value);
	ck_assert_uint_eq(row->offset, defaults[_i].offset);
	ck_assert_uint_le(row->min, row->value);
	ck_assert_uint_ge(row->max, row->value);
	ck_assert_uint_gt(strlen(row->text), 0);
	memset(&l, 0xff, sizeof(l));
	limits_init(&l);
	memcpy(&set, (const char *)&l + row->offset, sizeof(set));
	ck_assert_uint_eq(set, row->value);
}
END_TEST

START_TEST(test_complete)
{
	size_t i, j;

	ck_assert_uint_eq(limit_table_n, ROWS(defaults));
	ck_assert_uint_eq(
	    limit_table_n * sizeof(uint64_t), sizeof(struct limits));
	for (i = 0; i < limit_table_n; i++)
		for (j = 0; j < i; j++)
			ck_assert_str_ne(
			    limit_table[i].name, limit_table[j].name);
}
END_TEST

/* --- through the engine ----------------------------------------------- */

static uint32_t
kept_of(const struct conn_report *r, enum anomaly_kind kind)
{
	uint32_t i, n = 0;

	for (i = 0; i < r->events_n; i++)
		n += r->event[i].kind == kind;
	return n;
}

/* A flight, sent within a second, whose head comes again by the timer. */
static const struct flight {
	const char *name;
	uint64_t value;
	unsigned segments, bytes;
	bool remembered; /* all of it (R1.33) */
} flights[] = {
    {NULL, 0, 12, 100, true},
    {"K_SEGS", 8, 12, 100, false},
    {NULL, 0, 4000, 10, true}, /* as a long fat path has it */
    {"K_SEGS", 512, 4000, 10, false},
};

START_TEST(test_segs)
{
	const struct flight *f = &flights[_i];
	const struct conn_report *r;
	struct limits l;
	struct play p;
	unsigned i;

	play_limited(&p, &l, f->name, f->value);
	play_opening(&p, 0, PLAY_PORT);
	for (i = 0; i < f->segments; i++)
		play_next(
		    &p, "30.%04u C>S A %u 1 %u", i, 1 + i * f->bytes, f->bytes);
	play_next(&p, "400 C>S A 1 1 %u", f->bytes);
	play_end(&p);
	r = p.report[0];
	ck_assert(r->history_truncated == !f->remembered);
	ck_assert_uint_eq(
	    r->side[CLIENT].unique_bytes, (uint64_t)f->segments * f->bytes);
	ck_assert_uint_eq(r->side[CLIENT].data_packets, f->segments + 1);
	ck_assert_uint_eq(r->side[CLIENT].retransmitted_packets, 1);
	/* of bytes that were forgotten the kind is not known */
	ck_assert_uint_eq(
	    r->kind_count[ANOMALY_RETRANSMISSION_RTO], f->remembered);
	ck_assert_uint_eq(
	    r->kind_count[ANOMALY_RETRANSMISSION_UNCLASSIFIED], !f->remembered);
	play_fini(&p);
}
END_TEST

/* Three segments sent again though all had arrived, as the DSACKs say. */
static void
play_needless(struct play *p)
{
	unsigned i;

	play_opening(p, 0, PLAY_PORT);
	for (i = 0; i < 3; i++)
		play_next(p, "30.%u C>S A %u 1 100", i, 1 + i * 100);
	for (i = 0; i < 3; i++)
		play_next(p, "400.%u C>S A %u 1 100", i, 1 + i * 100);
	for (i = 0; i < 3; i++)
		play_next(p, "425.%u S>C A 1 301 0 sack %u-%u", i, 1 + i * 100,
		    101 + i * 100);
	play_end(p);
}

START_TEST(test_pending)
{
	static const struct {
		const char *name;
		uint32_t proved;
	} rows[] = {{NULL, 3}, {"K_PENDING", 2}};
	struct limits l;
	struct play p;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct conn_report *r;

		play_limited(&p, &l, rows[i].name, 2);
		play_needless(&p);
		r = p.report[0];
		ck_assert_uint_eq(r->side[CLIENT].retransmitted_packets, 3);
		ck_assert_uint_eq(
		    r->kind_count[ANOMALY_SPURIOUS_RETRANSMISSION],
		    rows[i].proved);
		play_fini(&p);
	}
}
END_TEST

/* Six segments of the server, every second one missing. */
static void
play_holes(struct play *p)
{
	unsigned i;

	play_opening(p, 0, PLAY_PORT);
	play_next(p, "25 C>S PA 1 1 10");
	for (i = 0; i < 6; i++)
		play_next(p, "%u.%u S>C A %u 11 100", 50 + i / 10, i % 10,
		    101 + i * 200);
}

START_TEST(test_holes)
{
	const struct conn_report *r;
	struct limits l;
	struct play p;

	play_limited(&p, &l, NULL, 0);
	play_holes(&p);
	play_end(&p);
	ck_assert(!p.report[0]->holes_merged);
	ck_assert_uint_eq(p.report[0]->kind_count[ANOMALY_GAP_UNRESOLVED], 6);
	play_fini(&p);

	play_limited(&p, &l, "K_HOLES", 2);
	play_holes(&p);
	play_end(&p);
	r = p.report[0];
	ck_assert(r->holes_merged);
	ck_assert_uint_eq(r->kind_count[ANOMALY_GAP_UNRESOLVED], 2);
	ck_assert_uint_eq(r->side[SERVER].unique_bytes, 600);
	play_fini(&p);
}
END_TEST

/* What joined holes have swallowed may be captured, and is not missed. */
START_TEST(test_joined_holes)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, NULL, 0);
	play_holes(&p);
	play_next(&p, "60 C>S A 11 1201 0");
	play_end(&p);
	ck_assert_uint_eq(p.report[0]->kind_count[ANOMALY_CAPTURE_GAP], 6);
	play_fini(&p);

	play_limited(&p, &l, "K_HOLES", 2);
	play_holes(&p);
	play_next(&p, "60 C>S A 11 1201 0");
	play_end(&p);
	ck_assert_uint_le(p.report[0]->kind_count[ANOMALY_CAPTURE_GAP], 1);
	play_fini(&p);
}
END_TEST

/* Of seven segments the client SACKs three that do not touch. */
static void
play_sacks(struct play *p)
{
	unsigned i;

	play_opening(p, 0, PLAY_PORT);
	play_next(p, "25 C>S PA 1 1 10");
	for (i = 0; i < 7; i++)
		play_next(p, "50.%u S>C A %u 11 100", i, 1 + i * 100);
	play_next(p, "52.1 C>S A 11 1 0 sack 101-201");
	play_next(p, "52.2 C>S A 11 1 0 sack 301-401 sack 101-201");
	play_next(
	    p, "52.3 C>S A 11 1 0 sack 501-601 sack 301-401 sack 101-201");
	play_end(p);
}

START_TEST(test_sack)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, NULL, 0);
	play_sacks(&p);
	ck_assert(!p.report[0]->holes_merged);
	play_fini(&p);

	play_limited(&p, &l, "K_SACK", 2);
	play_sacks(&p);
	ck_assert(p.report[0]->holes_merged);
	ck_assert_uint_eq(p.report[0]->kind_count[ANOMALY_DUP_ACK], 3);
	play_fini(&p);
}
END_TEST

/* Frames 4 on: a segment is lost downstream, each later one is answered. */
#define DUP_ACKS 40

static void
play_dup_acks(struct play *p)
{
	unsigned i;

	play_opening(p, 0, PLAY_PORT);
	for (i = 0; i <= DUP_ACKS; i++)
		play_next(p, "%u.%u C>S A %u 1 100", 30 + i / 10, i % 10,
		    1 + i * 100);
	for (i = 0; i < DUP_ACKS; i++)
		play_next(p, "%u.%u S>C A 1 1 0 sack 101-%u", 50 + i / 10,
		    i % 10, 201 + i * 100);
	play_end(p);
}

static const struct {
	const char *name;
	uint64_t value;
	uint32_t kept, first; /* of them, without interruption */
} details[] = {
    {NULL, 0, 32, 16},
    {"K_EVENTS", 4, 4, 2},
    {"K_EVENTS", 1, 1, 0},
    {"K_EVENTS", 0, DUP_ACKS, DUP_ACKS},
};

START_TEST(test_events)
{
	const struct conn_report *r;
	struct limits l;
	struct play p;
	uint32_t i, seen = 0;

	play_limited(&p, &l, details[_i].name, details[_i].value);
	play_dup_acks(&p);
	r = p.report[0];
	ck_assert_uint_eq(r->kind_count[ANOMALY_DUP_ACK], DUP_ACKS);
	ck_assert_uint_eq(r->side[SERVER].duplicate_acks, DUP_ACKS);
	ck_assert_uint_eq(kept_of(r, ANOMALY_DUP_ACK), details[_i].kept);
	for (i = 0; i < r->events_n; i++) {
		uint32_t n = seen + 1;

		if (r->event[i].kind != ANOMALY_DUP_ACK)
			continue;
		if (seen >= details[_i].first)
			n += DUP_ACKS - details[_i].kept;
		ck_assert_uint_eq(r->event[i].frame_no, 3 + DUP_ACKS + 1 + n);
		seen++;
	}
	play_fini(&p);
}
END_TEST

/* R1.36: who goes first when a third connection needs room. */
START_TEST(test_conns_least_active)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, "K_CONNS", 2);
	play_opening(&p, 0, 1001);
	play_opening(&p, 100, 1002);
	play_next(&p, "200 C>S PA 1 1 100 port 1001");
	ck_assert_uint_eq(p.reports_n, 0);
	play_opening(&p, 300, 1003);
	ck_assert_uint_eq(p.reports_n, 1);
	ck_assert_ptr_nonnull(p.report[1]);
	ck_assert(p.report[1]->evicted);
	ck_assert_uint_eq(p.report[1]->last_frame, 6);
	ck_assert_uint_eq(p.report[1]->teardown.close, CLOSE_EVICTED);
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 3);
	ck_assert(!p.report[0]->evicted && !p.report[2]->evicted);
	play_fini(&p);
}
END_TEST

START_TEST(test_conns_unanswered)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, "K_CONNS", 2);
	play_opening(&p, 0, 1001);
	play_next(&p, "100 C>S S 0 - 0 64240 mss1460 port 1002");
	play_opening(&p, 200, 1003);
	ck_assert_uint_eq(p.reports_n, 1);
	ck_assert_ptr_nonnull(p.report[1]);
	ck_assert(p.report[1]->evicted);
	play_end(&p);
	play_fini(&p);
}
END_TEST

/* A close in four segments, from t ms. */
static void
close_at(struct play *p, unsigned t, unsigned port)
{
	play_next(p, "%u C>S FA 1 1 0 port %u", t, port);
	play_next(p, "%u S>C A 1 2 0 port %u", t + 20, port);
	play_next(p, "%u S>C FA 1 2 0 port %u", t + 21, port);
	play_next(p, "%u C>S A 2 2 0 port %u", t + 22, port);
}

START_TEST(test_conns_closed)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, "K_CONNS", 3);
	play_opening(&p, 0, 1001);
	play_next(&p, "50 C>S S 0 - 0 64240 mss1460 port 1002");
	play_opening(&p, 100, 1003);
	close_at(&p, 200, 1003);
	play_opening(&p, 300, 1004);
	ck_assert_uint_eq(p.reports_n, 1);
	ck_assert_ptr_nonnull(p.report[2]);
	/* it had ended: nothing of it is missing */
	ck_assert(!p.report[2]->evicted);
	ck_assert_uint_eq(
	    p.report[2]->teardown.close, CLOSE_GRACEFUL_CLIENT_FIRST);
	play_end(&p);
	play_fini(&p);
}
END_TEST

START_TEST(test_conns_room)
{
	struct limits l;
	struct play p;
	uint32_t i;

	play_limited(&p, &l, NULL, 0);
	for (i = 0; i < PLAY_CONNS; i++)
		play_opening(&p, 100 * i, 1001 + i);
	ck_assert_uint_eq(p.reports_n, 0);
	play_end(&p);
	for (i = 0; i < PLAY_CONNS; i++)
		ck_assert(!p.report[i]->evicted);
	play_fini(&p);
}
END_TEST

/* The SYN-ACK is lost twenty times: each SYN undoes what it had done. */
static void
play_states(struct play *p)
{
	unsigned i;

	for (i = 0; i < 20; i++) {
		play_next(p, "%u C>S S 0 - 0 64240 mss1460", 1000 * i);
		play_next(p, "%u S>C SA 0 1 0 65160 mss1460", 1000 * i + 20);
	}
	play_next(p, "20000 C>S A 1 1 0");
	play_end(p);
}

static const struct {
	const char *name;
	uint64_t value;
	uint32_t least, most;
} paths[] = {
    {NULL, 0, 21, 64},
    {"K_STATES", 16, 16, 16},
    {"K_STATES", 20, 20, 20},
};

START_TEST(test_states)
{
	const struct conn_report *r;
	struct limits l;
	struct play p;

	play_limited(&p, &l, paths[_i].name, paths[_i].value);
	play_states(&p);
	r = p.report[0];
	ck_assert_uint_ge(r->transitions_n, paths[_i].least);
	ck_assert_uint_le(r->transitions_n, paths[_i].most);
	ck_assert_uint_eq(r->transition[0].frame_no, 1);
	/* the states themselves know no bound */
	ck_assert_str_eq(p.states[41], "ESTABLISHED / ESTABLISHED?");
	play_fini(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("limits");
	TCase *t;

	t = tcase_create("table");
	tcase_add_loop_test(t, test_default, 0, ROWS(defaults));
	tcase_add_test(t, test_complete);
	suite_add_tcase(s, t);
	t = tcase_create("of a connection");
	tcase_add_loop_test(t, test_segs, 0, ROWS(flights));
	tcase_add_test(t, test_pending);
	tcase_add_test(t, test_holes);
	tcase_add_test(t, test_joined_holes);
	tcase_add_test(t, test_sack);
	tcase_add_loop_test(t, test_events, 0, ROWS(details));
	tcase_add_loop_test(t, test_states, 0, ROWS(paths));
	suite_add_tcase(s, t);
	t = tcase_create("of the table of connections");
	tcase_add_test(t, test_conns_least_active);
	tcase_add_test(t, test_conns_unanswered);
	tcase_add_test(t, test_conns_closed);
	tcase_add_test(t, test_conns_room);
	suite_add_tcase(s, t);
	return run_suite(s);
}
