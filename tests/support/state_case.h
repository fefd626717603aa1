/*
 * state_case.h - a scenario with the states of both endpoints after its rows
 * and the log of transitions at its end.
 */
#ifndef TCPCONN_STATE_CASE_H
#define TCPCONN_STATE_CASE_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#define CASE_ROWS 12
#define CASE_LOG 14

struct case_row {
	const char *line;
	const char *states; /* after it, client first; NULL: not looked at */
};

struct state_case {
	const char *name;
	bool open; /* starts with the three rows of a handshake */
	struct case_row row[CASE_ROWS];
	/*
	 * "FRAME SIDE STATE[?] RULE [proved FRAME] [undone FRAME]", a ? where
	 * it is presumed to the end; all of them, after the handshake if the
	 * case is open.
	 */
	const char *log[CASE_LOG];
};

/* Every case is played in each of these: as written, and with the hosts
 * swapped and sequence numbers that wrap. */
#define CASE_SETTINGS 2

/* Plays a case in one setting; fails the test with what differs. */
void state_case_run(const struct state_case *k, size_t setting);

/* A loop test over a table of cases, and its place in a suite. */
#define CASE_TEST(table) \
	START_TEST(test_##table) \
	{ \
		state_case_run( \
		    &table[_i / CASE_SETTINGS], (size_t)_i % CASE_SETTINGS); \
	} \
	END_TEST

#define CASE_ADD(suite, name, table) \
	do { \
		TCase *tc = tcase_create(name); \
		tcase_add_loop_test( \
		    tc, test_##table, 0, ROWS(table) * CASE_SETTINGS); \
		suite_add_tcase(suite, tc); \
	} while (0)

#endif
