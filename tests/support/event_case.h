/*
 * event_case.h - a scenario of one connection with all of its events.
 */
#ifndef TCPCONN_EVENT_CASE_H
#define TCPCONN_EVENT_CASE_H

#include <check.h>

#define EVENT_CASE_ROWS 28
#define EVENT_CASE_EVENTS 20

/* What precedes the rows: frames 1 to 3 at 0, 20 and 21 ms, or nothing. */
enum event_case_open {
	OPEN_NOTHING,
	OPEN_SACK,   /* MSS 1460, window scale 7, SACK */
	OPEN_STAMPS, /* the same with time stamps of 1 ms: 1000 and 5000 at 0 */
	OPEN_BARE,   /* MSS alone: neither SACK, time stamps nor scale */
};

struct event_case {
	const char *name;
	enum event_case_open open;
	const char *row[EVENT_CASE_ROWS];     /* as scenario.h, no number */
	const char *facts;                    /* as facts.h; may be NULL */
	const char *event[EVENT_CASE_EVENTS]; /* all of them, as facts.h */
};

/* Every case is played as written, and swapped with numbers that wrap. */
#define EVENT_CASE_SETTINGS 2

/* Plays case i of table; fails the test with what differs. */
void event_case_run(const struct event_case *table, int i);

#define EVENT_CASE_TEST(table) \
	START_TEST(test_##table) \
	{ \
		event_case_run(table, _i); \
	} \
	END_TEST

#define EVENT_CASE_ADD(suite, name, table) \
	do { \
		TCase *tc = tcase_create(name); \
		tcase_add_loop_test( \
		    tc, test_##table, 0, ROWS(table) * EVENT_CASE_SETTINGS); \
		suite_add_tcase(suite, tc); \
	} while (0)

#endif
