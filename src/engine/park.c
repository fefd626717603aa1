/*
 * park.c - segments of short and orderly connections, kept for later.
 */
#include "engine/park.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"
#include "base/seq.h"

#define CACHE_LINE 64

/*
 * Jots stand in a chain of parts; none is in two of them. So many parts belong
 * to a connection at most.
 */
#define PART_ROOM 111
#define PARTS 56
/* The first of them are of the pool; what else long ones leave, others use. */
#define PARTS_POOLED 4

struct part {
	struct part *next; /* owned */
	uint8_t used;      /* bytes of at[] */
	uint8_t at[PART_ROOM];
};

struct park {
	struct jot_context last;
	struct part *tail;
	uint8_t parts;
	bool open;   /* the third segment was seen */
	bool fin[2]; /* sent by dir */
	struct part first;
};

enum block_number {
	BLOCK_PARK,
	BLOCK_PART,
};

/* --- what may be parked ------------------------------------------------- */

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
	       seg->len == 0 && jot_fits(seg) &&
	       seg->frame_no < (uint64_t)1 << 48;
}

void
park_begin(struct parked *p, const struct segment *seg)
{
	p->u.more = NULL;
	p->live = p->packed = false;
	jot_syn_note(&p->first, seg);
}

/* --- reading ------------------------------------------------------------ */

void
park_read(
    struct park_reader *r, const struct parked *p, const struct flow_key *key)
{
	memset(&r->seg, 0, sizeof(r->seg));
	r->seg.key = *key;
	jot_syn_get(&p->first, &r->seg);
	r->part = NULL;
	if (p->u.more == NULL)
		return;
	jot_begin(&r->at, &r->seg);
	r->part = &p->u.more->first;
	r->p = r->part->at;
}

bool
park_next(struct park_reader *r)
{
	if (r->part == NULL)
		return false;
	if (r->p == r->part->at + r->part->used) {
		if (r->part->next == NULL)
			return false;
		r->part = r->part->next;
		r->p = r->part->at;
	}
	r->p = jot_read(&r->at, r->p, &r->seg);
	return true;
}

/* --- a connection ------------------------------------------------------- */

/* R4.2: the answer to the SYN. */
static bool
answers_syn(const struct parked *p, const struct segment *seg)
{
	return seg->dir != p->first.dir && segment_has(seg, FLAG_SYN) &&
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
	const struct jot_lane *me = &k->last.lane[d];
	const struct jot_lane *peer = &k->last.lane[!d];

	if ((seg->flags & (FLAG_SYN | FLAG_ACK)) != FLAG_ACK ||
	    seg->seq != me->next || could_be_padding(seg) ||
	    seq_diff(peer->next, seg->ack) < 0)
		return false;
	if (k->fin[d] && (seg->len > 0 || segment_has(seg, FLAG_FIN)))
		return false;
	if (k->open)
		return seq_diff(seg->ack, me->acked) >= 0;
	return d == p->first.dir && seg->ack == peer->next; /* R4.3 */
}

static struct park *
more_first(const struct parked *p, struct blocks *pool)
{
	struct park *k = blocks_take(pool, BLOCK_PARK, sizeof(*k));
	struct segment syn;

	if (k == NULL)
		return NULL;
	memset(k, 0, sizeof(*k));
	k->tail = &k->first;
	k->parts = 1;
	memset(&syn, 0, sizeof(syn));
	jot_syn_get(&p->first, &syn);
	jot_begin(&k->last, &syn);
	return k;
}

/* Where n bytes more have room, or NULL. */
static struct part *
more_room(struct park *k, size_t n, struct blocks *pool)
{
	struct part *part = k->tail;

	if (part->used + n <= PART_ROOM)
		return part;
	if (k->parts == PARTS)
		return NULL;
	part = k->parts < PARTS_POOLED
		   ? blocks_take(pool, BLOCK_PART, sizeof(*part))
		   : malloc(sizeof(*part));
	if (part == NULL)
		return NULL;
	part->next = NULL;
	part->used = 0;
	k->tail = k->tail->next = part;
	k->parts++;
	return part;
}

/* The next segment, which fits, behind those noted so far. */
static bool
append(struct park *k, const struct segment *seg, struct blocks *pool)
{
	const struct jot_context before = k->last;
	uint8_t jot[JOT_MAX];
	size_t n = jot_write(&k->last, seg, jot);
	struct part *part = more_room(k, n, pool);

	if (part == NULL) {
		k->last = before;
		return false;
	}
	memcpy(part->at + part->used, jot, n);
	part->used = (uint8_t)(part->used + n);
	k->fin[seg->dir] = k->fin[seg->dir] || segment_has(seg, FLAG_FIN);
	k->open = !segment_has(seg, FLAG_SYN);
	return true;
}

bool
park_add(struct parked *p, const struct segment *seg, struct blocks *pool)
{
	if (!jot_fits(seg))
		return false;
	if (p->u.more == NULL) {
		if (!answers_syn(p, seg))
			return false;
		p->u.more = more_first(p, pool);
		if (p->u.more == NULL)
			return false;
	} else if (!in_order(p, seg)) {
		return false;
	}
	return jot_follows(&p->u.more->last, seg) &&
	       append(p->u.more, seg, pool);
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

	if (k != NULL)
		prefetch(&k->tail->at[k->tail->used]);
}

void
park_expect_all(const struct parked *p)
{
	const char *k = (const char *)p->u.more;

	for (size_t i = 0; k != NULL && i < sizeof(struct park);
	     i += CACHE_LINE)
		prefetch(k + i);
}

int64_t
park_last_t(const struct parked *p)
{
	return p->u.more == NULL ? p->first.ts_ns : p->u.more->last.ts_ns;
}

uint32_t
park_sent(const struct parked *p, unsigned dir)
{
	return p->u.more->last.lane[dir].next;
}

enum park_stage
park_stage(const struct parked *p)
{
	const struct park *k = p->u.more;
	const struct jot_lane *l;

	if (k == NULL)
		return PARK_SYN;
	if (!k->open)
		return PARK_SYN_ACK;
	l = k->last.lane;
	return k->fin[0] && k->fin[1] && l[0].acked == l[1].next &&
		       l[1].acked == l[0].next
		   ? PARK_CLOSED
		   : PARK_OPEN;
}

void
park_fini(struct parked *p, struct blocks *pool)
{
	struct park *k = p->u.more;
	struct part *part, *next;
	unsigned i = 1;

	if (k == NULL)
		return;
	for (part = k->first.next; part != NULL; part = next, i++) {
		next = part->next;
		if (i < PARTS_POOLED)
			blocks_give(pool, BLOCK_PART, part);
		else
			free(part);
	}
	blocks_give(pool, BLOCK_PARK, k);
	p->u.more = NULL;
}
