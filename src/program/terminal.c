/*
 * terminal.c - what a terminal can show.
 */
#include "program/terminal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MIN 40
#define COLUMNS_MAX 1000

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool
usable(long columns)
{
	return columns >= COLUMNS_MIN && columns <= COLUMNS_MAX;
}

unsigned
terminal_columns(int fd)
{
	const char *value = variable("COLUMNS");
	struct winsize size;

	if (!isatty(fd))
		return TERMINAL_COLUMNS;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && usable(size.ws_col))
		return size.ws_col;
	if (value != NULL && isdigit((unsigned char)value[0]) &&
	    usable(strtol(value, NULL, 10)))
		return (unsigned)strtol(value, NULL, 10);
	return TERMINAL_COLUMNS;
}

bool
terminal_color(int fd)
{
	const char *term = variable("TERM");

	return isatty(fd) && variable("NO_COLOR") == NULL && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

bool
terminal_utf8(int fd)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *charset;

	if (!isatty(fd))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *locale = variable(names[i]);

		if (locale == NULL)
			continue;
		charset = strchr(locale, '.');
		return charset != NULL &&
		       (strncasecmp(charset, ".utf-8", 6) == 0 ||
			   strncasecmp(charset, ".utf8", 5) == 0);
	}
	return false;
}
