/*
 * decode_wireless.c - IEEE 802.11 data frames, and the headers that radios
 * put before them.
 */
#include "input/decode_parts.h"

/* Frame control: type and subtype in the first byte, flags in the second. */
enum {
	WLAN_TYPE = 0x0c,
	WLAN_DATA = 0x08,
	WLAN_NO_DATA = 0x40, /* subtype without a body */
	WLAN_QOS = 0x80,
	WLAN_FOUR_ADDRESSES = 0x03, /* to and from a distribution system */
	WLAN_PROTECTED = 0x40,
	WLAN_ORDER = 0x80, /* an HT control field follows */
	QOS_AGGREGATE = 0x80,
};

/* Control, duration, three addresses, sequence. */
#define WLAN_HEADER 24

/* Several packets in one frame are more than a decoder can give. */
static int
decode_aggregate(struct frame *f)
{
	enum {
		FCS_AND_PADDING = 4 + 3
	};
	const uint8_t *start = f->in.p;
	uint32_t len;

	bytes_skip(&f->in, 12);
	len = bytes_be16(&f->in);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if (frame_want(f) > len + FCS_AND_PADDING)
		return BECAUSE(AGGREGATE);
	frame_limit(f, start, 14 + len);
	return decode_llc(f);
}

/* A protected frame; some drivers decrypt in place and leave the mark. */
static int
decode_protected(struct frame *f)
{
	struct bytes ahead = f->in;

	if (bytes_be24(&ahead) == 0xaaaa03)
		return decode_llc(f);
	return ahead.cut ? BECAUSE(TRUNCATED_LINK) : BECAUSE(OPAQUE);
}

/* padded: the header is filled up to a multiple of 4 bytes. */
static int
decode_wlan_frame(struct frame *f, bool padded, bool swapped)
{
	uint32_t want = frame_want(f);
	uint16_t control = swapped ? bytes_le16(&f->in) : bytes_be16(&f->in);
	uint8_t kind = (uint8_t)(control >> 8), flags = (uint8_t)control;
	uint8_t qos = 0;
	unsigned header = WLAN_HEADER;

	bytes_skip(&f->in, WLAN_HEADER - 2);
	if (f->in.cut) /* others than data frames are shorter */
		return want < WLAN_HEADER ? frame_unknown(f)
					  : BECAUSE(TRUNCATED_LINK);
	if ((kind & WLAN_TYPE) != WLAN_DATA || (kind & WLAN_NO_DATA) != 0)
		return frame_unknown(f);
	if ((flags & WLAN_FOUR_ADDRESSES) == WLAN_FOUR_ADDRESSES) {
		bytes_skip(&f->in, 6);
		header += 6;
	}
	if ((kind & WLAN_QOS) != 0) {
		qos = bytes_u8(&f->in);
		bytes_skip(&f->in, 1);
		header += 2;
		if ((flags & WLAN_ORDER) != 0) {
			bytes_skip(&f->in, 4);
			header += 4;
		}
	}
	if (padded)
		bytes_skip(&f->in, -header % 4);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if ((flags & WLAN_PROTECTED) != 0)
		return decode_protected(f);
	return (qos & QOS_AGGREGATE) != 0 ? decode_aggregate(f) : decode_llc(f);
}

int
decode_wlan(struct frame *f)
{
	return decode_wlan_frame(f, false, false);
}

/* The two bytes of frame control may have changed places (Cisco). */
int
decode_wlan_swapped(struct frame *f)
{
	struct bytes ahead = f->in;
	uint16_t control = bytes_be16(&ahead);
	const uint16_t data = WLAN_TYPE | 3;

	return decode_wlan_frame(f, false,
	    (control >> 8 & data) != WLAN_DATA &&
		(control & data) == WLAN_DATA);
}

/* Radiotap, https://www.radiotap.org: the flags tell of padding and damage. */
int
decode_radiotap(struct frame *f)
{
	enum {
		HAS_CLOCK = 1 << 0,
		HAS_FLAGS = 1 << 1,
		PADDED = 0x20,
		BAD_FCS = 0x40,
	};
	struct bytes ahead = f->in;
	uint32_t present, more, at = 8;
	uint16_t len;
	uint8_t flags = 0;

	bytes_skip(&f->in, 2);
	len = bytes_le16(&f->in);
	present = more = bytes_le32(&f->in);
	while ((more & UINT32_C(1) << 31) != 0 && !f->in.cut) {
		more = bytes_le32(&f->in);
		at += 4;
	}
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if ((present & HAS_CLOCK) != 0)
		at = (at + 7) / 8 * 8 + 8;
	f->in = ahead;
	bytes_skip(&ahead, at);
	if ((present & HAS_FLAGS) != 0)
		flags = bytes_u8(&ahead);
	bytes_skip(&f->in, len);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	if ((flags & BAD_FCS) != 0)
		return BECAUSE(DAMAGED);
	return decode_wlan_frame(f, (flags & PADDED) != 0, false);
}

/* The radio header of the AVS project: its length is in it. */
int
decode_avs(struct frame *f)
{
	struct bytes ahead = f->in;

	bytes_skip(&ahead, 4);
	bytes_skip(&f->in, bytes_be32(&ahead));
	if (f->in.cut || ahead.cut)
		return BECAUSE(TRUNCATED_LINK);
	return decode_wlan(f);
}

/* Prism, unless the driver wrote an AVS header under the same number. */
int
decode_prism(struct frame *f)
{
	enum {
		PRISM_BYTES = 144
	};
	struct bytes ahead = f->in;

	if ((bytes_be32(&ahead) & 0xfffff000) == 0x80211000)
		return decode_avs(f);
	bytes_skip(&f->in, PRISM_BYTES);
	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	return decode_wlan(f);
}

/* Per-packet information: a header that names the link type after it. */
int
decode_ppi(struct frame *f)
{
	struct bytes ahead = f->in;
	uint16_t len;
	uint32_t link_type;

	bytes_skip(&ahead, 2);
	len = bytes_le16(&ahead);
	link_type = bytes_le32(&ahead);
	bytes_skip(&f->in, len);
	if (f->in.cut || ahead.cut)
		return BECAUSE(TRUNCATED_LINK);
	return decode_link(f, link_type);
}
