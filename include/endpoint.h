/*
 * endpoint.h - observing one segment: its numbers in 64 bits, whether it is
 * plausible, and what it says of windows and options (RULEBOOK 1.2, 1.3).
 */
#ifndef TCPCONN_ENDPOINT_H
#define TCPCONN_ENDPOINT_H

#include "conn.h"

/*
 * Unwrap seq and ack into o (R1.12 to R1.14), opening the spaces of both
 * sides where this segment is the first to speak of them (R1.13). False when
 * the sequence number is wild.
 */
bool endpoint_unwrap(struct conn *c, struct obs *o);

/*
 * R1.27: may o update state? Raises R6.5 and R6.6, keeps the quarantine and
 * resynchronizes (R6.91). Sets o->plausible and o->ack_ok.
 */
void endpoint_judge(struct conn *c, struct obs *o, bool wild);

/* Options of SYNs, and what later segments teach (R1.24 to R1.26, R1.6). */
void endpoint_options(struct conn *c, struct obs *o);

/* Window of the sender (R1.23); after the ACK and sequence sides. */
void endpoint_window(struct conn *c, struct obs *o);

/* Time stamps, TTL and IP ID of the sender; last of all. */
void endpoint_learn(struct conn *c, struct obs *o);

/* Time-stamp echoes (R8.4): how long the peer of o took to return one. */
void endpoint_echo(struct conn *c, const struct obs *o);

/* Largest payload x may send in o: MSS less its options (R1.25). */
uint32_t
endpoint_payload_limit(const struct endpoint *x, const struct segment *seg);

/*
 * How far below its peer's SND.NXT a segment or ACK may lie that ep can still
 * take, bytes (R1.27 (II) and (IV)).
 */
uint64_t endpoint_back_window(const struct endpoint *ep);

/* Whether x's IP IDs are a monotone counter (R8.31 (b)). */
bool endpoint_ip_id_counts(const struct endpoint *x);

#endif
