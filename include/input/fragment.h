/*
 * fragment.h - which parts of fragmented IP packets have arrived (R2.13).
 *
 * No payload is kept: a set remembers the byte ranges seen and the segment
 * facts of its first fragment. A set that meets overlapping fragments never
 * becomes whole (RFC 5722; hosts do the same for IPv4). A packet of which parts
 * are missing is not analysed: when it is given up, the engine has judged the
 * bytes that it would have brought as a hole (R8.30), and its header is late.
 */
#ifndef TCPCONN_FRAGMENT_H
#define TCPCONN_FRAGMENT_H

#include "base/hash.h"
#include "words/segment.h"

/* Identity and place of one fragment. */
struct fragment {
	struct fragment_id {
		uint8_t addr[2][16]; /* source, destination */
		uint32_t id;
		uint32_t tunnel; /* as in struct flow_key */
		uint16_t vlan;   /* as in struct flow_key */
		uint8_t version;
		uint8_t protocol; /* IPv4; 0 for IPv6 (RFC 8200 4.5) */
	} of;
	uint32_t offset, len; /* bytes of the packet's fragmentable part */
	bool more;            /* fragments */
	uint64_t frame_no;
};

/* Largest fragmentable part. */
#define FRAGMENT_MAX 65535

enum fragment_result {
	FRAGMENT_WAIT,        /* parts are missing */
	FRAGMENT_CONTRADICTS, /* parts overlap: it will never be whole */
	FRAGMENT_WHOLE,       /* the last part arrived */
	FRAGMENT_NO_MEMORY,   /* not remembered */
};

/* Frames of a packet that are remembered; a packet in more is rare. */
#define FRAGMENT_FRAMES 48

struct fragments; /* owned by its creator */

/* Fragments of which something is to be said, and the first of them. */
struct fragment_tally {
	uint64_t packets, first_frame;
};

/*
 * Wait for at most max_sets packets, each for timeout_ns. hash is copied.
 * NULL: no memory.
 */
struct fragments *fragments_new(
    unsigned max_sets, int64_t timeout_ns, const struct hash_key *hash);
void fragments_free(struct fragments *fs);

/*
 * A fragment arrived at ts_ns. If it holds a TCP header, first is its
 * segment and skip the bytes of the fragmentable part before TCP; else first
 * is NULL. On FRAGMENT_WHOLE *whole is the first fragment's segment and
 * *tcp_bytes the length of TCP header and payload; the set is forgotten.
 */
enum fragment_result fragments_add(struct fragments *fs,
    const struct fragment *f, int64_t ts_ns, const struct segment *first,
    uint32_t skip, struct segment *whole, uint32_t *tcp_bytes);

/*
 * The frames of the packet that became whole last, in order of arrival; valid
 * until the next fragment.
 */
const uint64_t *fragments_frames(const struct fragments *fs, unsigned *n);

/*
 * Of all fragments that were answered with FRAGMENT_WAIT: those of packets
 * that became whole, and those of others, which were given up, or whose missing
 * parts may still come.
 */
void fragments_count(const struct fragments *fs, struct fragment_tally *whole,
    struct fragment_tally *incomplete);

#endif
