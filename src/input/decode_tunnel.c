/*
 * decode_tunnel.c - tunnels in IP: GRE and what it carries, EtherIP, L2TP.
 *
 * Those on UDP ports stand in decode_udp.c.
 */
#include "input/decode_parts.h"

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
	TYPE_EOIP = 0x6400,
	TYPE_WCCP = 0x883e,
	TYPE_ARUBA_FIRST = 0x8200, /* 802.11 from access points */
	TYPE_ARUBA_LAST = 0x8210,
	TYPE_ARUBA = 0x9000,
};

/* A mirrored packet after the given rest of its header. */
static int
decode_erspan(struct frame *f, unsigned header, layer_fn *next)
{
	bytes_skip(&f->in, header);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if (!frame_encap(f, ENCAP_ERSPAN))
		return BECAUSE(TOO_DEEP);
	return next(f);
}

/* The 12 bytes of ERSPAN III end in a bit that promises 8 more. */
static int
decode_erspan3(struct frame *f)
{
	enum {
		FRAME_TYPE = 0x7c,
		FRAME_IP = 0x08,
		PLATFORM = 0x01
	};
	uint8_t kind, last;

	bytes_skip(&f->in, 10);
	kind = bytes_u8(&f->in) & FRAME_TYPE;
	last = bytes_u8(&f->in);
	return decode_erspan(f, (last & PLATFORM) != 0 ? 8 : 0,
	    kind == FRAME_IP ? decode_ip : decode_ethernet);
}

/* Ethernet over IP of MikroTik: a length and a tunnel in place of the key. */
static int
decode_eoip(struct frame *f)
{
	bytes_skip(&f->in, 4);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if (frame_want(f) == 0)
		return BECAUSE(NOT_TCP); /* keep-alive */
	if (!frame_encap(f, ENCAP_EOIP))
		return BECAUSE(TOO_DEEP);
	return decode_ethernet(f);
}

/* Redirected by WCCP: version 2 has a header of 4 bytes before IP. */
static int
decode_wccp(struct frame *f)
{
	if (bytes_peek(&f->in) >> 4 != 4)
		bytes_skip(&f->in, 4);
	return f->in.cut ? BECAUSE(TRUNCATED_IP) : decode_ip(f);
}

/* What GRE carries, by its type; seq: it had a sequence number. */
static int
decode_gre_payload(struct frame *f, uint16_t type, bool seq)
{
	if (type == TYPE_ARUBA ||
	    (type >= TYPE_ARUBA_FIRST && type <= TYPE_ARUBA_LAST))
		return decode_wlan(f);
	switch (type) {
	case TYPE_ETHERNET:
		return decode_ethernet(f);
	case TYPE_ERSPAN: /* type I has neither sequence nor header */
		return decode_erspan(f, seq ? 8 : 0, decode_ethernet);
	case TYPE_ERSPAN3:
		return decode_erspan3(f);
	case TYPE_WCCP:
		return decode_wccp(f);
	default:
		return decode_ethertype(f, type);
	}
}

/* GRE, RFC 2784 and 2890; version 1 carries PPP, RFC 2637. */
int
decode_gre(struct frame *f)
{
	uint16_t flags = bytes_be16(&f->in), type = bytes_be16(&f->in);

	if (flags == (GRE_KEY | 1) && type == TYPE_EOIP)
		return decode_eoip(f);
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
	return decode_gre_payload(f, type, (flags & GRE_SEQUENCE) != 0);
}

/* Ethernet in IP, RFC 3378: version 3. */
int
decode_etherip(struct frame *f)
{
	uint16_t version = bytes_be16(&f->in);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if (version != 0x3000)
		return BECAUSE(NOT_TCP);
	if (!frame_encap(f, ENCAP_ETHERIP))
		return BECAUSE(TOO_DEEP);
	return decode_ethernet(f);
}

/*
 * L2TP version 3 from the session on (RFC 3931 4.1). Whether a cookie of 4 or
 * 8 bytes and a sublayer of 4 come before the frame is agreed elsewhere:
 * where Ethernet can be recognised, it begins.
 */
int
decode_l2tp3(struct frame *f)
{
	uint32_t session = bytes_be32(&f->in);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_IP);
	if (session == 0)
		return BECAUSE(NOT_TCP); /* a control message */
	for (size_t skip = 0; skip <= 12; skip += 4) {
		if (!ethernet_ahead(f, skip))
			continue;
		bytes_skip(&f->in, skip);
		if (!frame_encap(f, ENCAP_L2TP))
			return BECAUSE(TOO_DEEP);
		return decode_ethernet(f);
	}
	return BECAUSE(NOT_TCP);
}
