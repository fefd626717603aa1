/*
 * overview.h - the first part of the text report: what was read, how many
 * connections of which outcome, what many of them show together, and a table
 * of the worst.
 */
#ifndef TCPCONN_OVERVIEW_H
#define TCPCONN_OVERVIEW_H

#include "model/summary.h"
#include "report/shortlist.h"
#include "report/text_page.h"

/* Connections that were selected, but do not stand in the table. */
struct overview_rest {
	uint64_t connections, needs_attention;
	uint64_t alike; /* others, for which a finding and its examples stand */
};

/*
 * Captures, counts, findings (the first findings_n, 0: all) and the table of
 * listed, which is sorted.
 */
void overview_print(struct page *p, const struct report_head *head,
    const struct shortlist *listed, const struct overview_rest *rest,
    size_t findings_n);

/* Packets that were not analysed, and why; the last line of the report. */
void overview_print_not_analysed(
    struct page *p, const struct packet_counts *packets);

#endif
