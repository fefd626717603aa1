/*
 * check_memory.c - memory runs out, at each allocation of a run in turn.
 *
 * Whatever allocation fails: the program does not crash, leaks nothing (the
 * build with sanitizers tells), ends with a status that is true, and leaves
 * either a report that adds up or none, with a message. Calls of this program
 * are caught by the linker (--wrap), those within libraries are not.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/analyzer.h"
#include "input/decode.h"
#include "input/reader.h"
#include "program/status.h"
#include "support/invariants.h"
#include "support/run_program.h"
#include "support/run_suite.h"

#define FAILURES_MAX 20000

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

/* Allocations to come until one fails; it and all after it if lasting. */
static struct {
	bool armed, lasting;
	long left;
	long failed;
} memory;

static void
arm(bool begins)
{
	memory.armed = begins;
}

static bool
fails(void)
{
	if (!memory.armed || memory.left-- > 0)
		return false;
	if (!memory.lasting && memory.failed > 0)
		return false;
	memory.failed++;
	return true;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = __wrap_malloc(n);

	return copy != NULL ? memcpy(copy, s, n) : NULL;
}

static const struct {
	const char *sample, *option;
	bool lasting;
} rows[] = {
    {"e07-fast-retransmit.pcap", "--json", false},
    {"e07-fast-retransmit.pcap", "-vx", false},
    {"mixed-traffic.pcap", "--format=ndjson", false},
    {"mixed-traffic.pcap", "--format=text", true},
    {"mixed-traffic.pcap", "--json", true},
    {"e05-half-open-discovery.pcap", "--states", true},
    {"e09-capture-faults.pcap", "--json", false},
    {"ip-fragments.pcap", "--json", false},
    {"e13-forged-reset.pcap", "--format=csv", false},
    {"pcapng.pcapng", "--json", true},
    {"reuse-unsafe.pcap", "--json", false},
};

/* Run with the n-th allocation failing; false when there are fewer. */
static bool
run_failing(const char *path, int row, long n, int message_fd)
{
	const char *argv[] = {
	    "-q", "--threads=1", rows[row].option, path, NULL};
	const char *wrong = NULL;
	off_t said = lseek(message_fd, 0, SEEK_END);
	bool json = strcmp(rows[row].option, "--json") == 0;
	size_t text_n;
	char *text;
	int status;

	memory.lasting = rows[row].lasting;
	memory.left = n;
	memory.failed = 0;
	status = run_program(argv, &text, &text_n);
	said = lseek(message_fd, 0, SEEK_END) - said;
	/* the command line itself could not be kept */
	if (status == RUN_BAD_USAGE)
		ck_assert_uint_eq(text_n, 0);
	else if (status == STATUS_UNUSABLE)
		ck_assert_msg(said > 0, "%s %s: allocation %ld: no message",
		    rows[row].sample, rows[row].option, n);
	else
		wrong = json ? json_wrong(text) : text_wrong(text, text_n);
	ck_assert_msg(wrong == NULL, "%s %s: allocation %ld: %s",
	    rows[row].sample, rows[row].option, n, wrong);
	if (memory.failed == 0)
		ck_assert_int_eq(status, STATUS_ANALYSED);
	free(text);
	return memory.failed > 0;
}

START_TEST(test_each_allocation)
{
	const char *srcdir = getenv("srcdir");
	char path[300], messages[] = "/tmp/tcpconn.XXXXXX";
	int fd = mkstemp(messages), old = dup(STDERR_FILENO);
	long n = 0;

	ck_assert_int_ge(fd, 0);
	unlink(messages);
	snprintf(path, sizeof(path), "%.200s/samples/%s",
	    srcdir != NULL ? srcdir : ".", rows[_i].sample);
	run_watch = arm;
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
	while (n < FAILURES_MAX && run_failing(path, _i, n, fd))
		n++;
	dup2(old, STDERR_FILENO);
	ck_assert_int_gt(n, 20);
	ck_assert_int_lt(n, FAILURES_MAX);
}
END_TEST

static int
count_report(void *arg, struct conn_report *r)
{
	(void)r;
	++*(long *)arg;
	return 0;
}

/*
 * Segments of path, with connections packed between them (pack.h), the n-th
 * allocation of the engine failing. Returns how many connections it reported.
 */
static long
pack_failing(const char *path, long n)
{
	const struct decode_options decode = {.fragment_sets = 1};
	long reports = 0;
	struct analyzer_options o = {
	    .observer = {.wants = WANT_EVENTS | WANT_TRANSITIONS | WANT_PACKING,
		.on_connection = count_report,
		.arg = &reports}};
	char err[300];
	struct reader *reader = reader_open(&path, 1, NULL, err, sizeof(err));
	struct decoder *dec = decoder_new(&decode);
	struct analyzer *a;
	struct icmp_error icmp;
	struct segment seg;
	struct packet p;

	limits_init(&o.limits);
	a = analyzer_new(&o);
	ck_assert(reader != NULL && dec != NULL && a != NULL);
	memory.left = n;
	memory.failed = 0;
	while (reader_next(reader, &p) != READER_END) {
		bool ok = decode_packet(dec, &p, &seg, &icmp) == DECODE_OK;

		arm(true);
		if (ok)
			analyzer_segment(a, &seg);
		arm(false);
	}
	arm(true);
	analyzer_finish(a);
	arm(false);
	analyzer_free(a);
	decoder_free(dec);
	reader_close(reader);
	return reports;
}

/* What cannot be packed stays live, what cannot be unpacked stays packed. */
START_TEST(test_packing)
{
	static const char *const samples[] = {
	    "e07-fast-retransmit.pcap", "reuse-unsafe.pcap"};
	const char *srcdir = getenv("srcdir");
	char path[300];
	long n, all;

	snprintf(path, sizeof(path), "%.200s/samples/%s",
	    srcdir != NULL ? srcdir : ".", samples[_i]);
	memory.lasting = false;
	all = pack_failing(path, FAILURES_MAX);
	ck_assert_int_gt(all, 0);
	n = 0;
	do
		ck_assert_int_le(pack_failing(path, n++), all);
	while (memory.failed > 0 && n < FAILURES_MAX);
	ck_assert_int_gt(n, 50);
	ck_assert_int_lt(n, FAILURES_MAX);
}
END_TEST

static Suite *
memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("allocations");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, test_each_allocation, 0, ROWS(rows));
	tcase_add_loop_test(tc, test_packing, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	/* in one process, so that what leaks is seen when it ends */
	setenv("CK_FORK", "no", 1);
	return run_suite(memory_suite());
}
