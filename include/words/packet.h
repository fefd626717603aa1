/*
 * packet.h - one captured frame as the reader hands it out.
 */
#ifndef TCPCONN_PACKET_H
#define TCPCONN_PACKET_H

#include <stdint.h>

/* Time stamps lie within this of the epoch: two of them can be subtracted. */
#define PACKET_TIME_MAX (INT64_MAX / 2)

/* A borrowed view: data is valid until the next packet is read. */
struct packet {
	uint64_t frame_no;   /* from 1 over the whole input */
	int64_t ts_ns;       /* since the epoch, at most PACKET_TIME_MAX */
	const uint8_t *data; /* borrowed until the next read */
	uint32_t cap_len;    /* bytes at data */
	uint32_t wire_len;   /* bytes the frame had on the wire */
	int link_type;       /* DLT_ or LINKTYPE_ value as libpcap gives it */
	unsigned file_no;    /* which input, from 0 */
	uint64_t file_frame_no; /* from 1 within that input */
};

#endif
