/*
 * report_parts.h - parts of the text report about one connection.
 */
#ifndef TCPCONN_REPORT_PARTS_H
#define TCPCONN_REPORT_PARTS_H

#include "model/report.h"
#include "report/text_page.h"

/* Columns where labels and texts of these parts stand. */
#define PART_INDENT 2
#define PART_TEXT 15
#define PART_TABLE 4

/* Who: number and endpoints. */
void detail_print_heading(struct page *p, const struct conn_report *r);

/*
 * Verdict, time and circumstances; start_ns is the time of the first packet
 * of the input.
 */
void detail_print_summary(
    struct page *p, const struct conn_report *r, int64_t start_ns);

/* Handshake, teardown, states, both directions and events by kind. */
void detail_print(struct page *p, const struct conn_report *r);

/* How other tools name the connection. */
void detail_print_hand_over(struct page *p, const struct conn_report *r);

/* Packets, payload, round trips and losses of both directions. */
void detail_print_sides(struct page *p, const struct conn_report *r);

/* Its segments as a sequence diagram (--ladder). */
void ladder_print(struct page *p, const struct conn_report *r);

/* Every transition of both endpoints (--states). */
void states_print(struct page *p, const struct conn_report *r);

/* How to read the stories that follow. */
void explain_print_legend(struct page *p);
/* Handshake and teardown step by step (--explain). */
void explain_print(struct page *p, const struct conn_report *r);

#endif
