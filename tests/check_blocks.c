/*
 * check_blocks.c - blocks of a few sizes.
 */
#include "base/blocks.h"

#include <stdint.h>
#include <string.h>

#include "support/run_suite.h"

#define MANY 5000 /* more than a slab holds */
#define SIZE(number) ((size_t)8 * (3 + (number)))
#define SIZES 3

START_TEST(test_blocks)
{
	static unsigned char *block[MANY];
	struct blocks b = {0};
	unsigned i, k, round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < MANY; i++) {
			block[i] = blocks_take(&b, i % SIZES, SIZE(i % SIZES));
			ck_assert_ptr_nonnull(block[i]);
			ck_assert_uint_eq((uintptr_t)block[i] % 8, 0);
			memset(block[i], (int)(i % 251), SIZE(i % SIZES));
		}
		for (i = 0; i < MANY; i++) /* nobody wrote into another */
			for (k = 0; k < SIZE(i % SIZES); k++)
				ck_assert_uint_eq(block[i][k], i % 251);
		for (i = 0; i < MANY; i++)
			blocks_give(&b, i % SIZES, block[i]);
	}
	blocks_fini(&b);
	ck_assert_ptr_null(b.slab);
}
END_TEST

static Suite *
blocks_suite(void)
{
	Suite *s = suite_create("blocks");
	TCase *tc = tcase_create("blocks");

	tcase_add_test(tc, test_blocks);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(blocks_suite());
}
