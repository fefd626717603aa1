/*
 * check_resend.c - segments sent again: which bytes they carry (R6.18, R6.19),
 * why they were sent (R8.14) and whether they were needed (R6.14, R8.32).
 */
#include "support/event_case.h"
#include "support/run_suite.h"
#include "support/scenario.h"

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
	/* the echo is that of frame 9, which filled the hole before it */
	.name = "R8.32: an ACK from below says nothing of a later resend",
	.open = OPEN_STAMPS,
	.row = {"29 S>C A 1 1 0 ts 5029 1021", FIVE_STAMPED,
	    "50 S>C A 1 1 0 ts 5050 1021 sack 1001-2001",
	    "50.1 S>C A 1 1 0 ts 5050 1021 sack 3001-4001 sack 1001-2001",
	    "51 C>S A 1 1 1000 ts 1051 5050",
	    "53 C>S A 2001 1 1000 ts 1053 5050",
	    "73.1 S>C A 1 4001 0 ts 5073 1051"},
	.event = {"10 dup-ack n 1", "11 dup-ack n 2",
	    "12 retransmission-fast cause loss-downstream",
	    "13 retransmission-sack cause loss-downstream"},
    },
    {
	.name = "R8.30: the verdict waits as long as nothing is acknowledged",
	.open = OPEN_STAMPS,
	.row = {FIVE_STAMPED, "300 C>S A 1 1 1000 ts 1300 5020",
	    "900 C>S A 1 1 1000 ts 1900 5020",
	    "2100 C>S A 1 1 1000 ts 3100 5020",
	    "4500 C>S A 1 1 1000 ts 5500 5020",
	    "4520 S>C A 1 5001 0 ts 9520 1030"},
	.facts = "verdict spurious-recovery",
	.event = {"9 spurious-retransmission proof eifel",
	    "10 spurious-retransmission proof eifel",
	    "11 spurious-retransmission proof eifel",
	    "12 spurious-retransmission proof eifel", "8 stall"},
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

#define OPTIONS "mss1460 ws7 sackok"

/* What a copy near its receiver proves (R1.44), and which SYN-ACK arrived. */
static const struct event_case arrival_cases[] = {
    {
	.name = "R1.44: the tap is at the client, which had the first copy",
	.row = {"0 C>S S 0 - 0 64240 " OPTIONS " ttl 64",
	    "20 S>C SA 0 1 0 65160 " OPTIONS, "20.05 C>S A 1 1 0 ttl 64",
	    "50 S>C PA 1 1 1000", "300 S>C PA 1 1 1000",
	    "300.05 C>S A 1 1001 0 ttl 64"},
	.event = {"5 spurious-retransmission probable proof seen-at-receiver "
		  "cause needless"},
    },
    {
	.name = "R9.8: a server that said nothing yet may have dropped it",
	.row = {"0 C>S S 0 - 0 64240 " OPTIONS,
	    "0.05 S>C SA 0 1 0 65160 " OPTIONS " ttl 64", "20 C>S A 1 1 0",
	    "30 C>S PA 1 1 100", "250 C>S PA 1 1 100",
	    "250.05 S>C A 1 101 0 ttl 64"},
	.facts = "client.loss.downstream_ppm 0",
	.event = {"5 retransmission-tlp cause unknown"},
    },
    {
	.name = "R1.44: a wire lies between, where the first copy can be lost",
	.row = {"0 C>S S 0 - 0 64240 " OPTIONS " ttl 64",
	    "20 S>C SA 0 1 0 65160 " OPTIONS, "21 C>S A 1 1 0 ttl 64",
	    "50 S>C PA 1 1 1000", "300 S>C PA 1 1 1000",
	    "301 C>S A 1 1001 0 ttl 64"},
	.event = {"5 retransmission-tlp cause loss-downstream"},
    },
    {
	.name = "R6.14: a host may answer quicker than it did before",
	.row = {"0 C>S S 0 - 0 64240 " OPTIONS,
	    "20 S>C SA 0 1 0 65160 " OPTIONS, "20.1 C>S A 1 1 0",
	    "50 S>C PA 1 1 1000", "300 S>C PA 1 1 1000",
	    "300.02 C>S A 1 1001 0"},
	.event = {"5 retransmission-tlp cause loss-downstream"},
    },
    {
	.name = "R6.14: the echo of the resend answers the resend",
	.open = OPEN_STAMPS,
	.row = {"30 C>S PA 1 1 100 ts 1030 5020",
	    "300 C>S PA 1 1 100 ts 1300 5020",
	    "305 S>C A 1 101 0 ts 5305 1300"},
	.event = {"5 retransmission-tlp cause loss-downstream"},
    },
    {
	.name = "R8.39: the client's ACK tells which SYN-ACK arrived",
	.row = {"0 C>S S 0 - 0 64240 " OPTIONS " ts 1000 0",
	    "0.1 S>C SA 0 1 0 65160 " OPTIONS " ts 5000 1000",
	    "1000 S>C SA 0 1 0 65160 " OPTIONS " ts 6000 1000",
	    "1020 C>S S 0 - 0 64240 " OPTIONS " ts 2020 0",
	    "1020.1 S>C SA 0 1 0 65160 " OPTIONS " ts 6020 1000",
	    "1040 C>S A 1 1 0 ts 2040 6000"},
	.event = {"3 retransmission-syn role synack original_frame 2 "
		  "cause loss-downstream",
	    "4 retransmission-syn role syn cause unknown",
	    "5 retransmission-syn role synack cause unknown", "2 stall"},
    },
};

/* A lone segment again after the timer's time: a probe, or the timer? */
static const struct event_case lone_cases[] = {
    {
	.name = "R8.21: the head of two has shown that there are no probes",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "30.1 C>S PA 1001 1 500",
	    "260 C>S A 1 1 1000", "280 S>C A 1 1501 0",
	    "2000 C>S PA 1501 1 100", "2230 C>S PA 1501 1 100",
	    "2250 S>C A 1 1601 0"},
	.event = {"6 retransmission-rto", "9 retransmission-rto backoff 1"},
    },
    {
	.name = "R8.21: the tail of two has shown that there are",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "30.1 C>S PA 1001 1 500",
	    "80 C>S PA 1001 1 500", "280 C>S A 1 1 1000", "300 S>C A 1 1501 0",
	    "2000 C>S PA 1501 1 100", "2230 C>S PA 1501 1 100",
	    "2250 S>C A 1 1601 0"},
	.event = {"6 retransmission-tlp", "7 retransmission-rto",
	    "10 retransmission-tlp"},
    },
    {
	.name = "R8.21: the last new data may have been the probe",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "80 C>S PA 1001 1 500",
	    "290 C>S A 1 1 1000", "310 S>C A 1 1501 0",
	    "2000 C>S PA 1501 1 100", "2230 C>S PA 1501 1 100",
	    "2250 S>C A 1 1601 0"},
	.event = {"6 retransmission-rto", "9 retransmission-tlp"},
    },
    {
	.name = "R8.21: twice the time before the next: it was the timer",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "250 C>S PA 1 1 100", "690 C>S PA 1 1 100",
	    "710 S>C A 1 101 0"},
	.event = {"5 retransmission-rto kind rto cause loss-downstream",
	    "6 retransmission-rto backoff 2", "4 stall"},
    },
    {
	.name = "R8.21: the same time again: it was a probe",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "250 C>S PA 1 1 100", "470 C>S PA 1 1 100",
	    "490 S>C A 1 101 0"},
	.event = {"5 retransmission-tlp kind tlp",
	    "6 retransmission-rto backoff 1"},
    },
    {
	.name = "R8.21: what was called a probe and needless has another kind",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "250 C>S PA 1 1 100", "690 C>S PA 1 1 100",
	    "710 S>C A 1 101 0", "711 S>C A 1 101 0 sack 1-101"},
	.event = {"5 retransmission-rto kind rto",
	    "6 spurious-retransmission kind rto", "8 dsack", "4 stall"},
    },
    {
	.name = "RFC 6298 2.4: a timer of a second waits longer than any probe",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "1030 C>S PA 1 1 100",
	    "1050 S>C A 1 101 0"},
	.event = {"5 retransmission-rto", "4 stall"},
    },
};

/* Nine segments of the server, whose IP IDs count by one. */
#define COUNTED \
	"30 S>C PA 1 1 100 ipid 1", "31 C>S A 1 101 0", \
	    "60 S>C PA 101 1 100 ipid 2", "61 C>S A 1 201 0", \
	    "90 S>C PA 201 1 100 ipid 3", "91 C>S A 1 301 0", \
	    "120 S>C PA 301 1 100 ipid 4", "121 C>S A 1 401 0", \
	    "150 S>C PA 401 1 100 ipid 5", "151 C>S A 1 501 0", \
	    "180 S>C PA 501 1 100 ipid 6", "181 C>S A 1 601 0", \
	    "210 S>C PA 601 1 100 ipid 7", "211 C>S A 1 701 0", \
	    "240 S>C PA 701 1 100 ipid 8", "241 C>S A 1 801 0", \
	    "270 S>C PA 801 1 100 ipid 9", "271 C>S A 1 901 0", \
	    "300 S>C PA 901 1 100 ipid 10", "301 C>S A 1 1001 0"

static const struct event_case silent_cases[] = {
    {
	.name = "R8.37: an ID skipped during the silence of a timer",
	.open = OPEN_SACK,
	.row = {COUNTED, "600 S>C PA 1001 1 100 ipid 12", "601 C>S A 1 1101 0"},
	.event = {"24 retransmission-tlp possible cause loss-upstream "
		  "decided_by ip-id-step"},
    },
    {
	.name = "R8.37: an answer to what came just now had no first copy",
	.open = OPEN_SACK,
	.row = {COUNTED, "590 C>S PA 1 1001 100",
	    "600 S>C PA 1001 101 100 ipid 12", "601 C>S A 101 1101 0"},
    },
    {
	.name = "R8.37: nor had what the window held back",
	.open = OPEN_SACK,
	.row = {COUNTED, "310 C>S A 1 1001 0 0", "590 C>S A 1 1001 0",
	    "600 S>C PA 1001 1 100 ipid 12", "601 C>S A 1 1101 0"},
	.event = {"24 zero-window", "24 window-shrunk", "25 window-update"},
    },
    {
	.name = "R8.37: the same after ten seconds: idle, not waiting",
	.open = OPEN_SACK,
	.row = {COUNTED, "10300 S>C PA 1001 1 100 ipid 12",
	    "10301 C>S A 1 1101 0"},
    },
};

EVENT_CASE_TEST(lone_cases)
EVENT_CASE_TEST(silent_cases)
static const struct event_case kind_cases[] = {
    {
	.name = "R8.18 without SACK: three duplicate ACKs",
	.open = OPEN_BARE,
	.row = {"30 C>S A 1 1 1000 64240", "30.1 C>S A 1001 1 1000 64240",
	    "30.2 C>S A 2001 1 1000 64240", "30.3 C>S A 3001 1 1000 64240",
	    "50.1 S>C A 1 1 0 65160", "50.2 S>C A 1 1 0 65160",
	    "50.3 S>C A 1 1 0 65160", "51 C>S A 1 1 1000 64240",
	    "71 S>C A 1 4001 0 65160"},
	.event = {"8 dup-ack n 1", "9 dup-ack n 2", "10 dup-ack n 3",
	    "11 retransmission-fast dup_cnt 3 cause loss-downstream"},
    },
    {
	.name = "R8.22: what follows a timer is go-back-n, whatever arrives",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", "30 C>S A 1 1 1000", "30.1 C>S A 1001 1 1000",
	    "260 C>S A 1 1 1000", "280 S>C A 1 1001 0", "281 C>S A 1001 1 1000",
	    "301 S>C A 1 2001 0"},
	.event = {"7 retransmission-rto cause loss-downstream",
	    "9 retransmission-rto sub go-back-n cause loss-downstream"},
    },
    {
	.name = "RFC 5682: SACKs of the old flight after the timer undo it",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", FIVE, "300 C>S A 1 1 1000",
	    "310 S>C A 1 1 0 sack 2001-3001", "311 S>C A 1 1 0 sack 2001-5001",
	    "320 S>C A 1 1001 0 sack 2001-5001", "320.1 C>S A 1001 1 1000",
	    "340 S>C A 1 5001 0"},
	.event = {"10 retransmission-rto cause loss-downstream",
	    "11 dup-ack n 1", "12 dup-ack n 2",
	    "14 retransmission-fast cause loss-downstream"},
    },
    {
	.name = "RFC 5682: SACKs of what was sent after the timer do not",
	.open = OPEN_SACK,
	.row = {"29 S>C A 1 1 0", FIVE, "300 C>S A 1 1 1000",
	    "320 S>C A 1 1001 0", "320.1 C>S A 5001 1 1000",
	    "320.2 C>S PA 6001 1 1000", "340 S>C A 1 1001 0 sack 5001-7001",
	    "340.1 C>S A 1001 1 1000", "360 S>C A 1 2001 0 sack 5001-7001",
	    "360.1 C>S A 2001 1 1000", "360.2 C>S A 3001 1 1000",
	    "360.3 C>S A 4001 1 1000", "380 S>C A 1 7001 0"},
	.event = {"10 retransmission-rto cause loss-downstream",
	    "14 dup-ack n 1", "15 retransmission-rto sub go-back-n",
	    "17 retransmission-rto sub go-back-n",
	    "18 retransmission-rto sub go-back-n",
	    "19 retransmission-rto sub go-back-n"},
    },
    {
	.name = "RFC 5682: without SACK an ACK over a resend proves nothing",
	.open = OPEN_BARE,
	.row = {"29 S>C A 1 1 0 65160", "30 C>S A 1 1 1000 64240",
	    "30.1 C>S A 1001 1 1000 64240", "30.2 C>S A 2001 1 1000 64240",
	    "30.3 C>S A 3001 1 1000 64240", "300 C>S A 1 1 1000 64240",
	    "320 S>C A 1 2001 0 65160", "320.1 C>S A 2001 1 1000 64240",
	    "340 S>C A 1 4001 0 65160"},
	.event = {"9 retransmission-rto cause loss-downstream",
	    "11 retransmission-rto sub go-back-n cause loss-downstream"},
    },
    {
	/* the echo of frame 11 shows that its first copy was only slow */
	.name = "RFC 3522: a resend proved needless ends what its timer began",
	.open = OPEN_STAMPS,
	.row = {"29 S>C A 1 1 0 ts 5029 1021", FIVE_STAMPED,
	    "300 C>S A 1 1 1000 ts 1300 5029",
	    "310 S>C A 1 1001 0 ts 5310 1030",
	    "310.1 S>C A 1 1001 0 ts 5310 1030 sack 2001-5001",
	    "311 C>S A 1001 1 1000 ts 1311 5310",
	    "331 S>C A 1 5001 0 ts 5331 1311"},
	.event = {"10 spurious-retransmission proof eifel kind rto",
	    "12 dup-ack n 1", "13 retransmission-fast cause loss-downstream"},
    },
    {
	.name = "RFC 6582: without SACK the head again is the timer's, "
		"whatever new was sent",
	.open = OPEN_BARE,
	.row = {"30 C>S A 1 1 1000 64240", "30.1 C>S A 1001 1 1000 64240",
	    "30.2 C>S A 2001 1 1000 64240", "30.3 C>S A 3001 1 1000 64240",
	    "50.1 S>C A 1 1 0 65160", "50.2 S>C A 1 1 0 65160",
	    "50.3 S>C A 1 1 0 65160", "51 C>S A 1 1 1000 64240",
	    "150 C>S A 4001 1 1000 64240", "170 S>C A 1 1 0 65160",
	    "252 C>S A 1 1 1000 64240", "272 S>C A 1 5001 0 65160"},
	.event = {"8 dup-ack n 1", "9 dup-ack n 2", "10 dup-ack n 3",
	    "11 retransmission-fast", "13 dup-ack n 4",
	    "14 retransmission-rto cause loss-downstream"},
    },
    {
	/* frame 9 was sent before frame 8, and says nothing of the pause */
	.name = "R1.43: a late original does not lengthen the silence",
	.open = OPEN_STAMPS,
	.row = {"29 S>C A 1 1 0 ts 5029 1021", "30 C>S A 1 1 1000 ts 1030 5029",
	    "130 C>S A 1001 1 1000 ts 1130 5029",
	    "230 C>S A 2001 1 1000 ts 1230 5029",
	    "330 C>S A 4001 1 1000 ts 1330 5029",
	    "330.1 C>S A 3001 1 1000 ts 1130 5029",
	    "340 C>S A 1 1 1000 ts 1340 5029",
	    "360 S>C A 1 5001 0 ts 5360 1340"},
	.event = {"9 out-of-order",
	    "10 retransmission-unclassified silence_ms 10"},
    },
    {
	.name =
	    "RFC 8985: one SACK, and a quarter of the loop to wait for more",
	.open = OPEN_SACK,
	.row = {"30   C>S A 1 1 1000", "30.1 C>S A 1001 1 1000",
	    "50.1 S>C A 1 1 0 sack 1001-2001", "55.4 C>S A 1 1 1000",
	    "75.4 S>C A 1 2001 0"},
	.event = {"6 dup-ack n 1",
	    "7 retransmission-fast note probable original_frame 4 "
	    "kind fast cause loss-downstream"},
    },
    {
	.name = "R8.21: a tail loss probe that was needed",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "30.1 C>S PA 1001 1 500",
	    "50 S>C A 1 1001 0", "100 C>S PA 1001 1 500", "120 S>C A 1 1501 0"},
	.event = {"7 retransmission-tlp info cause loss-downstream"},
    },
    {
	.name = "R8.21: one that was not, as the DSACK says",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "30.1 C>S PA 1001 1 500",
	    "50 S>C A 1 1001 0", "100 C>S PA 1001 1 500", "101 S>C A 1 1501 0",
	    "120 S>C A 1 1501 0 sack 1001-1501"},
	.event = {"7 spurious-retransmission kind tlp cause needless",
	    "9 dsack matched_frame 7"},
    },
    {
	.name = "one byte of data is no keep-alive (R6.45)",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 100", "50 S>C A 1 101 0", "9000 C>S PA 101 1 1",
	    "9020 S>C A 1 102 0"},
	.facts = "verdict ok",
    },
    {
	/* frame 6 opened the window, and was lost: frame 7 echoes frame 5 */
	.name = "R6.40: who knows of a closed window alone sends a probe",
	.open = OPEN_STAMPS,
	.row = {"30 C>S PA 1 1 1000 ts 1030 5020",
	    "50 S>C A 1 1001 0 0 ts 5050 1030",
	    "90 S>C A 1 1001 0 ts 5090 1030", "600 C>S A 1000 1 0 ts 1600 5050",
	    "620 S>C A 1 1001 0 ts 5620 1030",
	    "640 C>S PA 1001 1 100 ts 1640 5620",
	    "660 S>C A 1 1101 0 ts 5660 1640",
	    "9000 C>S A 1100 1 0 ts 10000 5660",
	    "9020 S>C A 1 1101 0 ts 14020 1640"},
	.event = {"5 zero-window", "6 window-update",
	    "7 zero-window-probe len_bytes 0", "8 zero-window-probe-ack",
	    "11 keep-alive", "12 keep-alive-ack"},
    },
    {
	.name = "a byte again before its ACK is a resend, not a keep-alive",
	.open = OPEN_SACK,
	.row = {"30 C>S PA 1 1 1", "260 C>S PA 1 1 1", "280 S>C A 1 2 0"},
	.event = {"5 retransmission-tlp cause loss-downstream"},
    },
    {
	.name = "R6.48: without the SYNs the scale of the window is unknown",
	.open = OPEN_NOTHING,
	.row = {"0 S>C A 1 1 10 500", "1 C>S A 1 11 0 500",
	    "2 C>S A 1 11 400 500", "2.1 C>S A 401 11 400 500",
	    "2.2 C>S A 801 11 400 500", "22 S>C A 11 1201 0 500"},
	.facts = "outcome midstream",
	.event = {"4 window-scale-unknown note shift_min 1"},
    },
    {
	.name = "R8.32: what arrived damaged is sent again",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 1000", "30.1 C>S A 1001 1 1000 badsum",
	    "30.2 C>S PA 2001 1 1000", "50 S>C A 1 1001 0",
	    "50.2 S>C A 1 1001 0 sack 2001-3001", "51 C>S A 1001 1 1000",
	    "71 S>C A 1 3001 0"},
	.facts = "client.loss.downstream_ppm 0",
	.event = {"5 checksum-bad", "8 dup-ack n 1",
	    "9 retransmission-fast original_frame 5 cause corrupted"},
    },
    {
	.name = "two segments are sent again as one",
	.open = OPEN_SACK,
	.row = {"30 C>S A 1 1 500", "30.1 C>S A 501 1 500",
	    "30.2 C>S A 1001 1 1000", "50 S>C A 1 1 0 sack 1001-2001",
	    "56 C>S A 1 1 1000", "76 S>C A 1 2001 0"},
	.event = {"7 dup-ack",
	    "8 retransmission-fast original_frame 4 bytes 1000 "
	    "cause loss-downstream"},
    },
    {
	.name = "part of a segment is sent again",
	.open = OPEN_SACK,
	.row = {FIVE, "51 S>C A 1 1 0 sack 1001-5001", "52 C>S A 1 1 400",
	    "52.1 C>S A 401 1 600", "72 S>C A 1 5001 0"},
	.event = {"9 dup-ack", "10 retransmission-fast bytes 400",
	    "11 retransmission-sack bytes 600"},
    },
};

EVENT_CASE_TEST(kind_cases)
EVENT_CASE_TEST(content_cases)
EVENT_CASE_TEST(undo_cases)
EVENT_CASE_TEST(arrival_cases)

/*
 * R1.43 at the receiver, behind a slow link that sends a segment in 200 ms: ten
 * segments that left together arrive over 2 s, so that the clock of their
 * sender seems to stand still. The resend came by feedback, not by the timer.
 */
START_TEST(test_slow_link)
{
	static const struct play_setting setting = {.isn = {1000, 9000}};
	struct play play;
	unsigned i;

	play_init(&play, &setting);
	play_next(&play, "0 C>S S 0 - 0 64240 mss1460 ws7 sackok ts 1000 0");
	play_next(
	    &play, "20 S>C SA 0 1 0 65160 mss1460 ws7 sackok ts 5020 1000");
	play_next(&play, "20.1 C>S A 1 1 0 ts 1020 5020");
	for (i = 0; i < 10; i++) {
		play_next(&play, "%u S>C A %u 1 1000 ts 5040 1020",
		    240 + 200 * i, 1 + 1000 * i);
		play_next(&play, "%u.1 C>S A 1 %u 0 ts %u 5040", 240 + 200 * i,
		    1001 + 1000 * i, 1240 + 200 * i);
	}
	/* what the ACKs brought: 10001 is missing, then it comes again */
	for (i = 0; i < 4; i++) {
		play_next(&play, "%u S>C A %u 1 1000 ts %u %u", 2240 + 200 * i,
		    11001 + 1000 * i, 5460 + 200 * i, 1440 + 200 * i);
		play_next(&play,
		    "%u.1 C>S A 1 10001 0 ts %u 5040 sack 11001-%u",
		    2240 + 200 * i, 3240 + 200 * i, 12001 + 1000 * i);
	}
	play_next(&play, "4640 S>C A 10001 1 1000 ts 7460 3440");
	play_next(&play, "4640.1 C>S A 1 15001 0 ts 5640 7460");
	play_end(&play);
	ck_assert_uint_eq(
	    play.report[0]->kind_count[ANOMALY_RETRANSMISSION_RTO], 0);
	ck_assert_uint_eq(
	    play.report[0]->kind_count[ANOMALY_RETRANSMISSION_FAST], 1);
	play_fini(&play);
}
END_TEST

static Suite *
resend_suite(void)
{
	Suite *s = suite_create("resend");
	TCase *slow = tcase_create("slow link");

	EVENT_CASE_ADD(s, "content", content_cases);
	EVENT_CASE_ADD(s, "undo", undo_cases);
	EVENT_CASE_ADD(s, "arrivals", arrival_cases);
	EVENT_CASE_ADD(s, "kinds", kind_cases);
	EVENT_CASE_ADD(s, "lone", lone_cases);
	EVENT_CASE_ADD(s, "silence", silent_cases);
	tcase_add_test(slow, test_slow_link);
	suite_add_tcase(s, slow);
	return s;
}

int
main(void)
{
	return run_suite(resend_suite());
}
