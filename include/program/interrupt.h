/*
 * interrupt.h - stop reading on SIGINT and SIGTERM, report what is known.
 */
#ifndef TCPCONN_INTERRUPT_H
#define TCPCONN_INTERRUPT_H

/*
 * From now on SIGINT and SIGTERM are remembered, unless they were ignored
 * before; a second one ends the program, and with it the files of
 * interrupt_cover(). SIGPIPE is ignored, so that writing
 * to a closed pipe fails with EPIPE, and SIGXFSZ, so that writing beyond the
 * limit of file sizes fails with EFBIG.
 */
void interrupt_install(void);

/*
 * The file at path is not complete: until interrupt_uncover(path) a second
 * signal removes it. path is borrowed until then; at most INTERRUPT_FILES.
 */
#define INTERRUPT_FILES 2
void interrupt_cover(const char *path);
void interrupt_uncover(const char *path);

/* Number of the signal that came, or 0. */
int interrupt_signal(void);

#endif
