/*
 * conn_text.h - how text reports speak of a connection: its sides, frames
 * and verdicts.
 */
#ifndef TCPCONN_CONN_TEXT_H
#define TCPCONN_CONN_TEXT_H

#include "model/report.h"
#include "report/text_format.h"
#include "report/text_page.h"

/* "Client", "Server" */
const char *side_heading(enum side s);

/* Address and port; the client's with a ? where the roles are unsure. */
struct formatted conn_endpoint(const struct conn_report *r, enum side s);

/* How it ended: the close, or the outcome of an open that failed. */
const char *conn_end(const struct conn_report *r);

/* The step with this id, or NULL. */
const struct step *step_find(const struct step *s, unsigned n, enum step_id id);

/* "SYN-ACK", "FIN", ... */
const char *step_words(enum step_id id);

/* Whether the FIN of the second side also acknowledges the first (R4.9). */
bool step_is_merged(const struct teardown_report *t);

/*
 * Time from the first to the last step of a whole teardown: the ACK of the
 * first FIN may come last when both sides close at once.
 */
struct maybe teardown_span(const struct teardown_report *t);

/* Add who sent which step, in which frame, how long after the one before. */
void page_say_steps(struct page *p, const struct step *s, unsigned n);

/* Add both halves of the handshake, their sum, connect time and the tap. */
void page_say_timing(struct page *p, const struct handshake_report *h);

/*
 * Add "frame 3" or "frames 3, 7, ..." to the paragraph; n frames are given
 * of total. Nothing for n = 0.
 */
void page_say_frames(
    struct page *p, const uint64_t *frames, unsigned n, uint64_t total);

/* Add the sentence and the frames that it rests on. */
void page_say_verdict(struct page *p, const struct verdict *v);

#endif
