/*
 * classify.h - the sequence side of a segment: new, missing, late, again
 * (R8.10).
 */
#ifndef TCPCONN_CLASSIFY_H
#define TCPCONN_CLASSIFY_H

#include "engine/conn.h"

/*
 * Judge o's sequence range and add it to what its side has sent. Raises the
 * events of group G1 and those about FIN and data order.
 */
void classify_segment(struct conn *c, struct obs *o);

/*
 * The same for data of a side that was seen, plausible, without FIN, starting
 * where its last segment ended, and no window probe: nearly all data.
 */
void classify_in_order(struct conn *c, struct obs *o);

#endif
