/*
 * hand_over.c - how other tools name a connection.
 */
#include "report/hand_over.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/sha1.h"
#include "report/notation.h"

#define PROTOCOL_TCP 6
/* Seed, two addresses, protocol, padding, two ports. */
#define TUPLE_BYTES (2 + 2 * 16 + 2 + 2 * 2)

static uint8_t *
put(uint8_t *at, const void *data, size_t n)
{
	memcpy(at, data, n);
	return at + n;
}

static uint8_t *
put_u16(uint8_t *at, unsigned v)
{
	*at++ = (uint8_t)(v >> 8);
	*at++ = (uint8_t)v;
	return at;
}

/* RFC 4648 4, with padding. */
static void
put_base64(char *out, const uint8_t *data, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)data[i] << 16;

		v |= i + 1 < n ? (uint32_t)data[i + 1] << 8 : 0;
		v |= i + 2 < n ? data[i + 2] : 0;
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? digits[v & 63] : '=';
	}
	*out = '\0';
}

const char *
hand_over_community_id(char buf[COMMUNITY_ID_MAX], const struct conn_report *r)
{
	const struct side_report *low = &r->side[CLIENT];
	const struct side_report *high = &r->side[SERVER];
	size_t n = r->version == 6 ? 16 : 4;
	int order = memcmp(low->addr, high->addr, n);
	uint8_t tuple[TUPLE_BYTES], *at = tuple, digest[SHA1_BYTES];

	if (order > 0 || (order == 0 && low->port > high->port)) {
		low = &r->side[SERVER];
		high = &r->side[CLIENT];
	}
	at = put_u16(at, 0);
	at = put(at, low->addr, n);
	at = put(at, high->addr, n);
	at = put_u16(at, PROTOCOL_TCP << 8);
	at = put_u16(at, low->port);
	at = put_u16(at, high->port);
	sha1_bytes(tuple, (size_t)(at - tuple), digest);
	buf[0] = '1';
	buf[1] = ':';
	put_base64(buf + 2, digest, sizeof(digest));
	return buf;
}

/* One step of a pcap-filter(7) into a frame; NULL where there is none. */
static const char *const pcap_steps[ENCAP_COUNT] = {
    [ENCAP_VLAN] = "vlan and ",
    [ENCAP_QINQ] = "vlan and ",
    [ENCAP_PPPOE] = "pppoes and ",
};

static void
append(char buf[HAND_OVER_MAX], const char *text)
{
	size_t n = strlen(buf), more = strlen(text);

	assert(n + more < HAND_OVER_MAX);
	memcpy(buf + n, text, more + 1);
}

static void
append_port(
    char buf[HAND_OVER_MAX], const char *before, const struct side_report *side)
{
	char number[NOTATION_MAX];

	append(buf, before);
	append(buf, notation_unsigned(number, side->port));
}

static void
append_address(char buf[HAND_OVER_MAX], const char *before,
    const struct conn_report *r, enum side side)
{
	char address[NOTATION_MAX];

	append(buf, before);
	append(buf, notation_address(address, r->side[side].addr, r->version));
}

const char *
hand_over_wireshark(char buf[HAND_OVER_MAX], const struct conn_report *r)
{
	bool v6 = r->version == 6;

	buf[0] = '\0';
	append_address(buf, v6 ? "(ipv6.addr eq " : "(ip.addr eq ", r, CLIENT);
	append_address(
	    buf, v6 ? " and ipv6.addr eq " : " and ip.addr eq ", r, SERVER);
	append_port(buf, ") and (tcp.port eq ", &r->side[CLIENT]);
	append_port(buf, " and tcp.port eq ", &r->side[SERVER]);
	append(buf, ")");
	return buf;
}

const char *
hand_over_pcap(char buf[HAND_OVER_MAX], const struct conn_report *r)
{
	buf[0] = '\0';
	for (unsigned i = 0; i < r->encap_n; i++) {
		const char *step = pcap_steps[r->encap[i]];

		if (step == NULL)
			return NULL;
		append(buf, step);
	}
	append_address(buf, "host ", r, CLIENT);
	append_address(buf, " and host ", r, SERVER);
	append_port(buf, " and tcp port ", &r->side[CLIENT]);
	append_port(buf, " and tcp port ", &r->side[SERVER]);
	return buf;
}
