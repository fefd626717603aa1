/*
 * measure - run a command and say what it cost: processor time of user and
 * system in microseconds, peak resident size in KiB, and its exit status, on
 * one line. Standard output and error of the command go to /dev/null.
 *
 * A program of its own, and a small one: on Linux the peak of a child begins
 * at the size of the process that started it.
 *
 * usage: measure SECONDS COMMAND [ARGUMENT...]
 *
 * A command that takes more processor time than SECONDS is killed.
 */
#define _DEFAULT_SOURCE /* struct rusage has ru_maxrss */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CANNOT_RUN = 127
};

static void
run(rlim_t seconds, char **argv)
{
	struct rlimit limit = {seconds, seconds};
	int null = open("/dev/null", O_RDWR);

	if (setrlimit(RLIMIT_CPU, &limit) != 0 || null < 0 ||
	    dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(CANNOT_RUN);
	(void)execvp(argv[0], argv);
	_exit(CANNOT_RUN);
}

static long long
microseconds(const struct timeval *t)
{
	return (long long)t->tv_sec * 1000000 + t->tv_usec;
}

int
main(int argc, char **argv)
{
	struct rusage used;
	unsigned long seconds;
	int status;
	pid_t child;

	if (argc < 3 || (seconds = strtoul(argv[1], NULL, 10)) == 0) {
		fprintf(
		    stderr, "usage: measure SECONDS COMMAND [ARGUMENT...]\n");
		return 2;
	}
	child = fork();
	if (child == 0)
		run(seconds, argv + 2);
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			child = -1;
	if (child < 0 || getrusage(RUSAGE_CHILDREN, &used) != 0) {
		fprintf(stderr, "measure: %s\n", strerror(errno));
		return 2;
	}
	printf("%lld %ld %d\n",
	    microseconds(&used.ru_utime) + microseconds(&used.ru_stime),
	    used.ru_maxrss,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
