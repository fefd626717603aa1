/*
 * name_checks.h - what holds for every list of stable names.
 */
#ifndef TCPCONN_NAME_CHECKS_H
#define TCPCONN_NAME_CHECKS_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Words of lower case letters and digits, joined by one character. */
static inline bool
name_is_joined_by(const char *name, char joint)
{
	static const char alnum[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (;;) {
		size_t n = strspn(name, alnum);

		if (n == 0)
			return false;
		name += n;
		if (*name == '\0')
			return true;
		if (*name++ != joint)
			return false;
	}
}

/* The i-th of n names differs from all the others. */
static inline void
assert_unique(const char *const *names, int n, int i)
{
	for (int j = 0; j < n; j++)
		if (j != i && names[j] != NULL && names[i] != NULL)
			ck_assert_str_ne(names[i], names[j]);
}

#endif
