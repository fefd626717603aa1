/*
 * digest.c - Internet checksum and content hash in one pass over bytes.
 *
 * The sum is taken over native 64-bit words: a one's complement sum does not
 * depend on byte order or word size (RFC 1071 2), digest_fold() puts it back
 * into wire order.
 */
#include "digest.h"

#include <string.h>

#define LANES 4
#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio */

static inline uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return w;
}

/* The carry goes round: 2^64 is 1 modulo 2^16 - 1. */
static inline uint64_t
add(uint64_t sum, uint64_t w)
{
	sum += w;
	return sum + (sum < w);
}

/* The rotation lets the high bits of w reach the low bits of later steps. */
static inline uint64_t
mix(uint64_t hash, uint64_t w)
{
	hash ^= w;
	return (hash << 29 | hash >> 35) * MULTIPLIER;
}

/* Let the high bits, which all of the input reaches, speak for the low. */
static inline uint64_t
stir(uint64_t hash)
{
	hash ^= hash >> 32;
	return hash * MULTIPLIER;
}

static inline uint64_t
fold_half(uint64_t sum)
{
	return (sum & 0xffffffff) + (sum >> 32);
}

struct digest
digest_bytes(const uint8_t *p, size_t n)
{
	uint64_t hash = n + 1, sum = 0;
	size_t left = n;

	if (n >= LANES * 8) {
		/* Independent lanes keep the multiplier busy. */
		uint64_t h[LANES] = {hash, 2, 3, 4}, odd = 0;

		for (; left >= LANES * 8; p += LANES * 8, left -= LANES * 8) {
			uint64_t a = load(p, 8), b = load(p + 8, 8);
			uint64_t c = load(p + 16, 8), d = load(p + 24, 8);

			sum = add(add(sum, a), b);
			odd = add(add(odd, c), d);
			h[0] = mix(h[0], a);
			h[1] = mix(h[1], b);
			h[2] = mix(h[2], c);
			h[3] = mix(h[3], d);
		}
		sum = add(sum, odd);
		hash = h[0];
		for (unsigned i = 1; i < LANES; i++)
			hash = mix(hash, h[i]);
	}
	for (; left >= 8; p += 8, left -= 8) {
		uint64_t w = load(p, 8);

		sum = add(sum, w);
		hash = mix(hash, w);
	}
	if (left >= 4) {
		uint64_t w = load(p, 4);

		sum = add(sum, w);
		hash = mix(hash, w);
		p += 4;
		left -= 4;
	}
	if (left > 0) {
		uint64_t w = load(p, left);

		sum = add(sum, w);
		hash = mix(hash, w);
	}
	hash = stir(hash);
	hash ^= hash >> 29;
	return (struct digest){fold_half(sum), hash == 0 ? 1 : hash};
}

uint64_t
digest_address(const uint8_t *p, size_t n)
{
	if (n == 4)
		return load(p, 4);
	return fold_half(add(load(p, 8), load(p + 8, 8)));
}

uint16_t
digest_fold(uint64_t sum)
{
	uint8_t b[2];
	uint16_t s;

	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	s = (uint16_t)sum;
	memcpy(b, &s, sizeof(b));
	return (uint16_t)(b[0] << 8 | b[1]);
}
