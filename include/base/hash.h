/*
 * hash.h - a keyed hash for tables whose contents come from a capture, which
 * may be made so that they collide.
 *
 * Multilinear hashing (Lemire and Kaser, "Strongly universal string hashing
 * is fast", 2014): whoever does not know the key finds, of any two items, a
 * chance of 2^-32 that they collide. Nothing that is reported may depend on
 * the key.
 */
#ifndef TCPCONN_HASH_H
#define TCPCONN_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest item, in words of 64 bits. */
#define HASH_WORDS 6

struct hash_key {
	uint64_t k[2 * HASH_WORDS];
};

/* For tests, and where the system has no random bytes. */
extern const struct hash_key hash_key_fixed;

/* Random bytes of the system, or else hash_key_fixed. */
void hash_key_draw(struct hash_key *key);

/* What word i of an item adds to the sum that hash_end() takes. */
static inline uint64_t
hash_word(const struct hash_key *key, unsigned i, uint64_t w)
{
	return (key->k[2 * i] + (uint32_t)w) * (key->k[2 * i + 1] + (w >> 32));
}

/*
 * The hash of a sum. The upper half is the hash proper; it is mixed so that
 * its low bits do not follow items that count up.
 */
static inline uint32_t
hash_end(uint64_t sum)
{
	uint32_t h = (uint32_t)(sum >> 32);

	h = (h ^ h >> 16) * UINT32_C(0x7feb352d);
	return h ^ h >> 15;
}

/* The hash of n words, at most HASH_WORDS. */
static inline uint32_t
hash_words(const struct hash_key *key, const uint64_t *w, unsigned n)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < n; i++)
		sum += hash_word(key, i, w[i]);
	return hash_end(sum);
}

#endif
