/*
 * source.h - the bytes of one capture file, for the reader alone.
 *
 * A source recognises what it opens by content and can be a pipe: the bytes
 * it looked at are given out again. Decompression belongs here.
 */
#ifndef TCPCONN_SOURCE_H
#define TCPCONN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the first bytes tell. */
struct source_kind {
	const char *format;      /* "pcap", "pcapng", or NULL: neither */
	const char *compression; /* "none", "gzip", "zstd", "lz4", "xz" */
	bool nanoseconds;        /* resolution of time stamps */
};

/*
 * Open path ("-" is standard input) as a stream for libpcap; fclose() it.
 * On failure returns NULL and writes one line that names path to err.
 */
FILE *source_open(
    const char *path, struct source_kind *kind, char *err, size_t err_size);

/* How messages call path: "standard input" for "-". */
const char *source_name(const char *path);

#endif
