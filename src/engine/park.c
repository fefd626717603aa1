/*
 * park.c - segments of short and orderly connections, kept for later.
 */
#include "engine/park.h"

#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"
#include "base/seq.h"

enum {
	JOT_DIR = 1 << 0,
	JOT_IP_ID = 1 << 1,
	JOT_DONT_FRAGMENT = 1 << 2,
	JOT_GOOD_SUM = 1 << 3,
	JOT_TIMESTAMPS = 1 << 4,
	JOT_NO_SUM = 1 << 5, /* not computed yet (R6.83) */
	JOT_ECN_AT = 6,      /* the codepoint stands in the two highest bits */
};

/* Jots after the first: as many as a short exchange has, then the rest. */
#define MORE_FIRST 5
#define MORE_MOST (PARK_SEGMENTS - 1)

struct park {
	int64_t last_t;
	uint32_t next[2];  /* SND.NXT by dir, raw */
	uint32_t acked[2]; /* latest ACK sent by dir, raw */
	bool fin[2];       /* sent by dir */
	bool open;         /* the third segment was seen */
	uint8_t n, room;
	struct parked_segment {
		struct jot jot;
		uint8_t head[SEGMENT_HEAD]; /* of its payload */
	} at[];
};

#define SIZE_FIRST \
	(sizeof(struct park) + MORE_FIRST * sizeof(struct parked_segment))
#define CACHE_LINE 64

/* --- what may be parked ------------------------------------------------- */

#define SYN_OPTIONS (OPT_MSS | OPT_WSCALE | OPT_SACK_PERMITTED | OPT_TIMESTAMPS)

/* A jot has no room for more than the usual. */
static bool
fits(const struct segment *seg)
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

/* R1.9: whether a few bytes are payload may need a look at them. */
static bool
could_be_padding(const struct segment *seg)
{
	return seg->len >= 2 && seg->len <= 6 &&
	       !segment_has(seg, FLAG_PSH | FLAG_FIN);
}

bool
park_may_begin(const struct segment *seg)
{
	return (seg->flags & (FLAG_FIN | FLAG_SYN | FLAG_PSH | FLAG_ACK)) ==
		   FLAG_SYN &&
	       seg->len == 0 && fits(seg) && seg->frame_no < (uint64_t)1 << 48;
}

/* --- jots --------------------------------------------------------------- */

/* What a SYN offers, in the place of a payload's hash. */
static void
content_of_syn(uint32_t content[2], const struct tcp_options *opt)
{
	content[0] = opt->has;
	content[1] = (uint32_t)opt->mss << 16 | opt->wscale;
}

static void
jot_down(struct jot *j, const struct segment *seg)
{
	const bool ts = (seg->opt.has & OPT_TIMESTAMPS) != 0;
	uint32_t ip = seg->ip_bytes - seg->len - seg->header_bytes;

	memcpy(j->ts, &seg->ts_ns, sizeof(j->ts));
	memcpy(j->content, &seg->payload_hash, sizeof(j->content));
	if (segment_has(seg, FLAG_SYN))
		content_of_syn(j->content, &seg->opt);
	j->frame = (uint32_t)seg->frame_no;
	j->seq = seg->seq;
	j->ack = seg->ack;
	j->tsval = seg->opt.tsval;
	j->tsecr = seg->opt.tsecr;
	j->header_hash = seg->header_hash;
	j->len = (uint16_t)seg->len;
	j->wnd = seg->wnd;
	j->ip_id = seg->ip_id;
	j->flags = (uint8_t)seg->flags;
	j->ttl = seg->ttl;
	j->headers = (uint8_t)(ip / 4 << 4 | (unsigned)seg->header_bytes / 4);
	j->bits =
	    (uint8_t)((seg->dir ? JOT_DIR : 0) |
		      (seg->has_ip_id ? JOT_IP_ID : 0) |
		      (seg->dont_fragment ? JOT_DONT_FRAGMENT : 0) |
		      (seg->checksum == CHECKSUM_GOOD ? JOT_GOOD_SUM : 0) |
		      (seg->checksum == CHECKSUM_PARTIAL ? JOT_NO_SUM : 0) |
		      (ts ? JOT_TIMESTAMPS : 0) | seg->ecn << JOT_ECN_AT);
}

static const struct jot *
jot_at(const struct parked *p, unsigned i)
{
	return i == 0 ? &p->first : &p->u.more->at[i - 1].jot;
}

static int64_t
jot_time(const struct jot *j)
{
	int64_t t;

	memcpy(&t, j->ts, sizeof(t));
	return t;
}

void
park_get(const struct parked *p, unsigned i, const struct flow_key *key,
    struct segment *seg)
{
	const struct jot *j = jot_at(p, i);
	uint64_t first = (uint64_t)p->frame_high << 32 | p->first.frame;

	memset(seg, 0, sizeof(*seg));
	seg->frame_no = first + (uint32_t)(j->frame - p->first.frame);
	seg->ts_ns = jot_time(j);
	seg->key = *key;
	seg->dir = (j->bits & JOT_DIR) != 0;
	seg->ttl = j->ttl;
	seg->ecn = j->bits >> JOT_ECN_AT;
	seg->has_ip_id = j->bits & JOT_IP_ID;
	seg->dont_fragment = j->bits & JOT_DONT_FRAGMENT;
	seg->ip_id = j->ip_id;
	seg->seq = j->seq;
	seg->ack = j->ack;
	seg->flags = j->flags;
	seg->wnd = j->wnd;
	seg->header_bytes = (uint16_t)((j->headers & 15) * 4);
	seg->len = seg->payload_cap = j->len;
	seg->ip_bytes = seg->len + seg->header_bytes + (j->headers >> 4) * 4u;
	seg->checksum = j->bits & JOT_GOOD_SUM ? CHECKSUM_GOOD
			: j->bits & JOT_NO_SUM ? CHECKSUM_PARTIAL
					       : CHECKSUM_UNKNOWN;
	seg->header_hash = j->header_hash;
	if (i > 0)
		memcpy(seg->head, p->u.more->at[i - 1].head, SEGMENT_HEAD);
	if (j->bits & JOT_TIMESTAMPS)
		seg->opt.has = OPT_TIMESTAMPS;
	if (j->flags & FLAG_SYN) {
		seg->opt.has = (uint16_t)j->content[0];
		seg->opt.mss = (uint16_t)(j->content[1] >> 16);
		seg->opt.wscale = (uint8_t)j->content[1];
	} else {
		memcpy(&seg->payload_hash, j->content, sizeof(j->content));
	}
	seg->opt.tsval = j->tsval;
	seg->opt.tsecr = j->tsecr;
}

/* --- a connection ------------------------------------------------------- */

void
park_begin(struct parked *p, const struct segment *seg)
{
	p->u.more = NULL;
	p->live = false;
	p->frame_high = (uint16_t)(seg->frame_no >> 32);
	jot_down(&p->first, seg);
}

/* R4.2: the answer to the SYN. */
static bool
answers_syn(const struct parked *p, const struct segment *seg)
{
	bool back = seg->dir != ((p->first.bits & JOT_DIR) != 0);

	return back && segment_has(seg, FLAG_SYN) &&
	       segment_has(seg, FLAG_ACK) &&
	       !segment_has(seg, FLAG_FIN | FLAG_PSH) && seg->len == 0 &&
	       seg->ack == p->first.seq + 1;
}

/* Starts where its sender was, and acknowledges no less than before. */
static bool
in_order(const struct parked *p, const struct segment *seg)
{
	const struct park *k = p->u.more;
	unsigned d = seg->dir;

	if ((seg->flags & (FLAG_SYN | FLAG_ACK)) != FLAG_ACK ||
	    seg->seq != k->next[d] || could_be_padding(seg) ||
	    seq_diff(seg->ack, k->acked[d]) < 0 ||
	    seq_diff(k->next[!d], seg->ack) < 0)
		return false;
	if (k->fin[d] && (seg->len > 0 || segment_has(seg, FLAG_FIN)))
		return false;
	if (k->open)
		return true;
	return d == ((p->first.bits & JOT_DIR) != 0) &&
	       seg->ack == k->next[!d]; /* R4.3 */
}

static struct park *
more_first(const struct parked *p, const struct segment *seg)
{
	struct park *k = malloc(SIZE_FIRST);
	unsigned d = seg->dir;

	if (k == NULL)
		return NULL;
	memset(k, 0, sizeof(*k));
	k->room = MORE_FIRST;
	k->next[!d] = p->first.seq + 1;
	k->next[d] = seg->seq + 1;
	k->acked[d] = seg->ack;
	k->acked[!d] = seg->seq;
	return k;
}

static bool
more_room(struct parked *p)
{
	struct park *k = p->u.more;

	if (k->n < k->room)
		return true;
	if (k->room == MORE_MOST)
		return false;
	k = realloc(k, sizeof(*k) + MORE_MOST * sizeof(k->at[0]));
	if (k == NULL)
		return false;
	k->room = MORE_MOST;
	p->u.more = k;
	return true;
}

bool
park_add(struct parked *p, const struct segment *seg)
{
	uint64_t first = (uint64_t)p->frame_high << 32 | p->first.frame;
	struct park *k = p->u.more;
	unsigned d = seg->dir;

	if (!fits(seg) || seg->ts_ns < park_last_t(p) ||
	    seg->frame_no - first > UINT32_MAX)
		return false;
	if (k == NULL) {
		if (!answers_syn(p, seg))
			return false;
		k = p->u.more = more_first(p, seg);
		if (k == NULL)
			return false;
	} else {
		if (!in_order(p, seg) || !more_room(p))
			return false;
		k = p->u.more;
		k->open = true;
		k->fin[d] = k->fin[d] || segment_has(seg, FLAG_FIN);
		k->next[d] += seg->len + segment_has(seg, FLAG_FIN);
		k->acked[d] = seg->ack;
	}
	jot_down(&k->at[k->n].jot, seg);
	memcpy(k->at[k->n].head, seg->head, SEGMENT_HEAD);
	k->n++;
	k->last_t = seg->ts_ns;
	return true;
}

void
park_expect(const struct parked *p)
{
	if (p->u.more != NULL)
		prefetch(p->u.more);
}

void
park_expect_next(const struct parked *p)
{
	const struct park *k = p->u.more;

	if (k == NULL)
		return;
	prefetch(&k->at[k->n]);
	prefetch(&k->at[k->n].head[SEGMENT_HEAD - 1]);
}

void
park_expect_all(const struct parked *p)
{
	const char *k = (const char *)p->u.more;

	for (size_t i = 0; k != NULL && i < SIZE_FIRST; i += CACHE_LINE)
		prefetch(k + i);
}

unsigned
park_count(const struct parked *p)
{
	return p->u.more == NULL ? 1 : 1u + p->u.more->n;
}

int64_t
park_last_t(const struct parked *p)
{
	return p->u.more == NULL ? jot_time(&p->first) : p->u.more->last_t;
}

enum park_stage
park_stage(const struct parked *p)
{
	const struct park *k = p->u.more;

	if (k == NULL)
		return PARK_SYN;
	if (!k->open)
		return PARK_SYN_ACK;
	return k->fin[0] && k->fin[1] && k->acked[0] == k->next[1] &&
		       k->acked[1] == k->next[0]
		   ? PARK_CLOSED
		   : PARK_OPEN;
}

void
park_fini(struct parked *p)
{
	free(p->u.more);
	p->u.more = NULL;
}
