/*
 * source.c - the bytes of one capture file.
 */
#define _GNU_SOURCE /* fopencookie() */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

/* Enough to see the first interface of almost every pcapng file. */
#define HEAD_SIZE 4096
/* libpcap reads packet by packet; stdio's own buffer is small. */
#define BUFFER_SIZE ((size_t)128 << 10)

struct source {
	int fd;
	uint8_t head[HEAD_SIZE]; /* read ahead, to be given out first */
	size_t head_n, head_at;
};

const char *
source_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static ssize_t
source_read(void *cookie, char *buf, size_t n)
{
	struct source *s = cookie;
	size_t left = s->head_n - s->head_at;

	if (left == 0)
		return read(s->fd, buf, n); /* a signal ends the input */
	if (n > left)
		n = left;
	memcpy(buf, s->head + s->head_at, n);
	s->head_at += n;
	return (ssize_t)n;
}

static int
source_close(void *cookie)
{
	struct source *s = cookie;
	int rc = s->fd == STDIN_FILENO ? 0 : close(s->fd);

	free(s);
	return rc;
}

/* Fill the head as far as the input goes; false on a read error. */
static bool
source_peek(struct source *s)
{
	while (s->head_n < HEAD_SIZE) {
		ssize_t n =
		    read(s->fd, s->head + s->head_n, HEAD_SIZE - s->head_n);

		if (n < 0)
			return false;
		if (n == 0)
			break;
		s->head_n += (size_t)n;
	}
	return true;
}

static const struct magic {
	uint8_t n, bytes[6];
	struct source_kind kind;
} magics[] = {
    {4, {0xd4, 0xc3, 0xb2, 0xa1}, {"pcap", "none", false}},
    {4, {0xa1, 0xb2, 0xc3, 0xd4}, {"pcap", "none", false}},
    {4, {0x4d, 0x3c, 0xb2, 0xa1}, {"pcap", "none", true}},
    {4, {0xa1, 0xb2, 0x3c, 0x4d}, {"pcap", "none", true}},
    {4, {0x34, 0xcd, 0xb2, 0xa1}, {"pcap", "none", false}}, /* modified */
    {4, {0xa1, 0xb2, 0xcd, 0x34}, {"pcap", "none", false}},
    {4, {0x0a, 0x0d, 0x0d, 0x0a}, {"pcapng", "none", false}},
    {2, {0x1f, 0x8b}, {NULL, "gzip", false}},
    {4, {0x28, 0xb5, 0x2f, 0xfd}, {NULL, "zstd", false}},
    {4, {0x04, 0x22, 0x4d, 0x18}, {NULL, "lz4", false}},
    {6, {0xfd, '7', 'z', 'X', 'Z', 0x00}, {NULL, "xz", false}},
};

static struct source_kind
kind_of(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (n >= magics[i].n &&
		    memcmp(p, magics[i].bytes, magics[i].n) == 0)
			return magics[i].kind;
	return (struct source_kind){NULL, "none", false};
}

static uint32_t
read32(struct bytes *b, bool big)
{
	return big ? bytes_be32(b) : bytes_le32(b);
}

static uint16_t
read16(struct bytes *b, bool big)
{
	return big ? bytes_be16(b) : bytes_le16(b);
}

/* Whether an interface's options ask for more than microseconds. */
static bool
options_nanoseconds(struct bytes b, bool big)
{
	enum {
		OPTION_END = 0,
		OPTION_TSRESOL = 9
	};

	while (!b.cut) {
		uint16_t code = read16(&b, big), len = read16(&b, big);
		uint8_t r;

		if (code == OPTION_END)
			break;
		if (code == OPTION_TSRESOL && len == 1) {
			/* A power of ten or, with the high bit, of two. */
			r = bytes_u8(&b);
			return (r & 0x80) != 0 ? (r & 0x7f) > 20 : r > 6;
		}
		bytes_skip(&b, (len + 3u) & ~3u);
	}
	return false;
}

/* Find the first interface description of a pcapng file. */
static bool
pcapng_nanoseconds(const uint8_t *p, size_t n)
{
	enum {
		BLOCK_INTERFACE = 1
	};
	struct bytes b = bytes_of(p, n), order = b, body;
	bool big;

	bytes_skip(&order, 8);
	big = bytes_be32(&order) == 0x1a2b3c4d;
	while (!b.cut) {
		uint32_t type = read32(&b, big), len = read32(&b, big);

		if (len < 12)
			break;
		if (type != BLOCK_INTERFACE) {
			bytes_skip(&b, len - 8);
			continue;
		}
		body = b;
		bytes_limit(&body, len - 12);
		bytes_skip(&body, 8); /* link type, snaplen */
		return options_nanoseconds(body, big);
	}
	return false;
}

static const char *
explain_errno(int error)
{
	switch (error) {
	case ENOENT:
		return "no such file";
	case EACCES:
		return "permission denied";
	case EISDIR:
		return "is a directory";
	default:
		return strerror(error);
	}
}

/* Open the descriptor and look at what comes; -1 with errno set. */
static int
source_begin(struct source *s, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		s->fd = STDIN_FILENO;
	else
		s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	return source_peek(s) ? 0 : -1;
}

FILE *
source_open(
    const char *path, struct source_kind *kind, char *err, size_t err_size)
{
	static const cookie_io_functions_t io = {
	    .read = source_read, .close = source_close};
	struct source *s = calloc(1, sizeof(*s));
	const char *name = source_name(path);
	FILE *f = NULL;

	if (s == NULL) {
		snprintf(err, err_size, "%s: out of memory", name);
		return NULL;
	}
	s->fd = -1;
	if (source_begin(s, path) != 0) {
		snprintf(err, err_size, "%s: %s", name, explain_errno(errno));
		goto fail;
	}
	if (s->head_n == 0) {
		snprintf(err, err_size, "%s: empty file", name);
		goto fail;
	}
	*kind = kind_of(s->head, s->head_n);
	if (strcmp(kind->compression, "none") != 0) {
		snprintf(err, err_size,
		    "%s: compressed with %s, which is not supported", name,
		    kind->compression);
		goto fail;
	}
	if (kind->format != NULL && strcmp(kind->format, "pcapng") == 0)
		kind->nanoseconds = pcapng_nanoseconds(s->head, s->head_n);
	f = fopencookie(s, "r", io);
	if (f == NULL) {
		snprintf(err, err_size, "%s: out of memory", name);
		goto fail;
	}
	(void)setvbuf(f, NULL, _IOFBF, BUFFER_SIZE);
	return f;
fail:
	if (s->fd >= 0 && s->fd != STDIN_FILENO)
		close(s->fd);
	free(s);
	return NULL;
}
