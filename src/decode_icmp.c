/*
 * decode_icmp.c - ICMP errors that quote a TCP segment (R2.17).
 */
#include <string.h>

#include "decode_parts.h"

enum {
	PROTOCOL_TCP = 6,
	PROTOCOL_FRAGMENT = 44,
};

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

/* Step over a quoted IPv4 header; false unless TCP follows. */
static bool
quote_ip4(struct bytes *in, struct ip_ends *ends)
{
	uint8_t first = bytes_u8(in), protocol;
	uint32_t header = (first & 15) * 4u;
	uint16_t place;

	bytes_skip(in, 5); /* type of service, length, identification */
	place = bytes_be16(in);
	bytes_skip(in, 1); /* time to live */
	protocol = bytes_u8(in);
	bytes_skip(in, 2); /* checksum */
	ends->version = 4;
	ends->src = bytes_take(in, 4);
	ends->dst = bytes_take(in, 4);
	if (header < 20)
		return false;
	bytes_skip(in, header - 20);
	return first >> 4 == 4 && protocol == PROTOCOL_TCP &&
	       (place & 0x1fff) == 0;
}

static bool
quote_ip6(struct bytes *in, struct ip_ends *ends)
{
	uint8_t first = bytes_u8(in), next;

	bytes_skip(in, 5); /* traffic class, flow label, length */
	next = bytes_u8(in);
	bytes_skip(in, 1); /* hop limit */
	ends->version = 6;
	ends->src = bytes_take(in, 16);
	ends->dst = bytes_take(in, 16);
	while (ip6_skip_extension(in, next, &next))
		;
	if (next == PROTOCOL_FRAGMENT) {
		next = bytes_u8(in);
		bytes_skip(in, 1);
		if ((bytes_be16(in) & 0xfff8) != 0)
			return false;
		bytes_skip(in, 4);
	}
	return first >> 4 == 6 && next == PROTOCOL_TCP;
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
	tcp =
	    version == 4 ? quote_ip4(&f->in, &ends) : quote_ip6(&f->in, &ends);
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
