/*
 * check_rtt.c - round trips and the timers made of them (R8.4 to R8.7).
 */
#include "engine/rtt.h"

#include "base/constants.h"
#include "support/run_suite.h"

#define MS NS_PER_MS
#define US NS_PER_US

/* Samples of X's half beside a known half of Y, and what follows. */
static const struct smoothing {
	int64_t sample, srtt, full, rttvar, rto; /* us */
} smoothings[] = {
    /* RFC 6298 2.2: SRTT = R, RTTVAR = R/2, R being the whole loop */
    {150000, 150000, 200000, 100000, 600000},
    /* 2.3: RTTVAR first, from the old SRTT */
    {230000, 160000, 210000, 95000, 590000},
    {50000, 146250, 196250, 98750, 591250},
    {146250, 146250, 196250, 74062, 492500},
};

START_TEST(test_smoothing)
{
	struct rtt other = {.has = true, .min = 50 * MS, .max = 90 * MS};
	struct rtt r = {.has = false};

	for (int i = 0; i < ROWS(smoothings); i++) {
		const struct smoothing *want = &smoothings[i];

		rtt_sample(&r, &other, want->sample * US, false);
		ck_assert_int_eq(r.srtt / US, want->srtt);
		ck_assert_int_eq(r.full_srtt / US, want->full);
		ck_assert_int_eq(r.full_rttvar / US, want->rttvar);
		ck_assert_int_eq(rtt_rto(&r) / US, want->rto);
		ck_assert_int_eq(rtt_full(&r), r.full_srtt);
	}
	ck_assert_int_eq(r.min, 50 * MS);
	ck_assert_int_eq(r.max, 230 * MS);
	ck_assert_uint_eq(r.by_ack, 4);
	ck_assert_uint_eq(r.by_timestamp, 0);
	rtt_fini(&r);
}
END_TEST

START_TEST(test_unknown)
{
	struct rtt r = {.has = false};

	ck_assert_int_eq(rtt_rto(&r), K_RTO_INIT);
	ck_assert_int_eq(rtt_full(&r), K_RTO_INIT);
	ck_assert_int_eq(rtt_min(&r), 0);
	ck_assert_int_eq(rtt_jitter(&r), 0);
	ck_assert_int_eq(rtt_loop_min(&r, &r), 0);
	rtt_fini(&r);
}
END_TEST

/* Timers after many equal samples: no variation is left. */
static const struct {
	int64_t sample, rto;
} floors[] = {
    {0, K_RTO_MIN},
    {1 * MS, K_RTO_MIN},
    {199 * MS, K_RTO_MIN},
    {199 * MS + 1, K_RTO_MIN + 1}, /* 4 * rttvar is 1 ms at the least */
    {300 * MS, 301 * MS},
};

START_TEST(test_floor)
{
	struct rtt other = {.has = false};
	struct rtt r = {.has = false};

	for (int i = 0; i < 200; i++)
		rtt_sample(&r, &other, floors[_i].sample, false);
	ck_assert_int_eq(rtt_rto(&r), floors[_i].rto);
	rtt_fini(&r);
}
END_TEST

/* R8.4: by method; R8.7: the echo of time stamps is a sample of its half. */
START_TEST(test_minimum)
{
	struct rtt a = {.has = false}, b = {.has = false};

	b.has_echo = true;
	b.echo_min = 7 * MS;
	ck_assert_int_eq(rtt_min(&b), 7 * MS);
	ck_assert_int_eq(rtt_loop_min(&a, &b), 7 * MS);
	rtt_sample(&a, &b, 20 * MS, false);
	ck_assert_int_eq(a.full_srtt, 27 * MS);
	rtt_sample(&a, &b, 15 * MS, true);
	rtt_sample(&a, &b, 32 * MS, true);
	ck_assert_int_eq(rtt_min(&a), 15 * MS);
	ck_assert_int_eq(rtt_jitter(&a), 17 * MS);
	ck_assert_uint_eq(a.by_ack, 1);
	ck_assert_uint_eq(a.by_timestamp, 2);
	ck_assert_int_eq(rtt_loop_min(&a, &b), 22 * MS);
	/* the shorter of both counts: one slow sample is no minimum */
	rtt_sample(&b, &a, 9 * MS, false);
	ck_assert_int_eq(rtt_min(&b), 7 * MS);
	ck_assert_int_eq(b.full_srtt, 24 * MS);
	rtt_sample(&b, &a, 6 * MS, false);
	ck_assert_int_eq(rtt_min(&b), 6 * MS);
	rtt_fini(&a);
	rtt_fini(&b);
}
END_TEST

/* R8.6: a SYN's sample has one half; the third segment adds the other. */
START_TEST(test_whole)
{
	struct rtt a = {.has = false}, b = {.has = false};

	rtt_sample(&a, &b, 200 * MS, false);
	ck_assert_int_eq(a.full_srtt, 200 * MS);
	rtt_sample(&b, &a, 100 * MS, false);
	ck_assert_int_eq(a.full_srtt, 300 * MS);
	ck_assert_int_eq(a.full_rttvar, 150 * MS);
	ck_assert_int_eq(b.full_srtt, 300 * MS);
	rtt_sample(&b, &a, 100 * MS, false);
	ck_assert_int_eq(a.full_srtt, 300 * MS);
	rtt_fini(&a);
	rtt_fini(&b);

	/* an echo makes the other half known, too */
	rtt_sample(&a, &b, 200 * MS, false);
	rtt_echo(&b, 100 * MS);
	rtt_sample(&a, &b, 200 * MS, false);
	ck_assert_int_eq(a.full_srtt, 300 * MS);
	ck_assert_int_eq(a.srtt, 200 * MS);
	rtt_fini(&a);
}
END_TEST

START_TEST(test_distribution)
{
	struct rtt other = {.has = false};
	struct rtt r = {.has = false};
	int64_t median = 0;

	ck_assert_ptr_null(r.all);
	for (int i = 1; i <= 21; i++)
		rtt_sample(&r, &other, i * MS, i % 2 == 0);
	ck_assert_ptr_nonnull(r.all);
	ck_assert_uint_eq(r.all->n, 21);
	ck_assert(tally_percentile(r.all, 50, &median));
	ck_assert_int_eq(median, 11 * MS);
	rtt_fini(&r);
	ck_assert_ptr_null(r.all);
}
END_TEST

/* R8.3: samples that no delayed ACK bent, and the ACK of the longest. */
START_TEST(test_sure)
{
	struct rtt r = {.has = false};
	int64_t median = 0;

	rtt_sample_sure(&r, 20 * MS, 7);
	rtt_sample_sure(&r, 40 * MS, 9);
	rtt_sample_sure(&r, 40 * MS, 11);
	rtt_sample_sure(&r, 10 * MS, 13);
	rtt_sample_sure(&r, 30 * MS, 15);
	ck_assert_uint_eq(r.sure->n, 5);
	ck_assert_uint_eq(r.sure_frame, 9);
	ck_assert(tally_percentile(r.sure, 50, &median));
	ck_assert_int_eq(median, 30 * MS);
	ck_assert_ptr_null(r.all);
	rtt_fini(&r);
	ck_assert_ptr_null(r.sure);
}
END_TEST

/* A clock that was set makes no round trip, and none that overflows. */
START_TEST(test_set_clock)
{
	const int64_t day = 86400 * NS_PER_S, ever = INT64_MAX / 2;
	struct rtt other = {.has = false}, r = {.has = false};

	rtt_sample(&r, &other, day + 1, false);
	rtt_sample_sure(&r, ever, 7);
	rtt_echo(&r, ever);
	ck_assert(!r.has && !r.has_full && !r.has_echo);
	ck_assert_ptr_null(r.all);
	ck_assert_ptr_null(r.sure);
	rtt_sample(&r, &other, day, false);
	rtt_echo(&r, day);
	rtt_sample(&r, &other, ever, true);
	rtt_echo(&r, ever);
	ck_assert_int_eq(r.max, day);
	ck_assert_int_eq(r.full_srtt, day);
	ck_assert_int_eq(r.echo_min, day);
	ck_assert_int_eq(rtt_rto(&r), 3 * day);
	rtt_fini(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rtt");
	TCase *t;

	t = tcase_create("RFC 6298");
	tcase_add_test(t, test_smoothing);
	tcase_add_test(t, test_unknown);
	tcase_add_loop_test(t, test_floor, 0, ROWS(floors));
	suite_add_tcase(s, t);
	t = tcase_create("samples");
	tcase_add_test(t, test_set_clock);
	tcase_add_test(t, test_minimum);
	tcase_add_test(t, test_whole);
	tcase_add_test(t, test_distribution);
	tcase_add_test(t, test_sure);
	suite_add_tcase(s, t);
	return run_suite(s);
}
