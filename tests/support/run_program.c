/*
 * run_program.c - the whole program within this process.
 */
#include "support/run_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program/options.h"
#include "program/run.h"

#define WORDS_MAX 64

void (*run_watch)(bool begins);

static void
need(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

void
run_file_open(struct run_file *f)
{
	/* in memory where there is such a place */
	strcpy(f->path, "/dev/shm/tcpconn.XXXXXX");
	f->fd = mkstemp(f->path);
	if (f->fd < 0) {
		strcpy(f->path, "/tmp/tcpconn.XXXXXX");
		f->fd = mkstemp(f->path);
	}
	need(f->fd >= 0, f->path);
}

void
run_file_set(const struct run_file *f, const uint8_t *data, size_t n)
{
	need(ftruncate(f->fd, 0) == 0, f->path);
	while (n > 0) {
		ssize_t done =
		    pwrite(f->fd, data, n, lseek(f->fd, 0, SEEK_END));

		need(done > 0, f->path);
		data += done;
		n -= (size_t)done;
	}
}

void
run_file_close(struct run_file *f)
{
	close(f->fd);
	unlink(f->path);
}

static char *
read_whole(int fd, size_t *n)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;

	need(text != NULL, "standard output");
	need(pread(fd, text, (size_t)size, 0) == size, "standard output");
	text[size] = '\0';
	*n = (size_t)size;
	return text;
}

static int
run_words(const char *const *argv)
{
	char name[] = "tcpconn-analyze", *words[WORDS_MAX + 3] = {name};
	struct options o;
	struct complaint c;
	int n = 0, status = RUN_BAD_USAGE;

	/* what is given up would be missed by the rest of this process */
	words[++n] = strdup("--no-sandbox");
	for (; argv[n - 1] != NULL && n <= WORDS_MAX; n++) {
		words[n + 1] = strdup(argv[n - 1]);
		need(words[n + 1] != NULL, "strdup");
	}
	if (run_watch != NULL)
		run_watch(true);
	if (options_parse(&o, n + 1, words, &c) && o.action == ACTION_ANALYSE)
		status = (int)run_analysis(&o);
	options_fini(&o);
	if (run_watch != NULL)
		run_watch(false);
	while (n > 0)
		free(words[n--]);
	return status;
}

int
run_program(const char *const *argv, char **text, size_t *n)
{
	static FILE *f; /* kept, for a new file costs more than a run */
	int old = dup(STDOUT_FILENO), status, fd;

	if (f == NULL)
		f = tmpfile();
	need(f != NULL && old >= 0, "standard output");
	fd = fileno(f);
	need(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0,
	    "standard output");
	fflush(stdout);
	need(dup2(fd, STDOUT_FILENO) >= 0, "standard output");
	status = run_words(argv);
	fflush(stdout);
	clearerr(stdout);
	need(dup2(old, STDOUT_FILENO) >= 0, "standard output");
	close(old);
	if (text != NULL)
		*text = read_whole(fd, n);
	return status;
}
