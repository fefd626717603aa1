/*
 * run_program.h - the whole program within this process: command line in,
 * standard output and exit status out.
 */
#ifndef TCPCONN_RUN_PROGRAM_H
#define TCPCONN_RUN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_BAD_USAGE 100

/* Called around what the program itself does; may be NULL. */
extern void (*run_watch)(bool begins);

/* A file that is written anew for each run. */
struct run_file {
	int fd;
	char path[64];
};

/* All end the process where the system refuses. */
void run_file_open(struct run_file *f);
void run_file_set(const struct run_file *f, const uint8_t *data, size_t n);
void run_file_close(struct run_file *f); /* and delete it */

/*
 * Run with the words of argv (without a program's name, NULL at the end).
 * Returns the exit status, or RUN_BAD_USAGE when the command line cannot be
 * followed or asks for no analysis. *text (may be NULL) gets what was written
 * to standard output, n bytes and a NUL, to be freed by the caller.
 */
int run_program(const char *const *argv, char **text, size_t *n);

#endif
