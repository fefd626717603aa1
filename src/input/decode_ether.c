/*
 * decode_ether.c - Ethernet, LLC and what an EtherType can name.
 *
 * EtherTypes are rows of a table; a new one is a function and a row.
 */
#include "input/decode_parts.h"

enum {
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_OLD1 = 0x9100,
	TYPE_QINQ_OLD2 = 0x9200,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPP = 0x880b,
	TYPE_PPPOE = 0x8864,
	TYPE_PBB = 0x88e7,
	TYPE_MACSEC = 0x88e5,
	TYPE_FABRICPATH = 0x8903,
	TYPE_TRILL = 0x22f3,
	TYPE_NSH = 0x894f,
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

/* A header that a whole Ethernet frame follows. */
static int
decode_before_ethernet(struct frame *f, size_t header, enum encap e)
{
	bytes_skip(&f->in, header);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (!frame_encap(f, e))
		return BECAUSE(TOO_DEEP);
	return decode_ethernet(f);
}

/* Provider backbone bridging, IEEE 802.1ah: I-TAG with priority and I-SID. */
static int
decode_pbb(struct frame *f)
{
	return decode_before_ethernet(f, 4, ENCAP_PBB);
}

/* Cisco FabricPath: tree and hop count. */
static int
decode_fabricpath(struct frame *f)
{
	return decode_before_ethernet(f, 2, ENCAP_FABRICPATH);
}

/* TRILL, RFC 6325 3: options in words, then two nicknames. */
static int
decode_trill(struct frame *f)
{
	uint16_t first = bytes_be16(&f->in);

	return decode_before_ethernet(
	    f, 4 + (first >> 6 & 0x1fu) * 4, ENCAP_TRILL);
}

/* MACsec, IEEE 802.1AE 9: readable when it only authenticates. */
static int
decode_macsec(struct frame *f)
{
	enum {
		HAS_SCI = 0x20,
		ENCRYPTED = 0x08,
		CHANGED = 0x04
	};
	uint8_t control = bytes_u8(&f->in);
	uint16_t type;

	bytes_skip(&f->in, (control & HAS_SCI) != 0 ? 13 : 5);
	type = bytes_be16(&f->in);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if ((control & (ENCRYPTED | CHANGED)) != 0)
		return BECAUSE(OPAQUE);
	if (!frame_encap(f, ENCAP_MACSEC))
		return BECAUSE(TOO_DEEP);
	return decode_ethertype(f, type);
}

/* Network service header, RFC 8300 2.2: its length is in words. */
int
decode_nsh(struct frame *f)
{
	static const struct {
		uint8_t protocol;
		layer_fn *decode;
	} rows[] = {
	    {1, decode_ip4},
	    {2, decode_ip6},
	    {3, decode_ethernet},
	    {4, decode_nsh},
	    {5, decode_mpls},
	};
	uint16_t first = bytes_be16(&f->in);
	unsigned words = first & 0x3f;
	uint8_t protocol;

	bytes_skip(&f->in, 1);
	protocol = bytes_u8(&f->in);
	if (words < 2)
		return f->in.cut ? BECAUSE(TRUNCATED_LINK) : frame_unknown(f);
	bytes_skip(&f->in, (words - 1) * 4);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (!frame_enter(f) || !frame_encap(f, ENCAP_NSH))
		return BECAUSE(TOO_DEEP);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].protocol == protocol)
			return rows[i].decode(f);
	return frame_unknown(f);
}

/* The row of an EtherType, or NULL; the table stands below. */
static const struct ethertype *ethertype_lookup(uint16_t type);

bool
ethernet_ahead(const struct frame *f, size_t skip)
{
	struct bytes in = f->in;
	uint16_t type;
	uint8_t version;

	bytes_skip(&in, skip + 12);
	type = bytes_be16(&in);
	version = bytes_peek(&in) >> 4;
	if (in.cut || ethertype_lookup(type) == NULL)
		return false;
	if (bytes_left(&in) == 0)
		return true;
	return (type != TYPE_IPV4 || version == 4) &&
	       (type != TYPE_IPV6 || version == 6);
}

/* Whether what begins like IPv4 or IPv6 also has a length that can be. */
static bool
ip_ahead(const struct frame *f)
{
	struct bytes in = f->in;
	uint16_t first = bytes_be16(&in), second = bytes_be16(&in);
	uint32_t want = frame_want(f);

	if (in.cut || first >> 12 == 6)
		return true;
	return (first >> 8 & 15) >= 5 && second <= want;
}

/* Ethernet over MPLS, RFC 4448; skip is the control word of RFC 4385. */
static int
decode_pseudowire(struct frame *f, size_t skip)
{
	return decode_before_ethernet(f, skip, ENCAP_PSEUDOWIRE);
}

/*
 * MPLS label stack, RFC 3032. What follows is not named: IP shows its version
 * in the first four bits, a pseudowire control word 0; addresses of Ethernet
 * may look like either, so that the EtherType behind them decides.
 */
int
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
		if (ip_ahead(f) || !ethernet_ahead(f, 0))
			return decode_ip(f);
		return decode_pseudowire(f, 0);
	case 0:
		if (!ethernet_ahead(f, 4) && ethernet_ahead(f, 0))
			return decode_pseudowire(f, 0);
		return decode_pseudowire(f, 4);
	default:
		if (bytes_left(&f->in) < 14 && frame_want(f) >= 14)
			return BECAUSE(TRUNCATED_LINK);
		return ethernet_ahead(f, 0) ? decode_pseudowire(f, 0)
					    : frame_unknown(f);
	}
}

/* PPPoE session, RFC 2516 4. */
int
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

static const struct ethertype {
	uint16_t type;
	layer_fn *decode; /* NULL: another EtherType follows after `tag` */
	uint8_t tag;      /* bytes */
} ethertypes[] = {
    {TYPE_IPV4, decode_ip4, 0}, {TYPE_IPV6, decode_ip6, 0},
    {TYPE_VLAN, decode_vlan, 0}, {TYPE_QINQ, decode_qinq, 0},
    {TYPE_QINQ_OLD1, decode_qinq, 0}, {TYPE_QINQ_OLD2, decode_qinq, 0},
    {TYPE_MPLS, decode_mpls, 0}, {TYPE_MPLS_MULTICAST, decode_mpls, 0},
    {TYPE_PPPOE, decode_pppoe, 0}, {TYPE_PPP, decode_ppp, 0},
    {TYPE_PBB, decode_pbb, 0}, {TYPE_MACSEC, decode_macsec, 0},
    {TYPE_FABRICPATH, decode_fabricpath, 0}, {TYPE_TRILL, decode_trill, 0},
    {TYPE_NSH, decode_nsh, 0}, {0x8926, NULL, 4}, /* VN-Tag */
    {0x893f, NULL, 6},                            /* E-TAG, IEEE 802.1BR */
    {0x892f, NULL, 4},                            /* HSR, IEC 62439-3 */
    {0x8909, NULL, 6},                            /* Cisco MetaData */
};

static const struct ethertype *
ethertype_lookup(uint16_t type)
{
	for (size_t i = 0; i < sizeof(ethertypes) / sizeof(*ethertypes); i++)
		if (ethertypes[i].type == type)
			return &ethertypes[i];
	return NULL;
}

int
decode_ethertype(struct frame *f, uint16_t type)
{
	const struct ethertype *row = ethertype_lookup(type);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (row == NULL)
		return frame_unknown(f);
	if (!frame_enter(f))
		return BECAUSE(TOO_DEEP);
	if (row->decode != NULL)
		return row->decode(f);
	if (!frame_encap(f, ENCAP_TAG))
		return BECAUSE(TOO_DEEP);
	bytes_skip(&f->in, row->tag);
	return decode_ethertype(f, bytes_be16(&f->in));
}

/* SNAP: who gives the number, then the number. */
static int
decode_snap_padded(struct frame *f, size_t padding)
{
	enum {
		BRIDGED_FCS = 1,
		BRIDGED = 7
	};
	uint32_t oui = bytes_be24(&f->in);
	uint16_t type = bytes_be16(&f->in);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	switch (oui) {
	case 0x000000: /* RFC 1042 */
	case 0x0000f8: /* IEEE 802.1H */
		return decode_ethertype(f, type);
	case 0x0080c2: /* RFC 2684 5.2, RFC 2427 4.2 */
		if (type != BRIDGED_FCS && type != BRIDGED)
			return frame_unknown(f);
		bytes_skip(&f->in, padding);
		return decode_ethernet(f);
	default:
		return frame_unknown(f);
	}
}

int
decode_snap(struct frame *f)
{
	return decode_snap_padded(f, 0);
}

/* LLC (IEEE 802.2) with SNAP, with an NLPID, or the old number of IP. */
int
decode_llc(struct frame *f)
{
	enum {
		SAP_IP = 0x06,
		SAP_SNAP = 0xaa,
		SAP_NLPID = 0xfe
	};
	uint8_t dsap = bytes_u8(&f->in), ssap = bytes_u8(&f->in);
	uint8_t control = bytes_u8(&f->in);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (control != 3 || dsap != ssap)
		return frame_unknown(f);
	switch (dsap) {
	case SAP_IP:
		return decode_ethertype(f, TYPE_IPV4);
	case SAP_SNAP:
		return decode_snap_padded(f, 2);
	case SAP_NLPID:
		return decode_nlpid(f);
	default:
		return frame_unknown(f);
	}
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
