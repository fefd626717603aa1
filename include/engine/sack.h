/*
 * sack.h - SACK blocks (R1.29, R6.35 to R6.37).
 */
#ifndef TCPCONN_SACK_H
#define TCPCONN_SACK_H

#include "engine/conn.h"

/*
 * Apply the SACK blocks of o to its peer's scoreboard. Sets o->sacked_new
 * and o->dsack; raises R6.35, R6.36 and R6.37.
 */
void sack_process(struct conn *c, struct obs *o);

#endif
