/*
 * reader_open.c - open a capture that must be readable, or must not.
 */
#include "support/reader_open.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

struct reader *
reader_open_one(const char *path, const char *filter)
{
	char err[512] = "";
	struct reader *r = reader_open(&path, 1, filter, err, sizeof(err));

	ck_assert_msg(r != NULL, "%s", err);
	return r;
}

void
reader_check_refused(const char *path, const char *filter, const char *message)
{
	char err[512] = "", expected[512];
	struct reader *r = reader_open(&path, 1, filter, err, sizeof(err));

	ck_assert_ptr_null(r);
	snprintf(expected, sizeof(expected), "%s: %s", path, message);
	ck_assert_msg(strncmp(err, expected, strlen(expected)) == 0,
	    "\"%s\", not \"%s\"", err, expected);
	ck_assert_ptr_null(strchr(err, '\n'));
}
