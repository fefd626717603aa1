/*
 * digest.h - Internet checksum and content hash in one pass over bytes.
 */
#ifndef TCPCONN_DIGEST_H
#define TCPCONN_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/*
 * sum is a one's complement sum (RFC 1071) not yet folded, small enough that
 * thousands may be added. hash tells contents apart; it is never 0 and not
 * meant to leave the process.
 */
struct digest {
	uint64_t sum;
	uint64_t hash;
};

/* Digest of n bytes at p, which start at an even place of the message. */
struct digest digest_bytes(const uint8_t *p, size_t n);
/* The same without what only some processors can do: for tests. */
struct digest digest_plain(const uint8_t *p, size_t n);

/* The sum alone, of an address of 4 or 16 bytes. */
uint64_t digest_address(const uint8_t *p, size_t n);

/* The 16-bit one's complement sum as read from the wire, not complemented. */
uint16_t digest_fold(uint64_t sum);

#endif
