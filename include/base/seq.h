/*
 * seq.h - sequence number arithmetic (RFC 9293 3.4; rules R1.12 to R1.15).
 *
 * This is the only place that does arithmetic modulo 2^32. Everywhere else a
 * sequence number is a 64-bit offset in its direction's own space, in which
 * comparison is plain.
 */
#ifndef TCPCONN_SEQ_H
#define TCPCONN_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* A space starts here plus the ISN, so that nothing below it underflows. */
#define SEQ_ORIGIN ((uint64_t)1 << 32)
/* A step further than this from the reference is wild (R1.14). */
#define SEQ_WILD ((int64_t)1 << 30)

/* Signed distance a - b modulo 2^32; also serial arithmetic of TSval. */
static inline int32_t
seq_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* The 64-bit offset congruent to x that lies nearest to ref (R1.12). */
static inline uint64_t
seq_unwrap(uint32_t x, uint64_t ref)
{
	return ref + (uint64_t)(int64_t)seq_diff(x, (uint32_t)ref);
}

/* Whether x lies too far from ref to be believed (R1.14). */
static inline bool
seq_wild(uint32_t x, uint64_t ref)
{
	int64_t d = seq_diff(x, (uint32_t)ref);

	return d > SEQ_WILD || d < -SEQ_WILD;
}

/* Offset of sequence number isn in a space that starts with it (R1.13). */
static inline uint64_t
seq_base(uint32_t isn)
{
	return SEQ_ORIGIN + isn;
}

#endif
