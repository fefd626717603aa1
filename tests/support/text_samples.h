/*
 * text_samples.h - connections made by hand, for tests of the text report.
 * They are the caller's, to be freed with conn_report_free().
 */
#ifndef TCPCONN_TEXT_SAMPLES_H
#define TCPCONN_TEXT_SAMPLES_H

#include "model/report.h"

/* 2026-11-22 10:00:00.123456 UTC */
#define TEXT_START_NS INT64_C(1795341600123456000)

/*
 * E1 of the rulebook: 192.0.2.10:43210 opens to 198.51.100.34:443 (frames 1 to
 * 3), one request and answer (4 to 7), the client closes in four segments (8
 * to 11). Nothing is wrong.
 */
struct conn_report *text_clean(void);

/* The same with the server's FIN in the segment of its ACK (frame 9). */
struct conn_report *text_three_segments(void);

/* Number 2: a SYN in frame 12 that a RST in frame 13 refuses. */
struct conn_report *text_refused(void);

/* Number 3: SYNs in frames 14, 15 and 16, none answered. */
struct conn_report *text_no_answer(void);

/*
 * Number 4, over IPv6: one segment seen from the middle on; whatever may be
 * unknown is unknown, and so is which side is the client.
 */
struct conn_report *text_unknown(void);

/* Number 5: as text_clean(), but the server resets it in frame 8. */
struct conn_report *text_reset(void);

/* Number 6: as text_clean() without the SYN in the capture. */
struct conn_report *text_syn_unseen(void);

/* Number 7: the SYN-ACK confirms a wrong number and has an option of its own.
 */
struct conn_report *text_bad_answer(void);

/* The fields that reports with the same sides share; number is from 1. */
struct conn_report *text_bare(uint32_t number);

/* Add an event of kind in frame_no, sent by from, and count it. */
struct event *text_event(struct conn_report *r, enum anomaly_kind kind,
    uint64_t frame_no, int64_t ms, enum side from);

#endif
