/*
 * source.h - the bytes of one capture file, for the reader alone.
 *
 * A source recognises what it opens by content and can be a pipe: the bytes
 * it looked at are given out again. Compressed input is unpacked on the way,
 * in bounded memory and without a temporary file.
 */
#ifndef TCPCONN_SOURCE_H
#define TCPCONN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the first bytes tell. */
struct source_kind {
	const char *format;      /* "pcap", "pcapng", or NULL: neither */
	const char *compression; /* "none" or the name of its format */
	bool nanoseconds;        /* resolution of time stamps */
};

struct source; /* owned by its creator */

/*
 * Open path ("-" is standard input) and look at its first bytes. On failure
 * returns NULL and writes one line that names path to err.
 */
struct source *source_open(
    const char *path, struct source_kind *kind, char *err, size_t err_size);
/* The stream from source_stream(), if any, must be closed before. */
void source_close(struct source *s);

/* Whether it is a file that can be read again from its beginning. */
bool source_rewinds(const struct source *s);
/*
 * Give up all but the open file, once the stream is closed; and begin anew.
 * False with errno set when it cannot.
 */
void source_park(struct source *s);
bool source_rewind(struct source *s);

/*
 * The plain bytes as a stream for libpcap; fclose() it. again: it will be
 * parked. NULL: no memory.
 */
FILE *source_stream(struct source *s, bool again);

/* The blocks of a pcapng file, or NULL. Borrowed until source_close(). */
struct pcapng *source_pcapng(struct source *s);

/* Why compressed bytes ended before their time. */
struct source_fault {
	const char *how;  /* "cut off" or "unreadable" */
	const char *text; /* what is wrong, without the path */
};

/* False while nothing is wrong. *fault is borrowed until source_close(). */
bool source_faulty(struct source *s, struct source_fault *fault);

/* How messages call path: "standard input" for "-". */
const char *source_name(const char *path);

#endif
