/*
 * event_text.h - events in words.
 */
#ifndef TCPCONN_EVENT_TEXT_H
#define TCPCONN_EVENT_TEXT_H

#include "model/report.h"
#include "report/text_page.h"

/* Add one value without its key. */
void event_say_value(
    struct page *p, const struct event *e, const struct evidence *v);

/* Add evidence, cited frames and earlier verdicts to the paragraph. */
void event_say_evidence(struct page *p, const struct event *e);

/*
 * Add what was expected and what was seen instead; false, and nothing is
 * added, when the evidence does not tell both.
 */
bool event_say_expectation(struct page *p, const struct event *e);

/* Events of r by kind, the worst first, with counts and first frames. */
void
event_print_kinds(struct page *p, const struct conn_report *r, unsigned indent);

/* Every event of r in order; kinds is NULL or tells which. */
void event_print_all(struct page *p, const struct conn_report *r,
    const bool *kinds, unsigned indent);

#endif
