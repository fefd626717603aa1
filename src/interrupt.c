/*
 * interrupt.c - stop reading on SIGINT and SIGTERM.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

/* The one variable of the program: a signal handler has no argument for it. */
static volatile sig_atomic_t interrupted;

static void
remember(int number)
{
	interrupted = number;
}

static void
catch_signal(int number)
{
	struct sigaction old, action = {.sa_handler = remember};

	/* No SA_RESTART: a read that waits for a silent pipe shall end. */
	action.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&action.sa_mask);
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
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
