/*
 * ecn.h - explicit congestion notification, classic and accurate (R6.85 to
 * R6.87).
 */
#ifndef TCPCONN_ECN_H
#define TCPCONN_ECN_H

#include "engine/conn.h"

/* Offers and answers on SYNs, marks and echoes later. */
void ecn_segment(struct conn *c, struct obs *o);

/* What only the whole connection shows: bleaching (R6.86). */
void ecn_finish(struct conn *c);

#endif
