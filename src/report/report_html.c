/*
 * report_html.c - the format html: one page that needs nothing else.
 *
 * Its data stand in it as JSON, which the page's own script shows; nothing of
 * a capture becomes markup. Rows and details wait in spools; both are bounded,
 * so that the page opens: what is left out is told. The worst connections have
 * room that the others cannot take.
 */
#include "report/reporter.h"

#include <stdlib.h>
#include <string.h>

#include "report/page_json.h"
#include "report/page_parts.h"
#include "report/waiting.h"

#define ROWS_MOST 100000
#define SEGMENTS_MOST 20000               /* of one connection */
#define DETAIL_BYTES ((uint64_t)32 << 20) /* of all connections */
#define SPOOL_BYTES ((size_t)8 << 20)

struct html_report {
	FILE *out;            /* borrowed */
	struct waiting rows;  /* of the table */
	struct spool details; /* of connections */
	struct json_writer row, detail;
	struct page_totals totals;
};

static void *
html_open(FILE *out, const struct report_options *o)
{
	struct html_report *h = malloc(sizeof(*h));

	if (h == NULL)
		return NULL;
	*h = (struct html_report){.out = out};
	waiting_init(&h->rows, o);
	if (h->rows.top == 0 || h->rows.top > ROWS_MOST)
		h->rows.top = ROWS_MOST;
	spool_init(&h->details, SPOOL_BYTES);
	json_init(&h->row, &h->rows.spool, o->nanoseconds);
	json_init(&h->detail, &h->details, o->nanoseconds);
	h->row.in_page = h->detail.in_page = true;
	return h;
}

static void
html_free(void *state)
{
	struct html_report *h = state;

	if (h == NULL)
		return;
	json_fini(&h->row);
	json_fini(&h->detail);
	waiting_fini(&h->rows);
	spool_fini(&h->details);
	free(h);
}

/* Half of the room is kept for connections that need attention. */
static bool
has_room(const struct html_report *h, const struct conn_report *r)
{
	uint64_t used = spool_end(&h->details);

	if (conn_report_needs_attention(r))
		return used < DETAIL_BYTES;
	return used < DETAIL_BYTES / 2;
}

static void
write_detail(struct html_report *h, const struct conn_report *r)
{
	char head[80];

	snprintf(head, sizeof(head),
	    "<script type=\"application/json\" id=\"c%lu\">",
	    (unsigned long)r->number);
	json_literal(&h->detail, head);
	page_detail_write(&h->detail, r, SEGMENTS_MOST);
	json_literal(&h->detail, "</script>\n");
	h->totals.details++;
}

static int
html_connection(void *state, struct conn_report *r)
{
	struct html_report *h = state;
	struct ranking ranking = ranking_of(h->rows.sort, r);
	uint64_t offset = spool_end(&h->rows.spool);
	bool detail = has_room(h, r);

	page_row_write(&h->row, r, detail);
	if (detail)
		write_detail(h, r);
	h->totals.connections++;
	if (json_result(&h->row) != 0 || json_result(&h->detail) != 0)
		return -1;
	return waiting_add(&h->rows, ranking, offset);
}

static int
put(FILE *out, const void *data, size_t n)
{
	return fwrite(data, 1, n, out) == n ? 0 : -1;
}

static int
put_text(FILE *out, const char *text)
{
	return put(out, text, strlen(text));
}

/* Captures and sums, through the spool of details. */
static int
put_head(struct html_report *h, const struct report_head *head)
{
	uint64_t offset = spool_end(&h->details);

	h->totals.rows = h->rows.n < h->rows.top ? h->rows.n : h->rows.top;
	page_head_write(&h->detail, head, &h->totals);
	if (json_result(&h->detail) != 0)
		return -1;
	return spool_copy(
	    &h->details, offset, spool_end(&h->details) - offset, h->out);
}

static int
html_finish(void *state, const struct report_head *head)
{
	struct html_report *h = state;
	uint64_t details = spool_end(&h->details);
	const char *open = "<script type=\"application/json\" id=";

	if (put(h->out, page_before, page_before_n) != 0 ||
	    put_text(h->out, open) != 0 || put_text(h->out, "\"head\">") != 0 ||
	    put_head(h, head) != 0 || put_text(h->out, "</script>\n") != 0 ||
	    put_text(h->out, open) != 0 ||
	    put_text(h->out, "\"rows\">[") != 0 ||
	    waiting_copy(&h->rows, "\n", ",\n", h->out) != 0 ||
	    put_text(h->out, "]</script>\n") != 0 ||
	    spool_copy(&h->details, 0, details, h->out) != 0 ||
	    put(h->out, page_after, page_after_n) != 0)
		return -1;
	return fflush(h->out) == 0 ? 0 : -1;
}

const struct reporter reporter_html = {
    .name = "html",
    .tells_hosts = true,
    .open = html_open,
    .connection = html_connection,
    .finish = html_finish,
    .free = html_free,
};
