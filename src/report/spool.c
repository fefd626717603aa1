/*
 * spool.c - a growing run of bytes: first part in a file, rest in memory.
 */
#include "report/spool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_ROOM 65536
#define COPY_BYTES 65536

static size_t
smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

void
spool_init(struct spool *s, size_t limit)
{
	assert(limit > 0);
	*s = (struct spool){.limit = limit, .file = tmpfile()};
}

void
spool_fini(struct spool *s)
{
	free(s->data);
	if (s->file != NULL)
		fclose(s->file);
	*s = (struct spool){0};
}

uint64_t
spool_end(const struct spool *s)
{
	return s->filed + s->n;
}

void
spool_reset(struct spool *s)
{
	s->n = 0;
	s->filed = 0;
}

/* Move what is in memory to the file. */
static int
unload(struct spool *s)
{
	size_t done = 0;

	if (s->file == NULL)
		s->file = tmpfile();
	if (s->file == NULL)
		return -1;
	while (done < s->n) {
		ssize_t got = pwrite(fileno(s->file), s->data + done,
		    s->n - done, (off_t)(s->filed + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		done += (size_t)got;
	}
	s->filed += s->n;
	s->n = 0;
	return 0;
}

/* Have room for n bytes more, n <= limit. */
static int
make_room(struct spool *s, size_t n)
{
	size_t room = s->room > 0 ? s->room : smaller(FIRST_ROOM, s->limit);
	char *data;

	if (n > s->limit - s->n && unload(s) != 0)
		return -1;
	while (room - s->n < n)
		room = room > s->limit / 2 ? s->limit : room * 2;
	if (room == s->room)
		return 0;
	data = realloc(s->data, room);
	if (data == NULL)
		return -1;
	s->data = data;
	s->room = room;
	return 0;
}

int
spool_write(struct spool *s, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		size_t part = smaller(n, s->limit);

		if (make_room(s, part) != 0)
			return -1;
		memcpy(s->data + s->n, p, part);
		s->n += part;
		p += part;
		n -= part;
	}
	return 0;
}

/* Write the first n bytes from offset of the file to out. */
static int
copy_filed(struct spool *s, uint64_t offset, uint64_t n, FILE *out)
{
	char buf[COPY_BYTES];

	while (n > 0) {
		ssize_t got = pread(fileno(s->file), buf,
		    smaller(n, sizeof(buf)), (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO; /* somebody cut the file */
		if (got <= 0)
			return -1;
		if (fwrite(buf, 1, (size_t)got, out) != (size_t)got)
			return -1;
		offset += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return 0;
}

int
spool_copy(struct spool *s, uint64_t offset, uint64_t n, FILE *out)
{
	uint64_t filed = 0;
	size_t rest;

	assert(offset <= spool_end(s) && n <= spool_end(s) - offset);
	if (offset < s->filed) {
		filed = s->filed - offset < n ? s->filed - offset : n;
		if (copy_filed(s, offset, filed, out) != 0)
			return -1;
	}
	rest = (size_t)(n - filed);
	if (rest == 0)
		return 0;
	offset += filed;
	return fwrite(s->data + (offset - s->filed), 1, rest, out) == rest ? 0
									   : -1;
}
