/*
 * head_json.h - what stands around the connections, as JSON: captures,
 * packets, summary (share/tcpconn-analyze.schema.json).
 *
 * Failure is told by json_result().
 */
#ifndef TCPCONN_HEAD_JSON_H
#define TCPCONN_HEAD_JSON_H

#include "model/summary.h"
#include "report/value_json.h"

/* Each adds its members to o. */
void generator_json_add(
    struct json_writer *w, cJSON *o, const struct report_head *head);
/* read: its packets are read; before that its totals are null. */
void capture_json_add(
    struct json_writer *w, cJSON *o, const struct capture_info *c, bool read);
/* The same of all inputs, as the list captures. */
void captures_json_add(
    struct json_writer *w, cJSON *o, const struct report_head *head);
void packets_json_add(
    struct json_writer *w, cJSON *o, const struct packet_counts *p);
void summary_json_add(
    struct json_writer *w, cJSON *o, const struct report_head *head);

/* What several connections show together, as two members of o. */
void
findings_json_add(struct json_writer *w, cJSON *o, const struct findings *f);

#endif
