/*
 * check_sandbox.c - what the sandbox refuses, and what it leaves.
 */
#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "program/sandbox.h"
#include "support/run_suite.h"

/* Each returns 0, or -1 with errno. */
static int
try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0 ? -1 : 0;
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -1 : 0;
}

static int
try_exec(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static int
try_create(void)
{
	return open("sandbox.tmp", O_WRONLY | O_CREAT, 0600) < 0 ? -1 : 0;
}

static int
try_write_to_null(void)
{
	return open("/dev/null", O_RDWR) < 0 ? -1 : 0;
}

static int
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int
try_mode(void)
{
	return chmod(".", 0700);
}

static int
try_kill(void)
{
	return kill(getppid(), 0);
}

static int
try_read(void)
{
	return open("/dev/null", O_RDONLY) < 0 ? -1 : 0;
}

static int
try_memory(void)
{
	void *p = malloc((size_t)8 << 20);
	int rc = p != NULL ? 0 : -1;

	free(p);
	return rc;
}

static int
try_spool(void)
{
	FILE *f = tmpfile();

	return f != NULL && fputs("x", f) >= 0 && fflush(f) == 0 ? 0 : -1;
}

static void *
thread_of(void *arg)
{
	return arg;
}

static int
try_thread(void)
{
	pthread_t t;

	errno = pthread_create(&t, NULL, thread_of, NULL);
	return errno == 0 && pthread_join(t, NULL) == 0 ? 0 : -1;
}

static int
try_rename(void)
{
	/* there is none: this is asked, and not whether one may */
	return rename("no-such-file", "another") == -1 && errno == ENOENT ? 0
									  : -1;
}

static const struct {
	const char *name;
	int (*attempt)(void);
	bool refused;
} rows[] = {
    {"a socket", try_socket, true},
    {"a process", try_fork, true},
    {"another program", try_exec, true},
    {"a new file", try_create, true},
    {"a file to write to", try_write_to_null, true},
    {"code made at run time", try_code, true},
    {"permissions of files", try_mode, true},
    {"signals to others", try_kill, true},
    {"a file to read", try_read, false},
    {"memory", try_memory, false},
    {"a spool", try_spool, false},
    {"a thread", try_thread, false},
    {"a new name for a file", try_rename, false},
};

enum {
	SAME,
	DIFFERENT,
	NO_SANDBOX
};

/* Whether the attempt ends as it should, in a process of its own. */
static int
attempt(int row)
{
	int rc;

	if (!sandbox_enter())
		return NO_SANDBOX;
	rc = rows[row].attempt();
	if (rows[row].refused)
		return rc == -1 && errno == EPERM ? SAME : DIFFERENT;
	return rc == 0 ? SAME : DIFFERENT;
}

START_TEST(test_call)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(attempt(_i));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(
	    WIFEXITED(status), "%s: ended by a signal", rows[_i].name);
	if (WEXITSTATUS(status) != NO_SANDBOX)
		ck_assert_msg(WEXITSTATUS(status) == SAME, "%s: %s",
		    rows[_i].name,
		    rows[_i].refused ? "not refused" : "refused");
}
END_TEST

/* CPU time that entering takes; the exit status of a process of its own. */
static int
start_ms(void)
{
	struct timespec a, b;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	sandbox_enter();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	return (int)((b.tv_sec - a.tv_sec) * 1000 +
		     (b.tv_nsec - a.tv_nsec) / 1000000);
}

/* Less than 5 ms, in the best of some tries. */
START_TEST(test_start)
{
	int best = 1000, status;

	for (int i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(start_ms());
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFEXITED(status));
		if (WEXITSTATUS(status) < best)
			best = WEXITSTATUS(status);
	}
	ck_assert_int_lt(best, 5);
}
END_TEST

static Suite *
sandbox_suite(void)
{
	Suite *s = suite_create("sandbox");
	TCase *tc = tcase_create("calls");

	tcase_add_loop_test(tc, test_call, 0, ROWS(rows));
	suite_add_tcase(s, tc);
	tc = tcase_create("start");
	tcase_add_test(tc, test_start);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(sandbox_suite());
}
