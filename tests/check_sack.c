/*
 * check_sack.c - SACK blocks: what they prove, and those that prove nothing
 * (R6.35 to R6.37).
 */
#include "support/event_case.h"
#include "support/run_suite.h"

static const struct event_case cases[] = {
    {
	.name = "R6.36: all blocks off by one constant, above the stream",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", "30 C>S A 1 1 1000", "30.1 C>S A 1001 1 1000",
	    "30.2 C>S A 2001 1 1000", "30.3 C>S A 3001 1 1000",
	    "50.1 S>C A 1 1 0 sack 700001001-700002001",
	    "50.2 S>C A 1 1 0 sack 700001001-700003001",
	    "50.3 S>C A 1 1 0 sack 700001001-700004001", "51 C>S A 1 1 1000",
	    "71 S>C A 1 4001 0"},
	.facts = "verdict loss-downstream",
	.event = {"9 dup-ack n 1", "10 dup-ack n 2", "11 dup-ack n 3",
	    "9 sack-invalid warn probable sack_offset 700000000 repeats 3",
	    "12 retransmission-fast cause loss-downstream original_frame 5"},
    },
    {
	.name = "R6.36: below the stream they are no DSACKs",
	.open = OPEN_SACK,
	.row = {"30 C>S A 20001 1 1000", "30.1 C>S A 21001 1 1000",
	    "50   S>C A 1 21001 0 sack 1-1001"},
	.event = {"4 capture-gap", "6 ack-unseen", "6 dsack"},
    },
    {
	.name = "R6.36: below everything that was ever sent",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", "30 C>S A 1 1 1000", "30.1 C>S A 1001 1 1000",
	    "30.2 C>S A 2001 1 1000",
	    "50.1 S>C A 1 1 0 sack 3000000001-3000001001",
	    "50.2 S>C A 1 1 0 sack 3000000001-3000002001"},
	.event = {"8 dup-ack n 1", "9 dup-ack n 2",
	    "8 sack-invalid warn repeats 2"},
    },
    {
	.name = "R6.36: two constants are two events",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", "30 C>S A 1 1 1000", "30.1 C>S A 1001 1 1000",
	    "50.1 S>C A 1 1 0 sack 700001001-700002001",
	    "50.2 S>C A 1 1 0 sack 800001001-800002001"},
	.event = {"7 dup-ack n 1", "8 dup-ack n 2", "7 sack-invalid",
	    "8 sack-invalid"},
    },
    {
	.name = "R6.36: SACK that was not agreed on",
	.open = OPEN_BARE,
	.row = {"30 C>S A 1 1 1000 64240", "30.1 C>S A 1001 1 1000 64240",
	    "50.1 S>C A 1 1 0 65160 sack 1001-2001"},
	.event = {"6 dup-ack n 1", "6 sack-invalid warn block 1001-2001"},
    },
    {
	.name = "a block of bytes that the capture missed is no fault",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "50 S>C A 1 1 0 sack 2001-3001",
	    "60 C>S A 3001 1 1000", "80 S>C A 1 4001 0"},
	.event = {"6 capture-gap", "7 ack-unseen"},
    },
    {
	.name = "both parts of a hole come late after all",
	.open = OPEN_STAMPS,
	.row = {"30 C>S A 1 1 1000 ts 1030 5020",
	    "30.4 C>S A 3001 1 1000 ts 1032 5020",
	    "50 S>C A 1 2001 0 ts 5050 1030", "60 S>C A 1 4001 0 ts 5060 1032",
	    "61 C>S A 1001 1 1000 ts 1031 5020",
	    "61.1 C>S A 2001 1 1000 ts 1031 5020"},
	.event = {"6 ack-unseen", "7 ack-unseen", "8 out-of-order",
	    "9 out-of-order"},
    },
    {
	.name = "one part of a hole comes late, the other never",
	.open = OPEN_STAMPS,
	.row = {"30 C>S A 1 1 1000 ts 1030 5020",
	    "30.4 C>S A 3001 1 1000 ts 1032 5020",
	    "50 S>C A 1 2001 0 ts 5050 1030", "60 S>C A 1 4001 0 ts 5060 1032",
	    "61 C>S A 1001 1 1000 ts 1031 5020"},
	.event = {"5 capture-gap", "6 ack-unseen", "7 ack-unseen",
	    "8 out-of-order"},
    },
};

EVENT_CASE_TEST(cases)

static Suite *
sack_suite(void)
{
	Suite *s = suite_create("sack");

	EVENT_CASE_ADD(s, "R6.35 to R6.37", cases);
	return s;
}

int
main(void)
{
	return run_suite(sack_suite());
}
