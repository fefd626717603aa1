/*
 * check_origins.c - from a frame of the whole input to one of a file.
 */
#include "input/origins.h"

#include "support/run_suite.h"

/* The file of each frame, and what is found. */
static const struct {
	const char *files;
	size_t runs;
} rows[] = {
    {"a", 1},
    {"aaaa", 1},
    {"aabbcc", 3},
    {"abababab", 8},
    {"aabaab", 4},
    {"cccabbbbbbbbbbbac", 5},
    {"abcdefghijklmnopqrstuvwxyzaabbccdd", 30},
};

START_TEST(find)
{
	const char *files = rows[_i].files;
	struct origins o;
	uint64_t counts[26] = {0}, number;
	unsigned file_no;

	origins_init(&o);
	ck_assert(!origins_find(&o, 1, &file_no, &number));
	for (const char *f = files; *f != '\0'; f++)
		origins_add(&o, (unsigned)(*f - 'a'), ++counts[*f - 'a']);
	ck_assert_uint_eq(o.n, rows[_i].runs);
	for (unsigned i = 0; i < 26; i++)
		counts[i] = 0;
	for (uint64_t frame = 1; files[frame - 1] != '\0'; frame++) {
		unsigned want = (unsigned)(files[frame - 1] - 'a');

		ck_assert(origins_find(&o, frame, &file_no, &number));
		ck_assert_uint_eq(file_no, want);
		ck_assert_uint_eq(number, ++counts[want]);
		ck_assert_uint_eq(o.frames >= frame, 1);
	}
	ck_assert(!origins_find(&o, 0, &file_no, &number));
	ck_assert(!origins_find(&o, o.frames + 1, &file_no, &number));
	origins_fini(&o);
}
END_TEST

/* More runs than are kept: what was noted stays true. */
START_TEST(full)
{
	struct origins o;
	uint64_t number;
	unsigned file_no;

	origins_init(&o);
	for (uint64_t i = 0; i < ORIGINS_RUNS_MAX + 10; i++)
		origins_add(&o, i % 2, i / 2 + 1);
	ck_assert(o.full);
	ck_assert_uint_eq(o.n, ORIGINS_RUNS_MAX);
	ck_assert(origins_find(&o, ORIGINS_RUNS_MAX, &file_no, &number));
	ck_assert_uint_eq(file_no, 1);
	ck_assert_uint_eq(number, ORIGINS_RUNS_MAX / 2);
	ck_assert(!origins_find(&o, ORIGINS_RUNS_MAX + 1, &file_no, &number));
	origins_fini(&o);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("origins");
	TCase *c = tcase_create("frames");

	tcase_add_loop_test(c, find, 0, ROWS(rows));
	tcase_add_test(c, full);
	suite_add_tcase(s, c);
	return run_suite(s);
}
