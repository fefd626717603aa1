/*
 * spool.h - bytes appended now and read back later, in memory while there are
 * few, in an unnamed temporary file beyond.
 */
#ifndef TCPCONN_SPOOL_H
#define TCPCONN_SPOOL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct spool {
	char *data;     /* owned; what is not in the file */
	size_t n, room; /* bytes in data, and its size */
	size_t limit;   /* data never holds more */
	FILE *file;     /* owned; NULL when it could not be opened */
	uint64_t filed; /* bytes in file, which come before data */
};

/*
 * limit is in bytes, at least 1. The file is opened at once, while the program
 * still may; that this fails is told by the first write that needs it.
 */
void spool_init(struct spool *s, size_t limit);
void spool_fini(struct spool *s);

/* Bytes appended so far: where the next ones will stand. */
uint64_t spool_end(const struct spool *s);

/* 0, or -1 with errno; the spool is then of no further use. */
int spool_write(struct spool *s, const void *data, size_t n);

/* Write n bytes from offset to out. 0, or -1 with errno. */
int spool_copy(struct spool *s, uint64_t offset, uint64_t n, FILE *out);

/* Forget all bytes; memory is kept. */
void spool_reset(struct spool *s);

#endif
