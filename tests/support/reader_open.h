/*
 * reader_open.h - open a capture that must be readable, or must not.
 */
#ifndef TCPCONN_READER_OPEN_H
#define TCPCONN_READER_OPEN_H

#include "input/reader.h"

/* Open one file that must be readable. */
struct reader *reader_open_one(const char *path, const char *filter);

/* The message with which opening fails, after the path, begins so. */
void
reader_check_refused(const char *path, const char *filter, const char *message);

#endif
