/*
 * segment.h - what decoding leaves of one TCP segment: facts, by value.
 */
#ifndef TCPCONN_SEGMENT_H
#define TCPCONN_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

/* Control bits, RFC 9293 3.1; AE as RFC 9768. Reserved bits are 9 to 11. */
enum {
	FLAG_FIN = 0x001,
	FLAG_SYN = 0x002,
	FLAG_RST = 0x004,
	FLAG_PSH = 0x008,
	FLAG_ACK = 0x010,
	FLAG_URG = 0x020,
	FLAG_ECE = 0x040,
	FLAG_CWR = 0x080,
	FLAG_AE = 0x100,
	FLAG_RESERVED = 0xe00,
};

/*
 * Identity of a flow (R2.1): the pair of endpoints in canonical order, lower
 * (address bytes, then port) first. IPv4 addresses fill the first 4 bytes,
 * the rest is zero. Compare and hash the whole struct: it has no padding.
 */
struct flow_key {
	uint8_t addr[2][16];
	uint16_t port[2]; /* host byte order */
	uint16_t version; /* 4 or 6 */
	uint16_t vlan;    /* 0 unless --key vlan (R2.2) */
	uint32_t tunnel;  /* innermost VXLAN or GENEVE VNI + 1, or 0 (R2.2) */
};

static inline bool
flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t v[2][5], differ = a->tunnel ^ b->tunnel;

	/* all of the rest, in words */
	memcpy(v[0], a, sizeof(v[0]));
	memcpy(v[1], b, sizeof(v[1]));
	for (unsigned i = 0; i < 5; i++)
		differ |= v[0][i] ^ v[1][i];
	return differ == 0;
}

/* For tables of tuples. */
static inline uint32_t
flow_key_hash(const struct hash_key *hash, const struct flow_key *key)
{
	uint64_t w[4], rest;
	unsigned i;

	memcpy(w, key->addr, sizeof(w));
	memcpy(&rest, key->port, sizeof(rest)); /* version and vlan, too */
	rest = hash_word(hash, 4, rest) + hash_word(hash, 5, key->tunnel);
	if (key->version == 4)
		return hash_end(hash_word(hash, 0, w[0] ^ w[2] << 32) + rest);
	for (i = 0; i < 4; i++)
		rest += hash_word(hash, i, w[i]);
	return hash_end(rest);
}

/* Which options a segment carries; a bit is set only for a well-formed one. */
enum {
	OPT_MSS = 1 << 0,
	OPT_WSCALE = 1 << 1,
	OPT_SACK_PERMITTED = 1 << 2,
	OPT_SACK = 1 << 3,
	OPT_TIMESTAMPS = 1 << 4,
	OPT_FAST_OPEN = 1 << 5,
	OPT_USER_TIMEOUT = 1 << 6,
	OPT_MD5 = 1 << 7,
	OPT_AO = 1 << 8,
	OPT_MPTCP = 1 << 9,
	OPT_ACCECN = 1 << 10,
};

#define SACK_BLOCKS 4

/* RFC 7323 2.3: the largest shift of a window. */
#define WSCALE_MAX 14

struct tcp_options {
	uint16_t has;     /* OPT_ bits */
	uint16_t mss;     /* bytes */
	uint8_t wscale;   /* shift as sent, may exceed 14 (R6.89) */
	uint8_t sack_n;   /* blocks in sack[] */
	uint8_t tfo_len;  /* cookie bytes; 0 is a request */
	uint8_t bad_kind; /* first malformed option, or 0 (R6.3) */
	uint8_t bad_len;  /* its length byte */
	bool cut;         /* the snaplen cut the options: the rest is unknown */
	uint32_t tsval, tsecr;
	uint32_t sack[SACK_BLOCKS][2]; /* left and right edge, raw */
};

/* ECN codepoint of a congestion mark, RFC 3168 5. */
#define ECN_CE 3

/* Result of verifying the TCP checksum (R6.83). */
enum checksum {
	CHECKSUM_UNKNOWN, /* not captured whole, or not asked for */
	CHECKSUM_GOOD,
	CHECKSUM_BAD,
	CHECKSUM_PARTIAL, /* equals the pseudo-header sum: offloaded */
};

/* What is wrong with a header that still names its flow (R1.40). */
enum segment_fault {
	FAULT_NONE,
	FAULT_TRUNCATED,  /* R6.1: fewer bytes captured than the header has */
	FAULT_BAD_LENGTH, /* R6.2: data offset < 5 or beyond the IP payload */
	FAULT_TINY_FRAGMENT, /* R2.13: first fragment too short for a header */
};

/* One layer of encapsulation met on the way to TCP, outermost first. */
enum encap {
	ENCAP_NONE,
#define ENCAP(id, name) ENCAP_##id,
#include "words/encap.def"
#undef ENCAP
	ENCAP_COUNT
};

#define ENCAP_DEPTH 8

/* First payload bytes that a segment carries by value (R6.19). */
#define SEGMENT_HEAD 16

/*
 * Facts of one segment. payload is borrowed until the next packet is read;
 * everything else is by value.
 */
struct segment {
	uint64_t frame_no;
	int64_t ts_ns;
	const uint8_t *payload; /* borrowed until the next read */
	uint64_t payload_hash;  /* captured payload; 0 when empty */
	uint32_t payload_cap;   /* payload bytes captured */
	struct flow_key key;
	uint8_t head[SEGMENT_HEAD]; /* first payload bytes; the rest is zero */

	uint32_t seq, ack;    /* raw */
	uint32_t len;         /* payload bytes by the IP length (R1.7) */
	uint32_t ip_bytes;    /* IP packet bytes, header included */
	uint32_t header_hash; /* TCP header and options as captured */
	uint16_t flags;       /* FLAG_ bits */
	uint16_t wnd;         /* raw, unscaled */
	uint16_t urg;
	uint16_t header_bytes;                /* TCP header with options */
	uint16_t checksum_got, checksum_want; /* when bad */
	uint16_t ip_id;
	uint16_t vlan_id; /* outermost tag's VID, 0 when untagged */
	struct tcp_options opt;

	uint8_t dir; /* 0: key's lower endpoint sent it, 1: the higher one */
	uint8_t ttl; /* or hop limit */
	uint8_t ecn; /* IP ECN codepoint: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE */
	bool has_ip_id;     /* IPv4 */
	bool dont_fragment; /* DF set, or IPv6 */
	bool len_guessed;   /* IP total length was 0 (R1.7) */
	bool fragmented;    /* came in several frames */
	uint8_t fault;      /* enum segment_fault */
	uint8_t checksum;   /* enum checksum */
	uint8_t encap_n;
	uint8_t encap[ENCAP_DEPTH]; /* enum encap, outermost first */
};

/*
 * An ICMP error that quotes a TCP segment (R2.17). key and dir speak of the
 * quoted segment.
 */
struct icmp_error {
	uint64_t frame_no;
	int64_t ts_ns;
	struct flow_key key;
	uint8_t dir;
	uint8_t version; /* 4 or 6 */
	uint8_t type, code;
	uint32_t mtu;     /* of too-big messages, else 0 */
	uint32_t seq;     /* quoted raw sequence number */
	uint8_t from[16]; /* sender of the error; IPv4 in the first 4 */
};

/* Stable name of an encapsulation layer, e.g. "vlan". */
const char *encap_name(enum encap e);

static inline bool
segment_has(const struct segment *s, unsigned flags)
{
	return (s->flags & flags) != 0;
}

#endif
