/*
 * bytes.h - bounds-checked reading of captured bytes.
 *
 * The only way packet bytes are read. A read past the end yields 0 or NULL,
 * sets cut and leaves nothing to read, so that a header can be read field by
 * field and checked once. Nothing is owned or copied.
 */
#ifndef TCPCONN_BYTES_H
#define TCPCONN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cursor over borrowed bytes. */
struct bytes {
	const uint8_t *p;   /* next byte */
	const uint8_t *end; /* one past the last; never below p */
	bool cut;           /* a read went past the end */
};

/* A cursor over n bytes at p; p may be NULL when n is 0. */
static inline struct bytes
bytes_of(const uint8_t *p, size_t n)
{
	return (struct bytes){p, n == 0 ? p : p + n, false};
}

static inline size_t
bytes_left(const struct bytes *b)
{
	return (size_t)(b->end - b->p);
}

/* The next n bytes, consumed; NULL when there are fewer. */
static inline const uint8_t *
bytes_take(struct bytes *b, size_t n)
{
	const uint8_t *p = b->p;

	if (p == NULL || n > bytes_left(b)) {
		b->cut = true;
		b->p = b->end;
		return NULL;
	}
	b->p += n;
	return p;
}

static inline void
bytes_skip(struct bytes *b, size_t n)
{
	(void)bytes_take(b, n);
}

/* Forget all but the next n bytes. */
static inline void
bytes_limit(struct bytes *b, size_t n)
{
	if (n < bytes_left(b))
		b->end = b->p + n;
}

/* Big-endian numbers at p, inside of what bytes_take() gave. */
static inline uint16_t
taken_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
taken_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static inline uint8_t
bytes_u8(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 1);

	if (p == NULL)
		return 0;
	return p[0];
}

static inline uint16_t
bytes_be16(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 2);

	return p == NULL ? 0 : taken_be16(p);
}

static inline uint32_t
bytes_be24(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 3);

	if (p == NULL)
		return 0;
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
bytes_be32(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 4);

	return p == NULL ? 0 : taken_be32(p);
}

static inline uint16_t
bytes_le16(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 2);

	if (p == NULL)
		return 0;
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t
bytes_le32(struct bytes *b)
{
	const uint8_t *p = bytes_take(b, 4);

	if (p == NULL)
		return 0;
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[1] << 8 | p[0];
}

/* The next byte without consuming it; 0 at the end. */
static inline uint8_t
bytes_peek(const struct bytes *b)
{
	return b->p == b->end ? 0 : b->p[0];
}

#endif
