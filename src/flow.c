/*
 * flow.c - an open-addressed table of connections, a lazy timer wheel for
 * their timeouts, and eviction.
 *
 * The wheel costs nothing per segment: a connection is looked at only when
 * the slot of its last known deadline comes up, and moved on if it lived.
 */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

#include "constants.h"
#include "handshake.h"
#include "teardown.h"

#define TABLE_FIRST 1024
#define WHEEL_SLOTS 1024
#define WHEEL_STEP (16 * NS_PER_S)
/* Evict this share of a full table at once, so that the search pays. */
#define EVICT_SHARE 64

struct flow_slot {
	uint32_t hash;
	struct conn *conn; /* owned */
};

struct flow_table {
	const struct limits *limits;
	struct flow_slot *slot; /* owned; power of two, linear probing */
	uint32_t mask;
	struct conn **live; /* owned; in no order */
	uint32_t n, live_cap;
	uint32_t numbers; /* given out so far */
	struct conn *wheel[WHEEL_SLOTS];
	uint64_t wheel_now; /* slot that was looked at last */
	bool wheel_started;
	struct conn **victims; /* owned; worst last */
	uint32_t victims_n;
	struct tombstone *tombs; /* owned; hashed by key, overwritten */
	uint32_t tombs_mask;
	struct event scratch; /* for events when memory ran out */
};

/* --- hashing ---------------------------------------------------------- */

static uint64_t
mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
	return a ^ a >> 32;
}

static uint32_t
key_hash(const struct flow_key *key)
{
	uint64_t w[sizeof(*key) / 8], h;

	memcpy(w, key, sizeof(w));
	h = mix(mix(w[0], w[2] << 32 | w[2] >> 32), w[4]);
	if (key->version != 4)
		h = mix(mix(h, w[1]), w[3]);
	return (uint32_t)(h ^ h >> 29);
}

/* --- table ------------------------------------------------------------ */

struct flow_table *
flow_new(const struct limits *limits)
{
	struct flow_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->limits = limits;
	t->mask = TABLE_FIRST - 1;
	t->slot = calloc(TABLE_FIRST, sizeof(*t->slot));
	if (t->slot == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void
flow_free(struct flow_table *t)
{
	uint32_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++) {
		conn_fini(t->live[i]);
		free(t->live[i]);
	}
	free(t->scratch.text);
	free(t->live);
	free(t->victims);
	free(t->tombs);
	free(t->slot);
	free(t);
}

struct conn *
flow_lookup(struct flow_table *t, const struct flow_key *key)
{
	uint32_t h = key_hash(key), i = h & t->mask;

	for (; t->slot[i].conn != NULL; i = (i + 1) & t->mask)
		if (t->slot[i].hash == h &&
		    memcmp(&t->slot[i].conn->key, key, sizeof(*key)) == 0)
			return t->slot[i].conn;
	return NULL;
}

static void
slot_put(struct flow_table *t, uint32_t hash, struct conn *c)
{
	uint32_t i = hash & t->mask;

	while (t->slot[i].conn != NULL)
		i = (i + 1) & t->mask;
	t->slot[i].hash = hash;
	t->slot[i].conn = c;
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
		if (was[i].conn != NULL)
			slot_put(t, was[i].hash, was[i].conn);
	free(was);
	return true;
}

/* Take slot i out and close the gap behind it (no tombstones needed). */
static void
slot_delete(struct flow_table *t, uint32_t i)
{
	uint32_t j = i;

	for (;;) {
		uint32_t home;

		j = (j + 1) & t->mask;
		if (t->slot[j].conn == NULL)
			break;
		home = t->slot[j].hash & t->mask;
		if (((j - home) & t->mask) < ((j - i) & t->mask))
			continue;
		t->slot[i] = t->slot[j];
		i = j;
	}
	t->slot[i].conn = NULL;
}

/* --- wheel ------------------------------------------------------------ */

static void
wheel_out(struct flow_table *t, struct conn *c)
{
	if (c->wheel_prev != NULL)
		c->wheel_prev->wheel_next = c->wheel_next;
	else
		t->wheel[c->wheel_slot % WHEEL_SLOTS] = c->wheel_next;
	if (c->wheel_next != NULL)
		c->wheel_next->wheel_prev = c->wheel_prev;
	c->wheel_prev = c->wheel_next = NULL;
}

static void
wheel_in(struct flow_table *t, struct conn *c, uint64_t slot)
{
	struct conn **head = &t->wheel[slot % WHEEL_SLOTS];

	c->wheel_slot = slot;
	c->wheel_prev = NULL;
	c->wheel_next = *head;
	if (*head != NULL)
		(*head)->wheel_prev = c;
	*head = c;
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

int64_t
flow_deadline(const struct flow_table *t, const struct conn *c)
{
	const struct limits *l = t->limits;
	uint64_t s = l->idle_s;

	if (teardown_done(c) || c->hs.refused_rst || c->hs.refused_icmp)
		s = l->closed_s;
	else if (c->hs.synack_n == 0 && c->hs.syn_n > 0 && !c->hs.h3_seen)
		s = l->syn_s;
	else if (c->hs.synack_n > 0 && !c->hs.h3_seen)
		s = l->half_open_s;
	if (s > (uint64_t)(INT64_MAX / 4 / NS_PER_S))
		s = (uint64_t)(INT64_MAX / 4 / NS_PER_S);
	if (c->last_t > INT64_MAX / 2)
		return INT64_MAX;
	return c->last_t + (int64_t)s * NS_PER_S;
}

struct conn *
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
		struct conn *c = t->wheel[(t->wheel_now + 1) % WHEEL_SLOTS];
		struct conn *next;

		for (; c != NULL; c = next) {
			next = c->wheel_next;
			if (flow_deadline(t, c) < now)
				return c;
			wheel_out(t, c);
			wheel_in(t, c,
			    wheel_slot_of(flow_deadline(t, c)) + 1 > slot
				? wheel_slot_of(flow_deadline(t, c)) + 1
				: slot + 1);
		}
		t->wheel_now++;
	}
	return NULL;
}

/* --- connections ------------------------------------------------------ */

static bool
live_add(struct flow_table *t, struct conn *c)
{
	if (t->n == t->live_cap) {
		uint32_t cap = t->live_cap ? t->live_cap * 2 : 64;
		struct conn **v = realloc(t->live, cap * sizeof(*v));

		if (v == NULL)
			return false;
		t->live = v;
		t->live_cap = cap;
	}
	c->live_index = t->n;
	t->live[t->n++] = c;
	return true;
}

struct conn *
flow_add(struct flow_table *t, const struct flow_key *key, unsigned wants)
{
	struct conn *c;

	if ((t->n + 1) * 4ull > (t->mask + 1ull) * 3 && !table_grow(t))
		return NULL;
	c = malloc(sizeof(*c));
	if (c == NULL)
		return NULL;
	conn_init(c, key, t->limits, wants);
	c->scratch = &t->scratch;
	if (!live_add(t, c)) {
		free(c);
		return NULL;
	}
	c->hash = key_hash(key);
	c->number = ++t->numbers;
	slot_put(t, c->hash, c);
	wheel_in(t, c, t->wheel_now + 1);
	return c;
}

static int
by_number(const void *pa, const void *pb)
{
	const struct conn *a = *(struct conn *const *)pa;
	const struct conn *b = *(struct conn *const *)pb;

	return a->number < b->number ? -1 : a->number > b->number;
}

uint32_t
flow_sorted(struct flow_table *t, struct conn ***list)
{
	uint32_t i;

	*list = t->live;
	if (t->n == 0)
		return 0;
	qsort(t->live, t->n, sizeof(*t->live), by_number);
	for (i = 0; i < t->n; i++)
		t->live[i]->live_index = i;
	return t->n;
}

/* --- eviction (R1.36) ------------------------------------------------- */

/* Which go first: closed ones, unanswered SYNs, the rest. */
static int
evict_class(const struct conn *c)
{
	if (teardown_done(c) || c->hs.refused_rst)
		return 0;
	return c->hs.synack_n == 0 && !c->hs.h3_seen && c->hs.syn_n > 0 ? 1 : 2;
}

/* Worst last, so that victims are taken from the end. */
static int
by_merit(const void *pa, const void *pb)
{
	const struct conn *a = *(struct conn *const *)pa;
	const struct conn *b = *(struct conn *const *)pb;
	int ka = evict_class(a), kb = evict_class(b);

	if (ka != kb)
		return ka > kb ? -1 : 1;
	if (a->last_t != b->last_t)
		return a->last_t > b->last_t ? -1 : 1;
	return a->number > b->number ? -1 : a->number < b->number;
}

/* Sort once for many evictions: the worst EVICT_SHARE-th of the table. */
static bool
victims_choose(struct flow_table *t)
{
	uint32_t i, keep = t->n - t->n / EVICT_SHARE;

	if (keep == t->n)
		keep--;
	free(t->victims);
	t->victims = malloc(t->n * sizeof(*t->victims));
	if (t->victims == NULL)
		return false;
	memcpy(t->victims, t->live, t->n * sizeof(*t->victims));
	qsort(t->victims, t->n, sizeof(*t->victims), by_merit);
	t->victims_n = t->n - keep;
	memmove(
	    t->victims, t->victims + keep, t->victims_n * sizeof(*t->victims));
	for (i = 0; i < t->victims_n; i++)
		t->victims[i]->victim = true;
	return true;
}

struct conn *
flow_victim(struct flow_table *t)
{
	if (t->n < t->limits->conns)
		return NULL;
	while (t->victims_n > 0) {
		struct conn *c = t->victims[--t->victims_n];

		if (c != NULL) {
			c->victim = false;
			return c;
		}
	}
	if (!victims_choose(t))
		return t->live[0];
	return flow_victim(t);
}

/* c ends before its turn came. */
static void
victim_forget(struct flow_table *t, const struct conn *c)
{
	uint32_t i;

	for (i = 0; i < t->victims_n; i++)
		if (t->victims[i] == c)
			t->victims[i] = NULL;
}

void
flow_remove(struct flow_table *t, struct conn *c)
{
	uint32_t i = c->hash & t->mask;

	while (t->slot[i].conn != c)
		i = (i + 1) & t->mask;
	if (c->victim)
		victim_forget(t, c);
	slot_delete(t, i);
	wheel_out(t, c);
	t->live[c->live_index] = t->live[--t->n];
	t->live[c->live_index]->live_index = c->live_index;
}

/* --- tombstones (R2.14) ----------------------------------------------- */

void
flow_bury(struct flow_table *t, const struct conn *c)
{
	struct tombstone *tomb;
	int dir;

	if (t->limits->tombstones == 0 ||
	    !(c->ep[CLIENT].has_ack || c->ep[SERVER].has_ack))
		return;
	if (t->tombs == NULL) {
		uint32_t n = 64;

		while (n < t->limits->tombstones && n < 1u << 24)
			n *= 2;
		t->tombs = calloc(n, sizeof(*t->tombs));
		if (t->tombs == NULL)
			return;
		t->tombs_mask = n - 1;
	}
	tomb = &t->tombs[c->hash & t->tombs_mask];
	*tomb = (struct tombstone){.key = c->key,
	    .number = c->number,
	    .client_dir = c->client_dir,
	    .used = true};
	for (dir = 0; dir < 2; dir++) {
		const struct endpoint *ep =
		    &c->ep[dir == c->client_dir ? CLIENT : SERVER];

		tomb->max_end[dir] = (uint32_t)ep->max_end;
		tomb->ack_max[dir] = (uint32_t)ep->ack_max;
	}
}

const struct tombstone *
flow_tombstone(struct flow_table *t, const struct segment *seg)
{
	struct tombstone *tomb;
	uint32_t d;

	if (t->tombs == NULL)
		return NULL;
	tomb = &t->tombs[key_hash(&seg->key) & t->tombs_mask];
	if (!tomb->used || memcmp(&tomb->key, &seg->key, sizeof(seg->key)) != 0)
		return NULL;
	/* it goes on where the record ended, a window at the most away */
	d = seg->seq - tomb->max_end[seg->dir] + K_BACK_WINDOW;
	if (d > 2 * K_BACK_WINDOW)
		return NULL;
	tomb->used = false;
	return tomb;
}
