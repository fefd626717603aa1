/*
 * waiting.c - connections as text that wait for their place in the order.
 */
#include "report/waiting.h"

#include <stdlib.h>

#define SPOOL_BYTES ((size_t)8 << 20)
#define FIRST_ROWS 64

struct waiting_row {
	struct ranking ranking;
	uint64_t offset, n;
};

void
waiting_init(struct waiting *w, const struct report_options *o)
{
	*w = (struct waiting){
	    .sort = o->sort,
	    .top = o->has_top ? o->top : 0,
	};
	spool_init(&w->spool, SPOOL_BYTES);
}

void
waiting_fini(struct waiting *w)
{
	spool_fini(&w->spool);
	free(w->row);
}

int
waiting_add(struct waiting *w, struct ranking ranking, uint64_t offset)
{
	if (w->n == w->room) {
		size_t room = w->room == 0 ? FIRST_ROWS : w->room * 2;
		struct waiting_row *row = realloc(w->row, room * sizeof(*row));

		if (row == NULL)
			return -1;
		w->row = row;
		w->room = room;
	}
	w->row[w->n++] = (struct waiting_row){
	    .ranking = ranking,
	    .offset = offset,
	    .n = spool_end(&w->spool) - offset,
	};
	return 0;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct waiting_row *x = a, *y = b;

	return ranking_compare(&x->ranking, &y->ranking);
}

int
waiting_copy(struct waiting *w, const char *first, const char *next, FILE *out)
{
	size_t n = w->n;

	if (w->top > 0 && w->top < n)
		n = (size_t)w->top;
	if (w->n > 0)
		qsort(w->row, w->n, sizeof(*w->row), compare_rows);
	for (size_t i = 0; i < n; i++) {
		const struct waiting_row *row = &w->row[i];

		if (fputs(i == 0 ? first : next, out) == EOF ||
		    spool_copy(&w->spool, row->offset, row->n, out) != 0)
			return -1;
	}
	return 0;
}
