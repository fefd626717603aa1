/*
 * check_resend.c - segments sent again: which bytes they carry (R6.18, R6.19),
 * why they were sent (R8.14) and whether they were needed (R6.14, R8.32).
 */
#include "support/event_case.h"
#include "support/run_suite.h"

static const struct event_case content_cases[] = {
    {
	.name = "R6.19: other bytes from the tenth on",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "260 C>S PA 1 1 100 other 9",
	    "280 S>C A 1 101 0"},
	.event = {"5 retransmission-inconsistent error "
		  "first_differing_offset 9 original_frame 4 cites 4",
	    "5 retransmission-tlp"},
    },
    {
	.name = "R6.19: beyond the bytes that are kept",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "260 C>S PA 1 1 100 other 40",
	    "280 S>C A 1 101 0"},
	.event = {"5 retransmission-inconsistent equal_bytes 16",
	    "5 retransmission-tlp"},
    },
    {
	.name = "R6.19: a shorter resend is compared by its first bytes",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 100", "30.1 C>S PA 101 1 50",
	    "260 C>S A 1 1 60 other 3", "280 S>C A 1 151 0"},
	.event = {"6 retransmission-inconsistent first_differing_offset 3",
	    "6 retransmission-rto"},
    },
    {
	.name = "R6.19: a longer one by all that it repeats",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "260 C>S PA 1 1 150 other 99",
	    "280 S>C A 1 151 0"},
	.event = {"5 retransmission-inconsistent equal_bytes 16",
	    "5 retransmission-partial", "5 retransmission-tlp"},
    },
    {
	.name = "R6.19: new bytes behind the old ones may be any",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "260 C>S PA 1 1 150 other 100",
	    "280 S>C A 1 151 0"},
	.event = {"5 retransmission-partial old_bytes 100 new_bytes 50",
	    "5 retransmission-tlp"},
    },
    {
	.name = "R6.19: the garbage byte of a keep-alive is none",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "50 S>C A 1 101 0",
	    "9000 C>S A 100 1 1 other 0", "9020 S>C A 1 101 0"},
	.event = {"6 keep-alive info", "7 keep-alive-ack"},
    },
};

EVENT_CASE_TEST(content_cases)

static Suite *
resend_suite(void)
{
	Suite *s = suite_create("resend");

	EVENT_CASE_ADD(s, "content", content_cases);
	return s;
}

int
main(void)
{
	return run_suite(resend_suite());
}
