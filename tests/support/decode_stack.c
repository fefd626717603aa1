/*
 * decode_stack.c - layers that lead to TCP, whole, cut and broken.
 */
#include "support/decode_stack.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/decode_text.h"
#include "support/frame_text.h"

/* TCP header and payload that follow the layers under test. */
#define TCP_BYTES 42
#define TCP_TEXT TCP_STAMPED "P*10"

/* Write layers and TCP with a good checksum; returns the frame's length. */
static size_t
write_stack(uint8_t *p, const char *layers, const char *result)
{
	char text[1024];
	uint8_t pair[40];
	size_t n, addr_n;
	uint16_t sum;

	snprintf(text, sizeof(text), "%s %s", layers, TCP_TEXT);
	n = frame_write(p, FRAME_MAX, text);
	addr_n = frame_write(
	    pair, sizeof(pair), result[0] == '1' ? A4 B4 : A6 " " B6);
	sum = plain_tcp_checksum(pair, addr_n, p + n - TCP_BYTES, TCP_BYTES);
	p[n - TCP_BYTES + 16] = (uint8_t)(sum >> 8);
	p[n - TCP_BYTES + 17] = (uint8_t)sum;
	return n;
}

/* A whole frame: all facts that do not differ between stacks. */
static void
check_whole(const struct decoded *r, size_t n)
{
	const struct segment *s = &r->seg;

	ck_assert_uint_eq(s->frame_no, 1);
	ck_assert_int_eq(s->ts_ns, 1000);
	ck_assert_uint_eq(s->seq, 1);
	ck_assert_uint_eq(s->ack, 2);
	ck_assert_uint_eq(s->flags, FLAG_PSH | FLAG_ACK);
	ck_assert_uint_eq(s->wnd, 502);
	ck_assert_uint_eq(s->header_bytes, 32);
	ck_assert_uint_eq(s->opt.has, OPT_TIMESTAMPS);
	ck_assert_uint_eq(s->opt.tsval, 7);
	ck_assert(!s->opt.cut);
	ck_assert_uint_eq(s->checksum, CHECKSUM_GOOD);
	ck_assert_uint_eq(s->payload_cap, 10);
	ck_assert_ptr_eq(s->payload, r->copy + n - 10);
	ck_assert_uint_ne(s->payload_hash, 0);
	ck_assert_uint_ne(s->header_hash, 0);
}

/* The same frame cut to a length, which leaves TCP bytes of its segment. */
static void
check_cut(const struct decoded *r, const char *whole, size_t cut, size_t tcp_at)
{
	const struct segment *s = &r->seg;
	char text[SHOW_MAX], expected[SHOW_MAX + 16];
	size_t tcp = cut - tcp_at;

	decoded_show(r, text, sizeof(text));
	if (tcp < 4) {
		ck_assert_str_eq(text, "truncated-tcp");
		return;
	}
	snprintf(expected, sizeof(expected), "%s", whole);
	if (tcp < 20) {
		ck_assert_uint_eq(s->fault, FAULT_TRUNCATED);
		ck_assert_uint_eq(s->len, 0);
		return;
	}
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(s->opt.cut, tcp < 32);
	ck_assert_uint_eq(s->opt.has, tcp < 32 ? 0 : OPT_TIMESTAMPS);
	ck_assert_uint_eq(s->payload_cap, tcp < 32 ? 0 : tcp - 32);
	ck_assert(tcp > 32 ? s->payload_hash != 0 : s->payload_hash == 0);
	ck_assert_uint_eq(s->checksum, CHECKSUM_UNKNOWN);
	ck_assert_int_eq(s->opt.bad_kind, 0);
}

void
stack_check(const struct stack *row, bool later)
{
	static uint8_t frame[FRAME_MAX];
	const char *layers = row->layers, *result = row->result;
	int link = row->link;
	size_t n = write_stack(frame, layers, result);
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];

	frame_decode(d, link, frame, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_str_eq(text, result);
	check_whole(&r, n);
	frame_release(&r);
	for (size_t cut = 0; cut < n; cut++) {
		frame_decode(d, link, frame, cut, n, &r);
		decoded_show(&r, text, sizeof(text));
		if (cut >= n - TCP_BYTES)
			check_cut(&r, result, cut, n - TCP_BYTES);
		else
			ck_assert_msg(
			    strncmp(text, "truncated-", 10) == 0 ||
				(later && strcmp(text, "not-tcp") == 0),
			    "%s, cut to %zu: %s", layers, cut, text);
		frame_release(&r);
	}
	decoder_free(d);
}

void
stack_break(const struct stack *row)
{
	static const uint8_t values[] = {0, 1, 0x0f, 0x40, 0x60, 0x7f, 0xff};
	static uint8_t frame[FRAME_MAX];
	size_t n = write_stack(frame, row->layers, row->result);
	struct decoder *d = default_decoder();
	struct decoded r;

	for (size_t at = 0; at < n; at++) {
		uint8_t was = frame[at];

		for (size_t i = 0; i < sizeof(values); i++) {
			frame[at] = values[i];
			frame_decode(d, row->link, frame, n, n, &r);
			if (r.verdict == DECODE_OK)
				ck_assert_uint_le(r.seg.payload_cap, 65535);
			frame_release(&r);
		}
		frame[at] = was;
	}
	decoder_free(d);
}
