/*
 * conn_json.h - connections and what stands around them, as JSON
 * (share/tcpconn-analyze.schema.json).
 *
 * Failure is told by json_result().
 */
#ifndef TCPCONN_CONN_JSON_H
#define TCPCONN_CONN_JSON_H

#include <stdbool.h>

#include "model/report.h"
#include "report/value_json.h"

/*
 * Write r as one object. as_record: with "record":"connection", as a line of
 * ndjson has it. Transitions and events are written one by one, so that memory
 * does not grow with their number.
 */
void conn_json_write(
    struct json_writer *w, const struct conn_report *r, bool as_record);

/*
 * Add all members but the counts and lists of events and transitions to o:
 * the same members for every connection.
 */
void
conn_json_add(struct json_writer *w, cJSON *o, const struct conn_report *r);

/* Parts of it, each added to parent under its own key. */
void handshake_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r);
void teardown_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r);
void options_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r);
void sides_json_add(
    struct json_writer *w, cJSON *parent, const struct conn_report *r);

/* One event of r, written as one object. */
void event_json_write(
    struct json_writer *w, const struct conn_report *r, const struct event *e);

#endif
