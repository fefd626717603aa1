/*
 * check_decode_tunnel.c - tunnels in IP, in GRE and on UDP ports.
 */
#include <string.h>

#include "support/decode_stack.h"
#include "support/decode_text.h"
#include "support/frame_text.h"
#include "support/run_suite.h"

#define TUNNEL4(id) "10.0.0.1:55555 > 10.0.0.2:443 tunnel=" id " len=10"
#define TUNNEL6(id) "2001:db8::1:55555 > 2001:db8::2:443 tunnel=" id " len=10"

static const struct stack stacks[] = {
    /* IP in IP */
    {12, IP4_FULL("0001", "0000", "04", "01010101", "02020202") IP4("06"),
	AB4 " ipip"},
    {12, IP4_FULL("0001", "0000", "29", "01010101", "02020202") IP6("06"),
	AB6 " 6in4"},
    {12, IP6("04") IP4("06"), AB4 " 4in6"},
    {12, IP6("29") IP6("06"), AB6 " ipip"},
    /* GRE */
    {12, IP4("2f") "0000 0800" IP4("06"), AB4 " gre"},
    {12, IP6("2f") "0000 86dd" IP6("06"), AB6 " gre"},
    {12, IP4("2f") "b000 0800 00000000 00000001 00000002" IP4("06"),
	AB4 " gre"},
    {12, IP4("2f") "2000 6558 00000001" ETHER("8100") "0009 0800" IP4("06"),
	AB4 " vlan=9 gre vlan"},
    {12, IP4("2f") "0000 8847 000201ff" IP4("06"), AB4 " gre mpls"},
    {12, IP4("2f") "3081 880b 00000001 00000002 00000003 ff03 0021" IP4("06"),
	AB4 " gre"},
    {12, IP4("2f") "0000 88be" ETHER("0800") IP4("06"), AB4 " gre erspan"},
    {12,
	IP4("2f") "1000 88be 00000001 1000000000000000" ETHER("0800") IP4("06"),
	AB4 " gre erspan"},
    {12,
	IP4("2f") "1000 22eb 00000001 2000 0000 00000000 00000000" ETHER("0800")
	    IP4("06"),
	AB4 " gre erspan"},
    {12,
	IP4("2f") "1000 22eb 00000001 2000 0000 00000000 00000001 Z*8" ETHER(
	    "0800") IP4("06"),
	AB4 " gre erspan"},
    {12, IP4("2f") "1000 22eb 00000001 2000 0000 00000000 00000880" IP4("06"),
	AB4 " gre erspan"}, /* IP without Ethernet */
    {12, IP4("2f") "2001 6400 L+0 2a00" ETHER("0800") IP4("06"), AB4 " eoip"},
    {12, IP4("2f") "0000 883e" IP4("06"), AB4 " gre"},
    {12, IP4("2f") "0000 883e 00010203" IP4("06"), AB4 " gre"},
    {12,
	IP4("2f") "2000 8200 00000001 8802 0000 020000000002 020000000001 "
		  "020000000003 0000 0000 aaaa03 000000 0800" IP4("06"),
	AB4 " gre"},
    {12, IP4("2f") "0000 894f 0fc2 01 03 00000100" ETHER("0800") IP4("06"),
	AB4 " gre nsh"},
    {12, IP4("61") "3000" ETHER("0800") IP4("06"), AB4 " etherip"},
    {12, IP4("89") "000201ff" IP4("06"), AB4 " mpls"},
};

/* Layers of which only the sender knows the length. */
static const struct stack guessed_stacks[] = {
    {12, IP4("73") "00000007" ETHER("0800") IP4("06"), AB4 " l2tp"},
    {12, IP4("73") "00000007 0badcafe" ETHER("86dd") IP6("06"), AB6 " l2tp"},
    {12,
	IP4("73") "00000007 0badcafe0badcafe 00000000" ETHER("8100") "0009 "
								     "0800" IP4(
									 "06"),
	AB4 " vlan=9 l2tp vlan"},
    {1, ETHER("8847") "000201ff" ETHER("0800") IP4("06"),
	AB4 " mpls pseudowire"},
};

/* The same for tunnels in UDP, which are plain UDP until recognised. */
#define UDP(port) "c000 " port " L+4 0000 "

static const struct stack udp_stacks[] = {
    {12, IP4("11") UDP("12b5") "08000000 000005 00" ETHER("0800") IP4("06"),
	TUNNEL4("6") " vxlan"},
    {12, IP6("11") UDP("2118") "08000000 000000 00" ETHER("86dd") IP6("06"),
	TUNNEL6("1") " vxlan"},
    {12, IP4("11") UDP("17c1") "00 00 6558 ffffff 00" ETHER("0800") IP4("06"),
	TUNNEL4("16777216") " geneve"},
    {12, IP4("11") UDP("17c1") "02 00 0800 000001 00 P*8" IP4("06"),
	TUNNEL4("2") " geneve"},
    {12, IP4("11") UDP("0868") "30 ff L-4 00000001" IP4("06"), AB4 " gtp-u"},
    {12,
	IP4("11")
	    UDP("0868") "34 ff L-4 00000001 000000 85 01 0001 00" IP6("06"),
	AB6 " gtp-u"},
    {12, IP4("11") UDP("0dd8") IP6("06"), AB6 " teredo"},
    {12, IP4("11") UDP("0dd8") "0001 00 00 Z*8 00 0000 0000 00000000" IP6("06"),
	AB6 " teredo"},
    {12, IP4("11") UDP("06a5") "0002 0001 0002 ff03 0021" IP4("06"),
	AB4 " l2tp"},
    {12,
	IP4("11")
	    UDP("06a5") "4a02 L+0 0001 0002 0003 0004 0002 0000 0021" IP4("06"),
	AB4 " l2tp"},
    {12,
	IP4("11") UDP("12b5") "08000000 000005 00" ETHER("0800") IP4("11")
	    UDP("12b5") "08000000 000008 00" ETHER("0800") IP4("06"),
	TUNNEL4("9") " vxlan vxlan"},
    {12, IP4("11") UDP("12b6") "0c0000 01 000005 00" IP4("06"),
	TUNNEL4("6") " vxlan-gpe"},
    {12, IP4("11") UDP("12b6") "0c0000 02 000005 00" IP6("06"),
	TUNNEL6("6") " vxlan-gpe"},
    {12, IP4("11") UDP("12b6") "0c0000 03 000005 00" ETHER("0800") IP4("06"),
	TUNNEL4("6") " vxlan-gpe"},
    {12,
	IP4("11")
	    UDP("12b6") "0c0000 04 000005 00 0fc2 01 01 00000100" IP4("06"),
	TUNNEL4("6") " vxlan-gpe nsh"},
    {12, IP4("11") UDP("12b6") "0c0000 05 000005 00 000201ff" IP4("06"),
	TUNNEL4("6") " vxlan-gpe mpls"},
    {12, IP4("11") UDP("0868") "30 ff L-4 00000001" ETHER("0800") IP4("06"),
	AB4 " gtp-u"},
    {12,
	IP4("11") UDP("06a5") "0003 0000 00000007 00000000" ETHER("0800")
	    IP4("06"),
	AB4 " l2tp"},
    {12, IP4("11") UDP("10f5") "80000001 00000000" IP4("06"), AB4 " lisp"},
    {12, IP4("11") UDP("147f") "00 100200 00000000" ETHER("0800") IP4("06"),
	AB4 " capwap"},
    {12,
	IP4("11")
	    UDP("147f") "00 100300 00000000 8802 0000 020000000002 "
			"020000000001 020000000003 0000 0000 aaaa03 000000 "
			"0800" IP4("06"),
	AB4 " capwap"},
    {12,
	IP4("11")
	    UDP("147f") "00 180300 00000000 00000000 0288 0000 020000000002 "
			"020000000001 020000000003 0000 0000 aaaa03 000000 "
			"0800" IP4("06"),
	AB4 " capwap"}, /* frame control swapped */
    {12, IP4("11") UDP("9090") "01 00 0001 01" ETHER("0800") IP4("06"),
	AB4 " tzsp"},
    {12,
	IP4("11") UDP("9090") "01 01 0012 00 0a01c8 01 0802 0000 020000000002 "
			      "020000000001 020000000003 0000 aaaa03 000000 "
			      "0800" IP4("06"),
	AB4 " tzsp"},
    {12, IP4("11") UDP("13d0") "41 52 11 29 00000000 " A6 " Z*20" IP6("06"),
	AB6 " ayiya"},
    {12, IP4("11") UDP("19eb") "000201ff" IP4("06"), AB4 " mpls"},
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

START_TEST(guessed_stack)
{
	stack_check(&guessed_stacks[_i], true);
	stack_break(&guessed_stacks[_i]);
}
END_TEST

START_TEST(udp_stack)
{
	stack_check(&udp_stacks[_i], true);
}
END_TEST

START_TEST(udp_broken)
{
	stack_break(&udp_stacks[_i]);
}
END_TEST

/* What stands on the port of a tunnel without being one. */
static const struct {
	const char *frame, *result;
} frames[] = {
    {IP4("11") UDP("12b6") "080000 03 000005 00 P*60", "not-tcp"},
    {IP4("11") UDP("12b6") "0c0000 07 000005 00 P*60", "not-tcp"},
    {IP4("11") UDP("0868") "30 ff L-4 00000001 P*60", "not-tcp"},
    {IP4("11") UDP("10f5") "80000001 00000000 P*60", "not-tcp"},
    {IP4("11") UDP("06a5") "8003 0000 00000000 P*20", "not-tcp"},
    {IP4("11") UDP("147f") "01 000000 P*60", "opaque"},
    {IP4("11") UDP("147f") "00 100208 00000000 P*20", "not-tcp"},
    {IP4("11") UDP("147f") "00 100280 00000000 P*20", "fragment"},
    {IP4("11") UDP("147f") "00 000200 00000000 P*20", "not-tcp"},
    {IP4("11") UDP("147f") "20 100200 00000000 P*20", "not-tcp"},
    {IP4("11") UDP("9090") "01 04 0000 01", "not-tcp"},
    {IP4("11") UDP("9090") "01 00 0077 01 P*60", "not-tcp"},
    {IP4("11") UDP("13d0") "41 52 10 3b 00000000 " A6 " Z*20", "not-tcp"},
    {IP4("11") UDP("19eb") "0001", "not-tcp"},
    {IP4("2f") "2001 6400 0000 2a00", "not-tcp"}, /* keep-alive */
    {IP4("61") "4000" ETHER("0800") "P*40", "not-tcp"},
    {IP4("73") "00000000 c802 P*40", "not-tcp"},
    {IP4("73") "00000007 P*60", "not-tcp"},
    {IP4("2f") "0000 883e 000102", "truncated-ip"},
};

START_TEST(frame)
{
	static uint8_t bytes[FRAME_MAX];
	size_t n = frame_write(bytes, sizeof(bytes), frames[_i].frame);
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];

	frame_decode(d, 12, bytes, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_msg(strcmp(text, frames[_i].result) == 0, "%s: %s, not %s",
	    frames[_i].frame, text, frames[_i].result);
	frame_release(&r);
	decoder_free(d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("decode_tunnel");
	TCase *c = tcase_create("stacks");

	tcase_add_loop_test(c, stack, 0, ROWS(stacks));
	tcase_add_loop_test(c, broken, 0, ROWS(stacks));
	tcase_add_loop_test(c, guessed_stack, 0, ROWS(guessed_stacks));
	tcase_add_loop_test(c, udp_stack, 0, ROWS(udp_stacks));
	tcase_add_loop_test(c, udp_broken, 0, ROWS(udp_stacks));
	tcase_add_loop_test(c, frame, 0, ROWS(frames));
	suite_add_tcase(s, c);
	return run_suite(s);
}
