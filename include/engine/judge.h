/*
 * judge.h - the verdict on a connection (RULEBOOK section 9).
 */
#ifndef TCPCONN_JUDGE_H
#define TCPCONN_JUDGE_H

#include "engine/conn.h"

/*
 * Fill verdict, also and worst of r. c still holds what the report model
 * does not carry; r is otherwise complete. The sentences are left empty.
 */
void judge_connection(const struct conn *c, struct conn_report *r);

/* Write its sentences, of which few are read; r->conn is still there. */
void judge_say(struct conn_report *r);

#endif
