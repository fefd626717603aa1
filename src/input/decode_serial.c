/*
 * decode_serial.c - point-to-point links: PPP, HDLC, Frame Relay, SLIP.
 */
#include "input/decode_parts.h"

static const struct {
	uint16_t protocol;
	layer_fn *decode;
} ppp_protocols[] = {
    {0x0021, decode_ip4}, {0x0057, decode_ip6}, {0x0281, decode_mpls},
    {0x0283, decode_mpls},
    {0x002d, decode_opaque}, /* compressed TCP headers, RFC 1144 */
    {0x002f, decode_opaque}, {0x0053, decode_opaque}, /* encrypted, RFC 1968 */
    {0x00fd, decode_opaque},                          /* compressed, RFC 1962 */
};

/* PPP from the protocol field on, RFC 1661 2; it may be one byte long. */
int
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
int
decode_hdlc(struct frame *f)
{
	uint8_t address = bytes_peek(&f->in);

	if (address != 0x0f && address != 0x8f)
		return decode_ppp(f);
	bytes_skip(&f->in, 2);
	return decode_ethertype(f, bytes_be16(&f->in));
}

/*
 * What an NLPID names (RFC 2427, RFC 2684); SNAP and PPP have numbers there.
 */
int
decode_nlpid(struct frame *f)
{
	uint8_t nlpid = bytes_u8(&f->in);

	if (f->in.cut)
		return BECAUSE(TRUNCATED_LINK);
	switch (nlpid) {
	case 0x80:
		return decode_snap(f);
	case 0x8e:
		return decode_ip6(f);
	case 0xcc:
		return decode_ip4(f);
	case 0xcf:
		return decode_ppp_protocol(f);
	default:
		return frame_unknown(f);
	}
}

/*
 * Frame Relay: an address of 2 to 4 bytes, whose last has the lowest bit,
 * then RFC 2427, or, as Cisco has it, an EtherType.
 */
int
decode_frame_relay(struct frame *f)
{
	unsigned n = 1;

	while ((bytes_u8(&f->in) & 1) == 0 && !f->in.cut)
		if (++n > 4)
			return frame_unknown(f);
	if (f->in.cut || bytes_left(&f->in) == 0)
		return BECAUSE(TRUNCATED_LINK);
	if (bytes_peek(&f->in) != 3) {
		uint16_t type = bytes_be16(&f->in);

		return decode_ethertype(f, type);
	}
	bytes_skip(&f->in, 1);
	if (bytes_left(&f->in) > 0 && bytes_peek(&f->in) == 0)
		bytes_skip(&f->in, 1); /* aligns what follows */
	return decode_nlpid(f);
}
