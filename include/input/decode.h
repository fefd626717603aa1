/*
 * decode.h - from a captured frame to a TCP segment.
 *
 * Every read goes through the bounds-checked cursor of bytes.h. A decoder
 * keeps the fragments it waits for (R2.13) and nothing else.
 */
#ifndef TCPCONN_DECODE_H
#define TCPCONN_DECODE_H

#include "base/hash.h"
#include "words/packet.h"
#include "words/segment.h"

/* Verdicts: a segment, an ICMP error, or the reason why neither. */
enum decode_verdict {
	DECODE_OK,      /* *seg is set; seg->fault may still be non-zero */
	DECODE_ICMP,    /* *icmp is set: an ICMP error quoting TCP */
	DECODE_REASONS, /* DECODE_REASONS + enum reason follow */
};

/* Why a packet was not analysed (INTERFACE 5, packets.not_analysed). */
enum reason {
#define REASON(id, name, label) REASON_##id,
#include "input/reason.def"
#undef REASON
	REASON_COUNT
};

const char *reason_name(enum reason r);  /* stable id, for JSON */
const char *reason_label(enum reason r); /* plain words, for text */

enum checksum_mode {
	CHECKSUM_MODE_AUTO,
	CHECKSUM_MODE_ON,
	CHECKSUM_MODE_OFF,
};

struct decode_options {
	enum checksum_mode checksum; /* off: checksums stay UNKNOWN */
	bool key_vlan;               /* R2.2: put the VLAN id into the key */
	int64_t fragment_timeout_ns; /* K_FRAG */
	unsigned fragment_sets;      /* 1024 */
	const struct hash_key *hash; /* borrowed; NULL: hash_key_fixed */
};

struct decoder; /* owned by its creator; holds fragment sets only */

/* NULL when memory ran out. */
struct decoder *decoder_new(const struct decode_options *o);
void decoder_free(struct decoder *d);

/*
 * Decode one packet. On DECODE_OK *seg is filled, on DECODE_ICMP *icmp; any
 * other result is DECODE_REASONS + enum reason. Never fails otherwise.
 */
int decode_packet(struct decoder *d, const struct packet *p,
    struct segment *seg, struct icmp_error *icmp);

/*
 * The frames of the segment that the last call made whole (seg->fragmented),
 * the first FRAGMENT_FRAMES of them; valid until the next call.
 */
const uint64_t *decoder_fragments(const struct decoder *d, unsigned *n);

/*
 * A fragment counts as REASON_FRAGMENT_INCOMPLETE until its packet becomes
 * whole, and stays that if it never does. At the end: those of the first kind,
 * which are REASON_FRAGMENT, and those that stay.
 */
struct fragment_tally;
void decoder_settle(const struct decoder *d, struct fragment_tally *whole,
    struct fragment_tally *incomplete);

/* Whether link_type can be decoded at all; its name comes from the reader. */
bool decode_link_supported(int link_type);

#endif
