/*
 * main.c - the door of the program; everything else is in the library.
 */
#include <fcntl.h>
#include <unistd.h>

#include "program/cli.h"

/*
 * Keep a capture or report from being opened under the number of a standard
 * stream that the caller closed: writing there shall fail instead.
 */
static void
occupy_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(STATUS_UNUSABLE);
}

int
main(int argc, char **argv)
{
	occupy_standard_streams();
	return (int)cli_main(argc, argv);
}
