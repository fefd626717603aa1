/*
 * zeek.h - a connection in the words of Zeek's conn.log: conn_state and
 * history, after the documentation of its script base/protocols/conn.
 *
 * Originator is our client, responder our server. Where Zeek needs an opinion
 * the engine gives its own: t is what R8.12 calls a resend, g what R8.33 calls
 * missing from the capture, c what R6.83 calls wrong and not offloaded.
 */
#ifndef TCPCONN_ZEEK_H
#define TCPCONN_ZEEK_H

#include <stdint.h>

#include "model/report.h"
#include "words/segment.h"

struct conn;
struct obs;

#define ZEEK_LETTERS (ZEEK_HISTORY_MAX - 1)

/* What conn_state is made of: how far one side has come. */
enum zeek_end {
	ZEEK_INACTIVE,
	ZEEK_SYN_SENT,
	ZEEK_PARTIAL, /* joined midstream */
	ZEEK_ESTABLISHED,
	ZEEK_CLOSED, /* sent a FIN */
	ZEEK_RESET,
};

/* Letters that come again at the 10th, the 100th ... occasion. */
enum zeek_scaled {
	ZEEK_BAD_SUM,
	ZEEK_GAP,
	ZEEK_RESENT,
	ZEEK_ZERO_WINDOW,
	ZEEK_SCALED
};

/* Kinds of packets in struct zeek_side; zeek.c has more. */
#define ZEEK_SEEN_ACK 0x08u
#define ZEEK_SEEN_DATA 0x10u

struct zeek_side {
	uint8_t now, before; /* enum zeek_end */
	uint8_t seen;        /* kinds of packets in the history */
	uint8_t ahead_at;    /* place of a g while an ACK waits for its data */
	uint32_t syn_seq, fin_seq, rst_seq; /* raw, of the latest of each */
	uint32_t count[ZEEK_SCALED];
	uint64_t gap_bytes; /* those that the history knows of */
};

/* Embedded in struct conn; all zero at first. */
struct zeek_history {
	struct zeek_side side[2]; /* by enum side */
	char letters[ZEEK_HISTORY_MAX];
	uint8_t n;
};

/*
 * One segment, after its analysis; capture copies left out (R1.11). When the
 * room for letters ends, the last one becomes an x: analysis partial.
 */
void zeek_observe(struct conn *c, const struct obs *o);

/* Whether the history knows of all that is missing from the capture. */
bool zeek_quiet(const struct conn *c);

/* Whether it holds the letter of plain segments of x, with data or without. */
static inline bool
zeek_told(const struct zeek_history *z, enum side x, bool data)
{
	const struct zeek_side *s = &z->side[x];

	return (s->seen & (data ? ZEEK_SEEN_DATA : ZEEK_SEEN_ACK)) &&
	       s->now != ZEEK_INACTIVE;
}

/* The roles are exchanged (R2.5): so is the case of all letters. */
void zeek_flip(struct zeek_history *z);

/* Fill zeek_conn_state and zeek_history of r. */
void zeek_report(const struct conn *c, struct conn_report *r);

#endif
