/*
 * unpack_lz4.c - LZ4 frames through liblz4.
 */
#include "input/unpack_codec.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LZ4

#include <lz4frame.h>
#include <stdlib.h>

/* Least input with which a frame's header can be read. */
#define WANT_FIRST 7

struct lz4 {
	LZ4F_dctx *d;
	size_t want; /* input that the next block needs */
};

static void *
lz4_new(void)
{
	struct lz4 *z = malloc(sizeof(*z));

	if (z == NULL)
		return NULL;
	z->want = WANT_FIRST;
	if (LZ4F_isError(
		LZ4F_createDecompressionContext(&z->d, LZ4F_VERSION))) {
		free(z);
		return NULL;
	}
	return z;
}

/*
 * The library forgets what it wrote in a call that fails. Fed with one block
 * a call, it can lose nothing before the damage.
 */
static enum unpack_result
lz4_step(void *state, struct unpack_step *s)
{
	struct lz4 *z = state;
	size_t used = s->in_n < z->want ? s->in_n : z->want, made = s->out_n;
	size_t rc = LZ4F_decompress(z->d, s->out, &made, s->in, &used, NULL);

	if (LZ4F_isError(rc))
		return UNPACK_DAMAGED;
	s->in += used;
	s->in_n -= used;
	s->out += made;
	s->out_n -= made;
	z->want = rc > 0 ? rc : WANT_FIRST;
	return rc > 0 ? UNPACK_MORE : UNPACK_END;
}

static void
lz4_free(void *state)
{
	struct lz4 *z = state;

	(void)LZ4F_freeDecompressionContext(z->d);
	free(z);
}

const struct unpack_codec unpack_lz4 = {lz4_new, lz4_step, lz4_free};

#else

const struct unpack_codec unpack_lz4 = {NULL, NULL, NULL};

#endif
