/*
 * pcap_write.h - packets as a pcap file (draft-ietf-opsawg-pcap), the same
 * bytes on every machine.
 *
 * Both return 0, or -1 with errno.
 */
#ifndef TCPCONN_PCAP_WRITE_H
#define TCPCONN_PCAP_WRITE_H

#include <stdbool.h>
#include <stdio.h>

#include "words/packet.h"

/*
 * The header of a file. link_type is libpcap's DLT_ value, snaplen its length,
 * 0 or less if unknown. nanoseconds is the resolution of time stamps.
 */
int pcap_write_head(FILE *out, int link_type, int snaplen, bool nanoseconds);

/* One packet. A time that 32 bits of seconds do not hold is put at the edge. */
int pcap_write_packet(FILE *out, const struct packet *p, bool nanoseconds);

#endif
