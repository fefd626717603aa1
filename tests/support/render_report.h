/*
 * render_report.h - run a reporter over reports made by hand.
 *
 * Stands in for the reader: there is one input, render_input.
 */
#ifndef TCPCONN_RENDER_REPORT_H
#define TCPCONN_RENDER_REPORT_H

#include <stddef.h>

#include "report/reporter.h"

/* What reader_info() tells of the input of render_report(). */
extern const struct capture_info render_input;

/* Call begin(), if there is one, with a head made by hand. */
int render_begin(const struct reporter *reporter, void *state);

/* Call finish() with a head made by hand around summary. */
int render_finish(const struct reporter *reporter, void *state,
    const struct summary *summary);

/*
 * The whole output for n reports, which it frees, as a string that is the
 * caller's. Stops the test when the reporter fails.
 */
char *
render_report(const struct reporter *reporter, const struct report_options *o,
    struct conn_report *const *reports, size_t n);

#endif
