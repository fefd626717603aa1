/*
 * sample_report.h - connection reports made by hand, for tests of reporters.
 *
 * Both are the caller's, to be freed with conn_report_free(). They never fail.
 */
#ifndef TCPCONN_SAMPLE_REPORT_H
#define TCPCONN_SAMPLE_REPORT_H

#include "model/report.h"

/* 2026-11-22 10:00:00.123456789 UTC */
#define SAMPLE_START_NS INT64_C(1795341600123456789)

/*
 * Number 1: a whole connection over IPv4 in a VLAN. Handshake in frames 1 to
 * 3, a request (4) that is lost behind the tap and sent again after the timer
 * (5), the answer (7), and the client's close in frames 9 to 12. Two events:
 * retransmission-rto at frame 5 and dup-ack at frame 8.
 *
 *  frame   ms
 *  1        0.000  C>S SYN       seq 305419896
 *  2       20.000  S>C SYN,ACK   seq 2271560481
 *  3       21.000  C>S ACK
 *  4       22.000  C>S PSH,ACK   100 bytes
 *  5      252.000  C>S PSH,ACK   the same again
 *  6      272.000  S>C ACK
 *  7      280.000  S>C PSH,ACK   200 bytes
 *  8      281.000  C>S ACK
 *  9      290.000  C>S FIN,ACK
 *  10     310.000  S>C ACK
 *  11     311.000  S>C FIN,ACK
 *  12     312.000  C>S ACK
 */
struct conn_report *sample_report(void);

/*
 * A connection over IPv6 of which one data segment (frame 13) was seen:
 * whatever may be unknown is unknown.
 */
struct conn_report *sample_bare_report(uint32_t number);

#endif
