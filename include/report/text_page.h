/*
 * text_page.h - where a text report is written: paragraphs that wrap at the
 * width of the page.
 *
 * A paragraph is composed piece by piece and then ended. Write errors stay in
 * the stream; look at ferror() when all is written.
 */
#ifndef TCPCONN_TEXT_PAGE_H
#define TCPCONN_TEXT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "input/reader.h"
#include "model/selection.h"
#include "report/text_buffer.h"
#include "report/text_style.h"

#define PAGE_WIDTH 100 /* where nothing says otherwise */
#define PAGE_WIDTH_MIN 40

struct page {
	FILE *out; /* borrowed */
	unsigned width;
	bool color, utf8;
	bool nanoseconds; /* times have 9 digits of a second */
	bool failed;      /* memory ran out: something is missing */
	/* Files that frames are also cited by; borrowed, NULL: only one. */
	const struct origins *origins;
	const struct capture_info *const *inputs;
	struct text line; /* the paragraph so far */
};

void page_init(struct page *p, FILE *out, const struct report_options *o);
void page_fini(struct page *p);

const char *page_symbol(const struct page *p, enum symbol s);

/* Add to the paragraph: our own words as printf(), or foreign bytes. */
void page_say(struct page *p, const char *format, ...);
void page_say_foreign(struct page *p, const char *s);
/* Add a frame's number, with several inputs also as FILE:NUMBER. */
void page_say_frame(struct page *p, uint64_t frame_no);

/* End the paragraph; its first line stands at indent, others at rest. */
void page_end(struct page *p, unsigned indent, unsigned rest, enum style style);
/* The same with the text at column at, after a label at indent. */
void page_end_labelled(struct page *p, unsigned indent, const char *label,
    unsigned at, enum style style);

/* Write s from column at on, where the cursor stands, and a newline. */
void page_wrap(struct page *p, const char *s, unsigned at, unsigned rest,
    enum style style);
/* Write s as it is, styled. */
void page_put(struct page *p, const char *s, size_t n, enum style style);
void page_spaces(struct page *p, size_t n);
void page_newline(struct page *p);
/* A heading and a rule to the end of the page. */
void page_rule(struct page *p, const char *heading);

#endif
