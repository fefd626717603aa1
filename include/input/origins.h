/*
 * origins.h - from a frame number of the whole input to a file and the number
 * in it, as Wireshark counts.
 *
 * Frames in a row from one file are one run. Files that follow each other
 * take a run each, files that are merged at worst one for each frame, so that
 * their number is bounded; of frames beyond nothing is said.
 */
#ifndef TCPCONN_ORIGINS_H
#define TCPCONN_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORIGINS_RUNS_MAX ((size_t)1 << 21)

struct origins {
	struct origin_run {
		uint64_t frame_no; /* of its first frame */
		uint64_t number;   /* of that frame in the file */
		unsigned file_no;
	} * runs; /* owned */
	size_t n, size;
	uint64_t frames; /* noted so far */
	bool full;       /* no more are noted */
};

void origins_init(struct origins *o);
void origins_fini(struct origins *o);

/* The next frame of the input is number `number` of file file_no. */
void origins_add(struct origins *o, unsigned file_no, uint64_t number);

/* The file that holds frame_no and its number there; false if not known. */
bool origins_find(const struct origins *o, uint64_t frame_no, unsigned *file_no,
    uint64_t *number);

#endif
