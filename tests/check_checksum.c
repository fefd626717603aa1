/*
 * check_checksum.c - TCP checksums (R6.83) and hashes of what was captured.
 */
#include "input/decode.h"

#include <stdio.h>
#include <string.h>

#include "support/decode_text.h"
#include "support/frame_text.h"
#include "support/run_suite.h"

#define FIELD_AT 16

/* An IP packet with TCP header and n bytes of payload, checksum 0. */
struct sample {
	uint8_t bytes[256];
	size_t n, tcp_at;
	uint16_t want;      /* the right checksum */
	uint16_t pseudo[2]; /* sums of the pseudo header: whole, no length */
};

static void
sample_make(struct sample *s, unsigned version, unsigned payload)
{
	char text[512];
	uint8_t *p = s->bytes;
	size_t addr_at = version == 4 ? 12 : 8, addr_n = version == 4 ? 8 : 32;
	size_t tcp_n;

	snprintf(text, sizeof(text), "%s" TCP_PLAIN,
	    version == 4 ? IP4("06") : IP6("06"));
	if (payload > 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "P*%u", payload);
	s->n = frame_write(p, sizeof(s->bytes), text);
	s->tcp_at = version == 4 ? 20 : 40;
	tcp_n = s->n - s->tcp_at;
	s->want = plain_tcp_checksum(p + addr_at, addr_n, p + s->tcp_at, tcp_n);
	s->pseudo[0] = plain_sum(p + addr_at, addr_n, 6 + (uint32_t)tcp_n);
	s->pseudo[1] = plain_sum(p + addr_at, addr_n, 6);
}

static void
sample_set(struct sample *s, uint16_t checksum)
{
	s->bytes[s->tcp_at + FIELD_AT] = (uint8_t)(checksum >> 8);
	s->bytes[s->tcp_at + FIELD_AT + 1] = (uint8_t)checksum;
}

static enum checksum
judge(struct decoder *d, const struct sample *s, uint16_t *got, uint16_t *want)
{
	struct decoded r;

	frame_decode(d, 12, s->bytes, s->n, s->n, &r);
	ck_assert_int_eq(r.verdict, DECODE_OK);
	*got = r.seg.checksum_got;
	*want = r.seg.checksum_want;
	frame_release(&r);
	return (enum checksum)r.seg.checksum;
}

/* Both versions, odd and even lengths, each value of the field. */
START_TEST(every_value)
{
	struct decoder *d = default_decoder();
	unsigned version = _i % 2 == 0 ? 4 : 6;
	struct sample s;
	uint16_t got, want;

	sample_make(&s, version, (unsigned)_i / 2);
	for (uint32_t v = 0; v <= 0xffff; v += _i < 4 ? 1 : 251) {
		enum checksum c;

		sample_set(&s, (uint16_t)v);
		c = judge(d, &s, &got, &want);
		if (v == s.want) {
			ck_assert_int_eq(c, CHECKSUM_GOOD);
		} else if (v == s.pseudo[0] || v == s.pseudo[1]) {
			ck_assert_int_eq(c, CHECKSUM_PARTIAL);
		} else {
			ck_assert_int_eq(c, CHECKSUM_BAD);
			ck_assert_uint_eq(got, v);
			ck_assert_uint_eq(want, s.want);
		}
	}
	decoder_free(d);
}
END_TEST

START_TEST(good_and_partial)
{
	struct decoder *d = default_decoder();
	unsigned version = _i % 2 == 0 ? 4 : 6;
	struct sample s;
	uint16_t got, want;

	sample_make(&s, version, (unsigned)_i / 2);
	sample_set(&s, s.want);
	ck_assert_int_eq(judge(d, &s, &got, &want), CHECKSUM_GOOD);
	ck_assert_uint_eq(got, 0);
	sample_set(&s, s.pseudo[0]);
	ck_assert_int_eq(judge(d, &s, &got, &want), CHECKSUM_PARTIAL);
	sample_set(&s, s.pseudo[1]);
	ck_assert_int_eq(judge(d, &s, &got, &want), CHECKSUM_PARTIAL);
	decoder_free(d);
}
END_TEST

/* A changed bit anywhere in addresses or TCP is noticed. */
START_TEST(every_bit)
{
	struct decoder *d = default_decoder();
	struct sample s;
	uint16_t got, want;

	sample_make(&s, _i == 0 ? 4 : 6, 37);
	sample_set(&s, s.want);
	for (size_t bit = 8 * (_i == 0 ? 12 : 8); bit < 8 * s.n; bit++) {
		size_t at = bit / 8;

		if (at == s.tcp_at + 12)
			continue; /* data offset: a fault, not a checksum */
		s.bytes[at] ^= (uint8_t)(1 << bit % 8);
		ck_assert_int_eq(judge(d, &s, &got, &want), CHECKSUM_BAD);
		s.bytes[at] ^= (uint8_t)(1 << bit % 8);
	}
	decoder_free(d);
}
END_TEST

/* Without the whole segment, or on request, nothing is said. */
START_TEST(unknown)
{
	struct decode_options options = {.checksum = CHECKSUM_MODE_OFF,
	    .fragment_timeout_ns = 1,
	    .fragment_sets = 1};
	struct decoder *off = decoder_new(&options), *d = default_decoder();
	struct sample s;
	struct decoded r;
	uint16_t got, want;

	ck_assert_ptr_nonnull(off);
	sample_make(&s, 4, 9);
	ck_assert_int_eq(judge(off, &s, &got, &want), CHECKSUM_UNKNOWN);
	ck_assert_int_eq(judge(d, &s, &got, &want), CHECKSUM_BAD);
	frame_decode(d, 12, s.bytes, s.n - 1, s.n, &r);
	ck_assert_int_eq(r.seg.checksum, CHECKSUM_UNKNOWN);
	frame_release(&r);
	s.bytes[2] = s.bytes[3] = 0; /* length guessed */
	ck_assert_int_eq(judge(d, &s, &got, &want), CHECKSUM_UNKNOWN);
	decoder_free(off);
	decoder_free(d);
}
END_TEST

/* The hash of the payload is that of its bytes, wherever they stand. */
START_TEST(hashes)
{
	struct decoder *d = default_decoder();
	struct sample four, six;
	struct decoded a, b;

	sample_make(&four, 4, 99);
	sample_make(&six, 6, 99);
	frame_decode(d, 12, four.bytes, four.n, four.n, &a);
	frame_decode(d, 12, six.bytes, six.n, six.n, &b);
	ck_assert_uint_eq(a.seg.payload_hash, b.seg.payload_hash);
	ck_assert_uint_eq(a.seg.header_hash, b.seg.header_hash);
	frame_release(&b);
	/* Time to live is no part of it, the sequence number is. */
	four.bytes[8]--;
	frame_decode(d, 12, four.bytes, four.n, four.n, &b);
	ck_assert_uint_eq(a.seg.header_hash, b.seg.header_hash);
	frame_release(&b);
	four.bytes[four.tcp_at + 7] ^= 1;
	frame_decode(d, 12, four.bytes, four.n, four.n, &b);
	ck_assert_uint_ne(a.seg.header_hash, b.seg.header_hash);
	ck_assert_uint_eq(a.seg.payload_hash, b.seg.payload_hash);
	frame_release(&b);
	four.bytes[four.n - 1] ^= 1;
	frame_decode(d, 12, four.bytes, four.n, four.n, &b);
	ck_assert_uint_ne(a.seg.payload_hash, b.seg.payload_hash);
	frame_release(&a);
	frame_release(&b);
	decoder_free(d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("checksum");
	TCase *c = tcase_create("R6.83");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, every_value, 0, 8);
	tcase_add_loop_test(c, good_and_partial, 0, 2 * 80);
	tcase_add_loop_test(c, every_bit, 0, 2);
	tcase_add_test(c, unknown);
	tcase_add_test(c, hashes);
	suite_add_tcase(s, c);
	return run_suite(s);
}
