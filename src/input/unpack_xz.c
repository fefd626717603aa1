/*
 * unpack_xz.c - .xz streams through liblzma.
 */
#include "input/unpack_codec.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_LZMA

#include <lzma.h>
#include <stdlib.h>

static void *
xz_new(void)
{
	lzma_stream *z = calloc(1, sizeof(*z));

	if (z != NULL && lzma_stream_decoder(z, UNPACK_MEMORY, 0) != LZMA_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum unpack_result
xz_step(void *state, struct unpack_step *s)
{
	lzma_stream *z = state;
	lzma_ret rc;

	z->next_in = s->in;
	z->avail_in = s->in_n;
	z->next_out = s->out;
	z->avail_out = s->out_n;
	rc = lzma_code(z, LZMA_RUN);
	s->in = z->next_in;
	s->in_n = z->avail_in;
	s->out = z->next_out;
	s->out_n = z->avail_out;
	switch (rc) {
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* nothing could be done: no fault by itself */
		return UNPACK_MORE;
	case LZMA_STREAM_END: /* memory of the decoder is used again */
		return lzma_stream_decoder(z, UNPACK_MEMORY, 0) == LZMA_OK
			   ? UNPACK_END
			   : UNPACK_NO_MEMORY;
	case LZMA_MEMLIMIT_ERROR:
		return UNPACK_TOO_LARGE;
	case LZMA_MEM_ERROR:
		return UNPACK_NO_MEMORY;
	default:
		return UNPACK_DAMAGED;
	}
}

static void
xz_free(void *state)
{
	lzma_end(state);
	free(state);
}

const struct unpack_codec unpack_xz = {xz_new, xz_step, xz_free};

#else

const struct unpack_codec unpack_xz = {NULL, NULL, NULL};

#endif
