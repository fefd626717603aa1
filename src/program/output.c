/*
 * output.c - where a report goes.
 */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "program/output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/interrupt.h"

#define TEMPORARY_SUFFIX ".XXXXXX"

static bool
fail(char *err, size_t err_size, const char *path)
{
	snprintf(err, err_size, "%s: %s", path, strerror(errno));
	return false;
}

static mode_t
default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* The file itself where path is a symbolic link to one; allocated. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : strdup(path);
}

/* Open a new file beside the final one, with the permissions it shall have. */
static bool
open_temporary(struct output *o, mode_t mode)
{
	size_t size = strlen(o->path) + sizeof(TEMPORARY_SUFFIX);
	int fd, saved;

	o->temporary = malloc(size);
	if (o->temporary == NULL)
		return false;
	snprintf(o->temporary, size, "%s%s", o->path, TEMPORARY_SUFFIX);
	fd = mkstemp(o->temporary);
	if (fd < 0) {
		free(o->temporary);
		o->temporary = NULL;
		return false;
	}
	interrupt_cover(o->temporary);
	o->file = fchmod(fd, mode) == 0 ? fdopen(fd, "w") : NULL;
	if (o->file != NULL)
		return true;
	saved = errno;
	close(fd);
	errno = saved;
	return false;
}

static bool
open_path(struct output *o)
{
	struct stat st;

	if (stat(o->path, &st) != 0)
		return open_temporary(o, default_mode());
	if (S_ISREG(st.st_mode))
		return open_temporary(o, st.st_mode & 0777);
	o->file = fopen(o->path, "w");
	return o->file != NULL;
}

bool
output_open(struct output *o, const char *path, char *err, size_t err_size)
{
	bool good;

	*o = (struct output){.file = stdout};
	if (path == NULL || strcmp(path, "-") == 0)
		return true;
	o->file = NULL;
	o->path = real_path(path);
	good = o->path != NULL && open_path(o);
	if (good)
		return true;
	fail(err, err_size, path);
	output_abandon(o);
	return false;
}

bool
output_commit(struct output *o)
{
	bool good = fflush(o->file) == 0 && !ferror(o->file);

	if (o->file != stdout) {
		good = fclose(o->file) == 0 && good;
		o->file = NULL;
	}
	if (good && o->temporary != NULL) {
		good = rename(o->temporary, o->path) == 0;
		if (good) {
			interrupt_uncover(o->temporary);
			free(o->temporary);
			o->temporary = NULL;
		}
	}
	if (good)
		output_abandon(o);
	return good;
}

void
output_abandon(struct output *o)
{
	int saved = errno;

	if (o->file != NULL && o->file != stdout)
		fclose(o->file);
	if (o->temporary != NULL) {
		unlink(o->temporary);
		interrupt_uncover(o->temporary);
	}
	free(o->temporary);
	free(o->path);
	*o = (struct output){.file = NULL};
	errno = saved;
}

bool
output_closed(const struct output *o)
{
	struct pollfd p = {.fd = fileno(o->file), .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR) != 0;
}

bool
output_replaces(const char *path, const char *capture)
{
	struct stat target, other;

	return stat(path, &target) == 0 && S_ISREG(target.st_mode) &&
	       stat(capture, &other) == 0 && target.st_dev == other.st_dev &&
	       target.st_ino == other.st_ino;
}
