/*
 * option_table.h - the rows of options.def, and what is said from them.
 */
#ifndef TCPCONN_OPTION_TABLE_H
#define TCPCONN_OPTION_TABLE_H

#include <getopt.h>
#include <stddef.h>

#include "program/options.h"

enum value_kind {
	VALUE_NONE = no_argument,
	VALUE_REQUIRED = required_argument,
	VALUE_OPTIONAL = optional_argument,
};

struct option_row {
	const char *heading; /* of the group that begins here, or NULL */
	enum option_id id;   /* OPTION_COUNT for a heading */
	int letter;          /* 0: none */
	const char *name;    /* NULL: none */
	const char *arg;     /* what to call its value */
	enum value_kind value;
	const char *help;
};

extern const struct option_row option_table[];
extern const size_t option_table_n;

#define OPTION_LONG_ONLY 256

/* getopt's value of an option: its letter, or OPTION_LONG_ONLY plus its id. */
int option_row_value(const struct option_row *row);

/* The row with this value, or NULL. */
const struct option_row *option_row_find(int value);

#define OPTION_LABEL 48

/* The option as messages name it, written to and returned as buf. */
const char *
option_row_label(const struct option_row *row, char buf[OPTION_LABEL]);

/* Always false: word ("--colour=never") names no option, or several. */
bool option_unknown(struct complaint *c, const char *word);

#endif
