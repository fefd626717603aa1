/*
 * icmp.h - ICMP errors that quote a segment of a connection (R2.17, R6.97).
 */
#ifndef TCPCONN_ICMP_H
#define TCPCONN_ICMP_H

#include "engine/conn.h"

/* Attach e to c: R6.97, or `icmp-stale` when it quotes nothing outstanding. */
void icmp_attach(struct conn *c, const struct icmp_error *e);

/*
 * What an error that refuses a connection (R5.15) says, in the words of RFC
 * 792, 1812 and 4443; NULL for any other. version: 4 or 6. Static.
 */
const char *icmp_refusal(unsigned version, unsigned type, unsigned code);

#endif
