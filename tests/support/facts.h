/*
 * facts.h - compares a connection report with facts written as text.
 */
#ifndef TCPCONN_FACTS_H
#define TCPCONN_FACTS_H

#include <stddef.h>

#include "model/report.h"

/*
 * Differences, one a line, told all at once. Kept below what the test
 * framework can carry in one message.
 */
struct problems {
	char text[3000];
	size_t used;
};

void problems_add(struct problems *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * facts is "name value, name value, ...". Names are those of the JSON report
 * (INTERFACE section 5) as far as it has them; unknown is -.
 */
void
facts_check(struct problems *p, const struct conn_report *r, const char *facts);

/*
 * row[] holds all events, in any order, up to a NULL or n rows:
 *
 *   "FRAME KIND [SEVERITY] [CONFIDENCE] [KEY VALUE]..."
 *
 * KEY is a key of the evidence, or `cites` for one of the frames named, or
 * `revised` for the former kinds, joined by + and oldest first.
 */
void events_check(struct problems *p, const struct conn_report *r,
    const char *const *row, size_t n);

#endif
