/*
 * check_fragment.c - fragmented segments (R2.13).
 */
#include "input/fragment.h"

#include <stdio.h>
#include <string.h>

#include "support/decode_text.h"
#include "support/frame_text.h"
#include "support/run_suite.h"

#define SECOND INT64_C(1000000000)
/* The fragmentable part: 32 bytes of TCP header and 58 of payload. */
#define WHOLE_BYTES 90

/* Bytes [from, to) of the packet called id. */
struct piece {
	unsigned version, id;
	unsigned from, to;
	int64_t at_s;
	bool more; /* fragments */
};

static size_t
piece_write(uint8_t *out, size_t size, const struct piece *p)
{
	uint8_t tcp[WHOLE_BYTES + 1000];
	char text[4096];
	size_t used;

	ck_assert_uint_eq(
	    frame_write(tcp, sizeof(tcp), TCP_STAMPED "P*58 P*900"),
	    WHOLE_BYTES + 900);
	if (p->version == 4)
		snprintf(text, sizeof(text),
		    "45 00 L+2 %04x %04x 40 06 0000 " A4 B4, p->id,
		    p->from / 8 | (p->more ? 0x2000u : 0));
	else
		snprintf(text, sizeof(text),
		    "60000000 L-36 2c 40 " A6 B6 "06 00 %04x %08x",
		    p->from | p->more, p->id);
	used = strlen(text);
	for (unsigned i = p->from; i < p->to; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%02x", tcp[i % sizeof(tcp)]);
	return frame_write(out, size, text);
}

static void
piece_decode(struct decoder *d, const struct piece *p, uint64_t frame_no,
    struct segment *seg, char *text, size_t size)
{
	uint8_t bytes[4096];
	struct decoded r;
	struct packet packet = {.frame_no = frame_no,
	    .ts_ns = p->at_s * SECOND,
	    .data = bytes,
	    .link_type = 12};

	packet.cap_len = (uint32_t)piece_write(bytes, sizeof(bytes), p);
	packet.wire_len = packet.cap_len;
	r.verdict = decode_packet(d, &packet, &r.seg, &r.icmp);
	decoded_show(&r, text, size);
	*seg = r.seg;
}

#define WAITS "fragment-incomplete"
#define OVERLAPS "fragment-overlap"
#define OK4 "10.0.0.1:55555 > 10.0.0.2:443 len=58"
#define OK6 "2001:db8::1:55555 > 2001:db8::2:443 len=58"

/* A story of up to 5 pieces, and what each decodes to. */
static const struct story {
	const char *name;
	struct {
		struct piece piece;
		const char *result;
	} steps[5];
} stories[] = {
    {"in order",
	{{{4, 1, 0, 40, 0, true}, WAITS}, {{4, 1, 40, 80, 0, true}, WAITS},
	    {{4, 1, 80, 90, 0, false}, OK4}}},
    {"backwards",
	{{{4, 1, 80, 90, 0, false}, WAITS}, {{4, 1, 40, 80, 0, true}, WAITS},
	    {{4, 1, 0, 40, 0, true}, OK4}}},
    {"last in the middle",
	{{{4, 1, 80, 90, 0, false}, WAITS}, {{4, 1, 0, 40, 0, true}, WAITS},
	    {{4, 1, 40, 80, 0, true}, OK4}}},
    {"IPv6",
	{{{6, 7, 0, 40, 0, true}, WAITS}, {{6, 7, 80, 90, 0, false}, WAITS},
	    {{6, 7, 40, 80, 0, true}, OK6}}},
    {"header cut within the options",
	{{{4, 1, 0, 24, 0, true}, WAITS}, {{4, 1, 24, 90, 0, false}, OK4}}},
    {"copies",
	{{{4, 1, 0, 40, 0, true}, WAITS}, {{4, 1, 0, 40, 0, true}, WAITS},
	    {{4, 1, 8, 16, 0, true}, WAITS}, {{4, 1, 40, 90, 0, false}, OK4},
	    {{4, 1, 40, 90, 0, false}, WAITS}}},
    {"other identification",
	{{{4, 1, 0, 40, 0, true}, WAITS}, {{4, 2, 40, 90, 0, false}, WAITS},
	    {{4, 1, 40, 90, 0, false}, OK4}, {{4, 2, 0, 40, 0, true}, OK4}}},
    {"within the time",
	{{{4, 1, 0, 40, 100, true}, WAITS}, {{4, 1, 40, 90, 130, false}, OK4}}},
    {"out of time",
	{{{4, 1, 0, 40, 100, true}, WAITS}, {{4, 1, 40, 90, 131, false}, WAITS},
	    {{4, 1, 0, 40, 132, true}, OK4}}},
    {"time backwards",
	{{{4, 1, 0, 40, 100, true}, WAITS}, {{4, 1, 40, 90, 1, false}, OK4}}},
    {"overlap",
	{{{4, 1, 0, 48, 0, true}, WAITS}, {{4, 1, 40, 90, 0, false}, OVERLAPS},
	    {{4, 1, 48, 90, 0, false}, OVERLAPS}}},
    {"overlap from below",
	{{{4, 1, 40, 90, 0, false}, WAITS}, {{4, 1, 0, 48, 0, true}, OVERLAPS},
	    {{4, 1, 0, 40, 0, true}, OVERLAPS}}},
    {"overlap from both sides",
	{{{4, 1, 40, 48, 0, true}, WAITS}, {{4, 1, 8, 90, 0, false}, OVERLAPS},
	    {{4, 1, 0, 40, 0, true}, OVERLAPS},
	    {{4, 1, 48, 90, 0, false}, OVERLAPS}}},
    {"two ends",
	{{{4, 1, 0, 40, 0, true}, WAITS}, {{4, 1, 48, 90, 0, false}, WAITS},
	    {{4, 1, 40, 42, 0, false}, OVERLAPS},
	    {{4, 1, 40, 48, 0, true}, OVERLAPS}}},
    {"beyond the end", {{{4, 1, 40, 90, 0, false}, WAITS},
			   {{4, 1, 96, 104, 0, true}, OVERLAPS},
			   {{4, 1, 0, 40, 0, true}, OVERLAPS}}},
    {"end before what is there",
	{{{4, 1, 40, 88, 0, true}, WAITS}, {{4, 1, 80, 82, 0, false}, OVERLAPS},
	    {{4, 1, 0, 40, 0, true}, OVERLAPS}}},
    {"tiny first", {{{4, 1, 0, 8, 0, true},
			"10.0.0.1:55555 > 10.0.0.2:443 len=0 tiny-fragment"},
		       {{4, 1, 8, 90, 0, false}, WAITS}}},
    {"odd length with more to come",
	{{{4, 1, 0, 41, 0, true}, "malformed-ip"},
	    {{6, 1, 0, 41, 0, true}, "malformed-ip"}}},
    {"empty", {{{4, 1, 0, 0, 0, true}, "malformed-ip"},
		  {{4, 1, 8, 8, 0, false}, "malformed-ip"}}},
    {"beyond 64 KiB", {{{4, 1, 65528, 65535, 0, false}, WAITS},
			  {{4, 1, 65528, 65536, 0, true}, "malformed-ip"},
			  {{6, 1, 65528, 65537, 0, false}, "malformed-ip"}}},
};

START_TEST(story)
{
	const struct story *s = &stories[_i];
	struct decoder *d = default_decoder();

	for (unsigned i = 0; i < 5 && s->steps[i].result != NULL; i++) {
		struct segment seg;
		char text[SHOW_MAX];

		piece_decode(
		    d, &s->steps[i].piece, 10 + i, &seg, text, sizeof(text));
		ck_assert_msg(strcmp(text, s->steps[i].result) == 0,
		    "%s, step %u: %s", s->name, i + 1, text);
		if (strstr(text, "len=58") == NULL)
			continue;
		/* It stands at the last piece and knows no content. */
		ck_assert_uint_eq(seg.frame_no, 10 + i);
		ck_assert_int_eq(seg.ts_ns, s->steps[i].piece.at_s * SECOND);
		ck_assert_uint_eq(seg.ip_bytes,
		    WHOLE_BYTES + (seg.key.version == 4 ? 20 : 48));
		ck_assert_uint_eq(seg.seq, 1);
		ck_assert_uint_eq(seg.header_bytes, 32);
		ck_assert_uint_eq(seg.payload_cap, 0);
		ck_assert_ptr_null(seg.payload);
		ck_assert_uint_eq(seg.payload_hash, 0);
		ck_assert_uint_eq(seg.checksum, CHECKSUM_UNKNOWN);
		ck_assert(!seg.dont_fragment);
	}
	decoder_free(d);
}
END_TEST

/* With more packets than sets the oldest is given up. */
START_TEST(eviction)
{
	static const struct decode_options options = {
	    .fragment_timeout_ns = 30 * SECOND,
	    .fragment_sets = 2,
	};
	static const struct {
		struct piece piece;
		const char *result;
	} steps[] = {
	    {{4, 1, 0, 40, 0, true}, WAITS},
	    {{4, 2, 0, 40, 0, true}, WAITS},
	    {{4, 3, 0, 40, 0, true}, WAITS},   /* 1 is gone */
	    {{4, 2, 40, 90, 0, false}, OK4},   /* 2 is free */
	    {{4, 1, 40, 90, 0, false}, WAITS}, /* 1 anew */
	    {{4, 3, 40, 90, 0, false}, OK4},
	    {{4, 1, 0, 40, 0, true}, OK4},
	};
	struct decoder *d = decoder_new(&options);

	ck_assert_ptr_nonnull(d);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct segment seg;
		char text[SHOW_MAX];

		piece_decode(d, &steps[i].piece, 1, &seg, text, sizeof(text));
		ck_assert_msg(strcmp(text, steps[i].result) == 0,
		    "step %zu: %s", i + 1, text);
	}
	decoder_free(d);
}
END_TEST

/* Which fragments waited in vain: time, room, overlap, too many parts. */
START_TEST(tally)
{
	static const struct {
		uint32_t id, offset, len;
		bool more;
		int64_t at_s;
	} steps[] = {
	    {1, 0, 40, true, 0},   /* 1: whole at 3 */
	    {2, 0, 40, true, 0},   /* 2: out of time at 5 */
	    {1, 40, 8, false, 0},  /* 3 */
	    {3, 0, 40, true, 20},  /* 4: contradicted by 6 */
	    {4, 0, 40, true, 31},  /* 5: whole at 9 */
	    {3, 8, 40, true, 31},  /* 6 */
	    {4, 48, 8, false, 31}, /* 7 */
	    {4, 48, 8, false, 31}, /* 8: a copy */
	    {4, 40, 8, true, 31},  /* 9 */
	    {5, 0, 40, true, 31},  /* 10: makes room for 12 */
	    {6, 0, 40, true, 31},  /* 11: makes room for 13, with 3 and 5 */
	    {7, 0, 40, true, 31},  /* 12: still waits */
	    {8, 0, 40, true, 31},  /* 13: still waits */
	};
	struct fragments *fs = fragments_new(2, 30 * SECOND, &hash_key_fixed);
	struct fragment_tally all, lost;
	struct segment first = {.seq = 77}, whole;
	uint32_t bytes;

	ck_assert_ptr_nonnull(fs);
	fragments_count(fs, &all, &lost);
	ck_assert_uint_eq(all.packets + lost.packets, 0);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct fragment f = {
		    .of = {.version = 4, .id = steps[i].id},
		    .offset = steps[i].offset,
		    .len = steps[i].len,
		    .more = steps[i].more,
		    .frame_no = i + 1,
		};

		(void)fragments_add(fs, &f, steps[i].at_s * SECOND,
		    f.offset == 0 ? &first : NULL, 0, &whole, &bytes);
	}
	fragments_count(fs, &all, &lost);
	ck_assert_uint_eq(all.packets, 4); /* 1, 5, 7, 8 */
	ck_assert_uint_eq(all.first_frame, 1);
	ck_assert_uint_eq(lost.packets, 6); /* 2, 4, 10 to 13 */
	ck_assert_uint_eq(lost.first_frame, 2);
	fragments_free(fs);
}
END_TEST

/* Straight to the sets: a full length packet in pieces of 8 bytes. */
START_TEST(many_pieces)
{
	struct fragments *fs = fragments_new(4, SECOND, &hash_key_fixed);
	struct fragment f = {.of = {.version = 4, .id = 9}, .len = 8};
	struct segment first = {.seq = 77, .ip_bytes = 28}, whole;
	uint32_t bytes = 0;
	int last = -1;

	ck_assert_ptr_nonnull(fs);
	for (f.offset = 0; f.offset <= 65520; f.offset += 8) {
		f.more = f.offset < 65520;
		ck_assert_int_eq(last, f.offset == 0 ? -1 : FRAGMENT_WAIT);
		last = (int)fragments_add(fs, &f, 0,
		    f.offset == 0 ? &first : NULL, 0, &whole, &bytes);
	}
	ck_assert_int_eq(last, FRAGMENT_WHOLE);
	ck_assert_uint_eq(bytes, 65528);
	ck_assert_uint_eq(whole.seq, 77);
	ck_assert_uint_eq(whole.ip_bytes, 65548);
	fragments_free(fs);
	fragments_free(NULL);
}
END_TEST

/* Every other piece: more islands than are remembered, then the bridges. */
START_TEST(islands)
{
	struct fragments *fs = fragments_new(4, SECOND, &hash_key_fixed);
	struct fragment f = {.of = {.version = 4, .id = 9}, .len = 8};
	struct segment first = {.seq = 77}, whole;
	uint32_t bytes = 0;
	/* 32 islands fill the memory, 33 are one too many. */
	uint32_t end = (uint32_t)_i * 16;

	ck_assert_ptr_nonnull(fs);
	for (unsigned odd = 0; odd < 2; odd++)
		for (f.offset = 8 * odd; f.offset < end; f.offset += 16) {
			enum fragment_result r;

			f.more = f.offset + 8 < end;
			r = fragments_add(fs, &f, 0,
			    f.offset == 0 ? &first : NULL, 0, &whole, &bytes);
			if (f.more || _i > 32)
				ck_assert_int_eq(r, FRAGMENT_WAIT);
			else
				ck_assert_int_eq(r, FRAGMENT_WHOLE);
		}
	fragments_free(fs);
}
END_TEST

/* A first fragment of no use leaves the rest waiting for nothing. */
START_TEST(without_first)
{
	struct fragments *fs = fragments_new(1, SECOND, &hash_key_fixed);
	struct fragment f = {.of = {.version = 4}, .len = 8};
	struct segment whole;
	uint32_t bytes;

	ck_assert_ptr_nonnull(fs);
	ck_assert_int_eq(
	    fragments_add(fs, &f, 0, NULL, 0, &whole, &bytes), FRAGMENT_WAIT);
	fragments_free(fs);
}
END_TEST

/* What is not TCP is told apart where the header says so. */
START_TEST(others)
{
	static const struct {
		const char *frame, *result;
	} rows[] = {
	    {IP4_FULL("0001", "2000", "11", A4, B4) "P*16", "not-tcp"},
	    {IP4_FULL("0001", "0002", "11", A4, B4) "P*16", "fragment"},
	    {IP4_FULL("0001", "0002", "59", A4, B4) "P*16", "not-tcp"},
	    {IP4_FULL("0001", "0002", "2f", A4, B4) "P*16", "fragment"},
	    {IP6("2c") "11 00 0010 00000001 P*8", "fragment"},
	    {IP6("2c") "3b 00 0010 00000001 P*8", "not-tcp"},
	    /* the inner packet is seen as far as it reaches */
	    {IP4_FULL("0001", "2000", "04", A4,
		 B4) "4500 0500 0001 0000 40 06 0000 " A4 B4 TCP_PLAIN "P*8",
		"10.0.0.1:55555 > 10.0.0.2:443 len=1240 ipip"},
	    /* a destination option before TCP counts as fragmentable */
	    {IP6("2c") "3c 00 0001 00000005 06 00 Z*6" TCP_PLAIN "P*4", WAITS},
	    {IP6("2c") "3c 00 0020 00000005 P*8",
		"2001:db8::1:55555 > 2001:db8::2:443 len=12"},
	};
	static uint8_t bytes[4096];
	struct decoder *d = default_decoder();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t n = frame_write(bytes, sizeof(bytes), rows[i].frame);
		struct decoded r;
		char text[SHOW_MAX];

		frame_decode(d, 12, bytes, n, n, &r);
		decoded_show(&r, text, sizeof(text));
		ck_assert_msg(
		    strcmp(text, rows[i].result) == 0, "row %zu: %s", i, text);
		frame_release(&r);
	}
	decoder_free(d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fragment");
	TCase *c = tcase_create("R2.13");

	tcase_add_loop_test(c, story, 0, ROWS(stories));
	tcase_add_test(c, eviction);
	tcase_add_test(c, tally);
	tcase_add_test(c, many_pieces);
	tcase_add_loop_test(c, islands, 31, 35);
	tcase_add_test(c, without_first);
	tcase_add_test(c, others);
	suite_add_tcase(s, c);
	return run_suite(s);
}
