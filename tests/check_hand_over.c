/*
 * check_hand_over.c - SHA-1, Community ID and filters of other tools.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/sha1.h"
#include "report/hand_over.h"
#include "support/run_suite.h"

/* RFC 3174 7.3, FIPS 180-2 A.1 to A.3, and lengths around a block. */
static const struct {
	const char *unit;
	unsigned times;
	const char *want;
} digests[] = {
    {"", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
    {"abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	"84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {"0123456701234567012345670123456701234567012345670123456701234567", 10,
	"dea356a2cddd90c7a7ecedc5ebb563934f460452"},
    {"a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"},
    {"a", 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"},
    {"a", 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"},
    {"a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"},
    {"a", 65, "11655326c708d70319be2610e8a57d9a5b959d3b"},
};

START_TEST(sha1_of_known_texts)
{
	uint8_t digest[SHA1_BYTES];
	char text[1024] = "", got[2 * SHA1_BYTES + 1];

	for (unsigned i = 0; i < digests[_i].times; i++)
		strcat(text, digests[_i].unit);
	sha1_bytes((const uint8_t *)text, strlen(text), digest);
	for (unsigned i = 0; i < SHA1_BYTES; i++)
		snprintf(got + 2 * (size_t)i, 3, "%02x", digest[i]);
	ck_assert_str_eq(got, digests[_i].want);
}
END_TEST

static struct conn_report
report_of(const char *client, uint16_t client_port, const char *server,
    uint16_t server_port)
{
	struct conn_report r = {.version = 4};
	int family = AF_INET;

	if (strchr(client, ':') != NULL) {
		r.version = 6;
		family = AF_INET6;
	}
	ck_assert(inet_pton(family, client, r.side[CLIENT].addr) == 1);
	ck_assert(inet_pton(family, server, r.side[SERVER].addr) == 1);
	r.side[CLIENT].port = client_port;
	r.side[SERVER].port = server_port;
	return r;
}

/*
 * The first is of the Community ID specification, the second of Tenzir's
 * manual; the others are what Wireshark 4.0 says.
 */
static const struct {
	const char *a;
	uint16_t a_port;
	const char *b;
	uint16_t b_port;
	const char *want;
} community_ids[] = {
    {"128.232.110.120", 34855, "66.35.250.204", 80,
	"1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
    {"1.2.3.4", 4584, "43.3.132.3", 3483, "1:koNcqhFRD5kb254ZrLsdv630jCM="},
    {"10.0.0.1", 43210, "10.0.0.2", 80, "1:+baL86ws//XAWncrmn91r1rM7Cw="},
    {"2001:db8::1", 43210, "2001:db8::2", 80, "1:1sxKFn2eyHUf6kaWhX1NJrf+1Rk="},
    {"192.0.2.1", 2000, "192.0.2.1", 1000, "1:WvjEVuAhPzINcO+SsNueQSQkPT4="},
};

START_TEST(community_id_of_both_directions)
{
	struct conn_report r =
	    report_of(community_ids[_i].a, community_ids[_i].a_port,
		community_ids[_i].b, community_ids[_i].b_port);
	char buf[COMMUNITY_ID_MAX];

	ck_assert_str_eq(
	    hand_over_community_id(buf, &r), community_ids[_i].want);
	r = report_of(community_ids[_i].b, community_ids[_i].b_port,
	    community_ids[_i].a, community_ids[_i].a_port);
	ck_assert_str_eq(
	    hand_over_community_id(buf, &r), community_ids[_i].want);
}
END_TEST

#define LONG "2001:db8:1111:2222:3333:4444:5555:6666"
#define LONG_2 "2001:db8:1111:2222:3333:4444:5555:7777"

START_TEST(filters_of_ipv6_fit)
{
	struct conn_report r = report_of(LONG, 65535, LONG_2, 65534);
	char buf[HAND_OVER_MAX];

	ck_assert_str_eq(hand_over_wireshark(buf, &r),
	    "(ipv6.addr eq " LONG " and ipv6.addr eq " LONG_2
	    ") and (tcp.port eq 65535 and tcp.port eq 65534)");
	r.encap_n = ENCAP_DEPTH;
	memset(r.encap, ENCAP_PPPOE, sizeof(r.encap));
	ck_assert_str_eq(hand_over_pcap(buf, &r),
	    "pppoes and pppoes and pppoes and pppoes and pppoes and pppoes "
	    "and pppoes and pppoes and host " LONG " and host " LONG_2
	    " and tcp port 65535 and tcp port 65534");
}
END_TEST

#define TUPLE "host 192.0.2.1 and host 192.0.2.2 and tcp port 9 and tcp port 80"

static const struct {
	uint8_t encap_n, encap[3];
	const char *want;
} layers[] = {
    {0, {0}, TUPLE},
    {1, {ENCAP_VLAN}, "vlan and " TUPLE},
    {2, {ENCAP_QINQ, ENCAP_VLAN}, "vlan and vlan and " TUPLE},
    {2, {ENCAP_VLAN, ENCAP_PPPOE}, "vlan and pppoes and " TUPLE},
    {1, {ENCAP_MPLS}, NULL},
    {2, {ENCAP_VLAN, ENCAP_VXLAN}, NULL},
    {1, {ENCAP_GRE}, NULL},
    {1, {ENCAP_AH}, NULL},
};

START_TEST(pcap_filter_steps_over_layers)
{
	struct conn_report r = report_of("192.0.2.1", 9, "192.0.2.2", 80);
	char buf[HAND_OVER_MAX];

	r.encap_n = layers[_i].encap_n;
	memcpy(r.encap, layers[_i].encap, sizeof(layers[_i].encap));
	ck_assert_pstr_eq(hand_over_pcap(buf, &r), layers[_i].want);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hand_over");
	TCase *t = tcase_create("rules");

	tcase_add_loop_test(t, sha1_of_known_texts, 0, ROWS(digests));
	tcase_add_loop_test(
	    t, community_id_of_both_directions, 0, ROWS(community_ids));
	tcase_add_test(t, filters_of_ipv6_fit);
	tcase_add_loop_test(t, pcap_filter_steps_over_layers, 0, ROWS(layers));
	suite_add_tcase(s, t);
	return run_suite(s);
}
