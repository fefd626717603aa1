/*
 * baseline.h - an earlier JSON report, reduced to what is compared
 * (--baseline).
 */
#ifndef TCPCONN_BASELINE_H
#define TCPCONN_BASELINE_H

#include "model/report.h"

/* Longest file, and most values in it, that are read. */
#define BASELINE_BYTES ((size_t)128 << 20)
#define BASELINE_VALUES ((size_t)8 << 20)

enum baseline_timing {
	TIMING_CONNECT,
	TIMING_FIRST_BYTE,
	TIMING_TEARDOWN,
	TIMING_DURATION,
	TIMING_COUNT
};

/* What is compared of one connection, then and now. */
struct baseline_conn {
	uint32_t number;
	uint32_t nth;                /* connection of this tuple, from 1 */
	struct flow_key key;         /* client first */
	int outcome, close, verdict; /* -1: a name that is not known here */
	bool kinds[ANOMALY_COUNT];   /* seen */
	struct maybe timing[TIMING_COUNT]; /* ns */
};

struct baseline {
	struct baseline_conn *conn; /* owned; in the order of baseline_sort() */
	size_t n, room;
};

/* Read the report at path. False with a message that names it in err. */
bool
baseline_load(struct baseline *b, const char *path, char *err, size_t err_size);
void baseline_fini(struct baseline *b);

/* Room for one more, zeroed; NULL when memory ran out. */
struct baseline_conn *baseline_add(struct baseline *b);

/* Order by tuple, then by number, and count nth. */
void baseline_sort(struct baseline *b);

/* Order of tuples, then of nth. */
int
baseline_compare(const struct baseline_conn *a, const struct baseline_conn *b);

#endif
