/*
 * unpack_zstd.c - Zstandard frames (RFC 8878) through libzstd.
 */
#include "input/unpack_codec.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_ZSTD

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct zstd {
	ZSTD_DCtx *d;
	size_t want; /* input that the next block needs */
};

static void *
zstd_new(void)
{
	struct zstd *z = malloc(sizeof(*z));

	if (z == NULL)
		return NULL;
	z->d = ZSTD_createDCtx();
	if (z->d == NULL) {
		free(z);
		return NULL;
	}
	(void)ZSTD_DCtx_setParameter(
	    z->d, ZSTD_d_windowLogMax, UNPACK_MEMORY_LOG);
	z->want = ZSTD_initDStream(z->d);
	return z;
}

/*
 * The library forgets what it wrote in a call that fails. Fed with one block
 * a call, it can lose nothing before the damage.
 */
static enum unpack_result
zstd_step(void *state, struct unpack_step *s)
{
	struct zstd *z = state;
	ZSTD_inBuffer in = {s->in, s->in_n < z->want ? s->in_n : z->want, 0};
	ZSTD_outBuffer out = {s->out, s->out_n, 0};
	size_t rc = ZSTD_decompressStream(z->d, &out, &in);

	s->in += in.pos;
	s->in_n -= in.pos;
	s->out += out.pos;
	s->out_n -= out.pos;
	if (!ZSTD_isError(rc)) {
		z->want = rc > 0 ? rc : ZSTD_initDStream(z->d);
		return rc > 0 ? UNPACK_MORE : UNPACK_END;
	}
	switch (ZSTD_getErrorCode(rc)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return UNPACK_TOO_LARGE;
	case ZSTD_error_memory_allocation:
		return UNPACK_NO_MEMORY;
	default:
		return UNPACK_DAMAGED;
	}
}

static void
zstd_free(void *state)
{
	struct zstd *z = state;

	(void)ZSTD_freeDCtx(z->d);
	free(z);
}

const struct unpack_codec unpack_zstd = {zstd_new, zstd_step, zstd_free};

#else

const struct unpack_codec unpack_zstd = {NULL, NULL, NULL};

#endif
