/*
 * interrupt.h - stop reading on SIGINT and SIGTERM, report what is known.
 */
#ifndef TCPCONN_INTERRUPT_H
#define TCPCONN_INTERRUPT_H

/*
 * From now on SIGINT and SIGTERM are remembered, unless they were ignored
 * before; a second one ends the program. SIGPIPE is ignored, so that writing
 * to a closed pipe fails with EPIPE, and SIGXFSZ, so that writing beyond the
 * limit of file sizes fails with EFBIG.
 */
void interrupt_install(void);

/* Number of the signal that came, or 0. */
int interrupt_signal(void);

#endif
