/*
 * capture.c - frames in a pcap file.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "capture.h"

#define PCAP_MAGIC_NS 0xa1b23c4du
#define SNAPLEN 262144
#define LINK_ETHERNET 1
#define NS_PER_S 1000000000u
#define SERVER_PORT 443
#define CLIENT_PORT 1024

enum {
	RECORD_BYTES = 16,
	ETHERNET_BYTES = 14,
	IPV4_BYTES = 20,
	IPV6_BYTES = 40,
	TCP_BYTES = 20,
	OPTIONS_MAX = 40,
	PAYLOAD_MAX = 9000,
	BUFFER_BYTES = 1 << 16
};

/* A frame under construction. */
struct maker {
	uint8_t b[RECORD_BYTES + ETHERNET_BYTES + IPV6_BYTES + TCP_BYTES +
		  OPTIONS_MAX + PAYLOAD_MAX];
	size_t n;
};

static void
put8(struct maker *m, unsigned v)
{
	m->b[m->n++] = (uint8_t)v;
}

static void
put16(struct maker *m, unsigned v)
{
	put8(m, v >> 8);
	put8(m, v);
}

static void
put32(struct maker *m, uint32_t v)
{
	put16(m, v >> 16);
	put16(m, v);
}

/* What a file of this host's byte order holds. */
static void
put32_host(struct maker *m, uint32_t v)
{
	memcpy(m->b + m->n, &v, sizeof(v));
	m->n += sizeof(v);
}

/* Ones' complement sum of n bytes, not folded (RFC 1071). */
static uint64_t
sum_of(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;

	for (; n >= 2; p += 2, n -= 2)
		sum += (unsigned)(p[0] << 8 | p[1]);
	return n == 0 ? sum : sum + (unsigned)(p[0] << 8);
}

static void
put_checksum(uint8_t *at, uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

/* The address of one end: 65536 clients, 16 servers. */
static void
put_address(struct maker *m, const struct frame *f, enum side side)
{
	unsigned host =
	    side == CLIENT ? f->connection & 0xffff : f->connection % 16;

	if (f->ipv6) {
		put32(m, 0x20010002); /* 2001:2::/48 */
		put32(m, 0);
		put32(m, 0);
		put32(m, (uint32_t)side << 16 | host);
	} else {
		put32(m, 198u << 24 | (18u + side) << 16 | host);
	}
}

static unsigned
port_of(const struct frame *f, enum side side)
{
	if (side == SERVER)
		return SERVER_PORT;
	/* past 65536 connections the port tells clients apart */
	return CLIENT_PORT + (f->connection >> 16) * 7 + f->connection % 7;
}

static void
put_ethernet(struct maker *m, const struct frame *f)
{
	put32(m, 0x02000000); /* locally administered */
	put16(m, f->from == CLIENT ? 2 : 1);
	put32(m, 0x02000000);
	put16(m, f->from == CLIENT ? 1 : 2);
	put16(m, f->ipv6 ? 0x86dd : 0x0800);
}

static void
put_ip(struct maker *m, const struct frame *f, size_t segment_bytes)
{
	size_t start = m->n;

	if (f->ipv6) {
		put32(m, 0x60000000);
		put16(m, (unsigned)segment_bytes);
		put16(m, 6 << 8 | 64); /* TCP, hop limit */
	} else {
		put16(m, 0x4500);
		put16(m, (unsigned)(IPV4_BYTES + segment_bytes));
		put16(m, f->ip_id);
		put16(m, 0x4000);      /* do not fragment */
		put16(m, 64 << 8 | 6); /* time to live, TCP */
		put16(m, 0);
	}
	put_address(m, f, f->from);
	put_address(m, f, !f->from);
	if (!f->ipv6)
		put_checksum(
		    m->b + start + 10, sum_of(m->b + start, IPV4_BYTES));
}

/* Options as Linux sends them. */
static void
put_options(struct maker *m, const struct frame *f)
{
	if (f->flags & SYN) {
		put32(m, 0x02040000 | (f->ipv6 ? 1440 : 1460));
		put32(m, 0x01030307); /* window scale 7 */
		put32(m, 0x01010402); /* SACK permitted */
	}
	if (f->has_timestamps) {
		put32(m, 0x0101080a);
		put32(m, f->ts_val);
		put32(m, f->ts_echo);
	}
	if (f->sack_n > 0) {
		put32(m, 0x01010500 | (2 + 8u * f->sack_n));
		for (unsigned i = 0; i < f->sack_n; i++) {
			put32(m, f->sack[i][0]);
			put32(m, f->sack[i][1]);
		}
	}
}

static void
put_tcp(struct maker *m, const struct frame *f)
{
	size_t start = m->n;
	size_t addresses = f->ipv6 ? 32 : 8;

	put16(m, port_of(f, f->from));
	put16(m, port_of(f, !f->from));
	put32(m, f->seq);
	put32(m, f->flags & ACK ? f->ack : 0);
	put16(m, f->flags);
	put16(m, f->window);
	put32(m, 0);
	put_options(m, f);
	m->b[start + 12] = (uint8_t)((m->n - start) / 4 << 4);
	/* the same place of the stream has the same byte in every resend */
	for (unsigned i = 0; i < f->payload_bytes; i++)
		put8(m, f->seq + i);
	put_checksum(m->b + start + 16,
	    sum_of(m->b + start, m->n - start) +
		sum_of(m->b + start - addresses, addresses) + 6 + m->n - start);
}

static size_t
tcp_bytes(const struct frame *f)
{
	return TCP_BYTES + (f->flags & SYN ? 12u : 0u) +
	       (f->has_timestamps ? 12u : 0u) +
	       (f->sack_n > 0 ? 4 + 8u * f->sack_n : 0u);
}

bool
capture_open(struct capture *c, const char *path)
{
	static const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snaplen, link_type;
	} header = {PCAP_MAGIC_NS, 2, 4, 0, 0, SNAPLEN, LINK_ETHERNET};

	*c = (struct capture){.out = fopen(path, "wb")};
	if (c->out == NULL)
		return false;
	(void)setvbuf(c->out, NULL, _IOFBF, BUFFER_BYTES);
	c->bytes = fwrite(&header, 1, sizeof(header), c->out);
	return true;
}

void
capture_write(struct capture *c, const struct frame *f)
{
	struct maker m;
	size_t segment_bytes = tcp_bytes(f) + f->payload_bytes;
	size_t bytes = ETHERNET_BYTES +
		       (size_t)(f->ipv6 ? IPV6_BYTES : IPV4_BYTES) +
		       segment_bytes;

	assert(f->payload_bytes <= PAYLOAD_MAX);
	assert(f->sack_n <= FRAME_SACK_MAX);
	m.n = 0;
	put32_host(&m, (uint32_t)(f->at_ns / NS_PER_S));
	put32_host(&m, (uint32_t)(f->at_ns % NS_PER_S));
	put32_host(&m, (uint32_t)bytes);
	put32_host(&m, (uint32_t)bytes);
	put_ethernet(&m, f);
	put_ip(&m, f, segment_bytes);
	put_tcp(&m, f);
	assert(m.n == RECORD_BYTES + bytes);
	c->bytes += fwrite(m.b, 1, m.n, c->out);
	c->packets++;
}

bool
capture_close(struct capture *c)
{
	bool failed = ferror(c->out) != 0;

	return fclose(c->out) == 0 && !failed;
}
