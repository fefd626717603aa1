/*
 * scenario.h - plays segments written in the rulebook's notation (section 10)
 * through the engine, and keeps what it says.
 *
 *   # t_ms dir flags seq ack len [win] [option]...
 *
 * dir is C>S or S>C. seq and ack count from the ISN of their host; =N is a
 * raw number, new-isn and new-isn+1 speak of the server's second ISN, - is
 * none. Options: mssN, wsN, sackok, sack L-R, ttl N, ipid N, ts VAL ECR, cookie
 * N (bytes of Fast Open), port N (of the client), vni N, gre, other N (from the
 * Nth payload byte on other bytes than usual), ect0, ect1, ce, badsum. Flags: S
 * A P F R U, and E W N for ECE, CWR, AE. What a row omits is as section 10
 * says.
 */
#ifndef TCPCONN_SCENARIO_H
#define TCPCONN_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/analyzer.h"

#define PLAY_FRAMES 5000
#define PLAY_CONNS 8
#define PLAY_STATES 80

/* What must not matter for any result. */
struct play_setting {
	uint32_t isn[2];  /* by enum side */
	uint32_t new_isn; /* of the server, for a second connection */
	bool swapped;     /* the client has the higher address */
	const struct limits *limits; /* NULL: the defaults */
	bool briefly; /* what can be told in brief is not reported at all */
};

struct play {
	struct play_setting setting;
	struct analyzer *analyzer; /* owned */
	uint64_t frames;           /* played so far */
	/* by frame number: "SYN-SENT / LISTEN?", client first */
	char states[PLAY_FRAMES + 1][PLAY_STATES];
	uint32_t conn[PLAY_FRAMES + 1]; /* by frame number: its connection */
	struct conn_report *report[PLAY_CONNS]; /* owned; by number - 1 */
	uint32_t reports_n;
};

/* Any failure below ends the test. */
void play_init(struct play *p, const struct play_setting *setting);
void play_line(struct play *p, const char *line);
/* The next row, without its number. */
void play_next(struct play *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void play_end(struct play *p); /* end of the capture */
void play_fini(struct play *p);

#endif
