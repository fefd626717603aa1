/*
 * check_state_reset.c - resets and roll-backs in the state machine, row by
 * row (R3.50 to R3.62).
 */
#include "support/run_suite.h"
#include "support/state_case.h"

static const struct state_case reset_cases[] = {
    {
	.name = "R3.50, R3.52: an RST at RCV.NXT",
	.open = true,
	.row = {{"4 40 C>S PA 1 1 100", NULL}, {"5 60 S>C A  1 101 0", NULL},
	    {"6 70 S>C R  1 - 0 0", "CLOSED? / CLOSED"}},
	.log = {"6 C CLOSED? R3.52", "6 S CLOSED R3.50"},
    },
    {
	.name = "R3.50: resets itself in FIN-WAIT-2",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL}, {"5 60 S>C A  1 2 0", NULL},
	    {"6 61 C>S R  2 - 0 0", "CLOSED / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 C FIN-WAIT-2 R3.35 proved 6", "6 S CLOSED? R3.52",
	    "6 C CLOSED R3.50"},
    },
    {
	.name = "R3.52: RCV.NXT may be anywhere up to what was sent",
	.open = true,
	.row = {{"4 40 S>C A 1 1 1000", NULL}, {"5 41 S>C A 1001 1 1000", NULL},
	    {"6 50 S>C R 1001 - 0 0", "CLOSED? / CLOSED"}},
	.log = {"6 C CLOSED? R3.52", "6 S CLOSED R3.50"},
    },
    {
	.name = "R3.52: at the highest SACKed edge",
	.open = true,
	.row = {{"4 40   S>C A 1 1 1000", NULL},
	    {"5 40.1 S>C A 1001 1 1000", NULL},
	    {"6 40.2 S>C A 2001 1 1000", NULL},
	    {"7 41   C>S A 1 1 0 sack 1001-2001", NULL},
	    {"8 50   S>C R 2001 - 0 0", "CLOSED? / CLOSED"}},
	.log = {"8 C CLOSED? R3.52", "8 S CLOSED R3.50"},
    },
    {
	.name = "R3.52: below the FIN's number, as Linux accepts it",
	.open = true,
	.row = {{"4 40 S>C FA 1 1 0", NULL}, {"5 41 C>S A  1 2 0", NULL},
	    {"6 70 S>C R  1 - 0 0", "CLOSED? / CLOSED"}},
	.log = {"4 S FIN-WAIT-1 R3.31", "4 C CLOSE-WAIT R3.32 proved 5",
	    "5 S FIN-WAIT-2? R3.35 undone 6", "6 C CLOSED? R3.52",
	    "6 S CLOSED R3.50"},
    },
    {
	.name = "R3.53: an RST in the window, but not exact",
	.open = true,
	.row = {{"4 40 S>C R 500 - 0 0", "ESTABLISHED / ESTABLISHED?"}},
    },
    {
	.name = "R3.54: an RST outside the window",
	.open = true,
	.row = {{"4 40 S>C PA 1 1 100", NULL}, {"5 41 C>S A  1 101 0", NULL},
	    {"6 50 S>C R  50 - 0 0", "ESTABLISHED / ESTABLISHED"},
	    {"7 60 S>C R  900000 - 0 0", "ESTABLISHED / ESTABLISHED"}},
    },
    {
	.name = "R3.51: a SYN in a connection",
	.open = true,
	.row = {{"4 40 S>C PA 1 1 100", NULL}, {"5 41 C>S A  1 101 0", NULL},
	    {"6 50 C>S S  70000 - 0", "ESTABLISHED / ESTABLISHED"}},
    },
    {
	.name = "R3.55: ACKs of what was never sent and of long ago",
	.open = true,
	.row = {{"4 40 S>C PA 1 1 100", NULL}, {"5 41 C>S A  1 101 0", NULL},
	    {"6 50 C>S A  1 4000 0", "ESTABLISHED / ESTABLISHED"},
	    {"7 60 C>S A  1 =1 0", "ESTABLISHED / ESTABLISHED"}},
    },
    {
	.name = "R3.56: data to a closed socket",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL}, {"5 60 S>C FA 1 2 0", NULL},
	    {"6 61 C>S A  2 2 0", "TIME-WAIT / CLOSED?"},
	    {"7 90 C>S PA 2 2 10", "TIME-WAIT / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 S LAST-ACK R3.33", "5 C FIN-WAIT-2 R3.35 proved 6",
	    "5 C TIME-WAIT R3.38 proved 6", "6 S CLOSED? R3.41"},
    },
};

static const struct state_case rollback_cases[] = {
    {
	.name = "R3.60: the SYN again, its answer was lost",
	.row = {{"1 0    C>S S  0 - 0", NULL},
	    {"2 20   S>C SA 0 1 0", "ESTABLISHED? / SYN-RECEIVED"},
	    {"3 1000 C>S S  0 - 0", "SYN-SENT / SYN-RECEIVED"},
	    {"4 1020 S>C SA 0 1 0", "ESTABLISHED? / SYN-RECEIVED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15 undone 3",
	    "4 C ESTABLISHED? R3.15"},
    },
    {
	.name = "R3.60: the SYN again, in a simultaneous open",
	.row = {{"1 0    C>S S 0 - 0", NULL},
	    {"2 5    S>C S 0 - 0", "SYN-RECEIVED? / SYN-SENT"},
	    {"3 1000 C>S S 0 - 0", "SYN-SENT / SYN-RECEIVED?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11 undone 2",
	    "2 S SYN-SENT R3.10", "2 C SYN-RECEIVED? R3.17 undone 3",
	    "3 S SYN-RECEIVED? R3.17"},
    },
    {
	.name = "R3.60: the SYN-ACK again, the third segment was lost",
	.open = true,
	.row = {{"4 1020 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
		    "ESTABLISHED / SYN-RECEIVED"},
	    {"5 1021 C>S A  1 1 0", "ESTABLISHED / ESTABLISHED?"},
	    {"6 1100 S>C PA 1 1 10", "ESTABLISHED / ESTABLISHED"}},
	.log = {"5 S ESTABLISHED R3.25 proved 6"},
    },
    {
	.name = "R3.60: the SYN-ACK again, a FIN was lost with the third",
	.open = true,
	.row = {{"4 30   C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"},
	    {"5 1020 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
		"FIN-WAIT-1 / SYN-RECEIVED"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT? R3.32 undone 5"},
    },
    {
	.name = "R3.60: the FIN again in FIN-WAIT-2?",
	.open = true,
	.row = {{"4 40  C>S FA 1 1 0", NULL},
	    {"5 60  S>C A  1 2 0", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"6 260 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT"},
	    {"7 280 S>C A  1 2 0", "FIN-WAIT-2? / CLOSE-WAIT"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 C FIN-WAIT-2? R3.35 undone 6", "7 C FIN-WAIT-2? R3.35"},
    },
    {
	.name = "R3.60: the FIN again in TIME-WAIT?, back to CLOSING",
	.open = true,
	.row = {{"4 40  C>S FA 1 1 0", NULL}, {"5 41  S>C FA 1 1 0", NULL},
	    {"6 42  C>S A  2 2 0", "CLOSING / TIME-WAIT?"},
	    {"7 61  S>C A  2 2 0", "TIME-WAIT? / TIME-WAIT?"},
	    {"8 262 C>S FA 1 2 0", "CLOSING / TIME-WAIT?"},
	    {"9 282 S>C A  2 2 0", "TIME-WAIT? / TIME-WAIT?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT? R3.32 undone 5",
	    "5 S FIN-WAIT-1 R3.31", "5 S CLOSING R3.36 proved 7",
	    "5 C CLOSING R3.36 proved 6", "6 S TIME-WAIT? R3.40",
	    "7 C TIME-WAIT? R3.40 undone 8", "9 C TIME-WAIT? R3.40"},
    },
    {
	.name = "R3.60: the FIN again in TIME-WAIT?, back to FIN-WAIT-1",
	.open = true,
	.row = {{"4 40  C>S FA 1 1 0", NULL},
	    {"5 60  S>C FA 1 2 0", "TIME-WAIT? / LAST-ACK"},
	    {"6 260 C>S FA 1 1 0", "FIN-WAIT-1 / LAST-ACK"},
	    {"7 280 S>C FA 1 2 0", "TIME-WAIT? / LAST-ACK"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 S LAST-ACK R3.33", "5 C FIN-WAIT-2? R3.35 undone 6",
	    "5 C TIME-WAIT? R3.38 undone 6", "7 C FIN-WAIT-2? R3.35",
	    "7 C TIME-WAIT? R3.38"},
    },
    {
	.name = "R3.60: data after an RST that comes too late for it",
	.open = true,
	.row = {{"4 40   S>C R 1 - 0 0", "CLOSED? / CLOSED"},
	    {"5 40.5 C>S PA 1 1 10", "CLOSED? / CLOSED"}},
	.log = {"4 C CLOSED? R3.52 undone 5", "4 S CLOSED R3.50",
	    "5 C CLOSED? R3.52"},
    },
    {
	.name = "R3.60: data after an RST that must have arrived",
	.open = true,
	.row = {{"4 40 S>C R 1 - 0 0", "CLOSED? / CLOSED"},
	    {"5 99 C>S PA 1 1 10", "ESTABLISHED / CLOSED"}},
	.log = {"4 C CLOSED? R3.52 undone 5", "4 S CLOSED R3.50"},
    },
    {
	.name = "R3.60: a host lives on after an RST in its name (R6.54)",
	.open = true,
	.row = {{"4 30 C>S PA 1 1 100", NULL},
	    {"5 32 S>C R  1 - 0 0 ttl 250", "CLOSED? / CLOSED"},
	    {"6 50 S>C A  1 101 0 ttl 52", "CLOSED? / ESTABLISHED"}},
	.log = {"5 C CLOSED? R3.52", "5 S CLOSED R3.50 undone 6"},
    },
    {
	.name = "R3.60: an RST from before the ACK of its FIN (R7.8)",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL},
	    {"5 60 S>C A  1 2 0", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"6 61 C>S R  1 - 0 0", "CLOSED / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 C FIN-WAIT-2? R3.35 undone 6", "6 S CLOSED? R3.52",
	    "6 C CLOSED R3.50"},
    },
    {
	.name = "R3.61: the SYN again, when its answer is proved",
	.open = true,
	.row = {{"4 500 C>S S 0 - 0 64240 mss1460 ws7 sackok",
	    "ESTABLISHED / ESTABLISHED?"}},
    },
    {
	.name = "R3.61: the SYN-ACK again, when the third is proved",
	.open = true,
	.row = {{"4 41  S>C PA 1 1 10", "ESTABLISHED / ESTABLISHED"},
	    {"5 500 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
		"ESTABLISHED / ESTABLISHED"}},
    },
    {
	.name = "R3.62: flags that are illegal leave the states",
	.open = true,
	.row = {{"4 40 C>S SF 1 - 0", "ESTABLISHED / ESTABLISHED?"},
	    {"5 41 C>S F  1 - 0", "ESTABLISHED / ESTABLISHED?"}},
    },
    {
	.name = "R3.1: an ACK field proves what it arrived with",
	.open = true,
	.row = {{"4 40 S>C PA 1 1 10", NULL}, {"5 41 C>S FA 1 11 0", NULL},
	    {"6 60 S>C A  11 2 0", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"7 61 C>S A  2 11 0", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"8 62 S>C PA 11 2 10", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"9 63 C>S A  2 21 0", "FIN-WAIT-2 / CLOSE-WAIT"}},
	.log = {"5 C FIN-WAIT-1 R3.31", "5 S CLOSE-WAIT R3.32 proved 6",
	    "6 C FIN-WAIT-2 R3.35 proved 9"},
    },
};

CASE_TEST(reset_cases)
CASE_TEST(rollback_cases)

static Suite *
state_reset_suite(void)
{
	Suite *s = suite_create("state reset");

	CASE_ADD(s, "R3.50 to R3.56", reset_cases);
	CASE_ADD(s, "R3.60 to R3.62", rollback_cases);
	return s;
}

int
main(void)
{
	return run_suite(state_reset_suite());
}
