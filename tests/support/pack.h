/*
 * pack.h - compressed members for tests.
 */
#ifndef TCPCONN_PACK_H
#define TCPCONN_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "input/unpack.h"

/*
 * Compress n bytes into one member of the named format; returns its length,
 * or 0 when this build does not have the format. The test fails when size is
 * too small. The member has blocks of at most 64 KiB where the format allows.
 */
size_t pack_member(
    const char *format, uint8_t *out, size_t size, const uint8_t *in, size_t n);

#endif
