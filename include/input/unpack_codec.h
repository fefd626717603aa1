/*
 * unpack_codec.h - what a compression library does for unpack.c.
 *
 * A codec lives in unpack_<format>.c, the only user of its library. Built
 * without the library, its functions are NULL.
 */
#ifndef TCPCONN_UNPACK_CODEC_H
#define TCPCONN_UNPACK_CODEC_H

#include <stddef.h>
#include <stdint.h>

/* A stream that needs more than this to be unpacked is refused. */
#define UNPACK_MEMORY_LOG 27
#define UNPACK_MEMORY (UINT64_C(1) << UNPACK_MEMORY_LOG)

/* Buffers of one step; a step moves both forward. */
struct unpack_step {
	const uint8_t *in;
	size_t in_n;
	uint8_t *out;
	size_t out_n;
};

enum unpack_result {
	UNPACK_MORE, /* as far as input and room allowed */
	UNPACK_END,  /* a member ended; the next step begins another */
	UNPACK_DAMAGED,
	UNPACK_TOO_LARGE,
	UNPACK_NO_MEMORY,
};

struct unpack_codec {
	void *(*new)(void); /* NULL: no memory */
	enum unpack_result (*step)(void *state, struct unpack_step *s);
	void (*free)(void *state);
};

extern const struct unpack_codec unpack_gzip, unpack_lz4, unpack_xz,
    unpack_zstd;

#endif
