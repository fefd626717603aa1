/*
 * wrap.h - running text in columns, for help texts.
 */
#ifndef TCPCONN_WRAP_H
#define TCPCONN_WRAP_H

#include <stdio.h>

#define WRAP_COLUMNS 80

/*
 * Write text and a newline, broken at spaces so that no line exceeds
 * WRAP_COLUMNS. The cursor stands at column at; further lines start at column
 * indent.
 */
void wrap_write(FILE *out, const char *text, unsigned at, unsigned indent);

#endif
