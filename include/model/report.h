/*
 * report.h - the report model: owned snapshots that reporters print.
 *
 * A reporter sees these and nothing of the engine. Durations are in
 * nanoseconds, sizes in bytes, frames count from 1; 0 as a frame number means
 * "none". Whatever may be unknown is a struct maybe.
 */
#ifndef TCPCONN_REPORT_H
#define TCPCONN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tally.h"
#include "model/trace.h"
#include "words/event.h"
#include "words/segment.h"
#include "words/tcpstate.h"

/* A number that may be unknown; zero never means "unknown". */
struct maybe {
	int64_t v;
	bool has;
};

static inline struct maybe
maybe_of(int64_t v)
{
	return (struct maybe){.v = v, .has = true};
}

enum outcome {
#define OUTCOME(id, name, label, opened) OUTCOME_##id,
#include "model/outcome.def"
#undef OUTCOME
	OUTCOME_COUNT
};

enum close_outcome {
#define CLOSE(id, name, label) CLOSE_##id,
#include "model/close.def"
#undef CLOSE
	CLOSE_COUNT
};

enum verdict_id {
#define VERDICT(id, name, rule, sev) VERDICT_##id,
#include "model/verdict.def"
#undef VERDICT
	VERDICT_COUNT
};

const char *outcome_name(enum outcome o);
const char *outcome_label(enum outcome o);
bool outcome_opened(enum outcome o);
const char *close_name(enum close_outcome c);
const char *close_label(enum close_outcome c);
const char *verdict_name(enum verdict_id v);
const char *verdict_rule(enum verdict_id v);
enum severity verdict_severity(enum verdict_id v); /* default, R9.22 */

/* How sure the client's role is (R2.4). */
enum certainty {
	CERTAINTY_POSSIBLE,
	CERTAINTY_PROBABLE,
	CERTAINTY_CERTAIN
};

/* Where the tap was (R1.4, R5.8). */
enum tap {
	TAP_UNKNOWN,
	TAP_AT_CLIENT,
	TAP_NEAR_CLIENT,
	TAP_MIDDLE,
	TAP_NEAR_SERVER,
	TAP_AT_SERVER,
};
const char *tap_name(enum tap t); /* NULL for TAP_UNKNOWN */

/* Why a 4-tuple was used again (R2.8 to R2.10); NULL name for NONE. */
enum reuse {
	REUSE_NONE,
	REUSE_AFTER_RST,
	REUSE_NEW_ISN,
	REUSE_BY_HOLDER,
	REUSE_EXPIRED,
	REUSE_TW_TS_GREATER,
	REUSE_TW_SEQ_GREATER,
	REUSE_SUPERSEDES, /* R2.12 */
	REUSE_TIMEOUT,    /* an earlier record timed out (R2.14) */
};
const char *reuse_name(enum reuse r);

/* Steps of handshake and teardown (INTERFACE section 5). */
enum step_id {
	STEP_SYN,          /* H1 */
	STEP_SYN_ACK,      /* H2 */
	STEP_ACK,          /* H3 */
	STEP_PEER_SYN,     /* second SYN of a simultaneous open */
	STEP_PEER_SYN_ACK, /* second SYN-ACK of a simultaneous open */
	STEP_FIN_1,        /* F1 */
	STEP_ACK_1,        /* F2 */
	STEP_FIN_2,        /* F3 */
	STEP_ACK_2,        /* F4 */
	STEP_RST,
	STEP_ID_COUNT
};
const char *step_name(enum step_id s); /* "syn", "syn-ack", "fin-1", ... */

/* One step: the first capture of the segment that made it (R4.12). */
struct step {
	enum step_id id;
	uint64_t frame_no;
	int64_t ts_ns;
	enum side from;
	uint16_t flags;           /* FLAG_ bits of the frame */
	uint32_t seq, ack;        /* raw; ack valid with FLAG_ACK */
	int64_t seq_rel, ack_rel; /* ISN is 0, first data byte is 1 */
	uint32_t len;             /* payload bytes */
	uint16_t wnd;             /* raw */
	uint32_t retransmissions;
	uint64_t proof_frame;   /* shows that it arrived; 0 if nothing does */
	struct tcp_options opt; /* of SYN and SYN-ACK */
};

#define HANDSHAKE_STEPS 6
#define TEARDOWN_STEPS 6

struct handshake_report {
	enum outcome outcome;
	struct step step[HANDSHAKE_STEPS];
	uint8_t steps_n;
	struct maybe server_half_ns, client_half_ns, irtt_ns, connect_time_ns;
	struct maybe server_half_low_ns; /* lower end of an ambiguous range */
	uint32_t syn_retries, syn_ack_retries;
	enum tap tap;
	/* first payload, from the first frame of the connection */
	struct maybe first_data_ns[2]; /* by enum side */
	struct maybe ttfb_ns, server_think_ns;
	bool client_half_inflated;    /* R5.4 */
	uint64_t first_attempt_frame; /* R2.12 (g) */
	const char
	    *tfo; /* NULL or requested, accepted, rejected, ... (R3.63) */
	const char *sub; /* NULL or e.g. "backscatter", "scan-fin" (R5.21) */
	uint64_t refusing_frame;         /* RST or ICMP error that refused */
	struct maybe refusing_ttl_match; /* 1 matches, 0 differs (R5.14) */
};

/* TIME-WAIT as a tap can know it (R3.64). */
struct time_wait {
	enum side holder;
	uint64_t enter_frame;
	int64_t enter_ns;         /* absolute time */
	uint64_t confirmed_frame; /* the holder's ACK of the FIN; 0 if none */
	uint32_t fin_retransmissions; /* absorbed in it */
	uint32_t other_segments;
	struct maybe reuse_after_ns; /* next SYN on the tuple */
};

struct teardown_report {
	enum close_outcome close;
	uint8_t segments; /* 3 or 4 of a graceful close, else 0 */
	struct step step[TEARDOWN_STEPS];
	uint8_t steps_n;
	struct maybe total_ns, f1_f2_ns, f2_f3_ns, f3_f4_ns;
	struct maybe data_to_rst_ns, idle_before_rst_ns; /* R7.12 */
	struct time_wait time_wait[2];
	uint8_t time_wait_n;
	struct maybe unacked_bytes[2]; /* R7.11, by enum side */
	struct maybe after_bytes[2];   /* payload before an RST (R7.5) */
	struct maybe unread_bytes;     /* unacked by the resetter (R7.5) */
	const char *sub;               /* NULL or e.g. "linger0" */
	bool has_resetter;
	enum side resetter;
};

/* One transition of one endpoint. */
struct transition {
	uint8_t state;  /* enum tcp_state */
	bool presumed;  /* still not proved at the end (R3.1) */
	enum side side; /* whose */
	uint64_t frame_no;
	int64_t ts_ns;
	uint64_t revoked_frame; /* the frame that undid it (R3.60), 0: stands */
	uint64_t confirmed_frame; /* proved it; 0: own segment or never */
	const char *rule;         /* static, e.g. "R3.15" */
};

struct rtt_report {
	uint64_t samples;
	const char *method; /* "ack", "timestamps", "ack+timestamps" or NULL */
	struct maybe min, p50, p90, p99, max, smoothed; /* ns */
	struct maybe p50_nodelack;                      /* R8.3 */
};

/* What one side sent, and what became of it. */
struct side_report {
	uint8_t addr[16];
	uint16_t port;
	uint64_t packets, bytes; /* segments and IP bytes, capture copies out */
	uint64_t payload_bytes;  /* with resends */
	uint64_t unique_bytes;   /* distinct payload bytes seen */
	uint64_t data_packets;
	uint64_t retransmitted_packets, retransmitted_bytes;
	uint64_t out_of_order, duplicate_acks, stretch_acks, capture_duplicates;
	struct maybe zero_window_ns;         /* time its own window was zero */
	struct maybe window_min, window_max; /* scaled, bytes */
	struct maybe window_scale;           /* shift in effect */
	struct rtt_report rtt; /* from its segments to their ACKs at the tap */
	struct maybe loss_downstream, loss_upstream, loss_capture; /* ppm */
	struct maybe max_flight_bytes;
	struct maybe idle_ns;
	struct maybe throughput_bps, goodput_bps;
	bool has_options; /* its SYN or SYN-ACK was seen */
	struct tcp_options options;
	bool isn_known;
	uint32_t isn;
};

#define VERDICT_FRAMES 6
#define VERDICT_SENTENCE 240

struct verdict {
	enum verdict_id id;
	enum severity severity;
	char sentence[VERDICT_SENTENCE];
	uint64_t frames[VERDICT_FRAMES];
	uint8_t frames_n;
};

#define VERDICT_ALSO 8
#define OTHER_ENCAPS 3
#define ZEEK_HISTORY_MAX 33 /* with '\0' */

struct conn; /* of the engine */

struct conn_report {
	uint32_t number; /* order of appearance, from 1 */
	uint8_t version; /* 4 or 6 */
	uint32_t tunnel; /* as in struct flow_key */
	uint16_t vlan;   /* the same */
	uint8_t encap_n;
	uint8_t encap[ENCAP_DEPTH]; /* enum encap */
	enum certainty certainty;   /* of the roles */
	enum reuse reuse;
	uint32_t continues; /* number of the record it continues, 0 none */
	uint64_t other_encap[OTHER_ENCAPS]; /* first frames of other records of
					     * the same connection (R2.3) */
	uint8_t other_encap_n;
	uint64_t judged_frame; /* of the one judged in its stead, or 0 */
	bool evicted;          /* flushed before its end (R1.36) */
	bool alike;            /* one of many, as summary_add() told */
	bool history_truncated, holes_merged, one_way;
	uint64_t first_frame, last_frame;
	int64_t first_ns, last_ns;
	struct side_report side[2]; /* by enum side */
	struct handshake_report handshake;
	struct teardown_report teardown;
	const char *zeek_conn_state;         /* static; NULL: not known */
	char zeek_history[ZEEK_HISTORY_MAX]; /* "": not known */
	struct verdict verdict;
	struct verdict also[VERDICT_ALSO];
	uint8_t also_n;
	enum severity worst;           /* of verdict and all events */
	struct transition *transition; /* owned; in order of frames */
	uint32_t transitions_n;
	struct event *event;                /* owned; by frame, then by rule */
	uint32_t events_n;                  /* events with details */
	bool uneventful;                    /* all counts are known to be 0 */
	uint32_t kind_count[ANOMALY_COUNT]; /* exact */
	/* conn_report_say(): by whom, of what; NULL once it is done */
	void (*say)(struct conn_report *r);
	const struct conn *conn; /* borrowed, the engine's alone */
	struct trace *trace;     /* owned; NULL unless it was wanted */
};

/* Free what r owns and r itself. NULL is fine. */
void conn_report_free(struct conn_report *r);

/*
 * Write the sentences of the verdicts of r, which are empty until then: most
 * connections are counted and nothing else. While r is borrowed.
 */
void conn_report_say(struct conn_report *r);

/* Free what r owns. */
void conn_report_fini(struct conn_report *r);

/*
 * A copy of a borrowed report on the heap, to be kept: what r owned becomes
 * the copy's. NULL when memory ran out; r is then as it was.
 */
struct conn_report *conn_report_take(struct conn_report *r);

/* Whether the verdict is warn or error (R9.22). */
bool conn_report_needs_attention(const struct conn_report *r);

#endif
