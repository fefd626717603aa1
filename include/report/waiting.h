/*
 * waiting.h - connections as text that wait for their place in the order.
 *
 * The text stands in a spool; only an offset and a key of each are kept in
 * memory. Failures are -1 with errno.
 */
#ifndef TCPCONN_WAITING_H
#define TCPCONN_WAITING_H

#include <stdio.h>

#include "report/ranking.h"
#include "report/spool.h"

struct waiting_row; /* where the text of a connection stands */

struct waiting {
	struct spool spool; /* write a connection here, then waiting_add() */
	enum sort_key sort;
	uint64_t top;            /* 0: all */
	struct waiting_row *row; /* owned */
	size_t n, room;
};

void waiting_init(struct waiting *w, const struct report_options *o);
void waiting_fini(struct waiting *w);

/* What stands in the spool from offset on is the connection of this rank. */
int waiting_add(struct waiting *w, struct ranking ranking, uint64_t offset);

/*
 * Write the first connections in their order, before the first one the text
 * first, before all others next.
 */
int
waiting_copy(struct waiting *w, const char *first, const char *next, FILE *out);

#endif
