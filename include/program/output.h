/*
 * output.h - where a report goes: standard output or a file that appears
 * complete or not at all.
 *
 * A regular file is written under a temporary name in its own folder and
 * renamed by output_commit(). Anything else (a device, a FIFO) is written in
 * place.
 */
#ifndef TCPCONN_OUTPUT_H
#define TCPCONN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct output {
	FILE *file;      /* open until output_commit() or output_abandon() */
	char *path;      /* owned; final name, NULL for standard output */
	char *temporary; /* owned; NULL when written in place */
};

/*
 * path NULL or "-" is standard output. Returns false with a one-line message
 * in err.
 */
bool
output_open(struct output *o, const char *path, char *err, size_t err_size);

/* Flush, close and rename. False: the file is as if never written; errno. */
bool output_commit(struct output *o);

/* Close and remove; nothing happens after output_commit(). */
void output_abandon(struct output *o);

/* Whether the reader of a pipe has gone. */
bool output_closed(const struct output *o);

/* Whether a report written to path would replace the file capture. */
bool output_replaces(const char *path, const char *capture);

#endif
