/*
 * decode_text.c - decode frames, and show the result as text.
 */
#include "support/decode_text.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct decoder *
default_decoder(void)
{
	static const struct decode_options options = {
	    .checksum = CHECKSUM_MODE_AUTO,
	    .fragment_timeout_ns = INT64_C(30000000000),
	    .fragment_sets = 1024,
	};
	struct decoder *d = decoder_new(&options);

	ck_assert_ptr_nonnull(d);
	return d;
}

void
frame_decode(struct decoder *d, int link_type, const uint8_t *p, size_t cap_n,
    size_t wire_n, struct decoded *out)
{
	struct packet packet = {.frame_no = 1,
	    .ts_ns = 1000,
	    .cap_len = (uint32_t)cap_n,
	    .wire_len = (uint32_t)wire_n,
	    .link_type = link_type};

	memset(out, 0x5a, sizeof(*out));
	out->copy = malloc(cap_n == 0 ? 1 : cap_n);
	ck_assert_ptr_nonnull(out->copy);
	memcpy(out->copy, p, cap_n);
	packet.data = out->copy;
	out->verdict = decode_packet(d, &packet, &out->seg, &out->icmp);
	ck_assert_int_lt(out->verdict, (int)DECODE_REASONS + REASON_COUNT);
}

void
frame_release(struct decoded *out)
{
	free(out->copy);
}

static void
append(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + used, size - used, format, ap);
	va_end(ap);
}

static void
show_key(const struct flow_key *k, unsigned dir, char *text, size_t size)
{
	int family = k->version == 4 ? AF_INET : AF_INET6;
	char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];

	inet_ntop(family, k->addr[dir], a, sizeof(a));
	inet_ntop(family, k->addr[!dir], b, sizeof(b));
	append(text, size, "%s:%u > %s:%u", a, k->port[dir], b, k->port[!dir]);
	if (k->vlan != 0)
		append(text, size, " key-vlan=%u", k->vlan);
	if (k->tunnel != 0)
		append(text, size, " tunnel=%u", k->tunnel);
}

static void
show_segment(const struct segment *s, char *text, size_t size)
{
	static const char *const faults[] = {
	    "", " truncated", " bad-length", " tiny-fragment"};

	show_key(&s->key, s->dir, text, size);
	append(text, size, " len=%u", s->len);
	if (s->vlan_id != 0)
		append(text, size, " vlan=%u", s->vlan_id);
	for (unsigned i = 0; i < s->encap_n; i++)
		append(text, size, " %s", encap_name(s->encap[i]));
	append(text, size, "%s%s", faults[s->fault],
	    s->len_guessed ? " guessed" : "");
}

void
decoded_show(const struct decoded *r, char *text, size_t size)
{
	text[0] = '\0';
	if (r->verdict == DECODE_OK) {
		show_segment(&r->seg, text, size);
	} else if (r->verdict == DECODE_ICMP) {
		append(text, size, "icmp%u %u/%u ", r->icmp.version,
		    r->icmp.type, r->icmp.code);
		show_key(&r->icmp.key, r->icmp.dir, text, size);
		append(text, size, " seq=%u mtu=%u", r->icmp.seq, r->icmp.mtu);
	} else {
		append(text, size, "%s",
		    reason_name(
			(enum reason)(r->verdict - (int)DECODE_REASONS)));
	}
}
