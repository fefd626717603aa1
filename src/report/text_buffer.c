/*
 * text_buffer.c - composing text, escaping foreign bytes, counting columns.
 */
#include "report/text_buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 256

void
text_init(struct text *t)
{
	*t = (struct text){0};
}

void
text_fini(struct text *t)
{
	free(t->s);
	*t = (struct text){0};
}

void
text_clear(struct text *t)
{
	text_cut(t, 0);
}

const char *
text_get(const struct text *t)
{
	return t->s != NULL ? t->s : "";
}

/* Room for n more bytes and the NUL. */
static bool
text_reserve(struct text *t, size_t n)
{
	size_t size = t->size > 0 ? t->size : SIZE_FIRST;
	char *s;

	if (t->failed)
		return false;
	while (size - t->n <= n)
		size *= 2;
	if (size == t->size)
		return true;
	s = realloc(t->s, size);
	if (s == NULL) {
		t->failed = true;
		return false;
	}
	t->s = s;
	t->size = size;
	return true;
}

static void
text_add_bytes(struct text *t, const char *s, size_t n)
{
	if (!text_reserve(t, n))
		return;
	memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = '\0';
}

void
text_add(struct text *t, const char *s)
{
	text_add_bytes(t, s, strlen(s));
}

void
text_vaddf(struct text *t, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0 || !text_reserve(t, (size_t)n))
		return;
	vsnprintf(t->s + t->n, (size_t)n + 1, format, args);
	t->n += (size_t)n;
}

void
text_addf(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vaddf(t, format, args);
	va_end(args);
}

size_t
text_escaped(char c, char out[ESCAPED_MAX])
{
	static const char named[] = "\\\\\nn\rr\tt",
			  digits[] = "0123456789abcdef";
	unsigned char v = (unsigned char)c;

	out[0] = '\\';
	for (size_t i = 0; named[i] != '\0'; i += 2) {
		if (named[i] != c)
			continue;
		out[1] = named[i + 1];
		return 2;
	}
	if (v >= 0x20 && v < 0x7f) {
		out[0] = c;
		return 1;
	}
	out[1] = 'x';
	out[2] = digits[v >> 4];
	out[3] = digits[v & 15];
	return 4;
}

void
text_escape(struct text *t, const char *s)
{
	char out[ESCAPED_MAX];

	for (; *s != '\0'; s++)
		text_add_bytes(t, out, text_escaped(*s, out));
}

void
text_cut(struct text *t, size_t n)
{
	if (n >= t->n)
		return;
	t->n = n;
	t->s[n] = '\0';
}

static bool
starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

size_t
text_columns(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += starts_character(*s);
	return n;
}

size_t
text_fit(const char *s, size_t columns)
{
	size_t i = 0;

	for (; s[i] != '\0'; i++)
		if (starts_character(s[i]) && columns-- == 0)
			break;
	return i;
}
