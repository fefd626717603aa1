/*
 * sha1.h - SHA-1 (RFC 3174) of short texts.
 *
 * For identifiers that others made of it (Community ID); it protects nothing.
 */
#ifndef TCPCONN_SHA1_H
#define TCPCONN_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES 20

/* Digest of n bytes at data. */
void sha1_bytes(const uint8_t *data, size_t n, uint8_t digest[SHA1_BYTES]);

#endif
