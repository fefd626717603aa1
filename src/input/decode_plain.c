/*
 * decode_plain.c - the short way of most frames: Ethernet, at most one VLAN
 * tag, an IP header without options, and TCP whose header is captured whole.
 *
 * It says what the layers would say; tests/check_plain.c holds one against the
 * other. Whatever is not as plain as that is left to them.
 */
#include <string.h>

#include "input/decode_parts.h"

#define LINK_ETHERNET 1
#define TCP_HEADER_MIN 20

/* What the layers below TCP leave of a frame. */
struct plain {
	struct bytes in; /* captured bytes of the next layer on */
	uint16_t type;   /* EtherType of the next layer */
	struct ip_ends ends;
	uint32_t want; /* bytes of TCP header and payload, captured or not */
};

static bool
plain_ethernet(struct plain *w, struct segment *seg)
{
	const uint8_t *p = bytes_take(&w->in, 14);

	seg->vlan_id = 0;
	seg->encap_n = 0;
	memset(seg->encap, 0, sizeof(seg->encap));
	if (p == NULL)
		return false;
	w->type = taken_be16(p + 12);
	if (w->type != TYPE_VLAN)
		return true;
	p = bytes_take(&w->in, 4);
	if (p == NULL)
		return false;
	seg->vlan_id = taken_be16(p) & 0xfff;
	seg->encap_n = 1;
	seg->encap[0] = ENCAP_VLAN;
	w->type = taken_be16(p + 2);
	return true;
}

static bool
plain_ip4(struct plain *w, struct segment *seg)
{
	const uint8_t *p = bytes_take(&w->in, 20);
	uint16_t place;

	if (p == NULL || p[0] != 0x45 || p[9] != PROTOCOL_TCP)
		return false;
	place = taken_be16(p + 6);
	seg->ip_bytes = taken_be16(p + 2);
	if ((place & 0x3fff) != 0 || seg->ip_bytes < 20 + TCP_HEADER_MIN)
		return false;
	w->want = seg->ip_bytes - 20;
	w->ends = (struct ip_ends){4, p + 12, p + 16};
	seg->ecn = p[1] & 3;
	seg->has_ip_id = true;
	seg->ip_id = taken_be16(p + 4);
	seg->dont_fragment = (place & 0x4000) != 0;
	seg->ttl = p[8];
	return true;
}

static bool
plain_ip6(struct plain *w, struct segment *seg)
{
	const uint8_t *p = bytes_take(&w->in, 40);

	if (p == NULL || p[0] >> 4 != 6 || p[6] != PROTOCOL_TCP)
		return false;
	w->want = taken_be16(p + 4);
	if (w->want < TCP_HEADER_MIN)
		return false;
	w->ends = (struct ip_ends){6, p + 8, p + 24};
	seg->ip_bytes = w->want + 40;
	seg->ecn = p[1] >> 4 & 3;
	seg->has_ip_id = false;
	seg->ip_id = 0;
	seg->dont_fragment = true;
	seg->ttl = p[7];
	return true;
}

static bool
plain_tcp(const struct decoder *d, struct plain *w, struct segment *seg)
{
	const uint8_t *p = w->in.p;
	uint32_t have;
	bool whole;

	bytes_limit(&w->in, w->want);
	have = (uint32_t)bytes_left(&w->in);
	if (have < TCP_HEADER_MIN || (p[12] >> 4) * 4u < TCP_HEADER_MIN ||
	    (p[12] >> 4) * 4u > have)
		return false;
	seg->dir =
	    key_of_ends(&w->ends, taken_be16(p), taken_be16(p + 2), &seg->key);
	seg->key.vlan = d->options.key_vlan ? seg->vlan_id : 0;
	whole = have == w->want && d->options.checksum != CHECKSUM_MODE_OFF;
	tcp_header(seg, p);
	seg->len = w->want - seg->header_bytes;
	tcp_content(seg, p, have, w->want, whole ? &w->ends : NULL);
	return true;
}

bool
decode_plain(
    const struct decoder *d, const struct packet *p, struct segment *seg)
{
	struct plain w;

	if (p->link_type != LINK_ETHERNET)
		return false;
	w.in = bytes_of(p->data, p->cap_len);
	if (!plain_ethernet(&w, seg) ||
	    !(w.type == TYPE_IPV4     ? plain_ip4(&w, seg)
		: w.type == TYPE_IPV6 ? plain_ip6(&w, seg)
				      : false))
		return false;
	seg->frame_no = p->frame_no;
	seg->ts_ns = p->ts_ns;
	seg->len_guessed = seg->fragmented = false;
	seg->fault = FAULT_NONE;
	return plain_tcp(d, &w, seg);
}

int
decode_packet(struct decoder *d, const struct packet *p, struct segment *seg,
    struct icmp_error *icmp)
{
	if (decode_plain(d, p, seg))
		return DECODE_OK;
	return decode_layers(d, p, seg, icmp);
}
