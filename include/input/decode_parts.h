/*
 * decode_parts.h - what the files of the decoder share; for them alone.
 *
 * A frame is peeled layer by layer. Each layer is a function that reads its
 * header from f->in and calls the next one through a table: link types in
 * decode_link.c, EtherTypes in decode_ether.c, IP protocols in decode_ip.c,
 * UDP ports in decode_udp.c. It returns what decode_packet() returns.
 */
#ifndef TCPCONN_DECODE_PARTS_H
#define TCPCONN_DECODE_PARTS_H

#include "base/bytes.h"
#include "input/decode.h"
#include "input/fragment.h"

/* A verdict of the DECODE_REASONS kind, from the end of a reason's name. */
#define BECAUSE(id) ((int)DECODE_REASONS + (int)REASON_##id)

/* Numbers that more than one file knows. */
enum {
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	PROTOCOL_TCP = 6,
};

/* Both ends of an IP packet; addresses are borrowed from the frame. */
struct ip_ends {
	uint8_t version; /* 4 or 6, or 0 before any IP header */
	const uint8_t *src, *dst;
};

/* Facts of the innermost IP header met so far. */
struct ip_facts {
	struct ip_ends ends;
	uint8_t ttl, ecn;
	bool has_id, dont_fragment;
	uint16_t id;
	uint32_t bytes;      /* header included */
	bool len_guessed;    /* R1.7 */
	bool fragmented;     /* a first fragment, others must follow */
	const uint8_t *body; /* first byte of the fragment; borrowed */
};

/* A frame on its way through the layers. */
struct frame {
	struct decoder *d;
	const struct packet *packet;
	struct segment *seg;     /* being filled */
	struct icmp_error *icmp; /* being filled */
	struct bytes in;         /* captured bytes of this layer on */
	uint64_t wire_end;       /* where this layer ends, from frame start */
	unsigned layers;         /* headers entered so far */
	bool tagged;             /* a VLAN tag was met */
	uint32_t tunnel;         /* as in struct flow_key */
	struct ip_facts ip;
	struct fragment fragment; /* if ip.fragmented */
};

typedef int layer_fn(struct frame *f);

/* --- frame.c --- */

/* Count one more header; false when there are too many to be honest. */
bool frame_enter(struct frame *f);
/* Note an encapsulation; false when there are more than a segment lists. */
bool frame_encap(struct frame *f, enum encap e);
/* Bytes from here to the end of this layer, captured or not. */
uint32_t frame_want(const struct frame *f);
/* This layer is n bytes long, counted from start; what follows is padding. */
void frame_limit(struct frame *f, const uint8_t *start, uint32_t n);
/* The verdict on a payload that no table knows. */
int frame_unknown(const struct frame *f);
layer_fn decode_opaque; /* the verdict on what cannot be read */

/*
 * Canonical key of a flow (R2.1); returns the direction of its sender, 0 if it
 * is the lower end. That of the ends alone has neither VLAN nor tunnel.
 */
uint8_t key_of_ends6(const struct ip_ends *ends, uint16_t src_port,
    uint16_t dst_port, struct flow_key *key);

static inline uint8_t
key_of_ends4(const struct ip_ends *ends, uint16_t src_port, uint16_t dst_port,
    struct flow_key *key)
{
	/* address and port as one number: so they are compared */
	uint64_t src = (uint64_t)taken_be32(ends->src) << 16 | src_port;
	uint64_t dst = (uint64_t)taken_be32(ends->dst) << 16 | dst_port;
	bool swap = src > dst;

	memset(key, 0, sizeof(*key));
	memcpy(key->addr[0], swap ? ends->dst : ends->src, 4);
	memcpy(key->addr[1], swap ? ends->src : ends->dst, 4);
	key->port[0] = (uint16_t)(swap ? dst : src);
	key->port[1] = (uint16_t)(swap ? src : dst);
	key->version = 4;
	return swap;
}

static inline uint8_t
key_of_ends(const struct ip_ends *ends, uint16_t src_port, uint16_t dst_port,
    struct flow_key *key)
{
	return ends->version == 4 ? key_of_ends4(ends, src_port, dst_port, key)
				  : key_of_ends6(ends, src_port, dst_port, key);
}

uint8_t frame_key(const struct frame *f, const struct ip_ends *ends,
    uint16_t src_port, uint16_t dst_port, struct flow_key *key);

/* decode_link.c: one frame from the header of its link type on. */
int decode_link(struct frame *f, uint32_t link_type);

/* decode_ether.c */
layer_fn decode_ethernet, decode_llc, decode_snap;
layer_fn decode_mpls, decode_nsh, decode_pppoe;
int decode_ethertype(struct frame *f, uint16_t type);
/* Whether an Ethernet header `skip` bytes ahead names what is known here. */
bool ethernet_ahead(const struct frame *f, size_t skip);

/* decode_serial.c */
layer_fn decode_ppp, decode_ppp_protocol, decode_hdlc;
layer_fn decode_frame_relay, decode_nlpid;

/* decode_wireless.c */
layer_fn decode_wlan, decode_wlan_swapped, decode_radiotap, decode_prism,
    decode_avs, decode_ppi;

/* decode_ip.c */
layer_fn decode_ip; /* by the version in its first byte */
layer_fn decode_ip4, decode_ip6;
int decode_protocol(struct frame *f, uint8_t protocol);
/* Read one IPv6 extension header; false when kind is none or it is cut. */
bool ip6_skip_extension(struct bytes *in, uint8_t kind, uint8_t *next);

/* decode_tunnel.c */
layer_fn decode_gre, decode_etherip, decode_l2tp3;

/* decode_udp.c */
layer_fn decode_udp;

/* decode_icmp.c */
layer_fn decode_icmp4, decode_icmp6;

/* decode_tcp.c */
layer_fn decode_tcp;
/* The fields of the fixed header at p behind the ports. */
static inline void
tcp_header(struct segment *seg, const uint8_t *p)
{
	uint16_t word = taken_be16(p + 12);

	seg->seq = taken_be32(p + 4);
	seg->ack = taken_be32(p + 8);
	seg->header_bytes = (uint16_t)((word >> 12) * 4);
	seg->flags = word & 0xfff;
	seg->wnd = taken_be16(p + 14);
	seg->urg = taken_be16(p + 18);
}
/*
 * Hashes, options, payload and checksum. p: what was captured of the want
 * bytes, at least the fixed header; it is known already, as is the fault.
 * judge: the ends by which the checksum can be judged, or NULL.
 */
void tcp_content(struct segment *seg, const uint8_t *p, uint32_t captured,
    uint32_t want, const struct ip_ends *judge);
/* Hand a fragment in; first and skip are those of fragments_add(). */
int decode_fragment(struct frame *f, const struct fragment *fragment,
    const struct segment *first, uint32_t skip);

/*
 * decode_plain.c: fill *seg, whatever stood there, from a frame of the usual
 * layers. False: it is none, and *seg has no meaning.
 */
bool decode_plain(
    const struct decoder *d, const struct packet *p, struct segment *seg);
/* decode.c: what decode_packet(), which stands there, does with the others. */
int decode_layers(struct decoder *d, const struct packet *p,
    struct segment *seg, struct icmp_error *icmp);

struct decoder {
	struct decode_options options;
	struct fragments *fragments;
};

#endif
