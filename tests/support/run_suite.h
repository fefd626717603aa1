/*
 * run_suite.h - the main program of a suite of unit tests.
 */
#ifndef TCPCONN_RUN_SUITE_H
#define TCPCONN_RUN_SUITE_H

#include <check.h>
#include <stdlib.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* Runs s, which it frees, and returns the exit status. */
static inline int
run_suite(Suite *s)
{
	SRunner *runner = srunner_create(s);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
