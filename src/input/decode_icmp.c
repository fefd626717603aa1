/*
 * decode_icmp.c - ICMP errors that quote a TCP segment (R2.17).
 */
#include <string.h>

#include "input/decode_parts.h"

enum {
	PROTOCOL_IPIP = 4,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47,
};

/* Headers of IP in a quoted packet that are followed. */
#define QUOTE_DEPTH 4

/* Errors of RFC 792, and where a message holds the next hop's MTU. */
static const struct error_type {
	uint8_t version, type;
	int mtu_code; /* code with an MTU, or -1 */
} error_types[] = {
    {4, 3, 4}, /* unreachable; code 4: fragmentation needed, RFC 1191 */
    {4, 4, -1},
    {4, 11, -1},
    {4, 12, -1},
    {6, 1, -1},
    {6, 2, 0}, /* packet too big, RFC 4443 3.2 */
    {6, 3, -1},
    {6, 4, -1},
};

static const struct error_type *
error_lookup(uint8_t version, uint8_t type)
{
	for (size_t i = 0; i < sizeof(error_types) / sizeof(*error_types); i++)
		if (error_types[i].version == version &&
		    error_types[i].type == type)
			return &error_types[i];
	return NULL;
}

/* Step over a quoted IPv4 header; false unless it is a first fragment. */
static bool
quote_ip4(struct bytes *in, struct ip_ends *ends, uint8_t *next)
{
	uint8_t first = bytes_u8(in);
	uint32_t header = (first & 15) * 4u;
	uint16_t place;

	bytes_skip(in, 5); /* type of service, length, identification */
	place = bytes_be16(in);
	bytes_skip(in, 1); /* time to live */
	*next = bytes_u8(in);
	bytes_skip(in, 2); /* checksum */
	ends->version = 4;
	ends->src = bytes_take(in, 4);
	ends->dst = bytes_take(in, 4);
	if (header < 20)
		return false;
	bytes_skip(in, header - 20);
	return first >> 4 == 4 && (place & 0x1fff) == 0;
}

static bool
quote_ip6(struct bytes *in, struct ip_ends *ends, uint8_t *next)
{
	uint8_t first = bytes_u8(in);

	bytes_skip(in, 5); /* traffic class, flow label, length */
	*next = bytes_u8(in);
	bytes_skip(in, 1); /* hop limit */
	ends->version = 6;
	ends->src = bytes_take(in, 16);
	ends->dst = bytes_take(in, 16);
	while (ip6_skip_extension(in, *next, next))
		;
	if (*next == PROTOCOL_FRAGMENT) {
		*next = bytes_u8(in);
		bytes_skip(in, 1);
		if ((bytes_be16(in) & 0xfff8) != 0)
			return false;
		bytes_skip(in, 4);
	}
	return first >> 4 == 6;
}

/* Step over a quoted GRE header that carries IP; its version, or 0. */
static uint8_t
quote_gre(struct bytes *in)
{
	enum {
		CHECKSUM = 0x8000,
		KEY = 0x2000,
		SEQUENCE = 0x1000,
		KNOWN = CHECKSUM | KEY | SEQUENCE
	};
	uint16_t flags = bytes_be16(in), type = bytes_be16(in);

	for (uint16_t bit = CHECKSUM; bit >= SEQUENCE; bit >>= 1)
		if ((flags & bit) != 0)
			bytes_skip(in, 4);
	if ((flags & ~KNOWN) != 0)
		return 0;
	return type == 0x0800 ? 4 : type == 0x86dd ? 6 : 0;
}

/*
 * Step over the quoted packet up to TCP, also where it was on its way in a
 * tunnel of IP or GRE. False when it leads elsewhere.
 */
static bool
quote_tcp(struct bytes *in, uint8_t version, struct ip_ends *ends)
{
	uint8_t next = 0;

	for (unsigned depth = 0; depth < QUOTE_DEPTH; depth++) {
		bool first = version == 4   ? quote_ip4(in, ends, &next)
			     : version == 6 ? quote_ip6(in, ends, &next)
					    : false;

		if (!first || in->cut)
			return false;
		switch (next) {
		case PROTOCOL_TCP:
			return true;
		case PROTOCOL_IPIP:
			version = 4;
			break;
		case PROTOCOL_IPV6:
			version = 6;
			break;
		case PROTOCOL_GRE:
			version = quote_gre(in);
			break;
		default:
			return false;
		}
	}
	return false;
}

static int
decode_icmp(struct frame *f)
{
	struct icmp_error *e = f->icmp;
	uint8_t version = f->ip.ends.version;
	uint8_t type = bytes_u8(&f->in), code = bytes_u8(&f->in);
	const struct error_type *row = error_lookup(version, type);
	struct ip_ends ends;
	uint16_t src_port, dst_port;
	uint32_t word;
	bool tcp;

	bytes_skip(&f->in, 2); /* checksum */
	word = bytes_be32(&f->in);
	if (row == NULL || f->in.cut)
		return BECAUSE(NOT_TCP);
	tcp = quote_tcp(&f->in, version, &ends);
	src_port = bytes_be16(&f->in);
	dst_port = bytes_be16(&f->in);
	memset(e, 0, sizeof(*e));
	e->seq = bytes_be32(&f->in);
	if (!tcp || f->in.cut)
		return BECAUSE(NOT_TCP);
	e->frame_no = f->packet->frame_no;
	e->ts_ns = f->packet->ts_ns;
	e->version = version;
	e->type = type;
	e->code = code;
	if (row->mtu_code == code)
		e->mtu = version == 4 ? word & 0xffff : word;
	memcpy(e->from, f->ip.ends.src, version == 4 ? 4 : 16);
	e->dir = frame_key(f, &ends, src_port, dst_port, &e->key);
	return DECODE_ICMP;
}

int
decode_icmp4(struct frame *f)
{
	return f->ip.ends.version == 4 ? decode_icmp(f) : BECAUSE(NOT_TCP);
}

int
decode_icmp6(struct frame *f)
{
	return f->ip.ends.version == 6 ? decode_icmp(f) : BECAUSE(NOT_TCP);
}
