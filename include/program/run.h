/*
 * run.h - one analysis: from the inputs to the report.
 */
#ifndef TCPCONN_RUN_H
#define TCPCONN_RUN_H

#include "program/options.h"
#include "program/status.h"

/*
 * Read the captures of o and write their report; messages go to standard
 * error. What depends on the output, as its width, is set in o->report.
 */
enum status run_analysis(struct options *o);

#endif
