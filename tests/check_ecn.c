/*
 * check_ecn.c - explicit congestion notification, classic (RFC 3168) and
 * accurate (RFC 9768): R6.85 to R6.87.
 */
#include "support/event_case.h"
#include "support/run_suite.h"

#define CLASSIC_OPEN \
	"0  C>S SEW 0 - 0 64240 mss1460 ws7 sackok", \
	    "20 S>C SAE 0 1 0 65160 mss1460 ws7 sackok", "21 C>S A 1 1 0"

static const struct event_case classic_cases[] = {
    {
	.name = "a mark is echoed and answered",
	.row = {CLASSIC_OPEN, "30 C>S PA 1 1 100 ce", "50 S>C AE 1 101 0",
	    "51 C>S PAW 101 1 100 ect0", "71 S>C A 1 201 0"},
	.facts = "verdict ok",
	.event = {"4 ecn-ce info certain n 1"},
    },
    {
	.name = "a mark is never echoed",
	.row = {CLASSIC_OPEN, "30 C>S PA 1 1 100 ce", "50 S>C A 1 101 0",
	    "60 C>S PA 101 1 100 ect0", "80 S>C A 1 201 0",
	    "90 C>S PA 201 1 100 ect0", "120 S>C A 1 301 0"},
	.event = {"4 ecn-ce", "4 ecn-ce-unanswered warn possible n 1 "
			      "waited_ms 90 cites 9"},
    },
    {
	.name = "a marked bare ACK need not be echoed (RFC 3168 6.1.5)",
	.row = {CLASSIC_OPEN, "30 C>S A 1 1 0 ce", "40 C>S PA 1 1 100 ect0",
	    "60 S>C A 1 101 0", "70 C>S PA 101 1 100 ect0",
	    "150 S>C A 1 201 0"},
	.event = {"4 ecn-ce"},
    },
    {
	.name = "the marked segment was sent again: which copy arrived?",
	.row = {CLASSIC_OPEN, "30 C>S PA 1 1 100 ce", "260 C>S PA 1 1 100",
	    "280 S>C A 1 101 0", "290 C>S PA 101 1 100 ect0",
	    "410 S>C A 1 201 0"},
	.event = {"4 ecn-ce", "5 retransmission-tlp"},
    },
    {
	.name = "CWR that nobody asked for, and ECT on a resend",
	.row = {CLASSIC_OPEN, "30 C>S PAW 1 1 100 ect0", "50 S>C A 1 101 0"},
	.event = {"4 ecn-nonconforming note probable sub cwr-without-ece"},
    },
    {
	.name = "ECT on a resend",
	.row = {CLASSIC_OPEN, "30 C>S PA 1 1 100 ect0",
	    "260 C>S PA 1 1 100 ect0", "280 S>C A 1 101 0"},
	.event = {"5 ecn-nonconforming sub ect-on-resend",
	    "5 retransmission-tlp"},
    },
    {
	.name = "SYNs with ECN go unanswered, one without does not",
	.row = {"0 C>S SEW 0 - 0 64240 mss1460",
	    "1000 C>S S 0 - 0 64240 mss1460", "1020 S>C SA 0 1 0 65160 mss1460",
	    "1021 C>S A 1 1 0 64240"},
	.event = {"2 retransmission-syn", "3 ecn-path-broken possible cites 1"},
    },
    {
	.name = "granted, and never used: seen away from its sender",
	.row = {CLASSIC_OPEN, "30 C>S PA 1 1 100", "31 C>S PA 101 1 100",
	    "32 C>S PA 201 1 100", "33 C>S PA 301 1 100", "34 C>S PA 401 1 100",
	    "35 C>S PA 501 1 100", "36 C>S PA 601 1 100", "37 C>S PA 701 1 100",
	    "38 C>S PA 801 1 100", "39 C>S PA 901 1 100", "60 S>C A 1 1001 0"},
	.event = {"4 ecn-bleached note possible count 10"},
    },
    {
	.name = "the same at its sender, who may do so",
	.row = {CLASSIC_OPEN, "30 C>S PA 1 1 100 ttl 64",
	    "31 C>S PA 101 1 100 ttl 64", "32 C>S PA 201 1 100 ttl 64",
	    "33 C>S PA 301 1 100 ttl 64", "34 C>S PA 401 1 100 ttl 64",
	    "35 C>S PA 501 1 100 ttl 64", "36 C>S PA 601 1 100 ttl 64",
	    "37 C>S PA 701 1 100 ttl 64", "38 C>S PA 801 1 100 ttl 64",
	    "39 C>S PA 901 1 100 ttl 64", "60 S>C A 1 1001 0"},
    },
};

/* SYN AE+CWR+ECE, SYN-ACK and third ACK 010: both came as Not-ECT. */
#define ACCURATE_OPEN \
	"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok", \
	    "20 S>C SAW  0 1 0 65160 mss1460 ws7 sackok", "21 C>S AW 1 1 0"

static const struct event_case accurate_cases[] = {
    {
	/* the counter of the server goes from 5 (101) to 6 (110) */
	.name = "the counter tells of the mark",
	.row = {ACCURATE_OPEN, "30 C>S PANE 1 1 100 ce", "50 S>C ANW 1 101 0",
	    "60 C>S PANE 101 1 100 ect0", "160 S>C ANW 1 201 0"},
	.facts = "verdict ok",
	.event = {"4 ecn-ce info certain n 1"},
    },
    {
	/* 101 throughout */
	.name = "the counter stands still",
	.row = {ACCURATE_OPEN, "30 C>S PANE 1 1 100 ce", "50 S>C ANE 1 101 0",
	    "60 C>S PANE 101 1 100 ect0", "80 S>C ANE 1 201 0",
	    "90 C>S PANE 201 1 100 ect0", "120 S>C ANE 1 301 0"},
	.event = {"4 ecn-ce",
	    "4 ecn-ce-unanswered warn probable n 1 echoed 0 cites 9"},
    },
    {
	/* 7 (111) to 1 (001) over 0: three marks */
	.name = "the counter wraps",
	.row = {ACCURATE_OPEN, "30 C>S ANE 1 1 100 ce",
	    "30.1 C>S ANE 101 1 100 ce", "50 S>C ANWE 1 201 0",
	    "60 C>S ANE 201 1 100 ce", "60.1 C>S PANE 301 1 100 ce",
	    "80 S>C AE 1 401 0", "180 C>S PANE 401 1 100 ect0",
	    "200 S>C AE 1 501 0"},
	.event = {"4 ecn-ce n 1", "5 ecn-ce n 2", "7 ecn-ce n 3",
	    "8 ecn-ce n 4"},
    },
    {
	.name = "marks beyond the tap: nothing is wrong",
	.row = {ACCURATE_OPEN, "30 C>S PANE 1 1 100 ect0",
	    "50 S>C ANW 1 101 0"},
	.facts = "verdict ok",
    },
    {
	.name = "an old ACK shows an old counter",
	.row = {ACCURATE_OPEN, "30 C>S ANE 1 1 100 ect0",
	    "30.1 C>S ANE 101 1 100 ce", "50.1 S>C ANW 1 201 0",
	    "50.2 S>C ANE 1 101 0", "60 C>S PANE 201 1 100 ect0",
	    "160 S>C ANW 1 301 0"},
	.event = {"5 ecn-ce", "7 ack-old"},
    },
    {
	.name = "a mark before the tap on the SYN-ACK starts at 6",
	.row = {"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok",
	    "20 S>C SAW 0 1 0 65160 mss1460 ws7 sackok ce", "21 C>S ANW 1 1 0",
	    "30 S>C PANE 1 1 100 ect0", "31 C>S ANW 1 101 0"},
	.facts = "verdict ok",
    },
    {
	.name = "a mark on the SYN-ACK beyond the tap is no bleaching",
	.row = {"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok",
	    "20 S>C SAW 0 1 0 65160 mss1460 ws7 sackok ect0",
	    "21 C>S ANW 1 1 0"},
	.facts = "verdict ok",
    },
    {
	.name = "the SYN arrived with another codepoint",
	.row = {"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok ect0",
	    "20 S>C SAW 0 1 0 65160 mss1460 ws7 sackok", "21 C>S AW 1 1 0"},
	.event = {"2 ecn-bleached note possible sub syn codepoints 2 "
		  "reflected_codepoint 0 cites 1"},
    },
    {
	.name = "the SYN-ACK arrived with another codepoint",
	.row = {"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok",
	    "20 S>C SAW 0 1 0 65160 mss1460 ws7 sackok ect0",
	    "21 C>S AWE 1 1 0"},
	.event = {"3 ecn-bleached note possible sub synack codepoints 2 "
		  "reflected_codepoint 1 cites 2"},
    },
    {
	.name = "a SYN-ACK that only mirrors the bits",
	.row = {"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok",
	    "20 S>C SANWE 0 1 0 65160 mss1460 ws7 sackok", "21 C>S A 1 1 0"},
	.event = {"2 ecn-nonconforming possible sub synack-reflects-111"},
    },
    {
	.name = "a server of RFC 3168 answers: the classic rules hold",
	.row = {"0  C>S SEWN 0 - 0 64240 mss1460 ws7 sackok",
	    "20 S>C SAE 0 1 0 65160 mss1460 ws7 sackok", "21 C>S A 1 1 0",
	    "30 C>S PA 1 1 100 ce", "50 S>C AE 1 101 0"},
	.event = {"4 ecn-ce"},
    },
};

EVENT_CASE_TEST(classic_cases)
EVENT_CASE_TEST(accurate_cases)

static Suite *
ecn_suite(void)
{
	Suite *s = suite_create("ecn");

	EVENT_CASE_ADD(s, "RFC 3168", classic_cases);
	EVENT_CASE_ADD(s, "RFC 9768", accurate_cases);
	return s;
}

int
main(void)
{
	return run_suite(ecn_suite());
}
