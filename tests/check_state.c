/*
 * check_state.c - the state machine, row by row (R3.2 to R3.62): after each
 * row of a scenario the states of both endpoints, and at the end the log of
 * transitions with rules, proofs and roll-backs.
 */
#include <stdio.h>
#include <string.h>

#include "support/facts.h"
#include "support/run_suite.h"
#include "support/scenario.h"

#define CASE_ROWS 12
#define CASE_LOG 14
#define LOG_LINE 80

struct case_row {
	const char *line;
	const char *states; /* after it, client first; NULL: not looked at */
};

struct state_case {
	const char *name;
	bool open; /* starts with the three rows of a handshake */
	struct case_row row[CASE_ROWS];
	/*
	 * "FRAME SIDE STATE[?] RULE [proved FRAME] [undone FRAME]", a ? where
	 * it is presumed to the end; all of them, after the handshake if the
	 * case is open.
	 */
	const char *log[CASE_LOG];
};

#define OPEN_ROWS 3

static const char *const handshake[OPEN_ROWS] = {
    "1 0  C>S S  0 - 0 64240 mss1460 ws7 sackok",
    "2 20 S>C SA 0 1 0 65160 mss1460 ws7 sackok",
    "3 21 C>S A  1 1 0",
};

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
	.name = "R3.27, R3.50: the client resets instead of answering",
	.row = {{"1 0  C>S S  0 - 0", NULL}, {"2 20 S>C SA 0 1 0", NULL},
	    {"3 21 C>S R  1 - 0 0", "CLOSED / CLOSED?"}},
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

/* --- comparison ------------------------------------------------------- */

static void
show_transition(char *buf, const struct transition *t)
{
	int n = snprintf(buf, LOG_LINE, "%u %c %s%s %s", (unsigned)t->frame_no,
	    t->side == CLIENT ? 'C' : 'S', state_name((enum tcp_state)t->state),
	    t->presumed || t->state == STATE_MID ? "?" : "", t->rule);

	if (t->confirmed_frame != 0)
		n += snprintf(buf + n, LOG_LINE - (size_t)n, " proved %u",
		    (unsigned)t->confirmed_frame);
	if (t->revoked_frame != 0)
		snprintf(buf + n, LOG_LINE - (size_t)n, " undone %u",
		    (unsigned)t->revoked_frame);
}

static void
check_log(
    struct problems *p, const struct state_case *k, const struct conn_report *r)
{
	char got[LOG_LINE];
	uint32_t i;
	size_t n = 0;

	for (i = 0; i < r->transitions_n; i++) {
		const char *want = n < CASE_LOG ? k->log[n] : NULL;

		if (k->open && r->transition[i].frame_no <= OPEN_ROWS)
			continue;
		show_transition(got, &r->transition[i]);
		if (want == NULL || strcmp(want, got) != 0)
			problems_add(p, "transition %u: expected %s, got %s\n",
			    (unsigned)n, want ? want : "none", got);
		n += want != NULL;
	}
	for (; n < CASE_LOG && k->log[n] != NULL; n++)
		problems_add(p, "transition missing: %s\n", k->log[n]);
}

/* The same again with hosts swapped and numbers that wrap. */
static const struct play_setting settings[] = {
    {.isn = {0x2b7c01e5, 0x9d3f6a48}},
    {.isn = {UINT32_MAX, UINT32_MAX - 1}, .swapped = true},
};

static void
run_case(const struct state_case *k, const struct play_setting *setting)
{
	struct problems problems = {.used = 0};
	struct play play;
	size_t i;

	play_init(&play, setting);
	for (i = 0; k->open && i < OPEN_ROWS; i++)
		play_line(&play, handshake[i]);
	for (i = 0; i < CASE_ROWS && k->row[i].line != NULL; i++) {
		const char *want = k->row[i].states;

		play_line(&play, k->row[i].line);
		if (want != NULL && strcmp(want, play.states[play.frames]) != 0)
			problems_add(&problems,
			    "frame %u: states expected %s, got %s\n",
			    (unsigned)play.frames, want,
			    play.states[play.frames]);
	}
	play_end(&play);
	ck_assert_uint_eq(play.reports_n, 1);
	check_log(&problems, k, play.report[0]);
	play_fini(&play);
	if (problems.used > 0)
		ck_abort_msg("%s%s\n%s", k->name,
		    setting->swapped ? " (swapped)" : "", problems.text);
}

#define CASE_TEST(table) \
	START_TEST(test_##table) \
	{ \
		run_case(&table[_i / ROWS(settings)], \
		    &settings[_i % ROWS(settings)]); \
	} \
	END_TEST

CASE_TEST(opening_cases)
CASE_TEST(closing_cases)
CASE_TEST(midstream_cases)
CASE_TEST(reset_cases)
CASE_TEST(rollback_cases)

#define CASE_ADD(suite, name, table) \
	do { \
		TCase *tc = tcase_create(name); \
		tcase_add_loop_test( \
		    tc, test_##table, 0, ROWS(table) * ROWS(settings)); \
		suite_add_tcase(suite, tc); \
	} while (0)

static Suite *
state_suite(void)
{
	Suite *s = suite_create("state");

	CASE_ADD(s, "R3.10 to R3.30", opening_cases);
	CASE_ADD(s, "R3.31 to R3.43", closing_cases);
	CASE_ADD(s, "R3.45 to R3.48", midstream_cases);
	CASE_ADD(s, "R3.50 to R3.56", reset_cases);
	CASE_ADD(s, "R3.60 to R3.62", rollback_cases);
	return s;
}

int
main(void)
{
	return run_suite(state_suite());
}
