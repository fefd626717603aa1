/*
 * snapshot.h - from a finished connection to the report model.
 */
#ifndef TCPCONN_SNAPSHOT_H
#define TCPCONN_SNAPSHOT_H

#include "conn.h"

/*
 * A snapshot of c, owned by the caller (conn_report_free()); takes the
 * events and transitions of c with it. NULL when memory ran out.
 */
struct conn_report *snapshot_of(struct conn *c, int64_t end_t);

#endif
