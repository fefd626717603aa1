/*
 * knowledge.h - what each side of a connection knows of both directions, step
 * by step (R4.1 to R4.8).
 */
#ifndef TCPCONN_KNOWLEDGE_H
#define TCPCONN_KNOWLEDGE_H

#include <stdbool.h>

#include "model/report.h"

enum fact {
	FACT_CLIENT_SENDS,
	FACT_CLIENT_RECEIVES,
	FACT_SERVER_SENDS,
	FACT_SERVER_RECEIVES,
	FACT_COUNT
};

enum belief {
	BELIEF_NONE,
	BELIEF_YES,   /* it can */
	BELIEF_ENDED, /* it could, and has finished */
};

struct knowledge {
	enum belief belief[2][FACT_COUNT]; /* by who knows it */
	bool unproved[2][FACT_COUNT]; /* nothing shows that the news arrived */
};

/* Both sides know nothing, or, once connected, that everything works. */
void knowledge_init(struct knowledge *k, bool connected);

/*
 * A segment of the handshake arrives: its receiver learns that the sender
 * sends and that it can itself receive; if the segment acknowledges the
 * receiver's SYN (acks), also that the way back works.
 */
void
knowledge_open(struct knowledge *k, enum side from, bool acks, bool proved);

/* A FIN arrives at the other side. */
void knowledge_fin(struct knowledge *k, enum side from, bool proved);
/* The acknowledgement of a FIN arrives at the side that sent the FIN. */
void knowledge_fin_acked(struct knowledge *k, enum side from, bool proved);

#endif
