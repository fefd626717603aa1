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

/* FRAMES */
int
main(void)
{
	Suite *s = suite_create("decode_tunnel");
	TCase *c = tcase_create("stacks");

	tcase_add_loop_test(c, stack, 0, ROWS(stacks));
	tcase_add_loop_test(c, broken, 0, ROWS(stacks));
	tcase_add_loop_test(c, udp_stack, 0, ROWS(udp_stacks));
	tcase_add_loop_test(c, udp_broken, 0, ROWS(udp_stacks));
	suite_add_tcase(s, c);
	return run_suite(s);
}
