/*
 * chosen.h - which frames belong to the reported connections.
 *
 * Filled while connections end; asked, once it is closed, for the frames of a
 * second reading. A connection costs some 130 bytes.
 */
#ifndef TCPCONN_CHOSEN_H
#define TCPCONN_CHOSEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/report.h"
#include "model/selection.h"

struct chosen; /* owned by its creator */

/*
 * Connections in the order of sort; only the first top, 0: all. hash is
 * borrowed. NULL: no memory.
 */
struct chosen *
chosen_new(enum sort_key sort, uint64_t top, const struct hash_key *hash);
void chosen_free(struct chosen *c);

/* r is reported. False when memory ran out. */
bool chosen_add(struct chosen *c, const struct conn_report *r);

/*
 * The frames of a fragmented segment that was whole with frame whole_no. False
 * when memory ran out.
 */
bool chosen_fragments(struct chosen *c, const struct flow_key *key,
    uint64_t whole_no, const uint64_t *frames, unsigned n);

/* All connections and fragments are known. False when memory ran out. */
bool chosen_close(struct chosen *c);

/*
 * Whether a segment of this tuple in this frame is wanted. All segments are
 * asked for, once each, in the order of the first reading.
 */
bool
chosen_segment(struct chosen *c, const struct flow_key *key, uint64_t frame_no);

/* The same for an ICMP error that quotes one; it may come after its end. */
bool chosen_icmp(const struct chosen *c, const struct flow_key *key);

/* Whether the frame is a part of a wanted segment. */
bool chosen_fragment(const struct chosen *c, uint64_t frame_no);

#endif
