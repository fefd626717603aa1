/*
 * reorder.h - packets in the order of their time stamps, within a window.
 *
 * Captures with several queues or that were joined by hand hold packets out
 * of order. Packets are held back until the input is a window further on, and
 * handed out by time; equal times keep the order of the input (R1.10).
 */
#ifndef TCPCONN_REORDER_H
#define TCPCONN_REORDER_H

#include "input/reader.h"

struct reorder_counts {
	uint64_t moved;  /* packets that came after a later one */
	uint64_t beyond; /* of others, too late: they stay in file order */
};

struct reorder; /* owned by its creator */

/*
 * Reads from r, which is borrowed. At most max_packets and max_bytes are held;
 * where that is less than the window, the earliest leaves before its time.
 * NULL: no memory.
 */
struct reorder *reorder_new(
    struct reader *r, int64_t window_ns, size_t max_packets, size_t max_bytes);
void reorder_free(struct reorder *q);

/*
 * Like reader_next(). Without memory for a packet it is handed out at once,
 * in file order, and counts as beyond the window.
 */
enum reader_result reorder_next(struct reorder *q, struct packet *p);

struct reorder_counts reorder_counts(const struct reorder *q);

#endif
