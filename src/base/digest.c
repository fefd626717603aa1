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

/* From here on the wide way is shorter. */
#define WIDE_MIN 96
/* Bytes of a block. */
#define WIDE 32

/* Two words that any processor of today handles at once. */
typedef uint64_t pair __attribute__((vector_size(16)));

static inline pair
load_pair(const uint8_t *p)
{
	pair w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/*
 * What is done with words w, in pairs or fours. They are summed as they are,
 * and their upper halves once more: wide_sum() finds the carries that were
 * lost. The hash rotates and adds, which processors do with several words at
 * once, unlike a product; its own sum remembers every step, so that what trades
 * places leaves a trace even where the bits meet again.
 */
#define STEP(sum, high, hash, steps, w) \
	do { \
		(sum) += (w); \
		(high) += (w) >> 32; \
		(hash) += (w); \
		(hash) = (hash) << 35 | (hash) >> 29; \
		(steps) += (hash); \
	} while (0)

/* Four hashes, and what STEP() left of each. */
struct wide {
	uint64_t hash[4], steps[4], sum[4], high[4];
};

/* Take blocks of 32 bytes off n at p. */
static void
wide_pairs(struct wide *wide, const uint8_t *p, size_t n)
{
	pair a = {n, 1}, b = {2, 3}, of_a = {0}, of_b = {0};
	pair sum = {0}, high = {0};

	for (; n >= WIDE; p += WIDE, n -= WIDE) {
		pair v = load_pair(p), w = load_pair(p + sizeof(pair));

		STEP(sum, high, a, of_a, v);
		STEP(sum, high, b, of_b, w);
	}
	*wide = (struct wide){{a[0], a[1], b[0], b[1]},
	    {of_a[0], of_a[1], of_b[0], of_b[1]}, {sum[0], sum[1], 0, 0},
	    {high[0], high[1], 0, 0}};
}

#if defined(__x86_64__) && defined(__GNUC__)

typedef uint64_t four __attribute__((vector_size(WIDE)));

/* The same, in half the steps. */
__attribute__((target("avx2"))) static void
wide_fours(struct wide *wide, const uint8_t *p, size_t n)
{
	four a = {n, 1, 2, 3}, of_a = {0}, sum = {0}, high = {0}, v, w;

	for (; n >= 2 * WIDE; p += 2 * WIDE, n -= 2 * WIDE) {
		memcpy(&v, p, sizeof(v));
		memcpy(&w, p + WIDE, sizeof(w));
		STEP(sum, high, a, of_a, v);
		STEP(sum, high, a, of_a, w);
	}
	if (n >= WIDE) {
		memcpy(&w, p, sizeof(w));
		STEP(sum, high, a, of_a, w);
	}
	memcpy(wide->hash, &a, sizeof(a));
	memcpy(wide->steps, &of_a, sizeof(of_a));
	memcpy(wide->sum, &sum, sizeof(sum));
	memcpy(wide->high, &high, sizeof(high));
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

/*
 * A sum of both halves of words whose own sum, modulo 2^64, and whose upper
 * halves are summed. The lower halves are what the former lacks of the latter.
 */
static uint64_t
wide_sum(uint64_t sum, uint64_t high)
{
	return digest_half(sum - (high << 32)) + digest_half(high);
}

static struct digest
wide_end(const struct wide *w)
{
	struct digest d = {0, 0};
	uint64_t sum = 0;

	for (unsigned i = 0; i < 4; i++) {
		sum += wide_sum(w->sum[i], w->high[i]);
		digest_step(
		    &d, w->hash[i] ^ (w->steps[i] << 23 | w->steps[i] >> 41));
	}
	d.sum = sum;
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
	digest_rest(&d, p, n);
	d.hash = digest_stir(d.hash);
	d.hash ^= d.hash >> 29;
	if (d.hash == 0)
		d.hash = 1;
	d.sum = digest_half(d.sum);
	return d;
}

struct digest
digest_bytes(const uint8_t *p, size_t n)
{
	return digest_by(n >= WIDE_MIN && has_fours(), p, n);
}

struct digest
digest_plain(const uint8_t *p, size_t n)
{
	return digest_by(false, p, n);
}

uint16_t
digest_fold(uint64_t sum)
{
	uint8_t b[2];
	uint16_t s;

	sum =
	    digest_half(digest_half(sum)); /* of 33 bits, then of 32 and one */
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	s = (uint16_t)((sum & 0xffff) + (sum >> 16));
	memcpy(b, &s, sizeof(b));
	return (uint16_t)(b[0] << 8 | b[1]);
}
