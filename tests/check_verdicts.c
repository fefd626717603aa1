/*
 * check_verdicts.c - the sentence of a verdict, word by word (section 9).
 */
#include <string.h>

#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define CASE_ROWS 10
#define CASE_EVENTS 6

struct verdict_case {
	const char *row[CASE_ROWS];
	const char *sentence;
	const char *event[CASE_EVENTS];
};

static const struct verdict_case cases[] = {
    /* a SYN into an older connection: it arrived, so it was not lost */
    {
	.row = {"0 C>S S 0 - 0 64240 mss1460 ws7", "20 S>C A =777 =4242 0",
	    "20.1 C>S R =4242 - 0 0", "1000 C>S S 0 - 0 64240 mss1460 ws7",
	    "1020 S>C SA 0 1 0 65160 mss1460 ws7", "1021 C>S A 1 1 0",
	    "1030 C>S PA 1 1 100", "1050 S>C A 1 101 0"},
	.sentence = "the server still held an older connection of these "
		    "ports, which the client had to reset first",
	.event = {"2 challenge-ack info probable cause_frame 1",
	    "3 rst info certain",
	    "3 half-open-discovery warn certain cites 1 cites 2",
	    "4 retransmission-syn note possible original_frame 1 cause "
	    "unknown"},
    },
    /* the client had to ask three times */
    {
	.row = {"0 C>S S 0 - 0 64240 mss1460 ws7",
	    "1000 C>S S 0 - 0 64240 mss1460 ws7",
	    "3000 C>S S 0 - 0 64240 mss1460 ws7",
	    "3020 S>C SA 0 1 0 65160 mss1460 ws7", "3021 C>S A 1 1 0",
	    "3030 C>S PA 1 1 100", "3050 S>C A 1 101 0"},
	.sentence = "the client sent its SYN 3 times: connecting took 3.02 s",
	.event = {"2 retransmission-syn note possible n 1 cause "
		  "loss-downstream",
	    "3 retransmission-syn warn possible n 2 cause loss-downstream"},
    },
    /* the client had no time to complete the handshake */
    {
	.row = {"0 C>S S 0 - 0 64240 mss1460 ws7",
	    "450 S>C SA 0 1 0 65160 mss1460 ws7"},
	.sentence = "the client never completed the handshake; the capture "
		    "ends 0 ms later",
    },
    {
	.row = {"0 C>S PA 1 1 100", "20 S>C A 1 101 0", "30 C>S FA 101 1 0",
	    "50 S>C A 1 102 0", "60 S>C R 1 - 0"},
	.sentence = "the server reset the connection after a FIN",
	.event = {"5 rst warn certain"},
    },
    /* any other event: what it says, of whom, how often */
    {
	.row = {"0 C>S S 0 - 0 64240 mss1460 ws7",
	    "20 S>C SA 0 1 0 65160 mss400 ws7", "21 C>S A 1 1 0",
	    "30 C>S PA 1 1 401", "50 S>C A 1 402 0", "60 C>S PA 402 1 401",
	    "80 S>C A 1 803 0"},
	.sentence = "from the client: the segment is larger than the peer's "
		    "MSS allows, 2 times",
	.event = {"4 mss-exceeded warn probable",
	    "6 mss-exceeded warn probable"},
    },
};

START_TEST(test_verdicts)
{
	static const struct play_setting setting = {.isn = {1000, 9000}};
	const struct verdict_case *k = &cases[_i];
	struct problems problems = {.used = 0};
	struct play play;
	size_t i;

	play_init(&play, &setting);
	for (i = 0; i < CASE_ROWS && k->row[i] != NULL; i++)
		play_next(&play, "%s", k->row[i]);
	play_end(&play);
	ck_assert_uint_eq(play.reports_n, 1);
	events_check(&problems, play.report[0], k->event, CASE_EVENTS);
	ck_assert_str_eq(play.report[0]->verdict.sentence, k->sentence);
	play_fini(&play);
	ck_assert_msg(problems.used == 0, "%s", problems.text);
}
END_TEST

static Suite *
verdicts_suite(void)
{
	Suite *s = suite_create("verdicts");
	TCase *tc = tcase_create("R9.19");

	tcase_add_loop_test(tc, test_verdicts, 0, ROWS(cases));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(verdicts_suite());
}
