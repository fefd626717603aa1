/*
 * pack.h - a connection in few bytes, while no segment of it is expected.
 *
 * An idle connection may go on after hours, and a closed one lingers, for a late
 * segment may come or a new one may begin on its tuple (R2.14). Until then all
 * that it is and owns is one block; unpacked, it is what it was. awake.h says
 * which are.
 */
#ifndef TCPCONN_PACK_H
#define TCPCONN_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/squeeze.h"
#include "engine/conn.h"
#include "engine/park.h"

/* One block of the heap, which owns nothing; conn_unpack() frees it. */
struct packed {
	int64_t last_t;
	uint8_t stage; /* enum park_stage: how far it has come */
	uint8_t bytes[];
};

/*
 * c in one block, or NULL: memory ran out, or c has what cannot be packed (a
 * trace, events with text, more of a kind than are kept). With a block, c owns
 * nothing any more; without, it is as before. room is used again by the next.
 */
struct packed *
conn_pack(struct conn *c, enum park_stage stage, struct squeeze *room);

/*
 * Make c what was packed, and free the block. False when memory ran out: then
 * the block stays, and c holds nothing. What c has of its flow, its key, its
 * number and what it borrows, is the caller's to set again.
 */
bool conn_unpack(struct packed *p, struct conn *c);

#endif
