/*
 * fanout.h - hosts that do the same to many others: what one connection
 * cannot tell (R5.17, R5.21).
 */
#ifndef TCPCONN_FANOUT_H
#define TCPCONN_FANOUT_H

#include <stdbool.h>

#include "engine/conn.h"
#include "words/segment.h"

enum fanout_kind {
	FANOUT_SYN_SCAN,    /* SYN, SYN-ACK, RST; counts (host, port) */
	FANOUT_RST_ONLY,    /* begins with an RST; counts hosts */
	FANOUT_SYN_ACK_ONLY /* begins with a SYN-ACK; counts hosts */
};

struct fanout; /* owned by its creator */

/* NULL when memory ran out. Its size is fixed; later hosts are not counted. */
struct fanout *fanout_new(void);
void fanout_free(struct fanout *f);

/* The host that key and dir name as the sender did so to the other one. */
void fanout_note(struct fanout *f, enum fanout_kind kind,
    const struct flow_key *key, unsigned dir);

/* Whether the sender did so to at least FANOUT_WIDE others. */
bool fanout_wide(const struct fanout *f, enum fanout_kind kind,
    const struct flow_key *key, unsigned dir);

/* R5.21: a connection begins with seg, which may be an answer. */
void fanout_note_answer(struct fanout *f, const struct segment *seg);

/*
 * What makes an outcome more than that of one connection, "syn-scan" or
 * "backscatter", because the host at fault did so to others too; or NULL.
 */
const char *
fanout_sub(const struct fanout *f, const struct conn *c, enum outcome outcome);

#endif
