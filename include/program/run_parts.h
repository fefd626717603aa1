/*
 * run_parts.h - one analysis in its parts: opening and closing (run.c), the
 * packet loop (run_packets.c), connections and the report (run_report.c).
 */
#ifndef TCPCONN_RUN_PARTS_H
#define TCPCONN_RUN_PARTS_H

#include "engine/analyzer.h"
#include "input/decode.h"
#include "input/reader.h"
#include "input/reorder.h"
#include "program/extract.h"
#include "program/feed.h"
#include "program/options.h"
#include "program/output.h"
#include "program/progress.h"
#include "report/report_baseline.h"
#include "report/reporter.h"

/* One analysis, from opening to closing. */
struct run {
	struct options *o; /* borrowed */
	struct hash_key hash;
	struct output output;
	struct reader *reader;     /* owned */
	struct reorder *reorder;   /* owned; NULL: file order */
	struct decoder *decoder;   /* owned */
	struct analyzer *analyzer; /* owned */
	const struct reporter *reporter;
	void *report; /* owned state of reporter */
	struct baseline baseline;
	struct extract *extract; /* owned; NULL: not asked for */
	struct progress progress;
	struct packet_counts counts;
	struct summary summary;
	uint64_t reported;       /* connections handed to the reporter */
	uint64_t captured_bytes; /* read so far */
	bool fail_on_met;
	bool briefed, brief_alike; /* what comes was counted, as alike */
	bool out_of_memory;        /* some connection is not whole */
	int write_error; /* errno of a report that cannot be written */
};

/* --- run_packets.c --- */

/* Everything that feed has, through the engine; then its counts are whole. */
void run_packets(struct run *run, struct feed *feed);

/* --- run_report.c --- */

/* The engine's observers; arg is the run (analyzer.h). */
bool run_on_brief(void *arg, struct conn_report *r);
int run_on_connection(void *arg, struct conn_report *r);

/* What stands before the connections. */
void run_report_begin(struct run *run);
/* End what is still open, then what stands behind the connections. */
void run_report_finish(struct run *run);

/* Say which inputs were not read whole, and whether there are any. */
bool run_warn_inputs(const struct run *run);
void run_warn_memory(const struct run *run);

/* Whether the report is where it belongs, and what was to be extracted. */
bool run_report_written(struct run *run);
bool run_extracted(struct run *run);

#endif
