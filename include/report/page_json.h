/*
 * page_json.h - what the page of --format=html shows of a connection, as JSON.
 *
 * Failure is told by json_result().
 */
#ifndef TCPCONN_PAGE_JSON_H
#define TCPCONN_PAGE_JSON_H

#include "model/report.h"
#include "model/summary.h"
#include "report/value_json.h"

/* The row of the table; detail: the rest is in the page, too. */
void
page_row_write(struct json_writer *w, const struct conn_report *r, bool detail);

/*
 * The connection object of json and its trace, which is thinned to about most
 * segments, none with an event among those left out.
 */
void page_detail_write(
    struct json_writer *w, const struct conn_report *r, uint32_t most);

/* Captures, packets, summary and how many rows and details there are. */
struct page_totals {
	uint64_t rows, details, connections;
};

void page_head_write(struct json_writer *w, const struct report_head *head,
    const struct page_totals *totals);

#endif
