/*
 * flow.c - an open-addressed table of flows, a lazy timer wheel for their
 * timeouts, and eviction. Slots follow a hash with a key (hash.h), so that
 * nobody can make tuples that fall into one; what is reported follows the
 * numbers of flows.
 *
 * Flows live in cells of equal size that never move; the table and the wheel
 * name them by number. The wheel costs nothing per segment: a flow is looked
 * at only when the slot of its last known deadline comes up, and moved on if
 * it lived.
 */
#include "engine/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "engine/handshake.h"
#include "engine/teardown.h"
#include "engine/victims.h"

#define TABLE_FIRST 1024
#define WHEEL_SLOTS 1024
#define WHEEL_STEP (16 * NS_PER_S)
/* Evict this share of a full table at once, so that the search pays. */
#define EVICT_SHARE 16
/* So many evictions ahead, what the next needs is brought near. */
#define EVICT_AHEAD 16
/* Cells come in blocks: 2^12 of them. */
#define BLOCK_BITS 12
#define BLOCK_CELLS (1u << BLOCK_BITS)
/* So few flows stay in the cache by themselves. */
#define FLOWS_NEAR 16
/* No cell; cells count from 1. */
#define NONE 0u

struct flow_slot {
	uint32_t hash;
	uint32_t cell; /* NONE: free */
};

struct flow_table {
	const struct limits *limits;
	struct hash_key hash;
	struct flow_slot *slot; /* owned; power of two, linear probing */
	uint32_t mask;
	struct flow **block; /* owned, as are the blocks */
	uint32_t blocks_n, blocks_room;
	uint32_t used; /* cells handed out so far, the first is never */
	uint32_t free; /* list of given back ones, by wheel_next */
	uint32_t n;
	uint32_t numbers; /* given out so far */
	uint32_t wheel[WHEEL_SLOTS];
	uint64_t wheel_now; /* slot that was looked at last */
	bool wheel_started;
	struct victims victims; /* worst last */
	struct blocks parks;    /* of parked flows (park.h) */
	struct event scratch;   /* for events when memory ran out */
};

/* --- cells ------------------------------------------------------------ */

static struct flow *
cell_at(const struct flow_table *t, uint32_t cell)
{
	return &t->block[cell >> BLOCK_BITS][cell & (BLOCK_CELLS - 1)];
}

static bool
block_add(struct flow_table *t)
{
	if (t->blocks_n == t->blocks_room) {
		uint32_t room = t->blocks_room ? t->blocks_room * 2 : 16;
		struct flow **v = realloc(t->block, room * sizeof(*v));

		if (v == NULL)
			return false;
		t->block = v;
		t->blocks_room = room;
	}
	t->block[t->blocks_n] = malloc(BLOCK_CELLS * sizeof(struct flow));
	if (t->block[t->blocks_n] == NULL)
		return false;
	t->blocks_n++;
	return true;
}

/* NONE: no memory. */
static uint32_t
cell_take(struct flow_table *t)
{
	uint32_t cell = t->free;

	if (cell != NONE) {
		t->free = cell_at(t, cell)->wheel_next;
		return cell;
	}
	if (t->used == UINT32_MAX ||
	    (t->used + 1 >= t->blocks_n * BLOCK_CELLS && !block_add(t)))
		return NONE;
	return ++t->used;
}

static void
cell_give(struct flow_table *t, uint32_t cell)
{
	struct flow *f = cell_at(t, cell);

	f->number = 0;
	f->wheel_next = t->free;
	t->free = cell;
}

/* --- table ------------------------------------------------------------ */

struct flow_table *
flow_new(const struct limits *limits, const struct hash_key *hash)
{
	struct flow_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->limits = limits;
	t->hash = *hash;
	t->mask = TABLE_FIRST - 1;
	t->slot = calloc(TABLE_FIRST, sizeof(*t->slot));
	if (t->slot == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

/*
 * Call what for every flow of the table, in the order of cells: nearly that of
 * their numbers, for cells are only seldom used again.
 */
static void
each_flow(const struct flow_table *t, void (*what)(struct flow *f, void *arg),
    void *arg)
{
	uint32_t cell;

	for (cell = 1; cell <= t->used; cell++)
		if (cell_at(t, cell)->number != 0)
			what(cell_at(t, cell), arg);
}

static void
empty_flow(struct flow *f, void *arg)
{
	struct flow_table *t = arg;

	if (f->parked.packed) {
		free(f->parked.u.packed);
	} else if (!f->parked.live) {
		park_fini(&f->parked, &t->parks);
	} else if (f->parked.u.conn != NULL) {
		conn_fini(f->parked.u.conn);
		free(f->parked.u.conn);
	}
}

void
flow_free(struct flow_table *t)
{
	uint32_t i;

	if (t == NULL)
		return;
	each_flow(t, empty_flow, t);
	blocks_fini(&t->parks);
	for (i = 0; i < t->blocks_n; i++)
		free(t->block[i]);
	free(t->block);
	free(t->scratch.text);
	victims_fini(&t->victims);
	free(t->slot);
	free(t);
}

struct blocks *
flow_parks(struct flow_table *t)
{
	return &t->parks;
}

struct event *
flow_scratch(struct flow_table *t)
{
	return &t->scratch;
}

struct flow *
flow_lookup(struct flow_table *t, const struct flow_key *key)
{
	uint32_t h = flow_key_hash(&t->hash, key), i = h & t->mask;

	for (; t->slot[i].cell != NONE; i = (i + 1) & t->mask) {
		struct flow *f;

		if (t->slot[i].hash != h)
			continue;
		f = cell_at(t, t->slot[i].cell);
		if (flow_key_equal(&f->key, key))
			return f;
	}
	return NULL;
}

/* Where the search for hash begins, not yet compared. */
static const struct flow_slot *
slot_home(const struct flow_table *t, uint32_t hash)
{
	return &t->slot[hash & t->mask];
}

/* The first flow of that hash, or NULL. */
static struct flow *
flow_likely(const struct flow_table *t, uint32_t hash)
{
	uint32_t i = hash & t->mask;

	for (; t->slot[i].cell != NONE; i = (i + 1) & t->mask)
		if (t->slot[i].hash == hash)
			return cell_at(t, t->slot[i].cell);
	return NULL;
}

void
flow_expect(const struct flow_table *t, const struct flow_key *const key[],
    unsigned n, struct flow *f[])
{
	uint32_t hash[FLOW_EXPECT];
	unsigned i;

	for (i = 0; i < n; i++) {
		hash[i] = flow_key_hash(&t->hash, key[i]);
		prefetch(slot_home(t, hash[i]));
	}
	for (i = 0; i < n; i++) {
		f[i] = flow_likely(t, hash[i]);
		if (f[i] != NULL) {
			prefetch(f[i]);
			prefetch(&f[i]->parked);
		}
	}
	if (t->n < FLOWS_NEAR)
		return;
	for (i = 0; i < n; i++) {
		if (f[i] == NULL)
			continue;
		if (f[i]->parked.packed)
			prefetch(f[i]->parked.u.packed);
		else if (f[i]->parked.live)
			conn_expect(f[i]->parked.u.conn);
		else
			park_expect(&f[i]->parked);
	}
	for (i = 0; i < n; i++) {
		if (f[i] == NULL || f[i]->parked.packed)
			continue;
		if (f[i]->parked.live)
			conn_expect_next(f[i]->parked.u.conn);
		else
			park_expect_next(&f[i]->parked);
	}
}

void
flow_expect_end(const struct flow_table *t, const struct flow *f)
{
	prefetch(slot_home(t, f->hash));
	if (f->parked.packed)
		prefetch(f->parked.u.packed);
	else if (!f->parked.live)
		park_expect_all(&f->parked);
}

static void
slot_put(struct flow_table *t, struct flow_slot s)
{
	uint32_t i = s.hash & t->mask;

	while (t->slot[i].cell != NONE)
		i = (i + 1) & t->mask;
	t->slot[i] = s;
}

static bool
table_grow(struct flow_table *t)
{
	uint32_t i, old = t->mask;
	struct flow_slot *was = t->slot;
	struct flow_slot *v = calloc(((size_t)old + 1) * 2, sizeof(*v));

	if (v == NULL)
		return false;
	t->slot = v;
	t->mask = old * 2 + 1;
	for (i = 0; i <= old; i++)
		if (was[i].cell != NONE)
			slot_put(t, was[i]);
	free(was);
	return true;
}

/* The slot that names f. */
static uint32_t
slot_of(const struct flow_table *t, const struct flow *f)
{
	uint32_t i = f->hash & t->mask;

	while (t->slot[i].cell == NONE || cell_at(t, t->slot[i].cell) != f)
		i = (i + 1) & t->mask;
	return i;
}

/* Take slot i out and close the gap behind it (no tombstones needed). */
static void
slot_delete(struct flow_table *t, uint32_t i)
{
	uint32_t j = i;

	for (;;) {
		uint32_t home;

		j = (j + 1) & t->mask;
		if (t->slot[j].cell == NONE)
			break;
		home = t->slot[j].hash & t->mask;
		if (((j - home) & t->mask) < ((j - i) & t->mask))
			continue;
		t->slot[i] = t->slot[j];
		i = j;
	}
	t->slot[i].cell = NONE;
}

/* --- wheel ------------------------------------------------------------ */

static void
wheel_out(struct flow_table *t, struct flow *f)
{
	if (f->wheel_prev != NONE)
		cell_at(t, f->wheel_prev)->wheel_next = f->wheel_next;
	else
		t->wheel[f->wheel_slot % WHEEL_SLOTS] = f->wheel_next;
	if (f->wheel_next != NONE)
		cell_at(t, f->wheel_next)->wheel_prev = f->wheel_prev;
	f->wheel_prev = f->wheel_next = NONE;
}

static void
wheel_in(struct flow_table *t, uint32_t cell, uint64_t slot)
{
	uint32_t *head = &t->wheel[slot % WHEEL_SLOTS];
	struct flow *f = cell_at(t, cell);

	/* time stamps of 64 bits have slots of 30 */
	f->wheel_slot = (uint32_t)slot;
	f->wheel_prev = NONE;
	f->wheel_next = *head;
	if (*head != NONE)
		cell_at(t, *head)->wheel_prev = cell;
	*head = cell;
}

static uint64_t
wheel_slot_of(int64_t t)
{
	return t > 0 ? (uint64_t)t / (uint64_t)WHEEL_STEP : 0;
}

uint64_t
flow_shortest(const struct limits *l)
{
	uint64_t s = l->idle_s;

	if (l->closed_s < s)
		s = l->closed_s;
	if (l->syn_s < s)
		s = l->syn_s;
	if (l->half_open_s < s)
		s = l->half_open_s;
	return s * NS_PER_S;
}

/* How long a flow in this stage is waited for (R2.14). */
static uint64_t
stage_timeout(const struct limits *l, enum park_stage stage)
{
	switch (stage) {
	case PARK_SYN:
		return l->syn_s;
	case PARK_SYN_ACK:
		return l->half_open_s;
	case PARK_CLOSED:
		return l->closed_s;
	case PARK_OPEN:
		break;
	}
	return l->idle_s;
}

static enum park_stage
flow_stage(const struct flow *f)
{
	const struct conn *c = f->parked.u.conn;

	if (!f->parked.live)
		return park_stage(&f->parked);
	if (f->parked.packed)
		return (enum park_stage)f->parked.u.packed->stage;
	if (teardown_done(c) || c->hs.refused_rst || c->hs.refused_icmp)
		return PARK_CLOSED;
	if (c->hs.h3_seen)
		return PARK_OPEN;
	if (c->hs.synack_n > 0)
		return PARK_SYN_ACK;
	return c->hs.syn_n > 0 ? PARK_SYN : PARK_OPEN;
}

int64_t
flow_deadline(const struct flow_table *t, const struct flow *f)
{
	uint64_t s = stage_timeout(t->limits, flow_stage(f));
	int64_t last = flow_last_t(f);

	if (s > (uint64_t)(INT64_MAX / 4 / NS_PER_S))
		s = (uint64_t)(INT64_MAX / 4 / NS_PER_S);
	if (last > INT64_MAX / 2)
		return INT64_MAX;
	return last + (int64_t)s * NS_PER_S;
}

int64_t
flow_due(const struct flow_table *t)
{
	return (int64_t)(t->wheel_now + 1) * WHEEL_STEP;
}

struct flow *
flow_expired(struct flow_table *t, int64_t now)
{
	uint64_t slot = wheel_slot_of(now), turns;

	if (!t->wheel_started) {
		t->wheel_started = true;
		t->wheel_now = slot;
	}
	if (slot <= t->wheel_now)
		return NULL;
	turns = slot - t->wheel_now;
	if (turns > WHEEL_SLOTS)
		t->wheel_now = slot - WHEEL_SLOTS; /* once round is all */
	while (t->wheel_now < slot) {
		uint32_t cell = t->wheel[(t->wheel_now + 1) % WHEEL_SLOTS];
		uint32_t next;

		for (; cell != NONE; cell = next) {
			struct flow *f = cell_at(t, cell);
			int64_t deadline = flow_deadline(t, f);
			uint64_t later = wheel_slot_of(deadline) + 1;

			next = f->wheel_next;
			if (deadline < now) {
				if (next != NONE)
					flow_expect_end(t, cell_at(t, next));
				return f;
			}
			wheel_out(t, f);
			wheel_in(t, cell, later > slot ? later : slot + 1);
		}
		t->wheel_now++;
	}
	return NULL;
}

/* --- flows ------------------------------------------------------------ */

struct flow *
flow_add(struct flow_table *t, const struct flow_key *key)
{
	struct flow *f;
	uint32_t cell;

	if ((t->n + 1) * 4ull > (t->mask + 1ull) * 3 && !table_grow(t))
		return NULL;
	cell = cell_take(t);
	if (cell == NONE)
		return NULL;
	f = cell_at(t, cell);
	f->key = *key;
	f->hash = flow_key_hash(&t->hash, key);
	f->number = ++t->numbers;
	f->parked.live = true;
	f->parked.packed = false;
	f->parked.u.conn = NULL;
	slot_put(t, (struct flow_slot){f->hash, cell});
	wheel_in(t, cell, t->wheel_now + 1);
	t->n++;
	return f;
}

struct conn *
flow_pack(struct flow *f, struct squeeze *room)
{
	struct conn *c = f->parked.u.conn;
	struct packed *p = conn_pack(c, flow_stage(f), room);

	if (p == NULL)
		return NULL;
	f->parked.packed = true;
	f->parked.u.packed = p;
	return c;
}

bool
flow_unpack(struct flow *f, struct conn *c)
{
	if (!conn_unpack(f->parked.u.packed, c))
		return false;
	f->parked.packed = false;
	f->parked.u.conn = c;
	return true;
}

struct gathered {
	struct flow **v;
	uint32_t n;
};

static void
gather(struct flow *f, void *arg)
{
	struct gathered *g = arg;

	g->v[g->n++] = f;
}

/* All flows, in the order of cells; the caller's to free. */
static struct flow **
gather_all(const struct flow_table *t)
{
	struct gathered g = {malloc(t->n * sizeof(*g.v)), 0};

	if (g.v != NULL)
		each_flow(t, gather, &g);
	return g.v;
}

static int
by_number(const void *pa, const void *pb)
{
	const struct flow *a = *(struct flow *const *)pa;
	const struct flow *b = *(struct flow *const *)pb;

	return a->number < b->number ? -1 : a->number > b->number;
}

static bool
in_order(struct flow *const *list, uint32_t n)
{
	uint32_t i;

	for (i = 1; i < n; i++)
		if (list[i - 1]->number > list[i]->number)
			return false;
	return true;
}

uint32_t
flow_sorted(const struct flow_table *t, struct flow ***list)
{
	*list = NULL;
	if (t->n == 0)
		return 0;
	*list = gather_all(t);
	if (*list != NULL && !in_order(*list, t->n))
		qsort(*list, t->n, sizeof(**list), by_number);
	return t->n;
}

/* --- eviction (R1.36) ------------------------------------------------- */

/* Which go first: closed ones, unanswered SYNs, the rest. */
static int
evict_class(const struct flow *f)
{
	switch (flow_stage(f)) {
	case PARK_CLOSED:
		return 0;
	case PARK_SYN:
		return 1;
	default:
		return 2;
	}
}

static void
offer_victim(struct flow *f, void *arg)
{
	const struct victim v = {.flow = f,
	    .last_t = flow_last_t(f),
	    .number = f->number,
	    .class = evict_class(f)};

	victims_offer(arg, &v);
}

/* Choose once for many evictions: the worst EVICT_SHARE-th of the table. */
static bool
victims_choose(struct flow_table *t)
{
	uint32_t n = t->n / EVICT_SHARE;

	if (!victims_begin(&t->victims, n > 0 ? n : 1))
		return false;
	each_flow(t, offer_victim, &t->victims);
	victims_sort(&t->victims);
	return true;
}

/* Without room to choose: whichever comes first. */
static struct flow *
any_flow(const struct flow_table *t)
{
	uint32_t cell = 1;

	while (cell_at(t, cell)->number == 0)
		cell++;
	return cell_at(t, cell);
}

/* v goes now, others soon. */
static void
expect_victims(const struct flow_table *t, const struct victim *v)
{
	const struct flow *f;

	if (v - t->victims.v < 2 * EVICT_AHEAD)
		return;
	f = v[-2 * EVICT_AHEAD].flow;
	prefetch(f);
	prefetch(&f->parked);
	f = v[-EVICT_AHEAD].flow;
	flow_expect_end(t, f);
	prefetch(&cell_at(t, f->wheel_prev)->wheel_next);
	prefetch(&cell_at(t, f->wheel_next)->wheel_prev);
}

struct flow *
flow_victim(struct flow_table *t)
{
	if (t->n < t->limits->conns)
		return NULL;
	while (t->victims.n > 0) {
		const struct victim *v = &t->victims.v[--t->victims.n];

		expect_victims(t, v);
		/* it may have ended since, or had another segment */
		if (v->flow->number == v->number &&
		    flow_last_t(v->flow) == v->last_t)
			return v->flow;
	}
	if (!victims_choose(t))
		return any_flow(t);
	return flow_victim(t);
}

void
flow_remove(struct flow_table *t, struct flow *f)
{
	uint32_t i = slot_of(t, f), cell = t->slot[i].cell;

	slot_delete(t, i);
	wheel_out(t, f);
	cell_give(t, cell);
	t->n--;
}
