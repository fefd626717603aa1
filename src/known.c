/*
 * known.c - feedback on its way to the sender (R1.42).
 */
#include "known.h"

#include <stdlib.h>
#include <string.h>

#include "constants.h"
#include "seq.h"

#define KNOWN_FIRST_CAP 2
/* Longer than any round trip a sender would wait for (RFC 6298 2.5). */
#define KNOWN_AT_LAST (10 * NS_PER_S)

void
known_init(struct known *k, uint32_t max)
{
	memset(k, 0, sizeof(*k));
	k->max = max;
}

void
known_fini(struct known *k)
{
	free(k->wait);
	memset(k, 0, sizeof(*k));
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
		k->wait[n++] = k->wait[i];
	if (k->n % 2 == 1)
		k->wait[n++] = k->wait[k->n - 1];
	k->n = n;
}

void
known_push(struct known *k, const struct feedback_wait *w, int64_t merge_ns)
{
	if (k->n > 0 && known_mergeable(&k->wait[k->n - 1], w, merge_ns)) {
		k->wait[k->n - 1] = *w;
		return;
	}
	if (k->n >= k->max)
		known_thin(k);
	if (k->n == k->cap) {
		uint32_t cap = k->cap ? k->cap * 2 : KNOWN_FIRST_CAP;
		struct feedback_wait *v = realloc(k->wait, cap * sizeof(*v));

		if (v == NULL) {
			k->now = w->fb;
			k->n = 0;
			return;
		}
		k->wait = v;
		k->cap = cap;
	}
	k->wait[k->n++] = *w;
}

void
known_advance(struct known *k, int64_t tx, bool has_ts, uint32_t tsecr,
    int64_t min_half_x)
{
	/* a twentieth less: the shortest seen is not the shortest there is */
	int64_t way = min_half_x - min_half_x / 20;
	uint32_t i = k->n;

	while (i > 0) {
		const struct feedback_wait *w = &k->wait[i - 1];

		/* whatever stands in TSecr: so long is no way */
		if (tx - w->t >= KNOWN_AT_LAST)
			break;
		if (has_ts && w->by_ts ? seq_diff(w->tsval, tsecr) <= 0
				       : tx - w->t >= way)
			break;
		i--;
	}
	if (i == 0)
		return;
	k->now = k->wait[i - 1].fb;
	k->n -= i;
	if (k->n > 0)
		memmove(k->wait, k->wait + i, k->n * sizeof(*k->wait));
}

const struct feedback *
known_latest(const struct known *k)
{
	return k->n > 0 ? &k->wait[k->n - 1].fb : &k->now;
}
