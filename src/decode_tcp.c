/*
 * decode_tcp.c - the TCP header (RFC 9293 3.1), its checksum (R6.83), and
 * what becomes of fragmented segments (R2.13).
 */
#include <string.h>

#include "decode_parts.h"
#include "digest.h"
#include "tcpopt.h"

#define HEADER_MIN 20
#define CHECKSUM_AT 16

/* Facts of the layers below TCP. */
static void
tcp_envelope(const struct frame *f, struct segment *seg)
{
	const struct ip_facts *ip = &f->ip;

	seg->frame_no = f->packet->frame_no;
	seg->ts_ns = f->packet->ts_ns;
	seg->ttl = ip->ttl;
	seg->ecn = ip->ecn;
	seg->has_ip_id = ip->has_id;
	seg->ip_id = ip->id;
	seg->dont_fragment = ip->dont_fragment;
	seg->ip_bytes = ip->bytes;
	seg->len_guessed = ip->len_guessed;
}

/*
 * Derive what depends on the length of the whole segment, header included:
 * the payload length, or that the header contradicts it (R6.2).
 */
static void
tcp_length(struct segment *seg, uint32_t tcp_bytes)
{
	if (seg->header_bytes < HEADER_MIN || seg->header_bytes > tcp_bytes)
		seg->fault = FAULT_BAD_LENGTH;
	else
		seg->len = tcp_bytes - seg->header_bytes;
}

/*
 * One's complement sums of the pseudo header, RFC 9293 3.1, in the byte order
 * of the wire: of the addresses and the protocol, and of the length.
 */
static uint64_t
pseudo_ends(const struct ip_ends *ends)
{
	size_t n = ends->version == 4 ? 4 : 16;
	const uint8_t protocol[4] = {0, 6};

	return digest_address(ends->src, n) + digest_address(ends->dst, n) +
	       digest_address(protocol, sizeof(protocol));
}

static uint64_t
pseudo_length(uint32_t tcp_bytes)
{
	const uint8_t wire[4] = {(uint8_t)(tcp_bytes >> 24),
	    (uint8_t)(tcp_bytes >> 16), (uint8_t)(tcp_bytes >> 8),
	    (uint8_t)tcp_bytes};

	return digest_address(wire, sizeof(wire));
}

/*
 * Judge the checksum of a segment captured whole. A sender that leaves it to
 * its network card writes the sum of the pseudo header, with the length or,
 * when the card will also cut the segment up, without.
 */
static void
tcp_checksum(const struct frame *f, struct segment *seg, uint32_t tcp_bytes,
    uint16_t got, uint64_t sum)
{
	uint64_t ends = pseudo_ends(&f->ip.ends);
	uint64_t pseudo = ends + pseudo_length(tcp_bytes);
	uint16_t all = digest_fold(sum + pseudo);

	if (all == 0xffff) {
		seg->checksum = CHECKSUM_GOOD;
	} else if (got == digest_fold(pseudo) || got == digest_fold(ends)) {
		seg->checksum = CHECKSUM_PARTIAL;
	} else {
		uint32_t rest = (uint32_t)all + (uint16_t)~got;

		rest = (rest & 0xffff) + (rest >> 16);
		seg->checksum = CHECKSUM_BAD;
		seg->checksum_got = got;
		seg->checksum_want = (uint16_t)~rest;
	}
}

/*
 * Read the fixed header after the ports; returns the checksum field. Of a
 * header that the capture has cut, the fields that are left.
 */
static uint16_t
tcp_fixed(struct bytes *in, struct segment *seg)
{
	uint16_t word, checksum;
	const uint8_t *p;

	if (bytes_left(in) >= HEADER_MIN - 4) {
		p = bytes_take(in, HEADER_MIN - 4);
		seg->seq = taken_be32(p);
		seg->ack = taken_be32(p + 4);
		word = taken_be16(p + 8);
		seg->header_bytes = (uint16_t)((word >> 12) * 4);
		seg->flags = word & 0xfff;
		seg->wnd = taken_be16(p + 10);
		seg->urg = taken_be16(p + 14);
		return taken_be16(p + 12);
	}
	seg->seq = bytes_be32(in);
	seg->ack = bytes_be32(in);
	word = bytes_be16(in);
	if (!in->cut) {
		seg->header_bytes = (uint16_t)((word >> 12) * 4);
		seg->flags = word & 0xfff;
	}
	seg->wnd = bytes_be16(in);
	checksum = bytes_be16(in);
	seg->urg = bytes_be16(in);
	return checksum;
}

/* Keep the first payload bytes, in one piece where there are enough. */
static void
tcp_head(struct segment *seg)
{
	if (seg->payload_cap >= SEGMENT_HEAD)
		memcpy(seg->head, seg->payload, SEGMENT_HEAD);
	else
		memcpy(seg->head, seg->payload, seg->payload_cap);
}

/* Hashes, options and payload, once the fixed header is known to be whole. */
static void
tcp_rest(const struct frame *f, struct segment *seg, const uint8_t *start,
    uint16_t checksum)
{
	struct bytes in = f->in;
	uint32_t want = frame_want(f) + HEADER_MIN;
	uint32_t captured = (uint32_t)bytes_left(&in) + HEADER_MIN;
	uint32_t header = seg->header_bytes, have;
	struct digest head, body = {0, 0};
	const uint8_t *options;

	if (seg->fault != FAULT_NONE)
		header = HEADER_MIN; /* its end cannot be told */
	have = captured < header ? captured : header;
	head = digest_bytes(start, have);
	seg->header_hash = (uint32_t)(head.hash >> 32);
	options = bytes_take(&in, have - HEADER_MIN);
	tcpopt_parse(
	    &seg->opt, options, have - HEADER_MIN, header - HEADER_MIN);
	if (seg->fault != FAULT_NONE)
		return;
	seg->payload_cap = captured - have;
	if (seg->payload_cap > 0) {
		seg->payload = bytes_take(&in, seg->payload_cap);
		tcp_head(seg);
		body = digest_bytes(seg->payload, seg->payload_cap);
		seg->payload_hash = body.hash;
	}
	if (captured == want && !seg->len_guessed && !f->ip.fragmented &&
	    f->d->options.checksum != CHECKSUM_MODE_OFF)
		tcp_checksum(f, seg, want, checksum, head.sum + body.sum);
}

int
decode_tcp(struct frame *f)
{
	struct segment *seg = f->seg;
	const uint8_t *start = f->in.p;
	uint32_t want = frame_want(f);
	uint16_t src_port = bytes_be16(&f->in), dst_port = bytes_be16(&f->in);
	uint16_t checksum;

	if (f->in.cut)
		return want < 4 ? BECAUSE(MALFORMED_TCP)
				: BECAUSE(TRUNCATED_TCP);
	tcp_envelope(f, seg);
	seg->dir = frame_key(f, &f->ip.ends, src_port, dst_port, &seg->key);
	checksum = tcp_fixed(&f->in, seg);
	if (want < HEADER_MIN) {
		seg->fault =
		    f->ip.fragmented ? FAULT_TINY_FRAGMENT : FAULT_BAD_LENGTH;
		return DECODE_OK;
	}
	if (f->in.cut) {
		seg->fault = FAULT_TRUNCATED;
	} else {
		tcp_length(seg, f->ip.fragmented ? FRAGMENT_MAX : want);
		tcp_rest(f, seg, start, checksum);
	}
	if (f->ip.fragmented)
		return decode_fragment(
		    f, &f->fragment, seg, (uint32_t)(start - f->ip.body));
	return DECODE_OK;
}

int
decode_fragment(struct frame *f, const struct fragment *fragment,
    const struct segment *first, uint32_t skip)
{
	struct segment whole;
	uint32_t tcp_bytes;

	switch (fragments_add(f->d->fragments, fragment, f->packet->ts_ns,
	    first, skip, &whole, &tcp_bytes)) {
	case FRAGMENT_WHOLE:
		break;
	case FRAGMENT_CONTRADICTS:
		return BECAUSE(FRAGMENT_OVERLAP);
	case FRAGMENT_NO_MEMORY:
		return BECAUSE(NO_MEMORY);
	default:
		return BECAUSE(FRAGMENT);
	}
	*f->seg = whole;
	f->seg->fragmented = true;
	f->seg->frame_no = f->packet->frame_no;
	f->seg->ts_ns = f->packet->ts_ns;
	/* The pieces were not kept, so their content is unknown. */
	f->seg->payload = NULL;
	f->seg->payload_cap = 0;
	f->seg->payload_hash = 0;
	memset(f->seg->head, 0, sizeof(f->seg->head));
	if (f->seg->fault == FAULT_NONE)
		tcp_length(f->seg, tcp_bytes);
	return DECODE_OK;
}
