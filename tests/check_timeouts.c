/*
 * check_timeouts.c - when records end, and what is remembered of them, by the
 * bounds of RULEBOOK 2.14.
 */
#include <string.h>

#include "support/limited_play.h"
#include "support/run_suite.h"

static const struct timeout {
	const char *name;
	uint64_t value;
	unsigned usual; /* the default, s */
	const char *row[8];
} timeouts[] = {
    {
	"K_SYN_TIMEOUT",
	50,
	300,
	{"0 C>S S 0 - 0 64240 mss1460"},
    },
    {
	"K_HALF_OPEN_TIMEOUT",
	50,
	300,
	{"0 C>S S 0 - 0 64240 mss1460", "20 S>C SA 0 1 0 65160 mss1460"},
    },
    {
	"K_CLOSED_TIMEOUT",
	50,
	240,
	{"0 C>S S 0 - 0 64240 mss1460", "20 S>C SA 0 1 0 65160 mss1460",
	    "21 C>S A 1 1 0", "30 C>S FA 1 1 0", "50 S>C A 1 2 0",
	    "51 S>C FA 1 2 0", "52 C>S A 2 2 0"},
    },
    {
	"K_CLOSED_TIMEOUT",
	50,
	240,
	{"0 C>S S 0 - 0 64240 mss1460", "20 S>C RA =0 1 0 0"},
    },
    {
	"K_IDLE_TIMEOUT",
	50,
	9000,
	{"0 C>S S 0 - 0 64240 mss1460", "20 S>C SA 0 1 0 65160 mss1460",
	    "21 C>S A 1 1 0", "30 C>S PA 1 1 100", "50 S>C A 1 101 0"},
    },
};

/* Seconds that the timer may be late, for it is looked at now and then. */
#define TIMER_STEP 40

/* Whether the connection has ended when another host speaks after s. */
static bool
ends_within(const struct timeout *to, bool set, unsigned s)
{
	struct limits l;
	struct play p;
	bool ended;
	int i;

	play_limited(&p, &l, set ? to->name : NULL, to->value);
	for (i = 0; i < 8 && to->row[i] != NULL; i++)
		play_next(&p, "%s", to->row[i]);
	/* a time counts when two packets in a row show it */
	play_next(&p, "%u000 C>S S 0 - 0 64240 mss1460 port 2000", s);
	play_next(&p, "%u020 S>C SA 0 1 0 65160 mss1460 port 2000", s);
	ended = p.report[0] != NULL;
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 2);
	ck_assert(!p.report[0]->evicted);
	play_fini(&p);
	return ended;
}

START_TEST(test_timeout)
{
	const struct timeout *to = &timeouts[_i];

	ck_assert(!ends_within(to, true, 49));
	ck_assert(ends_within(to, true, 50 + TIMER_STEP));
	ck_assert(!ends_within(to, false, to->usual - 1));
	ck_assert(ends_within(to, false, to->usual + TIMER_STEP));
}
END_TEST

/* Each of them is about its own kind of connection only. */
START_TEST(test_timeout_of_others)
{
	const struct timeout *to = &timeouts[_i];
	struct timeout other = *to;

	for (int i = 0; i < ROWS(timeouts); i++) {
		other.name = timeouts[i].name;
		if (strcmp(other.name, to->name) != 0)
			ck_assert(!ends_within(&other, true, 200));
	}
}
END_TEST

/* One time stamp far ahead of all others ends nothing. */
START_TEST(test_timeout_glitch)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, "K_IDLE_TIMEOUT", 50);
	play_opening(&p, 0, PLAY_PORT);
	play_next(&p, "900000 C>S S 0 - 0 64240 mss1460 port 2000");
	play_next(&p, "30 C>S PA 1 1 100");
	play_next(&p, "50 S>C A 1 101 0");
	ck_assert_uint_eq(p.reports_n, 0);
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 2);
	ck_assert_uint_eq(p.report[0]->last_frame, 6);
	play_fini(&p);
}
END_TEST

/* What goes on after the timeout names the record it continues. */
static const struct {
	const char *name;
	uint64_t value;
	uint32_t continues;
} tombs[] = {
    {NULL, 0, 1},
    {"K_TOMBSTONES", 0, 0},
};

START_TEST(test_tombstones)
{
	struct limits l;
	struct play p;

	play_limited(&p, &l, tombs[_i].name, tombs[_i].value);
	play_opening(&p, 0, PLAY_PORT);
	play_next(&p, "30 C>S PA 1 1 100");
	play_next(&p, "50 S>C A 1 101 0");
	play_next(&p, "10000000 C>S PA 101 1 100");
	play_end(&p);
	ck_assert_uint_eq(p.reports_n, 2);
	ck_assert_uint_eq(p.report[1]->continues, tombs[_i].continues);
	ck_assert_uint_eq(p.report[1]->handshake.outcome, OUTCOME_MIDSTREAM);
	play_fini(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timeouts");
	TCase *t = tcase_create("R2.14");

	tcase_add_loop_test(t, test_timeout, 0, ROWS(timeouts));
	tcase_add_loop_test(t, test_timeout_of_others, 0, ROWS(timeouts));
	tcase_add_test(t, test_timeout_glitch);
	tcase_add_loop_test(t, test_tombstones, 0, ROWS(tombs));
	suite_add_tcase(s, t);
	return run_suite(s);
}
