/*
 * check_seq.c - sequence number arithmetic (R1.12 to R1.15).
 */
#include "base/seq.h"

#include "support/run_suite.h"

static const struct {
	uint32_t a, b;
	int32_t diff;
} diffs[] = {
    {0, 0, 0},
    {1, 0, 1},
    {0, 1, -1},
    {5, 0xfffffffb, 10},
    {0xfffffffb, 5, -10},
    {0x80000000, 1, INT32_MAX},
    {0x80000001, 1, INT32_MIN}, /* opposite: called older (RFC 1982) */
    {1, 0x80000001, INT32_MIN},
};

START_TEST(test_diff)
{
	ck_assert_int_eq(seq_diff(diffs[_i].a, diffs[_i].b), diffs[_i].diff);
}
END_TEST

/* Offsets around the end of the fourth lap, and around the origin. */
#define LAP ((uint64_t)1 << 32)

static const struct {
	uint32_t x;
	uint64_t ref, offset;
} unwraps[] = {
    {7, SEQ_ORIGIN + 7, SEQ_ORIGIN + 7},
    {8, SEQ_ORIGIN + 7, SEQ_ORIGIN + 8},
    {6, SEQ_ORIGIN + 7, SEQ_ORIGIN + 6},
    {2, 4 * LAP - 3, 4 * LAP + 2},
    {0xfffffffe, 4 * LAP + 1, 4 * LAP - 2},
    {0xffffffff, SEQ_ORIGIN, SEQ_ORIGIN - 1},
    {0x7fffffff, 4 * LAP, 4 * LAP + 0x7fffffff},
    {0x80000000, 4 * LAP, 4 * LAP - 0x80000000},
    {0x80000001, 4 * LAP, 4 * LAP - 0x7fffffff},
};

START_TEST(test_unwrap)
{
	uint64_t offset = seq_unwrap(unwraps[_i].x, unwraps[_i].ref);

	ck_assert_uint_eq(offset, unwraps[_i].offset);
	ck_assert_uint_eq((uint32_t)offset, unwraps[_i].x);
}
END_TEST

START_TEST(test_base)
{
	static const uint32_t isns[] = {0, 1, 0x7fffffff, 0xffffffff};

	ck_assert_uint_eq(seq_base(isns[_i]), SEQ_ORIGIN + isns[_i]);
	/* the first byte of data follows the SYN, wherever the wrap is */
	ck_assert_uint_eq(seq_unwrap(isns[_i] + 1, seq_base(isns[_i])),
	    SEQ_ORIGIN + isns[_i] + 1);
}
END_TEST

static const struct {
	int64_t step; /* from the reference */
	bool wild;
} wilds[] = {
    {0, false}, {SEQ_WILD, false}, {SEQ_WILD + 1, true}, {-SEQ_WILD, false},
    {-SEQ_WILD - 1, true}, {INT32_MAX, true},
    {INT32_MIN, true}, /* 2^31 is never ambiguous, because it is wild */
};

START_TEST(test_wild)
{
	static const uint64_t refs[] = {
	    SEQ_ORIGIN, 4 * LAP - 1, 4 * LAP + 12345};

	for (int i = 0; i < ROWS(refs); i++) {
		uint32_t x = (uint32_t)(refs[i] + (uint64_t)wilds[_i].step);

		ck_assert_int_eq(seq_wild(x, refs[i]), wilds[_i].wild);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seq");
	TCase *t;

	t = tcase_create("distance");
	tcase_add_loop_test(t, test_diff, 0, ROWS(diffs));
	suite_add_tcase(s, t);
	t = tcase_create("R1.12 unwrap");
	tcase_add_loop_test(t, test_unwrap, 0, ROWS(unwraps));
	suite_add_tcase(s, t);
	t = tcase_create("R1.13 base");
	tcase_add_loop_test(t, test_base, 0, 4);
	suite_add_tcase(s, t);
	t = tcase_create("R1.14 wild");
	tcase_add_loop_test(t, test_wild, 0, ROWS(wilds));
	suite_add_tcase(s, t);
	return run_suite(s);
}
