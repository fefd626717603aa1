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
rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

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
	return rotate(hash ^ w, 29) * MULTIPLIER;
}

static uint64_t
finish(const uint64_t lane[LANES], size_t n)
{
	uint64_t h = n;

	for (unsigned i = 0; i < LANES; i++)
		h = mix(h, lane[i]);
	h ^= h >> 32;
	h *= MULTIPLIER;
	h ^= h >> 29;
	return h == 0 ? 1 : h;
}

struct digest
digest_bytes(const uint8_t *p, size_t n)
{
	uint64_t lane[LANES] = {1, 2, 3, 4};
	uint64_t sum = 0, odd = 0, w;
	size_t left = n;

	/* Independent lanes keep the multiplier busy on long payloads. */
	for (; left >= 32; p += 32, left -= 32) {
		uint64_t a = load(p, 8), b = load(p + 8, 8);
		uint64_t c = load(p + 16, 8), d = load(p + 24, 8);

		sum = add(add(sum, a), b);
		odd = add(add(odd, c), d);
		lane[0] = mix(lane[0], a);
		lane[1] = mix(lane[1], b);
		lane[2] = mix(lane[2], c);
		lane[3] = mix(lane[3], d);
	}
	for (unsigned i = 0; left > 0; i++) {
		size_t step = left < 8 ? left : 8;

		w = step == 8 ? load(p, 8) : load(p, step);
		sum = add(sum, w);
		lane[i] = mix(lane[i], w);
		p += step;
		left -= step;
	}
	sum = add(sum, odd);
	sum = (sum & 0xffffffff) + (sum >> 32);
	return (struct digest){sum, finish(lane, n)};
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
