/*
 * frame.c - a frame on its way through the layers of the decoder.
 */
#include <string.h>

#include "input/decode_parts.h"

/* More headers than any sane frame has; bounds the recursion. */
#define LAYERS_MAX 48

bool
frame_enter(struct frame *f)
{
	return f->layers++ < LAYERS_MAX;
}

bool
frame_encap(struct frame *f, enum encap e)
{
	if (f->seg->encap_n == ENCAP_DEPTH)
		return false;
	f->seg->encap[f->seg->encap_n++] = (uint8_t)e;
	return true;
}

uint32_t
frame_want(const struct frame *f)
{
	uint64_t at = (uint64_t)(f->in.p - f->packet->data);

	return f->wire_end > at ? (uint32_t)(f->wire_end - at) : 0;
}

void
frame_limit(struct frame *f, const uint8_t *start, uint32_t n)
{
	const uint8_t *data = f->packet->data;
	uint64_t end = (uint64_t)(start - data) + n;
	uint64_t at = (uint64_t)(f->in.p - data);

	f->wire_end = end;
	bytes_limit(&f->in, end > at ? (size_t)(end - at) : 0);
}

int
frame_unknown(const struct frame *f)
{
	return f->ip.ends.version == 0 ? BECAUSE(NOT_IP) : BECAUSE(NOT_TCP);
}

int
decode_opaque(struct frame *f)
{
	(void)f;
	return BECAUSE(OPAQUE);
}

uint8_t
key_of_ends6(const struct ip_ends *ends, uint16_t src_port, uint16_t dst_port,
    struct flow_key *key)
{
	int order = memcmp(ends->src, ends->dst, 16);
	uint8_t dir = order > 0 || (order == 0 && src_port > dst_port);

	memcpy(key->addr[dir], ends->src, 16);
	memcpy(key->addr[!dir], ends->dst, 16);
	key->port[dir] = src_port;
	key->port[!dir] = dst_port;
	key->version = ends->version;
	key->vlan = 0;
	key->tunnel = 0;
	return dir;
}

uint8_t
frame_key(const struct frame *f, const struct ip_ends *ends, uint16_t src_port,
    uint16_t dst_port, struct flow_key *key)
{
	uint8_t dir = key_of_ends(ends, src_port, dst_port, key);

	key->vlan = f->d->options.key_vlan ? f->seg->vlan_id : 0;
	key->tunnel = f->tunnel;
	return dir;
}
