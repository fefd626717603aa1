/*
 * jot.c - segments as what differs from those before them.
 *
 * A jot begins with a byte of HEAD_ bits that tell what follows: nearly
 * nothing for an ACK in order, length, hash and first bytes of a payload.
 * Numbers are written 7 bits a byte, the lowest first.
 */
#include "engine/jot.h"

#include <string.h>

#include "base/seq.h"

/* First byte of a jot. */
enum {
	HEAD_DIR = 1 << 0,
	HEAD_PSH = 1 << 1,
	HEAD_OTHER = 1 << 2, /* another header than the lane's latest */
	HEAD_ACK = 1 << 3,   /* does not acknowledge all */
	HEAD_WINDOW = 1 << 4,
	HEAD_IP_ID = 1 << 5, /* does not count up by 1 */
	HEAD_ECHO = 1 << 6,  /* is not the peer's latest time stamp */
	HEAD_DATA = 1 << 7,
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
/* Longest time between two, ns, so that twice as much is a number as well. */
#define STEP_MAX ((uint64_t)1 << 62)
#define NS_PER_US 1000u

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
	return seg->ts_ns >= after->ts_ns &&
	       (uint64_t)seg->ts_ns - (uint64_t)after->ts_ns < STEP_MAX &&
	       seg->frame_no >= after->frame_no;
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

/* The opposite of both; the length is known already. */
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

/* --- numbers ------------------------------------------------------------ */

static uint8_t *
number_put(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

static const uint8_t *
number_get(const uint8_t *p, uint64_t *v)
{
	unsigned shift = 7;

	*v = *p & 0x7f;
	for (; *p++ & 0x80; shift += 7)
		*v |= (uint64_t)(*p & 0x7f) << shift;
	return p;
}

/* How far v is from what was expected: small either way. */
static uint8_t *
step_put(uint8_t *p, uint32_t v, uint32_t expected)
{
	int32_t step = seq_diff(v, expected);

	return number_put(
	    p, step < 0 ? ~((uint32_t)step << 1) : (uint32_t)step << 1);
}

static const uint8_t *
step_get(const uint8_t *p, uint32_t *v, uint32_t expected)
{
	uint64_t n;

	p = number_get(p, &n);
	*v = expected +
	     ((uint32_t)n & 1 ? ~((uint32_t)n >> 1) : (uint32_t)n >> 1);
	return p;
}

/* Most captures have whole microseconds. */
static uint8_t *
time_put(uint8_t *p, uint64_t ns)
{
	uint64_t us = ns / NS_PER_US;

	return number_put(p, us * NS_PER_US == ns ? us << 1 : ns << 1 | 1);
}

static const uint8_t *
time_get(const uint8_t *p, uint64_t *ns)
{
	p = number_get(p, ns);
	*ns = *ns & 1 ? *ns >> 1 : (*ns >> 1) * NS_PER_US;
	return p;
}

static uint8_t *
bytes_put(uint8_t *p, const void *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static const uint8_t *
bytes_get(const uint8_t *p, void *to, size_t n)
{
	memcpy(to, p, n);
	return p + n;
}

/* --- the context -------------------------------------------------------- */

void
jot_begin(struct jot_context *x, const struct segment *syn)
{
	memset(x, 0, sizeof(*x));
	jot_advance(x, syn);
}

void
jot_advance(struct jot_context *x, const struct segment *seg)
{
	struct jot_lane *l = &x->lane[seg->dir];

	x->ts_ns = seg->ts_ns;
	x->frame_no = seg->frame_no;
	l->next = seg->seq + seg->len + segment_has(seg, FLAG_SYN) +
		  segment_has(seg, FLAG_FIN);
	l->acked = seg->ack;
	l->tsval = seg->opt.tsval;
	l->wnd = seg->wnd;
	l->ip_id = seg->ip_id;
	l->bits = bits_of(seg);
	l->headers = headers_of(seg);
	l->ttl = seg->ttl;
}

/* IP IDs of a direction count up, if it has any. */
static uint16_t
expected_ip_id(const struct jot_lane *l, bool has)
{
	return (uint16_t)(l->ip_id + has);
}

/* --- jots --------------------------------------------------------------- */

/* The parts that seg needs. */
static unsigned
head_of(const struct jot_context *x, const struct segment *seg)
{
	const struct jot_lane *l = &x->lane[seg->dir];
	bool other = (seg->flags & ~(unsigned)FLAG_PSH) != FLAG_ACK ||
		     l->bits != bits_of(seg) || l->headers != headers_of(seg) ||
		     l->ttl != seg->ttl;
	unsigned head = seg->dir != 0 ? HEAD_DIR : 0;

	if (segment_has(seg, FLAG_PSH))
		head |= HEAD_PSH;
	if (other)
		head |= HEAD_OTHER;
	if (seg->ack != x->lane[!seg->dir].next)
		head |= HEAD_ACK;
	if (seg->wnd != l->wnd)
		head |= HEAD_WINDOW;
	if (seg->ip_id != expected_ip_id(l, seg->has_ip_id))
		head |= HEAD_IP_ID;
	if (seg->opt.tsecr != x->lane[!seg->dir].tsval)
		head |= HEAD_ECHO;
	if (seg->len > 0)
		head |= HEAD_DATA;
	return head;
}

static uint8_t *
write_syn(uint8_t *p, const struct segment *seg)
{
	p = bytes_put(p, &seg->seq, sizeof(seg->seq));
	*p++ = (uint8_t)seg->opt.has;
	*p++ = seg->opt.wscale;
	return bytes_put(p, &seg->opt.mss, sizeof(seg->opt.mss));
}

static const uint8_t *
read_syn(const uint8_t *p, struct segment *seg)
{
	p = bytes_get(p, &seg->seq, sizeof(seg->seq));
	seg->opt.has = *p++;
	seg->opt.wscale = *p++;
	return bytes_get(p, &seg->opt.mss, sizeof(seg->opt.mss));
}

static size_t
head_bytes(uint32_t len)
{
	return len < SEGMENT_HEAD ? len : SEGMENT_HEAD;
}

static uint8_t *
write_payload(uint8_t *p, const struct segment *seg)
{
	p = number_put(p, seg->len);
	p = bytes_put(p, &seg->payload_hash, sizeof(seg->payload_hash));
	return bytes_put(p, seg->head, head_bytes(seg->len));
}

static const uint8_t *
read_payload(const uint8_t *p, struct segment *seg)
{
	uint64_t len;

	p = number_get(p, &len);
	seg->len = seg->payload_cap = (uint32_t)len;
	p = bytes_get(p, &seg->payload_hash, sizeof(seg->payload_hash));
	memset(seg->head, 0, sizeof(seg->head));
	return bytes_get(p, seg->head, head_bytes(seg->len));
}

size_t
jot_write(const struct jot_context *x, const struct segment *seg,
    uint8_t out[JOT_MAX])
{
	const struct jot_lane *me = &x->lane[seg->dir];
	const struct jot_lane *peer = &x->lane[!seg->dir];
	const unsigned head = head_of(x, seg);
	uint8_t *p = out;

	*p++ = (uint8_t)head;
	if (head & HEAD_OTHER) {
		*p++ = (uint8_t)seg->flags;
		*p++ = bits_of(seg);
		*p++ = headers_of(seg);
		*p++ = seg->ttl;
	}
	p = time_put(p, (uint64_t)seg->ts_ns - (uint64_t)x->ts_ns);
	p = number_put(p, seg->frame_no - x->frame_no);
	p = bytes_put(p, &seg->header_hash, sizeof(seg->header_hash));
	if (segment_has(seg, FLAG_SYN))
		p = write_syn(p, seg);
	if (head & HEAD_ACK)
		p = step_put(p, seg->ack, peer->next);
	if (head & HEAD_WINDOW)
		p = bytes_put(p, &seg->wnd, sizeof(seg->wnd));
	if (head & HEAD_IP_ID)
		p = step_put(p, seg->ip_id, me->ip_id);
	if (seg->opt.has & OPT_TIMESTAMPS)
		p = step_put(p, seg->opt.tsval, me->tsval);
	if (head & HEAD_ECHO)
		p = step_put(p, seg->opt.tsecr, peer->tsval);
	if (head & HEAD_DATA)
		p = write_payload(p, seg);
	return (size_t)(p - out);
}

/* What there is in every jot, and in those with another header. */
static const uint8_t *
read_header(const struct jot_context *x, const uint8_t *p, unsigned head,
    struct segment *seg)
{
	const struct jot_lane *me = &x->lane[seg->dir];
	uint8_t bits = me->bits, headers = me->headers;
	uint64_t time, frames;

	seg->flags = FLAG_ACK | (head & HEAD_PSH ? FLAG_PSH : 0);
	seg->ttl = me->ttl;
	if (head & HEAD_OTHER) {
		seg->flags = p[0];
		bits = p[1];
		headers = p[2];
		seg->ttl = p[3];
		p += 4;
	}
	seg->opt.has = bits & JOT_TIMESTAMPS ? OPT_TIMESTAMPS : 0;
	header_get(seg, bits, headers);
	p = time_get(p, &time);
	p = number_get(p, &frames);
	seg->ts_ns = (int64_t)((uint64_t)x->ts_ns + time);
	seg->frame_no = x->frame_no + frames;
	return bytes_get(p, &seg->header_hash, sizeof(seg->header_hash));
}

/* The peer's latest time stamp is echoed, unless there are none. */
static const uint8_t *
read_times(const struct jot_context *x, const uint8_t *p, unsigned head,
    struct segment *seg)
{
	const struct jot_lane *me = &x->lane[seg->dir];
	const struct jot_lane *peer = &x->lane[!seg->dir];

	seg->opt.tsval = 0;
	if (seg->opt.has & OPT_TIMESTAMPS)
		p = step_get(p, &seg->opt.tsval, me->tsval);
	seg->opt.tsecr = peer->tsval;
	if (head & HEAD_ECHO)
		p = step_get(p, &seg->opt.tsecr, peer->tsval);
	return p;
}

const uint8_t *
jot_read(const struct jot_context *x, const uint8_t *p, struct segment *seg)
{
	const unsigned head = *p++;
	const struct jot_lane *me, *peer;
	uint32_t ip_id;

	seg->dir = (head & HEAD_DIR) != 0;
	me = &x->lane[seg->dir];
	peer = &x->lane[!seg->dir];
	seg->len = seg->payload_cap = 0;
	p = read_header(x, p, head, seg);
	seg->seq = me->next;
	seg->opt.mss = seg->opt.wscale = 0;
	if (segment_has(seg, FLAG_SYN))
		p = read_syn(p, seg);
	seg->ack = peer->next;
	if (head & HEAD_ACK)
		p = step_get(p, &seg->ack, peer->next);
	seg->wnd = me->wnd;
	if (head & HEAD_WINDOW)
		p = bytes_get(p, &seg->wnd, sizeof(seg->wnd));
	ip_id = expected_ip_id(me, seg->has_ip_id);
	if (head & HEAD_IP_ID)
		p = step_get(p, &ip_id, me->ip_id);
	seg->ip_id = (uint16_t)ip_id;
	p = read_times(x, p, head, seg);
	if (head & HEAD_DATA) {
		p = read_payload(p, seg);
		seg->ip_bytes += seg->len;
	} else {
		seg->payload_hash = 0;
		memset(seg->head, 0, sizeof(seg->head));
	}
	return p;
}
