/*
 * unpack.h - compressed bytes in, plain bytes out.
 *
 * A format is recognised by its first bytes. Its stream may be one of several
 * members, one after the other (gzip members, zstd and lz4 frames, xz
 * streams), with zeros between or behind them. Memory is bounded, and what
 * stands before a fault is given out first.
 */
#ifndef TCPCONN_UNPACK_H
#define TCPCONN_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A compression format; its functions are those of its codec. */
struct unpack_format {
	const char *name; /* "gzip", "zstd", "lz4", "xz", or another */
	const struct unpack_codec *codec; /* NULL: never supported */
	const char *tool;                 /* command that unpacks it */
	uint8_t magic_n, magic[6];
};

/* The format that the first n bytes of an input show, or NULL. */
const struct unpack_format *unpack_recognise(const uint8_t *p, size_t n);
/* Whether this build can unpack it. */
bool unpack_supported(const struct unpack_format *f);

/* Like read(): bytes read, 0 at the end, -1 with errno set. */
typedef ssize_t unpack_read_fn(void *arg, void *buf, size_t n);

enum unpack_fault {
	UNPACK_FAULT_NONE,
	UNPACK_FAULT_CUT, /* the input ends within a member */
	UNPACK_FAULT_DAMAGED,
	UNPACK_FAULT_TOO_LARGE, /* it asks for more than UNPACK_MEMORY */
	UNPACK_FAULT_NO_MEMORY,
};

struct unpacker; /* owned by its creator */

/* f must be supported; NULL: no memory. */
struct unpacker *
unpacker_new(const struct unpack_format *f, unpack_read_fn *read, void *arg);
void unpacker_free(struct unpacker *u);

/*
 * Give out at most n > 0 plain bytes: their number, or 0 at the end of the
 * last member, or -1 with errno set: as read set it, or EIO for a fault of
 * the stream, which stays.
 */
ssize_t unpacker_read(struct unpacker *u, uint8_t *out, size_t n);
enum unpack_fault unpacker_fault(const struct unpacker *u);

#endif
