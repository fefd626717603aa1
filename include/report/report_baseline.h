/*
 * report_baseline.h - what changed since an earlier report (--baseline).
 */
#ifndef TCPCONN_REPORT_BASELINE_H
#define TCPCONN_REPORT_BASELINE_H

#include "report/baseline.h"
#include "report/reporter.h"

/* Compare with report_options.baseline. */
extern const struct reporter reporter_baseline_text, reporter_baseline_json;

/* Whether a reporter of these, after finish(), found a change. */
bool report_baseline_changed(const void *state);

#endif
