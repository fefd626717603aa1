/*
 * selection.h - what a report is to show.
 */
#ifndef TCPCONN_SELECTION_H
#define TCPCONN_SELECTION_H

#include "model/report.h"

struct baseline;

/* Which connections, in which order, in how much detail. */
enum sort_key {
	SORT_DEFAULT,
	SORT_SEVERITY,
	SORT_NUMBER,
	SORT_START,
	SORT_DURATION,
	SORT_BYTES,
	SORT_RETRANSMISSIONS,
	SORT_CONNECT_TIME,
};

struct number_range {
	uint32_t first, last;
};

struct report_options {
	const struct number_range *connections; /* -c; borrowed */
	size_t connections_n;                   /* 0: all */
	bool has_min_severity;
	enum severity min_severity; /* -s */
	const bool *kinds;          /* -k; [ANOMALY_COUNT] or NULL: all */
	enum sort_key sort;
	uint64_t top; /* 0: all */
	bool has_top;
	bool events;                             /* -v */
	bool explain;                            /* -x */
	const struct number_range *explain_list; /* NULL: all reported */
	size_t explain_n;
	bool ladder;                            /* -l */
	const struct number_range *ladder_list; /* NULL: all reported */
	size_t ladder_n;
	bool states; /* --states */
	bool color;
	bool utf8;
	bool nanoseconds; /* absolute times with 9 digits: an input has them */
	unsigned width;   /* columns */
	const struct baseline *baseline; /* borrowed; NULL: no comparison */
	uint64_t tolerance;              /* of its timings, in percent */
};

/* Whether r is to be reported under o. */
bool
report_selects(const struct report_options *o, const struct conn_report *r);

#endif
