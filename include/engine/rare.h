/*
 * rare.h - what only troubled directions of a connection need.
 */
#ifndef TCPCONN_RARE_H
#define TCPCONN_RARE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/eventlog.h"

/* Bad checksums whose events can be taken back. */
#define BAD_SUMS 8

/* A zero-window episode of the receiver (R6.39). */
struct zero_window {
	bool open;
	int64_t since;
	int64_t opened_t; /* end of the latest episode, 0: none */
	struct event_ref ref;
	uint32_t repeats;
	uint32_t tsval, opened_tsval; /* of the segments that closed and
					 opened it; valid with has_ts */
	bool has_ts;
};

/* Resends that tell of loss, exact whatever details are kept (R9.10). */
struct loss_count {
	uint32_t resends, rto; /* all of them, and those by the timer */
};

/* Rare counters and episodes of one direction, allocated when needed. */
struct endpoint_rare {
	struct zero_window zero;
	int64_t zero_ns;
	uint32_t probes_in_row;
	bool probe_unanswered;
	uint64_t probe_end; /* s+1 of an uncounted probe byte, 0: none */
	uint32_t keepalives, keepalives_unanswered;
	bool keepalive_open;
	int64_t keepalive_t;
	uint64_t keepalive_frame;
	bool keepalive_warned;
	/* checksum statistics (R6.83) */
	uint32_t bad_sums, bad_refs_n;
	uint16_t bad_delta; /* got - want of the first bad one */
	struct event_ref bad_refs[BAD_SUMS]; /* their events, to take back */
	/* data with an older time stamp, which its peer may take (R6.73) */
	uint64_t other_clock_end;                   /* 0: none waits */
	uint32_t other_clock_first, other_clock_hi; /* TSval */
	struct event_ref paws_ref;
	uint32_t bad_echoes; /* R6.74 */
	/* quarantine (R1.27) */
	uint32_t quarantine_raw, quarantine_n;
	struct event_ref quarantine_ref[3];
	/* silly window */
	uint32_t small_windows, small_segments;
	/* pmtu (R6.94) */
	uint64_t pmtu_s, pmtu_una, pmtu_frames[3];
	uint64_t pmtu_small, pmtu_was, pmtu_small_frame;
	uint32_t pmtu_rtos;
	bool pmtu_raised;
	bool icmp_too_big;
	uint32_t icmp_mtu;
	/* delayed-ack stalls (R6.95) */
	uint32_t nagle_n;
	int64_t nagle_ns;
	int64_t nagle_ack_t;
	int64_t nagle_wait;
	struct event_ref nagle_ref;
	/* resets */
	uint32_t copies_window; /* last 32 segments: 1 for a copy */
	uint32_t copies_network, copies_capture; /* decided (R8.15) */
	uint32_t reneg_n;
	/* SACK blocks off by a constant: its bounds, and the event (R6.36) */
	uint32_t sack_shift_n;
	int64_t sack_shift_low, sack_shift_high;
	struct event_ref sack_shift_ref;
	int64_t rto_wait_ns; /* time lost in waits that ended by a timer */
	uint64_t resent_down_bytes, resent_up_bytes;
	struct loss_count lost_down, lost_up; /* after, before the tap */
	struct loss_count lost_hints;         /* before it, but only possible */
	uint64_t gap_bytes;                   /* missing from the capture */
	/* marks of congestion, and what the peer tells of them (R6.85) */
	uint32_t ce_seen, ce_unechoed;
	uint32_t ce_before;  /* ce_seen before the mark that waits */
	uint32_t ace_n;      /* steps of the peer's counter (RFC 9768) */
	uint32_t ace_before; /* the same when the wait began */
	int64_t ce_t;
	uint64_t ce_frame, ce_end;
	uint8_t ace; /* the counter */
	bool has_ace, ce_waiting;
	uint32_t unanswered; /* resends after the last word of the peer */
};

#endif
