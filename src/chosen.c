/*
 * chosen.c - which frames belong to the reported connections: a hash table of
 * tuples, each with the spans of frames of its connections.
 */
#include "chosen.h"

#include <stdlib.h>
#include <string.h>

#include "ranking.h"

#define FIRST_ROOM 64
#define NONE UINT32_MAX

struct connection {
	struct flow_key key;
	struct ranking ranking;
	uint64_t first, last;
	bool began, ended; /* in the second reading */
	uint32_t next;     /* of the same bucket */
};

/* One frame of a segment in several. */
struct part {
	struct flow_key key;
	uint64_t whole_no, frame_no;
};

struct chosen {
	enum sort_key sort;
	uint64_t top;
	struct connection *conn; /* owned */
	size_t n, room;
	struct part *part; /* owned; wanted ones by frame, once closed */
	size_t parts_n, parts_room;
	uint32_t *bucket; /* owned; once closed */
	size_t mask;
};

struct chosen *
chosen_new(enum sort_key sort, uint64_t top)
{
	struct chosen *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->sort = sort;
	c->top = top;
	return c;
}

void
chosen_free(struct chosen *c)
{
	if (c == NULL)
		return;
	free(c->conn);
	free(c->part);
	free(c->bucket);
	free(c);
}

/* Room for one more of items of size bytes; false without memory. */
static bool
reserve(void **list, size_t n, size_t *room, size_t size)
{
	size_t wider = *room > 0 ? 2 * *room : FIRST_ROOM;
	void *p;

	if (n < *room)
		return true;
	p = realloc(*list, wider * size);
	if (p == NULL)
		return false;
	*list = p;
	*room = wider;
	return true;
}

/* The key that the decoder makes of the segments of r. */
static struct flow_key
key_of(const struct conn_report *r)
{
	const struct side_report *a = &r->side[CLIENT], *b = &r->side[SERVER];
	struct flow_key key = {
	    .version = r->version, .vlan = r->vlan, .tunnel = r->tunnel};
	int order = memcmp(a->addr, b->addr, sizeof(a->addr));
	unsigned first;

	if (order == 0)
		order = (a->port > b->port) - (a->port < b->port);
	first = order > 0;
	memcpy(key.addr[first], a->addr, sizeof(a->addr));
	memcpy(key.addr[!first], b->addr, sizeof(b->addr));
	key.port[first] = a->port;
	key.port[!first] = b->port;
	return key;
}

bool
chosen_add(struct chosen *c, const struct conn_report *r)
{
	void *list = c->conn;

	if (c->n == NONE - 1 ||
	    !reserve(&list, c->n, &c->room, sizeof(*c->conn)))
		return false;
	c->conn = list;
	c->conn[c->n++] = (struct connection){
	    .key = key_of(r),
	    .ranking = ranking_of(c->sort, r),
	    .first = r->first_frame,
	    .last = r->last_frame,
	};
	return true;
}

bool
chosen_fragments(struct chosen *c, const struct flow_key *key,
    uint64_t whole_no, const uint64_t *frames, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		void *list = c->part;

		if (!reserve(
			&list, c->parts_n, &c->parts_room, sizeof(*c->part)))
			return false;
		c->part = list;
		c->part[c->parts_n++] = (struct part){
		    .key = *key, .whole_no = whole_no, .frame_no = frames[i]};
	}
	return true;
}

static size_t
hash(const struct flow_key *key)
{
	uint64_t w[sizeof(*key) / 8], h = 0;

	memcpy(w, key, sizeof(w));
	for (size_t i = 0; i < sizeof(w) / sizeof(w[0]); i++)
		h = (h ^ h >> 29 ^ w[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h ^ h >> 32);
}

/*
 * Whether a connection of this tuple is going on. Its first and last frame
 * begin and end it: with --reorder their numbers need not rise.
 */
static bool
is_going_on(
    struct chosen *c, const struct flow_key *key, uint64_t frame_no, bool ended)
{
	bool found = false;

	for (uint32_t i = c->bucket[hash(key) & c->mask]; i != NONE;
	     i = c->conn[i].next) {
		struct connection *k = &c->conn[i];

		if (memcmp(&k->key, key, sizeof(*key)) != 0)
			continue;
		k->began = k->began || frame_no == k->first;
		found = found || (k->began && (ended || !k->ended));
		k->ended = k->ended || frame_no == k->last;
	}
	return found;
}

bool
chosen_segment(struct chosen *c, const struct flow_key *key, uint64_t frame_no)
{
	return is_going_on(c, key, frame_no, false);
}

bool
chosen_icmp(struct chosen *c, const struct flow_key *key, uint64_t frame_no)
{
	return is_going_on(c, key, frame_no, true);
}

/* The same by numbers alone, before the second reading. */
static bool
covers(const struct chosen *c, const struct flow_key *key, uint64_t frame_no)
{
	for (uint32_t i = c->bucket[hash(key) & c->mask]; i != NONE;
	     i = c->conn[i].next) {
		const struct connection *k = &c->conn[i];

		if (memcmp(&k->key, key, sizeof(*key)) == 0 &&
		    k->first <= frame_no && k->last >= frame_no)
			return true;
	}
	return false;
}

static int
compare_connections(const void *a, const void *b)
{
	const struct connection *x = a, *y = b;

	return ranking_compare(&x->ranking, &y->ranking);
}

static int
compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->frame_no > y->frame_no) - (x->frame_no < y->frame_no);
}

bool
chosen_close(struct chosen *c)
{
	size_t buckets = FIRST_ROOM, kept = 0;

	if (c->top > 0 && c->top < c->n) {
		qsort(c->conn, c->n, sizeof(*c->conn), compare_connections);
		c->n = (size_t)c->top;
	}
	while (buckets < c->n)
		buckets *= 2;
	c->bucket = malloc(buckets * sizeof(*c->bucket));
	if (c->bucket == NULL)
		return false;
	memset(c->bucket, 0xff, buckets * sizeof(*c->bucket)); /* NONE */
	c->mask = buckets - 1;
	for (size_t i = 0; i < c->n; i++) {
		uint32_t *bucket = &c->bucket[hash(&c->conn[i].key) & c->mask];

		c->conn[i].next = *bucket;
		*bucket = (uint32_t)i;
	}
	for (size_t i = 0; i < c->parts_n; i++)
		if (covers(c, &c->part[i].key, c->part[i].whole_no))
			c->part[kept++] = c->part[i];
	c->parts_n = kept;
	if (kept > 0)
		qsort(c->part, kept, sizeof(*c->part), compare_parts);
	return true;
}

bool
chosen_fragment(const struct chosen *c, uint64_t frame_no)
{
	const struct part want = {.frame_no = frame_no};

	return c->parts_n > 0 && bsearch(&want, c->part, c->parts_n,
				     sizeof(want), compare_parts) != NULL;
}
