/*
 * source.c - the bytes of one capture file.
 *
 * libpcap wants a FILE. A plain file that holds a pcap capture is opened as
 * such. For the rest fopencookie() of the GNU and musl libraries makes one of
 * a function; the alternative of POSIX, a pipe that a thread fills, would copy
 * every byte once more and need a thread for each input.
 */
#define _GNU_SOURCE /* fopencookie() */
#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/pcapng.h"
#include "input/unpack.h"

/* Enough to see the first interface of almost every pcapng file. */
#define HEAD_SIZE 4096
/*
 * libpcap reads packet by packet; stdio's own buffer is small, and setvbuf()
 * of glibc makes no larger one, but takes one.
 */
#define BUFFER_SIZE ((size_t)128 << 10)

/* Bytes read ahead, to be given out first. */
struct peek {
	uint8_t bytes[HEAD_SIZE];
	size_t n, at;
};

struct source {
	int fd;
	const struct unpack_format *format; /* NULL: not compressed */
	struct unpacker *unpacker;          /* owned; NULL: not compressed */
	struct pcapng *pcapng;              /* owned; NULL: not pcapng */
	bool is_pcap, is_pcapng;            /* the latter once parked */
	struct peek *raw, *plain;           /* owned; NULL: nothing ahead */
	char *buffer;                       /* owned; of the stream */
	char fault[96];
};

const char *
source_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* Whether something is left to give out; p may be NULL. */
static bool
peek_left(const struct peek *p)
{
	return p != NULL && p->at < p->n;
}

/* Move what is left of p, at most n bytes, to buf. */
static ssize_t
peek_take(struct peek *p, void *buf, size_t n)
{
	size_t left = p->n - p->at;

	if (n > left)
		n = left;
	memcpy(buf, p->bytes + p->at, n);
	p->at += n;
	return (ssize_t)n;
}

/* Fill p as far as the input goes; false on a read error. */
static bool
peek_fill(struct peek *p, unpack_read_fn *more, struct source *s)
{
	while (p->n < HEAD_SIZE) {
		ssize_t n = more(s, p->bytes + p->n, HEAD_SIZE - p->n);

		if (n < 0)
			return false;
		if (n == 0)
			break;
		p->n += (size_t)n;
	}
	return true;
}

/* Bytes behind those read ahead; a signal ends the input. */
static ssize_t
read_file(void *arg, void *buf, size_t n)
{
	struct source *s = arg;

	return read(s->fd, buf, n);
}

static ssize_t
read_raw(void *arg, void *buf, size_t n)
{
	struct source *s = arg;

	if (peek_left(s->raw))
		return peek_take(s->raw, buf, n);
	return read_file(s, buf, n);
}

static ssize_t
read_unpacked(void *arg, void *buf, size_t n)
{
	struct source *s = arg;

	return unpacker_read(s->unpacker, buf, n);
}

static ssize_t
read_plain(struct source *s, void *buf, size_t n)
{
	if (s->unpacker == NULL)
		return read_raw(s, buf, n);
	if (peek_left(s->plain))
		return peek_take(s->plain, buf, n);
	return read_unpacked(s, buf, n);
}

/* What libpcap reads, through stdio. */
static ssize_t
read_stream(void *cookie, char *buf, size_t n)
{
	struct source *s = cookie;
	ssize_t got = read_plain(s, buf, n);

	if (got > 0 && s->pcapng != NULL &&
	    !pcapng_pass(s->pcapng, (uint8_t *)buf, (size_t)got)) {
		errno = ENOMEM;
		return -1;
	}
	return got;
}

static const struct magic {
	uint8_t n, bytes[4];
	struct source_kind kind;
} magics[] = {
    {4, {0xd4, 0xc3, 0xb2, 0xa1}, {"pcap", NULL, false}},
    {4, {0xa1, 0xb2, 0xc3, 0xd4}, {"pcap", NULL, false}},
    {4, {0x4d, 0x3c, 0xb2, 0xa1}, {"pcap", NULL, true}},
    {4, {0xa1, 0xb2, 0x3c, 0x4d}, {"pcap", NULL, true}},
    {4, {0x34, 0xcd, 0xb2, 0xa1}, {"pcap", NULL, false}}, /* modified */
    {4, {0xa1, 0xb2, 0xcd, 0x34}, {"pcap", NULL, false}},
    {4, {0x0a, 0x0d, 0x0d, 0x0a}, {"pcapng", NULL, false}},
};

static struct source_kind
kind_of(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (n >= magics[i].n &&
		    memcmp(p, magics[i].bytes, magics[i].n) == 0)
			return magics[i].kind;
	return (struct source_kind){NULL, NULL, false};
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

/* Open the descriptor and look at what comes; false with errno set. */
static bool
source_begin(struct source *s, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		s->fd = STDIN_FILENO;
	else
		s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		return false;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return false;
	}
	return peek_fill(s->raw, read_file, s);
}

bool
source_faulty(struct source *s, struct source_fault *fault)
{
	static const struct {
		const char *how, *text;
	} rows[] = {
	    [UNPACK_FAULT_NONE] = {NULL, NULL},
	    [UNPACK_FAULT_CUT] = {"cut off", "data end too early"},
	    [UNPACK_FAULT_DAMAGED] = {"unreadable", "data are damaged"},
	    [UNPACK_FAULT_TOO_LARGE] = {"unreadable",
		"data need more than 128 MiB of memory to be unpacked"},
	    [UNPACK_FAULT_NO_MEMORY] = {"unreadable",
		"data cannot be unpacked: memory ran out"},
	};
	enum unpack_fault why = s->unpacker == NULL
				    ? UNPACK_FAULT_NONE
				    : unpacker_fault(s->unpacker);

	if (why == UNPACK_FAULT_NONE)
		return false;
	snprintf(s->fault, sizeof(s->fault), "the %s %s", s->format->name,
	    rows[why].text);
	*fault = (struct source_fault){rows[why].how, s->fault};
	return true;
}

/* Begin to unpack; false with the reason in err, without the path. */
static bool
source_unpack(struct source *s, char *err, size_t err_size)
{
	struct source_fault fault;

	if (!unpack_supported(s->format)) {
		snprintf(err, err_size,
		    "compressed with %s, which %s; try: %s FILE | "
		    "tcpconn-analyze -",
		    s->format->name,
		    s->format->codec == NULL ? "is not supported"
					     : "this build cannot read",
		    s->format->tool);
		return false;
	}
	s->unpacker = unpacker_new(s->format, read_raw, s);
	if (s->unpacker == NULL) {
		snprintf(err, err_size, "out of memory");
		return false;
	}
	/* What can be read before a fault may be a whole capture. */
	if (peek_fill(s->plain, read_unpacked, s) || s->plain->n > 0)
		return true;
	if (source_faulty(s, &fault))
		snprintf(err, err_size, "%s: %s", fault.how, fault.text);
	else
		snprintf(err, err_size, "%s", explain_errno(errno));
	return false;
}

/* Open, look, unpack; false with the reason in err, without the path. */
static bool
source_start(struct source *s, const char *path, struct source_kind *kind,
    char *err, size_t err_size)
{
	const struct peek *head = s->raw;

	if (!source_begin(s, path)) {
		snprintf(err, err_size, "%s", explain_errno(errno));
		return false;
	}
	s->format = unpack_recognise(s->raw->bytes, s->raw->n);
	if (s->format != NULL) {
		if (!source_unpack(s, err, err_size))
			return false;
		head = s->plain;
	}
	if (head->n == 0) {
		snprintf(err, err_size, "empty file");
		return false;
	}
	*kind = kind_of(head->bytes, head->n);
	kind->compression = s->format == NULL ? "none" : s->format->name;
	s->is_pcap = kind->format != NULL && strcmp(kind->format, "pcap") == 0;
	if (kind->format == NULL || s->is_pcap)
		return true;
	kind->nanoseconds = pcapng_nanoseconds(head->bytes, head->n);
	s->pcapng = pcapng_new();
	if (s->pcapng == NULL)
		snprintf(err, err_size, "out of memory");
	return s->pcapng != NULL;
}

struct source *
source_open(
    const char *path, struct source_kind *kind, char *err, size_t err_size)
{
	struct source *s = calloc(1, sizeof(*s));
	char reason[256] = "out of memory";

	if (s != NULL) {
		s->fd = -1;
		s->raw = calloc(1, sizeof(*s->raw));
		s->plain = calloc(1, sizeof(*s->plain));
		if (s->raw != NULL && s->plain != NULL &&
		    source_start(s, path, kind, reason, sizeof(reason)))
			return s;
	}
	snprintf(err, err_size, "%s: %s", source_name(path), reason);
	source_close(s);
	return NULL;
}

bool
source_rewinds(const struct source *s)
{
	struct stat st;

	return s->fd != STDIN_FILENO && fstat(s->fd, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

void
source_park(struct source *s)
{
	s->is_pcapng = s->pcapng != NULL;
	unpacker_free(s->unpacker);
	pcapng_free(s->pcapng);
	free(s->raw);
	free(s->plain);
	free(s->buffer);
	s->unpacker = NULL;
	s->pcapng = NULL;
	s->raw = s->plain = NULL;
	s->buffer = NULL;
}

bool
source_rewind(struct source *s)
{
	if (lseek(s->fd, 0, SEEK_SET) != 0)
		return false;
	if (s->format != NULL)
		s->unpacker = unpacker_new(s->format, read_raw, s);
	if (s->is_pcapng)
		s->pcapng = pcapng_new();
	return (s->unpacker != NULL || s->format == NULL) &&
	       (s->pcapng != NULL || !s->is_pcapng);
}

void
source_close(struct source *s)
{
	if (s == NULL)
		return;
	source_park(s);
	if (s->fd >= 0 && s->fd != STDIN_FILENO)
		close(s->fd);
	free(s);
}

struct pcapng *
source_pcapng(struct source *s)
{
	return s->pcapng;
}

/*
 * A stream of the file itself, from its beginning: reading costs less where no
 * function stands between. It takes the descriptor. NULL: that cannot be, and
 * nothing has changed.
 */
static FILE *
stream_of_file(struct source *s)
{
	off_t at = lseek(s->fd, 0, SEEK_CUR);
	FILE *f;

	if (!s->is_pcap || s->format != NULL || !source_rewinds(s) || at < 0 ||
	    lseek(s->fd, 0, SEEK_SET) != 0)
		return NULL;
	f = fdopen(s->fd, "r");
	if (f != NULL)
		s->fd = -1;
	else
		(void)lseek(s->fd, at, SEEK_SET);
	return f;
}

FILE *
source_stream(struct source *s, bool again)
{
	static const cookie_io_functions_t io = {.read = read_stream};
	FILE *f = again ? NULL : stream_of_file(s);

	if (f == NULL)
		f = fopencookie(s, "r", io);
	if (f == NULL)
		return NULL;
	/* only one thread at a time reads */
	(void)__fsetlocking(f, FSETLOCKING_BYCALLER);
	if (s->buffer == NULL)
		s->buffer = malloc(BUFFER_SIZE);
	if (s->buffer != NULL)
		(void)setvbuf(f, s->buffer, _IOFBF, BUFFER_SIZE);
	return f;
}
