/*
 * jot.c - segments as what differs from those before them.
 *
 * A jot begins with HEAD_ bits that tell what it holds: time, frame number,
 * time stamp and hash of an ACK in order, more for others. All its parts have
 * fixed sizes, so that they are written and read without a loop.
 */
#include "engine/jot.h"

#include <string.h>

/* Head of a jot. */
enum {
	HEAD_DIR = 1 << 0,
	HEAD_PSH = 1 << 1,
	HEAD_OTHER = 1 << 2, /* another header than the lane's latest */
	HEAD_ACK = 1 << 3,   /* does not acknowledge all */
	HEAD_WINDOW = 1 << 4,
	HEAD_IP_ID = 1 << 5, /* does not count up by 1 */
	HEAD_ECHO = 1 << 6,  /* is not the peer's latest time stamp */
	HEAD_DATA = 1 << 7,
	HEAD_FAR = 1 << 8, /* from the one before, so that it takes more room */
};

/* What hardly changes within a direction. */
enum {
	JOT_IP_ID = 1 << 0,
	JOT_DONT_FRAGMENT = 1 << 1,
	JOT_GOOD_SUM = 1 << 2,
	JOT_NO_SUM = 1 << 3, /* not computed yet (R6.83) */
	JOT_TIMESTAMPS = 1 << 4,
	JOT_ECN_AT = 6, /* the codepoint stands in the two highest bits */
};

#define SYN_OPTIONS (OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED | OPT_TIMESTAMPS)

bool
jot_fits(const struct segment *seg)
{
	uint32_t ip = seg->ip_bytes - seg->len - seg->header_bytes;
	unsigned options =
	    segment_has(seg, FLAG_SYN) ? SYN_OPTIONS : OPT_TIMESTAMPS;

	return seg->fault == FAULT_NONE && seg->encap_n == 0 &&
	       seg->vlan_id == 0 && seg->key.tunnel == 0 &&
	       seg->key.vlan == 0 && !seg->len_guessed && seg->urg == 0 &&
	       (seg->flags & ~(FLAG_FIN | FLAG_SYN | FLAG_PSH | FLAG_ACK |
				 FLAG_ECE | FLAG_CWR)) == 0 &&
	       seg->checksum != CHECKSUM_BAD && seg->len <= UINT16_MAX &&
	       seg->payload_cap == seg->len && seg->opt.bad_kind == 0 &&
	       !seg->opt.cut && (seg->opt.has & ~options) == 0 && ip % 4 == 0 &&
	       ip / 4 < 16;
}

bool
jot_follows(const struct jot_context *after, const struct segment *seg)
{
	return seg->ts_ns >= after->ts_ns && seg->frame_no >= after->frame_no;
}

static uint8_t
bits_of(const struct segment *seg)
{
	return (uint8_t)((seg->has_ip_id ? JOT_IP_ID : 0) |
			 (seg->dont_fragment ? JOT_DONT_FRAGMENT : 0) |
			 (seg->checksum == CHECKSUM_GOOD ? JOT_GOOD_SUM : 0) |
			 (seg->checksum == CHECKSUM_PARTIAL ? JOT_NO_SUM : 0) |
			 (seg->opt.has & OPT_TIMESTAMPS ? JOT_TIMESTAMPS : 0) |
			 seg->ecn << JOT_ECN_AT);
}

static uint8_t
headers_of(const struct segment *seg)
{
	uint32_t ip = seg->ip_bytes - seg->len - seg->header_bytes;

	return (uint8_t)(ip / 4 << 4 | (unsigned)seg->header_bytes / 4);
}

/* The opposite of both, when the length is known. */
static void
header_get(struct segment *seg, uint8_t bits, uint8_t headers)
{
	seg->has_ip_id = bits & JOT_IP_ID;
	seg->dont_fragment = bits & JOT_DONT_FRAGMENT;
	seg->checksum = bits & JOT_GOOD_SUM ? CHECKSUM_GOOD
			: bits & JOT_NO_SUM ? CHECKSUM_PARTIAL
					    : CHECKSUM_UNKNOWN;
	seg->ecn = bits >> JOT_ECN_AT;
	seg->header_bytes = (uint16_t)((headers & 15) * 4);
	seg->ip_bytes = seg->len + seg->header_bytes + (headers >> 4) * 4u;
}

/* --- the first ---------------------------------------------------------- */

void
jot_syn_note(struct jot_syn *j, const struct segment *seg)
{
	j->ts_ns = seg->ts_ns;
	j->seq = seg->seq;
	j->ack = seg->ack;
	j->tsval = seg->opt.tsval;
	j->tsecr = seg->opt.tsecr;
	j->header_hash = seg->header_hash;
	j->frame_low = (uint32_t)seg->frame_no;
	j->frame_high = (uint16_t)(seg->frame_no >> 32);
	j->wnd = seg->wnd;
	j->ip_id = seg->ip_id;
	j->mss = seg->opt.mss;
	j->options = (uint8_t)seg->opt.has;
	j->wscale = seg->opt.wscale;
	j->flags = (uint8_t)seg->flags;
	j->dir = seg->dir;
	j->bits = bits_of(seg);
	j->ttl = seg->ttl;
	j->headers = headers_of(seg);
}

void
jot_syn_get(const struct jot_syn *j, struct segment *seg)
{
	seg->ts_ns = j->ts_ns;
	seg->frame_no = (uint64_t)j->frame_high << 32 | j->frame_low;
	seg->dir = j->dir;
	seg->seq = j->seq;
	seg->ack = j->ack;
	seg->flags = j->flags;
	seg->wnd = j->wnd;
	seg->ip_id = j->ip_id;
	seg->ttl = j->ttl;
	seg->header_hash = j->header_hash;
	seg->opt.has = j->options;
	seg->opt.mss = j->mss;
	seg->opt.wscale = j->wscale;
	seg->opt.tsval = j->tsval;
	seg->opt.tsecr = j->tsecr;
	header_get(seg, j->bits, j->headers);
}

/* --- the context -------------------------------------------------------- */

/* SND.NXT after seg. */
static uint32_t
next_after(const struct segment *seg)
{
	return seg->seq + seg->len + segment_has(seg, FLAG_SYN) +
	       segment_has(seg, FLAG_FIN);
}

static struct jot_lane
lane_after(const struct segment *seg)
{
	return (struct jot_lane){.next = next_after(seg),
	    .acked = seg->ack,
	    .tsval = seg->opt.tsval,
	    .wnd = seg->wnd,
	    .ip_id = seg->ip_id,
	    .bits = bits_of(seg),
	    .headers = headers_of(seg),
	    .ttl = seg->ttl};
}

static void
advance(struct jot_context *x, const struct segment *seg, struct jot_lane after)
{
	x->ts_ns = seg->ts_ns;
	x->frame_no = seg->frame_no;
	x->lane[seg->dir] = after;
}

void
jot_begin(struct jot_context *x, const struct segment *syn)
{
	memset(x, 0, sizeof(*x));
	advance(x, syn, lane_after(syn));
}

/* IP IDs of a direction count up, if it has any. */
static uint16_t
expected_ip_id(const struct jot_lane *l, uint8_t bits)
{
	return (uint16_t)(l->ip_id + ((bits & JOT_IP_ID) != 0));
}

/* --- jots --------------------------------------------------------------- */

static inline uint8_t *
put(uint8_t *p, const void *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static inline const uint8_t *
get(const uint8_t *p, void *to, size_t n)
{
	memcpy(to, p, n);
	return p + n;
}

/* How far a segment is from those before it. */
struct step {
	uint64_t time, frames;
	uint32_t tsval; /* from the lane's latest; a SYN begins anew */
};

/* Most are so near that all three fill 8 bytes: 4 s of a busy link. */
#define NEAR_FRAMES_AT 32
#define NEAR_TSVAL_AT 52

static bool
is_near(const struct step *d)
{
	return d->time >> NEAR_FRAMES_AT == 0 &&
	       d->frames >> (NEAR_TSVAL_AT - NEAR_FRAMES_AT) == 0 &&
	       d->tsval >> (64 - NEAR_TSVAL_AT) == 0;
}

static uint8_t *
write_step(uint8_t *p, const struct step *d, bool far)
{
	uint64_t near = d->time | d->frames << NEAR_FRAMES_AT |
			(uint64_t)d->tsval << NEAR_TSVAL_AT;

	return far ? put(p, d, sizeof(*d)) : put(p, &near, sizeof(near));
}

static const uint8_t *
read_step(const uint8_t *p, struct step *d, bool far)
{
	uint64_t near;

	if (far)
		return get(p, d, sizeof(*d));
	p = get(p, &near, sizeof(near));
	d->time = (uint32_t)near;
	d->frames = near << (64 - NEAR_TSVAL_AT) >>
		    (64 - NEAR_TSVAL_AT + NEAR_FRAMES_AT);
	d->tsval = (uint32_t)(near >> NEAR_TSVAL_AT);
	return p;
}

/* The parts that seg needs, after which its lane is *after. */
static uint16_t
head_of(const struct jot_context *x, const struct segment *seg,
    const struct jot_lane *after)
{
	const struct jot_lane *me = &x->lane[seg->dir];
	const struct jot_lane *peer = &x->lane[!seg->dir];
	unsigned head = seg->dir != 0 ? HEAD_DIR : 0;

	if (segment_has(seg, FLAG_PSH))
		head |= HEAD_PSH;
	if ((seg->flags & ~(unsigned)FLAG_PSH) != FLAG_ACK ||
	    me->bits != after->bits || me->headers != after->headers ||
	    me->ttl != after->ttl)
		head |= HEAD_OTHER;
	if (seg->ack != peer->next)
		head |= HEAD_ACK;
	if (seg->wnd != me->wnd)
		head |= HEAD_WINDOW;
	if (seg->ip_id != expected_ip_id(me, after->bits))
		head |= HEAD_IP_ID;
	if (seg->opt.tsecr != peer->tsval)
		head |= HEAD_ECHO;
	if (seg->len > 0)
		head |= HEAD_DATA;
	return (uint16_t)head;
}

static uint8_t *
write_syn(uint8_t *p, const struct segment *seg)
{
	p = put(p, &seg->seq, sizeof(seg->seq));
	p = put(p, &seg->opt.tsval, sizeof(seg->opt.tsval));
	p = put(p, &seg->opt.has, sizeof(seg->opt.has));
	p = put(p, &seg->opt.mss, sizeof(seg->opt.mss));
	return put(p, &seg->opt.wscale, sizeof(seg->opt.wscale));
}

static const uint8_t *
read_syn(const uint8_t *p, struct segment *seg)
{
	p = get(p, &seg->seq, sizeof(seg->seq));
	p = get(p, &seg->opt.tsval, sizeof(seg->opt.tsval));
	p = get(p, &seg->opt.has, sizeof(seg->opt.has));
	p = get(p, &seg->opt.mss, sizeof(seg->opt.mss));
	return get(p, &seg->opt.wscale, sizeof(seg->opt.wscale));
}

static size_t
head_bytes(uint32_t len)
{
	return len < SEGMENT_HEAD ? len : SEGMENT_HEAD;
}

static uint8_t *
write_payload(uint8_t *p, const struct segment *seg)
{
	uint16_t len = (uint16_t)seg->len;

	p = put(p, &len, sizeof(len));
	p = put(p, &seg->payload_hash, sizeof(seg->payload_hash));
	memcpy(p, seg->head, SEGMENT_HEAD); /* the rest is overwritten */
	return p + head_bytes(len);
}

static const uint8_t *
read_payload(const uint8_t *p, struct segment *seg)
{
	uint16_t len;

	p = get(p, &len, sizeof(len));
	seg->len = seg->payload_cap = len;
	p = get(p, &seg->payload_hash, sizeof(seg->payload_hash));
	memset(seg->head, 0, sizeof(seg->head));
	return get(p, seg->head, head_bytes(len));
}

size_t
jot_write(
    struct jot_context *x, const struct segment *seg, uint8_t out[JOT_MAX])
{
	const struct jot_lane *me = &x->lane[seg->dir];
	const struct jot_lane after = lane_after(seg);
	const struct step step = {
	    .time = (uint64_t)seg->ts_ns - (uint64_t)x->ts_ns,
	    .frames = seg->frame_no - x->frame_no,
	    .tsval = segment_has(seg, FLAG_SYN) ? 0 : after.tsval - me->tsval};
	uint16_t head = head_of(x, seg, &after);
	uint8_t *p = out;

	if (!is_near(&step))
		head |= HEAD_FAR;
	p = put(p, &head, sizeof(head));
	p = put(p, &seg->header_hash, sizeof(seg->header_hash));
	p = write_step(p, &step, head & HEAD_FAR);
	if (head & HEAD_OTHER) {
		*p++ = (uint8_t)seg->flags;
		*p++ = after.bits;
		*p++ = after.headers;
		*p++ = after.ttl;
	}
	if (segment_has(seg, FLAG_SYN))
		p = write_syn(p, seg);
	if (head & HEAD_ACK)
		p = put(p, &seg->ack, sizeof(seg->ack));
	if (head & HEAD_WINDOW)
		p = put(p, &seg->wnd, sizeof(seg->wnd));
	if (head & HEAD_IP_ID)
		p = put(p, &seg->ip_id, sizeof(seg->ip_id));
	if (head & HEAD_ECHO)
		p = put(p, &seg->opt.tsecr, sizeof(seg->opt.tsecr));
	if (head & HEAD_DATA)
		p = write_payload(p, seg);
	advance(x, seg, after);
	return (size_t)(p - out);
}

/* What there is in every jot, and in those with another header. */
static const uint8_t *
read_header(struct jot_context *x, const uint8_t *p, unsigned head,
    struct segment *seg, struct jot_lane *me)
{
	struct step step;

	p = get(p, &seg->header_hash, sizeof(seg->header_hash));
	p = read_step(p, &step, head & HEAD_FAR);
	x->ts_ns = (int64_t)((uint64_t)x->ts_ns + step.time);
	x->frame_no += step.frames;
	me->tsval += step.tsval;
	seg->ts_ns = x->ts_ns;
	seg->frame_no = x->frame_no;
	seg->flags = FLAG_ACK | (head & HEAD_PSH ? FLAG_PSH : 0);
	if (head & HEAD_OTHER) {
		seg->flags = *p++;
		me->bits = *p++;
		me->headers = *p++;
		me->ttl = *p++;
	}
	seg->opt.has = me->bits & JOT_TIMESTAMPS ? OPT_TIMESTAMPS : 0;
	seg->opt.tsval = me->tsval;
	seg->ttl = me->ttl;
	return p;
}

/* Numbers that follow from what both sides sent before. */
static const uint8_t *
read_numbers(const uint8_t *p, unsigned head, struct segment *seg,
    struct jot_lane *me, const struct jot_lane *peer)
{
	seg->seq = me->next;
	seg->opt.mss = seg->opt.wscale = 0;
	if (segment_has(seg, FLAG_SYN)) {
		p = read_syn(p, seg);
		me->tsval = seg->opt.tsval;
	}
	me->acked = peer->next;
	if (head & HEAD_ACK)
		p = get(p, &me->acked, sizeof(me->acked));
	if (head & HEAD_WINDOW)
		p = get(p, &me->wnd, sizeof(me->wnd));
	me->ip_id = expected_ip_id(me, me->bits);
	if (head & HEAD_IP_ID)
		p = get(p, &me->ip_id, sizeof(me->ip_id));
	seg->opt.tsecr = peer->tsval;
	if (head & HEAD_ECHO)
		p = get(p, &seg->opt.tsecr, sizeof(seg->opt.tsecr));
	seg->ack = me->acked;
	seg->wnd = me->wnd;
	seg->ip_id = me->ip_id;
	return p;
}

const uint8_t *
jot_read(struct jot_context *x, const uint8_t *p, struct segment *seg)
{
	struct jot_lane *me;
	uint16_t head;

	p = get(p, &head, sizeof(head));
	seg->dir = (head & HEAD_DIR) != 0;
	me = &x->lane[seg->dir];
	p = read_header(x, p, head, seg, me);
	p = read_numbers(p, head, seg, me, &x->lane[!seg->dir]);
	if (head & HEAD_DATA) {
		p = read_payload(p, seg);
	} else if (seg->len > 0) {
		seg->len = seg->payload_cap = 0;
		seg->payload_hash = 0;
		memset(seg->head, 0, sizeof(seg->head));
	}
	header_get(seg, me->bits, me->headers);
	me->next = next_after(seg);
	return p;
}
