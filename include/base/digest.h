/*
 * digest.h - Internet checksum and content hash in one pass over bytes.
 */
#ifndef TCPCONN_DIGEST_H
#define TCPCONN_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * sum is a one's complement sum (RFC 1071) not yet folded, small enough that
 * thousands may be added. hash tells contents apart; it is never 0 and not
 * meant to leave the process.
 */
struct digest {
	uint64_t sum;
	uint64_t hash;
};

/* Digest of n bytes at p, which start at an even place of the message. */
struct digest digest_bytes(const uint8_t *p, size_t n);
/* The same without what only some processors can do: for tests. */
struct digest digest_plain(const uint8_t *p, size_t n);

/* The 16-bit one's complement sum as read from the wire, not complemented. */
uint16_t digest_fold(uint64_t sum);

/* Whether that is 0xffff, as it is of what holds its own right checksum. */
static inline bool
digest_is_right(uint64_t sum)
{
	return sum != 0 && sum % 0xffff == 0;
}

/* --- steps, and what is short enough to be done in place ---------------- */

#define DIGEST_MULTIPLIER UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio \
							*/

/* n bytes at p, at most 8, as a number of this machine. */
static inline uint64_t
digest_load(const uint8_t *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return w;
}

/* The carry goes round: 2^64 is 1 modulo 2^16 - 1. */
static inline uint64_t
digest_add(uint64_t sum, uint64_t w)
{
	sum += w;
	return sum + (sum < w);
}

/* 33 bits of the same remainder. */
static inline uint64_t
digest_half(uint64_t sum)
{
	return (sum & 0xffffffff) + (sum >> 32);
}

/*
 * Take in one more word. The rotation lets its high bits reach the low bits of
 * later steps.
 */
static inline void
digest_step(struct digest *d, uint64_t w)
{
	d->sum = digest_add(d->sum, w);
	d->hash ^= w;
	d->hash = (d->hash << 29 | d->hash >> 35) * DIGEST_MULTIPLIER;
}

/* What is left, n bytes at p. */
static inline void
digest_rest(struct digest *d, const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8)
		digest_step(d, digest_load(p, 8));
	if (n >= 4) {
		digest_step(d, digest_load(p, 4));
		p += 4;
		n -= 4;
	}
	if (n > 0)
		digest_step(d, digest_load(p, n));
}

/* Let the high bits of a hash, which all of the input reaches, speak. */
static inline uint64_t
digest_stir(uint64_t hash)
{
	hash ^= hash >> 32;
	return hash * DIGEST_MULTIPLIER;
}

/* Of a header of n bytes, at least 20; its hash is another than above. */
static inline struct digest
digest_header(const uint8_t *p, size_t n)
{
	struct digest d = {0, n};

	digest_step(&d, digest_load(p, 8));
	digest_step(&d, digest_load(p + 8, 8));
	digest_step(&d, digest_load(p + 16, 4));
	if (n > 20)
		digest_rest(&d, p + 20, n - 20);
	d.hash = digest_stir(d.hash);
	d.sum = digest_half(d.sum);
	return d;
}

/* The sum alone, of an address of 4 or 16 bytes. */
static inline uint64_t
digest_address(const uint8_t *p, size_t n)
{
	if (n == 4)
		return digest_load(p, 4);
	return digest_half(
	    digest_add(digest_load(p, 8), digest_load(p + 8, 8)));
}

#endif
