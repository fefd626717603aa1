/*
 * copy.h - packets that stand in the capture twice (R1.11, R8.15).
 */
#ifndef TCPCONN_COPY_H
#define TCPCONN_COPY_H

#include "engine/conn.h"

/*
 * Whether o repeats an earlier packet of its sender bit for bit; raises
 * R6.9 or R6.20 if so. Otherwise remembers it. To be called before any
 * other analysis; o needs s, e, t and seg only.
 */
bool copy_check(struct conn *c, struct obs *o);

/* Room for more recent packets of x; false when memory ran out. */
bool copy_make_room(struct endpoint *x);

/* One number for header and payload of a packet. */
static inline uint32_t
copy_hash(const struct segment *seg)
{
	return seg->header_hash + sent_hash(seg->payload_hash << 1) + seg->len;
}

/* Remember a segment of x, seen at t. */
static inline void
copy_remember(
    struct endpoint *x, const struct segment *seg, int64_t t, uint32_t hash)
{
	struct recent *r;

	if (x->recent_next == x->recent_cap && x->recent_cap < RECENT &&
	    !copy_make_room(x))
		return;
	r = &x->recent[x->recent_next++ % RECENT];
	r->hash = hash;
	r->frame_no = seg->frame_no & SENT_FRAMES;
	r->t = t;
	r->ip_id = seg->has_ip_id ? seg->ip_id : 0;
	r->vlan_id = seg->vlan_id;
	r->ttl = seg->ttl;
	r->encap_n = seg->encap_n;
}

/* Remember a segment of x that cannot be a copy. */
static inline void
copy_note(struct endpoint *x, const struct segment *seg)
{
	if (x->rare != NULL)
		x->rare->copies_window <<= 1;
	copy_remember(x, seg, seg->ts_ns, copy_hash(seg));
}

/* Decide a pending copy of x when its time is up. */
void copy_expire(struct conn *c, enum side x, struct pending_resend *p);

#endif
