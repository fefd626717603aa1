/*
 * check_decode_link.c - link types, and what stands between link and IP.
 */
#include <string.h>

#include "support/decode_stack.h"
#include "support/decode_text.h"
#include "support/frame_text.h"
#include "support/run_suite.h"

/* 802.11 with three addresses */
#define WLAN(control) \
	" " control " 0000 020000000002 020000000001 020000000003 0000 "

static const struct stack stacks[] = {
    /* link types */
    {1, ETHER("0800") IP4("06"), AB4},
    {1, ETHER("86dd") IP6("06"), AB6},
    {1, ETHER("L-2") "aaaa03 000000 0800" IP4("06"), AB4},
    {1, ETHER("L-2") "aaaa03 000000 86dd" IP6("06"), AB6},
    {1, ETHER("L-2") "060603" IP4("06"), AB4},
    {113, "0000 0001 0006 0200000000010000 0800" IP4("06"), AB4},
    {113, "0000 0001 0006 0200000000010000 86dd" IP6("06"), AB6},
    {113, "0000 0001 0006 0200000000010000 8100 0005 0800" IP4("06"),
	AB4 " vlan=5 vlan"},
    {113, "0000 0001 0006 0200000000010000 0004 aaaa03 000000 0800" IP4("06"),
	AB4},
    {276, "0800 0000 00000001 0001 00 06 0200000000010000" IP4("06"), AB4},
    {276, "86dd 0000 00000001 0001 00 06 0200000000010000" IP6("06"), AB6},
    {12, IP4("06"), AB4},
    {12, IP6("06"), AB6},
    {14, IP4("06"), AB4},
    {101, IP6("06"), AB6},
    {228, IP4("06"), AB4},
    {229, IP6("06"), AB6},
    {0, "02000000" IP4("06"), AB4},
    {0, "00000002" IP4("06"), AB4},
    {0, "1e000000" IP6("06"), AB6},
    {0, "0000000a" IP6("06"), AB6},
    {108, "00000018" IP6("06"), AB6},
    {108, "1c000000" IP6("06"), AB6},
    {9, "0021" IP4("06"), AB4},
    {9, "ff03 0057" IP6("06"), AB6},
    {9, "21" IP4("06"), AB4}, /* compressed protocol field */
    {50, "ff03 0021" IP4("06"), AB4},
    {50, "0f00 86dd" IP6("06"), AB6},
    {104, "8f00 0800" IP4("06"), AB4},
    {10, "50 020000000002 020000000001 aaaa03 000000 0800" IP4("06"), AB4},
    {6, "10 40 020000000002 020000000001 aaaa03 000000 0800" IP4("06"), AB4},
    {6,
	"10 40 020000000002 820000000001 06b0 0011 0022 aaaa03 000000 86dd" IP6(
	    "06"),
	AB6},
    {7, "01 02 f0" IP4("06"), AB4},
    {7, "01 02 d4 00 0001" IP4("06"), AB4},
    {7, "01 02 d4 ff 0000 00 00 0001" IP4("06"), AB4},
    {129, "01 02 0000 f0" IP4("06"), AB4},
    {129, "01 02 0000 c4 00 0001" IP6("06"), AB6},
    {8, "00 45 Z*14" IP4("06"), AB4},
    {15, "Z*24" IP4("06"), AB4},
    {11, "aaaa03 000000 0800" IP4("06"), AB4},
    {11, "aaaa03 0080c2 0007 0000" ETHER("0800") IP4("06"), AB4},
    {11, "fefe03 cc" IP4("06"), AB4},
    {11, "fefe03 8e" IP6("06"), AB6},
    {19, "aaaa03 000000 0800" IP4("06"), AB4},
    {19, IP4("06"), AB4},
    {123, "02 00 0020 aaaa03 000000 0800" IP4("06"), AB4},
    {51, "11 00 0001 L-2 0021" IP4("06"), AB4 " pppoe"},
    {166, "01 03 0021" IP4("06"), AB4},
    {204, "00 ff03 0021" IP4("06"), AB4},
    {205, "01 0f00 0800" IP4("06"), AB4},
    {107, "1841 03 cc" IP4("06"), AB4},
    {107, "1841 03 00 80 000000 0800" IP4("06"), AB4},
    {107, "1841 03 00 80 0080c2 0007" ETHER("86dd") IP6("06"), AB6},
    {107, "1841 03 cf 0021" IP4("06"), AB4},
    {107, "1841 0800" IP4("06"), AB4},    /* as Cisco has it */
    {107, "184003 03 8e" IP6("06"), AB6}, /* three bytes of address */
    {206, "00 1841 03 cc" IP4("06"), AB4},
    {99, "Z*6 0800 Z*36" IP4("06"), AB4},
    {109, "02000000 00000001 00000000" IP4("06"), AB4},
    {117, "3d 02 Z*62" IP4("06"), AB4},
    {122, "1000 020000000002 1000 020000000001 aaaa03 000000 0800" IP4("06"),
	AB4},
    {138, "0102030405060708 1112131415161718 0800" IP4("06"), AB4},
    {242, "Z*40 86dd 0000" IP6("06"), AB6},
    {239,
	"02 00 0000 0800 0100 08000100 0500 0300 41000000 1e01 0900" IP4("06"),
	AB4},
    {239,
	"0a 00 0000 0008 0001 00000100 0006 0003 41420000 011e 0009" IP6("06"),
	AB6},
    {226, "01 02 0000 00000000 Z*16" IP4("06"), AB4},
    {219, "000201ff" IP4("06"), AB4 " mpls"},
    {240, "01020304" ETHER("0800") IP4("06"), AB4},
    {241, "01020304 55555555 555555d5" ETHER("0800") IP4("06"), AB4},
    {258, "6c000000 01000000 01000000 Z*96" ETHER("0800") IP4("06"), AB4},
    {123, "81 00 0020 0001" ETHER("0800") IP4("06"), AB4},
    {259, "d55555000100" ETHER("0800") IP4("06"), AB4},
    {259, "55d55555000100" ETHER("0800") IP4("06"), AB4},
    {274, "55555555555555d5" ETHER("0800") IP4("06"), AB4},
    {274, "555555555555554c" ETHER("0800") IP4("06"), AB4},
    {281, "020000000002 020000000001 00000000 0800" IP4("06"), AB4},
    {282, "00000000" ETHER("0800") IP4("06"), AB4},
    {284, "020000000002 020000000001 c0010000 0800" IP4("06"), AB4},
    {285, "020000000002 020000000001 dada0000c0010000 0800" IP4("06"), AB4},
    /* Endace: Ethernet, the same after two more headers, SONET */
    {197, "Z*8 02 04 0060 0000 004e 0000" ETHER("0800") IP4("06"), AB4},
    {197, "Z*8 82 04 0060 0000 004e 80 Z*7 00 Z*7 0000" ETHER("0800") IP4("06"),
	AB4},
    {176, "Z*8 01 04 0060 0000 004e ff03 0021" IP4("06"), AB4},
    {197, "Z*8 01 04 0060 0000 004e 0f00 0800" IP4("06"), AB4},
    {197, "Z*8 16 04 0060 0000 004e" IP4("06"), AB4},
    /* 802.11: plain, with QoS, with four addresses, with HT control */
    {105, WLAN("0801") "aaaa03 000000 0800" IP4("06"), AB4},
    {105, WLAN("8802") "0000 aaaa03 000000 86dd" IP6("06"), AB6},
    {105, WLAN("0803") "020000000003 aaaa03 000000 0800" IP4("06"), AB4},
    {105, WLAN("8881") "0000 00000000 aaaa03 000000 0800" IP4("06"), AB4},
    /* decrypted in place, one packet in an aggregate */
    {105, WLAN("0841") "aaaa03 000000 0800" IP4("06"), AB4},
    {105, WLAN("8801") "8000" ETHER("L-2") "aaaa03 000000 0800" IP4("06"), AB4},
    {127, "0000 0800 00000000" WLAN("0801") "aaaa03 000000 0800" IP4("06"),
	AB4},
    /* clock, flags, more words; a header of 26 bytes filled up to 28 */
    {127,
	"0000 1900 03000080 00000000 Z*4 Z*8 20" WLAN("8801") "0000 0000 "
							      "aaaa03 000000 "
							      "0800" IP4("06"),
	AB4},
    {163, "80211001 00000040 Z*56" WLAN("0801") "aaaa03 000000 0800" IP4("06"),
	AB4},
    {119, "Z*144" WLAN("0801") "aaaa03 000000 0800" IP4("06"), AB4},
    {119, "80211001 00000040 Z*56" WLAN("0801") "aaaa03 000000 0800" IP4("06"),
	AB4},
    {192,
	"00 00 0c00 69000000 deadbeef" WLAN("0801") "aaaa03 000000 0800" IP4(
	    "06"),
	AB4},
    {192, "00 00 0800 01000000" ETHER("0800") IP4("06"), AB4},
    /* between link and IP */
    {1, ETHER("8100") "0064 0800" IP4("06"), AB4 " vlan=100 vlan"},
    {1, ETHER("8100") "f064 86dd" IP6("06"), AB6 " vlan=100 vlan"},
    {1, ETHER("88a8") "0007 8100 0008 0800" IP4("06"), AB4 " vlan=7 qinq vlan"},
    {1, ETHER("9100") "0007 8100 0008 8100 0009 0800" IP4("06"),
	AB4 " vlan=7 qinq vlan vlan"},
    {1, ETHER("8100") "0000 0800" IP4("06"), AB4 " vlan"},
    {1, ETHER("8847") "000100ff 000201ff" IP4("06"), AB4 " mpls"},
    {1, ETHER("8847") "000201ff" IP6("06"), AB6 " mpls"},
    {1, ETHER("8847") "000201ff 00000000" ETHER("0800") IP4("06"),
	AB4 " mpls pseudowire"},
    {1, ETHER("8864") "11 00 0001 L-2 0021" IP4("06"), AB4 " pppoe"},
    {1, ETHER("8864") "11 00 0001 L-2 0057" IP6("06"), AB6 " pppoe"},
    {1, ETHER("8100") "0003 8864 11 00 0001 L-2 0021" IP4("06"),
	AB4 " vlan=3 vlan pppoe"},
    {1, ETHER("88e7") "00000001" ETHER("0800") IP4("06"), AB4 " pbb"},
    /* a pseudowire without control word, by addresses of three kinds */
    {1, ETHER("8847") "000201ff" ETHER("0800") IP4("06"),
	AB4 " mpls pseudowire"},
    {1,
	ETHER("8847") "000201ff 1c0000000002 020000000001 8100 0005 0800" IP4(
	    "06"),
	AB4 " vlan=5 mpls pseudowire vlan"},
    {1, ETHER("8847") "000201ff 4c00ffffff02 020000000001 0800" IP4("06"),
	AB4 " mpls pseudowire"},
    /* tags of switches and of security */
    {1, ETHER("8926") "80010002 0800" IP4("06"), AB4 " tag"},
    {1, ETHER("893f") "000000010000 86dd" IP6("06"), AB6 " tag"},
    {1, ETHER("892f") "00400001 0800" IP4("06"), AB4 " tag"},
    {1, ETHER("8909") "01010001 0064 0800" IP4("06"), AB4 " tag"},
    {1, ETHER("8100") "0007 8909 01010001 0064 0800" IP4("06"),
	AB4 " vlan=7 vlan tag"},
    {1, ETHER("88e5") "00 00 00000001 0800" IP4("06"), AB4 " macsec"},
    {1, ETHER("88e5") "20 00 00000001 0102030405060708 0800" IP4("06"),
	AB4 " macsec"},
    {1, ETHER("8903") "0401" ETHER("0800") IP4("06"), AB4 " fabricpath"},
    {1, ETHER("22f3") "003f 0001 0002" ETHER("0800") IP4("06"), AB4 " trill"},
    {1, ETHER("22f3") "007f 0001 0002 00000000" ETHER("86dd") IP6("06"),
	AB6 " trill"},
    {1, ETHER("894f") "0fc6 01 01 00000100 Z*16" IP4("06"), AB4 " nsh"},
    {1, ETHER("894f") "0fc2 02 03 00000100" ETHER("86dd") IP6("06"),
	AB6 " nsh"},
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

/* Frames that lead nowhere, and why. */
static const struct {
	int link;
	const char *frame, *result;
} frames[] = {
    {6, "10 00 Z*30", "not-ip"}, /* a frame of the ring itself */
    {7, "01 02 d5 00 0001 Z*20", "not-ip"},
    {7, "01 02 d4 02 0001 Z*40", "fragment"},
    {11, "fefe03 83 Z*20", "not-ip"},
    {11, "aaaa03 0080c2 000e 0000 Z*30", "not-ip"},
    {107, "1840 00 00 00 03 cc", "not-ip"},
    {107, "1841 03 08 Z*20", "not-ip"},
    {123, "06 00 0020 Z*20", "not-ip"},
    {259, "55555555000100" ETHER("0800") "P*40", "not-ip"},
    {259, "d55557000100 P*40", "opaque"},
    {274, "55555555555552e6" ETHER("0800") "P*40", "fragment"},
    {274, "5555555555555507 Z*60", "not-ip"},
    {9, "2d Z*20", "opaque"},
    {9, "00fd Z*20", "opaque"},
    {9, "0053 Z*20", "opaque"},
    {239, "02 01 0000 Z*20", "not-ip"},
    {239, "02 00 0000 0200 0900 Z*20", "not-ip"},
    {239, "02 00 0000 0800 0100 08000100", "truncated-link"},
    {117, "02 02 Z*62", "not-ip"},
    {197, "Z*8 03 04 0060 0000 004e Z*20", "not-ip"},
    {105, WLAN("8000") "Z*40", "not-ip"},      /* beacon */
    {105, WLAN("4801") "", "not-ip"},          /* null function */
    {105, "d400 0000 020000000002", "not-ip"}, /* acknowledgement */
    {105, WLAN("0841") "00000020 00000000 P*40", "opaque"},
    {105, WLAN("8801") "8000" ETHER("0008") "P*8 0000 P*60", "aggregate"},
    {127, "0000 0900 02000000 40" WLAN("0801") "aaaa03 000000 0800 P*40",
	"damaged"},
    {127, "0000 ff00 00000000 P*40", "truncated-link"},
    {192, "00 00 0800 93000000 P*40", "unsupported-link"},
    {192, "00 00 0800 c0000000 00 00 0800 93000000 P*40", "unsupported-link"},
    {258, "6c000000 01000000 93000000 Z*96 P*40", "unsupported-link"},
    {1, ETHER("88e5") "0c 00 00000001 P*40", "opaque"},
    {1, ETHER("894f") "0fc6 01 07 Z*20 P*40", "not-ip"},
    {1, ETHER("894f") "0fc1 01 01 P*40", "not-ip"},
    {1, ETHER("8847") "000201ff 10000000 P*40", "not-ip"}, /* MPLS OAM */
    {1,
	ETHER("8926") "80010002 8926 80010002 8926 80010002 8926 80010002 8926 "
		      "80010002 8926 80010002 8926 80010002 8926 80010002 8926 "
		      "80010002 0800 P*40",
	"too-deep"},
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
	    frames[_i].frame, text, frames[_i].result);
	frame_release(&r);
	decoder_free(d);
}
END_TEST

/* Headers of radios that name each other must not exhaust the stack. */
START_TEST(endless)
{
	static uint8_t bytes[FRAME_MAX];
	struct decoder *d = default_decoder();
	struct decoded r;
	char text[SHOW_MAX];
	size_t n = 0;

	while (n < 4096)
		n += frame_write(
		    bytes + n, sizeof(bytes) - n, "0000 0800 c0000000");
	frame_decode(d, 192, bytes, n, n, &r);
	decoded_show(&r, text, sizeof(text));
	ck_assert_str_eq(text, "too-deep");
	frame_release(&r);
	decoder_free(d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("decode_link");
	TCase *c = tcase_create("stacks");

	tcase_add_loop_test(c, stack, 0, ROWS(stacks));
	tcase_add_loop_test(c, broken, 0, ROWS(stacks));
	tcase_add_loop_test(c, frame, 0, ROWS(frames));
	tcase_add_test(c, endless);
	suite_add_tcase(s, c);
	return run_suite(s);
}
