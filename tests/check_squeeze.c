/*
 * check_squeeze.c - what is squeezed comes back as it was, and small.
 */
#include "base/squeeze.h"

#include <stdlib.h>
#include <string.h>

#include "base/ring.h"
#include "support/run_suite.h"

#define WORDS 24
#define ROWS_MOST 40

/* Structures that are hard on one part of the coding or other. */
static const uint64_t ones[][WORDS] = {
    {0},
    {1, 0, 255, 256, 65535, 65536, UINT32_MAX, UINT64_MAX},
    {0x8000000000000000, 0x7fffffffffffffff, 1, 0x8000000000000000},
    {[0] = 1700000000123456789,
	[5] = 1700000000123456789,
	[6] = 1700000004999999999,
	[7] = 1699999999999999999,
	[WORDS - 1] = 1700000000123456790},
    {0x0102030405060708, 0x0807060504030201, 0xff00000000000000, 0x00ff00ff},
};

#define ONES (sizeof(ones) / sizeof(ones[0]))

/* Each number of words, so that the last group is full or not. */
START_TEST(test_one)
{
	struct squeeze s = {0};
	struct unsqueeze u = {0};
	uint64_t back[WORDS];
	size_t i, n = (size_t)_i;

	for (i = 0; i < ONES; i++)
		ck_assert(squeeze_one(&s, ones[i], n * 8));
	u.p = s.v;
	for (i = 0; i < ONES; i++) {
		memset(back, 0x5a, sizeof(back));
		unsqueeze_one(&u, back, n * 8);
		ck_assert_mem_eq(back, ones[i], n * 8);
	}
	ck_assert_ptr_eq(u.p, s.v + s.n);
	squeeze_fini(&s);
}
END_TEST

static uint64_t
draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 11;
}

/* Tables whose rows differ by anything between nothing and all bits. */
START_TEST(test_rows)
{
	static uint64_t rows[ROWS_MOST][WORDS], back[ROWS_MOST][WORDS];
	struct squeeze s = {0};
	uint64_t state = (uint64_t)_i;
	size_t words = 1 + (size_t)_i % WORDS, i, k, n, raw;
	uint64_t *v = &rows[0][0];

	for (n = 0; n <= ROWS_MOST; n += 1 + n / 2) {
		struct unsqueeze u = {0};

		for (i = 0; i < n * words; i++) {
			k = draw(&state) % 64;
			v[i] = (i >= words ? v[i - words] : 0) +
			       (draw(&state) >> k) * (k % 3) - k % 2;
		}
		squeeze_clear(&s);
		raw = draw(&state) % (words * 2 + 1) * 4;
		ck_assert(squeeze_rows(&s, v, n, words * 8, raw));
		u.p = s.v;
		unsqueeze_rows(&u, back, n, words * 8, raw);
		ck_assert_mem_eq(back, v, n * words * 8);
		ck_assert_ptr_eq(u.p, s.v + s.n);
	}
	squeeze_fini(&s);
}
END_TEST

/* What waits is mostly zeros, and rows that go on evenly. */
START_TEST(test_small)
{
	static const uint64_t zeros[WORDS];
	uint64_t rows[ROWS_MOST][2];
	struct squeeze s = {0};
	size_t i;

	ck_assert(squeeze_one(&s, zeros, sizeof(zeros)));
	ck_assert_uint_eq(s.n, WORDS / 8);
	for (i = 0; i < ROWS_MOST; i++) {
		rows[i][0] = 1700000000000000000 + i * 100;
		rows[i][1] = i * 1448;
	}
	squeeze_clear(&s);
	ck_assert(squeeze_rows(&s, rows, ROWS_MOST, sizeof(rows[0]), 0));
	ck_assert_uint_lt(s.n, 10 + ROWS_MOST * 6);
	squeeze_fini(&s);
}
END_TEST

START_TEST(test_ring)
{
	char v[8];
	int first = _i % 7, n = 7, i;

	for (i = 0; i < n; i++)
		v[(first + i) % n] = (char)('a' + i);
	v[n] = '\0';
	ring_turn(v, (size_t)n, 1, (size_t)first);
	ck_assert_str_eq(v, "abcdefg");
}
END_TEST

static Suite *
squeeze_suite(void)
{
	Suite *s = suite_create("squeeze");
	TCase *t = tcase_create("one");

	tcase_add_loop_test(t, test_one, 0, WORDS + 1);
	suite_add_tcase(s, t);
	t = tcase_create("rows");
	tcase_add_loop_test(t, test_rows, 0, 200);
	tcase_add_test(t, test_small);
	suite_add_tcase(s, t);
	t = tcase_create("ring");
	tcase_add_loop_test(t, test_ring, 0, 7);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return run_suite(squeeze_suite());
}
