/*
 * check_state.c - the state machine of opening and closing, row by row (R3.2
 * to R3.48).
 */
#include "support/run_suite.h"
#include "support/state_case.h"

static const struct state_case opening_cases[] = {
    {
	.name = "R3.10, R3.11: a SYN",
	.row = {{"1 0 C>S S 0 - 0", "SYN-SENT / LISTEN?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11"},
    },
    {
	.name = "R3.12: the SYN-ACK answers the SYN",
	.row = {{"1 0  C>S S  0 - 0", NULL},
	    {"2 20 S>C SA 0 1 0", "ESTABLISHED? / SYN-RECEIVED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15"},
    },
    {
	.name = "R3.12: a SYN-ACK may acknowledge data of the SYN",
	.row = {{"1 0  C>S S  0 - 10 cookie 8", NULL},
	    {"2 20 S>C SA 0 11 0", "ESTABLISHED? / SYN-RECEIVED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15"},
    },
    {
	.name = "R3.12: from UNKNOWN, the SYN was not captured",
	.row = {{"1 0 S>C SA 0 1 0", "ESTABLISHED? / SYN-RECEIVED"},
	    {"2 1 C>S A  1 1 0", "ESTABLISHED / ESTABLISHED?"}},
	.log = {"1 S SYN-RECEIVED R3.12", "1 C SYN-SENT R3.15 proved 2",
	    "1 C ESTABLISHED R3.15 proved 2", "2 S ESTABLISHED? R3.25"},
    },
    {
	.name = "R3.13, R3.20: refused, and tried again (R3.10, R3.11)",
	.row = {{"1 0   C>S S  0 - 0", NULL},
	    {"2 20  S>C RA =0 1 0 0", "CLOSED? / CLOSED"},
	    {"3 520 C>S S  0 - 0", "SYN-SENT / LISTEN?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 C CLOSED? R3.20", "2 S CLOSED R3.13", "3 C SYN-SENT R3.10",
	    "3 S LISTEN? R3.11"},
    },
    {
	.name = "R3.14: a repeated SYN changes nothing",
	.row = {{"1 0    C>S S 0 - 0", NULL},
	    {"2 1000 C>S S 0 - 0", "SYN-SENT / LISTEN?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11"},
    },
    {
	.name = "R3.15: proved by the third segment",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 21 C>S A  1 1 0", "ESTABLISHED / ESTABLISHED?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED R3.15 proved 3",
	    "3 S ESTABLISHED? R3.25"},
    },
    {
	.name = "R3.16, R3.22: a SYN-ACK with a wrong ACK, and its RST",
	.row = {{"1 0    C>S S  0 - 0", NULL},
	    {"2 20   S>C SA 0 500 0", "SYN-SENT / LISTEN?"},
	    {"3 21   C>S R  500 - 0 0", "SYN-SENT / LISTEN?"},
	    {"4 1000 C>S S  0 - 0", "SYN-SENT / LISTEN?"},
	    {"5 1020 S>C SA 7000 1 0", "ESTABLISHED? / SYN-RECEIVED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 5",
	    "5 S SYN-RECEIVED R3.12", "5 C ESTABLISHED? R3.15"},
    },
    {
	.name = "R3.16: an ACK with a wrong number",
	.row = {{"1 0  C>S S 0 - 0", NULL},
	    {"2 20 S>C A 900 500 0", "SYN-SENT / LISTEN?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11"},
    },
    {
	.name = "R3.17, R3.18: both open at once",
	.row = {{"1 0  C>S S  0 - 0", NULL},
	    {"2 5  S>C S  0 - 0", "SYN-RECEIVED? / SYN-SENT"},
	    {"3 10 C>S SA 0 1 0", "SYN-RECEIVED / ESTABLISHED?"},
	    {"4 15 S>C SA 0 1 0", "ESTABLISHED? / ESTABLISHED?"},
	    {"5 20 C>S A  1 1 0", "ESTABLISHED / ESTABLISHED?"},
	    {"6 25 S>C PA 1 1 9", "ESTABLISHED / ESTABLISHED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11 undone 2",
	    "2 S SYN-SENT R3.10", "2 C SYN-RECEIVED? R3.17 undone 3",
	    "3 C SYN-RECEIVED R3.18", "3 S ESTABLISHED? R3.15 undone 4",
	    "4 S SYN-RECEIVED R3.18", "4 S ESTABLISHED R3.18 proved 6",
	    "4 C ESTABLISHED R3.18 proved 5"},
    },
    {
	.name = "R3.19, R3.47: the SYN-ACK was not captured",
	.row = {{"1 0  C>S S 0 - 0", NULL},
	    {"2 21 C>S A 1 1 0", "ESTABLISHED / ESTABLISHED?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11",
	    "2 C ESTABLISHED R3.19", "2 S ESTABLISHED? R3.47"},
    },
    {
	.name = "R3.21: an RST without ACK or with a wrong one refuses nothing",
	.row = {{"1 0  C>S S  0 - 0", NULL},
	    {"2 20 S>C R  0 - 0 0", "SYN-SENT / LISTEN?"},
	    {"3 30 S>C RA =0 500 0 0", "SYN-SENT / LISTEN?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11"},
    },
    {
	.name = "R3.23: the client gives up",
	.row = {{"1 0  C>S S 0 - 0", NULL},
	    {"2 20 C>S R 1 - 0 0", "CLOSED / LISTEN?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN? R3.11", "2 C CLOSED R3.23"},
    },
    {
	.name =
	    "R3.23: a bare RST to the SYN-ACK: it had closed before it came",
	.row = {{"1 0    C>S S  0 - 0", NULL}, {"2 20   S>C SA 0 1 0", NULL},
	    {"3 21   C>S R 1 - 0 0", "CLOSED / CLOSED?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15 undone 3",
	    "3 S CLOSED? R3.27", "3 C CLOSED R3.23"},
    },
    {
	.name = "R3.24: a repeated SYN-ACK changes nothing",
	.row = {{"1 0    C>S S  0 - 0", NULL}, {"2 20   S>C SA 0 1 0", NULL},
	    {"3 1020 S>C SA 0 1 0", "ESTABLISHED? / SYN-RECEIVED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15"},
    },
    {
	.name = "R3.25: proved by what the server sends next (R4.4)",
	.open = true,
	.row = {{"4 41 S>C PA 1 1 10", "ESTABLISHED / ESTABLISHED"}},
    },
    {
	.name = "R3.26: the ACK of a SYN-ACK that was never sent",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 21 C>S A  1 900 0", "ESTABLISHED? / SYN-RECEIVED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15"},
    },
    {
	.name = "R3.27, R3.50: what was established is reset with its ACK",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 21 C>S RA 1 1 0 0", "CLOSED / CLOSED?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED R3.15 proved 3",
	    "3 S CLOSED? R3.27", "3 C CLOSED R3.50"},
    },
    {
	.name = "R3.50: the server resets what it has answered",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 70 S>C R  1 - 0 0", "CLOSED? / CLOSED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15",
	    "3 C CLOSED? R3.52", "3 S CLOSED R3.50"},
    },
    {
	.name = "R3.28: data of the server, the third segment is not seen",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 50 S>C PA 1 1 10", "ESTABLISHED? / ESTABLISHED"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15",
	    "3 S ESTABLISHED R3.28"},
    },
    {
	.name = "R3.28: a fast open may answer before the third segment",
	.row = {{"1 0  C>S S  0 - 10 cookie 8", NULL},
	    {"2 20 S>C SA 0 11 0", NULL},
	    {"3 50 S>C PA 1 11 10", "ESTABLISHED? / SYN-RECEIVED"},
	    {"4 51 C>S A  11 11 0", "ESTABLISHED / ESTABLISHED?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED R3.15 proved 4",
	    "4 S ESTABLISHED? R3.25"},
    },
    {
	.name = "R3.29: a FIN of the server, the third segment is not seen",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 50 S>C FA 1 1 0", "CLOSE-WAIT? / FIN-WAIT-1"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED? R3.15",
	    "3 S FIN-WAIT-1 R3.29", "3 C CLOSE-WAIT? R3.32"},
    },
    {
	.name = "R3.30: the third segment is a FIN",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 21 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"}},
	.log = {"1 C SYN-SENT R3.10", "1 S LISTEN R3.11 proved 2",
	    "2 S SYN-RECEIVED R3.12", "2 C ESTABLISHED R3.15 proved 3",
	    "3 C FIN-WAIT-1 R3.31", "3 S ESTABLISHED? R3.25",
	    "3 S CLOSE-WAIT? R3.32"},
    },
};

static const struct state_case closing_cases[] = {
    {
	.name = "R3.31, R3.32: one side closes, nothing proves the news",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT? R3.32"},
    },
    {
	.name = "R3.33, R3.35, R3.38, R3.41: four segments",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"},
	    {"5 60 S>C A  1 2 0", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"6 70 S>C FA 1 2 0", "TIME-WAIT? / LAST-ACK"},
	    {"7 71 C>S A  2 2 0", "TIME-WAIT / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 C FIN-WAIT-2 R3.35 proved 7", "6 S LAST-ACK R3.33",
	    "6 C TIME-WAIT R3.38 proved 7", "7 S CLOSED? R3.41"},
    },
    {
	.name = "R3.37: three segments",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL},
	    {"5 60 S>C FA 1 2 0", "TIME-WAIT? / LAST-ACK"},
	    {"6 61 C>S A  2 2 0", "TIME-WAIT / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 S LAST-ACK R3.33", "5 C FIN-WAIT-2 R3.35 proved 6",
	    "5 C TIME-WAIT R3.38 proved 6", "6 S CLOSED? R3.41"},
    },
    {
	.name = "R3.34, R3.36, R3.40: both close at once",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"},
	    {"5 41 S>C FA 1 1 0", "CLOSING? / CLOSING?"},
	    {"6 42 C>S A  2 2 0", "CLOSING / TIME-WAIT?"},
	    {"7 61 S>C A  2 2 0", "TIME-WAIT? / TIME-WAIT?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT? R3.32 undone 5",
	    "5 S FIN-WAIT-1 R3.31", "5 S CLOSING R3.36 proved 7",
	    "5 C CLOSING R3.36 proved 6", "6 S TIME-WAIT? R3.40",
	    "7 C TIME-WAIT? R3.40"},
    },
    {
	.name = "R3.39: half-close, data still comes",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL}, {"5 60 S>C A  1 2 0", NULL},
	    {"6 70 S>C PA 1 2 10", "FIN-WAIT-2? / CLOSE-WAIT"},
	    {"7 71 C>S A  2 11 0", "FIN-WAIT-2 / CLOSE-WAIT"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 C FIN-WAIT-2 R3.35 proved 7"},
    },
    {
	.name = "R3.42, R3.60: a FIN again, back to LAST-ACK",
	.open = true,
	.row = {{"4 40  C>S FA 1 1 0", NULL}, {"5 60  S>C FA 1 2 0", NULL},
	    {"6 61  C>S A  2 2 0", "TIME-WAIT / CLOSED?"},
	    {"7 261 S>C FA 1 2 0", "TIME-WAIT / LAST-ACK"},
	    {"8 262 C>S A  2 2 0", "TIME-WAIT / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 S LAST-ACK R3.33", "5 C FIN-WAIT-2 R3.35 proved 6",
	    "5 C TIME-WAIT R3.38 proved 6", "6 S CLOSED? R3.41 undone 7",
	    "8 S CLOSED? R3.41"},
    },
    {
	.name = "R3.43: an RST in TIME-WAIT",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL}, {"5 60 S>C FA 1 2 0", NULL},
	    {"6 61 C>S A  2 2 0", "TIME-WAIT / CLOSED?"},
	    {"7 90 S>C R  2 - 0 0", "CLOSED? / CLOSED"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 S LAST-ACK R3.33", "5 C FIN-WAIT-2 R3.35 proved 6",
	    "5 C TIME-WAIT R3.38 proved 6", "6 S CLOSED R3.41 proved 7",
	    "7 C CLOSED? R3.43"},
    },
    {
	.name = "R3.2: a FIN above a hole waits until it is filled",
	.open = true,
	.row = {{"4 40   C>S FA 101 1 0", "FIN-WAIT-1 / ESTABLISHED?"},
	    {"5 40.2 C>S PA 1 1 100", "FIN-WAIT-1 / CLOSE-WAIT?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "5 S CLOSE-WAIT? R3.32"},
    },
    {
	.name = "R3.2: or until it is acknowledged",
	.open = true,
	.row = {{"4 40 C>S FA 101 1 0", "FIN-WAIT-1 / ESTABLISHED?"},
	    {"5 60 S>C A  1 102 0", "FIN-WAIT-2? / CLOSE-WAIT"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "5 S CLOSE-WAIT R3.32",
	    "5 C FIN-WAIT-2? R3.35"},
    },
    {
	.name = "R3.36: its own ACK shows that it has a FIN above a hole",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL},
	    {"5 41 S>C FA 101 1 0", "FIN-WAIT-1 / CLOSING?"},
	    {"6 60 C>S A  2 102 0", "CLOSING / TIME-WAIT?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT? R3.32 undone 5",
	    "5 S FIN-WAIT-1 R3.31", "5 S CLOSING? R3.36", "6 C CLOSING R3.36",
	    "6 S TIME-WAIT? R3.40"},
    },
    {
	.name = "R3.38: the same in FIN-WAIT-2",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0", NULL}, {"5 60 S>C A  1 2 0", NULL},
	    {"6 70 S>C FA 101 2 0", "FIN-WAIT-2? / LAST-ACK"},
	    {"7 71 C>S A  2 102 0", "TIME-WAIT / CLOSED?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT R3.32 proved 5",
	    "5 C FIN-WAIT-2 R3.35 proved 7", "6 S LAST-ACK R3.33",
	    "7 C TIME-WAIT R3.38", "7 S CLOSED? R3.41"},
    },
    {
	.name = "R3.3: an ACK below the FIN does not acknowledge it",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 100", "FIN-WAIT-1 / CLOSE-WAIT?"},
	    {"5 60 S>C A  1 101 0", "FIN-WAIT-1 / CLOSE-WAIT?"}},
	.log = {"4 C FIN-WAIT-1 R3.31", "4 S CLOSE-WAIT? R3.32"},
    },
    {
	.name = "R3.4: a FIN with a wrong checksum never arrives",
	.open = true,
	.row = {{"4 40 C>S FA 1 1 0 badsum", "ESTABLISHED / ESTABLISHED?"}},
    },
    {
	.name = "R3.4: an implausible FIN is no FIN",
	.open = true,
	.row = {{"4 40 C>S FA 900000000 1 0", "ESTABLISHED / ESTABLISHED?"}},
    },
};

static const struct state_case midstream_cases[] = {
    {
	.name = "R3.45, R3.47: joined in the middle",
	.row = {{"1 0 C>S PA 1 1 100", "ESTABLISHED? / ESTABLISHED?"},
	    {"2 9 S>C A  1 101 0", "ESTABLISHED? / ESTABLISHED?"}},
	.log = {"1 C ESTABLISHED? R3.45", "1 S ESTABLISHED? R3.47 proved 2"},
    },
    {
	.name = "R3.46: the first segment is a FIN",
	.row = {{"1 0 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"}},
	.log = {"1 C FIN-WAIT-1 R3.46", "1 S ESTABLISHED? R3.47",
	    "1 S CLOSE-WAIT? R3.32"},
    },
    {
	.name = "R3.31, R3.33: a close, joined in the middle",
	.row = {{"1 0 C>S A  1 1 0", NULL},
	    {"2 1 C>S FA 1 1 0", "FIN-WAIT-1 / CLOSE-WAIT?"},
	    {"3 9 S>C FA 1 2 0", "TIME-WAIT? / LAST-ACK"}},
	.log = {"1 C ESTABLISHED? R3.45", "1 S ESTABLISHED? R3.47 proved 3",
	    "2 C FIN-WAIT-1 R3.31", "2 S CLOSE-WAIT R3.32 proved 3",
	    "3 S LAST-ACK R3.33", "3 C FIN-WAIT-2? R3.35",
	    "3 C TIME-WAIT? R3.38"},
    },
    {
	.name = "R3.48: the SYN comes late",
	.row = {{"1 0   C>S PA 1 1 100", NULL},
	    {"2 0.1 C>S S  0 - 0", "ESTABLISHED? / ESTABLISHED?"}},
	.log = {"1 C ESTABLISHED? R3.45", "1 S ESTABLISHED? R3.47"},
    },
};

CASE_TEST(opening_cases)
CASE_TEST(closing_cases)
CASE_TEST(midstream_cases)

static Suite *
state_suite(void)
{
	Suite *s = suite_create("state");

	CASE_ADD(s, "R3.10 to R3.30", opening_cases);
	CASE_ADD(s, "R3.31 to R3.43", closing_cases);
	CASE_ADD(s, "R3.45 to R3.48", midstream_cases);
	return s;
}

int
main(void)
{
	return run_suite(state_suite());
}
