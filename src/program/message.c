/*
 * message.c - what the program says on standard error.
 */
#include "program/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "report/text_buffer.h"

#define PROGRAM "tcpconn-analyze"
#define MESSAGE_MAX 2048

void
message_say(const char *format, ...)
{
	char text[MESSAGE_MAX], line[MESSAGE_MAX * ESCAPED_MAX];
	size_t n = 0;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (const char *p = text; *p != '\0'; p++)
		n += text_escaped(*p, line + n);
	/* one call, so that lines of several programs do not mix */
	fprintf(stderr, PROGRAM ": %.*s\n", (int)n, line);
}
