/*
 * text_table.c - rows of aligned cells.
 */
#include "report/text_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct table_cell {
	char *s; /* owned */
	enum style style;
};

#define SIZE_FIRST 64

void
table_init(struct table *t, const struct table_column *columns, unsigned n)
{
	assert(n > 0 && n <= TABLE_COLUMNS);
	*t = (struct table){.columns_n = n, .gap = 2};
	memcpy(t->column, columns, n * sizeof(*columns));
}

void
table_fini(struct table *t)
{
	for (size_t i = 0; i < t->cells_n; i++)
		free(t->cell[i].s);
	free(t->cell);
	*t = (struct table){0};
}

static bool
table_reserve(struct table *t)
{
	size_t size = t->size > 0 ? 2 * t->size : SIZE_FIRST;
	struct table_cell *cell;

	if (t->cells_n < t->size)
		return true;
	cell = realloc(t->cell, size * sizeof(*cell));
	if (cell == NULL)
		return false;
	t->cell = cell;
	t->size = size;
	return true;
}

void
table_cell(struct table *t, enum style style, const char *format, ...)
{
	struct text s;
	va_list args;

	text_init(&s);
	va_start(args, format);
	text_vaddf(&s, format, args);
	va_end(args);
	text_add(&s, ""); /* an empty cell is a string, too */
	if (t->failed || s.failed || !table_reserve(t)) {
		t->failed = true;
		text_fini(&s);
		return;
	}
	t->cell[t->cells_n++] = (struct table_cell){s.s, style};
}

void
table_unknown(struct table *t)
{
	table_cell(t, STYLE_PLAIN, "-");
}

size_t
table_column_width(const struct table *t, unsigned column)
{
	size_t widest = t->headless ? 0 : text_columns(t->column[column].head);

	for (size_t i = column; i < t->cells_n; i += t->columns_n) {
		size_t n = text_columns(t->cell[i].s);

		if (n > widest)
			widest = n;
	}
	return widest;
}

static size_t
indent_of(const struct table *t, unsigned line)
{
	return line == 0 ? t->indent : t->below;
}

size_t
table_width(const struct table *t)
{
	size_t at[TABLE_LINES] = {0}, widest = 0;

	for (unsigned i = 0; i < t->columns_n; i++) {
		const struct table_column *c = &t->column[i];
		size_t n = table_column_width(t, i);

		if (c->overflow != OVERFLOW_NONE && n > c->least)
			n = c->least;
		at[c->line] +=
		    n + (at[c->line] > 0 ? t->gap : indent_of(t, c->line));
		if (at[c->line] > widest)
			widest = at[c->line];
	}
	return widest;
}

/* Write a cell that may be too wide and ends its line. */
static void
print_last(struct page *p, const struct table_column *c, const char *s,
    size_t at, enum style style)
{
	const char *ellipsis = page_symbol(p, SYMBOL_ELLIPSIS);
	size_t room = p->width > at ? p->width - at : 0;
	size_t n = text_columns(ellipsis);

	if (c->overflow == OVERFLOW_WRAP) {
		page_wrap(p, s, (unsigned)at, (unsigned)at, style);
		return;
	}
	if (c->overflow == OVERFLOW_CUT && text_columns(s) > room && room > n) {
		page_put(p, s, text_fit(s, room - n), style);
		page_put(p, ellipsis, strlen(ellipsis), style);
	} else {
		page_put(p, s, strlen(s), style);
	}
	page_newline(p);
}

/* One cell or heading of each column. */
struct line {
	const char *s[TABLE_COLUMNS];
	enum style style[TABLE_COLUMNS];
};

/* The columns from first to end (excluded), which stand on one line. */
static void
print_line(struct page *p, const struct table *t, const struct line *l,
    const size_t *width, unsigned first, unsigned end)
{
	size_t at = indent_of(t, t->column[first].line), cursor = 0;

	while (end > first && l->s[end - 1][0] == '\0')
		end--;
	if (end == first + 1 && t->column[first].line > 0 && t->quiet != NULL &&
	    strcmp(l->s[first], t->quiet) == 0)
		return;
	if (first == end)
		return;
	for (unsigned i = first; i < end; i++) {
		size_t n = text_columns(l->s[i]);
		size_t pad =
		    t->column[i].right && n < width[i] ? width[i] - n : 0;

		if (n > 0) {
			page_spaces(p, at + pad - cursor);
			cursor = at + pad + n;
			if (i + 1 < end)
				page_put(
				    p, l->s[i], strlen(l->s[i]), l->style[i]);
			else
				print_last(p, &t->column[i], l->s[i], at + pad,
				    l->style[i]);
		}
		at += width[i] + t->gap;
	}
}

static void
print_row(struct page *p, const struct table *t, const struct line *l,
    const size_t *width)
{
	unsigned first = 0, end;

	for (; first < t->columns_n; first = end) {
		end = first + 1;
		while (end < t->columns_n &&
		       t->column[end].line == t->column[first].line)
			end++;
		print_line(p, t, l, width, first, end);
	}
}

void
table_print(struct page *p, const struct table *t)
{
	size_t width[TABLE_COLUMNS];
	struct line l;

	p->failed |= t->failed;
	for (unsigned i = 0; i < t->columns_n; i++) {
		width[i] = table_column_width(t, i);
		l.s[i] = t->column[i].head;
		l.style[i] = STYLE_DIM;
	}
	if (!t->headless)
		print_row(p, t, &l, width);
	for (size_t row = 0; row + t->columns_n <= t->cells_n;
	     row += t->columns_n) {
		for (unsigned i = 0; i < t->columns_n; i++) {
			l.s[i] = t->cell[row + i].s;
			l.style[i] = t->cell[row + i].style;
		}
		print_row(p, t, &l, width);
	}
}
