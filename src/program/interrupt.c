/*
 * interrupt.c - stop reading on SIGINT and SIGTERM.
 */
#include "program/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/*
 * The only variables of the program: a signal handler has no argument for
 * them.
 */
static volatile sig_atomic_t interrupted;
static const char *volatile unfinished[INTERRUPT_FILES];

/* Calls nothing but what may be called at any time. */
static void
on_signal(int number)
{
	if (interrupted == 0) {
		interrupted = number;
		return;
	}
	for (int i = 0; i < INTERRUPT_FILES; i++)
		if (unfinished[i] != NULL)
			unlink(unfinished[i]);
	signal(number, SIG_DFL);
	raise(number);
}

static void
catch_signal(int number)
{
	struct sigaction old, action = {.sa_handler = on_signal};

	/* No SA_RESTART: a read that waits for a silent pipe shall end. */
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGTERM);
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

static void
exchange(const char *was, const char *path)
{
	for (int i = 0; i < INTERRUPT_FILES; i++)
		if (unfinished[i] == was) {
			unfinished[i] = path;
			return;
		}
}

void
interrupt_cover(const char *path)
{
	exchange(NULL, path);
}

void
interrupt_uncover(const char *path)
{
	exchange(path, NULL);
}

void
interrupt_install(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
}

int
interrupt_signal(void)
{
	return interrupted;
}
