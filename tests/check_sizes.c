/*
 * check_sizes.c - segments against the MSS of their receiver (R1.4, R6.82).
 */
#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define SIZE_EVENTS 2

struct size_case {
	const char *server_mss; /* option of the SYN-ACK */
	unsigned bytes;         /* of the client's segment */
	const char *event[SIZE_EVENTS];
};

static const struct size_case size_cases[] = {
    {"mss400", 400, {NULL}},
    {"mss400", 401, {"4 mss-exceeded warn probable len_bytes 401 mss 400"}},
    {"mss400", 800, {"4 offload-sized info certain len_bytes 800 mss 400"}},
    /* without the option, and with one of no bytes, the default holds */
    {"", 536, {"2 mss-missing"}},
    {"", 537,
	{"2 mss-missing",
	    "4 mss-exceeded warn probable len_bytes 537 mss 536"}},
    {"mss0", 536, {NULL}},
    {"mss0", 537, {"4 mss-exceeded warn probable len_bytes 537 mss 536"}},
};

START_TEST(test_sizes)
{
	static const struct play_setting setting = {.isn = {1000, 9000}};
	const struct size_case *k = &size_cases[_i];
	struct problems problems = {.used = 0};
	struct play play;

	play_init(&play, &setting);
	play_next(&play, "0  C>S S  0 - 0 64240 mss1460 ws7");
	play_next(&play, "20 S>C SA 0 1 0 65160 ws7 %s", k->server_mss);
	play_next(&play, "21 C>S A  1 1 0");
	play_next(&play, "30 C>S PA 1 1 %u", k->bytes);
	play_next(&play, "50 S>C A  1 %u 0", 1 + k->bytes);
	play_end(&play);
	ck_assert_uint_eq(play.reports_n, 1);
	events_check(&problems, play.report[0], k->event, SIZE_EVENTS);
	play_fini(&play);
	ck_assert_msg(problems.used == 0, "%s", problems.text);
}
END_TEST

static Suite *
sizes_suite(void)
{
	Suite *s = suite_create("sizes");
	TCase *tc = tcase_create("R6.82");

	tcase_add_loop_test(tc, test_sizes, 0, ROWS(size_cases));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(sizes_suite());
}
