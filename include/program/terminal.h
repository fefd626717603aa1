/*
 * terminal.h - what the terminal, if any, behind a file descriptor can show.
 */
#ifndef TCPCONN_TERMINAL_H
#define TCPCONN_TERMINAL_H

#include <stdbool.h>

#define TERMINAL_COLUMNS 100 /* where no terminal says otherwise */

/*
 * Columns: of the terminal, else of COLUMNS if fd is a terminal, else
 * TERMINAL_COLUMNS, so that a file never depends on where it was written.
 */
unsigned terminal_columns(int fd);

/* Whether colour is welcome: a terminal, no NO_COLOR, TERM is not dumb. */
bool terminal_color(int fd);

/* True unless fd is a terminal whose locale is not one of UTF-8. */
bool terminal_utf8(int fd);

#endif
