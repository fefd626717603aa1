/*
 * decode_text.h - decode frames written as text, and show the result as text.
 */
#ifndef TCPCONN_DECODE_TEXT_H
#define TCPCONN_DECODE_TEXT_H

#include <stddef.h>

#include "input/decode.h"

#define FRAME_MAX 70000
#define SHOW_MAX 512

/* One frame and what came of it. Release with frame_release(). */
struct decoded {
	int verdict;
	struct segment seg;
	struct icmp_error icmp;
	uint8_t *copy; /* what seg.payload points into */
};

/* A decoder with the defaults of the program. */
struct decoder *default_decoder(void);

/*
 * Decode the first cap_n of wire_n bytes from an exact copy, so that a tool
 * that watches memory sees each read past the end.
 */
void frame_decode(struct decoder *d, int link_type, const uint8_t *p,
    size_t cap_n, size_t wire_n, struct decoded *out);
void frame_release(struct decoded *out);

/*
 * The verdict as text: "not-tcp", or for a segment
 * "10.0.0.1:55555 > 10.0.0.2:443 len=10", followed by what is special:
 * vlan, tunnel, encapsulation, fault, a guessed length.
 */
void decoded_show(const struct decoded *r, char *text, size_t size);

#endif
