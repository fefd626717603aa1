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

/* Five segments of the client, time stamps or not; then its timer. */
#define FIVE \
	"30 C>S A 1 1 1000", "30.1 C>S A 1001 1 1000", \
	    "30.2 C>S A 2001 1 1000", "30.3 C>S A 3001 1 1000", \
	    "30.4 C>S PA 4001 1 1000"
#define FIVE_STAMPED \
	"30 C>S A 1 1 1000 ts 1030 5020", \
	    "30.1 C>S A 1001 1 1000 ts 1030 5020", \
	    "30.2 C>S A 2001 1 1000 ts 1030 5020", \
	    "30.3 C>S A 3001 1 1000 ts 1030 5020", \
	    "30.4 C>S PA 4001 1 1000 ts 1030 5020"

static const struct event_case undo_cases[] = {
    {
	.name = "R8.35, F-RTO: two ACKs move on over what was sent once",
	.open = OPEN_SACK,
	.row = {FIVE, "300 C>S A 1 1 1000", "310 S>C A 1 1001 0",
	    "311 S>C A 1 2001 0", "312 S>C A 1 5001 0"},
	.facts = "verdict spurious-recovery, client.loss.downstream_ppm 0",
	.event = {"9 spurious-retransmission possible proof f-rto kind rto "
		  "cause needless sub delay-spike cites 11 "
		  "revised retransmission-rto"},
    },
    {
	.name = "R8.35: the first ACK covers all, so the resend filled a hole",
	.open = OPEN_SACK,
	.row = {FIVE, "300 C>S A 1 1 1000", "320 S>C A 1 5001 0",
	    "330 C>S PA 5001 1 1000", "350 S>C A 1 6001 0"},
	.event = {"9 retransmission-rto cause loss-downstream"},
    },
    {
	.name = "R8.35: the second ACK covers what was sent again",
	.open = OPEN_SACK,
	.row = {FIVE, "300 C>S A 1 1 1000", "320 S>C A 1 1001 0",
	    "321 C>S A 1001 1 1000", "341 S>C A 1 2001 0",
	    "342 C>S A 2001 1 1000", "342.1 C>S A 3001 1 1000",
	    "342.2 C>S PA 4001 1 1000", "362 S>C A 1 5001 0"},
	.event = {"9 retransmission-rto cause loss-downstream",
	    "11 retransmission-rto sub go-back-n",
	    "13 retransmission-rto sub go-back-n",
	    "14 retransmission-rto sub go-back-n",
	    "15 retransmission-rto sub go-back-n"},
    },
    {
	.name = "R8.35: a duplicate ACK between them shows a hole",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", FIVE, "300 C>S A 1 1 1000",
	    "320 S>C A 1 1001 0", "321 S>C A 1 1001 0", "340 S>C A 1 2001 0"},
	.event = {"10 retransmission-rto cause loss-downstream",
	    "12 dup-ack n 1"},
    },
    {
	.name = "R6.14, Eifel: the ACK echoes the original",
	.open = OPEN_STAMPS,
	.row = {FIVE_STAMPED, "300 C>S A 1 1 1000 ts 1300 5020",
	    "310 S>C A 1 1001 0 ts 5310 1030",
	    "311 S>C A 1 5001 0 ts 5311 1030"},
	.facts = "verdict spurious-recovery",
	.event = {"9 spurious-retransmission proof eifel kind rto "
		  "sub delay-spike cites 10"},
    },
    {
	.name = "R6.14: the ACK echoes the resend",
	.open = OPEN_STAMPS,
	.row = {FIVE_STAMPED, "300 C>S A 1 1 1000 ts 1300 5020",
	    "320 S>C A 1 1001 0 ts 5320 1300",
	    "321 S>C A 1 5001 0 ts 5321 1300"},
	.event = {"9 retransmission-rto cause loss-downstream"},
    },
    {
	.name = "R8.35: needless by a DSACK, but its ACK was quick",
	.open = OPEN_SACK,
	.row = {FIVE, "51 S>C A 1 5001 0", "300 C>S A 1 1 1000",
	    "320 S>C A 1 5001 0 sack 1-1001"},
	.event = {"10 spurious-retransmission proof acked cause needless",
	    "11 dsack matched_frame 10"},
    },
};

EVENT_CASE_TEST(content_cases)
EVENT_CASE_TEST(undo_cases)

static Suite *
resend_suite(void)
{
	Suite *s = suite_create("resend");

	EVENT_CASE_ADD(s, "content", content_cases);
	EVENT_CASE_ADD(s, "undo", undo_cases);
	return s;
}

int
main(void)
{
	return run_suite(resend_suite());
}
