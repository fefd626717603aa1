/*
 * decode_tunnel.c - tunnels in IP: GRE, and those on UDP ports.
 */
#include "decode_parts.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, /* version 1 */
	GRE_VERSION = 0x0007,
};

enum {
	TYPE_ETHERNET = 0x6558,
	TYPE_ERSPAN = 0x88be,  /* types I and II */
	TYPE_ERSPAN3 = 0x22eb, /* type III */
};

/* A mirrored frame after the given rest of its header. */
static int
decode_erspan(struct frame *f, unsigned header)
{
	bytes_skip(&f->in, header);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if (!frame_encap(f, ENCAP_ERSPAN))
		return BECAUSE(TOO_DEEP);
	return decode_ethernet(f);
}

/* The 12 bytes of ERSPAN III end in a bit that promises 8 more. */
static int
decode_erspan3(struct frame *f)
{
	bytes_skip(&f->in, 11);
	return decode_erspan(f, bytes_u8(&f->in) & 1 ? 8 : 0);
}

/* GRE, RFC 2784 and 2890; version 1 carries PPP, RFC 2637. */
int
decode_gre(struct frame *f)
{
	uint16_t flags = bytes_be16(&f->in), type = bytes_be16(&f->in);

	if ((flags & GRE_ROUTING) != 0 || (flags & GRE_VERSION) > 1)
		return BECAUSE(NOT_TCP);
	if ((flags & GRE_CHECKSUM) != 0)
		bytes_skip(&f->in, 4);
	if ((flags & GRE_KEY) != 0)
		bytes_skip(&f->in, 4);
	if ((flags & GRE_SEQUENCE) != 0)
		bytes_skip(&f->in, 4);
	if ((flags & GRE_VERSION) == 1 && (flags & GRE_ACK) != 0)
		bytes_skip(&f->in, 4);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if ((flags & GRE_VERSION) == 1 && frame_want(f) == 0)
		return BECAUSE(NOT_TCP); /* a bare acknowledgement */
	if (!frame_encap(f, ENCAP_GRE))
		return BECAUSE(TOO_DEEP);
	switch (type) {
	case TYPE_ETHERNET:
		return decode_ethernet(f);
	case TYPE_ERSPAN:
		return decode_erspan(f, flags & GRE_SEQUENCE ? 8 : 0);
	case TYPE_ERSPAN3:
		return decode_erspan3(f);
	default:
		return decode_ethertype(f, type);
	}
}

/*
 * The functions below take a UDP payload sent to or from the port of a
 * tunnel. What does not look like that tunnel is just UDP.
 */

/* VXLAN, RFC 7348 5; flag 0x80 is the group policy of some vendors. */
static int
decode_vxlan(struct frame *f)
{
	uint8_t flags = bytes_u8(&f->in);
	uint32_t vni;

	bytes_skip(&f->in, 3);
	vni = bytes_be24(&f->in);
	bytes_skip(&f->in, 1);
	if (f->in.cut || (flags & 0x7f) != 0x08)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_VXLAN))
		return BECAUSE(TOO_DEEP);
	f->tunnel = vni + 1;
	return decode_ethernet(f);
}

/* GENEVE, RFC 8926 3.4. */
static int
decode_geneve(struct frame *f)
{
	uint8_t first = bytes_u8(&f->in);
	uint16_t type;
	uint32_t vni;

	bytes_skip(&f->in, 1);
	type = bytes_be16(&f->in);
	vni = bytes_be24(&f->in);
	bytes_skip(&f->in, 1 + (first & 0x3fu) * 4);
	if (f->in.cut || first >> 6 != 0)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_GENEVE))
		return BECAUSE(TOO_DEEP);
	f->tunnel = vni + 1;
	return type == TYPE_ETHERNET ? decode_ethernet(f)
				     : decode_ethertype(f, type);
}

/* GTP-U version 1, 3GPP TS 29.281 5: user data and extension headers. */
static int
decode_gtpu(struct frame *f)
{
	enum {
		VERSION_1 = 0x30,
		OPTIONAL = 0x07,
		USER_DATA = 255
	};
	uint8_t flags = bytes_u8(&f->in), type = bytes_u8(&f->in), next = 0;

	bytes_skip(&f->in, 6); /* length, tunnel endpoint */
	if ((flags & OPTIONAL) != 0) {
		bytes_skip(&f->in, 3);
		next = bytes_u8(&f->in);
	}
	while (next != 0 && !f->in.cut) {
		uint8_t words = bytes_u8(&f->in);

		if (words == 0)
			return BECAUSE(NOT_TCP);
		bytes_skip(&f->in, words * 4u - 2);
		next = bytes_u8(&f->in);
	}
	if (f->in.cut || (flags & 0xf0) != VERSION_1 || type != USER_DATA)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_GTPU))
		return BECAUSE(TOO_DEEP);
	return decode_ip(f);
}

/* Teredo, RFC 4380 5.1.1: authentication and origin may come first. */
static int
decode_teredo(struct frame *f)
{
	struct bytes ahead = f->in;

	if (bytes_be16(&ahead) == 1) {
		uint8_t id = bytes_u8(&ahead), value = bytes_u8(&ahead);

		bytes_skip(&ahead, id + value + 9u);
		f->in = ahead;
		(void)bytes_be16(&ahead);
	}
	if (bytes_peek(&f->in) == 0)
		bytes_skip(&f->in, 8);
	if (f->in.cut || bytes_peek(&f->in) >> 4 != 6)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_TEREDO))
		return BECAUSE(TOO_DEEP);
	return decode_ip6(f);
}

/* L2TP version 2, RFC 2661 3.1: data messages carry PPP. */
static int
decode_l2tp(struct frame *f)
{
	enum {
		CONTROL = 0x8000,
		LENGTH = 0x4000,
		SEQUENCE = 0x0800,
		OFFSET = 0x0200,
		L2TP_VERSION = 0x000f,
	};
	uint16_t flags = bytes_be16(&f->in);

	if ((flags & LENGTH) != 0)
		bytes_skip(&f->in, 2);
	bytes_skip(&f->in, 4); /* tunnel, session */
	if ((flags & SEQUENCE) != 0)
		bytes_skip(&f->in, 4);
	if ((flags & OFFSET) != 0)
		bytes_skip(&f->in, bytes_be16(&f->in));
	if (f->in.cut || (flags & CONTROL) != 0 || (flags & L2TP_VERSION) != 2)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_L2TP))
		return BECAUSE(TOO_DEEP);
	return decode_ppp(f);
}

static const struct {
	uint16_t port;
	layer_fn *decode;
} ports[] = {
    {4789, decode_vxlan},
    {8472, decode_vxlan}, /* Linux before the port was assigned */
    {6081, decode_geneve},
    {2152, decode_gtpu},
    {3544, decode_teredo},
    {1701, decode_l2tp},
};

int
decode_udp(struct frame *f)
{
	uint16_t src = bytes_be16(&f->in), dst = bytes_be16(&f->in);

	bytes_skip(&f->in, 4); /* length, checksum */
	if (f->in.cut)
		return BECAUSE(NOT_TCP);
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (ports[i].port == dst || ports[i].port == src)
			return ports[i].decode(f);
	return BECAUSE(NOT_TCP);
}
