/*
 * tally.h - distribution of durations in nanoseconds: exact up to 32 samples,
 * then a log-linear histogram from 1 us to 2^36 us with 16 sub-buckets per
 * octave, whose percentiles err by at most 3.2% (R8.5).
 */
#ifndef TCPCONN_TALLY_H
#define TCPCONN_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#define TALLY_EXACT 32
#define TALLY_OCTAVE 16u /* buckets of an octave */

struct tally {
	uint64_t n;
	int64_t min, max; /* ns; valid once n > 0 */
	int64_t *exact;   /* owned; the first TALLY_EXACT samples in order */
	/* owned; from sample 33 on, or NULL: the octaves that have samples */
	uint32_t *bucket;
	uint8_t octave, octaves; /* of bucket: the first, and how many */
	bool lost;               /* memory ran out: percentiles are unknown */
};

void tally_init(struct tally *t);
void tally_fini(struct tally *t);

/* Add one sample of ns >= 0 (negative counts as 0). */
void tally_add(struct tally *t, int64_t ns);

/*
 * The p-th percentile (0 < p <= 100, nearest rank) in ns. False when there is
 * no sample or the distribution was lost; *ns is then left alone.
 */
bool tally_percentile(const struct tally *t, unsigned p, int64_t *ns);

#endif
