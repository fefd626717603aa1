/*
 * check_spool.c - what goes into a spool comes out, wherever it lay.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "report/spool.h"
#include "run_suite.h"

#define LENGTH 1000

/* A byte that tells where it belongs. */
static char
byte_at(size_t i)
{
	return (char)('a' + i * 7 % 26);
}

static void
append(struct spool *s, size_t from, size_t n)
{
	char part[LENGTH];

	for (size_t i = 0; i < n; i++)
		part[i] = byte_at(from + i);
	ck_assert_int_eq(spool_write(s, part, n), 0);
	ck_assert_uint_eq(spool_end(s), from + n);
}

static void
assert_copy(struct spool *s, size_t offset, size_t n)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(spool_copy(s, offset, n, out), 0);
	fclose(out);
	ck_assert_uint_eq(size, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(text[i], byte_at(offset + i));
	free(text);
}

/* Bytes held in memory and bytes a write. */
static const struct {
	size_t limit, step;
} sizes[] = {{1, 1}, {1, 250}, {7, 5}, {64, 10}, {64, 250}, {999, 500},
    {1000, 500}, {1001, 500}, {100000, 10}};

START_TEST(any_part_comes_back)
{
	struct spool s;

	spool_init(&s, sizes[_i].limit);
	for (size_t at = 0; at < LENGTH; at += sizes[_i].step)
		append(&s, at, sizes[_i].step);
	assert_copy(&s, 0, LENGTH);
	assert_copy(&s, 0, 0);
	assert_copy(&s, LENGTH, 0);
	for (size_t offset = 0; offset < LENGTH; offset += 37)
		for (size_t n = 1; n <= LENGTH - offset; n += 113)
			assert_copy(&s, offset, n);
	spool_fini(&s);
}
END_TEST

START_TEST(reading_does_not_disturb_writing)
{
	struct spool s;

	spool_init(&s, 16);
	for (size_t at = 0; at < LENGTH; at += 10) {
		append(&s, at, 10);
		assert_copy(&s, at / 2, at / 3);
	}
	spool_fini(&s);
}
END_TEST

START_TEST(reset_starts_again)
{
	struct spool s;

	spool_init(&s, 100);
	for (int round = 0; round < 3; round++) {
		append(&s, 0, 50);
		append(&s, 50, 400);
		assert_copy(&s, 0, 450);
		spool_reset(&s);
		ck_assert_uint_eq(spool_end(&s), 0);
	}
	spool_fini(&s);
}
END_TEST

/* Returns errno of the write that fails, or 0 when none does. */
static int
write_until_failure(struct spool *s)
{
	char part[200] = {0};

	for (int i = 0; i < 10; i++)
		if (spool_write(s, part, sizeof(part)) != 0)
			return errno;
	return 0;
}

/*
 * A file that cannot grow is what a full disk looks like. Nothing is asserted
 * under the limit, since the test's own messages go through a file.
 */
START_TEST(full_disk_is_an_error)
{
	struct rlimit usual, small;
	struct spool s;
	int error;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
	small = (struct rlimit){.rlim_cur = 256, .rlim_max = usual.rlim_max};
	spool_init(&s, 128);
	setrlimit(RLIMIT_FSIZE, &small);
	error = write_until_failure(&s);
	setrlimit(RLIMIT_FSIZE, &usual);
	spool_fini(&s);
	ck_assert_int_eq(error, EFBIG);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("spool");
	TCase *t = tcase_create("spool");

	tcase_add_loop_test(t, any_part_comes_back, 0, ROWS(sizes));
	tcase_add_test(t, reading_does_not_disturb_writing);
	tcase_add_test(t, reset_starts_again);
	tcase_add_test(t, full_disk_is_an_error);
	suite_add_tcase(s, t);
	return run_suite(s);
}
