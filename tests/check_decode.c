/*
 * check_decode.c - from frames to segments: every layer, every length.
 */
#include "input/decode.h"

#include <stdio.h>
#include <string.h>

#include "support/decode_stack.h"
#include "support/decode_text.h"
#include "support/frame_text.h"
#include "support/run_suite.h"

#define UDP(port) "c000 " port " L+4 0000 "

/* Headers of IP that lead to TCP. */
static const struct stack stacks[] = {
    /* IPv4 options; an unfinished source route hides the destination */
    {12, "48 00 L+2 1234 4000 40 06 0000 " A4 B4 " 94040000 01010101 00010203",
	AB4},
    {12,
	"48 00 L+2 1234 4000 40 06 0000 " A4 "0a0000fe 83 0b 04 0a0000fd " B4
	"00",
	AB4},
    {12, "47 00 L+2 1234 4000 40 06 0000 " A4 B4 "01 89 07 08 0a0000fd", AB4},
    {12, "47 00 L+2 1234 4000 40 06 0000 " A4 B4 "01 89 00 08 0a0000fd", AB4},
    /* IPv6 extension headers */
    {12, IP6("00") "06 00 05020000 0100", AB6},
    {12, IP6("00") "3c 00 010400000000 06 01 010c Z*12", AB6},
    {12, IP6("87") "06 00 000000000000", AB6},
    {12, IP6("2b") "06 02 00 00 00000000 20010db80000000000000000000000ff",
	AB6},
    {12,
	"60000000 L-36 2b 40 " A6 " 20010db80000000000000000000000fe "
	"06 04 00 01 00000000 20010db80000000000000000000000fd " B6,
	AB6},
    {12,
	"60000000 L-36 2b 40 " A6 " 20010db80000000000000000000000fe "
	"06 04 04 01 01 00 0000 " B6 " 20010db80000000000000000000000fe",
	AB6},
    {12,
	"60000000 L-36 3c 40 20010db80000000000000000000000fc " B6
	" 06 02 0102 0000 c910 " A6,
	AB6},
    {12, IP6("2c") "06 00 0000 deadbeef", AB6}, /* atomic */
    {12, IP6("33") "06 04 0000 00000001 00000002 P*12", AB6 " ah"},
    {12, IP4("33") "06 04 0000 00000001 00000002 P*12", AB4 " ah"},
};

START_TEST(stack)
{
	stack_check(&stacks[_i], false);
}
END_TEST

START_TEST(broken)
{
	stack_break(&stacks[_i]);
}
END_TEST

/* Header lies and frames that lead nowhere, captured whole. */
static const struct {
	const char *rule;
	int link;
	const char *frame, *result;
} frames[] = {
    {"R1.9 no padding", 1,
	ETHER("0800") IP4_FULL("0001", "4000", "06", A4, B4) TCP_PLAIN,
	"10.0.0.1:55555 > 10.0.0.2:443 len=0"},
    {"R1.9 padding", 1,
	ETHER("0800") "4500 0028 0001 4000 40 06 0000 " A4 B4 TCP_PLAIN "Z*6",
	"10.0.0.1:55555 > 10.0.0.2:443 len=0"},
    {"R1.7 beyond the frame", 1,
	ETHER("0800") "4500 05dc 0001 4000 40 06 0000 " A4 B4 TCP_PLAIN "P*6",
	"10.0.0.1:55555 > 10.0.0.2:443 len=1460"},
    {"R1.7 total length 0", 1,
	ETHER("0800") "4500 0000 0001 4000 40 06 0000 " A4 B4 TCP_PLAIN "P*30",
	"10.0.0.1:55555 > 10.0.0.2:443 len=30 guessed"},
    {"R1.7 payload length 0", 12, "60000000 0000 06 40 " A6 B6 TCP_PLAIN "P*30",
	"2001:db8::1:55555 > 2001:db8::2:443 len=30 guessed"},
    {"R1.7 jumbogram", 12,
	"60000000 0000 00 40 " A6 B6 "06 00 c204 00000000" TCP_PLAIN "P*30",
	"2001:db8::1:55555 > 2001:db8::2:443 len=30 guessed"},
    {"R6.2 data offset 4", 12,
	IP4("06") PORTS " 00000001 00000002 4010 01f6 00000000 P*20",
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 bad-length"},
    {"R6.2 data offset 0", 12,
	IP4("06") PORTS " 00000001 00000002 0010 01f6 00000000 P*20",
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 bad-length"},
    {"R6.2 beyond IP", 12,
	IP4("06") PORTS " 00000001 00000002 6010 01f6 00000000 000000",
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 bad-length"},
    {"R6.2 beyond IP, padded", 12,
	"4500 0028 0001 4000 40 06 0000 " A4 B4 PORTS
	" 00000001 00000002 f010 01f6 00000000 Z*40",
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 bad-length"},
    {"R6.2 19 bytes", 12, IP4("06") PORTS " P*15",
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 bad-length"},
    {"R6.2 ports only", 12, IP4("06") PORTS,
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 bad-length"},
    {"R1.40 no ports", 12, IP4("06") "d90301", "malformed-tcp"},
    {"R1.40 no bytes", 12, IP4("06"), "malformed-tcp"},
    {"IPv4 header length 16", 12,
	"4400 L+2 0001 4000 40 06 0000 " A4 B4 TCP_PLAIN, "malformed-ip"},
    {"IPv4 length below header", 12,
	"4500 0013 0001 4000 40 06 0000 " A4 B4 TCP_PLAIN, "malformed-ip"},
    {"IPv4 header beyond length", 12,
	"4600 0017 0001 4000 40 06 0000 " A4 B4 "00000000" TCP_PLAIN,
	"malformed-ip"},
    {"IPv4 in an IPv6 frame", 1, ETHER("86dd") IP4("06") TCP_PLAIN "Z*20",
	"malformed-ip"},
    {"IPv6 in an IPv4 frame", 1, ETHER("0800") IP6("06") TCP_PLAIN,
	"malformed-ip"},
    {"no IP version", 12, "00 Z*60", "malformed-ip"},
    {"extension beyond IPv6", 12, IP6("00") "06 01 Z*6", "malformed-ip"},
    {"AH beyond IPv6", 12, IP6("33") "06 09 Z*10", "malformed-ip"},
    {"extension in IPv4", 12, IP4("3c") "06 00 Z*6" TCP_PLAIN, "not-tcp"},
    {"fragment header in IPv4", 12, IP4("2c") "06 00 Z*6" TCP_PLAIN, "not-tcp"},
    {"UDP", 12, IP4("11") "1234 0035 0008 0000", "not-tcp"},
    {"no next header", 12, IP6("3b"), "not-tcp"},
    {"ESP", 12, IP6("32") "Z*40", "opaque"},
    {"IPComp", 12, IP4("6c") "0600 0002 Z*40", "opaque"},
    {"GRE version 2", 12, IP4("2f") "0002 0800" IP4("06") TCP_PLAIN, "not-tcp"},
    {"GRE routing", 12, IP4("2f") "4000 0800" IP4("06") TCP_PLAIN, "not-tcp"},
    {"GRE keep-alive", 12, IP4("2f") "0000 0000", "not-tcp"},
    {"PPTP acknowledgement", 12, IP4("2f") "2081 880b 00000001 00000002",
	"not-tcp"},
    {"ARP in GRE", 12, IP4("2f") "0000 0806 Z*28", "not-tcp"},
    {"VXLAN without VNI", 12,
	IP4("11") UDP("12b5") "00000000 000005 00" ETHER("0800") IP4("06")
	    TCP_PLAIN,
	"not-tcp"},
    {"GENEVE version 1", 12,
	IP4("11") UDP("17c1") "40 00 0800 000001 00" IP4("06") TCP_PLAIN,
	"not-tcp"},
    {"GTP echo", 12, IP4("11") UDP("0868") "32 01 0004 Z*8", "not-tcp"},
    {"GTP empty extension", 12,
	IP4("11") UDP("0868") "34 ff 0004 Z*4 000000 85 00 Z*8", "not-tcp"},
    {"Teredo bubble", 12, IP4("11") UDP("0dd8") "60000000 0000 3b ff" A6 B6,
	"not-tcp"},
    {"L2TP control", 12, IP4("11") UDP("06a5") "c802 000c Z*8", "not-tcp"},
    {"ARP", 1, ETHER("0806") "Z*46", "not-ip"},
    {"802.3 without SNAP", 1, ETHER("L-2") "424203 Z*35", "not-ip"},
    {"802.3 raw", 1, ETHER("L-2") "ffff Z*30", "not-ip"},
    {"SNAP of a vendor", 1, ETHER("L-2") "aaaa03 00000c 2000 Z*30", "not-ip"},
    {"LLC with numbers", 1, ETHER("L-2") "060602 00 Z*30", "not-ip"},
    {"PPPoE discovery code", 1,
	ETHER("8864") "11 09 0000 L-2 0021" IP4("06") TCP_PLAIN, "not-ip"},
    {"PPP LCP", 9, "c021 01010004", "not-ip"},
    {"AppleTalk on BSD", 0, "10000000 Z*20", "not-ip"},
    {"MPLS with neither", 1, ETHER("8847") "000201ff 50", "not-ip"},
    {"empty", 1, "", "truncated-link"},
    {"unknown link", 9999, IP4("06") TCP_PLAIN, "unsupported-link"},
    {"9 tags", 1,
	ETHER("8100") "0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 "
		      "8100 0001 8100 0001 8100 0001 0800" IP4("06") TCP_PLAIN,
	"too-deep"},
    {"8 tags", 1,
	ETHER("8100") "0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 "
		      "8100 0001 8100 0001 0800" IP4("06") TCP_PLAIN,
	"10.0.0.1:55555 > 10.0.0.2:443 len=0 vlan=1"
	" vlan vlan vlan vlan vlan vlan vlan vlan"},
    /* what lies beyond the outer packet is not read as the inner one */
    {"inner beyond outer", 12,
	"4500 003c 0001 0000 40 04 0000 " A4 B4
	"4500 0050 0001 0000 40 06 0000 " A4 B4 TCP_PLAIN "P*20",
	"10.0.0.1:55555 > 10.0.0.2:443 len=40 ipip"},
};

START_TEST(frame)
{
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes), frames[_i].frame);
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];

	frame_decode(d, frames[_i].link, bytes, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_msg(strcmp(text, frames[_i].result) == 0, "%s: %s, not %s",
	    frames[_i].rule, text, frames[_i].result);
	if (r.verdict == DECODE_OK)
		ck_assert_uint_le(r.seg.payload_cap, r.seg.len);
	frame_release(&r);
	decoder_free(d);
}
END_TEST

/* Extension headers without end must not exhaust the stack. */
START_TEST(too_deep)
{
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes), IP6("3c") "Z*60000");
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];

	for (size_t at = 40; at < n; at += 8)
		bytes[at] = 0x3c;
	frame_decode(d, 12, bytes, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_str_eq(text, "too-deep");
	frame_release(&r);
	decoder_free(d);
}
END_TEST

/* Facts of the IP header that the stacks do not show. */
START_TEST(ip_facts)
{
	static const struct {
		const char *frame;
		uint8_t ttl, ecn;
		bool has_id, dont_fragment;
		uint16_t id;
		uint32_t ip_bytes;
	} rows[] = {
	    {"4501 L+2 abcd 4000 3f 06 0000 " A4 B4 TCP_PLAIN, 63, 1, true,
		true, 0xabcd, 40},
	    {"45fe L+2 0000 0000 01 06 0000 " A4 B4 TCP_PLAIN "P*5", 1, 2, true,
		false, 0, 45},
	    {"60300000 L-36 06 ff " A6 B6 TCP_PLAIN, 255, 3, false, true, 0,
		60},
	    {"6fc00000 L-36 2c 40 " A6 B6 "06 00 0000 00000001" TCP_PLAIN, 64,
		0, false, false, 0, 68},
	};
	static uint8_t bytes[FRAME_MAX];
	struct decoder *d = default_decoder();
	struct decoded r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t n = frame_write(bytes, sizeof(bytes), rows[i].frame);

		frame_decode(d, 12, bytes, n, n, &r);
		ck_assert_int_eq(r.verdict, DECODE_OK);
		ck_assert_uint_eq(r.seg.ttl, rows[i].ttl);
		ck_assert_uint_eq(r.seg.ecn, rows[i].ecn);
		ck_assert_uint_eq(r.seg.has_ip_id, rows[i].has_id);
		ck_assert_uint_eq(r.seg.ip_id, rows[i].id);
		ck_assert_uint_eq(r.seg.dont_fragment, rows[i].dont_fragment);
		ck_assert_uint_eq(r.seg.ip_bytes, rows[i].ip_bytes);
		frame_release(&r);
	}
	decoder_free(d);
}
END_TEST

START_TEST(flags)
{
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes),
	    IP4("06") PORTS " fffffffe 80000000 5fff ffff 0000 1234");
	struct decoder *d = default_decoder();
	struct decoded r;

	frame_decode(d, 12, bytes, n, n, &r);
	ck_assert_int_eq(r.verdict, DECODE_OK);
	ck_assert_uint_eq(r.seg.flags, 0xfff);
	ck_assert_uint_eq(r.seg.seq, 0xfffffffe);
	ck_assert_uint_eq(r.seg.ack, 0x80000000);
	ck_assert_uint_eq(r.seg.wnd, 0xffff);
	ck_assert_uint_eq(r.seg.urg, 0x1234);
	ck_assert_ptr_null(r.seg.payload);
	ck_assert_uint_eq(r.seg.payload_hash, 0);
	frame_release(&r);
	decoder_free(d);
}
END_TEST

/* R2.1: one key for both directions, ordered by address, then by port. */
static const struct {
	const char *src, *sport, *dst, *dport;
	unsigned dir;
} pairs[] = {
    {A4, "0050", B4, "0001", 0},
    {B4, "0001", A4, "0050", 1},
    {A4, "0050", A4, "0051", 0},
    {A4, "0051", A4, "0050", 1},
    {A4, "0100", A4, "00ff", 1},
    {A4, "0050", A4, "0050", 0},
    {"7fffffff", "0001", "80000000", "0001", 0},
};

START_TEST(key)
{
	static uint8_t bytes[FRAME_MAX];
	struct decoder *d = default_decoder();
	struct decoded r, back;
	char text[512];
	size_t n;

	snprintf(text, sizeof(text),
	    "4500 L+2 0001 4000 40 06 0000 %s %s %s %s Z*8 5010 Z*6",
	    pairs[_i].src, pairs[_i].dst, pairs[_i].sport, pairs[_i].dport);
	n = frame_write(bytes, sizeof(bytes), text);
	frame_decode(d, 12, bytes, n, n, &r);
	ck_assert_int_eq(r.verdict, DECODE_OK);
	ck_assert_uint_eq(r.seg.dir, pairs[_i].dir);
	ck_assert_mem_eq(r.seg.key.addr[pairs[_i].dir], bytes + 12, 4);
	ck_assert_mem_eq(r.seg.key.addr[!pairs[_i].dir], bytes + 16, 4);
	snprintf(text, sizeof(text),
	    "4500 L+2 0001 4000 40 06 0000 %s %s %s %s Z*8 5010 Z*6",
	    pairs[_i].dst, pairs[_i].src, pairs[_i].dport, pairs[_i].sport);
	n = frame_write(bytes, sizeof(bytes), text);
	frame_decode(d, 12, bytes, n, n, &back);
	ck_assert_mem_eq(&back.seg.key, &r.seg.key, sizeof(r.seg.key));
	frame_release(&r);
	frame_release(&back);
	decoder_free(d);
}
END_TEST

/* R2.2: the VLAN counts only on demand, and then the outermost one. */
START_TEST(key_vlan)
{
	static const struct decode_options options = {
	    .key_vlan = true,
	    .fragment_timeout_ns = 1,
	    .fragment_sets = 1,
	};
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes),
	    ETHER("88a8") "0007 8100 0008 0800" IP4("06") TCP_PLAIN);
	struct decoder *d = decoder_new(&options);
	struct decoded r;

	ck_assert_ptr_nonnull(d);
	frame_decode(d, 1, bytes, n, n, &r);
	ck_assert_int_eq(r.verdict, DECODE_OK);
	ck_assert_uint_eq(r.seg.key.vlan, 7);
	frame_release(&r);
	decoder_free(d);
}
END_TEST

/* R2.17: the quoted segment's key, whatever its length fields say. */
static const struct {
	const char *frame, *result;
} errors[] = {
    {IP4_FULL("0001", "0000", "01", "c0000201", A4) "03 01 0000 00000000" IP4(
	 "06") PORTS "00000011",
	"icmp4 3/1 10.0.0.1:55555 > 10.0.0.2:443 seq=17 mtu=0"},
    {IP4_FULL("0001", "0000", "01", "c0000201", A4) "03 04 0000 000005d4" IP4(
	 "06") PORTS "00000011",
	"icmp4 3/4 10.0.0.1:55555 > 10.0.0.2:443 seq=17 mtu=1492"},
    {IP4_FULL("0001", "0000", "01", "c0000201",
	 B4) "0b 00 0000 00000000 "
	     "4500 05dc 0001 2000 01 06 0000 " B4 A4 "01bb d903 00000012 Z*12",
	"icmp4 11/0 10.0.0.2:443 > 10.0.0.1:55555 seq=18 mtu=0"},
    {IP4("01") "0c 00 0000 00000000 4600 0040 0001 0000 01 06 0000 " A4 B4
	       "01010101" PORTS "00000013",
	"icmp4 12/0 10.0.0.1:55555 > 10.0.0.2:443 seq=19 mtu=0"},
    {IP6("3a") "02 00 0000 00000500" IP6("06") PORTS "00000014",
	"icmp6 2/0 2001:db8::1:55555 > 2001:db8::2:443 seq=20 mtu=1280"},
    {IP6("3a") "01 04 0000 00000500" IP6("00") "06 00 Z*6" PORTS "00000015",
	"icmp6 1/4 2001:db8::1:55555 > 2001:db8::2:443 seq=21 mtu=0"},
    {IP6("3a") "03 00 0000 00000000" IP6("2c") "06 00 0001 00000009" PORTS
					       "00000016",
	"icmp6 3/0 2001:db8::1:55555 > 2001:db8::2:443 seq=22 mtu=0"},
    /* the packet was on its way in a tunnel */
    {IP4("01") "03 04 0000 000005b0" IP4("04") IP4_FULL(
	 "0002", "4000", "06", "c0000201", "c0000202") PORTS "00000017",
	"icmp4 3/4 192.0.2.1:55555 > 192.0.2.2:443 seq=23 mtu=1456"},
    {IP4("01") "03 04 0000 000005b0" IP4("2f") "b000 86dd Z*12" IP6("06") PORTS
	"00000018",
	"icmp4 3/4 2001:db8::1:55555 > 2001:db8::2:443 seq=24 mtu=1456"},
    {IP6("3a") "02 00 0000 00000500" IP6("29") IP6("06") PORTS "00000019",
	"icmp6 2/0 2001:db8::1:55555 > 2001:db8::2:443 seq=25 mtu=1280"},
    /* not errors about TCP */
    {IP4("01") "03 04 0000 000005b0" IP4("2f") "0000 6558" ETHER("0800")
	    IP4("06") PORTS "00000018",
	"not-tcp"},
    {IP4("01") "03 04 0000 000005b0" IP4("2f") "4000 0800 Z*4" IP4("06") PORTS
	"00000018",
	"not-tcp"},
    {IP4("01") "03 04 0000 000005b0" IP4("04") IP4("04") IP4("04") IP4("04")
	    IP4("06") PORTS "00000018",
	"not-tcp"},
    {IP4("01") "08 00 0000 00000001" IP4("06") PORTS "00000011", "not-tcp"},
    {IP4("01") "05 01 0000 0a0000fe" IP4("06") PORTS "00000011", "not-tcp"},
    {IP4("01") "03 03 0000 00000000" IP4("11") PORTS "00000011", "not-tcp"},
    {IP4("01") "03 01 0000 00000000" IP4("06") PORTS "000011", "not-tcp"},
    {IP4("01") "03 01 0000 00000000 4500 0040 0001 0001 01 06 0000 " A4 B4 PORTS
	       "00000011",
	"not-tcp"},
    {IP4("01") "03 01 0000 00000000 4300 0040 0001 0000 01 06 0000 " A4 B4 PORTS
	       "00000011",
	"not-tcp"},
    {IP4("01") "03 01 0000", "not-tcp"},
    {IP6("3a") "80 00 0000 00000000" IP6("06") PORTS "00000011", "not-tcp"},
    {IP6("3a") "01 00 0000 00000000" IP6("2c") "06 00 0008 00000009" PORTS
					       "00000016",
	"not-tcp"},
    {IP6("3a") "01 00 0000 00000000" IP4("06") PORTS "00000011", "not-tcp"},
    {IP4("3a") "01 00 0000 00000000" IP6("06") PORTS "00000011", "not-tcp"},
    {IP6("01") "03 00 0000 00000000" IP4("06") PORTS "00000011", "not-tcp"},
};

START_TEST(icmp)
{
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes), errors[_i].frame);
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];

	frame_decode(d, 12, bytes, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_str_eq(text, errors[_i].result);
	if (r.verdict == DECODE_ICMP) {
		bool v4 = r.icmp.version == 4;

		ck_assert_mem_eq(
		    r.icmp.from, bytes + (v4 ? 12 : 8), v4 ? 4 : 16);
		ck_assert_uint_eq(r.icmp.frame_no, 1);
		ck_assert_int_eq(r.icmp.ts_ns, 1000);
	}
	frame_release(&r);
	for (size_t cut = 0; cut < n; cut++) {
		frame_decode(d, 12, bytes, cut, n, &r);
		decoded_show(&r, text, sizeof(text));
		if (r.verdict == DECODE_ICMP) /* more quoted than needed */
			ck_assert_str_eq(text, errors[_i].result);
		else
			ck_assert_int_ge(r.verdict, DECODE_REASONS);
		frame_release(&r);
	}
	decoder_free(d);
}
END_TEST

/* An error inside a tunnel has the key of what is inside (R2.2). */
static const struct {
	const char *frame, *result;
} inner_errors[] = {
    {IP4("2f") "0000 0800" IP4_FULL("0001", "0000", "01", "c0000201",
	 A4) "03 01 0000 00000000" IP4("06") PORTS "00000011",
	"icmp4 3/1 10.0.0.1:55555 > 10.0.0.2:443 seq=17 mtu=0"},
    {IP4("11") UDP("12b5") "08000000 000005 00" ETHER("86dd")
	    IP6("3a") "02 00 0000 00000500" IP6("06") PORTS "00000014",
	"icmp6 2/0 2001:db8::1:55555 > 2001:db8::2:443 tunnel=6 seq=20 "
	"mtu=1280"},
};

START_TEST(inner_icmp)
{
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes), inner_errors[_i].frame);
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];

	frame_decode(d, 12, bytes, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_str_eq(text, inner_errors[_i].result);
	frame_release(&r);
	decoder_free(d);
}
END_TEST

START_TEST(reason_texts)
{
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		ck_assert_uint_gt(strlen(reason_name((enum reason)i)), 0);
		ck_assert_uint_gt(strlen(reason_label((enum reason)i)), 0);
	}
	ck_assert(decode_link_supported(1));
	ck_assert(!decode_link_supported(-1));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("decode");
	TCase *c = tcase_create("stacks");

	tcase_add_loop_test(c, stack, 0, ROWS(stacks));
	tcase_add_loop_test(c, broken, 0, ROWS(stacks));
	suite_add_tcase(s, c);
	c = tcase_create("frames");
	tcase_add_loop_test(c, frame, 0, ROWS(frames));
	tcase_add_test(c, too_deep);
	tcase_add_test(c, ip_facts);
	tcase_add_test(c, flags);
	tcase_add_test(c, reason_texts);
	suite_add_tcase(s, c);
	c = tcase_create("R2.1");
	tcase_add_loop_test(c, key, 0, ROWS(pairs));
	tcase_add_test(c, key_vlan);
	suite_add_tcase(s, c);
	c = tcase_create("R2.17");
	tcase_add_loop_test(c, icmp, 0, ROWS(errors));
	tcase_add_loop_test(c, inner_icmp, 0, ROWS(inner_errors));
	suite_add_tcase(s, c);
	return run_suite(s);
}
