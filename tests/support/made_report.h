/*
 * made_report.h - parts of connection reports that tests write by hand.
 */
#ifndef TCPCONN_MADE_REPORT_H
#define TCPCONN_MADE_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "model/report.h"

#define MADE_CLIENT_ISN 305419896U
#define MADE_SERVER_ISN 2271560481U

/* calloc that ends the test where memory runs out; the caller owns it. */
void *made_zeroed(size_t n, size_t size);

struct maybe made_ms(int64_t v);

/* The segment of a step; seq_rel and ack_rel count from the ISNs above. */
struct step made_step(enum step_id id, uint64_t frame_no, int64_t ts_ns,
    enum side from, uint16_t flags, int64_t seq_rel, int64_t ack_rel);

#endif
