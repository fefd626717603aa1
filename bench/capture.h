/*
 * capture.h - write a capture of TCP frames that never were on a wire.
 *
 * Classic pcap, Ethernet, nanoseconds, host byte order; IPv4 or IPv6 without
 * extension headers; checksums are right. Addresses are those set aside for
 * benchmarks (RFC 2544, RFC 5180) and follow from the connection's number: no
 * two connections share a tuple.
 */
#ifndef BENCH_CAPTURE_H
#define BENCH_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum side {
	CLIENT,
	SERVER
};

enum {
	FIN = 0x01,
	SYN = 0x02,
	RST = 0x04,
	PSH = 0x08,
	ACK = 0x10
};

enum {
	FRAME_SACK_MAX = 3
};

/* A segment to write. */
struct frame {
	uint64_t at_ns;      /* capture time */
	uint32_t connection; /* number of the connection: its addresses */
	uint32_t seq;
	uint32_t ack;    /* written only with ACK in flags */
	uint32_t ts_val; /* with ts_echo written only with has_timestamps */
	uint32_t ts_echo;
	uint32_t sack[FRAME_SACK_MAX][2]; /* left and right edges */
	uint16_t payload_bytes;
	uint16_t ip_id; /* IPv4 only */
	uint16_t window;
	uint8_t flags;
	uint8_t sack_n;
	uint8_t from; /* enum side */
	bool ipv6;
	bool has_timestamps;
};

struct capture {
	FILE *out; /* owned */
	uint64_t packets;
	uint64_t bytes; /* of the file */
};

/* Create path. False: errno says why. */
bool capture_open(struct capture *c, const char *path);

/* Append f. Errors of writing show in capture_close(). */
void capture_write(struct capture *c, const struct frame *f);

/* Close the file. False when something could not be written. */
bool capture_close(struct capture *c);

#endif
