/*
 * capture_file.h - capture files for tests, written byte by byte.
 */
#ifndef TCPCONN_CAPTURE_FILE_H
#define TCPCONN_CAPTURE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A file in a directory of its own; capture_remove() deletes both. */
struct capture {
	char dir[64], path[96];
	FILE *f;
	bool big; /* byte order of the file */
};

/* How a pcap file differs from the usual. */
struct pcap_kind {
	bool big, nanoseconds;
	int link_type;
};

void capture_create(struct capture *c, const char *name);
void capture_put16(struct capture *c, uint16_t v);
void capture_put32(struct capture *c, uint32_t v);
/* Bytes as text, see frame_text.h. */
void capture_text(struct capture *c, const char *text);
void capture_done(struct capture *c);
void capture_remove(struct capture *c);

void pcap_header(struct capture *c, const struct pcap_kind *kind);
/* A packet of cap_n bytes; fraction is in units of the file. */
void pcap_packet(struct capture *c, uint32_t seconds, uint32_t fraction,
    uint32_t cap_n, uint32_t wire_n);
/* A whole file with one Ethernet packet of 60 bytes at each time. */
void pcap_write(
    struct capture *c, const char *name, const uint32_t *seconds, unsigned n);

#endif
