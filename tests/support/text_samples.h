/*
 * text_samples.h - connections and captures made by hand, for tests of the
 * text report, and a way to run that report into a string.
 */
#ifndef TCPCONN_TEXT_SAMPLES_H
#define TCPCONN_TEXT_SAMPLES_H

#include "reader.h"
#include "report.h"

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

/* The fields that reports with the same sides share; number is from 1. */
struct conn_report *text_bare(uint32_t number);

/* Add an event of kind in frame_no, sent by from, and count it. */
struct event *text_event(struct conn_report *r, enum anomaly_kind kind,
    uint64_t frame_no, int64_t ms, enum side from);

/* The input around them: up to TEXT_INPUTS captures, no packets left out. */
#define TEXT_INPUTS 2

struct text_input {
	struct capture_info info[TEXT_INPUTS];
	size_t n;
	struct packet_counts packets;
};

struct text_input text_input(void);

/*
 * Run the text report over the n reports, which it takes, and return what it
 * wrote, to be freed by the caller. The input stands behind reader_info()
 * until the next call.
 */
char *text_run(const struct text_input *in, const struct report_options *o,
    struct conn_report **reports, size_t n);

/* ASCII, no colour, this many columns. */
struct report_options text_options(unsigned width);

#endif
