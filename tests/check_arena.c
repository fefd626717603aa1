/*
 * check_arena.c - memory for many small things that end together.
 */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "support/run_suite.h"

#define PIECES 10000

static size_t
size_of(size_t i)
{
	return i * 37 % 300 + (i % 1000 == 999 ? 100000 : 0);
}

static void
fill(struct arena *a, unsigned char **piece)
{
	for (size_t i = 0; i < PIECES; i++) {
		piece[i] = arena_take(a, size_of(i));
		ck_assert_ptr_nonnull(piece[i]);
		ck_assert_uint_eq(
		    (uintptr_t)piece[i] % _Alignof(max_align_t), 0);
		memset(piece[i], (int)(i % 251), size_of(i));
	}
	for (size_t i = 0; i < PIECES; i++) {
		size_t k = 0;

		while (k < size_of(i) && piece[i][k] == i % 251)
			k++;
		ck_assert_uint_eq(k, size_of(i));
	}
}

/* No piece overlaps another, also where one is larger than a chunk. */
START_TEST(pieces_are_apart)
{
	static unsigned char *piece[PIECES];
	struct arena a = {0};

	fill(&a, piece);
	arena_fini(&a);
	ck_assert_ptr_null(a.first);
}
END_TEST

/* After a reset the same memory serves again. */
START_TEST(memory_is_kept)
{
	static unsigned char *before[PIECES], *after[PIECES];
	struct arena a = {0};

	fill(&a, before);
	arena_reset(&a);
	fill(&a, after);
	ck_assert_mem_eq(before, after, sizeof(before));
	arena_fini(&a);
}
END_TEST

START_TEST(bound)
{
	struct arena a = {.most = 100};

	ck_assert_ptr_nonnull(arena_take(&a, 50));
	ck_assert_ptr_null(arena_take(&a, 50));
	ck_assert_ptr_nonnull(arena_take(&a, 20));
	arena_reset(&a);
	ck_assert_ptr_nonnull(arena_take(&a, 90));
	ck_assert_ptr_null(arena_take(&a, 1));
	arena_fini(&a);
}
END_TEST

START_TEST(too_large)
{
	struct arena a = {0};

	ck_assert_ptr_null(arena_take(&a, SIZE_MAX));
	ck_assert_ptr_null(arena_take(&a, SIZE_MAX - 64));
	ck_assert_ptr_nonnull(arena_take(&a, 0));
	arena_fini(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("rules");

	tcase_add_test(t, pieces_are_apart);
	tcase_add_test(t, memory_is_kept);
	tcase_add_test(t, bound);
	tcase_add_test(t, too_large);
	suite_add_tcase(s, t);
	return run_suite(s);
}
