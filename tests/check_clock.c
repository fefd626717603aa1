/*
 * check_clock.c - the tick of a sender's clock, and when it sent (R1.43).
 */
#include "engine/clock.h"

#include "base/constants.h"
#include "support/run_suite.h"

#define MS NS_PER_MS
#define DELAY (30 * MS) /* the shortest way to the tap */
#define START (1768469400 * NS_PER_S)

static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *seed >> 33;
}

/* A sender, the way to the tap, and what the tap makes of them. */
struct journey {
	int64_t tick;  /* of the sender's clock */
	int64_t found; /* tick that must be found; 0: none */
	int64_t pause; /* from one segment to the next */
	int64_t jitter;
	uint32_t base; /* first TSval */
};

static uint32_t
tsval_at(const struct journey *j, int64_t sent)
{
	return j->base + (uint32_t)(sent / j->tick);
}

/* Capture time of the segment sent at that time; the first is in time. */
static int64_t
passes_at(const struct journey *j, int64_t sent, uint64_t *seed)
{
	int64_t late = 0;

	if (j->jitter > 0 && sent > 0)
		late = (int64_t)next_random(seed) % j->jitter;
	return START + DELAY + sent + late;
}

/* The whole journey: 400 segments. */
static void
travel(struct sender_clock *c, const struct journey *j, uint64_t *seed)
{
	int64_t sent = 0;

	for (int i = 0; i < 400; i++, sent += j->pause)
		clock_observe(
		    c, tsval_at(j, sent), passes_at(j, sent, seed), j->jitter);
}

static const struct journey journeys[] = {
    {1 * NS_PER_US, 1 * NS_PER_US, 7 * MS, 0, 1000},
    {1 * MS, 1 * MS, 7 * MS, 0, 1000},
    {2 * MS, 2 * MS, 7 * MS, 0, 1000},
    {4 * MS, 4 * MS, 7 * MS, 0, 1000},
    {5 * MS, 5 * MS, 7 * MS, 0, 1000},
    {10 * MS, 10 * MS, 7 * MS, 0, 1000},
    {100 * MS, 100 * MS, 7 * MS, 0, 1000},
    /* queues on the way */
    {1 * MS, 1 * MS, 7 * MS, 25 * MS, 1000},
    {4 * MS, 4 * MS, 7 * MS, 25 * MS, 1000},
    {10 * MS, 10 * MS, 7 * MS, 25 * MS, 1000},
    {100 * MS, 100 * MS, 7 * MS, 25 * MS, 1000},
    {1 * MS, 1 * MS, 7 * MS, 200 * MS, 1000},
    /* TSval wraps: at once, soon, with the sign */
    {1 * MS, 1 * MS, 7 * MS, 0, UINT32_MAX},
    {1 * MS, 1 * MS, 7 * MS, 25 * MS, UINT32_MAX - 1500},
    {4 * MS, 4 * MS, 7 * MS, 25 * MS, UINT32_MAX - 100},
    {10 * MS, 10 * MS, 7 * MS, 0, INT32_MAX - 100},
    /* sparse segments */
    {1 * MS, 1 * MS, 2500 * MS, 25 * MS, 1000},
    {10 * MS, 10 * MS, 2500 * MS, 25 * MS, 1000},
    /* no kernel's clock */
    {20 * NS_PER_US, 0, 7 * MS, 0, 1000},
    {30 * MS, 0, 7 * MS, 0, 1000},
    {1000 * MS, 0, 7 * MS, 0, 1000},
};

START_TEST(test_tick)
{
	const struct journey *j = &journeys[_i];
	uint64_t seed = (uint64_t)_i + 1;
	struct sender_clock c = {.started = false};

	travel(&c, j, &seed);
	ck_assert_int_eq(c.tick, j->found);
}
END_TEST

/* However late a segment comes, it left its sender when it did. */
START_TEST(test_sent_at)
{
	const struct journey *j = &journeys[_i];
	uint64_t seed = (uint64_t)_i + 1;
	struct sender_clock c = {.started = false};
	int64_t sent = 400 * j->pause, t, got;

	travel(&c, j, &seed);
	for (int i = 0; i < 200; i++, sent += j->pause) {
		t = passes_at(j, sent, &seed) + i * MS;
		got = clock_sent_at(&c, tsval_at(j, sent), t);
		ck_assert_int_le(got, t);
		if (j->found == 0) {
			ck_assert_int_eq(got, t);
			continue;
		}
		/* the tap's axis holds the shortest way; a tick is blurred */
		ck_assert_int_le(got, START + DELAY + sent);
		ck_assert_int_gt(got, START + DELAY + sent - j->tick - 1);
	}
}
END_TEST

/* At every moment, also while the tick is being learned. */
START_TEST(test_never_later)
{
	const struct journey *j = &journeys[_i];
	uint64_t seed = (uint64_t)_i + 100;
	struct sender_clock c = {.started = false};
	int64_t sent = 0;

	for (int i = 0; i < 400; i++, sent += j->pause) {
		int64_t t = passes_at(j, sent, &seed);
		uint32_t tsval = tsval_at(j, sent);

		ck_assert_int_le(clock_sent_at(&c, tsval, t), t);
		clock_observe(&c, tsval, t, j->jitter);
		ck_assert_int_le(clock_sent_at(&c, tsval, t), t);
	}
}
END_TEST

/* The jitter is worth finding out only where it is asked for. */
START_TEST(test_jitter_unasked)
{
	const struct journey *j = &journeys[_i];
	struct sender_clock always = {0}, asked = {0};
	uint64_t seed = 1;
	int64_t sent = 0;

	for (int i = 0; i < 400; i++, sent += j->pause) {
		uint32_t tsval = tsval_at(j, sent);
		int64_t t = passes_at(j, sent, &seed);

		clock_observe(&always, tsval, t, j->jitter);
		clock_observe(&asked, tsval, t,
		    clock_needs_no_jitter(&asked, tsval, t) ? 0 : j->jitter);
		ck_assert_int_eq(asked.tick, always.tick);
		ck_assert_int_eq(asked.offset, always.offset);
		ck_assert_int_eq(asked.measured_over, always.measured_over);
	}
}
END_TEST

/* A stretch of less than 50 ms tells nothing. */
START_TEST(test_baseline)
{
	struct sender_clock c = {.started = false};

	ck_assert_int_eq(clock_sent_at(&c, 7, START), START);
	clock_observe(&c, 1000, START, 0);
	clock_observe(&c, 1049, START + 49 * MS, 0);
	ck_assert_int_eq(c.tick, 0);
	ck_assert_int_eq(
	    clock_sent_at(&c, 1020, START + 60 * MS), START + 60 * MS);
	clock_observe(&c, 1050, START + 50 * MS, 0);
	ck_assert_int_eq(c.tick, 1 * MS);
	ck_assert_int_eq(
	    clock_sent_at(&c, 1020, START + 60 * MS), START + 20 * MS);
}
END_TEST

/* The first segment was the slowest; a quicker one sets the axis right. */
START_TEST(test_quicker)
{
	struct sender_clock c = {.started = false};

	clock_observe(&c, 1000, START + 40 * MS, 0);
	clock_observe(&c, 1100, START + 140 * MS, 0);
	ck_assert_int_eq(
	    clock_sent_at(&c, 1200, START + 300 * MS), START + 240 * MS);
	clock_observe(&c, 1150, START + 155 * MS, 0);
	ck_assert_int_eq(
	    clock_sent_at(&c, 1200, START + 300 * MS), START + 205 * MS);
	/* an older segment that comes late changes nothing */
	clock_observe(&c, 990, START + 290 * MS, 0);
	ck_assert_int_eq(
	    clock_sent_at(&c, 1200, START + 300 * MS), START + 205 * MS);
	ck_assert_int_eq(
	    clock_sent_at(&c, 990, START + 290 * MS), START - 5 * MS);
}
END_TEST

/* An echo is as old as its TSval, whatever the tick; never in the future. */
START_TEST(test_echo_age)
{
	struct sender_clock c = {.started = false};

	ck_assert_int_eq(clock_echo_age(&c, 1000, START), 0);
	clock_observe(&c, UINT32_MAX - 9, START, 0);
	ck_assert_int_eq(clock_echo_age(&c, UINT32_MAX - 9, START), 0);
	/* the usual tick, while none is known */
	ck_assert_int_eq(
	    clock_echo_age(&c, UINT32_MAX - 9, START + 70 * MS), 70 * MS);
	clock_observe(&c, 90, START + 1000 * MS, 0);
	ck_assert_int_eq(c.tick, 10 * MS);
	ck_assert_int_eq(clock_echo_age(&c, 40, START + 1000 * MS), 500 * MS);
	ck_assert_int_eq(clock_echo_age(&c, 100, START + 1000 * MS), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("clock");
	TCase *t;

	t = tcase_create("tick");
	tcase_add_loop_test(t, test_tick, 0, ROWS(journeys));
	tcase_add_loop_test(t, test_jitter_unasked, 0, ROWS(journeys));
	tcase_add_test(t, test_baseline);
	suite_add_tcase(s, t);
	t = tcase_create("sending time");
	tcase_add_loop_test(t, test_sent_at, 0, ROWS(journeys));
	tcase_add_loop_test(t, test_never_later, 0, ROWS(journeys));
	tcase_add_test(t, test_quicker);
	tcase_add_test(t, test_echo_age);
	suite_add_tcase(s, t);
	return run_suite(s);
}
