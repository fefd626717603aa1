/*
 * squeeze.c - structures as differences of their words.
 */
#include "base/squeeze.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LITTLE_ENDIAN_WORDS /* one move takes eight bytes */
#endif
#endif

#define GROUP 8u         /* words that one byte tells of: zero or not */
#define FIRST_ROOM 16384 /* bytes */

/*
 * A word of a single structure: its length in the low half of a byte, in the
 * high half which of the words seen is like it. From PLAIN on it is the word
 * itself, of as many bytes as there are beyond PLAIN.
 */
#define PLAIN 8u

/* Bytes that a group of either coding takes at most. */
#define GROUP_MOST (1 + GROUP * 9)
#define ROW_GROUP_MOST (3 + GROUP * 4)

void
squeeze_clear(struct squeeze *s)
{
	s->n = 0;
	memset(&s->words, 0, sizeof(s->words));
}

void
squeeze_fini(struct squeeze *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* Room for so many bytes more, and the slack. */
static bool
squeeze_room(struct squeeze *s, size_t more)
{
	size_t cap = s->cap != 0 ? s->cap : FIRST_ROOM;
	uint8_t *v;

	more += SQUEEZE_SLACK;
	if (more <= s->cap - s->n)
		return true;
	while (cap - s->n < more)
		cap *= 2;
	v = realloc(s->v, cap);
	if (v == NULL)
		return false;
	s->v = v;
	s->cap = cap;
	return true;
}

/* --- numbers ------------------------------------------------------------ */

/* Eight bytes at p, the lowest first. */
static inline void
put_word(uint8_t *p, uint64_t w)
{
#ifdef LITTLE_ENDIAN_WORDS
	memcpy(p, &w, sizeof(w));
#else
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(w >> (8 * i));
#endif
}

/* The lowest n of them. */
static inline uint64_t
get_word(const uint8_t *p, unsigned n)
{
	uint64_t w = 0;

#ifdef LITTLE_ENDIAN_WORDS
	memcpy(&w, p, sizeof(w));
#else
	for (unsigned i = 0; i < 8; i++)
		w |= (uint64_t)p[i] << (8 * i);
#endif
	return n != 0 ? w & (UINT64_MAX >> (64 - 8 * n)) : 0;
}

static inline unsigned
bytes_needed(uint64_t w)
{
#ifdef __GNUC__
	return w != 0 ? (71 - (unsigned)__builtin_clzll(w)) / 8 : 0;
#else
	unsigned n = 0;

	for (; w != 0; w >>= 8)
		n++;
	return n;
#endif
}

/* The lowest bit of mask, which has one. */
static inline unsigned
lowest(unsigned mask)
{
#ifdef __GNUC__
	return (unsigned)__builtin_ctz(mask);
#else
	unsigned k = 0;

	while (!(mask >> k & 1))
		k++;
	return k;
#endif
}

/* Small differences of either sign become small numbers. */
static inline uint64_t
zigzag(uint64_t d)
{
	return d << 1 ^ (0 - (d >> 63));
}

static inline uint64_t
unzigzag(uint64_t z)
{
	return z >> 1 ^ (0 - (z & 1));
}

static inline uint32_t
zigzag32(uint32_t d)
{
	return d << 1 ^ (0 - (d >> 31));
}

static inline uint32_t
unzigzag32(uint32_t z)
{
	return z >> 1 ^ (0 - (z & 1));
}

/* Words that are like w, of its size and its upper half, share a place. */
static inline unsigned
place_of(uint64_t w)
{
	uint32_t high = (uint32_t)(w >> 32);

	return (high != 0 ? high * 2654435769u >> 28 : bytes_needed(w)) %
	       SQUEEZE_SEEN;
}

static inline uint64_t
load(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

static inline uint32_t
load32(const uint8_t *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* --- one structure ------------------------------------------------------ */

static inline uint8_t *
put_like(uint8_t *to, struct squeeze_words *seen, uint64_t w)
{
	unsigned place = place_of(w);
	uint64_t step = zigzag(w - seen->seen[place]);
	unsigned n = bytes_needed(step), plain = bytes_needed(w);

	seen->seen[place] = w;
	if (n <= plain) {
		*to++ = (uint8_t)(place << 4 | n);
		put_word(to, step);
		return to + n;
	}
	*to++ = (uint8_t)(PLAIN + plain);
	put_word(to, w);
	return to + plain;
}

bool
squeeze_one(struct squeeze *s, const void *from, size_t size)
{
	const uint8_t *p = from;
	size_t i, n = size / 8;
	uint8_t *to;

	assert(size % 8 == 0);
	if (!squeeze_room(s, (n / GROUP + 1) * GROUP_MOST))
		return false;
	to = s->v + s->n;
	for (i = 0; i < n; i += GROUP, p += GROUP * 8) {
		unsigned most = n - i < GROUP ? (unsigned)(n - i) : GROUP;
		unsigned mask = 0, k;
		uint8_t *head = to++;

		for (k = 0; k < most; k++) {
			uint64_t w = load(p + k * 8);

			if (w == 0)
				continue;
			mask |= 1u << k;
			to = put_like(to, &s->words, w);
		}
		*head = (uint8_t)mask;
	}
	s->n = (size_t)(to - s->v);
	return true;
}

void
unsqueeze_one(struct unsqueeze *u, void *to, size_t size)
{
	const uint8_t *p = u->p;
	uint8_t *at = to;
	size_t i, n = size / 8;

	memset(to, 0, size);
	for (i = 0; i < n; i += GROUP) {
		unsigned mask;

		for (mask = *p++; mask != 0; mask &= mask - 1) {
			unsigned tag = *p++, len = tag & 15;
			uint64_t w;

			if (len > PLAIN) {
				len -= PLAIN;
				w = get_word(p, len);
			} else {
				w = u->words.seen[tag >> 4] +
				    unzigzag(get_word(p, len));
			}
			p += len;
			u->words.seen[place_of(w)] = w;
			memcpy(at + (i + lowest(mask)) * 8, &w, sizeof(w));
		}
	}
	u->p = p;
}

/* --- rows of a table ---------------------------------------------------- */

/*
 * The first part of a row after that of the one before it, which is size bytes
 * below.
 */
static uint8_t *
put_row(uint8_t *to, const uint8_t *row, size_t size, size_t part)
{
	size_t i, n = part / 4;

	for (i = 0; i < n; i += GROUP) {
		uint8_t *head = to;
		unsigned mask = 0, lengths = 0, k;
		unsigned most = n - i < GROUP ? (unsigned)(n - i) : GROUP;

		to += 3;
		for (k = 0; k < most; k++) {
			const uint8_t *at = row + (i + k) * 4;
			uint32_t step =
			    zigzag32(load32(at) - load32(at - size));
			unsigned len = bytes_needed(step);

			if (step == 0)
				continue;
			mask |= 1u << k;
			lengths |= (len - 1) << (2 * k);
			put_word(to, step);
			to += len;
		}
		head[0] = (uint8_t)mask;
		if (mask == 0) {
			to = head + 1;
			continue;
		}
		head[1] = (uint8_t)lengths;
		head[2] = (uint8_t)(lengths >> 8);
	}
	return to;
}

static const uint8_t *
get_row(const uint8_t *p, uint8_t *row, size_t size, size_t part)
{
	size_t i, n = part / 4;

	memcpy(row, row - size, part);
	for (i = 0; i < n; i += GROUP) {
		unsigned mask = *p++, lengths;

		if (mask == 0)
			continue;
		lengths = p[0] | (unsigned)p[1] << 8;
		p += 2;
		for (; mask != 0; mask &= mask - 1) {
			unsigned k = lowest(mask);
			uint8_t *at = row + (i + k) * 4;
			unsigned len = (lengths >> (2 * k) & 3) + 1;
			uint32_t w =
			    load32(at) + unzigzag32((uint32_t)get_word(p, len));

			memcpy(at, &w, sizeof(w));
			p += len;
		}
	}
	return p;
}

bool
squeeze_rows(
    struct squeeze *s, const void *from, size_t n, size_t size, size_t raw)
{
	size_t i, most = (size / 4 / GROUP + 1) * ROW_GROUP_MOST + raw;
	uint8_t *to;

	if (n == 0)
		return true;
	if (!squeeze_one(s, from, size) || !squeeze_room(s, (n - 1) * most))
		return false;
	to = s->v + s->n;
	for (i = 1; i < n; i++) {
		const uint8_t *row = (const uint8_t *)from + i * size;

		to = put_row(to, row, size, size - raw);
		memcpy(to, row + size - raw, raw);
		to += raw;
	}
	s->n = (size_t)(to - s->v);
	return true;
}

void
unsqueeze_rows(struct unsqueeze *u, void *to, size_t n, size_t size, size_t raw)
{
	size_t i;

	if (n == 0)
		return;
	unsqueeze_one(u, to, size);
	for (i = 1; i < n; i++) {
		uint8_t *row = (uint8_t *)to + i * size;

		u->p = get_row(u->p, row, size, size - raw);
		memcpy(row + size - raw, u->p, raw);
		u->p += raw;
	}
}
