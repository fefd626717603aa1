/*
 * tally.c - distributions: exact while small, a histogram afterwards.
 */
#include "base/tally.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/*
 * Octave 0 is linear from 0 to 1 us, octave k > 0 reaches from 2^(k-1) us to
 * 2^k us. The middle of a bucket is at most 1/32 away from its values.
 */
#define UNIT_NS 1000
#define OCTAVES 37
#define BUCKETS (OCTAVES * TALLY_OCTAVE)
#define FIRST_EXACT 4 /* then all of TALLY_EXACT */

void
tally_init(struct tally *t)
{
	*t = (struct tally){0};
}

void
tally_fini(struct tally *t)
{
	free(t->exact);
	free(t->bucket);
	tally_init(t);
}

static int64_t
octave_start(unsigned k)
{
	return k == 0 ? 0 : (int64_t)UNIT_NS << (k - 1);
}

static int64_t
octave_size(unsigned k)
{
	return k == 0 ? UNIT_NS : (int64_t)UNIT_NS << (k - 1);
}

/* How many bits v needs. */
static unsigned
bit_length(uint64_t v)
{
#ifdef __GNUC__
	return v != 0 ? 64 - (unsigned)__builtin_clzll(v) : 0;
#else
	unsigned n = 0, step;

	for (step = 32; step > 0; step /= 2)
		if (v >> step != 0) {
			v >>= step;
			n += step;
		}
	return n + (v != 0);
#endif
}

static inline unsigned
bucket_of(int64_t ns)
{
	unsigned k = bit_length((uint64_t)ns / UNIT_NS);
	uint64_t within;

	if (k >= OCTAVES)
		return BUCKETS - 1;
	within = (uint64_t)(ns - octave_start(k)) * TALLY_OCTAVE / UNIT_NS;
	return k * TALLY_OCTAVE +
	       (unsigned)(k > 1 ? within >> (k - 1) : within);
}

static int64_t
bucket_middle(unsigned i)
{
	unsigned k = i / TALLY_OCTAVE, sub = i % TALLY_OCTAVE;

	return octave_start(k) +
	       octave_size(k) * (int64_t)(2 * sub + 1) / (2 * TALLY_OCTAVE);
}

/* Memory ran out: count, least and greatest go on, the shape is unknown. */
static void
lose(struct tally *t)
{
	free(t->exact);
	free(t->bucket);
	t->exact = NULL;
	t->bucket = NULL;
	t->octaves = 0;
	t->lost = true;
}

/* The octaves in use, first to last, shall hold octave k too. */
static bool
reach(struct tally *t, unsigned k)
{
	unsigned first = t->bucket == NULL || k < t->octave ? k : t->octave;
	unsigned last = t->octave + t->octaves;
	unsigned n = (t->bucket == NULL || k >= last ? k + 1 : last) - first;
	uint32_t *v;

	if (t->bucket != NULL && n == t->octaves)
		return true;
	v = calloc((size_t)n * TALLY_OCTAVE, sizeof(*v));
	if (v == NULL)
		return false;
	if (t->bucket != NULL)
		memcpy(v + (t->octave - first) * TALLY_OCTAVE, t->bucket,
		    (size_t)t->octaves * TALLY_OCTAVE * sizeof(*v));
	free(t->bucket);
	t->bucket = v;
	t->octave = (uint8_t)first;
	t->octaves = (uint8_t)n;
	return true;
}

/* Count one in bucket i; false when its octave is not in use. */
static inline bool
bucket_count(struct tally *t, unsigned i)
{
	unsigned at = i - t->octave * TALLY_OCTAVE;

	if (at >= t->octaves * TALLY_OCTAVE)
		return false;
	t->bucket[at] += t->bucket[at] < UINT32_MAX;
	return true;
}

static inline void
bucket_add(struct tally *t, unsigned i)
{
	if (t->lost || bucket_count(t, i))
		return;
	if (reach(t, i / TALLY_OCTAVE))
		(void)bucket_count(t, i);
	else
		lose(t);
}

/* Go over to the histogram. */
static void
spill(struct tally *t)
{
	int64_t *exact = t->exact;

	if (t->lost)
		return;
	t->exact = NULL;
	for (uint64_t i = 0; i < t->n; i++)
		bucket_add(t, bucket_of(exact[i]));
	free(exact);
}

/* The array of exact samples is kept in order. */
static void
add_exact(struct tally *t, int64_t ns)
{
	bool full = t->n == 0 || t->n == FIRST_EXACT;
	size_t at;

	if (full) {
		size_t cap = t->n == 0 ? FIRST_EXACT : TALLY_EXACT;
		int64_t *v = realloc(t->exact, cap * sizeof(*v));

		if (v == NULL) {
			lose(t);
			return;
		}
		t->exact = v;
	}
	for (at = (size_t)t->n; at > 0 && t->exact[at - 1] > ns; at--)
		t->exact[at] = t->exact[at - 1];
	t->exact[at] = ns;
}

static void
count(struct tally *t, int64_t ns)
{
	if (t->n == 0 || ns < t->min)
		t->min = ns;
	if (t->n == 0 || ns > t->max)
		t->max = ns;
	t->n++;
}

void
tally_add(struct tally *t, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	if (t->n < TALLY_EXACT) {
		if (!t->lost)
			add_exact(t, ns);
	} else {
		if (t->exact != NULL)
			spill(t);
		bucket_add(t, bucket_of(ns));
	}
	count(t, ns);
}

/* rank counts from 1. */
static int64_t
bucket_at(const struct tally *t, uint64_t rank)
{
	uint64_t seen = 0;
	int64_t ns = t->max;

	for (unsigned i = 0; i < t->octaves * TALLY_OCTAVE; i++) {
		seen += t->bucket[i];
		if (seen >= rank) {
			ns = bucket_middle(t->octave * TALLY_OCTAVE + i);
			break;
		}
	}
	if (ns < t->min)
		ns = t->min;
	return ns > t->max ? t->max : ns;
}

bool
tally_percentile(const struct tally *t, unsigned p, int64_t *ns)
{
	uint64_t rank;

	assert(p > 0 && p <= 100);
	if (t->n == 0 || t->lost)
		return false;
	/* ceil(n * p / 100) without overflow */
	rank = t->n / 100 * p + (t->n % 100 * p + 99) / 100;
	if (rank == t->n)
		*ns = t->max;
	else if (t->exact != NULL)
		*ns = t->exact[rank - 1];
	else
		*ns = bucket_at(t, rank);
	return true;
}
