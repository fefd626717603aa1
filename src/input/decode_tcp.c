/*
 * decode_tcp.c - the TCP header (RFC 9293 3.1), its checksum (R6.83), and
 * what becomes of fragmented segments (R2.13).
 */
#include <string.h>

#include "base/digest.h"
#include "input/decode_parts.h"
#include "input/tcpopt.h"

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
static inline uint64_t
pseudo_ends(const struct ip_ends *ends)
{
	size_t n = ends->version == 4 ? 4 : 16;
	const uint8_t protocol[4] = {0, 6};

	return digest_address(ends->src, n) + digest_address(ends->dst, n) +
	       digest_address(protocol, sizeof(protocol));
}

static inline uint64_t
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
tcp_checksum(struct segment *seg, const struct ip_ends *ip, uint32_t tcp_bytes,
    uint16_t got, uint64_t sum)
{
	uint64_t ends = pseudo_ends(ip);
	uint64_t pseudo = ends + pseudo_length(tcp_bytes);

	if (digest_is_right(sum + pseudo)) {
		seg->checksum = CHECKSUM_GOOD;
	} else if (got == digest_fold(pseudo) || got == digest_fold(ends)) {
		seg->checksum = CHECKSUM_PARTIAL;
	} else {
		uint32_t rest = digest_fold(sum + pseudo);

		rest += (uint16_t)~got;
		rest = (rest & 0xffff) + (rest >> 16);
		seg->checksum = CHECKSUM_BAD;
		seg->checksum_got = got;
		seg->checksum_want = (uint16_t)~rest;
	}
}

/* The fields that are left of a header that the capture has cut. */
static void
tcp_header_cut(struct bytes *in, struct segment *seg)
{
	uint16_t word;

	bytes_skip(in, 4); /* the ports are known */
	seg->seq = bytes_be32(in);
	seg->ack = bytes_be32(in);
	word = bytes_be16(in);
	if (!in->cut) {
		seg->header_bytes = (uint16_t)((word >> 12) * 4);
		seg->flags = word & 0xfff;
	}
	seg->wnd = bytes_be16(in);
	bytes_skip(in, 2);
	seg->urg = bytes_be16(in);
}

void
tcp_content(struct segment *seg, const uint8_t *p, uint32_t captured,
    uint32_t want, const struct ip_ends *judge)
{
	uint32_t header = seg->header_bytes, have;
	struct digest head, body = {0, 0};

	if (seg->fault != FAULT_NONE)
		header = HEADER_MIN; /* its end cannot be told */
	have = captured < header ? captured : header;
	head = digest_header(p, have);
	seg->header_hash = (uint32_t)(head.hash >> 32);
	if (header == HEADER_MIN)
		memset(&seg->opt, 0, sizeof(seg->opt));
	else
		tcpopt_parse(&seg->opt, p + HEADER_MIN, have - HEADER_MIN,
		    header - HEADER_MIN);
	memset(seg->head, 0, sizeof(seg->head));
	seg->payload_cap = 0;
	seg->payload = NULL;
	if (seg->fault == FAULT_NONE && captured > have) {
		seg->payload_cap = captured - have;
		seg->payload = p + have;
		/* in one piece where there are enough */
		if (seg->payload_cap >= SEGMENT_HEAD)
			memcpy(seg->head, seg->payload, SEGMENT_HEAD);
		else
			memcpy(seg->head, seg->payload, seg->payload_cap);
		body = digest_bytes(seg->payload, seg->payload_cap);
	}
	seg->payload_hash = body.hash;
	seg->checksum = CHECKSUM_UNKNOWN;
	seg->checksum_got = seg->checksum_want = 0;
	if (judge != NULL && seg->fault == FAULT_NONE)
		tcp_checksum(seg, judge, want, taken_be16(p + CHECKSUM_AT),
		    head.sum + body.sum);
}

int
decode_tcp(struct frame *f)
{
	struct segment *seg = f->seg;
	const struct bytes tcp = f->in;
	uint32_t want = frame_want(f), have = (uint32_t)bytes_left(&tcp);
	uint16_t src_port = bytes_be16(&f->in), dst_port = bytes_be16(&f->in);
	bool judge = have == want && !f->ip.len_guessed && !f->ip.fragmented &&
		     f->d->options.checksum != CHECKSUM_MODE_OFF;

	if (f->in.cut)
		return want < 4 ? BECAUSE(MALFORMED_TCP)
				: BECAUSE(TRUNCATED_TCP);
	tcp_envelope(f, seg);
	seg->dir = frame_key(f, &f->ip.ends, src_port, dst_port, &seg->key);
	if (have >= HEADER_MIN)
		tcp_header(seg, tcp.p);
	else
		tcp_header_cut(&(struct bytes){tcp.p, tcp.end, false}, seg);
	if (want < HEADER_MIN) {
		seg->fault =
		    f->ip.fragmented ? FAULT_TINY_FRAGMENT : FAULT_BAD_LENGTH;
		return DECODE_OK;
	}
	if (have < HEADER_MIN) {
		seg->fault = FAULT_TRUNCATED;
	} else {
		tcp_length(seg, f->ip.fragmented ? FRAGMENT_MAX : want);
		tcp_content(seg, tcp.p, have, want, judge ? &f->ip.ends : NULL);
	}
	if (f->ip.fragmented)
		return decode_fragment(
		    f, &f->fragment, seg, (uint32_t)(tcp.p - f->ip.body));
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
		return BECAUSE(FRAGMENT_INCOMPLETE);
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
