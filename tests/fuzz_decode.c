/*
 * fuzz_decode.c - the decoder: a link type, settings, then frames.
 *
 *   byte 0   index of the link type
 *   byte 1   bit 0: VLAN in the key, bit 1: no checksums
 *   frames   two bytes of length (bit 15: the frame was longer on the wire),
 *            then as many bytes; a length beyond the end takes the rest
 */
#include <string.h>

#include "base/bytes.h"
#include "input/decode.h"
#include "support/fuzz.h"

/* DLT_ values of decode_link.c; new ones come last, seeds count on their place.
 */
static const int link_types[] = {1, 113, 276, 12, 14, 101, 228, 229, 0, 108, 9,
    50, 104, 10, 105, 127, 8, 51, 107, 109, 6, 192, 7, 11, 15, 239, 240, 19, 99,
    258, 117, 119, 122, 123, 129, 138, 163, 166, 175, 176, 197, 204, 205, 206,
    219, 226, 241, 242, 259, 274, 281, 282, 284, 285};

#define LINK_TYPES (sizeof(link_types) / sizeof(link_types[0]))
#define FRAMES_MAX 64

const char *const fuzz_more_inputs = NULL;

static void
check_segment(const struct packet *p, const struct segment *s)
{
	FUZZ_REQUIRE(s->frame_no == p->frame_no && s->ts_ns == p->ts_ns);
	FUZZ_REQUIRE(s->dir <= 1 && s->encap_n <= ENCAP_DEPTH);
	FUZZ_REQUIRE(s->key.version == 4 || s->key.version == 6);
	FUZZ_REQUIRE(memcmp(s->key.addr[0], s->key.addr[1], 16) <= 0);
	FUZZ_REQUIRE(s->payload_cap <= p->cap_len);
	FUZZ_REQUIRE(s->payload_cap <= s->len || s->fault != FAULT_NONE);
	/* a reassembled datagram lies elsewhere, but is all there */
	if (s->payload_cap > 0)
		FUZZ_REQUIRE(
		    s->payload[0] + s->payload[s->payload_cap - 1] >= 0);
	for (unsigned i = 0; i < s->encap_n; i++)
		FUZZ_REQUIRE(encap_name((enum encap)s->encap[i]) != NULL);
}

static void
decode_copy(struct decoder *d, struct packet *p, const uint8_t *data)
{
	struct segment seg;
	struct icmp_error icmp;
	uint8_t *copy = malloc(p->cap_len > 0 ? p->cap_len : 1);
	int verdict;

	FUZZ_REQUIRE(copy != NULL);
	if (p->cap_len > 0)
		memcpy(copy, data, p->cap_len);
	p->data = copy;
	memset(&seg, 0x5a, sizeof(seg));
	memset(&icmp, 0x5a, sizeof(icmp));
	verdict = decode_packet(d, p, &seg, &icmp);
	if (verdict == DECODE_OK)
		check_segment(p, &seg);
	else if (verdict == DECODE_ICMP)
		FUZZ_REQUIRE(icmp.dir <= 1 && icmp.frame_no == p->frame_no);
	else
		FUZZ_REQUIRE(reason_name((enum reason)(
				 verdict - DECODE_REASONS)) != NULL);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	uint8_t link = bytes_u8(&in), settings = bytes_u8(&in);
	const struct decode_options o = {
	    .checksum =
		(settings & 2) != 0 ? CHECKSUM_MODE_OFF : CHECKSUM_MODE_AUTO,
	    .key_vlan = settings & 1,
	    .fragment_timeout_ns = INT64_C(30000000000),
	    .fragment_sets = 4,
	};
	struct packet p = {.link_type = link_types[link % LINK_TYPES]};
	struct decoder *d;

	if (in.cut)
		return 0;
	FUZZ_REQUIRE(decode_link_supported(p.link_type));
	d = decoder_new(&o);
	FUZZ_REQUIRE(d != NULL);
	while (bytes_left(&in) > 2 && p.frame_no < FRAMES_MAX) {
		uint16_t head = bytes_be16(&in);
		size_t n = head & 0x7fff;

		if (n > bytes_left(&in))
			n = bytes_left(&in);
		p.frame_no++;
		p.file_frame_no = p.frame_no;
		p.ts_ns += INT64_C(1) << (head % 40);
		p.cap_len = (uint32_t)n;
		p.wire_len =
		    (head & 0x8000) != 0 ? p.cap_len + 1000 : p.cap_len;
		decode_copy(d, &p, bytes_take(&in, n));
	}
	decoder_free(d);
	return 0;
}
