/*
 * origins.h - from a frame number of the whole input to a file and the number
 * in it, as Wireshark counts.
 *
 * This is known where the inputs follow each other in time. Of inputs that
 * overlap it is not, and nothing is said.
 */
#ifndef TCPCONN_ORIGINS_H
#define TCPCONN_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader.h"

struct origins {
	const struct capture_info **info; /* owned; in the order of reading */
	size_t n; /* 0: not known, or not worth saying */
};

/*
 * Borrows the inputs until origins_fini(). False when memory ran out; o is
 * then usable.
 */
bool origins_init(
    struct origins *o, const struct capture_info *const *inputs, size_t n);
void origins_fini(struct origins *o);

/* The input that holds frame_no and its number there; NULL if not known. */
const struct capture_info *
origins_find(const struct origins *o, uint64_t frame_no, uint64_t *number);

#endif
