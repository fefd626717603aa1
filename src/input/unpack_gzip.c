/*
 * unpack_gzip.c - gzip (RFC 1952) through zlib.
 */
#include "input/unpack_codec.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_ZLIB

#define ZLIB_CONST /* what is read is const */
#include <stdlib.h>
#include <zlib.h>

/* Largest window, and a gzip header is expected. */
#define WINDOW_BITS (15 + 16)

static void *
gzip_new(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z != NULL && inflateInit2(z, WINDOW_BITS) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum unpack_result
gzip_step(void *state, struct unpack_step *s)
{
	z_stream *z = state;
	int rc;

	z->next_in = s->in;
	z->avail_in = (uInt)s->in_n;
	z->next_out = s->out;
	z->avail_out = (uInt)s->out_n;
	rc = inflate(z, Z_NO_FLUSH);
	s->in = z->next_in;
	s->in_n = z->avail_in;
	s->out = z->next_out;
	s->out_n = z->avail_out;
	switch (rc) {
	case Z_OK:
	case Z_BUF_ERROR: /* nothing could be done: not a fault by itself */
		return UNPACK_MORE;
	case Z_STREAM_END:
		return inflateReset(z) == Z_OK ? UNPACK_END : UNPACK_DAMAGED;
	case Z_MEM_ERROR:
		return UNPACK_NO_MEMORY;
	default:
		return UNPACK_DAMAGED;
	}
}

static void
gzip_free(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

const struct unpack_codec unpack_gzip = {gzip_new, gzip_step, gzip_free};

#else

const struct unpack_codec unpack_gzip = {NULL, NULL, NULL};

#endif
