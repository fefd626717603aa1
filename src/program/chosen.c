/*
 * chosen.c - which frames belong to the reported connections: a hash table of
 * tuples, each with the spans of frames of its connections. A tuple may have a
 * hundred thousand of them, so they are sorted and not searched one by one.
 */
#include "program/chosen.h"

#include <stdlib.h>
#include <string.h>

#include "report/ranking.h"

#define FIRST_ROOM 64
#define NONE UINT32_MAX

struct connection {
	struct flow_key key;
	struct ranking ranking;
	uint64_t first, last;
	uint64_t reach; /* the highest last of the tuple up to here */
};

/* The connections of one tuple, once closed. */
struct tuple {
	uint32_t at, n;        /* of conn, in order of their first frames */
	uint32_t began, ended; /* of them, in the second reading */
	uint32_t next;         /* of the same bucket */
};

/* One frame of a segment in several. */
struct part {
	struct flow_key key;
	uint64_t whole_no, frame_no;
};

struct chosen {
	enum sort_key sort;
	uint64_t top;
	const struct hash_key *hash;
	struct connection *conn; /* owned; by tuple, once closed */
	size_t n, room;
	struct tuple *tuple; /* owned; in the order of conn */
	uint32_t tuples_n;
	uint64_t *first, *last; /* owned; of conn, ascending in each tuple */
	struct part *part;      /* owned; wanted ones by frame, once closed */
	size_t parts_n, parts_room;
	uint32_t *bucket; /* owned; once closed */
	size_t mask;
};

struct chosen *
chosen_new(enum sort_key sort, uint64_t top, const struct hash_key *hash)
{
	struct chosen *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->sort = sort;
	c->top = top;
	c->hash = hash;
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
	free(c->tuple);
	free(c->first);
	free(c->last);
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

/* --- tuples -------------------------------------------------------------- */

static uint32_t *
bucket_of(const struct chosen *c, const struct flow_key *key)
{
	return &c->bucket[flow_key_hash(c->hash, key) & c->mask];
}

/* NULL: no connection of key was chosen. */
static struct tuple *
tuple_find(const struct chosen *c, const struct flow_key *key)
{
	for (uint32_t i = *bucket_of(c, key); i != NONE; i = c->tuple[i].next)
		if (memcmp(&c->conn[c->tuple[i].at].key, key, sizeof(*key)) ==
		    0)
			return &c->tuple[i];
	return NULL;
}

/* How many of n ascending frame numbers are not above frame_no. */
static uint32_t
up_to(const uint64_t *v, uint32_t n, uint64_t frame_no)
{
	uint32_t low = 0;

	while (low < n) {
		uint32_t middle = low + (n - low) / 2;

		if (v[middle] <= frame_no)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* How many of them are frame_no. */
static uint32_t
equal_to(const uint64_t *v, uint32_t n, uint64_t frame_no)
{
	return up_to(v, n, frame_no) - up_to(v, n, frame_no - 1);
}

static int
compare_frames(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * Whether a connection of this tuple is going on. Its first and last frame
 * begin and end it: with --reorder their numbers need not rise.
 */
bool
chosen_segment(struct chosen *c, const struct flow_key *key, uint64_t frame_no)
{
	struct tuple *t = tuple_find(c, key);
	bool found;

	if (t == NULL)
		return false;
	t->began += equal_to(&c->first[t->at], t->n, frame_no);
	found = t->began > t->ended;
	t->ended += equal_to(&c->last[t->at], t->n, frame_no);
	return found;
}

bool
chosen_icmp(const struct chosen *c, const struct flow_key *key)
{
	const struct tuple *t = tuple_find(c, key);

	return t != NULL && t->began > 0;
}

/* The same by numbers alone, before the second reading. */
static bool
covers(const struct chosen *c, const struct flow_key *key, uint64_t frame_no)
{
	const struct tuple *t = tuple_find(c, key);
	uint32_t n = t != NULL ? up_to(&c->first[t->at], t->n, frame_no) : 0;

	return n > 0 && c->conn[t->at + n - 1].reach >= frame_no;
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

static int
compare_tuples(const void *a, const void *b)
{
	const struct connection *x = a, *y = b;
	int order = memcmp(&x->key, &y->key, sizeof(x->key));

	return order != 0 ? order
			  : (x->first > y->first) - (x->first < y->first);
}

/* Connection i begins a new tuple, or is one more of the last. */
static void
add_to_tuple(struct chosen *c, uint32_t i)
{
	struct connection *k = &c->conn[i];
	struct tuple *t = c->tuples_n > 0 ? &c->tuple[c->tuples_n - 1] : NULL;
	uint32_t *bucket;

	c->first[i] = k->first;
	c->last[i] = k->last;
	k->reach = k->last;
	if (t != NULL &&
	    memcmp(&c->conn[t->at].key, &k->key, sizeof(k->key)) == 0) {
		t->n++;
		if (k[-1].reach > k->reach)
			k->reach = k[-1].reach;
		return;
	}
	bucket = bucket_of(c, &k->key);
	c->tuple[c->tuples_n] =
	    (struct tuple){.at = i, .n = 1, .next = *bucket};
	*bucket = c->tuples_n++;
}

/* Group the connections by tuple, each in order of its first frame. */
static bool
make_tuples(struct chosen *c)
{
	size_t buckets = FIRST_ROOM;

	while (buckets < c->n)
		buckets *= 2;
	c->mask = buckets - 1;
	c->bucket = malloc(buckets * sizeof(*c->bucket));
	c->tuple = malloc((c->n + 1) * sizeof(*c->tuple));
	c->first = malloc((c->n + 1) * sizeof(*c->first));
	c->last = malloc((c->n + 1) * sizeof(*c->last));
	if (c->bucket == NULL || c->tuple == NULL || c->first == NULL ||
	    c->last == NULL)
		return false;
	memset(c->bucket, 0xff, buckets * sizeof(*c->bucket)); /* NONE */
	if (c->n > 0)
		qsort(c->conn, c->n, sizeof(*c->conn), compare_tuples);
	for (size_t i = 0; i < c->n; i++)
		add_to_tuple(c, (uint32_t)i);
	for (uint32_t i = 0; i < c->tuples_n; i++)
		qsort(&c->last[c->tuple[i].at], c->tuple[i].n, sizeof(*c->last),
		    compare_frames);
	return true;
}

bool
chosen_close(struct chosen *c)
{
	size_t kept = 0;

	if (c->top > 0 && c->top < c->n) {
		qsort(c->conn, c->n, sizeof(*c->conn), compare_connections);
		c->n = (size_t)c->top;
	}
	if (!make_tuples(c))
		return false;
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
