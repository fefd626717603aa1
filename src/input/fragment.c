/*
 * fragment.c - which parts of fragmented IP packets have arrived (R2.13).
 *
 * Sets live in one array, allocated with the first fragment, and are found
 * through chained buckets. A list in order of creation gives the next one to
 * time out or, when all are taken, to be forgotten.
 */
#include "input/fragment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Separate ranges a set remembers; with more it is given up. */
#define SPANS_MAX 32
#define NONE UINT32_MAX

struct span {
	uint32_t start, end; /* half open */
};

struct set {
	struct fragment_id id;
	uint32_t chain;        /* next in the same bucket */
	uint32_t older, newer; /* in order of creation */
	int64_t since_ns;
	bool has_first;
	bool contradicted; /* its parts overlap */
	bool given_up;     /* it has too many parts */
	uint32_t total;    /* known once the last fragment arrived, or 0 */
	uint32_t skip;
	unsigned spans_n;
	struct span spans[SPANS_MAX]; /* sorted, apart from each other */
	struct segment first;
	struct fragment_tally waits; /* parts that were not the last one */
	unsigned frames_n;
	uint64_t frames[FRAGMENT_FRAMES];
};

struct fragments {
	struct hash_key hash;
	unsigned max;
	int64_t timeout_ns;
	struct set *sets;  /* NULL until needed; max of them */
	uint32_t *buckets; /* max of them */
	uint32_t touched;  /* sets from here on were never used */
	uint32_t unused;   /* first of the chain of sets given back */
	uint32_t oldest, newest;
	uint32_t whole; /* set that became whole last */
	struct fragment_tally completed, given_up;
};

static void
tally_add(struct fragment_tally *t, const struct fragment_tally *more)
{
	if (more->packets == 0)
		return;
	if (t->packets == 0 || more->first_frame < t->first_frame)
		t->first_frame = more->first_frame;
	t->packets += more->packets;
}

struct fragments *
fragments_new(
    unsigned max_sets, int64_t timeout_ns, const struct hash_key *hash)
{
	struct fragments *fs = calloc(1, sizeof(*fs));

	assert(max_sets > 0 && max_sets < NONE);
	if (fs == NULL)
		return NULL;
	fs->hash = *hash;
	fs->max = max_sets;
	fs->timeout_ns = timeout_ns;
	fs->unused = fs->oldest = fs->newest = NONE;
	return fs;
}

void
fragments_free(struct fragments *fs)
{
	if (fs == NULL)
		return;
	free(fs->sets);
	free(fs->buckets);
	free(fs);
}

static bool
fragments_allocate(struct fragments *fs)
{
	if (fs->sets != NULL)
		return true;
	fs->sets = calloc(fs->max, sizeof(*fs->sets));
	fs->buckets = calloc(fs->max, sizeof(*fs->buckets));
	if (fs->sets == NULL || fs->buckets == NULL) {
		free(fs->sets);
		free(fs->buckets);
		fs->sets = NULL;
		fs->buckets = NULL;
		return false;
	}
	for (uint32_t i = 0; i < fs->max; i++)
		fs->buckets[i] = NONE;
	return true;
}

static uint32_t *
bucket_of(const struct fragments *fs, const struct fragment_id *id)
{
	uint64_t words[6];

	memcpy(words, id->addr, sizeof(id->addr));
	words[4] = id->id | (uint64_t)id->tunnel << 32;
	words[5] = id->protocol | (uint64_t)id->vlan << 32;
	return &fs->buckets[hash_words(&fs->hash, words, 6) % fs->max];
}

static bool
same_id(const struct fragment_id *a, const struct fragment_id *b)
{
	return a->id == b->id && a->protocol == b->protocol &&
	       a->version == b->version && a->vlan == b->vlan &&
	       a->tunnel == b->tunnel &&
	       memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

static void
set_drop(struct fragments *fs, uint32_t i)
{
	struct set *s = &fs->sets[i];
	uint32_t *link = bucket_of(fs, &s->id);

	while (*link != i)
		link = &fs->sets[*link].chain;
	*link = s->chain;
	*(s->older == NONE ? &fs->oldest : &fs->sets[s->older].newer) =
	    s->newer;
	*(s->newer == NONE ? &fs->newest : &fs->sets[s->newer].older) =
	    s->older;
	s->chain = fs->unused;
	fs->unused = i;
}

static uint32_t
set_find(const struct fragments *fs, const struct fragment_id *id)
{
	uint32_t i = *bucket_of(fs, id);

	while (i != NONE && !same_id(&fs->sets[i].id, id))
		i = fs->sets[i].chain;
	return i;
}

/* The oldest will not become whole. */
static void
set_give_up(struct fragments *fs)
{
	tally_add(&fs->given_up, &fs->sets[fs->oldest].waits);
	set_drop(fs, fs->oldest);
}

/* A set to fill; the oldest makes room when all are taken. */
static uint32_t
set_take(struct fragments *fs)
{
	uint32_t i;

	if (fs->unused == NONE && fs->touched < fs->max)
		return fs->touched++;
	if (fs->unused == NONE)
		set_give_up(fs);
	i = fs->unused;
	fs->unused = fs->sets[i].chain;
	return i;
}

static uint32_t
set_create(struct fragments *fs, const struct fragment_id *id, int64_t ts_ns)
{
	uint32_t *bucket = bucket_of(fs, id), i = set_take(fs);
	struct set *s = &fs->sets[i];

	s->id = *id;
	s->since_ns = ts_ns;
	s->has_first = s->contradicted = s->given_up = false;
	s->total = s->skip = 0;
	s->waits = (struct fragment_tally){0};
	s->frames_n = 0;
	s->spans_n = 0;
	s->chain = *bucket;
	*bucket = i;
	s->older = fs->newest;
	s->newer = NONE;
	*(s->older == NONE ? &fs->oldest : &fs->sets[s->older].newer) = i;
	fs->newest = i;
	return i;
}

static void
fragments_expire(struct fragments *fs, int64_t now_ns)
{
	while (fs->oldest != NONE) {
		int64_t since = fs->sets[fs->oldest].since_ns;

		/* Far apart times could overflow; unsigned ones do not. */
		if (now_ns <= since || (uint64_t)now_ns - (uint64_t)since <=
					   (uint64_t)fs->timeout_ns)
			break;
		set_give_up(fs);
	}
}

/* Remember [start, end); false when it overlaps what is there. */
static bool
set_cover(struct set *s, uint32_t start, uint32_t end)
{
	struct span *p = s->spans;
	unsigned at = 0;
	bool left, right;

	while (at < s->spans_n && p[at].end < start)
		at++;
	/* A copy of what is there says nothing new. */
	if (at < s->spans_n && start >= p[at].start && end <= p[at].end)
		return true;
	left = at < s->spans_n && p[at].end == start;
	if (left)
		at++;
	right = at < s->spans_n && p[at].start == end;
	if (at < s->spans_n && p[at].start < end)
		return false;
	if (left && right) {
		p[at - 1].end = p[at].end;
		s->spans_n--;
		memmove(&p[at], &p[at + 1], (s->spans_n - at) * sizeof(*p));
	} else if (left) {
		p[at - 1].end = end;
	} else if (right) {
		p[at].start = start;
	} else {
		if (s->spans_n == SPANS_MAX) {
			s->given_up = true;
			return true;
		}
		memmove(&p[at + 1], &p[at], (s->spans_n - at) * sizeof(*p));
		p[at] = (struct span){start, end};
		s->spans_n++;
	}
	return true;
}

/* Whether f agrees with what is known of the packet's end. */
static bool
set_agrees(struct set *s, const struct fragment *f)
{
	uint32_t end = f->offset + f->len;

	if (f->more)
		return s->total == 0 || end < s->total;
	if (s->total != 0 && s->total != end)
		return false;
	s->total = end;
	return s->spans_n == 0 || s->spans[s->spans_n - 1].end <= end;
}

/* f is one of the parts that others must complete. */
static enum fragment_result
set_wait(struct set *s, const struct fragment *f)
{
	tally_add(&s->waits, &(struct fragment_tally){1, f->frame_no});
	return FRAGMENT_WAIT;
}

enum fragment_result
fragments_add(struct fragments *fs, const struct fragment *f, int64_t ts_ns,
    const struct segment *first, uint32_t skip, struct segment *whole,
    uint32_t *tcp_bytes)
{
	uint32_t i;
	struct set *s;

	if (!fragments_allocate(fs))
		return FRAGMENT_NO_MEMORY;
	fragments_expire(fs, ts_ns);
	i = set_find(fs, &f->of);
	if (i == NONE)
		i = set_create(fs, &f->of, ts_ns);
	s = &fs->sets[i];
	if (s->given_up)
		return set_wait(s, f);
	if (s->frames_n < FRAGMENT_FRAMES)
		s->frames[s->frames_n++] = f->frame_no;
	if (!s->contradicted &&
	    (!set_agrees(s, f) || !set_cover(s, f->offset, f->offset + f->len)))
		s->contradicted = true;
	if (s->contradicted)
		return FRAGMENT_CONTRADICTS;
	if (first != NULL && !s->has_first) {
		s->has_first = true;
		s->skip = skip;
		s->first = *first;
		s->first.ip_bytes -= f->len;
	}
	if (s->total == 0 || s->spans_n != 1 || s->spans[0].start != 0 ||
	    s->spans[0].end != s->total)
		return set_wait(s, f);
	if (s->has_first) {
		*whole = s->first;
		whole->ip_bytes += s->total;
		*tcp_bytes = s->total - s->skip;
	} else {
		(void)set_wait(s, f);
	}
	tally_add(&fs->completed, &s->waits);
	set_drop(fs, i);
	fs->whole = i;
	return s->has_first ? FRAGMENT_WHOLE : FRAGMENT_WAIT;
}

const uint64_t *
fragments_frames(const struct fragments *fs, unsigned *n)
{
	*n = fs->sets != NULL ? fs->sets[fs->whole].frames_n : 0;
	return fs->sets != NULL ? fs->sets[fs->whole].frames : NULL;
}

void
fragments_count(const struct fragments *fs, struct fragment_tally *whole,
    struct fragment_tally *incomplete)
{
	*whole = fs->completed;
	*incomplete = fs->given_up;
	for (uint32_t i = fs->oldest; i != NONE; i = fs->sets[i].newer)
		tally_add(incomplete, &fs->sets[i].waits);
}
