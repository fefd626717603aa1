/*
 * pcap_write.c - packets as a pcap file.
 */
#include "input/pcap_write.h"

#include <stdint.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define MAGIC_MICROSECONDS 0xa1b2c3d4
#define MAGIC_NANOSECONDS 0xa1b23c4d
#define VERSION (2 | 4 << 16) /* 2.4 */
#define SNAPLEN_ANY 262144

/* Where the DLT_ value of this system is not the LINKTYPE_ value of files. */
static const struct {
	int dlt;
	uint32_t link_type;
} link_types[] = {
    {11, 100}, /* ATM_RFC1483 */
    {12, 101}, /* RAW */
    {15, 102}, /* SLIP_BSDOS */
    {16, 103}, /* PPP_BSDOS */
    {19, 106}, /* ATM_CLIP */
};

static uint32_t
link_type_of(int dlt)
{
	for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
		if (link_types[i].dlt == dlt)
			return link_types[i].link_type;
	return (uint32_t)dlt;
}

/* Numbers of 32 bits, the low byte first. */
static int
put_words(FILE *out, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t bytes[4] = {(uint8_t)words[i],
		    (uint8_t)(words[i] >> 8), (uint8_t)(words[i] >> 16),
		    (uint8_t)(words[i] >> 24)};

		if (fwrite(bytes, sizeof(bytes), 1, out) != 1)
			return -1;
	}
	return 0;
}

int
pcap_write_head(FILE *out, int link_type, int snaplen, bool nanoseconds)
{
	const uint32_t head[] = {
	    nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS,
	    VERSION,
	    0, /* time zone */
	    0, /* accuracy */
	    snaplen > 0 ? (uint32_t)snaplen : SNAPLEN_ANY,
	    link_type_of(link_type),
	};

	return put_words(out, head, sizeof(head) / sizeof(head[0]));
}

int
pcap_write_packet(FILE *out, const struct packet *p, bool nanoseconds)
{
	const int64_t latest = (int64_t)UINT32_MAX * NS_PER_SECOND;
	int64_t ns = p->ts_ns < 0 ? 0 : p->ts_ns > latest ? latest : p->ts_ns;
	const uint32_t head[] = {
	    (uint32_t)(ns / NS_PER_SECOND),
	    (uint32_t)(ns % NS_PER_SECOND / (nanoseconds ? 1 : 1000)),
	    p->cap_len,
	    p->wire_len,
	};

	if (put_words(out, head, sizeof(head) / sizeof(head[0])) != 0)
		return -1;
	if (p->cap_len == 0)
		return 0;
	return fwrite(p->data, p->cap_len, 1, out) == 1 ? 0 : -1;
}
