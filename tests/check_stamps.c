/*
 * check_stamps.c - time stamps that do not fit what was seen before (R6.72 to
 * R6.74).
 */
#include "support/event_case.h"
#include "support/run_suite.h"

static const struct event_case cases[] = {
    {
	.name = "an echo that the clock can have come to: an ACK was missed",
	.open = OPEN_STAMPS,
	.row = {"40 C>S PA 1 1 100 502 ts 1040 5030",
	    "60 S>C A  1 101 0 509 ts 5060 1040"},
    },
    {
	.name = "an echo from the future",
	.open = OPEN_STAMPS,
	.row = {"40 C>S PA 1 1 100 502 ts 1040 5050",
	    "60 S>C A  1 101 0 509 ts 5060 1040"},
	.event = {"4 ts-echo-invalid note possible tsecr 5050"},
    },
    {
	.name = "a host that echoes as it likes is told of three times",
	.open = OPEN_STAMPS,
	.row = {"40 C>S PA 1 1 100 502 ts 1040 77",
	    "60 S>C A  1 101 0 509 ts 5060 1040",
	    "70 C>S PA 101 1 100 502 ts 1070 77",
	    "90 S>C A  1 201 0 509 ts 5090 1070",
	    "95 C>S PA 201 1 100 502 ts 1095 77",
	    "115 S>C A 1 301 0 509 ts 5115 1095",
	    "120 C>S PA 301 1 100 502 ts 1120 77",
	    "140 S>C A 1 401 0 509 ts 5140 1120"},
	.event = {"4 ts-echo-invalid", "6 ts-echo-invalid",
	    "8 ts-echo-invalid"},
    },
    {
	.name = "data by another clock than the SYN, and its peer takes it",
	.open = OPEN_STAMPS,
	.row = {"40 C>S PA 1 1 100 502 ts 500 5020",
	    "60 S>C A  1 101 0 509 ts 5060 500",
	    "70 C>S PA 101 1 100 502 ts 530 5060",
	    "90 S>C A  1 201 0 509 ts 5090 530"},
	.event = {"4 ts-backwards warn probable tsval 500"},
    },
    {
	.name = "data with an older time stamp that nobody acknowledges",
	.open = OPEN_STAMPS,
	.row = {"140 C>S PA 1 1 100 502 ts 500 5020",
	    "145 C>S PA 101 1 100 502 ts 505 5020"},
	.event = {"4 paws-reject warn possible tsval 500",
	    "4 ts-backwards warn probable tsval 500"},
    },
};

EVENT_CASE_TEST(cases)

static Suite *
stamps_suite(void)
{
	Suite *s = suite_create("time stamps");

	EVENT_CASE_ADD(s, "R6.72", cases);
	return s;
}

int
main(void)
{
	return run_suite(stamps_suite());
}
