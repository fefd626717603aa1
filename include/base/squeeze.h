/*
 * squeeze.h - structures kept in few bytes while nobody needs them.
 *
 * What waits in memory is mostly zeros, small numbers, and times, offsets and
 * pointers that lie near each other. Two codings make use of that: a single
 * structure as 64-bit words, each as the difference to one like it that came
 * before; the rows of a table as 32-bit words, each as the difference to the
 * row before. The bytes are our own and are trusted when they are read.
 */
#ifndef TCPCONN_SQUEEZE_H
#define TCPCONN_SQUEEZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Readers may look at so many bytes behind the last one. */
#define SQUEEZE_SLACK 8

#define SQUEEZE_SEEN 16

/* The latest words of each kind; zeroed before the first structure. */
struct squeeze_words {
	uint64_t seen[SQUEEZE_SEEN];
};

/* Where bytes are written to; zeroed at first, then used again and again. */
struct squeeze {
	uint8_t *v; /* owned */
	size_t n, cap;
	struct squeeze_words words;
};

/* Begin anew in the same room. */
void squeeze_clear(struct squeeze *s);
void squeeze_fini(struct squeeze *s);

/* One structure; size is a multiple of 8. False when memory ran out. */
bool squeeze_one(struct squeeze *s, const void *from, size_t size);

/*
 * n rows of one table; size of a row as above. The last raw bytes of each,
 * a multiple of 4, are copied as they are: nothing can be expected of them.
 */
bool squeeze_rows(
    struct squeeze *s, const void *from, size_t n, size_t size, size_t raw);

/* The same in the same order back. */
struct unsqueeze {
	const uint8_t *p; /* borrowed; what squeeze.v held, and the slack */
	struct squeeze_words words;
};

void unsqueeze_one(struct unsqueeze *u, void *to, size_t size);
void unsqueeze_rows(
    struct unsqueeze *u, void *to, size_t n, size_t size, size_t raw);

#endif
