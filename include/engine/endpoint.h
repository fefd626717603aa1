/*
 * endpoint.h - observing one segment: its numbers in 64 bits, whether it is
 * plausible, and what it says of windows and options (RULEBOOK 1.2, 1.3).
 */
#ifndef TCPCONN_ENDPOINT_H
#define TCPCONN_ENDPOINT_H

#include "engine/conn.h"

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

/* The part of it that speaks of time stamps, which o has (R1.26). */
void endpoint_note_times(struct conn *c, const struct obs *o);

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

/*
 * The entry e of y arrived, which ends at end. After the timer fired only what
 * was sent before it tells whether the timer was right (RFC 5682).
 */
static inline void
endpoint_arrived(struct endpoint *y, const struct sent *e, uint64_t end)
{
	if (e->tx == 1 && !e->ambiguous &&
	    (!y->in_loss || end <= y->loss_point))
		y->once_n++;
}

/* Whether x's IP IDs are a monotone counter (R8.31 (b)). */
bool endpoint_ip_id_counts(const struct endpoint *x);

/* R1.23: the window of o, with a what it acknowledges. */
static inline void
endpoint_take_window(struct endpoint *x, const struct obs *o, uint64_t a)
{
	if (x->has_wnd && !(o->s > x->wl1 || (o->s == x->wl1 && a >= x->wl2)))
		return;
	x->has_wnd = true;
	x->wl1 = o->s;
	x->wl2 = a;
	x->wnd = o->w;
	x->edge = a + o->w;
	if (x->edge > x->edge_max)
		x->edge_max = x->edge;
	if (o->w > x->max_wnd)
		x->max_wnd = o->w;
	x->zero_wnd = o->w == 0 && !o->syn && !o->fin;
	if (o->syn)
		return;
	if (!x->has_wnd_range || o->w < x->wnd_min)
		x->wnd_min = o->w;
	if (o->w > x->wnd_max_seen)
		x->wnd_max_seen = o->w;
	x->has_wnd_range = true;
}

/* Steps of a counter that others use too: forwards, and not by much. */
#define IP_ID_BACK 200
#define IP_ID_AHEAD 1000

/* How x numbers its packets. */
static inline void
endpoint_note_ip_id(struct endpoint *x, uint16_t id)
{
	int16_t step = (int16_t)(uint16_t)(id - x->last_ip_id);

	if (x->ip_id_seen && (id | x->last_ip_id) != 0 &&
	    x->id_steps < UINT16_MAX) {
		x->id_steps++;
		if (step == 1)
			x->id_ones++;
		if (step >= -IP_ID_BACK && step <= IP_ID_AHEAD && step != 0)
			x->id_monotone++;
	}
	x->ip_id_seen = true;
	x->last_ip_id = id;
}

/* Majority vote over the TTLs seen. */
static inline void
endpoint_note_ttl(struct endpoint *x, uint8_t ttl)
{
	if (x->ttl == ttl && x->ttl_votes > 0) {
		if (x->ttl_votes < UINT8_MAX)
			x->ttl_votes++;
	} else if (x->ttl_votes == 0) {
		x->ttl = ttl;
		x->ttl_votes = 1;
	} else {
		x->ttl_votes--;
	}
}

#endif
