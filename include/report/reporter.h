/*
 * reporter.h - output formats.
 */
#ifndef TCPCONN_REPORTER_H
#define TCPCONN_REPORTER_H

#include <stdio.h>

#include "model/report.h"
#include "model/selection.h"
#include "model/summary.h"

/*
 * A format is one file with one of these. begin(), which may be NULL, is called
 * before the first packet is read: only what is known of inputs then is in
 * head. connection() is called as each selected connection ends and borrows r
 * until it returns (conn_report_take() keeps it); finish() is called once,
 * free() always. out stays the caller's.
 * All return 0, or -1 when output failed (errno is set).
 */
struct reporter {
	const char *name;
	bool tells_hosts; /* summary.talkers */
	void *(*open)(
	    FILE *out, const struct report_options *o); /* NULL: no memory */
	int (*begin)(void *state, const struct report_head *head);
	/*
	 * NULL, or: whether r, of which perhaps only a brief is known
	 * (brief.h), is done with; connection() is called if not.
	 */
	bool (*skip)(void *state, const struct conn_report *r);
	int (*connection)(void *state, struct conn_report *r);
	int (*finish)(void *state, const struct report_head *head);
	void (*free)(void *state);
};

extern const struct reporter reporter_text, reporter_json, reporter_ndjson,
    reporter_csv, reporter_html;

#endif
