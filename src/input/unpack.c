/*
 * unpack.c - formats, members, and where a stream ends.
 */
#include "input/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "input/unpack_codec.h"

#define INPUT_SIZE ((size_t)64 << 10)

struct unpacker {
	const struct unpack_codec *codec;
	void *state; /* owned, of codec */
	unpack_read_fn *read;
	void *arg;
	enum unpack_fault fault;
	bool ended;  /* no more input */
	bool within; /* a member */
	const uint8_t *at;
	size_t left; /* bytes at `at` */
	uint8_t input[INPUT_SIZE];
};

static const struct unpack_format formats[] = {
    {"gzip", &unpack_gzip, "gzip -dc", 2, {0x1f, 0x8b}},
    {"zstd", &unpack_zstd, "zstd -dc", 4, {0x28, 0xb5, 0x2f, 0xfd}},
    {"lz4", &unpack_lz4, "lz4 -dc", 4, {0x04, 0x22, 0x4d, 0x18}},
    {"xz", &unpack_xz, "xz -dc", 6, {0xfd, '7', 'z', 'X', 'Z', 0x00}},
    /* named, so that the message tells what to do */
    {"lz4 (legacy)", NULL, "lz4 -dc", 4, {0x02, 0x21, 0x4c, 0x18}},
    {"bzip2", NULL, "bzip2 -dc", 3, {'B', 'Z', 'h'}},
    {"compress", NULL, "gzip -dc", 2, {0x1f, 0x9d}},
    {"zip", NULL, "unzip -p", 4, {'P', 'K', 3, 4}},
};

/*
 * Step over skippable frames, which zstd and lz4 have in common: what comes
 * behind them tells which of the two it is (RFC 8878 3.1.2).
 */
static struct bytes
after_skippable(const uint8_t *p, size_t n)
{
	struct bytes b = bytes_of(p, n), ahead = b;

	while (bytes_left(&b) >= 8 &&
	       (bytes_le32(&ahead) & 0xfffffff0) == 0x184d2a50) {
		bytes_skip(&ahead, bytes_le32(&ahead));
		b = ahead;
	}
	return b;
}

const struct unpack_format *
unpack_recognise(const uint8_t *p, size_t n)
{
	struct bytes b = after_skippable(p, n);

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (bytes_left(&b) >= formats[i].magic_n &&
		    memcmp(b.p, formats[i].magic, formats[i].magic_n) == 0)
			return &formats[i];
	return NULL;
}

bool
unpack_supported(const struct unpack_format *f)
{
	return f->codec != NULL && f->codec->step != NULL;
}

struct unpacker *
unpacker_new(const struct unpack_format *f, unpack_read_fn *read, void *arg)
{
	struct unpacker *u = malloc(sizeof(*u));

	if (u == NULL)
		return NULL;
	u->codec = f->codec;
	u->read = read;
	u->arg = arg;
	u->fault = UNPACK_FAULT_NONE;
	u->ended = u->within = false;
	u->at = u->input;
	u->left = 0;
	u->state = f->codec->new ();
	if (u->state == NULL) {
		free(u);
		return NULL;
	}
	return u;
}

void
unpacker_free(struct unpacker *u)
{
	if (u == NULL)
		return;
	u->codec->free(u->state);
	free(u);
}

enum unpack_fault
unpacker_fault(const struct unpacker *u)
{
	return u->fault;
}

/* Have input if there is any; false with errno set when reading fails. */
static bool
refill(struct unpacker *u)
{
	ssize_t n;

	if (u->left > 0 || u->ended)
		return true;
	n = u->read(u->arg, u->input, INPUT_SIZE);
	if (n < 0)
		return false;
	u->ended = n == 0;
	u->at = u->input;
	u->left = (size_t)n;
	return true;
}

/* Between members: what pads them is no part of the next. */
static void
skip_padding(struct unpacker *u)
{
	while (u->left > 0 && *u->at == 0) {
		u->at++;
		u->left--;
	}
}

/* One step of the codec; returns the bytes given out, and notes its fault. */
static size_t
step(struct unpacker *u, uint8_t *out, size_t n)
{
	static const enum unpack_fault faults[] = {
	    [UNPACK_MORE] = UNPACK_FAULT_NONE,
	    [UNPACK_END] = UNPACK_FAULT_NONE,
	    [UNPACK_DAMAGED] = UNPACK_FAULT_DAMAGED,
	    [UNPACK_TOO_LARGE] = UNPACK_FAULT_TOO_LARGE,
	    [UNPACK_NO_MEMORY] = UNPACK_FAULT_NO_MEMORY,
	};
	struct unpack_step s = {u->at, u->left, out, n};
	enum unpack_result result = u->codec->step(u->state, &s);
	size_t used = u->left - s.in_n, made = n - s.out_n;

	u->fault = faults[result];
	u->within = result != UNPACK_END;
	u->at = s.in;
	u->left = s.in_n;
	if (result == UNPACK_MORE && used == 0 && made == 0)
		u->fault = u->ended ? UNPACK_FAULT_CUT : UNPACK_FAULT_DAMAGED;
	return made;
}

ssize_t
unpacker_read(struct unpacker *u, uint8_t *out, size_t n)
{
	size_t made = 0;

	while (made == 0 && u->fault == UNPACK_FAULT_NONE) {
		if (!refill(u))
			return -1;
		if (!u->within)
			skip_padding(u);
		if (!u->within && u->left == 0) {
			if (u->ended)
				return 0;
			continue;
		}
		made = step(u, out, n);
	}
	if (made > 0)
		return (ssize_t)made;
	errno = EIO;
	return -1;
}
