/*
 * text_table.h - rows of aligned cells. A row may take several lines: each
 * column says on which line of its row it stands.
 */
#ifndef TCPCONN_TEXT_TABLE_H
#define TCPCONN_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "report/text_page.h"

#define TABLE_COLUMNS 12
#define TABLE_LINES 4

/* What happens to the last cell of a line when it is too wide. */
enum overflow {
	OVERFLOW_NONE, /* it is written whole */
	OVERFLOW_CUT,  /* it is cut and ends with an ellipsis */
	OVERFLOW_WRAP, /* it continues below */
};

struct table_column {
	const char *head; /* borrowed */
	bool right;       /* aligned */
	unsigned line;    /* below TABLE_LINES; ascending by column */
	enum overflow overflow;
	size_t least; /* columns that a cut or wrapped cell needs */
};

struct table {
	struct table_column column[TABLE_COLUMNS];
	unsigned columns_n;
	size_t indent; /* of first lines, in columns */
	size_t below;  /* of the other lines */
	size_t gap;    /* between cells */
	bool headless;
	const char *quiet; /* a line below that says only this is left out */
	struct table_cell *cell; /* owned; row by row */
	size_t cells_n, size;
	bool failed; /* memory ran out: cells are missing */
};

void
table_init(struct table *t, const struct table_column *columns, unsigned n);
void table_fini(struct table *t);

/* Add the next cell, as printf(). */
void table_cell(struct table *t, enum style style, const char *format, ...);
/* Add a cell that is "-". */
void table_unknown(struct table *t);

/* Width of the widest cell of a column and of its heading. */
size_t table_column_width(const struct table *t, unsigned column);
/* Columns that it takes at least. */
size_t table_width(const struct table *t);
void table_print(struct page *p, const struct table *t);

#endif
