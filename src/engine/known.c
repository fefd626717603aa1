/*
 * known.c - feedback on its way to the sender (R1.42).
 */
#include "engine/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/constants.h"
#include "base/ring.h"
#include "base/seq.h"

#define KNOWN_FIRST_CAP 2
/* Longer than any round trip a sender would wait for (RFC 6298 2.5). */
#define KNOWN_AT_LAST (10 * NS_PER_S)

void
known_init(struct known *k, uint32_t max)
{
	*k = (struct known){.max = max};
}

void
known_fini(struct known *k)
{
	free(k->wait);
	memset(k, 0, sizeof(*k));
}

void
known_tighten(struct known *k)
{
	if (k->first != 0)
		ring_turn(k->wait, k->cap, sizeof(*k->wait), k->first);
	k->first = 0;
	k->cap = k->n;
}

/* The i-th entry that waits, the oldest first. */
static struct feedback_wait *
known_at(const struct known *k, uint32_t i)
{
	uint32_t at = k->first + i;

	return &k->wait[at < k->cap ? at : at - k->cap];
}

static bool
known_mergeable(const struct feedback_wait *a, const struct feedback_wait *b,
    int64_t merge_ns)
{
	if (a->by_ts != b->by_ts)
		return false;
	/* with one TSval both become known by the same echo, else by others */
	if (a->by_ts)
		return a->tsval == b->tsval;
	return b->t - a->t < merge_ns;
}

/* Whether b never becomes known before a. */
static bool
known_follows(const struct feedback_wait *a, const struct feedback_wait *b)
{
	return a->by_ts == b->by_ts && a->t <= b->t &&
	       (!a->by_ts || seq_diff(b->tsval, a->tsval) >= 0);
}

/*
 * K_KNOWN: a full queue halves its resolution, each second entry becoming
 * known with the one after it. Were only the newest merged, X would seem to
 * know nothing of a long stretch for as long as it lasts.
 */
static void
known_thin(struct known *k)
{
	uint32_t i, n = 0;

	for (i = 1; i < k->n; i += 2)
		*known_at(k, n++) = *known_at(k, i);
	if (k->n % 2 == 1)
		*known_at(k, n++) = *known_at(k, k->n - 1);
	k->n = n;
}

static bool
known_grow(struct known *k)
{
	uint32_t cap = k->cap ? k->cap * 2 : KNOWN_FIRST_CAP, i;
	struct feedback_wait *v = malloc(cap * sizeof(*v));

	if (v == NULL)
		return false;
	for (i = 0; i < k->n; i++)
		v[i] = *known_at(k, i);
	free(k->wait);
	k->wait = v;
	k->first = 0;
	k->cap = cap;
	return true;
}

void
known_push(struct known *k, const struct feedback_wait *w, int64_t merge_ns)
{
	struct feedback_wait *newest = k->n > 0 ? known_at(k, k->n - 1) : NULL;

	k->ordered = newest == NULL || (k->ordered && known_follows(newest, w));
	if (newest != NULL && known_mergeable(newest, w, merge_ns)) {
		*newest = *w;
		return;
	}
	if (k->n >= k->max)
		known_thin(k);
	if (k->n == k->cap && !known_grow(k)) {
		k->now = w->fb;
		k->n = 0;
		return;
	}
	*known_at(k, k->n++) = *w;
}

/* Whether X, when it sent a segment at tx, had what w brought it. */
static bool
known_by(const struct feedback_wait *w, int64_t tx, bool has_ts, uint32_t tsecr,
    int64_t way)
{
	int64_t age = tx - w->t;

	/* whatever stands in TSecr: so long is no way */
	if (age >= KNOWN_AT_LAST)
		return true;
	return has_ts && w->by_ts ? seq_diff(w->tsval, tsecr) <= 0 : age >= way;
}

void
known_advance(struct known *k, int64_t tx, bool has_ts, uint32_t tsecr,
    int64_t min_half_x)
{
	/* a twentieth less: the shortest seen is not the shortest there is */
	int64_t way = min_half_x - min_half_x / 20;
	uint32_t i = 0;

	if (k->ordered) {
		while (i < k->n &&
		       known_by(known_at(k, i), tx, has_ts, tsecr, way))
			i++;
	} else {
		for (i = k->n; i > 0; i--)
			if (known_by(
				known_at(k, i - 1), tx, has_ts, tsecr, way))
				break;
	}
	if (i == 0)
		return;
	k->now = known_at(k, i - 1)->fb;
	k->n -= i;
	k->first += i;
	if (k->first >= k->cap)
		k->first -= k->cap;
}

const struct feedback *
known_latest(const struct known *k)
{
	return k->n > 0 ? &known_at(k, k->n - 1)->fb : &k->now;
}
