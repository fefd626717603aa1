/*
 * invariants.h - what holds for the report of any input.
 */
#ifndef TCPCONN_INVARIANTS_H
#define TCPCONN_INVARIANTS_H

#include <stddef.h>

/*
 * Each returns NULL, or what is wrong in a static string.
 *
 * json_wrong: text is one JSON document (RFC 8259) of nothing but printable
 * characters and valid UTF-8, the counts of its packets add up, and there are
 * as many connections as it says.
 */
const char *json_wrong(const char *text);

/*
 * Lines (ended by LF, or by CR and LF) of valid UTF-8 without control
 * characters, those that begin a colour (SGR) apart.
 */
const char *text_wrong(const char *text, size_t n);

#endif
