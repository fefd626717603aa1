/*
 * check_mutations.c - small samples cut, bent and shuffled: whatever a file
 * holds, the program ends with a status and a report that adds up.
 *
 * Each sample is one test. Everything is seeded, so that a failure can be
 * repeated; what is done to the sample stands in the message.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/status.h"
#include "support/invariants.h"
#include "support/run_program.h"
#include "support/run_suite.h"

#define SAMPLE_MAX 8192
#define SAMPLES_MAX 512
#define RECORDS_MAX 300
#define FILE_HEADER 24
#define RECORD_HEADER 16
/* Headers of link, IP and TCP; what follows is payload. */
#define HEADERS 94
#define SECONDS_MAX 300

/*
 * Sanitizers take five times as long: then every fifth of many. A prime, so
 * that all places of words and records get their turn.
 */
#if defined(__SANITIZE_ADDRESS__)
#define STRIDE 5
#else
#define STRIDE 1
#endif
/* Of the bytes of headers, each this many-th is set to extremes. */
#define BYTE_STRIDE ((size_t)11 * STRIDE)

static struct {
	char path[300];
	const char *name;
} samples[SAMPLES_MAX];
static int samples_n;

/* A capture in memory, and where its records stand. */
struct capture_bytes {
	uint8_t data[4 * SAMPLE_MAX];
	size_t n;
	size_t record[RECORDS_MAX + 1]; /* the last is the end */
	int records;                    /* 0: not pcap of this byte order */
};

struct mutation {
	const struct capture_bytes *original;
	struct capture_bytes bent;
	struct run_file file;
	const char *name; /* of the sample */
	unsigned runs;
};

static uint32_t
get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void
find_records(struct capture_bytes *c)
{
	size_t at = FILE_HEADER;

	c->records = 0;
	if (c->n < FILE_HEADER || get32(c->data) != 0xa1b2c3d4)
		return;
	while (at + RECORD_HEADER <= c->n && c->records < RECORDS_MAX) {
		size_t next = at + RECORD_HEADER + get32(c->data + at + 8);

		if (next > c->n)
			break;
		c->record[c->records++] = at;
		at = next;
	}
	c->record[c->records] = at;
}

/* Run the program over the bent file; what it does must be sound. */
static int
run_bent(struct mutation *m, const char *format, ...)
{
	/* the text report is made more quickly */
	bool json = m->runs % 8 == 0, all = m->runs % 8 == 1;
	const char *argv[] = {"-q", m->file.path,
	    json  ? "--json"
	    : all ? "-vx"
		  : "--format=text",
	    NULL};
	const char *wrong = NULL;
	char what[100], *text;
	int status;
	size_t n;
	va_list ap;

	run_file_set(&m->file, m->bent.data, m->bent.n);
	status = run_program(argv, &text, &n);
	m->runs++;
	if (status == STATUS_ANALYSED || status == STATUS_INCOMPLETE)
		wrong = json ? json_wrong(text) : text_wrong(text, n);
	else if (status != STATUS_UNUSABLE)
		wrong = "an exit status that means something else";
	else if (n > 0)
		wrong = "a report of what could not be analysed";
	if (wrong != NULL) {
		va_start(ap, format);
		vsnprintf(what, sizeof(what), format, ap);
		va_end(ap);
		ck_abort_msg("%s, %s: %s", m->name, what, wrong);
	}
	free(text);
	return status;
}

static void
restore(struct mutation *m)
{
	m->bent.n = m->original->n;
	memcpy(m->bent.data, m->original->data, m->original->n);
}

/* --- what is done to a capture ------------------------------------------ */

/* A file that ends at a record is whole, any other is not. */
static void
cut(struct mutation *m, int whole)
{
	const struct capture_bytes *c = m->original;
	int records = 0;

	restore(m);
	for (size_t n = c->n - 1; n > 0; n -= n > STRIDE ? STRIDE : 1) {
		int status, want = STATUS_UNUSABLE;

		m->bent.n = n;
		status = run_bent(m, "cut to %zu bytes", n);
		if (c->records == 0 || whole != STATUS_ANALYSED)
			continue;
		for (records = 0;
		     records < c->records && c->record[records + 1] <= n;
		     records++)
			;
		if (n >= FILE_HEADER)
			want = n == c->record[records] ? STATUS_ANALYSED
						       : STATUS_INCOMPLETE;
		ck_assert_msg(status == want, "%s, cut to %zu bytes: %d",
		    m->name, n, status);
	}
}

/* Fields of the headers of file and records, 32 bits each. */
static void
bend_file(struct mutation *m)
{
	static const uint32_t extremes[] = {
	    0, 1, 0x7fffffff, 0x80000000, 0xffffffff};

	for (int i = 0; i < m->original->records + 1; i++) {
		size_t at = i == 0 ? 0 : m->original->record[i - 1];
		size_t end = at + (i == 0 ? FILE_HEADER : RECORD_HEADER);

		for (; at < end; at += 4)
			for (int e = i % STRIDE; e < ROWS(extremes);
			     e += STRIDE) {
				restore(m);
				put32(m->bent.data + at, extremes[e]);
				run_bent(m, "%#x at byte %zu",
				    (unsigned)extremes[e], at);
			}
	}
}

/* Bytes and pairs of bytes of the packets' headers. */
static void
bend_headers(struct mutation *m)
{
	static const uint8_t extremes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	const struct capture_bytes *c = m->original;
	size_t phase = 0;

	for (int i = 0; i < c->records; i++) {
		size_t begin = c->record[i] + RECORD_HEADER;
		size_t end = c->record[i + 1];

		if (end > begin + HEADERS)
			end = begin + HEADERS;
		for (size_t at = begin; at < end; at++) {
			uint8_t v =
			    extremes[phase / BYTE_STRIDE % sizeof(extremes)];

			if (phase++ % BYTE_STRIDE != 0)
				continue;
			restore(m);
			m->bent.data[at] = v;
			run_bent(m, "%#x at byte %zu", v, at);
			if (at + 1 < end)
				m->bent.data[at + 1] = v;
			run_bent(m, "%#x at byte %zu, twice", v, at);
		}
	}
}

/*
 * All bytes of one packet's headers, and all extremes: in the samples of links
 * and tunnels, which are short, of one with data.
 */
static void
bend_wrapping(struct mutation *m)
{
	static const uint8_t extremes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	enum {
		LINK_RECORDS = 5,
		WITH_DATA = 3
	};
	const struct capture_bytes *c = m->original;
	size_t begin, end;

	if (c->records != LINK_RECORDS)
		return;
	begin = c->record[WITH_DATA] + RECORD_HEADER;
	end = c->record[WITH_DATA + 1];
	if (end > begin + HEADERS)
		end = begin + HEADERS;
	for (size_t i = 0; i < (end - begin) * ROWS(extremes); i += STRIDE) {
		size_t at = begin + i / ROWS(extremes);
		uint8_t v = extremes[(i + at) % ROWS(extremes)];

		restore(m);
		m->bent.data[at] = v;
		run_bent(m, "%#x at byte %zu, of all", v, at);
	}
}

/* Append record i of the original. */
static void
add_record(struct mutation *m, int i)
{
	const struct capture_bytes *c = m->original;
	size_t n = c->record[i + 1] - c->record[i];

	ck_assert_uint_le(m->bent.n + n, sizeof(m->bent.data));
	memcpy(m->bent.data + m->bent.n, c->data + c->record[i], n);
	m->bent.n += n;
}

/* How often record i stands in the file, and which one is there instead. */
static void
shuffle(struct mutation *m)
{
	static const char *const kinds[] = {
	    "dropped", "doubled", "three times", "swapped", "the last"};
	int n = m->original->records;

	for (int i = 0; i < n; i += STRIDE)
		for (int kind = 0; kind < ROWS(kinds); kind++) {
			m->bent.n = FILE_HEADER;
			for (int j = 0; j < n; j++) {
				int k = j;

				if (kind == 3 && j == i && i + 1 < n)
					k = i + 1;
				if (kind == 3 && j == i + 1)
					k = i;
				if (kind == 4 && j >= i)
					k = n - 1 - (j - i);
				for (int copies = j == i && kind < 3 ? kind : 1;
				     copies > 0; copies--)
					add_record(m, k);
			}
			ck_assert_int_eq(
			    run_bent(m, "record %d %s", i + 1, kinds[kind]),
			    STATUS_ANALYSED);
		}
}

/* Clocks that go wrong, for all records at once. */
static void
bend_times(struct mutation *m)
{
	static const char *const kinds[] = {"decreasing", "far apart",
	    "the same", "before 1970 and after 2100", "with wild fractions"};
	int n = m->original->records;

	for (int kind = 0; kind < ROWS(kinds); kind++) {
		uint32_t t[] = {1000000000 - 3600, 0, 7, 0, 5};
		uint32_t f[] = {0, 999999, 3, 0xffffffff, 0x80000000};

		restore(m);
		for (int i = 0; i < n; i++) {
			uint8_t *p = m->bent.data + m->original->record[i];

			t[0] -= 3600;
			t[1] += 0x10000000;
			t[3] = ~t[3];
			f[4] = f[4] * 3 + 1;
			put32(p, t[kind]);
			put32(p + 4, f[kind]);
		}
		run_bent(m, "times %s", kinds[kind]);
	}
}

/* --- tests --------------------------------------------------------------- */

static void
load(struct capture_bytes *c, const char *path)
{
	FILE *f = fopen(path, "rb");

	ck_assert_msg(f != NULL, "%s", path);
	c->n = fread(c->data, 1, SAMPLE_MAX, f);
	fclose(f);
	find_records(c);
}

START_TEST(test_sample)
{
	static struct capture_bytes original;
	static struct mutation m;
	int whole;

	load(&original, samples[_i].path);
	m.original = &original;
	m.name = samples[_i].name;
	run_file_open(&m.file);
	restore(&m);
	whole = run_bent(&m, "as it is");
	cut(&m, whole);
	bend_file(&m);
	bend_headers(&m);
	bend_wrapping(&m);
	if (whole == STATUS_ANALYSED) {
		shuffle(&m);
		bend_times(&m);
	}
	run_file_close(&m.file);
	ck_assert_uint_gt(m.runs, 20);
}
END_TEST

/* Samples of no more than SAMPLE_MAX bytes, in any order. */
static void
find_samples(void)
{
	const char *srcdir = getenv("srcdir");
	char folder[200];
	DIR *dir;
	const struct dirent *entry;

	snprintf(folder, sizeof(folder), "%.180s/samples",
	    srcdir != NULL ? srcdir : ".");
	dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		const char *dot = strstr(entry->d_name, ".pcap");
		char *path = samples[samples_n].path;
		FILE *f;

		if (dot == NULL || strlen(entry->d_name) > 80 ||
		    samples_n == SAMPLES_MAX)
			continue;
		snprintf(path, sizeof(samples[0].path), "%s/%s", folder,
		    entry->d_name);
		f = fopen(path, "rb");
		if (f == NULL)
			continue;
		samples[samples_n].name = strrchr(path, '/') + 1;
		if (fseek(f, 0, SEEK_END) == 0 && ftell(f) > FILE_HEADER &&
		    ftell(f) <= SAMPLE_MAX)
			samples_n++;
		fclose(f);
	}
	if (dir != NULL)
		closedir(dir);
}

START_TEST(test_there_are_samples)
{
	ck_assert_int_gt(samples_n, 50);
	ck_assert_int_lt(samples_n, SAMPLES_MAX); /* none was left out */
}
END_TEST

static Suite *
mutations_suite(void)
{
	Suite *s = suite_create("mutations");
	TCase *tc = tcase_create("samples");

	find_samples();
	tcase_set_timeout(tc, SECONDS_MAX);
	tcase_add_test(tc, test_there_are_samples);
	tcase_add_loop_test(tc, test_sample, 0, samples_n);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(mutations_suite());
}
