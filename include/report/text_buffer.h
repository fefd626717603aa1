/*
 * text_buffer.h - a line of text while it is composed, and its width.
 *
 * Everything that comes from captures or file names enters through
 * text_escape(), so that nothing of it reaches a terminal raw.
 */
#ifndef TCPCONN_TEXT_BUFFER_H
#define TCPCONN_TEXT_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
	char *s;  /* owned, NUL-ended; NULL while nothing was added */
	size_t n; /* bytes */
	size_t size;
	bool failed; /* memory ran out: the text is cut */
};

void text_init(struct text *t);
void text_fini(struct text *t);
/* Forget the text, keep the memory. */
void text_clear(struct text *t);
/* The text so far, "" when there is none; borrowed until the next change. */
const char *text_get(const struct text *t);

void text_add(struct text *t, const char *s);
/* As printf(). */
void text_addf(struct text *t, const char *format, ...);
void text_vaddf(struct text *t, const char *format, va_list args);
/*
 * Add foreign bytes: printable ASCII as it is, a backslash doubled, anything
 * else as \n, \r, \t or \xNN.
 */
void text_escape(struct text *t, const char *s);
/* The same for one byte, not ended by NUL; returns how many it became. */
#define ESCAPED_MAX 4
size_t text_escaped(char c, char out[ESCAPED_MAX]);
/* Cut the text to at most n bytes. */
void text_cut(struct text *t, size_t n);

/* Columns that our own text s takes: one per character of UTF-8. */
size_t text_columns(const char *s);
/* Bytes of the longest start of s that takes at most columns. */
size_t text_fit(const char *s, size_t columns);

#endif
