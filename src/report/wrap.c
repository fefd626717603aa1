/*
 * wrap.c - running text in columns.
 */
#include "report/wrap.h"

#include <string.h>

void
wrap_write(FILE *out, const char *text, unsigned at, unsigned indent)
{
	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		/* A word that is too long for any line gets one of its own. */
		if (at + 1 + word > WRAP_COLUMNS && at > indent) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, word, out);
		at += (unsigned)word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
