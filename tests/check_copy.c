/*
 * check_copy.c - the same packet twice (R8.15, R6.9, R6.20).
 */
#include "support/event_case.h"
#include "support/run_suite.h"

static const struct event_case cases[] = {
    {
	.name = "every packet outside and inside a tunnel, without IP IDs",
	.row = {"0     C>S S  0 - 0 64240 mss1460 ws7 sackok",
	    "0.01  C>S S  0 - 0 64240 mss1460 ws7 sackok gre",
	    "20    S>C SA 0 1 0 65160 mss1460 ws7 sackok",
	    "20.01 S>C SA 0 1 0 65160 mss1460 ws7 sackok gre",
	    "21    C>S A  1 1 0", "21.01 C>S A  1 1 0 gre",
	    "22    C>S PA 1 1 100", "22.01 C>S PA 1 1 100 gre",
	    "42    S>C A  1 101 0", "42.01 S>C A  1 101 0 gre"},
	.facts = "verdict ok, client.capture_duplicates 3",
	.event = {"2 capture-duplicate certain original_frame 1",
	    "4 capture-duplicate certain original_frame 3",
	    "6 capture-duplicate certain original_frame 5",
	    "8 capture-duplicate certain original_frame 7",
	    "10 capture-duplicate certain original_frame 9"},
    },
    {
	.name = "dup-ACKs stay, their tunnelled copies go",
	.open = OPEN_BARE,
	.row = {"30    S>C A 1 1 1000 65160", "30.1  S>C A 1001 1 1000 65160",
	    "30.2  S>C A 2001 1 1000 65160", "31    C>S A 1 1001 0 64240",
	    "31.1  C>S A 1 1001 0 64240", "31.11 C>S A 1 1001 0 64240 gre",
	    "31.2  C>S A 1 1001 0 64240", "31.21 C>S A 1 1001 0 64240 gre"},
	.event = {"8 dup-ack n 1", "9 capture-duplicate original_frame 8",
	    "10 dup-ack n 2", "11 capture-duplicate original_frame 10"},
    },
    {
	.name = "the same ACK in another tunnel, but half a round trip later",
	.open = OPEN_BARE,
	.row = {"30   S>C A 1 1 1000 65160", "30.1 S>C A 1001 1 1000 65160",
	    "31   C>S A 1 1001 0 64240", "52   C>S A 1 1001 0 64240 gre"},
	.event = {"7 dup-ack n 1"},
    },
};

EVENT_CASE_TEST(cases)

static Suite *
copy_suite(void)
{
	Suite *s = suite_create("copy");

	EVENT_CASE_ADD(s, "R8.15", cases);
	return s;
}

int
main(void)
{
	return run_suite(copy_suite());
}
