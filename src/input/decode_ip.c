/*
 * decode_ip.c - IPv4 (RFC 791) and IPv6 (RFC 8200) headers.
 *
 * Lengths are those of the IP header (R1.7): what the snaplen cut off still
 * counts, what lies beyond the IP packet is padding (R1.9).
 */
#include <string.h>

#include "input/decode_parts.h"

enum {
	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_ICMP4 = 1,
	PROTOCOL_IPIP = 4,
	PROTOCOL_UDP = 17,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47,
	PROTOCOL_ESP = 50,
	PROTOCOL_AH = 51,
	PROTOCOL_ICMP6 = 58,
	PROTOCOL_DESTINATION = 60,
	PROTOCOL_ETHERIP = 97,
	PROTOCOL_IPCOMP = 108,
	PROTOCOL_L2TP = 115,
	PROTOCOL_MOBILITY = 135,
	PROTOCOL_MPLS = 137,
	PROTOCOL_HIP = 139,
	PROTOCOL_SHIM6 = 140,
};

/* The verdict when a header within the IP packet could not be read whole. */
static int
decode_ip_short(const struct frame *f)
{
	return frame_want(f) > 0 ? BECAUSE(TRUNCATED_IP)
				 : BECAUSE(MALFORMED_IP);
}

/*
 * An IPv6 extension header other than fragment: the next protocol and what
 * comes after the length byte. False when it is cut.
 */
static bool
take_extension(struct bytes *in, uint8_t *next, struct bytes *body)
{
	uint8_t len;
	const uint8_t *p;

	*next = bytes_u8(in);
	len = bytes_u8(in);
	p = bytes_take(in, 6 + 8u * len);
	if (p == NULL)
		return false;
	*body = bytes_of(p, 6 + 8u * len);
	return true;
}

static int
decode_extension(struct frame *f)
{
	struct bytes body;
	uint8_t next;

	if (f->ip.ends.version != 6)
		return BECAUSE(NOT_TCP);
	if (!take_extension(&f->in, &next, &body))
		return decode_ip_short(f);
	return decode_protocol(f, next);
}

/*
 * Routing header: while segments are left, the IPv6 header names a stop on
 * the way. Its last address is the connection's (RFC 8200 8.1); in a segment
 * routing header that is the first of the list (RFC 8754 2).
 */
static int
decode_routing(struct frame *f)
{
	enum {
		TYPE_SOURCE = 0,
		TYPE_MOBILE = 2,
		TYPE_SEGMENTS = 4
	};
	struct bytes body;
	uint8_t next, type, left;
	const uint8_t *final = NULL;

	if (f->ip.ends.version != 6)
		return BECAUSE(NOT_TCP);
	if (!take_extension(&f->in, &next, &body))
		return decode_ip_short(f);
	type = bytes_u8(&body);
	left = bytes_u8(&body);
	bytes_skip(&body, 4);
	if (type == TYPE_SOURCE || type == TYPE_MOBILE)
		while (bytes_left(&body) >= 32)
			bytes_skip(&body, 16);
	else if (type != TYPE_SEGMENTS)
		left = 0;
	if (left > 0)
		final = bytes_take(&body, 16);
	if (final != NULL)
		f->ip.ends.dst = final;
	return decode_protocol(f, next);
}

/* Destination options: a mobile host's home address is its identity. */
static int
decode_destination(struct frame *f)
{
	enum {
		OPTION_PAD1 = 0,
		OPTION_HOME_ADDRESS = 0xc9
	};
	struct bytes body;
	uint8_t next;

	if (f->ip.ends.version != 6)
		return BECAUSE(NOT_TCP);
	if (!take_extension(&f->in, &next, &body))
		return decode_ip_short(f);
	while (bytes_left(&body) > 0) {
		uint8_t type = bytes_u8(&body), len;
		const uint8_t *value;

		if (type == OPTION_PAD1)
			continue;
		len = bytes_u8(&body);
		value = bytes_take(&body, len);
		if (type == OPTION_HOME_ADDRESS && len == 16 && value != NULL)
			f->ip.ends.src = value;
	}
	return decode_protocol(f, next);
}

/* Authentication header, RFC 4302: what it protects stays readable. */
static int
decode_ah(struct frame *f)
{
	uint8_t next = bytes_u8(&f->in), len = bytes_u8(&f->in);

	bytes_skip(&f->in, 6 + 4u * len);
	if (f->in.cut)
		return decode_ip_short(f);
	if (!frame_encap(f, ENCAP_AH))
		return BECAUSE(TOO_DEEP);
	return decode_protocol(f, next);
}

static int
decode_ipip(struct frame *f)
{
	bool outer4 = f->ip.ends.version == 4;

	if (!frame_encap(f, outer4 ? ENCAP_IPIP : ENCAP_4IN6))
		return BECAUSE(TOO_DEEP);
	return decode_ip4(f);
}

static int
decode_ipv6_in_ip(struct frame *f)
{
	bool outer4 = f->ip.ends.version == 4;

	if (!frame_encap(f, outer4 ? ENCAP_6IN4 : ENCAP_IPIP))
		return BECAUSE(TOO_DEEP);
	return decode_ip6(f);
}

/* Forward, for the table: the only extension header that may end a frame. */
static layer_fn decode_ip6_fragment;

static const struct protocol {
	uint8_t protocol;
	bool inside; /* TCP of the same IP packet may follow */
	layer_fn *decode;
} protocols[] = {
    {PROTOCOL_TCP, true, decode_tcp},
    {PROTOCOL_UDP, false, decode_udp},
    {PROTOCOL_ICMP4, false, decode_icmp4},
    {PROTOCOL_ICMP6, false, decode_icmp6},
    {PROTOCOL_IPIP, false, decode_ipip},
    {PROTOCOL_IPV6, false, decode_ipv6_in_ip},
    {PROTOCOL_GRE, false, decode_gre},
    {PROTOCOL_AH, true, decode_ah},
    {PROTOCOL_ESP, false, decode_opaque},
    {PROTOCOL_IPCOMP, false, decode_opaque},
    {PROTOCOL_ETHERIP, false, decode_etherip},
    {PROTOCOL_L2TP, false, decode_l2tp3},
    {PROTOCOL_MPLS, false, decode_mpls}, /* RFC 4023 */
    {PROTOCOL_HOP_BY_HOP, true, decode_extension},
    {PROTOCOL_ROUTING, true, decode_routing},
    {PROTOCOL_FRAGMENT, true, decode_ip6_fragment},
    {PROTOCOL_DESTINATION, true, decode_destination},
    {PROTOCOL_MOBILITY, true, decode_extension},
    {PROTOCOL_HIP, true, decode_extension},
    {PROTOCOL_SHIM6, true, decode_extension},
};

static const struct protocol *
protocol_lookup(uint8_t protocol)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++)
		if (protocols[i].protocol == protocol)
			return &protocols[i];
	return NULL;
}

int
decode_protocol(struct frame *f, uint8_t protocol)
{
	const struct protocol *row = protocol_lookup(protocol);

	if (row == NULL)
		return BECAUSE(NOT_TCP);
	if (!frame_enter(f))
		return BECAUSE(TOO_DEEP);
	return row->decode(f);
}

/*
 * What follows is one fragment of several. A first fragment is decoded as
 * far as it goes; a later one can only complete what others began.
 */
static int
decode_piece(
    struct frame *f, uint8_t protocol, uint32_t id, uint32_t offset, bool more)
{
	const struct protocol *row = protocol_lookup(protocol);
	struct ip_facts *ip = &f->ip;
	struct fragment *piece = &f->fragment;
	size_t n = ip->ends.version == 4 ? 4 : 16;
	uint32_t len = frame_want(f);

	if (len == 0 || offset + len > FRAGMENT_MAX || (more && len % 8 != 0))
		return BECAUSE(MALFORMED_IP);
	memset(piece, 0, sizeof(*piece));
	memcpy(piece->of.addr[0], ip->ends.src, n);
	memcpy(piece->of.addr[1], ip->ends.dst, n);
	piece->of.id = id;
	piece->of.tunnel = f->tunnel;
	piece->of.vlan = f->d->options.key_vlan ? f->seg->vlan_id : 0;
	piece->of.version = ip->ends.version;
	piece->of.protocol = ip->ends.version == 4 ? protocol : 0;
	piece->offset = offset;
	piece->len = len;
	piece->more = more;
	piece->frame_no = f->packet->frame_no;
	if (offset == 0) {
		ip->fragmented = true;
		ip->body = f->in.p;
		return decode_protocol(f, protocol);
	}
	if (row == NULL)
		return BECAUSE(NOT_TCP);
	if (!row->inside)
		return BECAUSE(FRAGMENT);
	return decode_fragment(f, piece, NULL, 0);
}

static int
decode_ip6_fragment(struct frame *f)
{
	uint8_t next = bytes_u8(&f->in);
	uint16_t place;
	uint32_t id;

	if (f->ip.ends.version != 6)
		return BECAUSE(NOT_TCP);
	bytes_skip(&f->in, 1);
	place = bytes_be16(&f->in);
	id = bytes_be32(&f->in);
	if (f->in.cut)
		return decode_ip_short(f);
	f->ip.dont_fragment = false;
	if ((place & 0xfff9) == 0) /* atomic, RFC 6946: a whole packet */
		return decode_protocol(f, next);
	return decode_piece(f, next, id, place & 0xfff8, place & 1);
}

bool
ip6_skip_extension(struct bytes *in, uint8_t kind, uint8_t *next)
{
	struct bytes body;

	switch (kind) {
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_DESTINATION:
	case PROTOCOL_MOBILITY:
		return take_extension(in, next, &body);
	default:
		return false;
	}
}

/* The last stop of an IPv4 source route not yet completed, or NULL. */
static const uint8_t *
source_route_end(struct bytes options)
{
	enum {
		OPTION_END = 0,
		OPTION_NOP = 1,
		OPTION_LSRR = 131,
		OPTION_SSRR = 137
	};

	while (bytes_left(&options) > 0) {
		uint8_t type = bytes_u8(&options), len;
		struct bytes route;
		const uint8_t *p;

		if (type == OPTION_END)
			break;
		if (type == OPTION_NOP)
			continue;
		len = bytes_u8(&options);
		p = len < 2 ? NULL : bytes_take(&options, len - 2u);
		if (p == NULL)
			break;
		if (type != OPTION_LSRR && type != OPTION_SSRR)
			continue;
		route = bytes_of(p, len - 2u);
		if (len < 7 || (len - 3) % 4 != 0 || bytes_u8(&route) > len)
			continue;
		bytes_skip(&route, len - 7u);
		return bytes_take(&route, 4);
	}
	return NULL;
}

int
decode_ip4(struct frame *f)
{
	const uint8_t *start = bytes_take(&f->in, 20), *options, *final = NULL;
	struct ip_facts *ip = &f->ip;
	uint32_t total, header;
	uint16_t place;

	if (start == NULL)
		return BECAUSE(TRUNCATED_IP);
	header = (start[0] & 15) * 4u;
	total = taken_be16(start + 2);
	place = taken_be16(start + 6);
	*ip = (struct ip_facts){
	    .ends = {4, start + 12, start + 16},
	    .ecn = start[1] & 3,
	    .has_id = true,
	    .id = taken_be16(start + 4),
	    .dont_fragment = (place & 0x4000) != 0,
	    .ttl = start[8],
	};
	if (start[0] >> 4 != 4 || header < 20)
		return BECAUSE(MALFORMED_IP);
	if (total == 0) {
		ip->len_guessed = true;
		total = frame_want(f) + 20;
	}
	if (total < header)
		return BECAUSE(MALFORMED_IP);
	frame_limit(f, start, total);
	ip->bytes = total;
	if (header > 20) {
		options = bytes_take(&f->in, header - 20);
		if (options == NULL)
			return BECAUSE(TRUNCATED_IP);
		final = source_route_end(bytes_of(options, header - 20));
	}
	if (final != NULL)
		ip->ends.dst = final;
	if ((place & 0x3fff) != 0)
		return decode_piece(f, start[9], ip->id, (place & 0x1fffu) * 8,
		    (place & 0x2000) != 0);
	return decode_protocol(f, start[9]);
}

int
decode_ip6(struct frame *f)
{
	const uint8_t *start = f->in.p;
	uint32_t first = bytes_be32(&f->in), total;
	uint8_t next;
	struct ip_facts *ip = &f->ip;

	*ip = (struct ip_facts){.dont_fragment = true};
	ip->ecn = first >> 20 & 3;
	total = bytes_be16(&f->in);
	next = bytes_u8(&f->in);
	ip->ttl = bytes_u8(&f->in);
	ip->ends.version = 6;
	ip->ends.src = bytes_take(&f->in, 16);
	ip->ends.dst = bytes_take(&f->in, 16);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if (first >> 28 != 6)
		return BECAUSE(MALFORMED_IP);
	if (total == 0) { /* a jumbogram, RFC 2675, or an offloaded one */
		total = frame_want(f);
		ip->len_guessed = total > 0;
	}
	total += 40;
	frame_limit(f, start, total);
	ip->bytes = total;
	return decode_protocol(f, next);
}

int
decode_ip(struct frame *f)
{
	if (bytes_left(&f->in) == 0)
		return BECAUSE(TRUNCATED_IP);
	switch (bytes_peek(&f->in) >> 4) {
	case 4:
		return decode_ip4(f);
	case 6:
		return decode_ip6(f);
	default:
		return BECAUSE(MALFORMED_IP);
	}
}
