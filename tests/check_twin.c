/*
 * check_twin.c - records of one connection in several tunnels (R2.3).
 */
#include "engine/twin.h"

#include <stdlib.h>

#include "model/summary.h"
#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define TWIN_ROWS 12

struct twin_case {
	const char *name;
	const char *row[TWIN_ROWS];
	const char *facts[PLAY_CONNS]; /* of the connections in their order */
};

static const struct twin_case cases[] = {
    {
	.name = "inside and outside: each names the other, one is judged",
	.row = {"0    C>S S  0 - 0", "0.01 C>S S  0 - 0 vni 42",
	    "20    S>C SA 0 1 0", "20.01 S>C SA 0 1 0 vni 42",
	    "21    C>S A  1 1 0", "21.01 C>S A  1 1 0 vni 42",
	    "22    C>S PA 1 1 100", "22.01 C>S PA 1 1 100 vni 42",
	    "252   C>S PA 1 1 100", "252.01 C>S PA 1 1 100 vni 42",
	    "272   S>C A  1 101 0", "272.01 S>C A  1 101 0 vni 42"},
	.facts = {"first_frame 1, other_encap_frames 2, "
		  "verdict loss-downstream",
	    "first_frame 2, other_encap_frames 1, "
	    "verdict other-encapsulation, verdict_rule R2.3, "
	    "verdict_frames 1"},
    },
    {
	.name = "three records",
	.row = {"0    C>S S  0 - 0 vni 1", "0.01 C>S S  0 - 0",
	    "0.02 C>S S  0 - 0 vni 7", "20   S>C SA 0 1 0 vni 1",
	    "20.1 S>C SA 0 1 0", "20.2 S>C SA 0 1 0 vni 7"},
	.facts = {"other_encap_frames 2 3, verdict half-open",
	    "other_encap_frames 1 3, verdict other-encapsulation",
	    "other_encap_frames 1 2, verdict other-encapsulation"},
    },
    {
	.name = "other ISN of the server: something between them answers",
	.row = {"0  C>S S  0 - 0", "1  C>S S  0 - 0 vni 42", "20 S>C SA 0 1 0",
	    "40 S>C SA new-isn 1 0 vni 42", "41 C>S A  1 1 0",
	    "42 C>S A  1 new-isn+1 0 vni 42"},
	.facts = {"other_encap_frames -, verdict ok",
	    "other_encap_frames -, verdict ok"},
    },
    {
	.name = "other ISN of the client: the addresses are used by two",
	.row = {"0 C>S S 0 - 0", "1 C>S S 5000 - 0 vni 42"},
	.facts = {"other_encap_frames -", "other_encap_frames -"},
    },
    {
	.name = "the first has one side only: the second is judged",
	.row = {"0  C>S S  0 - 0 vni 42", "1  C>S S  0 - 0", "20 S>C SA 0 1 0",
	    "21 C>S A  1 1 0 vni 42", "22 C>S A  1 1 0"},
	.facts = {"other_encap_frames 2, verdict other-encapsulation",
	    "other_encap_frames 1, verdict ok"},
    },
    {
	.name = "the ports again: each is the twin of its own",
	.row = {"0   C>S S  0 - 0", "1   C>S S  0 - 0 vni 42",
	    "20  S>C RA =0 1 0 0", "21  S>C RA =0 1 0 0 vni 42",
	    "900 C>S S  7000 - 0", "901 C>S S  7000 - 0 vni 42"},
	.facts = {"first_frame 1, other_encap_frames 2, verdict refused",
	    "first_frame 2, other_encap_frames 1",
	    "first_frame 5, other_encap_frames 6, verdict no-answer",
	    "first_frame 6, other_encap_frames 5"},
    },
};

START_TEST(test_twins)
{
	static const struct play_setting settings[] = {
	    {.isn = {1000, 9000}, .new_isn = 77777},
	    {.isn = {UINT32_MAX - 2, UINT32_MAX - 50},
		.new_isn = 5,
		.swapped = true},
	};
	const struct twin_case *k = &cases[_i / ROWS(settings)];
	struct problems problems = {.used = 0};
	struct play play;
	uint32_t i, n = 0;

	play_init(&play, &settings[_i % ROWS(settings)]);
	for (i = 0; i < TWIN_ROWS && k->row[i] != NULL; i++)
		play_next(&play, "%s", k->row[i]);
	play_end(&play);
	while (n < PLAY_CONNS && k->facts[n] != NULL)
		n++;
	ck_assert_uint_eq(play.reports_n, n);
	for (i = 0; i < n; i++)
		facts_check(&problems, play.report[i], k->facts[i]);
	play_fini(&play);
	ck_assert_msg(problems.used == 0, "%s:\n%s", k->name, problems.text);
}
END_TEST

/* One of the two is accused, and each keeps its own counts. */
START_TEST(test_never_summed)
{
	static const struct play_setting setting = {.isn = {1000, 9000}};
	struct summary sum;
	struct play play;
	uint32_t i;

	play_init(&play, &setting);
	for (i = 0; i < TWIN_ROWS; i++)
		play_next(&play, "%s", cases[0].row[i]);
	play_end(&play);
	summary_init(&sum, &hash_key_fixed);
	for (i = 0; i < play.reports_n; i++)
		summary_add(&sum, play.report[i]);
	ck_assert_uint_eq(sum.connections, 2);
	ck_assert_uint_eq(sum.needs_attention, 1);
	for (i = 0; i < play.reports_n; i++) {
		const struct conn_report *r = play.report[i];

		ck_assert_uint_eq(r->kind_count[ANOMALY_RETRANSMISSION_RTO], 1);
		ck_assert_uint_eq(r->side[CLIENT].payload_bytes, 200);
	}
	ck_assert_int_eq(play.report[0]->worst, SEVERITY_ERROR);
	ck_assert_int_eq(play.report[1]->worst, SEVERITY_INFO);
	ck_assert_uint_eq(play.report[1]->also_n, 0);
	summary_fini(&sum);
	play_fini(&play);
}
END_TEST

static Suite *
twin_suite(void)
{
	Suite *s = suite_create("twin");
	TCase *tc = tcase_create("R2.3");

	tcase_add_loop_test(tc, test_twins, 0, ROWS(cases) * 2);
	tcase_add_test(tc, test_never_summed);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(twin_suite());
}
