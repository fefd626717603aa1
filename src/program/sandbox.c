/*
 * sandbox.c - give up what an analysis does not need, through seccomp.
 *
 * A call that is not listed fails and does not end the process: a C library
 * that tries something new mostly goes on without it.
 */
#define _GNU_SOURCE /* O_TMPFILE, CLONE_THREAD */
#include "program/sandbox.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Allowed whatever the arguments. */
static const int calls[] = {
    /* files that are open */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write),
    SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(_llseek),
    SCMP_SYS(close), SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(dup),
    SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64), SCMP_SYS(fadvise64),
    SCMP_SYS(fsync), SCMP_SYS(poll), SCMP_SYS(ppoll),
    /* names of files */
    SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(stat), SCMP_SYS(stat64),
    SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(statx),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* threads, signals, time */
    SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq), SCMP_SYS(membarrier), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(getpid),
    SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(prlimit64),
    SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(getrusage), SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

/* Allowed where (argument & mask) == value. */
static const struct {
	int call;
	unsigned argument;
	uint64_t mask, value;
} narrow[] = {
    /* read what is there; files without a name are for spools */
    {SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
    {SCMP_SYS(openat), 2, O_TMPFILE, O_TMPFILE},
    {SCMP_SYS(open), 1, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY},
    {SCMP_SYS(open), 1, O_TMPFILE, O_TMPFILE},
    /* data, not code */
    {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
    {SCMP_SYS(mmap2), 2, PROT_EXEC, 0},
    {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
    /* threads, not processes */
    {SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD},
    /* what stdio asks of a terminal, and its width */
    {SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS},
    {SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCGWINSZ},
};

static int
fill(scmp_filter_ctx filter)
{
	int rc = 0;

	/* its arguments lie in memory: libraries then fall back to clone() */
	rc = seccomp_rule_add(
	    filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	for (size_t i = 0; rc == 0 && i < ROWS(calls); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; rc == 0 && i < ROWS(narrow); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, narrow[i].call, 1,
		    SCMP_CMP64(narrow[i].argument, SCMP_CMP_MASKED_EQ,
			narrow[i].mask, narrow[i].value));
	return rc;
}

/*
 * Valgrind lives in this process and makes code while it runs, which the
 * filter refuses; its tools show themselves by what they preload.
 */
static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

bool
sandbox_enter(void)
{
	scmp_filter_ctx filter;
	bool entered;

	if (under_valgrind())
		return false;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		return false;
	entered = fill(filter) == 0 && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return entered;
}

#else

bool
sandbox_enter(void)
{
	return false;
}

#endif
