/*
 * snapshot.h - from a finished connection to the report model.
 */
#ifndef TCPCONN_SNAPSHOT_H
#define TCPCONN_SNAPSHOT_H

#include "engine/conn.h"

/*
 * Fill r, which holds nothing so far, with a snapshot of c; takes the events
 * and transitions of c with it (conn_report_fini()).
 */
void snapshot_take(struct conn *c, int64_t end_t, struct conn_report *r);

#endif
