/*
 * check_tally.c - distributions and their percentiles (R8.5).
 */
#include "base/tally.h"

#include "support/run_suite.h"

static int64_t
percentile(const struct tally *t, unsigned p)
{
	int64_t ns = -1;

	ck_assert(tally_percentile(t, p, &ns));
	return ns;
}

/* Within the promised 3.2 %. */
static void
assert_near(int64_t got, int64_t want)
{
	int64_t off = got > want ? got - want : want - got;

	ck_assert_msg(off * 1000 <= want * 32, "%lld is not near %lld",
	    (long long)got, (long long)want);
}

START_TEST(test_empty)
{
	struct tally t;
	int64_t ns = 42;

	tally_init(&t);
	ck_assert(!tally_percentile(&t, 50, &ns));
	ck_assert_int_eq(ns, 42);
	ck_assert_uint_eq(t.n, 0);
	tally_fini(&t);
}
END_TEST

/* Nearest rank: the sample at ceil(p * n / 100). */
static const struct {
	int64_t samples[8];
	unsigned n, p;
	int64_t want;
} exacts[] = {
    {{7}, 1, 1, 7}, {{7}, 1, 50, 7}, {{7}, 1, 100, 7}, {{9, 3}, 2, 50, 3},
    {{9, 3}, 2, 51, 9}, {{30, 10, 20}, 3, 33, 10}, {{30, 10, 20}, 3, 34, 20},
    {{30, 10, 20}, 3, 90, 30}, {{4, 4, 4, 1, 9}, 5, 50, 4},
    {{8, 7, 6, 5, 4, 3, 2, 1}, 8, 25, 2}, {{8, 7, 6, 5, 4, 3, 2, 1}, 8, 99, 8},
    {{-5, 1}, 2, 50, 0}, /* negative counts as 0 */
};

START_TEST(test_exact)
{
	struct tally t;

	tally_init(&t);
	for (unsigned i = 0; i < exacts[_i].n; i++)
		tally_add(&t, exacts[_i].samples[i]);
	ck_assert_uint_eq(t.n, exacts[_i].n);
	ck_assert_int_eq(percentile(&t, exacts[_i].p), exacts[_i].want);
	tally_fini(&t);
}
END_TEST

START_TEST(test_exact_up_to_32)
{
	struct tally t;

	tally_init(&t);
	for (int64_t i = TALLY_EXACT; i > 0; i--)
		tally_add(&t, i * 1000003);
	for (unsigned p = 1; p <= 100; p++)
		ck_assert_int_eq(percentile(&t, p),
		    (int64_t)(p * TALLY_EXACT + 99) / 100 * 1000003);
	ck_assert_ptr_nonnull(t.exact);
	ck_assert_ptr_null(t.bucket);
	tally_fini(&t);
}
END_TEST

/* 1 us to 2^36 us: every scale that the histogram serves. */
static const int64_t units[] = {
    1000,
    33333,
    1000000,
    77777777,
    1000000000,
    60000000000,
    34359738368000,
};

START_TEST(test_histogram)
{
	struct tally t;

	tally_init(&t);
	for (int64_t i = 1000; i >= 1; i--)
		tally_add(&t, units[_i] + units[_i] * i / 1000);
	ck_assert_uint_eq(t.n, 1000);
	ck_assert_int_eq(t.min, units[_i] + units[_i] / 1000);
	ck_assert_int_eq(t.max, 2 * units[_i]);
	ck_assert_ptr_null(t.exact);
	for (unsigned p = 1; p < 100; p++)
		assert_near(percentile(&t, p),
		    units[_i] + units[_i] * (int64_t)p / 100);
	ck_assert_int_eq(percentile(&t, 100), t.max);
	tally_fini(&t);
}
END_TEST

/* Out of the histogram's span nothing is invented: min and max bound it. */
START_TEST(test_span)
{
	static const int64_t same[] = {0, 1, 999, INT64_MAX};
	struct tally t;

	tally_init(&t);
	for (int i = 0; i < 100; i++)
		tally_add(&t, same[_i]);
	for (unsigned p = 1; p <= 100; p++)
		ck_assert_int_eq(percentile(&t, p), same[_i]);
	tally_fini(&t);
}
END_TEST

/* A lost shape stays lost, but count and extremes stay right. */
START_TEST(test_lost)
{
	struct tally t = {.n = 2, .min = 5, .max = 70, .lost = true};
	int64_t ns;

	tally_add(&t, 9);
	tally_add(&t, 100);
	ck_assert_uint_eq(t.n, 4);
	ck_assert_int_eq(t.min, 5);
	ck_assert_int_eq(t.max, 100);
	ck_assert(!tally_percentile(&t, 50, &ns));
	tally_fini(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tally");
	TCase *t = tcase_create("R8.5 exact");

	tcase_add_test(t, test_empty);
	tcase_add_loop_test(t, test_exact, 0, ROWS(exacts));
	tcase_add_test(t, test_exact_up_to_32);
	suite_add_tcase(s, t);
	t = tcase_create("R8.5 histogram");
	tcase_add_loop_test(t, test_histogram, 0, ROWS(units));
	tcase_add_loop_test(t, test_span, 0, 4);
	suite_add_tcase(s, t);
	t = tcase_create("R8.5 merge");
	tcase_add_test(t, test_lost);
	suite_add_tcase(s, t);
	return run_suite(s);
}
