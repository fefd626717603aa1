/*
 * decode_link.c - link types, and the headers of the simpler ones.
 *
 * Link types are rows of a table; a new one is a row and, if its header does
 * more than take room, a function. Ethernet and what it carries stand in
 * decode_ether.c, point-to-point links in decode_serial.c, 802.11 in
 * decode_wireless.c.
 */
#include "input/decode_parts.h"

/* An address family of 32 bits in either byte order. */
static int
decode_family(struct frame *f, size_t rest)
{
	struct bytes swapped = f->in;
	uint32_t family = bytes_be32(&f->in);
	uint32_t other = bytes_le32(&swapped);

	bytes_skip(&f->in, rest);
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

/* BSD loopback. */
static int
decode_loopback(struct frame *f)
{
	return decode_family(f, 0);
}

/* OpenBSD encapsulated IP: the family, an SPI, flags. */
static int
decode_enc(struct frame *f)
{
	return decode_family(f, 8);
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

/* Token Ring: control, addresses and, if the first bit says so, a route. */
static int
decode_token_ring(struct frame *f)
{
	enum {
		ROUTED = 0x80,
		LLC_FRAME = 0x40,
	};
	uint8_t control, source;

	bytes_skip(&f->in, 1);
	control = bytes_u8(&f->in);
	bytes_skip(&f->in, 6);
	source = bytes_u8(&f->in);
	bytes_skip(&f->in, 5);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if ((control & 0xc0) != LLC_FRAME)
		return frame_unknown(f);
	if ((source & ROUTED) != 0)
		bytes_skip(&f->in, bytes_peek(&f->in) & 0x1f);
	return decode_llc(f);
}

/*
 * ARCNET from the type on. RFC 1201 adds a flag for split packets and a
 * number; what follows the first part of a packet has no header.
 */
static int
decode_arcnet_type(struct frame *f)
{
	enum {
		IP_OLD = 240, /* RFC 1051 */
		IP = 212,
		IP6 = 196,
		EXCEPTION = 0xff,
	};
	uint8_t type = bytes_u8(&f->in), flag;

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (type == IP_OLD)
		return decode_ip4(f);
	if (type != IP && type != IP6)
		return frame_unknown(f);
	flag = bytes_u8(&f->in);
	if (flag == EXCEPTION) {
		bytes_skip(&f->in, 3);
		flag = bytes_u8(&f->in);
	}
	bytes_skip(&f->in, 2);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (flag != 0 && (flag & 1) == 0)
		return BECAUSE(FRAGMENT);
	return decode_ip(f);
}

/* Linux netfilter log: values of which one is the packet. */
static int
decode_nflog(struct frame *f)
{
	enum {
		VALUE_PAYLOAD = 9
	};
	uint32_t version;

	bytes_skip(&f->in, 1); /* address family */
	version = bytes_u8(&f->in);
	bytes_skip(&f->in, 2);
	while (!f->in.cut && version == 0) {
		/* Either byte order; types are small, so one byte is 0. */
		struct bytes big = f->in;
		uint16_t len = bytes_le16(&f->in), type = bytes_le16(&f->in);
		uint16_t len_big = bytes_be16(&big);

		if ((type & 0xff) == 0) {
			type >>= 8;
			len = len_big;
		}
		if (f->in.cut)
			break;
		if (len < 4)
			return frame_unknown(f);
		if (type == VALUE_PAYLOAD)
			return decode_ip(f);
		bytes_skip(&f->in, ((len + 3u) & ~3u) - 4);
	}
	return f->in.cut ? BECAUSE(TRUNCATED_LINK) : frame_unknown(f);
}

/* OpenBSD packet filter log: its length, filled up to a word. */
static int
decode_pflog(struct frame *f)
{
	uint8_t len = bytes_peek(&f->in);

	bytes_skip(&f->in, (len + 3u) & ~3u);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	return len < 4 ? frame_unknown(f) : decode_ip(f);
}

/* ATM on Linux: with LLC or bare. */
static int
decode_atm_clip(struct frame *f)
{
	return bytes_peek(&f->in) == 0xaa ? decode_llc(f) : decode_ip(f);
}

/* ATM of Sun: direction and traffic type, path, circuit. */
static int
decode_sunatm(struct frame *f)
{
	enum {
		TRAFFIC_LANE = 1, /* a number of the client, then Ethernet */
		TRAFFIC_LLC = 2
	};
	uint8_t traffic = bytes_u8(&f->in) & 15;

	bytes_skip(&f->in, traffic == TRAFFIC_LANE ? 5 : 3);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (traffic == TRAFFIC_LANE)
		return decode_ethernet(f);
	return traffic == TRAFFIC_LLC ? decode_llc(f) : frame_unknown(f);
}

/*
 * Ethernet in a passive optical network: of its preamble what follows the
 * delimiter of IEEE 802.3 65.1.3.2, which may come one byte late; security as
 * CableLabs has it, logical link, checksum.
 */
static int
decode_epon(struct frame *f)
{
	enum {
		FILLER = 0x55,
		DELIMITER = 0xd5,
		ENCRYPTED = 0x02
	};
	uint8_t first = bytes_u8(&f->in), security;

	if (first == FILLER)
		first = bytes_u8(&f->in);
	bytes_skip(&f->in, 1);
	security = bytes_u8(&f->in);
	bytes_skip(&f->in, 3);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (first != DELIMITER)
		return frame_unknown(f);
	return (security & ENCRYPTED) != 0 ? BECAUSE(OPAQUE)
					   : decode_ethernet(f);
}

/*
 * IEEE 802.3br 99.3: a preamble whose last byte says what follows, unless it
 * is the rest of a frame that was interrupted: then the byte before says so.
 */
static int
decode_mpacket(struct frame *f)
{
	enum {
		FILLER = 0x55,
		VERIFY = 0x07,
		RESPOND = 0x19
	};
	uint8_t before, last;

	bytes_skip(&f->in, 6);
	before = bytes_u8(&f->in);
	last = bytes_u8(&f->in);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (before != FILLER)
		return BECAUSE(FRAGMENT);
	return last == VERIFY || last == RESPOND ? frame_unknown(f)
						 : decode_ethernet(f);
}

/* An EtherType right behind what the table skips. */
static int
decode_typed(struct frame *f)
{
	return decode_ethertype(f, bytes_be16(&f->in));
}

/* IP over InfiniBand, RFC 4391 6: two bytes follow the EtherType. */
static int
decode_ipoib(struct frame *f)
{
	uint16_t type = bytes_be16(&f->in);

	bytes_skip(&f->in, 2);
	return decode_ethertype(f, type);
}

/* Symantec firewalls: an EtherType among other things. */
static int
decode_symantec(struct frame *f)
{
	uint16_t type;

	bytes_skip(&f->in, 6);
	type = bytes_be16(&f->in);
	bytes_skip(&f->in, 36);
	return decode_ethertype(f, type);
}

/* Endace ERF: a header, more of 8 bytes each, and what its type names. */
static int
decode_erf(struct frame *f)
{
	enum {
		MORE = 0x80
	};
	static const struct {
		uint8_t type, skip;
		layer_fn *decode;
	} rows[] = {
	    {1, 0, decode_hdlc}, /* packet over SONET */
	    {2, 2, decode_ethernet},
	    {10, 0, decode_hdlc}, /* with colours, or hashes, and so on */
	    {11, 2, decode_ethernet},
	    {15, 0, decode_hdlc},
	    {16, 2, decode_ethernet},
	    {19, 0, decode_hdlc},
	    {20, 2, decode_ethernet},
	    {22, 0, decode_ip4},
	    {23, 0, decode_ip6},
	};
	uint8_t type, more;

	bytes_skip(&f->in, 8);
	type = more = bytes_u8(&f->in);
	bytes_skip(&f->in, 7);
	while ((more & MORE) != 0 && !f->in.cut) {
		more = bytes_u8(&f->in);
		bytes_skip(&f->in, 7);
	}
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].type == (type & ~MORE)) {
			bytes_skip(&f->in, rows[i].skip);
			return rows[i].decode(f);
		}
	return frame_unknown(f);
}

/* Apple's packet tap: a header that names the link type after it. */
static int
decode_pktap(struct frame *f)
{
	struct bytes ahead = f->in;
	uint32_t len = bytes_le32(&ahead), link_type;

	bytes_skip(&ahead, 4);
	link_type = bytes_le32(&ahead);
	bytes_skip(&f->in, len);
	if (f->in.cut || ahead.cut)
		return BECAUSE(TRUNCATED_LINK);
	return decode_link(f, link_type);
}

/* A switch's tag between the addresses and the EtherType. */
static int
decode_dsa(struct frame *f)
{
	bytes_skip(&f->in, 16);
	return decode_ethertype(f, bytes_be16(&f->in));
}

static int
decode_edsa(struct frame *f)
{
	bytes_skip(&f->in, 20);
	return decode_ethertype(f, bytes_be16(&f->in));
}

/*
 * DLT_ values as libpcap gives them, https://www.tcpdump.org/linktypes.html.
 * `skip` bytes before what is decoded tell nothing.
 */
static const struct link {
	uint32_t type;
	layer_fn *decode;
	uint8_t skip;
} links[] = {
    {0, decode_loopback, 0},
    {1, decode_ethernet, 0},
    {6, decode_token_ring, 0},
    {7, decode_arcnet_type, 2},
    {8, decode_ip, 16}, /* SLIP: direction, compressed header */
    {9, decode_ppp, 0},
    {10, decode_llc, 13},     /* FDDI: control, addresses */
    {11, decode_llc, 0},      /* ATM, RFC 2684 */
    {12, decode_ip, 0},       /* raw, on most systems */
    {14, decode_ip, 0},       /* raw, on OpenBSD */
    {15, decode_ip, 24},      /* SLIP of BSD/OS */
    {19, decode_atm_clip, 0}, /* ATM, RFC 2225 */
    {50, decode_hdlc, 0},     /* PPP in HDLC */
    {51, decode_pppoe, 0},    /* PPPoE without Ethernet */
    {99, decode_symantec, 0},
    {101, decode_ip, 0}, /* raw, in files */
    {104, decode_hdlc, 0},
    {105, decode_wlan, 0},
    {107, decode_frame_relay, 0},
    {108, decode_loopback, 0},
    {109, decode_enc, 0},
    {113, decode_sll, 0},
    {117, decode_pflog, 0},
    {119, decode_prism, 0},
    {122, decode_llc, 16}, /* IP over Fibre Channel, RFC 2625 */
    {123, decode_sunatm, 0},
    {127, decode_radiotap, 0},
    {129, decode_arcnet_type, 4}, /* ARCNET on Linux */
    {138, decode_typed, 16},      /* IP over IEEE 1394 */
    {163, decode_avs, 0},
    {166, decode_ppp_protocol, 2}, /* pppd: direction, control */
    {175, decode_erf, 0},
    {176, decode_erf, 0},
    {192, decode_ppi, 0},
    {197, decode_erf, 0},
    {204, decode_ppp, 1}, /* direction first */
    {205, decode_hdlc, 1},
    {206, decode_frame_relay, 1},
    {219, decode_mpls, 0},
    {226, decode_ip, 24}, /* Solaris */
    {228, decode_ip4, 0},
    {229, decode_ip6, 0},
    {239, decode_nflog, 0},
    {240, decode_ethernet, 4},  /* netANALYZER */
    {241, decode_ethernet, 12}, /* the same with preamble */
    {242, decode_ipoib, 40},
    {258, decode_pktap, 0},
    {259, decode_epon, 0},
    {274, decode_mpacket, 0},
    {276, decode_sll2, 0},
    {281, decode_dsa, 0},
    {282, decode_ethernet, 4}, /* the tag first */
    {284, decode_dsa, 0},
    {285, decode_edsa, 0},
};

static const struct link *
link_lookup(uint32_t type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (links[i].type == type)
			return &links[i];
	return NULL;
}

bool
decode_link_supported(int link_type)
{
	return link_lookup((uint32_t)link_type) != NULL;
}

int
decode_link(struct frame *f, uint32_t link_type)
{
	const struct link *row = link_lookup(link_type);

	if (row == NULL)
		return BECAUSE(UNSUPPORTED_LINK);
	if (!frame_enter(f))
		return BECAUSE(TOO_DEEP);
	bytes_skip(&f->in, row->skip);
	if (f->in.cut || bytes_left(&f->in) == 0)
		return BECAUSE(TRUNCATED_LINK);
	return row->decode(f);
}
