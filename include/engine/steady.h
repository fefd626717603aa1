/*
 * steady.h - the short way through the pipeline for the segments that nearly
 * all connections nearly always see: data or an ACK in order between two
 * sides that talk, with nothing missing.
 */
#ifndef TCPCONN_STEADY_H
#define TCPCONN_STEADY_H

#include <stdbool.h>

#include "engine/conn.h"

/*
 * After a segment went the whole way: whether the next one may go the short
 * way, as far as c itself can tell.
 */
void steady_update(struct conn *c);

/*
 * Take seg the short way, with the effect that the whole way would have had.
 * False, and nothing changed, when it has to go the whole way.
 */
bool steady_segment(struct conn *c, const struct segment *seg);

#endif
