/*
 * incarnation.h - is a SYN on a known tuple the same connection or a new one
 * (R2.7 to R2.12)? And who is the client (R2.4)?
 */
#ifndef TCPCONN_INCARNATION_H
#define TCPCONN_INCARNATION_H

#include "engine/conn.h"

enum incarnation {
	INCARNATION_SAME, /* belongs to the record */
	INCARNATION_NEW,  /* starts another */
	INCARNATION_PEND, /* its peer's answer decides */
};

struct incarnation_verdict {
	enum incarnation result;
	enum reuse reuse;
	bool isn_changed; /* R6.66 on the new record */
	bool tw_unsafe;   /* R6.68 */
};

/* seg is a bare SYN and k the latest record of its tuple. */
struct incarnation_verdict
incarnation_of_syn(const struct conn *k, const struct segment *seg);

/* What a segment says of the SYN that k holds pended (R2.12). */
enum pend_result {
	PEND_WAITS, /* still open */
	PEND_NEW,   /* the SYN started a new connection */
	PEND_STAYS, /* it belongs to k */
};

enum pend_result incarnation_resolve(struct conn *k, const struct segment *seg);

/* R2.12: k ends, without its pended SYN and the repeats, its successor's. */
void incarnation_give_away(struct conn *k);

/* R2.12 (g): the record ends with the SYN still pended. */
bool incarnation_at_end(const struct conn *k);

/*
 * R2.4: the dir of the client by the first segment seen, and how certain.
 */
uint8_t incarnation_client(const struct segment *seg, const uint16_t *service,
    size_t service_n, enum certainty *certainty);

/* R2.5: roles that were a guess, when seg is a SYN or SYN-ACK that tells them.
 */
void incarnation_check_roles(struct conn *c, const struct segment *seg);

/* A SYN-ACK of other numbers on a closed record: its SYN was not captured. */
bool incarnation_starts_anew(const struct conn *k, const struct segment *seg);

#endif
