/*
 * decode_stack.h - layers that lead to TCP, whole, cut and broken.
 */
#ifndef TCPCONN_DECODE_STACK_H
#define TCPCONN_DECODE_STACK_H

#include <stdbool.h>

#define AB4 "10.0.0.1:55555 > 10.0.0.2:443 len=10"
#define AB6 "2001:db8::1:55555 > 2001:db8::2:443 len=10"

/* Layers as frame_text.h has them, and what decoded_show() says of all. */
struct stack {
	int link;
	const char *layers, *result;
};

/*
 * Put a segment behind the layers and decode it whole and cut to each length.
 * Without enough bytes a layer says that it is cut; those of which later = true
 * (tunnels that are only recognised by what they hold) may also take it for
 * something else.
 */
void stack_check(const struct stack *row, bool later);

/* Set each byte of the frame to edge values: anything but a crash. */
void stack_break(const struct stack *row);

#endif
