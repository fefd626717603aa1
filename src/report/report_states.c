/*
 * report_states.c - every transition of both endpoints (--states).
 */
#include <inttypes.h>

#include "report/conn_text.h"
#include "report/report_parts.h"
#include "report/state_path.h"
#include "report/text_format.h"
#include "report/text_table.h"

/* What became of a transition by a received segment. */
static void
add_proof(struct table *t, const struct transition *x)
{
	if (x->revoked_frame > 0)
		table_cell(t, STYLE_WARN, "undone by frame %" PRIu64,
		    x->revoked_frame);
	else if (x->confirmed_frame > x->frame_no)
		table_cell(t, STYLE_PLAIN, "confirmed by frame %" PRIu64,
		    x->confirmed_frame);
	else if (x->presumed)
		table_cell(t, STYLE_PLAIN, "never confirmed");
	else
		table_cell(t, STYLE_PLAIN, "%s", "");
}

static void
add_transition(
    struct page *p, struct table *t, const struct conn_report *r, uint32_t i)
{
	const struct transition *x = &r->transition[i];
	struct state_seen last = state_path_before(r, i);

	table_cell(t, STYLE_PLAIN, "%" PRIu64, x->frame_no);
	table_cell(
	    t, STYLE_PLAIN, "%s", format_moment(x->ts_ns - r->first_ns).s);
	table_cell(t, STYLE_PLAIN, "%s", side_name(x->side));
	table_cell(t, STYLE_PLAIN, "%s", state_path_text(last).s);
	table_cell(t, STYLE_PLAIN, "%s %s", page_symbol(p, SYMBOL_ARROW),
	    state_path_text(state_path_of(x, x->frame_no)).s);
	table_cell(t, STYLE_PLAIN, "%s", x->rule != NULL ? x->rule : "-");
	add_proof(t, x);
}

void
states_print(struct page *p, const struct conn_report *r)
{
	static const struct table_column columns[] = {
	    {.head = "frame", .right = true},
	    {.head = "time", .right = true},
	    {.head = "side"},
	    {.head = "before"},
	    {.head = "after"},
	    {.head = "rule"},
	    {.head = "", .overflow = OVERFLOW_WRAP, .least = 24},
	};
	struct table t;

	page_say(p,
	    r->transitions_n > 0 ? "? is presumed, not yet confirmed" : "none");
	page_end_labelled(p, PART_INDENT, "Transitions", PART_TEXT, STYLE_DIM);
	if (r->transitions_n == 0)
		return;
	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	t.indent = PART_TABLE;
	for (uint32_t i = 0; i < r->transitions_n; i++)
		add_transition(p, &t, r, i);
	table_print(p, &t);
	table_fini(&t);
}
