/*
 * summary.h - what is said about all connections together.
 */
#ifndef TCPCONN_SUMMARY_H
#define TCPCONN_SUMMARY_H

#include "input/decode.h"
#include "input/origins.h"
#include "input/reader.h"
#include "model/finding.h"
#include "model/report.h"
#include "model/talkers.h"

/* Sums over all connections, reported or not. */
struct summary {
	uint64_t connections, needs_attention, evicted;
	uint64_t by_outcome[OUTCOME_COUNT];
	uint64_t by_close[CLOSE_COUNT];
	uint64_t by_verdict[VERDICT_COUNT];
	uint64_t kind_count[ANOMALY_COUNT];
	uint64_t kind_connections[ANOMALY_COUNT];
	struct tally connect_time;
	struct talkers talkers;
	bool without_talkers; /* nobody wants them: they are not counted */
	struct findings findings;
};

/* hash is borrowed: what is counted lies in tables by it. */
void summary_init(struct summary *s, const struct hash_key *hash);
void summary_fini(struct summary *s);
/* Count r. True when it is one of many alike, see findings_add(). */
bool summary_add(struct summary *s, const struct conn_report *r);

/* Packets by fate (INTERFACE 5, packets). */
struct packet_counts {
	uint64_t total, tcp, analysed;
	uint64_t reason[REASON_COUNT];
	uint64_t reason_first_frame[REASON_COUNT];
	bool reordered; /* by time, R1.10; else the next two mean nothing */
	uint64_t reorder_moved;  /* came after a later packet */
	uint64_t reorder_beyond; /* came too late to be put in order */
};

/* What stands around the connections; borrowed by reporters. */
struct report_head {
	const char *version;
	const struct capture_info *const *inputs; /* what was read */
	size_t inputs_n;
	const struct origins *origins; /* NULL: a single input */
	const struct packet_counts *packets;
	const struct summary *summary;
	int64_t first_ns, last_ns; /* of the whole input */
	bool has_time;
	uint64_t connections_reported; /* that passed the selection */
};

#endif
