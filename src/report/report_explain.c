/*
 * report_explain.c - the story of a connection: how it was opened and how it
 * ended (--explain).
 */
#include "report/conn_text.h"
#include "report/explain.h"
#include "report/report_parts.h"

void
explain_print_legend(struct page *p)
{
	page_newline(p);
	page_say(p, "A ? marks what is presumed: a tap sees that a segment was "
		    "sent, and only a later one can prove that it arrived. "
		    "What a side knows, it knows once the segment arrives.");
	page_end(p, STORY_TITLE, STORY_TITLE, STYLE_DIM);
}

void
explain_print(struct page *p, const struct conn_report *r)
{
	struct story t = {.p = p, .r = r};

	story_handshake(&t);
	story_teardown(&t);
}
