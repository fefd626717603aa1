/*
 * explain.h - parts of the story of a handshake and a teardown.
 */
#ifndef TCPCONN_EXPLAIN_H
#define TCPCONN_EXPLAIN_H

#include "model/report.h"
#include "report/knowledge.h"
#include "report/text_page.h"

/* Columns of step titles, of labels and of what they label. */
#define STORY_TITLE 2
#define STORY_LABEL 5
#define STORY_TEXT 17

/*
 * Symbols for sequence numbers: letter stands for the relative number base of
 * that side, so that a number reads x, x+1, u-100.
 */
struct numbering {
	char letter[2];
	int64_t base[2];
	bool known[2];
};

struct story {
	struct page *p;
	const struct conn_report *r;
	struct numbering numbers;
	struct knowledge known;
	unsigned steps;    /* told so far in this section */
	const char *label; /* of the next option */
};

/*
 * Say template about a segment: $S and $R are its sender and its receiver
 * ("The client"), $s and $r the same within a sentence, $x and $y their
 * letters, $a its acknowledgement as "y+1".
 */
void story_say(struct story *t, const char *template, const struct step *s);
/* End the paragraph as the text of a label. */
void story_end(struct story *t, const char *label, enum style style);

/* A heading within the story. */
void story_section(struct story *t, const char *title, const char *rest);

/* Title of a step that the capture shows, and what its segment carries. */
void story_step(struct story *t, const char *name, const struct step *s);
/* States, events, resends and the proof of arrival of a step. */
void story_effects(struct story *t, const struct step *s);
/* A step that the capture does not show; the paragraph says why. */
void story_missing(struct story *t, const char *name);
/*
 * What a frame that is no step did: title, states and events. from is NULL
 * when neither side sent it.
 */
void story_frame(struct story *t, const char *name, const enum side *from,
    uint64_t frame_no);
/* The grid of what each side knows. */
void story_knowledge(struct story *t);

/* Options of a SYN or SYN-ACK in words. */
void story_options(struct story *t, const struct step *s);
/* Which options hold, once SYN and SYN-ACK are known. */
void story_agreement(
    struct story *t, const struct step *syn, const struct step *syn_ack);

void story_handshake(struct story *t);
void story_teardown(struct story *t);

#endif
