/*
 * message.h - what the program says on standard error.
 */
#ifndef TCPCONN_MESSAGE_H
#define TCPCONN_MESSAGE_H

/*
 * Write the name of the program and a text made as by printf(), as one line.
 * File names, filters and arguments may hold anything: what is not printable
 * ASCII is escaped as in the text report, so that nothing of it reaches a
 * terminal raw. Texts beyond some 2000 bytes are cut. Allocates nothing.
 */
void message_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
