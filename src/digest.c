/*
 * digest.c - Internet checksum and content hash in one pass over bytes.
 *
 * The sum is taken over native 64-bit words: a one's complement sum does not
 * depend on byte order or word size (RFC 1071 2), digest_fold() puts it back
 * into wire order.
 */
#include "digest.h"

#include <string.h>

#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio */
/* From here on the wide way is shorter. */
#define WIDE_MIN 96

/* Two words that any processor of today handles at once. */
typedef uint64_t pair __attribute__((vector_size(16)));

static inline uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return w;
}

static inline pair
load_pair(const uint8_t *p)
{
	pair w;

	memcpy(&w, p, sizeof(w));
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

/*
 * Take blocks of 32 bytes off *p and *n. Words are summed in halves, so that
 * no carry is lost. Four hashes rotate and add, which comes in pairs, unlike a
 * product; their own sums remember every step, so that what trades places
 * leaves a trace even where the bits meet again.
 */
static struct digest
digest_wide(const uint8_t **p, size_t *n)
{
	pair a = {*n, 1}, b = {2, 3}, of_a = {0, 0}, of_b = {0, 0};
	pair sum = {0, 0};
	const uint8_t *at = *p;
	uint64_t hash;

	for (; *n >= 2 * sizeof(pair); at += 2 * sizeof(pair)) {
		pair v = load_pair(at), w = load_pair(at + sizeof(pair));

		sum +=
		    (v & 0xffffffff) + (v >> 32) + (w & 0xffffffff) + (w >> 32);
		a += v;
		b += w;
		a = a << 35 | a >> 29;
		b = b << 35 | b >> 29;
		of_a += a;
		of_b += b;
		*n -= 2 * sizeof(pair);
	}
	*p = at;
	a ^= of_a << 23 | of_a >> 41;
	b ^= of_b << 23 | of_b >> 41;
	hash = mix(mix(mix(stir(a[0]), a[1]), b[0]), b[1]);
	return (struct digest){fold_half(sum[0]) + fold_half(sum[1]), hash};
}

struct digest
digest_bytes(const uint8_t *p, size_t n)
{
	struct digest d = {0, n + 1};

	if (n >= WIDE_MIN)
		d = digest_wide(&p, &n);
	for (; n >= 8; p += 8, n -= 8) {
		uint64_t w = load(p, 8);

		d.sum = add(d.sum, w);
		d.hash = mix(d.hash, w);
	}
	if (n >= 4) {
		uint64_t w = load(p, 4);

		d.sum = add(d.sum, w);
		d.hash = mix(d.hash, w);
		p += 4;
		n -= 4;
	}
	if (n > 0) {
		uint64_t w = load(p, n);

		d.sum = add(d.sum, w);
		d.hash = mix(d.hash, w);
	}
	d.hash = stir(d.hash);
	d.hash ^= d.hash >> 29;
	if (d.hash == 0)
		d.hash = 1;
	d.sum = fold_half(d.sum);
	return d;
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

	sum = fold_half(fold_half(sum)); /* of 33 bits, then of 32 and one */
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	s = (uint16_t)((sum & 0xffff) + (sum >> 16));
	memcpy(b, &s, sizeof(b));
	return (uint16_t)(b[0] << 8 | b[1]);
}
