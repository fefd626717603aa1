/*
 * decode_link.c - from the link header to IP.
 *
 * Link types, EtherTypes and PPP protocols are rows of tables; a new one is
 * a function and a row.
 */
#include "decode_parts.h"

/* LINKTYPE_ and DLT_ values, https://www.tcpdump.org/linktypes.html */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_FDDI = 10,
	LINK_RAW = 12,         /* DLT_RAW on most systems */
	LINK_RAW_OPENBSD = 14, /* DLT_RAW there */
	LINK_PPP_HDLC = 50,
	LINK_RAW_FILE = 101, /* LINKTYPE_RAW */
	LINK_CISCO_HDLC = 104,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

enum {
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_OLD1 = 0x9100,
	TYPE_QINQ_OLD2 = 0x9200,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPP = 0x880b,
	TYPE_PPPOE = 0x8864,
	TYPE_PBB = 0x88e7,
};

/* Up to here the Ethernet type field is a length (IEEE 802.3 3.2.6). */
#define LENGTH_MAX 1500

/* An 802.1Q tag: VID and the next EtherType. */
static int
decode_tag(struct frame *f, enum encap e)
{
	uint16_t tci = bytes_be16(&f->in);
	uint16_t type = bytes_be16(&f->in);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (!f->tagged) {
		f->tagged = true;
		f->seg->vlan_id = tci & 0xfff;
	}
	if (!frame_encap(f, e))
		return BECAUSE(TOO_DEEP);
	return decode_ethertype(f, type);
}

static int
decode_vlan(struct frame *f)
{
	return decode_tag(f, ENCAP_VLAN);
}

static int
decode_qinq(struct frame *f)
{
	return decode_tag(f, ENCAP_QINQ);
}

/* Provider backbone bridging, IEEE 802.1ah: a tag, then a whole frame. */
static int
decode_pbb(struct frame *f)
{
	bytes_skip(&f->in, 4); /* I-TAG: priority, flags, I-SID */
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (!frame_encap(f, ENCAP_QINQ))
		return BECAUSE(TOO_DEEP);
	return decode_ethernet(f);
}

/*
 * MPLS label stack, RFC 3032. What follows is not named: IP shows its version
 * in the first four bits, a pseudowire control word shows 0 (RFC 4385).
 */
static int
decode_mpls(struct frame *f)
{
	uint32_t label;

	if (!frame_encap(f, ENCAP_MPLS))
		return BECAUSE(TOO_DEEP);
	do {
		label = bytes_be32(&f->in);
		if (f->in.cut)
			return BECAUSE(TRUNCATED_LINK);
	} while ((label & 0x100) == 0);
	switch (bytes_peek(&f->in) >> 4) {
	case 4:
	case 6:
		return decode_ip(f);
	case 0:
		bytes_skip(&f->in, 4);
		return decode_ethernet(f);
	default:
		return frame_unknown(f);
	}
}

static const struct {
	uint16_t protocol;
	layer_fn *decode;
} ppp_protocols[] = {
    {0x0021, decode_ip4},
    {0x0057, decode_ip6},
    {0x0281, decode_mpls},
    {0x0283, decode_mpls},
};

/* PPP from the protocol field on, RFC 1661 2; it may be one byte long. */
static int
decode_ppp_protocol(struct frame *f)
{
	uint16_t protocol = bytes_u8(&f->in);

	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | bytes_u8(&f->in));
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	for (size_t i = 0; i < sizeof(ppp_protocols) / sizeof(*ppp_protocols);
	     i++)
		if (ppp_protocols[i].protocol == protocol)
			return ppp_protocols[i].decode(f);
	return frame_unknown(f);
}

/* PPP, with the address and control fields of RFC 1662 if they are there. */
int
decode_ppp(struct frame *f)
{
	uint8_t address = bytes_peek(&f->in);

	if (!frame_enter(f))
		return BECAUSE(TOO_DEEP);
	if (address == 0xff)
		bytes_skip(&f->in, 2);
	return decode_ppp_protocol(f);
}

/* PPP in HDLC framing, or Cisco HDLC, which names an EtherType. */
static int
decode_ppp_hdlc(struct frame *f)
{
	uint8_t address = bytes_peek(&f->in);

	if (address != 0x0f && address != 0x8f)
		return decode_ppp(f);
	bytes_skip(&f->in, 2);
	return decode_ethertype(f, bytes_be16(&f->in));
}

/* PPPoE session, RFC 2516 4. */
static int
decode_pppoe(struct frame *f)
{
	uint8_t code;

	bytes_skip(&f->in, 1); /* version and type */
	code = bytes_u8(&f->in);
	bytes_skip(&f->in, 4); /* session, length */
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (code != 0)
		return frame_unknown(f);
	if (!frame_encap(f, ENCAP_PPPOE))
		return BECAUSE(TOO_DEEP);
	return decode_ppp_protocol(f);
}

static const struct {
	uint16_t type;
	layer_fn *decode;
} ethertypes[] = {
    {TYPE_IPV4, decode_ip4},
    {TYPE_IPV6, decode_ip6},
    {TYPE_VLAN, decode_vlan},
    {TYPE_QINQ, decode_qinq},
    {TYPE_QINQ_OLD1, decode_qinq},
    {TYPE_QINQ_OLD2, decode_qinq},
    {TYPE_MPLS, decode_mpls},
    {TYPE_MPLS_MULTICAST, decode_mpls},
    {TYPE_PPPOE, decode_pppoe},
    {TYPE_PPP, decode_ppp},
    {TYPE_PBB, decode_pbb},
};

int
decode_ethertype(struct frame *f, uint16_t type)
{
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (!frame_enter(f))
		return BECAUSE(TOO_DEEP);
	for (size_t i = 0; i < sizeof(ethertypes) / sizeof(*ethertypes); i++)
		if (ethertypes[i].type == type)
			return ethertypes[i].decode(f);
	return frame_unknown(f);
}

/* LLC (IEEE 802.2) with SNAP, or with the old number of IP. */
static int
decode_llc(struct frame *f)
{
	uint8_t dsap = bytes_u8(&f->in), ssap = bytes_u8(&f->in);
	uint8_t control = bytes_u8(&f->in);
	uint32_t oui;

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (control != 3)
		return frame_unknown(f);
	if (dsap == 6 && ssap == 6)
		return decode_ethertype(f, TYPE_IPV4);
	if (dsap != 0xaa || ssap != 0xaa)
		return frame_unknown(f);
	oui = bytes_be24(&f->in);
	if (oui != 0 && oui != 0x0000f8) /* RFC 1042, IEEE 802.1H */
		return frame_unknown(f);
	return decode_ethertype(f, bytes_be16(&f->in));
}

int
decode_ethernet(struct frame *f)
{
	uint16_t type;

	if (!frame_enter(f))
		return BECAUSE(TOO_DEEP);
	bytes_skip(&f->in, 12);
	type = bytes_be16(&f->in);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	return type <= LENGTH_MAX ? decode_llc(f) : decode_ethertype(f, type);
}

/* FDDI: frame control, addresses, LLC. */
static int
decode_fddi(struct frame *f)
{
	bytes_skip(&f->in, 13);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	return decode_llc(f);
}

/* BSD loopback: the address family in either byte order. */
static int
decode_loopback(struct frame *f)
{
	struct bytes swapped = f->in;
	uint32_t family = bytes_be32(&f->in);
	uint32_t other = bytes_le32(&swapped);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (other < family)
		family = other;
	switch (family) {
	case 2: /* everywhere */
		return decode_ip4(f);
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */
		return decode_ip6(f);
	default:
		return frame_unknown(f);
	}
}

/* Protocol field of Linux cooked captures: an EtherType, mostly. */
static int
decode_cooked(struct frame *f, uint16_t protocol)
{
	enum {
		COOKED_LLC = 4
	};

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (protocol == COOKED_LLC)
		return decode_llc(f);
	return decode_ethertype(f, protocol);
}

static int
decode_sll(struct frame *f)
{
	bytes_skip(&f->in, 14);
	return decode_cooked(f, bytes_be16(&f->in));
}

static int
decode_sll2(struct frame *f)
{
	uint16_t protocol = bytes_be16(&f->in);

	bytes_skip(&f->in, 18);
	return decode_cooked(f, protocol);
}

static const struct {
	int link_type;
	layer_fn *decode;
} links[] = {
    {LINK_ETHERNET, decode_ethernet},
    {LINK_SLL, decode_sll},
    {LINK_SLL2, decode_sll2},
    {LINK_RAW, decode_ip},
    {LINK_RAW_OPENBSD, decode_ip},
    {LINK_RAW_FILE, decode_ip},
    {LINK_IPV4, decode_ip4},
    {LINK_IPV6, decode_ip6},
    {LINK_NULL, decode_loopback},
    {LINK_LOOP, decode_loopback},
    {LINK_PPP, decode_ppp},
    {LINK_PPP_HDLC, decode_ppp_hdlc},
    {LINK_CISCO_HDLC, decode_ppp_hdlc},
    {LINK_FDDI, decode_fddi},
};

layer_fn *
link_lookup(int link_type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (links[i].link_type == link_type)
			return links[i].decode;
	return NULL;
}
