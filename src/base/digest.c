/*
 * digest.c - Internet checksum and content hash in one pass over bytes.
 *
 * The sum is taken over native 64-bit words: a one's complement sum does not
 * depend on byte order or word size (RFC 1071 2), digest_fold() puts it back
 * into wire order.
 */
#include "base/digest.h"

#include <stdbool.h>
#include <string.h>

#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio */
/* From here on the wide way is shorter. */
#define WIDE_MIN 96
/* Bytes of a block. */
#define WIDE 32

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
 * What is done with words w, in pairs or fours. They are summed in halves, so
 * that no carry is lost. The hash rotates and adds, which processors do with
 * several words at once, unlike a product; its own sum remembers every step,
 * so that what trades places leaves a trace even where the bits meet again.
 */
#define STEP(sum, hash, steps, w) \
	do { \
		(sum) += ((w)&0xffffffff) + ((w) >> 32); \
		(hash) += (w); \
		(hash) = (hash) << 35 | (hash) >> 29; \
		(steps) += (hash); \
	} while (0)

/* Four hashes, and what STEP() left of each. */
struct wide {
	uint64_t hash[4], steps[4], sum[4];
};

/* Take blocks of 32 bytes off n at p. */
static void
wide_pairs(struct wide *wide, const uint8_t *p, size_t n)
{
	pair a = {n, 1}, b = {2, 3}, of_a = {0}, of_b = {0};
	pair sum = {0};

	for (; n >= WIDE; p += WIDE, n -= WIDE) {
		pair v = load_pair(p), w = load_pair(p + sizeof(pair));

		STEP(sum, a, of_a, v);
		STEP(sum, b, of_b, w);
	}
	*wide = (struct wide){{a[0], a[1], b[0], b[1]},
	    {of_a[0], of_a[1], of_b[0], of_b[1]}, {sum[0], sum[1], 0, 0}};
}

#if defined(__x86_64__) && defined(__GNUC__)

typedef uint64_t four __attribute__((vector_size(WIDE)));

/* The same, in half the steps. */
__attribute__((target("avx2"))) static void
wide_fours(struct wide *wide, const uint8_t *p, size_t n)
{
	four a = {n, 1, 2, 3}, of_a = {0}, sum = {0};

	for (; n >= WIDE; p += WIDE, n -= WIDE) {
		four w;

		memcpy(&w, p, sizeof(w));
		STEP(sum, a, of_a, w);
	}
	memcpy(wide->hash, &a, sizeof(a));
	memcpy(wide->steps, &of_a, sizeof(of_a));
	memcpy(wide->sum, &sum, sizeof(sum));
}

static bool
has_fours(void)
{
	return __builtin_cpu_supports("avx2");
}

#else

#define wide_fours wide_pairs

static bool
has_fours(void)
{
	return false;
}

#endif

static struct digest
wide_end(const struct wide *w)
{
	struct digest d = {0, 0};

	for (unsigned i = 0; i < 4; i++) {
		d.sum += fold_half(w->sum[i]);
		d.hash = mix(d.hash,
		    w->hash[i] ^ (w->steps[i] << 23 | w->steps[i] >> 41));
	}
	return d;
}

static inline struct digest
digest_by(bool fours, const uint8_t *p, size_t n)
{
	struct digest d = {0, n + 1};

	if (n >= WIDE_MIN) {
		struct wide w;

		if (fours)
			wide_fours(&w, p, n);
		else
			wide_pairs(&w, p, n);
		d = wide_end(&w);
		p += n / WIDE * WIDE;
		n %= WIDE;
	}
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

struct digest
digest_bytes(const uint8_t *p, size_t n)
{
	return digest_by(has_fours(), p, n);
}

struct digest
digest_plain(const uint8_t *p, size_t n)
{
	return digest_by(false, p, n);
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
