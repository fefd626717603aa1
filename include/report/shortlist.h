/*
 * shortlist.h - the first connections in the order of --sort, of many that
 * come in any order. It holds no more of them than it will give.
 */
#ifndef TCPCONN_SHORTLIST_H
#define TCPCONN_SHORTLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/report.h"
#include "model/selection.h"
#include "report/ranking.h"

struct ranked {
	struct ranking rank;
	struct conn_report *r; /* owned */
};

struct shortlist {
	enum sort_key by;
	uint64_t most;    /* 0: all */
	struct ranked *v; /* owned; a heap, the last one at the root */
	size_t n, size;
};

void shortlist_init(struct shortlist *s, enum sort_key by, uint64_t most);
void shortlist_fini(struct shortlist *s);

/* Whether r, which stays the caller's, belongs to the first ones so far. */
bool shortlist_admits(const struct shortlist *s, const struct conn_report *r);

/*
 * Take r. *left is then the report that does not belong to the first ones,
 * r itself or an earlier one, which becomes the caller's, or NULL. False when
 * memory ran out: *left is r.
 */
bool shortlist_add(
    struct shortlist *s, struct conn_report *r, struct conn_report **left);

/* Put v in order; nothing can be added afterwards. */
void shortlist_sort(struct shortlist *s);

#endif
