/*
 * decode_udp.c - tunnels on UDP ports.
 *
 * A port proves nothing: what does not look like the tunnel is just UDP.
 */
#include "input/decode_parts.h"

#define TYPE_ETHERNET 0x6558

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

/* VXLAN with a protocol, draft-ietf-nvo3-vxlan-gpe 3. */
static int
decode_vxlan_gpe(struct frame *f)
{
	enum {
		FLAGS = 0x0c /* a VNI and a protocol */
	};
	static layer_fn *const protocols[] = {NULL, decode_ip4, decode_ip6,
	    decode_ethernet, decode_nsh, decode_mpls};
	uint8_t flags = bytes_u8(&f->in), protocol;
	uint32_t vni;

	bytes_skip(&f->in, 2);
	protocol = bytes_u8(&f->in);
	vni = bytes_be24(&f->in);
	bytes_skip(&f->in, 1);
	if (f->in.cut || (flags & FLAGS) != FLAGS || protocol == 0 ||
	    protocol >= sizeof(protocols) / sizeof(*protocols))
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_VXLAN_GPE))
		return BECAUSE(TOO_DEEP);
	f->tunnel = vni + 1;
	return protocols[protocol](f);
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

/* Whether IP of either version seems to follow. */
static bool
version_ahead(const struct frame *f)
{
	uint8_t version = bytes_peek(&f->in) >> 4;

	return version == 4 || version == 6 || bytes_left(&f->in) == 0;
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
	/* a session of Ethernet, 3GPP TS 23.501 5.6.10.2, or something else */
	if (!version_ahead(f))
		return ethernet_ahead(f, 0) ? decode_ethernet(f)
					    : BECAUSE(NOT_TCP);
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

/*
 * L2TP: data messages of version 2 carry PPP (RFC 2661 3.1), those of version
 * 3 what was agreed (RFC 3931 4.1.2.1).
 */
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

	if ((flags & (CONTROL | L2TP_VERSION)) == 3) {
		bytes_skip(&f->in, 2);
		return f->in.cut ? BECAUSE(NOT_TCP) : decode_l2tp3(f);
	}
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

/* LISP, RFC 9300 5.1: data messages carry IP. */
static int
decode_lisp(struct frame *f)
{
	bytes_skip(&f->in, 8);
	if (f->in.cut || !version_ahead(f))
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_LISP))
		return BECAUSE(TOO_DEEP);
	return decode_ip(f);
}

/*
 * CAPWAP, RFC 5415 4.3: 802.3 or 802.11 between an access point and its
 * controller, readable unless DTLS protects it.
 */
static int
decode_capwap(struct frame *f)
{
	enum {
		NATIVE = 1 << 8,
		FRAGMENTED = 1 << 7,
		KEEP_ALIVE = 1 << 3,
		DTLS = 1
	};
	uint8_t preamble = bytes_u8(&f->in);
	uint32_t word = bytes_be24(&f->in), header = (word >> 19) * 4;

	if (f->in.cut || (preamble >> 4) != 0)
		return BECAUSE(NOT_TCP);
	if (preamble == DTLS)
		return BECAUSE(OPAQUE);
	bytes_skip(&f->in, header < 8 ? 0 : header - 4);
	if (f->in.cut || header < 8 || (word & KEEP_ALIVE) != 0)
		return BECAUSE(NOT_TCP);
	if ((word & FRAGMENTED) != 0)
		return BECAUSE(FRAGMENT);
	if (!frame_encap(f, ENCAP_CAPWAP))
		return BECAUSE(TOO_DEEP);
	return (word & NATIVE) != 0 ? decode_wlan_swapped(f)
				    : decode_ethernet(f);
}

/* TZSP: packets that a wireless sniffer or a router sends on. */
static int
decode_tzsp(struct frame *f)
{
	enum {
		TAG_PADDING = 0,
		TAG_END = 1,
		ETHERNET = 1,
		WLAN = 18
	};
	uint8_t version = bytes_u8(&f->in), type = bytes_u8(&f->in), tag;
	uint16_t protocol = bytes_be16(&f->in);

	while ((tag = bytes_u8(&f->in)) != TAG_END && !f->in.cut)
		if (tag != TAG_PADDING)
			bytes_skip(&f->in, bytes_u8(&f->in));
	if (f->in.cut || version != 1 || type > 1 ||
	    (protocol != ETHERNET && protocol != WLAN))
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_TZSP))
		return BECAUSE(TOO_DEEP);
	return protocol == WLAN ? decode_wlan(f) : decode_ethernet(f);
}

/* AYIYA, draft-massar-v6ops-ayiya 3: identity and signature come first. */
static int
decode_ayiya(struct frame *f)
{
	enum {
		FORWARD = 1,
		NEXT_IPV6 = 41
	};
	unsigned identity = 1u << (bytes_u8(&f->in) >> 4);
	unsigned signature = (bytes_u8(&f->in) >> 4) * 4u;
	uint8_t opcode = bytes_u8(&f->in) & 15, next = bytes_u8(&f->in);

	bytes_skip(&f->in, 4 + identity + signature);
	if (f->in.cut || opcode != FORWARD || next != NEXT_IPV6)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_AYIYA))
		return BECAUSE(TOO_DEEP);
	return decode_ip6(f);
}

/* MPLS in UDP, RFC 7510. */
static int
decode_mpls_udp(struct frame *f)
{
	return frame_want(f) < 4 ? BECAUSE(NOT_TCP) : decode_mpls(f);
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
    {4790, decode_vxlan_gpe},
    {4341, decode_lisp},
    {5247, decode_capwap},
    {37008, decode_tzsp},
    {5072, decode_ayiya},
    {6635, decode_mpls_udp},
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
